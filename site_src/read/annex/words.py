"""Words of an annex (``words.toml``): which kind of body a title names, and which status a cell or a note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from site_src.folders import read_table
from site_src.language.catalogues import N_
from site_src.language.greek import fold, squeeze
from site_src.language.say import say
from site_src.problems import Place, Topic
from site_src.read.agency import Kind, Status

if TYPE_CHECKING:
    from site_src.problems import Problems

WORDS = read_table(__package__, "words.toml")
TITLE_LONGEST = 100  # characters; a longer text is not the title of a kind

_KINDS = {squeeze(word): Kind(kind) for kind, words in WORDS["kinds"].items() for word in (*words, kind)}
_FIRST_WORDS = {squeeze(word): Kind(kind) for word, kind in WORDS["first_words"].items()}
# The number of a title: «Β. » or «12) » in front, «(13)» behind.
_NUMBERING = re.compile(r"^\s*(?:\d{1,3}|[^\W\d_]{1,4})[΄'’]?\s*[.)]\s*(?=\S{3})|\s*\(\s*\d+\s*\)\s*$")

_STATUSES = {squeeze(word): Status(status) for status, words in WORDS["statuses"].items() for word in words}
STATUS_WORDS = {Status(status): tuple(words[:2]) for status, words in WORDS["statuses"].items()}  # Greek and English
_MEANINGS = {
    Status.NEW: N_("gets a new code"),
    Status.KEEPS: N_("keeps its code"),
    Status.CONTACT_US: N_("must call"),
}
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

    Yes means that the agency keeps its code, and no that nothing is decided, where the header asks for that.
    """
    key = squeeze(text)
    if key in _ANSWERS and asks_keeping(header):
        return Saying(text, Status.KEEPS, at) if _ANSWERS[key] else Saying(at=at)
    if text and key not in _STATUSES:
        known = ", ".join(
            f"«{greek}»/«{english}» ({say(_MEANINGS[of])})" for of, (greek, english) in STATUS_WORDS.items()
        )
        message = say("an unknown status; known are {known}", known=known)
        hint = say("write one of these words, or leave the cell empty")
        problems.error(Topic.STATUS, message, hint=hint, at=at, value=text)
    return Saying(text, _STATUSES.get(key), at)


def names_keeping(header: str) -> bool:
    """Return whether a header names those who keep their code, whatever else it asks."""
    return bool(_KEEPING_HEADER.match(fold(header)))


def asks_keeping(header: str) -> bool:
    """Return whether a header asks who keeps the code, and nothing else, so that yes and no are answers."""
    return names_keeping(header) and not _NEW.search(fold(header))


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
