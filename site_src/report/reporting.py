"""The report on a campaign after its letters are out: the server's logs are read, a page and a spreadsheet written.

The page, to read or print, is complete in itself: no script, request or address is in it. The spreadsheet of those to
call and those who have collected holds the addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from site_src.files.private import put_private
from site_src.folders import Folders
from site_src.language.catalogues import Words
from site_src.language.say import reason, say, say_many
from site_src.plan.keys import read_key
from site_src.plan.manifest import built_manifest
from site_src.plan.plan import opening_address
from site_src.problems import Place, Problems, StateError, Topic
from site_src.read.agency import Agency, Status
from site_src.read.inputs import Inputs
from site_src.read.settings import Site
from site_src.report.access_log import BREAKS_OFF, Tally, read_requests
from site_src.report.collection import OTHER_PARENTS, Ledger, Recipient, Report
from site_src.report.reminders import Reminders, write_reminders

PAGE_NAME = "report.html"
SHEET_NAME = "report.xlsx"

PYTHONS_STDIN = "<stdin>"  # a name that people do not know

REFUSALS_SHOWN = 50  # the most frequent

# The drawing of the curve in units of its own; a page gives it any width.
FRAME = {"WIDTH": 720, "HEIGHT": 300, "LEFT": 56, "RIGHT": 700, "TOP": 34, "BOTTOM": 260}
DAY_MARKS = 6
COUNT_MARKS = 4
LABEL_HEIGHT = 16

Log = Path | BinaryIO  # a file, or a stream such as standard input


def count(inputs: Inputs, logs: Sequence[Log], folders: Folders, day: date, problems: Problems) -> Report:
    """Read the logs of the one campaign that ``inputs`` holds, for as long as they take; nothing is written.

    ``problems`` gets a warning for each log that is damaged, and one where nothing in them is of this site. Raises
    InputError where a log cannot be read at all, and StateError where the campaign was never built, or its annex is
    deleted.
    """
    (given,) = inputs.all
    if not given.agencies:
        message = say('the annex of "{slug}" is deleted: nobody knows who had to collect', slug=given.campaign.slug)
        raise StateError(message, say("put a copy of the annex back into the campaign's folder for this"))
    folder = folders.private / given.campaign.slug
    records = built_manifest(folder).agencies
    area = f"{inputs.site.server.url_prefix}/files/{given.campaign.slug}/"
    ledger, tally = Ledger(given.agencies, area, records), Tally()
    each_once = {log.resolve() if isinstance(log, Path) else log: log for log in logs}
    for log in each_once.values():
        tally.add(_read(log, area, ledger, problems))
    problems.stop_on_errors()
    if not tally.found:
        message = say("no line of the logs asks for this folder of the site")
        hint = say(
            "give all access logs since the first letters, of the server that has the site, and check url_prefix"
        )
        problems.warning(Topic.FILE, message, hint=hint, at=Place(file=area))
    recipients, key = given.with_status(Status.NEW), read_key(folder)
    with_code = {username for username, record in records.items() if record.code}  # the letter may have left the site
    built = [agency for agency in recipients if agency.username in with_code]
    return Report(
        campaign=given.campaign,
        day=day,
        recipients=tuple(ledger.recipients[agency.username] for agency in built),
        refusals=tuple(ledger.refusals()),
        refused=ledger.refused,
        unbuilt=tuple(agency for agency in recipients if agency.username not in with_code),
        uncontacted=given.with_status(Status.CONTACT_US),
        opening={each.username: opening_address(key, each, records[each.username]) for each in built} if key else {},
        tally=tally,
        page=folder / PAGE_NAME,
        sheet=folder / SHEET_NAME,
    )


def write(report: Report, inputs: Inputs, reminders: Reminders | None = None) -> None:
    """Write the files into the campaign's private folder, which the command must hold: a build clears drafts away.

    Reminders take the place of those of the last time: an agency that has collected since gets none.
    """
    page, sheet = report_page(report, inputs.site, inputs.words, reminders), report_sheet(report, inputs.words)
    if reminders:
        write_reminders(reminders, report.page.parent)
    put_private({report.page: page, report.sheet: sheet})


def _read(log: Log, area: str, ledger: Ledger, problems: Problems) -> Tally:
    """Enter one log into the ledger, report what is wrong with it, and count its lines."""
    name, tally = str(log) if isinstance(log, Path) else getattr(log, "name", PYTHONS_STDIN), Tally()
    at = Place(file=say("standard input") if name == PYTHONS_STDIN else name)
    try:
        with log.open("rb") if isinstance(log, Path) else nullcontext(log) as stream:
            for request in read_requests(stream, area, tally):
                ledger.add(request)
    except BREAKS_OFF as error:
        _report_break(error, tally, at, problems)
    _report_missed(tally, at, problems)
    return tally


def _report_missed(tally: Tally, at: Place, problems: Problems) -> None:
    """Report by its form each kind of line that could not be read: an error where they are all of the log."""
    for form, number in tally.missed.items():
        message = say_many(
            "{number} line could not be read: {form}",
            "{number} lines could not be read, this one and others: {form}",
            number,
            form=say(form.label, **form.keys),
        )
        add = problems.warning
        if tally.broken == tally.lines:
            message = say("no line of this file is one of an access log: {what}", what=message)
            add = problems.error
        add(Topic.FILE, message, hint=say(form.hint, **form.keys), at=replace(at, line=tally.first_missed[form]))


def _report_break(error: BaseException, tally: Tally, at: Place, problems: Problems) -> None:
    """Report a log that breaks off: an error where nothing of it could be read."""
    why = reason(error) if isinstance(error, OSError) and error.strerror else say("it is cut short or damaged")
    if tally.lines:
        hint = say("copy it again from the server; what could be read was counted")
        message = say("this log breaks off after line {number}: {why}", number=tally.lines, why=why)
        problems.warning(Topic.FILE, message, hint=hint, at=at)
    else:
        hint = say("check its name and your permission to read it, or copy it again from the server")
        problems.error(Topic.FILE, say("this log cannot be read: {why}", why=why), hint=hint, at=at)


def report_page(report: Report, site: Site, words: Words, reminders: Reminders | None = None) -> bytes:
    """Return the page in the site's language, with a link to each reminder. The same report gives the same bytes."""
    campaign, sent, span = report.campaign, report.campaign.circular.date, report.tally.span
    until = span[1] if span else report.day
    days = [campaign.deadline, until, *(day for day, _ in report.curve)]
    environment = words.templates()
    environment.filters["moment"] = lambda moment: f"{words.date(moment.date(), 'short')} {moment:%H:%M}"
    page = environment.get_template("report.html").render(
        report=report,
        tally=report.tally,
        site=site,
        campaign=campaign,
        share=len(report.collected) * 100 // max(len(report.recipients), 1),  # rounded down: 100 means all
        begins_late=bool(sent and span and span[0] > sent),  # letters may have been collected before the logs begin
        missing=_by_region(report.missing),
        reminders=reminders,
        other_parents=OTHER_PARENTS,
        axes=Axes(min(days) - timedelta(days=1), max(days), len(report.recipients)),
        size=FRAME,
        until=until,
        refusals_shown=REFUSALS_SHOWN,
    )
    return page.encode()


def _by_region(missing: Sequence[Recipient]) -> dict[str, list[Recipient]]:
    """Return the annex's order; those under other parents come last."""
    groups: dict[str, list[Recipient]] = {}
    for one in sorted(missing, key=lambda one: one.region == OTHER_PARENTS):
        groups.setdefault(one.region, []).append(one)
    return groups


@dataclass(frozen=True)
class Axes:
    """The places of days and counts in the drawing of collections; ``goal`` is how many there are to collect."""

    first: date
    last: date
    goal: int

    def x(self, day: date) -> float:
        """Return the place of a day, from the left."""
        share = (day - self.first).days / (self.last - self.first).days
        return round(FRAME["LEFT"] + (FRAME["RIGHT"] - FRAME["LEFT"]) * share, 1)

    def y(self, count: int) -> float:
        """Return the place of a count, from the top."""
        return round(FRAME["BOTTOM"] - (FRAME["BOTTOM"] - FRAME["TOP"]) * count / max(self.goal, 1), 1)

    @property
    def days(self) -> list[date]:
        """Return the few days that are named below the drawing."""
        span = (self.last - self.first).days
        return [self.first + timedelta(days=number) for number in range(0, span + 1, -(-span // DAY_MARKS))]

    @property
    def counts(self) -> list[int]:
        """Return the few round counts that are named beside the drawing, and the goal, which none of them covers."""
        steps: Iterator[int] = (factor * 10**power for power in range(len(str(self.goal))) for factor in (1, 2, 5))
        step = next(step for step in steps if self.goal <= step * COUNT_MARKS)
        below = [count for count in range(0, self.goal, step) if self.y(count) - self.y(self.goal) >= LABEL_HEIGHT]
        return [*below, self.goal]


def report_sheet(report: Report, words: Words) -> bytes:
    """Return the report as .xlsx; it holds the addresses, so it is for the private folder only."""
    from site_src.files.workbooks import add_table, new_workbook, saved

    _ = words.gettext
    book = new_workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime.combine(report.day, time())
    to_call = (
        (_("Agency"), 60), (_("Kind"), 28), (_("Parent body"), 44), (_("Region"), 44), (_("User name"), 16),
        (_("E-mail addresses"), 60), (_("Why"), 44), (_("Notes of the annex"), 40), (_("Opens the archive"), 34),
        (_("Telephone"), 20),
    )  # fmt: skip
    add_table(book, _("To call or write to"), to_call, _to_call(report, words))
    collected = ((_("Agency"), 60), (_("User name"), 16), (_("First time"), 18), (_("Last time"), 18), (_("Times"), 10))
    rows = (
        (one.agency.name, one.agency.username, one.visits.first, one.visits.last, one.visits.times)
        for one in report.collected
    )
    add_table(book, _("Have collected"), collected, rows)
    return saved(book)


def _to_call(report: Report, words: Words) -> Iterator[tuple[str, ...]]:
    """Yield the missing first, then the agencies for which there is no letter."""
    for missing in report.missing:
        why = words.gettext("Has not collected its letter")
        if missing.has_void:
            why = words.gettext("Has only its earlier letter, which is void")
        if count := missing.wrong_codes:
            wrong = words.ngettext("%(num)s login refused", "%(num)s logins refused", count)
            why += f"; {wrong % {'num': words.number(count)}}"
        region = words.gettext("Other parents") if missing.region == OTHER_PARENTS else missing.region
        yield _row(missing.agency, region, why, words, report.opening.get(missing.agency.username, ""))
    for agency in report.unbuilt:
        yield _row(agency, "", words.gettext("Its letter is not built yet"), words)
    for agency in report.uncontacted:
        yield _row(agency, "", words.gettext("Has declared no contact"), words)


def _row(agency: Agency, region: str, why: str, words: Words, opening: str = "") -> tuple[str, ...]:
    where = (words.kind(agency.kind), agency.parent, region, agency.username)
    return (agency.name, *where, "; ".join(agency.emails), why, agency.notes, opening, agency.phones)
