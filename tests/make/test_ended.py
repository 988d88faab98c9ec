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


@pytest.fixture(scope="module")
def without_scripts(chromium: Browser) -> Iterator[Page]:
    """Yield a tab that runs no scripts."""
    with chromium.new_context(java_script_enabled=False) as context:
        yield context.new_page()


def text_of(page: Page, address: str) -> str:
    """Return the text that a reader of the page sees."""
    page.goto(address)
    return page.locator("main").inner_text()


@pytest.mark.parametrize("path", SAID)
def test_a_page_speaks_in_the_past_after_the_day(path: str, pages: WebSite, in_athens: Page) -> None:
    """A page that was made before the deadline says from the reader's midnight on that it is over, and not before."""
    address, (before, after) = pages.address(f"/{path}"), SAID[path]
    in_athens.clock.set_fixed_time(LAST_MINUTE)
    text = text_of(in_athens, address)
    assert before in text
    assert after not in text
    assert "ισχύουν." not in text
    in_athens.clock.set_fixed_time(FIRST_MINUTE)
    text = text_of(in_athens, address)
    assert after in text
    assert ("Οι νέοι κωδικοί ισχύουν." in text) is (path == "index.html")


@pytest.mark.parametrize("path", SAID)
def test_without_scripts_the_words_hold_on_any_day(path: str, pages: WebSite, without_scripts: Page) -> None:
    """Without scripts a page names the days and says of none that it is over, or that it is still to come."""
    text = text_of(without_scripts, pages.address(f"/{path}"))
    assert SAID[path][0] in text
    assert "έληξε" not in text
    assert "ισχύει έως" not in text


@pytest.mark.parametrize("path", SAID)
def test_on_paper_the_words_hold_on_any_day(path: str, pages: WebSite, in_athens: Page) -> None:
    """A page that is printed after the day has the same words as one that was printed before."""
    printed = []
    in_athens.emulate_media(media="print")
    for moment in (LAST_MINUTE, FIRST_MINUTE):
        in_athens.clock.set_fixed_time(moment)
        printed.append(text_of(in_athens, pages.address(f"/{path}")))
    in_athens.emulate_media(media="screen")
    assert printed[0] == printed[1]
    assert "30 Νοεμβρίου 2020" in printed[0]
