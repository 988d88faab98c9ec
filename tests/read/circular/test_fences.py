from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems
from site_src.read.circular.fences import Fences
from site_src.read.circular.markdown_html import to_html
from site_src.read.words import Words
from tests.support.small_site import DAY

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

CODE = re.compile("<pre><code>(.*?)\n</code></pre>", re.DOTALL)


def written(text: str) -> str:
    """The HTML of a text."""
    return str(to_html(text, Words("el"), lambda *_: None).html)


def blocks(text: str) -> list[str]:
    """The blocks of code in a text, as a reader sees them."""
    return [html.unescape(code) for code in CODE.findall(written(text))]


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
    assert "`" not in re.sub(CODE, "", written(text))


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
    assert "α" in written(text)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "))))
def test_code_comes_out_as_it_went_in(lines: list[str]) -> None:
    """Whatever the lines hold, between longer fences they are read back."""
    code = "\n".join(line.rstrip() for line in lines).strip("\n")
    fence = "`" * (3 + max(map(len, re.findall("`+", code)), default=0))
    (found,) = blocks(f"α\n\n{fence}\n{code}\n{fence}\n")
    assert found == code


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
