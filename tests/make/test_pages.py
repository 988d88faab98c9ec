from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import html5lib
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from site_src.files.workbooks import FORMULA_STARTS
from site_src.folders import BUILT_IN_PAGES, TEMPLATES
from site_src.language.catalogues import Words
from site_src.make.pages import dialled, group_agencies, public_annex
from site_src.make.server_rules import ERROR_STATUSES
from site_src.read.agency import Agency, Kind, Status
from site_src.read.circular.render import OwnPage
from site_src.read.inputs import CampaignInputs, CircularInputs
from site_src.read.settings import Link, Logo, Office
from tests.support.sample_edition import AGENCIES, HOSTILE, SITE, SLUG, STATES, edition_in, pages_of, rendered

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from openpyxl.worksheet.worksheet import Worksheet

PREFIX = "/codes"
SITE_PAGES = {"index.html", "files/index.html"}  # that belong to no campaign, without the staff's own
SITE_PAGES |= {f"{name}/index.html" for name in BUILT_IN_PAGES} | {f"{status}.html" for status in ERROR_STATUSES}
COPIED = {  # what others put beside the pages
    f"circulars/{SLUG}/annex.xlsx",
    f"circulars/{SLUG}/έγγραφο 1.pdf",
    *(f"files/{SLUG}/{a.username}/{a.username}.zip" for a, s in zip(AGENCIES, STATES, strict=True) if s is Status.NEW),
}
DAY = date(2020, 11, 17)  # of a public annex
BODY_CONTRAST = 7  # WCAG 2.2, success criterion 1.4.6


@pytest.fixture(scope="module", params=["el", "en"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site below a prefix, in each language."""
    return pages_of(tmp_path_factory.mktemp(SLUG), request.param, PREFIX)


def _html(pages: dict[str, bytes]) -> dict[str, str]:
    return {path: content.decode() for path, content in pages.items() if path.endswith(".html")}


def _circular_page(edition: CampaignInputs) -> str:
    made = rendered(SITE, [edition], (), Words("el"))
    return next(page.content.decode() for page in made if page.path == f"circulars/{SLUG}/index.html")


def _parse(text: str) -> Element:
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return tree


def test_every_page_of_the_tree_is_there(pages: dict[str, bytes]) -> None:
    """The pages are these and no others; all else is assets."""
    expected = {
        *("index.html", "files/index.html", "help/index.html", "accessibility/index.html", "privacy/index.html"),
        *("401.html", "403.html", "404.html", "429.html"),
        *(f"circulars/{SLUG}/index.html", f"files/{SLUG}/index.html", f"files/{SLUG}/mine/index.html"),
        *(f"files/{SLUG}/{agency.username}/index.html" for agency in AGENCIES),
    }
    assert set(_html(pages)) == expected
    assert all(path.startswith("assets/") for path in set(pages) - expected - {"feed.xml", "robots.txt"})


def test_pages_are_valid_html(pages: dict[str, bytes]) -> None:
    """A strict parser finds nothing wrong, and no id stands twice on a page."""
    for path, text in _html(pages).items():
        ids = [element.get("id") or "" for element in _parse(text).iter() if element.get("id")]
        assert sorted(ids) == sorted(set(ids)), path


def test_pages_have_what_readers_need(pages: dict[str, bytes]) -> None:
    """Each page tells language and title, has landmarks, a skip link that works, one h1 and no gap below it."""
    for path, text in _html(pages).items():
        tree = _parse(text)
        assert text.startswith("<!doctype html>"), path
        assert tree.get("lang") in {"el", "en"}
        assert (tree.findtext(".//title") or "").strip()
        names = {meta.get("name"): meta.get("content") for meta in tree.iter("meta")}
        assert names["generator"] == "Thyrida"
        assert "width=device-width" in (names["viewport"] or "")
        assert all(tree.find(f".//{mark}") is not None for mark in ("header", "nav", "main", "footer"))
        first = next(tree.iter("a"))
        assert first.get("href") == "#main"
        assert tree.find(".//main[@id='main']") is not None
        levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch(r"h[1-6]", str(element.tag))]
        assert (levels[0], levels.count(1)) == (1, 1), path
        assert all(below <= above + 1 for above, below in pairwise(levels)), path


def test_search_engines_learn_what_open_pages_are_for(pages: dict[str, bytes]) -> None:
    """The pages that need no login describe themselves: the circular with its deadline."""
    told = {
        path: meta.get("content")
        for path, text in _html(pages).items()
        for meta in _parse(text).iter("meta")
        if meta.get("name") == "description"
    }
    assert set(told) == {"index.html", "help/index.html", f"circulars/{SLUG}/index.html"}
    assert told[f"circulars/{SLUG}/index.html"] in {"Παραλαβή έως 30 Νοεμβρίου 2020", "Collect by 30 November 2020"}


def test_every_internal_link_leads_somewhere(pages: dict[str, bytes]) -> None:
    """Each link and asset is a page, an asset, a copied file, or an id of a page; error pages link from the top."""
    ids = {path: {e.get("id") for e in _parse(text).iter()} for path, text in _html(pages).items()}
    for path, text in _html(pages).items():
        for element in _parse(text).iter():
            address = element.get("href") or element.get("src")
            if not address or urlsplit(address).scheme:
                continue
            if path.removesuffix(".html") in map(str, ERROR_STATUSES) and not address.startswith("#"):
                assert address.startswith(f"{PREFIX}/"), (path, address)
            target = unquote(urlsplit(posixpath.join("/codes/", path)).path)
            to = posixpath.normpath(posixpath.join(posixpath.dirname(target), unquote(urlsplit(address).path)))
            to = path if address.startswith("#") else to.removeprefix(f"{PREFIX}/")
            assert to in pages or to in COPIED, (path, address)
            if fragment := urlsplit(address).fragment:
                assert fragment in ids[to], (path, address)


def test_nothing_comes_from_elsewhere_and_nothing_is_inline(pages: dict[str, bytes]) -> None:
    """No style, script or handler stands in a page, and nothing but links names another site."""
    for path, text in _html(pages).items():
        for element in _parse(text).iter():
            assert not [name for name in element.keys() if name == "style" or name.startswith("on")], path  # noqa: SIM118 (an Element is no dictionary)
            assert element.tag != "style"
            assert element.tag != "script" or (element.get("src") and not element.text)
            if element.tag != "a":
                assert not urlsplit(element.get("src") or element.get("href") or "").netloc, path
    styles = b"".join(content for path, content in pages.items() if path.endswith(".css"))
    assert b"url(" not in styles
    assert b"@import" not in styles


def test_only_what_needs_a_script_waits_for_it(pages: dict[str, bytes]) -> None:
    """Without scripts nothing is hidden but the filter, the opener, the button that copies, and what is over."""
    for path, text in _html(pages).items():
        tree = _parse(text)
        outer = [
            element for element in tree.iter() if element.get("hidden") is not None and not element.get("data-after")
        ]
        inside = {child for element in outer for child in element.iter() if child is not element}
        assert {element.get("class") for element in outer if element not in inside} <= {"filter", "open", "copy"}, path


def test_no_address_and_no_note_of_an_agency_is_on_a_page(pages: dict[str, bytes]) -> None:
    """Pages know the contacts' addresses and the annex's notes neither in clear nor in pieces."""
    everything = unescape(b"\n".join(pages.values()).decode())
    assert "secret note" not in everything
    assert [email for agency in AGENCIES for email in agency.emails if email in everything] == []


def test_user_names_are_on_no_page_without_login(pages: dict[str, bytes]) -> None:
    """A user name stands only below files/."""
    for path, text in _html(pages).items():
        if not path.startswith("files/"):
            assert [agency.username for agency in AGENCIES if agency.username in text] == [], path


def test_hostile_names_are_text(pages: dict[str, bytes]) -> None:
    """A name full of markup shows as it is written, in the listing, on its page and in the circular."""
    listing = _parse(pages[f"files/{SLUG}/index.html"].decode())
    names = ["".join(row.itertext()) for row in listing.iter("a") if row.get("data-find") is not None]
    assert HOSTILE in names
    page = _parse(pages[f"files/{SLUG}/312345678901/index.html"].decode())
    assert page.findtext(".//h1") == HOSTILE
    circular = "".join(_parse(pages[f"circulars/{SLUG}/index.html"].decode()).itertext())
    assert HOSTILE in circular


def test_rows_can_be_linked_to_and_filtered(pages: dict[str, bytes]) -> None:
    """Each agency is one row with its user name as id, in the group of its parent; the filter waits for a script."""
    tree = _parse(pages[f"files/{SLUG}/index.html"].decode())
    rows = {row.get("data-agency"): body.get("data-group") for body in tree.iter("tbody") for row in body.iter("tr")}
    assert {agency.username: agency.parent for agency in AGENCIES}.items() <= rows.items()
    assert all(tree.find(f".//tr[@id='{agency.username}']") is not None for agency in AGENCIES)
    assert tree.find(".//div[@hidden]//input[@id='filter']") is not None


def test_each_state_has_its_page(pages: dict[str, bytes]) -> None:
    """Only a folder that is ready names an archive; every other says in words why there is none."""
    for agency, state in zip(AGENCIES, STATES, strict=True):
        tree = _parse(pages[f"files/{SLUG}/{agency.username}/index.html"].decode())
        links = [a for a in tree.iter("a") if a.get("download") is not None and a.get("href")]
        assert [a.get("href") for a in links] == ([f"{agency.username}.zip"] if state is Status.NEW else [])
        assert (tree.find(".//*[@id='why-heading']") is None) == (state is Status.NEW)
        assert tree.find(".//a[@href='tel:2100000101']") is not None


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("2100000101", "2100000101"),
        ("+30 210 000-0101", "+302100000101"),
        ("(213) 136-4335", "2131364335"),
        ("2101234567-9", ""),
        ("210 1234567 - 69", ""),
        ("213136 4335 / 36", ""),
        ("εσωτ. 12", ""),
    ],
)
def test_only_a_single_number_is_dialled(phone: str, number: str) -> None:
    """A second number or another end of the first makes a number that is nobody's, so nothing is linked."""
    assert dialled(phone) == number


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Two renderings are the same, byte for byte, in the same order."""
    first, second = pages_of(tmp_path), pages_of(tmp_path)
    assert list(first.items()) == list(second.items())


def test_newest_circular_comes_first(tmp_path: Path) -> None:
    """The home page lists campaigns by their circulars' dates, the last one first, in whatever order they come."""
    old = edition_in(tmp_path)
    head = replace(old.campaign.circular, date=date(2021, 3, 1), subject="Νεότερη")
    new = replace(old, campaign=replace(old.campaign, slug="2021-03", circular=head), agencies=())
    for order in ([old, new], [new, old]):
        home = next(page for page in rendered(SITE, order, (), Words("el")) if page.path == "index.html")
        text = home.content.decode()
        assert text.index("Νεότερη") < text.index("Νέοι κωδικοί")


def test_a_site_without_campaigns_has_its_pages() -> None:
    """No campaign, no office and no text make no broken page."""
    made = rendered(replace(SITE, contact=Office()), [], (), Words("en"))
    pages = {page.path: page.content for page in made if page.path.endswith(".html")}
    assert pages.keys() == SITE_PAGES
    for content in pages.values():
        _parse(content.decode())


def _own(**texts: str) -> list[OwnPage]:
    return [OwnPage(Markup("<p>{}</p>").format(text), title=text.title(), name=name) for name, text in texts.items()]


def test_texts_of_the_staff_replace_the_built_in_ones() -> None:
    """A page called help takes the place of the help page, its heading that of the title, where it has one."""
    for title, expected in (("Πρώτες απορίες", "Πρώτες απορίες"), ("", "Οδηγίες")):
        own = replace(_own(help="ένα κείμενο")[0], title=title)
        made = {page.path: page.content.decode() for page in rendered(SITE, [], [own], Words("el"))}
        tree = _parse(made["help/index.html"])
        assert (tree.findtext(".//h1"), tree.findtext(".//main//p")) == (expected, "ένα κείμενο")
        assert {path for path in made if path.endswith(".html")} == SITE_PAGES


def test_own_pages_are_in_every_footer_in_their_order() -> None:
    """Pages of the staff's own come behind the built-in ones; each names itself as the one that is shown."""
    own = _own(archive="αρχείο", terms="όροι <χρήσης>")
    made = {page.path: page.content.decode() for page in rendered(SITE, [], own, Words("el"))}
    for path in ("index.html", "terms/index.html", "404.html"):
        links = _parse(made[path]).findall(".//footer//li/a")
        assert [link.text for link in links[-3:]] == ["Προσωπικά δεδομένα", "Αρχείο", "Όροι <Χρήσης>"]
        assert (links[-1].get("aria-current") == "page") == (path == "terms/index.html")
    assert 'href="../terms/index.html"' in made["archive/index.html"]
    assert 'href="/terms/index.html"' in made["404.html"]


def test_the_privacy_page_has_the_operators_facts(pages: dict[str, bytes]) -> None:
    """It names the operator, the office and the supervisory authority, and every heading of article 13."""
    tree = _parse(pages["privacy/index.html"].decode())
    text = "".join(tree.itertext())
    for fact in (SITE.operator, SITE.contact.unit, SITE.contact.email, "2016/679"):
        assert fact in text
    assert [link.get("href") for link in tree.iter("a") if "dpa.gr" in (link.get("href") or "")]
    ids = [heading.get("id") for heading in tree.iter("h2")]
    assert ids == ["controller", "not", "log", "purpose", "recipients", "period", "rights"]


LOGO = Logo("Λογότυπο.PNG", b"\x89PNG", 30, 40)


def test_a_logo_is_on_every_page_with_its_text(tmp_path: Path) -> None:
    """The picture has its content in its name, its sides, and the operator as its text; without one there is none."""
    edition = edition_in(tmp_path)
    pages = {page.path: page.content for page in rendered(replace(SITE, logo=LOGO), [edition], [], Words("el"))}
    (path,) = (path for path in pages if path.startswith("assets/logo"))
    assert re.fullmatch(r"assets/logo-[0-9a-f]{8}\.png", path)
    assert pages[path] == LOGO.content
    for name, text in _html(pages).items():
        (image,) = _parse(text).findall(".//header/div/img")
        assert (image.get("src") or "").endswith(path), name
        assert image.get("alt") == f"Λογότυπο: {SITE.operator}"
        assert (image.get("width"), image.get("height")) == ("48", "64")
    assert not [path for path, text in _html(pages_of(tmp_path)).items() if "<img" in text]


def test_links_to_other_sites_end_the_footer() -> None:
    """Links of site.toml come last, in their order, as they are written there."""
    links = (Link("Υπουργείο <Α>", "https://ministry.example/?a=1&b=2"), Link("Πύλη", "http://portal.example"))
    for page in rendered(replace(SITE, links=links), [], _own(terms="όροι"), Words("el")):
        if page.path.endswith(".html"):
            found = [(a.text, a.get("href")) for a in _parse(page.content.decode()).findall(".//footer//li/a")]
            assert found[-2:] == [(link.name, link.address) for link in links]


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _schemes() -> list[dict[str, str]]:
    """The colours of the light and the dark scheme."""
    css = (TEMPLATES / "assets" / "thyrida.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", block)) for block in blocks)
    return [light, {**light, **dark}]


@pytest.mark.parametrize("scheme", _schemes(), ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "blue", "blue-deep", "warm", "error"])
def test_text_stands_out(scheme: dict[str, str], ink: str) -> None:
    """Every colour of text has a contrast of 7 to 1 with each ground that it stands on."""
    grounds = ("paper", "wash", "warm-wash") if ink in {"ink", "warm"} else ("paper", "wash")
    for ground in grounds:
        low, high = sorted((_luminance(scheme[ink]), _luminance(scheme[ground])))
        assert (high + 0.05) / (low + 0.05) >= BODY_CONTRAST, (ink, ground)


def test_home_names_a_campaign_once_and_its_deadline_first(pages: dict[str, bytes]) -> None:
    """The deadline is the first line below the title of the home page, and no campaign is on it twice."""
    home = pages["index.html"].decode()
    assert home.count(f'href="files/{SLUG}/index.html"') == home.count(f'href="circulars/{SLUG}/index.html"') == 1
    assert "</time>" in home.partition("</h1>")[2].partition("</p>")[0]


def test_home_and_circular_say_how_long_files_stay_after_the_deadline(tmp_path: Path) -> None:
    """Behind the end of the time to collect is the last day of the files; nothing where they have none."""
    edition = edition_in(tmp_path)
    for until, expected in ((date(2020, 12, 31), "έως και τις 31 Δεκεμβρίου 2020"), (None, "")):
        shown = replace(edition, campaign=replace(edition.campaign, files_until=until))
        made = {page.path: page.content.decode() for page in rendered(SITE, [shown], [], Words("el"))}
        for path in ("index.html", f"circulars/{edition.campaign.slug}/index.html"):
            (after,) = re.findall(r"<span data-after=[^>]*>([^<]*παραλαβή[^<]*)</span>", made[path])
            assert after.partition(". ")[2] == (expected and f"Τα αρχεία παραμένουν εδώ {expected}.")


def test_home_asks_for_nothing_while_no_round_is_open(tmp_path: Path) -> None:
    """Home sends nobody to a folder or a login where there is no circular yet, and where every round is over."""
    edition = edition_in(tmp_path)
    campaign = replace(edition.campaign, files_until=date(2020, 12, 31))
    over = CircularInputs(campaign=campaign, circular=edition.circular, attachments=())
    for entries, state in (([], "Δεν υπάρχει ακόμη εγκύκλιος."), ([over], "Δεν υπάρχει αλλαγή κωδικών σε εξέλιξη.")):
        made = {page.path: page.content.decode() for page in rendered(SITE, entries, [], Words("el"))}
        main = made["index.html"].partition("</h1>")[2]
        assert (state in main, "ανοίξτε τον φάκελο" in main) == (True, False)


def test_home_and_listing_lead_to_my_agency(pages: dict[str, bytes]) -> None:
    """The way to the own folder is one link, on the home page and on the listing."""
    assert f'href="files/{SLUG}/mine/index.html"' in pages["index.html"].decode()
    assert 'href="mine/index.html"' in pages[f"files/{SLUG}/index.html"].decode()


def test_a_line_of_a_list_that_goes_on_has_a_dash(pages: dict[str, bytes]) -> None:
    """A recipient that is typed with a hyphen in front stands below the one before with a dash, as typeset."""
    assert '<li>1. Δήμους</li><li class="dash">και Συνδέσμους</li>' in pages[f"circulars/{SLUG}/index.html"].decode()


def test_a_number_and_markings_stand_above_the_date(tmp_path: Path) -> None:
    """The page shows a document's ΑΔΑ and markings in the order of the paper, and nothing if it has none."""
    edition = edition_in(tmp_path)
    plain = _circular_page(edition)
    head = replace(edition.campaign.circular, ada="6ΑΒΓ465ΔΕΖ-1Η2", marking=("ΕΞ. ΕΠΕΙΓΟΝ", "ΟΡΘΗ <ΕΠΑΝΑΛΗΨΗ>"))
    page = _circular_page(replace(edition, campaign=replace(edition.campaign, circular=head)))
    reference = page[page.index('class="reference"') :]
    places = [reference.index(text) for text in ("6ΑΒΓ465ΔΕΖ-1Η2", "ΕΞ. ΕΠΕΙΓΟΝ", "ΟΡΘΗ &lt;ΕΠΑΝΑΛΗΨΗ&gt;", "78411")]
    assert places == sorted(places)
    assert "ΑΔΑ" not in plain


def _agency(name: str, parent: str = "", kind: str = "") -> Agency:
    return Agency(username="0" * 12, name=name, parent=parent, kind=kind)


def test_groups_follow_the_tree() -> None:
    """Agencies without a parent come first, then each parent's group above those below it, last parents in no row."""
    agencies = [
        _agency("entity", "town"),
        _agency("lost", "55 towns"),
        _agency("town", "region"),
        _agency("region", "", Kind.REGION),
        _agency("other town", "region"),
    ]
    groups = group_agencies(agencies)
    assert [(parent, [agency.name for agency in group]) for parent, group in groups.items()] == [
        ("", ["region"]),
        ("region", ["town", "other town"]),
        ("town", ["entity"]),
        ("55 towns", ["lost"]),
    ]


def test_large_parents_are_jumped_to(tmp_path: Path) -> None:
    """A listing of several regions with agencies below them leads to the group of each, and to no other."""
    regions = [f"region {number}" for number in range(4)]
    agencies = [_agency(region, "", Kind.REGION) for region in regions] + [
        _agency("town", each) for each in regions[1:]
    ]
    edition = replace(edition_in(tmp_path, "en"), agencies=(*agencies, _agency("entity", "town")))
    made = rendered(SITE, [edition], (), Words("en"))
    page = next(page.content.decode() for page in made if page.path == f"files/{SLUG}/index.html")
    ids = dict(re.findall(r'id="(group-\d+)">([^<]*?) <small', page))
    assert [ids[group] for group in re.findall(r'href="#(group-\d+)"', page)] == regions[1:]
    assert list(ids.values()) == ["Agencies without a parent body", "region 1", "town", "region 2", "region 3"]


NAMES = st.sampled_from(["", "a", "b", "c", "d"])


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12))
def test_no_agency_is_lost(pairs: list[tuple[str, str]]) -> None:
    """Every folder is in exactly one group, whatever names the parents bear, their own or each other's."""
    agencies = [_agency(name, parent) for name, parent in pairs]
    grouped = [agency for group in group_agencies(agencies).values() for agency in group]
    assert sorted(map(repr, grouped)) == sorted(map(repr, agencies))


def _annex(data: bytes) -> Worksheet:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    return sheet


def test_a_public_annex_holds_names_kinds_and_parents() -> None:
    """The rows are the agencies in their order, under a bold and frozen header with a filter."""
    sheet = _annex(public_annex(AGENCIES, Words("el"), DAY))
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Φορέας", "Είδος", "Εποπτεύων φορέας")
    assert rows[2] == ("Δήμος Ηρακλείου", "Δήμος", "Περιφέρεια Κρήτης")
    assert rows[4] == (HOSTILE, "Σύνδεσμος", HOSTILE)
    assert sheet.title == "Φορείς"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:C{len(AGENCIES) + 1}")
    assert all(cell.font.b for cell in sheet[1])


def test_a_public_annex_holds_nothing_else() -> None:
    """No address, user name or note of an agency is in any part of the file."""
    with zipfile.ZipFile(io.BytesIO(public_annex(AGENCIES, Words("el"), DAY))) as file:
        everything = b"".join(map(file.read, file.namelist())).decode()
    secrets = [secret for agency in AGENCIES for secret in (agency.username, agency.notes, *agency.emails) if secret]
    assert [secret for secret in secrets if secret in everything] == []


def test_formulas_of_a_public_annex_are_text() -> None:
    """A text that a spreadsheet would take for a formula stays a text when it is edited."""
    names = [start + "1+1" for start in FORMULA_STARTS]
    sheet = _annex(public_annex([Agency(username="0" * 12, name=name) for name in names], Words("el"), DAY))
    for (cell, *_), name in zip(sheet.iter_rows(min_row=2), names, strict=True):
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert str(cell.value).strip("\r\n\t") == name.strip("\r\n\t")


def test_two_public_annexes_are_the_same() -> None:
    """The file tells no time and no machine: two are the same, and every part has the ZIP's first date."""
    data = public_annex(AGENCIES, Words("el"), DAY)
    assert public_annex(AGENCIES, Words("el"), DAY) == data
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        infos = file.infolist()
        core = file.read("docProps/core.xml").decode()
    assert {(i.date_time, i.compress_type, i.create_system) for i in infos} == {((1980, 1, 1, 0, 0, 0), 0, 0)}
    assert core.count("2020-11-17T00:00:00Z") == 2
    assert [i.filename for i in infos] == sorted(i.filename for i in infos)


@given(st.lists(st.text(min_size=1), max_size=4))
def test_any_name_can_be_written_into_a_public_annex(names: list[str]) -> None:
    """Control characters, long texts and odd letters make no file that a spreadsheet cannot read."""
    sheet = _annex(public_annex([Agency(username="0" * 12, name=name) for name in names], Words("el"), DAY))
    assert sheet.max_row == len(names) + 1
