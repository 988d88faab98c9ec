"""What a build says, so that the next one can say it again."""

from __future__ import annotations

from dataclasses import dataclass

USERS_TOLD = 20  # to whom the same thing happens, before only their number is told


@dataclass(frozen=True)
class Told:
    """What a build says: its warnings, and its summary, line by line."""

    warnings: tuple[str, ...]
    summary: tuple[str, ...]
