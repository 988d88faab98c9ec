"""Reads .ods with odfdo: the text that each cell shows, with its links, merges and error values."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from odfdo import Document
from odfdo.element import xpath_compile
from odfdo.security import SecurityError

from site_src.annex.sheets.grid import (
    CELLS_MAX,
    ROWS_MAX,
    Area,
    Cell,
    CellKind,
    UnreadableError,
    is_error_value,
    link_in_formula,
    make_sheet,
)
from site_src.annex.sheets.package import (
    HAS_PASSWORD,
    REMOVE_PASSWORD,
    SMALL_COPY,
    UNPACKS_TO_TOO_MUCH,
    too_many_cells,
    too_many_rows,
)
from site_src.language.say import say

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from odfdo import Element

    from site_src.annex.sheets.grid import Sheet

CONTENT_MAX = 24 * 2**20  # bytes of content.xml, which odfdo holds as a tree; 20,000 rows take about 12 MB
SHEETS_MAX = 1_000  # odfdo takes as long for an empty table as for a full row

_TABLE = re.compile(rb"<table:table[\s>/]")
_ROW = re.compile(rb"<table:table-row[\s>/]")
_TABLES = xpath_compile("//office:spreadsheet/table:table")
_COLUMNS = xpath_compile(".//table:table-column")
_ROWS = xpath_compile(".//table:table-row[not(ancestor::table:tracked-changes)]")
_CELLS = xpath_compile("table:table-cell|table:covered-table-cell")
_PARAGRAPHS = xpath_compile("text:p")
_LINKS = xpath_compile(".//text:a")
_TABLE_LOOKS = xpath_compile("//style:style[@style:family='table']/style:table-properties[@table:display='false']")
_KINDS = {"boolean": CellKind.BOOLEAN, "date": CellKind.DATE, "time": CellKind.DATE}
_COLUMN_WIDEST = 16_384
_SPACES_MAX = 1_000
_NUMBERS = {"float", "percentage", "currency"}


def read_ods(archive: zipfile.ZipFile, data: bytes) -> Iterator[Sheet]:
    """Every sheet of an OpenDocument spreadsheet that ``open_package`` let through.

    Raises UnreadableError for encryption and for far too much content; damage raises whatever odfdo raises.
    """
    _check_content(archive)
    try:
        body = Document(io.BytesIO(data)).body
    except SecurityError as error:  # odfdo takes less for a ZIP bomb than open_package does
        raise UnreadableError(say(UNPACKS_TO_TOO_MUCH), say(SMALL_COPY)) from error
    tables = body.get_elements(_TABLES)
    invisible = {
        look.parent.get_attribute_string("style:name") for look in body.root.get_elements(_TABLE_LOOKS) if look.parent
    }
    budget = _Budget()
    for table in tables:
        hidden = table.get_attribute_string("table:style-name") in invisible
        yield _Reader(budget).read(table, hidden=hidden)


def _check_content(archive: zipfile.ZipFile) -> None:
    """Refuse encryption, and more content than odfdo, which holds all of it as a tree, could read in time."""
    names = archive.namelist()
    manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    if "encrypted-package" in names or b"encryption-data" in manifest:
        raise UnreadableError(say(HAS_PASSWORD), say(REMOVE_PASSWORD))
    content = archive.read("content.xml")
    if len(content) > CONTENT_MAX:
        raise UnreadableError(say(UNPACKS_TO_TOO_MUCH), say(SMALL_COPY))
    sheets = sum(1 for _ in _TABLE.finditer(content))
    if sheets > SHEETS_MAX:
        message = say("the file has {sheets} sheets; an annex has at most {most}", sheets=sheets, most=SHEETS_MAX)
        raise UnreadableError(message, say(SMALL_COPY))
    rows = sum(1 for _ in _ROW.finditer(content))
    if rows > ROWS_MAX:
        raise too_many_rows(rows)


class _Budget:
    """How many filled cells the file may still give: a repeated cell or row is one element and any number of cells."""

    def __init__(self) -> None:
        self.left = CELLS_MAX

    def spend(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            raise too_many_cells()


class _Reader:
    """Reads one table: cells, merges and hidden rows, with repetitions undone where there is content."""

    def __init__(self, budget: _Budget) -> None:
        self._budget = budget
        self._cells: list[Cell] = []
        self._merges: list[Area] = []
        self._hidden_rows: list[int] = []

    def read(self, table: Element, *, hidden: bool) -> Sheet:
        row = 1
        for element in table.get_elements(_ROWS):
            count = _repeated(element, "table:number-rows-repeated")
            found = self._read_row(element, row)
            self._budget.spend(len(found) * count)
            for down in range(count if found else 0):
                self._cells.extend(replace(cell, row=row + down) if down else cell for cell in found)
                if element.get_attribute_string("table:visibility") in {"collapse", "filter"}:
                    self._hidden_rows.append(row + down)
            row += count
        return make_sheet(
            table.get_attribute_string("table:name") or "",
            self._cells,
            merges=self._merges,
            hidden=hidden,
            hidden_rows=self._hidden_rows,
            hidden_columns=_hidden_columns(table),
        )

    def _read_row(self, element: Element, row: int) -> list[Cell]:
        found: list[Cell] = []
        column = 1
        for cell in element.get_elements(_CELLS):
            count = _repeated(cell, "table:number-columns-repeated")
            read = _cell(cell, row, column) if cell.tag == "table:table-cell" else None
            if read:
                self._budget.spend(count)
                found.extend(replace(read, column=column + right) for right in range(count))
                self._note_merge(cell, row, column)
            column += count
        return found

    def _note_merge(self, cell: Element, row: int, column: int) -> None:
        down, right = (_repeated(cell, f"table:number-{what}-spanned") for what in ("rows", "columns"))
        if (down, right) != (1, 1):
            self._merges.append(Area(row, column, row + down - 1, column + right - 1))


def _repeated(element: Element, attribute: str) -> int:
    return max(1, int(element.get_attribute_string(attribute) or 1))


def _hidden_columns(table: Element) -> Iterator[int]:
    column = 1
    for element in table.get_elements(_COLUMNS):
        count = _repeated(element, "table:number-columns-repeated")
        if element.get_attribute_string("table:visibility") in {"collapse", "filter"}:
            yield from range(column, min(column + count, _COLUMN_WIDEST + 1))
        column += count


def _cell(element: Element, row: int, column: int) -> Cell | None:
    """The cell, or None where it holds nothing."""
    text = "\n".join(_shown(paragraph) for paragraph in element.get_elements(_PARAGRAPHS))
    formula = element.get_attribute_string("table:formula") or ""
    value_type = element.get_attribute_string("office:value-type") or ""
    kind = _KINDS.get(value_type, CellKind.NUMBER if value_type in _NUMBERS else CellKind.TEXT)
    if element.get_attribute_string("calcext:value-type") == "error" or is_error_value(text):
        kind = CellKind.ERROR
    elif formula and not value_type and not text:
        text, kind = formula, CellKind.UNCALCULATED
    if not text:
        return None
    number = float(element.get_attribute_string("office:value") or "nan") if kind is CellKind.NUMBER else None
    link = link_in_formula(formula) or ";".join(_targets(element))
    return Cell(row=row, column=column, text=text, kind=kind, number=number, link=link)


def _targets(element: Element) -> Iterator[str]:
    for link in element.get_elements(_LINKS):
        yield link.get_attribute_string("xlink:href") or ""


def _shown(element: Element) -> str:
    """The text of a paragraph as the sheet shows it; comments are not among it."""
    return "".join([element.text or "", *(_shown_child(child) + (child.tail or "") for child in element.children)])


def _shown_child(child: Element) -> str:
    match child.tag:
        case "text:s":
            return " " * min(_repeated(child, "text:c"), _SPACES_MAX)
        case "text:tab":
            return "\t"
        case "text:line-break":
            return "\n"
        case "office:annotation" | "text:note":
            return ""
        case _:
            return _shown(child)
