"""A Word file as HTML: mammoth's of what the file shows, with the documents inserted in it in their places."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from site_src.language.say import say
from site_src.new.lines import Passage
from site_src.new.word_chunks import chunk_html
from site_src.new.word_document import Document, StoryKind
from site_src.new.word_flat import Flat, note_bookmark
from site_src.new.word_numbering import Numbering
from site_src.new.word_package import Budget, Package
from site_src.new.word_passages import Passages
from site_src.new.word_xml import OFFICE, RELATIONS, W

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

INSERTED_DEEP = 3  # documents within documents
_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th"}


@dataclass
class WordHtml:
    """What a Word file shows: each part's blocks in their order, the notes by their numbers, and what is to be said.

    ``shown`` are all passages, ``hidden`` those that Word hides, ``unread`` the inserted documents that only Word
    reads; ``unsure``: whether Word may show other numbers or letters of lists.
    """

    stories: list[tuple[StoryKind, list[Element]]] = field(default_factory=list)
    notes: dict[int, list[Element]] = field(default_factory=dict)
    shown: list[Passage] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    unread: int = 0
    pictures: int = 0
    unsure: bool = False


def word_html(data: bytes) -> WordHtml:
    """Return the file as HTML. What a damaged file makes the readers raise is let through."""
    found = WordHtml()
    found.stories = _convert(Package(data, Budget()), found, depth=0)
    return found


def _convert(package: Package, found: WordHtml, depth: int) -> list[tuple[StoryKind, list[Element]]]:
    document = Document(package)
    stories = [each for each in document.stories() if depth == 0 or each.kind is StoryKind.TEXT]
    passages = Passages(document)
    numbering = Numbering(document.related("numbering"), document.styles)
    flat = Flat(document, notes=len(found.notes))
    for story in stories:
        passages.add(story)
    for story in sorted(stories, key=lambda each: each.kind is not StoryKind.TEXT):
        numbering.write(document.root(story.part))
    for number, story in enumerate(stories):
        flat.write(f"story-{number}", story)
    flat.write_notes()
    sections = _sections(_mammoth(flat, document))
    for number in range(len(found.notes) + 1, flat.notes + 1):
        found.notes[number] = sections[note_bookmark(number)]
    found.shown += passages.found
    found.hidden += document.hidden
    found.pictures += flat.pictures
    found.unsure = found.unsure or numbering.unsure
    _insert(sections, flat, package, found, depth)
    return [(story.kind, sections[f"story-{number}"]) for number, story in enumerate(stories)]


def _mammoth(flat: Flat, document: Document) -> Element:
    import mammoth
    from defusedxml.ElementTree import fromstring

    root = Element(f"{W}document")
    SubElement(root, f"{W}body").extend(flat.blocks)
    relations = Element(f"{RELATIONS}Relationships")
    for number, address in flat.links.items():
        SubElement(
            relations, f"{RELATIONS}Relationship", {"Id": number, "Type": f"{OFFICE}/hyperlink", "Target": address}
        )
    parts = {"document.xml": root, "_rels/document.xml.rels": relations}
    parts |= {f"{kind}.xml": part for kind in ("styles", "numbering") if (part := document.related(kind)) is not None}
    return fromstring(f"<body>{mammoth.convert_to_html(_zipped(parts), id_prefix='').value}</body>")


def _zipped(parts: Mapping[str, Element]) -> io.BytesIO:
    """A Word file as mammoth finds its parts without being told where they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as container:
        for name, root in parts.items():
            container.writestr(f"word/{name}", tostring(root))
    return file


def _sections(html: Element) -> dict[str, list[Element]]:
    """The blocks by the bookmark that they follow."""
    sections: dict[str, list[Element]] = {}
    now: list[Element] = []
    for block in html:
        mark = _bookmark(block)
        if mark.startswith(("story-", "note-")):
            now = sections.setdefault(mark, [])
        else:
            now.append(block)
    return sections


def _bookmark(block: Element) -> str:
    return block[0].get("id", "") if block.tag == "p" and len(block) == 1 and block[0].tag == "a" else ""


def _insert(sections: Mapping[str, list[Element]], flat: Flat, package: Package, found: WordHtml, depth: int) -> None:
    """Put the inserted documents in their places."""
    parents: list[list[Element] | Element] = []
    for blocks in sections.values():
        parents += [blocks, *_within(blocks)]
    for parent in parents if flat.chunks else ():
        for place, block in reversed(list(enumerate(parent))):
            mark = _bookmark(block)
            if mark in flat.chunks:
                parent[place : place + 1] = _inserted(package, flat.chunks[mark], found, depth)


def _within(blocks: Iterable[Element]) -> list[Element]:
    return [each for block in blocks for each in block.iter()]


def _inserted(package: Package, part: str, found: WordHtml, depth: int) -> list[Element]:
    html = None
    if part and depth < INSERTED_DEEP:
        data = package.data(part)
        if data.startswith(b"PK"):
            ((_, blocks),) = _convert(Package(data, package.budget), found, depth + 1)
            return blocks
        html = chunk_html(data)
    found.unread += html is None
    found.shown += _passages(html or ())
    return html or []


def _passages(blocks: Iterable[Element]) -> Iterator[Passage]:
    for each in _within(blocks):
        if each.tag in _BLOCKS and not any(child.tag in _BLOCKS for child in each.iter() if child is not each):
            yield Passage(text_of(each), say("an inserted document"))


def text_of(element: Element) -> str:
    """Return the text inside an element; a paragraph and a break end a line, a link's address follows in brackets."""
    return "".join(_parts(element)).strip()


def _parts(element: Element) -> Iterator[str]:
    if element.tag == "br":
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _parts(child)
        yield child.tail or ""
    if element.tag == "a":
        yield _target(element)
    if element.tag in {"p", "li", "td", "tr"}:
        yield "\n"


def _target(element: Element) -> str:
    address = element.get("href", "").removeprefix("mailto:")
    shown = "".join(element.itertext()).strip()
    return "" if address.startswith("#") or address.rstrip("/") == shown.rstrip("/") else f" ({address})"
