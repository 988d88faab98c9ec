from __future__ import annotations

import errno
import getpass
import json
import os
import shutil
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_src.files import disk
from site_src.files.disk import (
    call_linux,
    fit_to_reader,
    is_closed_pipe,
    lock_file,
    move,
    put,
    remove_tree,
    settle,
    unquoted,
)
from site_src.problems import MachineError
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """Return a file that is to be moved."""
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
    """A file that a virus scanner holds for a moment is moved when it lets go."""
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


@posix_only("Windows has no such file modes")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_file_that_is_written_anew_stays_as_closed_as_it_was(
    mode: int, umask: Callable[[int], int], tmp_path: Path
) -> None:
    """A file that `new` has closed to others is not opened by the next change, nor the other way round."""
    umask(0o022)
    path = tmp_path / "campaign.toml"
    path.write_bytes(b"old")
    path.chmod(mode)
    put(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_what_is_put_into_its_place_leaves_no_draft(tmp_path: Path) -> None:
    """A file of staff's is replaced as a whole."""
    path = tmp_path / "campaign.toml"
    path.write_bytes(b"old")
    put(path, b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("campaign.toml", b"new")]


def test_a_file_that_another_program_holds_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of staff's that is open in an editor stays as it is, with nothing beside it."""
    path = tmp_path / "campaign.toml"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", Scanner(3))
    with pytest.raises(HeldError):
        put(path, b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("campaign.toml", b"old")]


def _refusing(closed: Path) -> Callable[[Path], None]:
    """Return a removal that refuses while somebody may not write to this file or folder."""
    remove = shutil.rmtree

    def refuse(folder: Path) -> None:
        if not closed.stat().st_mode & stat.S_IWUSR:
            raise PermissionError(13, "Permission denied", str(closed))
        remove(folder)

    return refuse


@pytest.mark.parametrize(("closed", "has_modes"), [("folder", True), ("folder/inner", True), ("folder/inner/a", False)])
def test_what_may_not_be_written_is_removed(
    closed: str,
    has_modes: bool,  # noqa: FBT001 (a case of the table)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Folders closed by their modes, and on Windows files with the attribute "read-only" too, are freed first."""
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "inner" / "a").touch()
    path = tmp_path / closed
    path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setattr(disk, "HAS_MODES", has_modes)
    monkeypatch.setattr(shutil, "rmtree", _refusing(path))
    remove_tree(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


@posix_only("a link needs a right of its own on Windows")
def test_what_a_link_leads_to_is_not_freed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is removed is freed: a folder elsewhere that a link names keeps its mode."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "elsewhere").mkdir(mode=0o500)
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "folder").chmod(0o500)
    monkeypatch.setattr(shutil, "rmtree", _refusing(tmp_path / "folder"))
    remove_tree(tmp_path / "folder")
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o500


def _piped(text: str, page: int, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return the bytes that a pipe gets where the console has this code page."""
    reader, writer = os.pipe()
    monkeypatch.setattr(disk, "ON_WINDOWS", True)
    monkeypatch.setattr(disk, "_console_page", lambda: page)
    with open(reader, "rb") as end:  # noqa: PTH123 (a descriptor has no path)
        with open(writer, "w", encoding="utf-8") as stream:  # noqa: PTH123 (likewise)
            fit_to_reader(stream)
            stream.write(text)
        return end.read()


def test_a_pipe_is_written_as_the_console_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Greek console of Windows reads cp737, which lacks some characters: plainer ones take their places."""
    text = "Ο «Δήμος» προϋπάρχει… – ΐ 🔑"
    plainer = 'Ο "Δήμος" προϋπάρχει... - ϊ \\U0001f511'
    assert _piped(text, 737, monkeypatch) == plainer.replace("ϊ", "ι").encode("cp737")
    assert _piped(text, 65001, monkeypatch) == text.encode()
    assert _piped(text, 99999, monkeypatch) == text.encode()
    assert _piped("\udcff", 65001, monkeypatch) == b"\\udcff"


def test_a_file_is_utf_8_whatever_the_console_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Output into a file is UTF-8, which editors read."""
    monkeypatch.setattr(disk, "ON_WINDOWS", True)
    monkeypatch.setattr(disk, "_console_page", lambda: 737)
    with (tmp_path / "list.txt").open("w", encoding="cp1253") as stream:
        fit_to_reader(stream)
        stream.write("«Δήμος»")
    assert (tmp_path / "list.txt").read_bytes() == "«Δήμος»".encode()


def test_a_reader_that_has_gone_is_known_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows calls a closed pipe an invalid argument; of a file that is another mistake."""
    assert is_closed_pipe(BrokenPipeError(errno.EPIPE, "Broken pipe"))
    assert not is_closed_pipe(OSError(errno.ENOSPC, "No space left on device"))
    for on_windows in (True, False):
        monkeypatch.setattr(disk, "ON_WINDOWS", on_windows)
        assert is_closed_pipe(OSError(errno.EINVAL, "Invalid argument")) is on_windows
        assert not is_closed_pipe(OSError(errno.EINVAL, "Invalid argument", "a*b"))


def test_the_quotation_mark_that_powershell_leaves_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in quotes with a backslash at its end reaches programs of Windows with the second quotation mark."""
    monkeypatch.setattr(disk, "ON_WINDOWS", True)
    assert unquoted(["build", "--out", 'C:\\my sites\\"']) == ["build", "--out", "C:\\my sites\\"]
    monkeypatch.setattr(disk, "ON_WINDOWS", False)
    assert unquoted(['a"']) == ['a"']


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


@posix_only("only Linux is asked")
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
    """The second command names the process, its user and its machine."""
    with lock_file(path, path.parent):
        with (
            pytest.raises(MachineError, match=rf"at work with .*process {os.getpid()} of ") as caught,
            lock_file(path, path),
        ):
            pytest.fail("both hold it")
        assert getpass.getuser() in str(caught.value)
    with lock_file(path, path.parent):
        pass


@posix_only("python.exe of an environment is another process than the Python that it starts")
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
    """A command that may wait says once whom it waits for, and goes on as soon as the other has ended."""
    told: list[str] = []
    with ExitStack() as other:
        other.enter_context(lock_file(path, path))
        at_the_first_wait(other.close)
        with lock_file(path, path, notify=told.append):
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
        lock_file(path, path, notify=lambda _: None),
    ):
        pytest.fail("both hold it")
    assert len(waits) == 9


@posix_only("Windows lets nobody take an open file away")
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
        with lock_file(path, path, notify=lambda _: None):
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


@posix_only("Windows has no such modes")
def test_only_its_owner_may_read_it(path: Path) -> None:
    """The file names a user and a machine."""
    with lock_file(path, path):
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("on_windows", [False, True])
def test_a_temporary_lock_leaves_no_file(
    on_windows: bool,  # noqa: FBT001 (a case of the table)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its file is removed while it is locked, and on Windows, which deletes no open file, after that."""
    path = tmp_path / ".lock"
    order: list[str] = []
    close, unlink = os.close, Path.unlink

    def note_close(descriptor: int) -> None:
        order.append("close")
        close(descriptor)

    def note_unlink(path: Path) -> None:
        order.append("unlink")
        unlink(path)

    monkeypatch.setattr(disk, "ON_WINDOWS", on_windows or disk.ON_WINDOWS)
    with lock_file(path, tmp_path, is_temporary=lambda: True):
        assert path.exists()
        monkeypatch.setattr(os, "close", note_close)
        monkeypatch.setattr(Path, "unlink", note_unlink)
    assert order == (["close", "unlink"] if disk.ON_WINDOWS else ["unlink", "close"])
    assert not path.exists()
