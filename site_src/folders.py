"""Where things lie."""

from __future__ import annotations

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
