"""Runs a command in a process of its own, which is killed, or whose disk fails, at any one of its steps on the disk.

Steps are counted by Python's audit events. Each run is forked from a server that has loaded everything but started no
thread, so a run costs a tenth of a second and a kill is a real one: nothing is flushed, closed or caught. A letter is
set once for all runs: Typst reads the disk without an event of Python's, so it has no step that could fail.
"""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
import pickle
import re
import secrets
import stat
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from site_src.files.private import MANIFEST_NAME
from site_src.make.letters import Recipient, Typesetter
from site_src.publish.outcome import RECORD_NAME
from tests.support.power_cuts import Recorder, Step
from tests.support.small_site import ROOT

KILLED = 137  # what shells call a program that SIGKILL ended: 128 + 9

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.utime"}
LOOKS = {"os.listdir", "os.scandir"}
STARTS = {"subprocess.Popen", "os.fork", "os.exec", "os.posix_spawn", "os.system", "os.putenv"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
PROGRAM_FOLDERS = ("templates", "site_src/language/locale")  # a build only reads them
OUR_OWN = tuple(f"{ROOT / part}{os.sep}" for part in PROGRAM_FOLDERS)
TORN = b"torn"
UNLIKE = (".lock", ".dist.lock", "tmp", RECORD_NAME)  # another after each run: the note tells the file system's numbers
MOMENT = re.compile(rb'(?<=", ")[0-9T:+-]{25}(?="\])')  # of a manifest's former codes: when the run was


class Fault(StrEnum):
    """Name the effect at the chosen step."""

    KILL = "killed"  # before a step that changes the disk
    TORN = "killed in the middle of writing"  # the file is there and holds rubbish
    FULL = "disk full"  # a file that was to be written is there, and empty
    DENIED = "no permission"  # reading fails too


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit status, its output, and the paths that the steps of the fault's kind touched.

    ``started`` is all that other processes were given, by arguments or environment.
    """

    status: int
    output: str
    steps: tuple[str, ...] = ()
    started: tuple[str, ...] = ()


class _Disk:
    """The audit hook: notes the steps below a folder, and lets the fault happen at one of them."""

    def __init__(self, base: Path, fault: Fault | None, at: int) -> None:
        self.base, self.fault, self.at = f"{base}{os.sep}", fault, at
        self.steps: list[str] = []
        self.started: list[str] = []
        self.busy = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in STARTS:
            self.started.append(f"{event} {arguments}")
        if self.busy or not self._concerns(event, arguments):
            return
        self.steps.append(os.fsdecode(arguments[0]) if event != "ctypes.dlsym" else f"{self.base}renameat2")
        if len(self.steps) == self.at:
            self.busy = True
            try:
                self._fail(event, arguments)
            finally:
                self.busy = False

    def stop(self) -> None:
        """Note nothing any more."""
        self.busy = True

    def _concerns(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "ctypes.dlsym":  # the system call that swaps two names is looked up, then called
            return "renameat2" in arguments and self.fault is not Fault.TORN
        if event not in {"open", *CHANGES, *LOOKS} or isinstance(arguments[0], int | None):
            return False
        path = os.fsdecode(arguments[0])
        writes = event in CHANGES or (event == "open" and arguments[2] & WRITING)
        if (self.fault is Fault.TORN and event != "open") or (not writes and self.fault is not Fault.DENIED):
            return False
        return not Path(path).is_absolute() or path.startswith((self.base, *OUR_OWN))

    def _fail(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and self.fault in {Fault.TORN, Fault.FULL}:
            path, _, flags = arguments
            if not Path(path).is_dir():  # else it is a temporary file that never has a name
                with suppress(FileExistsError, FileNotFoundError):  # there already, or its folder is yet to be made
                    descriptor = os.open(path, flags, 0o600 if flags & os.O_EXCL else 0o644)
                    os.write(descriptor, TORN if self.fault is Fault.TORN else b"")
                    os.close(descriptor)
        if self.fault in {Fault.KILL, Fault.TORN}:
            os._exit(KILLED)
        code = errno.ENOSPC if self.fault is Fault.FULL else errno.EACCES
        raise OSError(code, os.strerror(code), arguments[0] if event != "ctypes.dlsym" else None)


class Runner:
    """Runs commands on a folder; ``seed`` replaces the system's random source, so that each key is known."""

    def __init__(self, base: Path, notes: Path) -> None:
        self.base, self.notes = base, notes
        self.temporary = base / "tmp"
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["tests.support.preloaded"])

    def run(self, arguments: list[str], *, fault: Fault | None = None, at: int = 0, seed: int = 0) -> Ended:
        """Run a command, with the fault at its step of this number."""
        status, output = self._run(arguments, _Disk(self.base, fault, at), seed)
        if status == KILLED:
            return Ended(status, output)
        steps, started = pickle.loads((self.notes / "steps").read_bytes())  # noqa: S301 (our own)
        return Ended(status, output, tuple(steps), tuple(started))

    def record(self, arguments: list[str]) -> list[Step]:
        """Run a command and return all of its steps."""
        status, output = self._run(arguments, Recorder(self.base, but=self.temporary), seed=1)
        assert status == 0, output
        steps, _ = pickle.loads((self.notes / "steps").read_bytes())  # noqa: S301 (our own)
        return steps  # type: ignore[no-any-return]  # as the recorder noted them

    def _run(self, arguments: list[str], hook: _Disk | Recorder, seed: int) -> tuple[int, str]:
        self.temporary.mkdir(exist_ok=True)
        job = (arguments, str(self.base), str(self.notes), hook, seed)
        process = self._processes.Process(target=_run, args=job)
        process.start()
        process.join(60)
        status = process.exitcode
        if status is None:
            process.kill()
            raise AssertionError(f"{arguments} hangs ({hook})")
        return status, (self.notes / "output").read_text(encoding="utf-8")


def _run(arguments: list[str], base: str, notes: str, hook: _Disk | Recorder, seed: int) -> None:
    """Run the command in the forked process."""
    from site_src.cli import main

    output = os.open(f"{notes}/output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    sys.stdout, sys.stderr = (open(each, "w", encoding="utf-8", closefd=False) for each in (1, 2))  # noqa: SIM115 (descriptors, for the life of the process)
    tempfile.tempdir = str(Path(base, "tmp"))
    setattr(secrets, "token_bytes", lambda size: bytes([seed]) * size)  # noqa: B010 (a key that the test knows)
    _audit_fsync()
    _keep_letters(Path(notes))
    os.umask(0o022)
    sys.addaudithook(hook)
    try:
        status = main(arguments)
    finally:
        hook.stop()
        Path(notes, "steps").write_bytes(pickle.dumps([hook.steps, hook.started]))
    sys.stdout.flush()
    sys.exit(status)


def _audit_fsync() -> None:
    """Let fsync raise an audit event, as all other changes of the disk do."""
    fsync = os.fsync

    def audited(file: int) -> None:
        sys.audit("os.fsync", file)
        fsync(file)

    setattr(os, "fsync", audited)  # noqa: B010 (for the life of the process)


def _keep_letters(folder: Path) -> None:
    """Take each letter from the folder where a run before has set it, which takes a quarter of a build."""
    set_letter = Typesetter.set_letter

    def kept(self: Typesetter, recipient: Recipient) -> bytes:
        facts = (self.letter.template, self.letter.facts, self.letter.logo, vars(recipient))
        path = folder / f"{hashlib.sha256(repr(facts).encode()).hexdigest()}.pdf"
        if not path.exists():
            new = folder / f"{os.getpid()}.{threading.get_ident()}"
            new.write_bytes(set_letter(self, recipient))
            new.rename(path)  # whole, wherever a run is killed
        return path.read_bytes()

    setattr(Typesetter, "set_letter", kept)  # noqa: B010 (for the life of the process)


def state_of(folder: Path, but: tuple[str, ...] = UNLIKE) -> dict[str, tuple[int, bytes]]:
    """Return mode and bytes of everything below a folder, by path, without the names in ``but`` and without moments."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not set(name.parts) & set(but):
            mode = stat.S_IMODE(path.stat().st_mode)
            data = path.read_bytes() if path.is_file() else b""
            found[name.as_posix()] = (mode, MOMENT.sub(b"", data) if path.name == MANIFEST_NAME else data)
    return found
