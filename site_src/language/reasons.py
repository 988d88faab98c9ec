"""Why the machine refused something, in the language spoken: the system tells it in English, whoever asks."""

from __future__ import annotations

from site_src.language.catalogues import N_
from site_src.language.say import say

# What the C library says; listed so that the catalogues have it.
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


def reason(error: OSError) -> str:
    """The reason in words; one that is not listed stays in the system's own."""
    return say(error.strerror or str(error)) or type(error).__name__
