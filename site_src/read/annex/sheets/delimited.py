"""Reads .csv: its encoding and delimiter are found, and its rows are those that Excel shows."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

from site_src.files.package import UnreadableError
from site_src.files.staff_text import NotTextError, decode
from site_src.language.say import say
from site_src.read.annex.sheets.grid import TEXT, Budget, CellKind, Grid

if TYPE_CHECKING:
    from site_src.read.annex.sheets.grid import RawCell, Sheet

DELIMITERS = ";\t,"
SNIFFED_ROWS = 50

_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_AS_TEXT = re.compile(r'="([^"]*)"')  # how a .csv keeps Excel from turning digits into a number


def read_csv(data: bytes) -> Sheet:
    """Return the one sheet of a .csv; its title is empty.

    Raises UnreadableError where it is not text, has too many rows, or a quotation mark that is never closed.
    """
    text = _decode(data)
    delimiter = ""
    if first := _SEP_LINE.match(text):  # Excel takes this line as an order, and shows the next as row 1
        delimiter, text = first[1], text[first.end() :]
    Budget().spend(TEXT, len(text))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or find_delimiter(text), strict=True)
    grid = Grid("")
    try:
        for number, values in enumerate(reader, start=1):
            grid.begin_row(len(values))
            grid.add([_cell(value, number, column) for column, value in enumerate(values, start=1)])
    except csv.Error as error:
        hint = say(
            'write a quotation mark within a quoted field twice (""), and close every field that opens with one; '
            "or use the .xlsx itself"
        )
        message = say(
            "line {line} cannot be divided into fields: a quotation mark is missing or out of place, "
            "or a field is far too long",
            line=reader.line_num,
        )
        raise UnreadableError(message, hint) from error
    return grid.sheet()


def _decode(data: bytes) -> str:
    try:
        return decode(data)
    except NotTextError as error:
        raise UnreadableError(str(error), say("save it from Excel as «CSV UTF-8», or use the .xlsx itself")) from error


def find_delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have the same number of fields, and many of them."""

    def evenness(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in itertools.islice(reader, SNIFFED_ROWS) if row)
        except csv.Error:
            return 0
        return max((count * (width - 1) for width, count in widths.items()), default=0)

    return max(DELIMITERS, key=evenness)


def _cell(value: str, row: int, column: int) -> RawCell:
    kept = _AS_TEXT.fullmatch(value)
    return row, column, kept[1] if kept else value, CellKind.TEXT, None, ""
