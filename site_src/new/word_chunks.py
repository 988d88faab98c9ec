"""Documents that are inserted in a Word file as they are: web pages, alone or as an e-mail has them, and plain text.

Programs that make Word files of web pages write the whole text so. Source: ECMA-376, Part 1, 11.3.1 and 17.17.2.1.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from site_src.files.staff_text import NotTextError, decode
from site_src.new.word_flat import COLUMNS_MOST
from site_src.new.word_xml import whole_number

# Not the head: lxml takes text into it that comes before any body.
_OUT_OF_SIGHT = {"script", "style", "title", "template"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_INLINE = {
    *("abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "q", "s"),
    *("small", "span", "strong", "sub", "sup", "tt", "u"),
}


def chunk_html(data: bytes) -> list[Element] | None:
    """Return an inserted document as blocks of HTML; None for a kind that only Word reads, or no text."""
    if re.match(rb"\s*\{\\rtf|PK\x03\x04|\xd0\xcf\x11\xe0", data):
        return None
    if re.match(rb"\s*(?:mime-version|content-type|from)\s*:", data, re.IGNORECASE):
        pages = (each for each in message_from_bytes(data, policy=policy.default).walk() if _is_page(each))
        return next((_page(each.get_content()) for each in pages), None)
    try:
        text = decode(data)
    except NotTextError:
        return None
    if re.match(r"\s*<", text):
        return _page(text)
    return [_paragraph(line) for line in text.splitlines() if line.strip()]


def _is_page(part: Any) -> bool:  # noqa: ANN401 (of which kind a message is depends on its policy)
    return bool(part.get_content_type() == "text/html")


def _paragraph(text: str) -> Element:
    paragraph = Element("p")
    paragraph.text = text
    return paragraph


def _page(text: str) -> list[Element]:
    from lxml import html

    if not text.strip():
        return []
    parser = html.HTMLParser(encoding="utf-8")
    return _Blocks().of(html.document_fromstring(text.encode(errors="replace"), parser=parser))


class _Blocks:
    """Writes an element of a web page as paragraphs, headings, lists and tables."""

    def __init__(self) -> None:
        self._blocks: list[Element] = []
        self._open: Element | None = None

    def of(self, element: Any) -> list[Element]:  # noqa: ANN401 (lxml has no types)
        """Return the blocks within an element."""
        self._walk(element)
        return self._blocks

    def _walk(self, parent: Any) -> None:  # noqa: ANN401
        self._add_text(parent.text)
        for child in parent:
            if isinstance(child.tag, str) and child.tag not in _OUT_OF_SIGHT:
                self._child(child)
            self._add_text(child.tail)

    def _child(self, child: Any) -> None:  # noqa: ANN401
        if child.tag in {"a", "br"}:
            link = SubElement(self._paragraph(), child.tag, {"href": child.get("href", "#")})
            link.text = child.text_content()
        elif child.tag in _INLINE:
            self._walk(child)
        else:
            self._open = None
            if child.tag == "table":
                self._blocks.append(_table(child))
            elif child.tag in {"ul", "ol"}:
                self._blocks.append(_list(child))
            else:
                self._block(child)
            self._open = None

    def _block(self, element: Any) -> None:  # noqa: ANN401
        if element.tag in _HEADINGS:
            self._paragraph().tag = element.tag
        self._walk(element)

    def _paragraph(self) -> Element:
        if self._open is None:
            self._open = Element("p")
            self._blocks.append(self._open)
        return self._open

    def _add_text(self, text: str | None) -> None:
        if text and (self._open is not None or text.strip()):
            SubElement(self._paragraph(), "span").text = re.sub(r"\s+", " ", text)


def _list(element: Any) -> Element:  # noqa: ANN401
    written = Element(element.tag)
    for item in element:
        if isinstance(item.tag, str):
            SubElement(written, "li").extend(_Blocks().of(item))
    return written


def _table(element: Any) -> Element:  # noqa: ANN401
    """A table where empty cells stand for what a cell covers beside and below itself.

    Raises ValueError for more columns than Word can have.
    """
    table = Element("table")
    covered: dict[int, int] = {}  # for each column, how many rows more the cell above covers
    for row in element.xpath("./tr|./*/tr"):
        written, column = SubElement(table, "tr"), 0
        for cell in row.xpath("./td|./th"):
            while covered.get(column):
                covered[column] -= 1
                column += 1
                SubElement(written, "td")
            for place in range(column, column + _span(cell, "colspan")):
                covered[place] = _span(cell, "rowspan") - 1
                SubElement(written, "td").extend(_Blocks().of(cell) if place == column else ())
            column += _span(cell, "colspan")
            if column > COLUMNS_MOST:
                raise ValueError(column)
        for place in range(column, len(covered)):
            covered[place] = max(covered[place] - 1, 0)
    return table


def _span(cell: Any, name: str) -> int:  # noqa: ANN401
    return max(1, min(whole_number(cell.get(name), 1), COLUMNS_MOST))
