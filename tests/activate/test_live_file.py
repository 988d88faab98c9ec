from __future__ import annotations

import ctypes
import os
import stat
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_src.activate import live_file
from site_src.activate.live_file import look, look_at_live, refuse_open_folders, replace_live, unknown_hashes
from site_src.files.htpasswd import KINDS, hash_code, hash_of
from site_src.problems import MachineError, UsageError
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = posix_only("Windows has no such owners, modes and links")

# A folder's access list that each new file in it would take over: owner rwx, user 12345 r--, group r-x, mask, others.
ENTRIES = ((1, 7, -1), (2, 4, 12345), (4, 5, -1), (16, 5, -1), (32, 5, -1))
INHERITED = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in ENTRIES)


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """A password file in a folder of its own."""
    path = tmp_path / "etc" / "htpasswd"
    path.parent.mkdir(mode=0o755)
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the code take its user for root, whoever runs the tests."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def nothing() -> None:
    """Keep nothing."""


def planting(target: Path, *, by: Callable[[Path], object]) -> Callable[[], None]:
    """Let somebody put another thing in the place of ``target`` while files are kept."""

    def plant() -> None:
        target.unlink()
        by(target)

    return plant


def test_it_is_replaced_as_it_was(live: Path) -> None:
    """The new file has the old one's mode and owner, and nothing else is in the folder."""
    before = live.stat()
    replace_live(look_at_live(live), b"new", nothing)
    after = live.stat()
    assert live.read_bytes() == b"new"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert [path.name for path in live.parent.iterdir()] == ["htpasswd"]


@pytest.mark.parametrize(
    "by",
    [lambda path: path.write_bytes(b"theirs"), lambda path: path.symlink_to("/etc/passwd"), lambda path: path.mkdir()],
    ids=["file", "link", "folder"],
)
def test_what_took_the_live_files_place_meanwhile_stays(live: Path, by: Callable[[Path], object]) -> None:
    """A file, link or folder that somebody put there after it was looked at is not overwritten."""
    with pytest.raises((MachineError, UsageError)):
        replace_live(look_at_live(live), b"new", planting(live, by=by))
    assert live.is_symlink() or live.is_dir() or live.read_bytes() == b"theirs"
    assert [path.name for path in live.parent.iterdir()] == ["htpasswd"]


@pytest.mark.parametrize("change", ["bytes", "mode"])
def test_a_live_file_changed_in_place_meanwhile_stays(live: Path, change: str) -> None:
    """Somebody who adds a user, or closes the file, in the last moment loses nothing."""

    def alter() -> None:
        if change == "mode":
            live.chmod(0o600)
        else:
            live.write_bytes(b"old and theirs")

    with pytest.raises(MachineError, match="changed by somebody else"):
        replace_live(look_at_live(live), b"new", alter)
    assert live.read_bytes().startswith(b"old")


@pytest.mark.parametrize(
    "by",
    [
        lambda path: path.write_bytes(b"theirs"),
        lambda path: path.write_bytes(b"new"),
        lambda path: path.symlink_to("x"),
    ],
    ids=["other bytes", "the same bytes", "link"],
)
def test_a_draft_that_was_exchanged_is_noticed(live: Path, by: Callable[[Path], object]) -> None:
    """The file in its place is compared with what was written, by inode and by bytes."""
    draft = live.with_name(".htpasswd.new")
    with pytest.raises(MachineError, match="not the file that was just put there"):
        replace_live(look_at_live(live), b"new", planting(draft, by=by))


def test_a_link_in_the_place_of_the_draft_is_not_written_through(live: Path, tmp_path: Path) -> None:
    """A link that lies there beforehand is taken away, and what it names stays as it is."""
    other = tmp_path / "other"
    other.write_bytes(b"other")
    live.with_name(".htpasswd.new").symlink_to(other)
    replace_live(look_at_live(live), b"new", nothing)
    assert (live.read_bytes(), other.read_bytes()) == (b"new", b"other")


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="this system has no extended attributes")
def test_the_folders_own_access_list_is_not_inherited(live: Path) -> None:
    """A folder that gives new files an access list opens the password file to nobody else."""
    try:
        os.setxattr(live.parent, "system.posix_acl_default", INHERITED)
    except OSError:
        pytest.skip("this file system keeps no access lists")
    replace_live(look_at_live(live), b"new", nothing)
    assert os.listxattr(live) == []
    assert stat.S_IMODE(live.stat().st_mode) == 0o640


def test_only_a_plain_file_is_looked_at(tmp_path: Path) -> None:
    """A folder, a link, a pipe (which is not waited for) and a device are refused."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    for path in (tmp_path, tmp_path / "link", tmp_path / "pipe"):
        with pytest.raises(UsageError, match=r"is a link|not a plain file"):
            look(path)


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("above", [False, True], ids=["its folder", "a folder above"])
@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777])
def test_root_refuses_a_folder_that_others_may_write(live: Path, mode: int, *, above: bool) -> None:
    """The error names the folder, and its command, when it is run, lets the file be looked at."""
    folder = live.parent.parent if above else live.parent
    folder.chmod(mode)
    with pytest.raises(MachineError, match="other users than root may write") as caught:
        look_at_live(live)
    command = caught.value.hint.partition("   ")[0].split(" && ")[-1]  # the part that any owner may run
    assert command == f"chmod go-w {folder}"
    subprocess.run(command.split(), check=True)
    refuse_open_folders(folder, must_be_roots=False)


@pytest.mark.usefixtures("as_root")
def test_root_trusts_a_folder_like_tmp_only_above(live: Path) -> None:
    """In a folder with the sticky bit nobody renames a folder of root's, but anybody may put a file beside one."""
    live.parent.parent.chmod(0o1777)
    refuse_open_folders(live.parent, must_be_roots=False)
    live.parent.chmod(0o1777)
    with pytest.raises(MachineError, match="other users than root may write"):
        refuse_open_folders(live.parent, must_be_roots=False)


@pytest.mark.usefixtures("as_root")
def test_root_refuses_a_folder_of_another_user(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its owner could rename anything there, whatever its mode; the command gives it to root."""
    monkeypatch.setattr("site_src.activate.live_file.ROOT_USER", live.parent.stat().st_uid + 1)
    monkeypatch.setattr(os, "geteuid", lambda: live.parent.stat().st_uid + 1)
    with pytest.raises(MachineError, match="other users than root may write") as caught:
        look_at_live(live)
    assert caught.value.hint.startswith("chown root ")
    assert str(live.parent) in caught.value.hint


def test_another_user_than_root_may_have_any_folder(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's own user may swap its file in its own folder: there is nothing to refuse."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    live.parent.chmod(0o777)
    assert look_at_live(live).content == b"old"


HASHES = [hash_of(hash_code(bytes(16), "012345678901", "CDFJ-LQRS", kind)) for kind in KINDS]

# What a crypt(3) without a kind answers: glibc 2.17 and later nothing, libxcrypt a failure token, older glibc DES.
ANSWERS = {"glibc": None, "libxcrypt": b"*0", "old glibc": b"$2K1eo6Ub5DxY"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux is asked")
def test_this_machine_knows_both_kinds() -> None:
    """The libcrypt of a current Linux takes bcrypt and SHA-512 alike."""
    assert unknown_hashes(HASHES) == ()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_libcrypt_without_bcrypt_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash that it does not know is noticed by any answer; the other kind is known, and no hash is tried twice."""
    asked = []

    def crypt(_: bytes, hashed: bytes) -> bytes | None:
        asked.append(hashed)
        return ANSWERS[name] if hashed.startswith(b"$2y$") else hashed

    monkeypatch.setattr(live_file, "_find_crypt", lambda: crypt)
    assert unknown_hashes([*HASHES, *HASHES]) == (b"$2y$",)
    assert len(asked) == len(HASHES)


def test_where_there_is_no_libcrypt_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's files are then made on another machine, or it is Windows."""

    def refuse(_: str | None) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    assert unknown_hashes(HASHES) == ()
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", "win32")
    assert unknown_hashes(HASHES) == ()


def test_hashes_that_no_crypt_reads_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old lines without a ``$``, which others made, are the servers' own affair."""
    monkeypatch.setattr(live_file, "_find_crypt", lambda: pytest.fail)
    assert unknown_hashes([b"", b"{SHA}abc=", b"rqXexS6ZhobKA"]) == ()
