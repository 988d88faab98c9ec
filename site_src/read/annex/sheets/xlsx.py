"""Read .xlsx: what the workbook says of its sheets, their shared texts and formats, and one row after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from site_src.files.package import Package, Relation
from site_src.files.workbooks import AUTHOR
from site_src.read.annex.sheets.grid import (
    COLUMN_WIDEST,
    TEXT,
    Area,
    Budget,
    CellKind,
    Grid,
    RawCell,
    Sheet,
    link_in_formula,
    shown_number,
)

Element = Any  # of lxml, which has no types

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TRUE = {"1", "true"}

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ECMA-376, part 1, 22.9.2.19: a character by its UTF-16 unit
_FORMAT_LONGEST = 255  # characters, in Excel; openpyxl takes the square of the time
_PHONETIC, _TEXT, _INLINE, _VALUE, _FORMULA = (f"{MAIN}{name}" for name in ("rPh", "t", "is", "v", "f"))
_ROW, _COLUMNS, _MERGE, _LINK = (f"{MAIN}{name}" for name in ("row", "col", "mergeCell", "hyperlink"))
_GENERAL = "General"


@dataclass(frozen=True)
class Workbook:
    """A workbook's sheets, and what the cells of each refer to."""

    sheets: tuple[tuple[str, str, bool], ...]  # of each its title, its part, and whether it is hidden
    texts: tuple[tuple[str, bool], ...]  # each with whether a line is drawn through it, or a part of it
    styles: tuple[tuple[str, bool], ...]  # the format of numbers, and whether a line is drawn through the letters
    epoch: datetime


def read_workbook(package: Package) -> Workbook:
    """Follow the package's relations to its workbook."""
    main = next(each for each in package.relations("").values() if each.kind == "officeDocument").target
    parts = package.relations(main)
    sheets, epoch = [], WINDOWS_EPOCH
    for element in package.elements(main, f"{MAIN}workbookPr", f"{MAIN}sheet"):
        if element.tag == f"{MAIN}workbookPr":
            epoch = MAC_EPOCH if element.get("date1904") in _TRUE else epoch
        elif (relation := parts[element.get(_RELATION)]).kind == "worksheet":  # others hold a chart or a macro
            hidden = element.get("state", "visible") != "visible"
            sheets.append((unescaped(element.get("name", "")), relation.target, hidden))
    by_kind = {each.kind: each.target for each in parts.values()}
    texts = tuple(_texts(package, by_kind["sharedStrings"])) if "sharedStrings" in by_kind else ()
    styles = tuple(_styles(package, by_kind["styles"])) if "styles" in by_kind else ()
    return Workbook(tuple(sheets), texts, styles, epoch)


def unescaped(text: str) -> str:
    """Undo the escapes with which Open XML writes what XML cannot hold: _x000D_, and _x005F_ for an underscore."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # joins pairs of units


def text_of(element: Element) -> str:
    """Return the text of a shared or inline string, its runs joined; how it is pronounced is not part of it."""
    if len(element) == 1 and element[0].tag == _TEXT:
        return unescaped(element[0].text or "")
    texts = (each for each in element.iter(_TEXT) if each.getparent().tag != _PHONETIC)
    return unescaped("".join(each.text or "" for each in texts))


def _texts(package: Package, part: str) -> Iterator[tuple[str, bool]]:
    budget = Budget()
    for element in package.elements(part, f"{MAIN}si"):
        text = text_of(element)
        budget.spend(TEXT, len(text))
        yield text, _is_struck(element)


def _is_struck(element: Element) -> bool:
    """Return whether a font, or a run of a text, draws a line through its letters."""
    return any(each.get("val", "1") in _TRUE for each in element.iter(f"{MAIN}strike"))


def _styles(package: Package, part: str) -> Iterator[tuple[str, bool]]:
    """Yield each style's format of numbers, and whether its font draws a line through its letters."""
    codes, fonts = dict(BUILTIN_FORMATS), []
    for element in package.elements(part, f"{MAIN}numFmt", f"{MAIN}font", f"{MAIN}xf"):
        around = element.getparent().tag
        if element.tag == f"{MAIN}numFmt":
            codes[int(element.get("numFmtId"))] = unescaped(element.get("formatCode", ""))[:_FORMAT_LONGEST]
        elif around == f"{MAIN}fonts":
            fonts.append(_is_struck(element))
        elif around == f"{MAIN}cellXfs":
            code, font = (int(element.get(name, 0)) for name in ("numFmtId", "fontId"))
            yield codes.get(code, _GENERAL), font < len(fonts) and fonts[font]


def read_xlsx(package: Package) -> Iterator[Sheet]:
    """Yield every sheet of a workbook. Damage raises anything."""
    book, budget = read_workbook(package), Budget()
    for title, part, hidden in book.sheets:
        grid = Grid(title, budget, hidden=hidden)
        yield _SheetReader(book, package.relations(part), grid).read(package, part)


class _SheetReader:
    """Read one sheet: its cells with what was last calculated, merges, links, and what is hidden."""

    def __init__(self, book: Workbook, targets: Mapping[str, Relation], grid: Grid) -> None:
        self._book = book
        self._targets = targets
        self._grid = grid
        self._row = self._column = 0  # the last that was read

    def read(self, package: Package, part: str) -> Sheet:
        """Return the sheet."""
        for element in package.elements(part, _ROW, _COLUMNS, _MERGE, _LINK):
            if element.tag == _ROW:
                self._grid.begin_row(len(element))
                self._begin_row(element)
                self._grid.add([cell for each in element if (cell := self._cell(each))])
            else:
                self._note(element)
        for relation in self._targets.values():
            if relation.kind == "comments" and relation.is_part:
                self._note_comments(package, relation.target)
        return self._grid.sheet()

    def _note_comments(self, package: Package, part: str) -> None:
        """Note the cells with comments, other than ours: staff may correct the annex in a report of problems."""
        authors: list[str] = []
        for element in package.elements(part, f"{MAIN}author", f"{MAIN}comment"):
            if element.tag == f"{MAIN}author":
                authors.append(element.text or "")
            elif AUTHOR not in authors[int(element.get("authorId")) :][:1]:
                area = _area(element.get("ref"))
                self._grid.comments.add((area.top, area.left))

    def _note(self, element: Element) -> None:
        if element.tag == _COLUMNS and _is_hidden(element, "width"):
            last = min(int(element.get("max")), COLUMN_WIDEST)
            self._grid.hidden_columns.update(range(int(element.get("min")), last + 1))
        elif element.tag == _MERGE:
            self._grid.merges.append(_area(element.get("ref")))
        elif element.tag == _LINK and (relation := self._targets.get(element.get(_RELATION))):
            self._grid.links.append((_area(element.get("ref")), relation.target))

    def _begin_row(self, element: Element) -> None:
        """Note the row's number, which some programs leave out or write as 7.0, and whether it is hidden."""
        number = element.get("r")
        self._row = self._row + 1 if number is None else int(float(number))
        self._column = 0
        if _is_hidden(element, "ht"):
            self._grid.hidden_rows.add(self._row)

    def _cell(self, element: Element) -> RawCell | None:
        """Return the cell, or None where it holds nothing."""
        reference = element.get("r")
        if reference:
            letters = reference.rstrip("0123456789")
            row, self._column = int(reference[len(letters) :]), column_index_from_string(letters)
        else:
            row, self._column = self._row, self._column + 1
        if not len(element) and element.get("t") != "e":  # a border alone, say
            return None
        text, kind, number = self._content(element)
        link, formula = "", element.find(_FORMULA)
        if formula is not None:
            shown = f"={unescaped(formula.text or '')}"
            link = link_in_formula(shown)
            # A formula that gives an empty text is stored with t="str" and an empty <v/>.
            is_empty_text = element.get("t") == "str" and element.find(_VALUE) is not None
            if text is None and not is_empty_text:
                text, kind = shown, CellKind.UNCALCULATED
        if text and self._has_line(element):
            self._grid.struck.add((row, self._column))
        return (row, self._column, text, kind, number, link) if text else None

    def _has_line(self, element: Element) -> bool:
        """Return whether a line is drawn through a cell's text, or a part of it."""
        if self._style(element)[1]:
            return True
        if element.get("t") == "s":
            return self._book.texts[int(element.findtext(_VALUE))][1]
        return element.get("t") == "inlineStr" and _is_struck(element)

    def _style(self, element: Element) -> tuple[str, bool]:
        """Return the style of a cell; a plain one for a number that has none, which Excel mends without a word."""
        number = int(element.get("s") or 0)
        return self._book.styles[number] if 0 <= number < len(self._book.styles) else (_GENERAL, False)

    def _content(self, element: Element) -> tuple[str | None, CellKind, float | None]:
        """Return what a cell shows (None for no value), as which kind, and its exact number where it holds one."""
        kind = element.get("t", "n")
        if kind == "inlineStr":
            inline = element.find(_INLINE)
            value = element.findtext(_VALUE) if inline is None else text_of(inline)
        else:
            value = element.findtext(_VALUE)
        if kind == "e":
            return value or "#ERROR!", CellKind.ERROR, None
        if not value:
            return (value if kind == "inlineStr" else None), CellKind.TEXT, None
        if kind == "n":
            return self._number(value, self._style(element)[0])
        if kind == "b":
            return ("TRUE" if value in _TRUE else "FALSE"), CellKind.BOOLEAN, None
        if kind == "s":
            value = self._book.texts[int(value)][0]
        elif kind == "str":
            value = unescaped(value)
        return value, (CellKind.DATE if kind == "d" else CellKind.TEXT), None

    def _number(self, value: str, code: str) -> tuple[str, CellKind, float | None]:
        number = float(value) if set(value) & set(".eE") else int(value)
        if not _is_date(code):
            return shown_number(number, code), CellKind.NUMBER, number
        with suppress(OverflowError, ValueError):  # a serial number of no day
            return str(from_excel(number, self._book.epoch, timedelta=is_timedelta_format(code))), CellKind.DATE, None
        return "#VALUE!", CellKind.ERROR, None


def _is_hidden(element: Element, size: str) -> bool:
    """Return whether a row or column is hidden, or of this size 0, to which people pull it."""
    return element.get("hidden") in _TRUE or float(element.get(size, 1)) == 0


_is_date = lru_cache(is_date_format)


def _area(reference: str) -> Area:
    left, top, right, bottom = range_boundaries(reference)
    return Area(top or 1, left or 1, bottom or top or 1, right or left or 1)
