"""Show the campaigns: begin one, build and prove it, download what was made, answer the telephone, count the logs.

An agency's page never shows a code or a letter.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from site_src.activate.activate import reissue
from site_src.commands.build_messages import made_lines, steps_of
from site_src.commands.messages import collected_line, report_rows
from site_src.files.private import HANDED_OVER_NAME, HANDOVER_FOLDER, MANIFEST_NAME, REMINDERS_FOLDER, put_private
from site_src.files.walk import files_below
from site_src.folders import Options
from site_src.language.greek import fold
from site_src.language.say import say, say_day, say_many
from site_src.new.draft import (
    check_slug,
    draft_successor,
    free_slug,
    understand,
    usual_slug,
    write_draft,
)
from site_src.pipeline.reading import read_sound, with_annexes
from site_src.plan.keys import read_key
from site_src.plan.manifest import readable_manifest
from site_src.plan.plan import assign, code_fingerprint, opening_address
from site_src.problems import Problems, UsageError, count_errors
from site_src.publish.outcome import in_force
from site_src.publish.publish import locked
from site_src.read.agency import Agency, Status
from site_src.read.content.toml_table import UNREAD
from site_src.read.inputs import CampaignInputs, CircularInputs
from site_src.report import reporting
from site_src.report.reminders import make_reminders
from site_src.serve import input_pages
from site_src.serve.desk import SLUG, Desk, Job, Page, Work

FOUND_MOST = 20  # agencies that a search lists; more words find fewer
# What can be downloaded of a campaign's private folder; a folder as a ZIP.
HANDOVER, REMINDERS = f"{HANDOVER_FOLDER}.zip", f"{REMINDERS_FOLDER}.zip"
MADE = (HANDOVER, reporting.PAGE_NAME, reporting.SHEET_NAME, REMINDERS)


def show_home(page: Page) -> None:
    """Show the first page: the campaigns, and the next step of each."""
    desk = page.desk
    campaigns = [(slug, name, *_standing(desk, desk.campaigns[slug])) for slug, name in _names(desk).items()]
    is_sample = desk.preview.inputs.site.sample
    page.show("home", say("Campaigns"), campaigns=campaigns, is_sample=is_sample, problems=desk.problems)


def _names(desk: Desk) -> dict[str, str]:
    """Return the name of each campaign by its slug, which it is called by as long as it has no other."""
    folders = {slug: each.campaign.folder for slug, each in desk.campaigns.items()}
    return {slug: slug if folder == UNREAD else folder for slug, folder in folders.items()}


def show_start(page: Page) -> None:
    """Show the form for a new campaign, which may begin with the texts and settings of another."""
    is_sample = page.desk.preview.inputs.site.sample
    page.show("start", say("Start a campaign"), others={} if is_sample else _names(page.desk))


def begin(page: Page) -> str:
    """Begin a campaign from two documents, as `new` does; or from another, as `new --from` does."""
    desk, slug, before = page.desk, page.get_body_argument("slug", ""), page.get_body_argument("before", "")
    today, problems = desk.preview.today(), Problems()
    with page.uploads("annex", "circular") as paths:
        circular = paths.get("circular")
        if before:
            slug = slug or free_slug(desk.content, today)
            draft = draft_successor(desk.content, slug, before, paths.get("annex"), circular, problems)
        else:
            found = understand(annex := input_pages.annex_of(paths), circular, problems)
            slug = slug or usual_slug(desk.content, found, today)
            check_slug(desk.content, slug)
            draft = write_draft(desk.content, slug, annex, found, {})
    desk.begun[slug] = draft
    desk.preview.folders = replace(desk.preview.folders, content=desk.content)
    desk.preview.refresh()
    return f"{slug}/facts"


def _standing(desk: Desk, inputs: CircularInputs) -> tuple[str, str, str]:
    """Return a campaign's state in words, the one step that comes next, and the path of its page."""
    slug, day = inputs.campaign.slug, say_day(inputs.campaign.effective)
    problems, folder = desk.problems(slug), desk.private / slug
    built, handed_over = readable_manifest(folder), folder / HANDED_OVER_NAME
    note = handed_over.read_bytes() if handed_over.is_file() else b""
    is_in_force = in_force(inputs.campaign, desk.preview.folders, desk.preview.today())
    if not isinstance(inputs, CampaignInputs):
        found = say("Over"), say("See who has collected"), f"{slug}/logs"
    elif count_errors(filter(input_pages.is_about_annex, problems)):
        state = say_many("{number} error", "{number} errors", count_errors(problems))
        found = state, say("Correct the annex"), f"{slug}/annex"
    elif count_errors(problems):
        found = say("Draft"), say("Fill in what is missing"), f"{slug}/facts"
    elif not built.agencies:
        found = say("Ready"), say("Build the site"), "build"
    elif dict(built.inputs) != inputs.digests():
        found = say("Changed since the last build"), say("Build again"), "build"
    elif note != _build_of(folder) and (note or not is_in_force):
        found = say("Built; in force from {day}", day=day), say("Hand over"), "build"
    elif is_in_force:
        found = say("In force since {day}", day=day), say("Look up an agency"), f"{slug}/agency"
    else:
        found = say("Handed over; in force from {day}", day=day), say("See who has collected"), f"{slug}/logs"
    return found


def _build_of(folder: Path) -> bytes:
    """Return what identifies the last build of a campaign, by its private folder."""
    return hashlib.sha256((folder / MANIFEST_NAME).read_bytes()).hexdigest().encode()


def show_build(page: Page) -> None:
    """Show how far a build is, or what it did."""
    desk, job, outcome = page.desk, page.desk.job, page.desk.job.outcome
    slugs = [each.campaign.slug for each in desk.preview.inputs.campaigns]
    page.show(
        "build",
        say("Build the site"),
        job=job,
        ready=[slug for slug in slugs if (desk.private / slug / HANDOVER_FOLDER).is_dir()],
        made=[*made_lines(outcome, job.options)] if outcome and job.options else [],
        steps=[*steps_of(outcome, desk.preview.folders)] if outcome and not outcome.is_sample else [],
    )


def begin_build(page: Page) -> str:
    """Begin a build, unless one is at work already: a second window then sees the same."""
    preview = page.desk.preview
    if not page.desk.job.is_alive():
        page.desk.job = Job(Options(folders=preview.folders, day=preview.today(), jobs=os.cpu_count() or 1))
        page.desk.job.start()
    return "build"


def show_progress(page: Page) -> None:
    """Answer with how far a build is, for the script of its page."""
    now = page.desk.job.progress
    page.finish({"running": page.desk.job.is_alive(), "text": now.text, "total": now.total, "done": now.done})


def show_made(page: Page) -> None:
    """Answer with what was made of a campaign; of the hand-over folder, note which build was given away."""
    slug, name = page.path_args
    folder = page.desk.private / slug
    path = folder / name.removesuffix(".zip")
    with locked(page.desk.private):
        if not path.exists():
            raise UsageError(say('there is no "{name}" yet', name=path.name))
        content = io.BytesIO(path.read_bytes() if path.is_file() else b"")
        if path.is_dir():
            with zipfile.ZipFile(content, "w") as archive:  # stored as it is: most of it is encrypted or small
                for each in sorted(files_below(path)):
                    archive.write(path / each, f"{slug}-{path.name}/{each}")
        if name == HANDOVER:
            put_private({folder / HANDED_OVER_NAME: _build_of(folder)})
    page.give(content.getvalue(), f"{slug}-{name}", is_download=True)


def show_agency(page: Page) -> None:
    """Show the search, its results, or what the telephone may say of the one agency that was found."""
    desk, slug, asked = page.desk, page.slug, page.get_query_argument("q", "")
    inputs, folder = desk.campaigns[slug], desk.private / slug
    words, found = fold(asked).split(), []
    for each in inputs.agencies if words else ():
        name = fold(each.name)
        if all(word in name or word in each.username for word in words):
            found.append(each)
    facts: dict[str, Any] = {"asked": asked, "found": found[:FOUND_MOST], "count": len(found), "agency": None}
    facts |= {"is_over": inputs.is_over, "letter": False, "waits": False, "opens": ""}
    if len(found) == 1:
        agency, key = found[0], read_key(folder)
        record = readable_manifest(folder).agencies.get(agency.username)
        may_reissue = agency.status is Status.NEW and not desk.preview.has_errors
        collected = _collected(desk, slug, agency)
        facts |= {"agency": agency, "record": record, "collected": collected, "may_reissue": may_reissue}
        if key and record and record.sha256 and agency.emails:
            waits = record.code != code_fingerprint(key, assign(agency, inputs, key).code)
            facts |= {"letter": True, "waits": waits, "opens": opening_address(key, agency, record)}
    page.show("agency", say("An agency asks"), **facts)


def give_another_code(page: Page) -> str:
    """Give an agency another code at the next build, as `reissue` does."""
    preview, username = page.desk.preview, page.get_body_argument("username", "")
    reissue(read_sound(preview.folders, preview.today(), page.slug), [username])
    preview.refresh()
    return f"{page.slug}/agency?q={username}"


def _collected(desk: Desk, slug: str, agency: Agency) -> str:
    """Return when an agency collected, by the logs that were given; nothing where none were, or it has no letter."""
    recipients = desk.reports[slug][0].recipients if slug in desk.reports else ()
    for each in recipients:
        if each.agency.username == agency.username:
            return say_day(each.visits.first.date()) if each.visits.times else say("not by the logs that were given")
    return ""


class _Log(io.BytesIO):
    """A log as it was uploaded, with its own name for messages."""

    name = ""


def show_logs(page: Page) -> None:
    """Show the page that takes the web server's logs, with what the last ones showed."""
    folder, (report, problems) = page.desk.private / page.slug, page.desk.reports.get(page.slug, (None, ()))
    collected, rows = (collected_line(report), report_rows(report)) if report else ("", ())
    made = [name for name in MADE if (folder / name.removesuffix(".zip")).exists()]
    page.show("logs", say("Who has collected"), problems=problems, collected=collected, rows=rows, made=made)


def count(page: Page) -> str:
    """Count what the logs show, as `report` does; they are gone afterwards."""
    folders, today, problems, logs = page.desk.preview.folders, page.desk.preview.today(), Problems(), []
    for upload in page.request.files.get("logs", ()):
        logs.append(_Log(upload.body))
        logs[-1].name = PurePath(upload.filename).name
    if not logs:
        raise UsageError(say("there is no log"), say("go back and choose the web server's access logs"))
    inputs = with_annexes(read_sound(folders, today, page.slug), problems)
    problems.stop_on_errors()
    report = reporting.count(inputs, logs, folders, today, problems)
    reminders = make_reminders(report, inputs, problems)
    with locked(folders.private):
        reporting.write(report, inputs, reminders)
    page.desk.reports[page.slug] = report, problems.all()
    return f"{page.slug}/logs"


# By an address below /desk/: what shows it, and what takes its form.
PAGES: dict[str, tuple[Work, Work | None]] = {
    "": (show_home, None),
    "start": (show_start, begin),
    "build": (show_build, begin_build),
    "progress": (show_progress, None),
    f"{SLUG}/annex": (input_pages.show_annex, input_pages.replace_annex),
    rf"{SLUG}/annex-marked\.xlsx": (input_pages.show_marked, None),
    f"{SLUG}/facts": (input_pages.show_facts, input_pages.save),
    f"{SLUG}/agency": (show_agency, give_another_code),
    f"{SLUG}/logs": (show_logs, count),
    f"{SLUG}/({'|'.join(map(re.escape, MADE))})": (show_made, None),
}
