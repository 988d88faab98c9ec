from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from site_src.folders import ROOT, Folders
from site_src.language.catalogues import Words
from site_src.make.archives import seal
from site_src.make.pages import render_pages
from site_src.pipeline.build import check
from site_src.read.inputs import Document
from tests.support.axe import Window, faults_in, too_wide
from tests.support.opener_pages import ADDRESS, KEY, OTHER_ADDRESS, submit
from tests.support.programs import installed
from tests.support.sample_edition import AGENCIES, SITE, SLUG, STATES, edition_in, pages_of, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

FOLDERS = {state.value: f"files/{SLUG}/{a.username}/index.html" for a, state in zip(AGENCIES, STATES, strict=True)}
PATHS = {
    "home": "index.html",
    "circular": f"circulars/{SLUG}/index.html",
    "files": "files/index.html",
    "listing": f"files/{SLUG}/index.html",
    "mine": f"files/{SLUG}/mine/index.html",
    **{name: f"{name}/index.html" for name in ("help", "accessibility", "privacy")},
    **{name: f"{name}.html" for name in ("401", "403", "404", "429")},
    **FOLDERS,
}
USUAL_SIZE = 16  # pixels: of letters, unless a reader sets another
FINGER = 24  # pixels, as WCAG 2.5.8 has them
COLUMNS = ["Φορέας", "Είδος", "Όνομα χρήστη", "Κατάσταση", "Μέγεθος"]
# What is done on a page, one after the other.
USES = {"new": ("wrong address", "opened"), "listing": ("filtered",)}
SCRIPTED = {"home", "circular", "files", "listing", "new", "contact-us"}  # all others are the same without scripts


@dataclass(frozen=True)
class Reader:
    """The language of the site, the windows in which it is read, whether scripts reach the browser, and what to ask."""

    language: str
    windows: dict[str, Window]
    scripts: bool = True
    colours: bool = True


DESKTOP, PHONE = Window(1280), Window(320)  # the width of a phone, or a window of 1,280 at four times its size
READERS = {
    "Greek": Reader(
        "el",
        {
            "desktop": DESKTOP,
            "dark desktop": Window(1280, dark=True),
            "forced colours": Window(1280, forced=True),
            "phone": PHONE,
            "dark phone": Window(320, dark=True),
        },
    ),
    # Colours and widths are those of the Greek pages with scripts; what these readers have of their own is one each.
    "no scripts": Reader("el", {"phone": PHONE}, scripts=False),
    "English": Reader("en", {"desktop": DESKTOP}, colours=False),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The site in each language, with an archive."""
    return {language: _site_in(tmp_path_factory.mktemp(SLUG), language) for language in ("el", "en")}


def _site_in(folder: Path, language: str) -> dict[str, bytes]:
    path = FOLDERS["new"].replace("index.html", FOLDERS["new"].split("/")[2] + ".zip")
    archive = seal([Document("letter.pdf", b"%PDF-1.7 the letter")], ADDRESS, KEY, None)
    made = pages_of(folder, language)
    told, true = (digest.encode() for digest in ("ab" * 32, hashlib.sha256(archive).hexdigest()))
    return made | {FOLDERS["new"]: made[FOLDERS["new"]].replace(told, true), path: archive}


@pytest.fixture
def site(website: WebSite, pages: dict[str, dict[str, bytes]]) -> WebSite:
    """The Greek site as a web server serves it."""
    website.files |= {f"/{path}": content for path, content in pages["el"].items()}
    return website


def _use(page: Page, name: str) -> None:
    """Do on a page what its name says; nothing where no script is there to do it."""
    if name == "filtered":
        page.fill("#filter", "δημος ηρακλ")
        page.wait_for_selector("#filter-status:not(:empty)")
    else:
        submit(page, ADDRESS if name == "opened" else OTHER_ADDRESS)


def _states(page: Page, website: WebSite, name: str, *, used: bool = True) -> Iterator[str]:
    """Load a page and yield its name; then do on it what one does, and yield the name of each use."""
    page.goto(website.address(f"/{PATHS[name]}"))
    yield name
    for use in USES.get(name, ()) if used else ():
        _use(page, use)
        yield use


def _faults_in(reader: Reader, page: Page, website: WebSite, names: Iterable[str]) -> dict[str, list[str]]:
    """The faults of each page, as it is loaded and after each use, by its name and the window's."""
    found: dict[str, list[str]] = {}
    for name in names:
        for state in _states(page, website, name, used=reader.scripts):
            faults = faults_in(page, *reader.windows.values(), colours=reader.colours)
            found |= {f"{state}, {kind}": each for kind, each in zip(reader.windows, faults, strict=True)}
    return {where: faults for where, faults in found.items() if faults}


@pytest.fixture
def reader(request: pytest.FixtureRequest, website: WebSite, pages: dict[str, dict[str, bytes]]) -> Reader:
    """A reader of each kind, for whom the web site has its pages and, unless none is to reach the browser, scripts."""
    reader = READERS[request.param]
    files = {f"/{path}": content for path, content in pages[reader.language].items()}
    website.files |= {path: content for path, content in files.items() if reader.scripts or not path.endswith(".js")}
    return reader


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_axe_finds_no_fault(reader: Reader, page: Page, website: WebSite) -> None:
    """Every page, and an opened letter, a refused address and a filtered list, meets the rules in every window.

    These are WCAG 2.2 AA and good practice, with a contrast of 7 to 1; and no page scrolls sideways.
    """
    assert _faults_in(reader, page, website, PATHS if reader.scripts else SCRIPTED) == {}


def test_scripts_change_no_other_page(page: Page, site: WebSite) -> None:
    """A page on which no script has anything to do is as the server sent it: it is the same without scripts."""
    sent = "source => new DOMParser().parseFromString(source, 'text/html').documentElement.outerHTML"
    for path in (f"/{path}" for name, path in PATHS.items() if name not in SCRIPTED):
        page.goto(site.address(path))
        shown = page.evaluate("() => document.documentElement.outerHTML")
        assert (path, page.evaluate(sent, site.files[path].decode())) == (path, shown)


def test_axe_would_find_a_fault(page: Page, site: WebSite) -> None:
    """Text that is too pale in dark colours alone, or too wide for a phone alone, is found in those windows."""
    style = next(path for path in site.files if path.endswith(".css"))
    site.files[style] += b"@media (prefers-color-scheme: dark) { h1 { color: #444 !important } }"
    site.files[style] += b"@media (max-width: 40rem) { footer { width: 350px } }"
    found = _faults_in(READERS["Greek"], page, site, ["help"])
    assert list(found) == ["help, dark desktop", "help, phone", "help, dark phone"]


@pytest.fixture
def set_letters(page: Page) -> Iterator[Callable[[int], None]]:
    """Yield what sets the size in pixels of all text, as the browser's own setting does."""
    session = page.context.new_cdp_session(page)

    def set_size(pixels: int) -> None:
        session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})

    yield set_size
    set_size(USUAL_SIZE)
    session.detach()


def test_nothing_scrolls_sideways_with_large_letters(
    page: Page, site: WebSite, set_letters: Callable[[int], None]
) -> None:
    """With text at 200 %, by the browser's setting or a reader's style sheet, no page is wider than its window."""
    found = {}
    for name in PATHS:
        for state in _states(page, site, name):
            set_letters(2 * USUAL_SIZE)
            size = page.evaluate("() => getComputedStyle(document.documentElement).fontSize")
            assert size in {"34px", "36px"}  # of a phone's layout or of a wide one
            found[state, "setting"] = _too_wide(page, 320, 360, 390, 1280)
            set_letters(USUAL_SIZE)
            _enlarge(page, "200%")
            found[state, "style sheet"] = _too_wide(page, 320, 360, 700)
            page.evaluate("() => { document.adoptedStyleSheets = []; }")
    assert {where: each for where, each in found.items() if each} == {}


def _too_wide(page: Page, *widths: int) -> list[str]:
    """Return a fault for each width of a window in which the page scrolls sideways."""
    faults = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        faults += too_wide(page)
    return faults


@pytest.mark.parametrize(("width", "root"), [(1280, "200%"), (980, "112.5%")])
def test_the_side_column_has_room(page: Page, site: WebSite, width: int, root: str) -> None:
    """A style sheet of the reader's that doubles the letters, or a small window, leaves both columns readable."""
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("new", "circular"):
        page.goto(site.address(f"/{PATHS[name]}"))
        _enlarge(page, root)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        rem = float(page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)"))
        columns = page.locator(".desk > .facts, .desk > .open, .paper > .aside, .paper > .body").all()
        assert len(columns) == 2
        for column in columns:
            box = column.bounding_box()
            assert box
            assert box["width"] >= 11 * rem


@pytest.mark.parametrize("width", [390, 1280])
def test_a_finger_meets_one_link(page: Page, site: WebSite, width: int) -> None:
    """The telephones of a letterhead lie 24 pixels apart or more, middle from middle, as WCAG 2.5.8 asks."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.address(f"/{PATHS['circular']}"))
    page.eval_on_selector(".contacts", "contacts => contacts.append(contacts.lastElementChild.cloneNode(true))")
    boxes = [each.bounding_box() for each in page.locator(".contacts a").all()]
    above, below = (box["y"] + box["height"] / 2 for box in boxes if box)
    assert below - above >= FINGER


@pytest.mark.parametrize(("width", "columns"), [(390, 1), (768, 2), (1280, 4)])
def test_four_dates_never_leave_one_alone(page: Page, site: WebSite, width: int, columns: int) -> None:
    """The dates of a campaign that tells how long its files stay fill their rows, on any screen."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.address(f"/{PATHS['listing']}"))
    page.eval_on_selector(".facts", "facts => facts.append(facts.lastElementChild.cloneNode(true))")
    lefts = page.eval_on_selector_all(".facts dt", "all => all.map(one => one.getBoundingClientRect().left)")
    assert (len(lefts), len(set(lefts))) == (4, columns)


def test_a_search_without_result_leaves_no_empty_table(page: Page, site: WebSite) -> None:
    """The heads of the columns go when no agency is found; they come back with the first that is."""
    page.goto(site.address(f"/{PATHS['listing']}"))
    page.fill("#filter", "ζζζζ")
    page.locator("table").wait_for(state="hidden")
    page.fill("#filter", "ηρακλειο")
    page.locator("table").wait_for(state="visible")


def test_the_document_is_what_an_opened_letter_offers_first(page: Page, site: WebSite) -> None:
    """Once the letter is open only the document's own button is filled, and the form's no longer is."""
    page.goto(site.address(f"/{FOLDERS['new']}"))
    ground = "one => getComputedStyle(one).backgroundColor"
    filled = page.eval_on_selector("#open-here button", ground)
    _use(page, "opened")
    page.mouse.move(0, 0)
    assert page.eval_on_selector("#open-documents a", ground) == filled
    assert page.eval_on_selector("#open-here button", ground) == "rgba(0, 0, 0, 0)"


def test_the_tabs_of_a_narrow_phone_stand_in_one_row(page: Page, site: WebSite) -> None:
    """At 320 pixels the bar under the active tab lies on the header's line."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(site.address(f"/{PATHS['help']}"))
    assert len(_heights(page, "header.site li")) == 1


@pytest.mark.parametrize("width", [360, 390, 414])
def test_what_stands_side_by_side_in_the_footer_is_level(page: Page, site: WebSite, width: int) -> None:
    """A link, with its room for a thumb, has the same base line as the text beside it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.address(f"/{PATHS['help']}"))
    page.evaluate(
        "() => { document.querySelector('footer address').innerHTML ="
        ' \'<span><a href="#">a@b.example</a></span><span id="beside">Οδός 27</span>\'; }'
    )
    assert len(_heights(page, "footer address a, #beside")) == 1


def _heights(page: Page, selector: str) -> set[int]:
    """Return the lower ends of these elements' letters, in whole pixels."""
    return set(
        page.eval_on_selector_all(
            selector,
            "all => all.map(one => { const text = document.createRange(); text.selectNodeContents(one);"
            " const box = text.getClientRects(); return Math.round(box[box.length - 1].bottom); })",
        )
    )


def test_the_form_gives_way_to_the_letter(page: Page, site: WebSite) -> None:
    """Once the letter is open, it is the first thing below the heading; the field and the note about it come after."""
    page.goto(site.address(f"/{FOLDERS['new']}"))
    submit(page, ADDRESS)
    letter, field, note = (
        page.locator(selector).bounding_box() for selector in ("#open-documents", "#open-email", ".private")
    )
    assert letter
    assert field
    assert note
    assert letter["y"] + letter["height"] <= field["y"]
    assert field["y"] + field["height"] <= note["y"]


def test_the_dates_are_in_one_row_on_paper(page: Page, site: WebSite) -> None:
    """On A4, between its margins, four dates are beside one another."""
    page.goto(site.address(f"/{FOLDERS['new']}"))
    page.set_viewport_size({"width": 627, "height": 900})
    page.emulate_media(media="print")
    page.eval_on_selector(".facts", "facts => facts.append(facts.lastElementChild.cloneNode(true))")
    assert len(_heights(page, ".facts dd")) == 1


def test_the_printed_circular_begins_with_the_letterhead(page: Page, site: WebSite) -> None:
    """On paper the authority is first: no deadline of the site's, no button, no path."""
    page.goto(site.address(f"/{PATHS['circular']}"))
    page.emulate_media(media="print")
    assert page.locator("body").inner_text().startswith(page.locator(".authority").first.inner_text())


def _enlarge(page: Page, size: str) -> None:
    """Give the page a style sheet of the reader's, with the size of its letters."""
    page.evaluate(
        "size => { const own = new CSSStyleSheet(); own.replaceSync(`html { font-size: ${size} !important }`);"
        " document.adoptedStyleSheets = [own]; }",
        size,
    )


def test_an_error_stands_out(page: Page, site: WebSite) -> None:
    """A refused address is told in the colour of the field's edge, above the field, which has the focus."""
    page.goto(site.address(f"/{FOLDERS['new']}"))
    _use(page, "wrong address")
    edge = page.evaluate("() => getComputedStyle(document.querySelector('#open-email')).borderTopColor")
    assert page.evaluate("() => getComputedStyle(document.querySelector('#open-status strong')).color") == edge
    assert page.evaluate("() => getComputedStyle(document.querySelector('#open-here')).color") != edge
    message, entry = (page.locator(selector).bounding_box() for selector in ("#open-status", "#open-email"))
    assert message
    assert entry
    assert message["y"] + message["height"] <= entry["y"]
    assert page.evaluate("() => document.activeElement.id") == "open-email"


def test_motion_only_for_those_who_like_it(page: Page, site: WebSite) -> None:
    """Jumps within a page glide, but not for readers who asked for less motion."""
    page.goto(site.address(f"/{PATHS['help']}"))
    for wish, expected in (("no-preference", "smooth"), ("reduce", "auto")):
        page.emulate_media(reduced_motion=wish)  # type: ignore[arg-type]  # one of its literals
        assert page.evaluate("() => getComputedStyle(document.documentElement).scrollBehavior") == expected


def test_forced_colours_keep_what_colours_said(page: Page, site: WebSite) -> None:
    """With the reader's own colours a button still has an edge and a folder its picture."""
    page.emulate_media(forced_colors="active")
    page.goto(site.address(f"/{PATHS['listing']}"))
    ground = page.evaluate("() => getComputedStyle(document.body.parentElement).backgroundColor")
    edge = page.evaluate("() => getComputedStyle(document.querySelector('.button')).borderTopColor")
    icon = page.evaluate("() => getComputedStyle(document.querySelector('td .icon path, td .icon')).fill")
    link = page.evaluate("() => getComputedStyle(document.querySelector('td .folder')).color")
    assert edge not in {ground, "rgba(0, 0, 0, 0)"}
    assert icon == link


def test_forced_colours_hold_where_one_points(page: Page, site: WebSite) -> None:
    """With the reader's own colours a button under the pointer keeps them too, and only its edge answers."""
    page.emulate_media(forced_colors="active")
    page.goto(site.address(f"/{PATHS['listing']}"))
    told = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    edge = "one => getComputedStyle(one).borderTopColor"
    rest, rest_edge = (page.eval_on_selector(".button", script) for script in (told, edge))
    page.hover(".button")
    assert page.eval_on_selector(".button", told) == rest
    assert page.eval_on_selector(".button", edge) not in {rest_edge, rest[1]}


def test_forced_colours_reach_the_form_below_a_letter(page: Page, site: WebSite) -> None:
    """With the reader's own colours every button has them, also the form's once it steps back for the letter."""
    page.emulate_media(forced_colors="active")
    page.goto(site.address(f"/{PATHS['new']}"))
    _use(page, "opened")
    colours = page.eval_on_selector_all(
        ".open :is(button, .button)", "all => all.map(one => getComputedStyle(one).color)"
    )
    assert (len(colours), len(set(colours))) == (3, 1)


def test_forced_colours_mark_one_entry_of_the_menu(page: Page, site: WebSite) -> None:
    """With the reader's own colours the current entry alone is underlined, even under the pointer."""
    page.emulate_media(forced_colors="active")
    page.goto(site.address(f"/{PATHS['listing']}"))
    ground = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    page.hover("header.site li:first-child a")
    lines = page.eval_on_selector_all(
        "header.site li a", "all => all.map(one => getComputedStyle(one).borderBottomColor)"
    )
    assert [line != ground for line in lines] == [False, True, False]


@pytest.fixture
def page_read_aloud(chromium: Browser) -> Iterator[Page]:
    """A tab that tells a screen reader everything."""
    arguments = ["--force-renderer-accessibility"]
    with chromium.browser_type.launch(executable_path=installed("chromium"), args=arguments) as browser:
        yield browser.new_page()


def test_rows_far_from_the_window_are_whole(page_read_aloud: Page, website: WebSite, tmp_path: Path) -> None:
    """Rows that the browser does not draw are there for its search and, cell by cell, for a screen reader."""
    edition = edition_in(tmp_path)
    agencies = [replace(AGENCIES[0], username=f"{number:012d}", name=f"Δήμος {number}") for number in range(300)]
    many = replace(edition, agencies=tuple(agencies))
    website.files |= {f"/{made.path}": made.content for made in rendered(SITE, [many], (), Words("el"))}
    page_read_aloud.goto(website.address(f"/{PATHS['listing']}"))
    last = page_read_aloud.locator("[data-agency] td").last
    assert not last.evaluate("cell => cell.checkVisibility({ contentVisibilityAuto: true })")
    session = page_read_aloud.context.new_cdp_session(page_read_aloud)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree]
    assert roles.count("table") == 1
    assert [node["name"]["value"] for node in tree if node["role"]["value"] == "columnheader"] == COLUMNS
    assert roles.count("cell") == len(agencies) * len(COLUMNS)
    assert page_read_aloud.evaluate("name => find(name)", agencies[-1].name)


def test_the_circular_prints_as_a_document(page: Page, site: WebSite) -> None:
    """On paper the circular is A4, in the order of an official document, with none of the site's ways around."""
    page.goto(site.address(f"/{PATHS['circular']}"))
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as printed:
        assert {tuple(round(length) for length in sheet.get_size()) for sheet in printed} == {(595, 842)}
        text = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
    letterhead = ("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "Ταχ. Δ/νση", "Πληροφορίες:", "Αθήνα, 17", "78411", "Παραλαβή έως", "ΠΡΟΣ:")
    below = ("ΘΕΜΑ: Νέοι κωδικοί", "Ποιοι εξαιρούνται", "Ο Προϊστάμενος", "Συνημμένα", "Εσωτερική διανομή")
    places = [text.find(each) for each in (*letterhead, *below)]
    assert -1 not in places
    assert places == sorted(places)
    for screen_only in (
        "Λήψη αρχείων",
        "Περιεχόμενα",
        "Ο φάκελός μου",
        "Δήλωση προσβασιμότητας",
        "XLSX",
        "έγγραφο 1.pdf",
    ):
        assert screen_only not in text


def test_a_ministry_s_circular_prints_on_two_sheets(page: Page, website: WebSite, tmp_path: Path) -> None:
    """The sample's circular, which has the facts and the length of a ministry's own, takes two sheets of A4."""
    content = ROOT / "content" / "sample"
    folders = Folders(content=content, out=tmp_path / "dist", private=tmp_path / "private")
    inputs, _ = check(folders, date(2020, 11, 20))
    made = render_pages(inputs, {})
    website.files.update({f"/{each.path}": each.content for each in made})
    page.goto(website.address("/circulars/2020-11-access-codes/index.html"))
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as printed:
        assert len(printed) == 2


# The accessibility tree of the opener, as Playwright writes it: what a screen reader says, in this order.
ASKED = """
- region "Ανοίξτε το έγγραφο εδώ":
  - heading "Ανοίξτε το έγγραφο εδώ" [level=2]
  - status
  - textbox "Ηλεκτρονική διεύθυνση του υπευθύνου επικοινωνίας"
  - button "Άνοιγμα"
"""
REFUSED = """
- region "Ανοίξτε το έγγραφο εδώ":
  - status:
    - strong: Το αρχείο δεν ανοίγει με αυτή τη διεύθυνση.
    - text: /Ελέγξτε αν πληκτρολογήθηκε σωστά/
    - link "210 000 0101"
  - textbox "Ηλεκτρονική διεύθυνση του υπευθύνου επικοινωνίας" [invalid]
"""
OPENED = """
- region "Ανοίξτε το έγγραφο εδώ":
  - status:
    - strong: Το αρχείο άνοιξε.
  - heading "Το έγγραφο με τον νέο κωδικό" [level=3]
  - list:
    - listitem:
      - paragraph: /letter.pdf/
      - paragraph:
        - 'link "Άνοιγμα του εγγράφου: letter.pdf"'
        - 'link "Αποθήκευση: letter.pdf"'
"""


def test_a_screen_reader_says_each_step_to_the_letter(page: Page, site: WebSite) -> None:
    """In Greek it names the field with its hint, announces what was wrong and that it is open, and names the links."""
    from playwright.sync_api import expect

    page.goto(site.address(f"/{FOLDERS['new']}"))
    opener, field = page.locator("section.open"), page.get_by_role("textbox")
    expect(opener).to_match_aria_snapshot(ASKED)
    expect(field).to_have_accessible_description(re.compile("^Αυτή που έχει δηλώσει ο φορέας σας"))
    assert page.locator("html").get_attribute("lang") == "el"
    submit(page, OTHER_ADDRESS)
    expect(opener).to_match_aria_snapshot(REFUSED)
    expect(field).to_have_accessible_description(re.compile("Το αρχείο δεν ανοίγει με αυτή τη διεύθυνση"))
    submit(page, ADDRESS)
    expect(opener).to_match_aria_snapshot(OPENED)
