"""Reduces a part of a Word file to what Word shows of it.

Hidden and deleted text goes; fields, signs, symbols and the addresses of links become text.
Source: ECMA-376, Part 1, 17.3.2.41 (vanish), 17.4.24 (hidden rows), 17.13.5 (what was deleted or moved), 17.16
(fields); Part 3, 7.7 (alternate content).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from site_src.language.greek import fold
from site_src.new.word_lines import address_behind
from site_src.new.word_package import (
    attribute_of,
    child_attribute,
    is_on,
    is_text,
    local_name,
    whole_number,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.new.word_package import Relation

NESTED_MOST = 200  # elements within one another; a table in a table in a text box takes some dozens
FIELDS_NESTED_MOST = 50  # fields within one another

_GONE = {"del", "moveFrom"}
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_PAGES = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
_PAGE = "\ufdd0"  # for a page's number; not a character of any language
# «Σελίδα 2 από 5», «- 2 -», «2/5»; for folded text.
_PAGE_NUMBER = re.compile(
    rf"(?:[-–—|/]\s*)?(?:(?:σελ(?:ιδα|\.)?|ραgε|ρ\.)\s*)?{_PAGE}(?:\s*(?:απο|οf|/|-)\s*{_PAGE})?(?:\s*[-–—|])?"
)
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^"\\\s]\S*))', re.IGNORECASE)


def settle(root: Element, hidden_styles: frozenset[str], relations: Mapping[str, Relation]) -> tuple[str, ...]:
    """Take out of a part what Word does not show, and return the passages that it hides.

    Raises ValueError where elements are nested as in no real document.
    """
    _simplify(root)
    _settle_fields(root)
    _take_page_numbers(root)
    hidden = tuple(filter(None, _take_hidden(root, hidden_styles)))
    _join_paragraphs(root)
    _add_addresses(root, relations)
    return hidden


def _simplify(parent: Element, depth: int = 0) -> None:
    if depth > NESTED_MOST:
        raise ValueError(depth)
    parent[:] = [each for child in parent for each in _simplified(child)]
    for child in parent:
        if not local_name(child).endswith("Pr"):  # properties say of other things that they are deleted
            _simplify(child, depth + 1)


def _simplified(element: Element) -> list[Element]:
    name = local_name(element)
    if name in _GONE or (name == "tr" and element.find("{*}trPr/{*}del") is not None):
        return []
    if name == "AlternateContent":
        return [each for child in _branch(element) for each in _simplified(child)]
    if name == "pgNum" or (name == "fldSimple" and _kind_of(attribute_of(element, "instr")) in _PAGES):
        return [_text_element(_PAGE)]
    if name in _SIGNS:
        return [_text_element(_SIGNS[name])]
    if name == "sym":
        return [_text_element(_symbol(element))]
    return _ruby(element) if name == "ruby" else [element]


def _text_element(text: str) -> Element:
    element = Element("t")
    element.text = text
    return element


def _branch(element: Element) -> Sequence[Element]:
    """Return what is written for newer and older programs once: the first that holds text, or the older programs'."""
    branches = [each for each in element if local_name(each) in {"Choice", "Fallback"}]
    last = branches[-1] if branches else element
    return list(next((each for each in branches if any(map(_holds_text, each.iter()))), last))


def _holds_text(element: Element) -> bool:
    return local_name(element) in {"textpath", "relIds", "chart"} or (is_text(element) and bool(element.text))


def _symbol(element: Element) -> str:
    """Return the character of a symbol font; "" for one that is not known."""
    from mammoth.docx.dingbats import dingbats

    font, char = attribute_of(element, "font"), attribute_of(element, "char")
    code = int(char, 16) if re.fullmatch("[0-9A-Fa-f]{1,6}", char) else 0
    found = dingbats.get((font, code), dingbats.get((font, code & 0xFF)))
    return chr(found) if found else ""


def _ruby(element: Element) -> list[Element]:
    """Return a word with its guide in brackets behind it, instead of above it."""
    guide, base = element.findall("{*}rt/*"), element.findall("{*}rubyBase/*")
    return [*base, _text_element(" ("), *guide, _text_element(")")]


@dataclass
class _Field:
    """A field that is being read: its code, and the texts of its code and of its result."""

    begin: Element
    code: str = ""
    code_texts: list[Element] = field(default_factory=list)
    texts: list[Element] = field(default_factory=list)
    in_code: bool = True


def _kind_of(code: str) -> str:
    """Return the first word of a field's code, which says what it is; in capitals."""
    return (code.split() or [""])[0].upper()


def _settle_fields(root: Element) -> None:
    """Leave of each field its result as text. A field without an end stays: its code may go on to the end of the text.

    Raises ValueError for fields nested as in no real document.
    """
    open_: list[_Field] = []
    for each in list(root.iter()):
        name, mark = local_name(each), attribute_of(each, "fldCharType")
        if name == "fldChar" and mark == "begin":
            open_.append(_Field(each))
            if len(open_) > FIELDS_NESTED_MOST:
                raise ValueError(each)
        elif name == "fldChar" and mark == "separate" and open_:
            open_[-1].in_code = False
        elif name == "fldChar" and mark == "end" and open_:
            each.append(_text_element(_close(open_.pop())))
            _take_text(each[-1], open_)
        elif name == "instrText" and open_:
            open_[-1].code += each.text or ""
        elif is_text(each):
            _take_text(each, open_)


def _take_text(text: Element, fields: Sequence[_Field]) -> None:
    for each in fields:
        (each.code_texts if each.in_code else each.texts).append(text)


def _close(found: _Field) -> str:
    """Empty the texts of a field's code and the numbers of pages; return what follows its result."""
    kind = _kind_of(found.code)
    for each in found.code_texts:
        each.text = ""
    if kind in _PAGES:
        for number, each in enumerate(found.texts):
            each.text = "" if number else _PAGE
    result = "".join(each.text or "" for each in found.texts)
    if kind == "HYPERLINK":
        address = _HYPERLINK.match(found.code)
        return address_behind(result, (address[1] or address[2] or "") if address else "")
    data = found.begin.find("{*}ffData")
    return "" if data is None else _form_text(kind, data, result)


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


def _take_page_numbers(root: Element) -> None:
    """Blank out the numbers of pages, with the words around them."""
    for paragraph in root.iterfind(".//{*}p"):
        texts = [each for each in within(paragraph) if is_text(each) and each.text]
        text = "".join(each.text or "" for each in texts)
        if _PAGE not in text:
            continue
        blanks = {place for match in _PAGE_NUMBER.finditer(fold(text)) for place in range(*match.span())}
        at = 0
        for each in texts:
            row = each.text or ""
            each.text = "".join(" " if place in blanks else c for place, c in enumerate(row, at))
            at += len(row)


def _take_hidden(root: Element, styles: frozenset[str]) -> Iterator[str]:
    """Take hidden text out, and yield it, a paragraph or a row at a time."""
    for table in root.findall(".//{*}tbl"):
        hidden = {row for row in table if local_name(row) == "tr" and is_on(row.find("{*}trPr"), "hidden")}
        for row in table if hidden else ():
            if row in hidden:
                yield " ".join("".join(_texts(each)) for each in row.findall(".//{*}p")).strip()
        table[:] = [each for each in table if each not in hidden]
    for paragraph in root.findall(".//{*}p"):
        by_style = child_attribute(paragraph.find("{*}pPr"), "pStyle") in styles
        taken = []
        for parent in [paragraph, *within(paragraph)]:
            for run in parent.findall("{*}r"):
                own = run.find("{*}rPr")
                vanishes = is_on(own, "vanish")
                if vanishes or (vanishes is None and (by_style or child_attribute(own, "rStyle") in styles)):
                    taken += _texts(run)
                    run.clear()
        yield "".join(taken).strip()


def _texts(element: Element) -> list[str]:
    return [each.text or "" for each in element.iter() if is_text(each)]


def _join_paragraphs(root: Element) -> None:
    """Join each paragraph whose end was deleted, or that is the next one's first letter, with the next."""
    for parent in root.iter():
        children: list[Element] = []
        before: list[Element] = []  # the elements of paragraphs that the next one goes on
        for child, following in zip_longest(parent, parent[1:]):
            if following is not None and _goes_on(child, following):
                before += [each for each in child if local_name(each) != "pPr"]
            else:
                child[:0] = before
                before = []
                children.append(child)
        parent[:] = children


def _goes_on(paragraph: Element, following: Element) -> bool:
    properties = paragraph.find("{*}pPr")
    if properties is None or local_name(following) != "p":
        return False
    is_initial = (child_attribute(properties, "framePr", "dropCap") or "none") != "none"
    return is_initial or properties.find("{*}rPr/{*}del") is not None


def _add_addresses(root: Element, relations: Mapping[str, Relation]) -> None:
    """Add the address to each link of the text; of links in a row that lead to the same place, to the last."""
    for parent in root.iterfind(".//{*}hyperlink/.."):
        shown = ""
        for child, following in zip_longest(parent, parent[1:]):
            if address := _address(child, relations):
                shown += "".join(_texts(child))
                if following is None or address != _address(following, relations):
                    child.append(_text_element(address_behind(shown, address)))
                    shown = ""


def _address(element: Element, relations: Mapping[str, Relation]) -> str:
    """Return the address to which a link leads; "" for a place in the text, and for other elements."""
    relation = relations.get(attribute_of(element, "id")) if local_name(element) == "hyperlink" else None
    anchor = attribute_of(element, "anchor")
    if relation is None:
        return ""
    return relation.target.partition("#")[0] + f"#{anchor}" if anchor else relation.target
