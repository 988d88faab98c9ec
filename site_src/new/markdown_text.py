"""Writes a document's blocks as Markdown that shows exactly the document's words, with placeholders for the facts."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from site_src.new.blocks import Block, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.new.facts import Replacement

# What is written in its own way; everything between is text.
_SPECIAL = re.compile(
    r"(?P<url>https?://[^\s<>«»“”\"\\`\[\]{}|^]{1,2000})"
    r"|(?P<site>(?<![\w@./-])www\.[\w-]+(?:\.[\w-]+)+(?:/[\w./%~-]*)?)"
    r"|(?P<email>(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+)"
    r"|\[\^(?P<mark>\d+)\]",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])")
_OPENS_JINJA = re.compile(r"(?<!\{)\{++(?=[%#]|$)")  # «{{» is none any more once each has its backslash
_LINE_START = re.compile(r"(?P<plain>[#>+\-])|(?P<number>\d+)(?P<dot>[.)])(?=\s|$)|(?P<entity>[:~!=])")


def write_markdown(
    blocks: Sequence[Block], replacements: Sequence[Replacement] = (), footnotes: Mapping[str, str] | None = None
) -> str:
    """The whole text. A mark ``[^1]`` counts as one only where ``footnotes`` has it; replacements do not overlap."""
    footnotes = footnotes or {}
    by_block = {number: list(group) for number, group in groupby(replacements, key=lambda r: r.block)}
    rows: list[str] = []
    shapes = _shapes(blocks)
    for number, block in enumerate(blocks):
        text = _with_placeholders(block.text, by_block.get(number, []), footnotes)
        near = number > 0 and shapes[number] is shapes[number - 1] and shapes[number] in {Shape.BULLET, Shape.NUMBERED}
        rows += [] if near or number == 0 else [""]
        rows += _write(shapes[number], text, block, footnotes)
    for mark, text in footnotes.items():
        rows += ["", f"[^{mark}]: {escape(text, start=True)}"]
    return "\n".join(rows) + "\n"


def escape(text: str, *, start: bool) -> str:
    """Text that Markdown and Jinja give back as it is; ``start`` where it begins a line."""
    escaped = _ESCAPED.sub(r"\\\g<0>", text)
    escaped = re.sub(r"&(?=#\w|\w+;)", "&amp;", escaped).replace("<", "&lt;")
    escaped = _OPENS_JINJA.sub(lambda run: "\0" * len(run[0]), escaped).replace("{", "\\{").replace("\0", '{{ "{" }}')
    return _LINE_START.sub(_at_start, escaped, count=1) if start and _LINE_START.match(escaped) else escaped


def _at_start(match: re.Match[str]) -> str:
    if match["number"]:
        return f"{match['number']}\\{match['dot']}"
    return f"\\{match['plain']}" if match["plain"] else f"&#{ord(match['entity'])};"


def _shapes(blocks: Sequence[Block]) -> list[Shape]:
    """The blocks' shapes; numbers that do not count from 1 in one run stay text, as Markdown would count anew."""
    shapes = [block.shape for block in blocks]
    for numbered, group in groupby(range(len(blocks)), key=lambda n: blocks[n].shape is Shape.NUMBERED):
        run = list(group)
        counts = all(re.match(rf"{k}\. ", blocks[n].text) for k, n in enumerate(run, start=1))
        beside = {shapes[n] for n in (run[0] - 1, run[-1] + 1) if 0 <= n < len(blocks)}
        if numbered and (not counts or len(run) == 1 or beside & {Shape.BULLET, Shape.LINKS}):
            for n in run:
                shapes[n] = Shape.PARAGRAPH
    return shapes


def _write(shape: Shape, text: str, block: Block, footnotes: Mapping[str, str]) -> list[str]:
    if shape is Shape.HEADING:
        return [f"## {text}"]
    if shape is Shape.BULLET:
        return [f"- {text}"]
    if shape is Shape.LINKS:
        return [f"- {_with_placeholders(address, [], footnotes)}" for address in block.text.split("\n")]
    if shape is Shape.NUMBERED:
        return [text.replace("\\.", ".", 1)]
    return _table(block, footnotes) if shape is Shape.TABLE else [text]


def _table(block: Block, footnotes: Mapping[str, str]) -> list[str]:
    width = max(len(row) for row in block.rows)
    rows = [
        [_with_placeholders(" ".join(cell.split()), [], footnotes, start=False) for cell in row]
        + [""] * (width - len(row))
        for row in block.rows
    ]
    head, *others = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [head, "|" + " --- |" * width, *others]


def _with_placeholders(
    text: str, replacements: Sequence[Replacement], footnotes: Mapping[str, str], *, start: bool = True
) -> str:
    pieces, at = [], 0
    for replacement in replacements:
        if replacement.start >= at:
            pieces += [
                *_pieces(text[at : replacement.start], footnotes, start=start and at == 0),
                replacement.placeholder,
            ]
            at = replacement.end
    pieces += _pieces(text[at:], footnotes, start=start and at == 0)
    return "".join(pieces)


def _pieces(text: str, footnotes: Mapping[str, str], *, start: bool) -> Iterator[str]:
    at = 0
    for match in _SPECIAL.finditer(text):
        yield escape(text[at : match.start()], start=start and at == 0)
        yield _special(match, footnotes)
        at = match.end()
    yield escape(text[at:], start=start and at == 0)


def _special(match: re.Match[str], footnotes: Mapping[str, str]) -> str:
    if match["mark"]:
        return match[0] if match["mark"] in footnotes else escape(match[0], start=False)
    if match["site"]:
        shown = match["site"].rstrip(".")
        return f"[{escape(shown, start=False)}](http://{shown}){match['site'][len(shown) :]}"
    if match["email"]:
        return f"[{escape(match['email'], start=False)}](mailto:{match['email']})"
    address, rest = _address(match["url"])
    return f"<{address}>{escape(rest, start=False)}"


def _address(found: str) -> tuple[str, str]:
    """An address without the marks of the sentence around it, and those marks."""
    end = len(found.rstrip(".,;:!·'’"))
    surplus = found.count(")") - found.count("(")
    while surplus > 0 and found[:end].endswith(")"):
        end, surplus = len(found[: end - 1].rstrip(".,;:!·'’")), surplus - 1
    return found[:end], found[end:]
