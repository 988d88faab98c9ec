from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from tests.support.served_desk import served_desk
from tests.support.served_preview import served_preview
from tests.support.small_site import HEADER, ROWS, SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.served_preview import Served
    from tests.support.small_site import SmallSite

pytest_plugins = ["tests.support.browser"]

THIRA = ROWS[0].split(";")[0]
CIRCULAR = "Από 1-12-2020 ισχύουν νέοι κωδικοί πρόσβασης.\n"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
}
WIDTHS = (1280, 320)  # pixels


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
    """Return what axe-core finds on the page, wide and narrow, light and dark; and whether it is too wide."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            violations = page.evaluate("async rules => (await axe.run(rules)).violations", RULES)
            found += [f"{name} {width} {scheme} {each['id']}: {each['nodes'][0]['html']}" for each in violations]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name} {width}: wider than the window")
    return found


def test_a_campaign_from_two_documents_to_another_code(
    site: SmallSite, served: Served, page: Page, tmp_path: Path
) -> None:
    """A campaign begins in the browser, its annex is corrected, it is built, proved and handed over; a code follows."""
    page.route("**/livereload.js", lambda route: route.abort())  # a page that is loaded again loses a click
    bad = tmp_path / "Λίστα.csv"
    bad.write_text("\n".join((HEADER, ROWS[0], ROWS[2][1:])), encoding="utf-8")
    circular = tmp_path / "Εγκύκλιος.txt"
    circular.write_text(CIRCULAR, encoding="utf-8")
    desk = open_desk(served, page)
    assert page.url == desk
    page.get_by_role("link", name="Έναρξη αποστολής").click()
    page.get_by_label("Το παράρτημα").set_input_files(bad)
    page.get_by_label("Η εγκύκλιος").set_input_files(circular)
    page.get_by_label("Το όνομα της αποστολής").fill("2020-12")
    page.get_by_role("button", name="Ανάγνωση").click()
    page.get_by_text("Ελέγξτε τα παρακάτω").wait_for()
    page.get_by_role("link", name="Προβολή του παραρτήματος").click()
    assert page.locator("td.error").first.inner_text().startswith("12345678901")
    bad.write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    page.get_by_label("Το διορθωμένο παράρτημα").set_input_files(bad)
    page.get_by_role("button", name="Το διόρθωσα").click()
    assert page.locator("td.error").count() == 0
    page.goto(f"{desk}2020-12/facts")
    page.get_by_label("Το όνομα του υπο-φακέλου").fill("ΚΩΔΙΚΟΙ 12_2020")
    page.get_by_label("Η προθεσμία").fill("30-11-2020")
    page.get_by_label("Η πρώτη ημέρα των νέων κωδικών").fill("1/12/2020")
    page.get_by_role("button", name="Αποθήκευση").click()
    page.goto(desk)
    assert page.locator(".state", has_text="Έτοιμη").count() == 2
    page.get_by_role("navigation").get_by_role("link", name="Δημιουργία").click()
    page.get_by_role("button", name="Δημιουργία").click()
    page.get_by_role("heading", name="Επαληθεύτηκε").wait_for(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="2020-12").click()
    assert download.value.suggested_filename == "2020-12-handover.zip"
    page.goto(f"{desk}2020-12/agency")
    page.get_by_label("Επωνυμία").fill("θηρας")
    page.keyboard.press("Enter")
    page.get_by_text("Έκδοση άλλου κωδικού για").click()
    page.get_by_role("button", name="Έκδοση άλλου κωδικού").click()
    page.get_by_text("Έχει ζητηθεί άλλος κωδικός").wait_for()
    assert THIRA in (site.folders.content / "2020-12" / "campaign.toml").read_text(encoding="utf-8")


def test_a_saved_annex_is_noticed(site: SmallSite, served: Served, page: Page) -> None:
    """The page of the annex shows a file that was saved elsewhere by itself."""
    page.goto(f"{open_desk(served, page)}{SLUG}/annex")
    served.wait_for("Browser Connected")
    assert page.locator("td.error").count() == 0
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    page.locator("td.error").wait_for(timeout=20_000)


def test_all_but_progress_works_without_scripts(site: SmallSite, chromium: Browser, tmp_path: Path) -> None:
    """Without JavaScript a campaign is begun, filled in, built and handed over; a link shows how far the build is."""
    annex = tmp_path / "List.csv"
    annex.write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    with served_desk(site) as served, chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served.desk.gate.address)
        page.get_by_role("link", name="Start a campaign").click()
        page.get_by_label("The annex").set_input_files(annex)
        page.get_by_role("button", name="Read the documents").click()
        page.get_by_label("The folder's name").fill("B")
        page.get_by_label("The last day to act").fill("2020-11-30")
        page.get_by_label("The first day of the new codes").fill("2020-12-01")
        page.get_by_label("The text", exact=True).fill("The text.")
        page.get_by_role("button", name="Save").click()
        page.goto(f"http://127.0.0.1:{served.port}/desk/build")
        page.get_by_role("button", name="Build").click()
        page.get_by_role("link", name="See how far it is").or_(page.get_by_text("Proved")).first.wait_for()
        served.desk.job.wait()
        page.goto(page.url)
        page.get_by_role("heading", name="Proved").wait_for()
        assert page.get_by_role("link", name="Download the hand-over").count() == 2


@pytest.mark.usefixtures("in_greek")
def test_axe_finds_no_fault(site: SmallSite, page: Page) -> None:
    """Every page meets WCAG 2.2 AA and good practice in wide and narrow windows, light and dark."""
    page.route("**/livereload.js", lambda route: route.abort())  # a page that is loaded again loses axe
    site.build()
    with served_desk(site) as served:
        page.goto(f"http://127.0.0.1:{served.port}/desk/")
        found = faults(page, "refused")
        page.goto(served.desk.gate.address)
        paths = ["", "start", "build", f"{SLUG}/annex", f"{SLUG}/agency", f"{SLUG}/agency?q={THIRA}"]
        paths += [f"{SLUG}/facts", f"{SLUG}/logs", "nothing"]
        for path in paths:
            page.goto(f"http://127.0.0.1:{served.port}/desk/{path}")
            found += faults(page, path)
        site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]), top='unknown = "x"\nfiles_until = "soon"')
        served.desk.preview.refresh()
        for path in ("", f"{SLUG}/annex", f"{SLUG}/facts"):
            page.goto(f"http://127.0.0.1:{served.port}/desk/{path}")
            found += faults(page, f"{path} with mistakes")
        assert found == []
