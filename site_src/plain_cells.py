"""Cells of the spreadsheets that we write: a text in them is shown as it is, and never taken for a formula."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV Injection"
CELL_CHARACTERS_MAX = 32_767  # Excel's limit
SHEET_TITLE_MAX = 31  # Excel's limit

# What XML 1.0 cannot hold (section 2.2), apart from the surrogates that no text has.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def writable(text: str) -> str:
    """The text as far as a cell can hold it."""
    return _UNWRITABLE.sub(" ", text)[:CELL_CHARACTERS_MAX]


def write_text(cell: Cell, text: str) -> None:
    """Let the cell show the text, which no spreadsheet takes for a formula, nor on the next edit."""
    cell.value = writable(text)
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """A new cell that shows the text, for a sheet that is written row by row."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 (imported only when used)

    cell = WriteOnlyCell(sheet)
    write_text(cell, text)
    return cell
