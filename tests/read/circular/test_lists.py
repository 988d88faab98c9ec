from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from site_src.language.catalogues import Words
from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems
from site_src.read.circular.lists import Fences, Lists
from site_src.read.circular.markdown_html import to_html
from tests.support.small_site import DAY

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite


def html_of(text: str) -> str:
    """The HTML of a text."""
    return str(to_html(text, Words("el"), lambda *_: None).html)


def on_one_line(text: str) -> str:
    """The HTML on one line, without the spaces between elements."""
    return re.sub(r"\n+", " ", html_of(text)).replace("> <", "><")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. a\n  2. b\n3. c", "<ol><li>a</li><li>b</li><li>c</li></ol>"),
        ("Text:\n- a\n- b", "<p>Text:</p><ul><li>a</li><li>b</li></ul>"),
        ("**Text:**\n1. a", "<p><strong>Text:</strong></p><ol><li>a</li></ol>"),
        ("text\n* a\nb\n* c", "<p>text</p><ul><li>a b</li><li>c</li></ul>"),
        ("text\n1. a\n\n2. b", "<p>text</p><ol><li><p>a</p></li><li><p>b</p></li></ol>"),
        ("1. a\n\n   b\n2. c", "<ol><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>"),
        ("1. a\n  - b", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        ("1. a\n   1. b\n   2. c\n2. d", "<ol><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ol>"),
        ("- a\n  - b\n    - c\n- d", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"),
        ("- a\n    - b\n        - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("- a\n\n  b\n  - c\n- d", "<ul><li><p>a</p><p>b</p><ul><li>c</li></ul></li><li><p>d</p></li></ul>"),
        ("α) a\nβ) b\nc", "<p>α) a<br> β) b c</p>"),
        ("a\n\nα) b", "<p>a</p><p>α) b</p>"),
        ("(a\n12) b", "<p>(a 12) b</p>"),
        ("- a\n  1) b\n  • c\n- d", "<ul><li>a<br>   1) b<br>   • c</li><li>d</li></ul>"),
        ("- a\n1. b\n2. c", "<ul><li>a</li></ul><ol><li>b</li><li>c</li></ol>"),
    ],
)
def test_lists_come_out_as_editors_show_them(text: str, expected: str) -> None:
    """With or without an empty line before, indented by two, three or four columns, of one kind in another."""
    assert on_one_line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- από την\n  15. 12. 2020 και\n- b", "<ul><li>από την 15. 12. 2020 και</li><li>b</li></ul>"),
        ("1. του άρθρου\n   12. Οι\n2. b", "<ol><li>του άρθρου 12. Οι</li><li>b</li></ol>"),
        ("1. a\n   - από\n     15. 12. 2020", "<ol><li>a<ul><li>από 15. 12. 2020</li></ul></li></ol>"),
        ("- a:\n  2. b\n  3. c", '<ul><li>a:<ol start="2"><li>b</li><li>c</li></ol></li></ul>'),
        ("- a\n\n        12. b\n        12. c", "<ul><li>a<pre><code>12. b 12. c </code></pre></li></ul>"),
        ("- a\n\n```\n  12. b\n  12. c\n```", "<ul><li>a</li></ul><pre><code> 12. b 12. c </code></pre>"),
    ],
)
def test_a_number_that_begins_a_line_of_an_item_is_text(text: str, expected: str) -> None:
    """A date that an editor broke stays whole; only "1." begins a list there, or a number behind a colon."""
    assert re.sub(" +", " ", on_one_line(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Οι δήμοι\n- όπως αυτός - και άλλοι",
        "Από το έτος\n2020. Έκτοτε\n2021. τίποτε",
        "Μέχρι τις\n1. Δεκεμβρίου",
        "Ποσό\n- 5\n\nκείμενο\n\n- άλλο",
        "    α:\n    - b\n    - c",
    ],
)
def test_what_is_no_list_stays_as_it_is(text: str) -> None:
    """A dash, a year or a day that begins a line of running text, and code."""
    assert Lists(Markdown()).run(text.split("\n")) == text.split("\n")


@given(st.text(alphabet="- 1.2*a:\n", max_size=60))
def test_nothing_is_lost(text: str) -> None:
    """Only spaces, empty lines and escapes come in: whatever people write is there afterwards, in its order."""
    written = Lists(Markdown()).run(text.split("\n"))
    assert "".join("".join(written).replace("\\", "").split()) == "".join(text.split())


CODE = re.compile("<pre><code>(.*?)\n</code></pre>", re.DOTALL)


def blocks(text: str) -> list[str]:
    """The blocks of code in a text, as a reader sees them."""
    return [html.unescape(code) for code in CODE.findall(html_of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("α\n```\nb\n```\nγ", ["b"]),
        ("~~~\nb\n```\n~~~~", ["b\n```"]),
        ("``` toml\nb\n```\n\n```\nc\n```", ["b", "c"]),
        ("```\n# b\n\n\n- c\n  1. d\n```", ["# b\n\n\n- c\n  1. d"]),
        ("```\n<b> &lt; *c* [d](e) [^1]\n```", ["<b> &lt; *c* [d](e) [^1]"]),
        ("- α\n\n  ```\n  b\n\n    c\n  ```\n\n- δ", ["b\n\n  c"]),
        ("- α\n  ```\n  b\n  ```\n- δ", ["b"]),
        ("1. α\n    - β\n\n      ~~~\n      c\n      ~~~\n2. δ", ["c"]),
        ("1. ```\n   b\n   ```\n2. γ", ["b"]),
        ("> α\n> ```\n> b\n>\n> c\n> ```\n> δ", ["b\n\nc"]),
        ("    ```\n    b\n    ```", ["```\nb\n```"]),
        ("```\n```", [""]),
    ],
)
def test_a_fenced_block_is_a_block(text: str, expected: list[str]) -> None:
    """At the top, in a list, in a quotation: each line is as it was written, and nothing in it is markup."""
    assert blocks(text) == expected
    assert "`" not in re.sub(CODE, "", html_of(text))


@pytest.mark.parametrize("line", ["> " * 9999 + "x", "`" * 99_999 + "x`", "~" * 99_999 + "x~"])
def test_a_line_of_marks_without_end_is_looked_at_once(line: str) -> None:
    """Many quotation marks or marks of a fence that begin no block cost their length; else this test never ends."""
    assert Fences([line]).at(0) is None


@pytest.mark.parametrize(
    "text",
    ["```\nα\n\n# β", "~~~~~ ΑΠΟΦΑΣΗ ~~~~~\nα", "```α``` β", "> ```\n> α\n\n```", "α\n2. ```\nβ ```", "~~~~\nα\n~~~"],
)
def test_what_is_no_block_stays_text(text: str) -> None:
    """A fence that nothing closes, ornaments, and code within a line take no text with them."""
    assert blocks(text) == []
    assert "α" in html_of(text)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "))))
def test_code_comes_out_as_it_went_in(lines: list[str]) -> None:
    """Any lines between longer fences are read back."""
    code = "\n".join(line.rstrip() for line in lines).strip("\n")
    fence = "`" * (3 + max(map(len, re.findall("`+", code)), default=0))
    (found,) = blocks(f"α\n\n{fence}\n{code}\n{fence}\n")
    assert found == code


def test_a_table_needs_no_blank_line_above_it() -> None:
    """As editors show it; a line of text above dashes is a heading."""
    rows = "| Φορέας | Έως |\n|---|:-:|\n| Δήμοι | 30 |"
    assert on_one_line(f"Πίνακας:\n{rows}").partition("<div")[0] == "<p>Πίνακας:</p>"
    assert html_of(f"Πίνακας:\n{rows}") == html_of(f"Πίνακας:\n\n{rows}")
    assert "table" not in html_of("Κείμενο:\nα | β\n---\nγ")


def test_many_fences_that_nothing_closes_end_soon() -> None:
    """Each line is looked at once for them all, not once for each."""
    lines = _Counted(["~~~a"] * 1000)
    fences = Fences(lines)
    assert [fences.at(number) for number in range(1000)] == [None] * 1000
    assert lines.looked_at < 2000


class _Counted(list[str]):
    """Lines that count how many of them are handed out at once."""

    looked_at = 0

    def __getitem__(self, where: slice | int) -> list[str] | str:  # type: ignore[override]
        found = super().__getitem__(where)
        self.looked_at += len(found) if isinstance(where, slice) else 0
        return found


def test_values_are_filled_in_within_a_block(site: SmallSite) -> None:
    """A placeholder stands for its value in code too, and the value is no markup."""
    (site.campaign / "circular.md").write_text("- α\n\n  ```\n  {{ effective | date }}\n  ```\n", encoding="utf-8")
    (inputs,) = read_inputs(site.folders, DAY, Problems()).campaigns
    assert "<pre><code>1 Δεκεμβρίου 2020\n</code></pre>" in inputs.circular.html
