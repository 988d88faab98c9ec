"""The XML of Word files (ECMA-376), whatever prefix its namespaces have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element


def child_attribute(parent: Element | None, name: str, attribute: str = "val") -> str | None:
    """An attribute of a child, whatever the namespace is called; None where there is no such child."""
    child = parent.find(f"{{*}}{name}") if parent is not None else None
    return None if child is None else attribute_of(child, attribute)


def attribute_of(element: Element, attribute: str) -> str:
    """An attribute of the element itself; "" where it has none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == attribute), "")


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
