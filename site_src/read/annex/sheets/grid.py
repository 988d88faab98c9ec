"""A sheet as its reader sees it: the cells that hold something, each cleaned once, whatever the file's format."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from site_src.language.catalogues import N_
from site_src.language.folding import UNSEEN
from site_src.language.say import say, say_number
from site_src.problems import Place, ThyridaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_src.problems import Problems, Topic

T = TypeVar("T")

ROWS_MAX = 200_000  # of one sheet; the largest annexes have a few thousand
CELLS_MAX = 600_000  # filled ones of one file, so that reading stays under 500 MB
PLACES_MAX = 4 * CELLS_MAX  # rows and cells of one file, filled or not; a border makes a cell that holds nothing
TEXT_MAX = 16_000_000  # characters of all cells of one file; an annex of 3,000 agencies has 500,000
SPREAD_MAX = 1_000_000  # cells that merges and links of one file may cover
SHEETS_MAX = 1_000  # of one file; an annex has at most a few
COLUMN_WIDEST = 16_384  # XFD, the last column of Excel
SIGNIFICANT_DIGITS = 11  # that the format General shows before it turns to 1.23457E+11

_ERROR_VALUE = re.compile(r"#[^\W\d_][\w/]*[!?]|Err:\d{3}")  # #ΤΙΜΗ!, #ΟΝΟΜΑ?; LibreOffice has Err:502
_ERROR_STARTS = ("#", "Err:")
_KNOWN_ERRORS = {"#N/A", "#Δ/Υ"}  # those without a mark at their end
_LINK_FORMULA = re.compile(r"""^(?:of:)?=HYPERLINK\(\s*"([^"]*)\"""", re.IGNORECASE)
# A number format of zeros with nothing but spaces, dots or hyphens between them: 000 000 000 000.
_ZEROS = re.compile(r"""(?:0|\\?[ .-]|"[ .-]*")+""")


OPEN_AND_SAVE = N_("open it in Excel or LibreOffice, save it again as .xlsx, and use that")
HAS_PASSWORD = N_("the file is encrypted with a password")
REMOVE_PASSWORD = N_(
    "remove the password: in Excel, File > Info > Protect Workbook > Encrypt with Password, and clear it"
)
SMALL_COPY = N_("copy only the table's rows into a new workbook and use that")


class UnreadableError(ThyridaError):
    """Raised for a file that cannot be read at all; ``read_sheets`` turns it into a problem."""


class CellKind(StrEnum):
    """The kinds of content that a cell may have, by their names in messages."""

    TEXT = N_("a text")
    NUMBER = N_("a number")
    BOOLEAN = N_("a true/false value")
    DATE = N_("a date")
    ERROR = N_("an error value")
    UNCALCULATED = N_("a formula without a value")
    UNSHOWN = N_("a value without the text that shows it")


class Area(NamedTuple):
    """A rectangle of cells, counted from 1, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


class Cell(NamedTuple):
    """A filled cell; ``row`` and ``column`` count from 1."""

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
    line = " ".join(without_unseen(text).split())
    if kind is CellKind.TEXT and line.startswith(_ERROR_STARTS) and is_error_value(line):
        kind = CellKind.ERROR
    return Cell(row, column, text, line, kind, number, link, (row, column))


# Unicode's names of those that spreadsheets hold now and then; listed so that the catalogues have them.
NAMED = (
    N_("no-break space"),
    N_("narrow no-break space"),
    N_("thin space"),
    N_("ideographic space"),
    N_("soft hyphen"),
    N_("zero width space"),
    N_("zero width non-joiner"),
    N_("zero width joiner"),
    N_("zero width no-break space"),
    N_("word joiner"),
    N_("left-to-right mark"),
    N_("right-to-left mark"),
)
_WHITE = "\t\n\r"  # a person types these; they separate words and are no surprise


class _Visible(dict[int, str]):
    """Each character as it is seen: an odd space as a plain one, nothing for one that takes no room, or itself."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        is_space = unicodedata.category(character) in {"Zs", "Zl", "Zp"}
        self[code] = "" if UNSEEN.fullmatch(character) else " " if is_space else character
        return self[code]


_VISIBLE = _Visible()


def is_zero_width(character: str) -> bool:
    """Return whether it takes no room: zero-width spaces, soft hyphens, byte-order and direction marks."""
    return not _VISIBLE[ord(character)]


def without_unseen(text: str) -> str:
    """Return the text with odd spaces as plain ones and without zero-width characters."""
    return text if text.isascii() else text.translate(_VISIBLE)


def unseen_in(text: str) -> list[str]:
    """Return the odd spaces and zero-width characters of a text, in order."""
    return [c for c in text if c != _VISIBLE[ord(c)]]


def controls_in(text: str) -> list[str]:
    """Return the control characters of a text, other than tab and line ends."""
    return [c for c in text if unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in _WHITE]


def describe(characters: Iterable[str]) -> str:
    """Return the characters by their Unicode names, each once: «2 × no-break space, zero width space»."""
    counts = Counter(characters)
    return ", ".join(f"{count} × {name_of(c)}" if count > 1 else name_of(c) for c, count in counts.items())


def name_of(character: str) -> str:
    """Return the character's name in the language of the commands, its Unicode name, or its number."""
    return say(unicodedata.name(character, f"U+{ord(character):04X}").lower())


@dataclass
class Budget:
    """Counts what the sheets of one file may still hold, so that no file of a few bytes grows without end.

    Each method raises UnreadableError where its limit is passed.
    """

    sheets: int = SHEETS_MAX
    rows: int = ROWS_MAX
    places: int = PLACES_MAX
    cells: int = CELLS_MAX
    text: int = TEXT_MAX
    spread: int = SPREAD_MAX

    def spend_sheet(self) -> None:
        """Count a sheet, before its rows."""
        self.sheets, self.rows = self.sheets - 1, ROWS_MAX
        if self.sheets < 0:
            most = say_number(SHEETS_MAX)
            raise too_much(say("the file has more than {most} sheets, far more than an annex has", most=most))

    def spend_row(self, cells: int) -> None:
        """Count a row and its cells, filled or not."""
        self.rows -= 1
        self.places -= 1 + cells
        if self.rows < 0:  # most of them are empty as a rule
            message = say("a sheet has more than {most} rows, far more than an annex has", most=say_number(ROWS_MAX))
            hint = say(
                "delete the empty rows below the table (select them, then Delete), "
                "or copy the table into a new workbook"
            )
            raise UnreadableError(message, hint)
        if self.places < 0:
            most = say_number(PLACES_MAX)
            raise too_much(say("the sheets have more than {most} rows and cells, empty ones among them", most=most))

    def spend_cell(self, text: str) -> None:
        """Count a filled cell."""
        self.cells -= 1
        self.text -= len(text)
        if self.cells < 0 or self.text < 0:
            self.foresee_cells(0)
            self.spend_text("")

    def spend_text(self, text: str) -> None:
        """Count the characters of a text."""
        self.text -= len(text)
        if self.text < 0:
            most = say_number(TEXT_MAX)
            raise too_much(say("the cells hold more than {most} characters, far more than an annex has", most=most))

    def foresee_cells(self, cells: int) -> None:
        """Look ahead, before so many filled cells are made of one."""
        if cells > self.cells:
            most = say_number(CELLS_MAX)
            raise too_much(say("the file has more than {most} filled cells, far more than an annex has", most=most))

    def spend_spread(self, cells: int) -> None:
        """Count the cells that a merge or link covers."""
        self.spread -= max(1, cells)
        if self.spread < 0:
            raise too_much(say("merged cells or links cover far more cells than an annex has"))


def too_much(message: str) -> UnreadableError:
    """Return the error for a file that holds far more than an annex."""
    return UnreadableError(message, say(SMALL_COPY))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its filled cells by row and column, in order, merges already spread."""

    title: str
    rows: Mapping[int, Mapping[int, Cell]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reporter:
    """Reports the problems of one sheet of a file."""

    file: str
    sheet: str
    problems: Problems

    def at(self, name: str) -> Place:
        """Return the place of the cell of this name, filled or not; "" for that of the sheet."""
        return Place(self.file, self.sheet, name)

    def place(self, cell: Cell) -> Place:
        """Return the place of a cell."""
        return Place(self.file, self.sheet, cell.name)

    def error(self, topic: Topic, message: str, hint: str, cell: Cell | None = None, value: str = "") -> None:
        """Report a mistake in a cell, or in the sheet itself; ``value`` is a part of its text."""
        at = self.place(cell) if cell else self.at("")
        self.problems.error(topic, message, hint=hint, at=at, value=value or (cell.text if cell else ""))

    def warning(self, topic: Topic, message: str, hint: str, cell: Cell | None = None, value: str = "") -> None:
        """Report something to look at in a cell, or in the sheet itself."""
        at = self.place(cell) if cell else self.at("")
        self.problems.warning(topic, message, hint=hint, at=at, value=value or (cell.text if cell else ""))


def make_sheet(  # noqa: PLR0913 (a sheet has these parts)
    title: str,
    cells: Iterable[Cell],
    *,
    budget: Budget | None = None,
    merges: Iterable[Area] = (),
    links: Iterable[tuple[Area, str]] = (),
    hidden: bool = False,
    hidden_rows: Iterable[int] = (),
    hidden_columns: Iterable[int] = (),
) -> Sheet:
    """Return a sheet of cells in any order; links are laid on the filled cells, merges filled down and across.

    Hidden rows and columns that hold nothing are left out. Raises UnreadableError where the file's budget is spent.
    """
    budget = budget or Budget()
    budget.spend_sheet()
    grid: dict[int, dict[int, Cell]] = defaultdict(dict)
    for cell in cells:
        budget.spend_cell(cell.text)
        grid[cell.row][cell.column] = cell
    columns = {column for row in grid.values() for column in row}
    bounds = Area(1, 1, max(grid, default=0), max(columns, default=0))
    _lay_links(grid, _spread(links, bounds, budget))
    _spread_merges(grid, _spread(_filled(grid, merges), bounds, budget), budget)
    return Sheet(
        title=title,
        rows={number: dict(sorted(grid[number].items())) for number in sorted(grid)},
        hidden=hidden,
        hidden_rows=tuple(sorted(set(hidden_rows) & grid.keys())),
        hidden_columns=tuple(sorted(set(hidden_columns) & columns)),
    )


def _lay_links(grid: dict[int, dict[int, Cell]], links: Iterable[tuple[int, int, str]]) -> None:
    for row, column, target in links:
        cell = grid[row].get(column) if row in grid else None
        if cell and not cell.link:
            grid[row][column] = cell._replace(link=target)


def _filled(grid: dict[int, dict[int, Cell]], merges: Iterable[Area]) -> Iterator[tuple[Area, Cell]]:
    for area in merges:
        cell = grid.get(area.top, {}).get(area.left)
        if cell:
            yield area, cell


def _spread_merges(grid: dict[int, dict[int, Cell]], merged: Iterable[tuple[int, int, Cell]], budget: Budget) -> None:
    for row, column, cell in merged:
        if (row, column) != (cell.row, cell.column):
            if column not in grid[row]:
                budget.spend_cell(cell.text)
            grid[row][column] = cell._replace(row=row, column=column)


def _spread(areas: Iterable[tuple[Area, T]], bounds: Area, budget: Budget) -> Iterator[tuple[int, int, T]]:
    """Yield each position of each area within the bounds, with the content of the area."""
    for area, content in areas:
        rows = range(max(area.top, 1), min(area.bottom, bounds.bottom) + 1)
        columns = range(max(area.left, 1), min(area.right, bounds.right) + 1)
        budget.spend_spread(len(rows) * len(columns))
        for row in rows:
            yield from ((row, column, content) for column in columns)


@cache
def column_letters(column: int) -> str:
    """Return the column's letters: 1 is A, 28 is AB."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


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
    return text.upper() in _KNOWN_ERRORS or bool(_ERROR_VALUE.fullmatch(text))


def link_in_formula(formula: str) -> str:
    """Return the target of a =HYPERLINK("…") formula, or nothing."""
    match = _LINK_FORMULA.match(formula)
    return match[1] if match else ""
