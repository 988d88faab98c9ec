from __future__ import annotations

import io

import pytest
from odfdo import Cell, Document, Element, Row, Table

from site_src.annex.sheets.grid import CellKind, Sheet
from site_src.annex.sheets.ods import read_ods
from site_src.annex.sheets.package import open_package


def read(*cells: str) -> Sheet:
    """A sheet of one row of these cells, given as XML, as it is read back."""
    document = Document("spreadsheet")
    document.body.clear()
    table, row = Table("ΔΗΜΟΙ"), Row()
    for cell in cells:
        element = Element.from_tag(cell)
        assert isinstance(element, Cell)
        row.append(element)
    table.append(row)
    document.body.append(table)
    file = io.BytesIO()
    document.save(file)
    (found,) = read_ods(open_package(file.getvalue()), file.getvalue())
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


def test_a_formula_without_a_value_is_told() -> None:
    """A program that never calculated leaves no text and no type."""
    cell = read('<table:table-cell table:formula="of:=[.B1]"/>').rows[1][1]
    assert (cell.kind, cell.text) == (CellKind.UNCALCULATED, "of:=[.B1]")


def test_repeated_cells_are_undone() -> None:
    """One element may stand for several cells; empty ones only move on."""
    repeated = one("<text:p>x</text:p>", 'office:value-type="string" table:number-columns-repeated="2"')
    sheet = read('<table:table-cell table:number-columns-repeated="16000"/>', repeated)
    assert list(sheet.rows[1]) == [16_001, 16_002]


def test_the_library_writes_what_the_reader_reads() -> None:
    """A cell made by odfdo itself comes back."""
    assert read(Cell("Δήμος").serialize()).rows[1][1].text == "Δήμος"
