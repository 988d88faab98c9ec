"""The files that were looked through and hold nothing, so that none is read again that has not changed."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.folders import TEMPLATES

if TYPE_CHECKING:
    from site_src.leaks.secrets import Secrets

LOOKED_NAME = ".looked.json"  # in the private folder

PROGRAM = Path(__file__).resolve().parents[1]


@dataclass
class Looked:
    """Marks of files in which none of the secrets was found; a mark says nothing of either without both."""

    before: frozenset[str] = frozenset()
    now: set[str] = field(default_factory=set)

    @classmethod
    def through(cls, private: Path) -> Looked:
        """Return what the last build looked through; nothing where it left no such note, or it is damaged."""
        try:
            return cls(frozenset(json.loads((private / LOOKED_NAME).read_bytes())))
        except (OSError, ValueError, TypeError, RecursionError):
            return cls()

    def knows(self, mark: str) -> bool:
        """Return whether a file with this mark holds nothing, and keep the mark."""
        if mark in self.before:
            self.now.add(mark)
        return mark in self.now

    def to_bytes(self) -> bytes:
        """Return the note for the next build: the marks that this one met."""
        return json.dumps(sorted(self.now)).encode()


def mark_of(data: bytes, secrets: Secrets) -> str:
    """Return a file's mark: another one as soon as a byte of it, a secret or the program is another."""
    return hmac.digest(secrets.fingerprint + _program(), hashlib.sha256(data).digest(), "sha256").hex()


@lru_cache(1)
def _program() -> bytes:
    """Return a digest of all that decides what a look finds."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (
        *sorted(PROGRAM.rglob("*.py")),
        TEMPLATES / "assets" / "folding.json",
        PROGRAM.parent / "requirements.txt",
    ):
        digest.update(path.read_bytes())
    return digest.digest()
