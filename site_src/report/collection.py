"""Who has collected its letter, who has not, and who was refused: what access logs tell of one campaign."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from site_src.language.greek import fold, one_line
from site_src.read.agency import Kind
from site_src.read.annex.words import kind_of_name
from site_src.report.browsers import Browser, browser_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from site_src.plan.manifest import Record
    from site_src.read.agency import Agency
    from site_src.read.settings import Campaign
    from site_src.report.access_log import Request

PAIRS_MAX = 1_000  # of a folder and a claimed name: whoever asks chooses both, and memory must not grow with that
BROWSERS_MAX = 16  # of one agency, likewise
LEVELS_MAX = 8  # from an agency up to its region; ends a circle of parents too

FETCHED = {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}
REGIONS = {Kind.REGION, Kind.DECENTRALISED_ADMINISTRATION}

NO_REGION = ""  # an agency that nothing stands above
OTHER_PARENTS = "*"  # an agency whose parents lead to no region, or not surely to one
NOBODY_KNOWN = ""  # no name, or any that is in no row of the annex: what is typed there may be a secret


@dataclass(frozen=True)
class Collected:
    """An agency that has fetched its archive: when first and last, how often, and with which browsers."""

    agency: Agency
    first: datetime
    last: datetime
    times: int
    browsers: tuple[Browser, ...]


@dataclass(frozen=True)
class Missing:
    """An agency that has a letter and has not fetched it; ``wrong_codes``: refused logins in its name.

    ``has_void`` where it fetched an earlier letter, whose code is void.
    """

    agency: Agency
    region: str
    wrong_codes: int
    has_void: bool


@dataclass(frozen=True)
class Refusal:
    """Tries at an agency's folder in another's name, all refused. The name is only a claim: nobody proved it.

    ``claimed`` is None where the log has no name, or one that is in no row of the annex.
    """

    folder: Agency
    claimed: Agency | None
    first: datetime
    last: datetime
    times: int


@dataclass(frozen=True)
class Region:
    """The agencies of one region that have a letter: how many there are, and how many have not fetched it.

    ``parents`` is how many the row for all other parents stands for.
    """

    name: str
    expected: int
    missing: int
    parents: int = 0


@dataclass(frozen=True)
class Collection:
    """Everything that the logs tell, in the annex's order; refusals by number. ``curve``: collected until each day."""

    collected: tuple[Collected, ...]
    missing: tuple[Missing, ...]
    refusals: tuple[Refusal, ...]
    refused: int  # tries in another's name; may be more than ``refusals`` names
    regions: tuple[Region, ...]
    browsers: tuple[tuple[Browser, int], ...]  # how many agencies used each
    curve: tuple[tuple[date, int], ...]

    @property
    def expected(self) -> int:
        """How many agencies have a letter to collect."""
        return len(self.collected) + len(self.missing)


@dataclass
class _Visits:
    """Counts as lines come, in any order."""

    first: datetime
    last: datetime
    times: int = 0
    browsers: dict[Browser, None] = field(default_factory=dict)

    def add(self, request: Request) -> None:
        self.first = min(self.first, request.moment)
        self.last = max(self.last, request.moment)
        self.times += 1
        if len(self.browsers) < BROWSERS_MAX:
            self.browsers[browser_of(request.agent)] = None


class Ledger:
    """Takes in requests one by one; its memory grows with the rows of the annex, not with the requests.

    The ``records`` of the last build tell which requests fetched an earlier letter, whose code is void.
    """

    def __init__(self, agencies: Sequence[Agency], area: str, records: Mapping[str, Record]) -> None:
        self._agencies = {agency.username: agency for agency in agencies}
        self._path = re.compile(re.escape(area) + r"(\d{12})(?:/(.*))?", re.ASCII | re.DOTALL)
        self._records = records
        self._have_void: set[str] = set()
        self._visits: dict[str, _Visits] = {}
        self._wrong_codes: Counter[str] = Counter()
        self._refusals: dict[tuple[str, str], _Visits] = {}
        self._refused = 0

    def add(self, request: Request) -> None:
        """One request at the campaign's folder in the download area."""
        found = self._path.fullmatch(request.path)
        if found is None or found[1] not in self._agencies:
            return
        owner, name = found.groups()
        # Without a name a 401 is how every browser begins; a 403 is Apache's, which knows the name but does not log it.
        if request.status == HTTPStatus.FORBIDDEN or (request.status == HTTPStatus.UNAUTHORIZED and request.user):
            self._refuse(request, owner)
        elif request.status in FETCHED and request.method == "GET" and name == f"{owner}.zip" and request.user == owner:
            if owner in self._records and self._records[owner].had_another_code(request.moment):
                self._have_void.add(owner)
            else:
                self._visits.setdefault(owner, _Visits(request.moment, request.moment)).add(request)

    def _refuse(self, request: Request, owner: str) -> None:
        if request.user == owner:
            self._wrong_codes[owner] += 1
            return
        self._refused += 1
        pair = (owner, request.user if request.user in self._agencies else NOBODY_KNOWN)
        if pair in self._refusals or len(self._refusals) < PAIRS_MAX:
            self._refusals.setdefault(pair, _Visits(request.moment, request.moment)).add(request)

    def close(self, agencies: Sequence[Agency]) -> Collection:
        """The figures; ``agencies`` are those that have a letter to collect."""
        collected = tuple(self._collected(agencies))
        find_region = _regions(self._agencies.values())
        missing = tuple(
            self._missing(agency, find_region(agency)) for agency in agencies if agency.username not in self._visits
        )
        return Collection(
            collected=collected,
            missing=missing,
            refusals=tuple(sorted(self._told_refusals(), key=lambda refusal: -refusal.times)),
            refused=self._refused,
            regions=_count_regions([(each.parent, find_region(each)) for each in agencies], missing),
            browsers=tuple(Counter(one for who in collected for one in who.browsers).most_common()),
            curve=tuple(_curve(collected)),
        )

    def _collected(self, agencies: Sequence[Agency]) -> Iterator[Collected]:
        for agency in agencies:
            if visits := self._visits.get(agency.username):
                yield Collected(agency, visits.first, visits.last, visits.times, tuple(visits.browsers))

    def _missing(self, agency: Agency, region: str) -> Missing:
        username = agency.username
        return Missing(agency, region, self._wrong_codes[username], has_void=username in self._have_void)

    def _told_refusals(self) -> Iterator[Refusal]:
        for (owner, claimed), visits in self._refusals.items():
            known = self._agencies.get(claimed)
            yield Refusal(self._agencies[owner], known, visits.first, visits.last, visits.times)


def _curve(collected: Iterable[Collected]) -> Iterator[tuple[date, int]]:
    """Each day on which somebody collected for the first time, and how many had by its end."""
    total = 0
    for day, count in sorted(Counter(one.first.date() for one in collected).items()):
        total += count
        yield day, total


def _count_regions(expected: Sequence[tuple[str, str]], missing: Iterable[Missing]) -> tuple[Region, ...]:
    """Each region once, those with most missing first and what is no region last; ``expected``: parent and region."""
    absent = Counter(one.region for one in missing)
    parents = {parent for parent, region in expected if region == OTHER_PARENTS}
    regions = [
        Region(name, count, absent[name], len(parents) if name == OTHER_PARENTS else 0)
        for name, count in Counter(region for _, region in expected).items()
    ]
    return tuple(sorted(regions, key=lambda region: (region.name in {NO_REGION, OTHER_PARENTS}, -region.missing)))


def _regions(agencies: Iterable[Agency]) -> Callable[[Agency], str]:
    """Finds the region (or decentralised administration) above an agency.

    A parent whose name two agencies bear leads to none; one that is no row may tell by its name that it is a region.
    """
    named: dict[str, list[Agency]] = {}
    for agency in agencies:
        named.setdefault(fold(one_line(agency.name)), []).append(agency)

    def find(first: Agency) -> str:
        agency = first
        for _ in range(LEVELS_MAX):
            if agency.kind in REGIONS:
                return agency.name
            if not (parent := agency.parent):
                return NO_REGION if agency is first else OTHER_PARENTS
            above = named.get(fold(one_line(parent)), [])
            if len(above) != 1:
                return parent if not above and kind_of_name(parent) in REGIONS else OTHER_PARENTS
            agency = above[0]
        return OTHER_PARENTS

    return find


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found on ``day``, and the two files that tell it."""

    campaign: Campaign
    day: date
    collection: Collection
    unbuilt: tuple[Agency, ...]  # get a letter by the annex, but none was built yet
    uncontacted: tuple[Agency, ...]  # have declared no contact, and so get no letter
    lines: int
    broken: int
    first_day: date | None  # of all lines that could be read
    last_day: date | None
    page: Path
    sheet: Path
