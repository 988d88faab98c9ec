"""Report what a build did, and what it leaves to people; where nothing has changed, say so instead of building.

A build notes the state of everything that it read and wrote, as the file system reports it (as make and git do). The
next one that finds the same state repeats what is still to do, and is done; in doubt it builds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import stat
import sys
import sysconfig
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.disk import HAS_MODES
from site_src.files.private import ACTIVATED_NAME, AFTER_NAME, CURRENT_NAME, MANIFEST_NAME, put_private
from site_src.files.walk import entries_below
from site_src.folders import TEMPLATES, Folders, Options, download_folder
from site_src.plan.manifest import Changes, Manifest, Record, readable_manifest
from site_src.problems import Problem, Problems
from site_src.publish.publish import LOCK_NAME, lock_of, old_of, staging_of
from site_src.read.content.campaign_folder import annexes_in, campaign_folders, possible_annexes
from site_src.read.content.toml_files import read_campaign
from site_src.read.settings import Campaign

if TYPE_CHECKING:
    import os

    from site_src.plan.plan import Plan

RECORD_NAME = ".built.json"
PROGRAM = Path(__file__).resolve().parent.parent
BYTECODE = {"__pycache__"}  # made anew from the program

SECOND = 1_000_000_000  # nanoseconds

UNKNOWN = ""  # a state that is never the same as another


class Handover(Enum):
    """Name what the administrator needs of a campaign before the password file is swapped."""

    NOTHING = auto()  # the server's file is in force as it is, or a later campaign's is
    FIRST = auto()
    AGAIN = auto()  # the files that the administrator may have already are out of date


def hand_over(plan: Plan, campaigns: Sequence[Campaign], folders: Folders, day: date) -> Handover:
    """Return what is needed after this build of ``plan``, whose campaign is one of ``campaigns``."""
    campaign, previous = plan.campaign, plan.previous
    after = folders.private / campaign.slug / AFTER_NAME
    changed = after.is_file() and hashlib.sha256(after.read_bytes()).hexdigest() != previous.htpasswd_after
    rebuilt = bool(previous.agencies)
    moved = rebuilt and campaign.effective != previous.effective
    if in_force(campaign, folders, day):
        # The server's manifest matters only while it would not let the file be swapped yet.
        moved = moved and previous.effective > day and not _activated(campaign, folders)
        later = [each for each in campaigns if each.effective > campaign.effective]
        if any(in_force(each, folders, day) for each in later) or not (changed or moved):
            return Handover.NOTHING
    return Handover.AGAIN if rebuilt and (changed or moved) else Handover.FIRST


def in_force(campaign: Campaign, folders: Folders, day: date) -> bool:
    """Return whether the codes are valid: by their day, or since somebody activated them here before it."""
    return campaign.effective <= day or _activated(campaign, folders)


def _activated(campaign: Campaign, folders: Folders) -> bool:
    return (folders.private / campaign.slug / ACTIVATED_NAME).is_file()


@dataclass(frozen=True, kw_only=True)
class Over:
    """A ``campaign`` that is over; ``leftovers`` may be deleted, ``letters`` of it are still on the site.

    ``awaits`` is its effective day where that is to come, and so nothing may be deleted yet. ``is_first`` where it was
    over before anything of it was built: its year may be a slip.
    """

    campaign: Campaign
    since: date
    leftovers: tuple[Path, ...]
    letters: int
    awaits: date | None
    is_first: bool


def left_of(campaign: Campaign, folders: Folders, day: date) -> Over:
    """Return what is left of a campaign that is over on the day."""
    annexes = annexes_in(campaign.path) or possible_annexes(campaign.path)
    private, published = folders.private / campaign.slug, download_folder(folders.out, campaign.slug)
    is_first = bool(annexes) and not (private / MANIFEST_NAME).exists() and not published.exists()
    awaits = None if in_force(campaign, folders, day) else campaign.effective
    beside = [path for path in (campaign.path / "files", private) if path.is_dir()]
    return Over(
        campaign=campaign,
        since=campaign.leaves_on or day,
        leftovers=() if awaits or is_first else (*annexes, *beside),
        letters=sum(1 for _ in published.glob("*/*.zip")),
        awaits=awaits,
        is_first=is_first,
    )


@dataclass(frozen=True, kw_only=True)
class CampaignOutcome:
    """The effect of a build, done or only planned, on one campaign: its ``records`` now, and all of the ``previous``.

    ``begins_late``: its deadline was over before it was ever built.
    """

    campaign: Campaign
    records: Mapping[str, Record]
    previous: Manifest
    changes: Changes
    handover: Handover
    is_in_force: bool
    without_passwords: bool
    sample_passwords: bool
    begins_late: bool = False
    other_users: tuple[str, ...] = ()
    others_dropped: bool = False

    @property
    def names(self) -> dict[str, str]:
        """Return the name of each agency by its user name, of those that are gone too."""
        return {username: each.name for username, each in {**self.previous.agencies, **self.records}.items()}

    @property
    def outdated_letters(self) -> int:
        """Return how many letters that are on the site name another effective day."""
        is_same_day = self.previous.effective == self.campaign.effective
        return 0 if is_same_day else sum(bool(record.sha256) for record in self.previous.agencies.values())


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The effect of a build, with the warnings that it met.

    ``rules_changed`` is the day on which the server rules last became others; None where they are the first ones.
    ``replaced_site``: there was a site before, and it was another. ``state`` is the one in which the build left all
    that it read and wrote. ``is_unchanged``: that state was found again, and nothing was done; ``warnings_before`` is
    the number of warnings that the last build met. ``closed`` names the inputs that other users of this machine could
    read until now.
    """

    over: tuple[Over, ...]
    campaigns: tuple[CampaignOutcome, ...] = ()
    rules_changed: date | None = None
    warnings: tuple[Problem, ...] = ()
    replaced_site: bool = False
    closed: tuple[str, ...] = ()
    state: str = ""
    is_unchanged: bool = False
    is_sample: bool = False
    warnings_before: int = 0


def state_of_inputs(options: Options) -> str:
    """Return the state of all that such a build reads, as a SHA-256 in hexadecimal; UNKNOWN if nothing shows it.

    To be taken before anything is read: what changes after that was not built. A file's content cannot change without
    its time of change (POSIX.1-2017, <sys/stat.h>, st_ctim), which nobody can set. Windows keeps no such time, and what
    a link leads to may change without it.
    """
    return _digest(_facts_of_inputs(options))


def state_of(options: Options, inputs: str) -> str:
    """Return the state of these inputs and of all that a build makes of them; to be taken when it is done."""
    return _digest(_facts_of_outputs(options, inputs)) if inputs != UNKNOWN else UNKNOWN


def _digest(facts: Iterator[object]) -> str:
    if not HAS_MODES:
        return UNKNOWN
    digest = hashlib.sha256()
    try:
        for fact in facts:
            digest.update(repr(fact).encode(errors="surrogateescape"))
    except (OSError, RecursionError):
        return UNKNOWN
    return digest.hexdigest()


def _facts_of_inputs(options: Options) -> Iterator[object]:
    folders = options.folders
    packages = Path(sysconfig.get_path("purelib"))
    yield sys.version, packages, packages.stat().st_mtime_ns  # another version of a package has a folder of its own
    yield options.day.isoformat(), options.strict
    for folder, skipped in ((PROGRAM, BYTECODE), (TEMPLATES, ()), (folders.content, ())):
        yield folder, folder.stat().st_mode
        yield from _below(folder, skipped)
    passwords = folders.private / CURRENT_NAME
    yield _of_file(passwords, passwords.lstat()) if passwords.exists() else None


def _facts_of_outputs(options: Options, inputs: str) -> Iterator[object]:
    folders = options.folders
    yield inputs, [path.exists() for path in (staging_of(folders.out), old_of(folders.out))]
    known_otherwise = {str(folders.private / name) for name in (LOCK_NAME, RECORD_NAME, CURRENT_NAME)}
    for folder in (folders.private, folders.out):
        yield folder, folder.stat().st_mode
        yield from _below(folder, known_otherwise)


def _below(folder: Path, skipped: Container[str] = ()) -> Iterator[object]:
    """Yield what the file system shows of everything below a folder, in the order of names."""
    for _, entry in entries_below(folder, skipped=skipped):
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            yield entry.path, status.st_mode, status.st_ino
        else:
            yield _of_file(entry.path, status)


def _of_file(path: str | Path, status: os.stat_result) -> object:
    if not shows_changes(status):
        raise OSError(path)  # as where it cannot be looked at
    times = status.st_mtime_ns, status.st_ctime_ns
    return path, status.st_mode, status.st_dev, status.st_ino, status.st_size, *times


def shows_changes(status: os.stat_result) -> bool:
    """Return whether this is a plain file that cannot change without another time of change.

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
    found, day = state_of(options, state_of_inputs(options)), options.day
    if found == UNKNOWN or found != state or lock_of(folders.out).exists():
        return None
    # All that a build would report is in the facts and the manifests.
    campaigns = [read_campaign(path, Problems()) for path in campaign_folders(folders.content, Problems())]
    read = [(each, readable_manifest(folders.private / each.slug)) for each in campaigns if not each.is_over_on(day)]
    return Outcome(
        campaigns=tuple(campaign_outcome(campaign, found.agencies, found, options) for campaign, found in read),
        over=tuple(left_of(each, folders, day) for each in campaigns if each.is_over_on(day)),
        rules_changed=max((manifest.rules_changed for _, manifest in read if manifest.rules_changed), default=None),
        is_unchanged=True,
        is_sample=any(manifest.sample for _, manifest in read),
        warnings_before=warnings,
    )


def campaign_outcome(
    campaign: Campaign, records: Mapping[str, Record], previous: Manifest, options: Options
) -> CampaignOutcome:
    """Return the outcome of a campaign in which no agency's record has changed."""
    folders = options.folders
    letters = tuple(username for username, record in records.items() if record.letter)
    has_copy, has_sample = ((folder / CURRENT_NAME).is_file() for folder in (folders.private, campaign.path))
    valid = in_force(campaign, folders, options.day)
    return CampaignOutcome(
        campaign=campaign,
        records=records,
        previous=previous,
        is_in_force=valid,
        changes=Changes(unchanged=letters),
        handover=Handover.NOTHING if valid else Handover.FIRST,
        without_passwords=not (has_copy or has_sample),
        sample_passwords=has_sample and not has_copy,
    )


def remember(options: Options, outcome: Outcome) -> None:
    """Note how a build left everything, and how many warnings it met. Without this note the next one just builds."""
    note = {"out": str(options.folders.out), "state": outcome.state, "warnings": len(outcome.warnings)}
    with contextlib.suppress(OSError):  # another command may take the draft away
        put_private({options.folders.private / RECORD_NAME: json.dumps(note).encode()})
