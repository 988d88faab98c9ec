from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from site_src.files.lock import PATIENCE, held
from site_src.problems import MachineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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

        monkeypatch.setattr("site_src.files.lock.time.sleep", wait)

    return let


def test_the_holder_is_named(path: Path) -> None:
    """Who comes second is told the process, its user and its machine."""
    with held(path, path.parent):
        with (
            pytest.raises(MachineError, match=rf"at work with .*process {os.getpid()} of ") as caught,
            held(path, path),
        ):
            pytest.fail("both hold it")
        assert getpass.getuser() in str(caught.value)
    with held(path, path.parent):
        pass


def test_a_command_of_another_process_is_named_too(path: Path, root: Path) -> None:
    """The name comes from the file, not from this process."""
    script = (
        "import sys, pathlib\nfrom site_src.files.lock import held\np = pathlib.Path(sys.argv[1])\n"
        "with held(p, p):\n print('held', flush=True)\n sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(MachineError, match=f"process {other.pid} of"), held(path, path):
            pytest.fail("both hold it")
        other.communicate("")
    with held(path, path):
        pass


def test_it_waits_until_the_other_ends(path: Path, at_the_first_wait: Callable[..., None]) -> None:
    """With patience it says once whom it waits for, and goes on as soon as the other has ended."""
    told: list[str] = []
    with ExitStack() as other:
        other.enter_context(held(path, path))
        at_the_first_wait(other.close)
        with held(path, path, patience=PATIENCE, tell=told.append):
            pass
    (line,) = told
    assert "waiting for up to 10 minutes" in line
    assert str(os.getpid()) in line


def test_patience_ends(path: Path, at_the_first_wait: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten minutes it says who holds it."""
    clock = iter(range(0, 10_000, 60))
    monkeypatch.setattr("site_src.files.lock.time.monotonic", lambda: next(clock))
    waits: list[None] = []
    at_the_first_wait(lambda: waits.append(None))
    with (
        held(path, path),
        pytest.raises(MachineError, match=f"process {os.getpid()}"),
        held(path, path, patience=PATIENCE),
    ):
        pytest.fail("both hold it")
    assert len(waits) == 9


def test_a_file_that_was_taken_away_locks_nobody_in(path: Path, at_the_first_wait: Callable[..., None]) -> None:
    """A holder may remove its lock file: who waited on the old one does not hold beside who made a new one."""
    with ExitStack() as first, ExitStack() as third:
        first.enter_context(held(path, path))

        def exchange() -> None:
            path.unlink()
            third.enter_context(held(path, path))
            first.close()
            at_the_first_wait(third.close)

        at_the_first_wait(exchange)
        with held(path, path, patience=PATIENCE):
            assert json.loads(path.read_bytes())["process"] == os.getpid()
            with pytest.raises(MachineError), held(path, path):
                pytest.fail("both hold it")


def test_a_lock_without_a_name_is_told_without_one(path: Path) -> None:
    """Another version's lock file, or one that a full disk left empty, names nobody."""
    with held(path, path):
        for note in (b"", b"{", b"[]", b"\xff", b'{"process": 1}'):
            path.write_bytes(note)
            with pytest.raises(MachineError, match=r'at work with "[^"]*"$'), held(path, path):
                pytest.fail("both hold it")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_only_its_owner_may_read_it(path: Path) -> None:
    """The file names a user and a machine."""
    with held(path, path):
        assert path.stat().st_mode & 0o777 == 0o600
