"""What each agency gets: what the sheet's status column, ``keeps_code`` and the e-mail say together."""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import fold, greek_letters
from site_src.language.say import say, say_either
from site_src.problems import Place, Topic
from site_src.read.agency import Status
from site_src.read.annex.columns import asks_keeping, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_src.problems import Problems

# The first Greek and the first English word of each are those that errors name.
_WORDS: dict[Status, tuple[str, ...]] = {
    Status.NEW: (
        "νέος", "new", "νέα", "νέο", "νέος κωδικός", "new code", "λαμβάνει νέο κωδικό", "παίρνει νέο κωδικό", "αλλαγή",
        "αλλάζει", "αλλάζει κωδικό", "αλλαγή κωδικού", "gets a new code",
    ),
    Status.KEEPS: (
        "διατηρεί", "keeps", "keep", "διατηρεί κωδικό", "διατηρεί τον κωδικό", "διατηρεί τον κωδικό του", "διατήρηση",
        "διατηρείται", "keeps code", "keeps its code", "κρατά", "κρατάει", "κρατά τον κωδικό", "κρατά τον κωδικό του",
        "κρατάει τον κωδικό", "κρατάει τον κωδικό του", "ίδιος κωδικός", "ο ίδιος κωδικός", "same code", "ως έχει",
        "διατηρεί τον υφιστάμενο κωδικό", "διατηρεί τον παλιό κωδικό", "διατηρεί τον ισχύοντα κωδικό", "κρατά κωδικό",
        "κρατάει κωδικό", "παραμένει", "παραμένει ο ίδιος", "παραμένει ως έχει", "δεν αλλάζει", "δεν αλλάζει κωδικό",
        "χωρίς αλλαγή", "keeps the code", "keep code", "keeps old code", "unchanged", "no change",
    ),
    Status.CONTACT_US: (
        "να επικοινωνήσει", "contact-us", "contact us", "contact", "να επικοινωνήσει με την υπηρεσία",
        "να επικοινωνήσει μαζί μας", "επικοινωνία", "χωρίς υπεύθυνο", "δεν έχει δηλωθεί",
        "δεν έχει δηλωθεί υπεύθυνος επικοινωνίας", "no contact", "να καλέσει", "να τηλεφωνήσει",
        "πρέπει να επικοινωνήσει", "πρέπει να καλέσει", "πρέπει να τηλεφωνήσει", "must call",
        "να μας καλέσει", "χωρίς e-mail", "χωρίς υπεύθυνο επικοινωνίας", "δεν έχει δηλωθεί e-mail",
        "δεν έχει δηλωθεί υπεύθυνος", "no e-mail", "call us", "must contact us",
    ),
}  # fmt: skip
_MEANINGS = {
    Status.NEW: N_("gets a new code"),
    Status.KEEPS: N_("keeps its code"),
    Status.CONTACT_US: N_("must call"),
}
_KNOWN = {squeeze(word): status for status, words in _WORDS.items() for word in words}
_ANSWERS = {squeeze("ναι"): True, squeeze("yes"): True, squeeze("όχι"): False, squeeze("no"): False}
WORDS = {status: words[:2] for status, words in _WORDS.items()}  # one in Greek and one in English

# In notes, which are whole sentences: «διατηρεί», «κρατάει», "keeps", «δεν αλλάζει κωδικό», but not «δεν διατηρεί», and
# no «διατηρητέο».
_KEEPS = re.compile(
    rf"\b(?<!δεν )(?:διατηρ(?!ητ)|κρατ(?:α|αει|ουν)\b|{fold('keeps')}?\b)|\bδεν αλλαζ\w+ (?:τον )?κωδικ"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """What the sheet's status column says of an agency: its text, and the status where it names one."""

    text: str = ""
    status: Status | None = None
    at: Place = Place()


def read_status(text: str, at: Place, problems: Problems, *, header: str = "") -> Saying:
    """What a cell of the status column below ``header`` says; an unknown word is an error.

    Yes means that the agency keeps its code, and no that nothing is said, where the header asks for that.
    """
    key = squeeze(text)
    if key in _ANSWERS and asks_keeping(header):
        return Saying(text, Status.KEEPS, at) if _ANSWERS[key] else Saying(at=at)
    if text and key not in _KNOWN:
        known = ", ".join(f"«{words[0]}»/«{words[1]}» ({say(_MEANINGS[of])})" for of, words in _WORDS.items())
        message = say("an unknown status; known are {known}", known=known)
        hint = say("write one of these words, or leave the cell empty")
        problems.error(Topic.STATUS, message, hint=hint, at=at, value=text)
    return Saying(text, status_of(text), at)


def status_of(word: str) -> Status | None:
    """The status that a word of the status column names, if any."""
    return _KNOWN.get(squeeze(word))


def decide_status(said: Saying, *, listed: bool, has_email: bool, problems: Problems) -> Status:
    """The status of an agency: ``said`` in the sheet, ``listed`` in keeps_code; contradictions are errors."""
    if listed and said.status not in {None, Status.KEEPS}:
        hint = say("decide which is right: change the cell, or remove the agency from keeps_code in campaign.toml")
        message = say("keeps_code lists this agency, but the sheet says otherwise")
        problems.error(Topic.STATUS, message, hint=hint, at=said.at, value=said.text)
    if said.status is Status.NEW and not has_email and not listed:
        hint = say("write the contact's e-mail, or make the status «{word}»", word=WORDS[Status.CONTACT_US][0])
        message = say("a new code is asked for, but there is no e-mail to seal it with")
        problems.error(Topic.STATUS, message, hint=hint, at=said.at, value=said.text)
    if listed:
        return Status.KEEPS
    return said.status or (Status.NEW if has_email else Status.CONTACT_US)


def tells_of_keeping(notes: str) -> bool:
    """Whether an agency's notes say that it keeps its code."""
    return bool(_KEEPS.search(fold(notes)))


NEAREST = 3  # names that an error proposes
_ALIKE_ENOUGH = 0.4  # of the two names' three-letter pieces; below it a proposal misleads


class NameIndex:
    """The user names and names of the annex, in which the items of ``keeps_code`` are looked up."""

    def __init__(self, bearers: Iterable[tuple[str, str]]) -> None:
        """``bearers`` are pairs of user name and name; either may be empty where it could not be read."""
        self._usernames: set[str] = set()
        self._names: dict[str, list[str]] = defaultdict(list)
        for username, name in bearers:
            self._usernames.add(username)
            self._names[_compared(name)].append(username)
        self._usernames.discard("")
        self._names.pop("", None)

    def find(self, items: Iterable[str], problems: Problems) -> frozenset[str]:
        """The user names that the items stand for; an item of nobody, or of several, is an error."""
        return frozenset(filter(None, (self._find_one(_compared(item), problems) for item in items)))

    def _find_one(self, item: str, problems: Problems) -> str:
        at = Place(file="campaign.toml", cell="keeps_code")
        if item in self._usernames:
            return item
        match self._names.get(item, []):
            case [username]:
                return username
            case []:
                near = say_either(f'"{name}"' for name in self._nearest(item))
                copy = say("copy the user name or the exact name from the annex")
                hint = say("is it {near}?", near=near) if near else copy
                message = say("no agency of the annex has this user name or name")
                problems.error(Topic.STATUS, message, hint=hint, at=at, value=item)
            case several:
                usernames = ", ".join(filter(None, several))
                hint = say("write the user name of the one that is meant instead: {usernames}", usernames=usernames)
                message = say("{count} agencies of the annex have this name", count=len(several))
                problems.error(Topic.STATUS, message, hint=hint, at=at, value=item)
        return ""

    def _nearest(self, item: str) -> Sequence[str]:
        """The names or user names most like the item, by the three-letter pieces that they share."""
        pieces = _pieces(item)

        def likeness(name: str) -> float:
            return 2 * len(pieces & self._pieces[name]) / (len(pieces) + len(self._pieces[name]))

        near = heapq.nlargest(NEAREST, self._pieces, key=likeness)
        return [name for name in near if likeness(name) >= _ALIKE_ENOUGH]

    @cached_property
    def _pieces(self) -> Mapping[str, set[str]]:
        return {name: _pieces(name) for name in (*self._names, *self._usernames) if name}


def _compared(name: str) -> str:
    """The name in the one form in which names are compared; macOS writes an accented letter as two characters."""
    return " ".join(greek_letters(unicodedata.normalize("NFC", name)).split())


def _pieces(text: str) -> set[str]:
    padded = f"  {squeeze(text)} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
