"""The opener on a page whose own address holds the login, as bookmarks do: real browsers, a real web server."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.support import firefox, webkit
from tests.support.opener_pages import submit
from tests.support.probes import CODE
from tests.support.served_site import ADDRESSES, THIRA, served_site
from tests.support.small_site import SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from playwright.sync_api import Page

    from tests.support.web_servers import WebServer

pytest_plugins = ["tests.support.browser"]

(ADDRESS,) = ADDRESSES[THIRA]


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    """A built site behind nginx, which asks for a login."""
    with served_site(date.today()) as served, served.behind("nginx") as server:  # noqa: DTZ011 (the day does not matter)
        yield server


def address_with_login(server: WebServer) -> str:
    """The page of an agency, with its login in the address."""
    return f"http://{THIRA}:{CODE}@127.0.0.1:{server.port}/files/{SLUG}/{THIRA}/index.html"


def test_chromium(server: WebServer, page: Page) -> None:
    """In Chromium the letter opens, and the server has had its login."""
    page.goto(address_with_login(server))
    assert submit(page, ADDRESS) == "opened"
    assert page.locator("#open-documents a[download]").count() == 1


@pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])
def test_other_engines(engine: ModuleType, server: WebServer, tmp_path: Path) -> None:
    """In Firefox and WebKit the letter opens, and the server has had its login."""
    with engine.running(tmp_path) as browser:
        browser.go(address_with_login(server))
        browser.find("section.open:not([hidden])")
        browser.type("[name=email]", ADDRESS)
        browser.click("#open-here button")
        browser.find("#open-status[data-kind=opened]")
