from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from site_src.greek import find_days, fold, is_capitals, one_line, starts_in_lower_case, to_latin


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    """A folded text is as long as the text, so that what is found in one is cut out of the other; twice is once."""
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_accents_capitals_and_look_alikes_are_folded() -> None:
    """A word is itself in capitals, without accents, and with Latin letters that look the same."""
    assert fold("ΑΘΗΝΑΣ") == fold("Αθήνας") == "αθηνασ"
    assert fold("ΠPOΣ") == fold("Προς") == "προσ"


@given(st.text("α. ", max_size=9), st.dates(date(1000, 1, 1)), st.text(". α", max_size=9))
def test_a_day_is_found_where_it_stands(before: str, day: date, after: str) -> None:
    """What surrounds a day is no part of it."""
    written = f"{day:%d/%m/}{day.year}"
    (told,) = find_days(f"{before} {written} {after}")
    assert told.day == day
    assert f"{before} {written} {after}"[told.start : told.end] == written


@given(st.text())
def test_any_text_is_looked_at(text: str) -> None:
    """No text ends in an exception, and days lie in their order, none over another."""
    found = find_days(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert "\n" not in one_line(text)
    assert not (starts_in_lower_case(text) and is_capitals(text))


def test_greek_in_latin_letters() -> None:
    """Each letter has its Latin ones, whatever its accent."""
    assert to_latin("Ψάθα Ξένη Χίος") == "psatha xeni chios"
