"""Takes the guides' pictures of what staff see: mistakes in the terminal and in the preview, and the report."""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl

from site_src.language.say import speak
from site_src.pipeline.build import check
from site_src.problems import Problems
from site_src.read.agency import Status
from site_src.report.reporting import count, write
from site_src.serve.preview import Preview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from site_src.folders import Folders
    from site_src.read.agency import Agency

ROOT = Path(__file__).resolve().parent.parent.parent
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body{{margin:0;background:#1c1f24;color:#e8e8e8;font:15px/1.5 monospace;padding:20px 24px}}
pre{{margin:0;white-space:pre-wrap;font:inherit}}b{{color:#8fd19e}}</style><pre><b>$</b> {typed}
{told}</pre>"""
WIDTH = 1080
REPORTED = date(2020, 11, 27)
COLLECTED = 0.7  # of all agencies, in the report's picture
LINE = '10.0.0.1 - {user} [{time}] "GET /files/{slug}/{user}/{user}.zip HTTP/1.1" 200 40000 "-" "{browser}"\n'
BROWSERS = ("Mozilla/5.0 (Windows NT 10.0) Chrome/86.0 Safari/537.36", "Mozilla/5.0 (X11) Gecko/20100101 Firefox/83.0")


def staff_pictures(
    browser: Browser, folders: Folders, work: Path, slug: str, scale: int
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of each picture of a built site; ``work`` is a folder to use up."""
    wrong = replace(folders, content=_with_mistakes(folders.content, work / "mistaken", slug))
    yield "check", _shot(browser, TERMINAL.format(typed="python3 build.py check", told=_told(wrong)), 420, scale)
    yield "preview", _shot(browser, _preview(wrong), 500, scale)
    yield "report", _shot(browser, _report(folders, work / "access.log", slug), 900, scale)


def _shot(browser: Browser, page_text: str, height: int, scale: int) -> bytes:
    page = browser.new_page(locale="el-GR", device_scale_factor=scale, viewport={"width": WIDTH, "height": height})
    page.set_content(page_text)
    picture = page.screenshot()
    page.close()
    return picture


def _with_mistakes(content: Path, copy: Path, slug: str) -> Path:
    """Return the sample with slips of three kinds: a Greek letter in an address, lost zeros, and a user name twice."""
    shutil.copytree(content, copy)
    path = copy / slug / "annex.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]
    codes = [
        cell for row in sheet.iter_rows() for cell in row if str(cell.value).isdecimal() and len(str(cell.value)) == 12
    ]
    addresses = [cell for row in sheet.iter_rows() for cell in row if "o" in str(cell.value) and "@" in str(cell.value)]
    codes[3].value = 1234567890
    codes[8].value = codes[7].value
    addresses[5].value = str(addresses[5].value).replace("o", "ο", 1)
    book.save(path)
    return copy


def _told(folders: Folders) -> str:
    line = [sys.executable, str(ROOT / "build.py"), "check", "--lang=el", f"--content={folders.content}"]
    told = subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8").stdout
    return html.escape(told)


def _preview(folders: Folders) -> str:
    speak("el")
    preview = Preview(folders, _today)
    preview.refresh()
    return preview.answer("/").content.decode()


def _today() -> date:
    return date(2020, 11, 20)


def _report(folders: Folders, log: Path, slug: str) -> str:
    """Return the report on a log in which most agencies collect, more on some days than on others."""
    inputs, _ = check(folders, _today(), slug)
    agencies = [each for campaign in inputs.campaigns for each in campaign.with_status(Status.NEW)]
    log.write_text("".join(_visits(agencies, slug)), encoding="utf-8")
    found = count(inputs, [log], folders, REPORTED, Problems())
    write(found, inputs)
    return found.page.read_text(encoding="utf-8")


def _visits(agencies: list[Agency], slug: str) -> Iterator[str]:
    first = datetime(2020, 11, 17, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    for number, agency in enumerate(agencies):
        turn = (number * 7919) % 1000 / 1000  # scattered, and the same each time
        if turn < COLLECTED:
            time = first + timedelta(days=round(10 * (turn / COLLECTED) ** 2), minutes=number % 240)
            told = time.strftime("%d/%b/%Y:%H:%M:%S %z")
            yield LINE.format(user=agency.username, time=told, slug=slug, browser=BROWSERS[number % 2])
