"""The table that every sample of an annex begins with, how it is read, and the samples' own expectations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_src.read.annex.sheets.grid import Area, Grid, make_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from site_src.read.annex.sheets.grid import Cell, Sheet

TITLE = "ΔΗΜΟΙ"
HEADER = ("Α/Α", "Όνομα χρήστη", "Επωνυμία φορέα", "Εποπτεύων φορέας", "E-mail", "Κατάσταση", "Παρατηρήσεις")
THIRA: tuple[Any, ...] = (
    "1",
    "012345678901",
    "Δήμος Θήρας",
    "Περιφέρεια Νοτίου Αιγαίου",
    "thira@dimos.example",
    "",
    "",
)
CHIOS: tuple[Any, ...] = (
    "2",
    "112345678902",
    "Δήμος Χίου",
    "Περιφέρεια Βορείου Αιγαίου",
    "chios@dimos.example",
    "",
    "",
)
TWO = (HEADER, THIRA, CHIOS)
# An agency told in one line: user name|name|kind|parent|addresses|status.
THIRA_READ = "012345678901|Δήμος Θήρας|municipality|Περιφέρεια Νοτίου Αιγαίου|thira@dimos.example|new"
CHIOS_READ = "112345678902|Δήμος Χίου|municipality|Περιφέρεια Βορείου Αιγαίου|chios@dimos.example|new"
BOTH = (THIRA_READ, CHIOS_READ)
WARNING, ERROR = "warning", "error"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One annex and the expected result; ``agencies`` is None where there are errors and they do not matter."""

    name: str
    data: bytes
    problems: tuple[tuple[str, str, str], ...] = ()
    agencies: tuple[str, ...] | None = None
    keeps_code: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


def good(name: str, data: bytes, *agencies: str, **more: Any) -> Sample:  # noqa: ANN401 (handed on as they are)
    """Return an annex that is read, perhaps with warnings."""
    return Sample(name=name, data=data, agencies=agencies or BOTH, **more)


def bad(name: str, data: bytes, cell: str, word: str, **more: Any) -> Sample:  # noqa: ANN401 (handed on as they are)
    """Return an annex with one error."""
    return Sample(name=name, data=data, problems=((ERROR, cell, word),), **more)


def replaced(row: Sequence[Any], **changes: Any) -> tuple[Any, ...]:  # noqa: ANN401 (cells hold anything)
    """Return a row with the cells of these columns (by their letters) changed."""
    cells = list(row)
    for letter, value in changes.items():
        cells["ABCDEFG".index(letter)] = value
    return tuple(cells)


def thira(**changes: Any) -> tuple[tuple[Any, ...], ...]:  # noqa: ANN401 (cells hold anything)
    """Return the table with the first agency changed; it is in row 2."""
    return (HEADER, replaced(THIRA, **changes), CHIOS)


def gridded(cells: Iterable[Cell], merges: Sequence[Area] = (), title: str = TITLE) -> Grid:
    """A grid with these cells and merges."""
    grid = Grid(title)
    grid.merges += merges
    grid.add([(cell.row, cell.column, cell.text, cell.kind, cell.number, cell.link) for cell in cells])
    return grid


def cells_of(rows: Iterable[Sequence[str]]) -> list[Cell]:
    """The filled cells of these rows of texts."""
    return [
        make_cell(row=number, column=column, text=text)
        for number, row in enumerate(rows, start=1)
        for column, text in enumerate(row, start=1)
        if text
    ]


def sheet_of(*rows: Sequence[str], merges: Sequence[Area] = (), title: str = TITLE) -> Sheet:
    """A sheet of these rows of texts."""
    return gridded(cells_of(rows), merges, title).sheet()
