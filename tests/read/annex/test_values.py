from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Problems, Severity
from site_src.read.agency import is_username
from site_src.read.annex.sheets.grid import Area, Cell, CellKind, Reporter, make_cell, shown_number
from site_src.read.annex.values import read_username
from tests.read.annex.test_table import HEADER, THIRA, read, read_grid
from tests.support.annex_table import cells_of, gridded


def test_a_second_cell_below_a_wide_header_of_user_names_is_told() -> None:
    """A header that is merged over two columns names both: one user name counts, and nothing beside it is lost."""
    header = ("Όνομα χρήστη", "", "Φορέας", "E-mail")
    kedi = ("112345678902", "kedi@b.example", "ΚΕΔΗΘ")
    rows, problems = read(
        header, ("", "012345678901", "Δήμος Θήρας", "thira@b.example"), kedi, merges=[Area(1, 1, 1, 2)]
    )
    assert [row.agency.username for row in rows] == ["012345678901", "112345678902"]
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "B3")]


def test_names_keep_what_can_be_seen() -> None:
    """White space is folded, unseen marks go with a warning, the rest stays."""
    name = 'Δήμος \n "Θήρας"\u00a0<<ΘΕΣΣΑΛΩΜΑ>>\u200b Α/Β'
    rows, (problem,) = read(HEADER, ("1", "012345678901", name, "", "a@b.example"))
    assert rows[0].agency.name == 'Δήμος "Θήρας" <<ΘΕΣΣΑΛΩΜΑ>> Α/Β'
    assert problem.severity is Severity.WARNING


def test_error_values_in_columns_that_nobody_reads_do_not_matter() -> None:
    """Only what is read is checked."""
    broken = [make_cell(row=2, column=1, text="#REF!", kind=CellKind.ERROR)]
    rows, problems = read(HEADER, ("", *THIRA[1:]), extra=broken)
    assert len(rows) == 1
    assert problems == ()


@pytest.mark.parametrize(
    ("number", "shown"), [(302286022860, "302286022860"), (302286022860.0, "302286022860"), (2.5e30, "2.50000E+30")]
)
def test_a_long_telephone_has_all_its_digits(number: float, shown: str) -> None:
    """A number with its country's code is not shortened as Excel shows it, if Excel itself knows all of its digits.

    An .xlsx gives whole numbers, the other formats fractions.
    """
    cell = make_cell(row=2, column=8, text=shown_number(number, "General"), kind=CellKind.NUMBER, number=number)
    rows, problems = read((*HEADER, "Τηλέφωνο"), (*THIRA, ""), extra=[cell])
    assert ([row.agency.phones for row in rows], problems) == ([shown], ())


def test_a_text_that_is_struck_out_is_an_error() -> None:
    """Staff strike out the address of an earlier contact, which must open no archive; notes may be struck out."""
    rows = ((*HEADER, "Τηλέφωνο"), (*THIRA[:6], "σημείωση", "2101234567"))
    grid = gridded(cells_of(rows))
    grid.struck |= {(2, 5), (2, 7), (2, 8)}
    agencies, problems = read_grid(grid)
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "E2")]
    assert [(row.agency.emails, row.agency.notes) for row in agencies] == [((), "σημείωση")]


def test_a_text_that_no_page_can_hold_is_an_error() -> None:
    """A novel in the cell of a name is told, with its length."""
    _, (problem,) = read(HEADER, (*THIRA[:2], "Δ" * 1_001, *THIRA[3:]))
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "C2")
    assert "1,001 characters" in problem.message


@pytest.mark.parametrize(("column", "name"), [(3, "name"), (4, "supervising agency"), (5, "e-mail")])
def test_a_number_for_a_name_or_an_address_is_an_error(column: int, name: str) -> None:
    """A telephone that slipped into the column is named, and no name or address is made of it."""
    number = make_cell(row=2, column=column, text="2101234567", kind=CellKind.NUMBER)
    (row,), (problem,) = read(HEADER, (*THIRA[: column - 1], "", *THIRA[column:]), extra=[number])
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, number.name, number.text)
    assert f"the {name} is expected here, not a number" in problem.message
    assert number.text not in {row.agency.name, row.agency.parent, *row.agency.emails}


ZEROS = "000000000000"


def read_code(cell: Cell) -> tuple[str, list[str], Problems]:
    """The user name, the severities of its problems, and the problems."""
    problems = Problems()
    return (
        read_username(cell, Reporter("annex.xlsx", "ΔΗΜΟΙ", problems)),
        [p.severity for p in problems.all()],
        problems,
    )


def text_cell(text: str) -> Cell:
    """A cell of text."""
    return make_cell(row=7, column=2, text=text)


def number_cell(number: float, number_format: str = "General") -> Cell:
    """A cell of a number, shown by a format."""
    shown = shown_number(number, number_format)
    return make_cell(row=7, column=2, text=shown, kind=CellKind.NUMBER, number=number)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_twelve_digits_are_kept_as_they_are(digits: str) -> None:
    """Text of twelve digits is the user name, zeros in front and all."""
    assert read_code(text_cell(digits))[:2] == (digits, [])


@given(st.integers(0, 10**12 - 1))
def test_twelve_zeros_as_a_format_count_as_displayed(number: int) -> None:
    """A number in the format of twelve zeros shows its user name."""
    assert read_code(number_cell(float(number), ZEROS))[:2] == (f"{number:012d}", [])


@given(st.integers(10**11, 10**12 - 1))
def test_a_number_of_twelve_digits_is_taken_exactly(number: int) -> None:
    """Nothing is lost from a number of twelve digits, though the cell shows 1.23457E+11."""
    cell = number_cell(float(number))
    assert "E+1" in cell.text
    assert read_code(cell)[:2] == (str(number), [])


@given(st.one_of(st.integers(-(10**20), 10**11 - 1), st.integers(10**12, 10**20), st.floats()))
def test_a_number_that_lost_digits_is_an_error(number: float) -> None:
    """Fewer or more digits, signs, fractions and numbers beyond exactness are errors; nothing is padded."""
    username, severities, _ = read_code(number_cell(float(number)))
    exact = f"{number:.0f}"
    if is_username(exact) and float(exact) == number:
        assert username == exact
    else:
        assert (username, severities) == ("", [Severity.ERROR])


@pytest.mark.parametrize(
    "number_format", ["0000 0000 0000", "[$-408]000000000000", '0000"-"0000"-"0000', "000000000000;@"]
)
def test_zeros_may_stand_in_groups(number_format: str) -> None:
    """A format of twelve zeros with spaces or hyphens between shows twelve digits."""
    assert read_code(number_cell(12345678901.0, number_format))[:2] == ("012345678901", [])


def test_a_fraction_rounded_away_by_its_format_is_an_error() -> None:
    """A format of twelve zeros hides a fraction, but the number is none of an agency."""
    assert read_code(number_cell(123456789012.4, ZEROS))[1] == [Severity.ERROR]


@pytest.mark.parametrize(
    "text", ["\u00a0012345678901", " 012345678901 ", "012 345 678 901", "'012345678901", "\u200b012345678901"]
)
def test_what_cannot_be_seen_goes_with_a_warning(text: str) -> None:
    """Spaces of all kinds and an apostrophe are removed, and told."""
    assert read_code(text_cell(text))[:2] == ("012345678901", [Severity.WARNING])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("1.23457E+11", "into a number"),
        ("1,23457E+11", "into a number"),
        ("1E11", "into a number"),
        ("12345678901", "11 digits"),
        ("1234567890123", "13 digits"),
        ("٠١٢٣٤٥٦٧٨٩٠١", "nothing else"),
        ("01234567890O", "nothing else"),
        ("0123456\x0078901", "nothing else"),
        ("Δήμος", "nothing else"),
    ],
)
def test_text_that_is_no_user_name_says_why(text: str, word: str) -> None:
    """Each way to be wrong has its message, with the cell's text and what to do."""
    username, _, problems = read_code(text_cell(text))
    (problem,) = problems.all()
    assert username == ""
    assert problem.severity is Severity.ERROR
    assert word in problem.message
    assert problem.value == text
    assert problem.hint


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    """Any text gives twelve digits or an error."""
    username, severities, _ = read_code(text_cell(text))
    assert is_username(username) or severities == [Severity.ERROR]
