from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from site_src.read.annex.sheets.grid import UnreadableError
from site_src.read.annex.sheets.package import Package
from site_src.read.annex.sheets.workbook import (
    MAIN,
    Relation,
    SheetEntry,
    Workbook,
    read_workbook,
    relations,
    unescaped,
)
from tests.support.annex_formats import edited, package, shared_texts, xlsx

TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("info_x005F_x2020_a@a.example", "info_x2020_a@a.example"),
        ("Δήμος_x000D_Θήρας", "Δήμος\rΘήρας"),
        ("_x005F_x005F_x005F_x0041_", "_x005F_x0041_"),
        ("_x0041__x0042_", "AB"),
        ("_x005f_", "_"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_", "\ufffd"),
        ("_x41_ _X0041_ x0041_ _x004G_", "_x41_ _X0041_ x0041_ _x004G_"),
        ("a_x@b.example", "a_x@b.example"),
    ],
)
def test_escapes_are_undone_once(written: str, meant: str) -> None:
    """Four hexadecimal digits between _x and _ are a character, and an underscore may be escaped itself."""
    assert unescaped(written) == meant


@given(st.text())
def test_what_excel_escapes_comes_back(text: str) -> None:
    """Excel writes an underscore that begins an escape, and whatever XML cannot hold, as an escape."""
    escaped = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08]", lambda found: f"_x{ord(found[0]):04X}_", text)
    assert unescaped(escaped) == text


def test_shared_texts_are_read_whole_and_unescaped() -> None:
    """Runs are joined, the phonetic guide is left out, and x005F_ within a word stays."""
    texts = (
        "<si><t>maxx005F_y_x005F_x000D_</t></si>"
        "<si><r><rPr><b/></rPr><t>a@</t></r><r><t>b.example</t></r><rPh><t>no</t></rPh></si><si/>"
    )
    assert read_workbook(Package(shared_texts(xlsx(), texts))).texts == ("maxx005F_y_x000D_", "a@b.example", "")


def test_the_package_says_where_its_parts_are() -> None:
    """A workbook may have other names for its parts than Excel gives them."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<x/>",
        "_rels/.rels": rels(officeDocument="/book/main.xml"),
        "book/_rels/main.xml.rels": rels(worksheet="pages/../one.xml", styles="/looks.xml", sharedStrings="T.xml"),
        "book/main.xml": workbook('<sheet name="A_x0042_" state="hidden" r:id="worksheet"/>'),
        "book/one.xml": main("worksheet", "<sheetData/>"),
        "looks.xml": main("styleSheet", '<cellXfs><xf numFmtId="14"/><xf/></cellXfs>'),
        "book/t.xml": main("sst", "<si><t>x</t></si>"),
    }
    read = read_workbook(Package(package(parts)))
    assert read == Workbook(
        (SheetEntry("AB", "book/one.xml", hidden=True),), ("x",), ("mm-dd-yy", "General"), WINDOWS_EPOCH
    )
    assert (read.date_formats, read.duration_formats) == ({0}, set())


def test_sheets_that_hold_no_cells_are_left_out() -> None:
    """A chart on a sheet of its own is none of the table."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<x/>",
        "_rels/.rels": rels(officeDocument="main.xml"),
        "_rels/main.xml.rels": rels(chartsheet="one.xml"),
        "main.xml": workbook('<workbookPr date1904="1"/><sheet name="A" r:id="chartsheet"/>'),
    }
    assert read_workbook(Package(package(parts))) == Workbook((), (), (), MAC_EPOCH)


def test_a_link_is_no_part() -> None:
    """The target of a link stays as it is written, even where it is not said to lead outside."""
    listed = rels(hyperlink="mailto:a@b.example")
    opened = Package(package({"xl/worksheets/_rels/sheet1.xml.rels": listed}))
    found = relations(opened, "xl/worksheets/sheet1.xml")
    assert found == {"hyperlink": Relation("hyperlink", "mailto:a@b.example")}


@pytest.mark.parametrize(
    ("part", "usual", "other"),
    [
        ("_rels/.rels", f"{TRANSITIONAL}/office".encode(), b"officeDocument/relationships/office"),
        ("xl/workbook.xml", MAIN[1:-1].encode(), b"spreadsheetml/main"),
    ],
)
def test_strict_open_xml_is_told_how_to_be_saved(part: str, usual: bytes, other: bytes) -> None:
    """Excel saves it under a name of its own in the list of formats; the usual one is beside it."""
    strict = edited(xlsx(), part, lambda xml: xml.replace(usual, b"http://purl.oclc.org/ooxml/" + other))
    with pytest.raises(UnreadableError, match="Strict Open XML") as found:
        read_workbook(Package(strict))
    assert "Excel Workbook (.xlsx)" in found.value.hint


def rels(**targets: str) -> str:
    """A list of relations, each named as its kind."""
    each = "".join(f'<Relationship Id="{k}" Type="{TRANSITIONAL}/{k}" Target="{t}"/>' for k, t in targets.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def main(tag: str, inner: str) -> str:
    """A part of a workbook."""
    spaces = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{TRANSITIONAL}"'
    return f"<{tag} {spaces}>{inner}</{tag}>"


def workbook(inner: str) -> str:
    """The part that lists the sheets."""
    return main("workbook", inner)
