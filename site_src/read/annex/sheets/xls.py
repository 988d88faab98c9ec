"""Read .xls with xlrd, which gives number formats, merges, links and hidden rows too."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import xlrd

from site_src.language.say import say
from site_src.read.annex.sheets.compound import CompoundFile, Stream
from site_src.read.annex.sheets.grid import (
    HAS_PASSWORD,
    OPEN_AND_SAVE,
    REMOVE_PASSWORD,
    Area,
    Budget,
    Cell,
    CellKind,
    UnreadableError,
    is_error_value,
    make_sheet,
    shown_number,
)
from site_src.read.annex.sheets.xls_records import BOF, NO_RESULT, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.read.annex.sheets.grid import Sheet

_BEGINNING = struct.pack("<H", BOF)
_STREAMS = ("Workbook", "Book")
_ENCRYPTED_STREAMS = ("EncryptedPackage", "EncryptionInfo")
_NOTHING = {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}


def workbook_stream(data: bytes) -> Stream:
    """Return the stream of the workbook in a compound file.

    Raises UnreadableError for encryption (an encrypted .xlsx is such a file too) and for a file that holds no
    workbook; damage raises anything.
    """
    if data.startswith(_BEGINNING):  # without a compound file around it
        return Stream(data)
    folder = CompoundFile(data)
    if any(name in folder for name in _ENCRYPTED_STREAMS):
        raise UnreadableError(say(HAS_PASSWORD), say(REMOVE_PASSWORD))
    for stream in (folder.stream(name) for name in _STREAMS if name in folder):
        if stream.content.startswith(_BEGINNING):
            return stream
    raise UnreadableError(say("the file holds no Excel workbook (a Word document, perhaps)"), say(OPEN_AND_SAVE))


def read_xls(stream: bytes) -> Iterator[Sheet]:
    """Yield every sheet of the stream of an Excel 97-2003 workbook.

    Raises UnreadableError for encryption and for far too much content; damage raises anything.
    """
    budget = Budget()
    with xlrd.open_workbook(
        file_contents=prepared(stream), logfile=io.StringIO(), formatting_info=True, ragged_rows=True, on_demand=True
    ) as book:
        for index in range(book.nsheets):
            yield _read_sheet(book, book.sheet_by_index(index), budget)
            book.unload_sheet(index)


def _read_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet, budget: Budget) -> Sheet:
    cells = (
        _cell(book, sheet, row, column)
        for row in range(sheet.nrows)
        for column, kind in enumerate(sheet.row_types(row))
        if kind not in _NOTHING
    )
    return make_sheet(
        sheet.name,
        (cell for cell in cells if cell.text),
        budget=budget,
        merges=(Area(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells),
        links=_links(sheet),
        hidden=sheet.visibility != 0,
        hidden_rows=(row + 1 for row, look in sheet.rowinfo_map.items() if look.hidden),
        hidden_columns=(column + 1 for column, look in sheet.colinfo_map.items() if look.hidden),
    )


def _links(sheet: xlrd.sheet.Sheet) -> Iterator[tuple[Area, str]]:
    for link in sheet.hyperlink_list:
        target = link.url_or_path
        if isinstance(target, bytes):  # a path of plain letters, as which Excel keeps an address without mailto: too
            target = target.decode("ascii", errors="replace")
        if target:
            yield Area(link.frowx + 1, link.fcolx + 1, link.lrowx + 1, link.lcolx + 1), target


def _cell(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> Cell:
    value, code = sheet.cell_value(row, column), sheet.cell_type(row, column)
    number = None
    if code == xlrd.XL_CELL_NUMBER:
        style = book.format_map[book.xf_list[sheet.cell_xf_index(row, column)].format_key]
        text, kind, number = shown_number(value, style.format_str), CellKind.NUMBER, value
    elif code == xlrd.XL_CELL_DATE:
        text, kind = _date(value, book.datemode), CellKind.DATE
    elif code == xlrd.XL_CELL_BOOLEAN:
        text, kind = ("TRUE" if value else "FALSE"), CellKind.BOOLEAN
    elif code == xlrd.XL_CELL_ERROR and value == NO_RESULT:
        text, kind = "=", CellKind.UNCALCULATED
    elif code == xlrd.XL_CELL_ERROR:
        text, kind = xlrd.error_text_from_code.get(value, "#ERROR!"), CellKind.ERROR
    else:
        text, kind = str(value), CellKind.ERROR if is_error_value(str(value)) else CellKind.TEXT
    return Cell(row=row + 1, column=column + 1, text=text, kind=kind, number=number)


def _date(value: float, mode: int) -> str:
    try:
        return str(xlrd.xldate_as_datetime(value, mode))
    except (ValueError, OverflowError, xlrd.xldate.XLDateError):  # a serial number of no day
        return str(value)
