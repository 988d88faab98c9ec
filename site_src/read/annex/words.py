"""The words by which an annex is understood (``words.toml``): headers, titles of kinds of body, and statuses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from functools import cached_property, lru_cache

from site_src.folders import read_table
from site_src.language.catalogues import N_
from site_src.language.greek import fold, one_line, squeeze
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import STATUSES, Kind, Status
from site_src.read.annex.sheets.grid import Cell
from site_src.read.settings import Column

WORDS = read_table(__package__, "words.toml")
HEADER_LONGEST = 80  # characters; a longer text is a title or a sentence
TITLE_LONGEST = 100  # characters; a longer text is not the title of a kind


@dataclass(frozen=True)
class About:
    """Describe a column: its name in messages, the topic of its mistakes, and its width and note in the template."""

    shown: str
    topic: Topic
    width: int  # in characters
    note: str
    is_published: bool = False  # on the pages and in the public annex
    is_free: bool = False  # an address in it is not a mistake


COLUMNS = {  # in the order of the template, whose rule for user names means the first column
    Column.USERNAME: About(
        N_("the user name"),
        Topic.USERNAME,
        18,
        N_("The agency's code: exactly 12 digits, the zeros in front too. Each occurs once."),
    ),
    Column.NAME: About(
        N_("the name"), Topic.NAME, 48, N_("The agency's name as the letter will show it."), is_published=True
    ),
    Column.KIND: About(
        N_("the kind"),
        Topic.TEXT,
        26,
        N_("What the agency is; choose from the list, or leave it empty."),
        is_published=True,
    ),
    Column.PARENT: About(
        N_("the supervising agency"),
        Topic.TEXT,
        40,
        N_("The body above it, such as its region; the list is grouped by it. It may stay empty."),
        is_published=True,
    ),
    Column.EMAIL: About(
        N_("the e-mail"),
        Topic.EMAIL,
        44,
        N_(
            "The contact's address exactly as it was declared, since it opens the archive; several with ; between "
            "them. Empty where no contact was declared."
        ),
    ),
    Column.STATUS: About(
        N_("the status"), Topic.STATUS, 22, N_("Empty for an agency that gets a new code; else choose from the list.")
    ),
    Column.NOTES: About(N_("the notes"), Topic.TEXT, 40, N_("For you; it is never published."), is_free=True),
    Column.PHONE: About(
        N_("the telephone"),
        Topic.TEXT,
        20,
        N_("The contact's telephone, for the report on who has not collected. It is never published."),
        is_free=True,
    ),
}
REQUIRED = (Column.USERNAME, Column.NAME, Column.EMAIL)
MANY = {Column.EMAIL, Column.STATUS, Column.NOTES, Column.PHONE}  # a table may have several of each

NAMES: dict[Column, list[str]] = {Column(key): names for key, names in WORDS["columns"].items()}
# «Υπάγεται στον Δήμο», «Φορέας στον οποίο ανήκει»; but no register («Ανήκει στο Μητρώο», «Υπάγεται σε ΦΠΑ»), and
# nothing that the other body has («Τηλέφωνο Δήμου όπου ανήκει»).
_BODY = r"(?:δημο[σν]?\b|περιφερεια(?!κ)|φορεα|οτα\b|υπουργειο)"
_BELONGING = re.compile(
    r"(?!.*\bναι\W+οχι)[\W\d_]*"
    rf"(?:(?:υπαγεται|ανηκει|εποπτευεται)(?:\s+(?:σε|στ\w+|απο))?(?:(?:\s+τ\w+)?\s+{_BODY}|\W*$)"
    rf"|{_BODY}[^,;]*\b(?:οποιο|οποια|οπου|που)\s+(?:υπαγεται|ανηκει)\W*$)",
    re.DOTALL,
)


class _Rank(IntEnum):
    """Rank how sure a header is of its column; the surest of a row win."""

    WEAK = 0
    PART = 1
    KNOWN = 2
    CONFIGURED = 3


_KNOWN = {
    squeeze(name): (column, _Rank.WEAK if name in WORDS["headers"]["weak"] else _Rank.KNOWN)
    for column, names in NAMES.items()
    for name in names
}
_PARTS = tuple((squeeze(part), Column(key)) for key, parts in WORDS["parts"].items() for part in parts)
_MAIL, _OTHERS, _OLD, _PERSONS = (
    tuple(map(squeeze, WORDS["headers"][key])) for key in ("mail", "others", "old", "persons")
)


@dataclass(frozen=True)
class Header:
    """A sheet's header row and where its columns are, counted from 1; a field may have several."""

    row: int
    columns: dict[Column, tuple[int, ...]]
    texts: dict[int, str]  # of each header, on one line

    @cached_property
    def read(self) -> dict[int, Column]:
        """Return the meaning of each column that is read, by its number."""
        return {number: column for column, numbers in self.columns.items() for number in numbers}


def names_email(header: str) -> bool:
    """Return whether a header names e-mail addresses of today, be they read or another body's."""
    known, key = _KNOWN.get(unnumbered(header)), squeeze(header)
    if len(header) > HEADER_LONGEST or any(old in key for old in _OLD):
        return False
    return Column.EMAIL in {known and known[0], _by_part(header, key)}


def unnumbered(header: str) -> str:
    """Return the squeezed header without a number at its end: «E-mail 2» is one more «E-mail»."""
    return squeeze(header).rstrip("0123456789")


def _by_part(header: str, key: str) -> Column | None:
    if names_keeping(header):
        return Column.STATUS
    found = next((column for part, column in _PARTS if part in key), None)
    if found is None and _BELONGING.match(fold(header)):
        found = Column.PARENT
    has_mail = not set(_MAIL).isdisjoint(re.split(r"[\W\d_]+", fold(header)))
    return Column.EMAIL if has_mail and found is not Column.NOTES else found


class Recogniser:
    """Finds headers, by what ``[annex]`` of campaign.toml calls them, and by the table of names."""

    def __init__(self, configured: Mapping[str, str]) -> None:
        self._configured = {squeeze(header): Column(key) for key, header in configured.items()}

    def recognise(self, header: str) -> Column | None:
        """Return the column that a header names, if any; a number at its end («E-mail 2») does not matter.

        The e-mail of another body («E-mail εποπτεύοντος»), or an old one, is not a column: it must open no archive.
        """
        found = self._recognise(header)
        return found[0] if found else None

    def _recognise(self, header: str) -> tuple[Column, _Rank] | None:
        if "@" in header or len(header) > HEADER_LONGEST:
            return None
        key, bare = squeeze(header), unnumbered(header)
        if configured := self._configured.get(key):
            return configured, _Rank.CONFIGURED
        if self._configured.get(bare) is Column.EMAIL:
            return Column.EMAIL, _Rank.CONFIGURED
        if known := _KNOWN.get(key) or _KNOWN.get(bare):
            return known
        column = _by_part(header, key)
        if column is Column.EMAIL and any(other in key for other in (*_OTHERS, *_OLD)):
            return None
        return (column, _Rank.PART) if column else None

    def read_header(self, number: int, cells: Collection[Cell]) -> Header:
        """Read a row as a header. All that name one of MANY count, of the rest those alone that are surest."""
        found = [(cell.column, *known) for cell in cells if (known := self._recognise(cell.text))]
        best: dict[Column, _Rank] = {}
        for _, column, rank in found:
            all_count = column in MANY and rank is not _Rank.CONFIGURED
            enough = min(rank, _Rank.PART) if all_count else rank
            best[column] = max(enough, best.get(column, _Rank.WEAK))
        columns: dict[Column, tuple[int, ...]] = {}
        for place, column, rank in found:
            if rank >= best[column]:
                columns[column] = (*columns.get(column, ()), place)
        return Header(number, columns, {cell.column: one_line(cell.text) for cell in cells})


def nearest_header(column: Column, headers: Iterable[str]) -> str:
    """Return the header most like any name of the column; the first where none is alike, and "" where there is none.

    A person's name is never the agency's.
    """
    by_key = {squeeze(header): header for header in headers}
    if column is Column.NAME:
        by_key = {key: text for key, text in by_key.items() if not any(person in key for person in _PERSONS)}

    def likeness(key: str) -> float:
        return max(SequenceMatcher(None, key[:HEADER_LONGEST], squeeze(name)).ratio() for name in NAMES[column])

    return by_key[max(by_key, key=likeness)] if by_key else ""


_KINDS = {squeeze(word): Kind(kind) for kind, words in WORDS["kinds"].items() for word in (*words, kind)}
_FIRST_WORDS = {squeeze(word): Kind(kind) for word, kind in WORDS["first_words"].items()}
# The number of a title: «Β. » or «12) » in front, «(13)» behind.
_NUMBERING = re.compile(r"^\s*(?:\d{1,3}|[^\W\d_]{1,4})[΄'’]?\s*[.)]\s*(?=\S{3})|\s*\(\s*\d+\s*\)\s*$")

_STATUSES = {squeeze(word): Status(status) for status, words in WORDS["statuses"].items() for word in words}
STATUS_WORDS = {Status(status): tuple(words[:2]) for status, words in WORDS["statuses"].items()}  # Greek and English
_ANSWERS = {squeeze("ναι"): True, squeeze("yes"): True, squeeze("όχι"): False, squeeze("no"): False}
# «Διατηρεί τον κωδικό (Ναι/Όχι)», "Keeps its code": a header of statuses too, whose cells say yes or no.
_KEEPING_HEADER = re.compile(
    rf"[\W\d_]*(?:διατηρ|κρατα|{fold('keep')})"
    rf"(?:.*\b(?:κωδικ|{fold('code')})|\w*\W*(?:ναι\W*οχι|{fold('yes')}\W*{fold('no')})?\W*$)",
    re.DOTALL,
)
_NEW = re.compile(rf"\b(?:νε[οα]|{fold('new')})")
# In notes, which are whole sentences: «διατηρεί», «κρατάει», "keeps", «δεν αλλάζει κωδικό», but not «δεν διατηρεί», and
# not «διατηρητέο».
_KEEPS = re.compile(
    rf"\b(?<!δεν )(?:διατηρ(?!ητ)|κρατ(?:α|αει|ουν)\b|{fold('keeps')}?\b)|\bδεν αλλαζ\w+ (?:τον )?κωδικ"
)


@lru_cache(1_000)  # sections and columns of kinds repeat themselves
def find_kind(title: str) -> Kind | None:
    """Return the kind that a text names, and nothing besides: «ΔΗΜΟΙ», «Β. Περιφέρειες (13)», «municipality»."""
    if len(title) > TITLE_LONGEST:
        return None
    return _KINDS.get(squeeze(title)) or _KINDS.get(squeeze(_NUMBERING.sub("", title)))


def kind_of_name(name: str) -> Kind | None:
    """Return the kind that a body's name begins with: «Δήμος Σικίνου»."""
    first = name.split(maxsplit=1)[:1]
    return _FIRST_WORDS.get(squeeze(first[0])) if first else None


@dataclass(frozen=True, slots=True)
class Saying:
    """The text of an agency's cell in the status column, and the status where it names one."""

    text: str = ""
    status: Status | None = None
    at: Place = Place()


def read_status(text: str, at: Place, problems: Problems, *, header: str = "") -> Saying:
    """Return the status that a cell below ``header`` names; an unknown word is an error.

    Yes means that the agency keeps its code, and no that nothing is decided, where the header asks for that alone.
    """
    key = squeeze(text)
    if key in _ANSWERS and names_keeping(header) and not _NEW.search(fold(header)):
        return Saying(text, Status.KEEPS, at) if _ANSWERS[key] else Saying(at=at)
    if text and key not in _STATUSES:
        known = ", ".join(
            f"«{greek}»/«{english}» ({say(STATUSES[of])})" for of, (greek, english) in STATUS_WORDS.items()
        )
        message = say("an unknown status; known are {known}", known=known)
        hint = say("write one of these words, or leave the cell empty")
        problems.error(Topic.STATUS, message, hint=hint, at=at, value=text)
    return Saying(text, _STATUSES.get(key), at)


def names_keeping(header: str) -> bool:
    """Return whether a header names those who keep their code, whatever else it asks."""
    return bool(_KEEPING_HEADER.match(fold(header)))


def is_keeping_word(text: str) -> bool:
    """Return whether a cell is a word of the status column for an agency that keeps its code."""
    return _STATUSES.get(squeeze(text)) is Status.KEEPS


def mentions_keeping(notes: str) -> bool:
    """Return whether an agency's notes say that it keeps its code."""
    return bool(_KEEPS.search(fold(notes)))


def decide_status(saying: Saying, *, listed: bool, has_email: bool, problems: Problems) -> Status:
    """Return an agency's status by the sheet (``saying``) and keeps_code (``listed``); contradictions are errors."""
    if listed and saying.status not in {None, Status.KEEPS}:
        hint = say("decide which is right: change the cell, or remove the agency from keeps_code in campaign.toml")
        message = say("keeps_code lists this agency, but the sheet says otherwise")
        problems.error(Topic.STATUS, message, hint=hint, at=saying.at, value=saying.text)
    if saying.status is Status.NEW and not has_email and not listed:
        hint = say("write the contact's e-mail, or make the status «{word}»", word=STATUS_WORDS[Status.CONTACT_US][0])
        message = say("a new code is asked for, but there is no e-mail to seal it with")
        problems.error(Topic.STATUS, message, hint=hint, at=saying.at, value=saying.text)
    if listed:
        return Status.KEEPS
    return saying.status or (Status.NEW if has_email else Status.CONTACT_US)
