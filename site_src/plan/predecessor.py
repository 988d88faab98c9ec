"""Compare a campaign with the one before: ask about what a reader of both annexes would ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.greek import squeeze
from site_src.language.say import say
from site_src.plan.manifest import built_folders, readable_manifest
from site_src.problems import Place, Problems, Topic, visible
from site_src.read.agency import Status
from site_src.read.annex import read_annex
from site_src.read.annex.words import STATUS_WORDS
from site_src.read.content.campaign_folder import annexes_in, campaign_folders
from site_src.read.content.toml_files import read_campaign
from site_src.read.inputs import Predecessor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_src.plan.manifest import Record
    from site_src.read.agency import Agency
    from site_src.read.inputs import CampaignInputs
    from site_src.read.settings import Campaign


def find_predecessor(
    campaign: Campaign, content: Path, private: Path, read: Mapping[str, Sequence[Agency]]
) -> Predecessor | None:
    """Return the campaign with the latest effective day before this one's; None if there is none.

    It is looked for in ``content`` and, among what was built and has no folder there any more, in ``private``; so are
    its agencies where its annex is deleted. ``read`` has the agencies, by slug, of the campaigns whose annexes were
    read already.
    """
    written = {path.name: path for path in campaign_folders(content, Problems())}
    built = [folder for folder in built_folders(private) if folder.name not in written]
    days = {folder.name: readable_manifest(folder).effective for folder in built}
    days |= {slug: read_campaign(folder, Problems()).effective for slug, folder in written.items()}
    before = {slug: day for slug, day in days.items() if day < campaign.effective and slug != campaign.slug}
    if not before:
        return None
    slug = max(before, key=lambda slug: (before[slug], slug))
    agencies = read.get(slug) or (_read_quietly(written[slug]) if slug in written else ())
    taking_part: Mapping[str, Agency | Record] = {agency.username: agency for agency in agencies}
    if not taking_part:
        taking_part = readable_manifest(private / slug).agencies
    names = {username: each.name for username, each in taking_part.items()}
    return Predecessor(slug, names, sum(each.status is Status.CONTACT_US for each in taking_part.values()))


def _read_quietly(folder: Path) -> Sequence[Agency]:
    """Return the agencies of a campaign that is not checked itself; its problems are reported when it is."""
    annexes = annexes_in(folder)
    return read_annex(annexes[0], read_campaign(folder, Problems()), Problems()) if len(annexes) == 1 else ()


def warn_of_other_holders(agencies: Sequence[Agency], before: Predecessor, problems: Problems) -> None:
    """Warn of a user name that another agency had: it would get that agency's folder, and its old code."""
    hint = say("a user name never passes to another agency: check it. If the agency was renamed, all is well")
    for agency in agencies:
        name = before.names.get(agency.username)
        if name and agency.name and squeeze(name) != squeeze(agency.name):
            message = say(
                'this user name is now that of "{name}"; in campaign {slug} it was that of "{other}"',
                name=visible(agency.name),
                slug=before.slug,
                other=visible(name),
            )
            problems.warning(Topic.USERNAME, message, hint=hint, at=agency.at, value=agency.username)


def warn_of_absent(inputs: CampaignInputs, before: Predecessor, problems: Problems, *, dropped: bool) -> None:
    """Warn of an agency that no longer takes part; once for all if most are absent, which is then no slip.

    ``dropped``: whether the server's users who are in no annex lose their line of the password file, and so their code.
    """
    here = {agency.username for agency in inputs.agencies}
    absent = [username for username in before.names if username not in here]
    hint = say("if it was forgotten, add its row; an agency without a row has no code from the effective day on")
    if not dropped:
        hint = say(
            "if it was forgotten, add its row; the old code of an agency without a row goes on working. If it should "
            "end, leave the row there with the status «{word}»",
            word=STATUS_WORDS[Status.CONTACT_US][0],
        )
    at = Place(file=inputs.annex.name)
    if 2 * len(absent) > len(before.names):
        numbers = {"number": len(absent), "all": len(before.names), "slug": before.slug}
        message = say("{number} of the {all} agencies of campaign {slug} are not in this annex", **numbers)
        problems.warning(Topic.USERNAME, message, hint=hint, at=at)
        return
    for username in absent:
        values = {"username": username, "slug": before.slug}
        message = say("user name {username} of campaign {slug} is not in this annex", **values)
        problems.warning(Topic.USERNAME, message, hint=hint, at=at, value=before.names[username])
