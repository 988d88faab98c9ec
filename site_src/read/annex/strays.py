"""Addresses outside the columns of the e-mail: each is lost, and perhaps its agency's code with it.

So is a word for an agency that keeps its code, in a column that is not read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from site_src.language.greek import one_line
from site_src.language.say import say, say_many
from site_src.problems import Place, Severity, Topic
from site_src.read.agency import Status
from site_src.read.annex.columns import NAMES, Column, names_email
from site_src.read.annex.emails import address_of
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.annex.words import STATUS_WORDS, is_keeping_word, mentions_keeping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from site_src.problems import Problems
    from site_src.read.agency import Agency
    from site_src.read.annex.columns import Header
    from site_src.read.annex.sheets.grid import Cell, Reporter, Sheet
    from site_src.read.annex.words import Saying


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

    def __init__(self, sheet: Sheet, header: Header, reporter: Reporter) -> None:
        self._reporter = reporter
        self._headers = {place: one_line(cell.text) for place, cell in sheet.rows[header.row].items()}
        self._emails = header.columns.get(Column.EMAIL, ())
        self._read = header.read.keys()
        # A header that names addresses and is not read is known to be of somebody else's.
        self._others = {place for place, text in self._headers.items() if names_email(text)} - self._read

    def find(
        self, cells: Mapping[int, Cell], fields: Mapping[Column, Sequence[Cell]], *, email_filled: bool
    ) -> tuple[Stray, ...]:
        """Return the strays of a row, of which ``fields`` are read; none where no column is known as the e-mail's.

        A merged cell counts once, in the column where it is read if it is. Where the e-mail is filled, a cell that is
        read is not a stray.
        """
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
        # A separator within a field has pushed the cell behind the last column; a .csv alone has no title.
        is_beyond = not is_read and not self._reporter.sheet and cell.column > max(self._headers)
        address = address_of(cell)
        says_keeps = not is_read and mentions_keeping(cell.text) and is_keeping_word(cell.text)
        if address or says_keeps or (is_beyond and cell.line):
            row, column = cell.origin
            letters = column_letters(column)
            yield Stray(
                column=letters,
                header=self._headers.get(column, ""),
                proposed=self._proposed(),
                is_read=is_read,
                is_beyond=is_beyond,
                is_address=bool(address),
                says_keeps=says_keeps,
                is_others=column in self._others,
                text=address or cell.text,
                at=self._reporter.at(f"{letters}{row}"),
            )

    def _proposed(self) -> str:
        """Return the header of the first e-mail column with the next number behind it."""
        base = self._headers[self._emails[0]].rstrip(" 0123456789")
        return f"{base} {len(self._emails) + 1}"


def report_strays(rows: Iterable[Row], losing: AbstractSet[str], problems: Problems) -> None:
    """Report an error for each address that an agency ``losing`` its code lacks, else a warning for each column.

    A cell that has an error already, as a name with an address has, gets no second one.
    """
    found: dict[tuple[str, str], dict[Place, Stray]] = defaultdict(dict)
    reported = {problem.at for problem in problems.all() if problem.severity is Severity.ERROR}
    for row in rows:
        loses = row.agency.username in losing
        has_own = any(stray.is_address and not stray.is_others for stray in row.strays)
        for stray in row.strays:
            if loses and stray.is_address and not stray.is_others:
                if stray.at not in reported:
                    _report_needed(stray, problems)
                reported.add(stray.at)
            elif _is_noted(stray, row.saying.status) and (not stray.is_others or (loses and not has_own)):
                found[stray.at.sheet, "" if stray.is_beyond else stray.column].setdefault(stray.at, stray)
    for strays in found.values():
        if left := [stray for at, stray in strays.items() if at not in reported]:
            first, hint = left[0], _hint(left[0])
            if first.is_read:
                hint = say("if it is the contact's, move it to the column of the e-mail and empty the status")
            problems.warning(Topic.STRUCTURE, _message(left), hint=hint, at=first.at, value=first.text)


def _is_noted(stray: Stray, status: Status | None) -> bool:
    """Return whether a stray that no agency needs is worth a warning.

    Notes may hold addresses, but hardly those of an agency that must call for want of one; keepers have a report of
    their own.
    """
    if stray.is_read:
        return status is Status.CONTACT_US
    return stray.is_beyond or not stray.says_keeps


def _report_needed(stray: Stray, problems: Problems) -> None:
    message = say("an e-mail address, but the agency's cell for the e-mail is empty: it would lose its code")
    word = STATUS_WORDS[Status.CONTACT_US][0]
    hint = say("{hint}; where an agency has no contact, make its status «{word}»", hint=_hint(stray), word=word)
    problems.error(Topic.STRUCTURE, message, hint=hint, at=stray.at, value=stray.text)


def report_stray_keepers(rows: Iterable[Row], keeping: AbstractSet[str], problems: Problems) -> None:
    """Warn of each column that is not read and says that agencies keep their codes which are not ``keeping``."""
    found: dict[tuple[str, str], dict[Place, Stray]] = defaultdict(dict)
    for row in rows:
        for stray in row.strays:
            if stray.says_keeps and not stray.is_beyond and row.agency.username not in keeping:
                found[stray.at.sheet, stray.column].setdefault(stray.at, stray)
    for strays in found.values():
        first = next(iter(strays.values()))
        message = say_many(
            "column {column} is not read, but {number} cell of it says that an agency keeps its code",
            "column {column} is not read, but {number} cells of it say that agencies keep their codes",
            len(strays),
            column=f'{first.column} ("{first.header}")' if first.header else first.column,
        )
        name = NAMES[Column.STATUS][0]
        hint = say('write "{name}" as the header of the column, or list them in keeps_code', name=name)
        problems.warning(Topic.STATUS, message, hint=hint, at=first.at, value=first.text)


def _message(strays: Sequence[Stray]) -> str:
    first, count = strays[0], len(strays)
    named = {"column": first.column, "header": first.header}
    if first.is_others:
        return say_many(
            '{number} agency has only the address of another body, in column {column} ("{header}"), and must call',
            '{number} agencies have only the address of another body, in column {column} ("{header}"), and must call',
            count,
            **named,
        )
    if first.is_read:
        return say_many(
            'by its status {number} agency must call, but column {column} ("{header}") holds an e-mail address for it',
            "by their status {number} agencies must call, but column {column} "
            '("{header}") holds e-mail addresses for them',
            count,
            **named,
        )
    if first.is_beyond:
        return say_many(
            "not read: {number} field beyond the last one that the header names",
            "not read: {number} fields beyond the last one that the header names",
            count,
        )
    if not first.header:
        return say_many(
            "column {column} has no header and is not read, but {number} cell of it holds an e-mail address",
            "column {column} has no header and is not read, but {number} cells of it hold e-mail addresses",
            count,
            **named,
        )
    return say_many(
        'column {column} ("{header}") is not read, but {number} cell of it holds an e-mail address',
        'column {column} ("{header}") is not read, but {number} cells of it hold e-mail addresses',
        count,
        **named,
    )


def _hint(stray: Stray) -> str:
    if stray.is_read:
        return say(
            "if it is the contact's, move it to the column of the e-mail; where two headers are exchanged or a "
            "separator within a field has shifted the row, correct that"
        )
    if stray.is_others:
        return say("if it is the agency's own contact, write it into the column of its addresses")
    if stray.is_beyond:
        return say('put a field that holds the separator itself into quotation marks: "a@b.example;c@d.example"')
    return say(
        'if they are the contacts\', write "{header}" as the header of the column; if not, take them out of it',
        header=stray.proposed,
    )


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A cell of an agency's row, outside the columns of its e-mail, that should perhaps be read there or at all."""

    column: str
    header: str
    proposed: str  # a header by which the column would be read
    is_read: bool
    is_beyond: bool  # where the header of a .csv has no field
    is_others: bool  # in a column of addresses that are known not to be the agency's own
    is_address: bool
    says_keeps: bool
    text: str = field(repr=False)
    at: Place
