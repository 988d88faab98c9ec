"""Fixtures for the opener's tests: ``pytest_plugins = ["tests.support.browser", "tests.support.opener_fixtures"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.opener_pages import ARCHIVE, PAGE, SITE, digest_of, link_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.browser import WebSite


LEAVE = """digest => {
    globalThis.dispatchEvent(new PageTransitionEvent("pagehide"));
    document.querySelector("#archive").dataset.sha256 = digest;
}"""


@pytest.fixture
def publish(website: WebSite, render: Callable[..., str]) -> Callable[..., str]:
    """Publish an agency's page and an archive, or none, and return the SHA-256 that the page promises.

    It is that of the archive, of another one that is ``promised``, or, with None, of no archive.
    """

    def put(archive: bytes | None, promised: bytes | None = b"") -> str:
        digest = "" if promised is None else digest_of(promised or archive or b"")
        website.put_script("opener.js")
        website.files[PAGE] = render("opener.html", "opener.js", link_to(digest), site=SITE).encode()
        if archive is not None:
            website.files[ARCHIVE] = archive
        return digest

    return put


@pytest.fixture
def visit(publish: Callable[..., str], website: WebSite, page: Page) -> Callable[..., Page]:
    """Publish an archive and go to its page; a page that is there already forgets all, as when one leaves it."""

    def go(archive: bytes | None, promised: bytes | None = b"") -> Page:
        digest = publish(archive, promised)
        if page.url == website.address(PAGE):
            page.evaluate(LEAVE, digest)
        else:
            page.goto(website.address(PAGE))
        return page

    return go
