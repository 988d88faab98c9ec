"""A sheet as its reader sees it: the cells that hold something, whatever the file's format."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import ThyridaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

T = TypeVar("T")

ROWS_MAX = 200_000  # of one sheet; the largest annexes have a few thousand
CELLS_MAX = 600_000  # filled ones of one file, so that reading stays under 500 MB
SPREAD_MAX = 1_000_000  # cells that merges and links of one sheet may cover
SIGNIFICANT_DIGITS = 11  # that the format General shows before it turns to 1.23457E+11

_ERROR_VALUE = re.compile(r"#[^\W\d_][\w/]*[!?]|Err:\d{3}")  # #ΤΙΜΗ!, #ΟΝΟΜΑ?; LibreOffice has Err:502
_KNOWN_ERRORS = {"#N/A", "#Δ/Υ"}  # those without a mark at their end
_LINK_FORMULA = re.compile(r"""^(?:of:)?=HYPERLINK\(\s*"([^"]*)\"""", re.IGNORECASE)
# A number format of zeros with nothing but spaces, dots or hyphens between them: 000 000 000 000.
_ZEROS = re.compile(r"""(?:0|\\?[ .-]|"[ .-]*")+""")


class UnreadableError(ThyridaError):
    """A file that cannot be taken in at all: why, and what to do. ``read_sheets`` turns it into a problem."""


class CellKind(StrEnum):
    """What a cell holds, apart from what it shows; as messages call it."""

    TEXT = N_("a text")
    NUMBER = N_("a number")
    BOOLEAN = N_("a true/false value")
    DATE = N_("a date")
    ERROR = N_("an error value")
    UNCALCULATED = N_("a formula without a value")


class Area(NamedTuple):
    """A rectangle of cells, counted from 1, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A filled cell; ``row`` and ``column`` count from 1."""

    row: int
    column: int
    text: str  # as the sheet shows it
    kind: CellKind = CellKind.TEXT
    number: float | None = None  # exact, where the cell holds a number
    link: str = ""  # where a click leads
    merged_from: tuple[int, int] | None = None  # the cell whose content a merge spreads to this one

    @property
    def name(self) -> str:
        """The cell as people call it: C7."""
        return f"{column_letters(self.column)}{self.row}"

    @property
    def origin(self) -> tuple[int, int]:
        """Row and column of the cell that was really filled."""
        return self.merged_from or (self.row, self.column)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its filled cells by row and column, in order, merges already spread."""

    title: str
    rows: Mapping[int, Mapping[int, Cell]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()


def make_sheet(  # noqa: PLR0913 (a sheet has these parts)
    title: str,
    cells: Iterable[Cell],
    *,
    merges: Iterable[Area] = (),
    links: Iterable[tuple[Area, str]] = (),
    hidden: bool = False,
    hidden_rows: Iterable[int] = (),
    hidden_columns: Iterable[int] = (),
) -> Sheet:
    """A sheet from cells in any order; links are laid on the filled cells, merges filled down and across.

    Hidden rows and columns that hold nothing are left out. Raises UnreadableError where merges or links cover more
    than ``SPREAD_MAX`` cells.
    """
    grid: dict[int, dict[int, Cell]] = defaultdict(dict)
    for cell in cells:
        grid[cell.row][cell.column] = cell
    columns = {column for row in grid.values() for column in row}
    bounds = Area(1, 1, max(grid, default=0), max(columns, default=0))
    _lay_links(grid, bounds, links)
    _spread_merges(grid, bounds, merges)
    return Sheet(
        title=title,
        rows={number: dict(sorted(grid[number].items())) for number in sorted(grid)},
        hidden=hidden,
        hidden_rows=tuple(sorted(set(hidden_rows) & grid.keys())),
        hidden_columns=tuple(sorted(set(hidden_columns) & columns)),
    )


def _lay_links(grid: dict[int, dict[int, Cell]], bounds: Area, links: Iterable[tuple[Area, str]]) -> None:
    for row, column, target in _spread(links, bounds):
        cell = grid[row].get(column) if row in grid else None
        if cell and not cell.link:
            grid[row][column] = replace(cell, link=target)


def _spread_merges(grid: dict[int, dict[int, Cell]], bounds: Area, merges: Iterable[Area]) -> None:
    filled = ((area, grid.get(area.top, {}).get(area.left)) for area in merges)
    for row, column, cell in _spread(((area, cell) for area, cell in filled if cell), bounds):
        if (row, column) != (cell.row, cell.column):
            grid[row][column] = replace(cell, row=row, column=column, merged_from=(cell.row, cell.column))


def _spread(areas: Iterable[tuple[Area, T]], bounds: Area) -> Iterator[tuple[int, int, T]]:
    """Each position of each area within the bounds, with what the area carries."""
    left = SPREAD_MAX
    for area, content in areas:
        rows = range(max(area.top, 1), min(area.bottom, bounds.bottom) + 1)
        columns = range(max(area.left, 1), min(area.right, bounds.right) + 1)
        left -= max(1, len(rows)) * max(1, len(columns))
        if left < 0:
            hint = say("copy only the table's rows into a new workbook and use that")
            raise UnreadableError(say("merged cells or links cover far more cells than an annex has"), hint)
        for row in rows:
            yield from ((row, column, content) for column in columns)


@cache
def column_letters(column: int) -> str:
    """The column's letters: 1 is A, 28 is AB."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def shown_number(number: float, number_format: str) -> str:
    """What a cell shows of a number, as far as digits matter: twelve zeros, General, scientific.

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
    """Whether a text is what spreadsheets show for an error, in any language: #REF!, #N/A, #ΤΙΜΗ!, Err:502."""
    return text.upper() in _KNOWN_ERRORS or bool(_ERROR_VALUE.fullmatch(text))


def link_in_formula(formula: str) -> str:
    """The target of a =HYPERLINK("…") formula, or nothing."""
    match = _LINK_FORMULA.match(formula)
    return match[1] if match else ""
