"""The story of a build: read all, plan, make, prove, publish. Nothing is written while anything is wrong."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from site_src.agency import Status
from site_src.edition import Archive, Edition, Folder, State
from site_src.inputs import read_inputs
from site_src.leaks import Secrets, find_leaks
from site_src.letters import typesetter_version
from site_src.make import archive_path, make_archives, make_password_file, other_users
from site_src.manifest import Manifest, read_manifest
from site_src.pages import render_pages
from site_src.plan import make_plan
from site_src.private import CURRENT_NAME, KEY_NAME, check_private
from site_src.problems import Place, Problem, Problems, Topic, UsageError
from site_src.public_annex import public_annex
from site_src.publish import (
    carry_over_folder,
    check_out,
    clear_staging,
    locked,
    make_public_folder,
    publish,
    staging_of,
    write_public,
)
from site_src.telling import status_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from site_src.inputs import CampaignInputs, Folders, Inputs
    from site_src.plan import Changes, Plan


class Progress(Protocol):
    """Whom a build tells how far it is."""

    def start(self, letters: int) -> None:
        """So many letters are about to be made."""

    def step(self) -> None:
        """One more letter is done; called from any thread."""

    def stop(self) -> None:
        """All letters are made, or the build ended early."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line asks of a build."""

    folders: Folders
    day: date
    jobs: int
    campaign: str = ""
    dry_run: bool = False
    strict: bool = False


@dataclass(frozen=True, kw_only=True)
class CampaignOutcome:
    """What a build did, or would do, to one campaign."""

    slug: str
    folder: str
    effective: date
    counts: Mapping[str, int]
    changes: Changes
    other_users: tuple[str, ...]
    others_dropped: bool
    sample_passwords: bool


@dataclass(frozen=True)
class Outcome:
    """What a build did, with the warnings that it met."""

    campaigns: tuple[CampaignOutcome, ...]
    warnings: tuple[Problem, ...]


def check(folders: Folders, day: date, only: str = "") -> tuple[Inputs, tuple[Problem, ...]]:
    """Read all inputs and say what is wrong with them; writes nothing."""
    problems = Problems()
    return read_inputs(folders, day, problems, only), problems.all()


def build(options: Options, progress: Progress) -> Outcome:
    """Build and publish the site.

    Raises InputError with every problem of the inputs, MachineError where the machine fails, UsageError where the
    options make no sense; in each case the site and the private folder are as they were.
    """
    folders = options.folders
    _check_folders(folders)
    problems = Problems()
    inputs = read_inputs(folders, options.day, problems)
    _check_campaign_name(inputs, options.campaign)
    problems.stop_on_errors(strict=options.strict)
    if options.dry_run:
        plans = [make_plan(campaign, folders, options.day) for campaign in _selected(inputs, options)]
        return _outcome(inputs, plans, folders, problems)
    check_private(folders.private)
    with locked(folders.private), _staging(folders.out):
        plans = [make_plan(campaign, folders, options.day) for campaign in _selected(inputs, options)]
        private_files = _make(inputs, plans, options, progress)
        _look_for_leaks(inputs, plans, folders, problems)
        problems.stop_on_errors()
        publish(folders.out, folders.private, private_files)
    return _outcome(inputs, plans, folders, problems)


def _check_folders(folders: Folders) -> None:
    """Raise UsageError where the folders lie in one another: secrets would be served, or inputs lost."""
    pairs = [
        (folders.private, folders.out, "the private folder would be served"),
        (folders.content, folders.out, "the content folder would be replaced"),
        (folders.out, folders.private, "the site would lie among secrets"),
        (folders.out, folders.content, "the site would lie among its inputs"),
    ]
    for inner, outer, why in pairs:
        if inner == outer or outer in inner.parents:
            raise UsageError(f'"{inner}" lies in "{outer}": {why}', "give folders that lie apart")
    check_out(folders.out)


def _check_campaign_name(inputs: Inputs, slug: str) -> None:
    known = [campaign.campaign.slug for campaign in inputs.campaigns]
    if slug and slug not in known:
        raise UsageError(f'there is no campaign "{slug}"', f"the campaigns are: {', '.join(known) or 'none'}")


def _selected(inputs: Inputs, options: Options) -> list[CampaignInputs]:
    return [each for each in inputs.campaigns if options.campaign in {"", each.campaign.slug}]


@contextmanager
def _staging(out: Path) -> Iterator[None]:
    """A new staging folder, which is gone afterwards: published, or given up."""
    clear_staging(out)
    make_public_folder(staging_of(out))
    try:
        yield
    finally:
        clear_staging(out)


def _make(inputs: Inputs, plans: Sequence[Plan], options: Options, progress: Progress) -> dict[Path, bytes]:
    """Fill the staging folder; returns the private files by their final path."""
    progress.start(sum(len(plan.changes.to_make) for plan in plans))
    try:
        made = {plan.campaign.slug: _make_letters(plan, options, progress) for plan in plans}
    finally:
        progress.stop()
    private_files: dict[Path, bytes] = {}
    for plan in plans:
        private_files.update(_make_private_files(plan, made[plan.campaign.slug], inputs, options))
    editions = [_edition(plan.inputs, made[plan.campaign.slug], withdrawn=plan.withdrawn) for plan in plans]
    carried = _carry_over_others(inputs, plans, options.folders)
    _write_pages(inputs, [*editions, *carried], {e.campaign.slug for e in carried}, staging_of(options.folders.out))
    for edition in editions:
        _write_beside_circular(edition, inputs, staging_of(options.folders.out))
    return private_files


def _make_letters(plan: Plan, options: Options, progress: Progress) -> dict[str, Archive]:
    slug, out = plan.campaign.slug, options.folders.out
    return make_archives(
        plan, out / "files" / slug, staging_of(out) / "files" / slug, jobs=options.jobs, progress=progress.step
    )


def _make_private_files(
    plan: Plan, archives: Mapping[str, Archive], inputs: Inputs, options: Options
) -> dict[Path, bytes]:
    folder = options.folders.private / plan.campaign.slug
    old = folder / "htpasswd.after"
    drop_others = inputs.site.server.other_users == "drop"
    after = bytes(
        make_password_file(
            plan, old.read_bytes() if old.is_file() else None, drop_others=drop_others, jobs=options.jobs
        )
    )
    records = {
        username: replace(record, size=archives[username].size, sha256=archives[username].sha256)
        if username in archives
        else record
        for username, record in plan.records.items()
    }
    manifest = Manifest(
        agencies=records,
        inputs=plan.inputs.digests(),
        made_with=typesetter_version(),
        htpasswd_after=hashlib.sha256(after).hexdigest(),
    )
    files = {
        folder / KEY_NAME: plan.key.secret,
        folder / "manifest.json": manifest.to_bytes(),
        folder / "htpasswd.after": after,
    }
    if plan.inputs.passwords is not None:
        files[folder / "htpasswd.before"] = bytes(plan.inputs.passwords)
    return files


def _edition(inputs: CampaignInputs, archives: Mapping[str, Archive], *, withdrawn: bool) -> Edition:
    new = State.WITHDRAWN if withdrawn else State.READY
    states = {Status.NEW: new, Status.KEEPS: State.KEEPS, Status.CONTACT_US: State.CONTACT_US}
    folders = tuple(Folder(each, states[each.status], archives.get(each.username)) for each in inputs.agencies)
    return Edition(inputs.campaign, inputs.circular, folders, inputs.attachments)


def _carry_over_others(inputs: Inputs, plans: Sequence[Plan], folders: Folders) -> list[Edition]:
    """With --campaign, the published others stay as they are; their editions are needed for the lists alone."""
    planned = {plan.campaign.slug for plan in plans}
    carried = []
    for other in inputs.campaigns:
        slug = other.campaign.slug
        manifest = read_manifest(folders.private / slug / "manifest.json")
        if slug in planned or manifest is None or not (folders.out / "files" / slug).is_dir():
            continue
        for part in ("files", "circulars"):
            carry_over_folder(folders.out / part / slug, staging_of(folders.out) / part / slug)
        records = manifest.agencies.items()
        archives = {username: Archive(record.size, record.sha256) for username, record in records if record.sha256}
        carried.append(_edition(other, archives, withdrawn=not archives))
    return carried


def _write_pages(inputs: Inputs, editions: Sequence[Edition], carried: set[str], staging: Path) -> None:
    skipped = tuple(f"{part}/{slug}/" for slug in carried for part in ("files", "circulars"))
    for page in render_pages(inputs.site, editions, inputs.texts, inputs.words):
        if not page.path.startswith(skipped):
            write_public(staging / page.path, page.content)


def _write_beside_circular(edition: Edition, inputs: Inputs, staging: Path) -> None:
    campaign = edition.campaign
    folder = staging / "circulars" / campaign.slug
    agencies = [each.agency for each in edition.folders]
    write_public(
        folder / "annex.xlsx", public_annex(agencies, inputs.words, campaign.circular.date or campaign.deadline)
    )
    for path in edition.attachments:
        write_public(folder / path.name, path.read_bytes())


def _look_for_leaks(inputs: Inputs, plans: Sequence[Plan], folders: Folders, problems: Problems) -> None:
    """The last scan: every staged file but the archives, which were opened and compared when they were made."""
    secrets = Secrets.of(
        emails=(email for campaign in inputs.campaigns for agency in campaign.agencies for email in agency.emails),
        codes=(assignment.code for plan in plans for assignment in plan.assignments.values()),
        policies=(plan.campaign.code for plan in plans),
        keys=(plan.key.secret for plan in plans),
    )
    staging = staging_of(folders.out)
    archives = {archive_path(staging / "files" / plan.campaign.slug, name) for plan in plans for name in plan.letters}
    for path in sorted(staging.rglob("*")):
        if path in archives or not path.is_file():
            continue
        name = path.relative_to(staging).as_posix()
        for leak in find_leaks(name, path.read_bytes(), secrets):
            hint = "take it out of the text or the attachment that this file comes from; nothing was published"
            problems.error(Topic.LEAK, leak, hint=hint, at=Place(file=name))


def _outcome(inputs: Inputs, plans: Sequence[Plan], folders: Folders, problems: Problems) -> Outcome:
    campaigns = tuple(
        CampaignOutcome(
            slug=plan.campaign.slug,
            folder=plan.campaign.folder,
            effective=plan.campaign.effective,
            counts=status_counts([plan.inputs]),
            changes=plan.changes,
            other_users=other_users(plan),
            others_dropped=inputs.site.server.other_users == "drop",
            sample_passwords=plan.inputs.passwords is not None and not (folders.private / CURRENT_NAME).is_file(),
        )
        for plan in plans
    )
    return Outcome(campaigns, problems.all())
