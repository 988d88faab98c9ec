from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from site_src.language.catalogues import Words
from site_src.read.settings import Logo
from tests.support.sample_edition import SITE, SLUG, edition_in, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

SCRIPTED = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1" onload="document.documentElement.id = 'ran'">
<style>rect { fill: #0b4a8f }</style><rect width="2" height="1"/>
<script>document.documentElement.setAttribute("class", "ran")</script>
<image href="/elsewhere.png" width="1" height="1"/></svg>"""


@pytest.fixture
def path(website: WebSite, tmp_path: Path) -> str:
    """The path of the logo of a site that is served."""
    site = replace(SITE, logo=Logo("logo.svg", SCRIPTED, 200, 100))
    pages = rendered(site, [edition_in(tmp_path)], [], Words("el"))
    website.files |= {f"/{page.path}": page.content for page in pages}
    return next(path for path in website.files if path.startswith("/assets/logo"))


def test_a_script_in_a_drawing_never_runs(website: WebSite, chromium: Browser, path: str) -> None:
    """Neither on a page nor opened by its own address, where the browser says why; nor does it fetch anything."""
    with chromium.new_context() as context:
        page, told = context.new_page(), []
        page.on("console", lambda message: told.append(message.text))
        page.goto(website.address("/index.html"))
        assert page.locator("img.logo").evaluate("image => image.complete && image.naturalWidth > 0")
        page.goto(website.address(path))
        root = page.locator("svg")
        assert (root.get_attribute("id"), root.get_attribute("class")) == (None, None)
    assert any("Blocked script execution" in text for text in told)
    assert "/elsewhere.png" not in website.requests


def test_a_printed_circular_has_the_logo_alone_above_its_letterhead(website: WebSite, page: Page, path: str) -> None:
    """Paper shows no furniture of the site, but whose letter it is; without a logo the letterhead is the first."""
    page.emulate_media(media="print")
    page.goto(website.address(f"/circulars/{SLUG}/index.html"))
    assert path in (page.locator("img.logo").get_attribute("src") or "").replace("../..", "")
    assert page.locator("img.logo").is_visible()
    assert not page.locator(".brand").is_visible()
    logo, head = (page.locator(name).bounding_box() for name in ("img.logo", ".letterhead"))
    assert logo
    assert head
    assert logo["y"] + logo["height"] <= head["y"]
    page.locator("img.logo").evaluate("image => image.remove()")
    assert not page.locator("header.site").is_visible()
