"""Read the cells of an agency's row, with a problem for each that does not hold what its column is for."""

from __future__ import annotations

import re
from sys import intern
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.folding import describe, unseen_in
from site_src.language.say import say, say_many
from site_src.problems import Topic
from site_src.read.agency import Agency, is_username
from site_src.read.annex.emails import holds_address, read_emails
from site_src.read.annex.sheets.grid import CellKind, column_letters
from site_src.read.annex.strays import Row
from site_src.read.annex.words import COLUMNS, Saying, find_kind, kind_of_name, read_status
from site_src.read.settings import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_src.problems import Place
    from site_src.read.annex.sheets.grid import Cell, Reporter, Sheet
    from site_src.read.annex.strays import Stray
    from site_src.read.annex.words import Header

    Fields = Mapping[Column, Sequence[Cell]]

TEXT_LONGEST = 1_000  # characters of a name, kind, parent or note, which are shown on pages and in letters
EXACT_BELOW = 10**15  # Excel keeps 15 digits of a number
LENGTH = 12  # digits of a user name
COUNT_LONGEST = 6  # digits of a count that is below the user names

_TOO_NARROW = re.compile(r"\s*#{2,}\s*")  # as Excel writes into a .csv for a column that is too narrow to show
_HINTS = {  # for the kinds of cell that have no value
    CellKind.ERROR: N_("correct the formula, or type the value over it"),
    CellKind.UNCALCULATED: N_(
        "open the file in Excel and save it, so that it holds the result; or type the value over the formula"
    ),
    CellKind.UNSHOWN: N_("open the file in LibreOffice and save it, so that it holds the text; or type it as text"),
}
# Kinds of cell that are not what a column is for, as where columns have slipped.
_UNFIT = {
    Column.USERNAME: {CellKind.BOOLEAN, CellKind.DATE},
    Column.NAME: {CellKind.NUMBER, CellKind.BOOLEAN, CellKind.DATE},
    Column.EMAIL: {CellKind.NUMBER, CellKind.BOOLEAN, CellKind.DATE},
}
_WITH_CELLS = (Column.USERNAME, Column.NAME, Column.EMAIL, Column.NOTES)  # of which more than the text is kept
_BROKEN_DIGITS = range(9, 15)  # of a user name that has lost some or got more; a date has eight
_WORD_OR_SLASH = re.compile(r"[^\W\d_]{2}|/")
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_AS_TEXT = N_("format the column as Text, then type or paste the user names again from where they first came")


def resembles_username(text: str) -> bool:
    """Return whether the text was meant as a user name, whole or broken, and not as a date, protocol or telephone."""
    if is_username(text):
        return True
    has_digits = sum(map(str.isdigit, text)) in _BROKEN_DIGITS
    return bool(_SCIENTIFIC.fullmatch(text.strip())) or (has_digits and not _WORD_OR_SLASH.search(text))


def read_username(cell: Cell, reporter: Reporter) -> str:
    """Return the twelve digits of a filled cell; "" with an error where they are not there. Nothing is padded."""
    if cell.kind is CellKind.NUMBER:
        return _from_number(cell, reporter)
    if is_username(cell.text):
        return cell.text
    text = "".join(cell.line.split()).removeprefix("'")
    if not is_username(text):
        reporter.error(Topic.USERNAME, *_fault(text), cell)
        return ""
    plain = say("an apostrophe") if "'" in cell.text else say("spaces")
    message = say("removed around or within the user name: {what}", what=describe(unseen_in(cell.text)) or plain)
    reporter.warning(Topic.USERNAME, message, say("type the {length} digits alone", length=LENGTH), cell)
    return text


def _from_number(cell: Cell, reporter: Reporter) -> str:
    """Return the number where its format shows twelve digits, or where it has twelve itself, however shown."""
    shown = "".join(c for c in cell.text if c not in " .-")
    number = cell.number if cell.number is not None else float("nan")
    exact = f"{number:.0f}"
    if is_username(shown) and int(shown) == number:
        return shown
    if is_username(exact) and int(exact) == number:
        return exact
    message = say(
        "a number that has lost digits, or has a sign or a fraction: {length} digits are expected", length=LENGTH
    )
    if 0 <= number < 10**LENGTH and number == int(number):
        message = say_many(
            "a number of {number} digit, where {length} are expected: zeros in front may be lost",
            "a number of {number} digits, where {length} are expected: zeros in front may be lost",
            len(exact),
            length=LENGTH,
        )
    reporter.error(Topic.USERNAME, message, say(_AS_TEXT), cell)
    return ""


def _in_full(cell: Cell) -> str:
    """Return a cell's text on one line, with all digits of a number that Excel shows shortened, as a telephone's."""
    is_exact = cell.number is not None and abs(cell.number) < EXACT_BELOW and cell.number % 1 == 0
    return f"{cell.number:.0f}" if is_exact and _SCIENTIFIC.fullmatch(cell.line) else cell.line


def _fault(text: str) -> tuple[str, str]:
    """Return what keeps a text from being a user name, and what to do."""
    if _SCIENTIFIC.fullmatch(text):
        return say("Excel has turned the user name into a number and its last digits are lost"), say(_AS_TEXT)
    if text.isascii() and text.isdigit():
        message = say_many(
            "the user name has {number} digit, where {length} are expected",
            "the user name has {number} digits, where {length} are expected",
            len(text),
            length=LENGTH,
        )
        return message, say("look the user name up and type it whole")
    message = say("this is not a user name: {length} digits are expected and nothing else", length=LENGTH)
    return message, say("correct the cell, or move its text to another column")


class ValueReader:
    """Reads the cells of one sheet's rows."""

    def __init__(self, sheet: Sheet, header: Header, reporter: Reporter) -> None:
        self._header = header
        self._struck = sheet.struck
        self._reporter = reporter

    def row(self, number: int, fields: Fields, strays: tuple[Stray, ...], *, kind: str, parent: str) -> Row:
        """Return a row of an agency; its ``kind`` and ``parent`` count where it has none of its own."""
        codes, names, emails, notes = (fields.get(column, ()) for column in _WITH_CELLS)
        at = self._reporter.place(codes[0]) if codes else self._missing(Column.USERNAME, number)
        name, written = self._name(fields, number), self._text(Column.KIND, fields)
        found: dict[str, Place] = {}
        for cell in emails:
            if self._has_value(cell, Column.EMAIL):
                found |= dict.fromkeys(read_emails(cell, self._reporter), self._reporter.place(cell))
        agency = Agency(
            username=self._username(codes, at, fields),
            name=name,
            kind=find_kind(written) or written or kind or kind_of_name(name) or "",
            parent=intern(self._text(Column.PARENT, fields) or parent),  # thousands have the same
            emails=tuple(found),
            emails_at=tuple(found.values()),
            phones=self._text(Column.PHONE, fields),
            notes=self._text(Column.NOTES, fields),
            at=at,
            name_cell=names[0].name if names else "",
            notes_cell=notes[0].name if notes else "",
        )
        return Row(
            agency=agency,
            email_filled=any(cell.line for cell in emails),
            saying=self._saying(fields, at),
            continues=bool(codes) and codes[0].origin[0] < number,
            strays=strays,
        )

    def _missing(self, column: Column, number: int) -> Place:
        """Return the place where a row should have this column's cell."""
        return self._reporter.at(f"{column_letters(self._header.columns[column][0])}{number}")

    def _username(self, cells: Sequence[Cell], row_at: Place, fields: Fields) -> str:
        """Return the user name; "" with an error for a mistake, or where there is none beside a filled cell."""
        if not cells:
            filled = next(cell for cells in fields.values() for cell in cells)
            hint = say("write the 12 digits; or, if the row is not an agency, delete it")
            message = say("there is no user name in a row that is filled")
            self._reporter.problems.error(Topic.USERNAME, message, hint=hint, at=row_at, value=filled.text)
            return ""
        first, *more = cells
        username = read_username(first, self._reporter) if self._has_value(first, Column.USERNAME) else ""
        for cell in more:  # a header that is merged over two columns names both
            hint = say("put the header above the user names alone, or empty this cell")
            message = say("the row has a second cell below the header of the user name")
            self._reporter.error(Topic.USERNAME, message, hint, cell)
        return username

    def _name(self, fields: Fields, number: int) -> str:
        """Return the name on one line; "" with an error where it has a mistake or there is none."""
        if Column.NAME not in fields and Column.NAME in self._header.columns:
            hint = say("write the agency's name; letters and pages show it")
            message = say("there is no name in a row that is filled")
            self._reporter.problems.error(Topic.NAME, message, hint=hint, at=self._missing(Column.NAME, number))
        return self._text(Column.NAME, fields)

    def _saying(self, fields: Fields, row_at: Place) -> Saying:
        """Return what the status column says of the agency at ``row_at``."""
        if Column.STATUS not in fields:
            return Saying(at=row_at)
        first, text = fields[Column.STATUS][0], self._text(Column.STATUS, fields)
        at, header = self._reporter.place(first), self._header.texts[first.column]
        return read_status(text, at, self._reporter.problems, header=header)

    def _text(self, column: Column, fields: Fields) -> str:
        """Return the text of a column's cells on one line."""
        return " ".join(filter(None, [self._one_line(column, cell) for cell in fields.get(column, ())]))

    def _one_line(self, column: Column, cell: Cell) -> str:
        """Return the cell's text on one line; "" with an error where it cannot be shown."""
        about = COLUMNS[column]
        if not (self._has_value(cell, column) and self._reporter.is_legible(cell, about.topic, TEXT_LONGEST)):
            return ""
        if not about.is_free and holds_address(cell.line):
            message = say("{column} holds an e-mail address", column=say(about.shown))
            if about.is_published:
                message = say(
                    "{column} holds an e-mail address, and everybody sees it on the pages", column=say(about.shown)
                )
            hint = say("move the address to the column of the e-mail: it may be the password of an archive")
            self._reporter.error(about.topic, message, hint, cell)
            return ""
        return _in_full(cell)

    def _has_value(self, cell: Cell, column: Column) -> bool:
        """Return whether the cell holds a value; an error value, a formula without its result and "####" are errors.

        So is a text that is struck out, which may be the address of an earlier contact.
        """
        about = COLUMNS[column]
        is_struck = cell.origin in self._struck and not about.is_free
        is_narrow = _TOO_NARROW.fullmatch(cell.text)
        if not (is_struck or is_narrow or cell.kind in _HINTS or cell.kind in _UNFIT.get(column, ())):
            return True
        names = {"column": say(about.shown), "what": say(cell.kind)}
        if is_struck:
            message = say("{column} is struck out in the sheet, and so is perhaps no longer valid", **names)
            hint = say(
                "delete what is no longer valid, and take the line off the rest (Format Cells, Font, Strikethrough)"
            )
        elif is_narrow:
            message = say("{column} cannot be read: the column was too narrow when it was saved", **names)
            hint = say("open the workbook itself in Excel, make the column wider, and save it again")
        elif cell.kind in _HINTS:
            message = say("{column} cannot be read: the cell holds {what}", **names)
            hint = say(_HINTS[cell.kind])
        else:
            message = say("{column} is expected here, not {what}", **names)
            hint = say("type over the cell what belongs here, as text")
        self._reporter.error(about.topic, message, hint, cell)
        return False
