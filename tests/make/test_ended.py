from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.sample_edition import AGENCIES, SLUG, STATES, pages_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

CALLS = f"files/{SLUG}/{AGENCIES[STATES.index('contact-us')].username}/index.html"
COLLECTS = f"files/{SLUG}/{AGENCIES[STATES.index('new')].username}/index.html"

# Each page, what it says until the end of the day, and what from midnight on; «έληξε» is the mark of each day.
SAID = {
    "index.html": ("Παραλαβή έως 30 Νοεμβρίου 2020", "Η προθεσμία παραλαβής έληξε στις 30 Νοεμβρίου 2020"),
    f"circulars/{SLUG}/index.html": ("Παραλαβή έως", "Η προθεσμία παραλαβής έληξε στις 30 Νοεμβρίου 2020"),
    "files/index.html": ("30 Νοεμβρίου 2020", "30 Νοεμβρίου 2020 έληξε"),
    f"files/{SLUG}/index.html": ("30 Νοεμβρίου 2020", "30 Νοεμβρίου 2020 έληξε"),
    COLLECTS: ("30 Νοεμβρίου 2020", "30 Νοεμβρίου 2020 έληξε"),
    CALLS: ("Καλέστε μας έως τις 30 Νοεμβρίου 2020", "Καλέστε μας\n"),
}
LAST_MINUTE, FIRST_MINUTE = "2020-11-30T23:59:00+02:00", "2020-12-01T00:01:00+02:00"  # in Athens


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the pages of a small site by their paths."""
    return {f"/{path}": content for path, content in pages_of(tmp_path_factory.mktemp("site")).items()}


@pytest.fixture
def pages(website: WebSite, made: dict[str, bytes]) -> WebSite:
    """Serve these pages."""
    website.files.update(made)
    return website


@pytest.fixture(scope="module")
def in_athens(chromium: Browser) -> Iterator[Page]:
    """Yield a tab of somebody in Athens."""
    with chromium.new_context(timezone_id="Europe/Athens") as context:
        yield context.new_page()


def text_of(page: Page) -> str:
    """Return the text that a reader of the page sees."""
    return page.locator("main").inner_text()


def texts_at(moment: str, page: Page, address: str) -> tuple[str, str]:
    """Return the text of a page that is loaded at a moment, on the screen and on paper."""
    page.clock.set_fixed_time(moment)
    page.goto(address)
    shown = text_of(page)
    page.emulate_media(media="print")
    printed = text_of(page)
    page.emulate_media(media="screen")
    return shown, printed


@pytest.mark.parametrize("path", SAID)
def test_a_page_speaks_in_the_past_after_the_day(path: str, pages: WebSite, in_athens: Page) -> None:
    """A page that was made before the deadline says from the reader's midnight on that it is over, and not before.

    If it is printed after the day it has the same words as one that was printed before.
    """
    address, (before, after) = pages.address(f"/{path}"), SAID[path]
    text, printed = texts_at(LAST_MINUTE, in_athens, address)
    assert before in text
    assert after not in text
    assert "ισχύουν." not in text
    text, printed_after = texts_at(FIRST_MINUTE, in_athens, address)
    assert after in text
    assert ("Οι νέοι κωδικοί ισχύουν." in text) is (path == "index.html")
    assert printed == printed_after
    assert "30 Νοεμβρίου 2020" in printed


@pytest.mark.parametrize("path", SAID)
def test_without_scripts_the_words_hold_on_any_day(path: str, pages: WebSite, page_without_scripts: Page) -> None:
    """Without scripts a page names the days and says of none that it is over, or that it is still to come."""
    page_without_scripts.goto(pages.address(f"/{path}"))
    text = text_of(page_without_scripts)
    assert SAID[path][0] in text
    assert "έληξε" not in text
    assert "ισχύει έως" not in text
