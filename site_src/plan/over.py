"""Campaigns that are over: their letters have left the site, and the personal data of theirs may be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.files.private import MANIFEST_NAME
from site_src.plan.handover import in_force
from site_src.read.content.campaign_folder import annexes_in, possible_annexes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.read.settings import Campaign


@dataclass(frozen=True, kw_only=True)
class Over:
    """A campaign that is over; ``leftovers`` may be deleted, ``letters`` of it are still on the site.

    ``awaits`` is its effective day where that is to come, and so nothing may be deleted yet. ``is_first`` where it was
    over before anything of it was built: its year may be a slip.
    """

    slug: str
    folder: str
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
    private, published = folders.private / campaign.slug, folders.out / "files" / campaign.slug
    is_first = bool(annexes) and not (private / MANIFEST_NAME).exists() and not published.exists()
    awaits = None if in_force(campaign, folders, day) else campaign.effective
    beside = [path for path in (campaign.path / "files", private) if path.is_dir()]
    return Over(
        slug=campaign.slug,
        folder=campaign.folder,
        since=campaign.leaves_on or day,
        leftovers=() if awaits or is_first else (*annexes, *beside),
        letters=sum(1 for _ in published.glob("*/*.zip")),
        awaits=awaits,
        is_first=is_first,
    )
