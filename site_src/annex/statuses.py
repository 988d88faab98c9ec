"""What each agency gets: what the sheet's status column, ``keeps_code`` and the e-mail say together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.agency import Status
from site_src.annex.columns import asks_keeping, squeeze
from site_src.greek import fold
from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import Place, Topic

if TYPE_CHECKING:
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
