"""Putting a file or a folder into its place, where it outlasts a power cut, also while other programs look at it.

A disk keeps for certain only what was synced: the bytes of a file, and the names in a folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from site_src.files.walk import all_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.EOPNOTSUPP}  # by the system or by the file system

# Windows renames nothing that somebody has open, and virus scanners, indexers and OneDrive open what is new. Its system
# error codes (winerror.h): access denied, sharing violation, lock violation.
HELD = {5, 32, 33}
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds; what is held for longer a person works with


def move(source: Path, target: Path) -> None:
    """Rename, over a file that is there, and have the new name on the disk before going on.

    On Windows once more after each wait while another program holds something.
    """
    for wait in WAITS:
        try:
            source.replace(target)
        except OSError as error:
            if getattr(error, "winerror", None) not in HELD:
                raise
            time.sleep(wait)
        else:
            break
    else:
        source.replace(target)
    sync(target.parent)


def put(path: Path, data: bytes) -> None:
    """Write a file of staff's beside its place, then into it: a power cut leaves the old one or the new one."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(data)
    sync(draft)
    move(draft, path)


def sync(path: Path) -> None:
    """Have a file's bytes and mode, or the names in a folder, on the disk, where the system lets it be synced."""
    with contextlib.suppress(OSError):
        # Windows syncs nothing that is open for reading alone, and no folder at all.
        descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def settle(folder: Path) -> None:
    """Have all that lies in a folder on the disk, and the names that lead to it, before going on."""
    descriptor = os.open(folder, os.O_RDONLY) if sys.platform.startswith("linux") else -1
    try:
        if not call_linux(folder, "syncfs", descriptor):  # one call for thousands of files
            for path in (*all_below(folder), folder, *folder.absolute().parents):
                sync(path)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def call_linux(path: Path, name: str, *arguments: int | bytes) -> bool:
    """Make a system call that Python has no name for; False where the system or the file system has none.

    Raises OSError where it fails.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, name):
        return False
    if getattr(libc, name)(*arguments) == 0:
        return True
    code = ctypes.get_errno()
    if code in UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(path))


@contextmanager
def named_in_errors(path: Path) -> Iterator[None]:
    """Let a write that fails name its file: the system names one only where it cannot be opened."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
