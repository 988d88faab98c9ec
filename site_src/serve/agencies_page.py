"""Answer the telephone, and show who has collected. Never a code, never a letter."""

from __future__ import annotations

import io
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from site_src.activate.activate import reissue
from site_src.commands.messages import collected_line, report_rows
from site_src.files.private import REMINDERS_FOLDER
from site_src.language.catalogues import N_
from site_src.language.greek import fold
from site_src.language.say import say, say_day
from site_src.pipeline.reading import with_annexes
from site_src.plan.keys import read_key
from site_src.plan.manifest import readable_manifest
from site_src.plan.plan import assign, code_fingerprint, opening_address
from site_src.problems import Problems, UsageError
from site_src.publish.publish import locked
from site_src.read.agency import Status
from site_src.report import reporting
from site_src.report.reminders import make_reminders
from site_src.serve.desk import download, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from site_src.read.agency import Agency
    from site_src.read.inputs import CircularInputs
    from site_src.serve.desk import Desk, Form, Upload
    from site_src.serve.preview import Answer

FOUND_MOST = 20  # agencies that a search lists; more words find fewer


def show_agency(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the search, its results, or the one agency that was found."""
    inputs, asked = desk.campaign(slug), query.get("q", "").strip()
    found = [agency for agency in inputs.agencies if asked and _fits(agency, asked)]
    facts = _facts(desk, inputs, found[0]) if len(found) == 1 else {"agency": None}
    facts |= {"asked": asked, "found": found[:FOUND_MOST], "count": len(found), "is_over": inputs in desk.inputs.over}
    return desk.page("agency", say("An agency asks"), slug=slug, **facts)


def _fits(agency: Agency, asked: str) -> bool:
    name = fold(agency.name)
    return asked == agency.username or all(word in name or word in agency.username for word in fold(asked).split())


def _facts(desk: Desk, inputs: CircularInputs, agency: Agency) -> dict[str, Any]:
    """Return what the telephone may say of an agency."""
    slug = inputs.campaign.slug
    folder = desk.folders.private / slug
    record, key = readable_manifest(folder).agencies.get(agency.username), read_key(folder)
    facts: dict[str, Any] = {
        "agency": agency,
        "record": record,
        "collected": _collected(desk, slug, agency),
        "may_reissue": agency.status is Status.NEW and not desk.preview.has_errors,
        "opens": "",
        "waits": False,
        "has_moved": False,
    }
    if key and record and record.sha256 and agency.emails:
        facts["opens"] = opening_address(key, agency, record)
        facts["waits"] = record.code != code_fingerprint(key, assign(agency, inputs, key).code)
        facts["has_moved"] = not facts["opens"]
    return facts


def _collected(desk: Desk, slug: str, agency: Agency) -> str:
    """Return when an agency collected, by the logs that were given; nothing where none were, or it has no letter."""
    recipients = desk.reports[slug][0].collection.recipients if slug in desk.reports else ()
    visits = next((each.visits for each in recipients if each.agency.username == agency.username), None)
    if visits is None:
        return ""
    return say_day(visits.first.date()) if visits.times else say("not by the logs that were given")


def give_another_code(desk: Desk, slug: str, form: Form) -> str:
    """Give an agency another code at the next build, as `reissue` does."""
    username = form.fields.get("username", "")
    reissue(desk.only(slug), [username])
    desk.preview.refresh()
    return f"{slug}/agency?q={username}"


# What a report has made, by its name in the campaign's private folder; a folder is downloaded as a ZIP.
MADE = {
    reporting.PAGE_NAME: N_("The page to print (.html)"),
    reporting.SHEET_NAME: N_("The list to call or write to (.xlsx)"),
    REMINDERS_FOLDER: N_("Reminders for you to send: a draft for each agency that has not collected (.zip)"),
}


class _Log(io.BytesIO):
    """A log as it was uploaded, with its own name for messages."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(upload.content)
        self.name = PurePath(upload.name).name


def show_logs(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the page with what the last logs showed."""
    folder, (report, problems) = desk.folders.private / slug, desk.reports.get(slug, (None, ()))
    collected, rows = (collected_line(report), report_rows(report)) if report else ("", ())
    made = {_saved_as(name): label for name, label in MADE.items() if (folder / name).exists()}
    facts: dict[str, Any] = {"problems": problems, "collected": collected, "rows": rows, "made": made}
    return desk.page("logs", say("Who has collected"), slug=slug, **facts)


def _saved_as(name: str) -> str:
    return f"{name}.zip" if name == REMINDERS_FOLDER else name


def _show_made(name: str, desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    path = desk.folders.private / slug / name
    with locked(desk.folders.private):
        return download(_saved_as(name), slug, packed(path, name) if path.is_dir() else path.read_bytes())


SHOWN: dict[str, Callable[[Desk, str, Mapping[str, str]], Answer]] = {
    _saved_as(name): partial(_show_made, name) for name in MADE
}


def count(desk: Desk, slug: str, form: Form) -> str:
    """Count what the logs show, as `report` does; they are gone afterwards."""
    folders, problems = desk.folders, Problems()
    uploads = form.files.get("logs", ())
    if not uploads:
        raise UsageError(say("there is no log"), say("go back and choose the web server's access logs"))
    inputs = with_annexes(desk.only(slug), problems)
    problems.stop_on_errors()
    report = reporting.count(inputs, [_Log(each) for each in uploads], folders, desk.preview.today(), problems)
    reminders = make_reminders(report, inputs, folders.templates, problems)
    with locked(folders.private):
        reporting.write(report, inputs, reminders)
    desk.reports[slug] = report, problems.all()
    return f"{slug}/logs"
