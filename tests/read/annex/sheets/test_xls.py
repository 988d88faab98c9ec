from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from xlwt.CompoundDoc import XlsDoc

from site_src.files.package import UnreadableError
from site_src.read.annex.sheets.grid import Cell, CellKind, Sheet
from site_src.read.annex.sheets.xls import BOF, CompoundFile, Stream, prepared, read_xls, workbook_stream
from tests.support.annex_formats import compound, with_shared_sector, xls

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def book() -> Any:  # noqa: ANN401 (xlwt has no types)
    """A new workbook."""
    return xlwt.Workbook(encoding="utf-8")


def saved(book: Any) -> bytes:  # noqa: ANN401 (xlwt has no types)
    """The workbook's bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(book: Any) -> tuple[Sheet, ...]:  # noqa: ANN401 (xlwt has no types)
    """The workbook's sheets as they are read back."""
    return tuple(read_xls(workbook_stream(saved(book)).content))


def test_all_kinds_of_content(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """Text, numbers by their format, dates, truth values and error values are told apart."""
    sheet = book.add_sheet("ΔΗΜΟΙ")
    sheet.write(0, 0, "Δήμος")
    sheet.write(0, 1, 12345678901, xlwt.easyxf(num_format_str="000000000000"))
    sheet.write(0, 2, 44000, xlwt.easyxf(num_format_str="DD/MM/YYYY"))
    sheet.write(0, 3, label=True)
    sheet.row(0).set_cell_error(4, "#REF!")
    (found,) = read(book)
    assert [(cell.kind, cell.text) for cell in found.rows[1].values()] == [
        (CellKind.TEXT, "Δήμος"),
        (CellKind.NUMBER, "012345678901"),
        (CellKind.DATE, "2020-06-18 00:00:00"),
        (CellKind.BOOLEAN, "TRUE"),
        (CellKind.ERROR, "#REF!"),
    ]


def test_a_line_through_a_text_is_noted(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """One through the cell, or through a part of its text."""
    sheet = book.add_sheet("Α")
    line = xlwt.easyxf("font: struck_out on")
    sheet.write(0, 0, "α", line)
    sheet.write(0, 1, "β")
    sheet.write_rich_text(1, 1, [("γ", line.font), "δ"])
    (found,) = read(book)
    assert found.struck == {(1, 1), (2, 2)}


def test_merges_hidden_rows_and_sheets(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """Merges, hidden rows and hidden sheets are read too."""
    sheet = book.add_sheet("Α")
    sheet.write_merge(0, 2, 0, 1, "Περιφέρεια")
    sheet.write(1, 2, "x")
    sheet.row(1).hidden = True
    sheet.col(2).hidden = True
    hidden = book.add_sheet("Β")
    hidden.write(0, 0, "y")
    hidden.visibility = 2
    first, second = read(book)
    assert first.rows[2][2].origin == (1, 1)
    assert (first.hidden_rows, first.hidden_columns, first.hidden) == ((2,), (3,), False)
    assert second.hidden


def test_blank_cells_with_a_format_are_no_cells(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """A border makes no content."""
    sheet = book.add_sheet("Α")
    sheet.write(5, 5, "", xlwt.easyxf("borders: left thin"))
    assert read(book)[0].rows == {}


def test_links_over_everything_are_refused(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """A link record of a few bytes may claim four billion cells."""
    sheet = book.add_sheet("Α")
    sheet.write(0, 0, "x" * 40)
    data = saved(book)
    bof = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    link = struct.pack("<HHHHHH", 0x01B8, 16, 0, 65_535, 0, 65_535)
    with pytest.raises(UnreadableError, match="links"):
        tuple(read_xls(workbook_stream(data[: bof + 20] + link + data[bof + 32 :]).content))


def linked(book: Any, options: int, moniker: bytes) -> str:  # noqa: ANN401 (xlwt has no types)
    """Return the target of a cell's link that has such a record ([MS-XLS] 2.4.140)."""
    book.add_sheet("Α").write(1, 0, "a@b.example")
    standard = bytes.fromhex("d0c9ea79f9bace118c8200aa004ba90b")
    content = struct.pack("<4H", 1, 1, 0, 0) + standard + struct.pack("<2I", 2, options) + moniker
    stream, end = book.get_biff_data()[:-4], b"\x0a\0\0\0"  # the last record ends the sheet
    file = io.BytesIO()
    XlsDoc().save(file, stream + struct.pack("<2H", 0x01B8, len(content)) + content + end)
    (found,) = read_xls(workbook_stream(file.getvalue()).content)
    return found.rows[2][1].link


def test_where_a_link_leads_is_read(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """A link over a filled cell comes with it, so that one to another address can be told."""
    target = "mailto:b@b.example\0".encode("utf-16-le")
    url = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
    assert linked(book, 3, url + struct.pack("<I", len(target)) + target) == "mailto:b@b.example"


def test_a_link_to_an_address_as_to_a_file_is_read(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """Without mailto: an address is kept as the path of a file, in plain letters ([MS-OSHARED] 2.3.7.8)."""
    path, file = b"b@b.example\0", bytes.fromhex("0303000000000000c000000000000046")
    moniker = file + struct.pack("<HI", 0, len(path)) + path + struct.pack("<2H", 0xFFFF, 0xDEAD) + bytes(24)
    assert linked(book, 1, moniker) == "b@b.example"


def formula_cell(book: Any, *, signed: bool = False, flags: int = 0) -> Cell | None:  # noqa: ANN401 (xlwt has no types)
    """A formula that xlwt wrote without a result, in a workbook as another program might have left it."""
    sheet = book.add_sheet("Α")
    sheet.write(0, 0, "a@b.example")
    sheet.write(0, 1, xlwt.Formula('A1&""'))
    stream = book.get_biff_data()
    formula = stream.index(b"\x03\0\0\0\0\0\xff\xff") + 8
    stream = stream[:formula] + struct.pack("<H", flags) + stream[formula + 2 :]
    if signed:  # in place of a record of the same length that nobody reads
        stream = stream.replace(struct.pack("<2H", 0x0019, 2), struct.pack("<2H", 0x01C1, 2), 1)
    file = io.BytesIO()
    XlsDoc().save(file, stream)
    (found,) = read_xls(workbook_stream(file.getvalue()).content)
    return found.rows[1].get(2)


@pytest.mark.parametrize("flags", [0, 1, 3])
def test_a_formula_without_a_result_is_no_empty_cell(book: Any, flags: int) -> None:  # noqa: ANN401 (xlwt has no types)
    """A formula of a library that cannot calculate is reported, as in the other formats."""
    cell = formula_cell(book, flags=flags)
    assert cell
    assert (cell.kind, cell.text) == (CellKind.UNCALCULATED, "=")


@pytest.mark.parametrize("facts", [{"signed": True}, {"flags": 2}, {"flags": 10}])
def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell(book: Any, facts: dict[str, Any]) -> None:  # noqa: ANN401 (xlwt has no types)
    """Excel signs what it has calculated ([MS-XLS] 2.4.215); LibreOffice asks for calculation on load each time."""
    assert formula_cell(book, **facts) is None


def test_a_stream_that_is_no_workbook_is_refused(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """A compound file within the compound file would be read unlooked at."""
    book.add_sheet("Α").write(0, 0, "x")
    file = io.BytesIO()
    XlsDoc().save(file, saved(book))
    with pytest.raises(UnreadableError, match="no Excel workbook"):
        tuple(read_xls(workbook_stream(file.getvalue()).content))


SECTOR = 512


def test_a_workbook_with_more_sectors_than_the_header_names_is_read_whole() -> None:
    """A photograph makes a workbook of more than seven megabytes: its table of sectors goes on behind the header."""
    content = struct.pack("<HH", BOF, 0) + bytes(8 * 2**20)
    stream = workbook_stream(compound("Workbook", content))
    assert stream.content.startswith(content)
    assert not stream.faulty


def test_a_file_of_large_sectors_is_read() -> None:
    """Version 4 of the format has sectors of 4,096 bytes, of which the header fills the first ([MS-CFB] 2.2)."""
    size, none, (root, book) = 4_096, struct.pack("<I", 0xFFFFFFFF), (("Root Entry", 5), ("Workbook", 2))
    names = [(name.encode("utf-16-le").ljust(64, b"\0"), len(name) * 2 + 2, kind) for name, kind in (root, book)]
    entries = [struct.pack("<64sHBx", *facts) + none * 2 for facts in names]
    directory = entries[0] + struct.pack("<i36xiQ", 1, -2, 0) + entries[1] + none + struct.pack("<36xiQ", 2, 2 * size)
    header = struct.pack("<30x2H10xIi4xI5i", 12, 6, 1, 1, size, -2, 0, -2, 0, 0) + none * 108
    content = struct.pack("<HH", BOF, 0) + bytes(2 * size - 4)
    table = struct.pack("<4i", -3, -2, 3, -2)
    data = b"".join(part.ljust(size, b"\0") for part in (header, table, directory, content))
    assert workbook_stream(data) == Stream(content)


DIRECTORY = 48  # where the header names its first sector


def sector(number: int) -> int:
    """Return the place at which a sector begins."""
    return SECTOR * (1 + number)


def entry(data: bytes, name: str) -> int:
    """Return the place at which the directory's entry with this name begins."""
    return data.index(name.encode("utf-16-le").ljust(64, b"\0"))


def test_a_stream_is_found_by_its_name() -> None:
    """Letter case is no matter, and what is not there is not found."""
    content = bytes(range(256)) * 40
    opened = CompoundFile(compound("Things", content))
    assert opened.stream("THINGS").content[: len(content)] == content
    assert not opened.stream("Things").faulty
    assert "Workbook" not in opened


def with_spare_sectors(data: bytes) -> bytes:
    """The workbook is said to be shorter than its sectors."""
    at = entry(data, "Workbook") + 120
    (size,) = struct.unpack_from("<I", data, at)
    return data[:at] + struct.pack("<I", size - 3 * SECTOR) + data[at + 4 :]


@pytest.mark.parametrize("damaged", [with_shared_sector, with_spare_sectors])
def test_tables_that_contradict_each_other_are_put_up_with(damaged: Callable[[bytes], bytes]) -> None:
    """A file that Excel opens is read, and reported as faulty."""
    stream = CompoundFile(damaged(xls())).stream("Workbook")
    assert stream.faulty
    assert CompoundFile(xls()).stream("Workbook").content.startswith(stream.content)


def test_an_object_within_the_file_is_not_taken_for_the_workbook() -> None:
    """A folder of its own holds what was inserted, and its stream may be called Workbook too."""
    data = bytearray(compound("Workbook", b"of the file" * 999))
    at, root = entry(bytes(data), "Workbook"), entry(bytes(data), "Root Entry")
    struct.pack_into("<B", data, at + 66, 1)  # it becomes a folder
    assert "Workbook" not in CompoundFile(bytes(data))
    struct.pack_into("<i", data, root + 76, -1)
    assert "Workbook" not in CompoundFile(bytes(data))


def test_a_chain_that_leads_back_to_itself_ends() -> None:
    """Each sector is read once, whatever the tables say."""
    data = bytearray(xls())
    (first,) = struct.unpack_from("<i", data, entry(xls(), "Workbook") + 116)
    (table,) = struct.unpack_from("<i", data, 76)
    struct.pack_into("<i", data, sector(table) + 4 * first, first)
    stream = CompoundFile(bytes(data)).stream("Workbook")
    assert (len(stream.content), stream.faulty) == (SECTOR, True)


def test_a_directory_that_leads_back_to_itself_ends() -> None:
    """Each entry is visited once, though both of its neighbours are the same."""
    data = bytearray(xls())
    at = entry(xls(), "Workbook")
    (first,) = struct.unpack_from("<i", data, DIRECTORY)
    number = (at - sector(first)) // 128
    struct.pack_into("<2i", data, at + 68, number, number)
    assert "Workbook" in CompoundFile(bytes(data))


@given(st.dictionaries(st.integers(24, 2_000), st.binary(min_size=4, max_size=4), max_size=8))
def test_any_damage_ends(changes: dict[int, bytes]) -> None:
    """Any tables give a stream, or none, or an error."""
    data = bytearray(compound("Workbook", b"x" * 5_000))
    for at, change in changes.items():
        data[at : at + 4] = change
    try:
        opened = CompoundFile(bytes(data))
    except (ValueError, struct.error, IndexError):
        return
    if "Workbook" in opened:
        assert len(opened.stream("Workbook").content) <= len(data)


BOUNDSHEET, EOF, NAME, SST, CONTINUE, FORMAT, NUMBER = 0x0085, 0x000A, 0x0018, 0x00FC, 0x003C, 0x041E, 0x0203
NOTE = 0x001C
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
        elif record == BOF:
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


def test_a_comment_is_noted() -> None:
    """By the record that gives it its cell; the drawing of its text is not read."""
    (found,) = read_xls(with_more((NOTE, struct.pack("<4H", 3, 2, 0, 1)), sheet=True))
    assert found.comments == {(4, 3)}


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
    assert long[1] not in prepared(with_more(long)).split(struct.pack("<HH", FORMAT, len(long[1])))
    (sheet,) = read_xls(with_more(*[long] * 100))
    assert sheet.rows[1][1].text == "x"


def test_a_sheet_goes_on_behind_a_chart_in_it() -> None:
    """A part that is hidden from xlrd is hidden there too."""
    chart, name = (BOF, struct.pack("<HHHHII", 0x0600, 0x0020, 0, 0, 0, 0)), doubling(1)
    stream = prepared(with_more(chart, (EOF, b""), name, sheet=True))
    assert name[1] in stream
    assert struct.pack("<HH", NAME, len(name[1])) + name[1] not in stream


def test_one_sheet_listed_many_times_is_refused() -> None:
    """Each entry of the list would be read anew."""
    found = records()
    (place,) = (number for number, (record, _) in enumerate(found) if record == BOUNDSHEET)
    with pytest.raises(UnreadableError, match="far more than an annex has"):
        prepared(joined(found[:place] + [found[place]] * 2_000 + found[place:]))


def test_empty_rows_count() -> None:
    """A cell in the last row of each of many sheets makes xlrd note every row before."""
    far = NUMBER, struct.pack("<HHHd", 65_535, 255, 0, 1.0)
    found = records()
    (place,) = (number for number, (record, _) in enumerate(found) if record == BOUNDSHEET)
    found = found[:place] + [found[place]] * 130 + found[place:-1] + [far] + found[-1:]
    with pytest.raises(UnreadableError, match="far more than an annex has"):
        prepared(joined(found))


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
        prepared(with_more(*[record] * count, sheet=True))


def test_a_sheet_beyond_the_end_is_damage() -> None:
    """Such a place would count from the end of the stream."""
    with pytest.raises(ValueError, match="4294967295"):
        prepared(joined(records()).replace(*listed()))


def listed() -> tuple[bytes, bytes]:
    """Return the place at which the sheet begins by its table, and one beyond the end of the stream."""
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
        assert prepared(stream)
        return
    with pytest.raises(error):
        prepared(stream)
