"""Runs work with no more rights than its user's own files give, even where the tests run as root.

Root stays the user, and so goes on reading its own Python and packages, wherever they lie; but it gives up its
capabilities, so that a folder which its owner may not write into is closed to it as to anybody else.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# <linux/capability.h>: a version's header, whose 0 is this thread, and two sets of 32 bits of each kind. What a thread
# is permitted it may take up again; threads that it starts have what it has.
VERSION_3 = 0x20080522
Header = ctypes.c_uint32 * 2
Sets = ctypes.c_uint32 * 6  # effective, permitted, inheritable; then the upper bits of each
EFFECTIVE = (0, 3)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Take root's rights from this thread and those that it starts; skip the test where that is impossible."""
    if os.name != "posix":
        pytest.skip("Windows has no modes of folders")
    if os.geteuid() != 0:
        yield
        return
    if not sys.platform.startswith("linux"):
        pytest.skip("these tests run as root, who cannot lay down its rights on this system")
    before = Sets()
    _call("capget", before)
    fewer = Sets(*before)
    for index in EFFECTIVE:
        fewer[index] = 0
    _call("capset", fewer)
    try:
        yield
    finally:
        _call("capset", before)


def _call(name: str, sets: ctypes.Array[ctypes.c_uint32]) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(Header(VERSION_3, 0), sets):
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")
