"""How many agencies get a code: nobody is a mistake, and unusually few may be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import Status
from site_src.read.suspicions import some_agencies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_src.read.agency import Agency
    from site_src.read.inputs import CampaignInputs, Predecessor

# A tenth of the rows, or twice the share of the campaign before, is more than usual. One agency alone never is: in an
# annex of ten it would be a tenth, and after a campaign without any it would be a rise.
USUAL_SHARE = 10
MUCH_MORE = 2
MUST_CALL_LEAST = 2


def tell_nobody(agencies: Sequence[Agency], annex: str, problems: Problems) -> None:
    """Report an annex in which nobody gets a code: every old one would end, or nothing would happen at all."""
    statuses = [agency.status for agency in agencies]
    if agencies and Status.NEW not in statuses:
        counts = {"keeps": statuses.count(Status.KEEPS), "calls": statuses.count(Status.CONTACT_US)}
        message = say("no agency gets a new code: {keeps} keep theirs, and {calls} must call", **counts)
        hint = say(
            "look whether the column of the e-mail holds the addresses, and who keeps the code by the status or by "
            "keeps_code"
        )
        problems.error(Topic.STATUS, message, hint=hint, at=Place(file=annex))


def tell_many_callers(inputs: CampaignInputs, before: Predecessor | None, problems: Problems) -> None:
    """Warn once where more agencies than usual must call: their addresses may be missing by mistake.

    It says nothing of an annex in which nobody gets a code, which is an error.
    """
    callers, number = inputs.with_status(Status.CONTACT_US), len(inputs.agencies)
    if len(callers) < MUST_CALL_LEAST or not inputs.with_status(Status.NEW):
        return
    facts = {"number": len(callers), "all": number, "some": some_agencies(callers)}
    hint = say("they get no code, and their old ones end: look whether their addresses are missing in the annex")
    at = Place(file=inputs.annex.name)
    if before and before.names and len(callers) * len(before.names) >= MUCH_MORE * before.callers * number:
        facts |= {"slug": before.slug, "others": before.callers, "total": len(before.names)}
        message = say(
            "{number} of {all} agencies must call, and in campaign {slug} {others} of {total}: {some}",
            **facts,
        )
        problems.warning(Topic.STATUS, message, hint=hint, at=at)
    elif len(callers) * USUAL_SHARE >= number:
        message = say("{number} of {all} agencies must call: {some}", **facts)
        problems.warning(Topic.STATUS, message, hint=hint, at=at)
