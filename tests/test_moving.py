from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from site_src import moving
from site_src.moving import move

if TYPE_CHECKING:
    from pathlib import Path

SHARING_VIOLATION = 32  # winerror.h


class HeldError(PermissionError):
    """As Windows refuses; only there has the exception a number of the system's own."""

    winerror = SHARING_VIOLATION


class Scanner:
    """A program that looks at what is new: the first so many renames are refused."""

    def __init__(self, times: int) -> None:
        self.left = times
        self._replace = os.replace

    def __call__(self, source: Path, target: Path) -> None:
        """Rename, or refuse as Windows does."""
        self.left -= 1
        if self.left >= 0:
            raise HeldError(13, "Permission denied", str(source), None, str(target))
        self._replace(source, target)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits."""
    monkeypatch.setattr(moving, "WAITS", (0, 0))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What is to be moved."""
    path = tmp_path / "source"
    path.write_bytes(b"new")
    return path


def test_a_file_takes_the_place_of_another(source: Path, tmp_path: Path) -> None:
    """The old file gives way; a missing one is told at once."""
    target = tmp_path / "target"
    target.write_bytes(b"old")
    move(source, target)
    assert target.read_bytes() == b"new"
    with pytest.raises(FileNotFoundError):
        move(source, target)


def test_a_glance_of_another_program_passes(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a virus scanner holds for a moment is moved when it lets go."""
    monkeypatch.setattr(os, "replace", Scanner(2))
    move(source, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"new"


def test_what_stays_held_is_told(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that is open in Excel is refused after some tries, and nothing has changed."""
    monkeypatch.setattr(os, "replace", Scanner(3))
    with pytest.raises(HeldError):
        move(source, tmp_path / "target")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_another_reason_is_told_at_once(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be written into is not tried again."""
    tries = []

    def refuse(*_: object) -> None:
        tries.append(1)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        move(source, tmp_path / "target")
    assert tries == [1]
