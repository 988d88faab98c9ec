"""The campaigns that `build --campaign` was not asked for: they stay as they are, but for what their dates demand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from site_src.content.campaign_folder import campaign_folders
from site_src.language.say import say, say_many
from site_src.manifest import Manifest, read_manifest
from site_src.pages.edition import Entry
from site_src.plan import code_fingerprint, find_key
from site_src.private import MANIFEST_NAME
from site_src.problems import Place, Problems, Severity, StateError, Topic
from site_src.reading import read_campaign_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.inputs import CampaignInputs, Inputs
    from site_src.keys import CampaignKey
    from site_src.settings import Campaign


@dataclass(frozen=True)
class Issued:
    """The codes that a campaign's last build gave, whatever its inputs say by now: its manifest marks each of them."""

    key: CampaignKey
    fingerprints: frozenset[str]

    def __contains__(self, code: object) -> bool:
        return code_fingerprint(self.key, str(code)) in self.fingerprints


def issued_by_bystanders(inputs: Inputs, folders: Folders, problems: Problems) -> Iterator[Issued]:
    """What must not be published of the bystanders; a lost key is a warning, for it stops their own build alone."""
    for each in inputs.bystanders:
        slug = each.campaign.slug
        manifest = read_manifest(folders.private / slug / MANIFEST_NAME) or Manifest()
        try:
            key = find_key(folders.private / slug, folders.out / "files" / slug, manifest)
        except StateError as error:
            problems.warning(Topic.FILE, str(error), hint=error.hint, at=Place(file=slug))
        else:
            yield Issued(key, frozenset(record.code for record in manifest.agencies.values()))


def with_bystanders(inputs: Inputs, folders: Folders, day: date, problems: Problems) -> Inputs:
    """The inputs with the other campaigns that are on the site.

    Their mistakes stop nothing and are one warning each. A campaign whose archives have to leave the site on ``day`` is
    no bystander: it is built along, and its mistakes count.
    """
    campaigns, bystanders = list(inputs.campaigns), []
    asked = {each.campaign.slug for each in campaigns}
    for path in campaign_folders(folders.content, Problems()):
        if path.name in asked:
            continue
        if not _is_published(path.name, folders):
            _warn_of_absent(path.name, folders, problems)
            continue
        own = Problems()
        other = read_campaign_inputs(path, folders, inputs, day, own)
        if _must_withdraw(other.campaign, folders, day):
            problems.extend(own.all())
            campaigns.append(other)
        else:
            _tell(other, own, problems)
            _check_whole(path.name, folders, problems)
            bystanders.append(other)
    return replace(inputs, campaigns=tuple(campaigns), bystanders=tuple(bystanders))


def published_entry(campaign: Campaign, out: Path) -> Entry:
    """What the lists say of a bystander: its folders are those that lie on the site, whatever its annex says by now."""
    folders = (out / "files" / campaign.slug).iterdir()
    return Entry(campaign, sum(folder.name.isdecimal() for folder in folders))


def public_folders(slug: str) -> tuple[str, str]:
    """A campaign's own folders in the site."""
    return f"files/{slug}", f"circulars/{slug}"


def _is_published(slug: str, folders: Folders) -> bool:
    return any((folders.out / folder).is_dir() for folder in public_folders(slug))


def _warn_of_absent(slug: str, folders: Folders, problems: Problems) -> None:
    """A campaign that was built, of which this site has nothing: it may have been lost with the whole site."""
    if (folders.private / slug / MANIFEST_NAME).exists():
        message = say('this campaign was built before, but is not on the site "{out}"', out=folders.out)
        hint = say("if it belongs there, build all campaigns: `python3 build.py`")
        problems.warning(Topic.FILE, message, hint=hint, at=Place(file=slug))


def _check_whole(slug: str, folders: Folders, problems: Problems) -> None:
    """A bystander of which a part is lost cannot stay as it is, and without a word it would leave the site."""
    parts = [*(folders.out / folder for folder in public_folders(slug)), folders.private / slug / MANIFEST_NAME]
    for missing in (path for path in parts if not path.exists()):
        message = say('a part of this campaign is missing from the last build: "{path}"', path=missing)
        hint = say("build all campaigns: `python3 build.py`")
        problems.error(Topic.FILE, message, hint=hint, at=Place(file=slug))


def _must_withdraw(campaign: Campaign, folders: Folders, day: date) -> bool:
    """Whether archives lie on the site after their last day."""
    return campaign.withdrawn_on(day) and any((folders.out / "files" / campaign.slug).glob("*/*.zip"))


def _tell(other: CampaignInputs, own: Problems, problems: Problems) -> None:
    """The facts stand on the home page too, so a mistake in them counts; all others are one warning.

    What is wrong in the annex may hide addresses, which are then not looked for in what is published.
    """
    slug = other.campaign.slug
    errors = [problem for problem in own.all() if problem.severity is Severity.ERROR]
    facts = [problem for problem in errors if problem.at.file == "campaign.toml"]
    if facts:
        problems.extend(facts)
    elif errors:
        message = say_many(
            "this campaign is not built and stays on the site as it is; {number} mistake in it waits",
            "this campaign is not built and stays on the site as it is; {number} mistakes in it wait",
            len(errors),
        )
        hint = say("`python3 build.py check {slug}` lists them", slug=slug)
        if any(problem.at.file.startswith(other.annex.stem) for problem in errors):  # annex.xlsx, or annex.* for none
            hint = say("{hint}; until then what is published is not searched for all addresses of its annex", hint=hint)
        problems.warning(Topic.FILE, message, hint=hint, at=Place(file=slug))
