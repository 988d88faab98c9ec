"""A civil servant runs a campaign in the browser, from two documents with mistakes to another code for an agency."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support import firefox, webkit
from tests.support.hands import Keyboard, Mouse
from tests.support.served_desk import served_desk
from tests.support.small_site import HEADER, ROWS

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from playwright.sync_api import Page

    from tests.support.hands import Hand
    from tests.support.served_desk import ServedDesk
    from tests.support.small_site import SmallSite

pytest_plugins = ["tests.support.browser"]
pytestmark = pytest.mark.usefixtures("in_greek")

SLUG = "2020-12"
THIRA = ROWS[0].split(";")[0]
CIRCULAR = "Από 1-12-2020 ισχύουν νέοι κωδικοί πρόσβασης.\n"
LOG = (
    f"203.0.113.7 - {THIRA} [20/Nov/2020:09:00:00 +0200] "
    f'"GET /files/{SLUG}/{THIRA}/{THIRA}.zip HTTP/1.1" 200 40000 "-" "-"\n'
)


def run_campaign(hand: Hand, served: ServedDesk, site: SmallSite, desktop: Path) -> None:
    """Go from the first page to another code, each step by what the page before offers."""
    annex, circular, log = desktop / "Λίστα.csv", desktop / "Εγκύκλιος.txt", desktop / "access.log"
    annex.write_text("\n".join((HEADER, ROWS[0], ROWS[2][1:])), encoding="utf-8")
    circular.write_text(CIRCULAR, encoding="utf-8")
    log.write_text(LOG, encoding="utf-8")
    hand.open(served.desk.gate.address)
    hand.use("A", "Έναρξη αποστολής")
    hand.choose("Το παράρτημα", annex)
    hand.choose("Η εγκύκλιος", circular)
    hand.fill("Το όνομα της αποστολής", SLUG)
    hand.use("BUTTON", "Ανάγνωση των εγγράφων")
    hand.see("Ελέγξτε τα παρακάτω")
    hand.use("A", "Παράρτημα")
    assert re.search(r"12345678901\s*Σφάλμα", hand.see("12345678901"))
    annex.write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    hand.choose("Το διορθωμένο παράρτημα", annex)
    hand.use("BUTTON", "Το διόρθωσα")
    hand.see("4 (παίρνουν νέο κωδικό: 3")
    hand.use("A", "Στοιχεία και κείμενο")
    hand.fill("Το όνομα του υπο-φακέλου", "ΚΩΔΙΚΟΙ 12_2020")
    hand.fill("Η προθεσμία", "30-11-2020")
    hand.fill("Η πρώτη ημέρα των νέων κωδικών", "1/12/2020")
    hand.use("BUTTON", "Αποθήκευση")
    hand.see("1 Δεκεμβρίου 2020")
    hand.use("A", "Αποστολές")
    hand.see("Έτοιμη")
    hand.use("A", "Δημιουργία")
    hand.use("BUTTON", "Δημιουργία και επαλήθευση")
    hand.see("Επαληθεύτηκε")
    hand.download("Λήψη του φακέλου παράδοσης")
    hand.use("A", "Αποστολές")
    hand.see("Παραδόθηκε")
    hand.use("A", "Δείτε ποιοι παρέλαβαν")
    hand.choose("Τα αρχεία καταγραφής", log)
    hand.use("BUTTON", "Καταμέτρηση")
    hand.see("1 από")
    hand.use("A", "Ένας φορέας ρωτά")
    hand.fill("Επωνυμία", "θηρας")
    hand.use("BUTTON", "Αναζήτηση")
    hand.see("20 Νοεμβρίου 2020")
    hand.use("SUMMARY", "Έκδοση άλλου κωδικού")
    hand.use("BUTTON", "Έκδοση άλλου κωδικού")
    hand.see("Έχει ζητηθεί άλλος κωδικός")
    assert THIRA in (site.folders.content / SLUG / "campaign.toml").read_text(encoding="utf-8")


@pytest.fixture
def empty(site: SmallSite) -> SmallSite:
    """A content folder without a campaign."""
    shutil.rmtree(site.campaign)
    return site


def test_keyboard_in_chromium(empty: SmallSite, page: Page, tmp_path: Path) -> None:
    """By the keyboard alone a campaign is begun, mended, built, proved, handed over and counted; a code follows."""
    with served_desk(empty) as served:
        run_campaign(Keyboard(page), served, empty, tmp_path)


@pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])
def test_mouse_in_other_engines(engine: ModuleType, empty: SmallSite, tmp_path: Path) -> None:
    """By clicks in Firefox and WebKit the same is done."""
    home = tmp_path / "home"
    home.mkdir()
    with engine.running(home) as browser, served_desk(empty) as served:
        run_campaign(Mouse(browser, home), served, empty, tmp_path)
