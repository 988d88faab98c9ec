"""The rows below a header: agencies, section titles, repeated headers, totals and what is left blank."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Topic
from site_src.read.annex.columns import REQUIRED, Column, squeeze
from site_src.read.annex.emails import address_of, holds_address
from site_src.read.annex.kinds import find_kind, kind_of_name
from site_src.read.annex.layout import COLUMNS_ENOUGH
from site_src.read.annex.sheets.grid import CellKind, column_letters
from site_src.read.annex.strays import Row, StrayFinder
from site_src.read.annex.unseen import without_unseen
from site_src.read.annex.usernames import COUNT_LONGEST, resembles_username
from site_src.read.annex.values import ValueReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_src.problems import Problems
    from site_src.read.agency import Kind
    from site_src.read.annex.columns import Header, Recogniser
    from site_src.read.annex.sheets.grid import Cell, Sheet

_TOTALS = tuple(map(squeeze, ("Σύνολο", "Γενικό σύνολο", "Total", "Grand total", "Άθροισμα")))
# What numbers a section in a column that is not read: Α, Β΄, ΣΤ., IV). Small letters may number agencies.
_SECTION_NUMBER = re.compile(r"\s*\(?(?:[Α-ΩA-Z]|ΣΤ|[IVXΙΧ]{2,4})[΄'’´.)]*\s*")
_COLUMN_NUMBER = re.compile(r"[\s(\[]*([0-9]{1,2})[\s)\].]*")
_NO_WORDS = re.compile(r"[\W\d_]*")


@dataclass
class _Section:
    """The titles above the rows that are being read, and the last that no row has followed yet."""

    kind: Kind | None = None
    parent: str = ""
    unused: Cell | None = None


class RowReader:
    """Reads the rows of one sheet."""

    def __init__(self, sheet: Sheet, header: Header, recogniser: Recogniser, file: str, problems: Problems) -> None:
        self._sheet = sheet
        self._header = header
        self._recogniser = recogniser
        self._file = file
        self._problems = problems
        self._section = _Section()
        self._titles: set[str] = set()
        self._sheet_kind = find_kind(sheet.title)
        self._values = ValueReader(sheet, header, file, problems)
        self._strays = StrayFinder(sheet, header, file)

    def read(self) -> Iterator[Row]:
        """Every row that is, or should be, one of an agency."""
        found = False
        for number, cells in self._sheet.rows.items():
            if number < self._header.row:
                self._read_title(cells)
            elif number > self._header.row and (row := self._read_row(number, cells)):
                found = True
                yield row
        self._tell_unused()
        if not found:
            message = say("the sheet has a header, but no agency below it")
            hint = say("fill it in, or delete the sheet")
            at = Place(file=self._file, sheet=self._sheet.title)
            self._problems.warning(Topic.STRUCTURE, message, hint=hint, at=at)

    def _read_title(self, cells: Mapping[int, Cell]) -> None:
        """Titles above the header: one may name the kind; the rest may come again at a page break."""
        if lone := _lone(cells):
            self._section.kind = find_kind(lone.text) or self._section.kind
            self._titles.add(squeeze(lone.text))

    def _read_row(self, number: int, cells: Mapping[int, Cell]) -> Row | None:
        read = dict(self._read_cells(cells))
        if all(cell.origin[0] < number for cell in cells.values()) or _numbers_columns(cells):
            return None
        if self._is_header(cells, read):
            self._check_header(number, cells)
            return None
        lone = _lone(cells) or _lone(self._without_section_number(cells))
        if lone and self._is_title(lone, cells):
            self._open_section(lone)
            return None
        if not read:
            self._tell_passed_over(cells)
            return None
        if self._is_total(cells):
            return None
        self._section.unused = None
        return self._row(number, cells, read)

    def _read_cells(self, cells: Mapping[int, Cell]) -> Iterator[tuple[int, Cell]]:
        """The cells that count in their columns: what is visible, and a merge in the first column that is read."""
        counts_in: dict[tuple[int, int], Column] = {}
        for place, cell in cells.items():
            column = self._header.read.get(place)
            if column is None or counts_in.setdefault(cell.origin, column) is not column:
                continue
            if column is Column.EMAIL or without_unseen(cell.text).strip():
                yield place, cell

    def _is_header(self, cells: Mapping[int, Cell], read: Mapping[int, Cell]) -> bool:
        """Whether the row names the user name where that is read, or two columns without which no agency is read."""
        codes = [place for place in self._header.columns[Column.USERNAME] if place in read]
        if any(resembles_username(read[place].text) for place in codes):
            return False
        texts = {place: cell.text for place, cell in cells.items() if cell.kind is CellKind.TEXT}
        named = {place: self._recogniser.recognise(text) for place, text in texts.items()}
        if any(named.get(place) is Column.USERNAME for place in codes):
            return True
        return len(set(REQUIRED) & set(named.values())) >= COLUMNS_ENOUGH

    def _check_header(self, number: int, cells: Mapping[int, Cell]) -> None:
        """A header that comes again must mean the same columns: what stands below it is read by the first."""
        again = self._recogniser.read_header(number, cells.values())
        for place, column in again.read.items():
            if column in self._header.columns and place not in self._header.columns[column]:
                hint = say(
                    "move the second table to a sheet of its own, or put its columns where the first table has them"
                )
                message = say("a second header has another order of columns than row {row}", row=self._header.row)
                at = self._values.place(cells[place])
                self._problems.error(Topic.STRUCTURE, message, hint=hint, at=at, value=cells[place].text)
                return

    def _without_section_number(self, cells: Mapping[int, Cell]) -> Mapping[int, Cell]:
        first = next(iter(cells.values()))
        is_number = first.column not in self._header.read and _SECTION_NUMBER.fullmatch(first.text)
        return {place: cell for place, cell in cells.items() if not is_number or cell is not first}

    def _is_title(self, lone: Cell, cells: Mapping[int, Cell]) -> bool:
        """Whether what fills a row alone is the title of a section, rather than all that is left of an agency.

        It may be merged over several columns, as titles are: a user name counts wherever the merge covers its column.
        """
        covered = (self._header.read.get(place) for place, cell in cells.items() if cell.origin == lone.origin)
        is_code = Column.USERNAME in covered and resembles_username(lone.text)
        return lone.kind is CellKind.TEXT and not is_code and not _may_hold_address(lone)

    def _open_section(self, lone: Cell) -> None:
        text = " ".join(without_unseen(lone.text).split())
        if _NO_WORDS.fullmatch(text) or squeeze(text) in self._titles or squeeze(text).startswith(_TOTALS):
            return
        self._tell_unused()
        kind = find_kind(text)
        self._section = _Section(kind) if kind else _Section(self._section.kind, text, lone)

    def _tell_unused(self) -> None:
        """A title in the column of names that no agency follows may be an agency without user name and e-mail."""
        title = self._section.unused
        if title and self._header.read.get(title.column) is Column.NAME and title.merged_from is None:
            message = say("read as the title of a section, but no agency follows it")
            hint = say("if it is an agency, write its user name; if not, delete the row")
            self._problems.warning(Topic.STRUCTURE, message, hint=hint, at=self._values.place(title), value=title.text)

    def _tell_passed_over(self, cells: Mapping[int, Cell]) -> None:
        """A row that fills none of the columns that are read: an address in it may be that of an agency beside it."""
        if found := next((cell for cell in cells.values() if address_of(cell.text, cell.link)), None):
            message = say("the row has no user name and is not read, but this cell holds an e-mail address")
            hint = say("if it is an agency's, write it into the agency's own row; if not, delete the row")
            at = self._values.place(found)
            self._problems.warning(Topic.STRUCTURE, message, hint=hint, at=at, value=found.text)

    def _is_total(self, cells: Mapping[int, Cell]) -> bool:
        """Whether the row only counts: it has a word like «Σύνολο», and no user name or address."""
        for cell in cells.values():
            is_code = self._header.read.get(cell.column) is Column.USERNAME
            if _may_hold_address(cell) or (is_code and len(squeeze(cell.text)) > COUNT_LONGEST):
                return False
        return any(squeeze(cell.text).startswith(_TOTALS) for cell in cells.values())

    def _row(self, number: int, cells: Mapping[int, Cell], read: Mapping[int, Cell]) -> Row | None:
        values = self._values
        fields = {column: self._cells(column, read) for column in Column}
        codes, names, emails = (fields[column] for column in (Column.USERNAME, Column.NAME, Column.EMAIL))
        notes = fields[Column.NOTES]
        if not any(without_unseen(cell.text).strip() for cell in read.values()):
            return None
        column = self._header.columns[Column.USERNAME][0]
        at = values.place(codes[0]) if codes else values.at(f"{column_letters(column)}{number}")
        name = values.name(names, number)
        email_filled = any(without_unseen(cell.text).strip() for cell in emails)
        return Row(
            username=values.username(codes, at, filled=next(iter(read.values()))),
            name=name,
            kind=self._kind(values.text(Column.KIND, fields[Column.KIND]), name),
            parent=values.text(Column.PARENT, fields[Column.PARENT]) or self._section.parent,
            emails=values.emails(emails),
            email_filled=email_filled,
            saying=values.saying(fields[Column.STATUS], at),
            notes=values.text(Column.NOTES, notes),
            at=at,
            name_cell=names[0].name if names else "",
            notes_cell=notes[0].name if notes else "",
            continues=bool(codes) and codes[0].origin[0] < number,
            strays=tuple(self._strays.find(cells, read, email_filled=email_filled)),
        )

    def _cells(self, column: Column, read: Mapping[int, Cell]) -> list[Cell]:
        """The cells of a column that hold something, a merged one once."""
        places = self._header.columns.get(column, ())
        return list({read[place].origin: read[place] for place in places if place in read}.values())

    def _kind(self, told: str, name: str) -> str:
        """What the row says; else the section, the sheet's title or the name. A Kind where one is named."""
        if told:
            return find_kind(told) or told
        return self._section.kind or self._sheet_kind or kind_of_name(name) or ""


def _may_hold_address(cell: Cell) -> bool:
    return "@" in cell.text or holds_address(cell.text)


def _lone(cells: Mapping[int, Cell]) -> Cell | None:
    """The only cell of a row that holds something visible; a merge across is one cell."""
    filled = {cell.origin: cell for cell in cells.values() if without_unseen(cell.text).strip()}
    return next(iter(filled.values())) if len(filled) == 1 else None


def _numbers_columns(cells: Mapping[int, Cell]) -> bool:
    """Whether a row does no more than to count the columns: «1 2 3», «(1) (2) (3)»."""
    numbers: dict[tuple[int, int], int] = {}
    for cell in cells.values():
        if match := _COLUMN_NUMBER.fullmatch(cell.text):
            numbers[cell.origin] = int(match[1])
        elif without_unseen(cell.text).strip():
            return False
    counted = list(numbers.values())
    return len(counted) >= len(REQUIRED) and counted == list(range(counted[0], counted[0] + len(counted)))
