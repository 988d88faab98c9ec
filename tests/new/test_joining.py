"""The subject ends where a reader sees its end, with a blank line below it or without."""

from __future__ import annotations

from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.new.joining import subject_length

TEXT = [
    "Από 1-12-2020 οι φορείς Τοπικής Αυτοδιοίκησης συνδέονται με νέο κωδικό",
    "πρόσβασης στον διαδικτυακό τόπο για θέματα προσωπικού, που το",
    "Υπουργείο διαθέτει σε αυτούς από το 2016. Η τακτική αλλαγή των κωδικών",
    "είναι μέτρο ασφάλειας.",
]
FULL = "Νέοι κωδικοί πρόσβασης των φορέων της Τοπικής Αυτοδιοίκησης"

SUBJECTS = {
    "one short line": ["Νέοι κωδικοί πρόσβασης"],
    "one full line": [FULL],
    "lower case": [f"{FULL} και των", "νομικών προσώπων"],
    "a name after an article": [f"{FULL} στον τόπο του", "Υπουργείου Εσωτερικών"],
    "a short second line with a capital": [f"{FULL} Υπουργείου", "Εσωτερικών"],
    "a quotation": [f"«{FULL}", "Οδηγίες»"],
    "a quotation in short lines": ["«Νέοι κωδικοί", "Παραλαβή από τους φορείς»"],
    "capitals": [FULL.upper(), "ΚΑΙ ΝΟΜΙΚΩΝ ΠΡΟΣΩΠΩΝ"],
    "a full stop": [f"{FULL}."],
    "an abbreviation": [f"{FULL} Ν.Π.Δ.Δ.", "και Ο.Τ.Α."],
    "its label alone": ["", FULL],
    "items": ["1. Νέοι κωδικοί πρόσβασης", "2. Οδηγίες προς τους υπευθύνους"],
}


def test_a_text_in_capitals_may_follow_a_subject_in_capitals() -> None:
    """«ΣΑΣ» begins a sentence, and hardly the second line of a subject."""
    assert subject_length([FULL.upper(), "ΤΩΝ ΔΗΜΩΝ", "ΣΑΣ ΓΝΩΡΙΖΟΥΜΕ ΟΤΙ ΑΠΟ 1-12-2020 ΙΣΧΥΟΥΝ."]) == 2


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
@pytest.mark.parametrize(
    "opening",
    [
        [],
        ["Σας ενημερώνουμε τα εξής"],
        ["Έχοντας υπόψη:"],
        ["Αγαπητοί συνάδελφοι,"],
        ["ΓΕΝΙΚΕΣ ΠΛΗΡΟΦΟΡΙΕΣ"],
        ["ΣΧΕΤ.: Η απόφαση 5"],
        ["1) Τι αλλάζει"],
    ],
    ids=["a sentence", "Σας", "Έχοντας", "a salutation", "capitals", "ΣΧΕΤ.", "an item"],
)
def test_the_subject_ends_without_a_blank_line(subject: list[str], opening: list[str]) -> None:
    """Of a text copied from a PDF the subject is the subject, however the text below it begins."""
    if subject[0].startswith("1.") and opening == ["1) Τι αλλάζει"]:
        opening = []  # two lists that cannot be distinguished
    if subject[0].isupper() and opening and opening[0].isupper():
        opening = []  # likewise for capitals
    assert subject_length([*subject, *opening, *TEXT]) == len(subject)


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_subject_above_a_blank_line_is_whole(subject: list[str]) -> None:
    """Of a subject that was given alone, all is the subject."""
    assert subject_length(subject) == len(subject)
    is_over = subject[0].endswith(("»", "ς."))
    assert subject_length([subject[0], "Δήμων και Περιφερειών"]) == (1 if is_over else 2)


def test_an_office_above_its_decision_is_no_subject() -> None:
    """«Ο ΥΠΟΥΡΓΟΣ», in capitals as the subject is, begins the text."""
    subject = [FULL.upper(), "ΚΑΙ ΝΟΜΙΚΩΝ ΠΡΟΣΩΠΩΝ"]
    assert subject_length([*subject, "Ο ΥΠΟΥΡΓΟΣ ΕΣΩΤΕΡΙΚΩΝ", "Έχοντας υπόψη:", *TEXT]) == len(subject)


def test_the_labels_width_counts() -> None:
    """A first line that is full with its label is full."""
    label = "ΘΕΜΑ: "
    assert subject_length([f"{label}{FULL}", *TEXT], len(label)) == 1
    assert subject_length([f"{label}{FULL}", "Υπουργείου", *TEXT], len(label)) == 2


def test_a_line_with_room_ends_the_subject() -> None:
    """A heading in small letters below a subject that left its line short is the text's."""
    assert subject_length(["Νέοι κωδικοί πρόσβασης", "Γενικά", *TEXT]) == 1


def test_a_full_second_line_is_the_subjects() -> None:
    """Though it begins with a capital: the line below it is the one that begins as a text does."""
    subject = [FULL, "Υπουργείου Εσωτερικών προς τους υπευθύνους της Αυτοδιοίκησης"]
    assert subject_length([*subject, "Σας ενημερώνουμε τα εξής.", *TEXT]) == len(subject)


@pytest.mark.parametrize("text", [["Σας ενημερώνουμε."], TEXT])
def test_a_list_ends_where_sentences_begin(text: list[str]) -> None:
    """Recipients one a line, numbered or not, are entries; the sentence below them is text."""
    for entries in (["Δήμους", "Περιφέρειες", "Κ.Ε.Δ.Ε."], ["1. Δήμους", "- Υπόψη υπευθύνων", "2. Περιφέρειες"]):
        assert subject_length([*entries, *text], is_list=True) == len(entries)


SENTENCES = st.lists(
    st.sampled_from(["Ο φορέας παραλαμβάνει τον κωδικό του.", "Οι κωδικοί αλλάζουν τακτικά για λόγους ασφάλειας."]),
    min_size=2,
    max_size=9,
).map(" ".join)


@given(SENTENCES, st.integers(45, 100))
def test_a_text_of_any_width_is_no_subject(text: str, width: int) -> None:
    """However wide the lines, the text's first line is not the subject's."""
    assert subject_length(["Νέοι κωδικοί πρόσβασης", *wrap(text, width)]) == 1
