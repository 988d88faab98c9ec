"""What stands beside the columns that are read: an address there is lost, and perhaps its agency's code with it.

So is a word that says who keeps the code.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from site_src.agency import Status
from site_src.annex.columns import NAMES, Column, names_email
from site_src.annex.emails import holds_address
from site_src.annex.row import Stray
from site_src.annex.sheets.grid import column_letters
from site_src.annex.statuses import WORDS, status_of, tells_of_keeping
from site_src.annex.unseen import without_unseen
from site_src.greek import one_line
from site_src.language.say import say, say_many
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from site_src.annex.columns import Header
    from site_src.annex.row import Row
    from site_src.annex.sheets.grid import Cell, Sheet
    from site_src.problems import Problems


class StrayFinder:
    """Finds cells in the rows of one sheet that are not read and should perhaps be."""

    def __init__(self, sheet: Sheet, header: Header, file: str) -> None:
        self._sheet = sheet
        self._file = file
        self._headers = {place: one_line(cell.text) for place, cell in sheet.rows[header.row].items()}
        self._emails = header.columns.get(Column.EMAIL, ())
        self._read = header.read.keys()
        # Of a header that names addresses and is not read, it is known that they are somebody else's.
        self._others = {place for place, text in self._headers.items() if names_email(text)} - self._read

    def find(self, cells: Mapping[int, Cell], read: Mapping[int, Cell]) -> Iterator[Stray]:
        """The strays among a row's cells, of which ``read`` are read; none where no column is known as the e-mail's."""
        origins = {cell.origin for cell in read.values()}
        for cell in cells.values() if self._emails else ():
            if cell.column in self._read or cell.merged_from or cell.origin in origins:
                continue
            is_beyond = self._is_beyond(cell)
            is_address = holds_address(cell.text)
            says_keeps = tells_of_keeping(cell.text) and status_of(cell.text) is Status.KEEPS
            if is_address or says_keeps or (is_beyond and without_unseen(cell.text).strip()):
                yield Stray(
                    column=column_letters(cell.column),
                    header=self._headers.get(cell.column, ""),
                    proposed=self._proposed(),
                    is_beyond=is_beyond,
                    is_address=is_address,
                    says_keeps=says_keeps,
                    is_others=cell.column in self._others,
                    text=cell.text,
                    at=Place(file=self._file, sheet=self._sheet.title, cell=cell.name),
                )

    def _is_beyond(self, cell: Cell) -> bool:
        """Whether a separator within a field has pushed the cell behind the last column; a .csv alone has no title."""
        return not self._sheet.title and cell.column > max(self._headers)

    def _proposed(self) -> str:
        """The header of the first e-mail column with the next number behind it."""
        base = self._headers[self._emails[0]].rstrip(" 0123456789")
        return f"{base} {len(self._emails) + 1}"


def tell_strays(rows: Iterable[Row], losing: AbstractSet[str], problems: Problems) -> None:
    """A warning for each column with strays; an error where the agency of one is ``losing`` its code for lack of it."""
    found: dict[tuple[str, str], list[Stray]] = defaultdict(list)
    needed: dict[tuple[str, str], Stray] = {}
    for row in rows:
        loses = row.username in losing
        has_own = any(stray.is_address and not stray.is_others for stray in row.strays)
        for stray in row.strays:
            if stray.says_keeps and not stray.is_beyond:
                continue
            key = stray.at.sheet, "" if stray.is_beyond else stray.column
            if not stray.is_others or (loses and not has_own):
                found[key].append(stray)
            if loses and stray.is_address and not stray.is_others:
                needed.setdefault(key, stray)
    for key, strays in found.items():
        stray = needed.get(key, strays[0])
        what, hint = _what(strays), _hint(stray)
        if key in needed:
            what = say("{what}; the agency of this row has no other and would lose its code", what=what)
            word = WORDS[Status.CONTACT_US][0]
            hint = say("{hint}; where an agency has no contact, make its status «{word}»", hint=hint, word=word)
        tell = problems.error if key in needed else problems.warning
        tell(Topic.STRUCTURE, what, hint=hint, at=stray.at, value=stray.text)


def tell_stray_keepers(rows: Iterable[Row], keeping: AbstractSet[str], problems: Problems) -> None:
    """A warning for each column that is not read and says that agencies keep their codes which are not ``keeping``."""
    found: dict[tuple[str, str], list[Stray]] = defaultdict(list)
    for row in rows:
        if row.username not in keeping:
            for stray in row.strays:
                if stray.says_keeps and not stray.is_beyond:
                    found[stray.at.sheet, stray.column].append(stray)
    for strays in found.values():
        first = strays[0]
        message = say_many(
            "column {column} is not read, but {number} cell of it says that an agency keeps its code",
            "column {column} is not read, but {number} cells of it say that agencies keep their codes",
            len(strays),
            column=f'{first.column} ("{first.header}")' if first.header else first.column,
        )
        name = NAMES[Column.STATUS][0]
        hint = say('write "{name}" as the header of the column, or list them in keeps_code', name=name)
        problems.warning(Topic.STATUS, message, hint=hint, at=first.at, value=first.text)


def _what(strays: Sequence[Stray]) -> str:
    first = strays[0]
    if first.is_others:
        return say_many(
            '{number} agency has only the address of another body, in column {column} ("{header}"), and must call',
            '{number} agencies have only the address of another body, in column {column} ("{header}"), and must call',
            len(strays),
            column=first.column,
            header=first.header,
        )
    if first.is_beyond:
        return say_many(
            "not read: {number} field beyond the last one that the header names",
            "not read: {number} fields beyond the last one that the header names",
            len(strays),
        )
    if not first.header:
        return say_many(
            "column {column} has no header and is not read, but {number} cell of it holds an e-mail address",
            "column {column} has no header and is not read, but {number} cells of it hold e-mail addresses",
            len(strays),
            column=first.column,
        )
    return say_many(
        'column {column} ("{header}") is not read, but {number} cell of it holds an e-mail address',
        'column {column} ("{header}") is not read, but {number} cells of it hold e-mail addresses',
        len(strays),
        column=first.column,
        header=first.header,
    )


def _hint(stray: Stray) -> str:
    if stray.is_others:
        return say("if it is the agency's own contact, write it into the column of its addresses")
    if stray.is_beyond:
        return say('put a field that holds the separator itself into quotation marks: "a@b.example;c@d.example"')
    return say(
        'if they are the contacts\', write "{header}" as the header of the column; if not, take them out of it',
        header=stray.proposed,
    )
