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

if TYPE_CHECKING:
    from site_src.prove.leaks.secrets import Secrets

LOOKED_NAME = ".looked.json"  # in the private folder
ROOT = Path(__file__).resolve().parents[2]
# All that decides what is found.
PROGRAM = ("site_src/**/*.py", "site_src/**/*.toml", "templates/assets/folding.json", "requirements.txt")


@dataclass
class Looked:
    """Marks of files in which no secret was found, by the last build and by now."""

    before: frozenset[str] = frozenset()
    now: set[str] = field(default_factory=set)

    @classmethod
    def through(cls, private: Path) -> Looked:
        """Return what the last build looked through; nothing where its note is lost or damaged."""
        try:
            return cls(frozenset(json.loads((private / LOOKED_NAME).read_bytes())))
        except (OSError, ValueError, TypeError, RecursionError):
            return cls()

    def to_bytes(self) -> bytes:
        """Return the note for the next build."""
        return json.dumps(sorted(self.now)).encode()


def mark_of(data: bytes, secrets: Secrets) -> str:
    """Return a file's mark: another one for another byte, secret or program, and of no use without them."""
    return hmac.digest(secrets.fingerprint + _program(), hashlib.sha256(data).digest(), "sha256").hex()


@lru_cache(1)
def _program() -> bytes:
    paths = sorted(path for pattern in PROGRAM for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join((sys.version.encode(), *(path.read_bytes() for path in paths)))).digest()
