"""Recognise the columns, however headers are spelled, and report what is wrong with a sheet's layout."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import fold, one_line, squeeze
from site_src.language.say import say, say_either, say_many
from site_src.problems import Place, Topic
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.annex.words import WORDS, names_keeping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_src.problems import Problems
    from site_src.read.annex.sheets.grid import Cell, Reporter, Sheet

HEADER_ROWS = 50  # rows among which the header is looked for
HEADER_LONGEST = 80  # characters; a longer text is a title or a sentence
COLUMNS_ENOUGH = 2  # that a row must name to be a header by itself
HEADERS_COMPARED = 50  # with the known names, for a hint
_HEADERS_SHOWN = 12
_RANGES_SHOWN = 12
_CODE_SMALLEST = 10**9  # a number from which on a cell may be a user name, whole or shortened
# A user name, or what a spreadsheet has left of one: 2.05519E+11.
_CODE = re.compile(r"\s*'?\d{12}\s*|\d[.,]\d+E\+?\d+", re.IGNORECASE)


class Column(StrEnum):
    """The columns that an annex may have, by their keys in ``[annex]`` of campaign.toml."""

    USERNAME = "username"
    NAME = "name"
    KIND = "kind"
    PARENT = "parent"
    EMAIL = "email"
    STATUS = "status"
    NOTES = "notes"
    PHONE = "phone"


@dataclass(frozen=True)
class About:
    """Describe a column: its name in messages, the topic of its mistakes, and its width and note in the template."""

    shown: str
    topic: Topic
    width: int  # in characters
    note: str
    is_published: bool = False  # on the pages and in the public annex
    is_free: bool = False  # an address in it is no mistake of the cell's


COLUMNS = {  # in the order of the template, whose rule for user names means the first column
    Column.USERNAME: About(
        N_("the user name"),
        Topic.USERNAME,
        18,
        N_("The agency's code: exactly 12 digits, the zeros in front too. Each occurs once."),
    ),
    Column.NAME: About(
        N_("the name"), Topic.NAME, 48, N_("The agency's name as the letter will show it."), is_published=True
    ),
    Column.KIND: About(
        N_("the kind"),
        Topic.TEXT,
        26,
        N_("What the agency is; choose from the list, or leave it empty."),
        is_published=True,
    ),
    Column.PARENT: About(
        N_("the supervising agency"),
        Topic.TEXT,
        40,
        N_("The body above it, such as its region; the list is grouped by it. It may stay empty."),
        is_published=True,
    ),
    Column.EMAIL: About(
        N_("the e-mail"),
        Topic.EMAIL,
        44,
        N_(
            "The contact's address exactly as it was declared, since it opens the archive; several with ; between "
            "them. Empty where no contact was declared."
        ),
    ),
    Column.STATUS: About(
        N_("the status"), Topic.STATUS, 22, N_("Empty for an agency that gets a new code; else choose from the list.")
    ),
    Column.NOTES: About(N_("the notes"), Topic.TEXT, 40, N_("For you; it is never published."), is_free=True),
    Column.PHONE: About(
        N_("the telephone"),
        Topic.TEXT,
        20,
        N_("The contact's telephone, for the report on who has not collected. It is never published."),
        is_free=True,
    ),
}
REQUIRED = (Column.USERNAME, Column.NAME, Column.EMAIL)
MANY = {Column.EMAIL, Column.STATUS, Column.PHONE}  # a table may have several of each

NAMES: dict[Column, list[str]] = {Column(key): names for key, names in WORDS["columns"].items()}
# «Υπάγεται στον Δήμο», «Φορέας στον οποίο ανήκει»; but no register («Ανήκει στο Μητρώο», «Υπάγεται σε ΦΠΑ»), and
# nothing that the other body has («Τηλέφωνο Δήμου όπου ανήκει»).
_BODY = r"(?:δημο[σν]?\b|περιφερεια(?!κ)|φορεα|οτα\b|υπουργειο)"
_BELONGING = re.compile(
    r"(?!.*\bναι\W+οχι)[\W\d_]*"
    rf"(?:(?:υπαγεται|ανηκει|εποπτευεται)(?:\s+(?:σε|στ\w+|απο))?(?:(?:\s+τ\w+)?\s+{_BODY}|\W*$)"
    rf"|{_BODY}[^,;]*\b(?:οποιο|οποια|οπου|που)\s+(?:υπαγεται|ανηκει)\W*$)",
    re.DOTALL,
)


class _Rank(IntEnum):
    """Rank how sure a header is of its column; the surest of a row win."""

    WEAK = 0
    PART = 1
    KNOWN = 2
    CONFIGURED = 3


_KNOWN = {
    squeeze(name): (column, _Rank.WEAK if name in WORDS["headers"]["weak"] else _Rank.KNOWN)
    for column, names in NAMES.items()
    for name in names
}
_PARTS = tuple((squeeze(part), Column(key)) for key, parts in WORDS["parts"].items() for part in parts)
_MAIL, _OTHERS, _PERSONS = (tuple(map(squeeze, WORDS["headers"][key])) for key in ("mail", "others", "persons"))


@dataclass(frozen=True)
class Header:
    """A sheet's header row and where its columns are, counted from 1; a field may have several."""

    row: int
    columns: dict[Column, tuple[int, ...]]

    @property
    def missing(self) -> tuple[Column, ...]:
        """Return the columns without which no agency can be read that are not there."""
        return tuple(column for column in REQUIRED if column not in self.columns)

    @cached_property
    def read(self) -> dict[int, Column]:
        """Return the meaning of each column that is read, by its number."""
        return {number: column for column, numbers in self.columns.items() for number in numbers}


def names_email(header: str) -> bool:
    """Return whether a header names e-mail addresses, be they read or another body's."""
    known = _KNOWN.get(unnumbered(header))
    return len(header) <= HEADER_LONGEST and Column.EMAIL in {known and known[0], _by_part(header, squeeze(header))}


def unnumbered(header: str) -> str:
    """Return the squeezed header without a number at its end: «E-mail 2» is one more «E-mail»."""
    return squeeze(header).rstrip("0123456789")


def _by_part(header: str, key: str) -> Column | None:
    if names_keeping(header):
        return Column.STATUS
    found = next((column for part, column in _PARTS if part in key), None)
    if found is None and _BELONGING.match(fold(header)):
        found = Column.PARENT
    has_mail = not set(_MAIL).isdisjoint(re.split(r"[\W\d_]+", fold(header)))
    return Column.EMAIL if has_mail and found is not Column.NOTES else found


class Recogniser:
    """Finds headers, by what ``[annex]`` of campaign.toml calls them, and by the table of names."""

    def __init__(self, configured: Mapping[str, str]) -> None:
        self._configured = {squeeze(header): Column(key) for key, header in configured.items()}

    def recognise(self, header: str) -> Column | None:
        """Return the column that a header names, if any; a number at its end («E-mail 2») does not matter.

        The e-mail of another body («E-mail εποπτεύοντος») is not a column: its addresses must open no archive.
        """
        found = self._recognise(header)
        return found[0] if found else None

    def _recognise(self, header: str) -> tuple[Column, _Rank] | None:
        if "@" in header or len(header) > HEADER_LONGEST:
            return None
        key, bare = squeeze(header), unnumbered(header)
        if configured := self._configured.get(key):
            return configured, _Rank.CONFIGURED
        if self._configured.get(bare) is Column.EMAIL:
            return Column.EMAIL, _Rank.CONFIGURED
        if known := _KNOWN.get(key) or _KNOWN.get(bare):
            return known
        column = _by_part(header, key)
        if column is Column.EMAIL and any(other in key for other in _OTHERS):
            return None
        return (column, _Rank.PART) if column else None

    def find_header(self, sheet: Sheet) -> Header | None:
        """Return the row among the first ``HEADER_ROWS`` that names most columns; None where no row names any."""
        rows = [(number, row.values()) for number, row in sheet.rows.items() if number <= HEADER_ROWS]
        headers = [self.read_header(number, cells) for number, cells in rows if not _first_code(cells)]
        return max((h for h in headers if h.columns), key=lambda header: len(header.columns), default=None)

    def read_header(self, number: int, cells: Iterable[Cell]) -> Header:
        """Read a row as a header. All that name one of MANY count, of the rest those alone that are surest."""
        found = [(cell.column, *known) for cell in cells if (known := self._recognise(cell.text))]
        best: dict[Column, _Rank] = {}
        for _, column, rank in found:
            all_count = column in MANY and rank is not _Rank.CONFIGURED
            enough = min(rank, _Rank.PART) if all_count else rank
            best[column] = max(enough, best.get(column, _Rank.WEAK))
        columns: dict[Column, tuple[int, ...]] = {}
        for place, column, rank in found:
            if rank >= best[column]:
                columns[column] = (*columns.get(column, ()), place)
        return Header(number, columns)


def nearest_header(column: Column, headers: Iterable[str]) -> str:
    """Return the header most like any name of the column; the first where none is alike, and "" where there is none.

    A person's name is never the agency's.
    """
    by_key = {squeeze(header): header for header in headers}
    if column is Column.NAME:
        by_key = {key: text for key, text in by_key.items() if not any(person in key for person in _PERSONS)}
    ratios = {
        key: max(difflib.SequenceMatcher(None, key[:HEADER_LONGEST], squeeze(name)).ratio() for name in NAMES[column])
        for key in by_key
    }
    return by_key[max(ratios, key=ratios.__getitem__)] if ratios else ""


def find_layout(sheet: Sheet, recogniser: Recogniser, reporter: Reporter) -> Header | None:
    """Return the sheet's header; None, with a problem, where it has none and is not empty.

    Missing and doubled columns are errors.
    """
    header = recogniser.find_header(sheet)
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
    cells = sheet.rows[header.row]
    for column in header.missing:
        _report_missing(column, header, cells, reporter)
    for column, places in header.columns.items():
        if column is not Column.PHONE:
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
    rows = ", ".join(_ranges(sheet.hidden_rows))
    letters = [column_letters(column) for column in sheet.hidden_columns]
    columns = ", ".join(letters)
    hidden = [
        say("the sheet itself") if sheet.hidden else "",
        say_many("row {rows}", "rows {rows}", len(sheet.hidden_rows), rows=rows) if rows else "",
        say_many("column {columns}", "columns {columns}", len(letters), columns=columns) if letters else "",
    ]
    if any(hidden):
        message = say("hidden, and read all the same: {parts}", parts=say("; ").join(filter(None, hidden)))
        hint = say(
            "hidden agencies get letters too: unhide everything (right click), "
            "and delete what does not belong to the annex"
        )
        reporter.warning(Topic.STRUCTURE, message, hint)


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Yield numbers as people write them: 3, 7–12."""
    starts = [n for at, n in enumerate(numbers) if at == 0 or numbers[at - 1] != n - 1]
    ends = [n for at, n in enumerate(numbers) if at + 1 == len(numbers) or numbers[at + 1] != n + 1]
    for start, end in list(zip(starts, ends, strict=True))[:_RANGES_SHOWN]:
        yield str(start) if start == end else f"{start}–{end}"
    if len(starts) > _RANGES_SHOWN:
        yield "…"


def _report_missing(column: Column, header: Header, cells: Mapping[int, Cell], reporter: Reporter) -> None:
    headers = {place: one_line(cell.text) for place, cell in cells.items()}
    shown = ", ".join(f'"{text}"' for text in list(headers.values())[:_HEADERS_SHOWN])
    hint = say("name it {known} in the sheet", known=say_either(f'"{name}"' for name in NAMES[column][:2]))
    unused = [text for place, text in headers.items() if place not in header.read]
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
    if len({unnumbered(cell.text) if column is Column.EMAIL else cell.origin for cell in cells}) == 1:
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
