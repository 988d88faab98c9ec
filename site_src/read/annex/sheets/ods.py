"""Read .ods: the text that each cell shows, with its links, merges, error values, and the styles that it needs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from site_src.files.package import Package, encrypted
from site_src.read.annex.sheets.grid import (
    COLUMN_WIDEST,
    Area,
    Budget,
    CellKind,
    Grid,
    Sheet,
    is_error_value,
    link_in_formula,
    shown_number,
)

Element = Any  # of lxml, which has no types
_Content = tuple[str, CellKind, float | None, str]  # text, kind, number and link

OFFICE, TABLE, TEXT, STYLE, NUMBER = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}"
    for name in ("office", "table", "text", "style", "datastyle")
)
_FORMATS = tuple(f"{NUMBER}{kind}-style" for kind in ("number", "currency", "percentage", "date", "time", "text"))
STYLE_TAGS = (f"{STYLE}style", *_FORMATS)
GENERAL = "General"

_PARENTS_MAX = 20  # styles that a style may be based on, one on the other
_DIGITS_MAX = 20  # zeros in front that a format may ask for; a user name has 12 digits

_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ROW, _COLUMN, _CELL = f"{TABLE}table-row", f"{TABLE}table-column", f"{TABLE}table-cell"
_SPAN = f"{TEXT}span"
_LINE = (f"{STYLE}text-line-through-style", f"{STYLE}text-line-through-type")  # LibreOffice may write one of them
_CELLS = {_CELL, f"{TABLE}covered-table-cell"}
_HIDDEN = {"collapse", "filter"}
_SPACES_MAX = 100  # of one run
_WHITE = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_BESIDE = {f"{OFFICE}annotation", f"{TEXT}note"}
_KINDS = {"boolean": CellKind.BOOLEAN, "date": CellKind.DATE, "time": CellKind.DATE}
_KINDS |= dict.fromkeys(("float", "percentage", "currency"), CellKind.NUMBER)


def read_ods(package: Package) -> Iterator[Sheet]:
    """Yield every sheet of an OpenDocument spreadsheet.

    Raises UnreadableError for encryption and for far too much content; damage raises anything.
    """
    manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
    if "encrypted-package" in package or b"encryption-data" in manifest:
        raise encrypted()
    styles, budget = Styles(), Budget()
    styles.note_common(package)
    found = package.elements("content.xml", *STYLE_TAGS, _COLUMN, _ROW)
    for table, elements in groupby(found, key=_table_of):
        if table is None:
            for element in elements:
                styles.note(element)
        else:
            hidden = table.get(f"{TABLE}style-name") in styles.hidden_tables
            yield _Reader(styles, Grid(table.get(f"{TABLE}name", ""), budget, hidden=hidden)).read(elements)


def _table_of(element: Element) -> Element | None:
    """Return the sheet of a row or column; None for a style, and for a table in a drawing or a record of changes."""
    tables = list(element.iterancestors(f"{TABLE}table"))
    return tables[0] if len(tables) == 1 and tables[0].getparent().tag == f"{OFFICE}spreadsheet" else None


class _Reader:
    """Reads one table: cells, merges and hidden rows, with repetitions undone where there is content."""

    def __init__(self, styles: Styles, grid: Grid) -> None:
        self._styles = styles
        self._grid = grid
        self._column_ends: list[int] = []  # of each element that names columns, and their style
        self._column_styles: list[str] = []

    def read(self, elements: Iterable[Element]) -> Sheet:
        """Return the sheet."""
        row = 1
        for element in elements:
            if element.tag == _COLUMN:
                self._note_columns(element)
                continue
            self._grid.begin_row(len(element))
            count = _repeated(element, "number-rows-repeated")
            found = list(self._read_row(element, row))
            self._grid.add([(row, *cell) for cell in found], count)
            if found and element.get(f"{TABLE}visibility") in _HIDDEN:
                self._grid.hidden_rows.update(range(row, row + count))
            row += count
        return self._grid.sheet()

    def _note_columns(self, element: Element) -> None:
        start = self._column_ends[-1] + 1 if self._column_ends else 1
        end = start + _repeated(element, "number-columns-repeated") - 1
        self._column_ends.append(end)
        self._column_styles.append(element.get(f"{TABLE}default-cell-style-name", ""))
        if element.get(f"{TABLE}visibility") in _HIDDEN:
            self._grid.hidden_columns.update(range(start, min(end, COLUMN_WIDEST) + 1))

    def _read_row(self, element: Element, row: int) -> Iterator[tuple[int, *_Content]]:
        """Yield each filled cell of a row: its column, and what it holds."""
        column = 1
        row_style = element.get(f"{TABLE}default-cell-style-name", "")
        for cell in element.iterchildren(*_CELLS):
            count = min(_repeated(cell, "number-columns-repeated"), COLUMN_WIDEST + 1 - column)
            found = _content(cell)
            if cell.find(f"{OFFICE}annotation") is not None:
                self._grid.comments.add((row, column))
            if found:
                style = cell.get(f"{TABLE}style-name") or row_style or self._column_style(column)
                _, kind, number, link = found
                plain = self._styles.number_format(style) if kind is CellKind.UNSHOWN else None
                if number is not None and plain is not None:
                    found = shown_number(number, plain), CellKind.NUMBER, number, link
                self._note_merge(cell, row, column)
                if self._styles.draw_line(style, cell):
                    self._grid.struck.update((row, right) for right in range(column, column + count))
                yield from ((right, *found) for right in range(column, column + count))
            column += count

    def _column_style(self, column: int) -> str:
        place = bisect_left(self._column_ends, column)
        return self._column_styles[place] if place < len(self._column_styles) else ""

    def _note_merge(self, cell: Element, row: int, column: int) -> None:
        down, right = (_repeated(cell, f"number-{what}-spanned") for what in ("rows", "columns"))
        if (down, right) != (1, 1):
            self._grid.merges.append(Area(row, column, row + down - 1, column + right - 1))


def _repeated(element: Element, attribute: str) -> int:
    return max(1, int(element.get(f"{TABLE}{attribute}") or 1))


def _content(element: Element) -> _Content | None:
    """Return a cell's text, kind, number and link, or None where it holds nothing."""
    paragraphs = "\n".join(_shown(paragraph) for paragraph in element.iterchildren(f"{TEXT}p"))
    # As in LibreOffice, the attribute comes before the paragraphs, which many programs leave out.
    text = element.get(f"{OFFICE}string-value") or paragraphs
    formula = element.get(f"{TABLE}formula") or ""
    value_type = element.get(f"{OFFICE}value-type") or ""
    kind = _KINDS.get(value_type, CellKind.TEXT)
    number = _number(element) if kind is CellKind.NUMBER else None
    if element.get(f"{_CALCEXT}value-type") == "error" or is_error_value(text):
        text, kind = text or formula or "#ERROR!", CellKind.ERROR
    elif not text:
        text, kind = _value_alone(element, value_type)
        number = number if value_type == "float" else None
        # LibreOffice writes an empty paragraph for a formula that gives an empty text, and no type.
        if not text and formula and value_type != "string" and element.find(f"{TEXT}p") is None:
            text, kind = formula, CellKind.UNCALCULATED
    if not text:
        return None
    link = link_in_formula(formula) or ";".join(each.get(_HREF) or "" for each in element.iter(f"{TEXT}a"))
    return text, kind, number, link


def _number(element: Element) -> float | None:
    try:
        return float(element.get(f"{OFFICE}value") or "")
    except ValueError:
        return None


def _value_alone(element: Element, value_type: str) -> tuple[str, CellKind]:
    """Return a value that stands in an attribute only, and that nothing says how it is shown.

    How a date, a time, a percentage or an amount is shown depends on the language of the program that opens the file.
    """
    value = element.get(f"{OFFICE}{value_type}-value") or element.get(f"{OFFICE}value") or ""
    if value_type == "boolean" and value in {"true", "false"}:
        return value.upper(), CellKind.BOOLEAN
    return value, CellKind.UNSHOWN


def _shown(element: Element) -> str:
    """Return the text of a paragraph as the sheet shows it; comments are not part of it."""
    return "".join([element.text or "", *(_shown_child(child) + (child.tail or "") for child in element)])


def _shown_child(child: Element) -> str:
    if child.tag == f"{TEXT}s":
        return " " * min(max(1, int(child.get(f"{TEXT}c") or 1)), _SPACES_MAX)
    return _WHITE.get(child.tag) or ("" if child.tag in _BESIDE else _shown(child))


class Styles:
    """The styles that were met so far; a document names each before its first cell."""

    def __init__(self) -> None:
        self.hidden_tables: set[str] = set()
        self._parents: dict[str, str] = {}
        self._data_styles: dict[str, str] = {}
        self._formats: dict[str, str | None] = {}
        self._struck: dict[str, bool] = {}

    def note_common(self, package: Package) -> None:
        """Note the styles of styles.xml; those there that are automatic belong to the printed page."""
        for element in package.elements("styles.xml", *STYLE_TAGS) if "styles.xml" in package else ():
            if element.getparent().tag == f"{OFFICE}styles":
                self.note(element)

    def note(self, element: Element) -> None:
        """Note a style of a table or cell, or a format of numbers."""
        name = element.get(f"{STYLE}name", "")
        if element.tag in _FORMATS:
            self._formats[name] = _number_format(element)
        elif element.get(f"{STYLE}family") == "table":
            looks = element.iter(f"{STYLE}table-properties")
            if any(look.get(f"{TABLE}display") == "false" for look in looks):
                self.hidden_tables.add(name)
        elif element.get(f"{STYLE}family") in {"table-cell", "text"}:
            for look in element.iter(f"{STYLE}text-properties"):
                if line := {look.get(each) for each in _LINE} - {None}:
                    self._struck[name] = "none" not in line
            self._parents[name] = element.get(f"{STYLE}parent-style-name", "")
            self._data_styles[name] = element.get(f"{STYLE}data-style-name", "")

    def number_format(self, style: str) -> str | None:
        """Return how cells of the style show a number, as Excel writes it; None where that is not certain."""
        data_styles = (self._data_styles[each] for each in self._with_parents(style) if self._data_styles.get(each))
        data_style = next(data_styles, None)
        return self._formats.get(data_style) if data_style else GENERAL

    def draw_line(self, style: str, cell: Element) -> bool:
        """Return whether a cell's style, or that of a part of its text, draws a line through the letters."""
        spans = (span for paragraph in cell.iterchildren(f"{TEXT}p") for span in paragraph.iter(_SPAN))  # of no comment
        parts = (span.get(f"{TEXT}style-name", "") for span in spans)
        return bool(self._struck) and any(map(self._is_struck, (style, *parts)))

    def _is_struck(self, style: str) -> bool:
        """Return whether a style says so, or the nearest that it is based on and that says anything."""
        return next((self._struck[each] for each in self._with_parents(style) if each in self._struck), False)

    def _with_parents(self, style: str) -> Iterator[str]:
        for _ in range(_PARENTS_MAX):
            yield style
            style = self._parents.get(style, "")


def _number_format(element: Element) -> str | None:
    """Return the zeros that a format of numbers shows at least; None where it shows more than digits."""
    parts = [part.tag for part in element]
    if element.tag != f"{NUMBER}number-style" or parts != [f"{NUMBER}number"]:
        return None
    (digits,) = element
    if digits.get(f"{NUMBER}decimal-places", "0") != "0" or digits.get(f"{NUMBER}grouping") == "true" or len(digits):
        return None
    least = digits.get(f"{NUMBER}min-integer-digits")
    return "0" * min(int(least), _DIGITS_MAX) if least else GENERAL
