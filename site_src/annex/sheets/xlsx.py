"""Reads .xlsx: openpyxl's own sheet parser, which gives cells as they come and makes none for empty ones."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from site_src.annex.sheets.grid import Area, Cell, CellKind, is_error_value, link_in_formula, make_sheet, shown_number

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    from site_src.annex.sheets.grid import Sheet

_ESCAPE = re.compile(r"_x(00[01][0-9A-Fa-f])_")  # how .xlsx writes control characters
_COLUMN_WIDEST = 16_384
_TRUE = {"1", "true"}


class _Parser(WorkSheetParser):
    """openpyxl's parser for cached values, which also tells formulas without one, and what HYPERLINK() leads to."""

    def parse_cell(self, element: Element) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        formula = element.find(FORMULA_TAG)
        if formula is not None:
            cell["link"] = link_in_formula(f"={formula.text or ''}")
            # A formula that gives an empty text is stored with t="str" and an empty <v/>.
            if cell["value"] is None and element.get("t") != "str":
                cell["value"], cell["data_type"] = f"={formula.text or ''}", "f"
        return cell


def read_xlsx(archive: zipfile.ZipFile, data: bytes) -> Iterator[Sheet]:
    """Every sheet of a workbook that ``open_package`` let through. Damage raises whatever openpyxl raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of parts that it leaves out, and none of them holds text
        with contextlib.redirect_stdout(io.StringIO()):  # openpyxl prints what it finds amiss in styles
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            yield _read_sheet(book, sheet, archive)


def _read_sheet(book: Workbook, sheet: ReadOnlyWorksheet, archive: zipfile.ZipFile) -> Sheet:
    inner: Any = sheet  # what it has beside cells is private; nothing public reads a sheet without making empty cells
    path = inner._worksheet_path  # noqa: SLF001 (as above)
    formats = _Formats(sheet)
    with archive.open(path) as source:
        parser = _Parser(
            source,
            inner._shared_strings,  # noqa: SLF001 (as above)
            data_only=True,
            epoch=book.epoch,
            date_formats=inner.parent._date_formats,  # noqa: SLF001 (as above)
            timedelta_formats=inner.parent._timedelta_formats,  # noqa: SLF001 (as above)
        )
        found = (cell for _, row in parser.parse() for cell in row if cell["value"] is not None)
        cells = [cell for cell in (_cell(values, formats) for values in found) if cell.text]
    return make_sheet(
        sheet.title,
        cells,
        merges=_merges(parser),
        links=_links(parser, path, archive),
        hidden=sheet.sheet_state != "visible",
        hidden_rows=(int(row) for row, look in parser.row_dimensions.items() if _is_hidden(look)),
        hidden_columns=_hidden_columns(parser),
    )


class _Formats(dict[int, str]):
    """The number format of each style, looked up once."""

    def __init__(self, sheet: ReadOnlyWorksheet) -> None:
        super().__init__()
        self._sheet = sheet

    def __missing__(self, style: int) -> str:
        self[style] = ReadOnlyCell(self._sheet, 1, 1, None, style_id=style).number_format
        return self[style]


def _cell(found: dict[str, Any], formats: _Formats) -> Cell:
    text, kind, number = _content(found["value"], found["style_id"], formats)
    if found["data_type"] == "e" or (kind is CellKind.TEXT and is_error_value(text)):
        kind = CellKind.ERROR
    elif found["data_type"] == "f":
        kind = CellKind.UNCALCULATED
    link = found.get("link", "")
    return Cell(row=found["row"], column=found["column"], text=text, kind=kind, number=number, link=link)


def _content(value: object, style: int, formats: _Formats) -> tuple[str, CellKind, float | None]:
    match value:
        case bool():
            return ("TRUE" if value else "FALSE"), CellKind.BOOLEAN, None
        case int() | float():
            return shown_number(value, formats[style]), CellKind.NUMBER, value
        case date() | time() | timedelta():  # a datetime is a date
            return str(value), CellKind.DATE, None
        case _:
            return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), str(value)), CellKind.TEXT, None


def _merges(parser: _Parser) -> Iterator[Area]:
    for merge in parser.merged_cells.mergeCell if parser.merged_cells else ():
        left, top, right, bottom = merge.bounds
        yield Area(top, left, bottom, right)


def _links(parser: _Parser, path: str, archive: zipfile.ZipFile) -> Iterator[tuple[Area, str]]:
    rels_path: str = get_rels_path(path)  # type: ignore[no-untyped-call] # the stubs leave it without types
    if not parser.hyperlinks.hyperlink or rels_path not in archive.namelist():
        return
    targets = {rel.Id: rel.Target for rel in get_dependents(archive, rels_path)}
    for link in parser.hyperlinks.hyperlink:
        target = targets.get(link.id)
        if target:
            left, top, right, bottom = range_boundaries(link.ref)
            yield Area(top or 1, left or 1, bottom or top or 1, right or left or 1), target


def _is_hidden(look: dict[str, str]) -> bool:
    no_height = look.get("customHeight") in _TRUE and float(look.get("ht", 1)) == 0
    return look.get("hidden") in _TRUE or no_height


def _hidden_columns(parser: _Parser) -> Iterator[int]:
    for look in parser.column_dimensions.values():
        if look.get("hidden") in _TRUE:
            yield from range(int(look["min"]), min(int(look["max"]), _COLUMN_WIDEST) + 1)
