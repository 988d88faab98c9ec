"""The scan of the pages reads what they share once, and misses nothing of any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.prove.leaks import MARKS_MAX, PageScan
from site_src.prove.secrets import Secrets, readings
from site_src.read.settings import CodePolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL = "Maria.P@dimos.example"
CODE = "CDFJ-LQRS-W234-6789-CDFJ"
SECRETS = Secrets.of([EMAIL], [CODE], [CodePolicy()], [])
AN_EMAIL, A_CODE = "e-mail address", "access code"


def scanned(pages: dict[str, bytes]) -> list[tuple[str, str]]:
    """The leaks of pages that are looked through together, each with its page."""
    scan = PageScan(SECRETS)
    for name, page in pages.items():
        scan.look(name, page)
    return [(name, leak.message) for name, leak in scan.finish()]


def test_a_page_that_leaks_is_named_among_many() -> None:
    """Of many pages those that leak are named, at the line that no page before them had, and in their names too."""
    pages = {f"{number}/index.html": b"<p>%d\n</p>" % number for number in range(100)}
    assert scanned(pages) == []
    pages["50/index.html"] += f"\n{EMAIL} {CODE}".encode()
    pages["60/index.html"] += f"\n{EMAIL}".encode()
    pages[f"{EMAIL}/index.html"] = b"<p>1\n</p>"
    found = scanned(pages)
    assert [name for name, _ in found] == ["50/index.html"] * 2 + ["60/index.html", f"{EMAIL}/index.html"]
    assert [kind in leak for kind, (_, leak) in zip([AN_EMAIL, A_CODE, AN_EMAIL, AN_EMAIL], found, strict=True)] == [
        True
    ] * 4
    assert "file's name" in found[-1][1]
    assert EMAIL not in "".join(leak for _, leak in found)


def test_a_page_longer_than_what_is_read_together_is_read_to_its_end() -> None:
    """An address on the last line of a list of thousands is found, and once."""
    lines = [b"%d" % number for number in range(MARKS_MAX + 7)]
    assert scanned({"list": b"\n".join(lines)}) == []
    assert len(scanned({"list": b"\n".join([*lines, EMAIL.encode()])})) == 1


@pytest.mark.parametrize("before", [0, 1, MARKS_MAX - 2, MARKS_MAX - 1, MARKS_MAX, MARKS_MAX + 1])
def test_a_secret_across_a_line_end_is_found_at_any_line(before: int) -> None:
    """In a page of more lines than are remembered too, a tag that runs over two lines hides nothing."""
    lines = [b"%d" % number for number in range(before)]
    page = b"\n".join([*lines, b"Maria.P@<b", b">dimos.example", b"end"])
    assert len(scanned({"list": page})) == 1
    assert scanned({"start": b"Maria.P@<b\n", "end": b">dimos.example\n"}) == []


def test_a_secret_behind_lines_that_are_known_is_found() -> None:
    """Lines known from another page join nothing: the line that begins a new pair is read with it."""
    shared = b"shared\nMaria.P@<b\n"
    assert scanned({"first": shared}) == []
    (leak,) = scanned({"first": shared, "second": b"new\n" + shared + b">dimos.example"})
    assert leak[0] == "second"


def test_lines_that_pages_share_are_read_once_behind_a_list_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """More lines than are remembered come first; the thousand pages behind them still cost what is new in them."""
    read: list[int] = []

    def count(data: bytes) -> Iterator[str]:
        read.append(len(data))
        return readings(data)

    monkeypatch.setattr("site_src.prove.secrets.readings", count)
    rows = b"\n".join(b"%d" % number for number in range(MARKS_MAX + 1))
    shared = b"\n".join(b"line %d of every page" % number for number in range(100))
    pages = {str(number): b"\n".join((shared, b"%d" % number)) for number in range(1_000)}
    assert scanned({"list": rows}) == []
    alone = sum(read)
    assert scanned({"list": rows, **pages}) == []
    assert sum(read) - 2 * alone < 20 * len(shared)


@given(st.lists(st.lists(st.sampled_from(["a", ";", "Maria.P@", "dimos.example", EMAIL]), min_size=1), max_size=8))
def test_pages_together_leak_what_each_leaks(pages: list[list[str]]) -> None:
    """Read together, pages leak where one of them does by itself, whatever lines they share."""
    data = {str(number): "\n".join(lines).encode() for number, lines in enumerate(pages)}
    assert bool(scanned(data)) == any(scanned({name: page}) for name, page in data.items())
