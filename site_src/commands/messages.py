"""The lines of text in which commands report problems, and what they have done; cli.py prints them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.private import REMINDERS_FOLDER
from site_src.language.say import call, reason, remedy, say, say_day, say_many
from site_src.problems import InputError, MachineError, Problem, ThyridaError, by_remedy, count_errors, visible

if TYPE_CHECKING:
    from site_src.activate.activate import Swap
    from site_src.new.draft import Draft
    from site_src.prove.verify import Verdict
    from site_src.publish.outcome import Over
    from site_src.report.collection import Region, Report
    from site_src.report.reminders import Reminders

PLACES_SHOWN = 3  # of warnings with the same remedy, before only their number is given


def problem_lines(problems: Sequence[Problem], slug: str = "", *, in_full: bool = False) -> Iterator[str]:
    """Yield how many problems there are, then all of them, those with the same remedy together.

    Warnings with the same remedy share a line unless ``in_full``; the last lines name the commands that show each.
    """
    if problems:
        yield problem_counts(problems)
    is_shortened = False
    for alike in by_remedy(problems):
        yield ""
        if in_full or len(alike) == 1 or count_errors(alike):
            yield from (problem.headline for problem in alike)
        else:
            yield _together(alike)
            is_shortened = True
        if alike[0].hint:
            yield say("  hint: {hint}", hint=alike[0].hint)
    if is_shortened:  # with several campaigns a problem names its own; the report is of one, here of the first
        one = slug or next((problem.at.campaign for problem in problems if problem.at.campaign), "")
        every, marked = (" ".join(filter(None, [call(), "check", name])) for name in (slug, one))
        yield ""
        yield say("Every warning by itself: {command}", command=f"{every} --all")
        yield say("A copy of the annex, its cells marked: {command}", command=f"{marked} --report problems.xlsx")


def _together(alike: Sequence[Problem]) -> str:
    """Return one line for problems with the same remedy: the first places, the number, and the first one's finding."""
    first = alike[0]
    places = say("{places} ({number} in all)", places=_first_places(alike), number=len(alike))
    is_same = all(problem.message == first.message for problem in alike)
    finding = first.message if is_same else say("the first: {text}", text=first.finding)
    return first.weighed(places, finding)


def _first_places(problems: Sequence[Problem]) -> str:
    """Return the first places, each once; a file is named only where it differs from that of the place before."""
    places = [*dict.fromkeys(problem.at for problem in problems)]
    shown, before = [], None
    for at in places[:PLACES_SHOWN]:
        file = at.campaign, at.file
        shown.append(at.inside if file == before and at.inside else str(at))
        before = file
    return ", ".join([*shown, "…"] if len(places) > PLACES_SHOWN else shown)


def counts_by_severity(problems: Sequence[Problem]) -> list[str]:
    """Return how many errors there are, in words, and how many warnings; nothing for none."""
    errors = count_errors(problems)
    warnings = len(problems) - errors
    texts = [say_many("{number} error", "{number} errors", errors)] if errors else []
    return [*texts, say_many("{number} warning", "{number} warnings", warnings)] if warnings else texts


def problem_counts(problems: Sequence[Problem]) -> str:
    """Return how many errors and warnings there are."""
    return ", ".join(counts_by_severity(problems)) + "."


def closing_lines(problems: Sequence[Problem], *, has_stopped: bool = False) -> Iterator[str]:
    """Yield, after a list of errors and warnings, how many errors the warnings have moved out of sight.

    ``has_stopped``: also the effect of errors on a command that writes.
    """
    match counts_by_severity(problems):
        case [errors, warnings]:
            counts = say("{errors}, at the top of this list, and {warnings}", errors=errors, warnings=warnings)
            yield ""
            yield say("Nothing was written: {counts}.", counts=counts) if has_stopped else f"{counts}."
        case _ if has_stopped:
            yield say("Nothing was written.")


def error_lines(error: ThyridaError | OSError) -> Iterator[str]:
    """Yield what failed, and what to do about it: all problems of the inputs, or the one thing that was refused."""
    if isinstance(error, InputError):
        yield from problem_lines(error.problems)
        return
    if isinstance(error, OSError):
        target, draft = error.filename2, error.filename
        path = target if target and (Path(target).exists() or not draft) else draft  # the target says more
        where = f'"{path}": ' if path else ""
        hint = say("{remedy}; every file is whole: the old one, or the new one", remedy=remedy(error))
        error = MachineError(f"{where}{reason(error)}", hint)
    yield say("error: {text}", text=error)
    if error.hint:
        yield say("  hint: {hint}", hint=error.hint)


def check_json(counts: Mapping[str, int], problems: Sequence[Problem]) -> str:
    """Return all that `check` found as JSON; a place is the same in every language."""
    found = [
        {
            "severity": problem.severity,
            "campaign": problem.at.campaign,
            "file": problem.at.file,
            "sheet": problem.at.sheet,
            "cell": f"line {problem.at.line}" if problem.at.line else problem.at.cell,
            "value": problem.value,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    return json.dumps({**counts, "problems": found}, ensure_ascii=False, indent=2)


def over_lines(campaigns: Sequence[Over]) -> Iterator[str]:
    """Yield which campaigns are over, and which of their files may be deleted."""
    for each in campaigns:
        yield f"{each.campaign.slug}: {each.campaign.folder}"
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
    """Yield the contents of a new campaign, and what is left to look at."""
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
    """Yield the place of the empty annex, and what to do with it."""
    yield say("Written: {path}", path=path)
    yield say("What to do next: fill it in, a row for each agency (the headers' notes say how), then")
    yield f"  {call()} new --annex {path}"


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """Yield the proofs of one campaign: of letters, or that it is over. That on the rest of the site has none."""
    if not verdict.slug:
        return
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
    """Yield the change of the server's password file."""
    what = say("the codes of before the last activate are back") if rolled_back else say("the new codes are valid")
    done = say("Replaced") if swap.changed else say("Nothing to do")
    users = say_many("{number} user", "{number} users", swap.users)
    yield say("{done}: {live} holds {users}; {what}.", done=done, live=live, users=users, what=what)
    yield say("nginx and Apache read it again at the next request; neither needs a reload.")


def reissue_lines(generations: Mapping[str, int], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the agencies that get a new code, and when."""
    for username, generation in generations.items():
        agency = named(username, names)
        yield say("{agency}: the next build makes its code number {generation}", agency=agency, generation=generation)
    yield say("What to do next: python3 build.py")


def counted(counts: Mapping[str, int]) -> str:
    """Return how many agencies there are, and how many of each status (see ``status_counts``)."""
    return say("{agencies} ({letters} get a new code, {keeps} keep theirs, {contact_us} must call)", **counts)


def named(username: str, names: Mapping[str, str]) -> str:
    """Return an agency by its user name and its name."""
    return f"{username} {visible(names[username])}"


def columns(rows: Sequence[tuple[str, str]], gap: int = 1) -> Iterator[str]:
    """Yield rows in two columns, the first as wide as its widest text and the gap."""
    width = max(len(first) for first, _ in rows) + gap
    for first, second in rows:
        yield f"{first:{width}}{second}"


def report_lines(report: Report, reminders: Reminders | None = None) -> Iterator[str]:
    """Yield the figures of a report; names and addresses are in the files that the last lines name."""
    yield collected_line(report)
    yield from (f"  {line}" for line in columns(report_rows(report)))
    page, sheet = say("The page to read or print:"), say("The list to call or write to:")
    paths = [(page, str(report.page)), (sheet, str(report.sheet))]
    if reminders:
        folder = report.page.with_name(REMINDERS_FOLDER)
        drafts = say_many("{number} draft in {folder}", "{number} drafts in {folder}", reminders.count, folder=folder)
        paths.append((say("Reminders for you to send:"), drafts))
    yield from columns(paths)


def report_rows(report: Report) -> list[tuple[str, str]]:
    """Return the figures of a report, each with its label."""
    rows = []
    if report.missing:
        count = len(report.missing)
        width = len(str(count))
        rows.append((say("Not collected:"), say("{count}, by region:", count=count)))
        rows += [("", f"{each.missing:{width}}  {_region(each)}") for each in report.regions if each.missing]
    if void := sum(missing.has_void for missing in report.missing):
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
    refused = say("{count} at others' folders (a refused visitor's name is only a claim)", count=report.refused)
    read = say("{count}, of which {broken} could not be read", count=report.tally.lines, broken=report.tally.broken)
    return [*rows, (say("Refused:"), refused), (say("Log lines:"), read)]


def _region(region: Region) -> str:
    if region.parents:
        return say("other parents ({count})", count=region.parents)
    return region.name or say("without a region")


def collected_line(report: Report) -> str:
    """Return how many have collected, and which days the logs cover."""
    counts = say_many(
        "{slug}: {number} {of_all} has collected its letter",
        "{slug}: {number} {of_all} have collected their letter",
        len(report.collected),
        slug=report.campaign.slug,
        of_all=say_many("of {number} agency", "of {number} agencies", len(report.recipients)),
    )
    if report.tally.span is None:
        return counts
    first, last = map(say_day, report.tally.span)
    return counts + say("; the logs cover {first} to {last}", first=first, last=last)
