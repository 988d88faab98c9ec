from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.support.small_site import ROWS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.small_site import SmallSite

BAD = (*ROWS, "12;=Δήμος Πάρου;;paros@dimos.example;")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Where the report goes."""
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


def test_nobody_else_may_read_it(site: SmallSite, report: Path) -> None:
    """It holds the addresses, so the file is its owner's alone."""
    site.run("check", f"--report={report}")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_with_json_nothing_else_is_said(site: SmallSite, report: Path) -> None:
    """A program that reads the output gets the object alone, and the report is written beside it."""
    run = site.run("check", "--format=json", f"--report={report}")
    assert json.loads(run.stdout)["agencies"] == 4
    assert report.is_file()


def test_a_file_that_is_there_stays(site: SmallSite, report: Path) -> None:
    """Whatever it is: the report never takes the place of another file."""
    report.write_bytes(b"precious")
    run = site.run("check", f"--report={report}")
    assert (run.returncode, report.read_bytes()) == (2, b"precious")
    assert "is there already" in run.stderr
    assert "hint: delete it" in run.stderr


@pytest.mark.parametrize("place", ["dist/problems.xlsx", "dist/files/problems.xlsx", "link/problems.xlsx"])
def test_it_never_lies_in_the_site(site: SmallSite, tmp_path: Path, place: str) -> None:
    """What lies in the site is published; a link into it counts as it."""
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
