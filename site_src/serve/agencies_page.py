"""Answer the telephone, and show who has collected. Never a code, never a letter."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from site_src.activate.activate import reissue
from site_src.commands.messages import collected_line, report_rows
from site_src.language.greek import fold
from site_src.language.say import say, say_day
from site_src.pipeline.reading import read_sound, with_annexes
from site_src.plan.keys import read_key
from site_src.plan.manifest import readable_manifest
from site_src.plan.plan import assign, code_fingerprint, opening_address
from site_src.problems import Problems, UsageError
from site_src.publish.publish import locked
from site_src.read.agency import Status
from site_src.report import reporting
from site_src.report.reminders import make_reminders
from site_src.serve.home_page import MADE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_src.read.agency import Agency
    from site_src.read.inputs import CircularInputs
    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer

FOUND_MOST = 20  # agencies that a search lists; more words find fewer


def show_agency(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the search, its results, or the one agency that was found."""
    inputs, asked = desk.campaigns[slug], query.get("q", "").strip()
    found = [agency for agency in inputs.agencies if asked and _fits(agency, asked)]
    facts = _facts(desk, inputs, found[0]) if len(found) == 1 else {"agency": None}
    facts |= {"asked": asked, "found": found[:FOUND_MOST], "count": len(found)}
    return desk.page("agency", say("An agency asks"), slug=slug, is_over=inputs in desk.preview.inputs.over, **facts)


def _fits(agency: Agency, asked: str) -> bool:
    name = fold(agency.name)
    return asked == agency.username or all(word in name or word in agency.username for word in fold(asked).split())


def _facts(desk: Desk, inputs: CircularInputs, agency: Agency) -> dict[str, Any]:
    """Return what the telephone may say of an agency."""
    folder = desk.private / inputs.campaign.slug
    record, key = readable_manifest(folder).agencies.get(agency.username), read_key(folder)
    facts: dict[str, Any] = {"agency": agency, "record": record, "letter": False, "waits": False, "opens": ""}
    facts["collected"] = _collected(desk, inputs.campaign.slug, agency)
    facts["may_reissue"] = agency.status is Status.NEW and not desk.preview.has_errors
    if key and record and record.sha256 and agency.emails:
        waits = record.code != code_fingerprint(key, assign(agency, inputs, key).code)
        facts |= {"letter": True, "waits": waits, "opens": opening_address(key, agency, record)}
    return facts


def _collected(desk: Desk, slug: str, agency: Agency) -> str:
    """Return when an agency collected, by the logs that were given; nothing where none were, or it has no letter."""
    recipients = desk.reports[slug][0].collection.recipients if slug in desk.reports else ()
    for each in recipients:
        if each.agency.username == agency.username:
            return say_day(each.visits.first.date()) if each.visits.times else say("not by the logs that were given")
    return ""


def give_another_code(desk: Desk, slug: str, form: Form) -> str:
    """Give an agency another code at the next build, as `reissue` does."""
    username = form.fields.get("username", "")
    reissue(read_sound(desk.preview.folders, desk.preview.today(), slug), [username])
    desk.preview.refresh()
    return f"{slug}/agency?q={username}"


class _Log(io.BytesIO):
    """A log as it was uploaded, with its own name for messages."""

    name = ""


def show_logs(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the page with what the last logs showed."""
    folder, (report, problems) = desk.private / slug, desk.reports.get(slug, (None, ()))
    collected, rows = (collected_line(report), report_rows(report)) if report else ("", ())
    made = [name for name in MADE if (folder / name.removesuffix(".zip")).exists()]
    facts: dict[str, Any] = {"problems": problems, "collected": collected, "rows": rows, "made": made}
    return desk.page("logs", say("Who has collected"), slug=slug, **facts)


def count(desk: Desk, slug: str, form: Form) -> str:
    """Count what the logs show, as `report` does; they are gone afterwards."""
    folders, today, problems, logs = desk.preview.folders, desk.preview.today(), Problems(), []
    for upload in form.files.get("logs", ()):
        logs.append(_Log(upload.content))
        logs[-1].name = PurePath(upload.name).name
    if not logs:
        raise UsageError(say("there is no log"), say("go back and choose the web server's access logs"))
    inputs = with_annexes(read_sound(folders, today, slug), problems)
    problems.stop_on_errors()
    report = reporting.count(inputs, logs, folders, today, problems)
    reminders = make_reminders(report, inputs, folders.templates, problems)
    with locked(folders.private):
        reporting.write(report, inputs, reminders)
    desk.reports[slug] = report, problems.all()
    return f"{slug}/logs"
