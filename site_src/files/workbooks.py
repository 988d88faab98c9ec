"""Write workbooks, in memory alone, since most of them hold addresses.

openpyxl writes each sheet to the system's folder of temporary files first. Others may look into it, and a run that is
killed leaves its files there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet import _write_only
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer import excel

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | datetime


AUTHOR = "Thyrida"  # of workbooks, and of comments in them


def new_workbook(*, write_only: bool = False, last_author: str = "") -> Workbook:
    """Return a workbook to be filled and saved. ``write_only`` takes row after row, and little memory."""
    book = Workbook(write_only=write_only)
    book.properties.creator = AUTHOR
    book.properties.lastModifiedBy = last_author or None
    return book


def saved(book: Workbook) -> bytes:
    """Return the file's bytes; its day of change is that of the book's properties, where its own ``save`` takes now."""
    file = io.BytesIO()
    excel.ExcelWriter(book, _Archive(file, "w", zipfile.ZIP_DEFLATED)).save()
    return file.getvalue()


class _SheetWriter(WorksheetWriter):
    """Writes a sheet into memory."""

    def __init__(self, sheet: Worksheet) -> None:
        self.memory = io.BytesIO()
        super().__init__(sheet, self.memory)

    def cleanup(self) -> None:
        """Let go of the sheet's text, which the archive has now."""
        self.memory.close()


class _Archive(zipfile.ZipFile):
    """Takes a sheet from memory where openpyxl gives it the name of a file."""

    def write(self, filename: Any, arcname: Any = None, *_: Any) -> None:  # noqa: ANN401 (zipfile's own)
        self.writestr(arcname, filename.getvalue())


# openpyxl offers no other way to replace its writer: both of its kinds of sheets, and the archive, look here.
excel.WorksheetWriter = _write_only.WorksheetWriter = _SheetWriter  # type: ignore[attr-defined]
excel.ZipFile = _Archive  # type: ignore[attr-defined]


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV Injection"
CELL_CHARACTERS_MAX = 32_767  # Excel's limit
SHEET_TITLE_MAX = 31  # Excel's limit
MOMENT_FORMAT = "yyyy-mm-dd hh:mm"

# Characters that XML 1.0 cannot hold (section 2.2), apart from the surrogates that no text has.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def writable(text: str) -> str:
    """Return the text as far as a cell can hold it."""
    return _UNWRITABLE.sub(" ", text)[:CELL_CHARACTERS_MAX]


def write_text(cell: Cell, text: str) -> None:
    """Let the cell show the text, which no spreadsheet takes for a formula, nor on the next edit."""
    cell.value = writable(text)
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """Return a new cell that shows the text, for a sheet that is written row by row."""
    cell = WriteOnlyCell(sheet)
    write_text(cell, text)
    return cell


def add_table(book: Workbook, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]]) -> None:
    """Add a sheet to a write-only workbook: rows with filters, below a header that stays in view.

    ``columns`` has each header and its width in characters. Moments are shown without their time zone, which Excel
    does not know.
    """
    sheet = book.create_sheet(title[:SHEET_TITLE_MAX])
    sheet.freeze_panes = "A2"
    for number, (_, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    heads = [text_cell(sheet, header) for header, _ in columns]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    last = 1
    for row in rows:
        sheet.append([_table_cell(sheet, value) for value in row])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def _table_cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell | int | None:
    if isinstance(value, str):
        return text_cell(sheet, value) if value else None
    if isinstance(value, int):
        return value
    cell = WriteOnlyCell(sheet, value.replace(tzinfo=None))
    cell.number_format = MOMENT_FORMAT
    return cell
