"""Two ways to use the desk: by the keyboard alone in Chromium, and by clicks in other engines."""

from __future__ import annotations

import zipfile
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tests.support.webdriver import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.webdriver import Driven

TABS_MOST = 200  # on a page; the form with the most fields has about 50
# The kind of the element that has the focus, and what a reader hears of it: its labels, or what it shows.
FOCUS = """(e => [e.tagName, [...(e.labels ?? [])].map(label => label.innerText).join(' ') || e.innerText || ''])
    (document.activeElement)"""
LOADED = "return performance.timeOrigin"  # when the page was begun, which no two pages share
NEXT_PAGE_SECONDS = 5
ENTER = "\ue007"  # WebDriver, 17.4.2: the key's code


class Hand(Protocol):
    """A person at a browser, who finds links, buttons and fields by their words."""

    def open(self, address: str) -> None:
        """Open an address."""

    def use(self, kind: str, words: str) -> None:
        """Follow a link (A), press a button (BUTTON), or open what a SUMMARY hides."""

    def download(self, words: str) -> None:
        """Follow a link to a ZIP, and have it saved."""

    def fill(self, label: str, text: str) -> None:
        """Type a text into a field, in the place of the one that it has."""

    def choose(self, label: str, path: Path) -> None:
        """Choose a file."""

    def see(self, words: str) -> str:
        """Wait until the page shows these words; return all of its text."""


@dataclass(frozen=True)
class Keyboard:
    """Tab, Enter and letters in Chromium."""

    page: Page

    def open(self, address: str) -> None:
        """Open an address."""
        self.page.goto(address)

    def use(self, kind: str, words: str) -> None:
        """Go to it by Tab, and press Enter."""
        self._reach((kind,), words)
        with self.page.expect_navigation() if kind != "SUMMARY" else nullcontext():
            self.page.keyboard.press("Enter")

    def download(self, words: str) -> None:
        """Go to the link by Tab, and press Enter."""
        self._reach(("A",), words)
        with self.page.expect_download():
            self.page.keyboard.press("Enter")

    def fill(self, label: str, text: str) -> None:
        """Go to it by Tab, and type."""
        self._reach(("INPUT", "TEXTAREA"), label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, path: Path) -> None:
        """Go to it by Tab, and give it the file, as the system's own window does that follows Space."""
        self._reach(("INPUT",), label)
        self.page.locator(":focus").set_input_files(path)

    def see(self, words: str) -> str:
        """Wait for the words."""
        self.page.locator("main", has_text=words).wait_for(timeout=60_000)
        return self.page.locator("main").inner_text()

    def _reach(self, kinds: tuple[str, ...], words: str) -> None:
        for _ in range(TABS_MOST):
            self.page.keyboard.press("Tab")
            kind, name = self.page.evaluate(FOCUS)
            if kind in kinds and words in name:
                return
        raise AssertionError(f"no Tab leads to «{words}» on {self.page.url}")


@dataclass(frozen=True)
class Mouse:
    """Clicks in a browser that Playwright does not drive."""

    browser: Driven
    downloads: Path  # the folder that the browser saves files in

    def open(self, address: str) -> None:
        """Open an address."""
        self.browser.go(address)

    def use(self, kind: str, words: str) -> None:
        """Click on it; on a link again if no page follows: WebKit loses a click as long as it ends a download."""
        page = self.browser.evaluate(LOADED)
        self.browser.click(_showing(kind, words))
        while kind == "A" and not self._has_left(page):
            self.browser.click(_showing(kind, words))

    def _has_left(self, page: float) -> bool:
        """Wait some seconds for another page, and return whether it has come."""
        try:
            wait_until(lambda: self.browser.evaluate(LOADED) != page, "another page", seconds=NEXT_PAGE_SECONDS)
        except TimeoutError:
            return False
        return True

    def download(self, words: str) -> None:
        """Press Enter on the link, and wait for the file; after a click Firefox waits five seconds for another page."""
        self.browser.do_with(_showing("a", words), "ElementSendKeys", text=ENTER)
        wait_until(lambda: any(map(zipfile.is_zipfile, self.downloads.glob("*.zip"))), "the browser saves the file")

    def fill(self, label: str, text: str) -> None:
        """Type into it."""
        self.browser.type(_labelled(label), text)

    def choose(self, label: str, path: Path) -> None:
        """Give it the file's path, as the system's own window does."""
        self.browser.do_with(_labelled(label), "ElementSendKeys", text=str(path))

    def see(self, words: str) -> str:
        """Wait for the words."""
        self.browser.find(f'//main[contains(normalize-space(.), "{words}")]')
        return self.browser.text("main")


def _labelled(label: str) -> str:
    return f'//*[@id = //label[contains(., "{label}")]/@for]'


def _showing(kind: str, words: str) -> str:
    return f'//{kind.lower()}[contains(normalize-space(.), "{words}")]'
