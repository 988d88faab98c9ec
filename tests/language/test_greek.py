from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.greek import (
    find_days,
    fold,
    greek_letters,
    is_capitals,
    one_line,
    squeeze,
    starts_in_lower_case,
    to_latin,
)


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


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Α∆Α: ∆ιεύθυνση", "ΑΔΑ: Διεύθυνση"),
        ("Θέµα", "Θέμα"),
        ("ΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚ\u2126Ν", "ΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ"),
        ("∑ύνδεσμος ∏ρασίνου", "Σύνδεσμος Πρασίνου"),
        ("ϕορέας ϑέσης ϐήμα ϖρος ϱήμα ϰαι ϵδώ ϲε", "φορέας θέσης βήμα προς ρήμα και εδώ ςε"),
    ],
)
def test_signs_of_old_pdfs_are_greek_letters(written: str, meant: str) -> None:
    """A sign that has a Greek letter's shape is that letter, where texts are compared and where they are written."""
    assert greek_letters(written) == meant
    assert fold(written) == fold(meant)
    assert squeeze(written) == squeeze(meant)
    assert to_latin(written) == to_latin(meant)


@given(st.text())
def test_other_characters_stay(text: str) -> None:
    """No character but a sign for a Greek letter is changed, and none is lost."""
    changed = [old for old, new in zip(text, greek_letters(text), strict=True) if old != new]
    assert all("α" <= letter <= "ω" for letter in fold("".join(changed)))
    assert greek_letters("½ ² ﬁ Å K ª 5 ℃ e") == "½ ² ﬁ Å K ª 5 ℃ e"


@pytest.mark.parametrize(
    "written",
    [
        "17 Νοε 20",
        "17 Νοε. 2020",
        "17-ΝΟΕ-20",
        "17Νοε20",
        "17/11/20",
        "17.11.20",
        "17η Νοε. '20",
        "17 Νοεμβρίου του 2020",
    ],
)
def test_a_day_may_be_cut_short(written: str) -> None:
    """A month's first letters and a year's last two digits are a day."""
    assert [told.day for told in find_days(f"Αθήνα, {written}.")] == [date(2020, 11, 17)]


@pytest.mark.parametrize("written", ["17 Νοεμβρίου 20 φορείς", "30002/28-9-16", "1.2.20.3", "2104-5-20", "31/2/20"])
def test_two_digits_are_not_always_a_year(written: str) -> None:
    """A number behind a whole month counts something, and parts of longer numbers are no day."""
    assert find_days(written) == ()


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("την Τρίτη, 1-12-2020", "Τρίτη, 1-12-2020"),
        ("του Σαββάτου 5-12-2020", "5-12-2020"),
        ("της Δευτέρας, 7-12-2020", "7-12-2020"),
    ],
)
def test_a_day_of_the_week_is_part_of_its_day(written: str, found: str) -> None:
    """In the genitive it is not: another day would be written in its place as the subject of a sentence is."""
    (day,) = find_days(written)
    assert written[day.start : day.end] == found
    assert day.has_weekday == (found[0] == "Τ")


@given(st.text("α. ", max_size=9), st.dates(date(1000, 1, 1)), st.text(". α", max_size=9))
def test_a_day_is_found_where_it_stands(before: str, day: date, after: str) -> None:
    """The text around a day is no part of it."""
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
