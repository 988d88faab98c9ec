"""Put back what a copy of printed pages gives up apart from its sentence: footnotes, and the targets of links."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from site_src.language.greek import find_days, is_capitals
from site_src.new.blocks import SENTENCE_ENDS, Replacement, Shape, escape
from site_src.new.facts import is_protocol_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_src.new.blocks import Block
    from site_src.new.lines import Line

# The mark of a footnote as a PDF gives it up: digits behind a Greek word, with no space between.
_MARK = re.compile(r"(?<![^\W_])([^\W\d_A-Za-z]{3,}[ά-ώ])(\d{1,2})(?![\w/-])")
_FOOTNOTE = re.compile(r"(\d{1,2})\s+(?=[«“\"(]?[^\W\d_])")
_ADDRESS = re.compile(r"https?://[^\s<>()]+", re.IGNORECASE)  # that Markdown takes between < and >
_NUMBER = re.compile(r"(?<![\w/.-])(\d+)(?:/[\d./-]*\d)?")


def take_footnotes(lines: Sequence[Line]) -> tuple[tuple[Line, ...], dict[str, str]]:
    """Return the lines without the texts of footnotes, which stand at the ends of pages, and the texts by their marks.

    A text begins with the number of a mark above it, and ends with its sentence, a blank line or the page.
    """
    kept: list[Line] = []
    found: dict[str, str] = {}
    marks, is_open = 0, False
    for line in lines:
        begins = _FOOTNOTE.match(line.text)
        number = str(len(found) + 1)
        if begins and begins[1] == number and len(found) < marks and _is_footnote(line.text[begins.end() :], line):
            found[number], is_open = line.text[begins.end() :], True
        elif is_open and line.text and not line.page and not _is_over(found[str(len(found))]):
            found[str(len(found))] += f" {line.text}"
        else:
            is_open = False
            kept.append(line)
            marks += sum(int(each[2]) == marks + n for n, each in enumerate(_MARK.finditer(line.text), start=1))
    return tuple(kept), found


def _is_footnote(text: str, line: Line) -> bool:
    """Return whether the words behind a number can be a footnote's: a day, an item or a heading is none."""
    days = find_days(line.text)
    return not (line.whole or is_capitals(text) or text[0].islower() or (days and days[0].start == 0))


def _is_over(text: str) -> bool:
    return text.rstrip('»”")]').endswith(SENTENCE_ENDS)


def mark_footnotes(blocks: Iterable[Block]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Return the blocks with marks ``[^1]`` for digits glued to a Greek word, and those words.

    They are marks where they count 1, 2, 3 through the text.
    """
    found: list[str] = []

    def mark(match: re.Match[str]) -> str:
        if int(match[2]) != len(found) + 1:
            return match[0]
        found.append(match[0])
        return f"{match[1]}[^{match[2]}]"

    marked = tuple(replace(block, text=_MARK.sub(mark, block.text)) for block in blocks)
    return marked, tuple(found)


def drop_repeated(blocks: Sequence[Block], others: Iterable[str]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Return the blocks without the addresses apart that the text or ``others`` has too, and these addresses."""
    text = "\n".join([*(block.text for block in blocks if block.shape is not Shape.LINKS), *others])
    text = re.sub(r"://\s+", "://", text)
    dropped = tuple(address for address in addresses_apart(blocks) if _names(text, address))
    return without_links(blocks, dropped), dropped


def _names(text: str, address: str) -> bool:
    core = re.escape(re.sub(r"^https?://", "", address).rstrip("/"))
    return re.search(rf"(?<![\w.@-]){core}/?(?![\w/?#-]|\.\w)", text, re.IGNORECASE) is not None


def without_links(blocks: Sequence[Block], addresses: Iterable[str]) -> tuple[Block, ...]:
    """Return the blocks without these addresses apart from the text."""
    gone = set(addresses)
    left = (
        replace(block, text="\n".join(each for each in block.text.split("\n") if each not in gone))
        if block.shape is Shape.LINKS
        else block
        for block in blocks
    )
    return tuple(block for block in left if block.text or block.shape is not Shape.LINKS)


def place_links(blocks: Sequence[Block], own: str) -> tuple[tuple[Block, ...], tuple[Replacement, ...]]:
    """Return the blocks without the addresses whose place in the text is known, and their links in the text.

    Such an address holds the protocol number of a document that the text refers to; ``own`` is that of this one.
    """
    placed = [address for address, _ in _links(blocks, addresses_apart(blocks), own)]
    left = without_links(blocks, placed)
    return left, tuple(each for _, each in _links(left, placed, own))


def addresses_apart(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Return the addresses that stand apart from the text, each once."""
    apart = (address for block in blocks if block.shape is Shape.LINKS for address in block.text.split("\n"))
    return tuple(dict.fromkeys(apart))


def _links(blocks: Sequence[Block], addresses: Iterable[str], own: str) -> Iterator[tuple[str, Replacement]]:
    """Yield addresses with the first place in the text, and of no other address, that names their document."""
    documents = [
        (number, match)
        for number, block in enumerate(blocks)
        if block.shape not in {Shape.LINKS, Shape.TABLE}
        for match in _NUMBER.finditer(block.text)
        if match[1] != own and is_protocol_number(block.text, match.start())
    ]
    for address in filter(_ADDRESS.fullmatch, addresses):
        numbers = re.findall(r"\d+", address)
        found = next((each for each in documents if each[1][1] in numbers), None)
        if found:
            documents.remove(found)
            block, match = found
            yield address, Replacement(block, *match.span(), link(match[0], address), match[0])


def link(words: str, address: str) -> str:
    """Return words that lead to an address, as Markdown."""
    return f"[{escape(words, start=False)}](<{address}>)"
