"""Read what an .xlsx says of its sheets: where they are, their shared texts and their number formats."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from site_src.language.say import say
from site_src.read.annex.sheets.grid import TEXT_MAX, UnreadableError, too_much_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from site_src.read.annex.sheets.package import Package

    Element = Any  # of lxml, which has no types

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TRUE = {"1", "true"}

_STRICT = "http://purl.oclc.org/ooxml/"  # begins the names of ISO/IEC 29500-1, which few programs but Excel know
_STRICT_SHEET = f"{{{_STRICT}spreadsheetml/main}}sheet"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_WITHOUT_CELLS = {"chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ECMA-376, part 1, 22.9.2.19: a character by its UTF-16 unit
_FORMAT_LONGEST = 255  # characters, in Excel; openpyxl takes the square of the time
_PHONETIC = f"{MAIN}rPh"


@dataclass(frozen=True)
class Relation:
    """Where a part leads: the last word of the relation's type, and another part's name or an address outside."""

    kind: str
    target: str


@dataclass(frozen=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    title: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """What the cells of every sheet refer to."""

    sheets: tuple[SheetEntry, ...]
    texts: tuple[str, ...]
    formats: tuple[str, ...]  # of each style, by its number
    epoch: datetime

    @cached_property
    def date_formats(self) -> set[int]:
        """The styles that show a number as a date or time."""
        dates = set(filter(is_date_format, set(self.formats)))
        return {style for style, code in enumerate(self.formats) if code in dates}

    @cached_property
    def duration_formats(self) -> set[int]:
        """The styles that show a number as a length of time."""
        durations = set(filter(is_timedelta_format, set(self.formats)))
        return {style for style, code in enumerate(self.formats) if code in durations}


def read_workbook(package: Package) -> Workbook:
    """Follow the package's relations to its workbook. Raises UnreadableError for Strict Open XML."""
    main = next(each for each in relations(package, "").values() if each.kind == "officeDocument").target
    parts = relations(package, main)
    sheets, epoch = [], WINDOWS_EPOCH
    for element in package.elements(main, f"{MAIN}workbookPr", f"{MAIN}sheet", _STRICT_SHEET):
        _refuse_strict(element.tag[1:])
        if element.tag == f"{MAIN}workbookPr":
            epoch = MAC_EPOCH if element.get("date1904") in TRUE else epoch
        elif (relation := parts[element.get(RELATION)]).kind not in _WITHOUT_CELLS:
            hidden = element.get("state", "visible") != "visible"
            sheets.append(SheetEntry(unescaped(element.get("name", "")), relation.target, hidden))
    by_kind = {each.kind: each.target for each in parts.values()}
    return Workbook(
        tuple(sheets),
        tuple(_texts(package, by_kind["sharedStrings"])) if "sharedStrings" in by_kind else (),
        tuple(_formats(package, by_kind["styles"])) if "styles" in by_kind else (),
        epoch,
    )


def relations(package: Package, part: str) -> dict[str, Relation]:
    """Return the relations of a part, or of the package itself (""), by their identifiers."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    found = {}
    for element in package.elements(listed, _RELATIONSHIP) if listed in package else ():
        kind, target = element.get("Type", ""), element.get("Target", "")
        _refuse_strict(kind)
        if element.get("TargetMode") != "External" and not kind.endswith("/hyperlink"):
            target = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
        found[element.get("Id", "")] = Relation(kind.rpartition("/")[2], target)
    return found


def _refuse_strict(name: str) -> None:
    if name.startswith(_STRICT):
        message = say("this workbook was saved as «Strict Open XML Spreadsheet», which Thyrida does not read")
        hint = say('open it in Excel or LibreOffice, and save it with File > Save As as "Excel Workbook (.xlsx)"')
        raise UnreadableError(message, hint)


def unescaped(text: str) -> str:
    """Undo the escapes with which Open XML writes what XML cannot hold: _x000D_, and _x005F_ for an underscore."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # joins pairs of units


def text_of(element: Element) -> str:
    """Return the text of a shared or inline string, its runs joined; how it is pronounced is not part of it."""
    texts = (each for each in element.iter(f"{MAIN}t") if each.getparent().tag != _PHONETIC)
    return unescaped("".join(each.text or "" for each in texts))


def _texts(package: Package, part: str) -> Iterator[str]:
    left = TEXT_MAX
    for element in package.elements(part, f"{MAIN}si"):
        text = text_of(element)
        left -= len(text)
        if left < 0:
            raise too_much_text()
        yield text


def _formats(package: Package, part: str) -> Iterator[str]:
    codes = dict(BUILTIN_FORMATS)
    for element in package.elements(part, f"{MAIN}numFmt", f"{MAIN}xf"):
        if element.tag == f"{MAIN}numFmt":
            codes[int(element.get("numFmtId"))] = unescaped(element.get("formatCode", ""))[:_FORMAT_LONGEST]
        elif element.getparent().tag == f"{MAIN}cellXfs":
            yield codes.get(int(element.get("numFmtId", 0)), "General")
