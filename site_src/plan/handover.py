"""What a build asks of the administrator: whether, and when, the server's password file gives way to the new one."""

from __future__ import annotations

import hashlib
from enum import Enum, auto
from typing import TYPE_CHECKING

from site_src.files.private import ACTIVATED_NAME, AFTER_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from site_src.folders import Folders
    from site_src.plan.plan import Plan
    from site_src.read.settings import Campaign


class Handover(Enum):
    """What is to be done with a campaign's new password file."""

    NOTHING = auto()  # it is in force as it is, or a later campaign's is
    ON_THE_DAY = auto()
    ON_THE_DAY_ANEW = auto()  # whoever has it already needs the new one
    ON_ANOTHER_DAY = auto()  # the manifest that the server has would swap it on the day of before
    NOW = auto()
    NOW_INSTEAD = auto()  # that manifest would not let it be swapped yet
    NOW_AGAIN = auto()  # the codes are in force, and some have changed since


def hand_over(plan: Plan, campaigns: Sequence[Campaign], folders: Folders, day: date) -> Handover:
    """What is to be done after this build of ``plan``, whose campaign is one of ``campaigns``."""
    rebuilt, changed = bool(plan.previous.agencies), _changed(plan, folders)
    moved = rebuilt and plan.campaign.effective != plan.previous.effective
    if not in_force(plan.campaign, folders, day):
        if moved:
            return Handover.ON_ANOTHER_DAY
        return Handover.ON_THE_DAY_ANEW if rebuilt and changed else Handover.ON_THE_DAY
    later = [each for each in campaigns if each.effective > plan.campaign.effective]
    if any(in_force(each, folders, day) for each in later):
        return Handover.NOTHING
    if moved and plan.previous.effective > day and not _activated(plan.campaign, folders):
        return Handover.NOW_INSTEAD
    if not changed:
        return Handover.NOTHING
    return Handover.NOW_AGAIN if rebuilt else Handover.NOW


def in_force(campaign: Campaign, folders: Folders, day: date) -> bool:
    """Return whether the codes are valid: by their day, or since somebody activated them here before it."""
    return campaign.effective <= day or _activated(campaign, folders)


def _activated(campaign: Campaign, folders: Folders) -> bool:
    return (folders.private / campaign.slug / ACTIVATED_NAME).is_file()


def _changed(plan: Plan, folders: Folders) -> bool:
    """Whether the password file differs from that of the build before."""
    path = folders.private / plan.campaign.slug / AFTER_NAME
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != plan.previous.htpasswd_after
