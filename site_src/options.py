"""What the command line asks of a build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from site_src.folders import Folders


def utc_now() -> datetime:
    """The machine's clock, in whole seconds, as web servers write them."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is built, for which day, and how; ``clock`` tells the moment at which a letter became void."""

    folders: Folders
    day: date
    jobs: int
    dry_run: bool = False
    strict: bool = False
    clock: Callable[[], datetime] = utc_now
