"""Reading: everything that a build or a check takes in, with all its problems collected."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.access import PasswordFile
from site_src.agency import Status
from site_src.annex import read_annex
from site_src.circular import Circular, render_circular
from site_src.content import campaign_folders, find_annex, read_campaign, read_site
from site_src.enclosures import read_attachments, read_enclosures
from site_src.letters import Typesetter, check_names, check_template, letter_facts
from site_src.pages import check_text
from site_src.predecessor import find_predecessor, tell_absent, tell_other_holders
from site_src.private import CURRENT_NAME
from site_src.problems import Place, Problems, Severity, Topic, UsageError
from site_src.settings import Site
from site_src.suspicions import tell_suspicions
from site_src.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from site_src.agency import Agency
    from site_src.archives import Document
    from site_src.settings import Campaign

# Stands in where site.toml has errors, so that the campaigns are still read and all problems told at once.
UNREAD_SITE = Site(title="-", operator="-")

TEXT_NAMES = ("help", "accessibility")


@dataclass(frozen=True, kw_only=True)
class Folders:
    """Where things lie: what staff write, what is served, and what is never served."""

    content: Path
    out: Path
    private: Path
    templates: Path


@dataclass(frozen=True, kw_only=True)
class CampaignInputs:
    """All that one campaign brings, read and without errors."""

    campaign: Campaign
    annex: Path
    agencies: tuple[Agency, ...]
    circular: Circular
    attachments: tuple[Path, ...]
    enclosures: Mapping[str, tuple[Document, ...]]
    typesetter: Typesetter
    passwords: PasswordFile | None = field(repr=False)

    def with_status(self, status: Status) -> tuple[Agency, ...]:
        """The agencies of one status, in the annex's order."""
        return tuple(agency for agency in self.agencies if agency.status is status)

    def digests(self) -> dict[str, str]:
        """The SHA-256 of each input file, by its name."""
        names = [self.campaign.path / "campaign.toml", self.campaign.path / "circular.md", self.annex]
        paths = [*names, self.typesetter.template, *self.attachments]
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The site, its own texts, and its campaigns."""

    site: Site
    words: Words
    texts: Mapping[str, str]
    campaigns: tuple[CampaignInputs, ...]


def read_inputs(folders: Folders, day: date, problems: Problems, only: str = "") -> Inputs:
    """Everything in ``content/`` that can be read; the rest is in ``problems``. ``only`` names one campaign to read.

    Raises UsageError where ``only`` names none.
    """
    site = read_site(folders.content, problems)
    paths = campaign_folders(folders.content, problems)
    if only and only not in [path.name for path in paths]:
        known = ", ".join(path.name for path in paths) or "none"
        raise UsageError(f'there is no campaign "{only}" in "{folders.content}"', f"the campaigns are: {known}")
    if not paths:
        hint = "`python3 build.py new SLUG --annex FILE --circular FILE` starts one"
        problems.error(Topic.FILE, "there is no campaign in the content folder", hint=hint)
    site = site or UNREAD_SITE
    words = Words(site.language)
    texts = _read_texts(folders.content, words, problems)
    read = [_read_campaign(path, folders, site, words, day, problems) for path in paths if only in {"", path.name}]
    campaigns = tuple(filter(None, read))
    _compare_with_predecessors(campaigns, folders, problems)
    return Inputs(site=site, words=words, texts=texts, campaigns=campaigns)


def _compare_with_predecessors(campaigns: Sequence[CampaignInputs], folders: Folders, problems: Problems) -> None:
    """What the campaign before had otherwise; not while a row may be lost to a mistake, which would be told twice."""
    if any(problem.severity is Severity.ERROR and problem.topic <= Topic.USERNAME for problem in problems.all()):
        return
    read = {each.campaign.slug: each.agencies for each in campaigns}
    for each in campaigns:
        before = find_predecessor(each.campaign, folders.content, folders.private, read)
        if before:
            tell_other_holders(each.agencies, before, problems)
            tell_absent(each.agencies, before, each.annex.name, problems)


def _read_texts(content: Path, words: Words, problems: Problems) -> dict[str, str]:
    texts = {}
    for name in TEXT_NAMES:
        path = content / f"{name}.md"
        at = Place(file=path.name)
        if not path.is_file():
            continue
        try:
            texts[name] = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            hint = "save the file again with encoding UTF-8"
            problems.error(Topic.FILE, "this is not UTF-8 text", hint=hint, at=at)
        else:
            for message in check_text(texts[name], words):
                problems.error(Topic.TEXT, message, hint="correct the text", at=at)
    return texts


def _read_campaign(  # noqa: PLR0913, PLR0917 (it gathers what no other stage needs together)
    path: Path, folders: Folders, site: Site, words: Words, day: date, problems: Problems
) -> CampaignInputs | None:
    campaign = read_campaign(path, problems)
    if campaign is None:
        return None
    annex = find_annex(campaign, problems)
    if annex is None:
        return None
    agencies = read_annex(annex, campaign, problems)
    tell_suspicions(agencies, problems)
    typesetter = Typesetter(_letter_template(campaign, folders), letter_facts(site, campaign, words))
    check_template(typesetter, campaign.code, problems)
    lettered = (agency for agency in agencies if agency.status is Status.NEW)
    check_names(typesetter, campaign.code, lettered, problems)
    _check_reissue(campaign, agencies, problems)
    return CampaignInputs(
        campaign=campaign,
        annex=annex,
        agencies=agencies,
        circular=render_circular(campaign, site, agencies, words, problems),
        attachments=read_attachments(campaign, problems),
        enclosures=read_enclosures(campaign, agencies, problems),
        typesetter=typesetter,
        passwords=_read_passwords(campaign, agencies, folders.private, day, problems),
    )


def _letter_template(campaign: Campaign, folders: Folders) -> Path:
    own = campaign.path / "letter.typ"
    return own if own.is_file() else folders.templates / "letter.typ"


def _check_reissue(campaign: Campaign, agencies: tuple[Agency, ...], problems: Problems) -> None:
    known = {agency.username for agency in agencies}
    for username in campaign.reissue:
        if username not in known:
            at = Place(file="campaign.toml", cell=f"reissue.{username}")
            hint = "correct the user name, or take the line out"
            problems.error(Topic.USERNAME, "the annex has no agency with this user name", hint=hint, at=at)


def _read_passwords(
    campaign: Campaign, agencies: tuple[Agency, ...], private: Path, day: date, problems: Problems
) -> PasswordFile | None:
    """The server's password file as staff copied it, checked for the lines that the campaign keeps."""
    path = private / CURRENT_NAME
    if not path.is_file():
        path = campaign.path / CURRENT_NAME  # the sample brings one, so that a newcomer sees a whole build
    keepers = [agency for agency in agencies if agency.status is Status.KEEPS]
    report = problems.warning if campaign.withdrawn_on(day) else problems.error
    if not path.is_file():
        if keepers:
            message = f"{len(keepers)} agencies keep their codes, but there is no copy of the server's password file"
            hint = f"copy it to {CURRENT_NAME} in the private folder: the kept lines are taken from it"
            report(Topic.ACCESS, message, hint=hint, at=Place(file=f"private/{CURRENT_NAME}"))
        return None
    data = path.read_bytes()
    if b"\0" in data or data.startswith(codecs.BOM_UTF8):
        message = "this is not the server's password file as the server has it"
        hint = "copy it anew, and let no editor save it: it has a line such as 205518873364:$2y$… for each user"
        problems.error(Topic.ACCESS, message, hint=hint, at=Place(file=CURRENT_NAME))
        return None
    passwords = PasswordFile.parse(data)
    users = passwords.users
    for agency in keepers:
        if agency.username not in users:
            message = f"{agency.name} keeps its code, but the server's password file has no line for it"
            hint = f"copy the server's newest password file to {CURRENT_NAME}, or give this agency a new code"
            report(Topic.ACCESS, message, hint=hint, at=Place(file=CURRENT_NAME), value=agency.username)
    return passwords


def status_counts(campaigns: Sequence[CampaignInputs]) -> dict[str, int]:
    """How many agencies the annexes hold, and how many of each status, whatever the day."""
    statuses = [agency.status for campaign in campaigns for agency in campaign.agencies]
    return {
        "agencies": len(statuses),
        "letters": statuses.count(Status.NEW),
        "keeps": statuses.count(Status.KEEPS),
        "contact_us": statuses.count(Status.CONTACT_US),
    }
