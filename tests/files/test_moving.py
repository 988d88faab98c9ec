from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from site_src.files import moving
from site_src.files.moving import call_linux, move, put, settle

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


def test_what_is_put_into_its_place_leaves_no_draft(tmp_path: Path) -> None:
    """A file of staff's is replaced as a whole."""
    path = tmp_path / "campaign.toml"
    path.write_bytes(b"old")
    put(path, b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("campaign.toml", b"new")]


def test_without_a_call_for_all_each_file_and_folder_is_synced(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a system that has no syncfs, nothing within the folder is left out, nor the names that lead to it."""
    synced: list[Path] = []
    (tmp_path / "inner").mkdir()
    monkeypatch.setattr(moving, "call_linux", lambda *_: False)
    monkeypatch.setattr(moving, "sync", synced.append)
    settle(tmp_path)
    assert {source, tmp_path / "inner", tmp_path, *tmp_path.parents} == set(synced)


def test_a_call_that_the_system_does_not_have_is_not_made(tmp_path: Path) -> None:
    """An unknown call is answered with no; one that fails raises the system's own reason."""
    assert call_linux(tmp_path, "no_such_call") is False
    with pytest.raises(OSError, match="Bad file descriptor"):
        call_linux(tmp_path, "syncfs", -1)
