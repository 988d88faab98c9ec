"""Paragraphs and tables as lines, alike for the text of a Word file and for documents inserted in it."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from site_src.files.text import NotTextError, decode
from site_src.language.greek import one_line
from site_src.new.blocks import spread
from site_src.new.lines import Line, LineKind, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from xml.etree.ElementTree import Element

    from site_src.new.word_package import Budget

COLUMNS_MOST = 63  # of a table that Word can have

# Not the head: lxml takes text into it that comes before any body.
_OUT_OF_SIGHT = ("script", "style", "title", "template")
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "q"),
    *("s", "small", "span", "strong", "sub", "sup", "tt", "u"),
}


def paragraph_lines(text: str, kind: LineKind = LineKind.TEXT) -> list[Line]:
    """Return a paragraph's lines, with an empty one behind them; none for a blank paragraph."""
    rows = [one_line(row) for row in clean(text).replace("\f", "\n").split("\n") if row.strip()]
    return [*(Line(row, kind=kind, whole=True) for row in rows), Line("")] if rows else []


def table_lines(
    rows: Sequence[Sequence[Element | None]], read: Callable[[Element], list[Line]], budget: Budget
) -> list[Line]:
    """Return a table that has a cell for each column in which any row's cell begins; None is a place without one.

    Raises ValueError for more columns than Word can have, WordFileError for too many cells.
    """
    if max(map(len, rows), default=0) > COLUMNS_MOST:
        raise ValueError(rows)
    columns = sorted({number for row in rows for number, cell in enumerate(row) if cell is not None})
    budget.take(tags=len(rows) * len(columns))

    def text(row: Sequence[Element | None], column: int) -> str:
        cell = row[column] if column < len(row) else None
        return "" if cell is None else _cell_text(read(cell))

    cells = tuple(tuple(text(row, column) for column in columns) for row in rows)
    return [Line("", kind=LineKind.TABLE, rows=cells), Line("")] if columns else []


def _cell_text(lines: Iterable[Line]) -> str:
    """Return a cell's text; a table in it is lines, with a tab between its cells."""
    texts = (["\t".join(row) for row in spread(line.rows)] if line.rows else [line.text] for line in lines)
    return "\n".join(text for each in texts for text in each if text)


def texts_of(lines: Iterable[Line]) -> list[str]:
    """Return the lines' texts; of a table those of the cells, line by line."""
    texts = (text for line in lines for text in (line.text, *(cell for row in line.rows for cell in row)))
    return [piece for text in texts for piece in re.split(r"[\n\t]", text) if piece]


def address_behind(shown: str, address: str) -> str:
    """Return a link's address in brackets, to follow its text; "" where the text is the address, or there is none."""
    if address.startswith("mailto:"):
        address = address.removeprefix("mailto:").partition("?")[0]  # without the subject of the message
    shown = shown.strip()
    is_shown = not shown or not address or address.startswith("#") or address.rstrip("/") == shown.rstrip("/")
    return "" if is_shown else f" ({address})"


def inserted_lines(data: bytes) -> list[Line]:
    """Return the paragraphs of a web page, alone or in an e-mail, or of a plain text, that a Word file holds as it is.

    None of a kind that only Word reads. Source: ECMA-376, Part 1, 11.3.1 and 17.17.2.1.
    """
    if re.match(rb"\s*\{\\rtf|PK\x03\x04|\xd0\xcf\x11\xe0", data):
        return []
    if re.match(rb"\s*(?:mime-version|content-type|from)\s*:", data, re.IGNORECASE):
        parts: Iterator[Any] = message_from_bytes(data, policy=policy.default).walk()
        pages = [each.get_content() for each in parts if each.get_content_type() == "text/html"]
        return _text_lines(_page_text(pages[0])) if pages else []
    try:
        text = decode(data)
    except NotTextError:
        return []
    return _text_lines(_page_text(text) if re.match(r"\s*<", text) else text)


def _text_lines(text: str) -> list[Line]:
    return [line for row in text.splitlines() for line in paragraph_lines(row)]


def _page_text(page: str) -> str:
    """Return a web page's text, a line for each element that browsers show as one."""
    from lxml import etree, html

    if not page.strip():
        return ""
    root = html.document_fromstring(page.encode(errors="replace"), parser=html.HTMLParser(encoding="utf-8"))
    etree.strip_elements(root, *_OUT_OF_SIGHT, etree.Comment, etree.PI, with_tail=False)
    for each in root.iter():
        address = address_behind(each.text_content(), each.get("href", "")) if each.tag == "a" else ""
        end = address if each.tag in _INLINE else "\n"
        each.text = ("" if each.tag in _INLINE else "\n") + _squeezed(each.text)
        each.tail = end + _squeezed(each.tail)
    return "".join(root.itertext())


def _squeezed(text: str | None) -> str:
    """Return a piece of a line with each run of white space as one space, at its ends too."""
    return re.sub(r"\s+", " ", text or "")
