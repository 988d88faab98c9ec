from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from site_src.new.circular_text import read_circular
from tests.new.test_source import OFFICE, RELATIONS, TYPES, paragraph, read, zipped
from tests.support.word_builder import WordBuilder

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
