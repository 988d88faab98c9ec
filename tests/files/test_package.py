from __future__ import annotations

import io
import zipfile

import pytest

from site_src.files import package
from site_src.files.package import Package, Relation, UnreadableError
from tests.support.annex_formats import package as zipped


def test_only_a_part_that_is_read_is_looked_at() -> None:
    """A picture, a macro or a query may hold anything: nobody reads them here."""
    harmless = b"<?xml version='1.0' encoding='UTF-8'?><x/>"
    opened = Package(zipped({"macro.xml": b"<!DOCTYPE x><x/>", "query.xml": b"\xff\xfe<\0", "sheet.xml": harmless}))
    assert opened.read("sheet.xml") == harmless
    assert set(opened.names()) == {"macro.xml", "query.xml", "sheet.xml"}


@pytest.mark.parametrize(
    ("part", "word"),
    [
        (b"<!DOCTYPE x><x/>", "XML bomb"),
        (b"<?xml version='1.0' encoding='UTF-7'?><x/>", "XML bomb"),
        (b"\xff\xfe<\0x\0/\0>\0", "encoding"),
        (b"\0" * (package.SIZE_MAX + 1), "ZIP bomb"),
    ],
)
def test_hostile_parts_are_refused(part: bytes, word: str) -> None:
    """Definitions, odd encodings and bombs are refused before a parser sees them."""
    with pytest.raises(UnreadableError, match=word) as found:
        Package(zipped({"sheet.xml": part})).read("sheet.xml")
    assert found.value.hint


def test_a_part_that_is_read_again_counts_again() -> None:
    """A list that names one large part many times costs as much as many parts."""
    opened = Package(zipped({"sheet.xml": b" " * (package.SIZE_MAX // 2)}))
    opened.read("sheet.xml")
    opened.read("sheet.xml")
    with pytest.raises(UnreadableError, match="ZIP bomb"):
        opened.read("sheet.xml")


def test_many_parts_are_refused() -> None:
    """A ZIP may be a bomb by the number of its parts."""
    with pytest.raises(UnreadableError, match="ZIP bomb"):
        Package(zipped({f"x{number}": b"" for number in range(package.PARTS_MAX + 1)}))


def test_a_compression_that_spreadsheets_do_not_use_is_refused() -> None:
    """LZMA takes as much memory as the file asks for."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("sheet.xml", "<x/>")
    with pytest.raises(NotImplementedError):
        Package(file.getvalue()).read("sheet.xml")


def test_names_of_parts_are_found_in_any_case() -> None:
    """Other programs write names with capitals and backslashes, and mean the same."""
    opened = Package(zipped({"xl\\SharedStrings.xml": b"<x/>"}))
    assert "xl/sharedStrings.xml" in opened
    assert opened.read("xl/sharedStrings.xml") == b"<x/>"


def test_elements_come_one_by_one_and_whole() -> None:
    """An element within another of the kind is part of it; comments are left out."""
    opened = Package(zipped({"x": b"<x><a n='1'><a n='2'>t</a><b/></a><!-- c --><c><a n='3'/></c><d n='4'/></x>"}))
    found = [(element.get("n"), len(element)) for element in opened.elements("x", "a", "d")]
    assert found == [("1", 2), ("3", 0), ("4", 0)]


RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('Target="mailto:a@b.example"', Relation("b", "mailto:a@b.example", is_part=False)),
        ('Target="../Other%20B.xml"', Relation("b", "other b.xml", is_part=True)),
        ('Target="/a/../OTHER b.xml"', Relation("b", "other b.xml", is_part=True)),
        ('Target="../other b.xml" TargetMode="External"', Relation("b", "../other b.xml", is_part=False)),
    ],
)
def test_a_relation_leads_to_a_part_or_stays_as_it_is_written(row: str, expected: Relation) -> None:
    """The target of a link stays as it is, even where it is not said to lead outside."""
    listed = (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="http://x.example/a/b" {row}/></Relationships>'
    )
    opened = Package(zipped({"word/_rels/main.xml.rels": listed.encode(), "Other b.xml": b"<x/>"}))
    assert opened.relations("word/main.xml") == {"r": expected}
    assert (
        opened.related("word/main.xml", "b")
        == opened.target("word/main.xml", "r")
        == (expected.target if expected.is_part else None)
    )


def test_a_tree_may_be_in_utf_16() -> None:
    """Open XML allows it, with its mark and its declaration; definitions are refused there, too."""
    part = "<?xml version='1.0' encoding='UTF-16'?><x>κείμενο</x>"
    opened = Package(zipped({"x": part.encode("utf-16"), "y": f"<!DOCTYPE x>{part}".encode("utf-16")}))
    assert opened.root("x").text == "κείμενο"
    with pytest.raises(UnreadableError, match="XML bomb"):
        opened.root("y")


def test_elements_take_from_what_may_be_read() -> None:
    """A tree takes hundreds of bytes for an element of four."""
    opened = Package(zipped({"x": b"<x><y/><y/></x>"}), package.Budget(tags=3))
    with pytest.raises(UnreadableError, match="ZIP bomb"):
        opened.root("x")


def test_a_tree_has_no_namespaces() -> None:
    """Strict files have other namespaces for the same elements and attributes."""
    opened = Package(zipped({"x": b"<w:x xmlns:w='u' w:n='1'><w:y/></w:x>"}))
    root = opened.root("x")
    assert (root.tag, root.attrib, [each.tag for each in root]) == ("x", {"n": "1"}, ["y"])
    assert opened.root("x") is root


TREE_LOW, ELEMENTS_LOW = 2**18, 2**15  # bytes, four times what is parsed at once; elements


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower both limits, so that little passes them; test_limits.py passes the real ones."""
    monkeypatch.setattr(package, "TREE_MAX", TREE_LOW)
    monkeypatch.setattr(package, "ELEMENTS_MAX", ELEMENTS_LOW)


@pytest.mark.usefixtures("low")
def test_what_is_read_is_forgotten() -> None:
    """Far more rows than may be held as a tree are read, if each is small."""
    rows = b"<r><c>0123456789</c></r>" * (2 * TREE_LOW // 24)
    opened = Package(zipped({"x": b"<x><y>" + rows + b"</y></x>"}))
    assert sum(len(element) for element in opened.elements("x", "r")) == 2 * TREE_LOW // 24


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("element", [b"<y/>", b"<r/>", b"<p:r/>"])
def test_a_tree_or_a_crowd_without_end_is_refused(element: bytes) -> None:
    """No more than a limit is ever held as a tree, and no more elements than a limit are handed out."""
    opened = Package(zipped({"x": b"<x xmlns:p='u'>" + element * (TREE_LOW // 4 + 20_000) + b"<r/></x>"}))
    with pytest.raises(UnreadableError, match="ZIP bomb"):
        for _ in opened.elements("x", "r", "{u}r"):
            pass


@pytest.mark.usefixtures("low")
def test_a_crowd_is_refused_before_it_is_parsed() -> None:
    """Even bytes that no parser would take are refused for their number."""
    opened = Package(zipped({"x": b"<r/>" * (ELEMENTS_LOW + 1)}))
    with pytest.raises(UnreadableError, match="ZIP bomb"):
        next(opened.elements("x", "r"))
