"""An annex template is a small workbook that, filled in, is an annex without mistakes, and empty says so plainly."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest

from site_src.language.say import speak, spoken
from site_src.problems import Problems, Severity, UsageError
from site_src.read.agency import Kind, Status
from site_src.read.annex import read_annex
from site_src.read.annex.template import AGENCIES, write_template
from site_src.read.annex.words import COLUMNS
from site_src.read.settings import Campaign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_src.read.agency import Agency

SIZE_MOST = 20_000  # bytes: formats of columns, not thousands of empty cells
GREEK_ROWS = (
    ("000000000017", "Δήμος Ήλιδας", "Δήμος", "Περιφέρεια Δυτικής Ελλάδας", "A@ilida.example", "διατηρεί", ""),
    ("000000000025", "Δήμος Γαύδου", "", "", "a@gavdos.example; b@gavdos.example", "", "νέος υπεύθυνος"),
    ("000000000033", "Λιμενικό Ταμείο Ίου", "Νομικό πρόσωπο", "", None, "να επικοινωνήσει", ""),
)
ENGLISH_ROWS = (
    ("000000000017", "Municipality of Ilida", "Municipality", "Western Greece", "A@ilida.example", "keeps", ""),
    ("000000000025", "Municipality of Gavdos", "", "", "a@gavdos.example; b@gavdos.example", "", "new officer"),
    ("000000000033", "Port Fund of Ios", "Legal entity", "", None, "contact-us", ""),
)


@pytest.fixture
def language() -> Iterator[Callable[[str], None]]:
    """Sets the language of the commands; it is put back after the test."""
    before = spoken()
    yield speak
    speak(before)


def read(path: Path, problems: Problems) -> tuple[Agency, ...]:
    """The annex as a build reads it."""
    campaign = Campaign(slug="a", path=path.parent, folder="", deadline=date.min, effective=date.max)
    return read_annex(path, campaign, problems)


@pytest.mark.parametrize(("spoken_language", "rows"), [("el", GREEK_ROWS), ("en", ENGLISH_ROWS)])
def test_filled_in_it_is_an_annex(
    spoken_language: str, rows: tuple[tuple[str | None, ...], ...], tmp_path: Path, language: Callable[[str], None]
) -> None:
    """Every column is recognised, the words of the lists too, and nothing is warned of."""
    language(spoken_language)
    path = tmp_path / "annex.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    problems = Problems()
    agencies = read(path, problems)
    assert problems.all() == ()
    assert [agency.username for agency in agencies] == [row[0] for row in rows]
    assert [agency.name for agency in agencies] == [row[1] for row in rows]
    assert [agency.status for agency in agencies] == [Status.KEEPS, Status.NEW, Status.CONTACT_US]
    assert [agency.emails for agency in agencies] == [
        ("A@ilida.example",),
        ("a@gavdos.example", "b@gavdos.example"),
        (),
    ]
    assert (agencies[0].kind, agencies[2].kind) == (Kind.MUNICIPALITY, Kind.LEGAL_ENTITY)
    assert (agencies[0].parent, agencies[1].notes) == (rows[0][3], rows[1][6])


def test_empty_it_says_so(tmp_path: Path) -> None:
    """An annex without a row is one error that names the file."""
    path = tmp_path / "annex.xlsx"
    write_template(path)
    problems = Problems()
    assert read(path, problems) == ()
    (error,) = [problem for problem in problems.all() if problem.severity is Severity.ERROR]
    assert (error.at.file, error.message) == ("annex.xlsx", "the annex has no agencies")
    assert error.hint


def test_it_helps_whoever_fills_it_in(tmp_path: Path) -> None:
    """Cells keep zeros, headers stay in sight and carry notes, lists offer the known words; and the file is small."""
    path = tmp_path / "annex.xlsx"
    write_template(path)
    assert path.stat().st_size < SIZE_MOST
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == 1
    assert [cell.comment is not None for cell in sheet[1]] == [True] * len(COLUMNS)
    assert {sheet.column_dimensions[letter].number_format for letter in "ABCDEFG"} == {"@"}
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    last = AGENCIES + 1
    assert rules.keys() == {f"A2:A{last}", f"C2:C{last}", f"F2:F{last}"}
    assert rules[f"F2:F{last}"].formula1 == '"new,keeps,contact-us"'


@pytest.mark.parametrize("name", ["annex.xls", "annex", "annex.csv"])
def test_another_kind_of_file_is_refused(name: str, tmp_path: Path) -> None:
    """A template is an Excel file; another ending is wrong usage, and nothing is written."""
    with pytest.raises(UsageError, match=name):
        write_template(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    """A name that is taken is wrong usage, and the file stays as it was."""
    path = tmp_path / "annex.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="already"):
        write_template(path)
    assert path.read_bytes() == b"mine"
