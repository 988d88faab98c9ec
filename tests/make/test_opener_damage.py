from __future__ import annotations

import hashlib
import io
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_src.make.archives import SealedZipFile, seal
from tests.support.opener_pages import (
    ADDRESS,
    ARCHIVE,
    GREEK,
    KEY,
    LETTER,
    OTHER_ADDRESS,
    PHONE,
    SOUND,
    saved,
    submit,
    winzip,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser", "tests.support.opener_fixtures"]


EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


def regions(archive: bytes) -> dict[str, int]:
    """A byte of each part of a sealed archive of one document."""
    name, extra = struct.unpack_from("<2H", archive, 26)
    data = 30 + name + extra
    central = archive.index(b"PK\x01\x02")
    return {
        "local signature": 0,
        "local name length": 26,
        "salt": data,
        "verifier": data + 16,
        "first byte": data + 18,
        "last byte": central - 11,
        "authentication code": central - 1,
        "central signature": central,
        "method": central + 10,
        "packed size": central + 21,
        "size": central + 25,
        "local offset": central + 43,
        "extra field": central + 46 + name,
        "key length": central + 46 + name + 8,
        "count": len(archive) - 12,
        "central offset": len(archive) - 5,
        "end signature": len(archive) - 22,
        "comment length": len(archive) - 1,
    }


def damaged(region: str) -> bytes:
    """The sound archive with one byte changed."""
    archive = bytearray(SOUND)
    archive[regions(SOUND)[region]] ^= 0x55
    return bytes(archive)


def test_damage_anywhere(visit: Callable[..., Page]) -> None:
    """One byte changed, wherever it is: the page says damaged and shows nothing."""
    for region in regions(SOUND):
        page = visit(damaged(region), promised=SOUND)
        assert (region, submit(page, ADDRESS)) == (region, "damaged")
        assert page.locator("#open-documents a").count() == 0
        assert PHONE in page.inner_text("#open-status")


def test_damage_without_a_promised_digest(visit: Callable[..., Page]) -> None:
    """Without a SHA-256 on the page, a right verifier with a wrong authentication code means damage."""
    for region in ("first byte", "last byte", "authentication code"):
        assert (region, submit(visit(damaged(region), promised=None), ADDRESS)) == (region, "damaged")


@settings(max_examples=20)  # the tests beside this one damage every region by name
@given(data=st.data())
def test_any_damage_is_told_plainly(damaged_page: tuple[Page, WebSite], data: st.DataObject) -> None:
    """Bytes changed, cut out or put in at random: never the wrong letter, never a silent failure."""
    page, website = damaged_page
    at = data.draw(st.integers(0, len(SOUND) - 1))
    gone = data.draw(st.integers(0, 40))
    website.files[ARCHIVE] = SOUND[:at] + data.draw(st.binary(max_size=40)) + SOUND[at + gone :]
    kind = submit(page, ADDRESS)  # the page fetches an archive again after one that was damaged
    if kind == "opened":
        assert saved(page) == [LETTER]
        page.reload()
    else:
        assert kind == "damaged" or website.files[ARCHIVE] == SOUND


@pytest.fixture
def damaged_page(visit: Callable[..., Page], website: WebSite) -> tuple[Page, WebSite]:
    """A page whose archive may be changed."""
    return visit(SOUND), website


def test_truncated(visit: Callable[..., Page]) -> None:
    """An archive that ends early is damaged, with or without a digest."""
    for length in (0, 1, 21, 500, len(SOUND) - 22, len(SOUND) - 1):
        for promised in (SOUND, None):
            assert (length, submit(visit(SOUND[:length], promised), ADDRESS)) == (length, "damaged")


def test_no_archive_at_all(visit: Callable[..., Page], website: WebSite) -> None:
    """A login page, nothing, an empty ZIP or another file is told as damage, and the next try fetches again."""
    for content in (b"", b"<!doctype html><title>Login</title>", EMPTY_ZIP, LETTER.content):
        page = visit(content, promised=None)
        assert (content, submit(page, ADDRESS)) == (content, "damaged")
    website.files[ARCHIVE] = SOUND
    assert submit(page, ADDRESS) == "opened"


def test_foreign_archive(visit: Callable[..., Page]) -> None:
    """Another agency's archive in this place is not called a wrong address, since the page knows its own."""
    page = visit(seal([LETTER], OTHER_ADDRESS, KEY, None), promised=SOUND)
    assert submit(page, ADDRESS) == "damaged"


def test_newer_archive_than_the_page(visit: Callable[..., Page]) -> None:
    """A page that is older than its archive opens it all the same: it proves itself authentic."""
    assert submit(visit(seal([GREEK], ADDRESS, KEY, None), promised=SOUND), ADDRESS) == "opened"


def verifier(password: str, salt: bytes) -> bytes:
    """The two bytes by which a password is judged first."""
    return hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)[64:]


def with_verifier_of(address: str) -> bytes:
    """The sound archive, as it would be if another address met its verifier by chance."""
    salt_at = regions(SOUND)["salt"]
    salt = SOUND[salt_at : salt_at + 16]
    return SOUND[: salt_at + 16] + verifier(address, salt) + SOUND[salt_at + 18 :]


def test_verifier_met_by_chance(visit: Callable[..., Page]) -> None:
    """A wrong address that the verifier lets pass is told as wrong where the SHA-256 proves the archive sound."""
    assert submit(visit(with_verifier_of(OTHER_ADDRESS)), OTHER_ADDRESS) == "wrong"


# Found by trial: with it the addresses with a small and a capital M have one verifier, as one salt in 65,536 has.
CHANCE_SALT = b"by chance " + (58898).to_bytes(6, "big")


def test_goes_on_after_a_chance_match(visit: Callable[..., Page]) -> None:
    """A first form that only the verifier lets pass does not stop the trying of the others."""
    typed = ADDRESS.capitalize()
    assert verifier(typed, CHANCE_SALT) == verifier(ADDRESS, CHANCE_SALT)
    buffer = io.BytesIO()
    with SealedZipFile(buffer, ADDRESS.encode()) as archive:
        archive.salt = CHANCE_SALT
        archive.writestr(LETTER.name, LETTER.content)
    page = visit(buffer.getvalue())
    assert submit(page, typed) == "forgiven"
    assert saved(page) == [LETTER]


def test_one_damaged_document_of_two(visit: Callable[..., Page]) -> None:
    """Nothing is shown of an archive of which one document is damaged."""
    archive = bytearray(seal([LETTER, GREEK], ADDRESS, KEY, None))
    archive[archive.index(b"PK\x01\x02") - 30] ^= 1
    page = visit(bytes(archive), promised=None)
    assert submit(page, ADDRESS) == "damaged"
    assert page.locator("#open-documents a").count() == 0


def test_crc_of_ae1_is_checked(visit: Callable[..., Page]) -> None:
    """AE-1 keeps a checksum of the content, which must agree as well."""
    archive = bytearray(winzip([LETTER], ADDRESS, version=1))
    archive[archive.index(b"PK\x01\x02") + 16] ^= 1
    assert submit(visit(bytes(archive), promised=None), ADDRESS) == "damaged"


def test_size_is_checked(visit: Callable[..., Page]) -> None:
    """Content of another size than the archive tells is damage, and nobody's memory is filled by it."""
    for deflated in (False, True):
        archive = bytearray(winzip([LETTER], ADDRESS, deflated=deflated))
        for size in (1, 0xFFFFFFF0):
            struct.pack_into("<I", archive, archive.index(b"PK\x01\x02") + 24, size)
            assert (deflated, size, submit(visit(bytes(archive), None), ADDRESS)) == (deflated, size, "damaged")
