"""Read .xlsx: openpyxl's own parser of cells, fed with one row after the other."""

from __future__ import annotations

import io
import warnings
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, WorkSheetParser

from site_src.read.annex.sheets.grid import (
    ROWS_MAX,
    Area,
    Budget,
    Cell,
    CellKind,
    is_error_value,
    link_in_formula,
    make_sheet,
    shown_number,
    too_many_rows,
)
from site_src.read.annex.sheets.workbook import MAIN, RELATION, TRUE, read_workbook, relations, text_of, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.read.annex.sheets.grid import Sheet
    from site_src.read.annex.sheets.package import Package
    from site_src.read.annex.sheets.workbook import Relation, SheetEntry, Workbook

    Element = Any  # of lxml, which has no types

_COLUMN_WIDEST = 16_384
_ROW, _COLUMNS, _MERGE, _LINK = (f"{MAIN}{name}" for name in ("row", "col", "mergeCell", "hyperlink"))


def read_xlsx(package: Package) -> Iterator[Sheet]:
    """Yield every sheet of a workbook. Damage raises anything."""
    book, budget = read_workbook(package), Budget()
    for entry in book.sheets:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of a date that is none, and makes it an error value
            sheet = _SheetReader(book, relations(package, entry.part)).read(package, entry, budget)
        yield sheet


class _SheetReader(WorkSheetParser):
    """Read one sheet: openpyxl's parser for cached values, and what HYPERLINK() leads to, merges and links."""

    def __init__(self, book: Workbook, targets: dict[str, Relation]) -> None:
        super().__init__(
            io.BytesIO(),  # the rows come one by one
            book.texts,
            data_only=True,
            epoch=book.epoch,
            date_formats=book.date_formats,
            timedelta_formats=book.duration_formats,
        )
        self._formats = book.formats
        self._targets = targets
        self._merges: list[Area] = []
        self._links: list[tuple[Area, str]] = []
        self._hidden_columns: set[int] = set()

    def read(self, package: Package, entry: SheetEntry, budget: Budget) -> Sheet:
        """Return the sheet. What follows the rows is known only when they are read, which ``make_sheet`` minds."""
        return make_sheet(
            entry.title,
            self._cells(package, entry.part, budget),
            budget=budget,
            merges=self._merges,
            links=self._links,
            hidden=entry.hidden,
            hidden_rows=self._hidden_rows(),
            hidden_columns=self._hidden_columns,
        )

    def parse_cell(self, element: Element) -> dict[str, Any]:
        """Return the cell with its text whole, what a formula without a value holds, and where a link leads."""
        cell: dict[str, Any] = super().parse_cell(element)
        kind = element.get("t")
        if kind == "inlineStr" and (inline := element.find(INLINE_STRING)) is not None:
            cell["value"] = text_of(inline)
        elif kind == "str" and cell["value"] is not None:
            cell["value"] = unescaped(cell["value"])
        formula = element.find(FORMULA_TAG)
        if formula is not None:
            text = f"={unescaped(formula.text or '')}"
            cell["link"] = link_in_formula(text)
            # A formula that gives an empty text is stored with t="str" and an empty <v/>.
            if cell["value"] is None and kind != "str":
                cell["value"], cell["data_type"] = text, "f"
        return cell

    def _cells(self, package: Package, part: str, budget: Budget) -> Iterator[Cell]:
        rows = ROWS_MAX
        for element in package.elements(part, _ROW, _COLUMNS, _MERGE, _LINK):
            if element.tag != _ROW:
                self._note(element)
                continue
            rows -= 1
            if rows < 0:
                raise too_many_rows()
            budget.spend_row(len(element))
            _, found = self.parse_row(element)
            shown = (_cell(each, self._formats) for each in found if each["value"] is not None)
            yield from (cell for cell in shown if cell.text)

    def _hidden_rows(self) -> Iterator[int]:
        yield from (int(row) for row, look in self.row_dimensions.items() if _is_hidden(look))

    def _note(self, element: Element) -> None:
        if element.tag == _COLUMNS and element.get("hidden") in TRUE:
            self._hidden_columns.update(
                range(int(element.get("min")), min(int(element.get("max")), _COLUMN_WIDEST) + 1)
            )
        elif element.tag == _MERGE:
            self._merges.append(_area(element.get("ref")))
        elif element.tag == _LINK and (relation := self._targets.get(element.get(RELATION))):
            self._links.append((_area(element.get("ref")), relation.target))


def _area(reference: str) -> Area:
    left, top, right, bottom = range_boundaries(reference)
    return Area(top or 1, left or 1, bottom or top or 1, right or left or 1)


def _is_hidden(look: dict[str, str]) -> bool:
    no_height = look.get("customHeight") in TRUE and float(look.get("ht", 1)) == 0
    return look.get("hidden") in TRUE or no_height


def _cell(found: dict[str, Any], formats: tuple[str, ...]) -> Cell:
    text, kind, number = _content(found["value"], found["style_id"], formats)
    if found["data_type"] == "e" or (kind is CellKind.TEXT and is_error_value(text)):
        kind = CellKind.ERROR
    elif found["data_type"] == "f":
        kind = CellKind.UNCALCULATED
    link = found.get("link", "")
    return Cell(row=found["row"], column=found["column"], text=text, kind=kind, number=number, link=link)


def _content(value: object, style: int, formats: tuple[str, ...]) -> tuple[str, CellKind, float | None]:
    match value:
        case bool():
            return ("TRUE" if value else "FALSE"), CellKind.BOOLEAN, None
        case int() | float():
            number_format = formats[style] if 0 <= style < len(formats) else "General"
            return shown_number(value, number_format), CellKind.NUMBER, value
        case date() | time() | timedelta():  # a datetime is a date
            return str(value), CellKind.DATE, None
        case _:
            return str(value), CellKind.TEXT, None
