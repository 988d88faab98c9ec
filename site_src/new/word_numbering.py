"""The numbers of a Word file's lists, counted as Word does (ECMA-376, Part 1, 17.9)."""

from __future__ import annotations

import re
import string
from collections import defaultdict
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


class Numbering:
    """Counts as Word does: all lists of one definition together, unless one begins anew.

    ``unsure``: whether Word may show other numbers or letters than those that were returned.
    """

    def __init__(self, root: Element | None, styles: Mapping[str, Sequence[Element]]) -> None:
        """``root`` is that of numbering.xml; ``styles`` are followed by those that they build on."""
        self.unsure = False
        self._styles = styles
        root = root if root is not None else Element("none")
        self._lists = {attribute_of(each, "numId"): each for each in root.findall("{*}num")}
        self._definitions = {attribute_of(each, "abstractNumId"): each for each in root.findall("{*}abstractNum")}
        self._levels = {name: _levels(each) for name, each in self._definitions.items()}
        self._by_style = {
            child_attribute(each, "pStyle"): (name, level)
            for name, levels in self._levels.items()
            for level, each in levels.items()
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
        list_ = self._list(name)
        definition = child_attribute(list_, "abstractNumId") or ""
        is_by_style = name is None and style in self._by_style
        if is_by_style:
            definition, level = self._by_style[style]
        if level not in self._levels.get(definition, {}):
            return _NO_ITEM
        if is_empty or properties.find("{*}rPr/{*}del") is not None:  # or it is one with the next paragraph
            self.unsure = True  # Word may count it or not: it depends on why it is empty
            return _NO_ITEM
        # Word may not number a style that names no list.
        self.unsure = self.unsure or is_by_style or _is_odd(self._definitions[definition], list_)
        if list_ is not None and name not in self._begun:
            self._begun.add(name or "")
            self._counts[definition].update(_restarts(list_))
        return self._count(definition, level)

    def _places(self, style: str) -> list[Element | None]:
        """Return where a style, and those that it builds on, name a list and its level."""
        return [each.find("{*}pPr/{*}numPr") for each in self._styles.get(style, ())]

    def _list(self, name: str | None) -> Element | None:
        """Return the list of a name, or that of the style to which its definition leads."""
        found = self._lists.get(name or "")
        definition = self._definitions.get(child_attribute(found, "abstractNumId") or "")
        link = child_attribute(definition, "numStyleLink")
        return self._lists.get(_first(self._places(link), "numId") or "") if link else found

    def _count(self, definition: str, level: int) -> tuple[LineKind, str]:
        """Return the kind and the number of the next item of a level."""
        levels, counts = self._levels[definition], self._counts[definition]
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        counts[level] = counts.get(level, _start(levels[level]) - 1) + 1
        if _form(levels[level]) == "bullet":
            return LineKind.BULLET, ""

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            shown = levels.get(other, levels[level])
            return self._written(counts.get(other, _start(shown)), _form(shown))

        text = child_attribute(levels[level], "lvlText")
        label = re.sub(r"%([1-9])", number, f"%{level + 1}." if text is None else text)
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


def _is_odd(definition: Element, list_: Element | None) -> bool:
    """Return whether a level goes on where others begin anew, or is written in another way: neither is followed."""
    names = ("lvlRestart", "isLgl")
    is_own = list_ is not None and list_.find("{*}lvlOverride/{*}lvl") is not None
    return is_own or any(definition.find(f"{{*}}lvl/{{*}}{name}") is not None for name in names)


def _levels(definition: Element) -> dict[int, Element]:
    return {whole_number(attribute_of(each, "ilvl"), 0): each for each in definition.findall("{*}lvl")}


def _start(level: Element) -> int:
    return whole_number(child_attribute(level, "start"), 1)


def _form(level: Element) -> str:
    """Return how a level's numbers look; of a form of one's own such as "α, β, γ, ..." the first character."""
    found = next(level.iterfind(".//{*}numFmt"), Element("none"))  # the first; another is for older programs
    form = attribute_of(found, "val")
    return (attribute_of(found, "format")[:1] if form == "custom" else form) or "decimal"


def _restarts(list_: Element) -> dict[int, int]:
    """Return the counts with which a list begins anew, by level."""
    overrides = {whole_number(attribute_of(each, "ilvl"), 0): each for each in list_.findall("{*}lvlOverride")}
    starts = {level: child_attribute(each, "startOverride") for level, each in overrides.items()}
    return {level: whole_number(start, 1) - 1 for level, start in starts.items() if start is not None}
