"""The telephone desk: an agency's state, what it should see, and another code for it. Never a code, never a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_src.activate.activate import reissue
from site_src.language.greek import fold
from site_src.language.say import say, say_day
from site_src.plan.keys import read_key
from site_src.plan.manifest import readable_manifest
from site_src.plan.plan import code_fingerprint, emails_fingerprint
from site_src.read.agency import Status
from site_src.read.inputs import CampaignInputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_src.read.agency import Agency
    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer

FOUND_MOST = 20  # agencies that a search lists; more words find fewer


def show(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the search, its results, or the one agency that was found."""
    inputs, asked = desk.campaign(slug), query.get("q", "").strip()
    found = [agency for agency in inputs.agencies if asked and _fits(agency, asked)]
    facts: dict[str, Any] = dict.fromkeys(
        ("agency", "record", "collected", "opens", "has_moved", "waits", "may_reissue")
    )
    if len(found) == 1 and isinstance(inputs, CampaignInputs):
        facts |= _facts(desk, inputs, found[0])
    facts |= {"asked": asked, "found": found[:FOUND_MOST], "count": len(found)}
    facts["is_over"] = not isinstance(inputs, CampaignInputs)
    return desk.page("agency", say("An agency asks"), slug=slug, **facts)


def _fits(agency: Agency, asked: str) -> bool:
    name = fold(agency.name)
    return asked == agency.username or all(word in name or word in agency.username for word in fold(asked).split())


def _facts(desk: Desk, inputs: CampaignInputs, agency: Agency) -> dict[str, Any]:
    """Return what the telephone may say of an agency."""
    campaign = inputs.campaign
    folder = desk.folders.private / campaign.slug
    record, key = readable_manifest(folder).agencies.get(agency.username), read_key(folder)
    facts: dict[str, Any] = {
        "agency": agency,
        "record": record,
        "collected": _collected(desk, campaign.slug, agency),
        "may_reissue": agency.status is Status.NEW and not desk.preview.has_errors,
    }
    if key is None or record is None or not (record.sha256 and agency.emails):
        return facts
    email = key.choose(agency.username, agency.emails)
    code = key.access_code(campaign.code, agency.username, email, campaign.reissue.get(agency.username, 1))
    has_moved = record.emails != emails_fingerprint(key, agency.emails)
    return facts | {
        "opens": "" if has_moved else email,
        "has_moved": has_moved,
        "waits": not has_moved and record.code != code_fingerprint(key, code),
    }


def _collected(desk: Desk, slug: str, agency: Agency) -> str:
    """Return when an agency collected, by the logs that were given; nothing where none were, or it has no letter."""
    recipients = desk.reports[slug][0].collection.recipients if slug in desk.reports else ()
    visits = next((each.visits for each in recipients if each.agency.username == agency.username), None)
    if visits is None:
        return ""
    return say_day(visits.first.date()) if visits.times else say("not by the logs that were given")


def give_another_code(desk: Desk, slug: str, form: Form) -> str:
    """Give an agency another code at the next build, as `reissue` does."""
    desk.preview.refresh()
    username = form.fields.get("username", "")
    reissue(desk.only(slug), [username])
    desk.preview.refresh()
    return f"{slug}/agency?q={username}"
