"""Joins the broken lines of a document's text to headings, paragraphs and list items, in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from site_src.language.greek import fold, is_capitals, one_line, starts_in_lower_case
from site_src.new.lines import Line, LineKind

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADING_LONGEST = 200  # characters; more capitals than this are a paragraph
UNWRAPPED_FROM = 200  # characters of a line beyond which lines are whole paragraphs, not wrapped ones
FULL_LINE = 0.85  # share of the widest line from which a line counts as full
SHORT_LINE = 0.5  # share of the widest line below which a line was ended on purpose: «Άρθρο 1»
WORD_LONGEST = 80  # characters of a line's end that are looked at for half a word
CELLS_MOST = 100_000  # of a table with tables in its cells; more would fill the memory
INDENT = 4  # columns that make the first line of a paragraph

# Word's bullets of the fonts Symbol and Wingdings come out as private characters, the last four here.
_BULLET = re.compile(r"[-–—•▪●○*·◦‣➢✓\uf0a7\uf0b7\uf0d8\uf0fc]\s+(?=\S)")
# «α. Ανοίξτε» too; beyond θ a letter with a full stop is rather an abbreviation: «κ. Υπουργού», «ν. Χίου».
_NUMBER = re.compile(r"\d{1,2}[.)]\s+(?=\S)|[^\W\d_]{1,2}\)\s+(?=\S)|(?:[α-θ]|στ)\.\s+(?=[Α-ΩΆ-Ώ])")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_SENTENCE_ENDS = (".", ";", ":", "!", "?", "…", "·")
_BROKEN_WORD = re.compile(r"[^\W\d_]{2,}-$")
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
# The mark of a footnote as a PDF gives it up: digits behind a Greek word, with no space between.
_FOOTNOTE = re.compile(r"(?<![^\W_])([^\W\d_A-Za-z]{3,}[α-ω])(\d{1,2})(?![\w/-])")


class Shape(Enum):
    """What a block of the text is."""

    HEADING = auto()
    PARAGRAPH = auto()
    BULLET = auto()
    NUMBERED = auto()  # its text begins with the number
    LINKS = auto()  # addresses that stand alone, one a line
    TABLE = auto()


@dataclass(frozen=True)
class Block:
    """One block of the text; a table has rows instead of text."""

    shape: Shape
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass
class _Open:
    """The block that lines are being added to."""

    shape: Shape
    pieces: list[str]
    last: Line
    first: int  # the number of its first line

    @property
    def finished(self) -> bool:
        return self.last.whole or self.last.text.rstrip('»”")]').endswith(_SENTENCE_ENDS)


@dataclass
class _Joiner:
    """Takes line after line; ``blocks`` are the finished ones with the number of their first line."""

    width: int
    compounds: frozenset[str]
    blocks: list[tuple[int, Block]] = field(default_factory=list)
    now: _Open | None = None

    def close(self) -> None:
        if self.now:
            self.blocks.append((self.now.first, Block(self.now.shape, one_line("".join(self.now.pieces)))))
        self.now = None

    def add(self, number: int, line: Line, *, gap: bool) -> None:
        shape = self._new_shape(line, gap=gap)
        if shape:
            self.close()
            text = _BULLET.sub("", line.text, count=1) if shape is Shape.BULLET and not line.whole else line.text
            self.now = _Open(shape, [text], line, number)
        elif self.now:
            if self.now.shape is Shape.HEADING and not is_capitals(line.text):
                self.now.shape = Shape.PARAGRAPH  # its sentence goes on in small letters: it was no heading
            self.now.pieces[-1:] = _join(self.now.pieces[-1], line.text, self.compounds)
            self.now.last = line

    def _new_shape(self, line: Line, *, gap: bool) -> Shape | None:
        """The shape of the block that begins with this line; None where the line goes on the block before."""
        if line.whole:
            return _whole_shape(line)
        now = self.now
        apart = now is None or gap or now.finished
        if apart or (now and now.shape in {Shape.BULLET, Shape.NUMBERED}):
            marked = _marked(line.text)
            if marked:
                return marked
        if now and not apart:
            return self._between(now, line)
        if now and self._goes_on(now, line, gap=gap):
            return None
        return Shape.HEADING if _is_heading(line.text) else Shape.PARAGRAPH

    def _between(self, now: _Open, line: Line) -> Shape | None:
        """After a line that ends no sentence a new block begins behind a heading, or a line that is nearly empty."""
        if starts_in_lower_case(line.text) or line.page or now.last.text.endswith((",", "-", "–")):
            return None
        is_short = len(now.last.text) + 1 + len(line.text.split()[0]) < self.width * SHORT_LINE
        if (now.shape is Shape.HEADING and not is_capitals(line.text)) or is_short:
            return Shape.HEADING if _is_heading(line.text) else Shape.PARAGRAPH
        return None

    def _goes_on(self, now: _Open, line: Line, *, gap: bool) -> bool:
        if now.last.whole:
            return False
        if gap or line.page:
            over = now.finished or (now.shape is Shape.HEADING and not starts_in_lower_case(line.text))
            return not over and (starts_in_lower_case(line.text) or (line.page and not _is_heading(line.text)))
        if self.width >= UNWRAPPED_FROM:
            return False
        room = len(now.last.text) + 1 + len(line.text.split()[0]) < self.width * FULL_LINE
        indented = line.indent >= now.last.indent + INDENT
        return starts_in_lower_case(line.text) or not (room or indented)


def read_blocks(lines: Sequence[Line]) -> tuple[Block, ...]:
    """The text's blocks: every word of the lines, in their order; addresses that stand alone follow their paragraph."""
    loose = _loose_links(lines)
    text = [line.text for n, line in enumerate(lines) if n not in loose]
    joiner = _Joiner(max((len(row) for row in text), default=0), _compounds(text))
    gap = False
    for number, line in enumerate(lines):
        if number in loose or not (line.text or line.rows):
            gap = True
        elif line.kind is LineKind.TABLE:
            joiner.close()
            joiner.blocks.append((number, Block(Shape.TABLE, "", spread(line.rows))))
        else:
            joiner.add(number, line, gap=gap)
            gap = False
    joiner.close()
    return _with_links(joiner.blocks, lines, loose)


def spread(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return a table's rows, with each table in a cell (lines, with tabs between its cells) over cells of its own."""
    if not any("\t" in cell for row in rows for cell in row):
        return tuple(map(tuple, rows))
    grids = [[_grid(cell) for cell in row] for row in rows]
    widths: dict[int, int] = {}
    for row in grids:
        for column, grid in enumerate(row):
            widths[column] = max(widths.get(column, 1), *map(len, grid))
    heights = sum(max(map(len, row), default=0) for row in grids)
    if heights * sum(widths.values()) > CELLS_MOST:
        return tuple(tuple(" ".join(cell.split()) for cell in row) for row in rows)
    return tuple(
        tuple(
            text
            for column, grid in enumerate(row)
            for text in _padded(grid[line] if line < len(grid) else (), widths[column])
        )
        for row in grids
        for line in range(max(map(len, row), default=0))
    )


def _grid(cell: str) -> list[list[str]]:
    return [line.split("\t") for line in cell.split("\n")] if "\t" in cell else [[cell]]


def _padded(texts: Sequence[str], width: int) -> list[str]:
    return [*texts, *[""] * (width - len(texts))]


def _whole_shape(line: Line) -> Shape:
    if line.kind is LineKind.HEADING or (line.kind is LineKind.TEXT and _is_heading(line.text)):
        return Shape.HEADING
    return Shape.BULLET if line.kind is LineKind.BULLET else _marked(line.text) or Shape.PARAGRAPH


def _marked(text: str) -> Shape | None:
    if _BULLET.match(text):
        return Shape.BULLET
    return Shape.NUMBERED if _NUMBER.match(text) else None


def _is_heading(text: str) -> bool:
    return is_capitals(text) and len(text) <= HEADING_LONGEST and not text.endswith((".", ",", ";"))


def _compounds(texts: Sequence[str]) -> frozenset[str]:
    """The words that the text writes with a hyphen within a line: «υπο-φάκελος»."""
    return frozenset(fold(word) for text in texts for word in _COMPOUND.findall(text))


def _join(before: str, line: str, compounds: frozenset[str]) -> list[str]:
    """Two lines as pieces of one text, with the space between them unless a word was broken there."""
    end = before[-WORD_LONGEST:]
    if re.search(r"\w-$", end) and (line[:1].isupper() or line[:1].isdigit()):
        return [before, line]  # «ΚΑΝΤΑΝΟΥ-» and «ΣΕΛΙΝΟΥ»: the hyphen is the name's
    if not (_BROKEN_WORD.search(end) and starts_in_lower_case(line)):
        return [before, f" {line}"]
    halves = re.search(r"[^\W\d_]+$", end[:-1]), re.match(r"[^\W\d_]+", line)
    word = "-".join(half[0] for half in halves if half)
    return [before if fold(word) in compounds else before[:-1], line]


def _loose_links(lines: Sequence[Line]) -> frozenset[int]:
    """The lines that are addresses alone, apart from the text: a PDF gives up its links' targets so."""
    alone = {n for n, line in enumerate(lines) if _LINK.fullmatch(line.text) and not line.whole}
    filled = [n for n, line in enumerate(lines) if line.text]
    before = dict(zip(filled[1:], filled, strict=False))
    loose: set[int] = set()
    for n in sorted(alone):
        apart = n == 0 or lines[n].page or not lines[n - 1].text or n + 1 in alone
        if apart or before.get(n) in loose:
            loose.add(n)
    return frozenset(loose)


def _with_links(blocks: Sequence[tuple[int, Block]], lines: Sequence[Line], loose: frozenset[int]) -> tuple[Block, ...]:
    """The loose addresses before the first block that begins after them, so that they part no sentence."""
    waiting = sorted(loose, reverse=True)
    placed: list[Block] = []
    for first, block in (*blocks, (len(lines), None)):
        addresses = []
        while waiting and waiting[-1] < first:
            addresses.append(lines[waiting.pop()].text)
        placed += [Block(Shape.LINKS, "\n".join(addresses))] if addresses else []
        placed += [block] if block else []
    return tuple(placed)


def mark_footnotes(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Digits glued to a Greek word, where they count 1, 2, 3 through the text, as marks ``[^1]``; and those words."""
    found: list[str] = []

    def mark(match: re.Match[str]) -> str:
        if int(match[2]) != len(found) + 1:
            return match[0]
        found.append(match[0])
        return f"{match[1]}[^{match[2]}]"

    marked = tuple(replace(block, text=_FOOTNOTE.sub(mark, block.text)) for block in blocks)
    return marked, tuple(found)
