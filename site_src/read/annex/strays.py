"""Addresses outside the columns of the e-mail: each is lost, and perhaps its agency's code with it.

So is a word for an agency that keeps its code, in a column that is not read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import Place, Severity, Topic
from site_src.read.agency import Status
from site_src.read.annex.emails import address_of
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.annex.words import NAMES, STATUS_WORDS, is_keeping_word, mentions_keeping, names_email
from site_src.read.settings import Column

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from site_src.problems import Problems
    from site_src.read.agency import Agency
    from site_src.read.annex.sheets.grid import Cell, Reporter
    from site_src.read.annex.words import Header, Saying


class Where(Enum):
    """Tell apart the columns in which a stray may be, each by the message about all of it and the hint."""

    READ = (  # for something else than e-mails
        N_("agencies must call by their status, but column {column} holds addresses for them ({number} in all)"),
        N_(
            "if it is the contact's, move it to the column of the e-mail, and empty a status that says otherwise; "
            "where two headers are exchanged or a separator within a field has shifted the row, correct that"
        ),
    )
    OTHERS = (  # known not to be the agency's own addresses, or no longer
        N_("agencies have only an address of another body or an old one, in column {column} ({number} in all)"),
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
    header: str  # a header by which the column would be read
    is_own: bool  # an address that may be the agency's own
    text: str = field(repr=False)
    at: Place

    @property
    def hint(self) -> str:
        """Return what to do about it."""
        return say(self.where.value[1], header=self.header)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of an agency, whose user name or name is "" where it has an error, and whose status is not decided yet."""

    agency: Agency
    email_filled: bool  # also where the address has an error
    saying: Saying
    continues: bool  # the user name is a merged cell that began in a row above
    strays: tuple[Stray, ...]


class StrayFinder:
    """Finds addresses outside the columns of the e-mail in one sheet's rows, and what else should perhaps be read."""

    def __init__(self, header: Header, reporter: Reporter) -> None:
        self._reporter = reporter
        self._headers = header.texts
        self._emails = header.columns.get(Column.EMAIL, ())
        # A telephone is read for the report alone: an address beside it is as lost as in a column that is not read.
        self._read = {place for place, column in header.read.items() if column is not Column.PHONE}
        # A header that names addresses and is not read is known to be of somebody else's.
        self._others = {place for place, text in self._headers.items() if names_email(text)} - self._read

    def find(self, cells: Mapping[int, Cell], fields: Mapping[Column, Sequence[Cell]]) -> tuple[Stray, ...]:
        """Return the strays of a row, of which ``fields`` are read; none where no column is known as the e-mail's.

        A merged cell counts once, in the column where it is read if it is. Where the e-mail is filled, a cell that is
        read is not a stray.
        """
        email_filled = any(cell.line for cell in fields.get(Column.EMAIL, ()))
        if not self._emails or (email_filled and cells.keys() <= self._read):
            return ()
        counted = {cell.origin: cell.column for cell in chain.from_iterable(fields.values())}
        return tuple(
            stray
            for place, cell in cells.items()
            if counted.setdefault(cell.origin, place) == place and not (place in self._read and email_filled)
            for stray in self._strays_of(cell, is_read=place in self._read)
        )

    def _strays_of(self, cell: Cell, *, is_read: bool) -> Iterator[Stray]:
        """Yield the cell as a stray, if it is one."""
        row, column = cell.origin
        where, address = self._where(cell, is_read=is_read), address_of(cell)
        if not (address or (where is Where.BEYOND and cell.line)):
            if is_read or not (mentions_keeping(cell.text) and is_keeping_word(cell.text)):
                return
            where = Where.KEEPERS
        letters, header = column_letters(column), self._headers.get(column)
        yield Stray(
            where=where,
            column=f'{letters} ("{header}")' if header else letters,
            header=NAMES[Column.STATUS][0] if where is Where.KEEPERS else self._proposed(),
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
        return Where.BEYOND if not self._reporter.sheet and cell.column > max(self._headers) else Where.UNREAD

    def _proposed(self) -> str:
        """Return the header of the first e-mail column with the next number behind it."""
        base = self._headers[self._emails[0]].rstrip(" 0123456789")
        return f"{base} {len(self._emails) + 1}"


def report_strays(rows: Iterable[Row], losing: Container[str], keeping: Container[str], problems: Problems) -> None:
    """Report an error for each address that an agency ``losing`` its code lacks, else a warning for each column.

    So is each column that is not read and says that agencies keep their codes which are not ``keeping``. A cell that
    has an error already, as a name with an address has, gets no second one.
    """
    noted: dict[object, dict[Place, Stray]] = defaultdict(dict)
    reported = {problem.at for problem in problems.all() if problem.severity is Severity.ERROR}
    for row in rows:
        loses = row.agency.username in losing
        # Notes may hold addresses, but hardly those of an agency that must call for want of one.
        is_noted = {
            Where.READ: row.saying.status is Status.CONTACT_US,
            Where.OTHERS: loses and not any(stray.is_own for stray in row.strays),
            Where.KEEPERS: row.agency.username not in keeping,
        }
        for stray in row.strays:
            if loses and stray.is_own:
                if stray.at not in reported:
                    _report_needed(stray, problems)
                reported.add(stray.at)
            elif is_noted.get(stray.where, True):
                column = stray.where is Where.BEYOND or stray.column
                noted[stray.at.sheet, stray.where, column].setdefault(stray.at, stray)
    for strays in noted.values():
        if left := [stray for at, stray in strays.items() if at not in reported]:
            first = left[0]
            topic = Topic.STATUS if first.where is Where.KEEPERS else Topic.STRUCTURE
            message = say(first.where.value[0], column=first.column, number=len(left))
            problems.warning(topic, message, hint=first.hint, at=first.at, value=first.text)


def _report_needed(stray: Stray, problems: Problems) -> None:
    message = say("an e-mail address, but the agency's cell for the e-mail is empty: it would lose its code")
    word = STATUS_WORDS[Status.CONTACT_US][0]
    hint = say("{hint}; where an agency has no contact, make its status «{word}»", hint=stray.hint, word=word)
    problems.error(Topic.STRUCTURE, message, hint=hint, at=stray.at, value=stray.text)
