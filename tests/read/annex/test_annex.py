from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Place, Problem, Problems, Severity, Topic
from site_src.read.agency import Agency, Kind, Status
from site_src.read.annex import find_named, read_annex
from site_src.read.settings import Campaign
from tests.support.annex_formats import linked, text, xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

HEADER = "Α/Α;Όνομα χρήστη;Φορέας;Εποπτεύων φορέας;E-mail;Κατάσταση;Παρατηρήσεις"
THIRA = '1;012345678901;Δήμος Θήρας;Περιφέρεια Νοτίου Αιγαίου;"A@b.example;c@d.example";;νέος υπεύθυνος'
CHIOS = "2;112345678902;Δήμος Χίου;;;;"
CAMPAIGN = Campaign(
    slug="2020-11", path=Path(), folder="ΝΕΟΙ ΚΩΔΙΚΟΙ", deadline=date(2020, 11, 30), effective=date(2020, 12, 1)
)


def read(folder: Path, *lines: str, keeps: tuple[str, ...] = ()) -> tuple[tuple[Agency, ...], Problems]:
    """The agencies of a .csv of these lines, and its problems."""
    path = folder / "annex.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    problems = Problems()
    return read_annex(path, replace(CAMPAIGN, keeps_code=keeps), problems), problems


def test_an_agency_has_all_that_its_row_tells(tmp_path: Path) -> None:
    """Every column reaches the agency, and its places are the cells of its user name, name and addresses."""
    agencies, problems = read(tmp_path, HEADER, THIRA)
    assert problems.all() == ()
    assert agencies == (
        Agency(
            username="012345678901",
            name="Δήμος Θήρας",
            kind=Kind.MUNICIPALITY,
            parent="Περιφέρεια Νοτίου Αιγαίου",
            emails=("A@b.example", "c@d.example"),
            emails_at=(Place("annex.csv", "", "E2"), Place("annex.csv", "", "E2")),
            status=Status.NEW,
            notes="νέος υπεύθυνος",
            at=Place("annex.csv", "", "B2"),
            name_at=Place("annex.csv", "", "C2"),
            notes_at=Place("annex.csv", "", "G2"),
        ),
    )


def read_merged(folder: Path, *statuses: str) -> tuple[tuple[Agency, ...], Problems]:
    """An agency in two rows of merged user name and name, with an address, a status and a note in each."""
    rows = [("Όνομα χρήστη", "Φορέας", "E-mail", "Κατάσταση", "Παρατηρήσεις")]
    rows += [
        ("012345678901" * first, "Δήμος Θήρας" * first, f"{note}@b.example", status, note)
        for first, status, note in zip((1, 0), statuses, ("one", "two"), strict=True)
    ]

    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:B3")

    path = folder / "annex.xlsx"
    path.write_bytes(xlsx(rows, merge))
    problems = Problems()
    return read_annex(path, CAMPAIGN, problems), problems


@pytest.mark.parametrize("statuses", [("", "διατηρεί"), ("διατηρεί", ""), ("διατηρεί", "keeps")])
def test_nothing_of_an_agency_in_two_rows_is_lost(tmp_path: Path, statuses: tuple[str, str]) -> None:
    """Below a merged user name the addresses, the status and the notes of the second row count as the first's do."""
    (agency,), problems = read_merged(tmp_path, *statuses)
    assert (agency.emails, agency.status, agency.notes) == (
        ("one@b.example", "two@b.example"),
        Status.KEEPS,
        "one two",
    )
    assert problems.all() == ()


def test_two_statuses_of_one_agency_are_an_error(tmp_path: Path) -> None:
    """Staff decide which of two statuses holds."""
    _, problems = read_merged(tmp_path, "διατηρεί", "νέος")
    (problem,) = problems.all()
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, "D3", "νέος")
    assert "«διατηρεί»" in problem.message


def test_the_status_is_decided(tmp_path: Path) -> None:
    """A listed agency keeps its code and needs no e-mail; any other without an e-mail must call."""
    sikinos = CHIOS.replace("112345678902", "212345678903").replace("Χίου", "Σικίνου")
    agencies, problems = read(tmp_path, HEADER, THIRA, CHIOS, sikinos, keeps=("Δήμος Χίου",))
    assert [agency.status for agency in agencies] == [Status.NEW, Status.KEEPS, Status.CONTACT_US]
    assert problems.all() == ()


def test_all_mistakes_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    """One mistake hides no other, and the most basic comes first."""
    _, problems = read(tmp_path, HEADER, "1;0123;;#REF!;δεν έχει;ίσως;", THIRA)
    cells = [problem.at.cell for problem in problems.all()]
    assert cells == ["B2", "C2", "E2", "F2", "D2"]


def test_a_wrong_address_is_not_taken_for_none(tmp_path: Path) -> None:
    """An agency whose address has an error is not silently told to call."""
    agencies, problems = read(tmp_path, HEADER, THIRA.replace("A@b.example;c@d.example", "x@y"))
    assert agencies[0].status is Status.NEW
    assert problems.has_errors


def test_a_user_name_that_stands_twice_names_both_cells(tmp_path: Path) -> None:
    """The second place is told, with the first in its message; each further one too."""
    agencies, problems = read(tmp_path, HEADER, THIRA, CHIOS, THIRA, THIRA)
    assert [(p.at.cell, "B2" in p.message) for p in problems.all()] == [("B4", True), ("B5", True)]
    assert len(agencies) == 2


def test_errors_of_other_files_hide_no_empty_annex(tmp_path: Path) -> None:
    """A mistake of campaign.toml that was found before does not keep back the one about the annex."""
    (tmp_path / "annex.csv").write_text("ψωμί;2", encoding="utf-8")
    problems = Problems()
    problems.error(Topic.SETTING, "wrong", at=Place(file="campaign.toml"))
    assert read_annex(tmp_path / "annex.csv", CAMPAIGN, problems) == ()
    assert "the annex has no agencies" in [problem.message for problem in problems.all()]


@given(rows=st.lists(st.lists(st.text(), max_size=7), max_size=6))
def test_whatever_the_cells_hold_nothing_is_raised(rows: list[list[str]], tmp_path: Path) -> None:
    """Any text in any cell gives agencies with user names and names, or an error."""
    lines = [
        ";".join('"' + cell.encode(errors="replace").decode().replace('"', '""') + '"' for cell in row) for row in rows
    ]
    agencies, problems = read(tmp_path, HEADER, *lines)
    assert problems.has_errors or all(agency.username and agency.name for agency in agencies)


BEARERS = (
    ("012345678901", "Δήμος Ηρακλείου"),
    ("112345678902", "Δήμος Ηρακλείου"),
    ("212345678903", "Δήμος Ήλιδας"),
    ("", "Δήμος Χωρίς Κωδικό"),
    ("312345678904", ""),
)


def find(*items: str) -> tuple[frozenset[str], Problems]:
    """Return the agencies that keep their code by these items."""
    problems = Problems()
    return find_named(items, BEARERS, problems), problems


@pytest.mark.parametrize("item", ["212345678903", "Δήμος Ήλιδας", " Δήμος   Ήλιδας "])
def test_an_item_is_a_user_name_or_an_exact_name(item: str) -> None:
    """White space alone is forgiven."""
    keepers, problems = find(item)
    assert keepers == {"212345678903"}
    assert problems.all() == ()


@pytest.mark.parametrize(("name", "item"), [("∆ήμος Αλµυρού", "Δήμος Αλμυρού"), ("Δήμος Αλμυρού", "∆ήµος Αλµυρού")])
def test_signs_of_old_pdfs_count_as_letters(name: str, item: str) -> None:
    """A name that was copied out of a PDF is the same name as one that was typed."""
    problems = Problems()
    assert find_named([item], [("212345678903", name)], problems) == {"212345678903"}


def test_a_name_counts_however_its_accents_are_written() -> None:
    """An accented letter may be one character or two, in the annex and in campaign.toml."""
    one, two = (unicodedata.normalize(form, "Δήμος Ήλιδας") for form in ("NFC", "NFD"))
    assert one != two
    for name, item in ((one, two), (two, one)):
        problems = Problems()
        assert find_named([item], [("212345678903", name)], problems) == {"212345678903"}
        assert problems.all() == ()


def test_a_name_that_two_bear_is_an_error_with_their_user_names() -> None:
    """Staff must say which of the two is meant."""
    keepers, problems = find("Δήμος Ηρακλείου")
    (problem,) = problems.all()
    assert keepers == frozenset()
    assert "012345678901, 112345678902" in problem.hint
    assert problem.at == Place("campaign.toml", cell="keeps_code")


@pytest.mark.parametrize("item", ["Δήμος Ηλίδος", "212345678930"])
def test_an_item_of_nobody_is_an_error_with_the_nearest(item: str) -> None:
    """Spelling mistakes lead to the name that is meant."""
    _, problems = find(item)
    (problem,) = problems.all()
    assert ('"Δήμος Ήλιδας"' in problem.hint) or ('"212345678903"' in problem.hint)


def test_nothing_is_proposed_that_is_not_alike() -> None:
    """A proposal that is nothing like the item would mislead."""
    _, problems = find("Κοινότητα")
    assert "is it" not in problems.all()[0].hint


@pytest.mark.parametrize("item", ["Δήμος Χωρίς Κωδικό", "312345678904"])
def test_a_row_with_another_mistake_is_still_known(item: str) -> None:
    """An agency whose row has an error of its own brings no second error here."""
    _, problems = find(item)
    assert problems.all() == ()


def test_empty_items_stand_for_nobody() -> None:
    """An empty text in the list is an error, not the agency without a user name."""
    keepers, problems = find("")
    assert keepers == frozenset()
    assert problems.has_errors


def test_proposals_that_are_equally_near_come_in_the_annexs_order() -> None:
    """The same annex gives the same hint each time."""
    usernames = ["312345678904", "112345678902", "412345678906"]
    problems = Problems()
    find_named(["012345678901"], [(username, "") for username in usernames], problems)
    assert " or ".join(f'"{username}"' for username in usernames) in problems.all()[0].hint


HEADS = ("Username", "Name", "E-mail", "", "Στοιχεία")
FIRST = ("012345678901", "Δήμος Θήρας", "a@x.example")
SECOND = ("112345678902", "Δήμος Χίου", "b@x.example")
NOBODY = (*FIRST[:2], "")


@pytest.fixture
def problems_of(tmp_path: Path) -> Any:  # noqa: ANN401 (a function)
    """Reads an annex of these rows, and gives its problems."""

    def read_rows(*rows: Sequence[str], csv: bool = False, merge: str = "", **facts: Any) -> tuple[Problem, ...]:  # noqa: ANN401 (any facts)
        path = tmp_path / ("annex.csv" if csv else "annex.xlsx")
        merged = (lambda sheet: sheet.merge_cells(merge)) if merge else None
        path.write_bytes(text(rows) if csv else xlsx(rows, merged))
        problems = Problems()
        read_annex(path, replace(CAMPAIGN, **facts), problems)
        return problems.all()

    return read_rows


def test_addresses_in_a_column_without_header_are_told_once(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """One warning for the column: its letter, its first cell, how many, and how it would be read."""
    (problem,) = problems_of(HEADS, (*FIRST, "c@x.example"), (*SECOND, "d@x.example, e@x.example"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "c@x.example")
    assert problem.message == "column D is not read for addresses, but holds some (2 in all)"
    assert '"E-mail 2"' in problem.hint


def test_a_header_that_is_not_known_is_named(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """An address among other words counts; words and marks that are none do not."""
    assert problems_of(HEADS, (*FIRST, "", "@dimos 2101234567, a@b")) == ()
    (problem,) = problems_of(HEADS, (*FIRST, "", "κα Μαρία: c@x.example"))
    assert 'column E ("Στοιχεία") is not read for addresses, but holds some (1 in all)' in problem.message


def test_the_only_address_of_an_agency_is_an_error(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """Its old code would end without a word: the error stands at its cell and leaves the way out of a status."""
    problem, other = problems_of(HEADS, (*SECOND, "d@x.example"), (*NOBODY, "c@x.example"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, "D3", "c@x.example")
    assert "lose its code" in problem.message
    assert '"E-mail 2"' in problem.hint
    assert "να επικοινωνήσει" in problem.hint
    assert (other.severity, other.at.cell) == (Severity.WARNING, "D2")
    assert "(1 in all)" in other.message


ROW = ("1", *FIRST[:2], "Δήμος", "Περιφέρεια Νοτίου Αιγαίου", "", "", "")
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
def test_an_address_in_any_other_column_is_an_error_at_its_cell(problems_of: Any, place: int, shown: str) -> None:  # noqa: ANN401 (a function)
    """Read or not, the only address of a row whose e-mail is empty is one error, which names its cell."""
    row = [*ROW[:place], shown, *ROW[place + 1 :]]
    (problem,) = problems_of(ALL, row)
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, f"{'ABCDEFGH'[place]}2")


def test_a_cell_that_only_links_to_an_address_holds_it(tmp_path: Path) -> None:
    """Below «κα Παπαδοπούλου» the link has the address."""
    path, problems = tmp_path / "annex.xlsx", Problems()
    path.write_bytes(xlsx((ALL, (*ROW[:7], "η κα Μαρία")), linked("H2", "mailto:c@x.example")))
    read_annex(path, CAMPAIGN, problems)
    (problem,) = problems.all()
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, "H2", "c@x.example")


def test_an_address_among_the_telephones_is_told(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """The telephones are read for the report alone: an address there opens no archive, and a warning says so."""
    (problem,) = problems_of((*HEADS[:2], "E-mail", "Τηλέφωνο"), (*SECOND[:3], "c@x.example"))
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "D2")
    assert "is not read for addresses" in problem.message


def test_exchanged_headers_are_an_error_for_each_address(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """With the headers of e-mail and notes exchanged nobody would get a code: every address is named."""
    header = (*HEADS[:2], "Notes", "E-mail")
    problems = problems_of(header, (*FIRST, ""), (*SECOND, ""))
    assert [(problem.severity, problem.at.cell) for problem in problems] == [
        (Severity.ERROR, "C2"),
        (Severity.ERROR, "C3"),
    ]
    assert "headers are exchanged" in problems[0].hint
    assert all(
        problem.severity is Severity.ERROR for problem in problems_of((HEADS[0], "E-mail", "Name"), FIRST, SECOND)
    )


def test_a_row_of_a_csv_that_a_separator_has_shifted_is_an_error(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """A comma within a field without quotation marks moves the address a column on, read or not."""
    header = ("Username", "Name", "Kind", "E-mail", "Notes", "Phone")
    rows = (*SECOND[:2], "Δήμος", SECOND[2], "", ""), (FIRST[0], "Δήμος", "Θήρας", "", FIRST[2], "")
    (problem,) = problems_of(header, *rows, csv=True)
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "E3")
    rows = (*SECOND[:2], "Δήμος", SECOND[2], "", ""), (FIRST[0], "Δήμος", "Θήρας", "", "", FIRST[2])
    (problem,) = problems_of(header, *rows, csv=True)
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "F3")


def test_a_merged_address_is_the_error_of_every_agency_that_needs_it(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """A merge down gives the address to the second agency too, which lacks one; one across counts where it begins."""
    (problem,) = problems_of(HEADS, (*FIRST, "c@x.example"), (*SECOND[:2], "", ""), merge="D2:D3")
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "D2")
    across = ("Username", "Name", "Notes", "E-mail")
    (problem,) = problems_of(across, (*FIRST[:2], "c@x.example", ""), (*SECOND[:2], "", SECOND[2]), merge="C2:D2")
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "C2")


def test_an_address_in_the_row_of_a_section_is_told(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """A title with an address is no title; beside the columns that are read it is a warning."""
    for title in ("Περιφέρεια: c@x.example", "Περιφέρεια, c [at] x.example"):
        problems = problems_of(HEADS, ("", title, ""), SECOND)
        assert {(problem.severity, problem.value) for problem in problems} == {(Severity.ERROR, title)}
    (problem,) = problems_of(HEADS, SECOND, ("", "", "", "", "c@x.example"))
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "E3")
    assert "no user name" in problem.message


def test_a_status_that_asks_for_a_new_code_spares_nobody(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """Beside the contradiction in its status the cell with the address is named; who must call is a warning."""
    header = (*HEADS[:3], "Status", "Notes")
    problems = problems_of(header, (*NOBODY, "νέος", "c@x.example"), SECOND)
    assert {problem.at.cell for problem in problems} == {"D2", "E2"}
    (problem,) = problems_of(
        header, (*NOBODY, "contact-us", "c@x.example"), (*SECOND[:2], "", "contact-us", "2101234567")
    )
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "E2")
    assert "agencies must call by their status" in problem.message
    assert problems_of(header, (*NOBODY, "keeps", "c@x.example"), SECOND) == ()


def test_an_agency_that_loses_nothing_is_no_error(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """A stated status or a kept code does not depend on the address."""
    status = (*HEADS[:4], "Κατάσταση")
    assert problems_of(status, (*NOBODY, "c@x.example", "contact-us"), SECOND)[0].severity is Severity.WARNING
    kept = problems_of(HEADS, (*NOBODY, "c@x.example"), SECOND, keeps_code=("012345678901",))
    assert [problem.severity for problem in kept] == [Severity.WARNING]


def test_what_stands_in_columns_that_are_known_is_no_stray(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """Notes may hold more addresses, another body's are not wanted, and [annex] may have passed over a column."""
    notes = (*HEADS[:3], "Παρατηρήσεις", "E-mail εποπτεύοντος")
    assert problems_of(notes, (*FIRST, "c@x.example", "d@x.example"), SECOND) == ()
    several = (*HEADS[:3], "E-mail φορέα")
    assert problems_of(several, (*FIRST, "c@x.example"), columns={"email": "E-mail"}) == ()


def test_an_agency_with_another_bodys_address_alone_is_told(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """It must call, and that address may be meant; where it has its own, nothing is reported."""
    rows = (*HEADS[:3], "E-mail εποπτεύοντος"), (*NOBODY, "c@x.example"), (*SECOND, "d@x.example")
    (problem,) = problems_of(*rows)
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "c@x.example")
    assert "have only an address of another body" in problem.message


def test_an_agency_with_an_old_address_alone_is_an_error(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """An old address is no password, but where it is the only one somebody has to say that it no longer counts."""
    error, warning = problems_of((*HEADS[:3], "Παλιό e-mail"), (*NOBODY, "c@x.example"), (*SECOND, "d@x.example"))
    assert (error.severity, error.at.cell, error.value) == (Severity.ERROR, "D2", "c@x.example")
    assert (warning.severity, warning.at.cell) == (Severity.WARNING, "D3")
    assert "is not read for addresses" in warning.message


def test_fields_beyond_the_header_of_a_csv_are_told(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """A separator that stands in a field without quotation marks cuts it in two; a workbook has notes there."""
    rows = HEADS[:3], (*FIRST, "b@x.example"), (*SECOND, "", "νέος")
    (problem,) = problems_of(*rows, csv=True)
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "b@x.example")
    assert "fields beyond the last one that the header names are not read (2 in all)" in problem.message
    assert problems_of(HEADS[:3], (*SECOND, "", "νέος")) == ()
    assert problems_of(HEADS[:3], (*FIRST, "", " "), csv=True) == ()


def test_an_address_beyond_the_header_may_be_the_only_one(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """An address beyond the header is an error here too."""
    assert problems_of(HEADS[:3], (*NOBODY, "c@x.example"), SECOND, csv=True)[0].severity is Severity.ERROR
    assert problems_of(HEADS[:3], (*NOBODY, "τηλ."), SECOND, csv=True)[0].severity is Severity.WARNING


def test_a_sheet_without_email_column_tells_that_alone(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """The missing column is one error, not one for each column that holds an address."""
    (problem,) = problems_of(("Username", "Name", "Στοιχεία"), FIRST)
    assert "no column for the e-mail" in problem.message


def test_a_column_that_tells_who_keeps_the_code_is_not_passed_over(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """Below a header that is not known «διατηρεί» would be lost and the code replaced; else nothing is told."""
    header = (*HEADS[:3], "Τι ισχύει")
    (problem,) = problems_of(header, (*FIRST, "διατηρεί"), (*SECOND, "Διατηρεί τον κωδικό"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "D2", "διατηρεί")
    assert 'column D ("Τι ισχύει") is not read, but says that agencies keep their codes (2' in problem.message
    assert '"Κατάσταση"' in problem.hint
    assert "column D is not read" in problems_of(HEADS[:3], (*FIRST, "keeps"))[0].message
    assert problems_of(header, (*FIRST, "διατηρεί"), SECOND, keeps_code=(FIRST[0],)) == ()
    assert problems_of(header, (*FIRST, "χωρίς αλλαγή"), (*SECOND, "Διατηρεί ιστότοπο")) == ()


def test_a_merged_cell_counts_once_or_where_it_is_read(problems_of: Any) -> None:  # noqa: ANN401 (a function)
    """A merge down is one cell; one that reaches into the column of addresses is read there."""
    (problem,) = problems_of(HEADS, (*FIRST, "c@x.example"), SECOND, merge="D2:D3")
    assert "(1 in all)" in problem.message
    shifted = ("Username", "Name", "", "E-mail")
    assert problems_of(shifted, (*FIRST, ""), (*SECOND[:2], "", SECOND[2]), merge="C2:D2") == ()
