"""Explain in the language spoken why the machine refused something: the system gives its reasons in English."""

from __future__ import annotations

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

# Windows gives its texts in its own language; these are for its system error codes (winerror.h, winsock2.h).
WINDOWS_TEXTS = {
    2: "No such file or directory",
    3: "No such file or directory",
    5: "Permission denied",
    19: "Read-only file system",
    32: _IN_USE,
    33: _IN_USE,
    112: "No space left on device",
    145: "Directory not empty",
    183: "File exists",
    206: "File name too long",
    1224: _IN_USE,  # a part of it is shown in another program's memory
    10013: "Permission denied",
    10048: "Address already in use",
}


def reason(error: OSError) -> str:
    """Return the reason in words; one that is not listed stays in the system's own."""
    number = getattr(error, "winerror", 0)
    return say(WINDOWS_TEXTS.get(number, error.strerror or str(error))) or type(error).__name__
