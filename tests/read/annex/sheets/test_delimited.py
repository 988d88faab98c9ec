from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.package import UnreadableError
from site_src.read.annex.sheets.delimited import find_delimiter, read_csv
from site_src.read.annex.sheets.grid import CellKind

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = [
    ("Όνομα χρήστη", "Φορέας", "E-mail"),
    ("012345678901", "Δήμος Ήλιδας", "a@b.example"),
    ("1", "Χίου", "c@d.example"),
]


def written(rows: Sequence[tuple[str, ...]], delimiter: str) -> str:
    """The rows as a .csv."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1253", "utf-16", "iso8859-7"])
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str) -> None:
    """Files of Excel, LibreOffice and old programs are read the same."""
    sheet = read_csv(written(TABLE, delimiter).encode(encoding))
    assert [tuple(cell.text for cell in row.values()) for row in sheet.rows.values()] == TABLE


@given(st.lists(st.tuples(st.text(min_size=1, alphabet="αβγΔ,;/ \n\"'x"), st.just("b"), st.just("c")), min_size=1))
def test_fields_keep_their_delimiters_and_quotes(rows: list[tuple[str, ...]]) -> None:
    """Another delimiter, a quotation mark or a line end in a field stays in it."""
    sheet = read_csv(b"sep=|\r\n" + written(rows, "|").encode())
    assert [tuple(cell.text for cell in row.values()) for row in sheet.rows.values()] == rows


def test_commas_within_fields_do_not_mislead() -> None:
    """The delimiter that divides the rows evenly is the one."""
    rows = [("a, b", "c, d", "x, y"), ("e", "f, g", "z"), ("h, i, j", "k", "l")]
    assert find_delimiter(written(rows, ";")) == ";"


def test_rows_are_counted_as_excel_shows_them() -> None:
    """Blank rows count, a field of two lines is one row, and the sep= line is none."""
    sheet = read_csv(b'sep=;\r\na;"b\nc"\r\n\r\nd;e\r\n')
    assert [cell.name for row in sheet.rows.values() for cell in row.values()] == ["A1", "B1", "A3", "B3"]


def test_digits_that_are_marked_as_text_are_bare() -> None:
    """The ="…" trick is how codes survive Excel; what it shows is the digits."""
    assert read_csv(b'a;="012345678901"\n').rows[1][2].text == "012345678901"


def test_error_values_are_told_from_text() -> None:
    """Excel writes its error values as text."""
    assert read_csv("a;#ΤΙΜΗ!\n".encode()).rows[1][2].kind is CellKind.ERROR


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"a;b\0c", "not text"),
        (b"\xff\xfea", "not text"),
        (b"a;\xff\xd2", "not text"),
        (b'a;"b', "cannot be divided"),
        (b'a;"b"c\n', "cannot be divided"),
        (b";" + b"x" * 200_000, "cannot be divided"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, word: str) -> None:
    """Binary, half, unknown or endless text is one clear error."""
    with pytest.raises(UnreadableError, match=word) as found:
        read_csv(data)
    assert found.value.hint
