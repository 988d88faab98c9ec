"""Reads the parts of an official document into the facts of a campaign, with every word kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import find_days, fold, one_line, starts_in_lower_case
from site_src.language.say import say
from site_src.new.lines import Line, LineKind
from site_src.new.paragraph_end import ITEM
from site_src.new.parts import UNIT, Part, label_of
from site_src.read.settings import Letterhead, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

_PHONE = re.compile(
    r"(?P<name>.*?)[\s:,–-]*(?<![\d+])(?P<phone>\+?\d(?:[\s()./,-]*\d){6,}(?:\s*\([^()]*\))?)\s*\.?", re.DOTALL
)
_NAME_WORDS_MOST = 5
_PERSON_LONGEST = 200  # characters of a line that may be a name and a phone
_WRAPPED_SHORTEST = 20  # characters: a shorter line of a letterhead is not wrapped


@dataclass(frozen=True)
class Official:
    """What an official document says outside its text.

    ``words`` holds, by key, the document's own words where the value could not keep them (a date, a label);
    ``body`` the lines of the text; ``doubts`` a sentence each.
    """

    letterhead: Letterhead
    deadline: date | None
    body: tuple[Line, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


def read_official(parts: Sequence[tuple[Part, Line]]) -> Official:
    """The facts of a document whose lines have their parts."""
    reading = _Reading({part: [line for p, line in parts if p is part] for part in Part})
    deadline, date_ = reading.deadline(), reading.date()
    title, name, rest = reading.signatory()
    letterhead = Letterhead(
        ada=reading.ada(),
        marking=reading.texts(Part.MARKING),
        protocol=reading.rest_of(Part.PROTOCOL, "protocol"),
        date=date_,
        place=reading.place,
        subject=reading.rest_of(Part.SUBJECT, "subject"),
        sender=_units(reading.texts(Part.SENDER)),
        contacts=reading.contacts(),
        details=(*reading.texts(Part.DETAILS), *reading.unplaced()),
        recipients=reading.entries(Part.RECIPIENTS, "recipients"),
        signatory_title=title,
        signatory_name=name,
        attachments=reading.entries(Part.ATTACHMENTS, "attachments"),
        distribution=reading.entries(Part.DISTRIBUTION, "distribution"),
    )
    body = (*reading.lines[Part.BODY], *rest)
    return Official(letterhead, deadline, body, reading.words, tuple(reading.doubts))


@dataclass
class _Reading:
    """The lines by part, and what is noted while they are read."""

    lines: dict[Part, list[Line]]
    words: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    place: str = ""
    astray: list[str] = field(default_factory=list)

    def texts(self, part: Part) -> tuple[str, ...]:
        return tuple(one_line(line.text) for line in self.lines[part] if line.text)

    def deadline(self) -> date | None:
        told = self.texts(Part.DEADLINE)
        days = [day for text in told for day in find_days(text)]
        if len(told) == len(days) == 1:
            self.words["deadline"] = told[0]
            return days[0].day
        self.astray += told
        return None

    def date(self) -> date | None:
        told = self.texts(Part.DATE)
        self.astray += told[1:]
        if not told:
            return None
        day = find_days(told[0])[0]
        before = told[0][: day.start]
        label = re.match(r"ημερομηνια\s*:?\s*", fold(before))
        self.place = re.sub(
            r"[\s,]+(?:την|τη|στις)?[\s,]*$|^(?:την|τη|στις)\s*$", "", before[label.end() if label else 0 :]
        )
        self.words["date"] = told[0]
        return day.day

    def rest_of(self, part: Part, key: str) -> str:
        """What stands after a part's label, in one line."""
        text = " ".join(self.texts(part))
        cut = label_of(part, text)
        if cut:
            self.words[key] = text[:cut]
        return text[cut:].strip()

    def ada(self) -> str:
        """The first number on Diavgeia; another, of a document that is referred to, has no place."""
        told = self.texts(Part.ADA)
        text = told[0] if told else ""
        cut = label_of(Part.ADA, text)
        alone = cut and not text[cut:].strip() and told[1:2]  # its label stood in a line of its own
        self.astray += told[2 if alone else 1 :]
        if cut:
            self.words["ada"] = text[:cut].strip()
        return told[1] if alone else text[cut:].strip()

    def unplaced(self) -> tuple[str, ...]:
        """Lines of the head for which there is no key: kept under ``details``."""
        kept = [*self.astray, *self.texts(Part.UNPLACED)]
        self._doubt(N_("«{text}» has no place of its own: it is kept under details; check where it belongs"), kept)
        return tuple(kept)

    def contacts(self) -> tuple[Person, ...]:
        people: list[Person] = []
        for text in self.texts(Part.CONTACTS):
            cut = label_of(Part.CONTACTS, text)
            if cut:
                self.words["contacts"] = one_line(self.words.get("contacts", "") + " " + text[:cut])
            rest = text[cut:].strip(" :")
            if not rest:
                continue
            person = _person(rest)
            if people and not people[-1].phone and fold(person.name).startswith("τηλ"):
                self.words["contacts"] = one_line(self.words.get("contacts", "") + " " + person.name)
                people[-1] = replace(people[-1], phone=person.phone)
            else:
                people.append(person)
        silent = [person.name for person in people if not person.phone]
        self._doubt(N_("«{text}» stands among the contacts without a phone: check it"), silent)
        return tuple(people)

    def entries(self, part: Part, key: str) -> tuple[str, ...]:
        """A list's entries; its label goes, and a second label («ΚΟΙΝ.:») stays where it stands."""
        lines = [line for line in self.lines[part] if line.kind is not LineKind.TABLE]
        while lines and not lines[0].text:
            lines.pop(0)
        cut = label_of(part, lines[0].text) if lines else 0
        if cut and not fold(lines[0].text).startswith("κοιν"):
            self.words[key] = one_line(lines[0].text[:cut])
            lines[0] = replace(lines[0], text=lines[0].text[cut:].strip())
        found = tuple(_entries(lines, part))
        copies = [text for text in found if fold(text).startswith("κοιν") and label_of(Part.RECIPIENTS, text)]
        self._doubt(N_("«{text}» is kept among the recipients: check how it should be shown"), copies)
        return found

    def signatory(self) -> tuple[str, str, list[Line]]:
        """The signatory's title and name, and lines after them that are neither."""
        chunks = _chunks(self.lines[Part.SIGNATORY])
        if not chunks:
            return "", "", []
        first, *others = chunks
        if not others and len(first) > 1 and _is_name(first[-1]):
            first, others = first[:-1], [first[-1:]]
        while others and not _is_name(" ".join(others[0])) and len(others) > 1:  # a title in several paragraphs
            first, others = first + others[0], others[1:]
        name = " ".join(others[0]) if others else ""
        rest = [line for chunk in others[1:] for text in chunk for line in (Line(text, whole=True), Line(""))]
        after = [line.text for line in rest if line.text]
        self._doubt(N_("«{text}» stands after the signature: it is kept at the end of the text"), after)
        return " ".join(first), name, rest

    def _doubt(self, doubt: str, texts: Iterable[str]) -> None:
        """The same doubt about each text."""
        self.doubts += [say(doubt, text=text) for text in texts]


def _chunks(lines: Sequence[Line]) -> list[list[str]]:
    """The lines of each run that blank lines set apart."""
    chunks: list[list[str]] = [[]]
    for line in lines:
        if line.text:
            chunks[-1].append(one_line(line.text))
        elif chunks[-1]:
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        1 < len(words) <= _NAME_WORDS_MOST
        and all(word[0].isupper() for word in words)
        and not any(c.isdigit() for c in text)
    )


def _person(text: str) -> Person:
    match = _PHONE.fullmatch(text) if len(text) <= _PERSON_LONGEST else None
    return Person(match["name"].strip(), match["phone"].strip()) if match else Person(text, "")


def _units(texts: Sequence[str]) -> tuple[str, ...]:
    """The sender's units, one each; a line that begins with no unit's word goes on the one before."""
    units: list[str] = []
    for text in texts:
        if units and len(units[-1]) >= _WRAPPED_SHORTEST and not UNIT.match(fold(text)):
            units[-1] += " " + text
        else:
            units.append(text)
    return tuple(units)


def _entries(lines: Sequence[Line], part: Part) -> Iterator[str]:
    """Wrapped lines joined: a line goes on the one before where that was full or the sentence is not over."""
    width = max((len(one_line(line.text)) for line in lines), default=0)
    entry, last, gap, marked = "", "", False, False
    for line in lines:
        text = one_line(line.text)
        if not text:
            gap = True
            continue
        starts = bool(ITEM.match(fold(text))) or bool(label_of(part, text)) or line.whole
        if entry and not starts and _goes_on(last, text, gap=gap, width=width // 2 if marked else _filled(text, width)):
            entry = f"{entry} {text}"
        else:
            if entry:
                yield entry
            entry, marked = text, bool(ITEM.match(fold(text)))
        last, gap = text, False
    if entry:
        yield entry


def _filled(text: str, width: int) -> int:
    """From how many characters on a line had no room for the next one's first word."""
    return max(width - len(text.split(maxsplit=1)[0]), _WRAPPED_SHORTEST)


def _goes_on(last: str, text: str, *, gap: bool, width: int) -> bool:
    if starts_in_lower_case(text) and not last.endswith((".", ";", ":")):
        return True
    return not gap and len(last) >= width


def is_official(official: Official) -> bool:
    """Whether anything of the form was there."""
    head = official.letterhead
    return bool(head.subject or head.protocol or head.date or head.recipients)
