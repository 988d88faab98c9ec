"""What mammoth does not see in a Word file, settled before it reads: the numbers of lists, hidden text and fields.

Mammoth takes hidden text for any other and passes over simple fields. Source of what Word shows: ECMA-376, Part 1,
17.3.2.41 (vanish), 17.16.19 (fldSimple) and 17.13.5 (what was deleted or moved).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, tostring

from site_src.drafting.word_numbering import Numbering
from site_src.drafting.word_xml import attribute_of, child_attribute, local_name, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DOCUMENT = "word/document.xml"
STYLES, NUMBERING = "word/styles.xml", "word/numbering.xml"
WITH_TEXT = (DOCUMENT, "word/footnotes.xml", "word/endnotes.xml")
OFF = {"0", "false", "off"}
NESTED_MOST = 200  # elements within one another; a table in a table in a text box takes some dozens
BASES_MOST = 20  # styles that build on one another, or on themselves


@dataclass(frozen=True)
class WordFile:
    """A Word file with its numbers as text, without pictures, and without its hidden text, which is told.

    ``shown`` are the passages that Word shows; ``unsure``: whether it may show other numbers or letters.
    """

    data: bytes
    hidden: tuple[str, ...]
    shown: tuple[str, ...]
    unsure: bool


def settle(data: bytes) -> WordFile:
    """The file as mammoth is to read it. What a damaged file makes the readers raise is let through."""
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 (imported only when used)

    with zipfile.ZipFile(io.BytesIO(data)) as container:
        parts = {name: container.read(name) for name in container.namelist() if name.endswith((".xml", ".rels"))}
    styles = _styles(fromstring(parts[STYLES])) if STYLES in parts else {}
    hidden_styles = _hidden_styles(styles)
    hidden: list[str] = []
    shown: list[str] = []
    numbers = Numbering(fromstring(parts[NUMBERING]) if NUMBERING in parts else None, styles)
    for name in [name for name in WITH_TEXT if name in parts]:
        root = fromstring(parts[name])
        _simplify(root)
        hidden += _take_hidden(root, hidden_styles)
        shown += _passages(root)
        if name == DOCUMENT:
            numbers.write(root)
        parts[name] = tostring(root)
    return WordFile(_zipped(parts), tuple(hidden), tuple(shown), numbers.unsure)


def _zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as container:
        for name, data in parts.items():
            container.writestr(name, data)
    return file.getvalue()


def _simplify(parent: Element, depth: int = 0) -> None:
    """Leave one of what stands there twice, for newer and older programs, and nothing deleted or moved away.

    Raises ValueError where elements are nested as in no real document.
    """
    if depth > NESTED_MOST:
        raise ValueError(depth)
    parent[:] = [each for child in parent for each in _simplified(child)]
    for child in parent:
        if not local_name(child).endswith("Pr"):  # properties say of other things that they are deleted
            _simplify(child, depth + 1)


def _simplified(element: Element) -> list[Element]:
    name = local_name(element)
    holder: Element | None = element
    if name in {"del", "moveFrom"} or (name == "tr" and element.find("{*}trPr/{*}del") is not None):
        return []
    if name == "AlternateContent":
        fallback = element.find("{*}Fallback")  # which mammoth reads, too
        holder = fallback if fallback is not None else element.find("{*}Choice")
    elif name != "fldSimple":
        return [element]
    return [each for child in holder or () for each in _simplified(child)]


def _passages(root: Element) -> Iterator[str]:
    """The text of each paragraph; a symbol of another font, which may come out as any character, parts it."""
    for paragraph in root.findall(".//{*}p"):
        parts = (
            "\n" if local_name(each) == "sym" else each.text or ""
            for each in within(paragraph)
            if local_name(each) in {"t", "sym"}
        )
        yield from "".join(parts).split("\n")


def _styles(root: Element) -> dict[str, tuple[Element, ...]]:
    """Each style by its name, followed by those that it builds on."""
    found = {attribute_of(style, "styleId"): style for style in root.findall(".//{*}style")}

    def bases(name: str | None) -> Iterator[Element]:
        for _ in range(BASES_MOST):
            if name not in found:
                return
            yield found[name]
            name = child_attribute(found[name], "basedOn")

    return {name: tuple(bases(name)) for name in found}


def _hidden_styles(styles: Mapping[str, Sequence[Element]]) -> frozenset[str]:
    """The styles that hide; of those that one builds on, the nearest that says so or not decides."""
    told = {name: (_vanishes(style.find("{*}rPr")) for style in bases) for name, bases in styles.items()}
    return frozenset(name for name, each in told.items() if next((said for said in each if said is not None), False))


def _vanishes(properties: Element | None) -> bool | None:
    value = child_attribute(properties, "vanish")
    return None if value is None else value not in OFF


def _take_hidden(root: Element, styles: frozenset[str]) -> Iterator[str]:
    """Take hidden text out; what it was comes back, a paragraph at a time."""
    for paragraph in root.findall(".//{*}p"):
        by_style = child_attribute(paragraph.find("{*}pPr"), "pStyle") in styles
        taken = []
        for parent in [paragraph, *within(paragraph)]:
            for run in parent.findall("{*}r"):
                text = "".join(each.text or "" for each in run.findall(".//{*}t"))
                own = run.find("{*}rPr")
                vanishes = _vanishes(own)
                if text and (vanishes or (vanishes is None and (by_style or child_attribute(own, "rStyle") in styles))):
                    parent.remove(run)
                    taken.append(text)
        if "".join(taken).strip():
            yield "".join(taken).strip()
