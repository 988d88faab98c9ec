"""Find the table of a sheet, report what is wrong with its layout, and read its rows.

Rows are those of agencies, section titles, repeated headers, totals and blank ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from site_src.language.greek import one_line, squeeze
from site_src.language.say import say, say_either, say_many, say_some
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import Kind, is_username
from site_src.read.annex.emails import address_of, holds_address
from site_src.read.annex.sheets.grid import Cell, CellKind, Reporter, Sheet, column_letters
from site_src.read.annex.values import COUNT_LONGEST, Cells, Fields, Row, ValueReader, resembles_username
from site_src.read.annex.words import COLUMNS, NAMES, REQUIRED, WORDS, Header, Recogniser, find_kind, nearest_header
from site_src.read.settings import Column

HEADER_ROWS = 50  # rows among which the header is looked for
COLUMNS_ENOUGH = 2  # that a row must name to be a header by itself
HEADERS_COMPARED = 50  # with the known names, for a hint
_SHOWN = 12  # headers, rows or cells, in one message
_CODE_SMALLEST = 10**9  # a number from which on a cell may be a user name, whole or shortened
# A user name, or what a spreadsheet has left of one: 2.05519E+11.
_CODE = re.compile(r"\s*'?\d{12}\s*|\d[.,]\d+E\+?\d+", re.IGNORECASE)

_CODE_WITHIN = re.compile(r"(?<![\d+])[0-9]{12}(?!\d)")  # no telephone number: +302101234567

_TOTALS = tuple(map(squeeze, WORDS["rows"]["totals"]))
# The number of a section in a column that is not read: Α, Β΄, ΣΤ., IV). Small letters may number agencies.
_SECTION_NUMBER = re.compile(r"\s*\(?(?:[Α-ΩA-Z]|ΣΤ|[IVXΙΧ]{2,4})[΄'’´.)]*\s*")
_NUMBER = re.compile(r"(?<!\d)\d{1,2}$")  # at the end of one of several headers; more digits are a year
_NO_WORDS = re.compile(r"[\W\d_]*")


def read_rows(sheet: Sheet, recogniser: Recogniser, reporter: Reporter) -> Iterator[Row]:
    """Yield every row of a sheet that is, or should be, one of an agency."""
    header = find_layout(sheet, recogniser, reporter)
    if header and Column.USERNAME in header.columns:
        yield from RowReader(sheet, header, recogniser, reporter).read()


def find_header(sheet: Sheet, recogniser: Recogniser) -> Header | None:
    """Return the row among the first ``HEADER_ROWS`` that names most columns; None where no row names any."""
    rows = [(number, row.values()) for number, row in sheet.rows.items() if number <= HEADER_ROWS]
    headers = [recogniser.read_header(number, cells) for number, cells in rows if not _first_code(cells)]
    return max((h for h in headers if h.columns), key=lambda header: len(header.columns), default=None)


def find_layout(sheet: Sheet, recogniser: Recogniser, reporter: Reporter) -> Header | None:
    """Return the sheet's header; None, with a problem, where it has none and is not empty.

    Missing and doubled columns are errors.
    """
    header = find_header(sheet, recogniser)
    is_table = header is not None and len(header.columns) >= COLUMNS_ENOUGH and Column.USERNAME in header.columns
    if not (is_table or _holds_codes(sheet)):
        if sheet.rows:  # Excel and LibreOffice give new workbooks empty ones
            hint = say("if there are agencies in it, give the table a header row and 12-digit user names")
            reporter.warning(Topic.STRUCTURE, say("the sheet has no table of agencies and is not read"), hint)
        return None
    _report_hidden(sheet, reporter)
    if header is None:
        names = ", ".join(f'"{NAMES[column][0]}"' for column in REQUIRED)
        hint = say("write a header row above the table, with {names}", names=names)
        message = say(
            "the sheet has 12-digit codes, but none of its first {rows} rows is a header row with the columns' names",
            rows=HEADER_ROWS,
        )
        reporter.error(Topic.STRUCTURE, message, hint)
        return None
    _report_above(header, sheet, reporter)
    _report_comments(header, sheet, reporter)
    cells = sheet.rows[header.row]
    for column in (each for each in REQUIRED if each not in header.columns):
        _report_missing(column, header, reporter)
    for column, places in header.columns.items():
        if not COLUMNS[column].is_free:
            _report_doubled(column, [cells[place] for place in places], reporter)
    return header


def check_columns(sheets: Sequence[Sheet], configured: Mapping[str, str], problems: Problems) -> None:
    """Report each header that ``[annex]`` of campaign.toml names and no sheet has."""
    rows = [row for sheet in sheets for number, row in sheet.rows.items() if number <= HEADER_ROWS]
    found = {squeeze(cell.text) for row in rows for cell in row.values()} if configured else ()
    for key, header in configured.items():
        if squeeze(header) not in found:
            at = Place(file="campaign.toml", cell=f"annex.{key}")
            hint = say("copy the header's text from the sheet, or delete the line in campaign.toml")
            problems.error(Topic.SETTING, say("no sheet of the annex has this header"), hint=hint, at=at, value=header)


def _first_code(cells: Iterable[Cell]) -> Cell | None:
    return next((cell for cell in cells if _CODE.fullmatch(cell.text)), None)


def _holds_codes(sheet: Sheet) -> bool:
    cells = (cell for row in sheet.rows.values() for cell in row.values())
    return any(_CODE.fullmatch(cell.text) or (cell.number or 0) >= _CODE_SMALLEST for cell in cells)


def _report_above(header: Header, sheet: Sheet, reporter: Reporter) -> None:
    """Report an agency above the header, as where a sheet has two tables: titles are there, which are not read."""
    above = (cell for number, row in sheet.rows.items() if number < header.row for cell in row.values())
    if code := _first_code(above):
        message = say("there is a user name above the header, which is row {row}", row=header.row)
        hint = say("put the header above the first agency; of two tables in one sheet, give each a sheet of its own")
        reporter.error(Topic.STRUCTURE, message, hint, code)


def _report_hidden(sheet: Sheet, reporter: Reporter) -> None:
    rows = say_some(list(_ranges(sheet.hidden_rows)), _SHOWN)
    letters = [column_letters(column) for column in sheet.hidden_columns]
    hidden = [
        say("the sheet itself") if sheet.hidden else "",
        say_many("row {rows}", "rows {rows}", len(sheet.hidden_rows), rows=rows) if rows else "",
        say_many("column {columns}", "columns {columns}", len(letters), columns=", ".join(letters)) if letters else "",
    ]
    if any(hidden):
        message = say("hidden, and read all the same: {parts}", parts=say("; ").join(filter(None, hidden)))
        hint = say(
            "hidden agencies get letters too: unhide everything (right click), "
            "and delete what does not belong to the annex"
        )
        reporter.warning(Topic.STRUCTURE, message, hint)


def _report_comments(header: Header, sheet: Sheet, reporter: Reporter) -> None:
    """Warn of comments in the columns that are read: staff may have written there what belongs into the cell."""
    below = sorted((row, column) for row, column in sheet.comments if row > header.row and column in header.read)
    if below:
        names = [f"{column_letters(column)}{row}" for row, column in below]
        message = say("comments on cells are not read: {cells}", cells=say_some(names, _SHOWN))
        hint = say("look at the comments: write what the annex should have, such as a new address, into the cells")
        reporter.warning(Topic.STRUCTURE, message, hint)


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Yield numbers as people write them: 3, 7–12."""
    for _, run in groupby(enumerate(numbers), lambda each: each[1] - each[0]):  # the same as long as they follow
        found = [number for _, number in run]
        yield str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}"


def _report_missing(column: Column, header: Header, reporter: Reporter) -> None:
    shown = say_some([f'"{text}"' for text in header.texts.values()], _SHOWN)
    hint = say("name it {known} in the sheet", known=say_either(f'"{name}"' for name in NAMES[column][:2]))
    unused = [text for place, text in header.texts.items() if place not in header.read]
    if nearest := nearest_header(column, unused[:HEADERS_COMPARED]):
        line = f'{column} = "{nearest}"'
        hint = say("{hint}, or write in campaign.toml, under [annex]: {line}", hint=hint, line=line)
    message = say(
        "the header row {row} has no column for {column}; its headers are {told}",
        row=header.row,
        column=say(COLUMNS[column].shown),
        told=shown,
    )
    reporter.error(Topic.STRUCTURE, message, hint)


def _report_doubled(column: Column, found: Iterable[Cell], reporter: Reporter) -> None:
    """Report several headers of a column; for e-mails a number may be all that differs."""
    cells = list({cell.origin: cell for cell in found}.values())
    if len({_NUMBER.sub("", squeeze(cell.text)) if column is Column.EMAIL else cell.origin for cell in cells}) == 1:
        return
    shown = say(" and ").join(f'{cell.name} ("{one_line(cell.text)}")' for cell in cells)
    line = f'{column} = "{cells[0].text}"'
    if column is Column.EMAIL:
        message = say("several columns hold e-mail addresses, and any of them may open an archive: {told}", told=shown)
        hint = say(
            'if all are the contacts\', let their headers differ by a number alone ("E-mail 1", "E-mail 2"); '
            "if not, write in campaign.toml which are, under [annex]: {line}",
            line=line,
        )
        reporter.warning(Topic.STRUCTURE, message, hint, cells[0])
        return
    hint = say("write in campaign.toml which is meant, under [annex]: {line}", line=line)
    message = say("several columns may be {column}: {told}", column=say(COLUMNS[column].shown), told=shown)
    reporter.error(Topic.STRUCTURE, message, hint, cells[0])


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
        kind, parent = self._section.kind or self._sheet_kind or "", self._section.parent
        return self._values.row(number, cells, fields, kind=kind, parent=parent)

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
        if all(map(_has_no_words, cells.values())):  # it counts the columns, or is a line of dashes
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
        """Return whether the row names the user name where that is read, or two required columns anywhere.

        A user name or an address, which would be lost, makes it a row of an agency.
        """
        codes = fields.get(Column.USERNAME, ())
        if any(resembles_username(cell.text) for cell in codes) or any(map(_may_hold_address, cells.values())):
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

        It may be merged over several columns, as titles are: a user name counts wherever the merge covers its column,
        and a whole one in any.
        """
        covered = (self._header.read.get(place) for place, cell in cells.items() if cell.origin == lone.origin)
        is_code = Column.USERNAME in covered and resembles_username(lone.text)
        is_code = is_code or bool(_CODE_WITHIN.search(lone.text))
        return lone.kind is CellKind.TEXT and not is_code and not _may_hold_address(lone)

    def _open_section(self, lone: Cell) -> None:
        key = squeeze(lone.line)
        if _NO_WORDS.fullmatch(lone.line) or key in self._titles or _names_total(lone):
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
        """Report a user name, or an address, in a row that fills no column that is read.

        All of an agency may be in one cell, as where a .csv has another separator there.
        """
        if found := next((cell for cell in cells.values() if _CODE_WITHIN.search(cell.text)), None):
            message = say("the row fills no column that is read, but this cell holds a user name")
            hint = say("if it is an agency's, give each value its own cell, below its header; if not, delete the row")
            self._reporter.error(Topic.USERNAME, message, hint, found)
        elif found := next((cell for cell in cells.values() if address_of(cell)), None):
            message = say("the row has no user name and is not read, but this cell holds an e-mail address")
            hint = say("if it is an agency's, write it into the agency's own row; if not, delete the row")
            self._reporter.warning(Topic.STRUCTURE, message, hint, found)

    def _is_total(self, cells: Cells) -> bool:
        """Return whether the row only counts: it has a word like «Σύνολο», and no user name or address.

        Behind a name the word is about that agency: «Σε μεταφορά» among the notes.
        """
        for cell in cells.values():
            is_code = self._header.read.get(cell.column) is Column.USERNAME
            if _may_hold_address(cell) or (is_code and sum(map(str.isdigit, cell.text)) > COUNT_LONGEST):
                return False
        names = (cell for cell in cells.values() if self._header.read.get(cell.column) is Column.NAME)
        name = next((cell for cell in names if not _has_no_words(cell)), None)
        return any(_names_total(cell) for cell in cells.values() if name is None or cell.column <= name.column)


def _names_total(cell: Cell) -> bool:
    key = squeeze(cell.text)
    return key.startswith(_TOTALS) or key.endswith(_TOTALS)


def _may_hold_address(cell: Cell) -> bool:
    return "@" in cell.text or holds_address(cell.text)


def _lone(cells: Cells) -> Cell | None:
    """Return the only cell of a row that holds something visible; a merge across is one cell."""
    filled = {cell.origin: cell for cell in cells.values() if cell.line}
    return next(iter(filled.values())) if len(filled) == 1 else None


def _has_no_words(cell: Cell) -> bool:
    """Return whether a cell has no letter and no more digits than a count: «(1)», «—», «▼»."""
    return bool(_NO_WORDS.fullmatch(cell.line)) and sum(map(str.isdigit, cell.line)) <= COUNT_LONGEST
