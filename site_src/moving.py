"""Putting a file or a folder into its place, also where other programs look at what was just written."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Windows renames nothing that somebody has open, and virus scanners, indexers and OneDrive open what is new. Its system
# error codes (winerror.h): access denied, sharing violation, lock violation.
HELD = {5, 32, 33}
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds; what is held for longer a person works with


def move(source: Path, target: Path) -> None:
    """Rename, over a file that is there; on Windows once more after each wait while another program holds something."""
    for wait in WAITS:
        try:
            source.replace(target)
        except OSError as error:
            if getattr(error, "winerror", None) not in HELD:
                raise
            time.sleep(wait)
        else:
            return
    source.replace(target)


@contextmanager
def named_in_errors(path: Path) -> Iterator[None]:
    """Let a write that fails name its file: the system names one only where it cannot be opened."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
