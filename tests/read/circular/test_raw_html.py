from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems, Severity
from site_src.read.circular.raw_html import CODE_MAX, warn_of_html
from tests.support.small_site import DAY

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite


def warnings(text: str) -> list[tuple[int, str]]:
    """The lines that are warned of, with what stands there."""
    problems = Problems()
    warn_of_html(text, "circular.md", problems)
    assert not problems.has_errors
    return [(problem.at.line, problem.value) for problem in problems.all()]


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
    """The hint in a circular names the comment that is not published; another page has none."""
    (site.campaign / "circular.md").write_text("α\n\n<!-- note -->\n", encoding="utf-8")
    (site.folders.content / "help.md").write_text("α\n<!-- note -->\n", encoding="utf-8")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    told = {problem.at.file: (problem.severity, problem.at.line, "{#" in problem.hint) for problem in problems.all()}
    assert told == {"circular.md": (Severity.WARNING, 3, True), "help.md": (Severity.WARNING, 2, False)}
