from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from site_src.read.circular.lists import Lists
from site_src.read.circular.markdown_html import to_html
from site_src.read.words import Words


def html(text: str) -> str:
    """The HTML on one line, without the spaces between elements."""
    return re.sub(r"\n+", " ", str(to_html(text, Words("el"), lambda *_: None).html)).replace("> <", "><")


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
        ("- a\n1. b\n2. c", "<ul><li>a</li></ul><ol><li>b</li><li>c</li></ol>"),
    ],
)
def test_lists_come_out_as_editors_show_them(text: str, expected: str) -> None:
    """With or without an empty line before, indented by two, three or four columns, of one kind in another."""
    assert html(text) == expected


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
    assert re.sub(" +", " ", html(text)) == expected


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
