"""Build: read all, plan, make, prove, publish. Nothing is written while anything is wrong."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from site_src.files import private
from site_src.files.disk import carry_over, make_public_folder, write_public
from site_src.files.htpasswd import PasswordFile
from site_src.files.looked import LOOKED_NAME, Looked
from site_src.files.walk import files_below
from site_src.folders import ROBOTS_NAME, UNSHOWN, Folders, Options, Progress, is_administrators, is_within
from site_src.language.say import say
from site_src.make.at_once import make_password_file, other_users, start_archives, start_hashing, workers
from site_src.make.pages import Archive, Edition, Page, beside_circulars, render_pages
from site_src.make.server_rules import are_others, robots, server_files
from site_src.pipeline.reading import read_inputs
from site_src.plan.manifest import INVENTORY_NAME, Manifest, built_folders, to_bytes
from site_src.plan.plan import Plan, key_fingerprint, make_plan
from site_src.problems import MachineError, Place, Problem, Problems, Topic, UsageError
from site_src.prove.leaks import scan_site
from site_src.publish import outcome
from site_src.publish.handover_folder import remove_handover, write_handover
from site_src.publish.publish import check_out, clear_staging, is_publishing, locked, publish, staging_of
from site_src.read.content.campaign_folder import campaign_folders
from site_src.read.inputs import Inputs
from site_src.read.suspicions import begins_late, is_real


def check(
    folders: Folders, day: date, only: str = "", progress: Progress = UNSHOWN
) -> tuple[Inputs, tuple[Problem, ...]]:
    """Read all inputs and say what is wrong with them; writes nothing."""
    problems, looked = Problems(), Looked.through(folders.private, progress)
    return read_inputs(folders, day, problems, only, looked=looked), problems.all()


def build(options: Options, progress: Progress) -> outcome.Outcome:
    """Build and publish the site.

    Raises InputError with every problem of the inputs, MachineError where the machine fails, UsageError where the
    options make no sense; in each case the site and the private folder are as they were.
    """
    folders = options.folders
    _check_folders(folders)
    problems = Problems()
    closed = () if options.dry_run else _close_inputs(folders)  # first, since it changes the state of the inputs
    state = outcome.state_of_inputs(options)
    inputs = read_inputs(folders, options.day, problems, looked=Looked.through(folders.private, progress))
    _warn_of_lost_campaigns(folders, problems)
    problems.stop_on_errors(strict=options.strict)
    if inputs.site.sample:
        _refuse_sample(folders)
    rules = server_files(inputs.site, [page.name for page in inputs.pages])
    over = tuple(outcome.left_of(each.campaign, folders, options.day) for each in inputs.over)
    done = outcome.Outcome(over=over, warnings=problems.all(), closed=closed, is_sample=inputs.site.sample)
    if options.dry_run:
        plans = _make_plans(inputs, options)
        changed = _rules_changed(rules, plans, options)
        return replace(done, campaigns=_outcomes(inputs, plans, options), rules_changed=changed)
    _refuse_open(inputs)
    private.check_private(folders.private)
    with locked(folders.private, folders.out), _staging(folders):
        plans = _make_plans(inputs, options)
        changed = _rules_changed(rules, plans, options)
        stage = Stage(
            inputs=inputs, plans=plans, options=options, progress=progress, rules=rules, rules_changed=changed
        )
        private_files = stage.fill(problems)
        replaced_site = _is_another(plans, private_files, folders)
        publish(folders.out, folders.private, private_files)
        if not inputs.site.sample:
            _write_handovers(inputs, options)
            _forget_sample(folders)
        state = outcome.state_of(options, state)
    campaigns = _outcomes(inputs, plans, options)
    return replace(done, campaigns=campaigns, rules_changed=changed, replaced_site=replaced_site, state=state)


def _refuse_sample(folders: Folders) -> None:
    """Raise UsageError where a real site was built: the sample must not take its place because content/ was lost."""
    if built := built_folders(folders.private):
        message = say(
            'the content folder holds the sample alone, but "{private}" has campaigns that were built: {names}',
            private=folders.private,
            names=", ".join(folder.name for folder in built),
        )
        hint = say(
            "put their folders back into the content folder, from your backup; if nobody needs them any more, delete "
            "them from the private folder"
        )
        raise UsageError(message, hint)


def _forget_sample(folders: Folders) -> None:
    """Remove the folders that the sample was built into, once a campaign's site has taken its place."""
    for folder in built_folders(folders.private, of_sample=True):
        shutil.rmtree(folder, ignore_errors=True)  # a file that somebody looks at goes with the next build


def _write_handovers(inputs: Inputs, options: Options) -> None:
    """Write a folder for each administrator; a round that is over no longer needs one."""
    folders = options.folders
    for each in inputs.campaigns:
        write_handover(each.campaign, inputs.site, folders)
    for past in inputs.over:
        if outcome.in_force(past.campaign, folders, options.day):
            remove_handover(past.campaign, folders)


def _close_inputs(folders: Folders) -> tuple[str, ...]:
    """Close annexes and enclosures to other users of this machine; return the names of those that were open."""
    closed = [
        path for campaign in campaign_folders(folders.content, Problems()) for path in private.close_inputs(campaign)
    ]
    return tuple(path.relative_to(folders.content).as_posix() for path in closed)


def _refuse_open(inputs: Inputs) -> None:
    """Raise MachineError where addresses or documents of real agencies could not be closed to other users."""
    for path in (
        path for each in inputs.campaigns if is_real(each) for path in private.open_inputs(each.campaign.path)
    ):
        raise MachineError(
            say('other users of this machine can read "{file}", and it cannot be closed to them', file=path),
            say("move the content folder to a disk that knows its owner, and name it with --content"),
        )


def _make_plans(inputs: Inputs, options: Options) -> list[Plan]:
    now = options.clock()
    is_sample = inputs.site.sample
    return [make_plan(campaign, options.folders, now, is_sample=is_sample) for campaign in inputs.campaigns]


def _check_folders(folders: Folders) -> None:
    """Raise UsageError where the folders lie in one another: secrets would be served, or inputs lost."""
    pairs = [
        (folders.private, folders.out, say("the private folder would be served")),
        (folders.content, folders.out, say("the content folder would be replaced")),
        (folders.out, folders.private, say("the site would lie among secrets")),
    ]
    for inner, outer, why in pairs:
        if is_within(inner, outer):
            message = say('"{inner}" lies in "{outer}": {why}', inner=inner, outer=outer, why=why)
            raise UsageError(message, say("give two folders of which neither lies in the other"))
    check_out(folders.out)


def _warn_of_lost_campaigns(folders: Folders, problems: Problems) -> None:
    """Warn of a campaign that was built and is no longer in content/: it leaves the site."""
    known = {path.name for path in campaign_folders(folders.content, Problems())}
    for folder in built_folders(folders.private):
        if folder.name not in known:
            hint = say(
                "put its folder back into the content folder to keep its pages (under another name every agency gets "
                'another code); if it is over, delete "{folder}"',
                folder=folder,
            )
            message = say("this campaign was built before and has no folder any more: its pages leave the site")
            problems.warning(Topic.FILE, message, hint=hint, at=Place(file=folder.name))


@contextmanager
def _staging(folders: Folders) -> Iterator[None]:
    """Provide a new staging folder, which is gone afterwards: published, or given up.

    Where publishing began and did not end it stays, since the next command completes it. What cannot be removed goes
    with the next build: it makes no failure of a site that is published, and hides no other.
    """
    clear_staging(folders.out)
    make_public_folder(staging_of(folders.out))
    try:
        yield
    finally:
        if not is_publishing(folders.private):
            with suppress(OSError):
                clear_staging(folders.out)


def _is_another(plans: Sequence[Plan], private_files: Mapping[Path, bytes], folders: Folders) -> bool:
    """Return whether the site that the last build made is another, or was damaged here; a server may have it so."""
    inventory = folders.private / INVENTORY_NAME
    before = inventory.read_bytes() if inventory.is_file() else b""
    return before != b"" and (any(plan.changes.to_make for plan in plans) or before != private_files[inventory])


def _rules_changed(rules: Mapping[str, bytes], plans: Sequence[Plan], options: Options) -> date | None:
    """Return the day on which the server rules last changed: this one, or the one that the manifests have.

    Those of the sample were on no server.
    """
    folder = options.folders.private
    if are_others(rules, folder / private.SERVER_FOLDER) and not built_folders(folder, of_sample=True):
        return options.day
    return max((plan.previous.rules_changed for plan in plans if plan.previous.rules_changed), default=None)


def _outcomes(inputs: Inputs, plans: Sequence[Plan], options: Options) -> tuple[outcome.CampaignOutcome, ...]:
    campaigns = [each.campaign for each in inputs.all]
    return tuple(
        replace(
            outcome.campaign_outcome(plan.campaign, plan.records, options),
            begins_late=not plan.previous.agencies and begins_late(plan.inputs, options.day),
            changes=plan.changes,
            names={name: record.name for name, record in {**plan.previous.agencies, **plan.records}.items()},
            other_users=other_users(plan),
            others_dropped=inputs.site.server.drops_others,
            handover=outcome.hand_over(plan, campaigns, options.folders, options.day),
            moved_from=plan.previous.effective if plan.outdated else None,
            outdated_letters=len(plan.outdated),
        )
        for plan in plans
    )


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that filling the staging folder with letters, pages and attachments needs."""

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
        folder = self.options.folders.private
        with workers(self.options.jobs) as pool:
            letters = sum(len(plan.changes.to_make) for plan in self.plans)
            with self.progress.showing(say("Making letters"), letters) as step:
                making = [start_archives(plan, self.options.folders.out, self.root, pool, step) for plan in self.plans]
                kind = self.inputs.site.server.hash
                hashing = [start_hashing(plan, folder, kind, pool) for plan in self.plans]
                self._write(beside_circulars(self.inputs, self._keep))
                archives = [collect() for collect in making]
            inputs = self.inputs
            editions = [Edition.of(each, {}) for each in inputs.over]
            editions += [Edition.of(plan.inputs, made) for plan, made in zip(self.plans, archives, strict=True)]
            self._write(render_pages(inputs.site, editions, inputs.pages, inputs.words, self._keep))
            theirs = self._carry_over_administrators()
            scanned = scan_site(self.root, inputs, self.plans, problems)
            digests = {name: digest for name, digest in scanned.items() if name not in theirs}
            digests[ROBOTS_NAME] = hashlib.sha256(robots(inputs.site)).hexdigest()  # theirs may be in its place
            problems.stop_on_errors()
            lines = [collect() for collect in hashing]
        private_files = {folder / private.SERVER_FOLDER / name: text for name, text in self.rules.items()}
        for plan, made, new_lines in zip(self.plans, archives, lines, strict=True):
            private_files.update(self._private_files(plan, made, new_lines))
            digests |= {plan.archive_name(username): archive.sha256 for username, archive in made.items()}
        private_files[folder / INVENTORY_NAME] = to_bytes(digests)
        private_files[folder / LOOKED_NAME] = self.inputs.looked.to_bytes()
        return private_files

    def _private_files(
        self, plan: Plan, archives: Mapping[str, Archive], new_lines: Mapping[str, bytes]
    ) -> dict[Path, bytes]:
        folder = self.options.folders.private / plan.campaign.slug
        after = bytes(make_password_file(plan, new_lines, drop_others=self.inputs.site.server.drops_others))
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
            folder / private.KEY_NAME: plan.key.secret,
            folder / private.MANIFEST_NAME: manifest.to_bytes(),
            folder / private.BEFORE_NAME: bytes(plan.inputs.passwords or PasswordFile()),
            folder / private.AFTER_NAME: after,
        }

    def _keep(self, path: str, facts: str, make: Callable[[], bytes]) -> Page:
        return Page(path, self.inputs.looked.again(self.options.folders.out / path, facts, make))

    def _write(self, pages: Iterable[Page]) -> None:
        for page in pages:
            write_public(self.root / page.path, page.content)

    def _carry_over_administrators(self) -> set[str]:
        """Take what administrators put into the site into the new one; return its paths."""
        out = self.options.folders.out
        found = files_below(out) if out.is_dir() else ()
        theirs = {name for name in found if is_administrators(name, out / name) and (out / name).is_file()}
        for name in theirs:
            carry_over(out / name, self.root / name)
        return theirs
