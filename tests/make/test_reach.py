from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import html5lib
import pytest
from lxml import etree

from site_src.language.catalogues import Words
from site_src.read.circular.render import Circular
from site_src.read.inputs import CircularInputs
from site_src.read.settings import Logo, Server, Site, origin_of
from tests.support.sample_edition import HOSTILE, SITE, SLUG, edition_in, rendered

ATOM = "{http://www.w3.org/2005/Atom}"
SCHEMA = etree.RelaxNG(file=str(Path(__file__).parent.parent / "data" / "atom.rng"))
KNOWN = replace(SITE, server=Server(address="https://portal.example:8443/login?x=1", url_prefix="/codes"))
ROOT = "https://portal.example:8443/codes/"


def _pages(site: Site, *editions: CircularInputs) -> dict[str, str]:
    made = rendered(site, editions, [], Words(site.language))
    return {page.path: page.content.decode() for page in made if page.path.endswith((".html", ".xml", ".txt"))}


def _feed(site: Site, *editions: CircularInputs) -> etree._Element:
    """The feed, which the schema finds valid."""
    feed = etree.fromstring(_pages(site, *editions)["feed.xml"].encode())
    assert SCHEMA.validate(feed), SCHEMA.error_log
    return feed


def _texts(element: etree._Element, *names: str) -> list[list[str]]:
    return [[found.text or "" for found in element.iter(f"{ATOM}{name}")] for name in names]


def _links(element: etree._Element) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in element.iterchildren(f"{ATOM}link")}


def _two_editions(folder: Path) -> tuple[CircularInputs, CircularInputs]:
    """A campaign, and a later one that is over, with everything in its subject that markup could be made of."""
    old = edition_in(folder)
    head = replace(old.campaign.circular, date=date(2021, 3, 1), subject=f"{HOSTILE} ]]> \x01")
    campaign = replace(old.campaign, slug="2021-03", circular=head, files_until=date(2021, 5, 1))
    return old, CircularInputs(campaign=campaign, circular=Circular(), attachments=())


@pytest.mark.parametrize("language", ["el", "en"])
def test_the_feed_has_each_circular_newest_first(language: str, tmp_path: Path) -> None:
    """Subject, day and deadline of each, in the site's language; the feed is as new as its newest circular."""
    old, new = _two_editions(tmp_path)
    for order in ([old, new], [new, old]):
        feed = _feed(replace(SITE, language=language), *order)
        titles, days, summaries = _texts(feed, "title", "updated", "summary")
        assert titles == [SITE.title, f"{HOSTILE} ]]> ", "Νέοι κωδικοί"]
        assert days == ["2021-03-01T00:00:00Z", "2021-03-01T00:00:00Z", "2020-11-17T00:00:00Z"]
        assert summaries[-1] == {"el": "Παραλαβή έως 30 Νοεμβρίου 2020", "en": "Collect by 30 November 2020"}[language]
        assert feed.findtext(f"{ATOM}author/{ATOM}name") == SITE.operator


def test_a_site_without_circulars_has_an_empty_feed() -> None:
    """It is valid all the same."""
    assert _texts(_feed(SITE), "entry") == [[]]


def test_ids_never_change(tmp_path: Path) -> None:
    """Neither with the server's address nor with what a circular says; other sites and campaigns have others."""
    old, new = _two_editions(tmp_path)
    (ids,) = _texts(_feed(SITE, old, new), "id")
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in ids)
    head = replace(new.campaign.circular, subject="Άλλο θέμα", date=date(2021, 4, 1))
    changed = replace(new, campaign=replace(new.campaign, circular=head, deadline=date(2021, 5, 1)))
    assert _texts(_feed(KNOWN, old, changed), "id") == [ids]
    assert not set(ids) & set(_texts(_feed(replace(SITE, operator="Άλλο"), old, new), "id")[0])
    assert ids[0] == "urn:uuid:9a64cc3a-cfe8-58c3-bc6f-57bce81df877"


def test_links_of_the_feed_are_whole_where_the_address_is_known(tmp_path: Path) -> None:
    """Without it they lead from the feed to the pages beside it, and the feed does not name itself."""
    edition = edition_in(tmp_path)
    path = f"circulars/{SLUG}/"
    feed = _feed(KNOWN, edition)
    assert _links(feed) == {"alternate": ROOT, "self": f"{ROOT}feed.xml"}
    assert [_links(entry) for entry in feed.iter(f"{ATOM}entry")] == [{"alternate": f"{ROOT}{path}"}]
    feed = _feed(SITE, edition)
    assert _links(feed) == {"alternate": "index.html"}
    assert [_links(entry) for entry in feed.iter(f"{ATOM}entry")] == [{"alternate": f"{path}index.html"}]


def test_the_schema_finds_faults(tmp_path: Path) -> None:
    """A feed that lacks what RFC 4287 demands is not valid: an id, a day, an author, an entry's link."""
    text = _pages(SITE, edition_in(tmp_path))["feed.xml"]
    entry = '<link rel="alternate" type="text/html" href="circulars/.*?/>'
    for pattern in ("<id>.*?</id>", "<updated>.*?</updated>", "<author>.*?</author>", entry, "T00:00:00Z", "urn:uuid:"):
        damaged = re.sub(pattern, "", text, count=1)
        assert damaged != text
        assert not SCHEMA.validate(etree.fromstring(damaged.encode())), pattern


def test_home_leads_to_the_feed(tmp_path: Path) -> None:
    """For a reader of the page, and for a program."""
    tree = html5lib.parse(_pages(SITE, edition_in(tmp_path))["index.html"], namespaceHTMLElements=False)
    assert [link.get("href") for link in tree.iter("link") if link.get("rel") == "alternate"] == ["feed.xml"]
    assert [link.text for link in tree.findall(".//main//a") if link.get("href") == "feed.xml"]


def test_robots_are_kept_out_of_the_download_area() -> None:
    """Below the prefix too, since the file is read at the top of a server."""
    assert _pages(SITE)["robots.txt"].endswith("User-agent: *\nDisallow: /files/\n")
    assert _pages(KNOWN)["robots.txt"].endswith("User-agent: *\nDisallow: /codes/files/\n")


def test_public_pages_give_their_address_where_it_is_known(tmp_path: Path) -> None:
    """A page that everybody may read names it, for search engines and for whoever shares it; no other page does."""
    logo = Logo("logo.png", b"\x89PNG", 30, 40)
    edition = edition_in(tmp_path)
    for path, text in _pages(replace(KNOWN, logo=logo), edition).items():
        if not path.endswith(".html"):
            continue
        tree = html5lib.parse(text, namespaceHTMLElements=False)
        addresses = [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"]
        shared = {meta.get("property"): meta.get("content") for meta in tree.iter("meta") if meta.get("property")}
        if path.startswith("files/") or path[:3].isdecimal():
            assert (addresses, shared) == ([], {}), path
            continue
        assert addresses == [shared["og:url"]] == [ROOT + path.removesuffix("index.html")]
        assert shared["og:title"] == tree.findtext(".//title", "").removesuffix(f" – {SITE.title}")
        assert shared["og:type"] == ("article" if path.startswith("circulars/") else "website")
        assert (shared["og:site_name"], shared["og:locale"]) == (SITE.title, "el_GR")
        assert re.fullmatch(re.escape(ROOT) + r"assets/logo-[0-9a-f]{8}\.png", shared["og:image"] or "")
        descriptions = [meta.get("content") for meta in tree.iter("meta") if meta.get("name") == "description"]
        assert descriptions == [shared[name] for name in ("og:description",) if name in shared]
    assert "canonical" not in "".join(_pages(SITE, edition).values())
    drawn = replace(KNOWN, logo=Logo("logo.svg", b"<svg/>", 1, 1))
    assert "og:image" not in _pages(drawn, edition)["index.html"]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://portal.example", "https://portal.example"),
        ("http://portal.example:8080/a/b.html?c#d", "http://portal.example:8080"),
        ("https://name:code@portal.example/", "https://portal.example"),
        ("https://κωδικοί.example/", "https://κωδικοί.example"),
        ("portal.example", ""),
        ("ftp://portal.example", ""),
        ("https://", ""),
        ("https://[", ""),
        ('https://a"b.example', ""),
        ("https://a b.example", ""),
        ("", ""),
    ],
)
def test_only_an_address_of_the_web_has_an_origin(address: str, origin: str) -> None:
    """Letters may print any text as the place to log in; what is no address of the web gives no page an address."""
    assert origin_of(address) == origin
