"""The rows below a header: agencies, section titles, repeated headers, totals and what is left blank."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.annex.columns import REQUIRED, SHOWN, Column, squeeze
from site_src.annex.emails import holds_address, read_emails
from site_src.annex.kinds import find_kind, kind_of_name
from site_src.annex.layout import COLUMNS_ENOUGH
from site_src.annex.sheets.grid import CellKind, column_letters
from site_src.annex.statuses import Saying, read_status
from site_src.annex.strays import Stray, StrayFinder
from site_src.annex.unseen import controls_in, describe, is_zero_width, unseen_in, without_unseen
from site_src.annex.usernames import COUNT_LONGEST, read_username, resembles_username
from site_src.language.say import say, say_number
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_src.agency import Kind
    from site_src.annex.columns import Header, Recogniser
    from site_src.annex.sheets.grid import Cell, Sheet
    from site_src.problems import Problems

TEXT_LONGEST = 1_000  # characters of a name, kind, parent or note; they stand on pages and in letters

_PUBLISHED = {Column.NAME, Column.KIND, Column.PARENT}  # on the pages and in the public annex
_TOTALS = tuple(map(squeeze, ("Σύνολο", "Γενικό σύνολο", "Total", "Grand total", "Άθροισμα")))
_TOO_NARROW = re.compile(r"\s*#{2,}\s*")  # what Excel writes into a .csv for a column that is too narrow to show
# What numbers a section in a column that is not read: Α, Β΄, ΣΤ., IV). Small letters may number agencies.
_SECTION_NUMBER = re.compile(r"\s*\(?(?:[Α-ΩA-Z]|ΣΤ|[IVXΙΧ]{2,4})[΄'’´.)]*\s*")
_COLUMN_NUMBER = re.compile(r"[\s(\[]*([0-9]{1,2})[\s)\].]*")
_NO_WORDS = re.compile(r"[\W\d_]*")
_TOPICS = {
    Column.USERNAME: Topic.USERNAME,
    Column.NAME: Topic.NAME,
    Column.EMAIL: Topic.EMAIL,
    Column.STATUS: Topic.STATUS,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of an agency as far as it could be read; ``username`` or ``name`` is "" where it has an error."""

    username: str
    name: str
    kind: str
    parent: str
    emails: Mapping[str, Place] = field(repr=False)  # each address, in order, and its cell
    email_filled: bool  # also where the address has an error
    saying: Saying
    notes: str
    at: Place
    name_cell: str
    notes_cell: str
    continues: bool  # the user name is a merged cell that began in a row above
    strays: tuple[Stray, ...]


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
        if all(cell.origin[0] < number for cell in cells.values()):
            return None
        if _numbers_columns(cells):
            return None
        if self._is_header(cells, read):
            self._check_header(number, cells)
            return None
        lone = _lone(cells) or _lone(self._without_section_number(cells))
        if lone and self._is_title(lone, cells):
            self._open_section(lone)
            return None
        if not read or self._is_total(cells):
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
                    "give the second table a sheet of its own, or put its columns where the first table has them"
                )
                message = say("a second header has another order of columns than row {row}", row=self._header.row)
                at = self._place(cells[place])
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
        return lone.kind is CellKind.TEXT and not is_code and "@" not in lone.text

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
            self._problems.warning(Topic.STRUCTURE, message, hint=hint, at=self._place(title), value=title.text)

    def _is_total(self, cells: Mapping[int, Cell]) -> bool:
        """Whether the row only counts: a word like «Σύνολο», or nothing but numbers, and no user name or address."""
        for cell in cells.values():
            is_code = self._header.read.get(cell.column) is Column.USERNAME
            if "@" in cell.text or (is_code and len(squeeze(cell.text)) > COUNT_LONGEST):
                return False
        return any(squeeze(cell.text).startswith(_TOTALS) for cell in cells.values())

    def _row(self, number: int, cells: Mapping[int, Cell], read: Mapping[int, Cell]) -> Row | None:
        fields = {column: self._cells(column, read) for column in Column}
        codes, names, emails = (fields[column] for column in (Column.USERNAME, Column.NAME, Column.EMAIL))
        notes = fields[Column.NOTES]
        if not any(without_unseen(cell.text).strip() for cell in read.values()):
            return None
        column = self._header.columns[Column.USERNAME][0]
        at = self._at(f"{column_letters(column)}{number}")
        name = self._name(names, at)
        if codes:
            at = self._place(codes[0])
            username = self._username(codes[0])
            self._tell_more_usernames(codes[1:])
        else:
            username = ""
            self._tell_no_username(at, next(iter(read.values())))
        return Row(
            username=username,
            name=name,
            kind=self._kind(self._text(Column.KIND, fields[Column.KIND]), name),
            parent=self._text(Column.PARENT, fields[Column.PARENT]) or self._section.parent,
            emails=self._emails(emails),
            email_filled=any(without_unseen(cell.text).strip() for cell in emails),
            saying=self._saying(fields[Column.STATUS], at),
            notes=self._text(Column.NOTES, notes),
            at=at,
            name_cell=names[0].name if names else "",
            notes_cell=notes[0].name if notes else "",
            continues=bool(codes) and codes[0].origin[0] < number,
            strays=tuple(self._strays.find(cells, read)),
        )

    def _cells(self, column: Column, read: Mapping[int, Cell]) -> list[Cell]:
        """The cells of a column that hold something, a merged one once."""
        places = self._header.columns.get(column, ())
        return list({read[place].origin: read[place] for place in places if place in read}.values())

    def _username(self, cell: Cell) -> str:
        return read_username(cell, self._place(cell), self._problems) if self._is_valued(cell, Column.USERNAME) else ""

    def _tell_more_usernames(self, cells: list[Cell]) -> None:
        """A header that is merged over two columns names both, and what stands in the second would be lost."""
        for cell in cells:
            hint = say("let the header stand above the user names alone, or empty this cell")
            message = say("the row has a second cell below the header of the user name")
            self._problems.error(Topic.USERNAME, message, hint=hint, at=self._place(cell), value=cell.text)

    def _tell_no_username(self, at: Place, filled: Cell) -> None:
        hint = say("write the 12 digits; or, if the row is no agency, delete it")
        message = say("there is no user name in a row that is filled")
        self._problems.error(Topic.USERNAME, message, hint=hint, at=at, value=filled.text)

    def _name(self, cells: list[Cell], row_at: Place) -> str:
        """The name on one line, as it is otherwise."""
        places = self._header.columns.get(Column.NAME)
        if not cells and places:
            at = self._at(f"{column_letters(places[0])}{row_at.cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}")
            hint = say("write the agency's name; letters and pages bear it")
            self._problems.error(Topic.NAME, say("there is no name in a row that is filled"), hint=hint, at=at)
        if cells and cells[0].kind in {CellKind.NUMBER, CellKind.BOOLEAN, CellKind.DATE}:
            message = say("a name is expected here, not {what}", what=say(cells[0].kind))
            at, hint = self._place(cells[0]), say("write the agency's name")
            self._problems.error(Topic.NAME, message, hint=hint, at=at, value=cells[0].text)
            return ""
        return self._text(Column.NAME, cells)

    def _text(self, column: Column, cells: list[Cell]) -> str:
        return " ".join(filter(None, (self._one_line(column, cell) for cell in cells)))

    def _one_line(self, column: Column, cell: Cell) -> str:
        """The cell's text with every run of white space as one space; "" with an error where it cannot be shown."""
        if not self._is_valued(cell, column):
            return ""
        topic, at = _TOPICS.get(column, Topic.TEXT), self._place(cell)
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
            message = say("taken off, since it cannot be seen: {names}", names=describe(hidden))
            hint = say("empty the cell and type the text again")
            self._problems.warning(topic, message, hint=hint, at=at, value=cell.text)
        line = " ".join(without_unseen(cell.text).split())
        if column in _PUBLISHED and holds_address(line):
            message = say(
                "{column} holds an e-mail address, and everybody sees it on the pages", column=say(SHOWN[column])
            )
            hint = say("move the address to the column of the e-mail: it may be the password of an archive")
            self._problems.error(topic, message, hint=hint, at=at, value=cell.text)
            return ""
        return line

    def _is_valued(self, cell: Cell, column: Column) -> bool:
        """Whether the cell holds a value; an error value, a formula without its result and "####" are errors."""
        if _TOO_NARROW.fullmatch(cell.text):
            message = say(
                "{column} cannot be read: the column was too narrow when it was saved", column=say(SHOWN[column])
            )
            hint = say("open the workbook itself in Excel, make the column wider, and save it anew")
            self._problems.error(
                _TOPICS.get(column, Topic.TEXT), message, hint=hint, at=self._place(cell), value=cell.text
            )
            return False
        if cell.kind not in {CellKind.ERROR, CellKind.UNCALCULATED}:
            return True
        hint = say("mend the formula, or type the value over it")
        if cell.kind is CellKind.UNCALCULATED:
            hint = say(
                "open the file in Excel and save it, so that it holds the result; or type the value over the formula"
            )
        topic = _TOPICS.get(column, Topic.TEXT)
        names = {"column": say(SHOWN[column]), "what": say(cell.kind)}
        message = say("{column} cannot be read: the cell holds {what}", **names)
        self._problems.error(topic, message, hint=hint, at=self._place(cell), value=cell.text)
        return False

    def _emails(self, cells: list[Cell]) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for cell in cells:
            for email in self._emails_of(cell):
                found.setdefault(email, self._place(cell))
        return found

    def _emails_of(self, cell: Cell) -> tuple[str, ...]:
        if not self._is_valued(cell, Column.EMAIL):
            return ()
        at = self._place(cell)
        if cell.kind is not CellKind.TEXT:
            message = say("an e-mail address is expected here, not {what}", what=say(cell.kind))
            hint = say("write the address as text")
            self._problems.error(Topic.EMAIL, message, hint=hint, at=at, value=cell.text)
            return ()
        return read_emails(cell.text, cell.link, at, self._problems)

    def _saying(self, cells: list[Cell], row_at: Place) -> Saying:
        at = self._place(cells[0]) if cells else row_at
        header = self._sheet.rows[self._header.row][cells[0].column].text if cells else ""
        return read_status(self._text(Column.STATUS, cells), at, self._problems, header=header)

    def _kind(self, told: str, name: str) -> str:
        """What the row says; else the section, the sheet's title or the name. A Kind where one is named."""
        if told:
            return find_kind(told) or told
        return self._section.kind or self._sheet_kind or kind_of_name(name) or ""

    def _place(self, cell: Cell) -> Place:
        return self._at(cell.name)

    def _at(self, cell: str) -> Place:
        return Place(file=self._file, sheet=self._sheet.title, cell=cell)


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
