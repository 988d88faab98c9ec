"""What lies inside a file: the parts of containers, what is packed, what a PDF carries, and bytes written as text."""

from __future__ import annotations

import base64
import binascii
import bz2
import contextlib
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from site_src.language.catalogues import N_
from site_src.pdf_text import read_embedded_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PART_BYTES_MAX = 64 * 2**20
CONTAINER_BYTES_MAX = 4 * PART_BYTES_MAX  # all parts together, unpacked

ZIP_SIGNATURE = b"PK\x03\x04"
ZIP_END = b"PK\x05\x06"  # APPNOTE.TXT 4.3.16, the end of the central directory, which has a comment of 64 KB at most
ZIP_END_MAX = 22 + 2**16
ZIP_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0
TAR_SIGNATURE, TAR_SIGNATURE_AT = b"ustar", 257  # POSIX.1-2017, pax, "ustar Header Block"
PDF_SIGNATURE = b"%PDF"
GZIP_WINDOW = zlib.MAX_WBITS | 16  # zlib's manual, inflateInit2: read a gzip header

# Containers that nothing here opens: better refused than published unseen.
CLOSED = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"MSCF\0\0\0\0": "CAB",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 2.3.4.4: an office document with a password

# What the readers let through where a container is damaged; a wrong name or field is a ValueError or struct.error.
DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)

# Why a part cannot be looked into ({why} is what packed it, or the error), and what to do then.
TOO_LARGE = N_("the file {name} is too large to be looked into")
ENCRYPTED = N_("the file {name} is encrypted and cannot be looked into")
ENCRYPTED_PDF = N_("the file {name} is an encrypted PDF and cannot be looked into")
PACKED_BY = N_("the file {name} is packed by {why} and cannot be looked into")
DAMAGED = N_("the file {name} cannot be looked into ({why})")
REMEDIES = {
    TOO_LARGE: N_("give what it holds in smaller files"),
    ENCRYPTED: N_("save it again without a password, and put that file in its place"),
    ENCRYPTED_PDF: N_(
        "a PDF that forbids changes, copying or printing is encrypted too, even if it opens without a password: print "
        "it to a new PDF, or have it made or signed again without these restrictions (printing takes a digital "
        "signature away), and put that file in its place"
    ),
    PACKED_BY: N_("unpack it and give the files themselves, or pack them as .zip without a password"),
    DAMAGED: N_("open it in the program that made it, save it again, and put that file in its place"),
}

# RFC 1950, section 2.2: method 8, no dictionary, and both bytes together a multiple of 31.
_ZLIB_HEADS = [
    bytes((method, flags))
    for method in range(0x08, 0x88, 0x10)
    for flags in range(256)
    if (method << 8 | flags) % 31 == 0 and not flags & 0x20
]
_ZLIB = re.compile(b"|".join(map(re.escape, _ZLIB_HEADS)))
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}(?:\r?\n[A-Za-z0-9+/]{4,}={0,2})*+")
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{16,}(?:\s[0-9A-Fa-f]{2,})*+")
_PDF_STREAM = re.compile(rb"ASCII85Decode|ASCIIHexDecode|/A85|/AHx")
_PDF_STREAM_BODY = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """Something inside a file; ``label`` is its own name, ``trouble`` one of the texts that say what is in the way."""

    label: str = ""
    data: bytes = field(default=b"", repr=False)
    trouble: str = ""
    why: str = ""


class _Unpacker(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


PACKED: dict[bytes, Callable[[], _Unpacker]] = {
    b"\x1f\x8b\x08": lambda: zlib.decompressobj(GZIP_WINDOW),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lzma.LZMADecompressor,
}


def is_container(data: bytes) -> bool:
    """Whether the bytes are a file that holds others."""
    return _is_zip(data) or _is_tar(data) or data.startswith((*PACKED, *CLOSED))


def parts_of(data: bytes) -> Iterator[Part]:
    """The files inside a file, where it is a container or a PDF."""
    for signature, kind in CLOSED.items():
        if data.startswith(signature):
            yield Part(trouble=PACKED_BY, why=kind)
    if data.startswith(OLE_SIGNATURE) and OLE_ENCRYPTED in data:
        yield Part(trouble=ENCRYPTED)
    try:
        if _is_zip(data):
            yield from _parts_of_zip(data)
        elif _is_tar(data):
            yield from _parts_of_tar(data)
        elif data.startswith(PDF_SIGNATURE):
            yield from _parts_of_pdf(data)
        for signature, unpacker in PACKED.items():
            if data.startswith(signature):
                yield _unpacked(unpacker().decompress(data, PART_BYTES_MAX + 1))
    except DAMAGE as error:
        yield Part(trouble=DAMAGED, why=type(error).__name__)


def streams_of(data: bytes) -> Iterator[bytes]:
    """What is packed by zlib anywhere in the bytes, as PDFs and pictures do, or written in Base64 or hexadecimal."""
    yield from _inflated(data)
    for run in _BASE64.finditer(data):
        plain = run[0].translate(bytes.maketrans(b"-_", b"+/"), b"\r\n=")
        yield base64.b64decode(plain[: len(plain) // 4 * 4] + _last_group(plain))
    for run in _HEXADECIMAL.finditer(data):
        digits = b"".join(run[0].split())
        yield binascii.unhexlify(digits[: len(digits) // 2 * 2])


def _last_group(plain: bytes) -> bytes:
    left = plain[len(plain) // 4 * 4 :]
    return left.ljust(4, b"=") if len(left) > 1 else b""


def _is_zip(data: bytes) -> bool:
    return data.startswith(ZIP_SIGNATURE) or ZIP_END in data[-ZIP_END_MAX:]


def _is_tar(data: bytes) -> bool:
    return data[TAR_SIGNATURE_AT : TAR_SIGNATURE_AT + len(TAR_SIGNATURE)] == TAR_SIGNATURE


def _parts_of_zip(data: bytes) -> Iterator[Part]:
    left = CONTAINER_BYTES_MAX
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        for entry in container.infolist():
            left -= entry.file_size
            if entry.flag_bits & ZIP_ENCRYPTED:
                yield Part(entry.filename, trouble=ENCRYPTED)
            elif entry.file_size > PART_BYTES_MAX or left < 0:
                yield Part(entry.filename, trouble=TOO_LARGE)
            else:
                yield Part(entry.filename, container.read(entry))


def _parts_of_tar(data: bytes) -> Iterator[Part]:
    """The members' bytes stand in the file itself, so their sizes need no measure."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as container:
        for member in container:
            file = container.extractfile(member) if member.isfile() else None
            yield Part(member.name, file.read() if file else b"")


def _parts_of_pdf(data: bytes) -> Iterator[Part]:
    if b"/Encrypt" in data:
        yield Part(trouble=ENCRYPTED_PDF)
    with contextlib.suppress(ValueError):
        for name, content in read_embedded_files(data):
            yield Part(name, content)
    if _PDF_STREAM.search(data):
        for body in _PDF_STREAM_BODY.findall(data):
            with contextlib.suppress(ValueError):
                yield Part(data=base64.a85decode(body.partition(b"~>")[0]))


def _unpacked(data: bytes) -> Part:
    return Part(trouble=TOO_LARGE) if len(data) > PART_BYTES_MAX else Part(data=data)


def _inflated(data: bytes) -> Iterator[bytes]:
    view, end, left = memoryview(data), 0, CONTAINER_BYTES_MAX
    for head in _ZLIB.finditer(data):
        if head.start() < end or left <= 0:
            continue
        inflater = zlib.decompressobj()
        with contextlib.suppress(zlib.error):
            plain = inflater.decompress(view[head.start() :], min(PART_BYTES_MAX, left))
            left -= len(plain)
            if inflater.eof:
                end = len(data) - len(inflater.unused_data)
            yield plain
