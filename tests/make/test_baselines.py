from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from site_src.language.catalogues import Words
from tests.support.sample_edition import SITE, SLUG, edition_in, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

LONG = "Αποκεντρωμένη Διοίκηση Πελοποννήσου, Δυτικής Ελλάδας και Ιονίου"
KIND = "Αποκεντρωμένη Διοίκηση"

# The base line of the first line of each cell: the bottom of an empty box in front of its text.
BASELINES = """row => Array.from(row.cells, cell => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), text = texts.nextNode();
    if (!text || !cell.checkVisibility()) return null;
    const box = document.createElement('span');
    box.style.display = 'inline-block';
    text.before(box);
    const { bottom } = box.getBoundingClientRect();
    box.remove();
    return bottom;
}).filter(bottom => bottom !== null)"""


@pytest.fixture
def listing(website: WebSite, page: Page, tmp_path: Path) -> Page:
    """The listing of an agency whose name takes several lines."""
    edition = edition_in(tmp_path)
    agencies = tuple(replace(each, name=LONG, kind=KIND) for each in edition.agencies)
    made = rendered(SITE, [replace(edition, agencies=agencies)], (), Words("el"))
    website.files |= {f"/{each.path}": each.content for each in made}
    page.goto(website.address(f"/files/{SLUG}/index.html"))
    return page


@pytest.mark.parametrize("width", [1280, 900, 700])
def test_the_cells_of_a_row_begin_on_one_line(listing: Page, width: int) -> None:
    """Kind, user name, state and size stand beside the first line of the agency's name, none upon the next."""
    listing.set_viewport_size({"width": width, "height": 800})
    row = listing.locator("[data-agency]").first
    name = row.locator("a").bounding_box()
    assert name
    assert name["height"] > 50  # more than one line
    baselines = row.evaluate(BASELINES)
    assert len(baselines) == 5
    assert max(baselines) - min(baselines) < 0.5
    cells = row.locator("td").all()
    assert [cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth") for cell in cells] == [True] * len(cells)


def test_on_paper_too(listing: Page) -> None:
    """A user name, which is in another font, stands on the line of its row where the row is printed."""
    with pypdfium2.PdfDocument(listing.pdf(prefer_css_page_size=True)) as printed:
        baselines = _baselines_of(printed, "012345678901", LONG[:24], "Υπάρχει")
    assert max(baselines) - min(baselines) < 0.5


def _baselines_of(printed: pypdfium2.PdfDocument, *texts: str) -> list[float]:
    """Return the place of each text's first letter on the first sheet, from below in points."""
    page = printed[0].get_textpage()
    found = []
    for text in texts:
        place = page.search(text).get_next()
        assert place, text
        x, y = ctypes.c_double(), ctypes.c_double()
        pypdfium2.raw.FPDFText_GetCharOrigin(page, place[0], x, y)
        found.append(y.value)
    return found
