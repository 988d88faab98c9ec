"""Explain in the language spoken why the machine refused something: the system gives its reasons in English."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from site_src.folders import read_table
from site_src.language.say import say

_WINDOWS_TEXTS = {int(code): text for code, text in read_table(__package__, "others.toml")["windows"].items()}
_IN_USE = {5, 32, 33, 1224}  # of these

# open() of Python has only the number of the C library, which stands for these.
OPENING = {errno.EACCES: 5, errno.EINVAL: 123}
ON_WINDOWS = os.name == "nt"  # a room below files/, which has the same in disk.py


def reason(error: OSError) -> str:
    """Return the reason in words; one that is not listed stays in the system's own."""
    if ON_WINDOWS and error.errno == errno.EACCES and error.filename and Path(error.filename).is_dir():
        return say("Is a directory")
    text = _WINDOWS_TEXTS.get(_windows_code(error), error.strerror or str(error))
    return say(text) or type(error).__name__


def remedy(error: OSError) -> str:
    """Return what to do before the command is tried again."""
    if _windows_code(error) in _IN_USE:
        return say(
            "close the program that has it open (Excel, Word, a window that shows that folder), or check your "
            "permissions there"
        )
    return say("check the free space and your permissions there, and close what has it open")


def _windows_code(error: OSError) -> int:
    code = getattr(error, "winerror", None)
    return code or (OPENING.get(error.errno or 0, 0) if ON_WINDOWS else 0)
