from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from site_src.problems import Problem, Problems, Severity
from site_src.read.annex import read_annex
from tests.read.annex.test_annex import CAMPAIGN
from tests.support.annex_formats import linked, text, xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADER = ("Username", "Name", "E-mail", "", "Στοιχεία")
THIRA = ("012345678901", "Δήμος Θήρας", "a@x.example")
CHIOS = ("112345678902", "Δήμος Χίου", "b@x.example")
NOBODY = (*THIRA[:2], "")


@pytest.fixture
def read(tmp_path: Path) -> Any:  # noqa: ANN401 (a function)
    """Reads an annex of these rows, and gives its problems."""

    def read_rows(*rows: Sequence[str], csv: bool = False, merge: str = "", **facts: Any) -> tuple[Problem, ...]:  # noqa: ANN401 (any facts)
        path = tmp_path / ("annex.csv" if csv else "annex.xlsx")
        merged = (lambda sheet: sheet.merge_cells(merge)) if merge else None
        path.write_bytes(text(rows) if csv else xlsx(rows, merged))
        problems = Problems()
        read_annex(path, replace(CAMPAIGN, **facts), problems)
        return problems.all()

    return read_rows


def test_addresses_in_a_column_without_header_are_told_once(read: Any) -> None:  # noqa: ANN401 (a function)
    """One warning for the column: its letter, its first cell, how many, and how it would be read."""
    (problem,) = read(HEADER, (*THIRA, "c@x.example"), (*CHIOS, "d@x.example, e@x.example"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "c@x.example")
    assert problem.message == "column D is not read for addresses, but holds some (2 in all)"
    assert '"E-mail 2"' in problem.hint


def test_a_header_that_is_not_known_is_named(read: Any) -> None:  # noqa: ANN401 (a function)
    """An address among other words counts; words and marks that are none do not."""
    assert read(HEADER, (*THIRA, "", "@dimos 2101234567, a@b")) == ()
    (problem,) = read(HEADER, (*THIRA, "", "κα Μαρία: c@x.example"))
    assert 'column E ("Στοιχεία") is not read for addresses, but holds some (1 in all)' in problem.message


def test_the_only_address_of_an_agency_is_an_error(read: Any) -> None:  # noqa: ANN401 (a function)
    """Its old code would end without a word: the error stands at its cell and leaves the way out of a status."""
    problem, other = read(HEADER, (*CHIOS, "d@x.example"), (*NOBODY, "c@x.example"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, "D3", "c@x.example")
    assert "lose its code" in problem.message
    assert '"E-mail 2"' in problem.hint
    assert "να επικοινωνήσει" in problem.hint
    assert (other.severity, other.at.cell) == (Severity.WARNING, "D2")
    assert "(1 in all)" in other.message


ROW = ("1", *THIRA[:2], "Δήμος", "Περιφέρεια Νοτίου Αιγαίου", "", "", "")
ALL = ("Α/Α", "Username", "Name", "Kind", "Parent", "E-mail", "Status", "Notes")


@pytest.mark.parametrize(
    "shown",
    [
        "c@x.example",
        "νέος υπεύθυνος: c@x.example",
        "mailto:c@x.example",
        "Μαρία Π. <c@x.example>",
        "(c@x.example)",
        "c @ x.example",
        "c [at] x.example",
        "c(at)x.example",
        "c [at] x [dot] example",
        "c＠x.example",
    ],
)
@pytest.mark.parametrize("place", [place for place, name in enumerate(ALL) if name != "E-mail"], ids=lambda n: ALL[n])
def test_an_address_in_any_other_column_is_an_error_at_its_cell(read: Any, place: int, shown: str) -> None:  # noqa: ANN401 (a function)
    """Read or not, the only address of a row whose e-mail is empty is one error, which names its cell."""
    row = [*ROW[:place], shown, *ROW[place + 1 :]]
    (problem,) = read(ALL, row)
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, f"{'ABCDEFGH'[place]}2")


def test_a_cell_that_only_links_to_an_address_holds_it(tmp_path: Path) -> None:
    """Below «κα Παπαδοπούλου» the link has the address."""
    path, problems = tmp_path / "annex.xlsx", Problems()
    path.write_bytes(xlsx((ALL, (*ROW[:7], "η κα Μαρία")), linked("H2", "mailto:c@x.example")))
    read_annex(path, CAMPAIGN, problems)
    (problem,) = problems.all()
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, "H2", "c@x.example")


def test_an_address_among_the_telephones_is_told(read: Any) -> None:  # noqa: ANN401 (a function)
    """The telephones are read for the report alone: an address there opens no archive, and a warning says so."""
    (problem,) = read((*HEADER[:2], "E-mail", "Τηλέφωνο"), (*CHIOS[:3], "c@x.example"))
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "D2")
    assert "is not read for addresses" in problem.message


def test_exchanged_headers_are_an_error_for_each_address(read: Any) -> None:  # noqa: ANN401 (a function)
    """With the headers of e-mail and notes exchanged nobody would get a code: every address is named."""
    header = (*HEADER[:2], "Notes", "E-mail")
    problems = read(header, (*THIRA, ""), (*CHIOS, ""))
    assert [(problem.severity, problem.at.cell) for problem in problems] == [
        (Severity.ERROR, "C2"),
        (Severity.ERROR, "C3"),
    ]
    assert "headers are exchanged" in problems[0].hint
    assert all(problem.severity is Severity.ERROR for problem in read((HEADER[0], "E-mail", "Name"), THIRA, CHIOS))


def test_a_row_of_a_csv_that_a_separator_has_shifted_is_an_error(read: Any) -> None:  # noqa: ANN401 (a function)
    """A comma within a field without quotation marks moves the address a column on, read or not."""
    header = ("Username", "Name", "Kind", "E-mail", "Notes", "Phone")
    rows = (*CHIOS[:2], "Δήμος", CHIOS[2], "", ""), (THIRA[0], "Δήμος", "Θήρας", "", THIRA[2], "")
    (problem,) = read(header, *rows, csv=True)
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "E3")
    rows = (*CHIOS[:2], "Δήμος", CHIOS[2], "", ""), (THIRA[0], "Δήμος", "Θήρας", "", "", THIRA[2])
    (problem,) = read(header, *rows, csv=True)
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "F3")


def test_a_merged_address_is_the_error_of_every_agency_that_needs_it(read: Any) -> None:  # noqa: ANN401 (a function)
    """A merge down gives the address to the second agency too, which lacks one; one across counts where it begins."""
    (problem,) = read(HEADER, (*THIRA, "c@x.example"), (*CHIOS[:2], "", ""), merge="D2:D3")
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "D2")
    across = ("Username", "Name", "Notes", "E-mail")
    (problem,) = read(across, (*THIRA[:2], "c@x.example", ""), (*CHIOS[:2], "", CHIOS[2]), merge="C2:D2")
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "C2")


def test_an_address_in_the_row_of_a_section_is_told(read: Any) -> None:  # noqa: ANN401 (a function)
    """A title with an address is no title; beside the columns that are read it is a warning."""
    for title in ("Περιφέρεια: c@x.example", "Περιφέρεια, c [at] x.example"):
        problems = read(HEADER, ("", title, ""), CHIOS)
        assert {(problem.severity, problem.value) for problem in problems} == {(Severity.ERROR, title)}
    (problem,) = read(HEADER, CHIOS, ("", "", "", "", "c@x.example"))
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "E3")
    assert "no user name" in problem.message


def test_a_status_that_asks_for_a_new_code_spares_nobody(read: Any) -> None:  # noqa: ANN401 (a function)
    """Beside the contradiction in its status the cell with the address is named; who must call is a warning."""
    header = (*HEADER[:3], "Status", "Notes")
    problems = read(header, (*NOBODY, "νέος", "c@x.example"), CHIOS)
    assert {problem.at.cell for problem in problems} == {"D2", "E2"}
    (problem,) = read(header, (*NOBODY, "contact-us", "c@x.example"), (*CHIOS[:2], "", "contact-us", "2101234567"))
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "E2")
    assert "agencies must call by their status" in problem.message
    assert read(header, (*NOBODY, "keeps", "c@x.example"), CHIOS) == ()


def test_an_agency_that_loses_nothing_is_no_error(read: Any) -> None:  # noqa: ANN401 (a function)
    """A stated status or a kept code does not depend on the address."""
    status = (*HEADER[:4], "Κατάσταση")
    assert read(status, (*NOBODY, "c@x.example", "contact-us"), CHIOS)[0].severity is Severity.WARNING
    kept = read(HEADER, (*NOBODY, "c@x.example"), CHIOS, keeps_code=("012345678901",))
    assert [problem.severity for problem in kept] == [Severity.WARNING]


def test_what_stands_in_columns_that_are_known_is_no_stray(read: Any) -> None:  # noqa: ANN401 (a function)
    """Notes may hold more addresses, another body's are not wanted, and [annex] may have passed over a column."""
    notes = (*HEADER[:3], "Παρατηρήσεις", "E-mail εποπτεύοντος")
    assert read(notes, (*THIRA, "c@x.example", "d@x.example"), CHIOS) == ()
    several = (*HEADER[:3], "E-mail φορέα")
    assert read(several, (*THIRA, "c@x.example"), columns={"email": "E-mail"}) == ()


def test_an_agency_with_another_bodys_address_alone_is_told(read: Any) -> None:  # noqa: ANN401 (a function)
    """It must call, and that address may be meant, as an old one may; where it has its own, nothing is reported."""
    for named in ("E-mail εποπτεύοντος", "Παλιό e-mail"):
        (problem,) = read((*HEADER[:3], named), (*NOBODY, "c@x.example"), (*CHIOS, "d@x.example"))
        assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "c@x.example")
        assert "have only an address of another body or an old one" in problem.message


def test_fields_beyond_the_header_of_a_csv_are_told(read: Any) -> None:  # noqa: ANN401 (a function)
    """A separator that stands in a field without quotation marks cuts it in two; a workbook has notes there."""
    rows = HEADER[:3], (*THIRA, "b@x.example"), (*CHIOS, "", "νέος")
    (problem,) = read(*rows, csv=True)
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "b@x.example")
    assert "fields beyond the last one that the header names are not read (2 in all)" in problem.message
    assert read(HEADER[:3], (*CHIOS, "", "νέος")) == ()
    assert read(HEADER[:3], (*THIRA, "", " "), csv=True) == ()


def test_an_address_beyond_the_header_may_be_the_only_one(read: Any) -> None:  # noqa: ANN401 (a function)
    """An address beyond the header is an error here too."""
    assert read(HEADER[:3], (*NOBODY, "c@x.example"), CHIOS, csv=True)[0].severity is Severity.ERROR
    assert read(HEADER[:3], (*NOBODY, "τηλ."), CHIOS, csv=True)[0].severity is Severity.WARNING


def test_a_sheet_without_email_column_tells_that_alone(read: Any) -> None:  # noqa: ANN401 (a function)
    """The missing column is one error, not one for each column that holds an address."""
    (problem,) = read(("Username", "Name", "Στοιχεία"), THIRA)
    assert "no column for the e-mail" in problem.message


def test_a_column_that_tells_who_keeps_the_code_is_not_passed_over(read: Any) -> None:  # noqa: ANN401 (a function)
    """Below a header that is not known «διατηρεί» would be lost and the code replaced; else nothing is told."""
    header = (*HEADER[:3], "Τι ισχύει")
    (problem,) = read(header, (*THIRA, "διατηρεί"), (*CHIOS, "Διατηρεί τον κωδικό"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "διατηρεί")
    assert 'column D ("Τι ισχύει") is not read, but says that agencies keep their codes (2' in problem.message
    assert '"Κατάσταση"' in problem.hint
    assert "column D is not read" in read(HEADER[:3], (*THIRA, "keeps"))[0].message
    assert read(header, (*THIRA, "διατηρεί"), CHIOS, keeps_code=(THIRA[0],)) == ()
    assert read(header, (*THIRA, "χωρίς αλλαγή"), (*CHIOS, "Διατηρεί ιστότοπο")) == ()


def test_a_merged_cell_counts_once_or_where_it_is_read(read: Any) -> None:  # noqa: ANN401 (a function)
    """A merge down is one cell; one that reaches into the column of addresses is read there."""
    (problem,) = read(HEADER, (*THIRA, "c@x.example"), CHIOS, merge="D2:D3")
    assert "(1 in all)" in problem.message
    shifted = ("Username", "Name", "", "E-mail")
    assert read(shifted, (*THIRA, ""), (*CHIOS[:2], "", CHIOS[2]), merge="C2:D2") == ()
