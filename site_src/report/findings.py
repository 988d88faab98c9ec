"""What the logs of a campaign tell, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from site_src.agency import Agency
    from site_src.report.collection import Collection
    from site_src.settings import Campaign


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found on ``day``, and the two files that tell it."""

    campaign: Campaign
    day: date
    collection: Collection
    unbuilt: tuple[Agency, ...]  # get a letter by the annex, but none was built yet
    uncontacted: tuple[Agency, ...]  # have declared no contact, and so get no letter
    lines: int
    broken: int
    first_day: date | None  # of all lines that could be read
    last_day: date | None
    page: Path
    sheet: Path
