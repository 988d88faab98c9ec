"""What a build did, or would do: all that its summary says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from site_src.plan.handover import Handover
    from site_src.plan.manifest import Changes
    from site_src.plan.over import Over
    from site_src.problems import Problem

USERS_TOLD = 20  # to whom the same thing happens, before only their number is told


@dataclass(frozen=True, kw_only=True)
class CampaignOutcome:
    """What a build did, or would do, to one campaign; ``names`` has those of whom it tells.

    ``begins_late``: its deadline was over before it was ever built. ``leaves_on`` is the day for a build that takes its
    archives off the site; None where none is there, or they stay. ``moved_from`` is the effective day that
    ``outdated_letters`` on the site have named until now, where it has changed.
    """

    slug: str
    folder: str
    deadline: date
    effective: date
    leaves_on: date | None
    counts: Mapping[str, int]
    changes: Changes
    handover: Handover
    without_passwords: bool
    sample_passwords: bool
    names: Mapping[str, str] = field(default_factory=dict)
    begins_late: bool = False
    other_users: tuple[str, ...] = ()
    others_dropped: bool = False
    moved_from: date | None = None
    outdated_letters: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a build did, with the warnings that it met.

    ``rules_changed`` is the day on which the server rules last became others; None where they are the first ones.
    ``replaced_site``: there was a site before, and it was another. ``state`` is the one in which the build left all
    that it read and wrote. ``is_unchanged``: that state was found again, and nothing was done; ``warnings_before`` is
    the number of warnings that the last build met. ``closed`` names the inputs that other users of this machine could
    read until now.
    """

    campaigns: tuple[CampaignOutcome, ...]
    over: tuple[Over, ...]
    rules_changed: date | None
    warnings: tuple[Problem, ...] = ()
    replaced_site: bool = False
    closed: tuple[str, ...] = ()
    state: str = ""
    is_unchanged: bool = False
    warnings_before: int = 0
