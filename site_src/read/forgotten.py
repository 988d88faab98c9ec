"""What was forgotten before real letters go out: facts that are still the sample's, a date of another year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.files.private import open_inputs
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from site_src.read.inputs import CampaignInputs, Inputs
    from site_src.read.settings import Campaign, Site

FILES_NAMED_MAX = 5

# Names that end so are never real (RFC 2606, section 2).
SAMPLE_NAME = re.compile(r"\.example(?![\w-]|\.\w)", re.IGNORECASE)


def tell_forgotten(inputs: Inputs, problems: Problems) -> None:
    """Warn of what is still the sample's, where the agencies are real ones."""
    real = [each for each in inputs.campaigns if is_real(each)]
    if real:
        _tell_samples(_of_site(inputs.site), "site.toml", problems)
    for each in real:
        own = Problems()
        _tell_samples(_of_campaign(each.campaign), "campaign.toml", own)
        _tell_open(each.campaign.path, own)
        problems.extend(own.all(), each.shown_slug)


def _tell_open(campaign: Path, problems: Problems) -> None:
    """Warn of files that others on this machine can read; a build closes them."""
    if opened := open_inputs(campaign):
        names = ", ".join(path.relative_to(campaign).as_posix() for path in opened[:FILES_NAMED_MAX])
        message = say("other users of this machine can read the addresses or documents in {names}", names=names)
        hint = say("the next build closes them; think about who may have read them")
        problems.warning(Topic.FILE, message, hint=hint)


def begins_late(inputs: CampaignInputs, day: date) -> bool:
    """Whether a campaign that is built for the first time is over on that day: its year may be a slip."""
    return inputs.campaign.deadline < day and is_real(inputs)


def is_real(inputs: CampaignInputs) -> bool:
    """Return whether an address of the annex can be somebody's; those of the sample cannot."""
    return any(not SAMPLE_NAME.search(email) for agency in inputs.agencies for email in agency.emails)


def _of_site(site: Site) -> Mapping[str, str]:
    return {"server.address": site.server.address, "contact.email": site.contact.email}


def _of_campaign(campaign: Campaign) -> Mapping[str, str]:
    return {"circular.details": ", ".join(filter(SAMPLE_NAME.search, campaign.circular.details))}


def _tell_samples(facts: Mapping[str, str], file: str, problems: Problems) -> None:
    left = {key: value for key, value in facts.items() if SAMPLE_NAME.search(value)}
    if left:
        message = say("this is left from the sample: names that end in .example do not exist")
        hint = say(
            "write your own, and read the names and telephones beside it: pages and letters give them to everybody"
        )
        at = Place(file=file, cell=", ".join(left))
        problems.warning(Topic.SETTING, message, hint=hint, at=at, value=", ".join(left.values()))
