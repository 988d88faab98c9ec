from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.package import UnreadableError
from site_src.problems import MachineError, Place, Problems, Severity, Topic
from site_src.read.annex.sheets import FILE_MAX, find_delimiter, read_csv, read_sheets
from tests.support.annex_formats import edited, package, xlsx
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"<"]),
    rest=st.binary(),
)
def test_any_bytes_give_sheets_or_one_error(start: bytes, rest: bytes, tmp_path: Path) -> None:
    """Any bytes give sheets, or one error with a hint."""
    path = tmp_path / "annex.csv"
    path.write_bytes(start + rest)
    problems = Problems()
    sheets = read_sheets(path, problems)
    if not sheets:
        (problem,) = problems.all()
        assert (problem.severity, problem.topic, problem.at) == (Severity.ERROR, Topic.FILE, Place("annex.csv"))
        assert problem.hint


def test_a_missing_file_is_the_machines_failure(tmp_path: Path) -> None:
    """A file that the system does not give is no mistake of the inputs."""
    with pytest.raises(MachineError):
        read_sheets(tmp_path / "annex.xlsx", Problems())


def _make_pipe(path: Path) -> None:
    os.mkfifo(path)


def _make_device(path: Path) -> None:
    path.symlink_to(os.devnull)


NO_DEVICES = posix_only("Windows has no pipes and devices in folders")


@pytest.mark.parametrize(
    "make", [Path.mkdir, pytest.param(_make_pipe, marks=NO_DEVICES), pytest.param(_make_device, marks=NO_DEVICES)]
)
def test_only_a_file_is_read(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A folder, a pipe or a device that is called annex.csv is refused unopened, and nobody waits for it."""
    path = tmp_path / "annex.csv"
    make(path)
    problems = Problems()
    assert read_sheets(path, problems) == ()
    (problem,) = problems.all()
    assert "no file, but a folder, a device or a pipe" in problem.message


def test_a_giant_file_is_refused_unread(tmp_path: Path) -> None:
    """A sparse file costs no memory to refuse."""
    path = tmp_path / "annex.xlsx"
    with path.open("wb") as file:
        file.truncate(FILE_MAX + 1)
    problems = Problems()
    assert read_sheets(path, problems) == ()
    assert "40 MB" in problems.all()[0].message


@pytest.mark.parametrize("ending", [".csv", ".CSV"])
def test_the_right_ending_is_no_matter(ending: str, tmp_path: Path) -> None:
    """Capitals in the ending are as good."""
    path = tmp_path / f"annex{ending}"
    path.write_text("a;b\n", encoding="utf-8")
    problems = Problems()
    assert read_sheets(path, problems)
    assert problems.all() == ()


def test_a_workbook_of_the_nineties_is_told_what_to_do(tmp_path: Path) -> None:
    """Excel 5 and older wrote no format that is read here: Excel itself can save it anew."""
    path = tmp_path / "annex.xls"
    path.write_bytes(b"\x09\x04\x06\x00 of Excel 4")
    problems = Problems()
    assert read_sheets(path, problems) == ()
    (problem,) = problems.all()
    assert problem.message == "this is a workbook of Excel 5 or older"
    assert problem.hint


def test_a_workbook_without_a_compound_file_around_it_is_read(tmp_path: Path) -> None:
    """Some programs write the stream of an .xls as the file; Excel opens it, and so do we."""
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("ΔΗΜΟΙ").write(0, 0, "Δήμος")
    path = tmp_path / "annex.xls"
    path.write_bytes(book.get_biff_data())
    problems = Problems()
    (sheet,) = read_sheets(path, problems)
    assert (sheet.title, sheet.rows[1][1].text, problems.all()) == ("ΔΗΜΟΙ", "Δήμος", ())


@pytest.mark.parametrize("part", ["Index/Document.iwa", "Index.zip"])
def test_a_spreadsheet_of_numbers_is_told_how_to_be_saved(part: str, tmp_path: Path) -> None:
    """No other program opens .numbers, so the advice is to export it."""
    path = tmp_path / "annex.xlsx"
    path.write_bytes(package({part: b"x", "preview.jpg": b"x"}))
    problems = Problems()
    assert read_sheets(path, problems) == ()
    (problem,) = problems.all()
    assert problem.message == "this is a spreadsheet of Apple's Numbers (.numbers)"
    assert "Export To > Excel" in problem.hint


def test_what_no_library_opens_is_not_called_damaged(tmp_path: Path) -> None:
    """Others may open it: the advice is to save it again, and to ask for another only if they cannot."""
    path = tmp_path / "annex.xlsx"
    path.write_bytes(edited(xlsx(), "xl/workbook.xml", lambda xml: xml[:200]))
    problems = Problems()
    assert read_sheets(path, problems) == ()
    (problem,) = problems.all()
    assert problem.message == "the file cannot be read by Thyrida"
    assert "save it again" in problem.hint


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
