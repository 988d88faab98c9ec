"""What the commands say, as lines of text: cli.py prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.problems import Problem, Severity, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.inputs import Folders
    from site_src.pipeline import CampaignOutcome, Outcome
    from site_src.report import Report
    from site_src.verify import Verdict

_CHANGES = {
    "added": "agency added",
    "gone": "agency gone",
    "address_changed": "address changed",
    "new": "letter new",
    "reissued": "letter reissued",
    "remade": "letter made again with the same code",
    "withdrawn": "letter withdrawn",
}


def problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Every problem, and how many they are."""
    for problem in problems:
        yield str(problem)
    errors = count_errors(problems)
    if problems:
        yield f"{_count(errors, 'error')}, {_count(len(problems) - errors, 'warning')}."


def count_errors(problems: Sequence[Problem]) -> int:
    """How many of them stop a build."""
    return sum(problem.severity is Severity.ERROR for problem in problems)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def problem_as_json(problem: Problem) -> dict[str, str]:
    """A problem as ``check --format json`` gives it."""
    return {
        "severity": problem.severity,
        "file": problem.at.file,
        "sheet": problem.at.sheet,
        "cell": problem.at.cell,
        "value": problem.value,
        "message": problem.message,
        "hint": problem.hint,
    }


def count_line(counts: Mapping[str, int]) -> str:
    """The counts as a person reads them."""
    return (
        f"Agencies: {counts['agencies']} ({counts['letters']} get a new code, "
        f"{counts['keeps']} keep theirs, {counts['contact_us']} must call)"
    )


def campaign_lines(campaign: CampaignOutcome, *, with_changes: bool) -> Iterator[str]:
    """The summary of one campaign; ``with_changes`` names every agency that something happens to."""
    changes = campaign.changes
    yield f"{campaign.slug}: {campaign.folder}"
    yield f"  {count_line(campaign.counts)}"
    letters = [f"{len(getattr(changes, kind))} {kind}" for kind in ("new", "unchanged", "reissued", "withdrawn")]
    if changes.remade:
        letters.append(f"{len(changes.remade)} made again with the same code")
    yield f"  Letters:  {', '.join(letters)}"
    if campaign.other_users:
        done = "dropped" if campaign.others_dropped else "kept"
        yield f"  Password file: {_count(len(campaign.other_users), 'user')} in no row of the annex, {done}:"
        yield f"    {', '.join(map(visible, campaign.other_users))}"
    if with_changes:
        for kind, words in _CHANGES.items():
            for username in getattr(changes, kind):
                yield f"  {words}: {username}"


def next_lines(outcome: Outcome, folders: Folders) -> Iterator[str]:
    """Where everything is and what to do next."""
    yield ""
    yield f"The site:         {folders.out}"
    yield "                  open its index.html to look at it; copy the whole folder to the web server"
    yield f"The secret files: {folders.private}"
    yield "                  never served; keep a backup of each campaign.key in a safe place"
    if any(campaign.sample_passwords for campaign in outcome.campaigns):
        yield "                  put a copy of the server's password file there as current.htpasswd"
        yield "                  (the campaign's own sample was used this time)"
    yield ""
    yield "What to do next:"
    yield "  python3 build.py verify   opens every archive as its contact will"
    for campaign in outcome.campaigns:
        after = folders.private / campaign.slug / "htpasswd.after"
        yield f"  on {campaign.effective}             make this the server's password file: {after}"


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """What was proved of one campaign."""
    yield (
        f"{verdict.slug}: {_count(verdict.archives, 'archive')} opened, each with exactly one address of its contact; "
        f"{_count(verdict.kept, 'kept code')} compared; {_count(len(verdict.failures), 'failure')}"
    )


def report_lines(report: Report) -> Iterator[str]:
    """Who has collected, in figures; names and addresses are in the files that the last lines name."""
    found = report.collection
    period = f"; the logs tell of {report.first_day} to {report.last_day}" if report.first_day else ""
    agencies = "agency has" if found.expected == 1 else "agencies have"
    counts = f"{len(found.collected)} of {found.expected}"
    yield f"{report.campaign.slug}: {counts} {agencies} collected their letter{period}"
    if found.missing:
        yield f"  Not collected: {len(found.missing)}, by region:"
    for region in found.regions:
        if region.missing:
            yield f"    {region.missing:5}  {region.name or 'without a region'}"
    if report.unbuilt:
        yield f"  Not built yet: {_count(len(report.unbuilt), 'letter')}; build and publish again"
    if report.uncontacted:
        yield f"  Must call:     {len(report.uncontacted)} (no contact declared)"
    yield f"  Refused:       {found.refused} at others' folders (a refused visitor's name is only a claim)"
    yield f"  Log lines:     {report.lines}, of which {report.broken} could not be read"
    yield f"The page to read or print:     {report.page}"
    yield f"The list to call or write to:  {report.sheet}"
