from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Place, Problem, Problems, Severity
from site_src.read.agency import Agency, Kind, Status
from site_src.read.annex.words import kind_of_name
from site_src.read.suspicions import MUCH_MORE, is_one_letter_away, slips, tell_suspicions

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
    tell_suspicions(agencies, problems)
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
        ("thiras", "thiras", False),
        ("thiras", "thera", False),
        ("abc", "bca", False),
        ("", "a", True),
        ("gmail.com", "ymail.gr", False),
    ],
)
def test_what_one_letter_is(one: str, other: str, *, away: bool) -> None:
    """One more, one less, another one, or two that changed places; in either direction."""
    assert is_one_letter_away(one, other) is away
    assert is_one_letter_away(other, one) is away


@given(st.dictionaries(st.text("ab", max_size=6), st.integers(1, 30), max_size=12))
def test_no_slip_is_missed(counts: dict[str, int]) -> None:
    """The quick way finds what a comparison of all pairs finds."""
    pairs = itertools.product(counts, counts)
    near = {a for a, b in pairs if counts[b] >= MUCH_MORE * counts[a] and is_one_letter_away(a, b)}
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
    """Who keeps its code by the notes alone is told at the cell of the notes, and by them it keeps nothing."""
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
