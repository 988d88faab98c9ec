"""Read the cells of an agency's row, with a problem for each that does not hold what its column is for.

Addresses outside the columns of the e-mail are noted as strays: each is lost, and perhaps its agency's code with it. So
is a word for an agency that keeps its code, in a column that is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from sys import intern

from site_src.language.catalogues import N_
from site_src.language.folding import describe, unseen_in
from site_src.language.say import say, say_many
from site_src.problems import Place, Topic
from site_src.read.agency import Agency, is_username
from site_src.read.annex.emails import address_of, holds_address, read_emails
from site_src.read.annex.sheets.grid import Cell, CellKind, Reporter, Sheet, column_letters
from site_src.read.annex.words import (
    COLUMNS,
    NAMES,
    Header,
    Saying,
    find_kind,
    is_keeping_word,
    kind_of_name,
    mentions_keeping,
    names_email,
    read_status,
)
from site_src.read.settings import Column

Cells = Mapping[int, Cell]  # of one row, by column
Fields = Mapping[Column, Sequence[Cell]]

TEXT_LONGEST = 1_000  # characters of a name, kind, parent or note, which are shown on pages and in letters
EXACT_BELOW = 10**15  # Excel keeps 15 digits of a number
LENGTH = 12  # digits of a user name
COUNT_LONGEST = 6  # digits of a count that is below the user names

_HINTS = {  # for the kinds of cell that have no value
    CellKind.ERROR: N_("correct the formula, or type the value over it"),
    CellKind.NARROW: N_("open the workbook itself in Excel, make the column wider, and save it again"),
    CellKind.UNCALCULATED: N_(
        "open the file in Excel and save it, so that it holds the result; or type the value over the formula"
    ),
    CellKind.COVERED: N_("unmerge the cells, and move or delete what comes to light"),
    CellKind.UNSHOWN: N_("open the file in LibreOffice and save it, so that it holds the text; or type it as text"),
}
# Kinds of cell that are not what a column is for, as where columns have slipped; a look-up of nothing gives 0.
_UNFIT = {
    Column.USERNAME: (CellKind.BOOLEAN, CellKind.DATE),
    **dict.fromkeys((Column.NAME, Column.PARENT, Column.EMAIL), (CellKind.NUMBER, CellKind.BOOLEAN, CellKind.DATE)),
}
_WITH_CELLS = (Column.USERNAME, Column.NAME, Column.EMAIL, Column.NOTES)  # of which more than the text is kept
_BROKEN_DIGITS = range(9, 15)  # of a user name that has lost some or got more; a date has eight
_WORD_OR_SLASH = re.compile(r"[^\W\d_]{2}|/")
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_AS_TEXT = N_("format the column as Text, then type or paste the user names again from where they first came")


class Where(Enum):
    """Tell apart the columns in which a stray may be, each by the message about all of it and the hint."""

    READ = (  # for something else than e-mails
        N_("agencies must call by their status, but column {column} holds addresses for them ({number} in all)"),
        N_(
            "if it is the contact's, move it to the column of the e-mail, and empty a status that says otherwise; "
            "where two headers are exchanged or a separator within a field has shifted the row, correct that"
        ),
    )
    OTHERS = (  # known not to be the agency's own addresses
        N_("agencies have only an address of another body, in column {column} ({number} in all)"),
        N_("they must call: if it is the agency's own contact, write it into the column of its addresses"),
    )
    BEYOND = (  # where the header of a .csv has no field
        N_("fields beyond the last one that the header names are not read ({number} in all)"),
        N_('put a field that holds the separator itself into quotation marks: "a@b.example;c@d.example"'),
    )
    UNREAD = (
        N_("column {column} is not read for addresses, but holds some ({number} in all)"),
        N_('if they are the contacts\', write "{header}" as the header of the column; if not, take them out of it'),
    )
    KEEPERS = (  # no address, but a word of keeping
        N_("column {column} is not read, but says that agencies keep their codes ({number} in all)"),
        N_('write "{header}" as the header of the column, or list them in keeps_code'),
    )


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A cell of an agency's row, outside the columns of its e-mail, that should perhaps be read there or at all."""

    where: Where
    column: str  # as messages name it: D ("Στοιχεία")
    hint: str
    is_own: bool  # an address that may be the agency's own
    text: str = field(repr=False)
    at: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of an agency, whose user name or name is "" where it has an error, and whose status is not decided yet."""

    agency: Agency
    email_filled: bool  # also where the address has an error
    saying: Saying
    continues: bool  # the user name is a merged cell that began in a row above
    strays: tuple[Stray, ...]


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
        # A telephone is read for the report alone: an address beside it is as lost as in a column that is not read.
        self._read = {place for place, column in header.read.items() if column is not Column.PHONE}
        # A header that names addresses and is not read is known to be of somebody else's.
        self._others = {place for place, text in header.texts.items() if names_email(text)} - self._read

    def row(self, number: int, cells: Cells, fields: Fields, *, kind: str, parent: str) -> Row:
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
            name_at=self._reporter.place(names[0]) if names else at,
            notes_at=self._reporter.place(notes[0]) if notes else at,
        )
        return Row(
            agency=agency,
            email_filled=any(cell.line for cell in emails),
            saying=self._saying(fields, at),
            continues=bool(codes) and codes[0].origin[0] < number,
            strays=tuple(self._strays(cells, fields)),
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
        """Return the name on one line; "" with an error where it has a mistake, no letters, or there is none."""
        name = self._text(Column.NAME, fields)
        is_missing = Column.NAME not in fields and Column.NAME in self._header.columns
        if is_missing or (name and not any(map(str.isalpha, name))):
            hint = say("write the agency's name; letters and pages show it")
            message = say("there is no name in a row that is filled")
            at = self._missing(Column.NAME, number)
            self._reporter.problems.error(Topic.NAME, message, hint=hint, at=at, value=name)
            return ""
        return name

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
        """Return whether the cell holds a value; an error value and a formula without its result are errors.

        So is a text that is struck out, which may be the address of an earlier contact.
        """
        about = COLUMNS[column]
        is_struck = cell.origin in self._struck and not about.is_free
        if not (is_struck or cell.kind in _HINTS or cell.kind in _UNFIT.get(column, ())):
            return True
        names = {"column": say(about.shown), "what": say(cell.kind)}
        if is_struck:
            message = say("{column} is struck out in the sheet, and so is perhaps no longer valid", **names)
            hint = say(
                "delete what is no longer valid, and take the line off the rest (Format Cells, Font, Strikethrough)"
            )
        elif cell.kind in _HINTS:
            message = say("{column} cannot be read: the cell holds {what}", **names)
            hint = say(_HINTS[cell.kind])
        else:
            message = say("{column} is expected here, not {what}", **names)
            hint = say("type over the cell what belongs here, as text")
        self._reporter.error(about.topic, message, hint, cell)
        return False

    def _strays(self, cells: Cells, fields: Fields) -> Iterator[Stray]:
        """Yield the strays of a row, of which ``fields`` are read; none where no column is known as the e-mail's.

        A merged cell counts once, in the column where it is read if it is. Where the e-mail is filled, a cell that is
        read is not a stray.
        """
        email_filled = any(cell.line for cell in fields.get(Column.EMAIL, ()))
        if Column.EMAIL not in self._header.columns or (email_filled and cells.keys() <= self._read):
            return
        counted = {cell.origin: cell.column for cell in chain.from_iterable(fields.values())}
        for place, cell in cells.items():
            if counted.setdefault(cell.origin, place) == place and not (place in self._read and email_filled):
                yield from self._stray(cell, is_read=place in self._read)

    def _stray(self, cell: Cell, *, is_read: bool) -> Iterator[Stray]:
        """Yield the cell as a stray, if it is one."""
        row, column = cell.origin
        where, address = self._where(cell, is_read=is_read), address_of(cell)
        if not (address or (where is Where.BEYOND and cell.line)):
            if is_read or not (mentions_keeping(cell.text) and is_keeping_word(cell.text)):
                return
            where = Where.KEEPERS
        letters, header = column_letters(column), self._header.texts.get(column)
        emails = self._header.columns[Column.EMAIL]
        next_email = f"{self._header.texts[emails[0]].rstrip(' 0123456789')} {len(emails) + 1}"
        yield Stray(
            where=where,
            column=f'{letters} ("{header}")' if header else letters,
            hint=say(where.value[1], header=NAMES[Column.STATUS][0] if where is Where.KEEPERS else next_email),
            is_own=bool(address) and where is not Where.OTHERS,
            text=address or cell.text,
            at=self._reporter.at(f"{letters}{row}"),
        )

    def _where(self, cell: Cell, *, is_read: bool) -> Where:
        if cell.origin[1] in self._others:
            return Where.OTHERS
        if is_read:
            return Where.READ
        # A separator within a field has pushed the cell behind the last column; a .csv alone has no title.
        is_beyond = not self._reporter.sheet and cell.column > max(self._header.texts)
        return Where.BEYOND if is_beyond else Where.UNREAD
