"""Say of the elements of a Word file what Word shows of them.

Hidden and deleted text is not shown; fields, signs and symbols are shown as text.
Source: ECMA-376, Part 1, 17.4.24 (hidden rows), 17.13.5 (what was deleted or moved), 17.16 (fields); Part 3, 7.7
(alternate content).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.language.greek import fold
from site_src.new.word_lines import address_behind
from site_src.new.word_package import attribute_of, child_attribute, is_on, is_text, local_name, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

FIELDS_NESTED_MOST = 50  # fields within one another

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


def shown(parent: Iterable[Element]) -> Iterator[Element]:
    """Yield the elements within that Word shows: not what was deleted, and one of two for newer and older programs."""
    for child in parent:
        name = local_name(child)
        if name == "AlternateContent":
            yield from shown(_branch(child))
        # Properties say of other things that they are deleted.
        elif not (name in _GONE or name.endswith("Pr") or (name == "tr" and child.find("{*}trPr/{*}del") is not None)):
            yield child


def _branch(element: Element) -> list[Element]:
    """Return what is written for newer and older programs once: the first that holds text, or the older programs'."""
    branches = [each for each in element if local_name(each) in {"Choice", "Fallback"}]
    last = branches[-1] if branches else element
    return list(next((each for each in branches if any(map(_holds_text, each.iter()))), last))


def _holds_text(element: Element) -> bool:
    return local_name(element) in {"textpath", "relIds", "chart"} or (is_text(element) and bool(element.text))


def symbol(element: Element) -> str:
    """Return the character of a font; one that only a font of symbols has stays private, and is doubted later."""
    char = attribute_of(element, "char")
    code = int(char, 16) if re.fullmatch("[0-9A-Fa-f]{1,4}", char) else 0
    return in_font(chr(code), attribute_of(element, "font")) if code else ""


def in_font(text: str, font: str) -> str:
    """Return a text as a font shows it: those of symbols have signs for letters, and keep them at private codes too."""
    from mammoth.docx.dingbats import dingbats

    def shown(letter: str) -> str:
        return chr(dingbats.get((font, ord(letter) & 0xFF), ord(letter)))

    return re.sub("[!-\xff\uf020-\uf0ff]", lambda letter: shown(letter[0]), text)


def chart_words(parent: Element) -> Iterator[str]:
    """Yield the titles and names of a chart, without its figures."""
    for child in parent:
        if local_name(child) not in _FIGURES:
            is_word = local_name(child) in {"t", "v", "pt"} and len(child) == 0
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
        data = self.begin.find("{*}ffData")
        return "" if data is None else _form_text(_kind_of(self.code), data, result)


def _kind_of(code: str) -> str:
    """Return the first word of a field's code, which says what it is; in capitals."""
    return (code.split() or [""])[0].upper()


class Fields:
    """Follows the fields of a part. One without an end is none: its code may go on to the end of the text.

    ``drawn`` is the code of the last one that ended, if Word draws it. ``has_numbers``: page numbers are no text there.
    """

    def __init__(self, root: Element, *, has_numbers: bool) -> None:
        self.drawn = ""
        self._open: list[_Field] = []
        self._closed = _closed(root)
        self._has_numbers = has_numbers

    def mark(self, element: Element) -> str:
        """Take a field's mark; return the text that it shows. Raises ValueError for fields nested as in no document."""
        kind = attribute_of(element, "fldCharType")
        if kind == "begin" and element in self._closed:
            self._open.append(_Field(element))
            if len(self._open) > FIELDS_NESTED_MOST:
                raise ValueError(element)
        elif kind == "separate" and self._open:
            self._open[-1].in_code = False
            self._open[-1].is_page_number = self.is_page_number(self._open[-1].code)
        elif kind == "end" and self._open:
            ended = self._open.pop()
            self.drawn = ended.drawn
            return self.shown(ended.text_behind())
        return ""

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
        kind = attribute_of(each, "fldCharType") if local_name(each) == "fldChar" else ""
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
        box = data.find("{*}checkBox")
        checked = is_on(box, "checked")
        return "☒" if (is_on(box, "default") if checked is None else checked) else "☐"
    if kind == "FORMDROPDOWN":
        choices = data.find("{*}ddList")
        entries = [attribute_of(each, "val") for each in data.findall("{*}ddList/{*}listEntry")]
        chosen = child_attribute(choices, "result") or child_attribute(choices, "default")
        return dict(enumerate(entries)).get(whole_number(chosen, 0), "")
    is_empty = kind == "FORMTEXT" and not result
    return child_attribute(data.find("{*}textInput"), "default") or "" if is_empty else ""
