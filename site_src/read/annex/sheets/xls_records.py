"""Prepare the stream of an .xls for xlrd ([MS-XLS]): only records that are read, and no more work than a limit."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.read.annex.sheets.grid import HAS_PASSWORD, REMOVE_PASSWORD, SMALL_COPY, SPREAD_MAX, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK_MAX = 2_000_000  # cells of all sheets, and other records by their weight; xlrd takes up to 5 µs for each
BOF = 0x0809

# [MS-XLS] 2.3: records by their numbers.
_EOF, _BOUNDSHEET, _CONTINUE, _FILEPASS = 0x000A, 0x0085, 0x003C, 0x002F
_FORMULA, _HLINK, _RECALC_ID, _SST = 0x0006, 0x01B8, 0x01C1, 0x00FC
_MULRK, _RSTRING, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _RK = 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E
_DATEMODE, _CODEPAGE, _XF, _FORMAT = 0x0022, 0x0042, 0x00E0, 0x041E
_ROW, _COLINFO, _MERGEDCELLS, _DIMENSIONS = 0x0208, 0x007D, 0x00E5, 0x0200
_STRING, _ARRAY, _TABLE, _SHRFMLA = 0x0207, 0x0221, 0x0236, 0x04BC  # what follows a formula

_IN_ROWS = {_FORMULA, _MULRK, _RSTRING, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _RK, _ROW}
_READ = _IN_ROWS | {BOF, _EOF, _BOUNDSHEET, _CONTINUE, _HLINK, _SST, _DATEMODE, _CODEPAGE, _XF, _FORMAT, _COLINFO}
_READ |= {_MERGEDCELLS, _DIMENSIONS, _STRING, _ARRAY, _TABLE, _SHRFMLA}
_UNKNOWN = struct.pack("<H", 0x0FFF)  # no record's number: xlrd leaves it out
_WEIGHTS = {_BOUNDSHEET: 2_000, _HLINK: 20, _XF: 50, _FORMAT: 50, _COLINFO: 50}
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


def prepared(stream: bytes) -> bytes:
    """Return the stream without records that are not read, and with a mark in each formula that has no result.

    Some records that are not read could keep xlrd busy without end, such as names that double each other's text.
    Raises UnreadableError for encryption, and where the rest is too much.
    """
    result, limit = bytearray(stream), _Limit()
    parts, is_signed = [0], False
    for part in parts:  # the first one names the others
        rows = 0
        for record, start, end in _records(stream, part):
            limit.count(record, start, end, stream)
            is_signed = is_signed or record == _RECALC_ID  # it is in the first part
            if record == _BOUNDSHEET and part == 0:
                parts.append(_beginning(stream, start))
            if record in _IN_ROWS:
                rows = max(rows, *struct.unpack_from("<H", stream, start))
            if record not in _READ or (record == _FORMAT and end - start > _FORMAT_LONGEST):
                result[start - 4 : start - 2] = _UNKNOWN
            elif record == _FORMULA and not is_signed:
                _mark_missing_result(result, start, end)
        limit.spend(rows // _ROWS_OF_ONE)
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


class _Limit:
    """How much xlrd may still have to do."""

    def __init__(self) -> None:
        self._work = WORK_MAX
        self._linked = SPREAD_MAX

    def count(self, record: int, start: int, end: int, stream: bytes) -> None:
        """Count a record. Raises UnreadableError for encryption too."""
        if record == _FILEPASS:
            raise UnreadableError(say(HAS_PASSWORD), say(REMOVE_PASSWORD))
        self.spend(_WEIGHTS.get(record, 1))
        if record in _BYTES_OF_ONE:
            self.spend((end - start) // _BYTES_OF_ONE[record])
        elif record == _SST:
            for cost in _costs_of_texts(_blocks(stream, start)):
                self.spend(cost)
        elif record == _HLINK and start + 8 <= len(stream):
            top, bottom, left, right = struct.unpack_from("<HHHH", stream, start)
            self._linked -= max(0, bottom - top + 1) * max(0, right - left + 1)
            if self._linked < 0:  # xlrd notes each cell
                raise UnreadableError(say("links cover far more cells than an annex has"), say(SMALL_COPY))

    def spend(self, work: int) -> None:
        """Count so many cells. Raises UnreadableError where the limit is passed."""
        self._work -= work
        if self._work < 0:
            raise UnreadableError(say("the file holds far more than an annex has"), say(SMALL_COPY))


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
