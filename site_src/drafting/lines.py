"""A document as lines, which is what Word files, text and Markdown have in common."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from site_src.language.folding import UNSEEN, legible

if TYPE_CHECKING:
    from collections.abc import Mapping


_WORDS_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011"), "-")


class LineKind(Enum):
    """What a line is where the file itself says so."""

    TEXT = auto()
    HEADING = auto()
    BULLET = auto()
    TABLE = auto()


@dataclass(frozen=True)
class Line:
    """One line; ``whole`` where it is a paragraph of its own, ``page`` where a new page begins with it.

    ``beside`` says that it stood in the same row as the line before, in a second column.
    """

    text: str
    kind: LineKind = LineKind.TEXT
    indent: int = 0
    whole: bool = False
    page: bool = False
    beside: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Source:
    """A document read: its lines, its footnotes by mark, and what there is to say about the reading.

    ``markdown`` says that the lines are Markdown already.
    """

    lines: tuple[Line, ...]
    footnotes: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    markdown: bool = False


def clean(text: str) -> str:
    """The text composed, with one kind of line end, without what cannot be seen; form feeds stay.

    Word's own hyphens become plain ones, and in an address every other dash and sign too: whoever copies it from the
    page must get what was meant.
    """
    text = re.sub(r"\r\n?|[\v\x1c-\x1e\x85\u2028\u2029]", "\n", unicodedata.normalize("NFC", text))
    text = UNSEEN.sub("", text).translate(_WORDS_HYPHENS)
    text = re.sub(r"\S+", lambda word: legible(word[0]) if "@" in word[0] else word[0], text)
    return "".join(c if c in "\n\f\t" or unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in text)
