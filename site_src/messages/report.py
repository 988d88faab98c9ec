"""What `report` says: who has collected, in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say, say_day, say_many
from site_src.messages.lines import columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.report.collection import Region
    from site_src.report.findings import Report


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
    yield from (f"  {line}" for line in columns(rows))
    page, sheet = say("The page to read or print:"), say("The list to call or write to:")
    yield from columns([(page, str(report.page)), (sheet, str(report.sheet))])


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
    return counts + say("; the logs cover {first} to {last}", first=first, last=last)
