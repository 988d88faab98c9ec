from __future__ import annotations

from site_src.problems import Problem, Problems, Severity
from site_src.read.annex.columns import Column, Header, Recogniser
from site_src.read.annex.layout import check_columns, find_layout
from site_src.read.annex.sheets.grid import Cell, make_sheet

GOOD = ("Όνομα χρήστη", "Φορέας", "E-mail")
ROW = ("012345678901", "Δήμος Χίου", "a@b.example")


def find(*rows: tuple[str, ...], hidden_rows: tuple[int, ...] = ()) -> tuple[Header | None, tuple[Problem, ...]]:
    """The header of a sheet of these rows, and what is told of it."""
    cells = (
        Cell(row=number, column=column, text=text)
        for number, row in enumerate(rows, start=1)
        for column, text in enumerate(row, start=1)
    )
    problems = Problems()
    sheet = make_sheet("ΔΗΜΟΙ", cells, hidden_rows=hidden_rows)
    return find_layout(sheet, "annex.xlsx", Recogniser({}), problems), problems.all()


def test_a_sheet_with_a_header_is_taken_in_silence() -> None:
    """Nothing is told of a sheet as it should be."""
    header, problems = find(GOOD, ROW)
    assert header
    assert problems == ()


def test_a_cover_sheet_is_skipped_with_a_warning() -> None:
    """A sheet without header and codes is no table."""
    header, (problem,) = find(("Οδηγίες",), ("Φορέας", "τηλέφωνο"))
    assert header is None
    assert problem.severity is Severity.WARNING


def test_an_empty_sheet_is_skipped_in_silence() -> None:
    """Spreadsheet programs begin a workbook with empty sheets, and nothing of one can be lost."""
    assert find() == (None, ())


def test_another_table_is_skipped_with_a_warning() -> None:
    """A list of the ministry's own people has e-mails and notes, but no user names."""
    header, (problem,) = find(("Υπάλληλος", "E-mail", "Παρατηρήσεις"), ("Α.", "a@b.example", ""))
    assert header is None
    assert problem.severity is Severity.WARNING


def test_codes_without_a_header_are_an_error() -> None:
    """Agencies must not be skipped."""
    header, (problem,) = find(ROW)
    assert header is None
    assert problem.severity is Severity.ERROR


def test_shortened_codes_without_a_header_are_an_error_too() -> None:
    """Codes that Excel has spoilt are codes still."""
    assert find(("1,23457E+11", "Δήμος Χίου"))[1][0].severity is Severity.ERROR


def test_a_missing_column_is_an_error_that_lists_the_headers_and_proposes_one() -> None:
    """What is there, what it might be called, and how to say so in campaign.toml."""
    header, (problem,) = find(
        ("Όνομα χρήστη", "Επωνιμία φορεως", "Τηλέφωνο", "E-mail"), ("012345678901", "x", "1", "a@b.example")
    )
    assert header
    assert header.missing == (Column.NAME,)
    assert '"Τηλέφωνο"' in problem.message
    assert 'name = "Επωνιμία φορεως"' in problem.hint


def test_a_missing_column_without_any_like_it_is_only_to_be_named() -> None:
    """No header is proposed where each that is left tells of the contact."""
    _, (problem,) = find(("Όνομα χρήστη", "Contact name", "E-mail"), ("012345678901", "x", "a@b.example"))
    assert problem.hint == 'name it "Επωνυμία φορέα" or "Επωνυμία" in the sheet'


def test_a_doubled_column_is_an_error_that_names_both() -> None:
    """Which of the two holds the names only staff can tell."""
    _, (problem,) = find((*GOOD, "Επωνυμία"), (*ROW, "x"))
    assert 'B1 ("Φορέας") and D1 ("Επωνυμία")' in problem.message
    assert problem.at.cell == "B1"


def test_email_columns_of_several_kinds_are_told_once() -> None:
    """Any of their addresses may open an archive, so staff must have meant it; a number alone says that they have."""
    _, (problem,) = find((*GOOD, "E-mail φορέα"), (*ROW, "info@b.example"))
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "C1")
    assert 'C1 ("E-mail") and D1 ("E-mail φορέα")' in problem.message
    assert 'email = "E-mail"' in problem.hint
    assert find((*GOOD, "E-mail 2"), (*ROW, "info@b.example"))[1] == ()


def test_hidden_rows_are_told_in_ranges() -> None:
    """One warning for a sheet names all its hidden rows."""
    _, (problem,) = find(GOOD, *[ROW] * 8, hidden_rows=(2, 4, 5, 6, 9))
    assert "rows 2, 4–6, 9" in problem.message


def test_a_header_that_campaign_toml_names_must_exist() -> None:
    """A misspelled header in [annex] is told with its key."""
    problems = Problems()
    sheet = make_sheet("", [Cell(row=1, column=1, text="Όνομα χρήστη")])
    check_columns([sheet], {"username": "ΟΝΟΜΑ ΧΡΗΣΤΗ", "name": "Τίτλος"}, problems)
    assert [problem.at.cell for problem in problems.all()] == ["annex.name"]


def test_an_agency_above_the_header_is_never_lost() -> None:
    """Of two tables in one sheet the better header wins: who stands above it is told, with the cell of the code."""
    _, (problem,) = find(GOOD, ROW, ("Φορέας", "E-mail", "Όνομα χρήστη", "Κατάσταση"), (*ROW[1:], "112345678902"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, "A2", ROW[0])
    assert "row 3" in problem.message
