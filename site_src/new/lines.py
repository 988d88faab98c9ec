"""A document as lines, the form that Word files, text and Markdown have in common."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from site_src.language.folding import UNSEEN, legible
from site_src.language.greek import greek_letters

if TYPE_CHECKING:
    from collections.abc import Mapping


_WORDS_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011"), "-")


class LineKind(Enum):
    """The kind of a line where the file itself says so."""

    TEXT = auto()
    HEADING = auto()
    BULLET = auto()
    TABLE = auto()
    FOOTER = auto()  # of a page, or the header of a later one


@dataclass(frozen=True)
class Line:
    """One line; ``whole`` where it is a paragraph of its own, ``page`` where a new page begins with it.

    ``beside`` says that it was in the second of two columns.
    """

    text: str
    kind: LineKind = LineKind.TEXT
    indent: int = 0
    whole: bool = False
    page: bool = False
    beside: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Passage:
    """A paragraph, or another piece of text, that a document shows, and where it shows it."""

    text: str
    place: str


@dataclass(frozen=True)
class Source:
    """A document that was read: its lines, its footnotes by mark, and the notes and doubts of the reader.

    ``shown`` is all that the draft must hold; ``markdown`` says that the lines are Markdown already.
    """

    lines: tuple[Line, ...]
    footnotes: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    shown: tuple[Passage, ...] = ()
    markdown: bool = False


def clean(text: str) -> str:
    """Return the text composed, with one kind of line end, without invisible characters; form feeds stay.

    Word's own hyphens become plain ones, and in an address every other dash and sign too, so that it can be copied
    from the page.
    """
    text = re.sub(r"\r\n?|[\v\x1c-\x1e\x85\u2028\u2029]", "\n", unicodedata.normalize("NFC", greek_letters(text)))
    text = re.sub("[\x02\xad\ufffe](?=\n)", "-", text)  # a hyphen at a line's end, as Chrome's PDF reader copies it
    text = UNSEEN.sub("", text).translate(_WORDS_HYPHENS)
    text = re.sub(r"\S+", lambda word: legible(word[0]) if "@" in word[0] else word[0], text)
    return "".join(c if c in "\n\f\t" or unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in text)
