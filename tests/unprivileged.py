"""Runs a program with no more rights than its user's own files give, even where the tests run as root.

Root stays the user, and so goes on reading its own Python and packages, wherever they lie; but the kernel is told to
treat it like anybody else, so that a folder which its owner may not write into is closed to it as well.
"""

from __future__ import annotations

import os
import sys

import pytest

# <linux/prctl.h> and capabilities(7), "The securebits flags": from the next program on, user 0 is nobody special.
PR_SET_SECUREBITS, SECBIT_NOROOT = 28, 1
BECOME = f"""
import ctypes, os, sys
if ctypes.CDLL(None, use_errno=True).prctl({PR_SET_SECUREBITS}, {SECBIT_NOROOT}, 0, 0, 0):
    sys.exit("the system does not let root give up its rights: " + os.strerror(ctypes.get_errno()))
os.execv(sys.argv[1], sys.argv[1:])
"""


def unprivileged(*command: str) -> list[str]:
    """The command that runs this one as an ordinary user would; without such a way the test is skipped."""
    if os.name != "posix":
        pytest.skip("Windows has no modes of folders")
    if os.geteuid() != 0:
        return list(command)
    if not sys.platform.startswith("linux"):
        pytest.skip("these tests run as root, who cannot give up its rights on this system")
    return [sys.executable, "-c", BECOME, *command]
