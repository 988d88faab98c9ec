"""The rows below a header: agencies, section titles, repeated headers, totals and blank rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from site_src.language.greek import squeeze
from site_src.language.say import say
from site_src.problems import Topic
from site_src.read.agency import is_username
from site_src.read.annex.columns import COLUMNS_ENOUGH, REQUIRED, Column
from site_src.read.annex.emails import address_of, holds_address
from site_src.read.annex.sheets.grid import CellKind
from site_src.read.annex.strays import StrayFinder
from site_src.read.annex.values import COUNT_LONGEST, ValueReader, resembles_username
from site_src.read.annex.words import WORDS, find_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_src.read.agency import Kind
    from site_src.read.annex.columns import Header, Recogniser
    from site_src.read.annex.sheets.grid import Cell, Reporter, Sheet
    from site_src.read.annex.strays import Row
    from site_src.read.annex.values import Fields

    Cells = Mapping[int, Cell]  # of one row, by column

_TOTALS = tuple(map(squeeze, WORDS["rows"]["totals"]))
# The number of a section in a column that is not read: Α, Β΄, ΣΤ., IV). Small letters may number agencies.
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

    def __init__(self, sheet: Sheet, header: Header, recogniser: Recogniser, reporter: Reporter) -> None:
        self._sheet = sheet
        self._header = header
        self._recogniser = recogniser
        self._reporter = reporter
        self._section = _Section()
        self._titles: set[str] = set()
        self._sheet_kind = find_kind(sheet.title)
        self._values = ValueReader(sheet, header, reporter)
        self._strays = StrayFinder(sheet, header, reporter)

    def read(self) -> Iterator[Row]:
        """Yield every row that is, or should be, one of an agency."""
        found = False
        for number, cells in self._sheet.rows.items():
            if number < self._header.row:
                self._read_title(cells)
            elif number > self._header.row and (row := self._read_row(number, cells)):
                found = True
                yield row
        self._report_unused()
        if not found:
            message = say("the sheet has a header, but no agency below it")
            self._reporter.warning(Topic.STRUCTURE, message, say("fill it in, or delete the sheet"))

    def _read_title(self, cells: Cells) -> None:
        """Note a title above the header: it may name the kind, and it may come again at a page break."""
        if lone := _lone(cells):
            self._section.kind = find_kind(lone.text) or self._section.kind
            self._titles.add(squeeze(lone.text))

    def _read_row(self, number: int, cells: Cells) -> Row | None:
        if all(cell.origin[0] < number for cell in cells.values()):
            return None
        fields = self._fields(cells)
        is_agency = any(is_username(cell.line) for cell in fields.get(Column.USERNAME, ()))
        if not is_agency and self._is_passed_over(number, cells, fields):
            return None
        self._section.unused = None
        is_blank = not any(cell.line for cell in chain.from_iterable(fields.values()))
        if is_blank:
            return None
        email_filled = any(cell.line for cell in fields.get(Column.EMAIL, ()))
        strays = self._strays.find(cells, fields, email_filled=email_filled)
        kind, parent = self._section.kind or self._sheet_kind or "", self._section.parent
        return self._values.row(number, fields, strays, kind=kind, parent=parent)

    def _fields(self, cells: Cells) -> Fields:
        """Return the cells that count in each column: visible ones, and a merge in the first column that is read."""
        fields: dict[Column, list[Cell]] = {}
        merged = set()
        for place, cell in cells.items():
            column = self._header.read.get(place)
            if column is None or cell.origin in merged:
                continue
            if cell.line or column is Column.EMAIL:
                fields.setdefault(column, []).append(cell)
            merged.add(cell.origin)
        return fields

    def _is_passed_over(self, number: int, cells: Cells, fields: Fields) -> bool:
        """Return whether a row without a whole user name is none of an agency; it may begin a section."""
        if _numbers_columns(cells):
            return True
        if self._is_header(cells, fields):
            self._check_header(number, cells)
            return True
        lone = _lone(cells) or _lone(self._without_section_number(cells))
        if lone and self._is_title(lone, cells):
            self._open_section(lone)
            return True
        if not fields:
            self._report_unread(cells)
            return True
        return self._is_total(cells)

    def _is_header(self, cells: Cells, fields: Fields) -> bool:
        """Return whether the row names the user name where that is read, or two required columns anywhere."""
        codes = fields.get(Column.USERNAME, ())
        if any(resembles_username(cell.text) for cell in codes):
            return False
        texts = {place: cell.text for place, cell in cells.items() if cell.kind is CellKind.TEXT}
        named = {place: self._recogniser.recognise(text) for place, text in texts.items()}
        if any(named.get(cell.column) is Column.USERNAME for cell in codes):
            return True
        return len(set(REQUIRED) & set(named.values())) >= COLUMNS_ENOUGH

    def _check_header(self, number: int, cells: Cells) -> None:
        """Report a second header that means other columns: the rows below it are read by the first."""
        again = self._recogniser.read_header(number, cells.values())
        for place, column in again.read.items():
            if column in self._header.columns and place not in self._header.columns[column]:
                hint = say(
                    "move the second table to a sheet of its own, or put its columns where the first table has them"
                )
                message = say("a second header has another order of columns than row {row}", row=self._header.row)
                self._reporter.error(Topic.STRUCTURE, message, hint, cells[place])
                return

    def _without_section_number(self, cells: Cells) -> Cells:
        first = next(iter(cells.values()))
        is_number = first.column not in self._header.read and _SECTION_NUMBER.fullmatch(first.text)
        return {place: cell for place, cell in cells.items() if not is_number or cell is not first}

    def _is_title(self, lone: Cell, cells: Cells) -> bool:
        """Return whether the only filled cell of a row is the title of a section, not all that is left of an agency.

        It may be merged over several columns, as titles are: a user name counts wherever the merge covers its column.
        """
        covered = (self._header.read.get(place) for place, cell in cells.items() if cell.origin == lone.origin)
        is_code = Column.USERNAME in covered and resembles_username(lone.text)
        return lone.kind is CellKind.TEXT and not is_code and not _may_hold_address(lone)

    def _open_section(self, lone: Cell) -> None:
        key = squeeze(lone.line)
        if _NO_WORDS.fullmatch(lone.line) or key in self._titles or key.startswith(_TOTALS):
            return
        self._report_unused()
        kind = find_kind(lone.line)
        self._section = _Section(kind) if kind else _Section(self._section.kind, lone.line, lone)

    def _report_unused(self) -> None:
        """Warn of a title among the names that no agency follows: it may be one, without user name and e-mail."""
        title = self._section.unused
        if title and self._header.read.get(title.column) is Column.NAME and title.origin == (title.row, title.column):
            message = say("read as the title of a section, but no agency follows it")
            hint = say("if it is an agency, write its user name; if not, delete the row")
            self._reporter.warning(Topic.STRUCTURE, message, hint, title)

    def _report_unread(self, cells: Cells) -> None:
        """Warn of an address in a row that fills no column that is read: it may be that of an agency beside it."""
        if found := next((cell for cell in cells.values() if address_of(cell)), None):
            message = say("the row has no user name and is not read, but this cell holds an e-mail address")
            hint = say("if it is an agency's, write it into the agency's own row; if not, delete the row")
            self._reporter.warning(Topic.STRUCTURE, message, hint, found)

    def _is_total(self, cells: Cells) -> bool:
        """Return whether the row only counts: it has a word like «Σύνολο», and no user name or address."""
        for cell in cells.values():
            is_code = self._header.read.get(cell.column) is Column.USERNAME
            if _may_hold_address(cell) or (is_code and len(squeeze(cell.text)) > COUNT_LONGEST):
                return False
        return any(squeeze(cell.text).startswith(_TOTALS) for cell in cells.values())


def _may_hold_address(cell: Cell) -> bool:
    return "@" in cell.text or holds_address(cell.text)


def _lone(cells: Cells) -> Cell | None:
    """Return the only cell of a row that holds something visible; a merge across is one cell."""
    filled = {cell.origin: cell for cell in cells.values() if cell.line}
    return next(iter(filled.values())) if len(filled) == 1 else None


def _numbers_columns(cells: Cells) -> bool:
    """Return whether a row only counts the columns: «1 2 3», «(1) (2) (3)»."""
    numbers: dict[tuple[int, int], int] = {}
    for cell in cells.values():
        if match := _COLUMN_NUMBER.fullmatch(cell.text):
            numbers[cell.origin] = int(match[1])
        elif cell.line:
            return False
    counted = list(numbers.values())
    return len(counted) >= len(REQUIRED) and counted == list(range(counted[0], counted[0] + len(counted)))
