from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineError, CalamineWorkbook

from site_src.problems import Problems, Severity
from site_src.read.annex import read_annex
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import CellKind
from site_src.read.settings import Campaign
from tests.support.make_annexes import samples
from tests.support.untranslated import english_in

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.read.agency import Agency
    from site_src.read.annex.sheets.grid import Cell
    from tests.support.annex_table import Sample


CORPUS = list(samples())
SAMPLES = {sample.name: sample for sample in CORPUS}

# A workbook of one cell in the last row and column of its sheet, for which calamine asks for 500 GB.
NOT_COMPARED = {"far-cell.xlsx"}
ONLY_OURS = {"really-text.xls"}  # text, whatever its name
# Refused here for what they could do to a machine, or since they hold nothing.
ONLY_THEIRS = {
    *("xml-bomb.xlsx", "xml-bomb.ods", "wide-xml.xlsx"),
    "sheetless.ods",
}


def _read(sample: Sample, folder: Path) -> tuple[tuple[Agency, ...], Problems]:
    path = folder / sample.name
    path.write_bytes(sample.data)
    problems = Problems()
    campaign = Campaign(
        slug="2020-11",
        path=folder,
        folder="ΝΕΟΙ ΚΩΔΙΚΟΙ",
        deadline=date(2020, 11, 30),
        effective=date(2020, 12, 1),
        keeps_code=sample.keeps_code,
        columns=dict(sample.columns),
    )
    return read_annex(path, campaign, problems), problems


def _line(agency: Agency) -> str:
    emails = ";".join(agency.emails)
    return f"{agency.username}|{agency.name}|{agency.kind}|{agency.parent}|{emails}|{agency.status}"


@pytest.mark.parametrize("name", SAMPLES)
def test_each_annex_gives_its_problems_and_agencies(name: str, tmp_path: Path) -> None:
    """Every annex of the corpus gives exactly the problems it is named for, each at its cell, and its agencies."""
    sample = SAMPLES[name]
    agencies, problems = _read(sample, tmp_path)
    found = [(str(p.severity), p.at.cell, f"{p.message} {p.value}") for p in problems.all()]
    assert [(severity, cell) for severity, cell, _ in found] == [(s, c) for s, c, _ in sample.problems], found
    for (_, _, told), (_, _, word) in zip(found, sample.problems, strict=True):
        assert word in told
    assert all(p.hint for p in problems.all() if p.severity is Severity.ERROR)
    if sample.agencies is not None:
        assert tuple(map(_line, agencies)) == sample.agencies


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.problems])
def test_each_problem_is_told_in_greek(name: str, tmp_path: Path) -> None:
    """Every message and hint of the corpus is Greek, with no English word left over."""
    _, problems = _read(SAMPLES[name], tmp_path)
    for problem in problems.all():
        assert any("α" <= c <= "ω" for c in problem.message)
        assert not english_in(problem.message), problem
        assert not english_in(problem.hint), problem


def _theirs(data: bytes) -> dict[tuple[str, int, int], object]:
    """Every filled cell as python-calamine reads it, which shares no code with the readers here."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    found: dict[tuple[str, int, int], object] = {}
    for title in book.sheet_names:
        sheet = book.get_sheet_by_name(title)
        top, left = sheet.start or (0, 0)
        for down, row in enumerate(sheet.to_python(skip_empty_area=True), start=top + 1):
            found |= {(title, down, right): value for right, value in enumerate(row, start=left + 1) if value != ""}
    return found


def _agree(ours: Cell, theirs: object) -> bool:
    """Return whether both readers say the same of a cell.

    Two differences are meant: calamine gives errors and formulas without a value as None, and a value that nothing
    says how it is shown as the value.
    """
    match ours.kind:
        case CellKind.ERROR | CellKind.UNCALCULATED:
            return theirs in {None, ours.text}
        case CellKind.UNSHOWN:
            return theirs is not None
        case CellKind.NUMBER:
            return ours.number == theirs
        case CellKind.BOOLEAN:
            return ours.text == str(theirs).upper()
        case CellKind.DATE:
            return ours.text.removesuffix(" 00:00:00") == str(theirs)
    return ours.text == theirs


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.endswith(".csv") and name not in NOT_COMPARED])
def test_a_second_reader_sees_the_same_in_every_cell(name: str, tmp_path: Path) -> None:
    """Each cell of a workbook is read as python-calamine reads it, or the file is refused for a named reason."""
    path = tmp_path / name
    path.write_bytes(SAMPLES[name].data)
    sheets = read_sheets(path, Problems())
    try:
        theirs = _theirs(SAMPLES[name].data)
    except CalamineError:
        assert not sheets or name in ONLY_OURS
        return
    if name in ONLY_THEIRS:
        assert not sheets
        return
    ours = {
        (sheet.title, cell.row, cell.column): cell
        for sheet in sheets
        for row in sheet.rows.values()
        for cell in row.values()
        if cell.text and cell.origin == (cell.row, cell.column)  # not a link alone
    }
    different = {
        key for key in ours.keys() | theirs.keys() if key not in ours or not _agree(ours[key], theirs.get(key))
    }
    assert different == set()


def test_the_corpus_is_large() -> None:
    """There are at least 45 annexes of the four formats, each with a name of its own."""
    names = [sample.name for sample in CORPUS]
    assert len(set(names)) == len(names) >= 45
    assert {name.rsplit(".", 1)[1] for name in names} == {"xlsx", "xls", "ods", "csv"}
