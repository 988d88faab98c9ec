"""A sheet as its reader sees it: the cells that hold something, each cleaned once, whatever the file's format."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeAlias

from site_src.files.package import too_much
from site_src.language.catalogues import N_
from site_src.language.folding import controls_in, describe, is_zero_width, unseen_in, without_unseen
from site_src.language.say import say, say_number
from site_src.problems import Place, Problems, Topic

COLUMN_WIDEST = 16_384  # XFD, the last column of Excel
SIGNIFICANT_DIGITS = 11  # that the format General shows before it turns to 1.23457E+11

_ERROR_VALUE = re.compile(
    r"#¡?[^\W\d_][\w/]*[!?]"  # #REF!, #ΤΙΜΗ!, #ΟΝΟΜΑ?, #¡VALOR!
    r"|#[^\W\d_]/[^\W\d_]|#GETTING_DATA"  # #N/A, #Δ/Υ
    r"|Err:\d{3}",  # of LibreOffice
    re.IGNORECASE,
)
_ERROR_STARTS = ("#", "Err:")
_TOO_NARROW = re.compile("##+")  # as Excel writes into a .csv what a column does not show
_JOINED_TEXTS = re.compile(r'"\s*&\s*"')
_LINK_FORMULA = re.compile(r"""\bHYPERLINK\(\s*"([^"]*)\"""", re.IGNORECASE)
# A number format of zeros with nothing but spaces, dots or hyphens between them: 000 000 000 000.
_ZEROS = re.compile(r"""(?:0|\\?[ .-]|"[ .-]*")+""")


class CellKind(StrEnum):
    """The kinds of content that a cell may have, by their names in messages."""

    TEXT = N_("a text")
    NUMBER = N_("a number")
    BOOLEAN = N_("a true/false value")
    DATE = N_("a date")
    ERROR = N_("an error value")
    NARROW = N_("number signs, since the column was too narrow when it was saved")
    UNCALCULATED = N_("a formula without a value")
    UNSHOWN = N_("a value without the text that shows it")
    COVERED = N_("a text that a merged cell covers")


class Area(NamedTuple):
    """A rectangle of cells, counted from 1, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


# A cell as a reader finds it: row and column, the text that it shows, its kind, its number if it holds one, its link.
RawCell: TypeAlias = "tuple[int, int, str, CellKind, float | None, str]"


class Cell(NamedTuple):
    """A cell that holds a text, or a link alone; ``row`` and ``column`` count from 1."""

    row: int
    column: int
    text: str  # as the sheet shows it
    line: str  # the same on one line, without what cannot be seen; "" for a cell that looks empty
    kind: CellKind
    number: float | None  # exact, where the cell holds a number
    link: str  # where a click leads
    origin: tuple[int, int]  # row and column of the cell that was really filled, which a merge spreads to others

    @property
    def name(self) -> str:
        """Return the cell as people call it: C7."""
        return f"{column_letters(self.column)}{self.row}"


def make_cell(  # noqa: PLR0913, PLR0917 (a cell has these parts)
    row: int, column: int, text: str, kind: CellKind = CellKind.TEXT, number: float | None = None, link: str = ""
) -> Cell:
    """Return a cell with its text cleaned, which is done nowhere else; a text may turn out to be an error value."""
    seen = text if text.isascii() else without_unseen(text)  # most cells are user names and addresses
    line = " ".join(seen.split())
    if kind is CellKind.TEXT and line.startswith(_ERROR_STARTS):
        kind = CellKind.ERROR if is_error_value(line) else CellKind.NARROW if _TOO_NARROW.fullmatch(line) else kind
    return Cell(row, column, text, line, kind, number, link, (row, column))


class Limit(NamedTuple):
    """The most that a file may hold of something, and the message for one that holds more."""

    most: int
    message: str


SHEETS = Limit(1_000, N_("the file has more than {most} sheets, far more than an annex has"))
# Of one sheet, most of them empty as a rule; the largest annexes have a few thousand.
ROWS = Limit(200_000, N_("a sheet has more than {most} rows, far more than an annex has"))
CELLS = Limit(600_000, N_("the file has more than {most} filled cells, far more than an annex has"))  # read in 500 MB
# Rows and cells, filled or not: a border makes a cell that holds nothing.
PLACES = Limit(4 * CELLS.most, N_("the sheets have more than {most} rows and cells, empty ones among them"))
# An annex of 3,000 agencies has 500,000.
TEXT = Limit(16_000_000, N_("the cells hold more than {most} characters, far more than an annex has"))
# Cells of an .xls, and its other records by their weight; xlrd takes up to 5 µs for each.
WORK = Limit(2_000_000, N_("the file holds far more than an annex has"))
SPREAD = Limit(1_000_000, N_("merged cells or links cover far more cells than an annex has"))


class Budget:
    """Counts what the sheets of one file may still hold, so that no file of a few bytes grows without end."""

    def __init__(self) -> None:
        self._left = {limit: limit.most for limit in (SHEETS, ROWS, CELLS, PLACES, TEXT, WORK, SPREAD)}

    def spend(self, limit: Limit, amount: int = 1) -> None:
        """Count so much of something. Raises UnreadableError where its limit is passed."""
        self._left[limit] -= amount
        if self._left[limit] < 0:
            raise too_much(say(limit.message, most=say_number(limit.most)))

    def begin_sheet(self) -> None:
        """Count a sheet, before its rows."""
        self.spend(SHEETS)
        self._left[ROWS] = ROWS.most


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its filled cells by row and column, in order, merges already spread."""

    title: str
    rows: Mapping[int, Mapping[int, Cell]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    struck: frozenset[tuple[int, int]] = frozenset()  # row and column of each cell with a line through its text
    comments: frozenset[tuple[int, int]] = frozenset()  # those of each cell, filled or not, with a comment


@dataclass(frozen=True)
class Reporter:
    """Reports the problems of one sheet of a file."""

    file: str
    sheet: str
    problems: Problems

    def at(self, name: str) -> Place:
        """Return the place of the cell of this name, filled or not."""
        return Place(self.file, self.sheet, name)

    def place(self, cell: Cell | None) -> Place:
        """Return the place of a cell; without one, that of the sheet."""
        return Place(self.file, self.sheet, cell.name if cell else "")

    def error(self, topic: Topic, message: str, hint: str, cell: Cell | None = None, value: str = "") -> None:
        """Report a mistake in a cell, or in the sheet itself; ``value`` is a part of its text."""
        value = value or (cell.text if cell else "")
        self.problems.error(topic, message, hint=hint, at=self.place(cell), value=value)

    def warning(self, topic: Topic, message: str, hint: str, cell: Cell | None = None, value: str = "") -> None:
        """Report something to look at in a cell, or in the sheet itself."""
        value = value or (cell.text if cell else "")
        self.problems.warning(topic, message, hint=hint, at=self.place(cell), value=value)

    def is_legible(self, cell: Cell, topic: Topic, longest: int, *, is_exact: bool = False) -> bool:
        """Return whether the text may be read; characters that are removed are a warning, and others errors.

        ``is_exact``: each character counts, so that odd spaces are no plain ones.
        """
        text = cell.text
        if cell.line == text and len(text) <= longest and text.isprintable():
            return True
        again = say("empty the cell and type the text again")
        if len(text) > longest:
            count, most = say_number(len(text)), say_number(longest)
            message = say("the cell has {count} characters, and at most {most} can be read", count=count, most=most)
            self.error(topic, message, say("shorten the text"), cell)
            return False
        if controls := controls_in(text):
            message = say("the cell holds a control character ({names})", names=describe(controls))
            self.error(topic, message, again, cell)
            return False
        unseen = [c for c in unseen_in(text) if is_exact or is_zero_width(c)]
        if unseen and (cell.line or not is_exact):
            self.warning(topic, say("removed, since it cannot be seen: {names}", names=describe(unseen)), again, cell)
        return True


class Grid:
    """One sheet as its reader fills it: cells in any order, and what is beside them, before or after the cells."""

    def __init__(self, title: str, budget: Budget | None = None, *, hidden: bool = False) -> None:
        self.title = title
        self.hidden = hidden
        self.merges: list[Area] = []  # filled down and across
        self.links: list[tuple[Area, str]] = []  # laid on the filled cells
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.struck: set[tuple[int, int]] = set()
        self.comments: set[tuple[int, int]] = set()
        self._rows: dict[int, dict[int, Cell]] = defaultdict(dict)
        self._budget = budget or Budget()
        self._budget.begin_sheet()

    def begin_row(self, cells: int) -> None:
        """Count a row and its cells, filled or not, before they are read."""
        self._budget.spend(ROWS)
        self._budget.spend(PLACES, 1 + cells)

    def add(self, cells: Sequence[RawCell], rows: int = 1) -> None:
        """Add the filled cells among these, to so many rows, one below the other."""
        filled = [raw for raw in cells if raw[2]]
        self._budget.spend(CELLS, rows * len(filled))
        self._budget.spend(TEXT, rows * sum(len(raw[2]) for raw in filled))
        for row, column, text, kind, number, link in filled:
            for down in range(row, row + rows):
                self._rows[down][column] = make_cell(down, column, text, kind, number, link)

    def sheet(self) -> Sheet:
        """Return the sheet; hidden rows and columns that hold nothing are left out."""
        columns = {column for row in self._rows.values() for column in row}
        bounds = Area(1, 1, max(self._rows, default=0), max(columns, default=0))
        self._lay_links(bounds)
        self._spread_merges(bounds)
        return Sheet(
            title=self.title,
            rows={number: dict(sorted(self._rows[number].items())) for number in sorted(self._rows)},
            hidden=self.hidden,
            hidden_rows=tuple(sorted(self.hidden_rows & self._rows.keys())),
            hidden_columns=tuple(sorted(self.hidden_columns & columns)),
            struck=frozenset(self.struck),
            comments=frozenset(self.comments),
        )

    def _lay_links(self, bounds: Area) -> None:
        """Give each cell its link; one without a text holds the link alone."""
        for area, target in self.links:
            for row, column in self._spread(area, bounds):
                self._budget.spend(CELLS, column not in self._rows[row])
                cell = self._rows[row].get(column) or make_cell(row, column, "")
                if not cell.link:
                    self._rows[row][column] = cell._replace(link=target)

    def _spread_merges(self, bounds: Area) -> None:
        """Fill merged cells with the first; LibreOffice and many libraries keep what the others hold."""
        for area in self.merges:
            first = self._rows[area.top].get(area.left) if area.top in self._rows else None
            for row, column in self._spread(area, bounds) if first else ():
                own = self._rows[row].get(column)
                if first and own is not first:
                    self._budget.spend(CELLS, not own)
                    self._budget.spend(TEXT, len(first.text))
                    self._rows[row][column] = _merged(first, own, row, column)

    def _spread(self, area: Area, bounds: Area) -> Iterator[tuple[int, int]]:
        """Yield each position of the area that is within the bounds."""
        rows = range(max(area.top, 1), min(area.bottom, bounds.bottom) + 1)
        columns = range(max(area.left, 1), min(area.right, bounds.right) + 1)
        self._budget.spend(SPREAD, max(1, len(rows) * len(columns)))
        for row in rows:
            yield from ((row, column) for column in columns)


def _merged(first: Cell, own: Cell | None, row: int, column: int) -> Cell:
    """Return a cell of a merge: the first one, or its own where that has another text, which nobody sees."""
    if own and own.line not in {"", first.line}:
        return own._replace(kind=CellKind.COVERED)
    return first._replace(row=row, column=column)


@cache
def column_letters(column: int) -> str:
    """Return the column's letters: 1 is A, 28 is AB."""
    before, last = divmod(column - 1, 26)
    return (column_letters(before) if before else "") + chr(ord("A") + last)


def shown_number(number: float, number_format: str) -> str:
    """Return a number as a cell shows it, as far as digits matter: twelve zeros, General, scientific.

    Other formats (thousands, percent, currency) do not change which digits there are; the number is given plainly.
    """
    if not math.isfinite(number):
        return str(number)
    first = re.sub(r"\[[^\]]*\]", "", number_format.partition(";")[0]).strip()
    if _ZEROS.fullmatch(first) and "." not in first and number >= 0:
        return f"{round(number):0{first.count('0')}d}"
    long = abs(number) >= 10**SIGNIFICANT_DIGITS
    if "E+" in first.upper() or (long and first.lower() in {"", "general", "@"}):
        return f"{number:.5E}"
    return str(int(number)) if number == int(number) and not long else repr(number).removesuffix(".0")


def is_error_value(text: str) -> bool:
    """Return whether spreadsheets show the text for an error, in any language: #REF!, #N/A, #ΤΙΜΗ!, Err:502."""
    return bool(_ERROR_VALUE.fullmatch(text))


def link_in_formula(formula: str) -> str:
    """Return the target of a HYPERLINK("…") in a formula, or nothing."""
    match = _LINK_FORMULA.search(_JOINED_TEXTS.sub("", formula))
    return match[1] if match else ""
