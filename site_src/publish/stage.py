"""Fill the staging folder with letters, pages and attachments, and list the private files that go with them."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.htpasswd import PasswordFile
from site_src.files.looked import LOOKED_NAME
from site_src.files.private import AFTER_NAME, BEFORE_NAME, KEY_NAME, MANIFEST_NAME, SERVER_FOLDER
from site_src.files.public import administrators_files, carry_over, write_public
from site_src.files.walk import files_below
from site_src.folders import archive_path
from site_src.language.say import say
from site_src.make.at_once import make_password_file, start_archives, start_hashing, workers
from site_src.make.pages.render import Edition, render_pages
from site_src.make.public_annex import public_annex
from site_src.make.server_rules import server_files
from site_src.plan.manifest import INVENTORY_NAME, Manifest, to_bytes
from site_src.plan.plan import key_fingerprint
from site_src.problems import Place, Problems, Topic
from site_src.prove.leaks import Leak, PageScan, find_leaks, look_at_name
from site_src.prove.secrets import Secrets
from site_src.publish.publish import staging_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import ThreadPoolExecutor
    from datetime import date

    from site_src.folders import Folders, Progress
    from site_src.make.pages.render import Archive
    from site_src.plan.plan import Plan
    from site_src.read.inputs import Inputs


PAGE_NAME = "index.html"


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
        """Return the staging folder."""
        return staging_of(self.folders.out)

    def fill(self, problems: Problems) -> dict[Path, bytes]:
        """Make the whole site; return the private files that go with it, by their final path.

        Raises InputError where a secret leaks into a file of the site.
        """
        with workers(self.jobs) as pool:
            with self._shown_progress():
                making = [self._start_letters(plan, pool) for plan in self.plans]
                kind = self.inputs.site.server.hash
                hashing = [start_hashing(plan, self._last_password_file(plan), kind, pool) for plan in self.plans]
                self._write_beside_circulars()
                archives = [collect() for collect in making]
            editions = [Edition.of(plan.inputs, made) for plan, made in zip(self.plans, archives, strict=True)]
            self._write_pages([*map(Edition.of_past, self.inputs.over), *editions])
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
        private_files[self.folders.private / LOOKED_NAME] = self.inputs.looked.to_bytes()
        return private_files

    @contextmanager
    def _shown_progress(self) -> Iterator[None]:
        self.progress.start(say("Making letters"), sum(len(plan.changes.to_make) for plan in self.plans))
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
            made_with=plan.inputs.typesetter.version,
            htpasswd_after=hashlib.sha256(after).hexdigest(),
            key=key_fingerprint(plan.key),
            rules_changed=self.rules_changed,
            sample=self.inputs.site.sample,
        )
        return {
            folder / KEY_NAME: plan.key.secret,
            folder / MANIFEST_NAME: manifest.to_bytes(),
            folder / BEFORE_NAME: bytes(plan.inputs.passwords or PasswordFile()),
            folder / AFTER_NAME: after,
        }

    def _write_beside_circulars(self) -> None:
        circulars = self.root / "circulars"
        for each in self.inputs.campaigns:
            campaign = each.campaign
            annex = public_annex(each.agencies, self.inputs.words, campaign.circular.date or campaign.deadline)
            write_public(circulars / campaign.slug / "annex.xlsx", annex)
        for other in self.inputs.all:
            for path in other.attachments:
                write_public(circulars / other.campaign.slug / path.name, path.read_bytes())

    def _write_pages(self, editions: Sequence[Edition]) -> None:
        for page in render_pages(self.inputs.site, editions, self.inputs.texts, self.inputs.words):
            write_public(self.root / page.path, page.content)

    def _carry_over_administrators(self) -> set[str]:
        names = set(administrators_files(self.folders.out))
        for name in names:
            carry_over(self.folders.out / name, self.root / name)
        return names

    def _look_through(self, problems: Problems) -> dict[str, str]:
        """Do the last scan, of every staged file but the archives, which were opened and compared when they were made.

        Returns the SHA-256 of each.
        """
        campaigns = self.inputs.campaigns
        secrets = Secrets.of(
            emails=(email for each in campaigns for agency in each.agencies for email in agency.emails),
            codes=(assignment.code for plan in self.plans for assignment in plan.assignments.values()),
            policies=(each.campaign.code for each in campaigns),
            keys=(plan.key.secret for plan in self.plans),
        )
        archives = {_archive_name(plan, username) for plan in self.plans for username in plan.letters}
        digests: dict[str, str] = {}
        pages = PageScan(secrets)
        found: list[tuple[str, Leak]] = []
        for name in files_below(self.root):
            if name in archives:
                continue
            data = (self.root / name).read_bytes()
            digests[name] = hashlib.sha256(data).hexdigest()
            if name.rpartition("/")[2] == PAGE_NAME:  # no attachment may bear this name
                found += pages.look(name, data)
            else:
                looked = self.inputs.looked if name.startswith("circulars/") else None
                found += [(name, leak) for leak in find_leaks(name, data, secrets, looked)]
        found += pages.finish()
        for name in (name for plan in self.plans for name in _sealed_names(plan)):  # no archive hides them
            found += [(name, leak) for leak in look_at_name(name, secrets)[1]]
        for name, leak in dict.fromkeys(found):
            take_out = say("take it out of the text or the attachment that this file comes from; nothing was published")
            at = Place(file=look_at_name(name, secrets)[0])
            problems.error(Topic.LEAK, leak.message, hint=leak.hint or take_out, at=at)
        return digests


def _archive_name(plan: Plan, username: str) -> str:
    return archive_path(Path("files", plan.campaign.slug), username).as_posix()


def _sealed_names(plan: Plan) -> Iterator[str]:
    for username, documents in plan.inputs.enclosures.items():
        yield from (f"files/{username}/{document.name}" for document in documents)
