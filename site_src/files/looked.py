"""Remember the files that were looked through and hold no secret: none is read again unless it has changed."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from site_src.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_src.folders import Progress

LOOKED_NAME = ".looked.json"  # in the private folder
PROGRAM = ("site_src/**/*.py", "templates/assets/folding.json", "requirements.txt")  # all that decides what is found
STEPS_SHOWN_FROM = 4  # of about a megabyte, five of which take a second


@dataclass
class Looked:
    """Marks of files in which no secret was found, by the last build and by now."""

    before: frozenset[str] = frozenset()
    now: set[str] = field(default_factory=set)
    progress: Progress | None = None

    @classmethod
    def through(cls, private: Path, progress: Progress | None = None) -> Looked:
        """Return what the last build looked through; nothing where its note is lost or damaged."""
        try:
            before = frozenset(json.loads((private / LOOKED_NAME).read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError):
            before = frozenset()
        return cls(before, progress=progress)

    @contextmanager
    def shown(self, text: str, steps: int) -> Iterator[Callable[[], None]]:
        """Yield a function to be called after each step of a look, which is shown where it takes long."""
        if self.progress is None or steps < STEPS_SHOWN_FROM:
            yield lambda: None
            return
        self.progress.start(text, steps)
        try:
            yield self.progress.step
        finally:
            self.progress.stop()

    def to_bytes(self) -> bytes:
        """Return the note for the next build."""
        return json.dumps(sorted(self.now)).encode()


def mark_of(data: bytes, fingerprint: bytes) -> str:
    """Return a file's mark: it changes with any byte, secret or line of the program, and is of no use without them."""
    return hmac.digest(fingerprint + _program(), hashlib.sha256(data).digest(), "sha256").hex()


@lru_cache(1)
def _program() -> bytes:
    paths = sorted(path for pattern in PROGRAM for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join((sys.version.encode(), *(path.read_bytes() for path in paths)))).digest()
