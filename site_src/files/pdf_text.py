"""The text of a PDF as a reader sees it, the files embedded in it, and all that its objects say besides."""

from __future__ import annotations

import base64
import contextlib
import re
import threading
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# PDFium must not be entered by two threads at once (pypdfium2's documentation, "Thread safety").
_PDFIUM = threading.Lock()

DRAWN_MAX = 16 * 2**20  # characters and other objects: those of 4,000 full pages, which take some five seconds

# What PDFium gives for a hyphen at the end of a line, where it cannot know whether the word has one.
LINE_END_HYPHEN = "\x02"

_STREAM = re.compile(rb"stream(?:\r\n?|\n)")
_END = b"endstream"
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|\r\n?|\n|(.))", re.DOTALL)  # ISO 32000-1, 7.3.4.2
_BLANKS = (b"n", b"r", b"t", b"b", b"f")
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]{16,}+)>")  # 7.3.4.3
_UTF_16 = b"\xfe\xff"  # 7.9.2.2


class TooLongError(ValueError):
    """The pages of a PDF draw more than anybody wrote: they may all be the same one."""


def read_pdf(data: bytes, most: int = DRAWN_MAX) -> str:
    """All pages, one after another.

    Raises ValueError where this is no PDF, or one that asks for a password; TooLongError where its pages draw more than
    ``most`` characters and other objects.
    """
    import pypdfium2
    from pypdfium2.raw import FPDFPage_CountObjects

    try:
        with _PDFIUM, pypdfium2.PdfDocument(data) as document:
            pages = []
            for page in document:
                signs = page.get_textpage()
                most -= signs.count_chars() + FPDFPage_CountObjects(page)
                if most < 0:
                    raise TooLongError
                pages.append(signs.get_text_bounded())
            text = "\n".join(pages)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"this PDF cannot be read: {error}") from error
    return text.replace(LINE_END_HYPHEN, "-")


def read_embedded_files(data: bytes) -> list[tuple[str, bytes]]:
    """Name and content of each file that is embedded in the PDF. Raises ValueError as :func:`read_pdf` does."""
    import pypdfium2

    try:
        with _PDFIUM, pypdfium2.PdfDocument(data) as document:
            embedded = [document.get_attachment(number) for number in range(document.count_attachments())]
            return [(each.get_name(), bytes(each.get_data())) for each in embedded]
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"this PDF cannot be read: {error}") from error


def streams_of(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the objects of a PDF as far as each stream, and that stream; behind the last one there is none."""
    end = len(b"%PDF-")
    while found := _STREAM.search(data, end):
        start, objects = found.end(), data[end : found.start()]
        end = data.find(_END, start) % (len(data) + 1)  # the file's end where nothing ends the stream
        yield objects, data[start:end]
        end += len(_END)
    yield data[end:], b""


def decoded(objects: bytes, stream: bytes, most: int) -> bytes:
    """Return ``most`` bytes of a stream without the filters that text has; nothing of a picture, which has none."""
    dictionary = objects.rpartition(b"obj")[2]
    if _PICTURE.search(dictionary):
        return b""
    with contextlib.suppress(ValueError):
        if b"ASCII85Decode" in dictionary or b"/A85" in dictionary:
            stream = base64.a85decode(stream.partition(b"~>")[0])
        if b"ASCIIHexDecode" in dictionary or b"/AHx" in dictionary:
            stream = bytes.fromhex(stream.partition(b">")[0].decode("ascii"))
    return inflated(stream, most) if b"FlateDecode" in dictionary or b"/Fl" in dictionary else stream[:most]


def inflated(data: bytes, most: int) -> bytes:
    """Return ``most`` bytes of what zlib has packed; nothing where that is damaged."""
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj().decompress(data, most)
    return b""


def strings_in(objects: bytes) -> bytes:
    """Return objects of a PDF with their strings as a reader sees them: without escapes, and in UTF-8."""
    plain = _ESCAPE.sub(_unescaped, objects)
    digits = (b"".join(found[1].split()).decode() for found in _HEXADECIMAL.finditer(objects))
    plain = b")".join((plain, *(bytes.fromhex(each[: len(each) // 2 * 2]) for each in digits)))
    texts = (each.decode("utf-16-be", errors="replace").encode() for each in plain.split(_UTF_16)[1:])
    return b"\n".join((plain, *texts))


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes([int(escape[1], 8) & 0xFF])
    return b"\n" if escape[2] in _BLANKS else escape[2] or b""
