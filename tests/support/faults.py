"""Runs a command in a process of its own, which is killed, or whose disk fails, at any one of its steps on the disk.

Steps are counted by Python's audit events. A process runs one command after the other until it is killed, and a kill is
a real one: nothing is flushed, closed or caught. Each process is forked from a server that has loaded everything but
started no thread, so it is there at once. A letter is set once for all runs: Typst reads the disk without an event of
Python's, so it has no step that could fail.
"""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
import re
import secrets
import stat
import sys
import tempfile
import threading
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_src.files.private import MANIFEST_NAME
from site_src.make.letters import Recipient, Typesetter
from site_src.publish.outcome import RECORD_NAME
from tests.support.power_cuts import Recorder, Step
from tests.support.small_site import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

KILLED = 137  # what shells call a program that SIGKILL ended: 128 + 9

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.utime"}
LOOKS = {"os.listdir", "os.scandir"}
STARTS = {"subprocess.Popen", "os.fork", "os.exec", "os.posix_spawn", "os.system", "os.putenv"}
PROGRAM = f"{ROOT / 'site_src'}{os.sep}"
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
class Touched:
    """A step of a run: its path, the program's lines that led to it, and whether it changes the disk."""

    path: str
    lines: tuple[tuple[str, int], ...]
    is_change: bool


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit status, its output, and the steps of the fault's kind.

    ``started`` is all that other processes were given, by arguments or environment.
    """

    status: int
    output: str
    steps: tuple[Touched, ...] = ()
    started: tuple[str, ...] = ()


class _Disk:
    """The audit hook: notes the steps below a folder, and lets the fault happen at one of them."""

    def __init__(self, base: Path, fault: Fault | None, at: int) -> None:
        self.base, self.fault, self.at = f"{base}{os.sep}", fault, at
        self.steps: list[Touched] = []
        self.started: list[str] = []
        self.busy = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in STARTS:
            self.started.append(f"{event} {arguments}")
        if self.busy or not self._concerns(event, arguments):
            return
        self.busy = True
        try:
            path = os.fsdecode(arguments[0]) if event != "ctypes.dlsym" else f"{self.base}renameat2"
            lines = () if self.at else _lines_of_the_program()  # they are looked at where all steps are listed
            self.steps.append(Touched(path, lines, _changes(event, arguments)))
            if len(self.steps) == self.at:
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
        if self.fault is not Fault.DENIED and not _changes(event, arguments):
            return False
        if self.fault is Fault.TORN and event != "open":
            return False
        return path.startswith((self.base, *OUR_OWN)) or not Path(path).is_absolute()

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


def _changes(event: str, arguments: tuple[Any, ...]) -> bool:
    return event not in {"open", *LOOKS} or (event == "open" and bool(arguments[2] & WRITING))


def _lines_of_the_program() -> tuple[tuple[str, int], ...]:
    """Return the lines of the program that are at work, the innermost first."""
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_stack(None))
    return tuple((name, line) for name, line in frames if name.startswith(PROGRAM))


class Runner:
    """Runs commands on a folder; ``seed`` replaces the system's random source, so that each key is known.

    One process runs one command after the other, until one of them is killed.
    """

    def __init__(self, base: Path, notes: Path) -> None:
        self.base, self.notes = base, notes
        self.temporary = base / "tmp"
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["tests.support.preloaded"])
        self._process: BaseProcess | None = None
        self._pipe: Connection

    def run(self, arguments: list[str], *, fault: Fault | None = None, at: int = 0, seed: int = 0) -> Ended:
        """Run a command, with the fault at its step of this number."""
        status, steps, started = self._run(arguments, _Disk(self.base, fault, at), seed)
        return Ended(status, self._output(), tuple(steps), tuple(started))

    def record(self, arguments: list[str]) -> list[Step]:
        """Run a command and return all of its steps."""
        status, steps, _ = self._run(arguments, Recorder(self.base, but=self.temporary), seed=1)
        assert status == 0, self._output()
        return steps

    def _run(self, arguments: list[str], hook: _Disk | Recorder, seed: int) -> tuple[int, list[Any], list[str]]:
        """Return the exit status and what the hook noted, which is nothing where the process was killed."""
        self.temporary.mkdir(exist_ok=True)
        process = self._process = self._process or self._start()
        self._pipe.send((arguments, hook, seed))
        if not self._pipe.poll(60):
            process.kill()
            self._process = None
            raise AssertionError(f"{arguments} hangs ({hook})")
        try:
            return self._pipe.recv()  # type: ignore[no-any-return]  # as _serve sends it
        except EOFError:
            process.join()
            self._process = None
            assert process.exitcode is not None
            return process.exitcode, [], []

    def _start(self) -> BaseProcess:
        self._pipe, theirs = self._processes.Pipe()
        process = self._processes.Process(target=_serve, args=(theirs, str(self.base), self.notes), daemon=True)
        process.start()
        theirs.close()
        return process

    def _output(self) -> str:
        return (self.notes / "output").read_text(encoding="utf-8")


def _serve(pipe: Connection, base: str, notes: Path) -> None:
    """Run the commands in the forked process, as they come."""
    hooks: list[_Disk | Recorder] = []  # the one of the present run: Python forgets no hook of its own
    tempfile.tempdir = str(Path(base, "tmp"))
    _audit_fsync()
    _keep_letters(notes)
    os.umask(0o022)

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        for hook in hooks:
            hook(event, arguments)

    sys.addaudithook(listen)
    with suppress(EOFError):  # nobody is there any more
        while True:
            arguments, hook, seed = pipe.recv()
            setattr(secrets, "token_bytes", partial(_token, seed))  # noqa: B010 (a key that the test knows)
            with _shown_in(notes / "output"):
                hooks.append(hook)
                status = _status_of(arguments)
                hooks.clear()
                hook.stop()
            pipe.send((status, hook.steps, hook.started))


def _token(seed: int, size: int) -> bytes:
    return bytes([seed]) * size


def _status_of(arguments: list[str]) -> int:
    from site_src.cli import main

    try:
        return main(arguments)
    except BaseException:  # noqa: BLE001 (a bug: the test reads the traceback)
        traceback.print_exc()
        return 1


@contextmanager
def _shown_in(file: Path) -> Iterator[None]:
    """Let a file hold all that a run writes to its standard streams."""
    output = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    os.close(output)
    sys.stdout, sys.stderr = (open(each, "w", encoding="utf-8", closefd=False) for each in (1, 2))  # noqa: SIM115 (closed below)
    try:
        yield
    finally:
        sys.stdout.close()
        sys.stderr.close()


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
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - set(but))
        within = Path(parent).relative_to(folder)
        for name in sorted({*folders, *files} - set(but)):
            path = Path(parent, name)
            status = path.stat()
            data = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
            content = MOMENT.sub(b"", data) if name == MANIFEST_NAME else data
            found[(within / name).as_posix()] = (stat.S_IMODE(status.st_mode), content)
    return found
