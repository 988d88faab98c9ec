"""What is inside a published file: the parts of an office document, and what a PDF or a picture carries."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from site_src.files.pdf_text import (
    TooLongError,
    decoded,
    inflated,
    read_embedded_files,
    read_pdf,
    streams_of,
    strings_in,
)
from site_src.language.catalogues import N_
from site_src.read.content.enclosures import CLOSED, PDF_SIGNATURE, PNG_SIGNATURE, ZIP_DAMAGE, is_zip, why_unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Of one file, all parts together: more than a workbook of 100,000 rows has, and read in some ten seconds. Pictures
# count as they are, packed.
UNPACKED_BYTES_MAX = 64 * 2**20

ZIP_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0
ODF_MANIFEST, ODF_ENCRYPTED = "META-INF/manifest.xml", b"encryption-data"  # OpenDocument 1.2, part 3, 4.4

# Why a part cannot be looked into ({why} is the error), and what to do then.
TOO_LARGE = (N_("the file {name} is too large to be looked into"), N_("give what it holds in smaller files"))
ENCRYPTED = (
    N_("the file {name} is encrypted and cannot be looked into"),
    N_("save it again without a password, and put that file in its place"),
)
ENCRYPTED_PDF = (
    N_("the file {name} is an encrypted PDF and cannot be looked into"),
    N_(
        "a PDF that forbids changes, copying or printing is encrypted too, even if it opens without a password: print "
        "it to a new PDF, or have it made or signed again without these restrictions (printing takes a digital "
        "signature away), and put that file in its place"
    ),
)
OTHER_KIND = (
    N_("the file {name} is of a kind that cannot be looked into"),
    N_("save the document that holds it as PDF, without that file, and put the PDF in its place"),
)
DAMAGED = (
    N_("the file {name} cannot be looked into ({why})"),
    N_("open it in the program that made it, save it again, and put that file in its place"),
)

# PNG specification, 11.3.4: the text chunks whose text is packed, as far as the text.
_PNG_TEXT = re.compile(
    rb"(?s:(....))(?:zTXt[^\0]{1,79}\0\0|iTXt[^\0]{1,79}\0\x01\0[^\0]{0,99}\0[^\0]{0,999}\0)",
)


@dataclass
class Room:
    """How much of one file may still be unpacked."""

    left: int

    def take(self, size: int) -> bool:
        """Return whether there was room for so many bytes."""
        self.left -= size
        return self.left >= 0


@dataclass(frozen=True)
class Part:
    """Something inside a file.

    ``label`` is its own name, ``trouble`` what is in the way and what to do; in ``text`` nothing is packed.
    """

    label: str = ""
    data: bytes = field(default=b"", repr=False)
    text: bytes = field(default=b"", repr=False)
    trouble: tuple[str, str] | None = None
    why: str = ""


def parts_of(data: bytes, room: Room) -> Iterator[Part]:
    """Yield what is inside a file, as far as there is room for it."""
    if CLOSED.match(data):
        yield Part(trouble=OTHER_KIND)
    if is_zip(data):
        yield from _parts_of_zip(data, room)
    if data.startswith(PDF_SIGNATURE):
        yield from _parts_of_pdf(data, room)
    if data.startswith(PNG_SIGNATURE):
        end = 0
        while found := _PNG_TEXT.search(data, end):
            end = max(found.end(), found.start() + 8 + int.from_bytes(found[1]))  # length, kind, then so many bytes
            yield _read(inflated, data[found.end() : end], room)


def _parts_of_zip(data: bytes, room: Room) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            for entry in container.infolist():
                if entry.flag_bits & ZIP_ENCRYPTED:
                    yield Part(entry.filename, trouble=ENCRYPTED)
                elif not room.take(entry.file_size):
                    yield Part(entry.filename, trouble=TOO_LARGE)
                else:
                    content = container.read(entry)
                    yield Part(entry.filename, content)
                    if entry.filename == ODF_MANIFEST and ODF_ENCRYPTED in content:
                        yield Part(trouble=ENCRYPTED)
    except ZIP_DAMAGE as error:
        yield Part(trouble=DAMAGED, why=type(error).__name__)


def _parts_of_pdf(data: bytes, room: Room) -> Iterator[Part]:
    if b"/Encrypt" in data:
        yield Part(trouble=ENCRYPTED_PDF)
    with contextlib.suppress(ValueError):
        for name, content in read_embedded_files(data):
            unfit = OTHER_KIND if why_unfit(name, content) else None if room.take(len(content)) else TOO_LARGE
            yield Part(name, content, trouble=unfit)
    try:
        yield Part(data=read_pdf(data).encode(errors="replace"))
    except TooLongError:
        yield Part(trouble=TOO_LARGE)
    except ValueError:  # its bytes are looked through all the same
        pass
    outside = []
    for objects, body in streams_of(data):
        outside.append(objects)
        plain = _read(partial(decoded, objects), body, room)
        yield plain
        yield Part(text=strings_in(plain.data))
    yield Part(text=strings_in(b"\n".join(outside)))


def _read(read: Callable[[bytes, int], bytes], data: bytes, room: Room) -> Part:
    """Return what ``read`` makes of the data and as many bytes at most, one more than there is room for."""
    content = read(data, max(room.left, 0) + 1)
    return Part(data=content) if room.take(len(content)) else Part(trouble=TOO_LARGE)
