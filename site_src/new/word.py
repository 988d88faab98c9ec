"""Word documents: writes what a .docx shows as lines, and reports what a person should compare.

What holds other things (content controls, directions, tracked changes, shapes) goes, and what it holds stays. Text
boxes, WordArt and SmartArt follow the paragraph at which they are anchored; merged cells become cells of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from textwrap import shorten
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.say import say, say_many
from site_src.new.lines import Line, LineKind, Passage, Source
from site_src.new.word_document import Document, Passages, StoryKind
from site_src.new.word_inserted import inserted_lines
from site_src.new.word_lines import COLUMNS_MOST, paragraph_lines, table_lines, texts_of
from site_src.new.word_numbering import Numbering
from site_src.new.word_package import (
    Budget,
    Package,
    WordFileError,
    attribute_of,
    child_attribute,
    is_text,
    local_name,
    whole_number,
)
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from site_src.new.word_document import Note, Story

INSERTED_DEEP = 3  # documents within documents
PASSAGES_QUOTED, PASSAGE_LONGEST = 5, 70  # hidden passages, and characters of each
_PICTURES = {"blip", "imagedata"}
_NO_TEXT = {"oMath"}  # a formula's words in a row would say something else
_HINT = N_("open the file in Word, save it again as .docx, and give the new file")


@dataclass
class _Found:
    """The findings so far in a Word file, and in the files inserted in it.

    ``shown`` are all passages, ``hidden`` those that Word hides, ``unread`` the inserted documents that only Word
    reads; ``unsure``: whether Word may show other numbers or letters of lists.
    """

    notes: dict[str, str] = field(default_factory=dict)
    shown: list[Passage] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    unread: int = 0
    pictures: int = 0
    unsure: bool = False


def read_word(path: Path, data: bytes, problems: Problems) -> Source | None:
    """Return the document's lines; None, with a problem, where it is damaged, hostile or not a Word document."""
    found = _Found()
    try:
        stories = _read(Package(data, Budget()), found, depth=0)
    except WordFileError as error:
        message = str(error)
    except Exception:  # noqa: BLE001 (zipfile and the XML reader let whatever a damaged file does to them through)
        message = say("this Word file is damaged or has a password")
    else:
        if any(line.text or line.rows for _, lines in stories for line in lines):
            return _source(stories, found)
        message = say("there is no text in this file")
    problems.error(Topic.FILE, message, hint=say(_HINT), at=Place(file=path.name))
    return None


def _source(stories: Sequence[tuple[StoryKind, list[Line]]], found: _Found) -> Source:
    """Return the first page's header above the text, footers and what is new on later pages below."""
    is_above = {StoryKind.FIRST_HEADER, StoryKind.TEXT}
    above = [line for kind, lines in stories if kind in is_above for line in lines]
    below = [line for kind, lines in stories if kind not in is_above for line in lines]
    footers = [Line(text, kind=LineKind.FOOTER, whole=True) for text in texts_of(below)]
    notes = [say("the text comes from Word: bold and italic letters are not carried over")]
    if any(texts_of(lines) for kind, lines in stories if kind is not StoryKind.TEXT):
        notes.append(say("the headers and footers were read as parts of the letterhead"))
    doubts = _doubts(found, tables=sum(line.kind is LineKind.TABLE for line in above))
    return Source((*above, *footers), found.notes, tuple(notes), tuple(doubts), shown=tuple(found.shown))


def _doubts(found: _Found, tables: int) -> Iterator[str]:
    """Yield what a person should compare with the document."""
    if found.hidden:
        yield say_many(
            "{number} passage that Word hides is left out: {passages}",
            "{number} passages that Word hides are left out: {passages}",
            len(found.hidden),
            passages=_quoted(found.hidden),
        )
    if found.unread:
        yield say_many(
            "{number} document is inserted that only Word reads: open the file in Word, save it again, and give that",
            "{number} documents are inserted that only Word reads: open the file in Word, save it again, and give that",
            found.unread,
        )
    if found.unsure:
        yield say("the numbers and letters of lists were recounted: compare them with the document")
    if found.pictures:
        yield say_many(
            "{number} picture is left out: check that it held nothing but a coat of arms or a stamp",
            "{number} pictures are left out: check that they held nothing but a coat of arms or a stamp",
            found.pictures,
        )
    if tables:
        yield say_many(
            "{number} table: in the letterhead its cells became lines, in the text it stays a table",
            "{number} tables: in the letterhead their cells became lines, in the text they stay tables",
            tables,
        )


def _quoted(passages: Sequence[str]) -> str:
    quoted = ", ".join(f"«{shorten(text, PASSAGE_LONGEST, placeholder=' …')}»" for text in passages[:PASSAGES_QUOTED])
    return quoted + (", …" if len(passages) > PASSAGES_QUOTED else "")


def _read(package: Package, found: _Found, depth: int) -> list[tuple[StoryKind, list[Line]]]:
    """Return the lines of each part that pages show, in the order in which they are read."""
    document = Document(package)
    stories = [each for each in document.stories() if depth == 0 or each.kind is StoryKind.TEXT]
    passages = Passages(document)
    for story in stories:
        passages.add(story)
    found.shown += passages.found
    found.hidden += document.hidden
    writer = _Writer(document, found, depth)
    text_first = sorted(stories, key=lambda each: each.kind is not StoryKind.TEXT)  # as lists are counted
    lines = {story: writer.lines_of(story) for story in text_first}
    return [(story.kind, lines[story]) for story in stories]


@dataclass(frozen=True)
class _At:
    """The place of the writer: its part, and the texts and lines to add to; texts outside paragraphs are not read."""

    part: str
    texts: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


class _Writer:
    """Writes the stories of a document, one after another, with the notes to which they refer."""

    def __init__(self, document: Document, found: _Found, depth: int) -> None:
        self._document = document
        self._found = found
        self._depth = depth
        self._numbering, self._numbering_of_notes = (
            Numbering(document.related("numbering"), document.styles) for _ in range(2)
        )
        self._marks: dict[Note, str] = {}
        self._reads_wordart = True
        self._drawn: set[str] = set()  # a small file could else show a large part for ever
        self._handlers = {
            "t": self._text,
            "p": self._paragraph,
            "tbl": self._table,
            "footnoteReference": self._note,
            "endnoteReference": self._note,
            "textpath": self._wordart,
            "relIds": self._smartart,
            "altChunk": self._inserted,
            "subDoc": self._inserted,
        }

    def lines_of(self, story: Story) -> list[Line]:
        """Return a story's lines; WordArt in a header or footer is a watermark and no part of the text."""
        self._reads_wordart = story.kind is StoryKind.TEXT
        return self._lines_of(self._document.root(story.part), story.part)

    def _lines_of(self, root: Element, part: str) -> list[Line]:
        at = _At(part)
        self._walk(root, at)
        self._found.unsure = self._found.unsure or self._numbering.unsure
        return at.lines

    def _walk(self, parent: Element, at: _At) -> None:
        for child in parent:
            name = local_name(child)
            if name in _PICTURES:
                self._found.pictures += 1
            elif name not in _NO_TEXT and not name.endswith("Pr"):
                self._handlers.get(name, self._walk)(child, at)

    def _text(self, element: Element, at: _At) -> None:
        if is_text(element):
            at.texts.append(element.text or "")
        else:
            self._walk(element, at)

    def _paragraph(self, element: Element, at: _At) -> None:
        kind, number = self._numbering.item(element)
        inside = _At(at.part)
        self._walk(element, inside)
        kind = LineKind.HEADING if self._is_heading(element) else kind
        text = "".join(inside.texts)
        at.lines.extend(paragraph_lines(number + text if text.strip() else "", kind))
        at.lines.extend(inside.lines)

    def _is_heading(self, paragraph: Element) -> bool:
        style = child_attribute(paragraph.find("{*}pPr"), "pStyle") or ""
        names = [style, *(child_attribute(each, "name") or "" for each in self._document.styles.get(style, ())[:1])]
        return any(re.fullmatch(r"heading ?[1-6]?", name, re.IGNORECASE) for name in names)

    def _note(self, element: Element, at: _At) -> None:
        if note := self._document.note(element):
            if note not in self._marks:
                self._marks[note] = mark = str(len(self._found.notes) + 1)
                self._found.notes[mark] = ""  # which keeps the place: the note may refer to others
                outer, self._numbering = self._numbering, self._numbering_of_notes
                self._found.notes[mark] = " ".join(texts_of(self._lines_of(note.root, note.part)))
                self._numbering = outer
            at.texts.append(f"[^{self._marks[note]}]")

    def _wordart(self, element: Element, at: _At) -> None:
        if self._reads_wordart:
            at.lines.extend(paragraph_lines(attribute_of(element, "string")))

    def _smartart(self, element: Element, at: _At) -> None:
        part = self._document.package.target(at.part, attribute_of(element, "dm"))
        if part and part not in self._drawn:
            self._drawn.add(part)
            at.lines.extend(self._lines_of(self._document.root(part), part))

    def _inserted(self, element: Element, at: _At) -> None:
        """Write an inserted document in its place."""
        package = self._document.package
        part = package.target(at.part, attribute_of(element, "id"))
        data = package.data(part) if part and self._depth < INSERTED_DEEP else None
        if data and data.startswith(b"PK"):
            ((_, lines),) = _read(Package(data, package.budget), self._found, self._depth + 1)
            at.lines.extend(lines)
        elif data is not None and (page := inserted_lines(data, package.budget)):
            lines, has_counted = page
            at.lines.extend(lines)
            self._found.shown += [Passage(text, say("an inserted document")) for text in texts_of(lines)]
            self._found.unsure = self._found.unsure or has_counted
        else:
            self._found.unread += 1

    def _table(self, element: Element, at: _At) -> None:
        rows = [list(islice(_cells(row), COLUMNS_MOST + 1)) for row in _nearest(element, "tr")]
        at.lines.extend(table_lines(rows, lambda cell: self._lines_of(cell, at.part), self._document.package.budget))


def _cells(row: Element) -> Iterator[Element | None]:
    """Yield a row's cells, each in its column; None for what is merged with the cell before, and columns left out."""
    properties = row.find("{*}trPr")
    yield from [None] * _span(properties, "gridBefore", 0)
    for cell in _nearest(row, "tc"):
        yield cell
        yield from [None] * (_span(cell.find("{*}tcPr"), "gridSpan", 1) - 1)


def _span(properties: Element | None, name: str, default: int) -> int:
    return min(whole_number(child_attribute(properties, name), default), COLUMNS_MOST)


def _nearest(parent: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name, whatever holds them, but not those within one another."""
    for child in parent:
        if local_name(child) == name:
            yield child
        else:
            yield from _nearest(child, name)
