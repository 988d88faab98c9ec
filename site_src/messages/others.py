"""What `check`, `new`, `verify`, `activate` and `reissue` say when they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import call, say, say_day, say_many
from site_src.messages.lines import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from site_src.activate import Swap
    from site_src.drafting import Draft
    from site_src.over import Over
    from site_src.verify import Verdict


def count_line(counts: Mapping[str, int]) -> str:
    """The counts as a person reads them."""
    return f"{say('Agencies:')} {counted(counts)}"


def over_lines(campaigns: Sequence[Over]) -> Iterator[str]:
    """Which campaigns are over, and what of them may be deleted."""
    for each in campaigns:
        yield f"{each.slug}: {each.folder}"
        day = say_day(each.since)
        if each.is_first:
            yield "  " + say(
                "over since {day}, before anything of it was built: check the year of files_until", day=day
            )
        else:
            yield "  " + say("over since {day}: its letters have left the site, its annex is no longer read", day=day)
        if each.leftovers:
            yield "  " + say(
                "these may be deleted now, unless you still want a report or the codes are not activated yet:"
            )
            yield from (f"    {path}" for path in each.leftovers)


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


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """What was proved of one campaign."""
    failures = say_many("{number} failure", "{number} failures", len(verdict.failures))
    if verdict.is_over:
        yield say(
            "{slug}: the round is over, so that there is no archive to open; {failures}",
            slug=verdict.slug,
            failures=failures,
        )
        return
    archives = say_many("{number} archive opened", "{number} archives opened", verdict.archives)
    kept = say_many("{number} kept code compared", "{number} kept codes compared", verdict.kept)
    yield say(
        "{slug}: {archives}, each with exactly one address of its contact; {kept}; {failures}",
        slug=verdict.slug,
        archives=archives,
        kept=kept,
        failures=failures,
    )


def swap_lines(swap: Swap, live: Path, *, rolled_back: bool) -> Iterator[str]:
    """What happened to the server's password file."""
    what = say("the codes of before the last activate are back") if rolled_back else say("the new codes are valid")
    done = say("Replaced") if swap.changed else say("Nothing to do")
    users = say_many("{number} user", "{number} users", swap.users)
    yield say("{done}: {live} holds {users}; {what}.", done=done, live=live, users=users, what=what)
    yield say("nginx and Apache read it again at the next request; neither needs a reload.")


def reissue_lines(generations: Mapping[str, int], names: Mapping[str, str]) -> Iterator[str]:
    """Who gets a new code, and when."""
    for username, generation in generations.items():
        agency = named(username, names)
        yield say("{agency}: the next build makes its code number {generation}", agency=agency, generation=generation)
    yield say("What to do next: python3 build.py")
