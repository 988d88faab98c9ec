from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.pipeline.build import check
from site_src.problems import Place, Problem, Problems, Severity
from site_src.read.agency import Agency, Kind, Status
from site_src.read.annex.words import kind_of_name
from site_src.read.suspicions import MUCH_MORE, pieces, slips, warn_of_suspicions
from tests.support.small_site import DAY, SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.support.small_site import SmallSite


AEGEAN, CRETE = "Περιφέρεια Νοτίου Αιγαίου", "Περιφέρεια Κρήτης"
HOST, SLIP = "dimos-thiras.example", "dimos-theras.example"


def _agency(
    number: int, *emails: str, name: str = "", parent: str = "", kind: str = "", status: Status = Status.NEW
) -> Agency:
    """An agency in row ``number``, its addresses in column E."""
    return Agency(
        username=f"{number:012d}",
        name=name or f"ΝΠ {number}",
        kind=kind or kind_of_name(name) or Kind.LEGAL_ENTITY,
        parent=parent or f"Δήμος {number}",
        emails=emails,
        emails_at=tuple(Place("annex.xlsx", "ΦΟΡΕΙΣ", f"E{number}") for _ in emails),
        status=status,
        at=Place("annex.xlsx", "ΦΟΡΕΙΣ", f"B{number}"),
        name_cell=f"C{number}",
    )


def _told(*agencies: Agency) -> Sequence[Problem]:
    problems = Problems()
    warn_of_suspicions(agencies, problems)
    assert not problems.has_errors
    return problems.all()


@pytest.fixture
def numbers() -> Iterator[int]:
    """Row numbers, each once."""
    return itertools.count(2)


def test_one_address_of_strangers(numbers: Iterator[int]) -> None:
    """An address that agencies of different bodies share is told once, at its first cell, with names and cells."""
    shared = [_agency(number, "info@water.example") for number in itertools.islice(numbers, 8)]
    (problem,) = _told(*shared)
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "E2", "info@water.example")
    assert "7 agencies" in problem.message
    assert problem.message.startswith("ΝΠ 2 and ")
    others = ", ".join(f"ΝΠ {number} (ΦΟΡΕΙΣ!B{number})" for number in range(3, 8))
    assert problem.message.endswith(f": {others}, …")


@pytest.mark.parametrize(
    "second",
    [
        {"name": "ΛΙΜΕΝΙΚΟ ΤΑΜΕΙΟ ΘΗΡΑΣ", "parent": "ΔΗΜΟΣ ΘΗΡΑΣ"},
        {"name": "ΛΙΜΕΝΙΚΟ ΤΑΜΕΙΟ ΘΗΡΑΣ", "parent": "Δήμος Θήρας", "kind": "Σύνδεσμος"},
    ],
)
def test_an_agency_may_share_with_its_legal_entities(numbers: Iterator[int], second: dict[str, Any]) -> None:
    """The municipality's officer often is the one of its school committees and harbour funds too."""
    thira = _agency(next(numbers), "a@b.example", name="Δήμος Θήρας", parent=AEGEAN, kind=Kind.MUNICIPALITY)
    entities = [_agency(next(numbers), "a@b.example", **second), _agency(next(numbers), "a@b.example", **second)]
    assert [p for p in _told(thira, entities[0]) if "a@b.example" in p.value] == []
    assert [p for p in _told(*entities) if "a@b.example" in p.value] == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "Δήμος Θήρας", "parent": AEGEAN}, {"name": "Δήμος Ίου", "parent": AEGEAN}),
        ({"name": "Δήμος Ηρακλείου", "parent": CRETE}, {"name": "Δήμος Ηρακλείου", "parent": AEGEAN}),
        ({"name": "Δήμος Θήρας", "parent": AEGEAN}, {"name": AEGEAN, "parent": "-"}),
    ],
)
def test_municipalities_do_not_share(numbers: Iterator[int], first: dict[str, Any], second: dict[str, Any]) -> None:
    """A region is above its municipalities, and none of them is another's; nor are two of one name."""
    one, other = (_agency(next(numbers), "a@b.example", **each) for each in (first, second))
    (problem,) = _told(one, other)
    assert "1 agency of another body" in problem.message


def test_an_address_shared_in_another_case_is_shared(numbers: Iterator[int]) -> None:
    """A mailbox is the same however it is written."""
    told = _told(_agency(next(numbers), "a@b.example"), _agency(next(numbers), "A@b.example"))
    assert [problem.at.cell for problem in told if "another body" in problem.message] == ["E2"]


def test_who_gets_no_archive_raises_no_question_about_it(numbers: Iterator[int]) -> None:
    """The address of an agency that keeps its code opens nothing."""
    assert (
        _told(_agency(next(numbers), "a@b.example"), _agency(next(numbers), "A@b.example", status=Status.KEEPS)) == ()
    )


def test_a_slip_in_a_host(numbers: Iterator[int]) -> None:
    """A host one letter from one that five times as many agencies have is asked about, and the frequent one is not."""
    many = [_agency(number, f"a{number}@{HOST}") for number in itertools.islice(numbers, MUCH_MORE)]
    slip = _agency(next(numbers), f"grammateia@{SLIP}")
    (problem,) = _told(*many, slip)
    assert (problem.at.cell, problem.value) == (slip.emails_at[0].cell, f"grammateia@{SLIP}")
    assert f'"{HOST}"' in problem.message
    assert _told(*many[1:], slip) == ()


def test_two_addresses_of_one_agency_are_one_user_of_a_host(numbers: Iterator[int]) -> None:
    """One agency with five addresses says nothing about what others have."""
    busy = _agency(next(numbers), *(f"a{number}@{HOST}" for number in range(MUCH_MORE)))
    assert _told(busy, _agency(next(numbers), f"x@{SLIP}")) == ()


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("thiras", "theras", True),
        ("thiras", "thira", True),
        ("hiras", "thiras", True),
        ("thirras", "thiras", True),
        ("tihras", "thiras", True),
        ("thiras", "thera", False),
        ("abc", "bca", True),
        ("", "a", True),
        ("gmail.com", "ymail.gr", False),
    ],
)
def test_what_one_letter_is(one: str, other: str, *, away: bool) -> None:
    """One more, one less, another one, or one in another place; in either direction."""
    assert [text for text, _ in slips({one: 1, other: MUCH_MORE})] == [one] * away
    assert [text for text, _ in slips({other: 1, one: MUCH_MORE})] == [other] * away


@given(st.dictionaries(st.text("ab", max_size=6), st.integers(1, 30), max_size=12))
def test_no_slip_is_missed(counts: dict[str, int]) -> None:
    """The quick way finds what a comparison of all pairs finds."""
    pairs = itertools.product(counts, counts)
    near = {a for a, b in pairs if counts[b] >= MUCH_MORE * counts[a] and pieces(a) & pieces(b)}
    assert {text for text, _ in slips(counts)} == near


def test_capitals(numbers: Iterator[int]) -> None:
    """An address with capitals is told at its cell: it must be typed so."""
    (problem,) = _told(_agency(next(numbers), "a@b.example", "Info@c.example"))
    assert (problem.at.cell, problem.value) == ("E2", "Info@c.example")


def test_namesakes(numbers: Iterator[int]) -> None:
    """One name under one parent is told, however it is written; under two parents it is normal."""
    heraklion = [_agency(next(numbers), name="Δήμος Ηρακλείου", parent=parent) for parent in (CRETE, AEGEAN)]
    assert _told(*heraklion) == ()
    (problem,) = _told(*heraklion, _agency(next(numbers), name="ΔΗΜΟΣ ΗΡΑΚΛΕΙΟΥ", parent=CRETE))
    assert (problem.at.cell, problem.value) == ("C4", "ΔΗΜΟΣ ΗΡΑΚΛΕΙΟΥ")
    assert "ΦΟΡΕΙΣ!C2" in problem.message


@pytest.mark.parametrize(
    ("status", "word"), [(Status.NEW, "gets a new one"), (Status.CONTACT_US, "old one ends"), (Status.KEEPS, "")]
)
def test_notes_that_nothing_else_bears_out(status: Status, word: str) -> None:
    """An agency that keeps its code by its notes alone is reported at their cell, and keeps nothing by them."""
    notes = "Διατηρεί τον κωδικό του"
    agency = replace(_agency(2, "a@b.example", status=status), notes=notes, notes_cell="F2")
    told = _told(agency)
    assert [(problem.at.cell, problem.value) for problem in told] == ([("F2", notes)] if word else [])
    assert all(word in problem.message for problem in told)


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Δήμος Θήρας and 1 agency of another body have this address: Δήμος Πάρου (A3)"),
        ("el", "ο φορέας «Δήμος Θήρας» και 1 φορέας που δεν ανήκει στον ίδιο: Δήμος Πάρου (A3)"),
    ],
)
def test_check_asks(site: SmallSite, language: str, asked: str) -> None:
    """A suspicion is a warning of check, with the cell of the address, and stops nothing."""
    rows = ("012345678901;Δήμος Θήρας;;a@dimos.example;", "112345678901;Δήμος Πάρου;;a@dimos.example;")
    site.write(rows)
    run = site.run("check", f"--lang={language}")
    assert run.returncode == 0
    assert [line for line in run.stdout.splitlines() if "annex.csv, D2" in line and line.endswith(asked)]


NEXT = "2021-05"
AGENCIES = 45  # so many that four who must call are less than a tenth


def _rows(number: int, callers: int, status: str = "") -> tuple[str, ...]:
    """An annex of so many agencies, of which the first ones have no address."""
    return tuple(
        f"{row:012d};Φορέας {row};;{'' if row < callers else f'a{row}@dimos.example'};{status if row < callers else ''}"
        for row in range(number)
    )


def _problems(site: SmallSite) -> Sequence[Problem]:
    return check(site.folders, DAY)[1]


@pytest.mark.parametrize("status", ["", "contact-us", "keeps"])
def test_a_campaign_in_which_nobody_gets_a_code_is_an_error(site: SmallSite, status: str) -> None:
    """The error names the annex, and how many keep their codes or must call."""
    site.write(_rows(3, 3, status))
    site.write_passwords("".join(f"{row:012d}:old\n" for row in range(3)))
    (problem,) = _problems(site)
    assert (problem.severity, problem.at.file) == (Severity.ERROR, "annex.csv")
    keeps = 3 if status == "keeps" else 0
    assert problem.message == f"no agency gets a new code: {keeps} keep theirs, and {3 - keeps} must call"


@pytest.mark.parametrize(
    ("number", "callers", "told"), [(20, 2, True), (21, 2, False), (5, 1, False), (390, 2, False), (390, 39, True)]
)
def test_a_tenth_that_must_call_is_told_once(site: SmallSite, number: int, callers: int, *, told: bool) -> None:
    """One warning has the number and the first few by name and cell; one agency alone is never told."""
    site.write(_rows(number, callers))
    problems = _problems(site)
    assert [problem.severity for problem in problems] == ([Severity.WARNING] if told else [])
    for problem in problems:
        assert problem.message.startswith(f"{callers} of {number} agencies must call: Φορέας 0 (A2), Φορέας 1 (A3)")


@pytest.mark.parametrize(
    ("before", "now", "told"), [(1, 1, False), (1, 2, True), (2, 3, False), (2, 4, True), (0, 2, True), (0, 1, False)]
)
@pytest.mark.parametrize("built", [False, True])
def test_twice_the_share_of_the_campaign_before_is_told(
    site: SmallSite,
    before: int,
    now: int,
    built: bool,  # noqa: FBT001 (a case)
    told: bool,  # noqa: FBT001 (a case)
) -> None:
    """The campaign before counts by its folder, or by what was built of it."""
    site.write(_rows(AGENCIES, before))
    if built:
        site.build()
    folder = site.add_campaign(NEXT)
    facts = (folder / "campaign.toml").read_text(encoding="utf-8")
    (folder / "campaign.toml").write_text(facts.replace("2020", "2021"), encoding="utf-8")
    if built:
        site.campaign.rename(folder.with_name("out-of-the-way"))
        (folder.parent / "out-of-the-way").rename(site.base / "elsewhere")
    header, *_ = (folder / "annex.csv").read_text(encoding="utf-8").splitlines()
    (folder / "annex.csv").write_text("\n".join((header, *_rows(AGENCIES, now))) + "\n", encoding="utf-8")
    problems = [problem for problem in _problems(site) if "must call" in problem.message]
    assert [problem.at.file for problem in problems] == (["annex.csv"] if told else [])
    for problem in problems:
        said = f"{now} of {AGENCIES} agencies must call, and in campaign {SLUG} {before} of {AGENCIES}: Φορέας 0 (A2)"
        assert problem.message.startswith(said)
