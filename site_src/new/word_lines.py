"""Paragraphs and tables as lines, alike for the text of a Word file and for documents inserted in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from site_src.language.greek import one_line
from site_src.new.blocks import spread
from site_src.new.lines import Line, LineKind, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from site_src.new.word_package import Budget

COLUMNS_MOST = 63  # of a table that Word can have

Cell = TypeVar("Cell")


def paragraph_lines(text: str, kind: LineKind = LineKind.TEXT) -> list[Line]:
    """Return a paragraph's lines, with an empty one behind them; none for a blank paragraph."""
    rows = [one_line(row) for row in clean(text).replace("\f", "\n").split("\n") if row.strip()]
    return [*(Line(row, kind=kind, whole=True) for row in rows), Line("")] if rows else []


def table_lines(
    rows: Sequence[Sequence[Cell | None]], read: Callable[[Cell], list[Line]], budget: Budget
) -> list[Line]:
    """Return a table that has a cell for each column in which any row's cell begins; None is a place without one.

    Raises ValueError for more columns than Word can have, WordFileError for too many cells.
    """
    if max(map(len, rows), default=0) > COLUMNS_MOST:
        raise ValueError(rows)
    columns = sorted({number for row in rows for number, cell in enumerate(row) if cell is not None})
    budget.take(tags=len(rows) * len(columns))

    def text(row: Sequence[Cell | None], column: int) -> str:
        cell = row[column] if column < len(row) else None
        return "" if cell is None else _cell_text(read(cell))

    cells = tuple(tuple(text(row, column) for column in columns) for row in rows)
    return [Line("", kind=LineKind.TABLE, rows=cells), Line("")] if columns else []


def _cell_text(lines: Iterable[Line]) -> str:
    """Return a cell's text; a table in it is lines, with a tab between its cells."""
    texts = (["\t".join(row) for row in spread(line.rows)] if line.rows else [line.text] for line in lines)
    return "\n".join(text for each in texts for text in each if text)


def texts_of(lines: Iterable[Line]) -> list[str]:
    """Return the lines' texts; of a table those of the cells, line by line."""
    texts = (text for line in lines for text in (line.text, *(cell for row in line.rows for cell in row)))
    return [piece for text in texts for piece in re.split(r"[\n\t]", text) if piece]


def address_behind(shown: str, address: str) -> str:
    """Return a link's address in brackets, to follow its text; "" where the text is the address, or there is none."""
    address, shown = address.removeprefix("mailto:"), shown.strip()
    is_shown = not shown or not address or address.startswith("#") or address.rstrip("/") == shown.rstrip("/")
    return "" if is_shown else f" ({address})"
