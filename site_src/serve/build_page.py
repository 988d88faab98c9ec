"""Build and prove the site from the browser, and hand it over."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from site_src.commands.build_messages import made_lines, steps_of
from site_src.commands.messages import problem_counts
from site_src.files.private import HANDED_OVER_NAME, HANDOVER_FOLDER, put_private
from site_src.folders import Options
from site_src.language.say import say
from site_src.problems import UsageError
from site_src.publish.publish import locked
from site_src.serve.desk import download, packed
from site_src.serve.preview import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_src.serve.desk import Desk, Form


def show(desk: Desk, _: str, __: Mapping[str, str]) -> Answer:
    """Return the page: how far a build is, or what it did."""
    slugs = [each.campaign.slug for each in desk.inputs.campaigns]
    ready = [slug for slug in slugs if (desk.folders.private / slug / HANDOVER_FOLDER).is_dir()]
    job, made, steps = desk.job, [], []
    if job.outcome and job.options:
        made, steps = [*made_lines(job.outcome, job.options)], [*steps_of(job.outcome, desk.folders, in_desk=True)]
    warnings = problem_counts(job.problems) if job.problems else ""
    facts: dict[str, Any] = {"made": made, "steps": steps, "warnings": warnings, "has_errors": desk.preview.has_errors}
    return desk.page("build", say("Build the site"), job=job, ready=ready, **facts)


def show_progress(desk: Desk, _: str, __: Mapping[str, str]) -> Answer:
    """Return how far a build is, for the page's script."""
    job = desk.job
    progress = {"running": job.is_running, "text": job.shown, "total": job.total, "done": job.done}
    return Answer(200, json.dumps(progress).encode(), "application/json")


def show_handover(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return a campaign's hand-over folder as a ZIP, and note that it was given away."""
    folder = desk.folders.private / slug / HANDOVER_FOLDER
    with locked(desk.folders.private):
        if not folder.is_dir():
            raise UsageError(say("there is no hand-over folder yet"), say("build it first"))
        content = packed(folder, f"{slug}-{HANDOVER_FOLDER}")
        put_private({folder.with_name(HANDED_OVER_NAME): desk.built_digest(slug)})
    return download("handover.zip", slug, content)


def begin(desk: Desk, _: str, __: Form) -> str:
    """Begin a build."""
    desk.job.begin(Options(folders=desk.folders, day=desk.preview.today(), jobs=os.cpu_count() or 1))
    return "build"
