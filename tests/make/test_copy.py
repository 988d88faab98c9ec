from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

PATH = "/index.html"
TEXT = '<code id="sum">ab12</code>'


def test_copies_the_text(website: WebSite, render: Callable[..., str], page: Page) -> None:
    """The button puts the text on the clipboard and says so."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    website.put_script("copy.js")
    website.files[PATH] = render("copy.html", "copy.js", TEXT).encode()
    page.goto(website.address(PATH))
    page.click("button")
    page.wait_for_selector("[role=status]:not(:empty)")
    assert page.evaluate("() => navigator.clipboard.readText()") == "ab12"


def test_no_button_where_it_could_do_nothing(website: WebSite, render: Callable[..., str], page: Page) -> None:
    """Without a secure connection a browser lets no script copy, so the button stays hidden."""
    website.put_script("copy.js")
    website.files[PATH] = render("copy.html", "copy.js", TEXT).encode()
    page.goto(website.insecure_address(PATH))
    assert page.locator("button").is_hidden()
