"""Word shows fields and text in boxes, and does not show text that is hidden, deleted or moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_src.language.greek import one_line
from site_src.new.circular_text import read_circular
from site_src.new.word_shown import inserted_lines
from tests.new.test_source import NAMES, paragraph, read, word_file
from tests.support.word_builder import WordBuilder, field_of, run

if TYPE_CHECKING:
    from pathlib import Path

DECIMAL = ("decimal", "%1.")
BOTH = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
SHAPES = 'xmlns:v="urn:schemas-microsoft-com:vml"'


def numbering(*levels: tuple[str, str], start: int = 1, more: str = "") -> str:
    """Word's numbering of one definition, which the lists 1 and 2 share; list 2 begins anew."""
    rows = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    return (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{rows}</w:abstractNum>{more}'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{anew}</w:num></w:numbering>'
    )


def item(text: str, level: int = 0, number: int = 1) -> str:
    """An item of a list."""
    place = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return paragraph(text).replace("<w:p>", f"<w:p>{place}")


def hidden(text: str, properties: str = "<w:vanish/>") -> str:
    """A run of a paragraph, with these properties."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def lines(folder: Path, body: str, **parts: str) -> tuple[list[str], str]:
    """Return the document's lines, and the doubts."""
    more = {f"word/{name}.xml": text for name, text in parts.items()}
    source, problems = read(folder, "a.docx", word_file(body, more=more))
    assert source, problems
    return [line.text for line in source.lines if line.text], "\n".join(source.doubts)


def test_hidden_text_is_left_out_and_reported(tmp_path: Path) -> None:
    """Text that Word hides is not published, nor a hidden mark of a footnote; text that only could be hidden is."""
    body = (
        f"<w:p><w:r><w:t>Κείμενο</w:t></w:r>{hidden(' μυστικό')}{hidden(' δύο')}</w:p>"
        f"<w:p>{hidden('μόνο αυτό')}<w:r><w:rPr><w:vanish/></w:rPr><w:footnoteReference w:id='2'/></w:r></w:p>"
        f"<w:p>{hidden('φανερό', '<w:vanish w:val=' + chr(34) + '0' + chr(34) + '/>')}</w:p>"
        '<w:p><w:r><w:t>Φορείς</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    )
    note = f"</w:t></w:r>{hidden('κρυφό')}<w:r><w:t>σημείωση"
    source, problems = read(tmp_path, "a.docx", word_file(body, footnote=note))
    assert source, problems
    assert [line.text for line in source.lines if line.text] == ["Κείμενο", "φανερό", "Φορείς[^1]"]
    assert source.footnotes == {"1": "σημείωση"}
    (doubt,) = source.doubts
    assert re.findall("«(.*?)»", doubt) == ["μυστικό δύο", "μόνο αυτό", "κρυφό"]


@pytest.mark.parametrize("where", ['<w:pPr><w:pStyle w:val="H"/></w:pPr>', ""])
def test_a_style_hides_too(tmp_path: Path, where: str) -> None:
    """A style of the paragraph, or of its letters."""
    own = "" if where else '<w:rStyle w:val="H"/>'
    styles = (
        f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    )
    found, doubts = lines(tmp_path, paragraph("α") + f"<w:p>{where}{hidden('β', own)}</w:p>", styles=styles)
    assert found == ["α"]
    assert "«β»" in doubts


def box(content: str, *, older: bool = True) -> str:
    """A paragraph with a text box, written as Word does: for newer programs and, once more, for older ones."""
    inside = f"<w:txbxContent>{content}</w:txbxContent>"
    fallback = (
        f"<mc:Fallback><w:pict><v:shape {SHAPES}><v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback>"
    )
    choice = f"<mc:Choice Requires='wps'><w:drawing>{inside}</w:drawing></mc:Choice>"
    if not older:
        choice = choice.replace("<w:drawing>", "<w:drawing><x:new xmlns:x='x'>").replace("</w:dr", "</x:new></w:dr")
    both = f"<mc:AlternateContent {BOTH}>{choice}{fallback if older else ''}</mc:AlternateContent>"
    return f"<w:p><w:r><w:t>Πλαίσιο</w:t></w:r><w:r>{both}</w:r></w:p>"


def styles(*rows: str) -> str:
    """Styles A, B and so on of a Word file."""
    named = (f'<w:style w:type="paragraph" w:styleId="{chr(65 + n)}">{row}</w:style>' for n, row in enumerate(rows))
    return f"<w:styles {NAMES}>{''.join(named)}</w:styles>"


def styled(text: str, style: str, more: str = "") -> str:
    """A paragraph of a style."""
    return paragraph(text).replace("<w:p>", f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>')


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    """Word writes it twice, for older programs too: its items count once."""
    body = item("α") + box(item("β") + paragraph("γ")) + item("δ")
    found, doubts = lines(tmp_path, body, numbering=numbering(DECIMAL))
    assert found == ["1. α", "Πλαίσιο", "2. β", "γ", "3. δ"]
    assert doubts == ""


def test_what_was_moved_away_or_deleted_is_neither_counted_nor_missing(tmp_path: Path) -> None:
    """Only the place where it is now has a number; a paragraph whose end was deleted is one with the next."""
    gone = "".join(
        item("α").replace("<w:r>", f"<w:{mark}><w:r>").replace("</w:r>", f"</w:r></w:{mark}>")
        for mark in ("moveFrom", "del")
    )
    row = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{item('ω')}</w:tc></w:tr></w:tbl>"
    end = item("β").replace("</w:numPr>", "</w:numPr><w:rPr><w:del/></w:rPr>")
    found, doubts = lines(tmp_path, gone + row + end + item("γ"), numbering=numbering(DECIMAL))
    assert found == ["1. βγ"]
    assert doubts == "the numbers and letters of lists were recounted: compare them with the document"


def test_an_initial_is_a_letter_of_its_word(tmp_path: Path) -> None:
    """Word keeps a large first letter in a paragraph of its own."""
    initial = paragraph("Ο").replace("<w:p>", '<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr>')
    assert lines(tmp_path, initial + paragraph("ι φορείς"))[0] == ["Οι φορείς"]


def test_a_style_hides_what_builds_on_it(tmp_path: Path) -> None:
    """Unless it says for itself that it does not."""
    shows = '<w:basedOn w:val="A"/><w:rPr><w:vanish w:val="0"/></w:rPr>'
    rows = styles("<w:rPr><w:vanish/></w:rPr>", '<w:basedOn w:val="A"/>', shows, '<w:basedOn w:val="C"/>')
    body = styled("α", "A") + styled("β", "B") + styled("γ", "C") + styled("δ", "D")
    found, doubts = lines(tmp_path, body, styles=rows)
    assert found == ["γ", "δ"]
    assert re.findall("«(.*?)»", doubts) == ["α", "β"]


def test_simple_fields_are_text(tmp_path: Path) -> None:
    """A caption's number or a property of the document, as Word showed it last."""
    number = (
        '<w:fldSimple w:instr=" SEQ "><w:fldSimple w:instr=" A "><w:r><w:t>12</w:t></w:r></w:fldSimple></w:fldSimple>'
    )
    found, doubts = lines(tmp_path, f"<w:p><w:r><w:t>Πίνακας </w:t></w:r>{number}</w:p>")
    assert found == ["Πίνακας 12"]
    assert doubts == ""


def test_a_formula_is_reported(tmp_path: Path) -> None:
    """A formula, whose signs in a row would be another one; a box of newer programs alone is read."""
    formula = f"<m:oMath {MATH}><m:r><m:t>x=5</m:t></m:r></m:oMath>"
    body = f"<w:p><w:r><w:t>Ποσό </w:t></w:r>{formula}</w:p>" + box(paragraph("νέο"), older=False)
    source, _ = read(tmp_path, "a.docx", word_file(body))
    assert source
    assert [line.text for line in source.lines if line.text] == ["Ποσό", "Πλαίσιο", "νέο"]
    reported = [doubt for doubt in read_circular(source).doubts if "left out" in doubt]
    assert reported == ["left out of the draft, though the document shows it (a formula): «x=5»"]


@pytest.mark.parametrize("code", ["AUTONUM", 'SYMBOL 128 \\f "Arial"', "EQ \\f(1;2)", "MACROBUTTON A [Πατήστε]"])
def test_a_field_that_word_draws_is_reported(tmp_path: Path, code: str) -> None:
    """The file has no text of it, only its code; one that shows nothing is passed over."""
    body = f"<w:p>{run('Ποσό ')}{field_of(f' {code} ', '')}{field_of(' XE λήμμα ', '')}</w:p>"
    source, _ = read(tmp_path, "a.docx", word_file(body))
    assert source
    reported = [doubt for doubt in read_circular(source).doubts if "left out" in doubt]
    assert reported == [f"left out of the draft, though the document shows it (a field): «{code}»"]


def test_a_sentence_may_say_how_many_pages_there_are(tmp_path: Path) -> None:
    """Only in headers and footers a page's number is no text."""
    simple = f'<w:fldSimple w:instr=" PAGE ">{run("2")}</w:fldSimple>'
    body = f"<w:p>{run('Οι ')}{field_of(' NUMPAGES ', run('4'))}{run(' σελίδες, εδώ η ')}{simple}</w:p>"
    assert lines(tmp_path, body)[0] == ["Οι 4 σελίδες, εδώ η 2"]


def test_what_letters_alone_cannot_say_is_reported(tmp_path: Path) -> None:
    """A text that was struck out, and a raised number; a raised letter says the same on the line."""
    power, ordinal = (hidden(text, '<w:vertAlign w:val="superscript"/>') for text in ("5", "η"))
    struck = (
        hidden("25-11", "<w:strike/>") + hidden("26-11", "<w:dstrike/>") + hidden(" 27-11", '<w:strike w:val="0"/>')
    )
    found, doubts = lines(tmp_path, f"<w:p>{run('10')}{power}{run(' 1')}{ordinal}{run(' ')}{struck}</w:p>")
    assert found == ["105 1η 25-1126-11 27-11"]
    assert re.findall("«(.*?)»", doubts) == ["5", "25-11", "26-11"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('<w:sym w:font="Segoe UI Symbol" w:char="2610"/>', "☐"),
        ('<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\uf0fc</w:t>', "✓"),
        ('<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>a\uf062</w:t>', "αβ"),
        ('<w:rPr><w:rFonts w:ascii="Arial"/></w:rPr><w:t>aβ</w:t>', "aβ"),
    ],
)
def test_a_sign_is_the_one_of_its_font(tmp_path: Path, written: str, shown: str) -> None:
    """Fonts of symbols have signs in the place of letters, and at codes that are nobody else's."""
    assert lines(tmp_path, f"<w:p>{run('Ναι ')}<w:r>{written}</w:r></w:p>")[0] == [f"Ναι {shown}"]


def test_a_sign_that_only_one_font_has_is_doubted(tmp_path: Path) -> None:
    """Readers of the page would see an empty box."""
    source, _ = read(tmp_path, "a.docx", word_file('<w:p><w:r><w:sym w:font="MT Extra" w:char="F04B"/></w:r></w:p>'))
    assert source
    assert any("no reader of the page sees" in doubt and "«\uf04b»" in doubt for doubt in read_circular(source).doubts)


def test_text_that_is_written_in_another_way_is_not_missing(tmp_path: Path) -> None:
    """Links, notes, tabs, hyphens, symbols and text in controls are read, though written in another way."""
    link = '<w:hyperlink r:id="r3"><w:r><w:t>σύνδεσμος</w:t></w:r></w:hyperlink>'
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    symbol = '<w:sym w:font="Symbol" w:char="F061"/>'
    signs = f"<w:r><w:tab/><w:t>ΑΒ</w:t><w:noBreakHyphen/><w:t>1</w:t>{symbol}<w:t>β</w:t></w:r>"
    control = "<w:sdt><w:sdtContent><w:r><w:t>πεδίο</w:t></w:r></w:sdtContent></w:sdt>"
    body = f"<w:p><w:r><w:t>Ο </w:t></w:r>{link}{note}{signs}{control}<w:r><w:t> τέλος</w:t></w:r></w:p>"
    source, _ = read(tmp_path, "a.docx", word_file(body, footnote="σημείωση"))
    assert source
    assert not any("left out" in doubt for doubt in read_circular(source).doubts)
    assert one_line(source.lines[0].text) == "Ο σύνδεσμος (https://topos.example/a)[^1] ΑΒ-1αβπεδίο τέλος"


@pytest.mark.parametrize("sign", ["<w:br/>", '<w:br w:type="page"/>', '<w:br w:type="column"/>', "<w:cr/>"])
def test_a_break_ends_a_line(tmp_path: Path, sign: str) -> None:
    """The words on both sides of it stay apart."""
    assert lines(tmp_path, f"<w:p><w:r><w:t>Άλφα</w:t>{sign}<w:t>βήτα</w:t></w:r></w:p>")[0] == ["Άλφα", "βήτα"]


@pytest.mark.parametrize("sign", ["<w:tab/>", '<w:ptab w:alignment="right"/>'])
def test_a_tab_keeps_words_apart(tmp_path: Path, sign: str) -> None:
    """One of the paragraph's tabs, or one that leads to the line's end."""
    assert lines(tmp_path, f"<w:p><w:r><w:t>Άλφα</w:t>{sign}<w:t>βήτα</w:t></w:r></w:p>")[0] == ["Άλφα   βήτα"]


def test_elements_nested_as_in_no_document_are_damage(tmp_path: Path) -> None:
    """They would take minutes."""
    source, problems = read(tmp_path, "a.docx", word_file("<w:p>" * 10_000 + "</w:p>" * 10_000))
    assert source is None
    assert "damaged" in problems


def test_a_hidden_row_is_left_out_and_reported(tmp_path: Path) -> None:
    """Word can hide a row of a table, whatever its letters are."""
    row = f"<w:tr><w:trPr><w:hidden/></w:trPr><w:tc>{paragraph('κρυφό')}</w:tc></w:tr>"
    found, doubts = lines(tmp_path, f"<w:tbl>{row}<w:tr><w:tc>{paragraph('α')}</w:tc></w:tr></w:tbl>{paragraph('β')}")
    assert found == ["β"]
    assert "«κρυφό»" in doubts


def tick(state: str) -> str:
    """A form field to tick."""
    return field_of(" FORMCHECKBOX ", "", f"<w:ffData><w:checkBox>{state}</w:checkBox></w:ffData>")


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (tick('<w:default w:val="1"/>'), "☒"),
        (tick('<w:default w:val="1"/><w:checked w:val="0"/>'), "☐"),
        (tick("<w:checked/>"), "☒"),
        (field_of(" FORMDROPDOWN ", "", "<w:ffData><w:ddList><w:listEntry w:val='α'/></w:ddList></w:ffData>"), "α"),
        (field_of(" FORMDROPDOWN ", "", "<w:ffData><w:ddList><w:result w:val='9'/></w:ddList></w:ffData>"), ""),
        (field_of(' HYPERLINK "https://topos.example/a" ', run("ο τόπος")), "ο τόπος (https://topos.example/a)"),
        (field_of(" HYPERLINK https://topos.example/a ", run("ο τόπος")), "ο τόπος (https://topos.example/a)"),
        (field_of(' HYPERLINK \\l "Άρθρο" ', run("το άρθρο")), "το άρθρο"),
        (field_of(" TOC ", run("Άρθρο 1") + field_of(" PAGEREF a ", run("7"))), "Άρθρο 17"),
        (field_of(" DATE ", run("17/11/2020")), "17/11/2020"),
    ],
)
def test_a_field_is_the_text_that_word_shows(tmp_path: Path, field: str, shown: str) -> None:
    """A box that was ticked, an entry that was chosen, a text that was filled in, and the last result."""
    assert lines(tmp_path, f"<w:p>{run('Πεδίο ')}{field}{run(' τέλος')}</w:p>")[0] == [
        f"Πεδίο {shown} τέλος".replace("  ", " ")
    ]


def test_a_form_field_that_is_hidden_is_not_shown(tmp_path: Path) -> None:
    """Its text is hidden with its marks, and reported."""
    data = '<w:ffData><w:textInput><w:default w:val="κρυφό"/></w:textInput></w:ffData>'
    field = field_of(" FORMTEXT ", "", data).replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>")
    found, doubts = lines(tmp_path, f"<w:p>{run('Πεδίο')}{field}</w:p>")
    assert found == ["Πεδίο"]
    assert "«κρυφό»" in doubts


def test_a_link_leads_to_a_place_in_its_page(tmp_path: Path) -> None:
    """Its anchor replaces one that the address has; a link within the document has no address."""
    links = "".join(
        f"<w:p><w:hyperlink {to}><w:r><w:t>ο τόπος</w:t></w:r></w:hyperlink></w:p>"
        for to in ('r:id="r3" w:anchor="β"', 'w:anchor="β"')
    )
    assert lines(tmp_path, links)[0] == ["ο τόπος (https://topos.example/a#β)", "ο τόπος"]


def test_links_in_a_row_are_one(tmp_path: Path) -> None:
    """Programs divide a link where its letters look different."""
    link = '<w:hyperlink r:id="r3"><w:r><w:t>{}</w:t></w:r></w:hyperlink>'
    body = f"<w:p>{link.format('ο τό')}{link.format('πος')}{run(' και ')}{link.format('πάλι')}</w:p>"
    assert lines(tmp_path, body)[0] == ["ο τόπος (https://topos.example/a) και πάλι (https://topos.example/a)"]


def test_the_text_of_a_field_in_a_code_is_not_shown(tmp_path: Path) -> None:
    """A form field that decides what another field shows is part of its code."""
    data = '<w:ffData><w:textInput><w:default w:val="κρυφό"/></w:textInput></w:ffData>'
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    code = f"<w:r><w:instrText> IF </w:instrText></w:r>{field_of(' FORMTEXT ', '', data)}"
    assert lines(tmp_path, f"<w:p>{begin}{code}{separate}{run('φανερό')}{end}</w:p>")[0] == ["φανερό"]


def test_a_field_without_an_end_hides_nothing(tmp_path: Path) -> None:
    """The text that follows its beginning might else be taken for its code."""
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert lines(tmp_path, f"<w:p>{begin}{run('α')}</w:p>{paragraph('β')}")[0] == ["α", "β"]


def test_fields_nested_as_in_no_document_are_damage(tmp_path: Path) -> None:
    """They would take minutes."""
    field = ""
    for _ in range(60):
        field = field_of(" IF ", field)
    source, problems = read(tmp_path, "a.docx", word_file(f"<w:p>{field}</w:p>"))
    assert source is None
    assert "damaged" in problems


def lines_of(data: bytes) -> list[str]:
    """Return the lines of an inserted document."""
    return [line.text for line in inserted_lines(data) if line.text]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>α <b>β</b>γ</p>δ<div>ε<br>ζ</div>", ["α βγ", "δ", "ε", "ζ"]),
        ("<h2>α</h2><ul><li>β<ol><li>γ<li><p>δ<p>ε</ol>ζ</ul>", ["α", "β", "γ", "δ", "ε", "ζ"]),
        ("<table><tr><td>α<td><p>β\n<table><tr><td>γ<td>δ</table>", ["α", "β", "γ", "δ"]),
        ("<a href='https://topos.example'>α<!-- x --></a>", ["α (https://topos.example)"]),
        ("<a href='mailto:a@b.example'><!-- x -->a@b.example</a>", ["a@b.example"]),
        ("<a href='mailto:a@b.example?subject=γ'>δ</a>", ["δ (a@b.example)"]),
        ("<style>x</style><script>y</script><!-- z --><section>α</section>", ["α"]),
    ],
)
def test_a_page_becomes_lines(page: str, shown: list[str]) -> None:
    """Each paragraph, heading, item and cell is one, with its links; what browsers do not show goes."""
    assert lines_of(page.encode()) == shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1253"])
def test_text_is_read_in_every_encoding(encoding: str) -> None:
    """Plain text, and a page."""
    assert lines_of("Άλφα\r\n\r\nβήτα".encode(encoding)) == ["Άλφα", "βήτα"]
    assert lines_of("<p>Άλφα".encode(encoding)) == ["Άλφα"]


def test_the_page_in_a_mail_is_read() -> None:
    """Programs that make Word files of web pages insert a whole message, with pictures beside the page."""
    mail = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; '
        'charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n<p>=CE=B1=CE=B2</p>\n--b\n'
        "Content-Type: image/png\n\nx\n--b--\n"
    )
    assert lines_of(mail.encode()) == ["αβ"]


@pytest.mark.parametrize(
    "data",
    [
        b"{\\rtf1 text}",
        b"\xd0\xcf\x11\xe0",
        b"MIME-Version: 1.0\nContent-Type: image/png\n\nx",
        bytes(range(256)) * 8,
    ],
)
def test_kinds_that_only_word_reads_are_not_read(data: bytes) -> None:
    """It is reported, with what to do."""
    assert inserted_lines(data) == []


def test_nothing_is_no_text() -> None:
    """An empty document, an empty page, and a mail with one."""
    mail = b"MIME-Version: 1.0\nContent-Type: text/html\n\n"
    assert inserted_lines(mail) == inserted_lines(b"") == inserted_lines(b"<html> </html>") == []


def test_an_inserted_document_is_doubted(tmp_path: Path) -> None:
    """Its text is read without its lists and tables, and a doubt says how to have them, too."""
    file = WordBuilder()
    number = file.relate("aFChunk", "a.html", "<ol><li>β</ol>".encode())
    source, problems = read(tmp_path, "a.docx", file.build(paragraph("α") + f'<w:altChunk r:id="{number}"/>'))
    assert source, problems
    assert [line.text for line in source.lines if line.text] == ["α", "β"]
    assert [
        doubt
        for doubt in source.doubts
        if doubt.startswith("only Word reads whole what is inserted in the document (1)")
    ]
