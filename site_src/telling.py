"""What the commands say, as lines of text: cli.py prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.complaints import problem_lines
from site_src.handover import Handover
from site_src.language.catalogues import N_
from site_src.language.say import call, say, say_day, say_many
from site_src.private import AFTER_NAME, BEFORE_NAME, CURRENT_NAME, MANIFEST_NAME
from site_src.problems import visible
from site_src.told import USERS_TOLD, Told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from site_src.activate import Swap
    from site_src.drafting import Draft
    from site_src.folders import Folders
    from site_src.options import Options
    from site_src.pipeline import CampaignOutcome, Outcome
    from site_src.report.collection import Region
    from site_src.report.findings import Report
    from site_src.verify import Verdict


_CHANGES = {
    "added": N_("agency added"),
    "gone": N_("agency gone"),
    "address_changed": N_("address changed"),
    "new": N_("letter new"),
    "reissued": N_("letter reissued"),
    "remade": N_("letter made again with the same code"),
    "withdrawn": N_("letter withdrawn"),
}


def count_line(counts: Mapping[str, int]) -> str:
    """The counts as a person reads them."""
    return f"{say('Agencies:')} {_counted(counts)}"


def _counted(counts: Mapping[str, int]) -> str:
    return say("{agencies} ({letters} get a new code, {keeps} keep theirs, {contact_us} must call)", **counts)


def build_lines(outcome: Outcome, options: Options) -> Told:
    """All that a build says."""
    summary = [line for each in outcome.campaigns for line in campaign_lines(each, with_changes=options.dry_run)]
    if options.dry_run:
        summary.append(say("This was a dry run: nothing was written."))
    else:
        summary += next_lines(outcome, options.folders)
    return Told(tuple(problem_lines(outcome.warnings)), tuple(summary))


def campaign_lines(campaign: CampaignOutcome, *, with_changes: bool) -> Iterator[str]:
    """The summary of one campaign; ``with_changes`` names every agency that something happens to."""
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
    rows = [(say("Agencies:"), _counted(campaign.counts)), (say("Letters:"), ", ".join(letters))]
    yield from (f"  {line}" for line in _columns(rows))
    if campaign.other_users:
        yield "  " + _others(len(campaign.other_users), dropped=campaign.others_dropped)
        yield f"    {_some_users(campaign.other_users)}"
    if with_changes:
        for kind, words in _CHANGES.items():
            yield from (
                f"  {say(words)}: {agency}" for agency in _some_agencies(getattr(changes, kind), campaign.names)
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


def _some_users(users: Sequence[str]) -> str:
    named = ", ".join(map(visible, users[:USERS_TOLD]))
    more = len(users) - USERS_TOLD
    return say("{users} and {number} more", users=named, number=more) if more > 0 else named


def _some_agencies(usernames: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    """Agencies by user name and name, and how many more there are."""
    yield from (_named(username, names) for username in usernames[:USERS_TOLD])
    if len(usernames) > USERS_TOLD:
        yield say("… and {number} more", number=len(usernames) - USERS_TOLD)


def _named(username: str, names: Mapping[str, str]) -> str:
    return f"{username} {visible(names[username])}"


def next_lines(outcome: Outcome, folders: Folders) -> Iterator[str]:
    """Where everything is and what to do next."""
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
    yield from _columns(where)
    yield ""
    yield say("What to do next:")
    yield from (f"  {line}" for line in _columns([*_steps(outcome, folders)], gap=3))


def _steps(outcome: Outcome, folders: Folders) -> Iterator[tuple[str, str]]:
    """When or with what, and what is then done."""
    for campaign in outcome.campaigns:
        if campaign.begins_late:
            over = say("the last day to act, {day}, is over before the first build", day=say_day(campaign.deadline))
            yield say("check the year"), over
    yield f"{call()} verify", say("opens every archive as its contact will")
    if any(each.without_passwords and each.handover is not Handover.NOTHING for each in outcome.campaigns):
        current = folders.private / CURRENT_NAME
        lacks = say("copy its password file to {current} and build again, for the new one lacks them", current=current)
        yield say("if the server has users"), lacks
    if outcome.replaced_site:
        yield say("copy the site again"), _why_copy(outcome.campaigns)
    for campaign in outcome.campaigns:
        if campaign.changes.reissued:
            yield say("tell the agency"), _collect_again(len(campaign.changes.reissued))
            yield from (("", agency) for agency in _some_agencies(campaign.changes.reissued, campaign.names))
        after = folders.private / campaign.slug / AFTER_NAME
        yield from _swap_steps(campaign, after)
    for campaign in outcome.campaigns:
        if campaign.leaves_on:
            leave = say("python3 build.py, and copy the site again: the letters of {slug} leave it", slug=campaign.slug)
            yield say("on {day}", day=say_day(campaign.leaves_on)), leave


def _why_copy(campaigns: Sequence[CampaignOutcome]) -> str:
    """What the server does not have yet, or has still."""
    new, reissued, remade, withdrawn = (
        sum(len(getattr(campaign.changes, kind)) for campaign in campaigns)
        for kind in ("new", "reissued", "remade", "withdrawn")
    )
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


def _swap_steps(campaign: CampaignOutcome, after: Path) -> Iterator[tuple[str, str]]:
    """When the administrator swaps the password file, and whether again."""
    names = f"{MANIFEST_NAME}, {BEFORE_NAME}, {AFTER_NAME}"
    again = say("give the administrator the new {names}: the password file has changed", names=names)
    moved = say("give the administrator the new {names}: the effective day has changed", names=names)
    swap = say("make this the server's password file: {after}", after=after)
    day = say("on {day}", day=say_day(campaign.effective))
    match campaign.handover:
        case Handover.ON_THE_DAY:
            yield day, swap
        case Handover.ON_THE_DAY_ANEW:
            yield say("before {day}", day=say_day(campaign.effective)), again
            yield day, swap
        case Handover.ON_ANOTHER_DAY:
            yield say("now"), moved
            yield day, swap
        case Handover.NOW:
            yield say("now"), swap
        case Handover.NOW_INSTEAD:
            yield say("now"), moved
            yield "", swap
        case Handover.NOW_AGAIN:
            yield say("now"), again
            yield "", say("to swap the password file again (activate); until then the old code works")


def _columns(rows: Sequence[tuple[str, str]], gap: int = 1) -> Iterator[str]:
    """Two columns, the first as wide as its widest text and the gap."""
    width = max(len(first) for first, _ in rows) + gap
    for first, second in rows:
        yield f"{first:{width}}{second}"


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """What was proved of one campaign."""
    archives = say_many("{number} archive opened", "{number} archives opened", verdict.archives)
    kept = say_many("{number} kept code compared", "{number} kept codes compared", verdict.kept)
    failures = say_many("{number} failure", "{number} failures", len(verdict.failures))
    yield say(
        "{slug}: {archives}, each with exactly one address of its contact; {kept}; {failures}",
        slug=verdict.slug,
        archives=archives,
        kept=kept,
        failures=failures,
    )


def draft_lines(draft: Draft, slug: str) -> Iterator[str]:
    """What a new campaign holds, and what is left to look at."""
    for path in draft.files:
        yield say("Written: {path}", path=path)
    for note in draft.notes:
        yield f"  {note}"
    if draft.differences:
        yield say("The annex beside the last campaign's:")
    for difference in draft.differences:
        yield f"  {difference}"
    if draft.doubts:
        yield say("Please look at these:")
    for doubt in draft.doubts:
        yield f"  - {doubt}"
    campaign = draft.folder / "campaign.toml"
    yield say("What to do next: read {campaign} and circular.md beside it, then", campaign=campaign)
    yield f"  {call()} check {slug}"


def template_lines(path: Path) -> Iterator[str]:
    """Where the empty annex is, and what to do with it."""
    yield say("Written: {path}", path=path)
    yield say("What to do next: fill it in, a row for each agency (the headers' notes say how), then")
    yield f"  {call()} new SLUG --annex {path}"


def swap_lines(swap: Swap, live: Path, *, rolled_back: bool) -> Iterator[str]:
    """What happened to the server's password file."""
    what = say("the codes of before the last activate are back") if rolled_back else say("the new codes are valid")
    done = say("Replaced") if swap.changed else say("Nothing to do")
    users = say_many("{number} user", "{number} users", swap.users)
    yield say("{done}: {live} holds {users}; {what}.", done=done, live=live, users=users, what=what)
    yield say("nginx and Apache read it anew at the next request; neither needs a reload.")


def reissue_lines(generations: Mapping[str, int], names: Mapping[str, str]) -> Iterator[str]:
    """Who gets a new code, and when."""
    for username, generation in generations.items():
        agency = _named(username, names)
        yield say("{agency}: the next build makes its code number {generation}", agency=agency, generation=generation)
    yield say("What to do next: python3 build.py")


def report_lines(report: Report) -> Iterator[str]:
    """Who has collected, in figures; names and addresses are in the files that the last lines name."""
    found = report.collection
    yield _collected(report)
    rows = []
    if found.missing:
        count = len(found.missing)
        width = len(str(count))
        rows.append((say("Not collected:"), say("{count}, by region:", count=count)))
        rows += [("", f"{each.missing:{width}}  {_region(each)}") for each in found.regions if each.missing]
    if void := sum(missing.has_void for missing in found.missing):
        has_void = say_many(
            "{number} has only its earlier letter, which is void",
            "{number} have only their earlier letters, which are void",
            void,
        )
        rows.append((say("Of these:"), has_void))
    if report.unbuilt:
        rows.append((say("Not built yet:"), say("{count}; build and publish again", count=len(report.unbuilt))))
    if report.uncontacted:
        rows.append((say("Must call:"), say("{count} (no contact declared)", count=len(report.uncontacted))))
    refused = say("{count} at others' folders (a refused visitor's name is only a claim)", count=found.refused)
    read = say("{count}, of which {broken} could not be read", count=report.lines, broken=report.broken)
    rows += [(say("Refused:"), refused), (say("Log lines:"), read)]
    yield from (f"  {line}" for line in _columns(rows))
    page, sheet = say("The page to read or print:"), say("The list to call or write to:")
    yield from _columns([(page, str(report.page)), (sheet, str(report.sheet))])


def _region(region: Region) -> str:
    if region.parents:
        return say("other parents ({count})", count=region.parents)
    return region.name or say("without a region")


def _collected(report: Report) -> str:
    found = report.collection
    counts = say_many(
        "{slug}: {collected} of {number} agency has collected its letter",
        "{slug}: {collected} of {number} agencies have collected their letter",
        found.expected,
        slug=report.campaign.slug,
        collected=len(found.collected),
    )
    if report.first_day is None or report.last_day is None:
        return counts
    first, last = say_day(report.first_day), say_day(report.last_day)
    return counts + say("; the logs tell of {first} to {last}", first=first, last=last)
