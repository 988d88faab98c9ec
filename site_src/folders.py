"""Where things lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Folders:
    """Where things lie: what staff write, what is served, and what is never served."""

    content: Path
    out: Path
    private: Path
    templates: Path
