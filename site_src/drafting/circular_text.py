"""A circular that was read, as facts for campaign.toml and text for circular.md."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from site_src.drafting.blocks import Shape, mark_footnotes, read_blocks
from site_src.drafting.facts import Facts, find_facts, find_replacements
from site_src.drafting.letterhead import Official, is_official, read_official
from site_src.drafting.markdown_text import write_markdown
from site_src.drafting.parts import Part, split_parts
from site_src.greek import one_line
from site_src.settings import Letterhead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.drafting.blocks import Block
    from site_src.drafting.source import Source

SHOWN = 70  # characters of the text that a doubt quotes

_MISSING_NOTE = "(Το κείμενο της υποσημείωσης λείπει από το αρχείο: συμπληρώστε το.)"
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


def read_circular(source: Source | None) -> CircularText:
    """What a document gives a campaign; a first text and a doubt where there is no document."""
    if source is None:
        doubt = "no circular was given: circular.md holds a first sentence, and the facts are to be filled in"
        return CircularText(Official(Letterhead(), None, ()), Facts(), _NO_TEXT, doubts=(doubt,))
    text = _from_markdown(source) if source.markdown else _from_lines(source)
    notes = (*source.notes, *_understood(text), *text.notes)
    return replace(text, notes=notes, doubts=(*source.doubts, *text.doubts, *_missing(text)))


def _from_lines(source: Source) -> CircularText:
    official = read_official(split_parts(source.lines))
    blocks = read_blocks(official.body)
    footnotes, doubts = dict(source.footnotes), []
    if not footnotes:
        blocks, marked = mark_footnotes(blocks)
        footnotes = {str(number): _MISSING_NOTE for number in range(1, len(marked) + 1)}
        doubts = [
            f"«{word}» was read as a footnote's mark, but its text is missing: write it at the end" for word in marked
        ]
    facts, more = find_facts(blocks)
    known = replace(facts, deadline=official.deadline)
    replacements = find_replacements(blocks, known, official.letterhead.protocol)
    notes = tuple(f"in the text «{r.told}» became {r.placeholder}" for r in replacements)
    return CircularText(
        official=official,
        facts=facts,
        markdown=write_markdown(blocks, replacements, footnotes),
        paragraphs=tuple(block.text for block in blocks),
        notes=notes,
        doubts=(*official.doubts, *doubts, *more, *_loose(blocks), *_same_day(facts, official)),
    )


def _from_markdown(source: Source) -> CircularText:
    """A text that is Markdown already stays as it is; a letterhead above it goes to campaign.toml."""
    parts = split_parts(source.lines)
    official = read_official([(part, line) for part, line in parts if part not in _ENDING])
    if is_official(official):
        ending = [line for part, line in parts if part in _ENDING or part is Part.BODY]
        official = replace(official, body=tuple(ending))
    else:
        official = Official(Letterhead(), None, source.lines)
    markdown = "\n".join(line.text for line in official.body).strip("\n") + "\n"
    blocks = read_blocks(official.body)
    facts, doubts = find_facts(blocks)
    note = "the text is Markdown and was taken as it is; no fact in it became a placeholder"
    paragraphs = tuple(block.text for block in blocks)
    return CircularText(official, facts, markdown, paragraphs, (note,), (*official.doubts, *doubts))


_ENDING = (Part.SIGNATORY, Part.ATTACHMENTS, Part.DISTRIBUTION)


def _loose(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.shape is Shape.LINKS:
            addresses = ", ".join(f"«{address}»" for address in block.text.split("\n"))
            yield (
                f"{addresses} stood apart from the text, as a PDF gives up the targets of its links: they are kept as "
                "a list; put each where it belongs, as [words](address), or take the list out"
            )


def _same_day(facts: Facts, official: Official) -> Iterator[str]:
    if facts.deadline and official.deadline and facts.deadline != official.deadline:
        yield f"the last day to act is «{facts.deadline}» in the text, «{official.deadline}» above it: check both"


def _understood(text: CircularText) -> Iterator[str]:
    """What was found, a sentence each."""
    head, words = text.official.letterhead, text.official.words
    found: Mapping[str, object] = {
        "the sender": " / ".join(head.sender),
        "the contacts": ", ".join(f"{person.name} {person.phone}" for person in head.contacts),
        "the sender's details": " / ".join(head.details),
        "the last day to act": text.official.deadline and f"{text.official.deadline} (from «{words['deadline']}»)",
        "the date": head.date and f"{head.date} (from «{words['date']}»)",
        "the protocol number": head.protocol,
        "the recipients": " / ".join(head.recipients),
        "the subject": head.subject,
        "the folder": text.facts.folder,
        "the first day of the new codes": text.facts.effective,
        "the last day of the old codes": text.facts.eve,
        "the signatory": " / ".join(filter(None, (head.signatory_title, head.signatory_name))),
        "the attachments": " / ".join(head.attachments),
        "the distribution": " / ".join(head.distribution),
    }
    return (f"{key}: {value}" for key, value in found.items() if value)


def _missing(text: CircularText) -> Iterator[str]:
    """What a campaign needs and the document does not tell."""
    head = text.official.letterhead
    if not is_official(text.official):
        yield "no letterhead of an official document was found: the whole text is in circular.md, fill in the facts"
    else:
        for key, value in (("subject", head.subject), ("protocol", head.protocol), ("date", head.date)):
            if not value:
                yield f"the document tells no {key}: fill it in under [circular]"
    if not text.official.deadline:
        guess = f" (the text seems to say «{text.facts.deadline}»)" if text.facts.deadline else ""
        yield f"no last day to act was found{guess}: fill in deadline"
    if not text.facts.folder:
        yield "the folder's name was not found in the text, as «…» after «ονομασία»: fill in folder"
    if not text.facts.effective:
        eve = f" (the old ones end on «{text.facts.eve}»)" if text.facts.eve else ""
        yield f"the first day of the new codes was not found{eve}: fill in effective"
    long = next((one_line(unit) for unit in head.sender if len(unit) > 2 * SHOWN), "")
    if long:
        yield f"«{long[:SHOWN]}…» stands among the sender's lines: it may belong to the text"
