"""Read everything that a build or a check takes in, with all its problems collected."""

from __future__ import annotations

import codecs
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from site_src.files.htpasswd import WINDOWS_END, users_of
from site_src.files.looked import Looked
from site_src.files.private import CURRENT_FILE, CURRENT_NAME
from site_src.folders import TEMPLATES, Folders
from site_src.language.catalogues import Words
from site_src.language.say import say, say_many
from site_src.make.letters import Typesetter, check_letters
from site_src.plan.plan import find_predecessor, warn_of_absent, warn_of_other_holders
from site_src.problems import Place, Problems, Severity, Topic
from site_src.prove.leaks import check_exposed
from site_src.read import suspicions
from site_src.read.agency import Agency, Status
from site_src.read.annex import read_annex
from site_src.read.circular.render import read_own_pages, render_circular
from site_src.read.content import campaign_folder
from site_src.read.content.enclosures import read_attachments, read_enclosures
from site_src.read.content.toml_files import read_campaign, read_site
from site_src.read.inputs import CampaignInputs, CircularInputs, Inputs, LetterInputs, drawn, letter_facts
from site_src.read.settings import Campaign
from site_src.report.reminders import check_reminder


def read_inputs(  # noqa: PLR0913, PLR0917 (each command asks for another part of one reading)
    folders: Folders,
    day: date,
    problems: Problems,
    only: str = "",
    with_letters: Container[str] = (),
    looked: Looked | None = None,
) -> Inputs:
    """Return everything in ``content/`` that can be read; the rest is in ``problems``. ``only`` names one campaign.

    Those ``with_letters`` on the site are not over as long as they have an annex, whatever the day. ``looked`` is what
    was looked through before, where that is known better than the last build's note says it.

    Raises UsageError where ``only`` names no campaign.
    """
    looked = looked or Looked.through(folders.private)
    site = read_site(folders.content, problems)
    paths = campaign_folder.campaign_folders(folders.content, problems)
    if only and only not in [path.name for path in paths]:
        raise campaign_folder.no_such_campaign(only, folders.content, paths)
    if not paths:
        hint = say("`python3 build.py new` starts one")
        problems.error(Topic.FILE, say("there is no campaign in the content folder"), hint=hint)
    campaign_folder.check_content(folders.content, paths, problems, site.logo.name if site.logo else "")
    words = Words(site.language)
    pages = read_own_pages(folders.content, site, words, problems)
    inputs = Inputs(site=site, words=words, pages=pages, campaigns=(), looked=looked, several=len(paths) > 1)
    chosen = [path for path in paths if only in {"", path.name}]
    days = [date.min if path.name in with_letters and campaign_folder.annexes_in(path) else day for path in chosen]
    read = [_read_campaign(path, folders, inputs, day, problems) for path, day in zip(chosen, days, strict=True)]
    inputs = replace(
        inputs,
        campaigns=tuple(each for each in read if isinstance(each, CampaignInputs)),
        over=tuple(each for each in read if not isinstance(each, CampaignInputs)),
    )
    check_exposed(inputs, problems)
    suspicions.warn_of_overlooked(inputs, folders.private, day, problems)
    _compare_with_predecessors(inputs, folders, problems)
    return inputs


def read_sound(
    folders: Folders, day: date, only: str = "", with_letters: Container[str] = (), looked: Looked | None = None
) -> Inputs:
    """Return the same as ``read_inputs``. Raises InputError where there are errors."""
    problems = Problems()
    inputs = read_inputs(folders, day, problems, only, with_letters, looked)
    problems.stop_on_errors()
    return inputs


def _compare_with_predecessors(inputs: Inputs, folders: Folders, problems: Problems) -> None:
    """Compare with the campaign before; not while a row may be lost to a mistake, which would be reported twice."""
    if any(problem.severity is Severity.ERROR and problem.topic <= Topic.USERNAME for problem in problems.all()):
        return
    read = {each.campaign.slug: each.agencies for each in inputs.campaigns}
    for each in inputs.campaigns:
        own = Problems()
        before = find_predecessor(each.campaign, folders.content, folders.private, read)
        if before:
            warn_of_other_holders(each.agencies, before, own)
            warn_of_absent(each, before, own, dropped=inputs.site.server.drops_others)
        suspicions.warn_of_many_callers(each, before, own)
        problems.extend(own.all(), each.shown_slug)


def with_annexes(inputs: Inputs, problems: Problems) -> Inputs:
    """Return the inputs with the agencies of campaigns that are over and still have their annexes."""
    over = []
    for each in inputs.over:
        own = Problems()
        read = [read_annex(annex, each.campaign, own) for annex in campaign_folder.annexes_in(each.campaign.path)]
        problems.extend(own.all(), each.shown_slug)
        over.append(replace(each, agencies=read[0] if read else ()))
    return replace(inputs, over=tuple(over))


def _read_campaign(path: Path, folders: Folders, shared: Inputs, day: date, problems: Problems) -> CircularInputs:
    """Return all that one campaign brings; if something cannot be read, the rest is read all the same."""
    own = Problems()
    campaign_folder.check_campaign(path, own)
    campaign = read_campaign(path, own)
    if campaign.is_over_on(day):
        circular = render_circular(campaign, shared.site, None, shared.words, own)
        inputs = CircularInputs(campaign=campaign, circular=circular, attachments=read_attachments(campaign, own))
    else:
        inputs = _read_own_files(campaign, shared, own)
        inputs = replace(inputs, passwords=_read_passwords(campaign, inputs.agencies, folders.private, own))
        suspicions.warn_of_slow_hashes(inputs, own, dropped=shared.site.server.drops_others)
    check_reminder(inputs, shared.site, shared.words, own)
    shown_slug = path.name if shared.several else ""
    problems.extend(own.all(), shown_slug)
    return replace(inputs, shown_slug=shown_slug)


def _read_own_files(campaign: Campaign, shared: Inputs, problems: Problems) -> CampaignInputs:
    """Return the files of the campaign's folder, read."""
    site, words = shared.site, shared.words
    annexes = campaign_folder.find_annexes(campaign, problems)
    read = [read_annex(annex, campaign, problems) for annex in annexes]
    agencies = read[0] if read else ()
    suspicions.warn_of_suspicions(agencies, problems)
    suspicions.check_recipients(agencies, problems)
    own = campaign.path / "letter.typ"
    template = own if own.is_file() else TEMPLATES / "letter.typ"
    letter = LetterInputs(template, letter_facts(site, campaign, words), drawn(site.logo) if site.logo else "")
    recipients = [agency for agency in agencies if agency.status is Status.NEW]
    check_letters(Typesetter(letter), campaign.code, recipients, problems)
    if annexes:
        _check_reissue(campaign, agencies, problems)
    return CampaignInputs(
        campaign=campaign,
        annex=annexes[0] if annexes else campaign.path / "annex",  # any name serves: this is an error
        agencies=agencies,
        circular=render_circular(campaign, site, agencies, words, problems),
        attachments=read_attachments(campaign, problems),
        enclosures=read_enclosures(campaign, agencies, problems) if annexes else {},
        letter=letter,
    )


def _check_reissue(campaign: Campaign, agencies: tuple[Agency, ...], problems: Problems) -> None:
    known = {agency.username for agency in agencies}
    for username in campaign.reissue:
        if username not in known:
            at = Place(file="campaign.toml", cell=f"reissue.{username}")
            hint = say("correct the user name, or delete the line")
            problems.error(Topic.USERNAME, say("the annex has no agency with this user name"), hint=hint, at=at)


def _read_passwords(
    campaign: Campaign, agencies: tuple[Agency, ...], private: Path, problems: Problems
) -> bytes | None:
    """Return the server's password file as staff copied it, checked for the lines that the campaign keeps."""
    path, at = private / CURRENT_NAME, Place(file=CURRENT_FILE, is_shared=True)
    if not path.is_file() and (campaign.path / CURRENT_NAME).is_file():
        # The sample brings one, so that a newcomer sees a whole build.
        path, at = campaign.path / CURRENT_NAME, Place(file=CURRENT_NAME)
    keepers = [agency for agency in agencies if agency.status is Status.KEEPS]
    if not path.is_file():
        if keepers:
            message = say_many(
                "{number} agency keeps its code, but there is no copy of the server's password file",
                "{number} agencies keep their codes, but there is no copy of the server's password file",
                len(keepers),
            )
            hint = say(
                "copy it to {file} in the private folder, or choose it in the desk: the kept lines are taken from it",
                file=CURRENT_NAME,
            )
            hint = campaign_folder.hint_of_missing(private / CURRENT_NAME, hint)
            problems.error(Topic.ACCESS, message, hint=hint, at=at)
        return None
    data = path.read_bytes()
    if b"\0" in data or data.startswith(codecs.BOM_UTF8):
        message = say("this is not the server's password file as the server has it")
        hint = say("copy it again, and let no editor save it: it has a line such as 205518873364:$2y$… for each user")
        problems.error(Topic.ACCESS, message, hint=hint, at=at)
        return None
    if WINDOWS_END in data:
        message = say("the lines of this file end as on Windows: a transfer as text or an editor has changed them")
        hint = say(
            "copy it again from the server, byte for byte (binary mode), or activate will not know the server's file "
            "again; if the server's own is so, leave it"
        )
        problems.warning(Topic.ACCESS, message, hint=hint, at=at)
    _check_keepers(keepers, data, at, problems)
    return data


def _check_keepers(keepers: Sequence[Agency], passwords: bytes, at: Place, problems: Problems) -> None:
    users = users_of(passwords)
    hint = say("copy the server's newest password file to {file}, or give this agency a new code", file=CURRENT_NAME)
    for agency in keepers:
        if agency.username not in users:
            name = agency.name
            message = say("{agency} keeps its code, but the server's password file has no line for it", agency=name)
            problems.error(Topic.ACCESS, message, hint=hint, at=at, value=agency.username)
