from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.new.circular_text import read_circular
from site_src.new.word import INSERTED_DEEP
from site_src.read.settings import Person
from tests.new.test_source import paragraph, read, table, word_file
from tests.new.test_word_shown import box, lines
from tests.support.word_builder import WordBuilder

if TYPE_CHECKING:
    from pathlib import Path


def tc(text: str, properties: str = "") -> str:
    """A cell with properties."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def markdown(folder: Path, *rows: str) -> list[str]:
    """The rows of a table in Markdown, without the line below its head."""
    source, problems = read(folder, "a.docx", word_file(f"<w:tbl>{''.join(rows)}</w:tbl>"))
    assert source, problems
    text = read_circular(source)
    assert not any("left out" in doubt for doubt in text.doubts)
    return [row for row in text.markdown.splitlines() if row and "---" not in row]


def markdown_of(folder: Path, body: str) -> str:
    """The whole text in Markdown."""
    source, problems = read(folder, "a.docx", word_file(body))
    assert source, problems
    return read_circular(source).markdown


SPAN, RESTART, CONTINUED = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([[("α", RESTART), ("β", "")], [("", CONTINUED), ("γ", "")]], ["| α | β |", "|  | γ |"]),
        ([[("α", SPAN), ("β", "")], [("γ", ""), ("δ", ""), ("ε", "")]], ["| α |  | β |", "| γ | δ | ε |"]),
        ([[("α", SPAN + RESTART), ("β", "")], [("", SPAN + CONTINUED), ("γ", "")]], ["| α | β |", "|  | γ |"]),
        ([[("α", '<w:hMerge w:val="restart"/>'), ("", "<w:hMerge/>"), ("β", "")]], ["| α |  | β |"]),
        ([[("α", RESTART)], [("χαμένο", CONTINUED)]], ["| α |", "| χαμένο |"]),
        ([[("α", '<w:gridSpan w:val="999999"/>')], [("β", "")]], ["| α |", "| β |"]),
    ],
)
def test_each_value_is_in_its_own_column(tmp_path: Path, rows: list[list[tuple[str, str]]], shown: list[str]) -> None:
    """Cells merged with others leave empty ones behind; a column in which no cell begins is none."""
    written = [f"<w:tr>{''.join(tc(*cell) for cell in row)}</w:tr>" for row in rows]
    assert markdown(tmp_path, *written) == shown


def test_rows_may_leave_columns_out(tmp_path: Path) -> None:
    """Before their first cell, and behind the last."""
    first = f"<w:tr>{tc('α')}{tc('β')}{tc('γ')}</w:tr>"
    before = f'<w:tr><w:trPr><w:gridBefore w:val="1"/><w:gridAfter w:val="1"/></w:trPr>{tc("δ")}</w:tr>'
    cell = f"<w:sdt><w:sdtContent>{tc('ε')}</w:sdtContent></w:sdt>"
    controlled = f"<w:sdt><w:sdtContent><w:tr>{cell}</w:tr></w:sdtContent></w:sdt>"
    assert markdown(tmp_path, first, before, controlled) == ["| α | β | γ |", "|  | δ |  |", "| ε |  |  |"]


def test_a_table_in_a_cell_has_cells_of_its_own(tmp_path: Path) -> None:
    """The cell's row becomes as many rows, and its column as many columns; the text around it stays."""
    inner = table((paragraph("1"), paragraph("2")), (paragraph("3"), paragraph("4")))
    cell = f"<w:tc>{paragraph('πριν')}{inner}{paragraph('μετά')}</w:tc>"
    shown = ["| α | πριν |  |", "|  | 1 | 2 |", "|  | 3 | 4 |", "|  | μετά |  |", "| γ | δ |  |"]
    assert markdown(tmp_path, f"<w:tr>{tc('α')}{cell}</w:tr>", f"<w:tr>{tc('γ')}{tc('δ')}</w:tr>") == shown
    deep = table((inner, paragraph("5")))
    assert markdown(tmp_path, f"<w:tr>{tc('α')}<w:tc>{deep}</w:tc></w:tr>") == ["| α | 1 | 2 | 5 |", "|  | 3 | 4 |  |"]


def test_labels_and_values_in_a_table_in_a_letterheads_cell(tmp_path: Path) -> None:
    """A table that sets labels beside their values, in the cell beside the recipients, is lines of both."""
    inner = table(
        (paragraph("Ταχ. Δ/νση"), paragraph(": Οδός 27")), (paragraph("Πληροφορίες:"), paragraph("Α. Δοκιμαστής"))
    )
    body = table((paragraph("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ") + inner, paragraph("ΠΡΟΣ: Δήμους")))
    source, problems = read(tmp_path, "a.docx", word_file(body + paragraph("ΘΕΜΑ: Κωδικοί") + paragraph("Κείμενο.")))
    assert source, problems
    head = read_circular(source).official.letterhead
    assert (head.sender, head.details) == (("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",), ("Ταχ. Δ/νση: Οδός 27",))
    assert (head.contacts, head.recipients) == ((Person("Α. Δοκιμαστής", ""),), ("Δήμους",))


def test_what_floats_follows_its_paragraph(tmp_path: Path) -> None:
    """A text box that is anchored within a sentence does not part it."""
    found, _ = lines(tmp_path, box(paragraph("στο πλαίσιο")) + paragraph("Μετά"))
    assert found == ["Πλαίσιο", "στο πλαίσιο", "Μετά"]


def test_a_table_of_more_columns_than_word_has_is_damage(tmp_path: Path) -> None:
    """It would fill the memory."""
    row = "".join(tc("α", SPAN) for _ in range(40))
    source, problems = read(tmp_path, "a.docx", word_file(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"))
    assert source is None
    assert "damaged" in problems


def test_a_table_of_more_cells_than_are_read_is_too_much(tmp_path: Path) -> None:
    """Rows without cells of their own have one in every column: a small file could fill the memory."""
    first = f"<w:tr>{''.join(tc('α') for _ in range(60))}</w:tr>"
    source, problems = read(tmp_path, "a.docx", word_file(f"<w:tbl>{first}{'<w:tr/>' * 20_000}</w:tbl>"))
    assert source is None
    assert "unpacks to far more" in problems


@pytest.mark.parametrize("data", [b"{\\rtf1 text}", b""])
def test_a_document_that_only_word_reads_is_doubted(tmp_path: Path, data: bytes) -> None:
    """It is counted, with what to do; so is one that the file does not have."""
    file = WordBuilder()
    body = f'<w:altChunk r:id="{file.relate("aFChunk", "a.rtf", data)}"/>' if data else '<w:altChunk r:id="none"/>'
    source, problems = read(tmp_path, "a.docx", file.build(paragraph("α") + body))
    assert source, problems
    assert [
        doubt
        for doubt in source.doubts
        if doubt.startswith("only Word reads whole what is inserted in the document (1)")
    ]


def test_documents_in_documents_in_documents_are_enough(tmp_path: Path) -> None:
    """A file could else hold itself."""
    data = WordBuilder().build(paragraph("α"))
    for _ in range(INSERTED_DEEP + 1):
        file = WordBuilder()
        data = file.build(paragraph("α") + f'<w:altChunk r:id="{file.relate("aFChunk", "a.docx", data)}"/>')
    source, problems = read(tmp_path, "a.docx", data)
    assert source, problems
    assert [line.text for line in source.lines if line.text] == ["α"] * (INSERTED_DEEP + 1)
    assert "inserted in the document (1)" in source.doubts[0]


def test_a_mark_that_was_typed_is_a_bullet(tmp_path: Path) -> None:
    """The item has one mark, not one of the list and its own behind it."""
    assert markdown_of(tmp_path, paragraph("- πρώτο") + paragraph("• δεύτερο")) == "- πρώτο\n- δεύτερο\n"


HEAD = paragraph("Αρ. Πρωτ.: 55") + paragraph("ΘΕΜΑ: Κωδικοί")
UNITS = ("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ")
BESIDE = ("Αρ. Πρωτ.: 55", "ΠΡΟΣ: Δήμους", "Περιφέρειες")
FRAME = '<w:pPr><w:framePr w:w="4000" w:x="6000"/></w:pPr>'
STOP = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="5103"/></w:tabs></w:pPr>'


def _framed(text: str) -> str:
    return paragraph(text).replace("<w:p>", f"<w:p>{FRAME}")


def _tabbed(left: str, right: str, properties: str = "", tabs: str = "<w:tab/>") -> str:
    return f"<w:p>{properties}<w:r><w:t>{left}</w:t>{tabs}<w:t>{right}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    "letterhead",
    [
        box("".join(map(paragraph, BESIDE))).replace("Πλαίσιο", "") + "".join(map(paragraph, UNITS)),
        box("".join(map(paragraph, UNITS))).replace("Πλαίσιο", "") + "".join(map(paragraph, BESIDE)),
        "".join([*map(_framed, BESIDE), *map(paragraph, UNITS)]),
        "".join(_tabbed(*each, STOP) for each in zip((*UNITS, ""), BESIDE, strict=True)),
        "".join(_tabbed(*each, tabs="<w:tab/>" * 3) for each in zip(UNITS, BESIDE, strict=False))
        + _tabbed("", BESIDE[2], tabs="<w:tab/>" * 6),
    ],
    ids=["a box", "the sender in a box", "a frame", "a tab stop", "usual tab stops"],
)
def test_a_letterhead_may_be_in_two_columns(tmp_path: Path, letterhead: str) -> None:
    """Text boxes, frames and tabs make them: the sender's units stay together, and so do the recipients."""
    source, _ = read(tmp_path, "a.docx", word_file(letterhead + paragraph("ΘΕΜΑ: Κωδικοί") + paragraph("Κείμενο.")))
    assert source
    head = read_circular(source).official.letterhead
    assert (head.sender, head.protocol, head.recipients) == (UNITS, "55", ("Δήμους", "Περιφέρειες"))


def test_a_box_may_be_anchored_at_the_subject(tmp_path: Path) -> None:
    """The text of a letterhead's box is none of the circular's, though it follows the paragraph of the subject."""
    subject = box("".join(map(paragraph, BESIDE))).replace("Πλαίσιο", "ΘΕΜΑ: Κωδικοί")
    source, _ = read(tmp_path, "a.docx", word_file("".join(map(paragraph, UNITS)) + subject + paragraph("Κείμενο.")))
    assert source
    text = read_circular(source)
    head = text.official.letterhead
    assert (head.subject, head.sender, head.recipients) == ("Κωδικοί", UNITS, ("Δήμους", "Περιφέρειες"))
    assert text.markdown == "Κείμενο.\n"


def test_a_tab_in_a_cell_or_a_note_is_a_blank(tmp_path: Path) -> None:
    """Columns are made by tabs in the letterhead alone."""
    note = '<w:p><w:r><w:t>Σύνολο</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    tabbed = paragraph("Δήμος</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>Χίου")
    body = paragraph("ΘΕΜΑ: Κωδικοί") + note + table((tabbed, tabbed), (tabbed, tabbed))
    source, _ = read(tmp_path, "a.docx", word_file(body, "α</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>β"))
    assert source
    markdown = read_circular(source).markdown
    assert ("[^1]: α β" in markdown, "| Δήμος Χίου | Δήμος Χίου |" in markdown) == (True, True)


def test_an_address_below_a_recipient_is_theirs(tmp_path: Path) -> None:
    """Word's paragraphs are all apart: one with a label of its own is the sender's."""
    lines = ("ΠΡΟΣ: Δήμο Δοκιμών", "Μαιζώνος 108, 262 21 Πάτρα", "Ταχ. Δ/νση: Οδός 3", "ΘΕΜΑ: Κωδικοί", "Κείμενο.")
    source, _ = read(tmp_path, "a.docx", word_file("".join(map(paragraph, lines))))
    assert source
    head = read_circular(source).official.letterhead
    assert (head.recipients, head.details) == (("Δήμο Δοκιμών", lines[1]), (lines[2],))


TITLE, NAME = paragraph("Ο ΠΡΟΪΣΤΑΜΕΝΟΣ ΤΗΣ ΔΙΕΥΘΥΝΣΗΣ"), paragraph("Α. ΔΟΚΙΜΑΣΤΗΣ")
BLANK = paragraph("")


@pytest.mark.parametrize(
    "signature",
    [table((BLANK, TITLE + BLANK + NAME)), table((BLANK, TITLE), (BLANK, BLANK), (BLANK, NAME))],
)
def test_a_signature_may_be_in_a_table(tmp_path: Path, signature: str) -> None:
    """Which sets it on the right."""
    source, _ = read(tmp_path, "a.docx", word_file(HEAD + paragraph("Κείμενο.") + signature))
    assert source
    text = read_circular(source)
    head = text.official.letterhead
    assert (head.signatory_title, head.signatory_name) == ("Ο ΠΡΟΪΣΤΑΜΕΝΟΣ ΤΗΣ ΔΙΕΥΘΥΝΣΗΣ", "Α. ΔΟΚΙΜΑΣΤΗΣ")
    assert text.markdown == "Κείμενο.\n"


def test_the_distribution_may_be_in_a_table(tmp_path: Path) -> None:
    """Alone, or beside those that get the circular."""
    cell = paragraph("ΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ:") + paragraph("1. Γρ. Υπουργού")
    source, _ = read(tmp_path, "a.docx", word_file(HEAD + paragraph("Κείμενο.") + TITLE + NAME + table((cell,))))
    assert source
    text = read_circular(source)
    assert text.official.letterhead.distribution == ("1. Γρ. Υπουργού",)
    assert text.markdown == "Κείμενο.\n"


def test_a_label_stays_with_its_table(tmp_path: Path) -> None:
    """A table of those who get the circular is in the text, and so is the line above it."""
    rows = table((paragraph("Α/Α"), paragraph("Φορέας")), (paragraph("1"), paragraph("Δήμοι")))
    below = TITLE + NAME + paragraph("ΠΙΝΑΚΑΣ ΑΠΟΔΕΚΤΩΝ") + rows
    text = markdown_of(tmp_path, HEAD + paragraph("Κείμενο.") + below)
    assert text.startswith("Κείμενο.\n\n## ΠΙΝΑΚΑΣ ΑΠΟΔΕΚΤΩΝ\n\n| Α/Α | Φορέας |\n")


def test_a_table_with_a_title_among_others_stays_one(tmp_path: Path) -> None:
    """A title in a table of the text, and two signatures side by side."""
    rows = (paragraph("Υπογράφει"), TITLE), (paragraph("Έως"), paragraph("30-11"))
    assert "| Υπογράφει | Ο ΠΡΟΪΣΤΑΜΕΝΟΣ" in markdown_of(tmp_path, HEAD + paragraph("Κείμενο.") + table(*rows))
    assert "| Ο ΥΠΟΥΡΓΟΣ | Ο ΠΡΟΪΣΤΑΜΕΝΟΣ" in markdown_of(tmp_path, HEAD + table((paragraph("Ο ΥΠΟΥΡΓΟΣ"), TITLE)))


@pytest.mark.parametrize(
    ("below", "subject"),
    [
        ("πρόσβασης", "Κωδικοί πρόσβασης"),
        *((line, "Κωδικοί") for line in ("Πρόσβαση.", "α) πρώτον", "ι. δέκατον", "σε συνέχεια", "https://a.example")),
    ],
)
def test_a_subject_may_be_in_two_paragraphs(tmp_path: Path, below: str, subject: str) -> None:
    """A line goes on in small letters, but for an item of a list, an address, or words that begin a text."""
    source, _ = read(tmp_path, "a.docx", word_file(HEAD + paragraph(f" {below}") + paragraph("Κείμενο.")))
    assert source
    assert read_circular(source).official.letterhead.subject == subject
