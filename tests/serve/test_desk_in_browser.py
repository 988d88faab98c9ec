from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_src.folders import Options
from site_src.serve.desk import Job
from tests.support.axe import Window, faults_in
from tests.support.served_desk import served_desk
from tests.support.served_preview import served_preview, wait_until_it_listens
from tests.support.small_site import DAY, HEADER, ROWS, SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.served_preview import Served
    from tests.support.small_site import SmallSite

pytest_plugins = ["tests.support.browser"]

THIRA = ROWS[0].split(";")[0]
WINDOWS = (Window(1280), Window(320, dark=True), Window(320, forced=True))


@pytest.fixture
def served(site: SmallSite) -> Iterator[Served]:
    """The command, running in Greek."""
    with served_preview(site, "--lang=el") as running:
        yield running


def open_desk(served: Served, page: Page) -> str:
    """Open the address that the command shows; return that of the desk."""
    served.wait_for("/desk/?key=")
    (line,) = (line for line in served.told if "/desk/?key=" in line)
    (address,) = re.findall(r"http://\S+", line)
    page.goto(address)
    return f"{served.address}desk/"


def faults(page: Page, name: str) -> list[str]:
    """Return what axe-core finds, wide and narrow, light, dark and in forced colours."""
    found = zip(WINDOWS, faults_in(page, *WINDOWS), strict=True)
    return [f"{name} {window}: {fault}" for window, faults in found for fault in faults]


def test_a_saved_annex_is_noticed(site: SmallSite, served: Served, page: Page) -> None:
    """The page of the annex shows a file that was saved elsewhere by itself, but no longer once one leaves it."""
    page.goto(f"{open_desk(served, page)}{SLUG}/annex")
    wait_until_it_listens(page)
    assert page.locator("td.error").count() == 0
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    page.locator("td.error").wait_for()
    page.evaluate("() => { LiveReload.shutDown = () => sessionStorage.setItem('shut', 'down'); }")
    page.get_by_role("link", name="Χώρος εργασίας").click()
    page.wait_for_url("**/desk/")
    assert page.evaluate("sessionStorage.getItem('shut')") == "down"


def test_another_window_notices_the_hand_over(site: SmallSite, served: Served, page: Page) -> None:
    """The first page shows by itself that a campaign was built beside it, and that its folder was downloaded."""
    facts = site.campaign / "campaign.toml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("= 2020-1", "= 2099-1"), encoding="utf-8")
    address = open_desk(served, page)
    page.get_by_text("Έτοιμη").wait_for()
    for state, change in (("Δημιουργήθηκε", site.build), ("Παραδόθηκε", lambda: download(page, address))):
        wait_until_it_listens(page)
        assert page.get_by_text(state).count() == 0
        change()
        page.get_by_text(state).wait_for()


def download(page: Page, address: str) -> None:
    """Download the hand-over folder in another window."""
    with page.context.new_page() as other:
        other.goto(f"{address}build")
        with other.expect_download():
            other.get_by_role("link", name="Λήψη του φακέλου παράδοσης").click()


def test_all_but_progress_works_without_scripts(site: SmallSite, page_without_scripts: Page, tmp_path: Path) -> None:
    """Without JavaScript a campaign is begun, filled in, built and handed over; a link shows how far the build is."""
    annex = tmp_path / "List.csv"
    annex.write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    page = page_without_scripts
    with served_desk(site) as served:
        page.goto(served.desk.gate.address)
        page.get_by_role("link", name="Start a campaign").click()
        page.get_by_label("The annex").set_input_files(annex)
        page.get_by_role("button", name="Read the documents").click()
        page.get_by_label("The folder's name").fill("B")
        page.get_by_label("The last day to act").fill("2020-11-30")
        page.get_by_label("The first day of the new codes").fill("2020-12-01")
        page.get_by_label("The text", exact=True).fill("The text.")
        page.get_by_role("button", name="Save and look").click()
        page.get_by_role("region", name="As it was saved last").get_by_text("The text.").wait_for()
        page.goto(f"http://127.0.0.1:{served.port}/desk/build")
        page.get_by_role("button", name="Build").click()
        page.get_by_role("link", name="See how far it is").or_(page.get_by_text("Proved")).first.wait_for()
        served.desk.job.join()
        page.goto(page.url)
        page.get_by_role("heading", name="Proved").wait_for()
        assert page.get_by_role("link", name="Download the hand-over").count() == 2


def test_the_preview_of_the_text_is_as_wide_as_the_text(site: SmallSite, page: Page) -> None:
    """Beside a long address in its field, the text as it will be has half of the page."""
    (site.campaign / "circular.md").write_text(f"<https://ypourgeio.example/{'x' * 200}>", encoding="utf-8")
    with served_desk(site) as served:
        page.goto(served.desk.gate.address)
        page.goto(f"{page.url}{SLUG}/facts")
        left, right = (box.bounding_box() for box in page.locator(".beside > div").all())
        assert left
        assert right
        assert left["width"] == right["width"]


@pytest.mark.usefixtures("in_greek")
def test_axe_finds_no_fault(site: SmallSite, page: Page) -> None:
    """Every page meets WCAG 2.2 AA and good practice, wide and narrow, light, dark and in forced colours."""
    page.route("**/livereload.js", lambda route: route.abort())  # a page that is loaded again loses axe
    with served_desk(site) as served:
        served.desk.job = Job(Options(folders=site.folders, day=DAY, jobs=1))
        served.desk.job.start()
        served.desk.job.join()
        page.goto(f"http://127.0.0.1:{served.port}/desk/")
        found = faults(page, "refused")
        page.goto(served.desk.gate.address)
        names = ("agency", f"agency?q={THIRA}", "logs")
        for path in (f"start?before={SLUG}", "build", "nothing", *(f"{SLUG}/{name}" for name in names)):
            page.goto(f"http://127.0.0.1:{served.port}/desk/{path}")
            found += faults(page, path)
        site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]), top='unknown = "x"\nfiles_until = "soon"')
        served.desk.preview.refresh()
        for path in ("", f"{SLUG}/annex", f"{SLUG}/facts"):
            page.goto(f"http://127.0.0.1:{served.port}/desk/{path}")
            found += faults(page, f"{path} with mistakes")
        page.goto(f"http://127.0.0.1:{served.port}/")
        found += faults(page, "preview with mistakes")
        assert found == []
