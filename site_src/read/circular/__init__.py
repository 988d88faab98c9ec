"""Read the circular: its placeholders filled in, its Markdown as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

FILE = "circular.md"

# The text that `new` writes for a footnote whose text the document has lost; no circular is published with it.
MISSING_NOTE = "(Το κείμενο της υποσημείωσης λείπει από το αρχείο: συμπληρώστε το.)"


@dataclass(frozen=True, slots=True)
class Named:
    """The facts of an agency that a circular may show; ``kind`` is in words."""

    name: str
    kind: str
    parent: str

    def __str__(self) -> str:
        return self.name


class Unlisted(tuple[Named, ...]):
    """A list of agencies that nobody knows any more: one text in the place of their names and of their number."""

    __slots__ = ()

    def __getitem__(self, place: SupportsIndex | slice) -> Named | Unlisted:  # type: ignore[override]  # nothing is beyond its end
        return self if isinstance(place, slice) else next(iter(self))
