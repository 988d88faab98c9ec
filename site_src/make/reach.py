"""Make what others find the site by: the feed of circulars, robots.txt, and the whole addresses of pages."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.folders import PAGE_NAME, ROBOTS_TEXT

if TYPE_CHECKING:
    from datetime import date

    from site_src.read.settings import Site

FEED_NAME = "feed.xml"
LOCALES = {"el": "el_GR", "en": "en_GB"}  # Open Graph, og:locale
IDS = uuid.UUID("3a0f6a3e-5d0c-4c0e-9d2f-7b1e61a7c9d4")  # ours alone: names within it make ids (RFC 9562, 5.5)

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # all but XML 1.0, production 2


@dataclass(frozen=True)
class Item:
    """A circular in the feed. ``id`` stays the same as long as the site and the campaign have their names."""

    id: str
    title: str
    updated: str
    href: str
    summary: str


def own_address(site: Site, path: str) -> str:
    """Return the whole address of a page that everybody may read; "" where the server's is not known."""
    is_public = path.rpartition("/")[2] == PAGE_NAME and not path.startswith("files/")
    return site.server.root + path.removesuffix(PAGE_NAME) if is_public and site.server.root else ""


def address_in_feed(site: Site, path: str) -> str:
    """Return the address of a page as the feed gives it: relative to the feed where the server's is not known."""
    return own_address(site, path) or path


def id_of(site: Site, slug: str = "") -> str:
    """Return the id of the feed, or of a campaign's circular in it.

    It must be unique in the world and never change (RFC 4287, 4.2.6), so neither the server's address nor anything that
    a circular says is in it.
    """
    return uuid.uuid5(IDS, f"{site.operator}\n{site.title}\n{slug}").urn


def moment(day: date) -> str:
    """Return the beginning of a day as RFC 3339 writes it."""
    return f"{day.isoformat()}T00:00:00Z"


def as_xml(text: str) -> str:
    """Return a text without the characters that XML cannot have, not even escaped."""
    return _NO_XML.sub("", text)


def robots(site: Site) -> bytes:
    """Return a robots.txt (RFC 9309) that keeps the download area out of search engines."""
    return ROBOTS_TEXT.format(prefix=site.server.url_prefix).encode()
