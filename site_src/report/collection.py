"""Find out from the access logs which agencies have collected their letters, and who was refused."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from http import HTTPStatus
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.language.greek import fold, one_line
from site_src.read.agency import REGIONS, Agency
from site_src.read.annex.words import kind_of_name
from site_src.read.settings import Campaign

if TYPE_CHECKING:
    from site_src.plan.manifest import Record
    from site_src.report.access_log import Request, Tally

PAIRS_MAX = 1_000  # of a folder and a claimed name: visitors choose both, and memory must not grow with that
LEVELS_MAX = 8  # from an agency up to its region; ends a circle of parents too

FETCHED = {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}

NO_REGION = ""  # an agency without a parent
OTHER_PARENTS = "*"  # an agency whose parents lead to no region, or not surely to one
BEFORE_ALL, AFTER_ALL = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
NOBODY_KNOWN = ""  # no name, or any that is in no row of the annex: what is typed there may be a secret


@dataclass
class Visits:
    """The first and the last of requests that come in any order, and their number."""

    first: datetime = AFTER_ALL
    last: datetime = BEFORE_ALL
    times: int = 0

    def add(self, moment: datetime) -> None:
        """Count one more."""
        self.first = min(self.first, moment)
        self.last = max(self.last, moment)
        self.times += 1


@dataclass
class Recipient:
    """An agency, and the visits that fetched its letter; ``wrong_codes``: refused logins in its name.

    ``has_void`` where it fetched an earlier letter, whose code is void.
    """

    agency: Agency
    region: str
    visits: Visits = field(default_factory=Visits)
    wrong_codes: int = 0
    has_void: bool = False


@dataclass(frozen=True)
class Refusal:
    """Tries at an agency's folder in another's name, all refused. The name is only a claim: nobody proved it.

    ``claimed`` is None where the log has no name, or one that is in no row of the annex.
    """

    folder: Agency
    claimed: Agency | None
    visits: Visits


@dataclass(frozen=True)
class Region:
    """The number of agencies of one region that have a letter, and of those that have not fetched it.

    ``parents`` is how many the row for all other parents counts.
    """

    name: str
    expected: int
    missing: int
    parents: int = 0


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that was found on ``day``, and the two files for it: agencies in the annex's order, refusals by number."""

    campaign: Campaign
    day: date
    recipients: tuple[Recipient, ...]  # have a letter to collect
    refusals: tuple[Refusal, ...]
    refused: int  # tries in another's name; may be more than ``refusals`` names
    unbuilt: tuple[Agency, ...]  # get a letter by the annex, but none was built yet
    uncontacted: tuple[Agency, ...]  # have declared no contact, and so get no letter
    opening: Mapping[str, str] = field(repr=False)  # the address that opens each archive, by user name
    tally: Tally
    page: Path
    sheet: Path

    @cached_property
    def collected(self) -> tuple[Recipient, ...]:
        """The agencies that have fetched their letter."""
        return tuple(each for each in self.recipients if each.visits.times)

    @cached_property
    def missing(self) -> tuple[Recipient, ...]:
        """The agencies that have not fetched their letter."""
        return tuple(each for each in self.recipients if not each.visits.times)

    @cached_property
    def curve(self) -> tuple[tuple[date, int], ...]:
        """Each day on which an agency collected for the first time, and how many had by its end."""
        days = sorted(Counter(each.visits.first.date() for each in self.collected).items())
        return tuple(zip((day for day, _ in days), accumulate(count for _, count in days), strict=True))

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Each region once, most missing first; agencies without a region last."""
        absent = Counter(each.region for each in self.missing)
        parents = {each.agency.parent for each in self.recipients if each.region == OTHER_PARENTS}
        regions = [
            Region(name, count, absent[name], len(parents) if name == OTHER_PARENTS else 0)
            for name, count in Counter(each.region for each in self.recipients).items()
        ]
        return tuple(sorted(regions, key=lambda region: (region.name in {NO_REGION, OTHER_PARENTS}, -region.missing)))


class Ledger:
    """Counts requests one by one; its memory grows with the rows of the annex, not with the requests.

    The ``records`` of the last build show which requests fetched an earlier letter, whose code is void.
    """

    def __init__(self, agencies: Sequence[Agency], area: str, records: Mapping[str, Record]) -> None:
        find_region = _regions(agencies)
        self.recipients = {agency.username: Recipient(agency, find_region(agency)) for agency in agencies}
        self._path = re.compile(re.escape(area) + r"(\d{12})(?:/(.*))?", re.ASCII | re.DOTALL)
        self._records = records
        self._refusals: defaultdict[tuple[str, str], Visits] = defaultdict(Visits)
        self.refused = 0

    def add(self, request: Request) -> None:
        """Count a request at the campaign's folder in the download area."""
        found = self._path.fullmatch(request.path)
        if found is None or found[1] not in self.recipients:
            return
        owner, name = found.groups()
        recipient = self.recipients[owner]
        # Without a name a 401 is how every browser begins; a 403 is Apache's, which knows the name but does not log it.
        if request.status == HTTPStatus.FORBIDDEN or (request.status == HTTPStatus.UNAUTHORIZED and request.user):
            self._refuse(request, owner)
        elif request.status in FETCHED and request.method == "GET" and name == f"{owner}.zip" and request.user == owner:
            if owner in self._records and self._records[owner].had_another_code(request.moment):
                recipient.has_void = True
            else:
                recipient.visits.add(request.moment)

    def _refuse(self, request: Request, owner: str) -> None:
        if request.user == owner:
            self.recipients[owner].wrong_codes += 1
            return
        self.refused += 1
        pair = (owner, request.user if request.user in self.recipients else NOBODY_KNOWN)
        if pair in self._refusals or len(self._refusals) < PAIRS_MAX:
            self._refusals[pair].add(request.moment)

    def refusals(self) -> list[Refusal]:
        """Return the refusals, the most frequent first."""
        known = self.recipients
        refusals = [
            Refusal(known[owner].agency, known[claimed].agency if claimed else None, tries)
            for (owner, claimed), tries in self._refusals.items()
        ]
        return sorted(refusals, key=lambda refusal: -refusal.visits.times)


def by_name(agencies: Iterable[Agency]) -> dict[str, list[Agency]]:
    """Return the agencies that bear each name, by the name's folded text."""
    named: dict[str, list[Agency]] = {}
    for agency in agencies:
        named.setdefault(fold(one_line(agency.name)), []).append(agency)
    return named


def _regions(agencies: Iterable[Agency]) -> Callable[[Agency], str]:
    """Return a function that finds the region (or decentralised administration) above an agency.

    A parent whose name two agencies bear leads to no region; one that is in no row may itself be named as a region.
    """
    named = by_name(agencies)

    def find(first: Agency) -> str:
        agency = first
        for _ in range(LEVELS_MAX):
            if agency.kind in REGIONS:
                return agency.name
            if not (parent := agency.parent):
                return NO_REGION if agency is first else OTHER_PARENTS
            above = named.get(fold(one_line(parent)), ())
            if len(above) != 1:
                return parent if not above and kind_of_name(parent) in REGIONS else OTHER_PARENTS
            agency = above[0]
        return OTHER_PARENTS

    return find
