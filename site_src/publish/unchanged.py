"""Whether anything has changed since the last build: what has not need not be made again to know what comes out.

A build notes the state of everything that it read and wrote, as the file system tells it (as make and git do). The next
one that finds the same state says so, with what is still to do, and is done; in doubt it builds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.disk import move
from site_src.files.private import CURRENT_NAME, MANIFEST_NAME, STAGED_ENDING, write_private
from site_src.plan.handover import Handover, in_force
from site_src.plan.manifest import Changes, Manifest, read_manifest
from site_src.plan.over import find_over
from site_src.problems import Problems
from site_src.publish.outcome import CampaignOutcome, Outcome
from site_src.publish.publish import LOCK_NAME, is_held, old_of, staging_of
from site_src.read.agency import status_counts
from site_src.read.content.campaign_folder import campaign_folders
from site_src.read.content.toml_files import read_campaign

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from site_src.folders import Folders, Options
    from site_src.read.settings import Campaign

RECORD_NAME = ".built.json"
PROGRAM = Path(__file__).resolve().parent.parent
BYTECODE = {"__pycache__"}  # Python's own and Jinja's, made anew from the program

SECOND = 1_000_000_000  # nanoseconds

UNKNOWN = ""  # a state that is never the same as another


class _UntoldError(Exception):
    """The file system does not tell whether something here has changed."""


def state_of_inputs(options: Options) -> str:
    """The state of all that such a build reads, as a SHA-256 in hexadecimal; UNKNOWN where nothing tells it.

    To be taken before anything is read: what changes after that was not built. A file's content cannot change without
    its time of change (POSIX.1-2017, <sys/stat.h>, st_ctim), which nobody can set. Windows keeps no such time, and what
    a link leads to may change without it.
    """
    return _digest(_facts_of_inputs(options))


def state_of(options: Options, inputs: str) -> str:
    """The state of these inputs and of all that a build makes of them; to be taken when it is done."""
    return _digest(_facts_of_outputs(options, inputs)) if inputs != UNKNOWN else UNKNOWN


def _digest(facts: Iterator[object]) -> str:
    if os.name != "posix":
        return UNKNOWN
    digest = hashlib.sha256()
    try:
        for fact in facts:
            digest.update(repr(fact).encode(errors="surrogateescape"))
    except (OSError, RecursionError, _UntoldError):
        return UNKNOWN
    return digest.hexdigest()


def _facts_of_inputs(options: Options) -> Iterator[object]:
    folders = options.folders
    packages = Path(sysconfig.get_path("purelib"))
    yield sys.version, packages, packages.stat().st_mtime_ns  # another version of a package has a folder of its own
    yield options.day.isoformat(), options.strict
    for folder, skipped in ((PROGRAM, BYTECODE), (folders.templates, BYTECODE), (folders.content, ())):
        yield folder, folder.stat().st_mode
        yield from _below(folder, skipped)
    passwords = folders.private / CURRENT_NAME
    yield _of_file(passwords, passwords.lstat()) if passwords.exists() else None


def _facts_of_outputs(options: Options, inputs: str) -> Iterator[object]:
    folders = options.folders
    yield inputs, [path.exists() for path in (staging_of(folders.out), old_of(folders.out))]
    told_elsewhere = {str(folders.private / name) for name in (LOCK_NAME, RECORD_NAME, CURRENT_NAME)}
    for folder in (folders.private, folders.out):
        yield folder, folder.stat().st_mode
        yield from _below(folder, told_elsewhere)


def _below(folder: str | Path, skipped: Container[str] = ()) -> Iterator[object]:
    """What the file system tells of everything below a folder, in the order of names."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name in skipped or entry.path in skipped:
            continue
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            yield entry.path, status.st_mode, status.st_ino
            yield from _below(entry.path, skipped)
        else:
            yield _of_file(entry.path, status)


def _of_file(path: str | Path, status: os.stat_result) -> object:
    if not shows_changes(status):
        raise _UntoldError
    times = status.st_mtime_ns, status.st_ctime_ns
    return path, status.st_mode, status.st_dev, status.st_ino, status.st_size, *times


def shows_changes(status: os.stat_result) -> bool:
    """Whether this is a plain file that cannot change without another time of change.

    Where file systems keep whole seconds (FAT, ext3, SFTP), a file that is saved twice within one, with a build in
    between, looks the same; some of them keep no time of change of their own.
    """
    return stat.S_ISREG(status.st_mode) and status.st_ctime_ns % SECOND != 0


def recall(options: Options) -> Outcome | None:
    """Return what is still to do, if the last build was asked for the same and everything is as it left it."""
    folders = options.folders
    try:
        record = json.loads((folders.private / RECORD_NAME).read_bytes())
        out, state = record["out"], record["state"]
        warnings = int(record["warnings"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if out != str(folders.out):  # nobody has built there: it may be a whole disk, which nobody wants to be walked
        return None
    found = state_of(options, state_of_inputs(options))
    return _unchanged(options, warnings) if found != UNKNOWN and found == state and not is_held(folders.out) else None


def _unchanged(options: Options, warnings: int) -> Outcome:
    """What a build would say that finds nothing to do, from the facts and the manifests alone."""
    folders, day = options.folders, options.day
    campaigns = [read_campaign(path, Problems()) for path in campaign_folders(folders.content, Problems())]
    read = [(each, _manifest(each, folders)) for each in campaigns if not each.is_over_on(day)]
    return Outcome(
        campaigns=tuple(_of_campaign(campaign, manifest, options) for campaign, manifest in read),
        over=find_over((each for each in campaigns if each.is_over_on(day)), folders, day),
        rules_changed=max((manifest.rules_changed for _, manifest in read if manifest.rules_changed), default=None),
        is_unchanged=True,
        warnings_before=warnings,
    )


def _manifest(campaign: Campaign, folders: Folders) -> Manifest:
    return read_manifest(folders.private / campaign.slug / MANIFEST_NAME) or Manifest()


def _of_campaign(campaign: Campaign, manifest: Manifest, options: Options) -> CampaignOutcome:
    folders = options.folders
    letters = tuple(username for username, record in manifest.agencies.items() if record.letter)
    has_copy, has_sample = ((folder / CURRENT_NAME).is_file() for folder in (folders.private, campaign.path))
    return CampaignOutcome(
        slug=campaign.slug,
        folder=campaign.folder,
        deadline=campaign.deadline,
        effective=campaign.effective,
        leaves_on=campaign.leaves_on if letters else None,
        counts=status_counts(record.status for record in manifest.agencies.values()),
        changes=Changes(unchanged=letters),
        handover=Handover.NOTHING if in_force(campaign, folders, options.day) else Handover.ON_THE_DAY,
        without_passwords=not (has_copy or has_sample),
        sample_passwords=has_sample and not has_copy,
    )


def remember(options: Options, outcome: Outcome) -> None:
    """Note how a build left everything, and how many warnings it met. Without this note the next one just builds."""
    path = options.folders.private / RECORD_NAME
    waiting = path.with_name(RECORD_NAME + STAGED_ENDING)
    try:
        note = {"out": str(options.folders.out), "state": outcome.state, "warnings": len(outcome.warnings)}
        write_private(waiting, json.dumps(note).encode())
        move(waiting, path)
    except OSError:
        with contextlib.suppress(OSError):
            waiting.unlink()
