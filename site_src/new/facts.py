"""Finds in a circular's text the facts that campaign.toml holds, and where they may become placeholders."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import find_days, fold, one_line
from site_src.language.say import say
from site_src.new.blocks import Shape
from site_src.read.annex.words import mentions_keeping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_src.new.blocks import Block
    from site_src.read.agency import Agency

# For folded text. What stands before a day says which day it is.
_NEAR = 160  # characters before a day that are looked at
_FIRST_DAY = re.compile(r"(?:ισχυ|εφαρμο)[^.;]*\bαπο\s+(?:τη[νσ]?\s+|τισ\s+)?$")
_FROM = re.compile(r"\bαπο\s+(?:τη[νσ]?\s+|τισ\s+)?$")
# Who collects «τον φάκελο με τον νέο κωδικό» from a day on does not log in with it yet.
_HOLDS = re.compile(
    r"[^.;]{0,80}\b(?:ισχυ|σε ισχυ|(?:συνδε|εισερχ|εισοδ|μπαιν|χρησιμοπ)[^.;]{0,25}\bμε (?:το[νυ]σ? )?νεο)"
)
_EVE = re.compile(r"παραμον[^.;]*$|παλαι[^.;]*(?:εωσ|μεχρι)\s+(?:και\s+)?(?:τη[νσ]?\s+|τισ\s+)?$")
_LAST_DAY = re.compile(r"(?:προθεσμι|το αργοτερο|καταληκτικ|παραλα[βμ][^.;]*\b(?:εωσ|μεχρι)\b)[^.;]*$")
_FOLDER = re.compile(r"(?:ονομασι|ονομα|φακελ)[^\W\d_]*\s*:?\s*[«“\"]([^«»“”\"]{1,200})[»”\"]")
_PROTOCOL_BEFORE = re.compile(r"(?:πρωτ[^\W\d_]*\.?|α\.\s?π\.)\s*:?\s*$")

_TOLD = {
    "folder": N_("the folder's name"),
    "effective": N_("the first day of the new codes"),
    "eve": N_("the last day of the old codes"),
    "deadline": N_("the last day to act"),
}


@dataclass(frozen=True)
class Facts:
    """What the text tells; None or "" where it does not."""

    folder: str = ""
    effective: date | None = None
    eve: date | None = None
    deadline: date | None = None


@dataclass(frozen=True)
class Replacement:
    """A stretch of a block's text that is one of the campaign's facts."""

    block: int
    start: int
    end: int
    placeholder: str
    told: str


@dataclass(frozen=True)
class _Day:
    """A day whose sentence says which it is: "effective", "eve" or "deadline"; and where it stands."""

    kind: str
    day: date
    block: int
    start: int
    end: int


def find_facts(blocks: Sequence[Block]) -> tuple[Facts, tuple[str, ...]]:
    """The facts of the text, and what is doubtful about them."""
    doubts: list[str] = []
    folders = _folder_names(blocks)
    days = {
        kind: [told.day for told in _days(blocks) if told.kind == kind] for kind in ("effective", "eve", "deadline")
    }
    doubts += _told_twice("folder", folders)
    for kind, found in days.items():
        doubts += _told_twice(kind, [f"{day:%d-%m-%Y}" for day in found])
    effective, eve, deadline = (days[kind][0] if days[kind] else None for kind in ("effective", "eve", "deadline"))
    if effective and eve and eve != day_before(effective):
        doubt = say(
            "the text names «{eve}» as the last day of the old codes, but the new ones hold from «{effective}»: "
            "expected the day before; check both",
            eve=f"{eve:%d-%m-%Y}",
            effective=f"{effective:%d-%m-%Y}",
        )
        doubts.append(doubt)
    return Facts(folders[0] if folders else "", effective, eve, deadline), tuple(doubts)


def _folder_names(blocks: Sequence[Block]) -> list[str]:
    """What the text calls the folder, first what it introduces as a name."""
    found = [(block.text, match) for block in blocks for match in _FOLDER.finditer(fold(block.text))]
    names = [(match[0].startswith("ονομ"), one_line(text[match.start(1) : match.end(1)])) for text, match in found]
    return [name for introduced, name in names if introduced] or [name for _, name in names]


def _told_twice(key: str, found: Sequence[str]) -> list[str]:
    different = list(dict.fromkeys(found))
    if len(different) < 2:  # noqa: PLR2004 (two are more than one)
        return []
    listed = ", ".join(f"«{value}»" for value in different)
    doubt = N_("the text seems to state {what} more than once: {listed}; the first is used, check it")
    return [say(doubt, what=say(_TOLD[key]), listed=listed)]


def find_replacements(blocks: Sequence[Block], facts: Facts, protocol: str) -> tuple[Replacement, ...]:
    """Where the text says what ``facts`` and the protocol number say, in the text's order, none over another."""
    found = [*_fact_days(blocks, facts)]
    for number, block in enumerate(blocks):
        if block.shape is not Shape.LINKS:
            found += _folders(number, block.text, facts.folder)
            found += _protocols(number, block.text, protocol)
    return tuple(sorted(found, key=lambda r: (r.block, r.start)))


def day_before(day: date | None) -> date | None:
    """The day before; None for none, and for the first day there is."""
    return day - timedelta(days=1) if day and day > date.min else None


def _days(blocks: Sequence[Block]) -> Iterator[_Day]:
    for number, block in enumerate(blocks):
        folded = fold(block.text)
        end = 0
        for told in find_days(block.text):
            before = folded[max(end, told.start - _NEAR) : told.start].rstrip("(«[")
            after = folded[told.end : told.end + _NEAR]
            if kind := _kind(before, after):
                yield _Day(kind, told.day, number, told.start, told.end)
            end = told.end


def _kind(before: str, after: str) -> str:
    """Which day a day is, by the words around it; "" where they do not say."""
    if _FIRST_DAY.search(before) or (_FROM.search(before) and _HOLDS.match(after)):
        return "effective"
    if _EVE.search(before):
        return "eve"
    return "deadline" if _LAST_DAY.search(before) else ""


def _fact_days(blocks: Sequence[Block], facts: Facts) -> Iterator[Replacement]:
    same = {"effective": facts.effective, "eve": day_before(facts.effective), "deadline": facts.deadline}
    for day in _days(blocks):
        if blocks[day.block].shape is not Shape.LINKS and day.day == same[day.kind]:
            told = blocks[day.block].text[day.start : day.end]
            yield Replacement(day.block, day.start, day.end, f"{{{{ {day.kind} | date }}}}", told)


def _folders(number: int, text: str, folder: str) -> Iterator[Replacement]:
    if not folder:
        return
    quoted = not re.search(r"[\s\d]", folder)  # one common word is the folder's name only in quotes
    before, after = (r"(?<=[«“\"])", r"(?=[»”\"])") if quoted else (r"(?<![\w{])", r"(?![\w}])")
    for match in re.finditer(before + re.escape(folder) + after, text):
        yield Replacement(number, match.start(), match.end(), "{{ folder }}", match[0])


def _protocols(number: int, text: str, protocol: str) -> Iterator[Replacement]:
    if not any(c.isdigit() for c in protocol):
        return
    for match in re.finditer(rf"(?<![\w/.-]){re.escape(protocol)}(?![\w/-])", text):
        if _PROTOCOL_BEFORE.search(fold(text[max(0, match.start() - 20) : match.start()])):
            yield Replacement(number, match.start(), match.end(), "{{ protocol }}", match[0])


_EXCEPTION = re.compile(r"\b(?:εξαιρεσ|εξαιρουν|διατηρουν τουσ κωδικ)")
# Up to a full stop or question mark (;) with white space behind it: those within «1.12.2020» end no sentence.
_SENTENCE = re.compile(r"[^.;]+(?:[.;](?!\s|$)[^.;]*)*")
_KIND_WORDS = {"δημοσ", "δημοι", "περιφερεια", "αποκεντρωμενη", "διοικηση"}
_STEM_SHORTEST = 3


@dataclass(frozen=True)
class Keepers:
    """Names (a user name where two bear the name) that both tell, or one of the two alone."""

    both: tuple[str, ...] = ()
    notes_only: tuple[str, ...] = ()
    text_only: tuple[str, ...] = ()
    sentence: str = ""


def find_keepers(agencies: Sequence[Agency], texts: Iterable[str]) -> Keepers:
    """Compare the annex's notes with the text's sentences of exception."""
    sentences = [s.strip() for text in texts for s in _sentences(text) if _EXCEPTION.search(fold(s))]
    stems = " ".join(" ".join(_stems(sentence)) for sentence in sentences)
    noted = {agency.username for agency in agencies if mentions_keeping(agency.notes)}
    named = {agency.username for agency in agencies if _is_named(agency, f" {stems} ")} if stems else set()
    bearers = Counter(agency.name for agency in agencies)

    def names(usernames: set[str]) -> tuple[str, ...]:
        found = (agency for agency in agencies if agency.username in usernames)
        return tuple(agency.name if bearers[agency.name] == 1 else agency.username for agency in found)

    return Keepers(
        both=names(noted & named),
        notes_only=names(noted - named),
        text_only=names(named - noted),
        sentence=" ".join(sentences),
    )


def _sentences(text: str) -> list[str]:
    return [match[0] for match in _SENTENCE.finditer(text)]


def _stems(text: str) -> list[str]:
    """The words without their endings, so that «ΗΛΙΔΑΣ» and «Ήλιδα» agree."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    return [word[:_STEM_SHORTEST] + re.sub(r"[αεηιουωσν]+$", "", word[_STEM_SHORTEST:]) for word in words]


def _is_named(agency: Agency, stems: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", fold(agency.name)) if word not in _KIND_WORDS]
    return bool(words) and f" {' '.join(_stems(' '.join(words)))} " in stems
