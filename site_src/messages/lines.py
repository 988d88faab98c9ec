"""Lines of which several commands make their messages: agencies, their counts, and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def counted(counts: Mapping[str, int]) -> str:
    """How many agencies there are, and how many of each status (see ``status_counts``)."""
    return say("{agencies} ({letters} get a new code, {keeps} keep theirs, {contact_us} must call)", **counts)


def named(username: str, names: Mapping[str, str]) -> str:
    """An agency by its user name and its name."""
    return f"{username} {visible(names[username])}"


def columns(rows: Sequence[tuple[str, str]], gap: int = 1) -> Iterator[str]:
    """Two columns, the first as wide as its widest text and the gap."""
    width = max(len(first) for first, _ in rows) + gap
    for first, second in rows:
        yield f"{first:{width}}{second}"
