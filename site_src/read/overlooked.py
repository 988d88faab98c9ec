"""Warn of what was overlooked before real letters go out: facts of the sample, campaigns that collide, slow hashes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from site_src.files.htpasswd import costly_seconds
from site_src.files.private import ACTIVATED_NAME, CURRENT_FILE, CURRENT_NAME, open_inputs
from site_src.language.catalogues import number_text
from site_src.language.greek import fold, one_line
from site_src.language.say import say, say_many, spoken
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from site_src.read.inputs import CampaignInputs, CircularInputs, Inputs

FILES_NAMED_MAX = 5

# Names that end so are never real (RFC 2606, section 2).
SAMPLE_NAME = re.compile(r"\.example(?![\w-]|\.\w)", re.IGNORECASE)


def warn_of_overlooked(inputs: Inputs, private: Path, day: date, problems: Problems) -> None:
    """Warn of what is still the sample's where agencies are real, and of campaigns that get in each other's way."""
    real = [each for each in inputs.campaigns if is_real(each)]
    if real:
        server, contact = inputs.site.server, inputs.site.contact
        _warn_of_sample({"server.address": server.address, "contact.email": contact.email}, "site.toml", problems)
    for each in real:
        own = Problems()
        details = ", ".join(filter(SAMPLE_NAME.search, each.campaign.circular.details))
        _warn_of_sample({"circular.details": details}, "campaign.toml", own)
        _warn_of_open_files(each.campaign.path, own)
        problems.extend(own.all(), each.shown_slug)
    _warn_of_same_folders(sorted(inputs.all, key=_turn), problems)
    in_order = [each for each in sorted(inputs.campaigns, key=_turn) if each.campaign.effective > day]
    to_come = [each for each in in_order if not (private / each.campaign.slug / ACTIVATED_NAME).is_file()]
    if (private / CURRENT_NAME).is_file():
        for earlier, later in pairwise(to_come):
            _warn_of_old_passwords(earlier, later, problems, dropped=inputs.site.server.drops_others)


def begins_late(inputs: CampaignInputs, day: date) -> bool:
    """Return whether a campaign that is built for the first time is over on that day: its year may be a slip."""
    return inputs.campaign.deadline < day and is_real(inputs)


def is_real(inputs: CampaignInputs) -> bool:
    """Return whether an address of the annex can be somebody's; those of the sample cannot."""
    return any(not SAMPLE_NAME.search(email) for agency in inputs.agencies for email in agency.emails)


def _warn_of_sample(facts: Mapping[str, str], file: str, problems: Problems) -> None:
    left = {key: value for key, value in facts.items() if SAMPLE_NAME.search(value)}
    if left:
        message = say("this is left from the sample: names that end in .example do not exist")
        hint = say(
            "write your own, and read the names and telephones beside it: pages and letters give them to everybody"
        )
        at = Place(file=file, cell=", ".join(left))
        problems.warning(Topic.SETTING, message, hint=hint, at=at, value=", ".join(left.values()))


def _warn_of_open_files(campaign: Path, problems: Problems) -> None:
    """Warn of files that others on this machine can read; a build closes them."""
    if opened := open_inputs(campaign):
        names = ", ".join(path.relative_to(campaign).as_posix() for path in opened[:FILES_NAMED_MAX])
        message = say("other users of this machine can read the addresses or documents in {names}", names=names)
        hint = say("the next build closes them; think about who may have read them")
        problems.warning(Topic.FILE, message, hint=hint)


def _turn(inputs: CircularInputs) -> tuple[date, str]:
    return inputs.campaign.effective, inputs.campaign.slug


def _warn_of_same_folders(campaigns: Sequence[CircularInputs], problems: Problems) -> None:
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


def _warn_of_old_passwords(
    earlier: CampaignInputs, later: CampaignInputs, problems: Problems, *, dropped: bool
) -> None:
    """Warn of a password file that is older than the campaign before: lines that are kept would be void by then."""
    slugs = {"slug": later.campaign.slug, "earlier": earlier.campaign.slug}
    message = say("campaign {slug} is built from this file, and so is {earlier}, which changes it first", **slugs)
    changed = {agency.username for agency in earlier.agencies if agency.status is not Status.KEEPS}
    if number := len(changed.intersection(_kept_lines(later, dropped=dropped))):
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


def _kept_lines(inputs: CampaignInputs, *, dropped: bool) -> dict[str, bytes]:
    """Return the lines of the server's password file that a campaign keeps, by user.

    ``dropped``: whether users who are in no annex lose their line.
    """
    statuses = {agency.username: agency.status for agency in inputs.agencies}
    absent = None if dropped else Status.KEEPS
    users = inputs.passwords.users if inputs.passwords else {}
    return {user: line for user, line in users.items() if statuses.get(user, absent) is Status.KEEPS}


def warn_of_slow_hashes(inputs: CampaignInputs, problems: Problems, *, dropped: bool) -> None:
    """Warn of the slow hashes among the lines that the campaign keeps, with the time that one login costs."""
    kept = _kept_lines(inputs, dropped=dropped)
    costly = {user: seconds for user, line in kept.items() if (seconds := costly_seconds(line))}
    if not (costly and inputs.passwords):
        return
    worst = max(costly, key=costly.__getitem__)
    message = say_many(
        "{number} user keeps a hash that is slow to check: one login keeps a processor of the server busy for "
        "{seconds} s",
        "{number} users keep hashes that are slow to check: one login keeps a processor of the server busy for up to "
        "{seconds} s",
        len(costly),
        seconds=number_text(float(f"{costly[worst]:.2g}"), spoken()),
    )
    hint = say(
        "a server checks the hash at every request, and nginx answers nobody meanwhile: give these users a new code, "
        'or ask the administrator to set their present one again with a hash of low cost ("htpasswd -B -C 5")'
    )
    at = Place(file=CURRENT_FILE, line=inputs.passwords.lines.index(kept[worst]) + 1)
    problems.warning(Topic.ACCESS, message, hint=hint, at=at, value=worst)
