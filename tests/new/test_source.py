from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.new.circular_text import read_circular
from site_src.new.lines import LineKind
from site_src.new.source import read_source
from site_src.problems import Problems
from site_src.read.settings import Person
from tests.support.untranslated import english_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_src.new.lines import Source

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMES = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{OFFICE}"'


def relationships(*parts: tuple[str, str, str, str]) -> str:
    """The part of a Word file that says where its other parts are."""
    rows = (
        f'<Relationship Id="{number}" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for number, kind, target, mode in parts
    )
    return f'<Relationships xmlns="{RELATIONS}">{"".join(rows)}</Relationships>'


def paragraph(text: str) -> str:
    """A paragraph of Word's XML."""
    return f"<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """A table of Word's XML; each cell holds paragraphs."""
    cells = "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
    return f"<w:tbl>{cells}</w:tbl>"


def word_file(body: str, footnote: str = "", start: str = "", more: dict[str, str] | None = None) -> bytes:
    """A Word document of these paragraphs."""
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relationships(("r1", "officeDocument", "word/document.xml", "Internal")),
        "word/_rels/document.xml.rels": relationships(
            ("r2", "footnotes", "footnotes.xml", "Internal"),
            ("r3", "hyperlink", "https://topos.example/a", "External"),
            ("r4", "image", "media/a.png", "Internal"),
            ("r5", "numbering", "numbering.xml", "Internal"),
            ("r6", "styles", "styles.xml", "Internal"),
        ),
        "word/document.xml": f"{start}<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        "word/footnotes.xml": (
            f'<w:footnotes {NAMES}><w:footnote w:id="2">{paragraph(footnote)}</w:footnote></w:footnotes>'
        ),
    }
    return zipped(parts | (more or {}))


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def read(folder: Path, name: str, data: bytes) -> tuple[Source | None, str]:
    """Return the text that was read, and its problems as they are shown."""
    path = folder / name
    path.write_bytes(data)
    problems = Problems()
    return read_source(path, problems), "\n".join(map(str, problems.all()))


def test_an_older_encoding_is_read_and_said(tmp_path: Path) -> None:
    """Text that is not in UTF-8 comes out the same, with a note that asks to check it."""
    source, _ = read(tmp_path, "circular.txt", "Άλλοι κωδικοί\r\nτου Δήμου, ¶ 5".encode("cp1253"))
    assert source
    assert [line.text for line in source.lines] == ["Άλλοι κωδικοί", "του Δήμου, ¶ 5"]
    assert "Windows-1253" in source.notes[0]


def test_a_word_file_is_known_by_its_content(tmp_path: Path) -> None:
    """A Word file is read whatever its name."""
    for name in ("a.txt", "a.doc", "a.odt"):
        source, problems = read(tmp_path, name, word_file(paragraph("Κείμενο")))
        assert source, problems


# OpenDocument 1.3, part 2, section 3.3.
ODT = b"PK\x03\x04\x14" + bytes(25) + b"mimetypeapplication/vnd.oasis.opendocument.textPK\x03\x04"
REFUSED = [
    ("a.pdf", b"%PDF-1.7 ...", "this is a PDF", "copy it into Notepad"),
    ("a.txt", b"%PDF-1.7 ...", "this is a PDF", "Word file"),
    ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", "password", "save it as .docx"),
    ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", "old Word file", "LibreOffice"),
    ("a.doc", b"{\\rtf1 text}", "RTF", "save it as .docx"),
    ("a.doc", b"<!doctype html><p>", "web page", "save it as .docx"),
    ("a.jpg", b"\xff\xd8\xff\xe0", "picture", "Word file"),
    ("a.docx", b"PK\x03\x04 cut off", "damaged", "save it again"),
    ("a.docx", "Κείμενο".encode(), "this is no Word document", "save the circular"),
    (
        "a.docx",
        zipped({"word/document.xml": "<document/>"}),
        "no Word document, whatever its name says",
        "save it again",
    ),
    ("a.docx", word_file("", start="<w:document>"), "this Word file is damaged", "save it again"),
    ("a.docx", word_file("\n" * 31_000_000), "unpacks to far more", "save it again"),
    ("a.txt", bytes(range(256)) * 8, "not text in UTF-8", "save the circular"),
    ("a.txt", b"{\\rtf1 text}", "RTF", "save it as .docx"),
    ("a.docx", ODT, "LibreOffice", "save it as .docx"),
    ("a.txt", ODT, "LibreOffice", "save it as .docx"),
    ("a.txt", b" \n ", "empty", "check"),
    ("a.odt", b"text", "expected a file that ends in", "save the circular"),
    ("a.exe", b"text", "expected a file that ends in", "save the circular"),
    ("a.docx", word_file(paragraph("")), "no text", "save it again"),
    ("a.docx", word_file(paragraph("α"), start='<!DOCTYPE a [<!ENTITY b "c">]>'), "definitions", "save it again"),
]


@pytest.mark.parametrize(("name", "data", "told", "hint"), REFUSED)
def test_what_is_no_circular_is_refused_with_a_hint(
    tmp_path: Path, name: str, data: bytes, told: str, hint: str
) -> None:
    """A file that cannot be read as text is one error that names the file, what it is, and what to do."""
    source, problems = read(tmp_path, name, data)
    assert source is None
    assert name in problems
    assert told in problems
    assert hint in problems.split("hint:")[1]


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize(("name", "data"), [(name, data) for name, data, _, _ in REFUSED])
def test_a_refusal_is_told_in_greek(tmp_path: Path, name: str, data: bytes) -> None:
    """Message and hint are Greek, with no English word left over."""
    problems = Problems()
    path = tmp_path / name
    path.write_bytes(data)
    assert read_source(path, problems) is None
    (problem,) = problems.all()
    assert any("α" <= c <= "ω" for c in problem.message)
    assert not english_in(f"{problem.message} {problem.hint}"), problem


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    """A file that vanished is an error, not a traceback."""
    problems = Problems()
    assert read_source(tmp_path / "none.txt", problems) is None
    assert problems.has_errors


def test_a_file_that_is_far_too_large_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film or a disk image that was given by mistake is not read into memory."""
    monkeypatch.setattr("site_src.new.source.BYTES_MOST", 3)
    _, problems = read(tmp_path, "a.txt", b"four")
    assert "too large" in str(problems)


def test_word_becomes_the_same_document(tmp_path: Path) -> None:
    """From Word: a letterhead in a table is read, footnotes keep their text, links their address, a table stays one."""
    link = '<w:p><w:hyperlink r:id="r3"><w:r><w:t>ο τόπος</w:t></w:r></w:hyperlink></w:p>'
    mark = '<w:p><w:r><w:t>Από τους φορείς</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    head = table((paragraph("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ"), paragraph("Αθήνα, 17-11-2020") + paragraph("Αριθμ. Πρωτ.: 4711")))
    body = (
        head
        + paragraph("ΘΕΜΑ: Κωδικοί")
        + mark
        + link
        + table((paragraph("α"), paragraph("β|γ")), (paragraph("1"), paragraph("2")))
    )
    source, problems = read(tmp_path, "a.docx", word_file(body, footnote="Το κείμενό της"))
    assert source, problems
    text = read_circular(source)
    assert (text.official.letterhead.protocol, text.official.letterhead.sender) == ("4711", ("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",))
    assert text.markdown.split("\n\n") == [
        "Από τους φορείς[^1]",
        "ο τόπος (<https://topos.example/a>)",
        "| α | β\\|γ |\n| --- | --- |\n| 1 | 2 |",
        "[^1]: Το κείμενό της\n",
    ]
    assert any("tables (2)" in doubt for doubt in text.doubts)


@pytest.mark.parametrize("hyphen", ["<w:noBreakHyphen/>", "<w:t>\u2010</w:t>", "<w:t>–</w:t>", "<w:t>\u2212</w:t>"])
def test_a_hyphen_of_words_own_in_an_address_becomes_a_plain_one(tmp_path: Path, hyphen: str) -> None:
    """A copied address has plain hyphens; a dash of the text stays as it is."""
    run = f"Σάμος – Ικαρία: a\u00adb@dimos</w:t>{hyphen}<w:t>thiras</w:t><w:softHyphen/><w:t>.example"
    source, _ = read(tmp_path, "a.docx", word_file(paragraph(run)))
    assert source
    assert source.lines[0].text == "Σάμος – Ικαρία: ab@dimos-thiras.example"


def test_the_texts_own_hyphens_are_plain(tmp_path: Path) -> None:
    """A hyphen that does not break, as web addresses and numbers have, is a plain one in the draft."""
    source, _ = read(tmp_path, "a.txt", "Βλ. www.dimos\u2011thiras.example, ΥΑ 12\u201134".encode())
    assert source
    assert source.lines[0].text == "Βλ. www.dimos-thiras.example, ΥΑ 12-34"


def test_labels_and_values_in_cells_of_their_own(tmp_path: Path) -> None:
    """A letterhead's table of labels beside their values gives lines of both, also behind the recipients' cell."""
    body = (
        table((paragraph("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ"), paragraph("ΠΡΟΣ: Δήμους")))
        + table((paragraph("Ταχ. Δ/νση") + paragraph("e-mail"), paragraph(": Οδός 27") + paragraph(": a@b.example")))
        + table((paragraph("Πληροφορίες:"), paragraph("Α. Δοκιμαστής")), (paragraph("Τηλ.:"), paragraph("2100000001")))
        + paragraph("ΘΕΜΑ: Κωδικοί")
        + paragraph("Κείμενο.")
    )
    source, problems = read(tmp_path, "a.docx", word_file(body))
    assert source, problems
    head = read_circular(source).official.letterhead
    assert head.recipients == ("Δήμους",)
    assert head.details == ("Ταχ. Δ/νση: Οδός 27", "e-mail: a@b.example")
    assert head.contacts == (Person("Α. Δοκιμαστής", "2100000001"),)


def test_settings_above_markdown_are_left_out_with_a_doubt(tmp_path: Path) -> None:
    """They are for another program; a rule between paragraphs is text."""
    source, _ = read(tmp_path, "a.md", "---\ntitle: Άλλος\ntags:\n  - ένα\n---\nΘΕΜΑ: Κωδικοί\n\nΚείμενο.\n".encode())
    assert source
    text = read_circular(source)
    assert (text.official.letterhead.subject, text.official.letterhead.sender) == ("Κωδικοί", ())
    assert "(the settings at its top): «title: Άλλος tags: - ένα»" in "\n".join(text.doubts)
    rule = "---\nΚείμενο: όλο\n\n---\nΚείμενο.\n"
    source, _ = read(tmp_path, "a.md", rule.encode())
    assert source
    assert read_circular(source).markdown == rule


def test_a_letterhead_in_markdown_may_be_a_table_or_a_list(tmp_path: Path) -> None:
    """As converters of Word files write it."""
    table = "| ΔΗΜΟΣ ΔΟΚΙΜΩΝ | Αθήνα, 17-11-2020 |\n| --- | --- |\n| Τμήμα Α | Αρ. Πρωτ.: 5 |\n"
    listed = "ΔΗΜΟΣ ΔΟΚΙΜΩΝ\nΤμήμα Α\n- **Αρ. Πρωτ.:** 5\n> Αθήνα, 17-11-2020\n"
    for start in (table, listed):
        source, _ = read(tmp_path, "a.md", f"{start}\nΘΕΜΑ: Κωδικοί\n\n| α | β |\n".encode())
        assert source
        text = read_circular(source)
        head = text.official.letterhead
        assert (head.sender, head.protocol, head.place) == (("ΔΗΜΟΣ ΔΟΚΙΜΩΝ", "Τμήμα Α"), "5", "Αθήνα")
        assert text.markdown == "| α | β |\n"


def test_labels_of_a_letterhead_in_markdown(tmp_path: Path) -> None:
    """Bold labels and headings down to the subject are a letterhead's; the text, its end included, keeps its marks."""
    head = "# ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\n\n**Αριθμ. Πρωτ.:** 55\n\n**ΘΕΜΑ:** Νέοι κωδικοί\n\n"
    body = "## Τι **αλλάζει**\n\nΚείμενο.\n\n**Κοινοποίηση:** ΚΕΔΕ\n\nΚοινοποίηση: ΕΝΠΕ\n"
    source, _ = read(tmp_path, "a.md", (head + body).encode())
    assert source
    text = read_circular(source)
    letterhead = text.official.letterhead
    assert (letterhead.sender, letterhead.protocol) == (("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",), "55")
    assert (letterhead.subject, letterhead.recipients) == ("Νέοι κωδικοί", ())
    assert text.markdown == body
    around, _ = read(tmp_path, "b.md", "# Κωδικοί\n\nΑθήνα, 3 Μαΐου 2027\n\nΑ\n\nΠροθεσμία: 20 Μαΐου 2027\n".encode())
    assert around
    assert read_circular(around).markdown.startswith("# Κωδικοί\n\nΑθήνα")


def test_markdown_is_taken_as_it_is(tmp_path: Path) -> None:
    """A text in Markdown stays whole, with its own marks and placeholders; a letterhead above it becomes facts."""
    body = "## Τι αλλάζει\n\n- **από** {{ effective | date }}\n\n    κώδικας\n"
    source, _ = read(tmp_path, "a.md", f"Αθήνα, 17-11-2020\n\nΘΕΜΑ: Κωδικοί\n\n{body}".encode())
    assert source
    text = read_circular(source)
    assert text.markdown == body
    assert text.official.letterhead.subject == "Κωδικοί"
    plain, _ = read(tmp_path, "b.md", body.encode())
    assert plain
    assert read_circular(plain).markdown == body


@given(
    st.binary(max_size=300),
    st.sampled_from(["a.docx", "a.txt", "a.md"]),
    st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe"]),
)
def test_no_file_whatever_raises(tmp_path: Path, data: bytes, name: str, start: bytes) -> None:
    """Any bytes are either read or refused with a problem."""
    source, problems = read(tmp_path, name, start + data)
    assert (source is None) == bool(problems)
    if source:
        read_circular(source)


@given(st.integers(0, 900), st.integers(0, 255))
def test_a_damaged_word_file_is_read_or_refused(tmp_path: Path, place: int, byte: int) -> None:
    """A Word file with one wrong byte never ends in anything but text or a problem."""
    data = bytearray(word_file(paragraph("Κείμενο")))
    data[place % len(data)] = byte
    source, problems = read(tmp_path, "a.docx", bytes(data))
    assert (source is None) == bool(problems)
    assert source is None or all(line.kind is not LineKind.TABLE for line in source.lines)


PICTURE = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:embed="r4"/>'
    "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)


def test_a_picture_is_left_out_and_said(tmp_path: Path) -> None:
    """A coat of arms is no text; a table that somebody pasted as a picture would be missed."""
    data = word_file(PICTURE + paragraph("Κείμενο"), more={"word/media/a.png": "x"})
    source, _ = read(tmp_path, "a.docx", data)
    assert source
    assert [line.text for line in source.lines if line.text] == ["Κείμενο"]
    assert any("pictures left out (1)" in doubt for doubt in source.doubts)


def test_lists_within_lists_keep_their_order(tmp_path: Path) -> None:
    """Word's numbers become text with numbers, its bullets bullets, and what is below an item follows it."""
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{kind}"/></w:lvl>'
        for level, kind in enumerate(("decimal", "bullet"))
    )
    numbering = (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )

    def item(text: str, level: int) -> str:
        place = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        return paragraph(text).replace("<w:p>", f"<w:p>{place}")

    body = item("Πρώτο", 0) + item("κάτω", 1) + item("Δεύτερο", 0)
    source, _ = read(tmp_path, "a.docx", word_file(body, more={"word/numbering.xml": numbering}))
    assert source
    lines = [(line.text, line.kind) for line in source.lines if line.text]
    assert lines == [("1. Πρώτο", LineKind.TEXT), ("κάτω", LineKind.BULLET), ("2. Δεύτερο", LineKind.TEXT)]
