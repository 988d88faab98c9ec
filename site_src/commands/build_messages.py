"""The summary of a build: the changes of each campaign, the place of everything, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from site_src.commands.messages import columns, counted, named, over_lines
from site_src.files.private import CURRENT_NAME, HANDOVER_FOLDER, KEY_NAME, SERVER_FOLDER
from site_src.folders import Folders, Options
from site_src.language.catalogues import N_
from site_src.language.say import call, say, say_day, say_many, say_some
from site_src.plan.manifest import USERS_NAMED
from site_src.problems import visible
from site_src.publish.outcome import CampaignOutcome, Handover, Outcome
from site_src.read.agency import status_counts

_LETTERS = {
    "new": N_("{count} new"),
    "unchanged": N_("{count} unchanged"),
    "reissued": N_("{count} reissued"),
    "withdrawn": N_("{count} withdrawn"),
    "remade": N_("{count} made again with the same code"),
}
_CHANGES = {
    "added": N_("agency added"),
    "gone": N_("agency gone"),
    "address_changed": N_("address changed"),
    "new": N_("letter new"),
    "reissued": N_("letter reissued"),
    "remade": N_("letter made again with the same code"),
    "withdrawn": N_("letter withdrawn"),
}


def build_lines(outcome: Outcome, options: Options) -> Iterator[str]:
    """Yield the summary of a build."""
    yield from made_lines(outcome, options)
    if options.dry_run:
        yield say("This was a dry run: nothing was written.")
    else:
        yield from next_lines(outcome, options.folders)


def made_lines(outcome: Outcome, options: Options) -> Iterator[str]:
    """Yield the effect of a build."""
    if outcome.is_sample:
        yield say("This is the sample that Thyrida comes with: its agencies, addresses and codes are invented.")
    if outcome.is_unchanged:
        yield say("Nothing has changed since the last build, so that nothing was made.")
    if outcome.is_unchanged and outcome.warnings_before:
        yield say_many(
            "It had {number} warning; to see it again: {command}",
            "It had {number} warnings; to see them again: {command}",
            outcome.warnings_before,
            command=f"{call()} check",
        )
    for each in outcome.campaigns:
        yield from campaign_lines(each, with_changes=options.dry_run)
    yield from over_lines(outcome.over)
    if outcome.closed and not outcome.is_sample:
        names = say_some([*map(visible, outcome.closed)], USERS_NAMED)
        yield say("Closed to other users of this machine, who could read them: {names}", names=names)


def campaign_lines(outcome: CampaignOutcome, *, with_changes: bool) -> Iterator[str]:
    """Yield the summary of one campaign; ``with_changes`` names every agency that something happens to."""
    campaign, changes = outcome.campaign, outcome.changes
    yield f"{campaign.slug}: {campaign.folder}"
    counts = {kind: len(getattr(changes, kind)) for kind in _LETTERS}
    letters = [say(_LETTERS[kind], count=count) for kind, count in counts.items() if count or kind != "remade"]
    agencies = counted(status_counts(record.status for record in outcome.records.values()))
    rows = [(say("Agencies:"), agencies), (say("Letters:"), ", ".join(letters))]
    yield from (f"  {line}" for line in columns(rows))
    if outcome.outdated_letters:
        yield "  " + _outdated(outcome.outdated_letters, outcome.previous.effective, campaign.effective)
    if outcome.other_users:
        yield "  " + _others(len(outcome.other_users), dropped=outcome.others_dropped)
        yield f"    {say_some([*map(visible, outcome.other_users)], USERS_NAMED)}"
    if with_changes:
        for kind, words in _CHANGES.items():
            yield from (f"  {say(words)}: {agency}" for agency in _some_agencies(getattr(changes, kind), outcome.names))


def _outdated(number: int, old: date, new: date) -> str:
    return say_many(
        "First day: {new}, not {old} as in {number} letter that is on the site and may be collected already; tell its "
        "agency the new day",
        "First day: {new}, not {old} as in {number} letters that are on the site and may be collected already; tell "
        "their agencies the new day",
        number,
        new=say_day(new),
        old=say_day(old),
    )


def _others(number: int, *, dropped: bool) -> str:
    if dropped:
        return say_many(
            "Password file: {number} user in no row of the annex, dropped:",
            "Password file: {number} users in no row of the annex, dropped:",
            number,
        )
    return say_many(
        "Password file: {number} user in no row of the annex, kept:",
        "Password file: {number} users in no row of the annex, kept:",
        number,
    )


def _some_agencies(usernames: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    """Agencies by user name and name, and how many more there are."""
    yield from (named(username, names) for username in usernames[:USERS_NAMED])
    if len(usernames) > USERS_NAMED:
        yield say("… and {number} more", number=len(usernames) - USERS_NAMED)


def next_lines(outcome: Outcome, folders: Folders) -> Iterator[str]:
    """Yield the place of everything, and what to do next."""
    where = [(say("The site:"), str(folders.out)), ("", say("open its index.html to look at it"))]
    if not outcome.is_sample:
        where.append((say("The secret files:"), str(folders.private)))
        where.append(("", say("never served")))
    if any(campaign.sample_passwords for campaign in outcome.campaigns) and not outcome.is_sample:
        where.append(("", say("put a copy of the server's password file there as current.htpasswd")))
        where.append(("", say("(the campaign's own sample was used this time)")))
    begin = say("begins your own campaign from your annex and circular; the sample then goes")
    steps = [(f"{call()} new", begin)] if outcome.is_sample else steps_of(outcome, folders)
    steps = [(f"{call()} verify", say("opens every archive as its contact will")), *steps]
    yield ""
    yield from columns(where)
    yield ""
    yield say("What to do next:")
    yield from (f"  {line}" for line in columns(steps, gap=3))


def steps_of(outcome: Outcome, folders: Folders) -> Iterator[tuple[str, str]]:
    """Yield the steps that follow: when, or to whom, and what is then done. The terminal and the desk show them."""
    private = folders.private.relative_to(folders.private.parent)  # short: the desk's pages are narrow
    for each in outcome.campaigns:
        if each.begins_late:
            day = say_day(each.campaign.deadline)
            is_over = say("the last day to act, {day}, is over before the first build", day=day)
            yield say("check the year"), is_over
    if any(each.without_passwords and each.handover is not Handover.NOTHING for each in outcome.campaigns):
        lacks = N_(
            "copy its password file to {current} (in the desk: «Facts and text») and build again: "
            "the new one lacks them"
        )
        yield say("if the server has users"), say(lacks, current=private / CURRENT_NAME)
    why = _why_copy(outcome) if outcome.replaced_site else ""
    yield from _copies(outcome, private / SERVER_FOLDER, why)
    for each in outcome.campaigns:
        if each.changes.reissued:
            yield say("tell the agency"), _collect_again(len(each.changes.reissued))
            yield from (("", agency) for agency in _some_agencies(each.changes.reissued, each.names))
        yield from _swap_steps(each, private / each.campaign.slug, why)
    for over in outcome.over:
        if over.awaits:
            yield say("on {day}", day=say_day(over.awaits)), _swap(over.campaign.slug)
    for each in outcome.campaigns:
        if each.campaign.leaves_on and any(record.letter for record in each.records.values()):
            leave = say("build again, and copy the site again: the letters of {slug} leave it", slug=each.campaign.slug)
            yield say("on {day}", day=say_day(each.campaign.leaves_on)), leave


def _copies(outcome: Outcome, server: Path, why: str) -> Iterator[tuple[str, str]]:
    """Yield what goes to the server beside the folder that the administrator gets of a campaign."""
    if why and all(each.handover is Handover.NOTHING for each in outcome.campaigns):
        yield say("copy the site again"), why  # else it is in that folder
    if outcome.rules_changed:
        reload = say(
            "{folder}, and reload the web server: its rules changed on {day} (nothing to do if that was done since)",
            folder=server,
            day=say_day(outcome.rules_changed),
        )
        yield say("hand over again"), reload


def _why_copy(outcome: Outcome) -> str:
    """Return what the server does not have yet, or has still."""
    counts = {kind: sum(len(getattr(each.changes, kind)) for each in outcome.campaigns) for kind in _LETTERS}
    counts["withdrawn"] += sum(each.letters for each in outcome.over)
    changed = [say(_LETTERS[kind], count=count) for kind, count in counts.items() if count and kind != "unchanged"]
    return say("letters ({counts})", counts=", ".join(changed)) if changed else say("pages have changed")


def _collect_again(number: int) -> str:
    return say_many(
        "{number} agency must collect its letter again, as the archive and the code that it has are void:",
        "{number} agencies must collect their letters again, as the archives and the codes that they have are void:",
        number,
    )


def _swap_steps(outcome: CampaignOutcome, private: Path, why: str) -> Iterator[tuple[str, str]]:
    """Yield which folder the administrator gets, why its site has changed, and when the password file is swapped.

    Before a folder is given away for the first time, the key is to be kept.
    """
    if outcome.handover is Handover.NOTHING:
        return
    campaign, folder = outcome.campaign, private / HANDOVER_FOLDER
    due = say("now") if outcome.is_in_force else say("on {day}", day=say_day(campaign.effective))
    if is_first := outcome.handover is Handover.FIRST:
        yield (
            say("keep a copy of the key"),
            say("{key}, in a safe place and apart from the rest", key=private / KEY_NAME),
        )
        whole = say("the hand-over folder, whole: its README.txt has the steps ({folder})", folder=folder)
        yield say("give the administrator"), whole
    else:
        again = N_(
            "give the administrator the hand-over folder again: until then the old codes and day count ({folder})"
        )
        yield say("now"), say(again, folder=folder)
    if why:
        yield "", say("the site in it has changed: {why}", why=why)
    yield due if is_first or not outcome.is_in_force else "", _swap(campaign.slug)


def _swap(slug: str) -> str:
    return say("the administrator puts the new codes of {slug} in force, as README.txt says (activate.py)", slug=slug)
