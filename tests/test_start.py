"""A double-click starts start.command, which runs here, or start.cmd, which runs by hand on Windows (tests/windows)."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.small_site import ROOT
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path


def write_python(path: Path, version: int) -> None:
    """Write a program that answers as Python 3 of this minor version does, and prints what it is to run."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\nif [ "$1" = -c ]; then [ {version} -ge 11 ]; else echo "3.{version}:" "$@"; fi\n')
    path.chmod(stat.S_IRWXU)


@pytest.fixture
def double_click(tmp_path: Path) -> Path:
    """The file as it is, but with a folder of the test's own among the usual ones, and no other."""
    text = (ROOT / "start.command").read_text(encoding="utf-8")
    usual = text[text.index("/Library/") : text.index("; do\n        if [ -x")]
    copy = tmp_path / "start.command"
    copy.write_text(text.replace(usual, str(tmp_path / "usual" / "python3")), encoding="utf-8")
    shutil.copymode(ROOT / "start.command", copy)
    return copy


def run(file: Path, *, on_path: Path) -> subprocess.CompletedProcess[str]:
    """Run the file as a desktop does, with no terminal and only these programs and the system's."""
    for name in ("dirname", "cat", "uname"):
        if not (on_path / name).exists():
            on_path.mkdir(exist_ok=True)
            (on_path / name).symlink_to(str(shutil.which(name)))
    environment = {**os.environ, "PATH": str(on_path)}
    return subprocess.run(
        [shutil.which("sh") or "sh", str(file)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@posix_only("the stand-in for Python is a shell script")
def test_it_starts_the_preview_with_the_python_of_the_path(double_click: Path, tmp_path: Path) -> None:
    """The first Python that is new enough runs the preview, and the window then says what to type."""
    write_python(tmp_path / "path" / "python3", 13)
    done = run(double_click, on_path=tmp_path / "path")
    assert "3.13: build.py serve\n" in done.stdout
    assert "build.py check" in done.stdout
    assert done.returncode == 0


@posix_only("the stand-in for Python is a shell script")
def test_an_old_python_gives_way_to_a_new_one_elsewhere(double_click: Path, tmp_path: Path) -> None:
    """A Python that is too old is passed over for one in the folders where installers put theirs."""
    write_python(tmp_path / "path" / "python3", 9)
    write_python(tmp_path / "usual" / "python3", 12)
    assert "3.12: build.py serve\n" in run(double_click, on_path=tmp_path / "path").stdout


@posix_only("the stand-in for Python is a shell script")
@pytest.mark.parametrize("version", [None, 10])
def test_without_python_it_says_where_to_get_it(double_click: Path, tmp_path: Path, version: int | None) -> None:
    """No Python, or an old one alone: Greek and English say what is needed and where it is, and nothing runs."""
    if version:
        write_python(tmp_path / "path" / "python3", version)
    done = run(double_click, on_path=tmp_path / "path")
    assert done.stdout.count("https://www.python.org/downloads/") == 2
    assert "build.py" not in done.stdout
    assert done.returncode == 3


def test_windows_reads_its_file_as_it_must() -> None:
    """cmd.exe needs CRLF, and no mark of UTF-8 before the first command; both files say the same and need the same."""
    windows = (ROOT / "start.cmd").read_bytes()
    assert windows.startswith(b"@echo off\r\n")
    assert windows.count(b"\n") == windows.count(b"\r\n")
    other = (ROOT / "start.command").read_text(encoding="utf-8")
    for text in ("sys.version_info < (3, 11)", "Χρειάζεται η Python 3.11 ή νεότερη", "build.py serve"):
        assert text in windows.decode()
        assert text in other
    assert [len(windows.split(b"\r\n:%s\r\n" % label)) for label in (b"look", b"try", b"missing")] == [2, 2, 2]
