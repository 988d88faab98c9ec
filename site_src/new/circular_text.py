"""A circular that was read, as facts for campaign.toml and text for circular.md."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, replace
from html import unescape
from itertools import takewhile
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import one_line
from site_src.language.say import say
from site_src.new.blocks import Shape, mark_footnotes, read_blocks, write_markdown
from site_src.new.facts import Facts, Official, find_facts, find_replacements, read_official
from site_src.new.left_out import left_out
from site_src.new.parts import Part, label_of, split_parts
from site_src.read.circular import MISSING_NOTE
from site_src.read.settings import SUBJECT_LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.new.blocks import Block
    from site_src.new.lines import Line, Passage, Source

QUOTED_LONGEST = 70  # characters of the text that a doubt quotes
_ADDRESS = re.compile(r"<(https?://[^>]*)>", re.IGNORECASE)
_MARKS = re.compile(r"^#+\s+|\*\*|__")

_TEXT = (Part.BODY, Part.SIGNATORY, Part.ATTACHMENTS, Part.DISTRIBUTION)

_NO_TEXT = """## Νέοι κωδικοί πρόσβασης

Οι νέοι κωδικοί βρίσκονται στον φάκελο {{ folder }} και ισχύουν από {{ effective | date }}.
"""


@dataclass(frozen=True)
class CircularText:
    """The facts outside and inside the text, circular.md, and the paragraphs as plain text."""

    official: Official
    facts: Facts
    markdown: str
    paragraphs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()  # the words that became placeholders

    @property
    def pieces(self) -> tuple[str, ...]:
        """Return all texts of the draft, line by line and cell by cell, and the words that became facts."""
        text = _ADDRESS.sub(r"\1", self.markdown)
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
        return CircularText(Official(), Facts(), _NO_TEXT, doubts=(doubt,))
    text = _from_markdown(source) if source.markdown else _from_lines(source)
    notes = (*source.notes, *_understood(text), *text.notes)
    doubts = (*source.doubts, *_left_out(source.shown, text.pieces), *text.doubts, *_missing(text))
    return replace(text, notes=notes, doubts=doubts)


def _from_lines(source: Source) -> CircularText:
    official = read_official(split_parts(source.lines))
    blocks = read_blocks(official.body)
    blocks, marked = (blocks, ()) if source.footnotes else mark_footnotes(blocks)
    footnotes = source.footnotes or {str(number): MISSING_NOTE for number in range(1, len(marked) + 1)}
    missing = N_("«{word}» was read as a footnote's mark, but its text is missing: write it at the end")
    doubts = [say(missing, word=word) for word in marked]
    facts, more = find_facts(blocks)
    known = replace(facts, deadline=official.deadline)
    replacements = find_replacements(blocks, known, official.letterhead.protocol)
    became = N_("in the text «{told}» became {placeholder}")
    return CircularText(
        official=official,
        facts=facts,
        markdown=write_markdown(blocks, replacements, footnotes),
        paragraphs=tuple(block.text for block in blocks),
        notes=tuple(say(became, told=each.text, placeholder=each.placeholder) for each in replacements),
        doubts=(*official.doubts, *doubts, *more, *_doubtful(blocks, facts, official)),
        replaced=tuple(each.text for each in replacements),
    )


def _from_markdown(source: Source) -> CircularText:
    """Keep a text that is Markdown already as it is; a letterhead above it goes to campaign.toml."""
    parts = split_parts(_labels_plain(source.lines))
    head = tuple(takewhile(lambda each: each[0] not in _TEXT, parts))
    official = read_official(head)
    if official.is_official:
        official = replace(official, body=tuple(line for _, line in parts[len(head) :]))
    else:
        official = Official(body=source.lines)
    markdown = "\n".join(line.text for line in official.body).strip("\n") + "\n"
    blocks = read_blocks(official.body)
    facts, doubts = find_facts(blocks)
    note = say("the text is Markdown and was taken as it is; no fact in it became a placeholder")
    paragraphs = tuple(block.text for block in blocks)
    return CircularText(official, facts, markdown, paragraphs, (note,), (*official.doubts, *doubts))


def _labels_plain(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines, without Markdown's marks down to the subject: «**ΘΕΜΑ:** …», «# ΥΠΟΥΡΓΕΙΟ»."""
    plain = [replace(line, text=_MARKS.sub("", line.text)) for line in lines]
    subject = next((n for n, line in enumerate(plain) if label_of(Part.SUBJECT, line.text)), -1)
    return (*plain[: subject + 1], *lines[subject + 1 :])


def _left_out(shown: Sequence[Passage], draft: Sequence[str]) -> Iterator[str]:
    missing = left_out(shown, draft)
    for place in dict.fromkeys(passage.place for passage in missing):
        passages = ", ".join(f"«{one_line(each.text)}»" for each in missing if each.place == place)
        yield say(
            "left out of the draft, though the document shows it ({place}): {passages}", place=place, passages=passages
        )


def _doubtful(blocks: Sequence[Block], facts: Facts, official: Official) -> Iterator[str]:
    """Yield a doubt about each list of addresses apart from the text, and about two different last days."""
    for block in blocks:
        if block.shape is Shape.LINKS:
            addresses = ", ".join(f"«{address}»" for address in block.text.split("\n"))
            yield say(
                "{addresses} stood apart from the text, as a PDF gives up the targets of its links: they are kept as "
                "a list; put each where it belongs, as [words](address), or take the list out",
                addresses=addresses,
            )
    inside, above = facts.deadline, official.deadline
    if inside and above and inside != above:
        yield say(
            "the last day to act is «{inside}» in the text, «{above}» above it: check both", inside=inside, above=above
        )


def _understood(text: CircularText) -> Iterator[str]:
    """Yield what was found, a sentence each."""
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
    return (f"{key}: {value}" for key, value in found.items() if value)


def _missing(text: CircularText) -> Iterator[str]:
    """Yield what a campaign needs and the document does not have."""
    head, facts = text.official.letterhead, text.facts
    if not text.official.is_official:
        yield say(
            "no letterhead of an official document was found: the whole text is in circular.md, fill in the facts"
        )
    else:
        wanted = {"subject": N_("the subject"), "protocol": N_("the protocol number"), "date": N_("the date")}
        for key, name in wanted.items():
            if not getattr(head, key):
                yield say("{what} was not found: fill in {key} under [circular]", what=say(name), key=key)
    if not text.official.deadline:
        guess = say(" (the text seems to say «{day}»)", day=facts.deadline) if facts.deadline else ""
        yield say("no last day to act was found{guess}: fill in deadline", guess=guess)
    if not facts.folder:
        yield say("the folder's name was not found in the text, as «…» after «ονομασία»: fill in folder")
    if not facts.effective:
        eve = say(" (the old ones end on «{day}»)", day=facts.eve) if facts.eve else ""
        yield say("the first day of the new codes was not found{eve}: fill in effective", eve=eve)
    if len(head.subject) > SUBJECT_LONGEST:
        yield say(
            "the subject has more than {most} characters, so that it seems to hold a part of the text: "
            "correct subject and circular.md",
            most=SUBJECT_LONGEST,
        )
    if not text.markdown.strip():
        yield say("no text was found below the letterhead: write it in circular.md")
    long = next((one_line(unit) for unit in head.sender if len(unit) > 2 * QUOTED_LONGEST), "")
    if long:
        yield say("«{start}…» stands among the sender's lines: it may belong to the text", start=long[:QUOTED_LONGEST])
