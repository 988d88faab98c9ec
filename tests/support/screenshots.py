"""Takes the guides' pictures of the sample: ``python tests/support/screenshots.py``, run by hand; needs Chromium.

Pages of text need few colours: with a palette a picture has a fifth of its bytes and looks the same.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from site_src.folders import Folders  # noqa: E402
from site_src.pipeline.build import check  # noqa: E402
from site_src.read.agency import Kind, Status  # noqa: E402 (found only once the path is set)
from tests.support.browser import serving  # noqa: E402
from tests.support.opener_pages import submit  # noqa: E402
from tests.support.programs import installed  # noqa: E402
from tests.support.staff_pictures import staff_pictures  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from site_src.read.agency import Agency

PICTURES = ROOT / "docs" / "pictures"
SLUG = "2020-11-access-codes"
DAY = date(2020, 11, 20)
COLOURS = 48
SCALE = 2  # pixels of a picture for each of the page, as sharp screens have
SCROLL = "mark => document.querySelector(mark).scrollIntoView({behavior: 'instant'})"
DESKTOP, PHONE = (1080, 746), (390, 746)  # where no line of the sample's pages is cut


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page's path, the window's size, whether the letter is opened, and what is typed."""

    name: str
    path: str
    size: tuple[int, int]
    opens: bool = False
    filter: str = ""


def main() -> None:
    """Build the sample into a folder that goes away, and take every picture."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        folders = _folders(Path(work))
        where = [f"--content={folders.content}", f"--private={folders.private}", f"--out={folders.out}"]
        subprocess.run([sys.executable, str(ROOT / "build.py"), "build", *where, "--date", str(DAY)], check=True)
        agency = _agency(folders)
        browser = playwright.chromium.launch(executable_path=installed("chromium"))
        with serving(_files(folders.out)) as site:
            for shot in _shots(agency):
                width, height = shot.size
                page = browser.new_page(
                    locale="el-GR", device_scale_factor=SCALE, viewport={"width": width, "height": height}
                )
                page.clock.set_fixed_time(datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC))
                page.goto(site.address(f"/{shot.path}"))
                if shot.opens:
                    _open_letter(page, agency)
                if shot.filter:
                    page.fill("#filter", shot.filter)
                    page.wait_for_selector("#filter-status:not(:empty)")
                    page.evaluate(SCROLL, ".filter")
                (PICTURES / f"{shot.name}.png").write_bytes(_with_palette(page.screenshot()))
                page.close()
        for name, picture in staff_pictures(browser, folders, agency, Path(work), SCALE):
            (PICTURES / f"{name}.png").write_bytes(_with_palette(picture))
        browser.close()


def _folders(work: Path) -> Folders:
    """Return folders with a copy of the sample that does not say on every page that it is one."""
    content = shutil.copytree(ROOT / "content" / "sample", work / "content")
    settings = (content / "site.toml").read_text(encoding="utf-8")
    (content / "site.toml").write_text(
        re.sub(r"^sample = true.*\n", "", settings, flags=re.MULTILINE), encoding="utf-8"
    )
    return Folders(content=content, private=work / "private", out=work / "dist")


def _shots(agency: Agency) -> list[Shot]:
    circular, listing = f"circulars/{SLUG}/index.html", f"files/{SLUG}/index.html"
    own = f"files/{SLUG}/{agency.username}/index.html"
    return [
        Shot("home", "index.html", DESKTOP),
        Shot("circular", circular, DESKTOP),
        Shot("listing", listing, DESKTOP, filter="κρητης"),
        Shot("agency", own, DESKTOP, opens=True),
        Shot("phone-listing", listing, PHONE),
        Shot("phone-agency", own, PHONE, opens=True),
        Shot("phone-circular", circular, PHONE),
    ]


def _agency(folders: Folders) -> Agency:
    """Return a municipality with a letter."""
    inputs, _ = check(folders, DAY)
    agencies = (agency for campaign in inputs.campaigns for agency in campaign.agencies)
    return next(each for each in agencies if each.kind == Kind.MUNICIPALITY and each.status is Status.NEW)


def _open_letter(page: Page, agency: Agency) -> None:
    """Try the agency's addresses until one opens the letter; on a phone, show it from where it was opened."""
    next(email for email in agency.emails if submit(page, email) == "opened")
    page.mouse.move(0, 0)  # off the button, which it would colour
    if page.evaluate("() => innerWidth") == PHONE[0]:
        page.evaluate(SCROLL, ".open")


def _files(folder: Path) -> dict[str, bytes]:
    """Return every file below the folder, by its path in an address."""
    return {f"/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in folder.rglob("*.*")}


def _with_palette(picture: bytes) -> bytes:
    reduced = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small = io.BytesIO()
    reduced.save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
