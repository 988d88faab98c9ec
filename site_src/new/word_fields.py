"""Fields of a Word file as the text that Word shows for them (ECMA-376, Part 1, 17.16)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.language.greek import fold
from site_src.new.word_xml import attribute_of, child_attribute, is_on, local_name, text_element, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

PAGE = "\ufdd0"  # stands for a page's number, which is no text; no character of any language
NESTED_MOST = 50  # fields within one another
_PAGES = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
# «Σελίδα 2 από 5», «- 2 -», «2/5»; for folded text.
_PAGE_NUMBER = re.compile(
    rf"(?:[-–—|/]\s*)?(?:(?:σελ(?:ιδα|\.)?|ραgε|ρ\.)\s*)?{PAGE}(?:\s*(?:απο|οf|/|-)\s*{PAGE})?(?:\s*[-–—|])?"
)


@dataclass
class _Field:
    """A field that is being read: its code, and the text that it shows."""

    begin: Element
    code: str = ""
    texts: list[Element] = field(default_factory=list)
    in_code: bool = True

    @property
    def kind(self) -> str:
        return kind_of(self.code)


def kind_of(code: str) -> str:
    """Return the first word of a field's code, which says what it is; in capitals."""
    return (code.split() or [""])[0].upper()


def is_page_number(code: str) -> bool:
    """Whether a field shows the number of a page, or of all pages."""
    return kind_of(code) in _PAGES


def without_page_numbers(text: str) -> str:
    """Return the text without the numbers of pages and the words around them."""
    kept, at = "", 0
    for match in _PAGE_NUMBER.finditer(fold(text)):
        kept += text[at : match.start()] + " "
        at = match.end()
    return kept + text[at:]


def settle_fields(root: Element) -> None:
    """Write what form fields show as text; take out page numbers, and what belongs to the code of another field.

    Raises ValueError for fields nested as in no real document.
    """
    paired = _paired(root)
    open_: list[_Field] = []
    for each in list(root.iter()):
        name, kind = local_name(each), attribute_of(each, "fldCharType")
        if name == "fldChar" and each in paired:
            if kind == "begin":
                open_.append(_Field(each))
                if len(open_) > NESTED_MOST:
                    raise ValueError(each)
            elif kind == "separate":
                open_[-1].in_code = False
            elif text := _shown(open_.pop()):
                each.append(text_element(text))
        elif open_ and name == "instrText":
            open_[-1].code += each.text or ""
        elif open_ and name == "t":
            _take_text(each, open_)


def _paired(root: Element) -> set[Element]:
    """The marks of fields that begin and end; of others nobody can say what they hold."""
    open_: list[list[Element]] = []
    paired: set[Element] = set()
    for each in root.iter():
        kind = attribute_of(each, "fldCharType") if local_name(each) == "fldChar" else ""
        if kind == "begin":
            open_.append([each])
        elif kind and open_:
            open_[-1].append(each)
            if kind == "end":
                paired.update(open_.pop())
    return paired


def _take_text(text: Element, open_: list[_Field]) -> None:
    if any(each.in_code for each in open_):
        text.text = ""
    elif open_[-1].kind in _PAGES:
        text.text = "" if open_[-1].texts else PAGE
    for each in open_:
        each.texts.append(text)


def _shown(found: _Field) -> str:
    """What Word shows for a field that has no text of its own."""
    data = found.begin.find("{*}ffData")
    if data is None:
        return ""
    if found.kind == "FORMCHECKBOX":
        box = data.find("{*}checkBox")
        checked = is_on(box, "checked")
        return "☒" if (is_on(box, "default") if checked is None else checked) else "☐"
    if found.kind == "FORMDROPDOWN":
        return _chosen(data.find("{*}ddList"))
    is_empty = found.kind == "FORMTEXT" and not any(each.text for each in found.texts)
    return child_attribute(data.find("{*}textInput"), "default") or "" if is_empty else ""


def _chosen(choices: Element | None) -> str:
    """The entry of a list that was chosen; its first where none was."""
    entries = list(_entries(choices))
    number = whole_number(child_attribute(choices, "result") or child_attribute(choices, "default"), 0)
    return entries[number] if number < len(entries) else ""


def _entries(choices: Element | None) -> Iterator[str]:
    for each in choices if choices is not None else ():
        if local_name(each) == "listEntry":
            yield attribute_of(each, "val")
