from __future__ import annotations

import pytest

from site_src.read.words import Words
from site_src.report.browsers import OTHER, Browser, browser_of, shown

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = f"{WINDOWS} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0 Safari/537.36"
ANDROID = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 14_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name", "handheld"),
    [
        (f"{WINDOWS} Gecko/20100101 Firefox/82.0", "Firefox", False),
        (CHROME, "Chrome", False),
        (f"{CHROME} Edg/86.0", "Edge", False),
        (f"{CHROME} OPR/72.0", "Opera", False),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer", False),
        (f"{ANDROID} SamsungBrowser/13.0 Chrome/83.0 Mobile Safari/537.36", "Samsung Internet", True),
        (f"{ANDROID} Chrome/86.0 Mobile Safari/537.36", "Chrome", True),
        (f"{IPHONE} Version/14.0 Mobile/15E148 Safari/604.1", "Safari", True),
        (f"{IPHONE} CriOS/86.0 Mobile/15E148 Safari/604.1", "Chrome", True),
        ("curl/7.68.0", OTHER, False),
        ("", OTHER, False),
    ],
)
def test_each_browser_by_its_own_name(agent: str, name: str, *, handheld: bool) -> None:
    """A browser is known by its own brand, though it names others too, and whether it is on a phone."""
    assert browser_of(agent) == Browser(name, handheld)


def test_browsers_in_words() -> None:
    """A browser is told in the language of the site."""
    assert shown(Browser("Chrome", handheld=True), Words("el")) == "Chrome, κινητό ή τάμπλετ"
    assert shown(Browser(OTHER, handheld=False), Words("el")) == "Άλλο πρόγραμμα"
