"""Write what Word shows as text and lines: of elements, fields, paragraphs and inserted documents.

Hidden and deleted text is not shown; fields, signs and symbols are shown as text.
Source: ECMA-376, Part 1, 17.4.24 (hidden rows), 17.13.5 (what was deleted or moved), 17.16 (fields); Part 3, 7.7
(alternate content).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from site_src.files.text import NotTextError, decode
from site_src.language.greek import fold, one_line
from site_src.new.lines import Line, LineKind, clean
from site_src.new.word_package import child_attribute, is_on, is_text, whole_number

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FIELDS_NESTED_MOST = 50  # fields within one another

TWIPS = 120  # of a column, which is a letter of 12 points (ECMA-376, Part 1, 17.18.87)
TAB = 6  # columns between the stops where a paragraph has none of its own (17.15.1.25)

SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
PAGE = "\ufdd0"  # for a page's number; not a character of any language

_GONE = {"del", "moveFrom"}
_PAGES = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
# Word draws these from their code: the file has no text of theirs.
_DRAWN = {"AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "LISTNUM", "SYMBOL", "EQ", "MACROBUTTON", "GOTOBUTTON"}
# «Σελίδα 2 από 5», «- 2 -», «2/5»; for folded text.
_PAGE_NUMBER = re.compile(
    rf"(?:[-–—|/]\s*)?(?:(?:σελ(?:ιδα|\.)?|ραgε|ρ\.)\s*)?{PAGE}(?:\s*(?:απο|οf|/|-)\s*{PAGE})?(?:\s*[-–—|])?"
)
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^"\\\s]\S*))', re.IGNORECASE)
_FIGURES = {"numCache", "numLit", "numDim"}  # shown as bars and lines of a chart

# Not the head: lxml takes text into it that comes before any body.
_OUT_OF_SIGHT = ("script", "style", "title", "template")
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "q"),
    *("s", "small", "span", "strong", "sub", "sup", "tt", "u"),
}


def shown(parent: Iterable[Element]) -> Iterator[Element]:
    """Yield the elements within that Word shows: not what was deleted, and one of two for newer and older programs."""
    for child in parent:
        name = child.tag
        if name == "AlternateContent":
            yield from shown(_branch(child))
        # Properties say of other things that they are deleted.
        elif not (name in _GONE or name.endswith("Pr") or (name == "tr" and child.find("trPr/del") is not None)):
            yield child


def _branch(element: Element) -> list[Element]:
    """Return what is written for newer and older programs once: the first that holds text, or the older programs'."""
    branches = [each for each in element if each.tag in {"Choice", "Fallback"}]
    last = branches[-1] if branches else element
    return list(next((each for each in branches if any(map(_holds_text, each.iter()))), last))


def _holds_text(element: Element) -> bool:
    return element.tag in {"textpath", "relIds", "chart"} or (is_text(element) and bool(element.text))


def symbol(element: Element) -> str:
    """Return the character of a font; one that only a font of symbols has stays private, and is doubted later."""
    char = element.get("char", "")
    code = int(char, 16) if re.fullmatch("[0-9A-Fa-f]{1,4}", char) else 0
    return in_font(chr(code), element.get("font", "")) if code else ""


def in_font(text: str, font: str) -> str:
    """Return a text as a font shows it: those of symbols have signs for letters, and keep them at private codes too."""
    from mammoth.docx.dingbats import dingbats

    def shown(letter: str) -> str:
        return chr(dingbats.get((font, ord(letter) & 0xFF), ord(letter)))

    return re.sub("[!-\xff\uf020-\uf0ff]", lambda letter: shown(letter[0]), text)


def chart_words(parent: Element) -> Iterator[str]:
    """Yield the titles and names of a chart, without its figures."""
    for child in parent:
        if child.tag not in _FIGURES:
            is_word = child.tag in {"t", "v", "pt"} and len(child) == 0
            yield from [child.text or ""] if is_word else chart_words(child)


def without_page_numbers(text: str) -> str:
    """Return a paragraph's text without the numbers of pages and the words around them."""
    pieces, at = [], 0
    for match in _PAGE_NUMBER.finditer(fold(text)):
        pieces.append(text[at : match.start()])
        at = match.end()
    return " ".join([*pieces, text[at:]])


@dataclass
class _Field:
    """A field that is being read: the mark that begins it, its code, and the texts of its result."""

    begin: Element
    code: str = ""
    texts: list[str] = field(default_factory=list)
    in_code: bool = True
    is_page_number: bool = False

    @property
    def drawn(self) -> str:
        """Return the code of a field that Word draws, without a text; "" for any other."""
        return self.code.strip() if _kind_of(self.code) in _DRAWN and not any(self.texts) else ""

    def text_behind(self) -> str:
        """Return the text that follows the result: a link's address, or a form field's text."""
        result = "".join(self.texts)
        if address := _HYPERLINK.match(self.code):
            return address_behind(result, address[1] or address[2] or "")
        data = self.begin.find("ffData")
        return "" if data is None else _form_text(_kind_of(self.code), data, result)


def _kind_of(code: str) -> str:
    """Return the first word of a field's code, which says what it is; in capitals."""
    return (code.split() or [""])[0].upper()


class Fields:
    """Follows the fields of a part. One without an end is none: its code may go on to the end of the text.

    ``has_numbers``: page numbers are no text there.
    """

    def __init__(self, root: Element, *, has_numbers: bool) -> None:
        self._open: list[_Field] = []
        self._closed = _closed(root)
        self._has_numbers = has_numbers

    def mark(self, element: Element) -> tuple[str, str]:
        """Take a field's mark; return the text that it shows, and the code of an ended field if Word draws that.

        Raises ValueError for fields nested as in no document.
        """
        kind = element.get("fldCharType", "")
        if kind == "begin" and element in self._closed:
            self._open.append(_Field(element))
            if len(self._open) > FIELDS_NESTED_MOST:
                raise ValueError(element)
        elif kind == "separate" and self._open:
            self._open[-1].in_code = False
            self._open[-1].is_page_number = self.is_page_number(self._open[-1].code)
        elif kind == "end" and self._open:
            ended = self._open.pop()
            return self.shown(ended.text_behind()), ended.drawn
        return "", ""

    def is_page_number(self, code: str) -> bool:
        """Return whether a field of this code is a page's number; a sentence of the text may say how many there are."""
        return self._has_numbers and _kind_of(code) in _PAGES

    def add_code(self, text: str) -> None:
        """Take a piece of a field's code."""
        if self._open:
            self._open[-1].code += text

    def shown(self, text: str) -> str:
        """Return what is shown of a text: nothing within a field's code, a sign for a page's number."""
        if any(each.in_code for each in self._open):
            return ""
        for each in self._open:
            if each.is_page_number:
                text = "" if each.texts else PAGE
            each.texts.append(text)
        return text


def _closed(root: Element) -> set[Element]:
    """Return the marks with which those fields begin that have an end."""
    open_: list[Element] = []
    closed = set()
    for each in _all(root):
        kind = each.get("fldCharType", "") if each.tag == "fldChar" else ""
        if kind == "begin":
            open_.append(each)
        elif kind == "end" and open_:
            closed.add(open_.pop())
    return closed


def _all(parent: Element) -> Iterator[Element]:
    for child in shown(parent):
        yield child
        yield from _all(child)


def _form_text(kind: str, data: Element, result: str) -> str:
    """Return the text of a form field that has no result of its own."""
    if kind == "FORMCHECKBOX":
        box = data.find("checkBox")
        checked = is_on(box, "checked")
        return "☒" if (is_on(box, "default") if checked is None else checked) else "☐"
    if kind == "FORMDROPDOWN":
        choices = data.find("ddList")
        entries = [each.get("val", "") for each in data.findall("ddList/listEntry")]
        chosen = child_attribute(choices, "result") or child_attribute(choices, "default")
        return dict(enumerate(entries)).get(whole_number(chosen, 0), "")
    is_empty = kind == "FORMTEXT" and not result
    return child_attribute(data.find("textInput"), "default") or "" if is_empty else ""


def paragraph_lines(text: str, kind: LineKind = LineKind.TEXT, stops: Sequence[int] = ()) -> list[Line]:
    """Return a paragraph's lines, with an empty one behind them; none for a blank paragraph.

    Blanks up to the next of the ``stops`` (columns) take the place of a tab: it may part two columns.
    """
    rows = [_up_to_stops(row, stops) for row in clean(text).replace("\f", "\n").split("\n") if row.strip()]
    lines = [Line(row.strip(), kind=kind, indent=len(row) - len(row.lstrip()), whole=True) for row in rows]
    return [*lines, Line("")] if lines else []


def _up_to_stops(row: str, stops: Sequence[int]) -> str:
    written, *pieces = map(one_line, row.split("\t"))
    for piece in pieces:
        stop = next((stop for stop in stops if stop > len(written)), len(written) // TAB * TAB + TAB)
        written = written.ljust(max(stop, len(written) + 3)) + piece
    return written


def tab_stops(properties: Element | None) -> list[int]:
    """Return the columns of a paragraph's own tab stops."""
    tabs = properties.findall("tabs/tab") if properties is not None else ()
    return sorted(whole_number(each.get("pos"), 0) // TWIPS for each in tabs)


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
