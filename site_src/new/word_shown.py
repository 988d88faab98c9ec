"""What Word shows of a part of a Word file, and the passages of all parts that it shows.

Source: ECMA-376, Part 1, 17.3.2.41 (vanish), 17.4.24 (hidden rows), 17.13.5 (what was deleted or moved); Part 3, 7.7
(alternate content).
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from site_src.new.word_fields import PAGE, is_page_number, settle_fields
from site_src.new.word_xml import (
    attribute_of,
    child_attribute,
    is_on,
    is_text,
    local_name,
    run_of,
    text_element,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

NESTED_MOST = 200  # elements within one another; a table in a table in a text box takes some dozens
BASES_MOST = 20  # styles that build on one another, or on themselves
_GONE = {"del", "moveFrom"}


def settle(root: Element, hidden_styles: frozenset[str]) -> tuple[str, ...]:
    """Take out of a part what Word does not show, and return what it hides; what it shows without text becomes text.

    Raises ValueError where elements are nested as in no real document.
    """
    _simplify(root)
    settle_fields(root)
    hidden = tuple(filter(None, _take_hidden(root, hidden_styles)))
    _join_paragraphs(root)
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
    if name == "pgNum" or (name == "fldSimple" and is_page_number(attribute_of(element, "instr"))):
        return [text_element(PAGE)]
    if name == "sym":
        return [text_element(_symbol(element))]
    return _ruby(element) if name == "ruby" else [element]


def _branch(element: Element) -> Sequence[Element]:
    """What stands there for newer and older programs, once: the first that holds text, or the older programs'."""
    branches = [each for each in element if local_name(each) in {"Choice", "Fallback"}]
    last = branches[-1] if branches else element
    return list(next((each for each in branches if any(map(_holds_text, each.iter()))), last))


def _holds_text(element: Element) -> bool:
    return local_name(element) in {"textpath", "relIds", "chart"} or (is_text(element) and bool(element.text))


def _symbol(element: Element) -> str:
    """The character of a symbol font, as mammoth knows them; "" where it does not."""
    from mammoth.docx.dingbats import dingbats

    font, char = attribute_of(element, "font"), attribute_of(element, "char")
    code = int(char, 16) if re.fullmatch("[0-9A-Fa-f]{1,6}", char) else 0
    found = dingbats.get((font, code), dingbats.get((font, code & 0xFF)))
    return chr(found) if found else ""


def _ruby(element: Element) -> list[Element]:
    """A word with its guide in brackets behind it, instead of above it."""
    guide, base = element.findall("{*}rt/*"), element.findall("{*}rubyBase/*")
    return [*base, run_of(text_element(" (")), *guide, run_of(text_element(")"))]


def hidden_styles(styles: Mapping[str, Sequence[Element]]) -> frozenset[str]:
    """The styles that hide; of those that one builds on, the nearest that says so or not decides."""
    told = {name: (is_on(style.find("{*}rPr"), "vanish") for style in bases) for name, bases in styles.items()}
    return frozenset(name for name, each in told.items() if next((said for said in each if said is not None), False))


def styles_of(root: Element | None) -> dict[str, tuple[Element, ...]]:
    """Each style by its name, followed by those that it builds on."""
    found = {attribute_of(each, "styleId"): each for each in (root if root is not None else ())}

    def bases(name: str | None) -> Iterator[Element]:
        for _ in range(BASES_MOST):
            if name not in found:
                return
            yield found[name]
            name = child_attribute(found[name], "basedOn")

    return {name: tuple(bases(name)) for name in found if name}


def _take_hidden(root: Element, styles: frozenset[str]) -> Iterator[str]:
    """Take hidden text out; what it was comes back, a paragraph or a row at a time."""
    for table in root.findall(".//{*}tbl"):
        hidden = [row for row in table if local_name(row) == "tr" and is_on(row.find("{*}trPr"), "hidden")]
        yield from (" ".join("".join(_texts(each)) for each in row.findall(".//{*}p")).strip() for row in hidden)
        if hidden:
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
                    run[:] = [each for each in run if local_name(each) in {"fldChar", "instrText"}]
        yield "".join(taken).strip()


def _texts(element: Element) -> list[str]:
    return [each.text or "" for each in element.iter() if is_text(each)]


def _join_paragraphs(root: Element) -> None:
    """Join each paragraph whose end was deleted, or that is the next one's first letter, with the next."""
    for parent in root.iter():
        children: list[Element] = []
        before: list[Element] = []  # what the paragraphs hold that the next one goes on
        for child, following in zip_longest(parent, parent[1:]):
            if local_name(child) == "p" and following is not None and _goes_on(child, following):
                before += [each for each in child if local_name(each) != "pPr"]
                continue
            children.append(child)
            if before:
                at = 1 if child.find("{*}pPr") is not None else 0
                child[at:at] = before
                before = []
        if len(children) < len(parent):
            parent[:] = children


def _goes_on(paragraph: Element, following: Element) -> bool:
    properties = paragraph.find("{*}pPr")
    if properties is None or local_name(following) != "p":
        return False
    is_initial = (child_attribute(properties, "framePr", "dropCap") or "none") != "none"
    return is_initial or properties.find("{*}rPr/{*}del") is not None
