"""What was forgotten before real letters go out: facts that are still the sample's, a date of another year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.language.say import say, say_day
from site_src.private import MANIFEST_NAME
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from site_src.inputs import CampaignInputs, Inputs
    from site_src.settings import Campaign, Site

# Names that end so are never real (RFC 2606, section 2).
SAMPLE_NAME = re.compile(r"\.example(?![\w-]|\.\w)", re.IGNORECASE)


def tell_forgotten(inputs: Inputs, private: Path, day: date, problems: Problems) -> None:
    """Warn of what a campaign for real agencies would not have; the sample itself raises no question."""
    real = [each for each in inputs.campaigns if _is_real(each)]
    if real:
        _tell_samples(_of_site(inputs.site), "site.toml", problems)
    for each in real:
        own = Problems()
        _tell_samples(_of_campaign(each.campaign), "campaign.toml", own)
        if not (private / each.campaign.slug / MANIFEST_NAME).is_file():
            _tell_past_deadline(each.campaign, day, own)
        problems.extend(own.all(), each.told)


def _is_real(inputs: CampaignInputs) -> bool:
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


def _tell_past_deadline(campaign: Campaign, day: date, problems: Problems) -> None:
    if campaign.deadline < day:
        message = say("the last day to act is over before the first build; today is {today}", today=say_day(day))
        hint = say("check the year, here and in the other dates")
        at = Place(file="campaign.toml", cell="deadline")
        problems.warning(Topic.SETTING, message, hint=hint, at=at, value=str(campaign.deadline))
