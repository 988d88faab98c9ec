"""Joins the broken lines of a text to headings, paragraphs, list items and tables, and writes these as Markdown.

Every word of the lines is kept, in their order, and the page that the Markdown becomes shows exactly these words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby, zip_longest

from site_src.language.greek import fold, is_capitals, one_line, starts_in_lower_case
from site_src.new.joining import BULLET, FULL_LINE, NUMBER, SHORT_LINE, continued, ends_sentence, has_room, is_item
from site_src.new.lines import GREETING, OPENING, REFERENCE, SALUTATION, Line, LineKind

HEADING_LONGEST = 200  # characters; more capitals than this are a paragraph
UNWRAPPED_FROM = 200  # characters of a line beyond which lines are whole paragraphs, not wrapped ones
CELLS_MOST = 100_000  # of a table with tables in its cells; more would fill the memory
INDENT = 4  # columns that make the first line of a paragraph

# Marks only in a text where several lines begin so: «Α.» may be of a name, and a Latin «o» (Word's bullet) a word.
_LETTERED, _LATIN_O = re.compile(r"(?:[Α-Ωα-θ]|στ)\.\s+(?=\S)"), re.compile(r"o\s+(?=\S)")
_COLUMN_GAP = re.compile(r"\s{3,}")
_LABEL = re.compile(r"[^\W\d_]+\.?\s*:\s*")  # «ΣΧΕΤ.: α) …»
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")

# Markdown has a form of its own for these; everything between is text.
_SPECIAL = re.compile(
    r"(?P<url>https?://[^\s<>«»“”\"\\`\[\]{}|^]{1,2000})"
    r"|(?P<site>(?<![\w@./-])www\.[\w-]+(?:\.[\w-]+)+(?:/[\w./%~-]*)?)"
    r"|(?P<email>(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+(?!\w))"
    r"|\[\^(?P<mark>\d+)\]",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])")
_OPENS_JINJA = re.compile(r"(?<!\{)\{++(?=[%#]|$)")  # «{{» is none any more once each has its backslash
_LINE_START = re.compile(r"(?P<plain>[#>+\-])|(?P<number>\d+)(?P<dot>[.)])(?=\s|$)|(?P<entity>[:~!=])")


class Shape(Enum):
    """The kinds of blocks in a text."""

    HEADING = auto()
    PARAGRAPH = auto()
    BULLET = auto()
    NUMBERED = auto()  # its text begins with the number
    ADDRESS = auto()  # of a link, apart from the text
    TABLE = auto()


_ITEMS = {Shape.BULLET, Shape.NUMBERED, Shape.ADDRESS}


@dataclass(frozen=True)
class Block:
    """One block of the text; a table has rows instead of text."""

    shape: Shape
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Replacement:
    """A stretch of a block's text that is one of the campaign's facts."""

    block: int
    start: int
    end: int
    placeholder: str


def read_blocks(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Return the text's blocks; addresses that stand alone follow their paragraph, so that they part no sentence."""
    lines = _in_columns(_with_bullets(lines))
    loose = _loose_links(lines)
    joiner = _Joiner([line.text for n, line in enumerate(lines) if n not in loose])
    has_gap = False
    for number, line in enumerate(lines):
        if number in loose:
            joiner.links.append(line.text)
        elif line.kind is LineKind.TABLE and line.rows:
            joiner.close()
            joiner.blocks.append(Block(Shape.TABLE, "", spread(line.rows)))
        elif line.text:
            joiner.add(line, has_gap=has_gap)
            has_gap = False
            continue
        has_gap = True
    joiner.close()
    return tuple(joiner.blocks)


def _with_bullets(lines: Sequence[Line]) -> Sequence[Line]:
    marked = [n for n, line in enumerate(lines) if _LATIN_O.match(line.text) and not line.whole]
    written = list(lines)
    for n in marked if len(marked) > 1 else ():
        written[n] = replace(lines[n], text=f"•{lines[n].text[1:]}")
    return written


def _in_columns(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, with those as rows of a table that wide gaps part into as many cells as the lines beside them.

    So a PDF or tabs give up a table, and signatures that are side by side. Justified text has wide gaps too, but its
    lines go on in small letters.
    """
    cells = [_cells(line.text) for line in lines]
    filled = [n for n, line in enumerate(lines) if line.text or line.rows]
    written = list(lines)
    for width, group in groupby(filled, key=lambda n: len(cells[n])):
        rows = list(group)
        is_prose = any(starts_in_lower_case(line.text) for line in lines[rows[0] + 1 : rows[-1] + 2])
        if width > 1 and len(rows) > 1 and not is_prose:
            table = Line("", kind=LineKind.TABLE, rows=tuple(tuple(cells[n]) for n in rows))
            written[rows[0] : rows[-1] + 1] = [*[Line("")] * (rows[-1] - rows[0]), table]
    return written


def _cells(text: str) -> list[str]:
    """Return the pieces of a line between wide gaps; none for an item, whose mark may be far from its text."""
    cells = _COLUMN_GAP.split(text)
    return [] if BULLET.match(text) or (is_item(text) and " " not in cells[0]) else cells


@dataclass
class _Open:
    """The block that lines are being added to; ``refers``: it is of the list of documents that the text refers to."""

    shape: Shape
    pieces: list[str]
    last: Line
    refers: bool

    def may_precede(self, line: str) -> bool:
        """Return whether an item can follow: behind another, a heading, or a label with the first: «ΣΧΕΤ.: α) …».

        «(15) ημερών» is none behind «1. Εντός δεκαπέντε».
        """
        label = _LABEL.match(self.pieces[0])
        first = self.pieces[0][label.end() :] if label else self.pieces[0]
        is_item = self.shape in {*_ITEMS, Shape.HEADING} or (label is not None and item_shape(first) is not None)
        return is_item and (first.startswith("(") or not line.startswith("("))


class _Joiner:
    """Takes line after line; ``blocks`` are the finished ones, ``links`` the addresses that follow the open one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.blocks: list[Block] = []
        self.links: list[str] = []
        self._open: _Open | None = None
        self._width = max(map(len, texts), default=0)
        # The words that the text writes with a hyphen within a line: «υπο-φάκελος».
        self._compounds = {fold(word) for text in texts for word in _COMPOUND.findall(text)}
        self._letters = {text[0] for text in texts if _LETTERED.match(text)}

    def close(self) -> None:
        if self._open:
            self.blocks.append(Block(self._open.shape, one_line("".join(self._open.pieces))))
        self.blocks += [Block(Shape.ADDRESS, link) for link in self.links]
        self._open, self.links = None, []

    def add(self, line: Line, *, has_gap: bool) -> None:
        shape = self._new_shape(line, has_gap=has_gap)
        if shape:
            refers = self._open is not None and self._open.refers and shape in _ITEMS
            refers = refers or REFERENCE.match(fold(line.text)) is not None
            self.close()
            is_typed = shape is Shape.BULLET and line.kind is not LineKind.BULLET
            text = BULLET.sub("", line.text, count=1) if is_typed else line.text
            self._open = _Open(shape, [text], line, refers)
        elif self._open:
            if self._open.shape is Shape.HEADING and not is_capitals(line.text):
                self._open.shape = Shape.PARAGRAPH  # its sentence goes on in small letters: it was no heading
            self._open.pieces[-1:] = continued(self._open.pieces[-1], line.text, self._compounds)
            self._open.last = line

    def _new_shape(self, line: Line, *, has_gap: bool) -> Shape | None:
        """Return the shape of the block that begins with this line; None where the line goes on the block before."""
        if line.whole:
            return _whole_shape(line)
        plain = Shape.HEADING if _is_heading(line.text) else Shape.PARAGRAPH
        before = self._open
        if before and (SALUTATION.fullmatch(fold(before.pieces[0])) or GREETING.fullmatch(fold(line.text))):
            return item_shape(line.text) or plain
        if before and before.refers and OPENING.match(fold(line.text)) and not starts_in_lower_case(line.text):
            return plain
        is_apart = before is None or has_gap or ends_sentence(before.last.text)
        if before is None or is_apart or before.may_precede(line.text):
            shape = item_shape(line.text)
            first_letters = {"Α", "Β"} if line.text[0].isupper() else {"α", "β"}
            if _LETTERED.match(line.text) and first_letters <= self._letters:
                shape = plain if plain is Shape.HEADING else Shape.NUMBERED
            if shape or before is None:
                return shape or plain
        goes_on = self._goes_on_apart(before, line, has_gap=has_gap) if is_apart else self._goes_on(before, line)
        return None if goes_on else plain

    def _goes_on(self, before: _Open, line: Line) -> bool:
        """Return whether a line goes on a sentence that is not over, and not a heading, or a line nearly empty."""
        if starts_in_lower_case(line.text) or line.page or before.last.text.endswith((",", "-", "–")):
            return True
        is_below_heading = before.shape is Shape.HEADING and not is_capitals(line.text)
        return not is_below_heading and not has_room(before.last.text, line.text, self._width * SHORT_LINE)

    def _goes_on_apart(self, before: _Open, line: Line, *, has_gap: bool) -> bool:
        """Return whether a line goes on a paragraph whose sentence is over, or that a gap or a page's end parts."""
        goes_on = starts_in_lower_case(line.text)
        if has_gap or line.page:
            is_over = ends_sentence(before.last.text) or (before.shape is Shape.HEADING and not goes_on)
            return not is_over and (goes_on or (line.page and not _is_heading(line.text)))
        if self._width >= UNWRAPPED_FROM:
            return False
        is_indented = line.indent >= before.last.indent + INDENT
        return goes_on or not (is_indented or has_room(before.last.text, line.text, self._width * FULL_LINE))


def spread(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return a table's rows, with each table in a cell (lines, with tabs between its cells) over cells of its own."""
    if not any("\t" in cell for row in rows for cell in row):
        return tuple(map(tuple, rows))
    grids = [[_grid(cell) for cell in row] for row in rows]
    widths = [max(len(line) for grid in column for line in grid) for column in zip_longest(*grids, fillvalue=[[""]])]
    if sum(max(map(len, row), default=0) for row in grids) * sum(widths) > CELLS_MOST:
        return tuple(tuple(one_line(cell) for cell in row) for row in rows)
    return tuple(
        tuple(
            text for cells, width in zip(line, widths, strict=False) for text in (*cells, *[""] * (width - len(cells)))
        )
        for row in grids
        for line in zip_longest(*row, fillvalue=[""])
    )


def _grid(cell: str) -> list[list[str]]:
    return [line.split("\t") for line in cell.split("\n")] if "\t" in cell else [[cell]]


def _whole_shape(line: Line) -> Shape:
    if line.kind is LineKind.HEADING or (line.kind is LineKind.TEXT and _is_heading(line.text)):
        return Shape.HEADING
    return Shape.BULLET if line.kind is LineKind.BULLET else item_shape(line.text) or Shape.PARAGRAPH


def item_shape(text: str) -> Shape | None:
    """Return the shape of a list's item by the mark, number or letter that it begins with; None for another line."""
    if BULLET.match(text):
        return Shape.BULLET
    return Shape.NUMBERED if NUMBER.match(text) else None


def _is_heading(text: str) -> bool:
    return is_capitals(text) and len(text) <= HEADING_LONGEST and not text.endswith((".", ",", ";"))


def _loose_links(lines: Sequence[Line]) -> set[int]:
    """Return the lines that are addresses alone, apart from the text: a PDF gives up its links' targets so."""
    alone = {n for n, line in enumerate(lines) if _LINK.fullmatch(line.text) and not line.whole}
    loose: set[int] = set()
    is_below = False  # whether the last filled line is one of them
    for n, line in enumerate(lines):
        if line.text:
            is_apart = n == 0 or line.page or not lines[n - 1].text or n + 1 in alone
            is_below = n in alone and (is_apart or is_below)
            loose |= {n} if is_below else set()
    return loose


def write_markdown(
    blocks: Sequence[Block], replacements: Iterable[Replacement] = (), footnotes: Mapping[str, str] | None = None
) -> str:
    """Return the whole text, with placeholders for the ``replacements``, which are in the text's order.

    A mark ``[^1]`` counts as one only where ``footnotes`` has it.
    """
    writer = _Writer(footnotes or {})
    by_block = {number: list(group) for number, group in groupby(replacements, key=lambda r: r.block)}
    rows: list[str] = []
    last = None
    for number, (shape, block) in enumerate(zip(_shapes(blocks), blocks, strict=True)):
        is_next_item = shape is last and shape in _ITEMS
        rows += [] if is_next_item or number == 0 else [""]
        rows += writer.rows(shape, block, by_block.get(number, ()))
        last = shape
    for mark, text in (footnotes or {}).items():
        rows += ["", f"[^{mark}]: {escape(text, start=True)}"]
    return "\n".join(rows) + "\n"


def escape(text: str, *, start: bool) -> str:
    """Return text that Markdown and Jinja give back as it is; ``start`` where it begins a line."""
    escaped = _ESCAPED.sub(r"\\\g<0>", text)
    escaped = re.sub(r"&(?=#\w|\w+;)", "&amp;", escaped).replace("<", "&lt;")
    escaped = _OPENS_JINJA.sub(lambda run: "\0" * len(run[0]), escaped).replace("{", "\\{").replace("\0", '{{ "{" }}')
    match = _LINE_START.match(escaped) if start else None
    if not match:
        return escaped
    first = f"&#{ord(escaped[0])};" if match["entity"] else f"{match['number'] or ''}\\{match['dot'] or match['plain']}"
    return first + escaped[match.end() :]


def _shapes(blocks: Sequence[Block]) -> list[Shape]:
    """Return the blocks' shapes; numbers that do not count from 1 in one run stay text: Markdown would count anew."""
    shapes = [block.shape for block in blocks]
    for is_numbered, group in groupby(range(len(blocks)), key=lambda n: blocks[n].shape is Shape.NUMBERED):
        run = list(group)
        counts = len(run) > 1 and all(blocks[n].text.startswith(f"{k}. ") for k, n in enumerate(run, start=1))
        beside = {shapes[n] for n in (run[0] - 1, run[-1] + 1) if 0 <= n < len(blocks)}
        if is_numbered and (not counts or beside & _ITEMS):
            shapes[run[0] : run[-1] + 1] = [Shape.PARAGRAPH] * len(run)
    return shapes


@dataclass(frozen=True)
class _Writer:
    """Writes blocks, and knows which footnotes there are."""

    footnotes: Mapping[str, str]

    def rows(self, shape: Shape, block: Block, replacements: Iterable[Replacement]) -> list[str]:
        if shape is Shape.TABLE:
            return self._table(block.rows)
        text = self._with_placeholders(block.text, replacements)
        if shape is Shape.NUMBERED:
            return [text.replace("\\.", ".", 1)]
        return [{Shape.HEADING: "## ", Shape.BULLET: "- ", Shape.ADDRESS: "- "}.get(shape, "") + text]

    def _table(self, rows: Sequence[Sequence[str]]) -> list[str]:
        width = max(map(len, rows))
        cells = [[self._text(one_line(cell), start=False).replace("|", "\\|") for cell in row] for row in rows]
        head, *others = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
        return [head, "|" + " --- |" * width, *others]

    def _with_placeholders(self, text: str, replacements: Iterable[Replacement]) -> str:
        written, at = "", 0
        for each in replacements:
            if each.start >= at:
                written += self._text(text[at : each.start], start=at == 0) + each.placeholder
                at = each.end
        return written + self._text(text[at:], start=at == 0)

    def _text(self, text: str, *, start: bool = True) -> str:
        written, at = "", 0
        for match in _SPECIAL.finditer(text):
            written += escape(text[at : match.start()], start=start and at == 0) + self._special(match)
            at = match.end()
        return written + escape(text[at:], start=start and at == 0)

    def _special(self, match: re.Match[str]) -> str:
        if match["mark"]:
            return match[0] if match["mark"] in self.footnotes else escape(match[0], start=False)
        if match["site"]:
            shown = match["site"].rstrip(".")
            return f"[{escape(shown, start=False)}](http://{shown}){match['site'][len(shown) :]}"
        if match["email"]:
            return f"[{escape(match['email'], start=False)}](mailto:{match['email']})"
        end = _address_length(match["url"])
        return f"<{match['url'][:end]}>{escape(match['url'][end:], start=False)}"


def _address_length(found: str) -> int:
    """Return the length of an address without the marks of the sentence around it."""
    end = len(found.rstrip(".,;:!·'’"))
    surplus = found.count(")") - found.count("(")
    while surplus > 0 and found[:end].endswith(")"):
        end, surplus = len(found[: end - 1].rstrip(".,;:!·'’")), surplus - 1
    return end
