"""Remember what was looked through or made, so that nothing is looked through or made again that is proved the same."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.folders import ROOT, UNSHOWN, Progress

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

LOOKED_NAME = ".looked.json"  # in the private folder
# All that decides what is found, and what is made.
PROGRAM = ("site_src/**/*.py", "site_src/**/*.toml", "site_src/**/*.mo", "templates/**/*.*", "requirements.txt")
STEPS_SHOWN_FROM = 4  # of about a megabyte, five of which take a second


@dataclass
class Looked:
    """Marks of files in which no secret was found, and of pages that were made, by the last build and by now."""

    before: frozenset[str] = frozenset()
    now: set[str] = field(default_factory=set)
    progress: Progress = UNSHOWN

    @classmethod
    def through(cls, private: Path, progress: Progress = UNSHOWN) -> Looked:
        """Return what the last build looked through; nothing where its note is lost or damaged."""
        try:
            before = frozenset(json.loads((private / LOOKED_NAME).read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError):
            before = frozenset()
        return cls(before, progress=progress)

    def again(self, published: Path, facts: str, make: Callable[[], bytes]) -> bytes:
        """Return a file of the last build if the same program made it of the same facts, or else make it anew."""
        fingerprint = digest_of(facts)
        data = published.read_bytes() if published.is_file() else b""
        mark = mark_of(data, fingerprint)
        if mark not in self.before:
            data = make()
            mark = mark_of(data, fingerprint)
        self.now.add(mark)
        return data

    def showing(self, text: str, steps: int) -> AbstractContextManager[Callable[[], None]]:
        """Show a look that takes long while it goes on; the function that it gives is to be called after each step."""
        return (self.progress if steps >= STEPS_SHOWN_FROM else UNSHOWN).showing(text, steps)

    def to_bytes(self) -> bytes:
        """Return the note for the next build."""
        return json.dumps(sorted(self.now)).encode()


def digest_of(facts: str) -> bytes:
    """Return the SHA-256 of what something is made of."""
    return hashlib.sha256(facts.encode(errors="surrogateescape")).digest()


def mark_of(data: bytes, fingerprint: bytes) -> str:
    """Return a file's mark: it changes with any byte and any line of the program, and is of no use without them.

    It changes with the fingerprint too: that of the secrets that were looked for, or of the facts that a page shows.
    """
    return hmac.digest(fingerprint + _program(), hashlib.sha256(data).digest(), "sha256").hex()


@lru_cache(1)
def _program() -> bytes:
    paths = sorted(path for pattern in PROGRAM for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join((sys.version.encode(), *(path.read_bytes() for path in paths)))).digest()
