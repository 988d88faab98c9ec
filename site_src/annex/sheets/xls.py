"""Reads .xls with xlrd, which gives number formats, merges, links and hidden rows too."""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING

import xlrd
from xlrd.compdoc import CompDoc

from site_src.annex.sheets.grid import (
    CELLS_MAX,
    SPREAD_MAX,
    Area,
    Cell,
    CellKind,
    UnreadableError,
    is_error_value,
    make_sheet,
    shown_number,
)
from site_src.annex.sheets.package import HAS_PASSWORD, OPEN_AND_SAVE, REMOVE_PASSWORD, SMALL_COPY, too_many_cells
from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.annex.sheets.grid import Sheet

# [MS-XLS] 2.3: the records that are looked for before xlrd sees the file.
_BOF = 0x0809
_FILEPASS = 0x002F
_FORMULA = 0x0006
_HLINK = 0x01B8
_RECALC_ID = 0x01C1
# [MS-XLS] 2.4.127 and 2.5.133: a formula has its result in its bytes 6 to 13, and its flags behind that.
_FORMULA_LEAST = 16  # bytes
_EMPTY_TEXT = re.compile(rb"\x03.{5}\xff\xff", re.DOTALL)
_ERROR = 2
_NO_RESULT = 0xFF  # an error value that no program has
_RECALCULATE, _ON_LOAD = 0x0003, 0x0002  # always or on load; the latter alone
_STREAMS = ("Workbook", "Book")
_ENCRYPTED_STREAMS = ("EncryptedPackage", "EncryptionInfo")


def read_xls(data: bytes) -> Iterator[Sheet]:
    """Every sheet of an Excel 97-2003 workbook.

    Raises UnreadableError for encryption (an encrypted .xlsx is such a file too), for a file that holds no workbook
    and for links that cover whole sheets; damage raises whatever xlrd raises.
    """
    stream = _workbook_stream(data)
    _check_stream(stream)
    marked = _with_missing_results(stream)
    with xlrd.open_workbook(
        file_contents=marked, logfile=io.StringIO(), formatting_info=True, ragged_rows=True, on_demand=True
    ) as book:
        cells = 0
        for index in range(book.nsheets):
            sheet = _read_sheet(book, book.sheet_by_index(index))
            book.unload_sheet(index)
            cells += sum(len(row) for row in sheet.rows.values())
            if cells > CELLS_MAX:
                raise too_many_cells()
            yield sheet


def _workbook_stream(data: bytes) -> bytes:
    folder = CompDoc(data, logfile=io.StringIO())
    if any(folder.get_named_stream(name) for name in _ENCRYPTED_STREAMS):
        raise UnreadableError(say(HAS_PASSWORD), say(REMOVE_PASSWORD))
    for name in _STREAMS:
        stream: bytes | None = folder.get_named_stream(name)
        if stream and stream.startswith(struct.pack("<H", _BOF)):
            return stream
    raise UnreadableError(say("the file holds no Excel workbook (a Word document, perhaps)"), say(OPEN_AND_SAVE))


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Each record's number, and where its content begins and ends."""
    at = 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        yield record, at + 4, at + 4 + length
        at += 4 + length


def _check_stream(stream: bytes) -> None:
    """Refuse encryption, and links over so many cells that xlrd, which notes each one, would never end."""
    linked = 0
    for record, start, _ in _records(stream):
        if record == _FILEPASS:
            raise UnreadableError(say(HAS_PASSWORD), say(REMOVE_PASSWORD))
        if record == _HLINK and start + 8 <= len(stream):
            top, bottom, left, right = struct.unpack_from("<HHHH", stream, start)
            linked += max(0, bottom - top + 1) * max(0, right - left + 1)
    if linked > SPREAD_MAX:
        raise UnreadableError(say("links cover far more cells than an annex has"), say(SMALL_COPY))


def _with_missing_results(stream: bytes) -> bytes:
    """The stream with a mark in each formula without a result, which xlrd would give as an empty text.

    Libraries that write formulas and cannot calculate (xlwt) store an empty text. Excel signs what it has calculated
    with its engine's number ([MS-XLS] 2.4.215); LibreOffice does not, but asks for calculation on load in every
    formula. What is empty in theirs is meant so.
    """
    marked = bytearray(stream)
    for record, start, end in _records(stream):
        if record == _RECALC_ID:  # it stands before all sheets
            return stream
        if record == _FORMULA and end - start >= _FORMULA_LEAST and _EMPTY_TEXT.match(stream, start + 6):
            (flags,) = struct.unpack_from("<H", stream, start + 14)
            if flags & _RECALCULATE != _ON_LOAD:
                marked[start + 6 : start + 9] = _ERROR, 0, _NO_RESULT
    return bytes(marked)


def _read_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Sheet:
    cells = (
        _cell(book, sheet, row, column)
        for row in range(sheet.nrows)
        for column in range(sheet.row_len(row))
        if sheet.cell_type(row, column) not in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}
    )
    return make_sheet(
        sheet.name,
        (cell for cell in cells if cell.text),
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
    elif code == xlrd.XL_CELL_ERROR and value == _NO_RESULT:
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
