from __future__ import annotations

from site_src.problems import Severity
from site_src.read.annex.sheets.grid import Area, Cell, CellKind
from tests.read.annex.test_rows import HEADER, THIRA, read


def test_a_second_cell_below_a_wide_header_of_user_names_is_told() -> None:
    """A header that is merged over two columns names both: one user name counts, and nothing beside it is lost."""
    header = ("Όνομα χρήστη", "", "Φορέας", "E-mail")
    kedi = ("112345678902", "kedi@b.example", "ΚΕΔΗΘ")
    rows, problems = read(
        header, ("", "012345678901", "Δήμος Θήρας", "thira@b.example"), kedi, merges=[Area(1, 1, 1, 2)]
    )
    assert [row.username for row in rows] == ["012345678901", "112345678902"]
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "B3")]


def test_names_keep_what_can_be_seen() -> None:
    """White space is folded, unseen marks go with a warning, the rest stays."""
    name = 'Δήμος \n "Θήρας"\u00a0<<ΘΕΣΣΑΛΩΜΑ>>\u200b Α/Β'
    rows, (problem,) = read(HEADER, ("1", "012345678901", name, "", "a@b.example"))
    assert rows[0].name == 'Δήμος "Θήρας" <<ΘΕΣΣΑΛΩΜΑ>> Α/Β'
    assert problem.severity is Severity.WARNING


def test_error_values_in_columns_that_nobody_reads_do_not_matter() -> None:
    """Only what is read is checked."""
    broken = [Cell(row=2, column=1, text="#REF!", kind=CellKind.ERROR)]
    rows, problems = read(HEADER, ("", *THIRA[1:]), extra=broken)
    assert len(rows) == 1
    assert problems == ()


def test_a_number_for_a_name_is_an_error() -> None:
    """Columns that have slipped show so."""
    number = [Cell(row=2, column=3, text="7", kind=CellKind.NUMBER, number=7)]
    _, (problem,) = read(HEADER, ("1", "012345678901", "", "", "a@b.example"), extra=number)
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "C2")


def test_a_text_that_no_page_can_hold_is_an_error() -> None:
    """A novel in the cell of a name is told, with its length."""
    _, (problem,) = read(HEADER, (*THIRA[:2], "Δ" * 1_001, *THIRA[3:]))
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "C2")
    assert "1,001 characters" in problem.message


def test_a_number_for_an_address_is_an_error() -> None:
    """A telephone that slipped into the column is named, and no address is made of it."""
    number = Cell(row=2, column=5, text="2101234567", kind=CellKind.NUMBER)
    rows, problems = read(HEADER, (*THIRA[:4], "", "", ""), extra=[number])
    assert [(problem.at.cell, problem.value) for problem in problems] == [("E2", "2101234567")]
    assert "an e-mail address is expected here, not a number" in problems[0].message
    assert [tuple(row.emails) for row in rows] == [()]
