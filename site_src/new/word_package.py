"""The stories, styles and notes of a Word file (ECMA-376), and the numbers of its lists.

Styles: Part 1, 17.7; lists, which are counted as Word does: 17.9.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from site_src.files.package import Budget, Package, UnreadableError
from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.new.lines import LineKind

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Of all parts that are read; beyond this it is a bomb, not a circular: a table of 3,000 agencies takes half of each.
UNPACKED_MOST = 20_000_000  # bytes
TAGS_MOST = 1_000_000  # with the cells of tables
BASES_MOST = 20  # styles that build on one another, or on themselves
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
_NOTES = {"footnoteReference": ("footnotes", "footnote"), "endnoteReference": ("endnotes", "endnote")}


class StoryKind(Enum):
    """The place on its pages where a Word file shows a part, as messages name it; in the order of reading."""

    FIRST_HEADER = N_("the first page's header")
    TEXT = N_("the text")
    FIRST_FOOTER = N_("the first page's footer")
    LATER = N_("a later page's header or footer")


_FIRST_PAGE = {"headerReference": StoryKind.FIRST_HEADER, "footerReference": StoryKind.FIRST_FOOTER}


class WordPackage(Package):
    """A Word file by its parts."""

    def __init__(self, data: bytes, budget: Budget | None = None) -> None:
        super().__init__(data, budget or Budget(UNPACKED_MOST, TAGS_MOST))
        self._notes: dict[str, dict[str, tuple[str, Element]]] = {}

    @cached_property
    def document(self) -> str:
        """The part that holds the text. Raises UnreadableError where there is none."""
        name = self.related("", "officeDocument")
        if not name or self.root(name).tag != "document":
            raise UnreadableError(say("this is no Word document, whatever its name says"))
        return name

    def of_document(self, kind: str) -> Element | None:
        """Return the root of the part of this kind that the document refers to."""
        part = self.related(self.document, kind)
        return self.root(part) if part else None

    @cached_property
    def styles(self) -> Mapping[str, tuple[Element, ...]]:
        """Return each style by its id, followed by those that it builds on."""
        root = self.of_document("styles")
        found = {each.get("styleId", ""): each for each in (root if root is not None else ())}

        def bases(name: str | None) -> Iterator[Element]:
            for _ in range(BASES_MOST):
                if name not in found:
                    return
                yield found[name]
                name = child_attribute(found[name], "basedOn")

        return {name: tuple(bases(name)) for name in found if name}

    def hides(self, style: str | None) -> bool:
        """Return whether a style hides text: it says so, or the nearest that it builds on does."""
        vanish = (is_on(each.find("rPr"), "vanish") for each in self.styles.get(style or "", ()))
        return next((value for value in vanish if value is not None), False)

    def note(self, reference: Element) -> tuple[str, Element] | None:
        """Return the note to which an element refers, with its part."""
        kind, name = _NOTES[reference.tag]
        if kind not in self._notes:
            part = self.related(self.document, kind)
            rows = self.root(part).findall(f"{name}") if part else []
            self._notes[kind] = {row.get("id", ""): (part or "", row) for row in rows}
        return self._notes[kind].get(reference.get("id", ""))

    def stories(self) -> list[tuple[StoryKind, str]]:
        """Return the parts that pages show, in the order in which they are read, each once."""
        found = {self.document: StoryKind.TEXT}
        both_sides = is_on(self.of_document("settings"), "evenAndOddHeaders")
        for number, section in enumerate(self.root(self.document).iter("sectPr")):
            is_titled = is_on(section, "titlePg")
            for each in section:
                page, part = each.get("type", "default"), self.target(self.document, each.get("id", ""))
                kind = _FIRST_PAGE.get(each.tag)
                if kind is None or not part:
                    continue
                if number == 0 and page == ("first" if is_titled else "default"):
                    found[part] = kind
                elif page == "default" or (page == "first" and is_titled) or (page == "even" and both_sides):
                    found.setdefault(part, StoryKind.LATER)
        order = [*StoryKind]
        return sorted(((kind, part) for part, kind in found.items()), key=lambda each: order.index(each[0]))


def child_attribute(parent: Element | None, name: str, attribute: str = "val") -> str | None:
    """Return an attribute of a child; None where there is no such child."""
    child = parent.find(name) if parent is not None else None
    return None if child is None else child.get(attribute, "")


def is_on(parent: Element | None, name: str) -> bool | None:
    """Return whether a property is set; None where the parent does not say."""
    value = child_attribute(parent, name)
    return None if value is None else value not in {"0", "false", "off"}


def whole_number(text: str | None, default: int) -> int:
    """Return the whole number that an attribute holds; the default where it holds none."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else default


def is_text(element: Element) -> bool:
    """Return whether an element holds text that Word shows: of a run, of a formula, or of a drawing."""
    return element.tag == "t" and len(element) == 0


class Numbering:
    """Counts as Word does: all lists of one definition together, unless one begins anew.

    ``unsure``: whether Word may show other numbers or letters than those that were returned.
    """

    def __init__(self, package: WordPackage) -> None:
        self.unsure = False
        self._styles = package.styles
        root = package.of_document("numbering")
        rows = () if root is None else tuple(root)
        self._lists = {each.get("numId", ""): each for each in rows if each.tag == "num"}
        self._definitions = {each.get("abstractNumId", ""): each for each in rows if each.tag == "abstractNum"}
        self._levels = {
            name: {whole_number(level.get("ilvl"), 0): level for level in each.findall("lvl")}
            for name, each in self._definitions.items()
        }
        self._by_style = {
            child_attribute(each, "pStyle"): (name, level)
            for name, levels in self._levels.items()
            for level, each in levels.items()
        }
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()

    def item(self, paragraph: Element, *, is_empty: bool) -> tuple[LineKind, str]:
        """Count a paragraph that is an item of a list; return whether it is a bullet, and its number."""
        properties = paragraph.find("pPr")
        if properties is None:
            return _NO_ITEM
        style = child_attribute(properties, "pStyle") or ""
        places = [properties.find("numPr"), *self._places(style)]
        name, level = _first(places, "numId"), whole_number(_first(places, "ilvl"), 0)
        list_ = self._list(name)
        definition = child_attribute(list_, "abstractNumId") or ""
        is_by_style = name is None and style in self._by_style
        if is_by_style:
            definition, level = self._by_style[style]
        if level not in self._levels.get(definition, {}):
            return _NO_ITEM
        if is_empty or properties.find("rPr/del") is not None:  # or it is one with the next paragraph
            self.unsure = True  # Word may count it or not: it depends on why it is empty
            return _NO_ITEM
        # Word may not number a style that names no list.
        self.unsure = self.unsure or is_by_style or _is_odd(self._definitions[definition], list_)
        if list_ is not None and name not in self._begun:
            self._begun.add(name or "")
            for each in list_.findall("lvlOverride"):
                if (start := child_attribute(each, "startOverride")) is not None:
                    self._counts[definition][whole_number(each.get("ilvl"), 0)] = whole_number(start, 1) - 1
        return self._count(definition, level)

    def _places(self, style: str) -> list[Element | None]:
        """Return where a style, and those that it builds on, name a list and its level."""
        return [each.find("pPr/numPr") for each in self._styles.get(style, ())]

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
    is_own = list_ is not None and list_.find("lvlOverride/lvl") is not None
    return is_own or any(definition.find(f"lvl/{name}") is not None for name in names)


def _start(level: Element) -> int:
    return whole_number(child_attribute(level, "start"), 1)


def _form(level: Element) -> str:
    """Return how a level's numbers look; of a form of one's own such as "α, β, γ, ..." the first character."""
    found = next(level.iter("numFmt"), level)  # the first; another is for older programs
    form = found.get("val")
    return (found.get("format", "")[:1] if form == "custom" else form) or "decimal"
