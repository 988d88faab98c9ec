from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from site_src.annex.sheets.grid import CellKind
from site_src.annex.sheets.package import Package
from site_src.annex.sheets.xlsx import read_xlsx

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from site_src.annex.sheets.grid import Cell, Sheet

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def sheet() -> Worksheet:
    """The one sheet of a new workbook."""
    sheet = Workbook().worksheets[0]
    sheet.title = "ΔΗΜΟΙ"
    return sheet


def read(sheet: Worksheet, **parts: bytes) -> Sheet:
    """The sheet as it is read back; ``parts`` are put in the package's place of the cells' XML."""
    file = io.BytesIO()
    assert sheet.parent
    sheet.parent.save(file)
    data = file.getvalue()
    for old, new in parts.items():
        data = replaced(data, old.encode(), new)
    (found,) = read_xlsx(Package(data))
    return found


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """The package with a piece of the sheet's XML replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old, new) if name == SHEET else content)
    return file.getvalue()


def first(sheet: Sheet) -> Cell:
    """The cell A1."""
    return sheet.rows[1][1]


def test_text_numbers_dates_and_truth_values(sheet: Worksheet) -> None:
    """Each kind of content is told from the others, numbers with their value."""
    sheet.append(["Δήμος", 7, 7.5, True, date(2020, 11, 30)])
    kinds = [(cell.kind, cell.text, cell.number) for cell in read(sheet).rows[1].values()]
    assert kinds == [
        (CellKind.TEXT, "Δήμος", None),
        (CellKind.NUMBER, "7", 7),
        (CellKind.NUMBER, "7.5", 7.5),
        (CellKind.BOOLEAN, "TRUE", None),
        (CellKind.DATE, "2020-11-30 00:00:00", None),
    ]


def test_zeros_show_by_the_number_format(sheet: Worksheet) -> None:
    """A number shows as its format says."""
    sheet["A1"] = 12345678901
    sheet["A1"].number_format = "000000000000"
    assert first(read(sheet)).text == "012345678901"


def test_a_formula_counts_by_its_value(sheet: Worksheet) -> None:
    """With a value in store it is that value; without one it is told as uncalculated."""
    sheet["A1"] = "=1+1"
    assert first(read(sheet)).kind is CellKind.UNCALCULATED
    assert first(read(sheet)).text == "=1+1"
    cell = first(read(sheet, **{"<v></v>": b"<v>2</v>", "<v/>": b"<v>2</v>", "<v />": b"<v>2</v>"}))
    assert (cell.kind, cell.number) == (CellKind.NUMBER, 2)


def test_links_merges_and_hidden_rows_come_along(sheet: Worksheet) -> None:
    """What surrounds the cells is read too."""
    sheet["A1"], sheet["A2"], sheet["B3"] = "a@b.example", "x", "y"
    sheet["A1"].hyperlink = "mailto:a@b.example"
    sheet.merge_cells("A2:B2")
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["A"].hidden = True
    found = read(sheet)
    assert first(found).link == "mailto:a@b.example"
    assert found.rows[2][2].origin == (2, 1)
    assert (found.hidden_rows, found.hidden_columns) == ((2,), (1,))


def test_shared_strings_and_escapes_are_read(sheet: Worksheet) -> None:
    """Excel keeps texts in a table of their own, and control characters as _x000D_."""
    sheet["A1"] = "α"
    file = io.BytesIO()
    assert sheet.parent
    sheet.parent.save(file)
    data = with_shared_string(file.getvalue(), "Δήμος_x000D_Θήρας")
    (found,) = read_xlsx(Package(data))
    assert first(found).text == "Δήμος\rΘήρας"


def with_shared_string(data: bytes, text: str) -> bytes:
    """The package with its one text moved to the table of shared strings."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    entry = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist() if "sharedStrings" not in name}
    types = parts["[Content_Types].xml"]
    if b"sharedStrings" not in types:
        parts["[Content_Types].xml"] = types.replace(b"</Types>", entry.encode())
    begin = parts[SHEET].index(b"<sheetData>")
    end = parts[SHEET].index(b"</sheetData>")
    row = b'<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    parts[SHEET] = parts[SHEET][:begin] + row + parts[SHEET][end:]
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}"><si><t>{text}</t></si></sst>'.encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return file.getvalue()
