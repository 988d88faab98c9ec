"""What the cells of an agency's row hold, with a problem for each that does not hold what its column is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.say import say, say_number
from site_src.problems import Place, Topic
from site_src.read.annex.columns import SHOWN, Column
from site_src.read.annex.emails import holds_address, read_emails
from site_src.read.annex.sheets.grid import CellKind, column_letters
from site_src.read.annex.statuses import read_status
from site_src.read.annex.unseen import controls_in, describe, is_zero_width, unseen_in, without_unseen
from site_src.read.annex.usernames import read_username

if TYPE_CHECKING:
    from site_src.problems import Problems
    from site_src.read.annex.columns import Header
    from site_src.read.annex.sheets.grid import Cell, Sheet
    from site_src.read.annex.statuses import Saying

TEXT_LONGEST = 1_000  # characters of a name, kind, parent or note; they stand on pages and in letters

_PUBLISHED = {Column.NAME, Column.KIND, Column.PARENT}  # on the pages and in the public annex
_TOO_NARROW = re.compile(r"\s*#{2,}\s*")  # what Excel writes into a .csv for a column that is too narrow to show
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


class ValueReader:
    """Reads the cells of one sheet's rows."""

    def __init__(self, sheet: Sheet, header: Header, file: str, problems: Problems) -> None:
        self._sheet = sheet
        self._header = header
        self._file = file
        self._problems = problems

    def text(self, column: Column, cells: list[Cell]) -> str:
        """The text of a column's cells on one line."""
        return " ".join(filter(None, (self._one_line(column, cell) for cell in cells)))

    def username(self, cells: list[Cell], row_at: Place, filled: Cell) -> str:
        """The user name; "" with an error where it has a mistake, or where there is none beside a ``filled`` cell."""
        if not cells:
            hint = say("write the 12 digits; or, if the row is no agency, delete it")
            message = say("there is no user name in a row that is filled")
            self._problems.error(Topic.USERNAME, message, hint=hint, at=row_at, value=filled.text)
            return ""
        first, *more = cells
        is_valued = self._is_valued(first, Column.USERNAME)
        username = read_username(first, self.place(first), self._problems) if is_valued else ""
        self._tell_more_usernames(more)
        return username

    def name(self, cells: list[Cell], row: int) -> str:
        """The name on one line, as it is otherwise."""
        places = self._header.columns.get(Column.NAME)
        if not cells and places:
            at = self.at(f"{column_letters(places[0])}{row}")
            hint = say("write the agency's name; letters and pages show it")
            self._problems.error(Topic.NAME, say("there is no name in a row that is filled"), hint=hint, at=at)
        if cells and cells[0].kind in {CellKind.NUMBER, CellKind.BOOLEAN, CellKind.DATE}:
            message = say("a name is expected here, not {what}", what=say(cells[0].kind))
            at, hint = self.place(cells[0]), say("write the agency's name")
            self._problems.error(Topic.NAME, message, hint=hint, at=at, value=cells[0].text)
            return ""
        return self.text(Column.NAME, cells)

    def emails(self, cells: list[Cell]) -> dict[str, Place]:
        """Each address once, in order, and its cell."""
        found: dict[str, Place] = {}
        for cell in cells:
            for email in self._emails_of(cell):
                found.setdefault(email, self.place(cell))
        return found

    def saying(self, cells: list[Cell], row_at: Place) -> Saying:
        """What the status column says of the agency that stands at ``row_at``."""
        at = self.place(cells[0]) if cells else row_at
        header = self._sheet.rows[self._header.row][cells[0].column].text if cells else ""
        return read_status(self.text(Column.STATUS, cells), at, self._problems, header=header)

    def place(self, cell: Cell) -> Place:
        """Where a cell stands."""
        return self.at(cell.name)

    def at(self, cell: str) -> Place:
        """Where the cell of this name stands, filled or not."""
        return Place(file=self._file, sheet=self._sheet.title, cell=cell)

    def _tell_more_usernames(self, cells: list[Cell]) -> None:
        """A header that is merged over two columns names both, and what stands in the second would be lost."""
        for cell in cells:
            hint = say("let the header stand above the user names alone, or empty this cell")
            message = say("the row has a second cell below the header of the user name")
            self._problems.error(Topic.USERNAME, message, hint=hint, at=self.place(cell), value=cell.text)

    def _one_line(self, column: Column, cell: Cell) -> str:
        """The cell's text with every run of white space as one space; "" with an error where it cannot be shown."""
        if not self._is_valued(cell, column):
            return ""
        topic, at = _TOPICS.get(column, Topic.TEXT), self.place(cell)
        if controls := controls_in(cell.text):
            message = say("the cell holds a control character ({names})", names=describe(controls))
            hint = say("empty the cell and type the text again")
            self._problems.error(topic, message, hint=hint, at=at, value=cell.text)
            return ""
        if len(cell.text) > TEXT_LONGEST:
            count, most = say_number(len(cell.text)), say_number(TEXT_LONGEST)
            message = say("the cell has {count} characters, and at most {most} can be shown", count=count, most=most)
            self._problems.error(topic, message, hint=say("shorten the text"), at=at, value=cell.text)
            return ""
        if hidden := [c for c in unseen_in(cell.text) if is_zero_width(c)]:
            message = say("removed, since it cannot be seen: {names}", names=describe(hidden))
            hint = say("empty the cell and type the text again")
            self._problems.warning(topic, message, hint=hint, at=at, value=cell.text)
        line = " ".join(without_unseen(cell.text).split())
        if column is not Column.NOTES and holds_address(line):
            message = say("{column} holds an e-mail address", column=say(SHOWN[column]))
            if column in _PUBLISHED:
                message = say(
                    "{column} holds an e-mail address, and everybody sees it on the pages", column=say(SHOWN[column])
                )
            hint = say("move the address to the column of the e-mail: it may be the password of an archive")
            self._problems.error(topic, message, hint=hint, at=at, value=cell.text)
            return ""
        return line

    def _is_valued(self, cell: Cell, column: Column) -> bool:
        """Whether the cell holds a value; an error value, a formula without its result and "####" are errors."""
        topic, at, shown = _TOPICS.get(column, Topic.TEXT), self.place(cell), say(SHOWN[column])
        if _TOO_NARROW.fullmatch(cell.text):
            message = say("{column} cannot be read: the column was too narrow when it was saved", column=shown)
            hint = say("open the workbook itself in Excel, make the column wider, and save it again")
            self._problems.error(topic, message, hint=hint, at=at, value=cell.text)
            return False
        if cell.kind not in _HINTS:
            return True
        hint = say(_HINTS[cell.kind])
        message = say("{column} cannot be read: the cell holds {what}", column=shown, what=say(cell.kind))
        self._problems.error(topic, message, hint=hint, at=at, value=cell.text)
        return False

    def _emails_of(self, cell: Cell) -> tuple[str, ...]:
        if not self._is_valued(cell, Column.EMAIL):
            return ()
        at = self.place(cell)
        if cell.kind is not CellKind.TEXT:
            message = say("an e-mail address is expected here, not {what}", what=say(cell.kind))
            hint = say("write the address as text")
            self._problems.error(Topic.EMAIL, message, hint=hint, at=at, value=cell.text)
            return ()
        return read_emails(cell.text, cell.link, at, self._problems)
