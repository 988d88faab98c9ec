"""Which kind of browser a user-agent line names: enough to see who needs which help, and nothing finer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from site_src.language.catalogues import N_

if TYPE_CHECKING:
    from site_src.read.words import Words

OTHER = N_("Another program")

# In this order: most browsers also name those whose pages they want to get.
_BROWSERS = {
    "Internet Explorer": re.compile(r"MSIE |Trident/"),
    "Edge": re.compile(r"Edg(?:e|A|iOS)?/"),
    "Opera": re.compile(r"OPR/|Opera"),
    "Samsung Internet": re.compile(r"SamsungBrowser/"),
    "Firefox": re.compile(r"(?:Firefox|FxiOS)/"),
    "Chrome": re.compile(r"(?:Chrome|CriOS|Chromium)/"),
    "Safari": re.compile(r"Version/.+ Safari/"),
}
_HANDHELD = re.compile(r"Mobi|Android|iPhone|iPad")


class Browser(NamedTuple):
    """A browser by its brand (``OTHER``: none that is known), on a phone or tablet or not."""

    name: str
    handheld: bool


@lru_cache(maxsize=4096)
def browser_of(agent: str) -> Browser:
    """The browser that a user-agent line names; it is what the visitor's program says of itself."""
    name = next((name for name, pattern in _BROWSERS.items() if pattern.search(agent)), OTHER)
    return Browser(name, _HANDHELD.search(agent) is not None)


def shown(browser: Browser, words: Words) -> str:
    """The browser in words."""
    name = words.gettext(browser.name)
    return words.gettext("%(browser)s, phone or tablet") % {"browser": name} if browser.handheld else name
