"""Where things lie."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # of the program, wherever a command is started
TEMPLATES = ROOT / "templates"


@dataclass(frozen=True, kw_only=True)
class Folders:
    """Where things lie: what staff write, what is served, and what is never served."""

    content: Path
    out: Path
    private: Path
    templates: Path


def lies_in(inner: Path, outer: Path) -> bool:
    """Whether a path is a folder, or lies in it, on a disk that does not tell capitals from small letters too."""
    one, other = _plain(inner), _plain(outer)
    return one[: len(other)] == other


def _plain(path: Path) -> list[str]:
    return [unicodedata.normalize("NFC", part).casefold() for part in path.parts]
