"""Every passage that a Word file shows, wherever it stands: what the draft is compared with.

All text is taken that there is, whatever holds it, so that a construct which nobody thought of is told and not lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.drafting.lines import Passage
from site_src.drafting.word_document import PLACES
from site_src.drafting.word_fields import without_page_numbers
from site_src.drafting.word_xml import is_text, local_name
from site_src.language.catalogues import N_
from site_src.language.say import say

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from site_src.drafting.word_document import Document, Story

# Elements whose text is a passage of its own, and the place that is told where it is not the part.
_APART = {"p": "", "strCache": "", "strDim": "", "oMath": N_("a formula"), "textpath": N_("WordArt")}
# Parts that are shown where they are referred to.
_FOLLOWED = {"diagramData": N_("a SmartArt graphic"), "chart": N_("a chart"), "chartEx": N_("a chart")}
_SPACES = {"tab", "ptab", "br", "cr", "noBreakHyphen"}
_TEXTS = {"v", "pt"}  # of a chart; "t" of all else
_FIGURES = {"numCache", "numLit", "numDim"}  # what a chart shows as bars and lines


def passages_of(document: Document, story: Story) -> tuple[Passage, ...]:
    """Return the passages of a story, of its notes, and of the parts that it shows."""
    gatherer = _Gatherer(document)
    gatherer.gather(story.part, document.root(story.part), say(PLACES[story.kind]))
    return tuple(gatherer.passages)


@dataclass
class _Gatherer:
    """Goes through parts; ``passages`` are those found so far."""

    document: Document
    passages: list[Passage] = field(default_factory=list)

    def gather(self, part: str, root: Element, place: str) -> None:
        """Take the passages of an element and of what it refers to."""
        texts = [root.get("string", "")] if local_name(root) == "textpath" else []
        self._walk(part, root, place, texts)
        if text := without_page_numbers("".join(texts)).strip():
            self.passages.append(Passage(text, place))

    def _walk(self, part: str, parent: Element, place: str, texts: list[str]) -> None:
        for child in parent:
            name = local_name(child)
            self._follow(part, child)
            if name in _APART:
                self.gather(part, child, say(_APART[name]) if _APART[name] else place)
            elif is_text(child) or (name in _TEXTS and len(child) == 0):
                texts.append(child.text or "")
            elif name in _SPACES:
                texts.append(" ")
            elif name not in _FIGURES:
                self._walk(part, child, place, texts)

    def _follow(self, part: str, element: Element) -> None:
        if note := self.document.note(element):
            self.gather(*note, say("a note"))
        for key, value in element.items():
            relation = self.document.package.relations(part).get(value) if key.startswith("{") else None
            target = self.document.package.target(part, value) if relation else None
            if relation and target and relation.kind in _FOLLOWED:
                self.gather(target, self.document.root(target), say(_FOLLOWED[relation.kind]))
