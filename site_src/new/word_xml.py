"""The XML of Word files (ECMA-376), whatever prefix its namespaces have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

if TYPE_CHECKING:
    from collections.abc import Iterator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
R = f"{{{OFFICE}}}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
OFF = {"0", "false", "off"}


def child_attribute(parent: Element | None, name: str, attribute: str = "val") -> str | None:
    """An attribute of a child, whatever the namespace is called; None where there is no such child."""
    child = parent.find(f"{{*}}{name}") if parent is not None else None
    return None if child is None else attribute_of(child, attribute)


def attribute_of(element: Element, attribute: str) -> str:
    """An attribute of the element itself; "" where it has none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == attribute), "")


def is_on(parent: Element | None, name: str) -> bool | None:
    """Whether a property is set; None where the parent does not say."""
    value = child_attribute(parent, name)
    return None if value is None else value not in OFF


def whole_number(text: str | None, default: int) -> int:
    """The whole number that an attribute tells; the default where it tells none."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else default


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def within(parent: Element) -> Iterator[Element]:
    """What lies within, but for paragraphs (of text boxes) and what lies within those."""
    for child in parent:
        if local_name(child) != "p":
            yield child
            yield from within(child)


def is_text(element: Element) -> bool:
    """Whether an element holds text that Word shows: of a run, of a formula, or of a drawing."""
    return local_name(element) == "t" and len(element) == 0


def text_element(text: str) -> Element:
    """Return a run's text."""
    element = Element(f"{W}t")
    element.text = text
    return element


def run_of(*children: Element) -> Element:
    """Return a run of these elements."""
    run = Element(f"{W}r")
    run.extend(children)
    return run
