from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from site_src.new.circular_text import CircularText, read_circular
from tests.new.test_source import NAMES, OFFICE, RELATIONS, TYPES, paragraph, read, word_file, zipped
from tests.new.test_word_shown import DECIMAL, item, lines, numbering, styled, styles
from tests.support.word_builder import INLINE, WordBuilder, field_of, run

if TYPE_CHECKING:
    from pathlib import Path

STRICT = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "http://purl.oclc.org/ooxml/wordprocessingml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def relations(*rows: tuple[str, str]) -> str:
    """Relations by their kind and target."""
    each = "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/{k}" Target="{t}"/>' for n, (k, t) in enumerate(rows))
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'


def parts_of(data: bytes) -> dict[str, str]:
    """The parts of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def text_of(folder: Path, parts: dict[str, str]) -> str:
    """The draft of a file of these parts."""
    source, problems = read(folder, "a.docx", zipped(parts))
    assert source, problems
    return read_circular(source).markdown


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("word/document2.xml", "word/document2.xml"),
        ("/word/document2.xml", "word/document2.xml"),
        ("./word/../text.xml", "text.xml"),
        ("Word/Document.XML", "word/document.xml"),
        ("word/%CE%B1%20b.xml", "word/α b.xml"),
        ("word/document.xml", "word\\document.xml"),
    ],
)
def test_the_file_says_where_its_text_is(tmp_path: Path, target: str, name: str) -> None:
    """Under any name, in any folder, and its notes wherever it says that they are."""
    file = WordBuilder()
    parts = parts_of(file.build(paragraph("Κείμενο") + file.note_of(paragraph("σημείωση"))))
    folder, _, base = name.replace("\\", "/").rpartition("/")
    rels = f"{folder}/_rels/{base}.rels".lstrip("/")
    parts[name] = parts.pop("word/main.xml")
    del parts["word/_rels/main.xml.rels"]
    parts["elsewhere/notes.xml"] = parts.pop("word/footnotes.xml")
    parts |= {
        rels: relations(("footnotes", "/Elsewhere/notes.xml")),
        "_rels/.rels": relations(("officeDocument", target)),
    }
    assert text_of(tmp_path, parts) == "Κείμενο\n\n[^1]\n\n[^1]: σημείωση\n"


def test_strict_files_are_read(tmp_path: Path) -> None:
    """Excel's and Word's other form has other names for everything."""
    file = WordBuilder()
    parts = parts_of(file.build(paragraph("Κείμενο") + file.note_of(paragraph("σημείωση"))))
    for usual, strict in STRICT.items():
        parts = {name: text.replace(usual, strict) for name, text in parts.items()}
    assert text_of(tmp_path, parts) == "Κείμενο\n\n[^1]\n\n[^1]: σημείωση\n"


def test_only_the_parts_that_are_read_are_looked_at(tmp_path: Path) -> None:
    """A logo's description may define what it likes."""
    parts = parts_of(WordBuilder().build(paragraph("Κείμενο")))
    parts["customXml/item1.xml"] = "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"
    assert text_of(tmp_path, parts) == "Κείμενο\n"


def test_another_kind_of_office_document_is_refused(tmp_path: Path) -> None:
    """A workbook with the ending of Word files."""
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(("officeDocument", "a.xml")),
        "a.xml": "<workbook/>",
    }
    assert "no Word document" in read(tmp_path, "a.docx", zipped(parts))[1]


TITLED = "<w:titlePg/>"
LETTERHEAD = paragraph("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ") + paragraph("Αθήνα, 17-11-2020") + paragraph("Αριθ. Πρωτ.: 4711")
TEXT = paragraph("ΠΡΟΣ: Δήμους") + paragraph("ΘΕΜΑ: Κωδικοί") + paragraph("Το κείμενο.")


def circular(folder: Path, file: WordBuilder, section: str, body: str = TEXT) -> CircularText:
    """Return the text of a document with one section."""
    source, problems = read(folder, "a.docx", file.build(f"{body}<w:sectPr>{section}</w:sectPr>"))
    assert source, problems
    return read_circular(source)


@pytest.mark.parametrize(("page", "more"), [("first", TITLED), ("default", ""), ("default", '<w:titlePg w:val="0"/>')])
def test_the_first_pages_header_is_the_letterhead(tmp_path: Path, page: str, more: str) -> None:
    """Its lines come above the text; the footer's are details, with a doubt where they bear no label."""
    file = WordBuilder()
    footer = paragraph("Τηλ.: 2100000001") + paragraph("Απαντήσεις έως 25-11-2020")
    parts = file.page_part("header", LETTERHEAD, page) + file.page_part("footer", footer, page)
    text = circular(tmp_path, file, parts + more)
    head = text.official.letterhead
    assert (head.sender, head.protocol, head.recipients) == (("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",), "4711", ("Δήμους",))
    assert head.details == ("Τηλ.: 2100000001", "Απαντήσεις έως 25-11-2020")
    assert text.markdown == "Το κείμενο.\n"
    assert any("«Απαντήσεις έως 25-11-2020» has no place of its own" in doubt for doubt in text.doubts)
    assert any("headers and footers" in note for note in text.notes)


@pytest.mark.parametrize(("page", "more"), [("first", ""), ("even", TITLED)])
def test_headers_that_no_page_shows_are_not_read(tmp_path: Path, page: str, more: str) -> None:
    """A first page's where the section has none, and an even page's where all pages are alike."""
    file = WordBuilder()
    text = circular(tmp_path, file, file.page_part("header", paragraph("κρυφό"), page) + more)
    assert "κρυφό" not in "".join(text.pieces) + "".join(text.doubts)


def test_later_pages_are_read_where_they_say_something_new(tmp_path: Path) -> None:
    """Lines that the first page or the text has already are not repeated; page numbers are not text."""
    file = WordBuilder()
    number = (
        f"<w:p>{run('Σελίδα ')}{field_of(' PAGE ', run('2'))}{run(' από ')}{field_of(' NUMPAGES ', run('3'))}</w:p>"
    )
    later = paragraph("Αριθ. Πρωτ.: 4711") + number + paragraph("Ισχύει και για τα Ν.Π.Δ.Δ.")
    parts = file.page_part("header", LETTERHEAD, "first") + file.page_part("header", later)
    parts += file.page_part("header", later + paragraph("Ζυγή σελίδα"), "even")
    file.relate("settings", "settings.xml", f"<w:settings {NAMES}><w:evenAndOddHeaders/></w:settings>")
    text = circular(tmp_path, file, parts + TITLED)
    assert text.official.letterhead.details == ("Ισχύει και για τα Ν.Π.Δ.Δ.", "Ζυγή σελίδα")
    assert text.official.letterhead.protocol == "4711"
    assert not any("left out" in doubt or "Σελίδα" in doubt for doubt in text.doubts)


@pytest.mark.parametrize(
    "number",
    [
        field_of(" PAGE ", run("2")),
        '<w:fldSimple w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple>',
        "<w:r><w:pgNum/></w:r>",
    ],
)
@pytest.mark.parametrize("around", ["{}", "- {} -", "Σελίδα {}", "σελ. {}"])
def test_a_page_number_is_not_text(tmp_path: Path, number: str, around: str) -> None:
    """However it is written, it goes; the text beside it is kept."""
    file = WordBuilder()
    before, after = around.split("{}")
    footer = f"<w:p>{run('Οδός 27 ' + before)}{number}{run(after)}</w:p>"
    text = circular(tmp_path, file, file.page_part("footer", footer))
    assert text.official.letterhead.details == ("Οδός 27",)
    alone = WordBuilder()
    text = circular(tmp_path, alone, alone.page_part("footer", f"<w:p>{run(before)}{number}{run(after)}</w:p>"))
    assert text.official.letterhead.details == ()
    assert not any("headers" in note for note in text.notes)


def test_a_footer_of_a_text_without_letterhead_ends_it(tmp_path: Path) -> None:
    """It belongs to no letterhead."""
    file = WordBuilder()
    text = circular(tmp_path, file, file.page_part("footer", paragraph("Το τέλος.")), paragraph("Η αρχή."))
    assert text.markdown == "Η αρχή.\n\nΤο τέλος.\n"


def test_a_watermark_is_reported(tmp_path: Path) -> None:
    """A draft must not be published as a circular."""
    file = WordBuilder()
    mark = '<w:p><w:r><w:pict><v:shape><v:textpath string="ΣΧΕΔΙΟ"/></v:shape></w:pict></w:r></w:p>'
    text = circular(tmp_path, file, file.page_part("header", mark))
    assert text.official.letterhead.sender == ()
    assert any("(WordArt): «ΣΧΕΔΙΟ»" in doubt for doubt in text.doubts)


def test_a_charts_words_are_reported_without_its_figures(tmp_path: Path) -> None:
    """Its title and the names of its columns are words; the figures are shown as bars and lines."""
    file = WordBuilder()
    source, problems = read(tmp_path, "a.docx", file.build(f"<w:p>{run('α')}{INLINE['chart'](file)}</w:p>"))
    assert source, problems
    assert [passage.text for passage in source.shown] == [" ".join(file.shown), "α"]


def test_a_list_goes_on_after_a_paragraph(tmp_path: Path) -> None:
    """Point 4 is point 4 in the circular too, and a list that begins anew begins with 1."""
    body = item("α") + item("β") + paragraph("Κείμενο") + item("γ") + item("δ") + item("ε", number=2)
    found, doubts = lines(tmp_path, body, numbering=numbering(DECIMAL))
    assert found == ["1. α", "2. β", "Κείμενο", "3. γ", "4. δ", "1. ε"]
    assert doubts == ""
    source, _ = read(tmp_path, "a.docx", (tmp_path / "a.docx").read_bytes())
    assert "1. α\n2. β\n\nΚείμενο\n\n3\\. γ\n\n4\\. δ\n" in read_circular(source).markdown


def test_levels_keep_their_own_numbers(tmp_path: Path) -> None:
    """Each level counts within the one above it, in its own letters."""
    levels = numbering(DECIMAL, ("lowerLetter", "%2)"), ("lowerRoman", "%1.%2.%3."))
    body = item("x") + item("y", 1) + item("y", 1) + item("z", 2) + item("z", 2) + item("x") + item("y", 1)
    found, doubts = lines(tmp_path, body, numbering=levels)
    assert found == ["1. x", "a) y", "b) y", "1.b.i. z", "1.b.ii. z", "2. x", "a) y"]
    assert doubts == ""


@pytest.mark.parametrize(
    ("form", "number", "shown"),
    [
        ("decimal", 12, "12"),
        ("upperRoman", 1994, "MCMXCIV"),
        ("upperRoman", 4000, "4000"),
        ("upperLetter", 28, "BB"),
        ("lowerLetter", 999_999, "999999"),
        ("ordinalText", 3, "3"),
        ("none", 3, ""),
    ],
)
def test_numbers_are_written_as_word_does(tmp_path: Path, form: str, number: int, shown: str) -> None:
    """Digits, letters and Roman numbers; what is not known, or too large for them, is in digits."""
    found, _ = lines(tmp_path, item("x"), numbering=numbering((form, "§%1:"), start=number))
    assert found == [f"§{shown}: x"]


@pytest.mark.parametrize(("first", "shown"), [("α", ["α) x", "β) y"]), ("Α", ["Α) x", "Β) y"])])
def test_greek_letters_are_greek_and_doubted(tmp_path: Path, first: str, shown: list[str]) -> None:
    """Word has them as a form of one's own, with digits for older programs; the sixth letter has two forms."""
    plain = '<w:numFmt w:val="decimal"/>'
    choice = f'<x:a xmlns:x="x"><x:b><w:numFmt w:val="custom" w:format="{first}, ..."/></x:b><x:c>{plain}</x:c></x:a>'
    found, doubts = lines(
        tmp_path, item("x") + item("y"), numbering=numbering(("decimal", "%1)")).replace(plain, choice)
    )
    assert found == shown
    assert "compare" in doubts


def test_what_is_not_known_is_doubted(tmp_path: Path) -> None:
    """An empty item, which Word may count, and a list that only a style numbers."""
    assert "compare" in lines(tmp_path, item("") + item("x"), numbering=numbering(DECIMAL))[1]
    level = '<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:pStyle w:val="S"/></w:lvl>'
    styled = numbering(DECIMAL, more=f'<w:abstractNum w:abstractNumId="9">{level}</w:abstractNum>')
    body = paragraph("x").replace("<w:p>", '<w:p><w:pPr><w:pStyle w:val="S"/></w:pPr>')
    found, doubts = lines(tmp_path, body, numbering=styled)
    assert found == ["1. x"]
    assert "compare" in doubts


@pytest.mark.parametrize("odd", ['<w:lvlRestart w:val="0"/>', "<w:isLgl/>"])
def test_levels_that_count_in_another_way_are_doubted(tmp_path: Path, odd: str) -> None:
    """A level that does not begin anew, or shows all in digits; nobody may trust our numbers then."""
    levels = numbering(DECIMAL, DECIMAL).replace("</w:lvl></w:abstractNum>", f"{odd}</w:lvl></w:abstractNum>")
    assert "compare" in lines(tmp_path, item("α") + item("β", 1), numbering=levels)[1]


def test_a_list_that_writes_a_level_anew_is_doubted(tmp_path: Path) -> None:
    """List 2 has a level of its own; list 1 does not."""
    levels = numbering(DECIMAL).replace("</w:lvlOverride>", '<w:lvl w:ilvl="0"/></w:lvlOverride>')
    assert lines(tmp_path, item("α"), numbering=levels)[1] == ""
    assert "compare" in lines(tmp_path, item("α", number=2), numbering=levels)[1]


def test_headings_are_numbered_by_their_styles(tmp_path: Path) -> None:
    """By their own, or by one that it builds on; the paragraph itself may say that it has no number."""
    place = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="{}"/></w:numPr>'
    rows = (
        f'<w:name w:val="heading 1"/><w:pPr>{place.format(0, 1)}</w:pPr>',
        f'<w:name w:val="heading 2"/><w:basedOn w:val="A"/><w:pPr>{place.format(1, 1)}</w:pPr>',
        '<w:basedOn w:val="B"/>',
        '<w:basedOn w:val="D"/>',  # on itself
    )
    body = styled("α", "A") + styled("β", "B") + styled("γ", "C") + styled("δ", "A", place.format(0, 0))
    body += styled("ε", "D") + styled("ζ", "A")
    found, doubts = lines(tmp_path, body, numbering=numbering(DECIMAL, ("decimal", "%1.%2.")), styles=styles(*rows))
    assert found == ["1. α", "1.1. β", "1.2. γ", "δ", "ε", "2. ζ"]
    assert doubts == ""


def test_a_list_style_counts_its_lists(tmp_path: Path) -> None:
    """A list whose definition only names a style of lists has that style's numbers, before and after a paragraph."""
    more = '<w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="A"/></w:abstractNum>'
    linked = numbering(DECIMAL, more=more).replace(
        "</w:numbering>", '<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num></w:numbering>'
    )
    style = styles('<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
    body = item("α", number=3) + item("β", number=3) + paragraph("Κείμενο") + item("γ", number=3)
    found, doubts = lines(tmp_path, body, numbering=linked, styles=style)
    assert found == ["1. α", "2. β", "Κείμενο", "3. γ"]
    assert doubts == ""


def test_a_level_that_is_not_defined_has_no_number(tmp_path: Path) -> None:
    """Neither has an item of a list that the file does not define."""
    found, _ = lines(tmp_path, item("α", 5) + item("β", number=9) + item("γ"), numbering=numbering(DECIMAL))
    assert found == ["α", "β", "1. γ"]


def test_a_number_alone_in_its_cell_is_shown(tmp_path: Path) -> None:
    """A column «Α/Α» has nothing but numbers; a cell that is merged with the one above has none."""
    rows = "".join(
        f"<w:tr><w:tc><w:tcPr>{merged}</w:tcPr>{item('')}</w:tc><w:tc>{paragraph(text)}</w:tc></w:tr>"
        for text, merged in (("α", ""), ("β", '<w:vMerge w:val="restart"/>'), ("γ", "<w:vMerge/>"), ("δ", ""))
    )
    source, _ = read(
        tmp_path, "a.docx", word_file(f"<w:tbl>{rows}</w:tbl>", more={"word/numbering.xml": numbering(DECIMAL)})
    )
    assert source
    assert source.lines[0].rows == (("1.", "α"), ("2.", "β"), ("", "γ"), ("3.", "δ"))


def test_items_of_notes_count_apart(tmp_path: Path) -> None:
    """A list in a footnote does not change the numbers of the text."""
    note = '<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    inside = f"</w:t></w:r></w:p>{item('υπο')}<w:p><w:r><w:t>"
    data = word_file(item("α") + note + item("β"), inside, more={"word/numbering.xml": numbering(DECIMAL)})
    source, problems = read(tmp_path, "a.docx", data)
    assert source, problems
    assert [line.text for line in source.lines if line.text] == ["1. α", "[^1]", "2. β"]
    assert source.footnotes == {"1": "1. υπο"}


def test_a_deadline_may_be_in_two_cells(tmp_path: Path) -> None:
    """The label of the first is that of the day in the second, which is not the document's date."""
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("ΠΡΟΘΕΣΜΙΑ", "30-11-2020"))
    below = "".join(map(paragraph, ("Αθήνα, 17-11-2020", "ΘΕΜΑ: Α", "Κείμενο.")))
    source, _ = read(tmp_path, "a.docx", word_file(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>{below}"))
    assert source
    official = read_circular(source).official
    assert (str(official.deadline), str(official.letterhead.date)) == ("2020-11-30", "2020-11-17")
