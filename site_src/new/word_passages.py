"""Every passage that a Word file shows, wherever it stands: what the draft is compared with.

All text is taken that there is, whatever holds it, so that a construct which nobody thought of is told and not lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.new.left_out import row_of
from site_src.new.lines import Passage
from site_src.new.word_document import PLACES, StoryKind
from site_src.new.word_fields import without_page_numbers
from site_src.new.word_xml import attribute_of, is_text, local_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from site_src.new.word_document import Document, Story

# Elements whose text is a passage of its own, and the place that is told where it is not the part.
_APART = {"p": "", "strCache": "", "strDim": "", "oMath": N_("a formula"), "textpath": N_("WordArt")}
# Parts that are shown where they are referred to.
_FOLLOWED = {"diagramData": N_("a SmartArt graphic"), "chart": N_("a chart"), "chartEx": N_("a chart")}
_SPACES = {"tab", "ptab", "br", "cr", "noBreakHyphen"}
_TEXTS = {"v", "pt"}  # of a chart; "t" of all else
_FIGURES = {"numCache", "numLit", "numDim"}  # what a chart shows as bars and lines


class Passages:
    """Goes through the stories of a document; ``found`` are the passages so far."""

    def __init__(self, document: Document) -> None:
        self.found: list[Passage] = []
        self._document = document
        self._followed: set[object] = set()
        self._said: frozenset[str] = frozenset()

    def add(self, story: Story) -> None:
        """Take a story's passages, with those of its notes and of the parts that it shows.

        Of later pages only those that were not found before; the paragraphs of the others are emptied.
        """
        is_later = story.kind is StoryKind.LATER
        self._said = frozenset(row_of(each.text) for each in self.found) if is_later else frozenset()
        self._gather(story.part, self._document.root(story.part), say(PLACES[story.kind]))

    def _gather(self, part: str, root: Element, place: str) -> None:
        pieces: list[Element] = []
        self._walk(part, root, place, pieces)
        drawn = attribute_of(root, "string") if local_name(root) == "textpath" else ""
        text = "".join([drawn, *(" " if local_name(each) in _SPACES else each.text or "" for each in pieces)])
        text = without_page_numbers(text).strip()
        if self._said and row_of(text) in self._said:
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
            elif is_text(child) or name in _SPACES or (name in _TEXTS and len(child) == 0):
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
        """Take what is referred to, if it was not before: else a small file could show a large part for ever."""
        if name not in self._followed:
            self._followed.add(name)
            self._gather(part, root, place)
