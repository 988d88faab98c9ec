"""What mammoth does not see in a Word file, settled before it reads: the numbers of lists, and hidden text.

Mammoth counts each list anew, whatever numbers the document shows, and takes hidden text for any other. Source of what
Word shows: ECMA-376, Part 1, 17.9 (numbering) and 17.3.2.41 (vanish).
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
    from collections.abc import Iterator

DOCUMENT = "word/document.xml"
WITH_TEXT = (DOCUMENT, "word/footnotes.xml", "word/endnotes.xml")
OFF = {"0", "false", "off"}
REPEATS_MOST = 4  # a letter stands so often beyond the alphabet's end; what counts further is shown in digits
ROMAN_MOST = 3999

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

    ``unsure``: whether Word may show other numbers or letters.
    """

    data: bytes
    hidden: tuple[str, ...]
    unsure: bool


def settle(data: bytes) -> WordFile:
    """The file as mammoth is to read it. What a damaged file makes the readers raise is let through."""
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 (imported only when used)

    with zipfile.ZipFile(io.BytesIO(data)) as container:
        parts = {name: container.read(name) for name in container.namelist() if name.endswith((".xml", ".rels"))}
    styles = fromstring(parts["word/styles.xml"]) if "word/styles.xml" in parts else None
    hidden_styles = _hidden_styles(styles)
    hidden: list[str] = []
    numbers = _Numbers(fromstring(parts["word/numbering.xml"]) if "word/numbering.xml" in parts else None)
    for name in [name for name in WITH_TEXT if name in parts]:
        root = fromstring(parts[name])
        found = list(_take_hidden(root, hidden_styles))
        hidden += found
        if (name == DOCUMENT and numbers.write(root)) or found:
            parts[name] = tostring(root)
    return WordFile(_zipped(parts), tuple(hidden), numbers.unsure)


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


def _hidden_styles(styles: Element | None) -> frozenset[str]:
    found = styles.findall(".//{*}style") if styles is not None else ()
    return frozenset(_own(style, "styleId") for style in found if _vanishes(style.find("{*}rPr")))


def _vanishes(properties: Element | None) -> bool | None:
    value = _value(properties, "vanish")
    return None if value is None else value not in OFF


def _take_hidden(root: Element, styles: frozenset[str]) -> Iterator[str]:
    """Take hidden text out; what it was comes back, a paragraph at a time."""
    for paragraph in root.findall(".//{*}p"):
        by_style = _value(paragraph.find("{*}pPr"), "pStyle") in styles
        taken = []
        for parent in list(paragraph.iter()):
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


@dataclass
class _Numbers:
    """Counts as Word does: all lists of one definition together, unless one begins anew."""

    root: Element | None
    unsure: bool = False

    def __post_init__(self) -> None:
        root = self.root if self.root is not None else Element("none")
        self._levels = {_own(each, "abstractNumId"): _levels(each) for each in root.findall("{*}abstractNum")}
        self._lists = {_own(each, "numId"): _list(each) for each in root.findall("{*}num")}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()

    def write(self, root: Element) -> bool:
        """Write each number into its paragraph, which is then no item of mammoth's; whether there was any."""
        found = False
        for paragraph in root.findall(".//{*}p"):
            properties = paragraph.find("{*}pPr")
            item = properties.find("{*}numPr") if properties is not None else None
            if properties is None or item is None:
                continue
            if not any(each.text for each in paragraph.findall(".//{*}t")):
                self.unsure = True  # Word may count it or not: it depends on why it is empty
                continue
            label = self._label(_value(item, "numId") or "", _whole(_value(item, "ilvl"), 0))
            if label is not None:
                _write_label(paragraph, properties, item, label)
                found = True
        return found

    def _label(self, name: str, level: int) -> str | None:
        """The number of the list's next item; None where it has none, or where the list is not defined here."""
        known = self._lists.get(name)
        levels = self._levels.get(known.definition, {}) if known else {}
        if not known or level not in levels:
            return None
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
    """How a level's numbers look; of a form of one's own such as "α, β, γ, ..." the first sign."""
    for found in level.findall(".//{*}numFmt"):  # the first, and what stands in for it in older programs
        form = _own(found, "val")
        return (_own(found, "format")[:1] if form == "custom" else form) or "decimal"
    return "decimal"


def _list(each: Element) -> _List:
    starts = {_own(other, "ilvl"): _value(other, "startOverride") for other in each.findall("{*}lvlOverride")}
    anew = {_whole(level, 0): _whole(start, 1) for level, start in starts.items() if start is not None}
    return _List(_value(each, "abstractNumId") or "", anew)


def _write_label(paragraph: Element, properties: Element, item: Element, label: str) -> None:
    space = paragraph.tag[: paragraph.tag.index("}") + 1]
    item.clear()
    for name in ("ilvl", "numId"):  # the list 0 is none (17.9.18), a style's list neither
        SubElement(item, f"{space}{name}", {f"{space}val": "0"})
    run = Element(f"{space}r")
    SubElement(run, f"{space}t").text = f"{label} " if label else ""
    paragraph.insert(list(paragraph).index(properties) + 1, run)
