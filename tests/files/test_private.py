from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from site_src.files import private
from site_src.files.private import (
    KEY_NAME,
    STAGED_ENDING,
    check_private,
    make_private_folder,
    put_private,
    write_private,
)
from site_src.plan.keys import KEY_BYTES
from site_src.problems import MachineError, UsageError
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = bytes(range(KEY_BYTES))

pytestmark = posix_only("Windows has no such file modes")


def mode(path: Path) -> int:
    """The permission bits of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_is_made_is_closed_from_the_beginning(mask: int, umask: Callable[[int], int], tmp_path: Path) -> None:
    """Folders are 0700 and files 0600 whatever the umask allows."""
    umask(mask)
    make_private_folder(tmp_path / "private")
    write_private(tmp_path / "private" / KEY_NAME, SECRET)
    assert (mode(tmp_path / "private"), mode(tmp_path / "private" / KEY_NAME)) == (0o700, 0o600)
    assert (tmp_path / "private" / KEY_NAME).read_bytes() == SECRET


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """Making the folder twice is no mistake."""
    make_private_folder(tmp_path / "private")
    (tmp_path / "private" / "x").touch()
    make_private_folder(tmp_path / "private")
    assert (tmp_path / "private" / "x").exists()


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    """A key that is there stays: writing over it is refused."""
    write_private(tmp_path / KEY_NAME, SECRET)
    with pytest.raises(FileExistsError):
        write_private(tmp_path / KEY_NAME, b"other")
    assert (tmp_path / KEY_NAME).read_bytes() == SECRET


@pytest.mark.parametrize("target_exists", [True, False])
def test_a_symbolic_link_is_not_written_through(tmp_path: Path, *, target_exists: bool) -> None:
    """A link in the place where a secret is to be written does not receive the secret."""
    target = tmp_path / "elsewhere"
    if target_exists:
        target.write_bytes(b"old")
    (tmp_path / KEY_NAME).symlink_to(target)
    with pytest.raises(FileExistsError):
        write_private(tmp_path / KEY_NAME, SECRET)
    assert (target.read_bytes() == b"old") if target_exists else not target.exists()


def test_no_folder_yet_is_nothing_to_check(tmp_path: Path) -> None:
    """Before the first build there is nothing to close, and the check makes nothing."""
    check_private(tmp_path / "private")
    assert list(tmp_path.iterdir()) == []


def test_an_open_folder_without_keys_is_closed(tmp_path: Path) -> None:
    """A folder that staff made with the usual modes, for the password file, is closed with everything in it."""
    private = tmp_path / "private"
    (private / "server").mkdir(parents=True)
    (private / "server" / "nginx.conf").write_bytes(b"")
    for path, bits in ((private, 0o755), (private / "server", 0o777)):
        path.chmod(bits)
    (private / "current.htpasswd").write_bytes(b"")
    (private / "current.htpasswd").chmod(0o644)
    check_private(private)
    assert [mode(path) for path in (private, private / "server", private / "current.htpasswd")] == [0o700, 0o700, 0o600]


def test_what_a_killed_first_build_left_is_taken_up(tmp_path: Path) -> None:
    """Folders that hold nothing, staged files or litter are ours; with one plain file in them they are not."""
    private = tmp_path / "private"
    (private / "2020-11").mkdir(parents=True)
    (private / "server").mkdir()
    (private / "server" / "nginx.conf.new").touch()
    (private / "desktop.ini").touch()
    check_private(private)
    assert mode(private) == 0o700
    (private / "2020-11" / "letter.docx").touch()
    with pytest.raises(UsageError, match="it holds 2020-11"):
        check_private(private)


def test_a_folder_that_serves_something_else_keeps_its_rights(tmp_path: Path) -> None:
    """A folder of programs and papers given as private folder is refused, and nothing in it is closed."""
    private = tmp_path / "home"
    (private / "bin").mkdir(parents=True)
    (private / "bin" / "tool").write_bytes(b"")
    for path in (private, private / "bin", private / "bin" / "tool"):
        path.chmod(0o755)
    with pytest.raises(UsageError, match="it holds bin"):
        check_private(private)
    assert {mode(path) for path in (private, private / "bin", private / "bin" / "tool")} == {0o755}


@pytest.mark.parametrize("bits", [0o755, 0o750, 0o701, 0o770])
def test_a_folder_that_showed_keys_to_others_is_refused(bits: int, tmp_path: Path) -> None:
    """Keys that others could read may be known: the build stops and names the command that closes the folder."""
    private = tmp_path / "private"
    (private / "2020-11").mkdir(parents=True)
    write_private(private / "2020-11" / KEY_NAME, SECRET)
    private.chmod(bits)
    with pytest.raises(MachineError) as caught:
        check_private(private)
    assert f"chmod 700 '{private}'" in caught.value.hint
    assert mode(private) == bits


def test_a_closed_folder_may_hold_open_files(tmp_path: Path) -> None:
    """Nobody could reach them; they are closed without a word."""
    private = tmp_path / "private"
    (private / "2020-11").mkdir(parents=True)
    private.chmod(0o700)
    (private / "2020-11" / KEY_NAME).write_bytes(SECRET)
    check_private(private)
    assert mode(private / "2020-11" / KEY_NAME) == 0o600


def test_what_a_link_points_to_keeps_its_mode(tmp_path: Path) -> None:
    """Links are not followed: a file outside is none of ours, and a link to nowhere is no failure."""
    private, outside = tmp_path / "private", tmp_path / "outside"
    private.mkdir(mode=0o700)
    outside.mkdir()
    (outside / "file").write_bytes(b"")
    for path in (outside, outside / "file"):
        path.chmod(0o755)
    (private / "server").mkdir()
    (private / "server" / "nginx.conf").write_bytes(b"")
    (private / "folder").symlink_to(outside)
    (private / "file").symlink_to(outside / "file")
    (private / "nowhere").symlink_to(outside / "none")
    check_private(private)
    assert (mode(outside), mode(outside / "file")) == (0o755, 0o755)


def test_files_are_put_together_or_not_at_all(tmp_path: Path) -> None:
    """Drafts of a killed command are written over; where one file cannot be written the others stay as they were."""
    first, second = tmp_path / "first", tmp_path / "second"
    draft = first.with_name(first.name + STAGED_ENDING)
    draft.write_bytes(b"of a killed command")
    put_private({first: b"1", second: b"2"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"first": b"1", "second": b"2"}
    with pytest.raises(FileNotFoundError):
        put_private({first: b"3", tmp_path / "none" / "third": b"4"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"first": b"1", "second": b"2"}


def test_a_file_that_another_program_holds_keeps_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook that is open in Excel: the page beside it stays as it was too, and a new file goes again."""
    page, new, sheet = (tmp_path / name for name in ("report.html", "new", "report.xlsx"))
    put_private({page: b"old", sheet: b"old"})

    def refuse(draft: Path, target: Path) -> None:
        if target == sheet:
            raise PermissionError(13, "Permission denied", str(draft), None, str(target))
        draft.replace(target)

    monkeypatch.setattr(private, "move", refuse)
    with pytest.raises(PermissionError):
        put_private({page: b"new", new: b"new", sheet: b"new"})
    assert sorted(tmp_path.iterdir()) == [page, sheet]
    assert (page.read_bytes(), sheet.read_bytes()) == (b"old", b"old")
