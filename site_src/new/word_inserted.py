"""Documents that are inserted in a Word file as they are: web pages, alone or as an e-mail has them, and plain text.

Programs that make Word files of web pages write the whole text so. Source: ECMA-376, Part 1, 11.3.1 and 17.17.2.1.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from site_src.files.staff_text import NotTextError, decode
from site_src.new.lines import Line, LineKind
from site_src.new.word_lines import COLUMNS_MOST, address_behind, paragraph_lines, table_lines
from site_src.new.word_package import whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from site_src.new.word_package import Budget

# Not the head: lxml takes text into it that comes before any body.
_OUT_OF_SIGHT = {"script", "style", "title", "template"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_INLINE = {
    *("abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "q", "s"),
    *("small", "span", "strong", "sub", "sup", "tt", "u"),
}


def inserted_lines(data: bytes, budget: Budget) -> tuple[list[Line], bool] | None:
    """Return the lines of an inserted document, and whether numbers of lists were counted.

    None for a kind that only Word reads, or no text.
    """
    if re.match(rb"\s*\{\\rtf|PK\x03\x04|\xd0\xcf\x11\xe0", data):
        return None
    if re.match(rb"\s*(?:mime-version|content-type|from)\s*:", data, re.IGNORECASE):
        parts = message_from_bytes(data, policy=policy.default).walk()
        pages: Iterator[Any] = (each for each in parts if each.get_content_type() == "text/html")
        return next((_page_lines(each.get_content(), budget) for each in pages), None)
    try:
        text = decode(data)
    except NotTextError:
        return None
    if re.match(r"\s*<", text):
        return _page_lines(text, budget)
    return [line for row in text.splitlines() for line in paragraph_lines(row)], False


def _page_lines(text: str, budget: Budget) -> tuple[list[Line], bool]:
    from lxml import html

    page = _Page(budget)
    if text.strip():
        parser = html.HTMLParser(encoding="utf-8")
        page.read(html.document_fromstring(text.encode(errors="replace"), parser=parser))
    return page.lines, page.has_counted


class _Page:
    """Writes the elements of a web page as lines; ``has_counted`` says whether it counted a list's items.

    They are lxml's, which has no types of its own; what is used of them is as in the standard library.
    """

    def __init__(self, budget: Budget) -> None:
        self.lines: list[Line] = []
        self.has_counted = False
        self._budget = budget
        self._text = ""  # of the paragraph that is open, with the number before it
        self._lead = ""
        self._kind = LineKind.TEXT

    def read(self, element: Element) -> None:
        """Add the lines within an element."""
        self._walk(element)
        self._end_paragraph()

    def _walk(self, parent: Element) -> None:
        self._add_text(parent.text)
        for child in parent:
            if isinstance(child.tag, str) and child.tag not in _OUT_OF_SIGHT:
                self._child(child)
            self._add_text(child.tail)

    def _child(self, child: Element) -> None:
        if child.tag == "br":
            self._text += "\n"
        elif child.tag == "a":
            self._walk(child)
            self._text += address_behind("".join(child.itertext()), child.get("href", ""))
        elif child.tag in _INLINE:
            self._walk(child)
        elif child.tag in {"ul", "ol"}:
            self._list(child)
        elif child.tag == "table":
            self._end_paragraph()
            self.lines += table_lines(list(_rows(child)), self._cell, self._budget)
        else:
            self._block(child, LineKind.HEADING if child.tag in _HEADINGS else self._kind)

    def _cell(self, cell: Element) -> list[Line]:
        page = _Page(self._budget)
        page.read(cell)
        self.has_counted = self.has_counted or page.has_counted
        return page.lines

    def _block(self, element: Element, kind: LineKind) -> None:
        self._end_paragraph()
        outer, self._kind = self._kind, kind
        self._walk(element)
        self._end_paragraph()
        self._kind = outer

    def _list(self, element: Element) -> None:
        items = (each for each in element if isinstance(each.tag, str))
        is_counted = element.tag == "ol"
        self.has_counted = self.has_counted or is_counted
        for number, item in enumerate(items, start=whole_number(element.get("start"), 1)):
            self._end_paragraph()
            self._lead = f"{number}. " if is_counted else ""
            self._block(item, LineKind.TEXT if is_counted else LineKind.BULLET)
            self._lead = ""

    def _add_text(self, text: str | None) -> None:
        self._text += re.sub(r"\s+", " ", text or "")

    def _end_paragraph(self) -> None:
        if self._text.strip():
            self.lines += paragraph_lines(self._lead + self._text, self._kind)
            self._lead = ""
        self._text = ""


def _rows(table: Element) -> Iterator[list[Element | None]]:
    """Yield a table's rows, each cell in its column, with None where a cell beside or above covers the place."""
    covered: dict[int, int] = {}  # for each column, how many rows more the cell above covers
    for row in (row for part in table for row in ([part] if part.tag == "tr" else part.findall("tr"))):
        cells: list[Element | None] = []
        for cell in (each for each in row if each.tag in {"td", "th"}):
            while covered.get(len(cells)):
                covered[len(cells)] -= 1
                cells.append(None)
            width = _span(cell, "colspan")
            covered.update(dict.fromkeys(range(len(cells), len(cells) + width), _span(cell, "rowspan") - 1))
            cells += [cell, *[None] * (width - 1)]
        for place in range(len(cells), len(covered)):
            covered[place] = max(covered[place] - 1, 0)
        yield cells


def _span(cell: Element, name: str) -> int:
    return max(1, min(whole_number(cell.get(name), 1), COLUMNS_MOST))
