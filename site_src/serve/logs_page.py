"""Show who has collected, from the logs that staff give, with the two files of `report` to download."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import TYPE_CHECKING

from site_src.commands.messages import problem_lines, report_lines
from site_src.language.say import say
from site_src.pipeline.reading import with_annexes
from site_src.problems import Problems, UsageError
from site_src.publish.publish import locked
from site_src.report import reporting
from site_src.serve.preview import KINDS, Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_src.serve.desk import Desk, Form, Upload


class _Log(io.BytesIO):
    """A log as it was uploaded, with its own name for messages."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(upload.content)
        self.name = PurePath(upload.name).name


def show(desk: Desk, name: str, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the page, or a file of the last report."""
    folder = desk.preview.folders.private / slug
    if name != "logs":
        return Answer(200, (folder / name).read_bytes(), KINDS.guess_type(name)[0] or "", download=f"{slug}-{name}")
    ready = [file for file in (reporting.PAGE_NAME, reporting.SHEET_NAME) if (folder / file).is_file()]
    lines = desk.found.get(slug, ())
    return desk.page("logs.html", say("Who has collected"), slug=slug, found=lines, ready=ready)


def do(desk: Desk, slug: str, form: Form) -> str:
    """Count what the logs show, as `report` does; they are gone afterwards."""
    folders, problems = desk.preview.folders, Problems()
    uploads = form.files.get("logs", ())
    if not uploads:
        raise UsageError(say("there is no log"), say("go back and choose the web server's access logs"))
    inputs = with_annexes(desk.only(slug), problems)
    problems.stop_on_errors()
    report = reporting.count(inputs, [_Log(each) for each in uploads], folders, desk.preview.today(), problems)
    with locked(folders.private):
        reporting.write(report, inputs)
    desk.reports[slug] = report
    desk.found[slug] = (*problem_lines(problems.all()), *report_lines(report))
    return f"{slug}/logs"
