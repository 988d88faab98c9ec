"""A walk through a folder sees everything, or says that it cannot."""

from __future__ import annotations

import os
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pytest

from site_src.files.walk import all_below, files_below, in_order
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path


@posix_only("a link needs a right of its own on Windows")
def test_everything_comes_in_the_order_of_paths(tmp_path: Path) -> None:
    """Files and folders, hidden and empty ones too; a link is named and not followed."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / ".hidden").touch()
    (tmp_path / "a").touch()
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    found = [path.relative_to(tmp_path).as_posix() for path in all_below(tmp_path)]
    assert found == ["a", "b", "b/.hidden", "b/c", "link"]


@posix_only("a link needs a right of its own on Windows")
def test_files_come_by_their_paths_from_the_folder(tmp_path: Path) -> None:
    """A folder's own files come before those of its folders; empty folders have none; a link is a file."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "b").mkdir()
    for name in ("z", "b/.hidden", "b/c/file", "b/b/file", "b/d"):
        (tmp_path / name).touch()
    (tmp_path / "b" / "a").symlink_to(tmp_path / "b" / "c", target_is_directory=True)
    assert list(files_below(tmp_path)) == ["z", "b/.hidden", "b/a", "b/d", "b/b/file", "b/c/file"]


def test_paths_come_in_the_same_order_on_every_machine() -> None:
    """Capitals come before small letters on Windows too, and an accent that stands by itself moves no name."""
    names = ["B.pdf", "a.pdf", "έ.pdf", "α.pdf"]
    apart = [unicodedata.normalize("NFD", name) for name in names]
    assert [path.name for path in in_order(map(PureWindowsPath, sorted(names, key=str.casefold)))] == names
    assert [path.name for path in in_order(map(PurePosixPath, sorted(apart)))] == apart


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is passed over in silence, as the scan for leaks would never know."""
    (tmp_path / "closed").mkdir()
    looking = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return looking(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PermissionError):
        all_below(tmp_path)
    with pytest.raises(PermissionError):
        list(files_below(tmp_path))
