"""Filling the staging folder: letters, pages and what lies beside them, and the private files that go with them."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from site_src.access import PasswordFile
from site_src.bystanders import issued_by_bystanders, public_folders, published_entry
from site_src.inventory import INVENTORY_NAME, read_inventory, to_bytes
from site_src.language.say import say
from site_src.leaks.files import Leak, find_leaks, shown_name
from site_src.leaks.pages import PageScan
from site_src.leaks.secrets import Secrets
from site_src.letters import typesetter_version
from site_src.make import make_password_file, start_archives, start_hashing, workers
from site_src.manifest import Manifest
from site_src.pages.assets import is_asset
from site_src.pages.edition import Edition
from site_src.pages.render import render_pages
from site_src.plan import key_fingerprint
from site_src.private import AFTER_NAME, BEFORE_NAME, KEY_NAME, MANIFEST_NAME, SERVER_FOLDER
from site_src.problems import Place, Problems, Topic
from site_src.public_annex import public_annex
from site_src.publish import carry_over, carry_over_folder, staging_of, write_public
from site_src.replaceable import administrators_files
from site_src.server import server_files
from site_src.walk import all_below, files_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import ThreadPoolExecutor
    from datetime import date
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.inputs import CampaignInputs, Inputs
    from site_src.pages.edition import Archive, Entry
    from site_src.plan import Plan


PAGE_NAME = "index.html"


class Progress(Protocol):
    """Whom a build tells how far it is with the letters."""

    def start(self, letters: int) -> None:
        """So many letters are about to be made."""

    def step(self) -> None:
        """One more letter is done; called from any thread."""

    def stop(self) -> None:
        """The site is staged, or the build ended early."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that filling the staging folder of ``folders.out`` needs."""

    inputs: Inputs
    plans: Sequence[Plan]
    folders: Folders
    jobs: int
    progress: Progress
    rules_changed: date | None  # for the manifests

    @property
    def root(self) -> Path:
        """The staging folder."""
        return staging_of(self.folders.out)

    def fill(self, problems: Problems) -> dict[Path, bytes]:
        """Make the whole site; returns the private files that go with it, by their final path.

        Raises InputError where a secret leaks into a file of the site.
        """
        with workers(self.jobs) as pool, self._shown_progress():
            making = [self._start_letters(plan, pool) for plan in self.plans]
            kind = self.inputs.site.server.hash
            hashing = [start_hashing(plan, self._last_password_file(plan), kind, pool) for plan in self.plans]
            for plan in self.plans:
                self._write_beside_circular(plan.inputs)
            archives = [collect() for collect in making]
            editions = [
                Edition.of(plan.inputs, made, withdrawn=plan.withdrawn)
                for plan, made in zip(self.plans, archives, strict=True)
            ]
            self._write_pages(editions)
            theirs = self._carry_over_administrators()
            digests = {name: digest for name, digest in self._look_through(problems).items() if name not in theirs}
            problems.stop_on_errors()
            lines = [collect() for collect in hashing]
        rules = server_files(self.inputs.site).items()
        private_files = {self.folders.private / SERVER_FOLDER / name: text for name, text in rules}
        for plan, made, new_lines in zip(self.plans, archives, lines, strict=True):
            private_files.update(self._private_files(plan, made, new_lines))
            digests |= {_archive_name(plan, username): archive.sha256 for username, archive in made.items()}
        private_files[self.folders.private / INVENTORY_NAME] = to_bytes(digests)
        return private_files

    @contextmanager
    def _shown_progress(self) -> Iterator[None]:
        self.progress.start(sum(len(plan.changes.to_make) for plan in self.plans))
        try:
            yield
        finally:
            self.progress.stop()

    def _start_letters(self, plan: Plan, pool: ThreadPoolExecutor) -> Callable[[], dict[str, Archive]]:
        slug = plan.campaign.slug
        published, staged = (folder / "files" / slug for folder in (self.folders.out, self.root))
        return start_archives(plan, published, staged, pool, self.progress.step)

    def _last_password_file(self, plan: Plan) -> bytes | None:
        path = self.folders.private / plan.campaign.slug / AFTER_NAME
        return path.read_bytes() if path.is_file() else None

    def _private_files(
        self, plan: Plan, archives: Mapping[str, Archive], new_lines: Mapping[str, bytes]
    ) -> dict[Path, bytes]:
        folder = self.folders.private / plan.campaign.slug
        drop_others = self.inputs.site.server.drops_others
        after = bytes(make_password_file(plan, new_lines, drop_others=drop_others))
        records = {
            username: replace(plan.records[username], size=archive.size, sha256=archive.sha256)
            for username, archive in archives.items()
        }
        manifest = Manifest(
            effective=plan.campaign.effective,
            agencies={**plan.records, **records},
            inputs=plan.inputs.digests(),
            made_with=typesetter_version(),
            htpasswd_after=hashlib.sha256(after).hexdigest(),
            key=key_fingerprint(plan.key),
            rules_changed=self.rules_changed,
        )
        return {
            folder / KEY_NAME: plan.key.secret,
            folder / MANIFEST_NAME: manifest.to_bytes(),
            folder / BEFORE_NAME: bytes(plan.inputs.passwords or PasswordFile()),
            folder / AFTER_NAME: after,
        }

    def _write_beside_circular(self, inputs: CampaignInputs) -> None:
        campaign = inputs.campaign
        folder = self.root / "circulars" / campaign.slug
        annex = public_annex(inputs.agencies, self.inputs.words, campaign.circular.date or campaign.deadline)
        write_public(folder / "annex.xlsx", annex)
        for path in inputs.attachments:
            write_public(folder / path.name, path.read_bytes())

    def _write_pages(self, editions: Sequence[Edition]) -> None:
        carried = self._carry_over_bystanders()
        for page in render_pages(self.inputs.site, editions, self.inputs.texts, self.inputs.words, carried):
            path = self.root / page.path
            if not (carried and path.exists()):
                write_public(path, page.content)

    def _carry_over_bystanders(self) -> list[Entry]:
        """The published campaigns that this build leaves out (``--campaign``): the lists name them nevertheless."""
        for other in self.inputs.bystanders:
            for folder in public_folders(other.campaign.slug):
                carry_over_folder(self.folders.out / folder, self.root / folder)
        if self.inputs.bystanders:  # an older Thyrida may have made their pages, with other names of assets
            self._carry_over_assets()
        return [published_entry(other.campaign, self.folders.out) for other in self.inputs.bystanders]

    def _carry_over_administrators(self) -> set[str]:
        names = set(administrators_files(self.folders.out))
        for name in names:
            carry_over(self.folders.out / name, self.root / name)
        return names

    def _carry_over_assets(self) -> None:
        """Those whose names tell what is in them: any other may be another file than a build made."""
        for path in all_below(self.folders.out / "assets"):
            name = f"assets/{path.name}"
            if path.is_file() and not path.is_symlink() and is_asset(name, path.read_bytes()):
                carry_over(path, self.root / name)

    def _look_through(self, problems: Problems) -> dict[str, str]:
        """The last scan: every staged file but the archives, which were opened and compared when they were made.

        Returns the SHA-256 of each. What is carried over keeps the one that it had, or has none: it may be another file
        than was built, or a stray one.
        """
        everybody = (*self.inputs.campaigns, *self.inputs.bystanders)
        issued = tuple(issued_by_bystanders(self.inputs, self.folders, problems))
        secrets = Secrets.of(
            emails=(email for each in everybody for agency in each.agencies for email in agency.emails),
            codes=({assignment.code for plan in self.plans for assignment in plan.assignments.values()}, *issued),
            policies=(each.campaign.code for each in everybody),
            keys=(key.secret for key in (*(plan.key for plan in self.plans), *(each.key for each in issued))),
        )
        archives = {_archive_name(plan, username) for plan in self.plans for username in plan.letters}
        bystanders = tuple(
            f"{folder}/" for each in self.inputs.bystanders for folder in public_folders(each.campaign.slug)
        )
        before = read_inventory(self.folders.private) if bystanders else None
        digests = {name: digest for name, digest in (before or {}).items() if name.startswith(bystanders)}
        pages = PageScan(secrets)
        found: list[tuple[str, Leak]] = []
        for name in files_below(self.root):
            if name in archives:
                continue
            data = (self.root / name).read_bytes()
            if not name.startswith(bystanders):
                digests[name] = hashlib.sha256(data).hexdigest()
            if name.rpartition("/")[2] == PAGE_NAME:  # no attachment may bear this name
                found += pages.look(name, data)
            else:
                is_archive = name.startswith("files/") and name.endswith(".zip")  # of a campaign that is carried over
                found += [(name, leak) for leak in find_leaks(name, data, secrets, may_be_sealed=is_archive)]
        found += pages.finish()
        for name, leak in dict.fromkeys(found):
            take_out = say("take it out of the text or the attachment that this file comes from; nothing was published")
            at = Place(file=shown_name(name, secrets))
            problems.error(Topic.LEAK, leak.message, hint=leak.hint or take_out, at=at)
        return digests


def _archive_name(plan: Plan, username: str) -> str:
    return f"files/{plan.campaign.slug}/{username}/{username}.zip"
