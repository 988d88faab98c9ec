"""A document as lines, which is what Word files, text and Markdown have in common.

A text that was copied from printed pages loses what its pages add: page numbers, repeated ΑΔΑ, stamps of digital
signatures. Each is quoted in a note. A sentence so goes on over the end of its page, and no stamp passes for a sender.
What a draft lacks of a document is found word by word, whichever reader read it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import accumulate, groupby, pairwise

from site_src.folders import read_table
from site_src.language.catalogues import N_
from site_src.language.folding import UNSEEN, legible
from site_src.language.greek import CAPITALS_LEAST, fold, greek_letters, is_capitals, one_line
from site_src.language.say import say

PAGE_LINES_LEAST = 5  # filled lines between two bare page numbers; cells of a table that a PDF gives up are nearer
STAMP_LINES_MOST = 10  # lines over which the parts of one stamp are spread

_WORDS = read_table(__package__, "words.toml")
BODY_NAMES: Sequence[str] = _WORDS["head"]["names"]
_WORDS_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011"), "-")

# «- 2 -», «Σελίδα 2 από 5», «2/5», «2»; for folded text.
_PAGE_NUMBER = re.compile(
    r"(?P<words>[-–—]\s*|(?:σελ(?:ιδα|\.)?|ραgε)\s*)?(?P<number>\d{1,3})(?P<total>\s*(?:απο|οf|/)\s*(?P<of>\d{1,3}))?(?:\s*[-–—])?"
)
_ADA = re.compile(r"αδα\s*:?\s*\S+")
_SIGNED = re.compile(
    r"Digitally\s+signed(?:\s+by)?|Ψηφιακά\s+υπογεγραμμέν\w+(?:\s+από)?|Signature\s+(?:not\s+)?verified", re.IGNORECASE
)
_STAMP = re.compile(
    rf"{_SIGNED.pattern}|(?:Date|Ημερομηνία):?\s*\d{{4}}\.\d\d\.\d\d\s+\d\d:\d\d:\d\d(?:\s*EES?T|\s*[+-]\d\d'\d\d'?)?"
    r"|^\s*EES?T\s*$|Reason:|Location:(?:\s*[A-Z][a-z]+)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
# Behind a raised ending of a number a PDF's text has a line break.
_RAISED = re.compile(r"(?<=\d)(η[νςσ]?|ή[νς]?|ο[ςυ]?|α)\n (?=\S)")
_LATIN = re.compile(r"[A-Za-z .,&'-]*")

_LEFT_OUT = {
    "number": N_("page numbers left out: {texts}"),
    "ada": N_("repeated on other pages, and left out there: {texts}"),
    "stamp": N_("the stamp of a digital signature was left out: {texts}"),
}


class LineKind(Enum):
    """The kinds of lines, as far as the file itself names them."""

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


def words(table: str, key: str) -> str:
    """Return a pattern, for folded text, of any of the entries under a key of words.toml."""
    entries = (re.sub(r"(?<!\\).", lambda letter: fold(letter[0]), entry) for entry in _WORDS[table][key])
    return f"(?:{'|'.join(entries)})".replace("…", r"[^\W\d]*")


_UNIT = re.compile(words("head", "units"))
SALUTATION, GREETING = re.compile(words("sentences", "salutations")), re.compile(words("tail", "greetings"))
REFERENCE = re.compile(words("sentences", "references"))
OPENING = re.compile(f"{REFERENCE.pattern}|{words('sentences', 'openings')}")


def is_unit(text: str) -> bool:
    """Return whether a line begins as the sender's units do."""
    return _UNIT.match(fold(text)) is not None


def texts_of(lines: Iterable[Line]) -> list[str]:
    """Return the lines' texts; of a table those of the cells, line by line."""
    texts = (text for line in lines for text in (line.text, *(cell for row in line.rows for cell in row)))
    return [piece for text in texts for piece in re.split(r"[\n\t]", text) if piece]


def clean(text: str) -> str:
    """Return the text composed, with one kind of line end, without what cannot be seen; form feeds stay.

    Word's own hyphens become plain ones, and in an address every other dash and sign too: a copy from the page
    must be what was meant.
    """
    text = re.sub(r"\r\n?|[\v\x1c-\x1e\x85\u2028\u2029]", "\n", unicodedata.normalize("NFC", greek_letters(text)))
    # A hyphen at a line's end, as Chrome's PDF reader copies it: with the line's end, or without.
    text = re.sub("[\x02\xad\ufffe](?=\n)", "-", text)
    text = re.sub(r"(?<=\w)[\x02\ufffe](?=\w)", "-\n", text)
    text = UNSEEN.sub("", text).translate(_WORDS_HYPHENS)
    text = re.sub(r"\S+", lambda word: legible(word[0]) if "@" in word[0] else word[0], text)
    return "".join(c if c in "\n\f\t" or unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in text)


def row_of(text: str) -> str:
    """Return the text's words in a row, without accents, marks and invisible characters."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", UNSEEN.sub("", text)) if unicodedata.category(c) != "Cf")
    return " ".join(_WORD.findall(fold(seen)))


def left_out(shown: Sequence[Passage], draft: Sequence[str]) -> tuple[Passage, ...]:
    """Return the passages of which a word is missing in the draft's pieces; a word shown twice must be there twice.

    Passages that are pieces of their own are matched first, so that a missing word is not attributed to another.
    """
    rows = [row_of(passage.text) for passage in shown]
    pieces = Counter(map(row_of, draft))
    others = []
    for n, row in enumerate(rows):
        if pieces[row]:
            pieces[row] -= 1
        else:
            others.append(n)
    words = Counter(word for piece, times in pieces.items() for word in piece.split() * times)
    missing = set()
    for n in sorted(others, key=lambda n: -len(rows[n])):
        needed = Counter(rows[n].split())
        if needed <= words:
            words -= needed
        else:
            missing.add(n)
    return tuple(dict.fromkeys(shown[n] for n in sorted(missing)))


def read_pages(text: str) -> Source:
    """Return the lines of a text; a form feed may part its pages, and a line that begins another page is marked so."""
    rows = _Rows(_RAISED.sub(r"\1 ", text))
    rows.take_stamps()
    rows.take_repeated_ada()
    rows.take_running()  # for then the numbers are at the pages' edges
    rows.take_numbers()
    rows.take_running()  # where numbers alone part the pages
    notes = (say(_LEFT_OUT[kind], texts=", ".join(f"«{each}»" for each in texts)) for kind, texts in rows.taken.items())
    return Source(tuple(rows.lines()), notes=tuple(notes))


class _Rows:
    """The rows of a text, where a page begins, and what was taken out of them by its kind."""

    def __init__(self, text: str) -> None:
        text = re.sub(r"(?<=\S)\t(?=\S)", "  \t", text)  # a gap that parts cells, wherever the next stop is
        pages = [page.expandtabs(8).split("\n") for page in text.split("\f")]
        self.texts = [row for page in pages for row in page]
        self.starts = set(accumulate(map(len, pages[:-1])))
        self.taken: dict[str, list[str]] = {}

    def lines(self) -> Iterator[Line]:
        is_new = False
        for number, row in enumerate(self.texts):
            text = row.strip()
            is_new = is_new or number in self.starts
            yield Line(text, indent=len(row) - len(row.lstrip()), page=is_new and bool(text))
            is_new = is_new and not text

    def take_stamps(self) -> None:
        parts = {n for n, text in enumerate(self.texts) if _STAMP.search(text)}
        for signed in sorted(n for n in parts if _SIGNED.search(self.texts[n])):
            near = [n for n in range(signed - STAMP_LINES_MOST, signed + STAMP_LINES_MOST + 1) if n in parts]
            first, last = near[0], near[-1]
            signer = "".join(self.texts[first : last + 1])
            while first and _is_of_signer(self.texts[first - 1], signer):
                first -= 1
            for number in range(first, last + 1):
                left = _STAMP.sub("", self.texts[number])
                left = "" if _LATIN.fullmatch(left) or (number == signed and _is_name(left)) else left
                if self.texts[number].strip() and left != self.texts[number]:
                    self._take("stamp", number, left)

    def take_repeated_ada(self) -> None:
        """Take out the document's number on Diavgeia where it is stamped on later pages."""
        seen: set[str] = set()
        for number in self._filled():
            text = fold(self.texts[number]).strip()
            if text in seen:
                self._take("ada", number)
                self.starts.add(number)
            elif _ADA.fullmatch(text):
                seen.add(text)

    def take_running(self) -> None:
        """Take out lines in capitals, or with numbers, that are repeated at pages' edges; the first page keeps its own.

        Another line may begin two pages as it begins two sentences.
        """
        pages = self._pages()
        edges = [(rows[0], _is_header) for rows in pages] + [(rows[-1], _has_number) for rows in pages]
        running = {row for row, is_running in edges if is_running(self.texts[row])}
        times = Counter(fold(self.texts[row]).strip() for row in running)
        for row in sorted(running - {rows[0] for rows in pages[:1]}):
            if times[fold(self.texts[row]).strip()] > 1:
                self._take("ada", row)
                self.starts.add(row)

    def take_numbers(self) -> None:
        filled = self._filled()
        found = {row: match for row in filled if (match := _PAGE_NUMBER.fullmatch(fold(self.texts[row]).strip()))}
        bare = {row: int(match["number"]) for row, match in found.items() if not match["words"]}
        places = [place for place, row in enumerate(filled) if row in bare and not found[row]["total"]]
        count = not self.starts and _count(list(bare.values()), places)
        in_all = [(int(match["number"]), int(match["of"])) for match in found.values() if match["of"]]
        are_all = in_all == [(n, len(in_all)) for n in range(1, len(in_all) + 1)] and len(in_all) > 1
        pages, begins = self._pages() if self.starts else [], sorted(self.starts)
        edges = {row: bisect_right(begins, row) + 1 for rows in pages for row in (rows[0], rows[-1])}
        for row, match in found.items():
            # «- 2» is an item of a list
            in_words = match["words"] and (match[0][0] not in "-–—" or match[0][-1] in "-–—")
            is_counted = (count and row in bare) or (are_all and match["of"])
            if in_words or int(match["number"]) == edges.get(row) or is_counted:
                self._take("number", row)
                self.starts.add(row)

    def _filled(self) -> list[int]:
        return [n for n, text in enumerate(self.texts) if text.strip()]

    def _take(self, kind: str, row: int, left: str = "") -> None:
        """Take a row out, but for what is ``left`` of it."""
        self.taken.setdefault(kind, []).append(one_line(self.texts[row]))
        self.texts[row] = left

    def _pages(self) -> list[list[int]]:
        """Return the filled rows of each page that has any."""
        begins = sorted(self.starts)
        return [list(rows) for _, rows in groupby(self._filled(), key=lambda row: bisect_right(begins, row))]


def _count(numbers: Sequence[int], places: Sequence[int]) -> bool:
    """Return whether all rows that are a number alone count the pages, and are as far from each other as pages are."""
    are_far = all(after - before > PAGE_LINES_LEAST for before, after in pairwise([-1, *places]))
    return are_far and numbers[:1] in ([1], [2]) and all(after == before + 1 for before, after in pairwise(numbers))


def _has_number(text: str) -> bool:
    """Return whether a row has words and a number, as running headers and footers have, and ends no sentence."""
    has_words = sum(c.isalpha() for c in text) >= CAPITALS_LEAST
    return has_words and re.search(r"\d", text) is not None and not text.rstrip().endswith(".")


def _is_header(text: str) -> bool:
    return _has_number(text) or is_capitals(text)


def _is_name(text: str) -> bool:
    """Return whether a row has nothing but words in capitals, as a signer's name, and is no unit of the sender."""
    return is_capitals(text) and not is_unit(text.strip()) and not re.search(r"[\d:]", text)


def _is_of_signer(text: str, signer: str) -> bool:
    """Return whether a row has nothing but pieces of the signer's name, which stamps show twice."""
    return bool(text.strip()) and bool(_LATIN.fullmatch(text)) and all(word in signer for word in text.split())
