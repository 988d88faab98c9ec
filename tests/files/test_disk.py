from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from site_src.files import disk
from site_src.files.disk import PATIENCE, call_linux, lock_file, move, put, settle
from site_src.problems import MachineError

if TYPE_CHECKING:
    from collections.abc import Callable
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
    monkeypatch.setattr(disk, "WAITS", (0, 0))


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
    monkeypatch.setattr(disk, "call_linux", lambda *_: False)
    monkeypatch.setattr(disk, "sync", synced.append)
    settle(tmp_path)
    assert {source, tmp_path / "inner", tmp_path, *tmp_path.parents} == set(synced)


def test_a_call_that_the_system_does_not_have_is_not_made(tmp_path: Path) -> None:
    """An unknown call is answered with no; one that fails raises the system's own reason."""
    assert call_linux(tmp_path, "no_such_call") is False
    with pytest.raises(OSError, match="Bad file descriptor"):
        call_linux(tmp_path, "syncfs", -1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A lock file that nobody has made yet."""
    return tmp_path / ".lock"


@pytest.fixture
def at_the_first_wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen at the moment at which a command would wait."""

    def let(happen: Callable[[], object]) -> None:
        def wait(_: float) -> None:
            happen()

        monkeypatch.setattr("site_src.files.disk.time.sleep", wait)

    return let


def test_the_holder_is_named(path: Path) -> None:
    """Who comes second is told the process, its user and its machine."""
    with lock_file(path, path.parent):
        with (
            pytest.raises(MachineError, match=rf"at work with .*process {os.getpid()} of ") as caught,
            lock_file(path, path),
        ):
            pytest.fail("both hold it")
        assert getpass.getuser() in str(caught.value)
    with lock_file(path, path.parent):
        pass


def test_a_command_of_another_process_is_named_too(path: Path, root: Path) -> None:
    """The name comes from the file, not from this process."""
    script = (
        "import sys, pathlib\nfrom site_src.files.disk import lock_file\np = pathlib.Path(sys.argv[1])\n"
        "with lock_file(p, p):\n print('held', flush=True)\n sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(MachineError, match=f"process {other.pid} of"), lock_file(path, path):
            pytest.fail("both hold it")
        other.communicate("")
    with lock_file(path, path):
        pass


def test_it_waits_until_the_other_ends(path: Path, at_the_first_wait: Callable[..., None]) -> None:
    """With patience it says once whom it waits for, and goes on as soon as the other has ended."""
    told: list[str] = []
    with ExitStack() as other:
        other.enter_context(lock_file(path, path))
        at_the_first_wait(other.close)
        with lock_file(path, path, patience=PATIENCE, notify=told.append):
            pass
    (line,) = told
    assert "waiting for up to 10 minutes" in line
    assert str(os.getpid()) in line


def test_patience_ends(path: Path, at_the_first_wait: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten minutes it says who holds it."""
    clock = iter(range(0, 10_000, 60))
    monkeypatch.setattr("site_src.files.disk.time.monotonic", lambda: next(clock))
    waits: list[None] = []
    at_the_first_wait(lambda: waits.append(None))
    with (
        lock_file(path, path),
        pytest.raises(MachineError, match=f"process {os.getpid()}"),
        lock_file(path, path, patience=PATIENCE),
    ):
        pytest.fail("both hold it")
    assert len(waits) == 9


def test_a_file_that_was_taken_away_locks_nobody_in(path: Path, at_the_first_wait: Callable[..., None]) -> None:
    """A holder may remove its lock file: who waited on the old one does not hold beside who made a new one."""
    with ExitStack() as first, ExitStack() as third:
        first.enter_context(lock_file(path, path))

        def exchange() -> None:
            path.unlink()
            third.enter_context(lock_file(path, path))
            first.close()
            at_the_first_wait(third.close)

        at_the_first_wait(exchange)
        with lock_file(path, path, patience=PATIENCE):
            assert json.loads(path.read_bytes())["process"] == os.getpid()
            with pytest.raises(MachineError), lock_file(path, path):
                pytest.fail("both hold it")


def test_a_lock_without_a_name_is_told_without_one(path: Path) -> None:
    """Another version's lock file, or one that a full disk left empty, names nobody."""
    with lock_file(path, path):
        for note in (b"", b"{", b"[]", b"\xff", b'{"process": 1}'):
            path.write_bytes(note)
            with pytest.raises(MachineError, match=r'at work with "[^"]*"$'), lock_file(path, path):
                pytest.fail("both hold it")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_only_its_owner_may_read_it(path: Path) -> None:
    """The file names a user and a machine."""
    with lock_file(path, path):
        assert path.stat().st_mode & 0o777 == 0o600
