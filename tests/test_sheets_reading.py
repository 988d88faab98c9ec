from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.annex.sheets import package, reading
from site_src.annex.sheets.grid import UnreadableError
from site_src.annex.sheets.package import open_package
from site_src.annex.sheets.reading import read_sheets
from site_src.problems import MachineError, Place, Problems, Severity, Topic

if TYPE_CHECKING:
    from collections.abc import Callable


def zipped(**parts: bytes) -> bytes:
    """A ZIP of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"<"]),
    rest=st.binary(),
)
def test_any_bytes_give_sheets_or_one_error(start: bytes, rest: bytes, tmp_path: Path) -> None:
    """Whatever a file holds, there are sheets, or one error with a hint."""
    path = tmp_path / "annex.csv"
    path.write_bytes(start + rest)
    problems = Problems()
    sheets = read_sheets(path, problems)
    if not sheets:
        (problem,) = problems.all()
        assert (problem.severity, problem.topic, problem.at) == (Severity.ERROR, Topic.FILE, Place("annex.csv"))
        assert problem.hint


def test_a_missing_file_is_the_machines_failure(tmp_path: Path) -> None:
    """What the system does not give is no mistake of the inputs."""
    with pytest.raises(MachineError):
        read_sheets(tmp_path / "annex.xlsx", Problems())


def _make_pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes in folders")
    os.mkfifo(path)


@pytest.mark.parametrize(
    "make", [Path.mkdir, _make_pipe, lambda path: path.symlink_to(os.devnull)], ids=["folder", "pipe", "device"]
)
def test_only_a_file_is_read(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A folder, a pipe or a device that is called annex.csv is refused unopened, and nobody waits for it."""
    path = tmp_path / "annex.csv"
    make(path)
    problems = Problems()
    assert read_sheets(path, problems) == ()
    (problem,) = problems.all()
    assert "no file, but a folder, a device or a pipe" in problem.message


def test_a_giant_file_is_refused_unread(tmp_path: Path) -> None:
    """A sparse file costs no memory to refuse."""
    path = tmp_path / "annex.xlsx"
    with path.open("wb") as file:
        file.truncate(reading.FILE_MAX + 1)
    problems = Problems()
    assert read_sheets(path, problems) == ()
    assert "40 MB" in problems.all()[0].message


@pytest.mark.parametrize("ending", [".csv", ".CSV"])
def test_the_right_ending_is_no_matter(ending: str, tmp_path: Path) -> None:
    """Capitals in the ending are as good."""
    path = tmp_path / f"annex{ending}"
    path.write_text("a;b\n", encoding="utf-8")
    problems = Problems()
    assert read_sheets(path, problems)
    assert problems.all() == ()


def test_a_workbook_of_the_nineties_is_told_what_to_do(tmp_path: Path) -> None:
    """Excel 5 and older wrote no format that is read here: Excel itself can save it anew."""
    path = tmp_path / "annex.xls"
    path.write_bytes(b"\x09\x04\x06\x00 of Excel 4")
    problems = Problems()
    assert read_sheets(path, problems) == ()
    (problem,) = problems.all()
    assert problem.message == "this is a workbook of Excel 5 or older"
    assert problem.hint


def test_a_harmless_package_is_opened() -> None:
    """Parts that are no XML are let through."""
    archive = open_package(zipped(picture=b"\x89PNG\0", text=b"<?xml version='1.0' encoding='UTF-8'?><x/>"))
    assert archive.namelist() == ["picture", "text"]


@pytest.mark.parametrize(
    ("part", "word"),
    [
        (b"<!DOCTYPE x><x/>", "XML bomb"),
        (b"<?xml version='1.0' encoding='UTF-7'?><x/>", "XML bomb"),
        (b"\xff\xfe<\0x\0/\0>\0", "encoding"),
        (b"\0" * (package.SIZE_MAX + 1), "ZIP bomb"),
        (b"\0" * (20 * 2**20), "ZIP bomb"),
        (b"<sheetData>" + b"<row/>" * 200_001, "200,001 rows"),
        (b"<sheetData>" + b'<c r="A1">' * 600_001, "more than 600,000 filled cells"),
    ],
)
def test_hostile_parts_are_refused(part: bytes, word: str) -> None:
    """Definitions, odd encodings, bombs and crowds are told before a library sees them."""
    with pytest.raises(UnreadableError, match=word) as found:
        open_package(zipped(**{"sheet.xml": part}))
    assert found.value.hint


def test_many_parts_are_refused() -> None:
    """A ZIP may be a bomb by the number of its parts."""
    parts = {f"x{number}": b"" for number in range(package.PARTS_MAX + 1)}
    with pytest.raises(UnreadableError, match="ZIP bomb"):
        open_package(zipped(**parts))
