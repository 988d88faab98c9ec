"""Explain in the language spoken why the machine refused something: the system gives its reasons in English."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from site_src.language.catalogues import N_
from site_src.language.say import say

# Texts of the C library, listed so that the catalogues have them.
SYSTEM_TEXTS = (
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("No such file or directory"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("Directory not empty"),
    N_("File exists"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Device or resource busy"),
    N_("Text file busy"),
    N_("Input/output error"),
    N_("Too many open files"),
    N_("Address already in use"),
)

_IN_USE = N_("another program has it open")
_IN_USE_OR_CLOSED = N_("another program has it open, or you have no permission")
_NO_DRIVE = N_("this drive or share is not there")

# Windows gives its texts in its own language; these are for its system error codes (winerror.h, winsock2.h).
WINDOWS_TEXTS = {
    2: "No such file or directory",
    3: "No such file or directory",
    5: _IN_USE_OR_CLOSED,  # Windows does not say which
    15: _NO_DRIVE,
    19: "Read-only file system",
    21: _NO_DRIVE,
    32: _IN_USE,
    33: _IN_USE,
    53: _NO_DRIVE,
    67: _NO_DRIVE,
    112: "No space left on device",
    123: "No such file or directory",  # the name has a character that no name has
    145: "Directory not empty",
    183: "File exists",
    206: "File name too long",
    1224: _IN_USE,  # a part of it is shown in another program's memory
    10013: "Permission denied",
    10048: "Address already in use",
}


# open() of Python has only the number of the C library, which stands for these.
OPENING = {errno.EACCES: 5, errno.EINVAL: 123}
ON_WINDOWS = os.name == "nt"  # a room below files/, which has the same in disk.py


def reason(error: OSError) -> str:
    """Return the reason in words; one that is not listed stays in the system's own."""
    if ON_WINDOWS and error.errno == errno.EACCES and error.filename and Path(error.filename).is_dir():
        return say("Is a directory")
    text = WINDOWS_TEXTS.get(_windows_code(error), error.strerror or str(error))
    return say(text) or type(error).__name__


def remedy(error: OSError) -> str:
    """Return what to do before the command is tried again."""
    if WINDOWS_TEXTS.get(_windows_code(error)) in {_IN_USE, _IN_USE_OR_CLOSED}:
        return say(
            "close the program that has it open (Excel, Word, a window that shows that folder), or check your "
            "permissions there"
        )
    return say("check the free space and your permissions there, and close what has it open")


def _windows_code(error: OSError) -> int:
    code = getattr(error, "winerror", None)
    return code or (OPENING.get(error.errno or 0, 0) if ON_WINDOWS else 0)
