"""Show the campaigns with their next steps: begin one, build and prove the site, and hand it over."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from site_src.commands.build_messages import made_lines, steps_of
from site_src.commands.facts import free_slug
from site_src.commands.messages import problem_counts
from site_src.files.private import HANDED_OVER_NAME, HANDOVER_FOLDER, put_private
from site_src.folders import Options
from site_src.language.say import say, say_day, say_many
from site_src.new.draft import draft_campaign, draft_successor
from site_src.plan.manifest import readable_manifest
from site_src.problems import Problems, UsageError, count_errors
from site_src.publish.outcome import in_force
from site_src.publish.publish import locked
from site_src.read.content.toml_table import UNREAD
from site_src.read.inputs import CampaignInputs
from site_src.serve.desk import download, packed
from site_src.serve.inputs_page import is_about_annex
from site_src.serve.preview import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_src.read.inputs import CircularInputs
    from site_src.read.settings import Campaign
    from site_src.serve.desk import Desk, Form


def show(desk: Desk, _: str, __: Mapping[str, str]) -> Answer:
    """Return the first page."""
    campaigns = [(each.campaign.slug, _name(each.campaign), *_standing(desk, each)) for each in desk.inputs.all]
    facts: dict[str, Any] = {"is_sample": desk.inputs.site.sample, "problems": desk.problems, "counts": problem_counts}
    return desk.page("home", say("Campaigns"), campaigns=campaigns, **facts)


def show_start(desk: Desk, _: str, query: Mapping[str, str]) -> Answer:
    """Return the form for a new campaign, which may begin with the texts and settings of another."""
    others = {} if desk.inputs.site.sample else {each.campaign.slug: _name(each.campaign) for each in desk.inputs.all}
    before = query.get("before", "")
    facts: dict[str, Any] = {"others": others, "before": before if before in others else ""}
    proposal = free_slug(desk.content, desk.preview.today())
    return desk.page("start", say("Start a campaign"), proposal=proposal, **facts)


def _name(campaign: Campaign) -> str:
    return campaign.slug if campaign.folder == UNREAD else campaign.folder


def begin(desk: Desk, _: str, form: Form) -> str:
    """Begin a campaign from the two documents of a form, as `new` does; or from another, as `new --from` does."""
    slug, before, problems = form.fields.get("slug", "").strip(), form.fields.get("before", ""), Problems()
    uploads = {name: form.files[name][0] for name in ("annex", "circular") if form.files.get(name)}
    if not before:
        form.annex()
    with desk.as_files(uploads) as paths:
        annex, circular = paths.get("annex"), paths.get("circular")
        if before or annex is None:
            draft = draft_successor(desk.content, slug, before, annex, circular, problems)
        else:
            draft = draft_campaign(desk.content, slug, annex, circular, problems)
    desk.begun[slug] = draft
    desk.preview.folders = replace(desk.folders, content=desk.content)
    desk.preview.refresh()
    return f"{slug}/facts"


def _standing(desk: Desk, inputs: CircularInputs) -> tuple[str, str, str]:
    """Return a campaign's state in words, the one step that comes next, and the path of its page."""
    slug, problems = inputs.campaign.slug, desk.problems(inputs.campaign.slug)
    if not isinstance(inputs, CampaignInputs):
        return say("Over"), say("See who has collected"), f"{slug}/logs"
    if count_errors(filter(is_about_annex, problems)):
        state = say_many("{number} error", "{number} errors", count_errors(problems))
        return state, say("Correct the annex"), f"{slug}/annex"
    if count_errors(problems):
        return say("Draft"), say("Fill in what is missing"), f"{slug}/facts"
    return _of_sound(desk, inputs)


def _of_sound(desk: Desk, inputs: CampaignInputs) -> tuple[str, str, str]:
    """Return the same of a campaign without errors."""
    campaign, day = inputs.campaign, say_day(inputs.campaign.effective)
    built = readable_manifest(desk.folders.private / campaign.slug)
    if not built.agencies:
        return say("Ready"), say("Build the site"), "build"
    if dict(built.inputs) != inputs.digests():
        return say("Changed since the last build"), say("Build again"), "build"
    is_in_force = in_force(campaign, desk.folders, desk.preview.today())
    handed_over = desk.folders.private / campaign.slug / HANDED_OVER_NAME  # notes which build the desk gave away
    note = handed_over.read_bytes() if handed_over.is_file() else b""
    if note != desk.built_digest(campaign.slug) and (note or not is_in_force):
        return say("Built; in force from {day}", day=day), say("Hand over"), "build"
    if is_in_force:
        return say("In force since {day}", day=day), say("Look up an agency"), f"{campaign.slug}/agency"
    return say("Handed over; in force from {day}", day=day), say("See who has collected"), f"{campaign.slug}/logs"


def show_build(desk: Desk, _: str, __: Mapping[str, str]) -> Answer:
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


def begin_build(desk: Desk, _: str, __: Form) -> str:
    """Begin a build."""
    desk.job.begin(Options(folders=desk.folders, day=desk.preview.today(), jobs=os.cpu_count() or 1))
    return "build"
