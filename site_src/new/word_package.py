"""The parts of a Word file (ECMA-376), found by the relations that the file has (Part 2), not by their names.

Namespaces are left aside: strict files have others for the same elements. Styles: Part 1, 17.7.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from site_src.language.catalogues import N_
from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from xml.etree.ElementTree import Element

# Of all parts that are read; beyond this it is a bomb, not a circular: a table of 3,000 agencies takes half of each.
UNPACKED_MOST = 20_000_000  # bytes
TAGS_MOST = 1_000_000  # with the cells of tables
BASES_MOST = 20  # styles that build on one another, or on themselves
_NOTES = {"footnoteReference": ("footnotes", "footnote"), "endnoteReference": ("endnotes", "endnote")}


class WordFileError(Exception):
    """The file is not a Word document that can be read; the text says why."""


class StoryKind(Enum):
    """The place on its pages where a Word file shows a part, as messages name it."""

    FIRST_HEADER = N_("the first page's header")
    TEXT = N_("the text")
    FIRST_FOOTER = N_("the first page's footer")
    LATER = N_("a later page's header or footer")


@dataclass(frozen=True)
class Relation:
    """A reference of a part to another part, or to an address.

    ``kind`` is the last word of its type, which strict files have, too; ``is_part``: whether the file has the target.
    """

    kind: str
    target: str
    is_part: bool


class Budget:
    """The amount that may still be read, of a file and of all that are inserted in it."""

    def __init__(self) -> None:
        self._bytes = UNPACKED_MOST
        self._tags = TAGS_MOST

    def take(self, *, size: int = 0, tags: int = 0) -> None:
        """Raise WordFileError once there was too much."""
        self._bytes -= size
        self._tags -= tags
        if min(self._bytes, self._tags) < 0:
            raise WordFileError(say("this file unpacks to far more than a circular needs"))


class Package:
    """A Word file by its parts. What a damaged file makes zipfile or the XML reader raise is let through."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.budget = budget
        self._file = zipfile.ZipFile(io.BytesIO(data))
        self._names = {_key(part.filename): part for part in self._file.infolist()}
        self._roots: dict[str, Element] = {}
        self._relations: dict[str, Mapping[str, Relation]] = {}
        self._notes: dict[str, dict[str, tuple[str, Element]]] = {}

    @cached_property
    def document(self) -> str:
        """The part that holds the text. Raises WordFileError where there is none."""
        name = self.related("", "officeDocument")
        if not name or local_name(self.root(name)) != "document":
            raise WordFileError(say("this is no Word document, whatever its name says"))
        return name

    def data(self, name: str) -> bytes:
        """Return the bytes of a part. Raises WordFileError where they are too many."""
        self.budget.take(size=self._names[name].file_size)
        data = self._file.read(self._names[name])
        self.budget.take(tags=data.count(b"<"))
        return data

    def root(self, name: str) -> Element:
        """Return the part's root, the same each time. Raises WordFileError for a part with a DOCTYPE."""
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring

        if name not in self._roots:
            try:
                self._roots[name] = fromstring(self.data(name), forbid_dtd=True)
            except DefusedXmlException as error:
                raise WordFileError(say("this file defines its own XML entities, which Word never does")) from error
        return self._roots[name]

    def relations(self, name: str) -> Mapping[str, Relation]:
        """Return a part's relations by their ids; those of the file itself for ""."""
        if name not in self._relations:
            folder, base = posixpath.split(name)
            part = _key(posixpath.join(folder, "_rels", f"{base}.rels"))
            rows = self.root(part) if part in self._names else ()
            self._relations[name] = {attribute_of(row, "Id"): self._relation(row, folder) for row in rows}
        return self._relations[name]

    def related(self, name: str, kind: str) -> str | None:
        """Return the part of this kind that a part refers to; None where there is none."""
        found = (each for each in self.relations(name).values() if each.kind == kind and each.is_part)
        return next((each.target for each in found), None)

    def target(self, name: str, relation: str) -> str | None:
        """Return the part that a part's relation leads to; None where it leads to no part."""
        found = self.relations(name).get(relation)
        return found.target if found and found.is_part else None

    def of_document(self, kind: str) -> Element | None:
        """Return the root of the part of this kind that the document refers to."""
        part = self.related(self.document, kind)
        return self.root(part) if part else None

    @cached_property
    def styles(self) -> Mapping[str, tuple[Element, ...]]:
        """Return each style by its id, followed by those that it builds on."""
        root = self.of_document("styles")
        found = {attribute_of(each, "styleId"): each for each in (root if root is not None else ())}

        def bases(name: str | None) -> Iterator[Element]:
            for _ in range(BASES_MOST):
                if name not in found:
                    return
                yield found[name]
                name = child_attribute(found[name], "basedOn")

        return {name: tuple(bases(name)) for name in found if name}

    def hides(self, style: str | None) -> bool:
        """Return whether a style hides text: it says so, or the nearest that it builds on does."""
        vanish = (is_on(each.find("{*}rPr"), "vanish") for each in self.styles.get(style or "", ()))
        return next((value for value in vanish if value is not None), False)

    def note(self, reference: Element) -> tuple[str, Element] | None:
        """Return the note to which an element refers, with its part."""
        kind, name = _NOTES[local_name(reference)]
        if kind not in self._notes:
            part = self.related(self.document, kind)
            rows = self.root(part).findall(f"{{*}}{name}") if part else []
            self._notes[kind] = {attribute_of(row, "id"): (part or "", row) for row in rows}
        return self._notes[kind].get(attribute_of(reference, "id"))

    def stories(self) -> tuple[tuple[StoryKind, str], ...]:
        """Return the parts that pages show, in the order in which they are read, each once."""
        first, later = self._first_page()
        header, footer = first.get("header"), first.get("footer")
        shown = [(StoryKind.FIRST_HEADER, header), (StoryKind.TEXT, self.document), (StoryKind.FIRST_FOOTER, footer)]
        shown += [(StoryKind.LATER, part) for part in later if part not in first.values()]
        return tuple((kind, part) for kind, part in shown if part)

    def _first_page(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """Return the first page's header and footer, and those of other pages."""
        sections = [each for each in self.root(self.document).iter() if local_name(each) == "sectPr"]
        both_sides = is_on(self.of_document("settings"), "evenAndOddHeaders")
        first: dict[str, str] = {}
        later: dict[str, None] = {}
        for number, section in enumerate(sections):
            is_titled = is_on(section, "titlePg")
            for kind, page, part in self._references(section):
                if number == 0 and page == ("first" if is_titled else "default"):
                    first[kind] = part
                elif page == "default" or (page == "first" and is_titled) or (page == "even" and both_sides):
                    later[part] = None
        return first, tuple(later)

    def _references(self, section: Element) -> Iterator[tuple[str, str, str]]:
        """Yield a section's headers and footers: which of both, for which pages, and its part."""
        for each in section:
            kind = local_name(each).removesuffix("Reference")
            part = self.target(self.document, attribute_of(each, "id"))
            if kind in {"header", "footer"} and part:
                yield kind, attribute_of(each, "type") or "default", part

    def _relation(self, row: Element, folder: str) -> Relation:
        target = attribute_of(row, "Target")
        part = _key(posixpath.join("/", folder, unquote(target)))
        is_part = attribute_of(row, "TargetMode") != "External" and part in self._names
        return Relation(attribute_of(row, "Type").rpartition("/")[2], part if is_part else target, is_part)


def _key(name: str) -> str:
    """Return the name by which a part is known: without regard to case, dots and a slash at its beginning."""
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()


def child_attribute(parent: Element | None, name: str, attribute: str = "val") -> str | None:
    """Return an attribute of a child; None where there is no such child."""
    child = parent.find(f"{{*}}{name}") if parent is not None else None
    return None if child is None else attribute_of(child, attribute)


def attribute_of(element: Element, attribute: str) -> str:
    """Return an attribute of the element itself; "" where it has none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == attribute), "")


def is_on(parent: Element | None, name: str) -> bool | None:
    """Return whether a property is set; None where the parent does not say."""
    value = child_attribute(parent, name)
    return None if value is None else value not in {"0", "false", "off"}


def whole_number(text: str | None, default: int) -> int:
    """Return the whole number that an attribute holds; the default where it holds none."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else default


def local_name(element: Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def is_text(element: Element) -> bool:
    """Return whether an element holds text that Word shows: of a run, of a formula, or of a drawing."""
    return local_name(element) == "t" and len(element) == 0
