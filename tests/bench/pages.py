"""How long a contact waits, in figures without a judgement: ``python -m pytest tests/bench/pages.py -s``, run by hand.

Opening counts from the press on the button to the links, fetch from this machine and all; a keystroke counts from the
key to the frame that shows its answer.
"""

from __future__ import annotations

import hashlib
import random
from statistics import median
from typing import TYPE_CHECKING

from site_src.agency import Agency
from site_src.archives import Document, seal
from site_src.edition import Archive, Folder, State
from site_src.keys import CampaignKey
from site_src.settings import Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser import WebSite

pytest_plugins = ["tests.browser"]

ADDRESS = "maria@dimos.example"
USERNAME = "012345678901"
ROWS = 3_000

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
    const start = performance.now();
    field.value += letter;
    field.dispatchEvent(new Event('input'));
    const script = performance.now() - start;
    document.body.offsetHeight;
    const laidOut = performance.now() - start;
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
    return [script, laidOut, performance.now() - start];
}"""


def test_opening(website: WebSite, render: Callable[..., str], page: Page) -> None:
    """A letter of 25 KB and a document of 10 MB."""
    website.put_script("opener.js")
    for size in (25_000, 10_000_000):
        content = random.Random(size).randbytes(size)  # noqa: S311 (nothing secret)
        archive = seal([Document("letter.pdf", content)], ADDRESS, CampaignKey(bytes(32)), None)
        told = Archive(size=len(archive), sha256=hashlib.sha256(archive).hexdigest())
        folder = Folder(Agency(username=USERNAME, name="Δήμος"), State.READY, told)
        site = Site(title="Codes", operator="Ministry")
        website.files["/index.html"] = render("opener.html", "opener.js", folder=folder, site=site).encode()
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


def test_filter(website: WebSite, render: Callable[..., str], page: Page) -> None:
    """The first and the following keystrokes in a listing of 3,000 rows in 300 groups."""
    rows = []
    for index in range(ROWS):
        if index % 10 == 0:
            rows.append(f'<tbody data-group="Περιφέρεια {index}"><tr><th colspan=3>Περιφέρεια {index}</th></tr>')
        user = f"{index:012d}"
        rows.append(
            f'<tr id="{user}" data-agency="{user}"><td data-find>Δήμος Αγίου Νικολάου {index} «ΚΡΗΤΗ»</td>'
            f"<td data-find>Δήμος</td><td>{user}</td></tr>"
        )
    website.put_script("filter.js")
    website.files["/index.html"] = render("filter.html", "filter.js", f"<table>{''.join(rows)}</table>").encode()
    for _ in range(3):
        page.goto(website.address("/index.html"))
        page.wait_for_selector("#filter")
        for letter in "29":
            script, laid_out, painted = page.evaluate(KEYSTROKE, letter)
            print(f"\nkey {letter}: script {script:.0f} ms, laid out {laid_out:.0f} ms, next frame {painted:.0f} ms")
