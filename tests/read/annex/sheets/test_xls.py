from __future__ import annotations

import io
import struct
from typing import Any

import pytest
import xlwt
from xlwt.CompoundDoc import XlsDoc

from site_src.read.annex.sheets.grid import Cell, CellKind, Sheet, UnreadableError
from site_src.read.annex.sheets.xls import read_xls, workbook_stream


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


def test_merges_hidden_rows_and_sheets(book: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """What surrounds the cells is read too, on every sheet."""
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
    """Where the link of a cell leads that has such a record ([MS-XLS] 2.4.140)."""
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
    """What a library wrote that cannot calculate is told, as in the other formats."""
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
