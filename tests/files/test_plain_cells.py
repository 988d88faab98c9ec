from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.workbooks import CELL_CHARACTERS_MAX, FORMULA_STARTS, writable, write_text


def _written(text: str) -> tuple[object, str, bool]:
    """What a spreadsheet finds in a cell: its value, its type, and whether it stays a text when it is edited."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    write_text(book.worksheets[0]["B2"], text)
    book.save(file)
    cell = openpyxl.load_workbook(file).worksheets[0]["B2"]
    return cell.value, cell.data_type, bool(cell.quotePrefix)


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_looks_like_a_formula_stays_a_text(start: str) -> None:
    """It is a text now, and after somebody has gone into the cell and out again."""
    value, kind, quoted = _written(f"{start}HYPERLINK(1)")
    assert str(value).strip() == f"{start}HYPERLINK(1)".strip()
    assert (kind, quoted) == ("s", True)


@pytest.mark.parametrize("text", ["012345678901", "#REF!", "TRUE", "2020-11-30", "Δήμος Θήρας"])
def test_a_text_is_no_number_date_or_error(text: str) -> None:
    """What a spreadsheet would turn into something else is shown as it is written."""
    assert _written(text) == (text, "s", False)


@given(st.text(max_size=40))
def test_any_text_can_be_written(text: str) -> None:
    """No control character makes a file that a spreadsheet refuses."""
    _written(text)


def test_a_long_text_is_cut_to_what_a_cell_holds() -> None:
    """Excel would call the file damaged."""
    assert len(writable("x" * 40_000)) == CELL_CHARACTERS_MAX
