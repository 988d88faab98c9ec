"""Fenced blocks of code: read before Markdown looks at the text, so that nothing within one is taken for markup.

The library's own extension knows none within a list or a quotation, and writes past the place where values are filled
in. Here a block becomes a mark on a line of its own, which Markdown carries to where the block belongs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor
from markdown.util import ETX, STX, AtomicString, code_escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown.blockparser import BlockParser

# CommonMark 0.31, section 4.5. Behind backticks no other may follow on the line: that is code within a sentence.
# Nothing is given back once it has matched (`*+`, `{3,}+`): a line of many quotation marks would never end.
_OPENING = re.compile(
    r"(?P<quote>(?: {0,3}> ?)*+)(?P<lead> *(?:(?:[-*+]|\d{1,9}\.) +)?)(?P<marks>`{3,}+(?!.*`)|~{3,}+(?!.*~))"
)
# The library takes these two characters out of every text that it reads, so that no text can hold the mark.
_MARK = re.compile(rf" {{0,3}}{STX}fence:(\d+){ETX} *")


@dataclass(frozen=True)
class Fence:
    """A block: what stands before its first line, in a quotation and in a list, its text, and its number of lines."""

    quote: str
    lead: str
    code: str
    length: int


class Fences:
    """The blocks of one text. Each of its lines is looked at once for each kind of mark, however many nothing ends."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._unended: dict[tuple[str, str], int] = {}  # by quotation and marks: up to which line nothing ends a block

    def at(self, start: int) -> Fence | None:
        """Return the block that begins at a line; None where none does, or where nothing ends it."""
        opening = _OPENING.match(self._lines[start])
        if opening is None:
            return None
        quote, lead, marks = opening["quote"], opening["lead"], opening["marks"]
        if start < self._unended.get((quote, marks), 0):
            return None
        closing = re.compile(rf" *{re.escape(marks[0])}{{{len(marks)},}} *")
        inside = re.compile(rf" {{0,{len(lead)}}}")
        code: list[str] = []
        for line in self._lines[start + 1 :]:
            if quote and not line.startswith(quote.rstrip()):
                break
            text = line[len(quote) :]
            if closing.fullmatch(text):
                return Fence(quote, lead, "\n".join(code), len(code) + 2)
            code.append(inside.sub("", text, count=1))
        self._unended[quote, marks] = start + len(code) + 1
        return None


class FencedBlocks(BlockProcessor):
    """Puts each block where its mark has come to stand."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser)
        self._codes: list[str] = []

    def mark(self, code: str) -> str:
        """Return the line that stands for a block."""
        self._codes.append(code)
        return f"{STX}fence:{len(self._codes) - 1}{ETX}"

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 (the library's signature)
        """Return whether this block of text is a mark."""
        return _MARK.fullmatch(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Put the first of these blocks of text, which is a mark, into the tree."""
        if found := _MARK.fullmatch(blocks.pop(0)):
            code = SubElement(SubElement(parent, "pre"), "code")
            code.text = AtomicString(code_escape(self._codes[int(found[1])]) + "\n")
