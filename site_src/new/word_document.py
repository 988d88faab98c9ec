"""A Word file as Word shows it: its text, its notes, and the headers and footers of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.new.word_shown import hidden_styles, settle, styles_of
from site_src.new.word_xml import attribute_of, is_on, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from site_src.new.word_package import Package


class StoryKind(Enum):
    """Where on its pages a Word file shows a part."""

    FIRST_HEADER = auto()
    TEXT = auto()
    FIRST_FOOTER = auto()
    LATER = auto()


# As they are told.
PLACES = {
    StoryKind.FIRST_HEADER: N_("the first page's header"),
    StoryKind.TEXT: N_("the text"),
    StoryKind.FIRST_FOOTER: N_("the first page's footer"),
    StoryKind.LATER: N_("a later page's header or footer"),
}
_NOTES = {"footnoteReference": ("footnotes", "footnote"), "endnoteReference": ("endnotes", "endnote")}


@dataclass(frozen=True)
class Story:
    """A part that pages show, and where."""

    kind: StoryKind
    part: str


@dataclass(frozen=True)
class Note:
    """A footnote or endnote, and the part that holds it."""

    part: str
    root: Element


class Document:
    """The parts of a package as Word shows them; ``hidden`` are the passages that were taken out so far."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.hidden: list[str] = []
        self.styles = styles_of(self.related("styles"))
        self._hidden_styles = hidden_styles(self.styles)
        self._settled: set[str] = set()
        self._notes: dict[str, dict[str, Note]] = {}

    def root(self, part: str) -> Element:
        """Return the part's root as Word shows it."""
        root = self.package.root(part)
        if part not in self._settled:
            self._settled.add(part)
            self.hidden += settle(root, self._hidden_styles)
        return root

    def related(self, kind: str) -> Element | None:
        """Return the root of the part of this kind that the document refers to."""
        part = self.package.related(self.package.document, kind)
        return self.package.root(part) if part else None

    def note(self, reference: Element) -> Note | None:
        """Return the note that an element refers to; None for any other element."""
        kind, name = _NOTES.get(local_name(reference), ("", ""))
        if kind and kind not in self._notes:
            part = self.package.related(self.package.document, kind)
            rows = self.root(part).findall(f"{{*}}{name}") if part else []
            self._notes[kind] = {attribute_of(row, "id"): Note(part or "", row) for row in rows}
        return self._notes[kind].get(attribute_of(reference, "id")) if kind else None

    def stories(self) -> tuple[Story, ...]:
        """Return the parts that pages show, in the order in which they are read, each once."""
        first, later = self._first_page()
        header, text = first.get("header"), Story(StoryKind.TEXT, self.package.document)
        stories = [Story(StoryKind.FIRST_HEADER, header)] if header else []
        stories += [text, *(Story(StoryKind.FIRST_FOOTER, part) for kind, part in first.items() if kind == "footer")]
        return (*stories, *(Story(StoryKind.LATER, part) for part in later if part not in first.values()))

    def _first_page(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """The first page's header and footer, and those of other pages."""
        sections = list(self.root(self.package.document).iter())
        sections = [each for each in sections if local_name(each) == "sectPr"]
        both_sides = is_on(self.related("settings"), "evenAndOddHeaders")
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
        """A section's headers and footers: which of both, for which pages, and its part."""
        for each in section:
            kind = local_name(each).removesuffix("Reference")
            part = self.package.target(self.package.document, attribute_of(each, "id"))
            if kind in {"header", "footer"} and part:
                yield kind, attribute_of(each, "type") or "default", part
