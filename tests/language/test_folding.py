"""The gate finds every spelling of an address that the page's opener takes for it: both go by one table."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.folders import TEMPLATES
from site_src.language.folding import (
    KEYS,
    LOOKS,
    SIGNS,
    UNSEEN,
    controls_in,
    describe,
    is_zero_width,
    legible,
    unseen_in,
    without_unseen,
)
from site_src.problems import Problems
from site_src.prove.secrets import Secrets, kinds_in
from site_src.read.annex.emails import read_emails
from site_src.read.annex.sheets.grid import Reporter, make_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

TABLE = json.loads((TEMPLATES / "assets" / "folding.json").read_text(encoding="utf-8"))
ADDRESS = "o'neil.quarx-wyz@dimos-karditsas.example"
ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "cp1253")


def spelled(letters: dict[str, str], address: str) -> Iterator[tuple[str, str]]:
    """An address, and the same with each letter of a table in the place of the one that it stands for."""
    for odd, plain in letters.items():
        declared = f"x{plain}{address}"
        yield declared, declared.replace(plain, odd)


def spellings() -> Iterator[tuple[str, str]]:
    """Addresses, and how each may be written: every entry of the table, full width, blanks and line ends."""
    for odd, sign in SIGNS.items():
        yield ADDRESS, ADDRESS.replace(sign, odd)
    for unseen in UNSEEN.findall("".join(map(chr, range(sys.maxunicode + 1)))):
        if ord(unseen) < 0x10000 or ord(unseen) % 0x100 == 0:  # each of the few, some of the thousands
            yield ADDRESS, ADDRESS.replace("i", f"i{unseen}").replace("@", f"{unseen}@")
    for sign, words in TABLE["words"].items():
        for word in words:
            for form in (f"({word})", f" [ {word.upper()} ] ", f"{{{word}\u00ad}}", f"<{word}>", f"（{word}）"):
                yield ADDRESS, ADDRESS.replace(sign, form)
    yield from spelled(LOOKS, ADDRESS)
    yield from spelled(KEYS, ADDRESS)
    hand = {plain: odd for odd, plain in KEYS.items()}
    eye = {plain: odd for odd, plain in LOOKS.items()}
    for letters in (hand, eye):
        yield ADDRESS, "".join(letters.get(letter, letter) for letter in ADDRESS)
        yield ADDRESS, "".join(letters.get(letter, letter) for letter in ADDRESS.upper())
    yield ADDRESS, "".join(chr(ord(letter) + 0xFEE0) for letter in ADDRESS)
    yield ADDRESS, "".join(f"{letter} " for letter in ADDRESS)
    yield ADDRESS, ADDRESS.replace("dimos-", "dimos- ")
    yield ADDRESS, ADDRESS.replace("quarx", "qua-\u00a0 rx")
    yield (
        "info@δήμος-θήρας.example",
        "INFO@ΔΗΜΟΣ\u2011ΘΗΡΑΣ.EXAMPLE".replace("ΔΗΜΟΣ", "Δήμος").replace("ΘΗΡΑΣ", "θήρας"),
    )


SPELLINGS = list(spellings())


@pytest.fixture
def opened_by(website: WebSite, page: Page) -> Callable[[list[str]], list[list[str]]]:
    """Gives the addresses that the page's opener tries for each of several texts."""
    website.put_script("forgive.js")
    website.files["/index.html"] = b"<!doctype html><title>Test</title>"
    page.goto(website.address("/index.html"))
    script = "async texts => { const { formsOf } = await import('/assets/forgive.js'); return texts.map(formsOf); }"
    return lambda texts: page.evaluate(script, texts)


def found(address: str, text: str, encoding: str = "utf-8") -> bool:
    """Return whether the gate finds the address in the text."""
    secrets = Secrets.of([address], (), (), ())
    return bool(kinds_in(f"Γράψτε στο {text}, παρακαλώ.".encode(encoding), secrets))


def test_the_opener_opens_with_every_spelling_of_the_table(opened_by: Callable[[list[str]], list[list[str]]]) -> None:
    """Each entry of the table, in the place of what it stands for, is taken for the declared address."""
    tried = opened_by([text for _, text in SPELLINGS])
    missed = [text for (declared, text), forms in zip(SPELLINGS, tried, strict=True) if declared not in forms]
    assert missed == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_gate_finds_every_spelling_of_the_table(encoding: str) -> None:
    """Each of the same spellings is found in a text, whatever its encoding, as far as it has such letters."""
    written = [each for each in SPELLINGS if each[1].encode(encoding, "ignore").decode(encoding) == each[1]]
    assert len(written) > len(KEYS)
    assert [text for declared, text in written if not found(declared, text, encoding)] == []


PIECES = ["(at)", " [dot] ", "- ", " ", "@", ".", "; ", *"-'\u200bａ＠ßﬁéΣ", *SIGNS, *LOOKS, *KEYS]
CHANGES = st.lists(st.tuples(st.integers(0, len(ADDRESS)), st.integers(0, 3), st.sampled_from(PIECES)), max_size=6)


def changed(changes: list[tuple[int, int, str]]) -> str:
    """The address with pieces put in, some in the place of what was there."""
    text = ADDRESS
    for start, length, piece in changes:
        text = text[:start] + piece + text[start + length :]
    return text


@given(texts=st.lists(CHANGES.map(changed), max_size=30))
def test_what_the_opener_tries_the_gate_finds(
    opened_by: Callable[[list[str]], list[list[str]]], texts: list[str]
) -> None:
    """The gate finds an address in every form that the opener would try for it."""
    for text, forms in zip(texts, opened_by(texts), strict=True):
        addresses = [form for form in forms if is_address(form)]
        assert [form for form in addresses if not found(form, text)] == []


def is_address(text: str) -> bool:
    """Return whether an annex could declare it."""
    return read_emails(make_cell(1, 1, text), Reporter("", "", Problems())) == (text,)


@pytest.mark.parametrize("text", ["κείμενο", "a–b", "Ο Δήμος «Θήρας»", "(at) [dot]", "plain"])
def test_legible_text_stays(text: str) -> None:
    """Legible text stays as it is."""
    assert legible(legible(text)) == legible(text)


ZERO_WIDTH = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\ufe0f", "\u034f"]
ODD_SPACES = ["\u00a0", "\u2007", "\u202f", "\u3000", "\u2028"]


@pytest.mark.parametrize("mark", ZERO_WIDTH)
def test_zero_width_marks_go(mark: str) -> None:
    """Characters without width are taken away."""
    assert unseen_in(f"α{mark}β") == [mark]
    assert without_unseen(f"α{mark}β") == "αβ"


@pytest.mark.parametrize("space", ODD_SPACES)
def test_odd_spaces_become_plain_ones(space: str) -> None:
    """A space of any kind still separates words."""
    assert unseen_in(f"α{space}β") == [space]
    assert without_unseen(f"α{space}β") == "α β"


@given(st.text())
def test_what_remains_can_be_seen(text: str) -> None:
    """After cleaning there is nothing left to clean, and letters are as they were."""
    clean = without_unseen(text)
    assert unseen_in(clean) == []
    assert [c for c in clean if c.isalnum()] == [c for c in text if c.isalnum() and not is_zero_width(c)]


def test_control_characters_are_found() -> None:
    """All but tab and line ends."""
    assert controls_in("a\tb\r\nc\x00\x07\x85") == ["\x00", "\x07", "\x85"]
    assert controls_in("Δήμος Θήρας «<<ΘΕΣΣΑΛΩΜΑ>>»") == []


def test_a_description_counts_each_kind_once() -> None:
    """Names are Unicode's; what has none is told by number."""
    assert describe("\u00a0\u200b\u00a0") == "2 × no-break space, zero width space"
    assert describe("\x07") == "u+0007"
