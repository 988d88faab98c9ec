"""One command at a time: a file that its holder locks, and in which it writes who it is."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from site_src.files.moving import named_in_errors
from site_src.language.say import say
from site_src.problems import MachineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Seconds for which a command waits that must not fail because of another one: a build or a proof of 3,000 agencies
# takes less, and a swap at midnight that comes ten minutes late is better than none.
PATIENCE = 600.0
POLL = 0.2

LOCK_MODE = 0o600
LOCKED_BYTE = 1 << 30  # Windows lets nobody read a byte that is locked: this one is far behind the holder's name
NOTE_BYTES_MAX = 4096


def say_nothing(_: str) -> None:
    """Show nobody what is waited for."""


@contextmanager
def held(path: Path, what: Path, *, patience: float = 0, tell: Callable[[str], None] = say_nothing) -> Iterator[None]:
    """Hold the lock file ``path`` of a folder, ``what``.

    Another holder is waited for as long as ``patience`` lasts, and ``tell`` gets one line that says so. Then a
    MachineError names the holder.
    """
    descriptor = _acquire(path, what, patience, tell)
    try:
        yield
    finally:
        os.close(descriptor)


def _acquire(path: Path, what: Path, patience: float, tell: Callable[[str], None]) -> int:
    end = time.monotonic() + patience
    waiting = False
    while (descriptor := _try(path)) is None:
        message = say('another command is at work with "{folder}"{holder}', folder=what, holder=_holder(path))
        if time.monotonic() >= end:
            raise MachineError(message, say("wait until it has ended, then try again"))
        if not waiting:
            tell(say("{message}: waiting for up to {minutes} minutes", message=message, minutes=round(patience / 60)))
        waiting = True
        time.sleep(POLL)
    return descriptor


def _try(path: Path) -> int | None:
    """Return the descriptor of the locked file, or None where another command has it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, LOCK_MODE)
    try:
        with named_in_errors(path):
            if _lock(descriptor) and _is_still_there(descriptor, path):
                _sign(descriptor)
                return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _lock(descriptor: int) -> bool:
    """Lock an open file; return False where another process, or another part of this one, has locked it."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # flock(2): EWOULDBLOCK, and EACCES on some file systems and on Windows
        return False
    return True


def _is_still_there(descriptor: int, path: Path) -> bool:
    """Return False where the holder before this one took the file away: the next command would lock a new one."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    """Write the holder into the file; where that fails, on a full disk say, the lock holds all the same."""
    user = "?"
    with contextlib.suppress(OSError, KeyError, ImportError):  # a user whom the machine has no name for
        user = getpass.getuser()
    facts = {"process": os.getpid(), "user": user, "machine": platform.node(), "since": time.strftime("%H:%M")}
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(facts).encode())


def _holder(path: Path) -> str:
    """Return who wrote into the lock file, in words; nothing where that cannot be read."""
    try:
        with path.open("rb") as file:
            facts = json.loads(file.read(NOTE_BYTES_MAX))
        named = {name: str(facts[name]) for name in ("process", "user", "machine", "since")}
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return say(" (process {process} of {user} on {machine}, since {since})", **named)
