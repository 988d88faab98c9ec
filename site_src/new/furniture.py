"""Leaves out of a text the additions of its printed page: page numbers, repeated ΑΔΑ, stamps of digital signatures.

Each is quoted in a note. A sentence so goes on over the end of its page, and no stamp passes for a sender.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import fold, one_line
from site_src.language.say import say
from site_src.new.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

PAGE_LINES_LEAST = 5  # filled lines between two bare page numbers; cells of a table that a PDF gives up are nearer
STAMP_LINES_MOST = 10  # lines over which the parts of one stamp are spread

# «- 2 -», «Σελίδα 2 από 5», «2/5», «2»; for folded text.
_PAGE_NUMBER = re.compile(
    r"(?P<words>[-–—]\s*|(?:σελ(?:ιδα|\.)?|ραgε)\s*)?(?P<number>\d{1,3})(?P<total>\s*(?:απο|οf|/)\s*\d{1,3})?(?:\s*[-–—])?"
)
_ADA = re.compile(r"αδα\s*:?\s*\S+")
_SIGNED = re.compile(
    r"Digitally\s+signed(?:\s+by)?|Ψηφιακά\s+υπογεγραμμέν\w+(?:\s+από)?|Signature\s+(?:not\s+)?verified", re.IGNORECASE
)
_STAMP = re.compile(
    rf"{_SIGNED.pattern}|(?:Date|Ημερομηνία):?\s*\d{{4}}\.\d\d\.\d\d\s+\d\d:\d\d:\d\d(?:\s*EES?T|\s*[+-]\d\d'\d\d'?)?"
    r"|Reason:|Location:(?:\s*[A-Z][a-z]+)?",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[A-Za-z .,&'-]*")

_LEFT_OUT = {
    "number": N_("page numbers left out: {texts}"),
    "ada": N_("repeated on other pages, and left out there: {texts}"),
    "stamp": N_("the stamp of a digital signature was left out: {texts}"),
}


@dataclass(frozen=True)
class Pages:
    """The lines of all pages without what the paper adds, and a note on each kind of what was left out."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]


@dataclass
class _Rows:
    """The rows of a text, where a page begins, and what was taken out of them by its kind."""

    texts: list[str]
    starts: set[int]
    taken: dict[str, list[str]] = field(default_factory=dict)

    def filled(self) -> list[int]:
        return [n for n, text in enumerate(self.texts) if text.strip()]

    def take(self, kind: str, row: int, left: str = "") -> None:
        """Take a row out, but for what is ``left`` of it."""
        self.taken.setdefault(kind, []).append(one_line(self.texts[row]))
        self.texts[row] = left


def read_pages(text: str) -> Pages:
    """Return the text's lines; a form feed may part its pages, and a line that begins another page is marked so."""
    pages = [page.split("\n") for page in text.split("\f")]
    starts, end = set(), 0
    for page in pages[:-1]:
        end += len(page)
        starts.add(end)
    rows = _Rows([row.expandtabs(8) for page in pages for row in page], starts)
    _take_stamps(rows)
    _take_repeated_ada(rows)
    _take_numbers(rows)
    notes = (say(_LEFT_OUT[kind], texts=", ".join(f"«{each}»" for each in texts)) for kind, texts in rows.taken.items())
    return Pages(tuple(_lines(rows)), tuple(notes))


def _lines(rows: _Rows) -> Iterator[Line]:
    fresh = False
    for number, row in enumerate(rows.texts):
        text = row.strip()
        fresh = fresh or number in rows.starts
        yield Line(text, indent=len(row) - len(row.lstrip()), page=fresh and bool(text))
        fresh = fresh and not text


def _take_repeated_ada(rows: _Rows) -> None:
    """Take out the document's number on Diavgeia where it is stamped on later pages."""
    seen: set[str] = set()
    for number in rows.filled():
        text = fold(rows.texts[number]).strip()
        if not _ADA.fullmatch(text):
            continue
        if text in seen:
            rows.take("ada", number)
            rows.starts.add(number)
        seen.add(text)


def _take_numbers(rows: _Rows) -> None:
    places = {row: place for place, row in enumerate(rows.filled())}
    found = {row: match for row in places if (match := _PAGE_NUMBER.fullmatch(fold(rows.texts[row]).strip()))}
    edges = _edges(places, rows.starts)
    bare = [row for row, match in found.items() if not match["words"]]
    near = [places[row] for row in bare if not found[row]["total"]]
    counts = not rows.starts and _count([int(found[row]["number"]) for row in bare], near)
    for row, match in found.items():
        in_words = match["words"] and (match[0][0] not in "-–—" or match[0][-1] in "-–—")  # «- 2» is an item of a list
        if in_words or int(match["number"]) in edges.get(row, ()) or (counts and row in bare):
            rows.take("number", row)
            rows.starts.add(row)


def _edges(filled: Iterable[int], starts: AbstractSet[int]) -> dict[int, tuple[int, ...]]:
    """Return the first and the last filled row of each page that form feeds part, with the page's number."""
    begins = sorted(starts)
    pages = {page: list(group) for page, group in groupby(filled, key=lambda row: bisect_right(begins, row) + 1)}
    return {row: (page,) for page, group in pages.items() for row in (group[0], group[-1]) if begins}


def _count(numbers: Sequence[int], places: Sequence[int]) -> bool:
    """Return whether all rows that are a number alone count the pages, and are as far from each other as pages are."""
    far = all(after - before > PAGE_LINES_LEAST for before, after in pairwise([-1, *places]))
    return far and numbers[:1] in ([1], [2]) and all(after == before + 1 for before, after in pairwise(numbers))


def _take_stamps(rows: _Rows) -> None:
    parts = {n for n, text in enumerate(rows.texts) if _STAMP.search(text)}
    for signed in sorted(n for n in parts if _SIGNED.search(rows.texts[n])):
        near = [n for n in range(signed - STAMP_LINES_MOST, signed + STAMP_LINES_MOST + 1) if n in parts]
        span = range(near[0], near[-1] + 1)
        signer = "".join(rows.texts[n] for n in span)
        first = near[0]
        while first and _is_of_signer(rows.texts[first - 1], signer):
            first -= 1
        for number in range(first, near[-1] + 1):
            left = _STAMP.sub("", rows.texts[number])
            left = "" if _LATIN.fullmatch(left) else left
            if rows.texts[number].strip() and left != rows.texts[number]:
                rows.take("stamp", number, left)


def _is_of_signer(text: str, signer: str) -> bool:
    """Return whether a row has nothing but pieces of the signer's name, which stamps show twice."""
    return bool(text.strip()) and bool(_LATIN.fullmatch(text)) and all(word in signer for word in text.split())
