"""The report on a campaign after its letters are out: the server's logs are read, a page and a spreadsheet written."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from site_src.files.private import MANIFEST_NAME, put_private
from site_src.language.reasons import reason
from site_src.language.say import say, say_many
from site_src.plan.keys import read_key
from site_src.plan.manifest import read_manifest
from site_src.plan.plan import opening_address
from site_src.problems import Place, StateError, Topic
from site_src.read.agency import Status
from site_src.report.access_log import BREAKS_OFF, Tally, read_requests
from site_src.report.collection import Ledger, Report
from site_src.report.output import report_page, report_sheet
from site_src.report.reminders import write_reminders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from site_src.folders import Folders
    from site_src.plan.keys import CampaignKey
    from site_src.plan.manifest import Manifest
    from site_src.problems import Problems
    from site_src.read.agency import Agency
    from site_src.read.inputs import Inputs
    from site_src.report.reminders import Reminders

PAGE_NAME = "report.html"
SHEET_NAME = "report.xlsx"

PYTHONS_STDIN = "<stdin>"

Log = Path | BinaryIO  # a file, or a stream such as standard input


def count(inputs: Inputs, logs: Sequence[Log], folders: Folders, day: date, problems: Problems) -> Report:
    """Read the logs of the one campaign that ``inputs`` holds, for as long as they take; nothing is written.

    ``problems`` gets a warning for each log that is damaged. Raises InputError where a log cannot be read at all, and
    StateError where the campaign was never built, or its annex is deleted.
    """
    (given,) = inputs.all
    if not given.agencies:
        message = say('the annex of "{slug}" is deleted: nobody knows who had to collect', slug=given.campaign.slug)
        raise StateError(message, say("put a copy of the annex back into the campaign's folder for this"))
    folder = folders.private / given.campaign.slug
    manifest = read_manifest(folder / MANIFEST_NAME)
    if manifest is None:
        message = say('the campaign "{slug}" was never built here', slug=given.campaign.slug)
        raise StateError(message, say("build it first"))
    area = f"{inputs.site.server.url_prefix}/files/{given.campaign.slug}/"
    ledger, tally = Ledger(given.agencies, area, manifest.agencies), Tally()
    for log in _each_once(logs, problems):
        tally.add(_read(log, area, ledger, problems))
    problems.stop_on_errors()
    recipients, key = given.with_status(Status.NEW), read_key(folder)
    built = [agency for agency in recipients if _is_built(agency, manifest)]
    return Report(
        campaign=given.campaign,
        day=day,
        collection=ledger.close(built),
        unbuilt=tuple(agency for agency in recipients if not _is_built(agency, manifest)),
        uncontacted=given.with_status(Status.CONTACT_US),
        opening=_opening(built, manifest, key) if key else {},
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


def _opening(agencies: Sequence[Agency], manifest: Manifest, key: CampaignKey) -> dict[str, str]:
    records = manifest.agencies
    return {each.username: opening_address(key, each, records[each.username]) for each in agencies}


def _is_built(agency: Agency, manifest: Manifest) -> bool:
    record = manifest.agencies.get(agency.username)
    return record is not None and bool(record.code)  # the letter itself may have been withdrawn since


def _each_once(logs: Sequence[Log], problems: Problems) -> Iterator[Log]:
    """Yield the logs; a file that is named twice would count twice."""
    seen = set()
    for log in logs:
        if isinstance(log, Path):
            if (path := log.resolve()) in seen:
                hint = say("nothing to do; it was read once")
                problems.warning(Topic.FILE, say("this log is named twice"), hint=hint, at=Place(file=str(log)))
                continue
            seen.add(path)
        yield log


def _read(log: Log, area: str, ledger: Ledger, problems: Problems) -> Tally:
    """Enter one log into the ledger, report what is wrong with it, and count its lines."""
    at = Place(file=_name(log))
    tally = Tally()
    try:
        with log.open("rb") if isinstance(log, Path) else nullcontext(log) as stream:
            for request in read_requests(stream, area, tally):
                ledger.add(request)
    except BREAKS_OFF as error:
        _report_break(error, tally, at, problems)
    _report_missed(tally, at, problems)
    return tally


def _name(log: Log) -> str:
    """Return what problems call a log; Python's own name for standard input is none that people know."""
    name = str(log) if isinstance(log, Path) else getattr(log, "name", PYTHONS_STDIN)
    return say("standard input") if name == PYTHONS_STDIN else name


def _report_missed(tally: Tally, at: Place, problems: Problems) -> None:
    """Report by its form each kind of line that could not be read: an error where they are all of the log."""
    for form, missed in tally.missed.items():
        message = say_many(
            "{number} line could not be read: {form}",
            "{number} lines could not be read, this one and others: {form}",
            missed.lines,
            form=say(form.label, **form.keys),
        )
        hint, place = say(form.hint, **form.keys), replace(at, line=missed.first)
        if tally.broken == tally.lines:
            message = say("no line of this file is one of an access log: {what}", what=message)
            problems.error(Topic.FILE, message, hint=hint, at=place)
        else:
            problems.warning(Topic.FILE, message, hint=hint, at=place)


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
