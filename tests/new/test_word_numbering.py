"""The numbers of a Word file's lists, as a circular shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.new.circular_text import read_circular
from tests.new.test_source import paragraph, read, word_file
from tests.new.test_word_shown import DECIMAL, item, lines, numbering, styled, styles

if TYPE_CHECKING:
    from pathlib import Path


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
