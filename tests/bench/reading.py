"""Measure bulk reading: an annex of 20,000 rows, and a million lines of an access log."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

from openpyxl import Workbook

from tests.bench.measure import HEADER, SLUG, Cost, Site, rows, username

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0 Safari/537.36"


def check_rows(base: Path, count: int) -> Cost:
    """``check`` of an annex in Excel's format."""
    site = Site.make(base, 0)
    (site.campaign / "annex.csv").unlink()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Φορείς")
    for row in (HEADER.strip().split(";"), *rows(count)):
        sheet.append(list(row))
    book.save(site.campaign / "annex.xlsx")
    return site.run("check")


def report_lines(site: Site, agencies: int, lines: int) -> Cost:
    """``report`` on a log in which each agency opens the list, its folder and its archive, over and over."""
    log = site.base / "access.log"
    visits = cycle(visit for number in range(agencies) for visit in _visit(number))
    with log.open("w", encoding="ascii") as file:
        file.writelines(islice(visits, lines))
    return site.run("report", SLUG, log)


def _visit(number: int) -> list[str]:
    user = username(number)
    paths = (f"/files/{SLUG}/", f"/files/{SLUG}/{user}/", f"/files/{SLUG}/{user}/{user}.zip")
    moment = f"{17 + number % 13}/Nov/2020:{number % 24:02d}:{number % 60:02d}:00 +0200"
    source = f"10.{number // 250 % 250}.{number % 250}.7"
    return [f'{source} - {user} [{moment}] "GET {path} HTTP/1.1" 200 37000 "-" "{BROWSER}"\n' for path in paths]
