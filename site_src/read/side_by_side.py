"""Campaigns side by side: two that nobody can tell apart, and two whose password files do not follow on each other."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from site_src.files.private import ACTIVATED_NAME, CURRENT_FILE, CURRENT_NAME
from site_src.language.greek import fold, one_line
from site_src.language.say import say, say_many
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from site_src.read.inputs import CampaignInputs, CircularInputs, Inputs


def tell_side_by_side(inputs: Inputs, private: Path, day: date, problems: Problems) -> None:
    """Warn of campaigns that get in each other's way."""
    tell_same_folders(sorted(inputs.all, key=_turn), problems)
    if (private / CURRENT_NAME).is_file():
        in_order = sorted(inputs.campaigns, key=_turn)
        to_come = [each for each in in_order if each.campaign.effective > day and not _is_activated(each, private)]
        for earlier, later in pairwise(to_come):
            tell_old_passwords(earlier, later, problems, dropped=inputs.site.server.drops_others)


def _turn(inputs: CircularInputs) -> tuple[date, str]:
    return inputs.campaign.effective, inputs.campaign.slug


def tell_same_folders(campaigns: Sequence[CircularInputs], problems: Problems) -> None:
    """Warn of a folder name that an earlier campaign has: the download area and the letters would show one name."""
    first: dict[str, CircularInputs] = {}
    hint = say("give each its own name: contacts look for the folder that their letter names")
    for each in campaigns:
        name = each.campaign.folder
        other = first.setdefault(fold(one_line(name)), each)
        if name and other is not each:
            message = say("campaign {slug} has the same folder name", slug=other.campaign.slug)
            at = Place(file="campaign.toml", cell="folder", campaign=each.shown_slug)
            problems.warning(Topic.SETTING, message, hint=hint, at=at, value=name)


def tell_old_passwords(earlier: CampaignInputs, later: CampaignInputs, problems: Problems, *, dropped: bool) -> None:
    """Warn of a password file that is older than the campaign before: lines that are kept would be void by then.

    ``dropped``: whether users who are in no annex lose their line.
    """
    slugs = {"slug": later.campaign.slug, "earlier": earlier.campaign.slug}
    message = say("campaign {slug} is built from this file, and so is {earlier}, which changes it first", **slugs)
    if number := len(_returning(earlier, later, dropped=dropped)):
        message = say_many(
            "{message}: the old code of {number} agency would come back",
            "{message}: the old codes of {number} agencies would come back",
            number,
            message=message,
        )
    hint = say(
        "when {earlier} is activated, copy the server's password file to {file} and build again; only then is {slug} "
        "ready for its day",
        file=CURRENT_NAME,
        **slugs,
    )
    at = Place(file=CURRENT_FILE, campaign=later.shown_slug, is_shared=True)
    problems.warning(Topic.ACCESS, message, hint=hint, at=at)


def _is_activated(inputs: CampaignInputs, private: Path) -> bool:
    return (private / inputs.campaign.slug / ACTIVATED_NAME).is_file()


def _returning(earlier: CampaignInputs, later: CampaignInputs, *, dropped: bool) -> set[str]:
    """The users whose line the later campaign takes from the file, though the earlier one replaces or ends it."""
    changed = {agency.username for agency in earlier.agencies if agency.status is not Status.KEEPS}
    statuses = {agency.username: agency.status for agency in later.agencies}
    users = later.passwords.users if later.passwords else {}
    absent = None if dropped else Status.KEEPS
    return {user for user in users if user in changed and statuses.get(user, absent) is Status.KEEPS}
