"""A Word file as Word shows it: its text, notes, headers and footers, and every passage of these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.new.left_out import row_of
from site_src.new.lines import Passage
from site_src.new.word_package import attribute_of, child_attribute, is_on, is_text, local_name
from site_src.new.word_shown import settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from site_src.new.word_package import Package

BASES_MOST = 20  # styles that build on one another, or on themselves
_NOTES = {"footnoteReference": ("footnotes", "footnote"), "endnoteReference": ("endnotes", "endnote")}


class StoryKind(Enum):
    """The place on its pages where a Word file shows a part, as messages name it."""

    FIRST_HEADER = N_("the first page's header")
    TEXT = N_("the text")
    FIRST_FOOTER = N_("the first page's footer")
    LATER = N_("a later page's header or footer")


@dataclass(frozen=True)
class Story:
    """A part that pages show, and its place."""

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
        self.styles = _styles(self.related("styles"))
        self._hidden_styles = _hidden_styles(self.styles)
        self._settled: set[str] = set()
        self._notes: dict[str, dict[str, Note]] = {}

    def root(self, part: str) -> Element:
        """Return the part's root as Word shows it."""
        root = self.package.root(part)
        if part not in self._settled:
            self._settled.add(part)
            self.hidden += settle(root, self._hidden_styles, self.package.relations(part))
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
        """Return the first page's header and footer, and those of other pages."""
        sections = [each for each in self.root(self.package.document).iter() if local_name(each) == "sectPr"]
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
        """Yield a section's headers and footers: which of both, for which pages, and its part."""
        for each in section:
            kind = local_name(each).removesuffix("Reference")
            part = self.package.target(self.package.document, attribute_of(each, "id"))
            if kind in {"header", "footer"} and part:
                yield kind, attribute_of(each, "type") or "default", part


def _styles(root: Element | None) -> dict[str, tuple[Element, ...]]:
    """Return each style by its id, followed by those that it builds on."""
    found = {attribute_of(each, "styleId"): each for each in (root if root is not None else ())}

    def bases(name: str | None) -> Iterator[Element]:
        for _ in range(BASES_MOST):
            if name not in found:
                return
            yield found[name]
            name = child_attribute(found[name], "basedOn")

    return {name: tuple(bases(name)) for name in found if name}


def _hidden_styles(styles: Mapping[str, Sequence[Element]]) -> frozenset[str]:
    """Return the styles that hide; of those that one builds on, the nearest that says so or not decides."""
    hides = {name: (is_on(style.find("{*}rPr"), "vanish") for style in bases) for name, bases in styles.items()}
    return frozenset(
        name for name, each in hides.items() if next((value for value in each if value is not None), False)
    )


# Elements whose text is a passage of its own, and the place to name where it is not the part.
_APART = {"p": "", "strCache": "", "strDim": "", "oMath": N_("a formula"), "textpath": N_("WordArt")}
# Parts that are shown where they are referred to.
_FOLLOWED = {"diagramData": N_("a SmartArt graphic"), "chart": N_("a chart"), "chartEx": N_("a chart")}
_TEXTS = {"v", "pt"}  # of a chart; "t" of all else
_FIGURES = {"numCache", "numLit", "numDim"}  # shown as bars and lines of a chart


class Passages:
    """Goes through the stories of a document; ``found`` are the passages so far.

    All text is taken that there is, whatever holds it: a construct that was never foreseen is reported and not lost.
    """

    def __init__(self, document: Document) -> None:
        self.found: list[Passage] = []
        self._document = document
        self._followed: set[object] = set()
        self._known: frozenset[str] = frozenset()

    def add(self, story: Story) -> None:
        """Take a story's passages, with those of its notes and of the parts that it shows.

        Of later pages only those that were not found before; the paragraphs of the others are emptied.
        """
        is_later = story.kind is StoryKind.LATER
        self._known = frozenset(row_of(each.text) for each in self.found) if is_later else frozenset()
        self._gather(story.part, self._document.root(story.part), say(story.kind.value))

    def _gather(self, part: str, root: Element, place: str) -> None:
        pieces: list[Element] = []
        self._walk(part, root, place, pieces)
        drawn = attribute_of(root, "string") if local_name(root) == "textpath" else ""
        text = "".join([drawn, *(each.text or "" for each in pieces)]).strip()
        if row_of(text) in self._known:
            for each in pieces:
                each.text = ""
        elif text:
            self.found.append(Passage(text, place))

    def _walk(self, part: str, parent: Element, place: str, pieces: list[Element]) -> None:
        for child in parent:
            name = local_name(child)
            self._follow(part, child)
            if name in _APART:
                self._gather(part, child, say(_APART[name]) if _APART[name] else place)
            elif is_text(child) or (name in _TEXTS and len(child) == 0):
                pieces.append(child)
            elif name not in _FIGURES:
                self._walk(part, child, place, pieces)

    def _follow(self, part: str, element: Element) -> None:
        if note := self._document.note(element):
            self._once(note, note.part, note.root, say("a note"))
        for key, value in element.items():
            relation = self._document.package.relations(part).get(value) if key.startswith("{") else None
            if relation and relation.kind in _FOLLOWED and relation.is_part:
                target = relation.target
                self._once(target, target, self._document.root(target), say(_FOLLOWED[relation.kind]))

    def _once(self, name: object, part: str, root: Element, place: str) -> None:
        """Take a part or note once: else a small file could show a large part for ever."""
        if name not in self._followed:
            self._followed.add(name)
            self._gather(part, root, place)
