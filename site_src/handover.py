"""What a build asks of the administrator: whether, and when, the server's password file gives way to the new one."""

from __future__ import annotations

import hashlib
from enum import Enum, auto
from typing import TYPE_CHECKING

from site_src.private import ACTIVATED_NAME, AFTER_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from site_src.folders import Folders
    from site_src.plan import Plan


class Handover(Enum):
    """What is to be done with a campaign's new password file."""

    NOTHING = auto()  # it is in force as it is, or a later campaign's is
    ON_THE_DAY = auto()
    ON_THE_DAY_ANEW = auto()  # whoever has it already needs the new one
    NOW = auto()
    NOW_AGAIN = auto()  # the codes are in force, and some have changed since


def hand_over(plan: Plan, plans: Sequence[Plan], folders: Folders, day: date) -> Handover:
    """What is to be done after this build of ``plan``, which is one of ``plans``."""
    rebuilt, changed = bool(plan.previous.agencies), _changed(plan, folders)
    if not _in_force(plan, folders, day):
        return Handover.ON_THE_DAY_ANEW if rebuilt and changed else Handover.ON_THE_DAY
    later = [each for each in plans if each.campaign.effective > plan.campaign.effective]
    if not changed or any(_in_force(each, folders, day) for each in later):
        return Handover.NOTHING
    return Handover.NOW_AGAIN if rebuilt else Handover.NOW


def _in_force(plan: Plan, folders: Folders, day: date) -> bool:
    """Whether the codes are valid: by their day, or since somebody activated them here before it."""
    activated = folders.private / plan.campaign.slug / ACTIVATED_NAME
    return plan.campaign.effective <= day or activated.is_file()


def _changed(plan: Plan, folders: Folders) -> bool:
    """Whether the password file differs from that of the build before."""
    path = folders.private / plan.campaign.slug / AFTER_NAME
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != plan.previous.htpasswd_after
