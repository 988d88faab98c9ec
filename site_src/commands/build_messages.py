"""The summary of a build: the changes of each campaign, the place of everything, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.commands.messages import columns, counted, named, over_lines
from site_src.files.private import AFTER_NAME, BEFORE_NAME, CURRENT_NAME, KEY_NAME, MANIFEST_NAME, SERVER_FOLDER
from site_src.language.catalogues import N_
from site_src.language.say import USUAL_CALL, call, say, say_day, say_many
from site_src.plan.handover import Handover
from site_src.plan.manifest import USERS_NAMED
from site_src.problems import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from site_src.folders import Folders, Options
    from site_src.publish.outcome import CampaignOutcome, Outcome

_HANDED_OVER = f"{MANIFEST_NAME}, {BEFORE_NAME}, {AFTER_NAME}"

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
    if outcome.closed:
        names = _some_of(outcome.closed)
        yield say("Closed to other users of this machine, who could read them: {names}", names=names)
    if options.dry_run:
        yield say("This was a dry run: nothing was written.")
    else:
        yield from next_lines(outcome, options.folders)


def campaign_lines(campaign: CampaignOutcome, *, with_changes: bool) -> Iterator[str]:
    """Yield the summary of one campaign; ``with_changes`` names every agency that something happens to."""
    changes = campaign.changes
    yield f"{campaign.slug}: {campaign.folder}"
    letters = [
        say("{count} new", count=len(changes.new)),
        say("{count} unchanged", count=len(changes.unchanged)),
        say("{count} reissued", count=len(changes.reissued)),
        say("{count} withdrawn", count=len(changes.withdrawn)),
    ]
    if changes.remade:
        letters.append(say("{count} made again with the same code", count=len(changes.remade)))
    rows = [(say("Agencies:"), counted(campaign.counts)), (say("Letters:"), ", ".join(letters))]
    yield from (f"  {line}" for line in columns(rows))
    if campaign.moved_from:
        yield "  " + _outdated(campaign.outdated_letters, campaign.moved_from, campaign.effective)
    if campaign.other_users:
        yield "  " + _others(len(campaign.other_users), dropped=campaign.others_dropped)
        yield f"    {_some_of(campaign.other_users)}"
    if with_changes:
        for kind, words in _CHANGES.items():
            yield from (
                f"  {say(words)}: {agency}" for agency in _some_agencies(getattr(changes, kind), campaign.names)
            )


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


def _some_of(users: Sequence[str]) -> str:
    named = ", ".join(map(visible, users[:USERS_NAMED]))
    more = len(users) - USERS_NAMED
    return say("{users} and {number} more", users=named, number=more) if more > 0 else named


def _some_agencies(usernames: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    """Agencies by user name and name, and how many more there are."""
    yield from (named(username, names) for username in usernames[:USERS_NAMED])
    if len(usernames) > USERS_NAMED:
        yield say("… and {number} more", number=len(usernames) - USERS_NAMED)


def next_lines(outcome: Outcome, folders: Folders) -> Iterator[str]:
    """Yield the place of everything, and what to do next."""
    where = [
        (say("The site:"), str(folders.out)),
        ("", say("open its index.html to look at it; copy the whole folder to the web server")),
        (say("The secret files:"), str(folders.private)),
        ("", say("never served; keep a backup of each campaign.key in a safe place")),
    ]
    if any(campaign.sample_passwords for campaign in outcome.campaigns):
        where.append(("", say("put a copy of the server's password file there as current.htpasswd")))
        where.append(("", say("(the campaign's own sample was used this time)")))
    yield ""
    yield from columns(where)
    yield ""
    yield say("What to do next:")
    yield from (f"  {line}" for line in columns([*_steps(outcome, folders)], gap=3))


def _steps(outcome: Outcome, folders: Folders) -> Iterator[tuple[str, str]]:
    """Yield the steps that follow: when or with what, and what is then done."""
    for campaign in outcome.campaigns:
        if campaign.begins_late:
            over = say("the last day to act, {day}, is over before the first build", day=say_day(campaign.deadline))
            yield say("check the year"), over
    yield f"{call()} verify", say("opens every archive as its contact will")
    if any(each.without_passwords and each.handover is not Handover.NOTHING for each in outcome.campaigns):
        current = folders.private / CURRENT_NAME
        lacks = say("copy its password file to {current} and build again, for the new one lacks them", current=current)
        yield say("if the server has users"), lacks
    yield from _copies(outcome, folders)
    for campaign in outcome.campaigns:
        if campaign.changes.reissued:
            yield say("tell the agency"), _collect_again(len(campaign.changes.reissued))
            yield from (("", agency) for agency in _some_agencies(campaign.changes.reissued, campaign.names))
        yield from _swap_steps(campaign, folders.private / campaign.slug)
    for each in outcome.over:
        if each.awaits:
            yield say("on {day}", day=say_day(each.awaits)), _swap(each.slug)
    for campaign in outcome.campaigns:
        if campaign.leaves_on:
            leave = say("python3 build.py, and copy the site again: the letters of {slug} leave it", slug=campaign.slug)
            yield say("on {day}", day=say_day(campaign.leaves_on)), leave


def _copies(outcome: Outcome, folders: Folders) -> Iterator[tuple[str, str]]:
    """Yield what all campaigns together give the administrator; the files of each campaign follow it."""
    server = folders.private / SERVER_FOLDER
    if outcome.replaced_site:
        yield say("copy the site again"), _why_copy(outcome)
    if outcome.rules_changed:
        reload = say(
            "{folder}, and reload the web server: its rules changed on {day} (nothing to do if that was done since)",
            folder=server,
            day=say_day(outcome.rules_changed),
        )
        yield say("hand over again"), reload
    if any(each.handover is Handover.FIRST for each in outcome.campaigns):
        yield say("give the administrator"), say("{folder}: the site, to copy whole", folder=folders.out)
        yield "", say("{folder}: the rules to include (the first time)", folder=server)


def _why_copy(outcome: Outcome) -> str:
    """Return what the server does not have yet, or has still."""
    new, reissued, remade, withdrawn = (
        sum(len(getattr(campaign.changes, kind)) for campaign in outcome.campaigns)
        for kind in ("new", "reissued", "remade", "withdrawn")
    )
    withdrawn += sum(each.letters for each in outcome.over)
    parts = [
        say_many("{number} letter is new", "{number} letters are new", new) if new else "",
        say_many("{number} letter has a new code", "{number} letters have a new code", reissued) if reissued else "",
        say_many("{number} letter was made again", "{number} letters were made again", remade) if remade else "",
        say_many("{number} letter has left it", "{number} letters have left it", withdrawn) if withdrawn else "",
    ]
    return ", ".join(filter(None, parts)) or say("pages have changed")


def _collect_again(number: int) -> str:
    return say_many(
        "{number} agency must collect its letter again, as the archive and the code that it has are void:",
        "{number} agencies must collect their letters again, as the archives and the codes that they have are void:",
        number,
    )


def _swap_steps(campaign: CampaignOutcome, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield which files the administrator gets, and when the password file is swapped with them."""
    due = say("now") if campaign.is_in_force else say("on {day}", day=say_day(campaign.effective))
    if campaign.handover is Handover.FIRST:
        yield "", say("{folder}: {names}; never {key}", folder=folder, names=_HANDED_OVER, key=KEY_NAME)
        yield due, _swap(campaign.slug)
    elif campaign.handover is Handover.AGAIN:
        again = say(
            "give the administrator the new {names}: until they are in place, the old codes and the old day count",
            names=_HANDED_OVER,
        )
        yield say("now"), again
        yield "" if campaign.is_in_force else due, _swap(campaign.slug)


def _swap(slug: str) -> str:
    return say("the administrator runs: {command}", command=_activate(slug))


def _activate(slug: str) -> str:
    return f"{USUAL_CALL} activate {slug} --password-file FILE"  # on the server, whatever runs here
