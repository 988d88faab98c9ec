"""Report what a build leaves to people: the swap of the password file, and personal data that may be deleted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from site_src.files.private import ACTIVATED_NAME, AFTER_NAME, MANIFEST_NAME
from site_src.folders import download_folder
from site_src.read.content.campaign_folder import annexes_in, possible_annexes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.plan.plan import Plan
    from site_src.read.settings import Campaign


class Handover(Enum):
    """Name what the administrator needs of a campaign before the password file is swapped."""

    NOTHING = auto()  # the server's file is in force as it is, or a later campaign's is
    FIRST = auto()
    AGAIN = auto()  # the files that the administrator may have already are out of date


def hand_over(plan: Plan, campaigns: Sequence[Campaign], folders: Folders, day: date) -> Handover:
    """Return what is needed after this build of ``plan``, whose campaign is one of ``campaigns``."""
    campaign, previous = plan.campaign, plan.previous
    rebuilt, changed = bool(previous.agencies), _changed(plan, folders)
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


def _changed(plan: Plan, folders: Folders) -> bool:
    """Return whether the password file differs from that of the build before."""
    path = folders.private / plan.campaign.slug / AFTER_NAME
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != plan.previous.htpasswd_after


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


def find_over(campaigns: Iterable[Campaign], folders: Folders, day: date) -> tuple[Over, ...]:
    """Return what is left of these campaigns, which are over on the day."""
    return tuple(_over(campaign, folders, day) for campaign in campaigns)


def _over(campaign: Campaign, folders: Folders, day: date) -> Over:
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
