"""What a build says, so that the next one can say it again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """What a build says: its warnings, and its summary, line by line."""

    warnings: tuple[str, ...]
    summary: tuple[str, ...]
