from __future__ import annotations

from typing import TYPE_CHECKING

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.catalogues import Words
from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems, Severity
from site_src.read.agency import Agency, Status
from site_src.read.circular import MISSING_NOTE
from site_src.read.circular.render import BYTES_MAX, CODE_MAX, Circular, Lines, render_circular, warn_of_html
from site_src.read.content.toml_files import read_campaign, read_site
from tests.support.sample_edition import AGENCIES, HOSTILE, SITE, campaign_in
from tests.support.small_site import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.small_site import SmallSite


WORDS = Words("el")


def render(folder: Path, data: bytes | str) -> tuple[Circular, Problems]:
    """The circular of a campaign with this text, and its problems."""
    campaign = campaign_in(folder, "-")
    (folder / "circular.md").write_bytes(data.encode() if isinstance(data, str) else data)
    problems = Problems()
    return render_circular(campaign, SITE, AGENCIES, WORDS, problems), problems


def text_of(circular: Circular) -> str:
    """Return the text that a reader sees."""
    return "".join(html5lib.parse(str(circular.html), namespaceHTMLElements=False).itertext())


def test_facts_and_names_come_from_campaign_and_annex(tmp_path: Path) -> None:
    """Dates are in the page's language, statuses choose agencies, and a name borne twice gets its parent."""
    circular, problems = render(
        tmp_path, "Έως {{ deadline | date }}: {{ keeps | names }}. {{ contact_us | names }}. {{ agencies | count }}"
    )
    assert problems.all() == ()
    expected = "Έως 30 Νοεμβρίου 2020: Δήμος Ηρακλείου (Περιφέρεια Κρήτης). Δήμος Ηρακλείου (Περιφέρεια Αττικής). 5"
    assert text_of(circular) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "**{}**",
        "- {}",
        "# {}",
        "> {}",
        "    {}",
        "`{}`",
        "| α |\n| --- |\n| {} |",
        "α[^1]\n\n[^1]: {}",
        "[{}](#x)",
    ],
)
def test_values_are_text_wherever_they_stand(tmp_path: Path, text: str) -> None:
    """A name full of Markdown and HTML shows as it is written, in every kind of place."""
    circular, problems = render(tmp_path, text.replace("{}", "{{ agencies[3].name }}"))
    assert problems.all() == ()
    assert HOSTILE in text_of(circular)


def test_a_value_cannot_become_a_harmful_link(tmp_path: Path) -> None:
    """A link whose address comes from a name is looked at after the name is in it."""
    (tmp_path / "attachments").mkdir()
    campaign = campaign_in(tmp_path, "[α]({{ agencies[0].name }})")
    problems = Problems()
    agency = Agency(username="0" * 12, name="javascript:alert(1)")
    circular = render_circular(campaign, SITE, [agency], WORDS, problems)
    assert problems.has_errors
    assert "href" not in circular.html


def test_mistakes_in_placeholders_and_links_have_lines(tmp_path: Path) -> None:
    """Each mistake names circular.md and its line."""
    _, problems = render(tmp_path, "α\n\n[β](x.pdf)\n\nγ[^9]\n")
    told = [(p.severity, p.at.file, p.at.line, p.value) for p in problems.all()]
    assert told == [
        (Severity.ERROR, "circular.md", 3, "x.pdf"),
        (Severity.WARNING, "circular.md", 5, "[^9]"),
    ]


def test_a_mark_before_a_colon_is_not_its_footnote(tmp_path: Path) -> None:
    """A footnote begins its line; a mark within a sentence needs one, whatever follows it."""
    _, problems = render(tmp_path, "Τα εξής[^1]:\n\n- α\n")
    assert [(each.at.line, each.value) for each in problems.all()] == [(1, "[^1]")]


def test_a_second_footnote_of_a_mark_is_reported(tmp_path: Path) -> None:
    """Of two texts for one mark the page has the last alone, so the other would be lost in silence."""
    _, problems = render(tmp_path, "α[^1] β[^2]\n\n[^1]: γ\n[^2]: δ\n[^1]: ε\n")
    assert [(each.at.line, each.value) for each in problems.all()] == [(5, "[^1]:")]


def test_a_footnote_that_new_could_not_fill_is_told(tmp_path: Path) -> None:
    """The text that stands in for it asks staff for the real one, and is for nobody else."""
    _, problems = render(tmp_path, f"α[^1]\n\n[^1]: {MISSING_NOTE}\n")
    (problem,) = problems.all()
    assert (problem.severity, problem.at.line, problem.value) == (Severity.WARNING, 3, "[^1]")
    assert "remove this line and the mark [^1] in the text" in problem.hint


def test_attachments_can_be_linked(tmp_path: Path) -> None:
    """The circular may link what lies beside it: its attachments and the public annex."""
    circular, problems = render(tmp_path, "[α](<έγγραφο 1.pdf>) [β](annex.xlsx)")
    assert problems.all() == ()
    assert circular.html.count("href") == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the circular shows no text"),
        (b" \n\t\xef\xbb\xbf", None),
        (b"\xef\xbb\xbf \n", "the circular shows no text"),
        (b"{# later #}\n\n---\n", "the circular shows no text"),
        (b"PK\x03\x04\x00\x00", "this is not text in UTF-8, UTF-16 or Windows-1253 (Greek)"),
        (b"\xff\xfe\x00", "this is not text in UTF-8, UTF-16 or Windows-1253 (Greek)"),
        (b"\xd2\xd2", "this is not text in UTF-8, UTF-16 or Windows-1253 (Greek)"),
        (b"x" * (BYTES_MAX + 1), "this file is too large for a circular"),
    ],
)
def test_files_that_hold_no_text_are_told(tmp_path: Path, data: bytes, message: str | None) -> None:
    """An empty, binary or huge file is one error."""
    circular, problems = render(tmp_path, data)
    assert [p.message for p in problems.all()] == ([message] if message else [])
    assert message is None or circular == Circular()


def test_no_circular_is_an_error(tmp_path: Path) -> None:
    """A campaign without circular.md is told how to get one."""
    campaign = campaign_in(tmp_path)
    (tmp_path / "circular.md").unlink()
    problems = Problems()
    assert render_circular(campaign, SITE, AGENCIES, WORDS, problems) == Circular()
    assert [p.at.file for p in problems.all()] == ["circular.md"]


@pytest.mark.parametrize("encoding", ["cp1253", "iso8859_7", "utf-16", "utf-8-sig"])
def test_texts_of_older_editors_are_read(tmp_path: Path, encoding: str) -> None:
    """The Greek code pages and UTF-16 are read with a warning, UTF-8 with a byte order mark without one."""
    circular, problems = render(tmp_path, "Άλλα Ελληνικά".encode(encoding))
    assert text_of(circular) == "Άλλα Ελληνικά"
    assert [p.severity for p in problems.all()] == ([] if encoding == "utf-8-sig" else [Severity.WARNING])


@pytest.mark.parametrize(
    "text", [">" * 5000, "- " * 5000, "[" * 5000, "*" * 5000, "(" * 5000, "{{" + "(" * 5000, "`" * 5001]
)
def test_deep_nesting_is_read_or_told(tmp_path: Path, text: str) -> None:
    """Markup nested without end neither hangs nor raises."""
    circular, problems = render(tmp_path, text)
    assert circular.html or problems.has_errors


def test_the_sample_is_without_mistakes(root: Path) -> None:
    """The circular that a newcomer sees has no problem, a footnote, a table and its headings."""
    problems = Problems()
    content = root / "content" / "sample"
    site, campaign = read_site(content, problems), read_campaign(content / "2020-11-access-codes", problems)
    agencies = [
        Agency(username="0" * 12, name="Δήμος Ήλιδας", status=Status.KEEPS),
        Agency(username="1" * 12, name="Δήμος Σικίνου", status=Status.CONTACT_US),
    ]
    circular = render_circular(campaign, site, agencies, WORDS, problems)
    assert problems.all() == ()
    assert "<table>" in circular.html
    assert "fn:1" in circular.html
    assert len(circular.headings) >= 3


def warnings(text: str) -> list[tuple[int, str]]:
    """The lines that are warned of, with what stands there."""
    problems = Problems()
    warn_of_html(text, "circular.md", problems)
    assert not problems.has_errors
    return [(problem.at.line, problem.value) for problem in problems.all()]


def test_a_web_page_is_warned_of() -> None:
    """A page that a browser or Word saved, and that was renamed, is HTML from its first line on."""
    assert warnings("<html>\n<head></head>\n<BODY class=a>α</BODY>")[::4] == [(1, "<html>"), (3, "</BODY>")]


def test_comments_and_tags_have_their_lines() -> None:
    """Each one that a reader of the page would see."""
    text = 'α\n<!-- note -->\nβ<br>γ<BR/>\n\n<font color="red">δ</font>\n'
    assert warnings(text) == [(2, "<!--"), (3, "<br>"), (3, "<BR/>"), (5, '<font color="red">'), (5, "</font>")]


@pytest.mark.parametrize(
    "text",
    [
        "<https://a.example/b>",
        "<a@b.example>",
        "<mailto:a@b.example>",
        "<όνομα>",
        "<username>",
        "α < β > γ",
        "`<br>` ``<b>`</b>``",
        "```\n<br>\n```",
        "~~~\n<br>\n\n<br>\n~~~",
        "- α\n\n  ~~~~\n  <br>\n  ~~~~",
        "{# <br> <!-- #}",
        "\\<br>",
        "[α](<a b.pdf>)",
        "&lt;br&gt;",
    ],
)
def test_what_is_meant_to_be_read_is_not_warned_of(text: str) -> None:
    """Links, words in angle brackets, code, escapes, and comments of the text's own language."""
    assert warnings(text) == []


def test_marks_without_an_end_hide_nothing_behind_them() -> None:
    """A tag is told behind code that nothing ends, and behind code that is longer than any in a circular."""
    assert warnings("` <br>") == [(1, "<br>")]
    assert warnings("`" + "α" * CODE_MAX + "<br>`") == [(1, "<br>")]
    assert warnings("``` <br> " + "` " * 30_000)[:1] == [(1, "<br>")]


def test_check_tells_it_in_both_texts(site: SmallSite) -> None:
    """The hint names the comment that is not published, in the circular and in a page of the staff's own."""
    (site.campaign / "circular.md").write_text("α\n\n<!-- note -->\n", encoding="utf-8")
    (site.folders.content / "help.md").write_text("α\n<!-- note -->\n", encoding="utf-8")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    told = {problem.at.file: (problem.severity, problem.at.line, "{#" in problem.hint) for problem in problems.all()}
    assert told == {"circular.md": (Severity.WARNING, 3, True), "help.md": (Severity.WARNING, 2, True)}


@given(st.text("αa\n\r\f", max_size=30), st.data())
def test_a_line_is_one_more_than_the_line_ends_before(text: str, data: st.DataObject) -> None:
    """Nothing but a line feed ends a line, and it belongs to the line that it ends."""
    position = data.draw(st.integers(0, len(text)))
    assert Lines(text, "a.md").at(position).line == text[:position].count("\n") + 1
