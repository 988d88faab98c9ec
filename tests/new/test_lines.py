"""The additions of a printed page are left out and reported; text that only looks like one stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.new.blocks import read_blocks
from site_src.new.lines import read_pages

PARAGRAPH = "Οι φορείς παραλαμβάνουν τον νέο κωδικό\nέως τις 30-11-2020, και όποιος δεν τον έχει\n" * 4
FIRST, SECOND = "ο υπεύθυνος επικοινωνίας της", "Περιφέρειας καλεί την υπηρεσία."


def filled(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line.text for line in read_pages(text).lines if line.text]


@pytest.mark.parametrize("number", ["- 2 -", "Σελίδα 2 από 3", "ΣΕΛ. 2", "2", "2/3", "2 από 3", "– 2 –", "Page 2 of 3"])
@pytest.mark.parametrize("end", ["\n{}\n", "\n\n{}\n\n", "\n\f{}\n", "\n\f\n{}\n\n"])
def test_a_sentence_goes_on_over_the_end_of_its_page(number: str, end: str) -> None:
    """A page number between two pages, with a form feed or without, is no text and parts no paragraph."""
    text = PARAGRAPH + FIRST + end.format(number) + SECOND
    (block,) = read_blocks(read_pages(text).lines)
    assert block.text == f"{PARAGRAPH}{FIRST} {SECOND}".replace("\n", " ")
    (note,) = read_pages(text).notes
    assert f"«{number}»" in note


def test_numbers_at_the_edges_of_pages_are_left_out() -> None:
    """A page's own number at its edge goes; another number there stays."""
    text = "πρώτη\n1\n\fδεύτερη\n7\n\f- 3 -\nτρίτη"
    assert filled(text) == ["πρώτη", "δεύτερη", "7", "τρίτη"]
    assert "«1», «- 3 -»" in read_pages(text).notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "Α/Α\n1\n2\n3\nΣύνολο",
        f"{PARAGRAPH}\n3\n{PARAGRAPH}",
        f"{PARAGRAPH}\n2\n{PARAGRAPH}\n5\n",
        "- 2 κωδικοί\n2. κωδικοί\n- 2",
    ],
)
def test_numbers_that_count_no_pages_stay(text: str) -> None:
    """Cells of a table, a number out of turn, and an item of a list are text."""
    assert filled(text) == [line.strip() for line in text.split("\n") if line.strip()]
    assert read_pages(text).notes == ()


SIGNED = "Digitally signed by"
AGENCY = "INFORMATICS DEVELOPMENT AGENCY"
WHEN = "Date: 2020.11.17 13:17:50"
STAMPS = [
    f"{SIGNED}\nINFORMATICS INFORMATICS\nDEVELOPMEN {AGENCY[12:]}\n{WHEN}\nT AGENCY EEST\nReason:\nLocation: Athens",
    f"INFORMATICS\nDEVELOPMEN\nT AGENCY\n{SIGNED}\n{AGENCY}\n{WHEN}\nEET\nReason:\nLocation: Athens",
    f"{AGENCY} {SIGNED} {AGENCY} {WHEN} EET Reason: Location: Athens",
    f"{SIGNED} A. TESTER\n{WHEN} +02'00'",
    f"Signature Not Verified\n{SIGNED} A TESTER\n{WHEN} EET\nReason:\nLocation:",
    "Ψηφιακά υπογεγραμμένο από A TESTER\nΗμερομηνία: 2020.11.17 13:17:50 +02'00'",
]


@pytest.mark.parametrize("stamp", STAMPS)
def test_the_stamp_of_a_signature_is_left_out(stamp: str) -> None:
    """A stamp of Diavgeia or a signer's program, in one line or several, is not text of the document."""
    lines = ["ΑΔΑ: 6ΑΒΓ-1Η2", "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "e-mail: codes@ypourgeio.example"]
    assert filled("\n".join([lines[0], stamp, *lines[1:]])) == lines
    (note,) = read_pages(f"{lines[0]}\n{stamp}").notes
    assert all(f"«{line}»" in note for line in stamp.split("\n"))


def test_what_stands_among_the_stamps_lines_stays() -> None:
    """A PDF gives up the stamp and the lines beside it in one heap; Greek words and addresses in it are text."""
    first, *rest = STAMPS[0].split("\n")
    among = ["ΑΔΑ: 6ΑΒΓ-1Η2", "ΑΝΑΡΤΗΤΕΟ ΣΤΟ ΔΙΑΔΙΚΤΥΟ", "codes@ypourgeio.example"]
    assert filled("\n".join([first, among[0], *rest[:4], *among[1:], *rest[4:]])) == among
    assert filled(f"{first} ΑΔΑ: 6ΑΒΓ-1Η2\n{rest[2]}") == ["ΑΔΑ: 6ΑΒΓ-1Η2"]


def test_latin_lines_without_a_signature_stay() -> None:
    """An English letterhead, a date and a place are no stamp."""
    text = "HELLENIC REPUBLIC\nMINISTRY OF TESTS\nDate: 2020.11.17 13:17:50\nReason: codes\nLocation: Athens"
    assert filled(text) == text.split("\n")


def test_the_repeated_number_of_diavgeia_is_left_out() -> None:
    """Diavgeia prints the ΑΔΑ onto each page: the first stays, and a sentence goes on over the others."""
    text = f"ΑΔΑ: 6ΑΒΓ-1Η2\n{FIRST}\nΑΔΑ: 6ΑΒΓ-1Η2\n{SECOND}\nΑΔΑ: 7ΑΒΓ-1Η2"
    assert filled(text) == ["ΑΔΑ: 6ΑΒΓ-1Η2", FIRST, SECOND, "ΑΔΑ: 7ΑΒΓ-1Η2"]
    assert [line.text for line in read_pages(text).lines if line.page] == [SECOND]


PIECES = st.sampled_from(["α", "1", "2", "- 2 -", "2/3", "ΑΔΑ: 1", "\f", "\n", " ", f"{SIGNED}", "Reason:"])


@given(st.lists(PIECES).map("".join))
def test_nothing_is_left_out_without_a_word(text: str) -> None:
    """Each letter and digit is in a line, or in a note that quotes it."""
    pages = read_pages(text)
    shown = "".join([*(line.text for line in pages.lines), *pages.notes])
    assert all(shown.count(letter) >= text.count(letter) for letter in "α12DRA")
