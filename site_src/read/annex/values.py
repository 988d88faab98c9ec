"""Read the cells of an agency's row, with a problem for each that does not hold what its column is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.say import say, say_many, say_number
from site_src.problems import Topic
from site_src.read.agency import is_username
from site_src.read.annex.columns import SHOWN, Column
from site_src.read.annex.emails import holds_address, read_emails
from site_src.read.annex.sheets.grid import (
    CellKind,
    column_letters,
    controls_in,
    describe,
    is_zero_width,
    unseen_in,
)
from site_src.read.annex.words import Saying, read_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_src.problems import Place
    from site_src.read.annex.columns import Header
    from site_src.read.annex.sheets.grid import Cell, Reporter, Sheet

TEXT_LONGEST = 1_000  # characters of a name, kind, parent or note, which are shown on pages and in letters
LENGTH = 12  # digits of a user name
COUNT_LONGEST = 6  # digits of a count that is below the user names

_PUBLISHED = {Column.NAME, Column.KIND, Column.PARENT}  # on the pages and in the public annex
_TOO_NARROW = re.compile(r"\s*#{2,}\s*")  # as Excel writes into a .csv for a column that is too narrow to show
_HINTS = {  # for the kinds of cell that have no value
    CellKind.ERROR: N_("correct the formula, or type the value over it"),
    CellKind.UNCALCULATED: N_(
        "open the file in Excel and save it, so that it holds the result; or type the value over the formula"
    ),
    CellKind.UNSHOWN: N_("open the file in LibreOffice and save it, so that it holds the text; or type it as text"),
}
_TOPICS = {
    Column.USERNAME: Topic.USERNAME,
    Column.NAME: Topic.NAME,
    Column.EMAIL: Topic.EMAIL,
    Column.STATUS: Topic.STATUS,
}
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
    if cell.kind is not CellKind.TEXT:
        message = say("a user name of {length} digits is expected here, not {what}", length=LENGTH, what=say(cell.kind))
        reporter.error(Topic.USERNAME, message, say(_AS_TEXT), cell)
        return ""
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
    message = say("a number that is too large or has lost digits: {length} digits are expected", length=LENGTH)
    if abs(number) < 10**LENGTH and number == int(number) and number >= 0:
        message = say_many(
            "a number of {number} digit, where {length} are expected: zeros in front may be lost",
            "a number of {number} digits, where {length} are expected: zeros in front may be lost",
            len(exact),
            length=LENGTH,
        )
    elif abs(number) < 10**LENGTH:
        message = say("a number with a sign or a fraction, where {length} digits are expected", length=LENGTH)
    reporter.error(Topic.USERNAME, message, say(_AS_TEXT), cell)
    return ""


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
    if text.isdigit():
        return say("the digits are of another script"), say("type the {length} digits 0 to 9 again", length=LENGTH)
    if not text.isprintable():
        return say("the user name holds a control character"), say("type the {length} digits alone", length=LENGTH)
    message = say("this is not a user name: {length} digits are expected and nothing else", length=LENGTH)
    return message, say("correct the cell, or move its text to another column")


class ValueReader:
    """Reads the cells of one sheet's rows."""

    def __init__(self, sheet: Sheet, header: Header, reporter: Reporter) -> None:
        self._headers = sheet.rows[header.row]
        self._names = header.columns.get(Column.NAME)
        self._reporter = reporter

    def text(self, column: Column, cells: Sequence[Cell]) -> str:
        """Return the text of a column's cells on one line."""
        return " ".join(filter(None, [self._one_line(column, cell) for cell in cells]))

    def username(self, cells: Sequence[Cell], row_at: Place, filled: Cell) -> str:
        """Return the user name; "" with an error for a mistake, or where there is none beside a ``filled`` cell."""
        if not cells:
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

    def name(self, cells: Sequence[Cell], row: int) -> str:
        """Return the name on one line; "" with an error where it has a mistake or there is none."""
        if not cells and self._names:
            at = self._reporter.at(f"{column_letters(self._names[0])}{row}")
            hint = say("write the agency's name; letters and pages show it")
            message = say("there is no name in a row that is filled")
            self._reporter.problems.error(Topic.NAME, message, hint=hint, at=at)
        if cells and cells[0].kind in {CellKind.NUMBER, CellKind.BOOLEAN, CellKind.DATE}:
            message = say("a name is expected here, not {what}", what=say(cells[0].kind))
            self._reporter.error(Topic.NAME, message, say("write the agency's name"), cells[0])
            return ""
        return self.text(Column.NAME, cells)

    def emails(self, cells: Sequence[Cell]) -> dict[str, Place]:
        """Return each address once, in order, and the place of its cell."""
        found: dict[str, Place] = {}
        for cell in cells:
            for email in self._emails_of(cell):
                found.setdefault(email, self._reporter.place(cell))
        return found

    def saying(self, cells: Sequence[Cell], row_at: Place) -> Saying:
        """Return what the status column says of the agency at ``row_at``."""
        if not cells:
            return Saying(at=row_at)
        text, header = self.text(Column.STATUS, cells), self._headers[cells[0].column].text
        return read_status(text, self._reporter.place(cells[0]), self._reporter.problems, header=header)

    def _one_line(self, column: Column, cell: Cell) -> str:
        """Return the cell's text on one line; "" with an error where it cannot be shown."""
        if not (self._has_value(cell, column) and self._is_writable(cell, column)):
            return ""
        if column is not Column.NOTES and holds_address(cell.line):
            message = say("{column} holds an e-mail address", column=say(SHOWN[column]))
            if column in _PUBLISHED:
                message = say(
                    "{column} holds an e-mail address, and everybody sees it on the pages", column=say(SHOWN[column])
                )
            hint = say("move the address to the column of the e-mail: it may be the password of an archive")
            self._reporter.error(_TOPICS.get(column, Topic.TEXT), message, hint, cell)
            return ""
        return cell.line

    def _is_writable(self, cell: Cell, column: Column) -> bool:
        """Return whether a page can show the text; characters that are removed are a warning, and others errors."""
        if cell.line == cell.text and len(cell.text) <= TEXT_LONGEST and cell.text.isprintable():
            return True
        topic = _TOPICS.get(column, Topic.TEXT)
        if controls := controls_in(cell.text):
            message = say("the cell holds a control character ({names})", names=describe(controls))
            self._reporter.error(topic, message, say("empty the cell and type the text again"), cell)
            return False
        if len(cell.text) > TEXT_LONGEST:
            count, most = say_number(len(cell.text)), say_number(TEXT_LONGEST)
            message = say("the cell has {count} characters, and at most {most} can be shown", count=count, most=most)
            self._reporter.error(topic, message, say("shorten the text"), cell)
            return False
        if hidden := [c for c in unseen_in(cell.text) if is_zero_width(c)]:
            message = say("removed, since it cannot be seen: {names}", names=describe(hidden))
            self._reporter.warning(topic, message, say("empty the cell and type the text again"), cell)
        return True

    def _has_value(self, cell: Cell, column: Column) -> bool:
        """Return whether the cell holds a value; an error value, a formula without its result and "####" are errors."""
        if _TOO_NARROW.fullmatch(cell.text):
            message = say(
                "{column} cannot be read: the column was too narrow when it was saved", column=say(SHOWN[column])
            )
            hint = say("open the workbook itself in Excel, make the column wider, and save it again")
        elif cell.kind in _HINTS:
            shown, what = say(SHOWN[column]), say(cell.kind)
            message = say("{column} cannot be read: the cell holds {what}", column=shown, what=what)
            hint = say(_HINTS[cell.kind])
        else:
            return True
        self._reporter.error(_TOPICS.get(column, Topic.TEXT), message, hint, cell)
        return False

    def _emails_of(self, cell: Cell) -> tuple[str, ...]:
        if not self._has_value(cell, Column.EMAIL):
            return ()
        if cell.kind is not CellKind.TEXT:
            message = say("an e-mail address is expected here, not {what}", what=say(cell.kind))
            self._reporter.error(Topic.EMAIL, message, say("write the address as text"), cell)
            return ()
        return read_emails(cell, self._reporter)
