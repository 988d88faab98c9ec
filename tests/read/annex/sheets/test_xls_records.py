from __future__ import annotations

import struct

import pytest
import xlwt

from site_src.read.annex.sheets import xls_records
from site_src.read.annex.sheets.grid import UnreadableError
from site_src.read.annex.sheets.xls import read_xls

BOUNDSHEET, EOF, NAME, SST, CONTINUE, FORMAT, NUMBER = 0x0085, 0x000A, 0x0018, 0x00FC, 0x003C, 0x041E, 0x0203
Record = tuple[int, bytes]


def records() -> list[Record]:
    """The records of a workbook of one sheet with one text."""
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("Α").write(0, 0, "x")
    stream, at, found = book.get_biff_data(), 0, []
    while at < len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        found.append((record, stream[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def joined(found: list[Record]) -> bytes:
    """The stream of these records, of which each BOUNDSHEET leads to the first sheet."""
    stream, lists, beginnings = bytearray(), [], []
    for record, content in found:
        if record == BOUNDSHEET:
            lists.append(len(stream) + 4)
        elif record == xls_records.BOF:
            beginnings.append(len(stream))
        stream += struct.pack("<HH", record, len(content)) + content
    for at in lists:
        struct.pack_into("<I", stream, at, beginnings[1])
    return bytes(stream)


def with_more(*more: Record, sheet: bool = False) -> bytes:
    """The workbook with more records at the end of what is common to all sheets, or of its sheet."""
    found = records()
    end = [number for number, (record, _) in enumerate(found) if record == EOF][sheet]
    return joined(found[:end] + list(more) + found[end:])


def texts(*contents: bytes, count: int) -> tuple[Record, ...]:
    """A table of shared texts, and the records that continue it."""
    first, *others = contents
    return (SST, struct.pack("<ii", count, count) + first), *((CONTINUE, each) for each in others)


def doubling(number: int) -> Record:
    """A defined name whose value is that of the name before, twice."""
    name = b"n%03d" % number
    before = b"\x23" + struct.pack("<HH", number, 0)
    formula = before + before + b"\x08" if number else b"\x17" + bytes([200, 0]) + b"a" * 200
    return NAME, struct.pack("<HBBHHH4x", 0, 0, len(name), len(formula), 0, 0) + b"\0" + name + formula


def test_names_that_double_each_other_are_hidden() -> None:
    """Sixty defined names could ask xlrd for more memory than there is; nobody reads them here."""
    (sheet,) = read_xls(with_more(*map(doubling, range(60))))
    assert sheet.rows[1][1].text == "x"


def test_a_format_longer_than_excel_allows_is_hidden() -> None:
    """The time that xlrd takes for it is the square of its length."""
    long = FORMAT, struct.pack("<HHB", 200, 8_000, 0) + b"[" * 8_000
    assert long[1] not in xls_records.prepared(with_more(long)).split(struct.pack("<HH", FORMAT, len(long[1])))
    (sheet,) = read_xls(with_more(*[long] * 100))
    assert sheet.rows[1][1].text == "x"


def test_one_sheet_listed_many_times_is_refused() -> None:
    """Each entry of the list would be read anew."""
    found = records()
    (place,) = (number for number, (record, _) in enumerate(found) if record == BOUNDSHEET)
    with pytest.raises(UnreadableError, match="far more than an annex has"):
        xls_records.prepared(joined(found[:place] + [found[place]] * 2_000 + found[place:]))


def test_empty_rows_count() -> None:
    """A cell in the last row of each of many sheets makes xlrd note every row before."""
    far = NUMBER, struct.pack("<HHHd", 65_535, 255, 0, 1.0)
    found = records()
    (place,) = (number for number, (record, _) in enumerate(found) if record == BOUNDSHEET)
    found = found[:place] + [found[place]] * 130 + found[place:-1] + [far] + found[-1:]
    with pytest.raises(UnreadableError, match="far more than an annex has"):
        xls_records.prepared(joined(found))


@pytest.mark.parametrize(
    ("record", "count"),
    [
        ((0x01B8, bytes(40)), 100_001),
        ((0x00E5, bytes(8_000)), 2_001),
        ((0x00BD, bytes(8_000)), 1_501),
        ((0x00D6, bytes(8_000)), 1_001),
    ],
)
def test_costly_records_count_more(record: Record, count: int) -> None:
    """A link, a list of merges, and what holds many cells cost xlrd more than a cell."""
    with pytest.raises(UnreadableError, match="far more than"):
        xls_records.prepared(with_more(*[record] * count, sheet=True))


def test_a_sheet_beyond_the_end_is_damage() -> None:
    """Such a place would count from the end of the stream."""
    with pytest.raises(ValueError, match="4294967295"):
        xls_records.prepared(joined(records()).replace(*listed()))


def listed() -> tuple[bytes, bytes]:
    """Where the sheet is said to begin, and a place beyond the end of the stream."""
    stream = joined(records())
    at = stream.index(struct.pack("<H", BOUNDSHEET)) + 4
    return stream[at : at + 4], b"\xff" * 4


def test_shared_texts_are_counted_as_xlrd_reads_them() -> None:
    """Texts over the end of a record, runs and phonetic guides are stepped over as they are stored."""
    rich = struct.pack("<HBHI", 3, 0x0D, 1, 4) + "αβγ".encode("utf-16-le") + bytes(4) + bytes(4)
    split = struct.pack("<HB", 4, 0) + b"ab", b"\x01" + "γδ".encode("utf-16-le")
    (sheet,) = read_xls(with_more(*texts(rich + split[0], split[1], count=2)))
    assert sheet.rows[1][1].text == "αβγ"


@pytest.mark.parametrize(
    ("table", "error"),
    [
        (texts(struct.pack("<HBi", 9, 4, -16) + b"a" * 9, count=2_000_000), IndexError),
        (texts(struct.pack("<HBH", 1, 8, 2_000) + b"a" + bytes(8_000), count=1), None),
        (texts(*[bytes(8_001)] * 900, count=2**30), UnreadableError),
    ],
)
def test_shared_texts_without_end_are_refused(table: tuple[Record, ...], error: type[Exception] | None) -> None:
    """A length below zero would let xlrd read the same texts again and again; a count alone proves nothing."""
    stream = with_more(*table)
    if error is None:
        assert xls_records.prepared(stream)
        return
    with pytest.raises(error):
        xls_records.prepared(stream)
