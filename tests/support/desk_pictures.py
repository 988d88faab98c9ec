"""Takes the guides' pictures of the desk: with mistakes in the annex, and of what is made without them.

They are many, so they have one pixel for each of the page: a guide shows them no wider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import speak
from tests.support.served_desk import served_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.small_site import SmallSite

WIDTH, HEIGHT = 1080, 640
TO_THE_TOP = "mark => document.querySelector(mark).scrollIntoView({behavior: 'instant'})"
FIRST_BUTTON = "main form[method=post] button"


def desk_pictures(
    browser: Browser, mistaken: SmallSite, right: SmallSite, log: Path, username: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of each picture; the right site is built, and the log counted."""
    speak("el")
    campaign = next(right.folders.content.glob("*/annex.xlsx")).parent.name
    with served_desk(mistaken) as served:
        page = _opened(browser, served.desk.gate.address)
        yield "desk-home", page.screenshot()
        page.goto(f"{page.url}{campaign}/annex")
        yield "desk-annex", _from(page, "form[role=search]")
        page.goto(f"http://127.0.0.1:{served.port}/")
        yield "preview", page.screenshot()
    with served_desk(right) as served:
        page = _opened(browser, served.desk.gate.address)
        desk = page.url
        page.goto(f"{desk}build")
        page.click(FIRST_BUTTON)
        page.wait_for_selector(".told")
        yield "desk-build", page.screenshot(full_page=True)
        page.goto(f"{desk}{campaign}/logs")
        page.set_input_files("#logs", log)
        page.click(FIRST_BUTTON)
        page.wait_for_selector("main table")
        page.goto(f"{desk}{campaign}/agency?q={username}")
        yield "desk-agency", page.screenshot(full_page=True)


def _opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(locale="el-GR", viewport={"width": WIDTH, "height": HEIGHT})
    page.goto(address)
    return page


def _from(page: Page, mark: str) -> bytes:
    """Return a picture of a page from a part of it on."""
    page.evaluate(TO_THE_TOP, mark)
    return page.screenshot()
