"""Fill the staging folder with letters, pages and attachments, and list the private files that go with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from site_src.files.disk import carry_over, write_public
from site_src.files.htpasswd import PasswordFile
from site_src.files.looked import LOOKED_NAME
from site_src.files.private import AFTER_NAME, BEFORE_NAME, KEY_NAME, MANIFEST_NAME, SERVER_FOLDER
from site_src.files.walk import files_below
from site_src.folders import ADMINISTRATORS_FILES, ADMINISTRATORS_FOLDER, ROBOTS_NAME, is_administrators
from site_src.language.say import say
from site_src.make.at_once import make_password_file, start_archives, start_hashing, workers
from site_src.make.pages import Edition, Page, render_pages
from site_src.make.public_annex import beside_circulars
from site_src.make.server_rules import robots
from site_src.plan.manifest import INVENTORY_NAME, Manifest, to_bytes
from site_src.plan.plan import key_fingerprint
from site_src.prove.leaks import scan_site
from site_src.publish.publish import staging_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from site_src.folders import Options, Progress
    from site_src.make.pages import Archive
    from site_src.plan.plan import Plan
    from site_src.problems import Problems
    from site_src.read.inputs import Inputs


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that filling the staging folder needs."""

    inputs: Inputs
    plans: Sequence[Plan]
    options: Options
    progress: Progress
    rules: Mapping[str, bytes]  # for the web servers, by file name
    rules_changed: date | None  # for the manifests

    @property
    def root(self) -> Path:
        """Return the staging folder."""
        return staging_of(self.options.folders.out)

    def fill(self, problems: Problems) -> dict[Path, bytes]:
        """Make the whole site; return the private files that go with it, by their final path.

        Raises InputError where a secret leaks into a file of the site.
        """
        with workers(self.options.jobs) as pool:
            letters = sum(len(plan.changes.to_make) for plan in self.plans)
            with self.progress.showing(say("Making letters"), letters) as step:
                making = [start_archives(plan, self.options.folders.out, self.root, pool, step) for plan in self.plans]
                kind = self.inputs.site.server.hash
                hashing = [start_hashing(plan, self._last_password_file(plan), kind, pool) for plan in self.plans]
                self._write(beside_circulars(self.inputs, self._keep))
                archives = [collect() for collect in making]
            inputs = self.inputs
            editions = [Edition.of(each, {}) for each in inputs.over]
            editions += [Edition.of(plan.inputs, made) for plan, made in zip(self.plans, archives, strict=True)]
            kept = self._write(render_pages(inputs.site, editions, inputs.pages, inputs.words, self._keep))
            theirs = self._carry_over_administrators()
            scanned = scan_site(self.root, inputs, self.plans, problems, kept)
            digests = {name: digest for name, digest in scanned.items() if name not in theirs}
            digests[ROBOTS_NAME] = hashlib.sha256(robots(inputs.site)).hexdigest()  # theirs may be in its place
            problems.stop_on_errors()
            lines = [collect() for collect in hashing]
        private_files = {self.options.folders.private / SERVER_FOLDER / name: text for name, text in self.rules.items()}
        for plan, made, new_lines in zip(self.plans, archives, lines, strict=True):
            private_files.update(self._private_files(plan, made, new_lines))
            digests |= {plan.archive_name(username): archive.sha256 for username, archive in made.items()}
        private_files[self.options.folders.private / INVENTORY_NAME] = to_bytes(digests)
        private_files[self.options.folders.private / LOOKED_NAME] = self.inputs.looked.to_bytes()
        return private_files

    def _last_password_file(self, plan: Plan) -> bytes | None:
        path = self.options.folders.private / plan.campaign.slug / AFTER_NAME
        return path.read_bytes() if path.is_file() else None

    def _private_files(
        self, plan: Plan, archives: Mapping[str, Archive], new_lines: Mapping[str, bytes]
    ) -> dict[Path, bytes]:
        folder = self.options.folders.private / plan.campaign.slug
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
            made_with=plan.inputs.letter.version,
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

    def _keep(self, path: str, facts: str, make: Callable[[], bytes]) -> Page:
        return Page(path, *self.inputs.looked.again(self.options.folders.out / path, facts, make))

    def _write(self, pages: Iterable[Page]) -> set[str]:
        """Write the pages; return the paths of those that were kept."""
        kept = set()
        for page in pages:
            write_public(self.root / page.path, page.content)
            if page.is_kept:
                kept.add(page.path)
        return kept

    def _carry_over_administrators(self) -> set[str]:
        """Take what administrators put into the site into the new one; return its paths."""
        out, folder = self.options.folders.out, self.options.folders.out / ADMINISTRATORS_FOLDER
        inside = files_below(folder) if folder.is_dir() and not folder.is_symlink() else ()
        names = [*ADMINISTRATORS_FILES, *(f"{ADMINISTRATORS_FOLDER}{name}" for name in inside)]
        theirs = {name for name in names if (out / name).is_file() and is_administrators(name, out / name)}
        for name in theirs:
            carry_over(out / name, self.root / name)
        return theirs
