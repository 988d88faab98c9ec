"""The numbers of a Word file's lists, counted as Word does (ECMA-376, Part 1, 17.9)."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from site_src.new.lines import LineKind
from site_src.new.word_package import attribute_of, child_attribute, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPEATS_MOST = 4  # of a letter beyond the alphabet's end; higher numbers are shown in digits
ROMAN_MOST = 3999

SURE = {"decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}  # 17.18.59
LATIN = string.ascii_lowercase
GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
ALPHABETS = {"lowerletter": LATIN, "upperletter": LATIN, "α": GREEK}  # Word may write «στ» for the sixth
ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_NO_ITEM = (LineKind.TEXT, "")


@dataclass(frozen=True)
class _Level:
    """A level of a list: its first number, how it is written, and ``text``, with %1 for the first level's number.

    ``style`` is that of the paragraphs to which it belongs.
    """

    start: int
    form: str
    text: str
    style: str | None


@dataclass(frozen=True)
class _List:
    """A list that paragraphs refer to: the definition that counts, and where this list begins to count anew."""

    definition: str
    starts: Mapping[int, int]
    is_odd: bool  # whether it writes a level in another way than its definition


class Numbering:
    """Counts as Word does: all lists of one definition together, unless one begins anew.

    ``unsure``: whether Word may show other numbers or letters than those that were returned.
    """

    def __init__(self, root: Element | None, styles: Mapping[str, Sequence[Element]]) -> None:
        """``root`` is that of numbering.xml; ``styles`` are followed by those that they build on."""
        self.unsure = False
        self._styles = styles
        root = root if root is not None else Element("none")
        definitions = {attribute_of(each, "abstractNumId"): each for each in root.findall("{*}abstractNum")}
        self._levels = {name: _levels(each) for name, each in definitions.items()}
        self._odd = {name for name, each in definitions.items() if _is_odd(each)}
        self._lists = {attribute_of(each, "numId"): _list(each) for each in root.findall("{*}num")}
        self._links = {name: child_attribute(each, "numStyleLink") for name, each in definitions.items()}
        self._by_style = {
            level.style: (name, depth) for name, levels in self._levels.items() for depth, level in levels.items()
        }
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()

    def item(self, paragraph: Element, *, is_empty: bool) -> tuple[LineKind, str]:
        """Count a paragraph that is an item of a list; return whether it is a bullet, and its number."""
        properties = paragraph.find("{*}pPr")
        if properties is None:
            return _NO_ITEM
        style = child_attribute(properties, "pStyle") or ""
        places = [properties.find("{*}numPr"), *self._places(style)]
        name, level = _first(places, "numId"), whole_number(_first(places, "ilvl"), 0)
        found = self._list(name)
        if name is None and style in self._by_style:
            definition, level = self._by_style[style]
            found = _List(definition, {}, is_odd=True)  # Word may not number a style that names no list
        if not found:
            return _NO_ITEM
        if is_empty or properties.find("{*}rPr/{*}del") is not None:  # or it is one with the next paragraph
            self.unsure = True  # Word may count it or not: it depends on why it is empty
            return _NO_ITEM
        return self._count(name or "", found, level)

    def _places(self, style: str) -> list[Element | None]:
        """Return where a style, and those that it builds on, name a list and its level."""
        return [each.find("{*}pPr/{*}numPr") for each in self._styles.get(style, ())]

    def _list(self, name: str | None) -> _List | None:
        """Return the list of a name, or that of the style to which its definition leads."""
        found = self._lists.get(name or "")
        link = self._links.get(found.definition) if found else None
        return self._lists.get(_first(self._places(link), "numId") or "") if link else found

    def _count(self, name: str, found: _List, level: int) -> tuple[LineKind, str]:
        """Return the kind and the number of the list's next item."""
        levels = self._levels.get(found.definition, {})
        if level not in levels:
            return _NO_ITEM
        self.unsure = self.unsure or found.is_odd or found.definition in self._odd
        counts = self._counts[found.definition]
        if name not in self._begun:
            self._begun.add(name)
            counts.update({each: start - 1 for each, start in found.starts.items()})
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        if levels[level].form == "bullet":
            return LineKind.BULLET, ""

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            shown = levels.get(other, levels[level])
            return self._written(counts.get(other, shown.start), shown.form)

        label = re.sub(r"%([1-9])", number, levels[level].text)
        return LineKind.TEXT, f"{label} " if label else ""

    def _written(self, count: int, form: str) -> str:
        """Return the count as a level of this form shows it, in digits where the form is not known."""
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


def _first(places: Sequence[Element | None], name: str) -> str | None:
    return next((value for each in places if (value := child_attribute(each, name)) is not None), None)


def _is_odd(definition: Element) -> bool:
    """Return whether a level goes on where others begin anew, or shows the others in digits: neither is followed."""
    return any(definition.find(f"{{*}}lvl/{{*}}{name}") is not None for name in ("lvlRestart", "isLgl"))


def _levels(definition: Element) -> dict[int, _Level]:
    levels = {}
    for each in definition.findall("{*}lvl"):
        level, text = whole_number(attribute_of(each, "ilvl"), 0), child_attribute(each, "lvlText")
        levels[level] = _Level(
            start=whole_number(child_attribute(each, "start"), 1),
            form=_form(each),
            text=f"%{level + 1}." if text is None else text,
            style=child_attribute(each, "pStyle"),
        )
    return levels


def _form(level: Element) -> str:
    """Return how a level's numbers look; of a form of one's own such as "α, β, γ, ..." the first character."""
    found = next(level.iterfind(".//{*}numFmt"), Element("none"))  # the first; another is for older programs
    form = attribute_of(found, "val")
    return (attribute_of(found, "format")[:1] if form == "custom" else form) or "decimal"


def _list(each: Element) -> _List:
    starts = {
        whole_number(attribute_of(other, "ilvl"), 0): whole_number(start, 1)
        for other in each.findall("{*}lvlOverride")
        if (start := child_attribute(other, "startOverride")) is not None
    }
    is_odd = each.find("{*}lvlOverride/{*}lvl") is not None
    return _List(child_attribute(each, "abstractNumId") or "", starts, is_odd)
