"""The numbers of a Word file's lists, which mammoth counts anew, written into their paragraphs as Word shows them.

Source: ECMA-376, Part 1, 17.9 (numbering).
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from site_src.new.word_xml import attribute_of, child_attribute, local_name, whole_number, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPEATS_MOST = 4  # a letter stands so often beyond the alphabet's end; what counts further is shown in digits
ROMAN_MOST = 3999

SURE = {"decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}  # 17.18.59
LATIN = string.ascii_lowercase
GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
ALPHABETS = {"lowerletter": LATIN, "upperletter": LATIN, "α": GREEK}  # Word may write «στ» for the sixth
ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(frozen=True)
class _Level:
    """How one level of a list counts, and how its numbers are written: ``text`` has %1 for the first level's."""

    start: int
    form: str
    text: str


@dataclass(frozen=True)
class _List:
    """What paragraphs refer to: the definition that counts, and where this list begins to count anew."""

    definition: str
    starts: dict[int, int]
    is_odd: bool  # whether it writes a level in another way than its definition


class Numbering:
    """Counts as Word does: all lists of one definition together, unless one begins anew.

    ``unsure``: whether Word may show other numbers or letters than those that were written.
    """

    def __init__(self, root: Element | None, styles: Mapping[str, Sequence[Element]]) -> None:
        """``root`` is that of numbering.xml; ``styles`` are followed by those that they build on."""
        self.unsure = False
        self._styles = styles
        root = root if root is not None else Element("none")
        self._levels = {attribute_of(each, "abstractNumId"): _levels(each) for each in root.findall("{*}abstractNum")}
        self._lists = {attribute_of(each, "numId"): _list(each) for each in root.findall("{*}num")}
        self._odd = {attribute_of(each, "abstractNumId") for each in root.findall("{*}abstractNum") if _is_odd(each)}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()

    def write(self, root: Element) -> None:
        """Write each number into its paragraph, which is then no item of mammoth's."""
        for paragraph in root.findall(".//{*}p"):
            properties = paragraph.find("{*}pPr")
            if properties is None:
                continue
            places = self._places(properties)
            number = _first(places, "numId")
            if number is None:
                continue
            is_empty = not any(each.text for each in within(paragraph) if local_name(each) == "t")
            if is_empty or properties.find("{*}rPr/{*}del") is not None:  # or it is one with the next paragraph
                self.unsure = True  # Word may count it or not: it depends on why it is empty
                continue
            label = self._label(number, whole_number(_first(places, "ilvl"), 0))
            if label is not None:
                _write_label(paragraph, properties, label)

    def _places(self, properties: Element) -> list[Element]:
        """What may tell a paragraph's list and its level: itself, its style, and those that this builds on."""
        styles = self._styles.get(child_attribute(properties, "pStyle") or "", ())
        found = [properties.find("{*}numPr"), *(style.find("{*}pPr/{*}numPr") for style in styles)]
        return [each for each in found if each is not None]

    def _label(self, name: str, level: int) -> str | None:
        """The number of the list's next item; None where it has none, or where the list is not defined here."""
        known = self._lists.get(name)
        levels = self._levels.get(known.definition, {}) if known else {}
        if not known or level not in levels:
            return None
        self.unsure = self.unsure or known.is_odd or known.definition in self._odd
        counts = self._counts[known.definition]
        if name not in self._begun:
            self._begun.add(name)
            counts.update({each: start - 1 for each, start in known.starts.items()})
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        if levels[level].form == "bullet":
            return None

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            shown = levels.get(other, levels[level])
            return self._written(counts.get(other, shown.start), shown.form)

        return re.sub(r"%([1-9])", number, levels[level].text)

    def _written(self, count: int, form: str) -> str:
        """The count as a level of this form shows it, in digits where that is not known."""
        if form == "none":
            return ""
        self.unsure = self.unsure or form not in SURE
        written = str(count)
        if alphabet := ALPHABETS.get(form.lower()):
            if 0 < count <= REPEATS_MOST * len(alphabet):
                written = alphabet[(count - 1) % len(alphabet)] * ((count - 1) // len(alphabet) + 1)
        elif form in {"lowerRoman", "upperRoman"} and 0 < count <= ROMAN_MOST:
            written = _roman(count)
        return written.upper() if form[0].isupper() or form.startswith("upper") else written


def _roman(count: int) -> str:
    written = ""
    for value, letters in ROMAN:
        written += letters * (count // value)
        count %= value
    return written


def _first(places: Sequence[Element], name: str) -> str | None:
    return next((value for each in places if (value := child_attribute(each, name)) is not None), None)


def _is_odd(definition: Element) -> bool:
    """Whether a level goes on where others begin anew, or shows the others in digits: both are not followed here."""
    return any(definition.find(f"{{*}}lvl/{{*}}{name}") is not None for name in ("lvlRestart", "isLgl"))


def _levels(definition: Element) -> dict[int, _Level]:
    levels = {}
    for each in definition.findall("{*}lvl"):
        level = whole_number(attribute_of(each, "ilvl"), 0)
        text = child_attribute(each, "lvlText")
        levels[level] = _Level(
            whole_number(child_attribute(each, "start"), 1), _form(each), f"%{level + 1}." if text is None else text
        )
    return levels


def _form(level: Element) -> str:
    """How a level's numbers look; of a form of one's own such as "α, β, γ, ..." the first character."""
    for found in level.findall(".//{*}numFmt"):  # the first, and what stands in for it in older programs
        form = attribute_of(found, "val")
        return (attribute_of(found, "format")[:1] if form == "custom" else form) or "decimal"
    return "decimal"


def _list(each: Element) -> _List:
    starts = {
        attribute_of(other, "ilvl"): child_attribute(other, "startOverride") for other in each.findall("{*}lvlOverride")
    }
    anew = {whole_number(level, 0): whole_number(start, 1) for level, start in starts.items() if start is not None}
    is_odd = each.find("{*}lvlOverride/{*}lvl") is not None
    return _List(child_attribute(each, "abstractNumId") or "", anew, is_odd)


def _write_label(paragraph: Element, properties: Element, label: str) -> None:
    space = paragraph.tag[: paragraph.tag.index("}") + 1]
    for item in properties.findall("{*}numPr"):
        properties.remove(item)
    item = SubElement(properties, f"{space}numPr")
    for name in ("ilvl", "numId"):  # the list 0 is none (17.9.18), a style's list neither
        SubElement(item, f"{space}{name}", {f"{space}val": "0"})
    run = Element(f"{space}r")
    SubElement(run, f"{space}t").text = f"{label} " if label else ""
    paragraph.insert(list(paragraph).index(properties) + 1, run)
