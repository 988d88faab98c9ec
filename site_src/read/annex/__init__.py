"""The annex: four kinds of file as one grid (``sheets``), its table found, its rows read as agencies."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from site_src.language.greek import greek_letters, squeeze
from site_src.language.say import say, say_either
from site_src.problems import Place, Problems, Severity, Topic
from site_src.read.agency import Agency, Status
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import Reporter
from site_src.read.annex.table import check_columns, read_rows
from site_src.read.annex.values import Row, Stray, Where
from site_src.read.annex.words import STATUS_WORDS, Recogniser, decide_status
from site_src.read.settings import Campaign

NEAREST = 3  # names that an error proposes


def read_annex(path: Path, campaign: Campaign, problems: Problems) -> tuple[Agency, ...]:
    """Return every agency of every sheet, in order, its status decided.

    Raises MachineError where the system does not let the file be read, and nothing else, whatever its bytes are.
    """
    sheets = read_sheets(path, problems)
    recogniser = Recogniser(campaign.columns)
    if sheets:
        check_columns(sheets, campaign.columns, problems)
    rows = [row for sheet in sheets for row in read_rows(sheet, recogniser, Reporter(path.name, sheet.title, problems))]
    bearers = [(row.agency.username, row.agency.name) for row in rows]
    listed = find_named(campaign.keeps_code, bearers, problems) if rows else frozenset()
    distinct = _distinct(rows, problems)
    agencies = tuple(_decided(row, listed, problems) for row in distinct)
    spared = {Status.KEEPS, Status.CONTACT_US}
    losing = {row.agency.username for row in distinct if not row.email_filled and row.saying.status not in spared}
    keeping = {row.agency.username for row in distinct if row.saying.status is Status.KEEPS}
    _report_strays(rows, losing - listed, keeping | listed, problems)
    errors_at = {problem.at for problem in problems.all() if problem.severity is Severity.ERROR}
    if sheets and not agencies and path.name not in {at.file for at in errors_at}:  # those of other files do not count
        message = say("the annex has no agencies")
        hint = say("is this the right file? Its table has a row for each agency, with user name, name and e-mail")
        problems.error(Topic.STRUCTURE, message, hint=hint, at=Place(file=path.name))
    return agencies


def _distinct(rows: Sequence[Row], problems: Problems) -> Sequence[Row]:
    """Return the rows with a user name, each once; those that one merged user name spans are one agency."""
    first: dict[str, Row] = {}
    for row in rows:
        agency = row.agency
        known = first.setdefault(agency.username, row)
        if not agency.username or known is row:
            continue
        if row.continues and agency.name == known.agency.name:
            first[agency.username] = _joined(known, row, problems)
            continue
        hint = say("correct the wrong one, or delete the row that is there twice")
        message = say("{where} has the same user name; each agency has its own", where=known.agency.at.inside)
        problems.error(Topic.USERNAME, message, hint=hint, at=agency.at, value=agency.username)
    return [row for username, row in first.items() if username]


def _joined(row: Row, more: Row, problems: Problems) -> Row:
    """Return two rows of one agency as one: with the addresses and notes of both, and one status."""
    saying = row.saying if row.saying.text else more.saying
    if more.saying.status not in {None, saying.status}:
        message = say("another row of this agency has another status: {text}", text=f"«{saying.text}»")
        hint = say("decide which is right, and merge the cells or empty one of them")
        problems.error(Topic.STATUS, message, hint=hint, at=more.saying.at, value=more.saying.text)
    one, other = row.agency, more.agency
    emails = dict(zip(one.emails + other.emails, one.emails_at + other.emails_at, strict=True))
    agency = replace(
        one,
        kind=one.kind or other.kind,
        parent=one.parent or other.parent,
        emails=tuple(emails),
        emails_at=tuple(emails.values()),
        phones=_both(one.phones, other.phones),
        notes=_both(one.notes, other.notes),
    )
    return replace(row, agency=agency, email_filled=row.email_filled or more.email_filled, saying=saying)


def _both(one: str, other: str) -> str:
    return " ".join(dict.fromkeys(filter(None, (one, other))))


def _decided(row: Row, keepers: Container[str], problems: Problems) -> Agency:
    listed = row.agency.username in keepers
    status = decide_status(row.saying, listed=listed, has_email=row.email_filled, problems=problems)
    return row.agency if row.agency.status is status else replace(row.agency, status=status)


def _report_strays(rows: Iterable[Row], losing: Container[str], keeping: Container[str], problems: Problems) -> None:
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


def find_named(items: Iterable[str], bearers: Iterable[tuple[str, str]], problems: Problems) -> frozenset[str]:
    """Return the user names that the items of ``keeps_code`` mean; an item of nobody, or of several, is an error.

    Each of the bearers is a pair of user name and name; either may be empty where it could not be read.
    """
    known: dict[str, list[str]] = defaultdict(list)  # in order, so that proposals are the same each time
    for username, name in bearers:
        known[_compared(name)].append(username)
        known[username] = [username]
    known.pop("", None)
    found = {item: known.get(item, []) for item in map(_compared, items)}
    for item, usernames in found.items():
        if len(usernames) != 1:
            _report_unclear(item, usernames, known, problems)
    return frozenset(usernames[0] for usernames in found.values() if len(usernames) == 1 and usernames[0])


def _report_unclear(item: str, usernames: Sequence[str], known: Iterable[str], problems: Problems) -> None:
    if usernames:
        meant = ", ".join(filter(None, usernames))
        hint = say("write the user name of the one that is meant instead: {usernames}", usernames=meant)
        message = say("{count} agencies of the annex have this name", count=len(usernames))
    else:
        names = {squeeze(name): name for name in known}
        nearest = get_close_matches(squeeze(item), names, NEAREST)
        near = say_either(f'"{name}"' for key, name in names.items() if key in nearest)
        copy = say("copy the user name or the exact name from the annex")
        hint = say("is it {near}?", near=near) if near else copy
        message = say("no agency of the annex has this user name or name")
    at = Place(file="campaign.toml", cell="keeps_code")
    problems.error(Topic.STATUS, message, hint=hint, at=at, value=item)


def _compared(name: str) -> str:
    """Return the name in the form in which names are compared; macOS writes an accented letter as two characters."""
    return " ".join(greek_letters(unicodedata.normalize("NFC", name)).split())
