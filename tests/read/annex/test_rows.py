from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Problem, Problems, Severity
from site_src.read.agency import Kind
from site_src.read.annex.columns import Recogniser
from site_src.read.annex.rows import RowReader
from site_src.read.annex.sheets.grid import Area, Cell, Reporter
from tests.support.annex_table import cells_of, gridded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_src.read.annex.sheets.grid import Grid
    from site_src.read.annex.strays import Row

HEADER = ("Α/Α", "Όνομα χρήστη", "Φορέας", "Εποπτεύων φορέας", "E-mail", "Κατάσταση", "Παρατηρήσεις")
THIRA = ("1", "012345678901", "Δήμος Θήρας", "", "thira@b.example", "", "")
KEDI = ("2", "112345678902", "ΚΕΔΗΘ", "", "kedi@b.example", "", "")


def read(
    *rows: Sequence[str], title: str = "Φύλλο1", merges: Sequence[Area] = (), extra: Sequence[Cell] = ()
) -> tuple[list[Row], tuple[Problem, ...]]:
    """The rows of a sheet, and their problems."""
    return read_grid(gridded([*cells_of(rows), *extra], merges, title))


def read_grid(grid: Grid) -> tuple[list[Row], tuple[Problem, ...]]:
    """The rows of a sheet that a reader has filled, and their problems."""
    sheet = grid.sheet()
    recogniser, problems = Recogniser({}), Problems()
    header = recogniser.find_header(sheet)
    assert header
    reporter = Reporter("annex.xlsx", sheet.title, problems)
    return list(RowReader(sheet, header, recogniser, reporter).read()), problems.all()


def test_the_kind_comes_from_section_sheet_or_name_in_that_order() -> None:
    """A section outdoes the sheet's title, and that the name."""
    assert read(HEADER, KEDI)[0][0].agency.kind == ""
    assert read(HEADER, THIRA)[0][0].agency.kind == Kind.MUNICIPALITY
    assert read(HEADER, THIRA, title="ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ")[0][0].agency.kind == Kind.LEGAL_ENTITY
    assert read(HEADER, ("ΠΕΡΙΦΕΡΕΙΕΣ",), THIRA, title="ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ")[0][0].agency.kind == Kind.REGION


def test_a_section_gives_the_parent_where_the_row_has_none() -> None:
    """The row's own parent comes first; a new kind ends the section of the parent before."""
    own = ("3", "212345678903", "Χ", "Δήμος Χίου", "x@b.example", "", "")
    rows, problems = read(HEADER, ("", "", "Δήμος Θήρας"), KEDI, own, ("ΔΗΜΟΙ",), THIRA)
    assert [row.agency.parent for row in rows] == ["Δήμος Θήρας", "Δήμος Χίου", ""]
    assert problems == ()


def test_a_kind_above_the_header_holds_for_the_sheet() -> None:
    """A title row may say what the sheet lists."""
    assert read(("ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ",), HEADER, KEDI)[0][0].agency.kind == Kind.LEGAL_ENTITY


def test_titles_and_headers_of_later_pages_are_no_sections() -> None:
    """Titles and headers that a printed page repeats are passed over."""
    rows, problems = read(("ΠΑΡΑΡΤΗΜΑ",), HEADER, THIRA, ("ΠΑΡΑΡΤΗΜΑ",), HEADER, KEDI)
    assert [row.agency.parent for row in rows] == ["", ""]
    assert problems == ()


@pytest.mark.parametrize(
    "numbers", [("1", "2", "3", "4", "5"), ("(1)", "(2)", "(3)", "(4)", "(5)"), ("", "1.", "2.", "3.")]
)
def test_numbers_of_columns_are_passed_over(numbers: Sequence[str]) -> None:
    """A row that counts the columns, as forms have it below their header, is no agency."""
    rows, problems = read(HEADER, numbers, THIRA)
    assert [row.agency.username for row in rows] == [THIRA[1]]
    assert problems == ()


@pytest.mark.parametrize("number", ["Α", "Β΄", "Α.", "ΣΤ)", "(Α)", "IV."])
def test_the_letter_of_a_section_is_no_part_of_it(number: str) -> None:
    """«Α | ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ» is the title of a section, as «ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ» is."""
    rows, problems = read(HEADER, (number, "", "ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ"), THIRA)
    assert [row.agency.kind for row in rows] == [Kind.LEGAL_ENTITY]
    assert problems == ()


@pytest.mark.parametrize("number", ["7", "ΝΑΙ", "α"])
def test_an_agency_with_a_number_is_no_section(number: str) -> None:
    """A name beside an agency's number is what is left of the agency."""
    _, problems = read(HEADER, THIRA, (number, "", "ΚΕΔΗΘ"), KEDI)
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "B3")]


def test_totals_and_ordinals_are_passed_over() -> None:
    """A row that counts is no agency."""
    rows, problems = read(HEADER, THIRA, ("", "", "Σύνολο:", "", "1"), ("ΓΕΝΙΚΟ ΣΥΝΟΛΟ",), ("4",))
    assert len(rows) == 1
    assert problems == ()


def test_a_lone_address_is_an_agency_without_a_user_name() -> None:
    """It is told, not dropped."""
    rows, problems = read(HEADER, THIRA, ("", "", "", "", "x@b.example"))
    assert [problem.at.cell for problem in problems] == ["B3", "C3"]
    assert tuple(rows[1].agency.emails) == ("x@b.example",)


@pytest.mark.parametrize("left", [1, 2])
def test_a_user_name_merged_over_its_row_is_no_title(left: int) -> None:
    """However far the cell reaches, the agency is told to be without name and is not passed over."""
    lost = ("",) * (left - 1) + ("212345678903",)
    rows, problems = read(HEADER, lost, THIRA, merges=[Area(2, left, 2, len(HEADER))])
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "C2")]
    assert [row.agency.username for row in rows][-1] == "012345678901"


@given(st.integers(2, 3), st.integers(1, 7), st.integers(0, 2), st.integers(0, 6))
def test_no_user_name_is_lost_to_a_merge(top: int, left: int, more_rows: int, more_columns: int) -> None:
    """A user name that no merge covers is an agency's, or its row has a problem."""
    merge = Area(top, left, top + more_rows, left + more_columns)
    rows, problems = read(HEADER, ("", *THIRA[1:]), ("", *KEDI[1:]), merges=[merge])
    known = {place.cell[1:] for place in (*(row.agency.at for row in rows), *(problem.at for problem in problems))}
    for row in (2, 3):
        is_covered = left <= 2 <= merge.right and top <= row <= merge.bottom and (top, left) != (row, 2)
        assert is_covered or str(row) in known


@pytest.mark.parametrize("code", ["12345678901", "20551887336O", "2055 1887 3360 1", "1,23457E+11", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_a_broken_user_name_alone_is_no_title(code: str) -> None:
    """It is an error as in any row, and no group that the agencies below it, and the public annex, would show."""
    rows, problems = read(HEADER, ("", code), KEDI)
    assert [(problem.severity, problem.at.cell) for problem in problems] == [
        (Severity.ERROR, "B2"),
        (Severity.ERROR, "C2"),
    ]
    assert [row.agency.parent for row in rows] == ["", ""]


@pytest.mark.parametrize(
    "text", ["Τηλ.: 210 1234567", "Α.Π. 78411/17.11.2020", "Φ.Ε.Κ. 1234/2020", "17.11.2020", "2020-2024", "1234/567890"]
)
def test_a_footer_with_digits_stops_no_check(text: str) -> None:
    """A telephone, a protocol or a date alone below the user names is no user name, whole or broken."""
    rows, problems = read(HEADER, THIRA, ("", text))
    assert len(rows) == 1
    assert not [problem for problem in problems if problem.severity is Severity.ERROR]


@pytest.mark.parametrize("title", ["ΟΤΑ Α΄ βαθμού 2020-2024", "325", "(13)"])
def test_a_title_with_digits_is_a_title(title: str) -> None:
    """Years in a title and a count below the user names are none."""
    assert read(HEADER, ("", title), KEDI)[1] == ()


def test_a_name_alone_that_nothing_follows_is_told() -> None:
    """It may be an agency that was left half empty."""
    rows, (problem,) = read(HEADER, THIRA, ("", "", "Δήμος Σικίνου"))
    assert len(rows) == 1
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "C3")


def test_a_merge_over_two_columns_counts_in_the_first() -> None:
    """A name that is merged over the parent's column is no parent."""
    rows, problems = read(HEADER, THIRA, merges=[Area(2, 3, 2, 4)])
    assert (rows[0].agency.name, rows[0].agency.parent) == ("Δήμος Θήρας", "")
    assert problems == ()


def test_a_merged_user_name_continues_in_the_next_row() -> None:
    """The second row of an agency is marked as such."""
    merges = [Area(2, column, 3, column) for column in (1, 2, 3)]
    rows, problems = read(HEADER, THIRA, ("", "", "", "", "second@b.example"), merges=merges)
    assert [(row.agency.username, row.continues) for row in rows] == [("012345678901", False), ("012345678901", True)]
    assert problems == ()


def test_a_second_header_must_mean_the_same_columns() -> None:
    """A second table whose e-mails stand elsewhere would be read as one without addresses: it is an error."""
    other = (*HEADER[:4], "Παρατηρήσεις", "Κατάσταση", "E-mail")
    _, (problem,) = read(HEADER, THIRA, other, (*KEDI[:4], "", "", "kedi@b.example"))
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "E3")
    swapped = (HEADER[0], HEADER[2], HEADER[1], *HEADER[3:])
    _, (problem, *_) = read(HEADER, THIRA, swapped, (KEDI[0], KEDI[2], KEDI[1], *KEDI[3:]))
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "B3")
    assert "another order of columns than row 1" in problem.message
    fewer = ("Α/Α", "Όνομα χρήστη", "Φορέας", "", "E-mail")
    assert read(HEADER, THIRA, fewer, KEDI)[1] == ()
