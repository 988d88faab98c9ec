from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.workbooks import (
    CELL_CHARACTERS_MAX,
    FORMULA_STARTS,
    add_table,
    new_workbook,
    saved,
    writable,
    write_text,
)
from site_src.serve.preview import Preview
from tests.new.test_source import paragraph, word_file
from tests.report.test_reporting import line
from tests.support.small_site import DAY, SLUG, SmallSite

if TYPE_CHECKING:
    from pathlib import Path


def fill(*, write_only: bool) -> bytes:
    """A workbook with a few rows."""
    book = new_workbook(write_only=write_only)
    sheet = book.create_sheet("Rows") if write_only else book.worksheets[0]
    for number in range(3):
        sheet.append([f"Δήμος {number}", "Περιφέρεια"])
    return saved(book)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, for this process and those that it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("write_only", [False, True])
def test_what_is_saved_can_be_read(*, write_only: bool) -> None:
    """The rows come back, in their order."""
    sheet = openpyxl.load_workbook(io.BytesIO(fill(write_only=write_only))).worksheets[0]
    assert [cells[0] for cells in sheet.iter_rows(values_only=True)] == ["Δήμος 0", "Δήμος 1", "Δήμος 2"]


def test_a_table_has_a_header_that_stays_and_filters() -> None:
    """Columns are as wide as asked for, formulas stay texts, and a moment is the clock's of its own zone."""
    book = new_workbook(write_only=True)
    moment = datetime(2020, 11, 18, 10, 15, tzinfo=UTC)
    add_table(book, "x" * 40, [("Agency", 30), ("First time", 18), ("Times", 9)], [("=1+1", moment, 2)])
    sheet = openpyxl.load_workbook(io.BytesIO(saved(book))).worksheets[0]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("x" * 31, "A2", "A1:C2")
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [30, 18, 9]
    assert [cell.value for cell in sheet[2]] == ["=1+1", moment.replace(tzinfo=None), 2]
    assert (sheet["A1"].font.b, sheet["A2"].data_type, sheet["A2"].quotePrefix) == (True, "s", True)


COMMANDS = [
    ("build", f"--date={DAY}"),
    ("verify",),
    ("check", "--report={base}/problems.xlsx"),
    ("report", SLUG, "{base}/access.log"),
    ("reissue", SLUG, "012345678901"),
    ("new", "2021-05", "--annex={base}/sample.xlsx", "--circular={base}/circular.docx"),
    ("new", "--template={base}/empty.xlsx"),
]


def test_no_command_writes_a_temporary_file(site: SmallSite, temporary: Path) -> None:
    """Others may look into the system's folder; its time of change shows also what was deleted again."""
    (site.base / "access.log").write_text(line("012345678901", "012345678901"))
    (site.base / "sample.xlsx").write_bytes(fill(write_only=False))
    (site.base / "circular.docx").write_bytes(word_file(paragraph("Από 1.12.2020 ισχύουν νέοι κωδικοί.")))
    before = temporary.stat().st_mtime_ns
    for command, *arguments in COMMANDS:
        run = site.run(command, *(argument.format(base=site.base) for argument in arguments), "--lang=en")
        assert "Traceback" not in run.stderr
        assert run.returncode in {0, 1}, (command, run.stderr)
        assert temporary.stat().st_mtime_ns == before, command
    assert (site.base / "problems.xlsx").is_file()
    assert (site.secrets / "report.xlsx").is_file()


def test_the_preview_writes_no_temporary_file(site: SmallSite, temporary: Path) -> None:
    """The public annex, sample letters and sample archives are made in memory."""
    before = temporary.stat().st_mtime_ns
    preview = Preview(site.folders, lambda: DAY)
    preview.refresh()
    for path in (f"/circulars/{SLUG}/annex.xlsx", f"/files/{SLUG}/012345678901/012345678901.zip"):
        assert preview.answer(path).status == 200
    assert temporary.stat().st_mtime_ns == before


def _written(text: str) -> tuple[object, str, bool]:
    """Return a cell as a spreadsheet finds it: its value, its type, and whether it stays a text when it is edited."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    write_text(book.worksheets[0]["B2"], text)
    book.save(file)
    cell = openpyxl.load_workbook(file).worksheets[0]["B2"]
    return cell.value, cell.data_type, bool(cell.quotePrefix)


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_looks_like_a_formula_stays_a_text(start: str) -> None:
    """It is a text now, and after somebody has gone into the cell and out again."""
    value, kind, quoted = _written(f"{start}HYPERLINK(1)")
    assert str(value).strip() == f"{start}HYPERLINK(1)".strip()
    assert (kind, quoted) == ("s", True)


@pytest.mark.parametrize("text", ["012345678901", "#REF!", "TRUE", "2020-11-30", "Δήμος Θήρας"])
def test_a_text_is_no_number_date_or_error(text: str) -> None:
    """A text that a spreadsheet would turn into something else is shown as it is written."""
    assert _written(text) == (text, "s", False)


@given(st.text(max_size=40))
def test_any_text_can_be_written(text: str) -> None:
    """No control character makes a file that a spreadsheet refuses."""
    _written(text)


def test_a_long_text_is_cut_to_what_a_cell_holds() -> None:
    """Excel would call the file damaged."""
    assert len(writable("x" * 40_000)) == CELL_CHARACTERS_MAX
