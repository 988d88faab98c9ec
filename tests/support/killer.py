"""Ends work within this process just before a chosen step on the disk."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What Python tells its auditors before it touches the disk, or looks up the system call that swaps two names.
STEPS = {
    "open",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.link",
    "shutil.rmtree",
    "ctypes.dlsym",
}


class Killed(BaseException):
    """The end of the process: nothing catches it."""


class Killer:
    """Ends the work just before its n-th step on the disk; steps are counted by Python's audit events."""

    def __init__(self) -> None:
        self.left: int | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, _: tuple[object, ...]) -> None:
        if self.left is None or event not in STEPS:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise Killed

    @contextmanager
    def before_step(self, number: int) -> Iterator[None]:
        """End the work within the block before this step; it may end by itself earlier."""
        self.left = number
        try:
            yield
        finally:
            self.left = None


KILLER = Killer()  # an audit hook stays for the life of the process, so there is one
