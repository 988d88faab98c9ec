"""The facts of a circular: those of its letterhead and its end, and those within its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby

from site_src.language.catalogues import N_
from site_src.language.greek import DayFound, find_days, fold, one_line, starts_in_lower_case
from site_src.language.say import say
from site_src.new.blocks import Block, Replacement, Shape
from site_src.new.joining import in_one, is_item, is_unfinished
from site_src.new.lines import Line, LineKind, is_unit, row_of, words
from site_src.new.parts import Part, label_of
from site_src.read.settings import Letterhead, Person

PERSON_LONGEST = 200  # characters of a line that may be a name and a phone
NAME_WORDS = range(2, 6)
WRAPPED_SHORTEST = 20  # characters: a shorter line of a letterhead is not wrapped
NEAR = 160  # characters beside a day that are looked at
PROTOCOL_NEAR = 20  # characters before a number that may call it a protocol number

FOOTNOTE = re.compile(r"(\d{1,2})\s*([«“\"(]?[^\W\d_].*)")
_PHONE = re.compile(
    r"(?P<name>.*?)[\s:,/–-]*(?P<open>\()?(?P<label>(?<![^\W\d_])[Ττ]ηλ[^\s\d:]*)?[\s:]*(?<![\d+])"
    r"(?P<phone>\+?\d(?:[\s()./,-]*\d){6,}(?:\s*\([^()]*\)|[\s,–/-]+(?:[Ff]ax|FAX|[Φφ]αξ)[\s:.]*\d[\d\s./-]{5,})?)"
    r"(?(open)\))\s*\.?",
    re.DOTALL,
)
_BEFORE_DAY = re.compile(r"[\s,:]+(?:την|τη|στις)?[\s,]*$|^(?:την|τη|στις)\s*$")
_ARTICLE = re.compile(r"\b(?:την|τις)\s+$")  # not as a sentence's first word, whose capital would be lost
# For folded text. The words before a day say which day it is.
_FIRST_DAY, _FROM, _VALID, _EVE, _LAST_DAY, _PROTOCOL = (
    re.compile(words("facts", key)) for key in ("effective", "from", "valid", "eve", "deadline", "protocol")
)
_FOLDER = re.compile(words("facts", "folder") + r"[«“\"](?P<name>[^«»“”\"]{1,200})[»”\"]")

_SHOWN = {
    "folder": N_("the folder's name"),
    "effective": N_("the first day of the new codes"),
    "eve": N_("the last day of the old codes"),
    "deadline": N_("the last day to act"),
}


@dataclass(frozen=True)
class Official:
    """An official document but for its text.

    ``words`` holds, by key, the document's own words where the value could not keep them (a date, a label);
    ``body`` the lines of the text; ``doubts`` a sentence each.
    """

    letterhead: Letterhead = Letterhead()
    deadline: date | None = None
    body: tuple[Line, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

    @property
    def is_official(self) -> bool:
        """Return whether anything of the form was there."""
        return self.letterhead != Letterhead() or self.deadline is not None


def read_official(parts: Sequence[tuple[Part, Line]]) -> Official:
    """Return the facts of a document whose lines have their parts, with every word kept."""
    reading = _Reading({part: [line for p, line in parts if p is part] for part in Part})
    deadline = reading.deadline()
    place, day = reading.place_and_day()
    title, name, rest = reading.signatory()
    letterhead = Letterhead(
        ada=reading.ada(),
        marking=reading.texts(Part.MARKING),
        protocol=reading.rest_of(Part.PROTOCOL),
        date=day,
        place=place,
        subject=reading.rest_of(Part.SUBJECT),
        sender=_units(reading.texts(Part.SENDER)),
        contacts=reading.contacts(),
        details=(*reading.texts(Part.DETAILS), *reading.unplaced()),
        recipients=reading.entries(Part.RECIPIENTS),
        signatory_title=title,
        signatory_name=name,
        attachments=reading.entries(Part.ATTACHMENTS),
        distribution=reading.entries(Part.DISTRIBUTION),
    )
    body = (*reading.lines[Part.BODY], *rest)
    return Official(letterhead, deadline, body, reading.words, tuple(reading.doubts))


@dataclass
class _Reading:
    """The lines by part, and what is noted while they are read."""

    lines: dict[Part, list[Line]]
    words: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)

    def texts(self, part: Part) -> tuple[str, ...]:
        """Return the lines' texts; one of signs alone draws a line between others."""
        return tuple(one_line(line.text) for line in self.lines[part] if row_of(line.text))

    def deadline(self) -> date | None:
        texts = self.texts(Part.DEADLINE)
        days = [found for text in texts for found in find_days(text)]
        if len(texts) == len(days) == 1:
            self.words["deadline"] = texts[0]
            return days[0].day
        self.astray += texts
        return None

    def place_and_day(self) -> tuple[str, date | None]:
        text, *others = self.texts(Part.DATE) or ("",)
        self.astray += others
        if not text:
            return "", None
        self.words["date"] = text
        found = find_days(text)[0]
        label = re.match(r"ημ(?:ερομη|ερ/|/)νια\s*:?\s*", fold(text))
        return _BEFORE_DAY.sub("", text[label.end() if label else 0 : found.start]), found.day

    def rest_of(self, part: Part) -> str:
        """Return the words after a part's label, in one line."""
        text = in_one(self.texts(part))
        cut = label_of(part, text)
        if cut:
            self.words[part] = text[:cut]
        return text[cut:].strip()

    def ada(self) -> str:
        """Return the first number on Diavgeia; another, of a document that is referred to, has no place."""
        text, *others = self.texts(Part.ADA) or ("",)
        cut = label_of(Part.ADA, text)
        if cut:
            self.words["ada"] = text[:cut].strip()
        number = text[cut:].strip()
        if cut and not number and others:  # its label stood in a line of its own
            number = others.pop(0)
        self.astray += others
        return number

    def unplaced(self) -> tuple[str, ...]:
        """Return lines of the head for which there is no key: kept under ``details``."""
        kept = (*self.astray, *self.texts(Part.UNPLACED))
        self._doubt(N_("«{text}» has no place of its own: it is kept under details; check where it belongs"), kept)
        return kept

    def contacts(self) -> tuple[Person, ...]:
        people: list[Person] = []
        labels = []
        for text in self.texts(Part.CONTACTS):
            cut = label_of(Part.CONTACTS, text)
            labels.append(text[:cut])
            rest = text[cut:].strip(" :")
            found = _PHONE.fullmatch(rest) if len(rest) <= PERSON_LONGEST else None
            name, label, phone = (
                [each or "" for each in found.group("name", "label", "phone")] if found else [rest, "", ""]
            )
            if phone and not name and people and not people[-1].phone:  # in a line of its own
                people[-1] = replace(people[-1], phone=phone)
            elif rest:
                people.append(Person(name or label, phone))
                label = label if name else ""
            labels.append(label)
        if any(labels):
            self.words["contacts"] = one_line(" ".join(labels))
        silent = [person.name for person in people if not person.phone]
        self._doubt(N_("«{text}» stands among the contacts without a phone: check it"), silent)
        return tuple(people)

    def entries(self, part: Part) -> tuple[str, ...]:
        """Return a list's entries; its label goes, and a second label («ΚΟΙΝ.:») stays where it is."""
        lines = [line for line in self.lines[part] if line.kind is not LineKind.TABLE]
        cut = label_of(part, lines[0].text) if lines else 0
        if cut and not fold(lines[0].text).startswith("κοιν"):
            self.words[part] = one_line(lines[0].text[:cut])
            lines[0] = replace(lines[0], text=lines[0].text[cut:].strip())
        found = tuple(_entries(lines, part))
        copies = [text for text in found if fold(text).startswith("κοιν") and label_of(Part.RECIPIENTS, text)]
        self._doubt(N_("«{text}» is kept among the recipients: check how it should be shown"), copies)
        return found

    def signatory(self) -> tuple[str, str, list[Line]]:
        """Return the signatory's title and name, and lines after them that are neither."""
        lines = self.lines[Part.SIGNATORY]
        foot = next((n for n, line in enumerate(lines) if FOOTNOTE.match(line.text)), len(lines))
        end = next((n for n, line in enumerate(lines[:foot]) if label_of(Part.MARKING, line.text)), foot)
        runs = groupby(lines[:end], key=lambda line: bool(line.text))
        title, *others = [[one_line(line.text) for line in run] for is_filled, run in runs if is_filled] or [[]]
        if not others and len(title) > 1 and _is_name(title[-1]):
            title, others = title[:-1], [title[-1:]]
        while len(others) > 1 and not _is_name(" ".join(others[0])):  # a title in several paragraphs
            title += others.pop(0)
        name = " ".join(others[0]) if others else ""
        after = [text for chunk in others[1:] for text in chunk]
        after += [one_line(line.text) for line in lines[end:foot] if line.text]  # «Ακριβές αντίγραφο»
        self._doubt(N_("«{text}» stands after the signature: it is kept at the end of the text"), after)
        return (
            " ".join(title),
            name,
            [*(each for text in after for each in (Line(text, whole=True), Line(""))), *lines[foot:]],
        )

    def _doubt(self, doubt: str, texts: Iterable[str]) -> None:
        """Add the same doubt about each text."""
        self.doubts += [say(doubt, text=text) for text in texts]


def _is_name(text: str) -> bool:
    parts = text.split()
    return len(parts) in NAME_WORDS and all(part[0].isupper() for part in parts) and not re.search(r"\d", text)


def _units(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the sender's units; a line that begins with no unit's word goes on the one before."""
    units: list[str] = []
    for text in texts:
        if units and len(units[-1]) >= WRAPPED_SHORTEST and not is_unit(text):
            units[-1] = in_one([units[-1], text])
        else:
            units.append(text)
    return tuple(units)


def _entries(lines: Sequence[Line], part: Part) -> list[str]:
    """Return wrapped lines joined: a line goes on the one before where that was full or the sentence is not over."""
    width = max((len(one_line(line.text)) for line in lines), default=0)
    entries: list[str] = []
    last, has_gap, full = "", False, 0
    for line in lines:
        text = one_line(line.text)
        if not text:
            has_gap = True
            continue
        has_mark = is_item(text)
        # A line is full that had no room for the next one's first word; below an item lines are indented.
        is_full = not has_gap and len(last) >= (full or max(width - len(text.split()[0]), WRAPPED_SHORTEST))
        is_over = last.endswith(":") or (not is_full and last.endswith((".", ";")))
        goes_on = (is_full or starts_in_lower_case(text) or is_unfinished(last)) and not is_over
        if entries and goes_on and not (has_mark or line.whole or label_of(part, text)):
            entries[-1] = in_one([entries[-1], text])
        else:
            entries.append(text)
            full = width // 2 if has_mark else 0
        last, has_gap = text, False
    return entries


@dataclass(frozen=True)
class Facts:
    """The facts within the text; None or "" where it does not name them."""

    folder: str = ""
    effective: date | None = None
    eve: date | None = None
    deadline: date | None = None


def find_facts(blocks: Sequence[Block]) -> tuple[Facts, tuple[str, ...]]:
    """Return the facts of the text, rows of tables too, and what is doubtful about them."""
    blocks = [*blocks, *(Block(Shape.TABLE, one_line(" ".join(row))) for block in blocks for row in block.rows)]
    days: dict[str, list[date]] = {"effective": [], "eve": [], "deadline": []}
    for key, _, found in _days(blocks):
        days[key].append(found.day)
    folders = _folder_names(blocks)
    doubts = _different("folder", folders)
    for key, several in days.items():
        doubts += _different(key, [f"{day:%d-%m-%Y}" for day in several])
    effective, eve, deadline = (next(iter(several), None) for several in days.values())
    if effective and eve and eve != day_before(effective):
        doubt = N_(
            "the text names «{eve}» as the last day of the old codes, but the new ones hold from «{effective}»: "
            "expected the day before; check both"
        )
        doubts.append(say(doubt, eve=f"{eve:%d-%m-%Y}", effective=f"{effective:%d-%m-%Y}"))
    return Facts(next(iter(folders), ""), effective, eve, deadline), tuple(doubts)


def _folder_names(blocks: Sequence[Block]) -> list[str]:
    """Return the names that the text has for the folder, first those that it introduces as a name."""
    found = [(block.text, match) for block in blocks for match in _FOLDER.finditer(fold(block.text))]
    names = [(match[0].startswith("ονομ"), one_line(text[slice(*match.span("name"))])) for text, match in found]
    return [name for is_introduced, name in names if is_introduced] or [name for _, name in names]


def _different(key: str, found: Iterable[str]) -> list[str]:
    """Return a doubt where not all that was found is the same."""
    first, *others = dict.fromkeys(found) or ("",)
    listed = ", ".join(f"«{value}»" for value in (first, *others))
    doubt = N_("the text seems to state {what} more than once: {listed}; the first is used, check it")
    return [say(doubt, what=say(_SHOWN[key]), listed=listed)] if others else []


def find_replacements(
    blocks: Sequence[Block], facts: Facts, protocol: str, links: Iterable[Replacement] = ()
) -> tuple[Replacement, ...]:
    """Return where the text says what ``facts`` and the protocol number say, and ``links``, in the text's order."""
    same = {"effective": facts.effective, "eve": day_before(facts.effective), "deadline": facts.deadline}
    days = [(key, block, day) for key, block, day in _days(blocks) if day.day == same[key]]
    found = [Replacement(block, *_placeholder(key, blocks[block].text, day)) for key, block, day in days]
    for number, block in enumerate(blocks):
        found += [Replacement(number, *each) for each in _names(block.text, facts.folder, protocol)]
    ordered = sorted((*found, *links), key=lambda each: (each.block, each.start))
    return tuple(each for each in ordered if blocks[each.block].shape is not Shape.ADDRESS)


def day_before(day: date | None) -> date | None:
    """Return the day before; None for none, and for the first day there is."""
    return day - timedelta(days=1) if day and day > date.min else None


def _placeholder(key: str, text: str, found: DayFound) -> tuple[int, int, str]:
    """Return where a day's placeholder begins and ends, and that placeholder, in the form that the text has.

    The article goes with the day, since another day may need the other article; the day of the week is part of it.
    """
    if found.has_weekday:
        return found.start, found.end, f'{{{{ {key} | date("full") }}}}'
    if article := _ARTICLE.search(text, 0, found.start):
        return article.start(), found.end, f'{{{{ {key} | date("the") }}}}'
    return found.start, found.end, f"{{{{ {key} | date }}}}"


def _days(blocks: Sequence[Block]) -> Iterator[tuple[str, int, DayFound]]:
    """Yield the days whose sentence says which they are: "effective", "eve" or "deadline"; with the block's number."""
    for number, block in enumerate(blocks):
        folded, end = fold(block.text), 0
        for found in find_days(block.text):
            before = folded[max(end, found.start - NEAR) : found.start].rstrip("(«[*")
            end = found.end
            if key := _key_of_day(before, folded[end : end + NEAR]):
                yield key, number, found


def _key_of_day(before: str, after: str) -> str:
    """Return which day a day is, by the words around it; "" where they do not say."""
    if _FIRST_DAY.search(before) or (_FROM.search(before) and _VALID.match(after)):
        return "effective"
    if _EVE.search(before):
        return "eve"
    return "deadline" if _LAST_DAY.search(before) else ""


def _names(text: str, folder: str, protocol: str) -> Iterator[tuple[int, int, str]]:
    """Yield where the folder's name and the protocol number are, each with its placeholder.

    A folder's name of one word counts only in quotes: it may be a common word.
    """
    before, after = (r"(?<![\w{])", r"(?![\w}])") if re.search(r"[\s\d]", folder) else (r"(?<=[«“\"])", r"(?=[»”\"])")
    for match in re.finditer(before + re.escape(folder) + after, text) if folder else ():
        yield *match.span(), "{{ folder }}"
    is_number = re.search(r"\d", protocol)
    for match in re.finditer(rf"(?<![\w/.-]){re.escape(protocol)}(?![\w/-])", text) if is_number else ():
        if is_protocol_number(text, match.start()):
            yield *match.span(), "{{ protocol }}"


def is_protocol_number(text: str, start: int) -> bool:
    """Return whether the words before a number call it a document's protocol number."""
    return _PROTOCOL.search(fold(text[max(0, start - PROTOCOL_NEAR) : start])) is not None
