"""Read .xls ([MS-CFB], [MS-XLS]) with xlrd, which gives number formats, merges, links and hidden rows too.

xlrd's own reader of the compound file never ends where a directory or a chain of small sectors leads back to itself,
and refuses tables that Excel puts up with: so the workbook's stream is taken out here. Some of its records would keep
xlrd busy without end: it gets only those that are read, and no more work than a limit.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import xlrd

from site_src.files.package import OPEN_AND_SAVE, UnreadableError, encrypted
from site_src.language.say import say
from site_src.read.annex.sheets.grid import SPREAD, WORK, Area, Budget, CellKind, Grid, RawCell, Sheet, shown_number

# Compound files.
_HEADER = 512  # bytes
_IN_HEADER = 109  # sectors of the table that the header itself names
_ENTRY = struct.Struct("<64s2xBx3i36xiI4x")  # of the directory
_STREAM = 2  # the kind of an entry that is a file
_SHIFTS = (9, 12)  # a sector has 2 ** 9 or 2 ** 12 bytes, and the header fills the first

# Records by their numbers ([MS-XLS] 2.3), and their cost.
BOF = 0x0809

_EOF, _BOUNDSHEET, _CONTINUE, _FILEPASS = 0x000A, 0x0085, 0x003C, 0x002F
_FORMULA, _HLINK, _RECALC_ID, _SST = 0x0006, 0x01B8, 0x01C1, 0x00FC
_MULRK, _RSTRING, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _RK = 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E
_DATEMODE, _CODEPAGE, _FONT, _XF, _FORMAT = 0x0022, 0x0042, 0x0031, 0x00E0, 0x041E
_ROW, _COLINFO, _MERGEDCELLS, _DIMENSIONS, _NOTE = 0x0208, 0x007D, 0x00E5, 0x0200, 0x001C
_WORKSHEET = 0  # the kind of a sheet ([MS-XLS] 2.4.28)
_STRING, _ARRAY, _TABLE, _SHRFMLA = 0x0207, 0x0221, 0x0236, 0x04BC  # what follows a formula

_IN_ROWS = {_FORMULA, _MULRK, _RSTRING, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _RK, _ROW}
_READ = _IN_ROWS | {BOF, _EOF, _BOUNDSHEET, _CONTINUE, _HLINK, _SST, _DATEMODE, _CODEPAGE, _XF, _FORMAT, _COLINFO}
_READ |= {_FONT, _MERGEDCELLS, _DIMENSIONS, _STRING, _ARRAY, _TABLE, _SHRFMLA}
_UNKNOWN = struct.pack("<H", 0x0FFF)  # no record's number: xlrd leaves it out
_WEIGHTS = {_BOUNDSHEET: 2_000, _HLINK: 20, _FONT: 50, _XF: 50, _FORMAT: 50, _COLINFO: 50}
_BYTES_OF_ONE = {_MULRK: 6, _RSTRING: 4, _MERGEDCELLS: 8}  # in records that hold many
_FORMAT_LONGEST = 5 + 2 * 255  # bytes, in Excel; xlrd takes the square of the time
_ROWS_OF_ONE = 4  # empty rows that cost as much as a cell

# [MS-XLS] 2.4.127 and 2.5.133: a formula has its result in its bytes 6 to 13, and its flags behind that.
_FORMULA_LEAST = 16  # bytes
_EMPTY_TEXT = re.compile(rb"\x03.{5}\xff\xff", re.DOTALL)
_ERROR = 2
NO_RESULT = 0xFF  # an error value that no program has
_RECALCULATE, _ON_LOAD = 0x0003, 0x0002  # always or on load; the latter alone
_RICH, _PHONETIC, _WIDE = 0x08, 0x04, 0x01  # [MS-XLS] 2.5.293

_BEGINNING = struct.pack("<H", BOF)
_STREAMS = ("Workbook", "Book")
_ENCRYPTED_STREAMS = ("EncryptedPackage", "EncryptionInfo")


def workbook_stream(data: bytes) -> Stream:
    """Return the stream of the workbook in a compound file.

    Raises UnreadableError for encryption (an encrypted .xlsx is such a file too) and for a file that holds no
    workbook; damage raises anything.
    """
    if data.startswith(_BEGINNING):  # without a compound file around it
        return Stream(data)
    folder = CompoundFile(data)
    if any(name in folder for name in _ENCRYPTED_STREAMS):
        raise encrypted()
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
        comments = dict(enumerate(_comments(stream)))
        for index in range(book.nsheets):
            yield _read_sheet(book, book.sheet_by_index(index), budget, comments.get(index, set()))
            book.unload_sheet(index)


def _comments(stream: bytes) -> Iterator[set[tuple[int, int]]]:
    """Yield row and column of each cell with a comment, sheet by sheet; xlrd has them only with all drawings."""
    for record, start, _ in _records(stream, 0):
        if record == _BOUNDSHEET and stream[start + 5] == _WORKSHEET:
            notes = (at for kind, at, _ in _records(stream, _beginning(stream, start)) if kind == _NOTE)
            places = (struct.unpack_from("<2H", stream, at) for at in notes)
            yield {(row + 1, column + 1) for row, column in places}


def _read_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet, budget: Budget, comments: set[tuple[int, int]]) -> Sheet:
    grid = Grid(sheet.name, budget, hidden=sheet.visibility != 0)
    grid.merges += (Area(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
    grid.links += _links(sheet)
    grid.hidden_rows |= {row + 1 for row, look in sheet.rowinfo_map.items() if look.hidden}
    grid.hidden_columns |= {column + 1 for column, look in sheet.colinfo_map.items() if look.hidden}
    for row in range(sheet.nrows):
        grid.add([_cell(book, sheet, row, column) for column in range(sheet.row_len(row))])
    grid.struck |= _struck(sheet)
    grid.comments |= comments
    return grid.sheet()


def _struck(sheet: xlrd.sheet.Sheet) -> set[tuple[int, int]]:
    """Return row and column of each cell with a line drawn through its text, or a part of it."""
    book = sheet.book
    fonts = {number for number, font in enumerate(book.font_list) if font.struck_out}
    styles = {number for number, style in enumerate(book.xf_list) if style.font_index in fonts}
    runs = sheet.rich_text_runlist_map.items() if fonts else ()
    found = {place for place, fonts_of in runs if not fonts.isdisjoint(font for _, font in fonts_of)}
    for row in range(sheet.nrows) if styles else ():
        found |= {(row, column) for column in range(sheet.row_len(row)) if sheet.cell_xf_index(row, column) in styles}
    return {(row + 1, column + 1) for row, column in found}


def _links(sheet: xlrd.sheet.Sheet) -> Iterator[tuple[Area, str]]:
    for link in sheet.hyperlink_list:
        target = link.url_or_path
        if isinstance(target, bytes):  # a path of plain letters, as which Excel keeps an address without mailto: too
            target = target.decode("ascii", errors="replace")
        if target:
            yield Area(link.frowx + 1, link.fcolx + 1, link.lrowx + 1, link.lcolx + 1), target


def _cell(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> RawCell:
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
        text, kind = str(value), CellKind.TEXT
    return row + 1, column + 1, text, kind, number, ""


def _date(value: float, mode: int) -> str:
    try:
        return str(xlrd.xldate_as_datetime(value, mode))
    except (ValueError, OverflowError, xlrd.xldate.XLDateError):  # a serial number of no day
        return str(value)


class Stream(NamedTuple):
    """The content that a name has, and whether the file's tables contradict each other about it."""

    content: bytes
    faulty: bool = False


class _Entry(NamedTuple):
    """An entry of the directory ([MS-CFB] 2.6.1)."""

    name: bytes
    kind: int
    left: int  # as right, of the same folder
    right: int
    child: int
    first: int
    size: int


class CompoundFile:
    """The streams of a compound file's top folder. Damage raises anything, and every chain ends."""

    def __init__(self, data: bytes) -> None:
        shift, small_shift = struct.unpack_from("<2H", data, 30)
        if shift not in _SHIFTS:
            raise ValueError(shift)
        self._data = data
        self._size, self._small_size = 1 << shift, 1 << small_shift
        directory, _, self._small_below, small_table, _, more = struct.unpack_from("<6i", data, 48)
        self._taken = dict.fromkeys(self._table_sectors(more))  # in order, and so far those of the table
        self._table = self._joined(self._taken)
        listed = self._take(directory)
        entries = [_Entry(*fields) for fields in _ENTRY.iter_unpack(listed[: len(listed) // _ENTRY.size * _ENTRY.size])]
        self._small_table, self._small = self._take(small_table), self._take(entries[0].first)
        found = (entry for entry in _beside(entries, entries[0].child) if entry.kind == _STREAM)
        self._streams = {entry.name.decode("utf-16-le", "replace").partition("\0")[0].lower(): entry for entry in found}

    def __contains__(self, name: str) -> bool:
        """Return whether there is a stream of this name, in whatever letter case."""
        return name.lower() in self._streams

    def stream(self, name: str) -> Stream:
        """Return the stream of this name."""
        entry = self._streams[name.lower()]
        is_small = entry.size < self._small_below
        sector = self._small_size if is_small else self._size
        chain = list(_chain(self._small_table if is_small else self._table, entry.first))
        if is_small:
            content = b"".join(self._small[at * sector : (at + 1) * sector] for at in chain)
        else:
            content = self._joined(chain)
        is_shared = not is_small and not self._taken.keys().isdisjoint(chain)
        return Stream(content[: entry.size], is_shared or len(chain) != -(-entry.size // sector))

    def _table_sectors(self, more: int) -> Iterator[int]:
        """Yield the sectors of which the table consists: the header names the first, others name more."""
        named: Sequence[int] = struct.unpack_from(f"<{_IN_HEADER}i", self._data, _HEADER - 4 * _IN_HEADER)
        seen: set[int] = set()
        while True:
            yield from (sector for sector in named if sector >= 0)
            if more < 0 or more in seen:
                return
            seen.add(more)
            sector = self._joined([more])
            *named, more = struct.unpack(f"<{len(sector) // 4}i", sector[: len(sector) // 4 * 4])

    def _take(self, first: int) -> bytes:
        """Return the content of a chain of the file's own, whose sectors are no stream's."""
        chain = list(_chain(self._table, first))
        self._taken |= dict.fromkeys(chain)
        return self._joined(chain)

    def _joined(self, sectors: Iterable[int]) -> bytes:
        starts = ((1 + number) * self._size for number in sectors)
        return b"".join(self._data[start : start + self._size] for start in starts)


def _chain(table: bytes, first: int) -> Iterator[int]:
    """Yield each sector of a chain once."""
    seen: set[int] = set()
    while 0 <= first < len(table) // 4 and first not in seen:
        seen.add(first)
        yield first
        (first,) = struct.unpack_from("<i", table, 4 * first)


def _beside(entries: list[_Entry], first: int) -> Iterator[_Entry]:
    """Yield the entries of the folder that has this one, each once: they form a tree."""
    todo, seen = [first], set[int]()
    while todo:
        number = todo.pop()
        if 0 <= number < len(entries) and number not in seen:
            seen.add(number)
            todo += entries[number].left, entries[number].right
            yield entries[number]


def prepared(stream: bytes) -> bytes:
    """Return the stream without records that are not read, and with a mark in each formula that has no result.

    Some records that are not read could keep xlrd busy without end, such as names that double each other's text.
    Raises UnreadableError for encryption, and where the rest is too much.
    """
    result, budget = bytearray(stream), Budget()
    parts, is_signed = [0], False
    for part in parts:  # the first one names the others
        rows = 0
        for record, start, end in _records(stream, part):
            _count(budget, record, start, end, stream)
            is_signed = is_signed or record == _RECALC_ID  # it is in the first part
            if record == _BOUNDSHEET and part == 0:
                parts.append(_beginning(stream, start))
            if record in _IN_ROWS:
                rows = max(rows, *struct.unpack_from("<H", stream, start))
            if record not in _READ or (record == _FORMAT and end - start > _FORMAT_LONGEST):
                result[start - 4 : start - 2] = _UNKNOWN
            elif record == _FORMULA and not is_signed:
                _mark_missing_result(result, start, end)
        budget.spend(WORK, rows // _ROWS_OF_ONE)
    return bytes(result)


def _records(stream: bytes, beginning: int) -> Iterator[tuple[int, int, int]]:
    """Yield each record's number, and where its content begins and ends, to the end of the part that begins there."""
    at, depth = beginning, 1
    while depth and at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        yield record, at + 4, at + 4 + length
        if record == BOF and at != beginning:
            depth += 1  # a chart within the sheet
        elif record == _EOF:
            depth -= 1
        at += 4 + length


def _beginning(stream: bytes, start: int) -> int:
    (beginning,) = struct.unpack_from("<I", stream, start)
    if beginning >= len(stream):  # xlrd would count from the end
        raise ValueError(beginning)
    return int(beginning)


def _mark_missing_result(stream: bytearray, start: int, end: int) -> None:
    """Mark a formula without a result, which xlrd would give as an empty text.

    Libraries that write formulas and cannot calculate (xlwt) store an empty text. Excel signs what it has calculated
    with its engine's number ([MS-XLS] 2.4.215); LibreOffice does not, but asks for calculation on load in every
    formula. What is empty in theirs is meant so.
    """
    if end - start >= _FORMULA_LEAST and _EMPTY_TEXT.match(stream, start + 6):
        (flags,) = struct.unpack_from("<H", stream, start + 14)
        if flags & _RECALCULATE != _ON_LOAD:
            stream[start + 6 : start + 9] = _ERROR, 0, NO_RESULT


def _count(budget: Budget, record: int, start: int, end: int, stream: bytes) -> None:
    """Count the work that a record is for xlrd. Raises UnreadableError for encryption too."""
    if record == _FILEPASS:
        raise encrypted()
    budget.spend(WORK, _WEIGHTS.get(record, 1))
    if record in _BYTES_OF_ONE:
        budget.spend(WORK, (end - start) // _BYTES_OF_ONE[record])
    elif record == _SST:
        for cost in _costs_of_texts(_blocks(stream, start)):
            budget.spend(WORK, cost)
    elif record == _HLINK and start + 8 <= len(stream):
        top, bottom, left, right = struct.unpack_from("<HHHH", stream, start)
        budget.spend(SPREAD, max(0, bottom - top + 1) * max(0, right - left + 1))  # xlrd notes each cell


def _blocks(stream: bytes, start: int) -> list[bytes]:
    """Return the content of a record and of those that continue it."""
    blocks: list[bytes] = []
    for record, begin, end in _records(stream, start - 4):
        if blocks and record != _CONTINUE:
            break
        blocks.append(stream[begin:end])
    return blocks


def _costs_of_texts(blocks: list[bytes]) -> Iterator[int]:
    """Yield what each shared text costs xlrd, whose steps these are; damage raises anything.

    A length below zero, which xlrd believes, would let it read the same texts again and again.
    """
    (count,) = struct.unpack_from("<i", blocks[0], 4)
    number, at = 0, 8
    for _ in range(count):
        block = blocks[number]
        characters, options = struct.unpack_from("<HB", block, at)
        at += 3
        runs = phonetic = 0
        if options & _RICH:
            (runs,) = struct.unpack_from("<H", block, at)
            at += 2
        if options & _PHONETIC:
            (phonetic,) = struct.unpack_from("<I", block, at)
            at += 4
        yield 1 + runs
        while True:
            width = 1 + (options & _WIDE)
            here = min(max(0, len(block) - at) // width, characters)
            at, characters = at + here * width, characters - here
            if not characters:
                break
            number, at = number + 1, 1
            block = blocks[number]
            options = block[0]
        for _run in range(runs):
            if at == len(block):
                number, at = number + 1, 0
                block = blocks[number]
            at += 4
        at += phonetic
        if at >= len(block):
            number, at = number + 1, at - len(block)
