"""An annex to fill in: a workbook with the headers that are known, cells that keep zeros, and notes on each column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from site_src.language.catalogues import KINDS
from site_src.language.say import say, spoken
from site_src.problems import UsageError
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.annex.words import COLUMNS, NAMES, REQUIRED, STATUS_WORDS
from site_src.read.settings import Column

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

AGENCIES = 3_000  # rows in which a spreadsheet helps with what is typed; more may be filled in
TEXT_FORMAT = "@"  # ECMA-376, part 1, section 18.8.30: a cell that shows what was typed, zeros and all
# A formula without its equals sign, as the file format has it. Each character is tested by itself: 1.2345678E+5 is a
# number of twelve characters too.
TWELVE_DIGITS = "AND(LEN(A2)=12,SUMPRODUCT(--ISNUMBER(--MID(A2,ROW($1:$12),1)))=12)"
NOTE_SIZE = (340, 130)  # width and height in pixels
SHADE = "DDE6F0"


def write_template(path: Path) -> None:
    """Write an empty annex in the language of the commands. A file that is there is never overwritten.

    Raises UsageError for a name that is taken or of another kind of file.
    """
    if path.suffix.lower() != ".xlsx":
        message = say('"{name}" is not an Excel file: expected a name that ends in .xlsx', name=path.name)
        raise UsageError(message, say('for example "{near}"', near="annex.xlsx"))
    try:
        with path.open("xb") as file:
            file.write(_workbook())
    except FileExistsError:
        message = say('there is a file "{path}" already; nothing was changed', path=path)
        raise UsageError(message, say("choose another name")) from None


def header_of(column: Column) -> str:
    """Return the header that is recommended for a column, in the language of the commands."""
    names = NAMES[column]
    return names[0] if spoken() == "el" else next(name for name in names if name.isascii())


def _workbook() -> bytes:
    from site_src.files.workbooks import new_workbook, saved

    statuses = [words[0 if spoken() == "el" else 1] for words in STATUS_WORDS.values()]
    book = new_workbook()
    sheet = book.worksheets[0]
    sheet.title = say("Agencies")
    for number, column in enumerate(COLUMNS, start=1):
        _head(sheet, number, column)
    sheet.freeze_panes = "A2"
    _help_with(sheet, Column.USERNAME, "custom", TWELVE_DIGITS)
    _help_with(sheet, Column.KIND, "list", _choices([say(name) for name in KINDS.values()]))
    _help_with(sheet, Column.STATUS, "list", _choices(statuses))
    return saved(book)


def _head(sheet: Worksheet, number: int, column: Column) -> None:
    """Write a column's header, with a note; the cells below have the column's format, so that none need be written."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    from site_src.files.workbooks import AUTHOR

    cell = sheet.cell(1, number, header_of(column))
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=SHADE)
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    width, height = NOTE_SIZE
    cell.comment = Comment(say(COLUMNS[column].note), AUTHOR, width=width, height=height)
    below = sheet.column_dimensions[cell.column_letter]
    below.width = COLUMNS[column].width
    below.number_format = TEXT_FORMAT


def _help_with(sheet: Worksheet, column: Column, kind: Literal["custom", "list"], formula: str) -> None:
    """Let the spreadsheet refuse what cannot be meant; where a column may hold other words it only asks."""
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = column_letters(1 + list(COLUMNS).index(column))
    rule = DataValidation(
        type=kind,
        formula1=formula,
        allow_blank=column not in REQUIRED,
        showErrorMessage=True,
        errorStyle="warning" if column is Column.KIND else "stop",
        errorTitle=header_of(column),
        error=say(COLUMNS[column].note),
    )
    rule.add(f"{letter}2:{letter}{AGENCIES + 1}")
    sheet.add_data_validation(rule)


def _choices(words: list[str]) -> str:
    return f'"{",".join(words)}"'
