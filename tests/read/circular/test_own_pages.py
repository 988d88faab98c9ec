from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problem, Problems, Severity
from site_src.read.circular.render import BYTES_MAX
from tests.support.small_site import DAY
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.read.inputs import Inputs
    from tests.support.small_site import SmallSite

OFFICE = '[contact]\nunit = "Τμήμα <Α>"\nphones = ["213 000 0001", "213 000 0002"]\nemail = "office@ministry.example"\n'


def _write(site: SmallSite, name: str, text: str | bytes = "# Όροι\n\nΚείμενο.\n") -> Path:
    path = site.folders.content / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def _read(site: SmallSite) -> tuple[Inputs, list[Problem]]:
    problems = Problems()
    inputs = read_inputs(site.folders, DAY, problems)
    return inputs, list(problems.all())


def test_a_text_becomes_a_page_with_its_heading(site: SmallSite) -> None:
    """The first heading is the page's title, without its marks; the headings below follow it without a gap."""
    _write(site, "pages/terms.md", "# Όροι *χρήσης* 1.\n\n### Πρώτα\n\n- ένα\n- δύο\n")
    inputs, problems = _read(site)
    (page,) = inputs.pages
    assert problems == []
    assert (page.name, page.title, page.file) == ("terms", "Όροι χρήσης 1.", "pages/terms.md")
    assert '<h2 id="prota">Πρώτα</h2>' in page.html
    assert "<li>ένα</li>" in page.html


def test_pages_are_in_the_order_of_their_names(site: SmallSite) -> None:
    """Pages have the order of their files' names, wherever help and accessibility are; an editor's draft is no page."""
    for name in ("pages/b.md", "pages/privacy.md", "pages/a-2.md", "help.md", "pages/a.md", "pages/a.md~"):
        _write(site, name)
    inputs, problems = _read(site)
    assert problems == []
    assert tuple(page.name for page in inputs.pages) == ("a", "a-2", "b", "help", "privacy")


def test_placeholders_give_the_facts_of_the_site(site: SmallSite) -> None:
    """A text and site.toml cannot disagree; a value is text, never markup, in the heading too."""
    site.write(site=OFFICE)
    text = "# {{ unit }}\n\n{{ operator }}: {{ phones }}, [e-mail](mailto:{{ email }}){# όχι #}\n"
    _write(site, "pages/terms.md", text)
    (page,) = _read(site)[0].pages
    assert page.title == "Τμήμα <Α>"
    assert page.html == (
        "<p>Υπουργείο Εσωτερικών: 213 000 0001 και 213 000 0002, "
        '<a href="mailto:office@ministry.example">e-mail</a></p>'
    )


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("# Α\n\n{{ deadline }}\n", 3, "there is no such placeholder", ""),
        ("# Α\n\n{% set a = 1 %}\n", 3, "this is not allowed here", "placeholders are values"),
        ("# Α\n\n{{ unit }}\n", 3, "the text shows this here, but it has not been filled in", "fill it in"),
        ("# Α\n\n[α](javascript:1)\n", 3, "this link may not stand on a page", "link https://"),
        ("# Α\n\nα\n[α](terms.pdf)\n", 4, "there is no such file beside this page", "link https://"),
        ("# Α\n\n![α](https://a.example/b.png)\n", 3, "a picture from another site", "link https://"),
        ("# [Α](javascript:1)\n\nα\n", 1, "this link may not stand on a page", "link https://"),
        ("κείμενο\n", 0, "the page has no heading, which links to it are called by", 'such as "# '),
        ("# Α\n", 0, "the page shows no text", "write its text there, below the heading"),
        ("", 0, "the page shows no text", "write its text there, below the heading"),
        (b"\1\2\3\4", 0, "this is not text in UTF-8, UTF-16 or Windows-1253 (Greek)", "save the file again"),
        pytest.param("# Α\n\n" + "α" * BYTES_MAX, 0, "this file is too large for a page", "divide it", id="long"),
    ],
)
def test_mistakes_have_their_place(site: SmallSite, text: str | bytes, line: int, message: str, hint: str) -> None:
    """Each is told once, by the file's path and line, with what to do."""
    _write(site, "pages/terms.md", text)
    found = [(each.at.file, each.at.line, each.severity, each.message) for each in _read(site)[1]]
    assert found == [("pages/terms.md", line, Severity.ERROR, message)]
    assert hint in _read(site)[1][0].hint


def test_html_is_warned_of(site: SmallSite) -> None:
    """It would show as text on the page."""
    _write(site, "pages/terms.md", "# Α\n\nα<br>\n")
    ((warning,), (page,)) = _read(site)[1], _read(site)[0].pages
    assert (warning.severity, str(warning.at), warning.value) == (Severity.WARNING, "pages/terms.md, line 3", "<br>")
    assert "α&lt;br&gt;" in page.html


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("files.md", "the site has a folder of this name itself", '"files-info.md"'),
        ("assets.md", "the site has a folder of this name itself", '"assets-info.md"'),
        ("circulars.md", "the site has a folder of this name itself", '"circulars-info.md"'),
        ("desk.md", "the site has a folder of this name itself", '"desk-info.md"'),
        pytest.param(
            *("Terms.md", "the name of this file becomes a web address", 'rename "Terms.md" to "terms.md"'),
            marks=posix_only("Windows takes both letter cases for one name"),
        ),
        ("Όροι χρήσης.md", "the name of this file becomes a web address", 'to "oroi-chrisis.md"'),
        ("-.md", "the name of this file becomes a web address", 'to "page.md"'),
        pytest.param(
            *("con.md", "the name of this file becomes a web address", 'to "page.md"'),
            marks=posix_only("Windows keeps no such names"),
        ),
        ("βοήθεια.md", "the name of this file becomes a web address", 'to "help.md"'),
        ("help.md.txt", "only texts that end in .md are pages", 'rename "help.md.txt" to "help.md"'),
        ("privacy.txt", "only texts that end in .md are pages", 'rename "privacy.txt" to "privacy.md"'),
        ("map.png", "only texts that end in .md are pages", "move it out of this folder"),
        ("more/", "only texts that end in .md are pages", "move it out of this folder"),
    ],
)
def test_what_cannot_be_a_page_is_an_error(site: SmallSite, name: str, message: str, hint: str) -> None:
    """A name that the site has itself, one that is no web address, and what is no text, with what to do."""
    if name.endswith("/"):
        (site.folders.content / "pages" / name).mkdir(parents=True)
    else:
        _write(site, f"pages/{name}")
    (problem,) = _read(site)[1]
    assert (problem.severity, problem.at.file) == (Severity.ERROR, f"pages/{name}")
    assert problem.message.startswith(message)
    assert hint in problem.hint


def test_two_texts_of_one_page_are_an_error(site: SmallSite) -> None:
    """Nobody could know which of help.md and pages/help.md is read."""
    _write(site, "help.md")
    _write(site, "pages/help.md")
    (problem,) = _read(site)[1]
    assert (problem.at.file, problem.message) == ("help.md", "this page has a text in pages/ too")


def test_pages_are_no_campaign(site: SmallSite) -> None:
    """A page may have a name that a file of a campaign has, or one like it."""
    _write(site, "pages/circular.md")
    inputs, problems = _read(site)
    assert (problems, [page.name for page in inputs.pages], len(inputs.campaigns)) == ([], ["circular"], 1)
