from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from site_src.read.annex.sheets.grid import CellKind
from site_src.read.annex.sheets.package import Package
from site_src.read.annex.sheets.xlsx import read_xlsx
from tests.support.annex_formats import shared_texts, xlsx

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from site_src.read.annex.sheets.grid import Cell, Sheet

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


def test_escapes_are_undone_in_every_kind_of_text() -> None:
    """Shared, inline and calculated texts, and the address of a link formula, mean what Excel shows; numbers stay."""
    rows = (
        b'<row r="9"><c r="A9" t="s"><v>0</v></c>'
        b'<c r="B9" t="inlineStr"><is><r><t>a_x005F_</t></r><r><t>x0041_b</t></r></is></c>'
        b'<c r="C9" t="str"><f>HYPERLINK("mailto:a_x0040_b.example","x")</f><v>a_x0040_b.example</v></c>'
        b'<c r="D9"><v>7</v></c></row>'
    )
    (found,) = read_xlsx(Package(shared_texts(xlsx(), "<si><t>a_x005F_x0041_b</t></si>", rows)))
    assert [cell.text for cell in found.rows[9].values()] == ["a_x0041_b", "a_x0041_b", "a@b.example", "7"]
    assert found.rows[9][3].link == "mailto:a@b.example"


def test_a_style_that_is_not_listed_shows_a_number_plainly(sheet: Worksheet) -> None:
    """Excel mends such a file without a word."""
    sheet["A1"] = 7
    assert first(read(sheet, **{' t="n"': b' t="n" s="99"'})).text == "7"
