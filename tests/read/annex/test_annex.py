from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import MachineError, Place, Problems, Severity
from site_src.read.agency import Agency, Kind, Status
from site_src.read.annex import NameIndex, read_annex
from site_src.read.settings import Campaign
from tests.support.annex_formats import xlsx

if TYPE_CHECKING:
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
            name_cell="C2",
            notes_cell="G2",
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


def test_an_annex_without_agencies_is_an_error(tmp_path: Path) -> None:
    """A shopping list is no annex."""
    agencies, problems = read(tmp_path, "ψωμί;2", "γάλα;1")
    assert agencies == ()
    assert problems.has_errors


def test_a_file_that_is_not_there_is_the_machines_failure(tmp_path: Path) -> None:
    """Only a missing file is raised as an exception."""
    with pytest.raises(MachineError):
        read_annex(tmp_path / "annex.xlsx", CAMPAIGN, Problems())


@given(rows=st.lists(st.lists(st.text(), max_size=7), max_size=6))
def test_whatever_the_cells_hold_nothing_is_raised(rows: list[list[str]], tmp_path: Path) -> None:
    """Any text in any cell gives agencies with user names and names, or an error."""
    lines = [
        ";".join('"' + cell.encode(errors="replace").decode().replace('"', '""') + '"' for cell in row) for row in rows
    ]
    agencies, problems = read(tmp_path, HEADER, *lines)
    assert problems.has_errors or all(agency.username and agency.name for agency in agencies)


@given(data=st.binary(max_size=4000))
def test_whatever_the_bytes_are_nothing_is_raised(data: bytes, tmp_path: Path) -> None:
    """Any file gives agencies or an error."""
    path = tmp_path / "annex.xls"
    path.write_bytes(data)
    problems = Problems()
    assert read_annex(path, CAMPAIGN, problems) or problems.has_errors


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
    return NameIndex(BEARERS).find(items, problems), problems


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
    assert NameIndex([("212345678903", name)]).find([item], problems) == {"212345678903"}


def test_a_name_counts_however_its_accents_are_written() -> None:
    """An accented letter may be one character or two, in the annex and in campaign.toml."""
    one, two = (unicodedata.normalize(form, "Δήμος Ήλιδας") for form in ("NFC", "NFD"))
    assert one != two
    for name, item in ((one, two), (two, one)):
        problems = Problems()
        assert NameIndex([("212345678903", name)]).find([item], problems) == {"212345678903"}
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
    NameIndex((username, "") for username in usernames).find(["012345678901"], problems)
    assert " or ".join(f'"{username}"' for username in usernames) in problems.all()[0].hint
