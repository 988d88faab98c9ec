"""Fixtures for the opener's tests: ``pytest_plugins = ["tests.support.browser", "tests.support.opener_fixtures"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.opener_pages import ARCHIVE, PAGE, SITE, link_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.browser import WebSite


@pytest.fixture
def publish(website: WebSite, render: Callable[..., str]) -> Callable[..., None]:
    """Publish an agency's page and an archive, or none.

    The page tells the SHA-256 of the archive, of another one that is ``promised``, or, with None, of no archive.
    """

    def put(archive: bytes | None, promised: bytes | None = b"") -> None:
        link = link_to(promised or archive or b"", tells_digest=promised is not None)
        website.put_script("opener.js")
        website.files[PAGE] = render("opener.html", "opener.js", link, site=SITE).encode()
        if archive is not None:
            website.files[ARCHIVE] = archive

    return put


@pytest.fixture
def visit(publish: Callable[..., None], website: WebSite, page: Page) -> Callable[..., Page]:
    """Publish an archive and go to its page."""

    def go(archive: bytes | None, promised: bytes | None = b"") -> Page:
        publish(archive, promised)
        page.goto(website.address(PAGE))
        return page

    return go
