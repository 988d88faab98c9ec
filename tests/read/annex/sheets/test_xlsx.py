from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from site_src.files.package import Package
from site_src.files.workbooks import AUTHOR
from site_src.read.annex.sheets.grid import CellKind
from site_src.read.annex.sheets.xlsx import Workbook, read_workbook, read_xlsx, unescaped
from tests.support.annex_formats import package, saved, shared_texts, strict_of, xlsx

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from site_src.read.annex.sheets.grid import Cell, Sheet

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def sheet() -> Worksheet:
    """The one sheet of a new workbook."""
    sheet = openpyxl.Workbook().worksheets[0]
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


def test_an_error_without_its_name_is_an_error_too(sheet: Worksheet) -> None:
    """Some programs mark a cell as an error and write no value into it: it is not empty."""
    sheet.append([1])
    for cell in (b'<c r="A1" t="e"/>', b'<c r="A1" t="e"><v/></c>'):
        found = read(sheet, **{'<c r="A1" t="n"><v>1</v></c>': cell})
        assert (first(found).text, first(found).kind) == ("#ERROR!", CellKind.ERROR)


def test_a_line_through_a_text_is_noted(sheet: Worksheet) -> None:
    """One through the cell, or through a part of its text; one through a cell that holds nothing is none."""
    line = InlineFont(strike=True)
    sheet.append(["α", "β", "", CellRichText(TextBlock(line, "γ"), "δ"), "ε"])
    for cell in ("A1", "C1"):
        sheet[cell].font = Font(strike=True)
    sheet["E1"].font = Font(strike=False, bold=True)
    assert read(sheet).struck == {(1, 1), (1, 4)}
    assert sheet.parent
    texts = "<si><t>ζ</t></si><si><r><t>η</t></r><r><rPr><strike/></rPr><t>θ</t></r></si>"
    row = b'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
    (found,) = read_xlsx(Package(shared_texts(saved(sheet.parent), texts, row)))
    assert found.struck == {(1, 1), (1, 4), (2, 2)}


def test_a_comment_is_noted(sheet: Worksheet) -> None:
    """On a cell that holds something, and on one that does not; those of ``check --report`` are none of the annex's."""
    sheet.append(["α", "β"])
    for cell, author in (("A1", AUTHOR), ("B1", "y"), ("C4", "z")):
        sheet[cell].comment = Comment("x", author)
    assert read(sheet).comments == {(1, 2), (4, 3)}


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


def test_other_spellings_of_a_cell_hold_what_they_say() -> None:
    """A truth value may be a word (ECMA-376, part 1, 22.9.2.1), and an inline text may be in the place of a value."""
    row = b'<row r="9"><c r="A9" t="b"><v>true</v></c><c r="B9" t="inlineStr"><v>a@b.example</v></c></row>'
    (found,) = read_xlsx(Package(shared_texts(xlsx(), "", row)))
    assert [(cell.kind, cell.text) for cell in found.rows[9].values()] == [
        (CellKind.BOOLEAN, "TRUE"),
        (CellKind.TEXT, "a@b.example"),
    ]


def test_links_merges_and_hidden_rows_come_along(sheet: Worksheet) -> None:
    """Links, merges and hidden rows are read too."""
    sheet["A1"], sheet["A2"], sheet["B3"] = "a@b.example", "x", "y"
    sheet["A1"].hyperlink = "mailto:a@b.example"
    sheet.merge_cells("A2:B2")
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["A"].hidden = True
    found = read(sheet)
    assert first(found).link == "mailto:a@b.example"
    assert found.rows[2][2].origin == (2, 1)
    assert (found.hidden_rows, found.hidden_columns) == ((2,), (1,))
    found = read(sheet, **{'width="13"': b'width="0"', 'hidden="1"': b'ht="0"'})
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


def test_rows_and_cells_without_a_place_follow_each_other() -> None:
    """Some programs leave out where a row and a cell are (ECMA-376, part 1, 18.3.1.4), or number rows as 7.0."""
    rows = b'<row r="7.0"><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    (found,) = read_xlsx(Package(shared_texts(xlsx([]), "", rows)))
    assert {number: list(row) for number, row in found.rows.items()} == {7: [1, 2], 8: [1]}


def test_a_style_that_is_not_listed_shows_a_number_plainly(sheet: Worksheet) -> None:
    """Excel mends such a file without a word."""
    sheet["A1"] = 7
    assert first(read(sheet, **{' t="n"': b' t="n" s="99"'})).text == "7"


TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("info_x005F_x2020_a@a.example", "info_x2020_a@a.example"),
        ("Δήμος_x000D_Θήρας", "Δήμος\rΘήρας"),
        ("_x005F_x005F_x005F_x0041_", "_x005F_x0041_"),
        ("_x0041__x0042_", "AB"),
        ("_x005f_", "_"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_", "\ufffd"),
        ("_x41_ _X0041_ x0041_ _x004G_", "_x41_ _X0041_ x0041_ _x004G_"),
        ("a_x@b.example", "a_x@b.example"),
    ],
)
def test_escapes_are_undone_once(written: str, meant: str) -> None:
    """Four hexadecimal digits between _x and _ are a character, and an underscore may be escaped itself."""
    assert unescaped(written) == meant


@given(st.text())
def test_what_excel_escapes_comes_back(text: str) -> None:
    """Excel writes an underscore that begins an escape, and whatever XML cannot hold, as an escape."""
    escaped = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08]", lambda found: f"_x{ord(found[0]):04X}_", text)
    assert unescaped(escaped) == text


def test_shared_texts_are_read_whole_and_unescaped() -> None:
    """Runs are joined, the phonetic guide is left out, and x005F_ within a word stays."""
    texts = (
        "<si><t>maxx005F_y_x005F_x000D_</t></si>"
        "<si><r><rPr><b/></rPr><t>a@</t></r><r><t>b.example</t></r><rPh><t>no</t></rPh></si><si/>"
    )
    assert read_workbook(Package(shared_texts(xlsx(), texts))).texts == (
        ("maxx005F_y_x000D_", False),
        ("a@b.example", False),
        ("", False),
    )


def test_the_package_says_where_its_parts_are() -> None:
    """A workbook may have other names for its parts than Excel gives them."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<x/>",
        "_rels/.rels": rels(officeDocument="/book/main.xml"),
        "book/_rels/main.xml.rels": rels(worksheet="pages/../one.xml", styles="/looks.xml", sharedStrings="T.xml"),
        "book/main.xml": workbook('<sheet name="A_x0042_" state="hidden" r:id="worksheet"/>'),
        "book/one.xml": main("worksheet", "<sheetData/>"),
        "looks.xml": main("styleSheet", '<cellXfs><xf numFmtId="14"/><xf/></cellXfs>'),
        "book/t.xml": main("sst", "<si><t>x</t></si>"),
    }
    read = read_workbook(Package(package(parts)))
    assert read == Workbook(
        (("AB", "book/one.xml", True),), (("x", False),), (("mm-dd-yy", False), ("General", False)), WINDOWS_EPOCH
    )


@pytest.mark.parametrize("kind", ["chartsheet", "dialogsheet", "xlMacrosheet"])
def test_sheets_that_hold_no_cells_are_left_out(kind: str) -> None:
    """A chart or a macro on a sheet of its own is none of the table."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<x/>",
        "_rels/.rels": rels(officeDocument="main.xml"),
        "_rels/main.xml.rels": rels(**{kind: "one.xml"}),
        "main.xml": workbook(f'<workbookPr date1904="1"/><sheet name="A" r:id="{kind}"/>'),
    }
    assert read_workbook(Package(package(parts))) == Workbook((), (), (), MAC_EPOCH)


def test_strict_open_xml_is_read() -> None:
    """Excel saves it under a name of its own in the list of formats; its dates are texts."""
    row = b'<row r="9"><c r="A9" t="d"><v>2020-11-30T00:00:00</v></c></row>'
    strict = strict_of(shared_texts(xlsx(), "", row))
    assert b"spreadsheetml/2006" not in strict
    (found,), (usual,) = read_xlsx(Package(strict)), read_xlsx(Package(xlsx()))
    assert found.rows[9][1].kind is CellKind.DATE
    assert {number: found.rows[number] for number in usual.rows} == usual.rows


def rels(**targets: str) -> str:
    """A list of relations, each named as its kind."""
    each = "".join(f'<Relationship Id="{k}" Type="{TRANSITIONAL}/{k}" Target="{t}"/>' for k, t in targets.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def main(tag: str, inner: str) -> str:
    """A part of a workbook."""
    spaces = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{TRANSITIONAL}"'
    return f"<{tag} {spaces}>{inner}</{tag}>"


def workbook(inner: str) -> str:
    """The part that lists the sheets."""
    return main("workbook", inner)
