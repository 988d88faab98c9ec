"""The desk's first page: each campaign with its state and the one next step; and how a campaign begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from site_src.commands.facts import free_slug
from site_src.files.private import MANIFEST_NAME, write_private
from site_src.language.say import say, say_day, say_many
from site_src.new import draft_campaign
from site_src.plan.manifest import read_manifest
from site_src.problems import Problems, Severity, StateError
from site_src.publish.outcome import in_force
from site_src.publish.publish import locked
from site_src.read.content.campaign_folder import SAMPLE_NAME
from site_src.read.content.toml_table import UNREAD
from site_src.read.inputs import CampaignInputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_src.plan.manifest import Manifest
    from site_src.read.inputs import CircularInputs
    from site_src.read.settings import Campaign
    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer


def real_content(content: Path) -> Path:
    """Return the folder that a first campaign is written into: the sample, shown until then, has one of its own."""
    return content.parent if content.name == SAMPLE_NAME else content


def show(desk: Desk, name: str, _: str, __: Mapping[str, str]) -> Answer:
    """Return the first page, or the form for a new campaign."""
    content = real_content(desk.preview.folders.content)
    if name == "start":
        return desk.page("start.html", say("Start a campaign"), proposal=free_slug(content, desk.preview.today()))
    campaigns = [(each.campaign.slug, _name(each.campaign), *_standing(desk, each)) for each in desk.inputs.all]
    return desk.page("home.html", say("Campaigns"), campaigns=campaigns, is_sample=desk.inputs.site.sample)


def _name(campaign: Campaign) -> str:
    return campaign.slug if campaign.folder == UNREAD else campaign.folder


def do(desk: Desk, _: str, form: Form) -> str:
    """Begin a campaign from the two documents of a form, as `new` does."""
    folders = desk.preview.folders
    content = real_content(folders.content)
    slug, problems, uploads = form.fields.get("slug", "").strip(), Problems(), {"annex": form.annex()}
    uploads |= {"circular": form.files["circular"][0]} if form.files.get("circular") else {}
    with locked(folders.private), TemporaryDirectory(prefix=".desk-", dir=folders.private) as folder:
        paths = {name: Path(folder, f"{name}{upload.ending}") for name, upload in uploads.items()}
        for name, path in paths.items():
            write_private(path, uploads[name].content)
        desk.begun[slug] = draft_campaign(content, slug, paths["annex"], paths.get("circular"), problems)
    desk.preview.folders = replace(folders, content=content)
    desk.preview.refresh()
    return f"{slug}/facts"


def last_build(desk: Desk, slug: str) -> Manifest | None:
    """Return what was built of a campaign last; None where nothing was, or nobody can read it."""
    try:
        return read_manifest(desk.preview.folders.private / slug / MANIFEST_NAME)
    except StateError:  # the next build reports it
        return None


def _standing(desk: Desk, inputs: CircularInputs) -> tuple[str, str, str]:
    """Return a campaign's state in words, the one step that comes next, and the path of its page."""
    slug = inputs.campaign.slug
    errors = [each for each in desk.problems(slug) if each.severity is Severity.ERROR]
    if not isinstance(inputs, CampaignInputs):
        return say("Over"), say("Look up an agency"), f"{slug}/agency"
    if any(each.at.file == inputs.annex.name for each in errors):
        state = say_many("{number} error", "{number} errors", len(errors))
        return state, say("Correct the annex"), f"{slug}/annex"
    if errors:
        return say("Draft"), say("Fill in what is missing"), f"{slug}/facts"
    return _of_sound(desk, inputs)


def _of_sound(desk: Desk, inputs: CampaignInputs) -> tuple[str, str, str]:
    """Return the same of a campaign without errors."""
    campaign, built = inputs.campaign, last_build(desk, inputs.campaign.slug)
    day = say_day(campaign.effective)
    if not built:
        return say("Ready"), say("Build"), "build"
    if dict(built.inputs) != inputs.digests():
        return say("Changed since the last build"), say("Build again"), "build"
    if in_force(campaign, desk.preview.folders, desk.preview.today()):
        return say("In force since {day}", day=day), say("Look up an agency"), f"{campaign.slug}/agency"
    return say("Built; in force from {day}", day=day), say("Hand over"), "build"
