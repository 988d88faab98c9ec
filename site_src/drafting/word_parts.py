"""What mammoth does not see in a Word file, settled before it reads: the numbers of lists, hidden text and fields.

Mammoth counts each list anew, whatever numbers the document shows, takes hidden text for any other and passes over
simple fields. Source of what Word shows: ECMA-376, Part 1, 17.9 (numbering), 17.3.2.41 (vanish), 17.16.19 (fldSimple)
and 17.13.5 (what was deleted or moved).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DOCUMENT = "word/document.xml"
STYLES, NUMBERING = "word/styles.xml", "word/numbering.xml"
WITH_TEXT = (DOCUMENT, "word/footnotes.xml", "word/endnotes.xml")
OFF = {"0", "false", "off"}
REPEATS_MOST = 4  # a letter stands so often beyond the alphabet's end; what counts further is shown in digits
ROMAN_MOST = 3999
NESTED_MOST = 200  # elements within one another; a table in a table in a text box takes some dozens
BASES_MOST = 20  # styles that build on one another, or on themselves

SURE = {"decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}  # 17.18.59
LATIN = "abcdefghijklmnopqrstuvwxyz"
GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
ALPHABETS = {"lowerletter": LATIN, "upperletter": LATIN, "α": GREEK}  # Word may write «στ» for the sixth
ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


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
    numbers = _Numbers(fromstring(parts[NUMBERING]) if NUMBERING in parts else None, styles)
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


def _value(parent: Element | None, name: str, attribute: str = "val") -> str | None:
    """An attribute of a child, whatever the namespace is called; None where there is no such child."""
    child = parent.find(f"{{*}}{name}") if parent is not None else None
    if child is None:
        return None
    return next((value for key, value in child.items() if key.rpartition("}")[2] == attribute), "")


def _own(element: Element, attribute: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == attribute), "")


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else default


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _simplify(parent: Element, depth: int = 0) -> None:
    """Leave one of what stands there twice, for newer and older programs, and nothing deleted or moved away.

    Raises ValueError where elements are nested as in no real document.
    """
    if depth > NESTED_MOST:
        raise ValueError(depth)
    parent[:] = [each for child in parent for each in _simplified(child)]
    for child in parent:
        if not _name(child).endswith("Pr"):  # properties say of other things that they are deleted
            _simplify(child, depth + 1)


def _simplified(element: Element) -> list[Element]:
    name = _name(element)
    within: Element | None = element
    if name in {"del", "moveFrom"} or (name == "tr" and element.find("{*}trPr/{*}del") is not None):
        return []
    if name == "AlternateContent":
        fallback = element.find("{*}Fallback")  # which mammoth reads, too
        within = fallback if fallback is not None else element.find("{*}Choice")
    elif name != "fldSimple":
        return [element]
    return [each for child in within or () for each in _simplified(child)]


def _within(parent: Element) -> Iterator[Element]:
    """What lies within, but for paragraphs (of text boxes) and what lies within those."""
    for child in parent:
        if _name(child) != "p":
            yield child
            yield from _within(child)


def _passages(root: Element) -> Iterator[str]:
    """The text of each paragraph; a symbol of another font, which may come out as any character, parts it."""
    for paragraph in root.findall(".//{*}p"):
        parts = (
            "\n" if _name(each) == "sym" else each.text or ""
            for each in _within(paragraph)
            if _name(each) in {"t", "sym"}
        )
        yield from "".join(parts).split("\n")


def _styles(root: Element) -> dict[str, tuple[Element, ...]]:
    """Each style by its name, followed by those that it builds on."""
    found = {_own(style, "styleId"): style for style in root.findall(".//{*}style")}

    def bases(name: str | None) -> Iterator[Element]:
        for _ in range(BASES_MOST):
            if name not in found:
                return
            yield found[name]
            name = _value(found[name], "basedOn")

    return {name: tuple(bases(name)) for name in found}


def _hidden_styles(styles: Mapping[str, Sequence[Element]]) -> frozenset[str]:
    """The styles that hide; of those that one builds on, the nearest that says so or not decides."""
    told = {name: (_vanishes(style.find("{*}rPr")) for style in bases) for name, bases in styles.items()}
    return frozenset(name for name, each in told.items() if next((said for said in each if said is not None), False))


def _vanishes(properties: Element | None) -> bool | None:
    value = _value(properties, "vanish")
    return None if value is None else value not in OFF


def _take_hidden(root: Element, styles: frozenset[str]) -> Iterator[str]:
    """Take hidden text out; what it was comes back, a paragraph at a time."""
    for paragraph in root.findall(".//{*}p"):
        by_style = _value(paragraph.find("{*}pPr"), "pStyle") in styles
        taken = []
        for parent in [paragraph, *_within(paragraph)]:
            for run in parent.findall("{*}r"):
                text = "".join(each.text or "" for each in run.findall(".//{*}t"))
                own = run.find("{*}rPr")
                vanishes = _vanishes(own)
                if text and (vanishes or (vanishes is None and (by_style or _value(own, "rStyle") in styles))):
                    parent.remove(run)
                    taken.append(text)
        if "".join(taken).strip():
            yield "".join(taken).strip()


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


@dataclass
class _Numbers:
    """Counts as Word does: all lists of one definition together, unless one begins anew."""

    root: Element | None
    styles: Mapping[str, Sequence[Element]]
    unsure: bool = False

    def __post_init__(self) -> None:
        root = self.root if self.root is not None else Element("none")
        self._levels = {_own(each, "abstractNumId"): _levels(each) for each in root.findall("{*}abstractNum")}
        self._lists = {_own(each, "numId"): _list(each) for each in root.findall("{*}num")}
        self._odd = {_own(each, "abstractNumId") for each in root.findall("{*}abstractNum") if _is_odd(each)}
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
            is_empty = not any(each.text for each in _within(paragraph) if _name(each) == "t")
            if is_empty or properties.find("{*}rPr/{*}del") is not None:  # or it is one with the next paragraph
                self.unsure = True  # Word may count it or not: it depends on why it is empty
                continue
            label = self._label(number, _whole(_first(places, "ilvl"), 0))
            if label is not None:
                _write_label(paragraph, properties, label)

    def _places(self, properties: Element) -> list[Element]:
        """What may tell a paragraph's list and its level: itself, its style, and those that this builds on."""
        styles = self.styles.get(_value(properties, "pStyle") or "", ())
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
    return next((value for each in places if (value := _value(each, name)) is not None), None)


def _is_odd(definition: Element) -> bool:
    """Whether a level goes on where others begin anew, or shows the others in digits: both are not followed here."""
    return any(definition.find(f"{{*}}lvl/{{*}}{name}") is not None for name in ("lvlRestart", "isLgl"))


def _levels(definition: Element) -> dict[int, _Level]:
    levels = {}
    for each in definition.findall("{*}lvl"):
        level = _whole(_own(each, "ilvl"), 0)
        text = _value(each, "lvlText")
        levels[level] = _Level(
            _whole(_value(each, "start"), 1), _form(each), f"%{level + 1}." if text is None else text
        )
    return levels


def _form(level: Element) -> str:
    """How a level's numbers look; of a form of one's own such as "α, β, γ, ..." the first character."""
    for found in level.findall(".//{*}numFmt"):  # the first, and what stands in for it in older programs
        form = _own(found, "val")
        return (_own(found, "format")[:1] if form == "custom" else form) or "decimal"
    return "decimal"


def _list(each: Element) -> _List:
    starts = {_own(other, "ilvl"): _value(other, "startOverride") for other in each.findall("{*}lvlOverride")}
    anew = {_whole(level, 0): _whole(start, 1) for level, start in starts.items() if start is not None}
    is_odd = each.find("{*}lvlOverride/{*}lvl") is not None
    return _List(_value(each, "abstractNumId") or "", anew, is_odd)


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
