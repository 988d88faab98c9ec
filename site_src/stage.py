"""Filling the staging folder: letters, pages and what lies beside them, and the private files that go with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from site_src.access import PasswordFile
from site_src.agency import Status
from site_src.edition import Archive, Edition, Folder, State
from site_src.letters import typesetter_version
from site_src.make import make_archives, make_password_file
from site_src.manifest import Manifest, read_manifest
from site_src.pages import render_pages
from site_src.private import AFTER_NAME, BEFORE_NAME, KEY_NAME, MANIFEST_NAME
from site_src.public_annex import public_annex
from site_src.publish import carry_over_folder, staging_of, write_public

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_src.inputs import CampaignInputs, Folders, Inputs
    from site_src.plan import Plan


class Progress(Protocol):
    """Whom a build tells how far it is."""

    def start(self, letters: int) -> None:
        """So many letters are about to be made."""

    def step(self) -> None:
        """One more letter is done; called from any thread."""

    def stop(self) -> None:
        """All letters are made, or the build ended early."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that filling the staging folder of ``folders.out`` needs."""

    inputs: Inputs
    plans: Sequence[Plan]
    folders: Folders
    jobs: int
    progress: Progress

    @property
    def root(self) -> Path:
        """The staging folder."""
        return staging_of(self.folders.out)

    def fill(self) -> dict[Path, bytes]:
        """Make the whole site; returns the private files that go with it, by their final path."""
        self.progress.start(sum(len(plan.changes.to_make) for plan in self.plans))
        try:
            archives = [self._make_letters(plan) for plan in self.plans]
        finally:
            self.progress.stop()
        private_files: dict[Path, bytes] = {}
        editions = []
        for plan, made in zip(self.plans, archives, strict=True):
            private_files.update(self._private_files(plan, made))
            editions.append(_edition(plan.inputs, made, withdrawn=plan.withdrawn))
        for edition in editions:
            self._write_beside_circular(edition)
        self._write_pages(editions)
        return private_files

    def _make_letters(self, plan: Plan) -> dict[str, Archive]:
        slug = plan.campaign.slug
        published, staged = (folder / "files" / slug for folder in (self.folders.out, self.root))
        return make_archives(plan, published, staged, jobs=self.jobs, progress=self.progress.step)

    def _private_files(self, plan: Plan, archives: Mapping[str, Archive]) -> dict[Path, bytes]:
        folder = self.folders.private / plan.campaign.slug
        after = self._password_file(plan, folder / AFTER_NAME)
        records = {
            username: replace(plan.records[username], size=archive.size, sha256=archive.sha256)
            for username, archive in archives.items()
        }
        manifest = Manifest(
            effective=plan.campaign.effective.isoformat(),
            agencies={**plan.records, **records},
            inputs=plan.inputs.digests(),
            made_with=typesetter_version(),
            htpasswd_after=hashlib.sha256(after).hexdigest(),
        )
        return {
            folder / KEY_NAME: plan.key.secret,
            folder / MANIFEST_NAME: manifest.to_bytes(),
            folder / BEFORE_NAME: bytes(plan.inputs.passwords or PasswordFile()),
            folder / AFTER_NAME: after,
        }

    def _password_file(self, plan: Plan, last: Path) -> bytes:
        old = last.read_bytes() if last.is_file() else None
        drop_others = self.inputs.site.server.other_users == "drop"
        return bytes(make_password_file(plan, old, drop_others=drop_others, jobs=self.jobs))

    def _write_beside_circular(self, edition: Edition) -> None:
        head = edition.campaign.circular
        folder = self.root / "circulars" / edition.campaign.slug
        agencies = [each.agency for each in edition.folders]
        annex = public_annex(agencies, self.inputs.words, head.date or edition.campaign.deadline)
        write_public(folder / "annex.xlsx", annex)
        for path in edition.attachments:
            write_public(folder / path.name, path.read_bytes())

    def _write_pages(self, editions: Sequence[Edition]) -> None:
        """All pages, but for those of campaigns that stay as they are: the lists name these nevertheless."""
        carried = self._carry_over_others()
        stay = tuple(f"{part}/{edition.campaign.slug}/" for edition in carried for part in ("files", "circulars"))
        for page in render_pages(self.inputs.site, [*editions, *carried], self.inputs.texts, self.inputs.words):
            if not page.path.startswith(stay):
                write_public(self.root / page.path, page.content)

    def _carry_over_others(self) -> list[Edition]:
        """The published campaigns that this build leaves out (``--campaign``), taken over as they are."""
        planned = {plan.campaign.slug for plan in self.plans}
        carried = []
        for other in self.inputs.campaigns:
            slug = other.campaign.slug
            manifest = read_manifest(self.folders.private / slug / MANIFEST_NAME)
            if slug in planned or manifest is None or not (self.folders.out / "files" / slug).is_dir():
                continue
            for part in ("files", "circulars"):
                carry_over_folder(self.folders.out / part / slug, self.root / part / slug)
            carried.append(_published_edition(other, manifest))
        return carried


def _published_edition(inputs: CampaignInputs, manifest: Manifest) -> Edition:
    records = manifest.agencies.items()
    archives = {username: Archive(record.size, record.sha256) for username, record in records if record.sha256}
    return _edition(inputs, archives, withdrawn=not archives)


def _edition(inputs: CampaignInputs, archives: Mapping[str, Archive], *, withdrawn: bool) -> Edition:
    new = State.WITHDRAWN if withdrawn else State.READY
    states = {Status.NEW: new, Status.KEEPS: State.KEEPS, Status.CONTACT_US: State.CONTACT_US}
    folders = tuple(Folder(each, states[each.status], archives.get(each.username)) for each in inputs.agencies)
    return Edition(inputs.campaign, inputs.circular, folders, inputs.attachments)
