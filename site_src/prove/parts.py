"""Open what is inside a published file: the parts of an office document, and what a PDF or a picture carries."""

from __future__ import annotations

import base64
import contextlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile

from site_src.files.text import Room, TooLongError, read_embedded_files, read_pdf
from site_src.language.catalogues import N_
from site_src.read.content.enclosures import CLOSED, PDF_SIGNATURE, PNG_SIGNATURE, ZIP_DAMAGE, is_zip, why_unfit

# Of one file, all parts together: more than a workbook of 100,000 rows has, and read in some ten seconds. Pictures
# count as they are, packed; a character that a page draws counts as a byte, and takes as long.
UNPACKED_BYTES_MAX = 64 * 2**20
# Of each version of a PDF the pages are read. PDFium opens one in a tenth of the time that its bytes take; a decision
# of 50 MB that four people have signed has five of them.
VERSION_SHARE = 10

ZIP_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0
ODF_MANIFEST, ODF_ENCRYPTED = "META-INF/manifest.xml", b"encryption-data"  # OpenDocument 1.2, part 3, 4.4

# Why a part cannot be looked into, and what to do then.
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
PACKED = (
    N_("the PDF {name} is packed in a way that cannot be looked into"),
    N_("print it to a new PDF, and put that file in its place"),
)
DAMAGED = (
    N_("the file {name} is damaged and cannot be looked into"),
    N_("open it in the program that made it, save it again, and put that file in its place"),
)

_REVISION = re.compile(rb"%%EOF\s*+(?=.)", re.DOTALL)  # the end of a version that a later save changed
_STREAM = re.compile(rb"stream(?:\r\n?|\n)")
_END = b"endstream"
_NO_TEXT = re.compile(rb"/Subtype\s*/Image\b|/Type\s*/XRef\b")
_FILTER = re.compile(rb"/Filter\s*+(\[[^\]]{0,200}+\]|[/\d][^\s/<>\[\]]*+)")  # a digit begins a reference to it
_PICTURE_FILTERS = {b"/DCTDecode", b"/JPXDecode", b"/CCITTFaxDecode", b"/JBIG2Decode"}
PROPERTIES_BYTES = 2**17  # a photograph has its Exif and XMP in its first segments, each of 64 KB at most
_PREDICTOR = re.compile(rb"/Predictor\s+(?!1\b)")
_KERNING = re.compile(rb"\)[-+.\d\s]*+\(")  # within a text that is shown in pieces (9.4.3)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|\r\n?|\n|(.))", re.DOTALL)  # ISO 32000-1, 7.3.4.2
_BLANKS = (b"n", b"r", b"t", b"b", b"f")
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]{16,}+)>")  # 7.3.4.3
_UTF_16 = b"\xfe\xff"  # 7.9.2.2

# PNG specification, 11.3.2 and 11.3.3: how a chunk begins that holds packed text or a profile.
_PNG_PACKED = re.compile(rb"(?s:(?:zTXt|iCCP)[^\0]{1,79}\0\0|iTXt[^\0]{1,79}\0\x01\0[^\0]{0,99}\0[^\0]{0,999}\0)")
_PNG_PIXELS = b"IDAT"
# Base64 or hexadecimal, on one line or on full ones: a file in an SVG (RFC 2397) or in XML, a mail's part (RFC 2045), a
# photograph's properties that ImageMagick puts into a PNG. A long word looks like it too, and spells noise.
_SPELLED = re.compile(rb"[A-Za-z0-9+/]{16,}+(?:(?<=[A-Za-z0-9+/]{40})[ \t\r]*+\n[ \t]*+[A-Za-z0-9+/]++)*+")
_DIGITS = re.compile(rb"\A(?:[0-9A-Fa-f]{2})*+")
DOCUMENT_LEAST = 100  # bytes; fewer are no document with parts of its own


@dataclass(frozen=True)
class Part:
    """Something inside a file."""

    label: str = ""  # its own name
    data: bytes = field(default=b"", repr=False)
    text: bytes = field(default=b"", repr=False)  # with nothing packed in it
    trouble: tuple[str, str] | None = None  # why it cannot be looked into, and what to do then


def parts_of(data: bytes, room: Room) -> Iterator[Part]:
    """Yield what is inside a file, as far as there is room for it."""
    if CLOSED.match(data):
        yield Part(trouble=OTHER_KIND)
    if is_zip(data):
        yield from _parts_of_zip(data, room)
    if data.startswith(PDF_SIGNATURE):
        yield from _parts_of_pdf(data, room)
    if data.startswith(PNG_SIGNATURE):
        for chunk in _chunks_of_png(data):
            packed = _PNG_PACKED.match(chunk)
            yield _read(inflated, chunk[packed.end() :], room) if packed else Part(text=chunk)
    yield from _parts_spelled(data.replace(b"\0", b""), room)  # in UTF-16 too


def _chunks_of_png(data: bytes) -> Iterator[bytes]:
    """Yield name and content of each chunk but pixels, without its check sum, which may look like letters of a text."""
    place = len(PNG_SIGNATURE)
    while place < len(data):
        end = place + 8 + int.from_bytes(data[place : place + 4])  # PNG specification, 5.3: length, name, content
        if data[place + 4 : place + 8] != _PNG_PIXELS:
            yield data[place + 4 : end]
        place = end + 4


def _parts_spelled(data: bytes, room: Room) -> Iterator[Part]:
    """Yield what letters of the data spell, and what is packed in that as Power Query packs a table."""
    short = []
    for found in _SPELLED.finditer(data):
        plain = spelled_out(b"".join(found[0].split()))
        inner = _read(partial(inflated, bits=-zlib.MAX_WBITS), plain, room)
        if inner.trouble or len(plain) >= DOCUMENT_LEAST:
            yield from (Part(data=plain), inner)
        else:
            short += [plain, inner.data]
    yield Part(text=b"\n".join(short))


def spelled_out(letters: bytes) -> bytes:
    """Return the bytes that letters of base64 spell, and those that they spell as hexadecimal digits."""
    plain = base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")
    return plain + b"\n" + bytes.fromhex(_DIGITS.findall(letters)[0].decode("ascii"))


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
    except ZIP_DAMAGE:
        yield Part(trouble=DAMAGED)


def _parts_of_pdf(data: bytes, room: Room) -> Iterator[Part]:
    if b"/Encrypt" in data:
        yield Part(trouble=ENCRYPTED_PDF)
    with contextlib.suppress(ValueError):
        for name, content in read_embedded_files(data):
            unfit = OTHER_KIND if why_unfit(name, content) else None if room.take(len(content)) else TOO_LARGE
            yield Part(name, content, trouble=unfit)
    ends = [*(found.end() for found in _REVISION.finditer(data)), len(data)]
    yield from dict.fromkeys(_shown(data, end, room) for end in ends)  # a signature changes no other text
    outside = []
    for objects, body in streams_of(data):
        outside.append(objects)
        try:
            plain = _read(partial(decoded, objects), body, room)
        except LookupError:
            plain = Part(trouble=PACKED)
        yield plain
        yield Part(text=strings_in(plain.data))
    yield Part(text=strings_in(b"\n".join(outside)))


def _shown(data: bytes, end: int, room: Room) -> Part:
    """Return all text on the pages of a PDF's version; nothing where it is damaged: its bytes are read anyway."""
    if not room.take(end // VERSION_SHARE):
        return Part(trouble=TOO_LARGE)
    try:
        return Part(text=read_pdf(data[:end], room, complete=True).encode(errors="replace"))
    except TooLongError:
        return Part(trouble=TOO_LARGE)
    except ValueError:
        return Part()


def _read(read: Callable[[bytes, int], bytes], data: bytes, room: Room) -> Part:
    """Return what ``read`` makes of the data and as many bytes at most, one more than there is room for."""
    content = read(data, max(room.left, 0) + 1)
    return Part(data=content) if room.take(len(content)) else Part(trouble=TOO_LARGE)


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
    """Return ``most`` bytes of a stream without its filters, as far as they are not damaged.

    No text is in pixels, nor in the table of objects. Of a photograph that is packed once more the beginning counts,
    which holds its properties. Raises LookupError for a filter that is not known.
    """
    dictionary = objects.rpartition(b"obj")[2]
    found = _FILTER.search(dictionary)
    names = re.findall(rb"[/\d][^\s/\[\]]*", found[1]) if found else []
    if not _PICTURE_FILTERS.isdisjoint(names):
        names = list(takewhile(FILTERS.__contains__, names))
        stream = stream[:PROPERTIES_BYTES] if names else b""  # the file's own bytes are read anyway
    elif _NO_TEXT.search(dictionary):
        stream = b""
    if stream and _PREDICTOR.search(dictionary):
        raise LookupError(dictionary)
    for read in [FILTERS[name] for name in names if stream]:
        with contextlib.suppress(ValueError):
            stream = read(stream, most)
    return stream[:most]


def inflated(data: bytes, most: int, bits: int = zlib.MAX_WBITS) -> bytes:
    """Return ``most`` bytes of what zlib has packed; nothing where that is damaged."""
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj(bits).decompress(data, most)
    return b""


FILTERS: dict[bytes, Callable[[bytes, int], bytes]] = {  # ISO 32000-1, 7.4; what is packed by LZW is of the 1990s
    b"/ASCII85Decode": lambda data, _most: base64.a85decode(data.partition(b"~>")[0]),
    b"/ASCIIHexDecode": lambda data, _most: bytes.fromhex(data.partition(b">")[0].decode("ascii")),
    b"/FlateDecode": inflated,
}
FILTERS |= {b"/A85": FILTERS[b"/ASCII85Decode"], b"/AHx": FILTERS[b"/ASCIIHexDecode"], b"/Fl": inflated}


def strings_in(objects: bytes) -> bytes:
    """Return objects of a PDF with their strings as a reader sees them: without escapes, and in UTF-8."""
    plain = _ESCAPE.sub(_unescaped, objects + b"\n" + _KERNING.sub(b"", objects))
    digits = (b"".join(found[1].split()).decode() for found in _HEXADECIMAL.finditer(objects))
    plain = b")".join((plain, *(bytes.fromhex(each[: len(each) // 2 * 2]) for each in digits)))
    texts = (each.decode("utf-16-be", errors="replace").encode() for each in plain.split(_UTF_16)[1:])
    return b"\n".join((plain, *texts))


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes([int(escape[1], 8) & 0xFF])
    return b"\n" if escape[2] in _BLANKS else escape[2] or b""
