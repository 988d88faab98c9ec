"""What the command line asks of a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from site_src.folders import Folders


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is built, for which day, and how."""

    folders: Folders
    day: date
    jobs: int
    campaign: str = ""
    dry_run: bool = False
    strict: bool = False
