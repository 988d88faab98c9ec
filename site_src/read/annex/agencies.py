"""The annex: every sheet's rows as agencies, in their order."""

from __future__ import annotations

from dataclasses import replace
from sys import intern
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Severity, Topic
from site_src.read.agency import Agency, Status
from site_src.read.annex.columns import Column, Recogniser
from site_src.read.annex.layout import check_columns, find_layout
from site_src.read.annex.rows import RowReader
from site_src.read.annex.sheets.reading import read_sheets
from site_src.read.annex.statuses import NameIndex, decide_status
from site_src.read.annex.strays import tell_stray_keepers, tell_strays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from site_src.problems import Problems
    from site_src.read.annex.sheets.grid import Sheet
    from site_src.read.annex.strays import Row
    from site_src.read.settings import Campaign


def read_annex(path: Path, campaign: Campaign, problems: Problems) -> tuple[Agency, ...]:
    """Every agency of every sheet, in order, its status decided; what is wrong goes to ``problems``.

    Raises MachineError where the system does not let the file be read, and nothing else, whatever its bytes are.
    """
    sheets = read_sheets(path, problems)
    recogniser = Recogniser(campaign.columns)
    if sheets:
        check_columns(sheets, campaign.columns, problems)
    rows = [row for sheet in sheets for row in _read_sheet(sheet, path.name, recogniser, problems)]
    names = NameIndex((row.username, row.name) for row in rows)
    listed = names.find(campaign.keeps_code if rows else (), problems)
    distinct = _distinct(rows, problems)
    agencies = tuple(_agency(row, problems, listed=row.username in listed) for row in distinct)
    spared = {Status.KEEPS, Status.CONTACT_US}
    losing = {row.username for row in distinct if not row.email_filled and row.saying.status not in spared}
    tell_strays(rows, losing - listed, problems)
    keeping = {row.username for row in distinct if row.saying.status is Status.KEEPS}
    tell_stray_keepers(rows, keeping | listed, problems)
    if sheets and not agencies and not _has_errors(path.name, problems):
        message = say("the annex has no agencies")
        hint = say("is this the right file? Its table has a row for each agency, with user name, name and e-mail")
        problems.error(Topic.STRUCTURE, message, hint=hint, at=Place(file=path.name))
    return agencies


def _has_errors(file: str, problems: Problems) -> bool:
    """Whether the annex itself has errors; those of other files say nothing of it."""
    return any(each.at.file == file and each.severity is Severity.ERROR for each in problems.all())


def _read_sheet(sheet: Sheet, file: str, recogniser: Recogniser, problems: Problems) -> Iterator[Row]:
    header = find_layout(sheet, file, recogniser, problems)
    if header and Column.USERNAME in header.columns:
        yield from RowReader(sheet, header, recogniser, file, problems).read()


def _distinct(rows: Sequence[Row], problems: Problems) -> Sequence[Row]:
    """The rows with a user name, each once; those that one merged user name spans are one agency."""
    first: dict[str, Row] = {}
    for row in rows:
        known = first.setdefault(row.username, row)
        if not row.username or known is row:
            continue
        if row.continues and row.name == known.name:
            first[row.username] = _joined(known, row, problems)
            continue
        where = f"{known.at.sheet}!{known.at.cell}" if known.at.sheet else known.at.cell
        hint = say("correct the one that is wrong, or delete the row that stands twice")
        message = say("the same user name stands in {where} too; each agency has its own", where=where)
        problems.error(Topic.USERNAME, message, hint=hint, at=row.at, value=row.username)
    return [row for username, row in first.items() if username]


def _joined(row: Row, more: Row, problems: Problems) -> Row:
    """What two rows of one agency say together: more addresses and notes, and one status."""
    said = row.saying if row.saying.text else more.saying
    if more.saying.status not in {None, said.status}:
        message = say("another row of this agency has another status: {text}", text=f"«{said.text}»")
        hint = say("decide which is right, and merge the cells or empty one of them")
        problems.error(Topic.STATUS, message, hint=hint, at=more.saying.at, value=more.saying.text)
    return replace(
        row,
        kind=row.kind or more.kind,
        parent=row.parent or more.parent,
        emails={**row.emails, **more.emails},
        email_filled=row.email_filled or more.email_filled,
        saying=said,
        notes=" ".join(dict.fromkeys(filter(None, (row.notes, more.notes)))),
        notes_cell=row.notes_cell or more.notes_cell,
    )


def _agency(row: Row, problems: Problems, *, listed: bool) -> Agency:
    return Agency(
        username=row.username,
        name=row.name,
        kind=row.kind,
        parent=intern(row.parent),  # thousands have the same
        emails=tuple(row.emails),
        emails_at=tuple(row.emails.values()),
        status=decide_status(row.saying, listed=listed, has_email=row.email_filled, problems=problems),
        notes=row.notes,
        at=row.at,
        name_cell=row.name_cell,
        notes_cell=row.notes_cell,
    )
