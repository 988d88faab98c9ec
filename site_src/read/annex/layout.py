"""How a sheet is laid out: whether it holds the table, where its columns are, and what of it is hidden."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.language.say import say, say_either, say_many
from site_src.problems import Place, Topic
from site_src.read.annex.columns import HEADER_ROWS, NAMES, SHOWN, Column, nearest_header, squeeze, unnumbered
from site_src.read.annex.sheets.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.problems import Problems
    from site_src.read.annex.columns import Header, Recogniser
    from site_src.read.annex.sheets.grid import Sheet

COLUMNS_ENOUGH = 2  # that a row must name to be a header by itself
_CODE_SMALLEST = 10**9  # a number from which on a cell may be a user name, whole or shortened
# A user name, or what a spreadsheet has left of one: 2.05519E+11.
_CODE = re.compile(r"\s*'?\d{12}\s*|\d[.,]\d+E\+?\d+", re.IGNORECASE)
_RANGES_TOLD = 12
_HEADERS_TOLD = 12
HEADERS_COMPARED = 50  # with the known names, for a hint


def find_layout(sheet: Sheet, file: str, recogniser: Recogniser, problems: Problems) -> Header | None:
    """The sheet's header; None, with a problem, where it has none and is not empty.

    Missing and doubled columns are errors.
    """
    at = Place(file=file, sheet=sheet.title)
    header = recogniser.find_header(sheet)
    if not _holds_table(header, coded=_holds_codes(sheet)):
        if sheet.rows:  # Excel and LibreOffice give new workbooks empty ones
            _tell_skipped(at, problems)
        return None
    _tell_hidden(sheet, at, problems)
    if header is None:
        names = ", ".join(f'"{NAMES[column][0]}"' for column in (Column.USERNAME, Column.NAME, Column.EMAIL))
        hint = say("write a header row above the table, with {names}", names=names)
        message = say(
            "the sheet has 12-digit codes, but none of its first {rows} rows is a header row with the columns' names",
            rows=HEADER_ROWS,
        )
        problems.error(Topic.STRUCTURE, message, hint=hint, at=at)
        return None
    _tell_above(header, sheet, at, problems)
    for column in header.missing:
        _tell_missing(column, header, sheet, at, problems)
    for column, places in header.columns.items():
        _tell_doubled(column, places, header, sheet, at, problems)
    return header


def check_columns(sheets: Sequence[Sheet], configured: Mapping[str, str], problems: Problems) -> None:
    """Each header that ``[annex]`` of campaign.toml names must stand in some sheet."""
    rows = [row for sheet in sheets for number, row in sheet.rows.items() if number <= HEADER_ROWS]
    found = {squeeze(cell.text) for row in rows for cell in row.values()}
    for key, header in configured.items():
        if squeeze(header) not in found:
            at = Place(file="campaign.toml", cell=f"annex.{key}")
            hint = say("copy the header's text from the sheet, or delete the line in campaign.toml")
            problems.error(Topic.SETTING, say("no sheet of the annex has this header"), hint=hint, at=at, value=header)


def _holds_table(header: Header | None, *, coded: bool) -> bool:
    """Whether the sheet is one of agencies, or a cover sheet, notes, or another table."""
    if coded or header is None:
        return coded
    return len(header.columns) >= COLUMNS_ENOUGH and Column.USERNAME in header.columns


def _holds_codes(sheet: Sheet) -> bool:
    cells = (cell for row in sheet.rows.values() for cell in row.values())
    return any(_CODE.fullmatch(cell.text) or (cell.number or 0) >= _CODE_SMALLEST for cell in cells)


def _tell_above(header: Header, sheet: Sheet, at: Place, problems: Problems) -> None:
    """Rows above the header are titles and not read: an agency there would be lost, as where a sheet has two tables."""
    above = (cell for number, row in sheet.rows.items() if number < header.row for cell in row.values())
    if code := next((cell for cell in above if _CODE.fullmatch(cell.text)), None):
        message = say("a user name stands above the header, which is row {row}", row=header.row)
        hint = say("put the header above the first agency; of two tables in one sheet, give each a sheet of its own")
        where = Place(file=at.file, sheet=at.sheet, cell=code.name)
        problems.error(Topic.STRUCTURE, message, hint=hint, at=where, value=code.text)


def _tell_skipped(at: Place, problems: Problems) -> None:
    hint = say("if agencies stand there, give the table a header row and 12-digit user names")
    problems.warning(Topic.STRUCTURE, say("the sheet holds no table of agencies and is not read"), hint=hint, at=at)


def _tell_hidden(sheet: Sheet, at: Place, problems: Problems) -> None:
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
        problems.warning(Topic.STRUCTURE, message, hint=hint, at=at)


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Numbers as people write them: 3, 7–12."""
    starts = [n for at, n in enumerate(numbers) if at == 0 or numbers[at - 1] != n - 1]
    ends = [n for at, n in enumerate(numbers) if at + 1 == len(numbers) or numbers[at + 1] != n + 1]
    for told, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if told == _RANGES_TOLD:
            yield "…"
            return
        yield str(start) if start == end else f"{start}–{end}"


def _tell_missing(column: Column, header: Header, sheet: Sheet, at: Place, problems: Problems) -> None:
    headers = [" ".join(cell.text.split()) for cell in sheet.rows[header.row].values()]
    unused = [" ".join(c.text.split()) for c in sheet.rows[header.row].values() if c.column not in header.read]
    told = ", ".join(f'"{text}"' for text in headers[:_HEADERS_TOLD])
    known = say_either(f'"{name}"' for name in NAMES[column][:2])
    hint = say("name it {known} in the sheet", known=known)
    if nearest := nearest_header(column, unused[:HEADERS_COMPARED]):
        line = f'{column} = "{nearest}"'
        hint = say("{hint}, or write in campaign.toml, under [annex]: {line}", hint=hint, line=line)
    shown = say(SHOWN[column])
    message = say(
        "the header row {row} has no column for {column}; its headers are {told}",
        row=header.row,
        column=shown,
        told=told,
    )
    problems.error(Topic.STRUCTURE, message, hint=hint, at=at)


def _tell_doubled(  # noqa: PLR0913, PLR0917 (what a message of it needs)
    column: Column, places: tuple[int, ...], header: Header, sheet: Sheet, at: Place, problems: Problems
) -> None:
    cells = list({cell.origin: cell for cell in (sheet.rows[header.row][place] for place in places)}.values())
    if len({unnumbered(cell.text) if column is Column.EMAIL else cell.origin for cell in cells}) == 1:
        return
    told = say(" and ").join(f'{cell.name} ("{" ".join(cell.text.split())}")' for cell in cells)
    line = f'{column} = "{cells[0].text}"'
    where = Place(file=at.file, sheet=at.sheet, cell=cells[0].name)
    if column is Column.EMAIL:
        message = say("several columns hold e-mail addresses, and any of them may open an archive: {told}", told=told)
        hint = say(
            'if all are the contacts\', let their headers differ by a number alone ("E-mail 1", "E-mail 2"); '
            "if not, write in campaign.toml which are, under [annex]: {line}",
            line=line,
        )
        problems.warning(Topic.STRUCTURE, message, hint=hint, at=where, value=cells[0].text)
        return
    hint = say("write in campaign.toml which is meant, under [annex]: {line}", line=line)
    message = say("several columns may be {column}: {told}", column=say(SHOWN[column]), told=told)
    problems.error(Topic.STRUCTURE, message, hint=hint, at=where, value=cells[0].text)
