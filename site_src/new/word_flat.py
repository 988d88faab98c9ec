"""Writes what a Word file shows as paragraphs, lists and tables alone, which is what mammoth reads.

What holds other things (content controls, directions, tracked changes, shapes) goes, and what it holds stays. Text
boxes, WordArt and SmartArt follow the paragraph at which they are anchored; merged cells become cells of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from site_src.language.say import say
from site_src.new.word_document import StoryKind
from site_src.new.word_package import WordFileError
from site_src.new.word_xml import (
    R,
    W,
    attribute_of,
    child_attribute,
    is_text,
    local_name,
    run_of,
    text_element,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.new.word_document import Document, Note, Story

ELEMENTS_MOST = 150_000  # for mammoth, which takes some 10,000 a second
COLUMNS_MOST = 63  # of a table that Word can have
_SIGNS = {"tab", "ptab", "br", "cr", "noBreakHyphen", "softHyphen", "fldChar", "instrText"}
_PLAIN = {"ptab": "tab", "cr": "br"}  # signs that mammoth does not know, as those that it does


@dataclass(frozen=True)
class _At:
    """Where the writer is: in which part, in which paragraph if any, and where the next paragraph goes."""

    part: str
    paragraph: Element | None
    blocks: list[Element]


class Flat:
    """Parts of a document, one after another; each begins at a bookmark, and so does each note that they refer to.

    ``links`` are addresses by their ids; ``chunks`` the parts inserted at a bookmark, "" for one that the file does
    not have; ``notes`` the number of the last note.
    """

    def __init__(self, document: Document, notes: int) -> None:
        self.notes = notes
        self.blocks: list[Element] = []
        self.links: dict[str, str] = {}
        self.chunks: dict[str, str] = {}
        self.pictures = 0
        self._written = 0
        self._document = document
        self._waiting: list[Note] = []
        self._numbers: dict[Note, int] = {}
        self._reads_wordart = True
        self._drawn: set[str] = set()  # a small file could else show a large part for ever
        self._handlers = {
            "t": self._text,
            "p": self._paragraph,
            "tbl": self._table,
            "hyperlink": self._link,
            "footnoteReference": self._note,
            "endnoteReference": self._note,
            "textpath": self._wordart,
            "relIds": self._smartart,
            "altChunk": self._chunk,
            "subDoc": self._chunk,
            "blip": self._picture,
            "imagedata": self._picture,
            "oMath": self._nothing,  # a formula's words in a row would say something else
            **dict.fromkeys(_SIGNS, self._sign),
        }

    def write(self, bookmark: str, story: Story) -> None:
        """Write a story; WordArt in a header or footer is a watermark and no part of the text."""
        self._reads_wordart = story.kind is StoryKind.TEXT
        self._write(bookmark, story.part, self._document.root(story.part))

    def write_notes(self) -> None:
        """Write the notes that were referred to."""
        self._reads_wordart = True
        for note in self._waiting:  # which grows where a note refers to another
            self._write(note_bookmark(self._numbers[note]), note.part, note.root)

    def _write(self, bookmark: str, part: str, root: Element) -> None:
        self.blocks.append(_bookmark(bookmark))
        first = len(self.blocks)
        self._walk(root, _At(part, None, self.blocks))
        self._written += sum(1 for block in self.blocks[first:] for _ in block.iter())
        if self._written > ELEMENTS_MOST:
            raise WordFileError(say("this file unpacks to far more than a circular needs"))

    def _walk(self, parent: Element, at: _At) -> None:
        for child in parent:
            name = local_name(child)
            if not name.endswith("Pr"):
                handler = self._handlers.get(name, self._walk) if name != "t" or is_text(child) else self._walk
                handler(child, at)

    def _nothing(self, element: Element, at: _At) -> None:
        """Leave an element out."""

    def _text(self, element: Element, at: _At) -> None:
        self._add(text_element(element.text or ""), at)

    def _sign(self, element: Element, at: _At) -> None:
        name = local_name(element)
        attributes = {W + key.rpartition("}")[2]: value for key, value in element.items()}
        sign = Element(W + _PLAIN.get(name, name), attributes)
        sign.text = element.text
        self._add(sign, at)
        self._walk(element, at)  # a form field's text

    def _add(self, leaf: Element, at: _At) -> None:
        if at.paragraph is None:
            at.blocks.append(_paragraph_of(run_of(leaf)))
        else:
            at.paragraph.append(run_of(leaf))

    def _paragraph(self, element: Element, at: _At) -> None:
        paragraph = _paragraph_of(_properties(element.find("{*}pPr")))
        after: list[Element] = []
        self._walk(element, _At(at.part, paragraph, after))
        at.blocks.extend([paragraph, *after] if len(paragraph) > 1 else after)

    def _link(self, element: Element, at: _At) -> None:
        relation = self._document.package.relations(at.part).get(attribute_of(element, "id"))
        if relation is None or at.paragraph is None:  # it leads to a place in the text
            self._walk(element, at)
            return
        number = f"r{len(self.links)}"
        self.links[number] = relation.target
        link = SubElement(at.paragraph, f"{W}hyperlink", {f"{R}id": number})
        if anchor := attribute_of(element, "anchor"):
            link.set(f"{W}anchor", anchor)
        self._walk(element, _At(at.part, link, at.blocks))

    def _note(self, element: Element, at: _At) -> None:
        if note := self._document.note(element):
            if note not in self._numbers:
                self.notes += 1
                self._numbers[note] = self.notes
                self._waiting.append(note)
            self._add(text_element(f"[^{self._numbers[note]}]"), at)

    def _wordart(self, element: Element, at: _At) -> None:
        if self._reads_wordart:
            at.blocks.append(_paragraph_of(run_of(text_element(attribute_of(element, "string")))))

    def _smartart(self, element: Element, at: _At) -> None:
        part = self._document.package.target(at.part, attribute_of(element, "dm"))
        if part and part not in self._drawn:
            self._drawn.add(part)
            self._walk(self._document.root(part), _At(part, None, at.blocks))

    def _chunk(self, element: Element, at: _At) -> None:
        bookmark = f"chunk-{len(self.chunks)}"
        self.chunks[bookmark] = self._document.package.target(at.part, attribute_of(element, "id")) or ""
        at.blocks.append(_bookmark(bookmark))

    def _picture(self, element: Element, at: _At) -> None:  # noqa: ARG002 (a handler like the others)
        self.pictures += 1

    def _table(self, element: Element, at: _At) -> None:
        """Write a table whose rows have a cell for each column that begins a cell anywhere.

        Raises ValueError for more columns than Word can have.
        """
        rows = [list(islice(_cells(row), COLUMNS_MOST + 1)) for row in _nearest(element, "tr")]
        if max(map(len, rows), default=0) > COLUMNS_MOST:
            raise ValueError(rows)
        columns = sorted({number for row in rows for number, cell in enumerate(row) if cell is not None})
        table = Element(f"{W}tbl")
        for row in rows:
            written = SubElement(table, f"{W}tr")
            for column in columns:
                blocks: list[Element] = []
                cell = row[column] if column < len(row) else None
                if cell is not None:
                    self._walk(cell, _At(at.part, None, blocks))
                SubElement(written, f"{W}tc").extend(blocks or [Element(f"{W}p")])
        at.blocks.append(table)


def note_bookmark(number: int) -> str:
    """Return the name of the bookmark at which a note begins."""
    return f"note-{number}"


def _bookmark(name: str) -> Element:
    return _paragraph_of(Element(f"{W}bookmarkStart", {f"{W}name": name}))


def _paragraph_of(child: Element) -> Element:
    paragraph = Element(f"{W}p")
    paragraph.append(child)
    return paragraph


def _properties(properties: Element | None) -> Element:
    """The style and the list of a paragraph."""
    kept = Element(f"{W}pPr")
    if style := child_attribute(properties, "pStyle"):
        SubElement(kept, f"{W}pStyle", {f"{W}val": style})
    for each in properties.findall("{*}numPr") if properties is not None else ():
        place = SubElement(kept, f"{W}numPr")
        for name in ("ilvl", "numId"):
            if value := child_attribute(each, name):
                SubElement(place, W + name, {f"{W}val": value})
    return kept


def _cells(row: Element) -> Iterator[Element | None]:
    """A row's cells, each in its column; None for what is merged with the cell before, and for columns left out."""
    properties = row.find("{*}trPr")
    yield from [None] * _span(properties, "gridBefore", 0)
    for cell in _nearest(row, "tc"):
        yield cell
        yield from [None] * (_span(cell.find("{*}tcPr"), "gridSpan", 1) - 1)


def _span(properties: Element | None, name: str, default: int) -> int:
    return min(whole_number(child_attribute(properties, name), default), COLUMNS_MOST)


def _nearest(parent: Element, name: str) -> Iterator[Element]:
    """The elements of a name, whatever holds them, but not those within one another."""
    for child in parent:
        if local_name(child) == name:
            yield child
        else:
            yield from _nearest(child, name)
