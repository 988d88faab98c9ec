from __future__ import annotations

import io
import json
import shutil
import stat
from typing import TYPE_CHECKING
from unittest import mock

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_src.commands.check_report import check_sheet
from site_src.files.workbooks import SHEET_TITLE_MAX
from site_src.problems import Place, Problem, Problems, Severity, Topic
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import Area, Sheet
from tests.support.annex_formats import ods, text, xls, xlsx
from tests.support.annex_table import CHIOS, HEADER, THIRA, TITLE, sheet_of
from tests.support.small_site import ROWS
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from tests.support.small_site import SmallSite

BAD = (*ROWS, "12;=Δήμος Πάρου;;paros@dimos.example;")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Return the path of the report."""
    return tmp_path / "problems.xlsx"


@pytest.mark.parametrize(
    ("language", "first", "comment"),
    [("en", "Problems", "error: "), ("el", "Προβλήματα", "σφάλμα: ")],
)
def test_the_report_shows_the_annex_with_its_mistakes(
    site: SmallSite, report: Path, language: str, first: str, comment: str
) -> None:
    """It speaks the language of check, names the file that it wrote, and its status is that of check."""
    site.write(BAD)
    run = site.run("check", f"--lang={language}", f"--report={report}")
    assert run.returncode == 1
    assert run.stdout.splitlines()[-1].endswith(str(report))
    book = openpyxl.load_workbook(report)
    assert book.sheetnames == [first, "annex.csv"]
    assert book["annex.csv"]["A6"].comment.text.startswith(comment)
    assert book["annex.csv"]["B6"].value == "=Δήμος Πάρου"
    assert book["annex.csv"]["B6"].data_type == "s"


@posix_only("Windows has no such modes")
def test_nobody_else_may_read_it(site: SmallSite, report: Path) -> None:
    """It holds the addresses, so the file is its owner's alone."""
    site.run("check", f"--report={report}")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_with_json_nothing_else_is_said(site: SmallSite, report: Path) -> None:
    """A program that reads the output gets the object alone, and the report is written beside it."""
    run = site.run("check", "--format=json", f"--report={report}")
    assert json.loads(run.stdout)["agencies"] == 4
    assert report.is_file()


def _write_precious(_: SmallSite, path: Path) -> None:
    path.write_bytes(b"precious")


def _write_book(_: SmallSite, path: Path) -> None:
    openpyxl.Workbook().save(path)


def _write_annex(site: SmallSite, path: Path) -> None:
    site.run("new", "--template", str(path))


def _edit_report(site: SmallSite, path: Path) -> None:
    """As Excel saves a report to which somebody has added notes."""
    site.run("check", f"--report={path}")
    book = openpyxl.load_workbook(path)
    book.properties.lastModifiedBy = "Υπάλληλος"
    book.save(path)


@pytest.mark.parametrize("write", [_write_precious, _write_book, _write_annex, _edit_report])
def test_a_file_that_is_there_stays(site: SmallSite, report: Path, write: Callable[[SmallSite, Path], None]) -> None:
    """No existing file is overwritten, even an annex that Thyrida began or a report that somebody changed since."""
    write(site, report)
    before = report.read_bytes()
    run = site.run("check", f"--report={report}")
    assert (run.returncode, report.read_bytes()) == (2, before)
    assert "is there already" in run.stderr
    assert "hint: delete it" in run.stderr


@posix_only("Windows has no such modes")
def test_the_next_report_replaces_the_last(site: SmallSite, report: Path) -> None:
    """The command can be repeated after each correction; the new report is its owner's alone again."""
    site.write(BAD)
    site.run("check", f"--report={report}")
    assert openpyxl.load_workbook(report)["Problems"]["A4"].value == 1
    site.write()
    assert site.run("check", f"--report={report}").returncode == 0
    assert openpyxl.load_workbook(report)["Problems"]["A1"].value.startswith("Nothing is wrong.")
    assert (stat.S_IMODE(report.stat().st_mode), [*report.parent.glob("*.xlsx*")]) == (0o600, [report])


@pytest.mark.parametrize(
    ("lock", "language", "says"),
    [
        ("~$problems.xlsx", "en", "error: Excel has "),
        (".~lock.problems.xlsx#", "en", "error: LibreOffice has "),
        ("", "en", "error: another program, such as Excel, has "),
        ("~$problems.xlsx", "el", "σφάλμα: το Excel έχει ανοικτό το αρχείο "),
        ("", "el", "σφάλμα: κάποιο άλλο πρόγραμμα, όπως το Excel, έχει ανοικτό το αρχείο "),
    ],
)
def test_a_report_that_is_open_stays(site: SmallSite, report: Path, lock: str, language: str, says: str) -> None:
    """Windows replaces no file that Excel has open: the program is named first, and the old report is whole."""
    site.run("check", f"--report={report}")
    before = report.read_bytes()
    if lock:
        report.with_name(lock).write_bytes(b"")
    with mock.patch("site_src.files.private.move", side_effect=PermissionError(13, "denied", str(report))):
        run = site.run("check", f"--report={report}", f"--lang={language}")
    assert (run.returncode, report.read_bytes()) == (3, before)
    assert run.stderr.splitlines()[0].startswith(says)
    assert [path.name for path in report.parent.glob("problems*")] == [report.name]


@pytest.mark.parametrize(
    "place",
    [
        "dist/problems.xlsx",
        "dist/files/problems.xlsx",
        pytest.param("link/problems.xlsx", marks=posix_only("a link needs a right of its own on Windows")),
    ],
)
def test_it_never_lies_in_the_site(site: SmallSite, tmp_path: Path, place: str) -> None:
    """A file in the site is published; a link into it counts as it."""
    (tmp_path / "dist" / "files").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "dist")
    run = site.run("check", f"--report={tmp_path / place}")
    assert run.returncode == 2
    assert "lies in the site" in run.stderr
    assert list(tmp_path.rglob("*.xlsx")) == []


@pytest.mark.parametrize(
    ("name", "says"), [("problems.xls", "does not end in .xlsx"), ("nowhere/problems.xlsx", "there is no folder")]
)
def test_a_path_that_cannot_be_meant(site: SmallSite, tmp_path: Path, name: str, says: str) -> None:
    """Wrong usage is told before the annex is read."""
    run = site.run("check", f"--report={tmp_path / name}")
    assert run.returncode == 2
    assert says in run.stderr


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "a report shows the annex of one campaign"), ("el", "η αναφορά δείχνει το παράρτημα μίας αποστολής")],
)
def test_with_several_campaigns_it_is_of_one(site: SmallSite, report: Path, language: str, says: str) -> None:
    """The campaigns are named; with one of them the report is that one's, and its places tell so."""
    site.write(BAD)
    shutil.copytree(site.campaign, site.folders.content / "2021-05")
    run = site.run("check", f"--report={report}", f"--lang={language}")
    assert run.returncode == 2
    assert says in run.stderr
    assert "2020-11, 2021-05" in run.stderr
    assert site.run("check", "2021-05", f"--report={report}").returncode == 1
    place = openpyxl.load_workbook(report)["Problems"]["C4"]
    assert (place.value, place.hyperlink.location) == ("2021-05/annex.csv, A6", "'annex.csv'!A6")


@pytest.mark.parametrize("broken", ["annex.csv", "campaign.toml"])
def test_a_file_that_cannot_be_read_is_listed(site: SmallSite, report: Path, broken: str) -> None:
    """The report is written all the same: it lists the mistake, and shows what there is."""
    (site.campaign / broken).write_bytes(b"\0\x01")
    assert site.run("check", f"--report={report}").returncode == 1
    book = openpyxl.load_workbook(report)
    assert str(book["Problems"]["C4"].value).startswith(broken)


FORMATS: dict[str, Callable[..., bytes]] = {"annex.xlsx": xlsx, "annex.xls": xls, "annex.ods": ods, "annex.csv": text}
ANNEX = "annex.xlsx"


def _problem(cell: str, *, severity: Severity = Severity.ERROR, sheet: str = TITLE, file: str = ANNEX) -> Problem:
    at = Place(file, sheet, cell)
    return Problem(severity=severity, topic=Topic.EMAIL, message="not good", hint="mend it", at=at, value="=x\u200b")


def _book(sheets: list[Sheet], problems: list[Problem], annex: str = ANNEX) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(check_sheet(sheets, problems, annex)))


def _look(sheet: Worksheet, cell: str) -> tuple[str, bool, bool, str]:
    """A cell's colour, whether it is bold, whether italic, and its comment."""
    found = sheet[cell]
    comment = found.comment.text if found.comment else ""
    return str(found.fill.fgColor.rgb)[2:], bool(found.font.b), bool(found.font.i), comment


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_shown_as_it_displays(tmp_path: Path, name: str) -> None:
    """Every value of every cell comes again in its place, user names with their zeros, whatever the file was."""
    (tmp_path / name).write_bytes(FORMATS[name]((HEADER, THIRA, CHIOS)))
    sheets = read_sheets(tmp_path / name, Problems())
    title = sheets[0].title
    book = _book(list(sheets), [_problem("E2", sheet=title, file=name)], name)
    shown = book[title or name]
    assert [[cell.value or "" for cell in row] for row in shown.iter_rows()] == [list(HEADER), list(THIRA), list(CHIOS)]
    assert _look(shown, "E2")[0] == "FFC7CE"
    assert shown["B2"].data_type == "s"


def test_errors_and_warnings_differ_and_not_by_colour_alone() -> None:
    """An error is bold, a warning italic; a cell with both is an error; the rest is plain and without comment."""
    both = [_problem("A1", severity=Severity.WARNING), _problem("A1"), _problem("B1", severity=Severity.WARNING)]
    sheet = _book([sheet_of(("a", "b", "c"))], both)[TITLE]
    (red, *bold), (yellow, *italic) = (_look(sheet, cell)[:3] for cell in ("A1", "B1"))
    assert (bold, italic) == ([True, False], [False, True])
    assert red != yellow
    assert _look(sheet, "C1")[1:] == (False, False, "")


def test_a_comment_says_what_is_wrong_and_what_to_do() -> None:
    """All problems of a cell stand in its comment, with what cannot be seen in its value."""
    told = _look(_book([sheet_of(("a",))], [_problem("A1"), _problem("A1", severity=Severity.WARNING)])[TITLE], "A1")[3]
    lines = [r'error: "=x\u200b": not good', "  hint: mend it", "", r'warning: "=x\u200b": not good', "  hint: mend it"]
    assert told.splitlines() == lines


def test_an_empty_cell_is_marked_too() -> None:
    """A missing thing has a place, though nothing is there."""
    assert _look(_book([sheet_of(("a",))], [_problem("C7")])[TITLE], "C7")[0] == "FFC7CE"


def test_a_merged_cell_is_marked_where_it_begins() -> None:
    """A problem in a row that a merged cell spans leads to the cell that people see."""
    book = _book([sheet_of(("a",), ("",), ("b",), merges=(Area(1, 1, 2, 1),))], [_problem("A2")])
    assert _look(book[TITLE], "A1")[3]
    assert book[TITLE]["A2"].value is None
    assert book["Problems"]["C4"].hyperlink.location == f"'{TITLE}'!A1"


def test_a_title_widens_no_column() -> None:
    """A column is as wide as its values; a title or a group's name is shown over the empty cells beside it."""
    long = "ΠΑΡΑΡΤΗΜΑ " * 8
    merged = Area(2, 1, 2, 3)
    sheet = _book([sheet_of((long,), (long,), ("1", "ab", "c" * 20), merges=(merged,))], [])[TITLE]
    assert [round(sheet.column_dimensions[letter].width) for letter in "ABC"] == [8, 8, 20]


def test_the_first_sheet_lists_all() -> None:
    """Every problem has a row with weight, place, value, message and hint; the place leads to the cell, if any."""
    other = _problem("deadline", sheet="", file="campaign.toml")
    sheet = _book([sheet_of(("a",))], [other, _problem("A1")]).worksheets[0]
    assert sheet.title == "Problems"
    assert sheet["A1"].value.startswith("2 errors. ")
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert rows[0] == (None, "Weight", "Place", "Value", "What is wrong", "What to do")
    assert rows[1] == (1, "error", "campaign.toml, deadline", r"=x\u200b", "not good", "mend it")
    assert rows[2][2] == f"{ANNEX}, {TITLE}!A1"
    assert sheet["C4"].hyperlink is None
    assert sheet["C5"].hyperlink.location == f"'{TITLE}'!A1"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A4", "A3:F5")


def test_nothing_wrong_is_a_report_too() -> None:
    """The annex is shown without a mark, and the first sheet says so."""
    book = _book([sheet_of(("a",))], [])
    assert book["Problems"]["A1"].value.startswith("Nothing is wrong.")
    assert _look(book[TITLE], "A1")[3] == ""


def test_formulas_are_texts() -> None:
    """A cell of the annex or a value that looks like a formula is one nowhere in the report."""
    book = _book([sheet_of(("=1+1", "@x", "+30"))], [_problem("A1")])
    cells = [*next(book[TITLE].iter_rows()), book["Problems"]["D4"]]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)] * 4


def test_sheets_get_titles_that_excel_takes() -> None:
    """Long, forbidden and doubled titles are changed, and the links follow."""
    titles = ["Problems", "problems", "α/β:γ", "'O'", "x" * 40, "x" * 41]
    sheets = [sheet_of(("a",), title=title) for title in titles]
    book = _book(sheets, [_problem("A1", sheet="x" * 41), _problem("A1", sheet="'O'")])
    names = book.sheetnames
    assert names == ["Problems", "Problems1", "problems2", "α_β_γ", "O", "x" * 28, "x" * 28 + "1"]
    assert max(map(len, names)) <= SHEET_TITLE_MAX
    assert [book.worksheets[0][f"C{row}"].hyperlink.location for row in (4, 5)] == [f"'{names[6]}'!A1", "'O'!A1"]


@settings(max_examples=30)  # each writes a workbook and reads it back; what a cell may hold other tests try
@given(st.text(max_size=8), st.text(max_size=20), st.from_regex(r"[A-Z]{1,4}[0-9]{1,9}", fullmatch=True))
def test_any_annex_makes_a_file_that_opens(title: str, value: str, cell: str) -> None:
    """No title, value or place makes the report fail, nor a file that cannot be read again."""
    book = _book([sheet_of((value,), title=title)], [_problem(cell, sheet=title)])
    assert len(book.worksheets) == 2
