"""A new code for single agencies: raises their generation in campaign.toml, which the next build takes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Problems, StateError, Topic
from site_src.read.agency import STATUSES, Status
from site_src.read.content.toml_files import CAMPAIGN_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_src.read.inputs import CampaignInputs, Inputs


def campaign_in(inputs: Inputs) -> CampaignInputs:
    """Return the one campaign that was read. Raises StateError where it is over."""
    if inputs.over:
        slug = inputs.over[0].campaign.slug
        message = say('the round of "{slug}" is over: it gives no letters any more', slug=slug)
        raise StateError(message, say("where it is to go on, write a later files_until into its campaign.toml"))
    return inputs.campaigns[0]


def reissue(inputs: CampaignInputs, usernames: Sequence[str], problems: Problems) -> Mapping[str, int]:
    """Write the next generation of each user name into campaign.toml; returns them. Comments in the file stay.

    Raises InputError, with nothing written, where an agency does not get a new code.
    """
    from site_src.read.content.toml_edit import change

    _check(inputs, usernames, problems)
    problems.stop_on_errors()
    generations = {name: inputs.campaign.reissue.get(name, 1) + 1 for name in dict.fromkeys(usernames)}
    change(inputs.campaign.path / CAMPAIGN_FILE, {f"reissue.{name}": number for name, number in generations.items()})
    return generations


def _check(inputs: CampaignInputs, usernames: Sequence[str], problems: Problems) -> None:
    statuses = {agency.username: agency.status for agency in inputs.agencies}
    for username in usernames:
        status = statuses.get(username)
        at = Place(file=inputs.annex.name, campaign=inputs.shown_slug)
        if status is None:
            hint = say("copy the 12 digits from the annex")
            problems.error(Topic.USERNAME, say("the annex has no such user name"), hint=hint, at=at, value=username)
        elif status is not Status.NEW:
            hint = say("change the agency in the annex or in keeps_code first")
            message = say("this agency gets no code in this campaign ({why})", why=say(STATUSES[status]))
            problems.error(Topic.STATUS, message, hint=hint, at=at, value=username)
