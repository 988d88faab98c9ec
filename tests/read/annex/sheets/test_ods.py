from __future__ import annotations

import pytest

from site_src.files.package import Package
from site_src.read.annex.sheets.grid import CellKind, Sheet
from site_src.read.annex.sheets.ods import read_ods
from tests.support.annex_formats import cell_of, ods, ods_of

COLUMN = "<table:table-column {}/>"
ZEROS = '<number:number-style style:name="{}"><number:number number:min-integer-digits="12" {}/></number:number-style>'
LOOK = '<style:style style:family="table-cell" style:name="{}" {}/>'


def read(*cells: str, before: str = "", style: str = "") -> Sheet:
    """A sheet of one row of these cells, given as XML, as it is read back."""
    (found,) = read_ods(Package(ods([cells], before=before, style=style)))
    return found


def one(inner: str, attributes: str = 'office:value-type="string"') -> str:
    """A cell as XML."""
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<text:p>Δήμος</text:p>", "Δήμος"),
        ("<text:p>a</text:p><text:p>b</text:p>", "a\nb"),
        ('<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p>', "a  b\tc\nd"),
        ("<text:p>a<text:span>b<text:span>c</text:span></text:span>d</text:p>", "abcd"),
        ('<text:p><text:a xlink:href="mailto:x@y.example">a@b.example</text:a>;</text:p>', "a@b.example;"),
        ("<office:annotation><text:p>σχόλιο</text:p></office:annotation><text:p>a</text:p>", "a"),
    ],
)
def test_the_text_is_what_the_sheet_shows(inner: str, text: str) -> None:
    """Lines, spaces, links and formatting give their text; comments none."""
    assert read(one(inner)).rows[1][1].text == text


@pytest.mark.parametrize(
    ("attributes", "text", "kind"),
    [
        ('office:value-type="float" office:value="12345678901"', "012345678901", CellKind.NUMBER),
        ('office:value-type="boolean" office:boolean-value="true"', "ΑΛΗΘΕΣ", CellKind.BOOLEAN),
        ('office:value-type="date" office:date-value="2020-11-30"', "30/11/20", CellKind.DATE),
        ('office:value-type="string" calcext:value-type="error"', "#ΑΝΑΦ!", CellKind.ERROR),
        ('table:formula="of:=[.B1]" office:value-type="string"', "Δήμος", CellKind.TEXT),
    ],
)
def test_kinds_of_content(attributes: str, text: str, kind: CellKind) -> None:
    """Numbers, dates, truth values, errors and calculated formulas are told apart."""
    cell = read(one(f"<text:p>{text}</text:p>", attributes)).rows[1][1]
    assert (cell.kind, cell.text) == (kind, text)


def test_repeated_cells_are_undone() -> None:
    """One element may stand for several cells; empty ones only move on."""
    repeated = one("<text:p>x</text:p>", 'office:value-type="string" table:number-columns-repeated="2"')
    sheet = read('<table:table-cell table:number-columns-repeated="16000"/>', repeated)
    assert list(sheet.rows[1]) == [16_001, 16_002]


@pytest.mark.parametrize(
    ("attributes", "paragraph", "text"),
    [
        ('office:value-type="string" office:string-value="a@b.example"', "", "a@b.example"),
        ('office:value-type="string" office:string-value="a&#10;b"', "", "a\nb"),
        ('office:string-value="a@b.example"', "", "a@b.example"),
        ('office:value-type="string" office:string-value="shown"', "<text:p>not shown</text:p>", "shown"),
        ('office:value-type="string" office:string-value=""', "<text:p>shown</text:p>", "shown"),
        ('table:formula="of:=[.B1]" office:value-type="string" office:string-value="a@b.example"', "", "a@b.example"),
    ],
)
def test_a_text_in_an_attribute_is_read_as_libreoffice_shows_it(attributes: str, paragraph: str, text: str) -> None:
    """Programs that write no paragraph, such as FastODS, leave the text in office:string-value, which goes first."""
    cell = read(one(paragraph, attributes)).rows[1][1]
    assert (cell.kind, cell.text) == (CellKind.TEXT, text)


@pytest.mark.parametrize(
    ("attributes", "text", "number"),
    [
        ('office:value-type="float" office:value="205518873"', "205518873", 205518873),
        ('office:value-type="float" office:value="7.5"', "7.5", 7.5),
        ('table:formula="of:=1+1" office:value-type="float" office:value="2"', "2", 2),
        ('table:style-name="zeros" office:value-type="float" office:value="12345678901"', "012345678901", 12345678901),
        ('table:style-name="heir" office:value-type="float" office:value="12345678901"', "012345678901", 12345678901),
    ],
)
def test_a_plain_number_in_an_attribute_is_read_as_its_format_shows_it(
    attributes: str, text: str, number: float
) -> None:
    """Without a paragraph the number's own digits show, and as many zeros in front as its format asks for."""
    styles = ZEROS.format("N12", "") + LOOK.format("zeros", 'style:data-style-name="N12"')
    cell = read(one("", attributes), style=styles + LOOK.format("heir", 'style:parent-style-name="zeros"')).rows[1][1]
    assert (cell.kind, cell.text, cell.number) == (CellKind.NUMBER, text, number)


def test_a_number_without_a_style_has_that_of_its_row_or_column() -> None:
    """A cell without a style has the row's default, and then the column's."""
    styles = ZEROS.format("N12", "") + LOOK.format("zeros", 'style:data-style-name="N12"')
    columns = COLUMN.format('table:number-columns-repeated="2"')
    columns += COLUMN.format('table:number-columns-repeated="2" table:default-cell-style-name="zeros"')
    number = one("", 'office:value-type="float" office:value="7"')
    sheet = read(*[number] * 5, before=columns, style=styles)
    assert [cell.text for cell in sheet.rows[1].values()] == ["7", "7", "000000000007", "000000000007", "7"]
    row = f'<table:table-row table:default-cell-style-name="zeros">{number}</table:table-row>'
    (found,) = read_ods(Package(ods([], after=row, style=styles)))
    assert found.rows[1][1].text == "000000000007"


@pytest.mark.parametrize("value", ["true", "false"])
def test_a_truth_value_in_an_attribute_is_read(value: str) -> None:
    """It shows as TRUE or FALSE, as in the other formats."""
    cell = read(one("", f'office:value-type="boolean" office:boolean-value="{value}"')).rows[1][1]
    assert (cell.kind, cell.text) == (CellKind.BOOLEAN, value.upper())


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ('office:value-type="date" office:date-value="2020-11-30"', "2020-11-30"),
        ('office:value-type="time" office:time-value="PT10H20M"', "PT10H20M"),
        ('office:value-type="percentage" office:value="0.25"', "0.25"),
        ('office:value-type="currency" office:value="12.5"', "12.5"),
        ('office:value="12"', "12"),
        ('office:value-type="float" office:value="twelve"', "twelve"),
        ('office:value-type="float" office:value="12" table:style-name="grouped"', "12"),
    ],
)
def test_a_value_that_nothing_says_how_it_is_shown_is_no_empty_cell(attributes: str, text: str) -> None:
    """A value that depends on a format or language is marked, so that a column that is read can report it."""
    styles = ZEROS.format("N1", 'number:grouping="true"') + LOOK.format("grouped", 'style:data-style-name="N1"')
    cell = read(one("", attributes), style=styles).rows[1][1]
    assert (cell.kind, cell.text) == (CellKind.UNSHOWN, text)


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ('calcext:value-type="error" office:value-type="string" office:string-value=""', CellKind.ERROR),
        ('table:formula="of:=[.B1]" office:value-type="float"', CellKind.UNCALCULATED),
    ],
)
def test_an_error_or_formula_without_any_text_is_no_empty_cell(attributes: str, kind: CellKind) -> None:
    """A cell that shows something is never taken for one that holds nothing."""
    assert read(one("", attributes)).rows[1][1].kind is kind


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell() -> None:
    """LibreOffice writes =IFERROR(…;"") so, and asking for a value again would not help."""
    assert read(one("<text:p/>", 'table:formula="of:=&quot;&quot;"')).rows == {}


def test_a_table_in_a_drawing_is_no_part_of_the_sheet() -> None:
    """A chart may carry the table of its numbers with it."""
    inner = f"<table:table><table:table-row>{cell_of('7')}</table:table-row></table:table>"
    sheet = read(cell_of("x"), before=f"<table:shapes><office:chart>{inner}</office:chart></table:shapes>")
    assert [cell.text for cell in sheet.rows[1].values()] == ["x"]


def test_each_table_is_a_sheet_of_its_own() -> None:
    """Columns, rows and repetitions start anew with each."""
    row = f'<table:table-row table:number-rows-repeated="2">{cell_of("x")}</table:table-row>'
    hidden = COLUMN.format('table:visibility="collapse"')
    tables = "".join(
        f'<table:table table:name="{name}">{hidden if name == "B" else ""}{row}</table:table>' for name in "AB"
    )
    sheets = tuple(read_ods(Package(ods_of(tables))))
    assert [(sheet.title, list(sheet.rows), sheet.hidden_columns) for sheet in sheets] == [
        ("A", [1, 2], ()),
        ("B", [1, 2], (1,)),
    ]


def test_a_line_through_a_text_is_noted() -> None:
    """One through the cell, or through a part of its text; a style may take off the line of the one it is based on."""
    line = '<style:text-properties style:text-line-through-style="{}"/></style:style>'
    look = LOOK.replace("/>", ">")
    style = look.format("L", "") + line.format("solid")
    style += look.format("M", 'style:parent-style-name="L"') + "</style:style>"
    style += look.format("N", 'style:parent-style-name="L"') + line.format("none")
    style += look.format("T", "").replace("table-cell", "text") + line.format("single").replace("-style=", "-type=")
    cells = [one("<text:p>α</text:p>", f'table:style-name="{name}"') for name in "LMN"]
    paragraph = '<text:p>β<text:span text:style-name="T">γ</text:span></text:p>'
    comment = f"<office:annotation>{paragraph}</office:annotation><text:p>δ</text:p>"
    assert read(*cells, one(paragraph), one(comment), style=style).struck == {(1, 1), (1, 2), (1, 4)}


def test_a_comment_is_noted() -> None:
    """On a cell that holds something, and on one that does not."""
    comment = "<office:annotation><text:p>x</text:p></office:annotation>"
    assert read(one("<text:p>α</text:p>"), one(f"{comment}<text:p>β</text:p>"), one(comment)).comments == {
        (1, 2),
        (1, 3),
    }
