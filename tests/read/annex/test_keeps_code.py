from __future__ import annotations

import unicodedata

import pytest

from site_src.problems import Place, Problems
from site_src.read.annex.statuses import NameIndex

BEARERS = (
    ("012345678901", "Δήμος Ηρακλείου"),
    ("112345678902", "Δήμος Ηρακλείου"),
    ("212345678903", "Δήμος Ήλιδας"),
    ("", "Δήμος Χωρίς Κωδικό"),
    ("312345678904", ""),
)


def find(*items: str) -> tuple[frozenset[str], Problems]:
    """Who keeps the code by these items."""
    problems = Problems()
    return NameIndex(BEARERS).find(items, problems), problems


@pytest.mark.parametrize("item", ["212345678903", "Δήμος Ήλιδας", " Δήμος   Ήλιδας "])
def test_an_item_is_a_user_name_or_an_exact_name(item: str) -> None:
    """White space alone is forgiven."""
    keepers, problems = find(item)
    assert keepers == {"212345678903"}
    assert problems.all() == ()


@pytest.mark.parametrize(("name", "item"), [("∆ήμος Αλµυρού", "Δήμος Αλμυρού"), ("Δήμος Αλμυρού", "∆ήµος Αλµυρού")])
def test_signs_of_old_pdfs_count_as_letters(name: str, item: str) -> None:
    """A name that was copied out of a PDF is the same name as one that was typed."""
    problems = Problems()
    assert NameIndex([("212345678903", name)]).find([item], problems) == {"212345678903"}


def test_a_name_counts_however_its_accents_are_written() -> None:
    """An accented letter may be one character or two, in the annex and in campaign.toml."""
    one, two = (unicodedata.normalize(form, "Δήμος Ήλιδας") for form in ("NFC", "NFD"))
    assert one != two
    for name, item in ((one, two), (two, one)):
        problems = Problems()
        assert NameIndex([("212345678903", name)]).find([item], problems) == {"212345678903"}
        assert problems.all() == ()


def test_a_name_that_two_bear_is_an_error_with_their_user_names() -> None:
    """Staff must say which of the two is meant."""
    keepers, problems = find("Δήμος Ηρακλείου")
    (problem,) = problems.all()
    assert keepers == frozenset()
    assert "012345678901, 112345678902" in problem.hint
    assert problem.at == Place("campaign.toml", cell="keeps_code")


@pytest.mark.parametrize("item", ["Δήμος Ηλίδος", "212345678930"])
def test_an_item_of_nobody_is_an_error_with_the_nearest(item: str) -> None:
    """Spelling mistakes lead to the name that is meant."""
    _, problems = find(item)
    (problem,) = problems.all()
    assert ('"Δήμος Ήλιδας"' in problem.hint) or ('"212345678903"' in problem.hint)


def test_nothing_is_proposed_that_is_not_alike() -> None:
    """A proposal that is nothing like the item would mislead."""
    _, problems = find("Κοινότητα")
    assert "is it" not in problems.all()[0].hint


@pytest.mark.parametrize("item", ["Δήμος Χωρίς Κωδικό", "312345678904"])
def test_a_row_with_another_mistake_is_still_known(item: str) -> None:
    """An agency whose row has an error of its own brings no second error here."""
    _, problems = find(item)
    assert problems.all() == ()


def test_empty_items_stand_for_nobody() -> None:
    """An empty text in the list is an error, not the agency without a user name."""
    keepers, problems = find("")
    assert keepers == frozenset()
    assert problems.has_errors
