"""Rewrite lists, tables and fenced code as people write them into the stricter form that the Markdown library reads.

The library wants an empty line before a list or a table, and four columns for all that is within an item. Its own
extension finds no fenced block within a list or a quotation. Other marks of lists mean nothing to it: «α)», «1)», «•».
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown.preprocessors import Preprocessor

if TYPE_CHECKING:
    from markdown import Markdown

LEVEL = 4  # columns of one level, as the library reads it
LINES_AHEAD = 50  # in which the second item of a list is looked for
CHILD_FROM = 2  # columns behind the mark of an item from which a line is within it

_ITEM = re.compile(r"(?P<space> *)(?P<mark>[-*+]|\d{1,9}\.)[ ]+(?=\S)")
_OTHER_ITEM = re.compile(r" *(?:\(?(?:[^\W\d_]{1,2}|[ivx]{3,4}|\d{1,2})\)|[•▪●➢✓]) +(?=\S)")
_BREAK = "  "  # at the end of a line begins the next one anew
_TABLE_RULE = re.compile(r" {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?$")
_RULE = re.compile(r" {0,3}([-*])(?: *\1){2,} *$")
# CommonMark 0.31, section 4.5. Behind backticks no other may follow on the line: that is code within a sentence.
# Nothing is given back once it has matched (`*+`, `{3,}+`): a line of many quotation marks would never end.
_OPENING = re.compile(
    r"(?P<quote>(?: {0,3}> ?)*+)(?P<lead> *(?:(?:[-*+]|\d{1,9}\.) +)?)(?P<marks>`{3,}+(?!.*`)|~{3,}+(?!.*~))"
)


@dataclass(frozen=True)
class Fence:
    """A fenced block: its first line up to the marks (quotation, list), its text, and its number of lines."""

    quote: str
    lead: str
    code: str
    length: int


class Fences:
    """The fenced blocks of a text. Each line is looked at once for each kind of mark, however many nothing ends."""

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


@dataclass(frozen=True)
class _Item:
    """An item: the column of its mark, and the mark."""

    column: int
    mark: str

    @property
    def is_numbered(self) -> bool:
        return self.mark.endswith(".")

    @property
    def may_be_first(self) -> bool:
        """Return whether a list can begin with it in the middle of a text; another number may be half of a date."""
        return not self.is_numbered or self.mark == "1."

    def child_from(self, other: _Item) -> int:
        """Return how many columns behind this mark another is within the item; a number below a number needs more."""
        return len(self.mark) + 1 if self.is_like(other) else CHILD_FROM

    def is_like(self, other: _Item) -> bool:
        """Return whether both can be of one list."""
        return self.is_numbered == other.is_numbered


class Lists(Preprocessor):
    """Puts in the empty lines and columns that the library waits for; text that is in no list stays as it is.

    A number that begins a line of an item's text is escaped, as the library would take any for an item's. The library
    keeps each fenced block aside as finished HTML, in which ``expand`` has put values in the place of their marks.
    """

    def __init__(self, md: Markdown, expand: Callable[[str], str] = str) -> None:
        super().__init__(md)
        self._expand = expand

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines as the library wants them."""
        written = [*_Rewriting(lines, self._set_aside).lines(), ""]
        return [line + _BREAK * _is_parted(line, after) for line, after in pairwise(written)]

    def _set_aside(self, code: str) -> str:
        """Return the line that stands for a block of code."""
        text = html.escape(self._expand(code).rstrip(), quote=False)
        return self.md.htmlStash.store(f"<pre><code>{text}\n</code></pre>")


class _Rewriting:
    def __init__(self, lines: Sequence[str], set_aside: Callable[[str], str]) -> None:
        self._lines = lines
        self._set_aside = set_aside
        self._fences = Fences(lines)
        self._open: list[_Item] = []  # the items that a line may be within
        self._begins = True  # whether a block begins here: the library reads block by block
        self._in_text = False  # whether the block began as text, so that a list in it needs a block of its own
        self._level = 0  # that the block began on

    def lines(self) -> Iterator[str]:
        """Yield all lines, with one line in the place of each fenced block."""
        behind_fence = 0
        for number, line in enumerate(self._lines):
            if number < behind_fence:
                continue
            item = _item(line)
            if not line.strip():
                self._begins = True
                yield line
            elif fence := self._fence(number, item):
                behind_fence = number + fence.length
                yield from self._write_fence(fence)
            elif item and self._is_item(number, item):
                yield from self._write_item(line, item)
            elif not self._begins and self._has_table(number):
                self._begins = True
                yield from ("", self._write_text(line))
            else:
                yield self._write_text(line)

    def _has_table(self, number: int) -> bool:
        """Return whether the heads of a table are here, with the line of dashes below them."""
        return "|" in self._lines[number] and any(map(_TABLE_RULE.match, self._lines[number + 1 : number + 2]))

    def _fence(self, number: int, item: _Item | None) -> Fence | None:
        """Return the fenced block that begins here; further in than a block of its level can be, it is code."""
        fence = self._fences.at(number)
        if fence is None or (item and not self._is_item(number, item)):
            return None
        column = item.column if item else len(fence.lead)
        text_from = max((each.column + len(each.mark) + 1 for each in self._around(column)), default=0)
        return fence if fence.quote or column < text_from + LEVEL else None

    def _around(self, column: int) -> list[_Item]:
        """Return the items that a block at this column is within."""
        return [each for each in self._open if column >= each.column + CHILD_FROM]

    def _write_fence(self, fence: Fence) -> Iterator[str]:
        line = self._set_aside(fence.code)
        if item := _item(fence.lead + line):
            yield from self._write_item(fence.lead + line, item)
        else:
            self._open = [] if fence.quote else self._around(len(fence.lead))
            yield fence.quote.rstrip()
            yield fence.quote + " " * LEVEL * len(self._open) + line
        yield fence.quote.rstrip()
        self._begins = not fence.quote

    def _is_item(self, number: int, item: _Item) -> bool:
        """Return whether the line is an item here, and not a dash or number in running text, nor code."""
        levels, sibling = self._levels(item)
        if item.column >= LEVEL * (len(levels) + 1):
            return False
        if self._begins or (sibling and sibling.is_like(item)) or (levels and not sibling and item.may_be_first):
            return True
        announced = self._lines[number - 1].rstrip(" *_").endswith(":")
        return announced or self._goes_on(number, item)

    def _levels(self, item: _Item) -> tuple[list[_Item], _Item | None]:
        """Return the items that this one is within, and the one of its own level before it."""
        levels = [each for each in self._open if item.column >= each.column + each.child_from(item)]
        return levels, self._open[len(levels)] if len(levels) < len(self._open) else None

    def _goes_on(self, number: int, item: _Item) -> bool:
        """Return whether a second item follows; a list that numbers its items begins with 1."""
        if not item.may_be_first:
            return False
        second = _Item(item.column, "2." if item.mark == "1." else item.mark)
        after_gap = False
        for line in self._lines[number + 1 : number + 1 + LINES_AHEAD]:
            if _item(line) == second:
                return True
            if after_gap and line.strip() and not line.startswith(" "):
                return False
            after_gap = after_gap or not line.strip()
        return False

    def _write_item(self, line: str, item: _Item) -> Iterator[str]:
        levels, sibling = self._levels(item)
        level = len(levels)
        is_other = sibling is not None and not sibling.is_like(item)
        if not self._begins and (self._in_text or self._level > level or is_other):
            yield ""
            self._begins = True
        if self._begins:
            self._begins, self._in_text, self._level = False, False, level
        self._open = [*levels, item]
        yield " " * LEVEL * level + line.lstrip()

    def _write_text(self, line: str) -> str:
        """Return text as it is, except where it begins a block within an item."""
        if not self._begins:
            return self._as_text(line)
        column = len(line) - len(line.lstrip())
        self._open = self._around(column)
        self._begins, self._in_text, self._level = False, True, len(self._open)
        return " " * (LEVEL * self._level - column) + line

    def _as_text(self, line: str) -> str:
        item = _item(line)
        if not (item and item.is_numbered and self._open):
            return line
        is_far_in = item.column >= LEVEL * (len(self._levels(item)[0]) + 1)  # the library sees text there, or code
        return line if is_far_in else line.replace(".", r"\.", 1)


def _is_parted(line: str, after: str) -> bool:
    """Return whether the next line begins an item that is unknown to the library; a bracket may end there."""
    return line.strip() != "" and line.rfind("(") <= line.rfind(")") and _OTHER_ITEM.match(after) is not None


def _item(line: str) -> _Item | None:
    found = None if _RULE.match(line) else _ITEM.match(line)
    return _Item(len(found["space"]), found["mark"]) if found else None
