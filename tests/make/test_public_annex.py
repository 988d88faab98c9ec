from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.workbooks import FORMULA_STARTS
from site_src.language.catalogues import Words
from site_src.make.public_annex import public_annex
from site_src.read.agency import Agency
from tests.support.sample_edition import AGENCIES, HOSTILE

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

DAY = date(2020, 11, 17)
WORDS = Words("el")


def _sheet(data: bytes) -> Worksheet:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    return sheet


def test_it_holds_names_kinds_and_parents() -> None:
    """The rows are the agencies in their order, under a bold and frozen header with a filter."""
    sheet = _sheet(public_annex(AGENCIES, WORDS, DAY))
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Φορέας", "Είδος", "Εποπτεύων φορέας")
    assert rows[2] == ("Δήμος Ηρακλείου", "Δήμος", "Περιφέρεια Κρήτης")
    assert rows[4] == (HOSTILE, "Σύνδεσμος", HOSTILE)
    assert sheet.title == "Φορείς"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:C{len(AGENCIES) + 1}")
    assert all(cell.font.b for cell in sheet[1])


def test_it_holds_nothing_else() -> None:
    """No address, user name or note of an agency is in any part of the file."""
    with zipfile.ZipFile(io.BytesIO(public_annex(AGENCIES, WORDS, DAY))) as file:
        everything = b"".join(map(file.read, file.namelist())).decode()
    secrets = [secret for agency in AGENCIES for secret in (agency.username, agency.notes, *agency.emails) if secret]
    assert [secret for secret in secrets if secret in everything] == []


def test_formulas_are_text() -> None:
    """A text that a spreadsheet would take for a formula stays a text when it is edited."""
    names = [start + "1+1" for start in FORMULA_STARTS]
    sheet = _sheet(public_annex([Agency(username="0" * 12, name=name) for name in names], WORDS, DAY))
    for (cell, *_), name in zip(sheet.iter_rows(min_row=2), names, strict=True):
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert str(cell.value).strip("\r\n\t") == name.strip("\r\n\t")


def test_same_input_same_bytes() -> None:
    """The file tells no time and no machine: two are the same, and every part has the ZIP's first date."""
    data = public_annex(AGENCIES, WORDS, DAY)
    assert public_annex(AGENCIES, WORDS, DAY) == data
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        infos = file.infolist()
        core = file.read("docProps/core.xml").decode()
    assert {(i.date_time, i.compress_type, i.create_system) for i in infos} == {((1980, 1, 1, 0, 0, 0), 0, 0)}
    assert core.count("2020-11-17T00:00:00Z") == 2
    assert [i.filename for i in infos] == sorted(i.filename for i in infos)


@given(st.lists(st.text(min_size=1), max_size=4))
def test_any_name_can_be_written(names: list[str]) -> None:
    """Control characters, long texts and odd letters make no file that a spreadsheet cannot read."""
    sheet = _sheet(public_annex([Agency(username="0" * 12, name=name) for name in names], WORDS, DAY))
    assert sheet.max_row == len(names) + 1
