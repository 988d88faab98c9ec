"""How long a contact waits, in figures without a judgement: ``python -m pytest tests/bench/pages.py -s``, run by hand.

Opening counts from the press on the button to the links, fetch from this machine and all; a keystroke counts from the
key to the first frame without a blank row in the window, since a browser may leave out at first what was far from it.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import random
import time
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from site_src.language.catalogues import Words
from site_src.make.archives import seal
from site_src.make.pages import Archive, render_pages
from site_src.plan.keys import CampaignKey
from site_src.read.agency import Agency
from site_src.read.inputs import Document, Inputs
from tests.support.opener_pages import SITE, USERNAME, digest_of, link_to
from tests.support.sample_edition import SITE as SAMPLE
from tests.support.sample_edition import SLUG, edition_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

NAMES = Path(__file__).resolve().parent.parent / "data" / "agencies.csv"
ADDRESS = "maria@dimos.example"
ROWS = 3_000
GZIP_LEVEL = 6  # what web servers use

OPENING = """async address => {
    const form = document.querySelector('#open-here');
    form.elements.email.value = address;
    let last = performance.now(), longest = 0, running = true;
    const watch = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (running) setTimeout(watch);
    };
    watch();
    const start = performance.now();
    form.requestSubmit();
    while (!document.querySelector('#open-documents a')) await new Promise(resolve => setTimeout(resolve));
    running = false;
    return [performance.now() - start, longest];
}"""

KEYSTROKE = """async letter => {
    const field = document.querySelector('#filter');
    const rows = Array.from(document.querySelectorAll('[data-agency]'));
    const isBlank = row => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > 0 && top < innerHeight && row.checkVisibility()
            && !row.firstElementChild.checkVisibility({ contentVisibilityAuto: true });
    };
    const nextFrame = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
    field.scrollIntoView({ behavior: 'instant' });
    await nextFrame();
    await nextFrame();
    const start = performance.now();
    field.value += letter;
    field.dispatchEvent(new Event('input'));
    const script = performance.now() - start;
    document.body.offsetHeight;
    const laidOut = performance.now() - start;
    let shown;
    do {
        await nextFrame();
        shown = performance.now() - start;
    } while (rows.some(isBlank));
    return [script, laidOut, shown];
}"""


def test_opening(website: WebSite, render: Callable[..., str], page: Page) -> None:
    """A letter of 25 KB and a document of 10 MB."""
    website.put_script("opener.js")
    for size in (25_000, 10_000_000):
        content = random.Random(size).randbytes(size)  # noqa: S311 (nothing secret)
        archive = seal([Document("letter.pdf", content)], ADDRESS, CampaignKey(bytes(32)), None)
        link = link_to(digest_of(archive))
        website.files["/index.html"] = render("opener.html", "opener.js", link, site=SITE).encode()
        website.files[f"/{USERNAME}.zip"] = archive
        times = []
        for _ in range(7):
            page.goto(website.address("/index.html"))
            page.wait_for_selector("#open-here")
            times.append(page.evaluate(OPENING, ADDRESS))
        opened, longest = ([row[column] for row in times] for column in (0, 1))
        print(
            f"\n{size:>10,} bytes: {median(opened):.0f} ms (first {opened[0]:.0f}), longest pause {max(longest):.0f} ms"
        )


def test_filter(website: WebSite, page: Page, tmp_path: Path) -> None:
    """The first and the following keystrokes in a listing of 3,000 agencies, and how long that page is."""
    pages = pages_of_many(tmp_path, ROWS)
    website.files |= {f"/{path}": content for path, content in pages.items()}
    listing = f"files/{SLUG}/index.html"
    size, sent = len(pages[listing]), len(gzip.compress(pages[listing], GZIP_LEVEL))
    print(f"\nlisting: {size / 1000:,.0f} KB, compressed {sent / 1000:,.0f} KB")
    for _ in range(3):
        page.goto(website.address(f"/{listing}"))
        page.wait_for_selector("#filter")
        for letter in "δημ":
            script, laid_out, painted = page.evaluate(KEYSTROKE, letter)
            print(f"key {letter}: script {script:.0f} ms, laid out {laid_out:.0f} ms, shown {painted:.0f} ms")


def test_rendering(tmp_path: Path) -> None:
    """All pages of 3,000 agencies."""
    for _ in range(3):
        start = time.perf_counter()
        pages_of_many(tmp_path, ROWS)
        print(f"\nan agency's page: {(time.perf_counter() - start) / ROWS * 1000:.2f} ms")


def pages_of_many(folder: Path, count: int) -> dict[str, bytes]:
    """Every page of a campaign with so many agencies, all with an archive; their names are public ones, repeated."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        names = list(csv.DictReader(file))
    agencies, archives = [], {}
    for index, row in zip(range(count), cycle(names), strict=False):
        digest = hashlib.sha256(str(index).encode()).hexdigest()
        username = f"{int(digest, 16) % 10**12:012d}"
        agency = Agency(username=username, name=row["name_el"], kind=row["level"], parent=row["parent_name_el"])
        agencies.append(agency)
        archives[username] = Archive(40_000 + index, digest)
    campaign = replace(edition_in(folder), agencies=tuple(agencies))
    inputs = Inputs(site=SAMPLE, words=Words("el"), pages=(), campaigns=(campaign,))
    return {page.path: page.content for page in render_pages(inputs, {campaign.campaign.slug: archives})}
