"""A circular that was read, as facts for campaign.toml and text for circular.md.

Footnotes and the targets of links, which a copy of printed pages gives up apart from their sentence, are put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date
from html import unescape
from itertools import takewhile

from site_src.language.catalogues import N_
from site_src.language.greek import find_days, is_capitals, one_line
from site_src.language.say import say
from site_src.new.blocks import Block, Replacement, Shape, escape, read_blocks, write_markdown
from site_src.new.facts import (
    FOOTNOTE,
    Facts,
    Official,
    find_facts,
    find_replacements,
    is_protocol_number,
    read_official,
)
from site_src.new.joining import ends_sentence
from site_src.new.lines import Line, Passage, Source, left_out
from site_src.new.parts import Part, label_of, split_parts
from site_src.problems import UsageError
from site_src.read.circular import MISSING_NOTE
from site_src.read.settings import SUBJECT_LONGEST, Letterhead

QUOTED_LONGEST = 70  # characters of the text that a doubt quotes
# The mark of a footnote as a PDF gives it up: digits behind a Greek word, with no space between. Behind other signs it
# is one only where its footnote is there: «παράγραφο.1» may be a paragraph's number.
_MARK = re.compile(
    r"(?:(?<![^\W_])(?P<word>[^\W\d_A-Za-z]{3,}[ά-ώ])|(?<=[^\W_]{4}[,.;])|(?<=/20\d\d)|(?<=/19\d\d)|(?<=[»)])|(?<=[»)][,.;]))"
    r"(?P<number>\d{1,2})(?![\w/-]|[.,]\d)"
)
_ADDRESS = re.compile(r"https?://[^\s<>()]+", re.IGNORECASE)  # that Markdown takes between < and >
_NUMBER = re.compile(r"(?<![\w/.-])(\d+)(?:/[\d./-]*\d)?")
_LINK = re.compile(r"<(https?://[^>]*)>", re.IGNORECASE)
_WHOLE = re.compile(r"(<[^>\n]*>|\[[^\]\n]*\]\([^)\n]*\)|\{\{.*?\}\}|\[\^\d+\])")  # links, facts and marks of notes
_MARKDOWN = re.compile(r"^(?:#+|>|[-*+](?=\s+\*\*))\s+|\*\*|__|^\|\s*|\s*\|$")
_NOTE = re.compile(r"\[\^\d+\]")
_PRIVATE = re.compile("[^\n]{0,20}[\ue000-\uf8ff\ufffd][^\n]{0,20}")  # signs of one font alone, and those that are lost

_TEXT = (Part.BODY, Part.SIGNATORY, Part.ATTACHMENTS, Part.DISTRIBUTION)

_NO_TEXT = """## Νέοι κωδικοί πρόσβασης

Οι νέοι κωδικοί βρίσκονται στον φάκελο {{ folder }} και ισχύουν από {{ effective | date }}.
"""


@dataclass(frozen=True)
class CircularText:
    """The facts outside and inside the text, circular.md, and the paragraphs as plain text.

    ``footnotes`` holds, by mark, the words whose footnote has no text; ``links`` the addresses that are a list of their
    own; ``unclear`` the doubts about all else that was read.
    """

    official: Official
    facts: Facts
    markdown: str
    paragraphs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()  # the words that became placeholders or links
    footnotes: Mapping[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return all that staff should check or fill in, as the text is now."""
        if self.markdown == _NO_TEXT:
            return self.unclear
        return (*self.unclear, *_doubts(self))

    @property
    def portal(self) -> str:
        """Return the first address that the text names; "" where it names none."""
        found = _LINK.search(self.markdown)
        return found[1] if found and found[1] not in self.links else ""

    def with_footnote(self, mark: str, text: str) -> CircularText:
        """Return the text with a footnote in its place; without its mark where the document has no such footnote."""
        footnotes = {key: word for key, word in self.footnotes.items() if key != mark}
        missing = f"[^{mark}]: {MISSING_NOTE}"
        if text:
            markdown = self.markdown.replace(missing, f"[^{mark}]: {escape(text, start=True)}")
        else:
            markdown = self.markdown.replace(f"\n{missing}\n", "").replace(f"[^{mark}]", "")
        return replace(self, markdown=markdown, footnotes=footnotes)

    def with_link(self, address: str, words: str) -> CircularText:
        """Return the text with words of it as the link; without words, without the address.

        Raises UsageError where the text does not have the words, except for those of other links and of facts.
        """
        words = one_line(words)
        parts = _WHOLE.split(self.markdown.replace(f"- <{address}>\n", "", 1))  # every second one is to stay whole
        shown = escape(words, start=False)
        if words:
            place = next((n for n in range(0, len(parts), 2) if shown in parts[n]), None)
            if place is None:
                message = say('the text does not have the words "{words}"', words=words)
                raise UsageError(message, say("copy them from the circular"))
            parts[place] = parts[place].replace(shown, _link(words, address), 1)
        links = tuple(each for each in self.links if each != address)
        return replace(self, markdown="".join(parts), links=links)

    @property
    def pieces(self) -> tuple[str, ...]:
        """Return all texts of the draft, line by line and cell by cell, and the words that became facts."""
        text = _LINK.sub(r"\1", self.markdown)
        lines = (unescape(cell) for line in text.split("\n") for cell in line.split(" | "))
        return (*lines, *self.official.words.values(), *self.replaced, *_strings(astuple(self.official.letterhead)))


def _strings(values: object) -> Iterator[str]:
    if isinstance(values, tuple):
        for value in values:
            yield from _strings(value)
    elif isinstance(values, str) and values:
        yield values


def read_circular(source: Source | None) -> CircularText:
    """Return what a document gives a campaign; a first text and a doubt where there is no document."""
    if source is None:
        doubt = say("no circular was given: circular.md holds a first sentence, and the facts are to be filled in")
        return CircularText(Official(), Facts(), _NO_TEXT, unclear=(doubt,))
    text = _from_markdown(source) if source.markdown else _from_lines(source)
    notes = (*source.notes, *(f"{name}: {value}" for name, value in _understood(text)), *text.notes)
    unclear = (*source.doubts, *_left_out(source.shown, text.pieces), *text.unclear)
    return replace(text, notes=notes, unclear=unclear)


def _from_lines(source: Source) -> CircularText:
    official = read_official(split_parts(source.lines))
    lines, found, marked = (official.body, {}, []) if source.footnotes else _take_footnotes(official.body)
    blocks, repeated, links = _take_links(read_blocks(lines), official.letterhead)
    facts, more = find_facts(blocks)
    known = replace(facts, deadline=official.deadline)
    replacements = find_replacements(blocks, known, official.letterhead.protocol, links)
    became = [(blocks[each.block].text[each.start : each.end], each.placeholder) for each in replacements]
    missing = {str(n): word for n, word in enumerate(marked, start=1) if str(n) not in found}
    footnotes = source.footnotes or found | dict.fromkeys(missing, MISSING_NOTE)
    markdown = write_markdown(blocks, replacements, dict(sorted(footnotes.items())))
    return CircularText(
        official=official,
        facts=facts,
        markdown=markdown,
        paragraphs=tuple(block.text for block in blocks),
        notes=tuple(_changes(found, repeated, became)),
        unclear=(*official.doubts, *more),
        replaced=tuple(words for words, _ in became),
        footnotes=missing,
        links=tuple(address for address in _addresses_apart(blocks) if f"- <{address}>\n" in markdown),
    )


def _changes(footnotes: Mapping[str, str], repeated: Iterable[str], became: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what the text has in another place, or in other words, than the document."""
    for mark, text in footnotes.items():
        yield say("the text of footnote {mark}: {text}", mark=mark, text=text)
    for address in repeated:
        yield say("«{address}» stood apart from the text, which has it too: left out there", address=address)
    for words, placeholder in became:
        yield say("in the text «{told}» became {placeholder}", told=words, placeholder=placeholder)


def _from_markdown(source: Source) -> CircularText:
    """Keep a text that is Markdown already as it is; a letterhead above it goes to campaign.toml."""
    parts = split_parts(_labels_plain(source.lines))
    head = tuple(takewhile(lambda each: each[0] not in _TEXT, parts))
    official = replace(read_official(head), body=tuple(line for _, line in parts[len(head) :]))
    markdown = "\n".join(line.text for line in official.body).strip("\n") + "\n"
    blocks = read_blocks(official.body)
    facts, doubts = find_facts(blocks)
    note = say("the text is Markdown and was taken as it is; no fact in it became a placeholder")
    paragraphs = tuple(block.text for block in blocks)
    return CircularText(official, facts, markdown, paragraphs, (note,), (*official.doubts, *doubts))


def _labels_plain(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines, without Markdown's marks down to the subject: «**ΘΕΜΑ:** …», «# ΥΠΟΥΡΓΕΙΟ», «| Αθήνα | … |»."""
    plain = [replace(line, text=re.sub(r"\s*\|\s*", "    ", _MARKDOWN.sub("", line.text))) for line in lines]
    subject = next((n for n, line in enumerate(plain) if label_of(Part.SUBJECT, line.text)), -1)
    return (*plain[: subject + 1], *lines[subject + 1 :])


def _left_out(shown: Sequence[Passage], draft: Sequence[str]) -> Iterator[str]:
    missing = left_out(shown, draft)
    for place in dict.fromkeys(passage.place for passage in missing):
        passages = ", ".join(f"«{one_line(each.text)}»" for each in missing if each.place == place)
        yield say(
            "left out of the draft, though the document shows it ({place}): {passages}", place=place, passages=passages
        )


def _understood(text: CircularText) -> Iterator[tuple[str, object]]:
    """Yield the facts that were found, each with its name."""
    head, words = text.official.letterhead, text.official.words
    days = {"deadline": text.official.deadline, "date": head.date}
    dated = {key: say("{day} (from «{words}»)", day=day, words=words.get(key, "")) for key, day in days.items() if day}
    found: Mapping[str, object] = {
        say("the sender"): " / ".join(head.sender),
        say("the contacts"): ", ".join(f"{person.name} {person.phone}" for person in head.contacts),
        say("the sender's details"): " / ".join(head.details),
        say("the last day to act"): dated.get("deadline"),
        say("the number on Diavgeia"): head.ada,
        say("the markings"): " / ".join(head.marking),
        say("the date"): dated.get("date"),
        say("the protocol number"): head.protocol,
        say("the recipients"): " / ".join(head.recipients),
        say("the subject"): head.subject,
        say("the folder's name"): text.facts.folder,
        say("the first day of the new codes"): text.facts.effective,
        say("the last day of the old codes"): text.facts.eve,
        say("the signatory"): " / ".join(filter(None, (head.signatory_title, head.signatory_name))),
        say("the attachments"): " / ".join(head.attachments),
        say("the distribution"): " / ".join(head.distribution),
    }
    return ((name, value) for name, value in found.items() if value)


def _doubts(text: CircularText) -> Iterator[str]:
    """Yield what differs from most circulars, and what staff should put back into its place."""
    missing = N_("«{word}» was read as a footnote's mark, but its text is missing: write it at the end")
    yield from (say(missing, word=word) for word in text.footnotes.values())
    if text.links:
        yield say(
            "{addresses} stood apart from the text, as a PDF gives up the targets of its links: they are kept as "
            "a list; put each where it belongs, as [words](address), or take the list out",
            addresses=", ".join(f"«{address}»" for address in text.links),
        )
    if not text.official.is_official:
        yield say("no letterhead of an official document was found: the whole text is in circular.md")
    yield from _doubts_of_day(text.facts.deadline, text.official.deadline)
    head = text.official.letterhead
    if len(head.subject) > SUBJECT_LONGEST:
        yield say(
            "the subject has more than {most} characters, so that it seems to hold a part of the text: "
            "correct subject and circular.md",
            most=SUBJECT_LONGEST,
        )
    if any(f"{mark}:" in text.markdown for mark in _NOTE.findall(" ".join(_strings(astuple(head))))):
        yield say(
            "a line of the letterhead has a footnote, which no fact can have: take its mark out of campaign.toml, and "
            "write in circular.md what it says"
        )
    if around := _PRIVATE.findall(text.markdown):
        yield say(
            "circular.md has signs that no reader of the page sees, as only one font has them: put others in their "
            "place: {passages}",
            passages=", ".join(f"«{each.strip()}»" for each in around),
        )
    if not text.markdown.strip():
        yield say("no text was found below the letterhead: write it in circular.md")
    long = next((one_line(unit) for unit in head.sender if len(unit) > 2 * QUOTED_LONGEST), "")
    if long:
        yield say("«{start}…» stands among the sender's lines: it may belong to the text", start=long[:QUOTED_LONGEST])


def _doubts_of_day(inside: date | None, above: date | None) -> Iterator[str]:
    """Yield a doubt about the last day to act, as the text has it and as the letterhead above it has it."""
    if inside and not above:
        yield say("the last day to act seems to be «{day}», which the text names: check it", day=inside)
    elif inside and inside != above:
        yield say(
            "the last day to act is «{inside}» in the text, «{above}» above it: check both", inside=inside, above=above
        )


def _take_footnotes(lines: Sequence[Line]) -> tuple[tuple[Line, ...], dict[str, str], list[str]]:
    """Return the lines without the texts of footnotes, which end a page; these by their marks; and the marked words.

    Digits glued to a Greek word are marks, and become ``[^1]``, where they count 1, 2, 3 through the text. A footnote
    begins with the number of a mark above it, and ends with its sentence, a blank line or the page.
    """
    kept: list[Line] = []
    found: dict[str, str] = {}
    marked: list[str] = []

    begun = {match[1] for line in lines if (match := FOOTNOTE.match(line.text)) and _is_footnote(match[2], line)}

    def mark(match: re.Match[str]) -> str:
        if int(match["number"]) != len(marked) + 1 or not (match["word"] or match["number"] in begun):
            return match[0]
        marked.append(match[0])
        return f"{match['word'] or ''}[^{match['number']}]"

    is_open = False
    for line in lines:
        begins = FOOTNOTE.match(line.text)
        number = str(len(found) + 1)
        if begins and begins[1] == number and len(found) < len(marked) and _is_footnote(begins[2], line):
            found[number], is_open = begins[2], True
        elif is_open and line.text and not line.page and not ends_sentence(found[str(len(found))]):
            found[str(len(found))] += f" {line.text}"
        else:
            is_open = False
            kept.append(replace(line, text=_MARK.sub(mark, line.text)))
    return tuple(kept), found, marked


def _is_footnote(text: str, line: Line) -> bool:
    """Return whether the words behind a number can be a footnote's: a day, an item or a heading is none."""
    days = find_days(line.text)
    return not (line.whole or is_capitals(text) or text[0].islower() or (days and days[0].start == 0))


def _take_links(
    blocks: Sequence[Block], head: Letterhead
) -> tuple[tuple[Block, ...], tuple[str, ...], tuple[Replacement, ...]]:
    """Return the blocks without addresses apart that the text has too, or whose place is known; those; and these links.

    An address has a place where it holds the protocol number of a document that the text refers to.
    """
    apart = _addresses_apart(blocks)
    text = "\n".join([*(block.text for block in blocks if block.shape is not Shape.ADDRESS), *head.details])
    repeated = tuple(address for address in apart if _names(text, address))
    others = [address for address in apart if address not in repeated]
    placed = [address for address, _ in _placed(blocks, others, head.protocol)]
    gone = {*repeated, *placed}
    left = tuple(block for block in blocks if block.shape is not Shape.ADDRESS or block.text not in gone)
    return left, repeated, tuple(each for _, each in _placed(left, placed, head.protocol))


def _names(text: str, address: str) -> bool:
    core = re.escape(re.sub(r"^https?://", "", address).rstrip("/"))
    return re.search(rf"(?<![\w.@-]){core}/?(?![\w/?#-]|\.\w)", text, re.IGNORECASE) is not None


def _addresses_apart(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Return the addresses that stand apart from the text, each once."""
    return tuple(dict.fromkeys(block.text for block in blocks if block.shape is Shape.ADDRESS))


def _placed(blocks: Sequence[Block], addresses: Iterable[str], own: str) -> Iterator[tuple[str, Replacement]]:
    """Yield addresses with the first place in the text, and of no other address, that names their document."""
    documents = [
        (number, match)
        for number, block in enumerate(blocks)
        if block.shape not in {Shape.ADDRESS, Shape.TABLE}
        for match in _NUMBER.finditer(block.text)
        if match[1] != own and is_protocol_number(block.text, match.start())
    ]
    for address in filter(_ADDRESS.fullmatch, addresses):
        numbers = re.findall(r"\d+", address)
        found = next((each for each in documents if each[1][1] in numbers), None)
        if found:
            documents.remove(found)
            block, match = found
            yield address, Replacement(block, *match.span(), _link(match[0], address))


def _link(words: str, address: str) -> str:
    """Return words that lead to an address, as Markdown."""
    return f"[{escape(words, start=False)}](<{address}>)"
