from __future__ import annotations

import io
import struct
import zipfile
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_src.make.archives import seal
from tests.support.opener_pages import (
    ADDRESS,
    EMPTY,
    GREEK,
    KEY,
    LETTER,
    SOUND,
    by_program,
    saved,
    submit,
    winzip,
)
from tests.support.programs import installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page


pytest_plugins = ["tests.support.browser", "tests.support.opener_fixtures"]


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_every_form_of_winzip_aes(visit: Callable[..., Page], bits: int) -> None:
    """Every key length opens, in both versions, stored and deflated."""
    for version, deflated in product((1, 2), (False, True)):
        page = visit(winzip([LETTER, GREEK], ADDRESS, bits=bits, version=version, deflated=deflated))
        assert (version, deflated, submit(page, ADDRESS)) == (version, deflated, "opened")
        assert (version, deflated, saved(page)) == (version, deflated, [LETTER, GREEK])


def test_archives_of_7zip(visit: Callable[..., Page], tmp_path: Path) -> None:
    """An archive that 7-Zip seals opens."""
    for bits, packing in product((128, 256), ("Copy", "Deflate")):
        folder = tmp_path / f"{bits} {packing}"
        command = [installed("7z"), "a", "-tzip", f"-mem=AES{bits}", f"-mm={packing}", f"-p{ADDRESS}", "made.zip"]
        page = visit(by_program(folder, [LETTER, GREEK], *command))
        assert (folder.name, submit(page, ADDRESS)) == (folder.name, "opened")
        assert sorted(saved(page), key=lambda document: document.name) == [LETTER, GREEK]


def test_archives_of_libarchive(visit: Callable[..., Page], tmp_path: Path) -> None:
    """An archive that bsdtar seals opens, though its sizes follow the data."""
    for bits in (128, 256):
        options = ["--format", "zip", "--options", f"zip:encryption=aes{bits}", "--passphrase", ADDRESS]
        folder = tmp_path / str(bits)
        page = visit(by_program(folder, [LETTER, GREEK], installed("bsdtar"), *options, "-cf", "made.zip"))
        assert (bits, submit(page, ADDRESS)) == (bits, "opened")
        assert saved(page) == [LETTER, GREEK]


def as_zip64(archive: bytes) -> bytes:
    """The archive with the end records of Zip64 (APPNOTE.TXT 4.3.14 and 4.3.15) before its own."""
    end = len(archive) - 22
    count, size, offset = struct.unpack_from("<H2I", archive, end + 10)
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return archive[:end] + record + locator + archive[end:]


def in_zipcrypto(tmp_path: Path) -> bytes:
    """An archive in the old encryption of ZIP."""
    command = [installed("7z"), "a", "-tzip", "-mem=ZipCrypto", f"-p{ADDRESS}", "made.zip"]
    return by_program(tmp_path, [LETTER], *command)


def with_zip64_sizes(archive: bytes) -> bytes:
    """The archive whose directory says that the sizes stand in a Zip64 field."""
    at = archive.index(b"PK\x01\x02") + 20
    return archive[:at] + b"\xff" * 8 + archive[at + 8 :]


def unencrypted() -> bytes:
    """A plain ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(LETTER.name, LETTER.content)
    return buffer.getvalue()


def test_other_kinds_of_archive(visit: Callable[..., Page], tmp_path: Path) -> None:
    """Zip64, ZipCrypto and no encryption are refused with the advice to use 7-Zip."""
    kinds = [as_zip64(SOUND), with_zip64_sizes(SOUND), in_zipcrypto(tmp_path), unencrypted()]
    for archive in kinds:
        page = visit(archive)
        assert submit(page, ADDRESS) == "unsupported"
        assert "7‑Zip" in page.inner_text("#open-status")


@settings(max_examples=30)
@given(data=st.data())
def test_both_ways_to_decrypt_agree(sound_page: Page, data: st.DataObject) -> None:
    """The tables for long documents give what WebCrypto gives, for keys and lengths of all kinds."""
    key = data.draw(st.sampled_from([16, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
    length = data.draw(st.integers(0, 3000) | st.sampled_from([256 * 16, 256 * 16 + 1, 70_000]))
    same = sound_page.evaluate(
        """async ([key, length]) => {
            const { decrypt } = await import('/assets/ctr.js');
            const text = Uint8Array.from({ length }, (_, index) => index * 7);
            const run = long => decrypt(new Uint8Array(key), text, () => {}, { long });
            const [one, other] = [await run(Infinity), await run(0)];
            return one.length === length && one.every((byte, index) => byte === other[index]);
        }""",
        [list(key), length],
    )
    assert same


@pytest.fixture
def sound_page(visit: Callable[..., Page]) -> Page:
    """A page with the opener's scripts."""
    return visit(SOUND)


REFUSALS = {
    "no decompression": "delete globalThis.DecompressionStream",
    "no raw deflate": "globalThis.DecompressionStream = function () { throw new TypeError('deflate-raw'); }",
    "decompression fails": "ReadableStream.prototype.pipeThrough = () => { throw new Error('unheard of'); }",
    "no streams": "delete Response.prototype.body",
    "no key derivation": "SubtleCrypto.prototype.deriveBits = () => Promise.reject(new DOMException('failed'))",
    "no digest": "SubtleCrypto.prototype.digest = () => Promise.reject(new Error('')); "
    "SubtleCrypto.prototype.sign = SubtleCrypto.prototype.digest",
    "no address for a document": "URL.createObjectURL = () => { throw new TypeError('refused'); }",
    "no address for the second": "const make = URL.createObjectURL; let made = 0; "
    "URL.createObjectURL = file => { if (made++ % 2) throw new TypeError('refused'); return make(file); }",
}


@pytest.mark.parametrize("script", REFUSALS.values(), ids=REFUSALS)
def test_what_a_browser_cannot_is_not_called_damage(visit: Callable[..., Page], page: Page, script: str) -> None:
    """Anything that a browser lacks or refuses ends in the advice to use 7-Zip, with the button ready and no link.

    So it is whether the page promises the archive's digest, none, or another one.
    """
    archive = winzip([LETTER, GREEK], ADDRESS, deflated=True)
    with page.add_init_script(script):
        visit(archive)
    for promised in (b"", None, SOUND):
        visit(archive, promised)
        assert (promised, submit(page, ADDRESS)) == (promised, "unsupported")
        assert "7‑Zip" in page.inner_text("#open-status")
        assert page.locator("#open-documents a").count() == 0
        assert page.locator("#open-here button").is_enabled()


OLD_SAFARI = """
for (const kind of [Array, String, Uint8Array]) delete kind.prototype.at;
for (const name of ['DecompressionStream', 'structuredClone', 'BroadcastChannel']) delete globalThis[name];
delete Blob.prototype.stream;
delete Object.hasOwn;
const NumberFormat = Intl.NumberFormat;
Intl.NumberFormat = function (language, options = {}) {
    if (options.style === 'unit') throw new RangeError('style');
    return new NumberFormat(language, options);
};
"""


def test_an_old_safari_opens_a_letter(visit: Callable[..., Page], page: Page) -> None:
    """An archive of ours needs nothing that Safari 14 lacks."""
    with page.add_init_script(OLD_SAFARI):
        visit(seal([LETTER, EMPTY], ADDRESS, KEY, None))
    assert submit(page, ADDRESS) == "opened"
    assert saved(page) == [LETTER, EMPTY]
