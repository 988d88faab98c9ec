"""What lies inside a file is looked into, however it is packed; what cannot be opened is refused, never passed over."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import lzma
import struct
import subprocess
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from Cryptodome.Cipher import ARC4

from site_src.leaks.files import Leak, find_leaks
from site_src.leaks.parts import DAMAGED, ENCRYPTED, ENCRYPTED_PDF, PACKED_BY, REMEDIES, TOO_LARGE
from site_src.leaks.secrets import Secrets
from site_src.settings import CodePolicy
from tests.leftovers import english_in
from tests.programs import installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EMAIL = "maria.p@dimos.example"
CODE = "CDFJ-LQRS-W234-6789-CDFJ"
TEXT = f"Write to {EMAIL}, with {CODE}.".encode()
SECRETS = Secrets.of([EMAIL], [{CODE}], [CodePolicy()], [])


def leaks(data: bytes) -> list[str]:
    """The sentences about a file."""
    return [leak.message for leak in find_leaks("file", data, SECRETS)]


def assert_seen(data: bytes) -> None:
    """Both secrets are found, and neither is repeated."""
    found = leaks(data)
    assert any("e-mail address" in leak for leak in found)
    assert any("access code" in leak for leak in found)
    assert not [leak for leak in found if EMAIL in leak or CODE in leak]


def zipped(data: bytes) -> bytes:
    """A ZIP that holds the bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("inner", data)
    return buffer.getvalue()


def tarred(data: bytes, mode: str) -> bytes:
    """A tar file that holds the bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as container:  # type: ignore[call-overload] # any mode of the table
        entry = tarfile.TarInfo("inner")
        entry.size = len(data)
        container.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def pdf(body: bytes = b"", *, entries: bytes = b"", catalogue: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF with one page, and a stream whose dictionary has the entries."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R %s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(body), entries, body),
    ]
    data = b"%PDF-1.7\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(b"%010d 00000 n \n" % len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(places)
    return data + table + b"trailer<</Size 5/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (trailer, len(data))


def pdf_with_attachment(data: bytes) -> bytes:
    """A PDF that carries a file."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100)
    document.new_attachment("inner").set_data(data)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


PASSWORD_FILL = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
NO_CHANGES = b"\xf4\xff\xff\xff"  # the permissions, of which those to change and to copy are not given


def pdf_without_changes(body: bytes) -> bytes:
    """A PDF that anybody opens and nobody may change: encrypted with no password (ISO 32000-1, 7.6.3.3, revision 2)."""
    owner = ARC4.new(hashlib.md5(PASSWORD_FILL, usedforsecurity=False).digest()[:5]).encrypt(PASSWORD_FILL)
    key = hashlib.md5(PASSWORD_FILL + owner + NO_CHANGES + b"id", usedforsecurity=False).digest()[:5]
    user = ARC4.new(key).encrypt(PASSWORD_FILL)
    of_the_stream = hashlib.md5(key + b"\4\0\0" + b"\0\0", usedforsecurity=False).digest()[:10]
    told = (owner.hex().encode(), user.hex().encode(), int.from_bytes(NO_CHANGES, "little", signed=True))
    trailer = b"/ID[(id)(id)]/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>" % told
    return pdf(ARC4.new(of_the_stream).encrypt(body), trailer=trailer)


def png(kind: bytes, data: bytes) -> bytes:
    """A picture of one pixel with a chunk beside it (PNG specification, section 5.3)."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (kind, data), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(each)) + name + each + struct.pack(">I", zlib.crc32(name + each)) for name, each in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


PACKED: dict[str, bytes] = {
    "gzip": gzip.compress(TEXT),
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT * 50),
    "tar": tarred(zipped(TEXT), "w"),
    "tar.gz": tarred(TEXT, "w:gz"),
    "tar.bz2": tarred(TEXT, "w:bz2"),
    "tar.xz": tarred(TEXT, "w:xz"),
    "zip in zip": zipped(zipped(TEXT)),
    "gzip in zip": zipped(gzip.compress(TEXT)),
    "zip in gzip": gzip.compress(zipped(TEXT)),
    "PDF in zip": zipped(pdf(zlib.compress(TEXT), entries=b"/Filter/FlateDecode")),
    "picture in zip": zipped(png(b"zTXt", b"Author\0\0" + zlib.compress(TEXT))),
    "Base64 in a message": b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"text " * 30 + TEXT),
    "attachment of a message": b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(zipped(TEXT)),
    "Base64 in a link": b'<img src="data:text/plain;base64,' + base64.b64encode(TEXT) + b'">',
    "Base64 for URLs": b"?q=" + base64.urlsafe_b64encode(TEXT).rstrip(b"="),
    "hexadecimal": TEXT.hex().encode(),
    "PNG tEXt": png(b"tEXt", b"Author\0" + TEXT),
    "PNG zTXt": png(b"zTXt", b"Author\0\0" + zlib.compress(TEXT)),
    "PNG iTXt": png(b"iTXt", b"Author\0\1\0\0\0" + zlib.compress(TEXT)),
    "JPEG Exif": b"\xff\xd8\xff\xe1\0\x80Exif\0\0" + TEXT + b"\xff\xd9",
    "JPEG Exif of Windows": b"\xff\xd8\xff\xe1\0\x80Exif\0\0" + TEXT.decode().encode("utf-16-le") + b"\xff\xd9",
    "PDF stream": pdf(zlib.compress(TEXT), entries=b"/Filter/FlateDecode"),
    "PDF stream in ASCII": pdf(
        base64.a85encode(zlib.compress(TEXT)) + b"~>", entries=b"/Filter[/ASCII85Decode/FlateDecode]"
    ),
    "PDF stream in hexadecimal": pdf(TEXT.hex().encode() + b">", entries=b"/Filter/ASCIIHexDecode"),
    "PDF metadata": pdf(b"<x:xmpmeta>" + TEXT + b"</x:xmpmeta>", entries=b"/Type/Metadata/Subtype/XML"),
    "PDF link": pdf(catalogue=b"/URI<</Base(mailto:" + TEXT + b")>>"),
    "PDF form field": pdf(catalogue=b"/AcroForm<</Fields[<</FT/Tx/T(a)/V<" + TEXT.hex().encode() + b">>>]>>"),
    "PDF string in UTF-16": pdf(catalogue=b"/X<FEFF" + TEXT.decode().encode("utf-16-be").hex().encode() + b">"),
    "PDF attachment": pdf_with_attachment(TEXT),
    "PDF attachment that is a ZIP": pdf_with_attachment(zipped(TEXT)),
}
flushed = zlib.compressobj(wbits=12)
PACKED["PDF stream of an old program"] = pdf(flushed.compress(TEXT) + flushed.flush(), entries=b"/Filter/FlateDecode")


@pytest.mark.parametrize("kind", PACKED)
def test_what_is_packed_is_seen(kind: str) -> None:
    """Whatever a common program packs, writes as text, or hides in a document's properties, is read."""
    assert_seen(PACKED[kind])


@pytest.mark.parametrize("kind", ["zip", "7z"])
def test_an_archive_with_a_password_is_refused(kind: str, tmp_path: Path) -> None:
    """What 7-Zip makes with a password, and its own format with or without one, is told: nobody can look into it."""
    (tmp_path / "inner").write_bytes(b"sealed")
    command = [installed("7z"), "a", "-psecret", f"made.{kind}", "inner"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert any("cannot be looked into" in leak for leak in leaks((tmp_path / f"made.{kind}").read_bytes()))


@pytest.mark.parametrize(
    "data",
    [
        b"Rar!\x1a\x07\x01\0" + bytes(50),
        b"MSCF\0\0\0\0" + bytes(50),
        b"\x28\xb5\x2f\xfd" + bytes(50),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        pdf(trailer=b"/Encrypt<</Filter/Standard/V 1/R 2/O<00>/U<00>/P -1>>"),
    ],
    ids=["RAR", "CAB", "Zstandard", "office document with a password", "PDF with a password"],
)
def test_what_cannot_be_opened_is_refused(data: bytes) -> None:
    """Other packers and locked documents are told too, alone and inside a ZIP."""
    assert any("cannot be looked into" in leak for leak in leaks(data))
    assert any("cannot be looked into" in leak for leak in leaks(zipped(data)))


def refusal(data: bytes) -> Leak:
    """Why a file is refused that cannot be looked into."""
    (leak,) = find_leaks("signed.pdf", data, SECRETS)
    return leak


def test_a_pdf_that_forbids_changes_is_refused_with_what_to_do() -> None:
    """It opens for everybody, and nobody may know that it is encrypted; the hint says what to do."""
    data = pdf_without_changes(zlib.compress(TEXT))
    with pypdfium2.PdfDocument(data) as document:
        assert len(document) == 1
    leak = refusal(data)
    assert leak.message == "the file signed.pdf is an encrypted PDF and cannot be looked into"
    for told in ("even if it opens without a password", "print it to a new PDF", "signed again", "digital signature"):
        assert told in leak.hint


def test_every_refusal_says_what_to_do() -> None:
    """Each thing that is in the way of looking into a file has a remedy of its own."""
    assert set(REMEDIES) == {TOO_LARGE, ENCRYPTED, ENCRYPTED_PDF, PACKED_BY, DAMAGED}
    assert len(set(REMEDIES.values())) == len(REMEDIES)
    deep = refusal(zipped(zipped(zipped(zipped(b"x")))))
    assert "too deep" in deep.message
    assert deep.hint == "give the innermost files themselves"


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize(
    "data", [pdf_without_changes(b""), zipped(zipped(zipped(zipped(b"x")))), b"Rar!\x1a\x07\x01\0"]
)
def test_a_refusal_is_told_in_greek(data: bytes) -> None:
    """Sentence and hint are Greek, with no English word left over."""
    leak = refusal(data)
    assert english_in(leak.message.replace("signed.pdf", "").replace("inner", "")) | english_in(leak.hint) == set()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_unpacks_without_measure_is_refused(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file that grows to a large one is told, not unpacked to its end."""
    monkeypatch.setattr("site_src.leaks.parts.PART_BYTES_MAX", 10_000)
    assert any("too large" in leak for leak in leaks(pack(bytes(10_001))))
    assert leaks(pack(bytes(10_000))) == []


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "tar", "tar.gz", "PDF stream", "PDF attachment", "PNG zTXt"])
def test_damage_is_told_or_read_and_never_raises(kind: str) -> None:
    """Cut anywhere, or with any byte changed, a file ends no build with a traceback."""
    data = PACKED[kind]
    for place in range(0, len(data), max(1, len(data) // 150)):
        leaks(data[:place])
        leaks(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])


def test_plain_files_are_no_leak() -> None:
    """The same kinds of files without a secret pass."""
    for data in (
        gzip.compress(b"x"),
        tarred(b"x", "w"),
        pdf(zlib.compress(b"x")),
        pdf_with_attachment(b"x"),
        png(b"tEXt", b"x"),
    ):
        assert leaks(data) == []
