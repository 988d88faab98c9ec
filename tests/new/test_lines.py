"""The additions of a printed page are left out and reported; text that only looks like one stays."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from site_src.new.blocks import read_blocks
from site_src.new.circular_text import read_circular
from site_src.new.lines import Passage, left_out, read_pages, row_of
from tests.new.test_source import read
from tests.support.word_builder import CHUNKS, INLINE, WordBuilder, chunk, in_box, in_table, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


def test_numbers_that_count_to_their_total_are_the_pages() -> None:
    """Wherever they are; fractions are text."""
    assert filled("ΑΔΑ: Α\n1 / 2\nπρώτη\nΑΔΑ: Α\n2 / 2\nδεύτερη") == ["ΑΔΑ: Α", "πρώτη", "δεύτερη"]
    assert filled("κωδικοί\n1/2\nκωδικοί\n1/2\nκωδικοί") == ["κωδικοί", "1/2", "κωδικοί", "1/2", "κωδικοί"]


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
    f"{SIGNED} ΑΛΦΑ ΔΟΚΙΜΑΣΤΗΣ\n{WHEN}\nEET",
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


def test_a_raised_ending_breaks_no_line() -> None:
    """A PDF's text has a line break behind «1η» whose ending is raised, and a space before what follows."""
    assert filled("από την 1η\n Δεκεμβρίου 2020\nο φορέας") == ["από την 1η Δεκεμβρίου 2020", "ο φορέας"]


@pytest.mark.parametrize("end", ["\f{}\n", "Σελίδα 2 από 4\n{}\n"])
@pytest.mark.parametrize("running", ["ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ - ΔΙΕΥΘΥΝΣΗ", "Αρ. Πρωτ.: 55"])
def test_what_runs_over_all_pages_is_left_out(running: str, end: str) -> None:
    """A repeated header parts no sentence; a note quotes it. A line of the text that begins two pages stays."""
    texts = [FIRST, SECOND.lower(), FIRST, SECOND]
    assert filled(f"\n{end.format(running)}".join(texts)) == texts
    assert f"«{running}», «{running}», «{running}»" in " ".join(
        read_pages(f"\n{end.format(running)}".join(texts)).notes
    )
    assert filled(f"{running}\n{FIRST}\n\f{running}\n2\n{SECOND}") == [running, FIRST, SECOND]


def test_what_ends_all_pages_is_left_out() -> None:
    """A repeated footer with a number parts no sentence, but one line of the text may end or begin two pages."""
    footer, sentence = "Σταδίου 27, Αθήνα", "Ο κωδικός έχει 16 σύμβολα."
    assert filled(f"{FIRST}\n{footer}\n\f{SECOND}\n{footer}") == [FIRST, SECOND]
    text = f"{FIRST}\f{sentence}\n{SECOND}\f{sentence}\n{FIRST}"
    assert filled(text) == [FIRST, sentence, SECOND, sentence, FIRST]


PIECES = st.sampled_from(["α", "1", "2", "- 2 -", "2/3", "ΑΔΑ: 1", "\f", "\n", " ", f"{SIGNED}", "Reason:"])


@given(st.lists(PIECES).map("".join))
def test_nothing_is_left_out_without_a_word(text: str) -> None:
    """Each letter and digit is in a line, or in a note that quotes it."""
    pages = read_pages(text)
    shown = "".join([*(line.text for line in pages.lines), *pages.notes])
    assert all(shown.count(letter) >= text.count(letter) for letter in "α12DRA")


REPORTED = {"formula", "chart"}  # left out of the draft, and reported


def compare(folder: Path, file: WordBuilder, body: str) -> str:
    """The doubts, once each word that is shown is in the draft or among them, once, and no other is in the draft."""
    source, problems = read(folder, "a.docx", file.build(body))
    assert source, problems
    text = read_circular(source)
    draft = Counter(row_of("\n".join(text.pieces)).split())
    doubts = Counter(row_of("\n".join(text.doubts)).split())
    found = {word: (draft[row_of(word)], doubts[row_of(word)]) for word in file.shown}
    assert {word: each for word, each in found.items() if each not in {(1, 0), (0, 1)}} == {}, text.markdown
    assert [word for word in file.unseen if draft[row_of(word)]] == []
    return "\n".join(text.doubts)


WHERE: dict[str, Callable[[WordBuilder, str], str]] = {
    "text": lambda _, content: content,
    "control": lambda _, content: f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>",
    "table": lambda _, content: in_table(content, content_with(run("x"))),
    "table in a table": lambda _, content: in_table(content_with(run("x")), in_table(content, content_with(run("y")))),
    "box": lambda _, content: content_with(in_box(content)),
    "note": lambda file, content: file.note_of(content),
    "header": lambda file, content: f"<w:sectPr>{file.page_part('header', content)}</w:sectPr>",
    "footer": lambda file, content: f"<w:sectPr>{file.page_part('footer', content)}</w:sectPr>",
}


def content_with(inline: str) -> str:
    """A paragraph."""
    return f"<w:p>{inline}</w:p>"


@pytest.mark.parametrize("kind", INLINE)
@pytest.mark.parametrize("where", WHERE)
def test_each_word_that_word_shows_is_in_the_draft_or_reported(tmp_path: Path, kind: str, where: str) -> None:
    """Any element in any place; WordArt above or below the text is a watermark."""
    file = WordBuilder()
    content = content_with(run(file.word() + " ") + INLINE[kind](file) + run(" " + file.word()))
    doubts = compare(tmp_path, file, content_with(run(file.word())) + WHERE[where](file, content))
    is_watermark = kind == "wordart" and where in {"header", "footer"}
    assert ("left out of the draft" in doubts) == (kind in REPORTED or is_watermark)


@pytest.mark.parametrize("kind", CHUNKS)
@pytest.mark.parametrize("where", ["text", "control", "table", "box"])
def test_documents_inserted_in_the_file_are_read(tmp_path: Path, kind: str, where: str) -> None:
    """Web pages, e-mails that hold one, plain text, and other Word files with their notes."""
    file = WordBuilder()
    content = content_with(run(file.word()) + INLINE["footnote"](file)) + chunk(file, kind)
    assert "left out" not in compare(tmp_path, file, WHERE[where](file, content + content_with(run(file.word()))))


@given(st.data())
def test_words_survive_whatever_is_in_what(tmp_path: Path, data: st.DataObject) -> None:
    """Each word is in the draft or reported, once, in any structure."""
    file = WordBuilder()

    def block(depth: int) -> str:
        kinds = data.draw(st.lists(st.sampled_from([*INLINE, *CHUNKS, *WHERE, "deeper"]), min_size=1, max_size=4))
        texts = []
        for kind in kinds:
            if kind in INLINE:
                texts.append(content_with(run(file.word() + " ") + INLINE[kind](file) + run(" ")))
            elif kind in CHUNKS:
                texts.append(chunk(file, kind))
            elif depth and kind in {"table", "control", "box", "table in a table"}:
                texts.append(WHERE[kind](file, block(depth - 1)))
        return "".join([*texts, content_with(run(file.word()))])

    compare(tmp_path, file, block(4))


def test_a_word_shown_twice_must_be_there_twice() -> None:
    """The passage that was lost is reported, not another that holds one of its words."""
    shown = (Passage("Ο Δήμος", "α"), Passage("Ο Δήμος Ήλιδας", "β"), Passage("Προς: Δήμος", "γ"))
    assert left_out(shown, ("προς", "ο δήμος", "δήμος")) == (shown[1],)
    assert left_out(shown, ("προς", "ο δήμος", "δήμος", "ο δήμος της Ήλιδας")) == ()


ODD = [*"[]^{}|<>&*_`#-.:@/\u00ad", "http://", "www.", "ΠΡΟΣ: ", "Τηλ.: ", "ΘΕΜΑ: ", "1. ", "α) ", "[^1]", "4-5-2020"]
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])


@example(["0@www.0À"])
@example(["0\U000e01000"])
@given(st.lists(st.lists(CHARACTERS | st.sampled_from(ODD), max_size=20).map("".join), min_size=1, max_size=6))
def test_text_that_is_in_the_draft_is_not_reported(tmp_path: Path, texts: list[str]) -> None:
    """Markdown may write it in another way, and it may be any part of a letterhead."""
    body = "".join(content_with(run(escape(text))) for text in [*texts, "τέλος"])
    source, problems = read(tmp_path, "a.docx", WordBuilder().build(body + in_table(*map(content_with, [run("α|β")]))))
    assert source, problems
    assert not [doubt for doubt in read_circular(source).doubts if doubt.startswith("left out")]
