"""Lists as people write them and editors show them, in the stricter form that the Markdown library reads as lists.

The library wants an empty line before a list, and four columns for whatever lies within an item.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown.preprocessors import Preprocessor

from site_src.read.circular.fences import Fence, FencedBlocks, Fences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown import Markdown

LEVEL = 4  # columns of one level, as the library reads it
LINES_AHEAD = 50  # where the second item of a list is looked for
CHILD_FROM = 2  # columns behind the mark of an item from which a line lies within it

_ITEM = re.compile(r"(?P<space> *)(?P<mark>[-*+]|\d{1,9}\.)[ ]+(?=\S)")
_RULE = re.compile(r" {0,3}([-*])(?: *\1){2,} *$")


@dataclass(frozen=True)
class _Item:
    """An item: the column of its mark, and what the mark is."""

    column: int
    mark: str

    @property
    def is_numbered(self) -> bool:
        """Whether its mark is a number."""
        return self.mark.endswith(".")

    @property
    def may_be_first(self) -> bool:
        """Whether a list can begin with it in the middle of a text; any other number may be half of a date."""
        return not self.is_numbered or self.mark == "1."

    def child_from(self, other: _Item) -> int:
        """How many columns behind this mark another lies within the item; a number below a number stands wider."""
        return len(self.mark) + 1 if self.is_like(other) else CHILD_FROM

    def is_like(self, other: _Item) -> bool:
        """Whether both can be of one list."""
        return self.is_numbered == other.is_numbered


class Lists(Preprocessor):
    """Puts in the empty lines and columns that the library waits for; what is in no list stays as it is.

    A number that begins a line of an item's text is escaped, as the library would take any for an item's. Fenced blocks
    of code become marks here, as they may lie within an item.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._fenced = FencedBlocks(md.parser)
        md.parser.blockprocessors.register(self._fenced, "fenced", 100)  # before all others

    def run(self, lines: list[str]) -> list[str]:
        """The lines as the library wants them."""
        return list(_Lists(lines, self._fenced).rewritten())


class _Lists:
    def __init__(self, lines: Sequence[str], fenced: FencedBlocks) -> None:
        self._lines = lines
        self._fences = Fences(lines)
        self._fenced = fenced
        self._open: list[_Item] = []  # what a line may lie within
        self._begins = True  # whether a block begins here: the library reads block by block
        self._in_text = False  # whether the block began as text, so that a list in it needs a block of its own
        self._level = 0  # that the block began on

    def rewritten(self) -> Iterator[str]:
        """All lines, with a mark in the place of each fenced block."""
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
            else:
                yield self._write_text(line)

    def _fence(self, number: int, item: _Item | None) -> Fence | None:
        """The fenced block that begins here; further in than a block of its level can be, it is a line of code."""
        fence = self._fences.at(number)
        if fence is None or (item and not self._is_item(number, item)):
            return None
        column = item.column if item else len(fence.lead)
        return fence if fence.quote or column < self._block_from(column) + LEVEL else None

    def _within(self, column: int) -> list[_Item]:
        """The items that a block at this column lies within."""
        return [each for each in self._open if column >= each.column + CHILD_FROM]

    def _block_from(self, column: int) -> int:
        """The column at which text within the same item begins."""
        return max((each.column + len(each.mark) + 1 for each in self._within(column)), default=0)

    def _write_fence(self, fence: Fence) -> Iterator[str]:
        mark = self._fenced.mark(fence.code)
        if item := _item(fence.lead + mark):
            yield from self._write_item(fence.lead + mark, item)
        else:
            self._open = [] if fence.quote else self._within(len(fence.lead))
            yield fence.quote.rstrip()
            yield fence.quote + " " * LEVEL * len(self._open) + mark
        yield fence.quote.rstrip()
        self._begins = not fence.quote

    def _is_item(self, number: int, item: _Item) -> bool:
        """Whether the line is an item here, and no dash or number in running text, nor code."""
        levels, sibling = self._around(item)
        if item.column >= LEVEL * (len(levels) + 1):
            return False
        if self._begins or (sibling and sibling.is_like(item)) or (levels and not sibling and item.may_be_first):
            return True
        return self._announces(number) or self._goes_on(number, item)

    def _around(self, item: _Item) -> tuple[list[_Item], _Item | None]:
        """The items that this one lies within, and the one of its own level before it."""
        levels = [each for each in self._open if item.column >= each.column + each.child_from(item)]
        return levels, self._open[len(levels)] if len(levels) < len(self._open) else None

    def _announces(self, number: int) -> bool:
        """Whether the text before ends as it does before a list."""
        return self._lines[number - 1].rstrip(" *_").endswith(":")

    def _goes_on(self, number: int, item: _Item) -> bool:
        """Whether a second item follows; a list that numbers its items begins with 1."""
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
        levels, sibling = self._around(item)
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
        """Text goes on as it is, but for where it begins a block within an item."""
        if not self._begins:
            return self._as_text(line)
        column = len(line) - len(line.lstrip())
        self._open = self._within(column)
        self._begins, self._in_text, self._level = False, True, len(self._open)
        return " " * (LEVEL * self._level - column) + line

    def _as_text(self, line: str) -> str:
        item = _item(line)
        if not (item and item.is_numbered and self._open):
            return line
        levels, _ = self._around(item)
        is_far_in = item.column >= LEVEL * (len(levels) + 1)  # the library sees text there, or code
        return line if is_far_in else line.replace(".", r"\.", 1)


def _item(line: str) -> _Item | None:
    found = None if _RULE.match(line) else _ITEM.match(line)
    return _Item(len(found["space"]), found["mark"]) if found else None
