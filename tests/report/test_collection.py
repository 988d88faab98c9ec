from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from site_src.plan.manifest import FormerCode, Record
from site_src.read.agency import Agency, Kind, Status
from site_src.read.settings import Campaign
from site_src.report.access_log import Request, Tally
from site_src.report.collection import (
    NO_REGION,
    OTHER_PARENTS,
    PAIRS_MAX,
    Ledger,
    Recipient,
    Refusal,
    Region,
    Report,
)

AREA = "/codes/files/2020-11/"
THIRA, CHIOS, CRETE = "012345678901", "112345678902", "212345678903"
AEGEAN = "Περιφέρεια Νοτίου Αιγαίου"
AGENCIES = (
    Agency(username=THIRA, name="Δήμος Θήρας", kind=Kind.MUNICIPALITY, parent=AEGEAN),
    Agency(username=CHIOS, name="Δήμος Χίου", kind=Kind.MUNICIPALITY, parent="Περιφέρεια Βορείου Αιγαίου"),
    Agency(username=CRETE, name="Περιφέρεια Κρήτης", kind=Kind.REGION, parent="Αποκεντρωμένη Διοίκηση Κρήτης"),
)
START = datetime(2020, 11, 18, 8, 15, tzinfo=UTC)
RECORDS = {
    CHIOS: Record(
        status=Status.NEW, name="", emails="", code="now", former=(FormerCode("before", START + timedelta(hours=24)),)
    )
}


def request(  # noqa: PLR0913 (a line has that many fields)
    user: str = THIRA,
    name: str | None = None,
    *,
    owner: str = THIRA,
    hours: int = 0,
    method: str = "GET",
    status: int = 200,
) -> Request:
    """A request for a file of the owner's folder, its archive where no other is named."""
    path = f"{AREA}{owner}/{f'{owner}.zip' if name is None else name}"
    return Request(START + timedelta(hours=hours), user, method, path, status)


def report_of(recipients: tuple[Recipient, ...], *, refusals: tuple[Refusal, ...] = (), refused: int = 0) -> Report:
    """Return a report on a campaign whose deadline is the last day of the month."""
    day = date(2020, 11, 30)
    return Report(
        campaign=Campaign(slug="2020-11", path=Path(), folder="F", deadline=day, effective=day + timedelta(days=1)),
        day=day,
        recipients=recipients,
        refusals=refusals,
        refused=refused,
        unbuilt=(),
        uncontacted=(),
        opening={},
        tally=Tally(),
        page=Path(),
        sheet=Path(),
    )


def told(*requests: Request, agencies: tuple[Agency, ...] = AGENCIES) -> Report:
    """Return the report on these requests."""
    ledger = Ledger(agencies, AREA, RECORDS)
    for one in requests:
        ledger.add(one)
    recipients = tuple(ledger.recipients[agency.username] for agency in agencies)
    return report_of(recipients, refusals=tuple(ledger.refusals()), refused=ledger.refused)


def test_first_last_and_times_in_any_order() -> None:
    """An agency that fetched its archive, whole or in part, has collected: first, last, how often."""
    requests = [request(hours=30), request(hours=2, status=206), request(hours=50)]
    for order in permutations(requests):
        (one,) = told(*order).collected
        assert (one.agency, one.visits.times) == (AGENCIES[0], 3)
        assert (one.visits.first, one.visits.last) == (START + timedelta(hours=2), START + timedelta(hours=50))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(request(method="HEAD"), id="HEAD"),
        pytest.param(request(name=""), id="the page of the folder"),
        pytest.param(request(name="index.html"), id="the page by its name"),
        pytest.param(request(name=f"{CHIOS}.zip"), id="another archive's name"),
        pytest.param(request(status=304), id="not modified"),
        pytest.param(request(status=404), id="not found"),
        pytest.param(request("office"), id="the office's own user"),
        pytest.param(request(""), id="nobody"),
        pytest.param(request(CHIOS), id="another agency, were the server's rules not in force"),
        pytest.param(request("999999999999", owner="999999999999"), id="in no row of the annex"),
    ],
)
def test_what_is_no_collection(other: Request) -> None:
    """Only a GET of the own archive that succeeded under the own name counts as collected."""
    found = told(other)
    assert found.collected == ()
    assert [one.agency for one in found.missing] == list(AGENCIES)
    assert found.refused == 0


def test_a_letter_that_is_void_is_none() -> None:
    """A letter that was fetched before another took its place does not count, in whatever order it is read."""
    old, new = (request(CHIOS, owner=CHIOS, hours=hours) for hours in (24, 25))
    found = told(old, request())
    assert [one.agency.username for one in found.collected] == [THIRA]
    assert [(one.agency.username, one.has_void) for one in found.missing] == [(CHIOS, True), (CRETE, False)]
    for both in permutations((old, new)):
        (chios,) = told(*both).collected
        assert (chios.visits.first, chios.visits.times) == (new.moment, 1)


def test_refused_tries_are_claims() -> None:
    """A refused try counts for the folder and the claimed name; another name is never kept."""
    found = told(
        request(CHIOS, status=403),
        request(CHIOS, status=401, hours=5),
        request("secret-typed-as-name", status=403),
        request("another-secret", "", status=401),
        request("", status=403),
        request("", status=401),
    )
    second, first = found.refusals
    assert (first.folder, first.claimed, first.visits.times) == (AGENCIES[0], AGENCIES[1], 2)
    assert (first.visits.first, first.visits.last) == (START, START + timedelta(hours=5))
    assert (second.claimed, second.visits.times) == (None, 3)
    assert found.refused == 5
    assert "secret" not in repr(found)


def test_a_wrong_code_at_the_own_folder_is_no_try_at_anothers() -> None:
    """An agency refused at its own folder has a wrong code: it is listed with the missing, so that staff can help."""
    found = told(request(CHIOS, "", owner=CHIOS, status=401), request(CHIOS, owner=CHIOS, status=401))
    assert [(one.agency.username, one.wrong_codes) for one in found.missing] == [(THIRA, 0), (CHIOS, 2), (CRETE, 0)]
    assert found.refused == 0


def test_visitors_cannot_fill_the_memory() -> None:
    """However many names and folders are made up, what is kept has a limit; all tries are counted."""
    many = tuple(Agency(username=f"{number:012}", name="Φορέας") for number in range(40))
    tries = [request(a.username, owner=b.username, status=403) for a in many for b in many if a is not b]
    found = told(*tries, agencies=many)
    assert (len(found.refusals), found.refused) == (PAIRS_MAX, 40 * 39)


def test_the_curve_counts_each_agency_once() -> None:
    """Each agency counts on the first day on which it collected, whatever came later."""
    found = told(
        request(hours=48), request(), request(CHIOS, owner=CHIOS, hours=49), request(CRETE, owner=CRETE, hours=50)
    )
    assert found.curve == ((date(2020, 11, 18), 1), (date(2020, 11, 20), 3))
    assert found.missing == ()


def test_regions_stand_above_their_agencies() -> None:
    """An agency's region is found through its parents; where they lead to none, or not surely, it is no region."""
    agencies = (
        *AGENCIES,
        Agency(username="312345678904", name="ΚΕΔΗΘ", parent="Δήμος Θήρας"),
        Agency(username="412345678905", name="Δήμος Ηρακλείου", parent="Περιφέρεια Κρήτης"),
        Agency(username="512345678906", name="Δήμος Ηρακλείου", parent="Περιφέρεια Αττικής"),
        Agency(username="612345678907", name="ΔΕΥΑΗ", parent="Δήμος Ηρακλείου"),
        Agency(username="712345678908", name="Α", parent="Β"),
        Agency(username="812345678909", name="Β", parent="Α"),
        Agency(username="912345678910", name="Μόνος"),
        Agency(username="022345678911", name="Φορέας", parent="ΔΗΜΟΙ: ΘΗΡΑΣ, ΧΙΟΥ"),
        Agency(username="122345678912", name="Σύνδεσμος", parent="ΔΗΜΟΣ  ΧΙΟΥ"),
        Agency(username="222345678913", name="Ταμείο", parent="Μόνος"),
    )
    found = told(request("312345678904", owner="312345678904"), agencies=agencies)
    assert [one.region for one in found.missing] == [
        AEGEAN, "Περιφέρεια Βορείου Αιγαίου", "Περιφέρεια Κρήτης", "Περιφέρεια Κρήτης", "Περιφέρεια Αττικής",
        OTHER_PARENTS, OTHER_PARENTS, OTHER_PARENTS, NO_REGION, OTHER_PARENTS, "Περιφέρεια Βορείου Αιγαίου",
        OTHER_PARENTS,
    ]  # fmt: skip
    assert Region("Περιφέρεια Κρήτης", expected=2, missing=2) in found.regions[:2]
    assert Region(AEGEAN, expected=2, missing=1) in found.regions
    assert found.regions[-2:] == (Region(OTHER_PARENTS, 5, 5, parents=5), Region(NO_REGION, 1, 1))
    assert len(found.recipients) == len(agencies)
