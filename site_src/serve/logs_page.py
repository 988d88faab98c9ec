"""Show who has collected, from the logs that staff give, with the files that `report` makes to download."""

from __future__ import annotations

import io
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from site_src.commands.messages import collected_line, report_rows
from site_src.files.private import REMINDERS_FOLDER
from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.pipeline.reading import with_annexes
from site_src.problems import Problems, UsageError
from site_src.publish.publish import locked
from site_src.report import reporting
from site_src.report.reminders import make_reminders
from site_src.serve.desk import download, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from site_src.serve.desk import Desk, Form, Upload
    from site_src.serve.preview import Answer

# What a report has made, by its name in the campaign's private folder.
MADE = {
    reporting.PAGE_NAME: N_("The page to print (.html)"),
    reporting.SHEET_NAME: N_("The list to call or write to (.xlsx)"),
}
REMINDERS = f"{REMINDERS_FOLDER}.zip"


class _Log(io.BytesIO):
    """A log as it was uploaded, with its own name for messages."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(upload.content)
        self.name = PurePath(upload.name).name


def show(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the page with what the last logs showed."""
    folder, (report, problems) = desk.folders.private / slug, desk.reports.get(slug, (None, ()))
    collected, rows = (collected_line(report), report_rows(report)) if report else ("", ())
    made = {name: label for name, label in MADE.items() if (folder / name).is_file()}
    if (folder / REMINDERS_FOLDER).is_dir():
        made[REMINDERS] = N_("Reminders for you to send: a draft for each agency that has not collected (.zip)")
    facts: dict[str, Any] = {"problems": problems, "collected": collected, "rows": rows, "made": made}
    return desk.page("logs", say("Who has collected"), slug=slug, **facts)


def _show_made(name: str, desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    return download(name, slug, (desk.folders.private / slug / name).read_bytes())


def _show_reminders(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    with locked(desk.folders.private):
        return download(REMINDERS, slug, packed(desk.folders.private / slug / REMINDERS_FOLDER, REMINDERS_FOLDER))


SHOWN: dict[str, Callable[[Desk, str, Mapping[str, str]], Answer]] = {
    **{name: partial(_show_made, name) for name in MADE},
    REMINDERS: _show_reminders,
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
