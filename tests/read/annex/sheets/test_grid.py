from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from site_src.files.package import UnreadableError
from site_src.read.annex.sheets.grid import (
    Area,
    Cell,
    CellKind,
    column_letters,
    is_error_value,
    link_in_formula,
    make_cell,
    shown_number,
)
from tests.support.annex_table import gridded


def cell(row: int, column: int, text: str = "x") -> Cell:
    """A cell of text."""
    return make_cell(row=row, column=column, text=text)


@given(st.integers(1, 16_384))
def test_columns_are_called_as_in_excel(column: int) -> None:
    """Letters agree with openpyxl's own."""
    assert column_letters(column) == get_column_letter(column)


def test_cells_come_in_order() -> None:
    """Rows and columns are sorted, whatever the order of reading."""
    sheet = gridded([cell(3, 2), cell(1, 5), cell(1, 1)]).sheet()
    assert [(row, list(cells)) for row, cells in sheet.rows.items()] == [(1, [1, 5]), (3, [2])]


def test_a_merge_fills_down_and_across_and_no_farther_than_the_table() -> None:
    """Every cell of the merge shows what its first holds, and says whence."""
    sheet = gridded([cell(2, 1, "Περιφέρεια"), cell(3, 3)], [Area(2, 1, 1_048_576, 2)]).sheet()
    assert {(n, c) for n, row in sheet.rows.items() for c in row} == {(2, 1), (2, 2), (3, 1), (3, 2), (3, 3)}
    assert sheet.rows[3][2].text == "Περιφέρεια"
    assert sheet.rows[3][2].origin == (2, 1)
    assert sheet.rows[3][2].name == "B3"


def test_an_empty_merge_fills_nothing() -> None:
    """A merge without content leaves no cells behind."""
    assert gridded([cell(5, 5)], [Area(1, 1, 4, 4)]).sheet().rows == {5: {5: cell(5, 5)}}


def test_a_text_below_a_merge_is_marked_as_covered() -> None:
    """It is no text that anybody sees, unless it is the same as the merge shows."""
    sheet = gridded([cell(1, 1, "a"), cell(1, 2, "b"), cell(2, 1, "a")], [Area(1, 1, 2, 2)]).sheet()
    kinds = [(each.kind, each.text) for row in sheet.rows.values() for each in row.values()]
    assert kinds == [(CellKind.TEXT, "a"), (CellKind.COVERED, "b"), (CellKind.TEXT, "a"), (CellKind.TEXT, "a")]


def test_links_are_laid_on_all_cells_of_their_area() -> None:
    """A link over an area belongs to each cell of it, filled or not."""
    grid = gridded([cell(1, 1), cell(9, 9)])
    grid.links.append((Area(1, 1, 4, 4), "mailto:a@b.example"))
    sheet = grid.sheet()
    assert (sheet.rows[1][1].link, sheet.rows[2][3].link) == ("mailto:a@b.example",) * 2
    assert sheet.rows[9][9].link == ""


def test_merges_over_whole_sheets_are_refused() -> None:
    """Many merges over a large table would fill memory."""
    grid = gridded([cell(row, 1) for row in range(1, 2000)] + [cell(1, 900)], [Area(1, 1, 1_048_576, 16_384)] * 3)
    with pytest.raises(UnreadableError, match="merged cells or links"):
        grid.sheet()


def test_only_what_is_hidden_and_filled_is_told() -> None:
    """Hidden rows and columns without content do not matter."""
    grid = gridded([cell(2, 2)])
    grid.hidden_rows |= {1, 2, 3}
    grid.hidden_columns |= {2, 7}
    sheet = grid.sheet()
    assert (sheet.hidden_rows, sheet.hidden_columns) == ((2,), (2,))


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        (12345678901.0, "000000000000", "012345678901"),
        (123456789012.0, "General", "1.23457E+11"),
        (12345678901.0, "General", "12345678901"),
        (3.0, "0", "3"),
        (3.5, "General", "3.5"),
        (123456789012.0, "#,##0", "123456789012"),
        (-7.0, "000", "-7"),
        (12345678901.5, "0.0", "12345678901.5"),
        (1.0, "0.00E+00", "1.00000E+00"),
        (float("nan"), "General", "nan"),
        (float("inf"), "000000000000", "inf"),
        (1e300, "General", "1.00000E+300"),
    ],
)
def test_numbers_are_shown_by_their_format(number: float, number_format: str, shown: str) -> None:
    """Zeros in front show where the format asks for them, and long numbers turn scientific."""
    assert shown_number(number, number_format) == shown


@given(st.floats() | st.integers(), st.text(alphabet='0#.,;@E+-[]"\\ General', max_size=30))
def test_any_number_can_be_shown_in_any_format(number: float, number_format: str) -> None:
    """No format of a stranger's file makes it fail."""
    assert shown_number(number, number_format)


@pytest.mark.parametrize(
    "text",
    [
        *("#REF!", "#N/A", "#DIV/0!", "#NAME?", "#GETTING_DATA", "Err:502"),
        *("#Δ/Υ", "#ΤΙΜΗ!", "#ΑΝΑΦ!", "#ΟΝΟΜΑ?", "#¡VALOR!"),
    ],
)
def test_error_values_are_known_in_any_language(text: str) -> None:
    """Excel and LibreOffice show them so."""
    assert is_error_value(text)


@pytest.mark.parametrize("text", ["#1!", "#1", "# σχόλιο", "Δήμος!", "", "#", "#a b c"])
def test_other_texts_are_no_error_values(text: str) -> None:
    """A number sign alone makes none."""
    assert not is_error_value(text)


def test_the_target_of_a_link_formula() -> None:
    """HYPERLINK() leads to its first argument, in .xlsx and .ods."""
    assert link_in_formula('=HYPERLINK("mailto:a@b.example","a")') == "mailto:a@b.example"
    assert link_in_formula('of:=HYPERLINK("mailto:a@b.example";"a")') == "mailto:a@b.example"
    assert link_in_formula('=IF(A1=1,_xlfn.HYPERLINK("mailto:a@b.example"),"")') == "mailto:a@b.example"
    assert link_in_formula('=HYPERLINK("mailto:" & "a@b.example","a")') == "mailto:a@b.example"
    assert link_in_formula("=A1") == ""


@pytest.mark.parametrize("text", ["#REF!", " #N/A\n", "Err:502", "\u200b#ΤΙΜΗ!"])
def test_a_text_that_shows_an_error_is_an_error_value(text: str) -> None:
    """Spaces around it and what cannot be seen do not make it a text."""
    assert make_cell(1, 1, text).kind is CellKind.ERROR
    assert make_cell(1, 1, f"No {text}").kind is CellKind.TEXT


def test_a_cell_is_cleaned_once_for_all_its_readers() -> None:
    """The text stays as the sheet shows it; the line has no hidden character and single spaces."""
    cell = make_cell(1, 1, " Δήμος\u00a0\n Θήρας\u200b ")
    assert (cell.text, cell.line) == (" Δήμος\u00a0\n Θήρας\u200b ", "Δήμος Θήρας")
    assert make_cell(1, 1, "\u200b \u00a0").line == ""
