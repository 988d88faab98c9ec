"""The inside of each file of an allowed kind is read; a file that cannot be opened is refused, never passed over."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
import struct
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from Cryptodome.Cipher import ARC4

from site_src.files.text import Room, TooLongError, read_pdf
from site_src.prove.leaks import Leak, find_leaks
from site_src.prove.parts import DAMAGED, ENCRYPTED, ENCRYPTED_PDF, FILTERS, OTHER_KIND, TOO_LARGE, inflated
from site_src.prove.secrets import Secrets, readings
from site_src.read.settings import CodePolicy
from tests.support.untranslated import english_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EMAIL = "maria.p@dimos.example"
CODE = "CDFJ-LQRS-W234-6789-CDFJ"
TEXT = f"Write to {EMAIL}, with {CODE}.".encode()
SECRETS = Secrets.of([EMAIL], [CODE], [CodePolicy()], [])


def leaks(data: bytes) -> list[str]:
    """The sentences about a file."""
    return [leak.message for leak in find_leaks("file", data, SECRETS)]


def assert_seen(data: bytes) -> None:
    """Both secrets are found, and neither is repeated."""
    found = leaks(data)
    assert any("e-mail address" in leak for leak in found)
    assert any("access code" in leak for leak in found)
    assert not [leak for leak in found if EMAIL in leak or CODE in leak]


def zipped(data: bytes, name: str = "inner") -> bytes:
    """A ZIP that holds the bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr(name, data)
    return buffer.getvalue()


def pdf(
    body: bytes = b"", *, entries: bytes = b"", catalogue: bytes = b"", page: bytes = b"", trailer: bytes = b""
) -> bytes:
    """A PDF with one page, and a stream whose dictionary has the entries."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R %s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]%s>>" % page,
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(body), entries, body),
    ]
    data = b"%PDF-1.7\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(b"%010d 00000 n \n" % len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(places)
    return data + table + b"trailer<</Size 5/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (trailer, len(data))


def pdf_with_attachment(data: bytes, name: str = "inner.txt") -> bytes:
    """A PDF that carries a file."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100)
    document.new_attachment(name).set_data(data)
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


def text_pages(pages: int, words: int) -> bytes:
    """A PDF whose pages show one and the same text."""
    font = b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    once = pdf(b"BT /F 1 Tf 1 1 Td " + b"(word) Tj " * words + b"ET", page=b"/Contents 4 0 R" + font)
    with pypdfium2.PdfDocument(once) as source, pypdfium2.PdfDocument.new() as document:
        document.import_pages(source, [0] * pages)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()


def utf_16(text: str) -> bytes:
    """A PDF's string as Ghostscript writes it, with escapes for whatever is no plain sign."""
    octets = b"\xfe\xff" + text.encode("utf-16-be")
    return b"".join(bytes([each]) if 31 < each < 127 and each not in rb"\()" else b"\\%03o" % each for each in octets)


def flate(data: bytes, *, kind: bytes = b"") -> bytes:
    """A PDF with the data in a packed stream."""
    return pdf(zlib.compress(data), entries=b"/Filter/FlateDecode" + kind)


PICTURE = b"/Subtype /Image"  # whose pixels are no text, whatever they spell
PHOTOGRAPH = b"\xff\xd8\xff\xe1\0\x80Exif\0\0" + TEXT + b"\xff\xd9"
PACKED_PHOTOGRAPH = b"/Filter[/ASCII85Decode/DCTDecode]"
LETTERED = f"16\0{CODE} {EMAIL}".encode()  # a text whose check sum begins with letters
BROKEN = TEXT.replace(b"dim", b"dim\\\n").replace(b"LQ", b"\\114\\Q")
HEXADECIMAL = TEXT.hex("\n", 36).encode() + b"\n"
SHOWN = b"BT/F 9 Tf " + b" ".join(b"(%c)Tj" % each for each in TEXT) + b" ET"  # the page's text alone, and no other
WRAPPED = (
    b"BT/F 9 Tf 1 99 Td(Write to maria.p@di-)Tj 0 -12 Td(mos.example, with CDFJ-LQRS-)Tj 0 -12 Td(W234-6789-CDFJ)Tj ET"
)
HELVETICA = b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
FONT = b"/Contents 4 0 R" + HELVETICA
STAMP = b"<</Subtype/Stamp/F 4/Rect[0 0 9 9]/AP<</N 4 0 R>>>>"
STAMPED = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + HELVETICA


def changed(data: bytes) -> bytes:
    """A PDF to whose end a change is written that empties its stream (ISO 32000-1, 7.5.6)."""
    (before,) = re.findall(rb"startxref\n(\d+)", data)
    stream = b"\n4 0 obj\n<</Length 0>>stream\n\nendstream\nendobj\n"
    table = b"xref\n4 1\n%010d 00000 n \ntrailer<</Size 5/Root 1 0 R/Prev %s>>\n" % (len(data) + 1, before)
    return data + stream + table + b"startxref\n%d\n%%%%EOF\n" % (len(data) + len(stream))


def deflated(data: bytes) -> bytes:
    """The data as Power Query packs a table, in base64."""
    packer = zlib.compressobj(wbits=-15)
    return base64.b64encode(packer.compress(data) + packer.flush())


PACKED: dict[str, bytes] = {
    "document in a document": zipped(zipped(TEXT), "word/embeddings/list.docx"),
    "PDF in a document": zipped(flate(TEXT)),
    "picture in a document": zipped(png(b"zTXt", b"Author\0\0" + zlib.compress(TEXT))),
    "document in UTF-16": zipped("<?xml?><t>".encode("utf-16") + TEXT.decode().encode("utf-16-le")),
    "PNG tEXt": png(b"tEXt", b"Author\0" + TEXT),
    "PNG tEXt, its check sum like a letter": png(b"tEXt", LETTERED),
    "SVG with a picture": b'<svg><image href="data:image/png;base64,'
    + base64.b64encode(png(b"tEXt", LETTERED))
    + b'"/>',
    "PNG zTXt": png(b"zTXt", b"Author\0\0" + zlib.compress(TEXT)),
    "PNG iTXt": png(b"iTXt", b"Author\0\0\0\0\0" + TEXT),
    "PNG iTXt, packed": png(b"iTXt", "XML:com.adobe.xmp\0\1\0el\0Συντάκτης\0".encode() + zlib.compress(TEXT)),
    "PNG profile of ImageMagick": png(b"tEXt", b"Raw profile type iptc\0\niptc\n      64\n" + HEXADECIMAL),
    "PNG profile of ImageMagick, packed": png(
        b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n      64\n" + HEXADECIMAL)
    ),
    "Power Query": zipped(
        "<a>{}</a>".format(base64.b64encode(bytes(8) + zipped(TEXT, "Section1.m")).decode()).encode("utf-16")
    ),
    "Power Query's large table": zipped(
        zipped(b'("' + deflated(TEXT + hashlib.shake_256(b"").hexdigest(99).encode()) + b'"', "a.m")
    ),
    "Power Query's own table": zipped(zipped(b'Binary.FromText("' + deflated(TEXT) + b'", Deflate)', "Section1.m")),
    "base64": b"see " + base64.b64encode(TEXT) + b" there",
    "base64 of UTF-16, on lines": base64.encodebytes(TEXT.decode().encode("utf-16-le")).replace(b"\n", b"\r\n"),
    "hexadecimal": b"see " + TEXT.hex().encode(),
    "PNG chunk of its own, its check sum like a letter": png(b"prVt", LETTERED.replace(b"16", b"4")),
    "PNG Exif": png(b"eXIf", b"MM\0*" + TEXT),
    "JPEG Exif": PHOTOGRAPH,
    "JPEG Exif of Windows": b"\xff\xd8\xff\xe1\0\x80Exif\0\0" + TEXT.decode().encode("utf-16-le") + b"\xff\xd9",
    "JPEG Exif in a PDF": pdf(PHOTOGRAPH, entries=PICTURE + b"/Filter/DCTDecode"),
    "JPEG Exif in a PDF, in ASCII": pdf(base64.a85encode(PHOTOGRAPH) + b"~>", entries=PICTURE + PACKED_PHOTOGRAPH),
    "PDF stream": flate(TEXT),
    "PDF stream in ASCII": pdf(
        base64.a85encode(zlib.compress(TEXT)) + b"~>", entries=b"/Filter[/ASCII85Decode/FlateDecode]"
    ),
    "PDF stream in hexadecimal": pdf(TEXT.hex().encode() + b">", entries=b"/Filter/ASCIIHexDecode"),
    "PDF metadata": pdf(b"<x:xmpmeta>" + TEXT + b"</x:xmpmeta>", entries=b"/Type/Metadata/Subtype/XML"),
    "PDF link": pdf(catalogue=b"/URI<</Base(mailto:" + TEXT + b")>>"),
    "PDF string with escapes": pdf(catalogue=b"/X(" + BROKEN + b")"),
    "PDF string of escapes alone": pdf(catalogue=b"/X(" + b"".join(b"\\%o" % each for each in TEXT) + b")"),
    "PDF string in UTF-16": pdf(catalogue=b"/X(" + utf_16(TEXT.decode()) + b")"),
    "PDF string in UTF-16 with Greek letters": pdf(catalogue=b"/X(" + utf_16(TEXT.decode().replace("o", "ο")) + b")"),
    "PDF string in UTF-16, as it is": pdf(catalogue=b"/X(\xfe\xff" + TEXT.decode().encode("utf-16-be") + b")"),
    "PDF string in packed objects": flate(b"1 0 <</X(" + utf_16(TEXT.decode()) + b")>>", kind=b"/Type/ObjStm"),
    "PDF string in objects as they are": pdf(b"<</X(" + utf_16(TEXT.decode()) + b")>>", entries=b"/Type/ObjStm"),
    "PDF form field": pdf(catalogue=b"/AcroForm<</Fields[<</FT/Tx/T(a)/V<" + TEXT.hex().encode() + b">>>]>>"),
    "PDF hexadecimal in UTF-16": pdf(catalogue=b"/X<FEFF" + TEXT.decode().encode("utf-16-be").hex().encode() + b">"),
    "PDF hexadecimal on many lines": pdf(catalogue=b"/X< " + TEXT.hex("\n", 3).upper().encode() + b"\n >"),
    "PDF hexadecimal with Greek letters": pdf(
        catalogue=b"/X<FEFF" + TEXT.decode().replace("o", "ο").encode("utf-16-be").hex(" ").encode() + b">"
    ),
    "PDF hexadecimal in packed objects": flate(b"1 0 <</X<" + TEXT.hex().encode() + b">>>", kind=b"/Type/ObjStm"),
    "PDF attachment": pdf_with_attachment(TEXT),
    "PDF text in pieces, outside of the pages": flate(b"[(" + TEXT.replace(b"a", b"a)-20.5(") + b")]TJ"),
    "PDF lines that end in a hyphen": pdf(WRAPPED, page=FONT),
    "PDF stamp or visible signature": pdf(SHOWN, page=b"/Annots[" + STAMP + b"]", entries=STAMPED),
    "PDF before a change": changed(pdf(SHOWN, page=FONT)),
    "PDF stream packed twice": pdf(zlib.compress(zlib.compress(TEXT)), entries=b"/Filter[/FlateDecode/FlateDecode]"),
}
flushed = zlib.compressobj(wbits=12)
PACKED["PDF stream of an old program"] = pdf(flushed.compress(TEXT) + flushed.flush(), entries=b"/Filter/FlateDecode")


@pytest.mark.parametrize("kind", PACKED)
def test_what_is_packed_is_seen(kind: str) -> None:
    """Anything that a common program packs, writes as text, or hides in a document's properties is read."""
    assert_seen(PACKED[kind])


OFFICE_PARTS = (
    "word/comments.xml",
    "word/footnotes.xml",
    "xl/comments/comment1.xml",
    "xl/worksheets/sheet2.xml",
    "docProps/core.xml",
    "customXml/item1.xml",
    "meta.xml",
)


@pytest.mark.parametrize("name", OFFICE_PARTS)
def test_every_part_of_a_document_is_read(name: str) -> None:
    """Comments, notes, hidden sheets, properties and XML of other programs are parts like any other."""
    assert_seen(zipped(b"<a:t>" + TEXT.replace(b"@", b"</a:t><a:t>@") + b"</a:t>", name))


ENCRYPTED_ODF = (
    b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data manifest:checksum="x"/>'
    b"</manifest:file-entry>"
)


@pytest.mark.parametrize(
    "data",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
        gzip.compress(TEXT),
        "STREAM_STORAGE_SIGNATURE_)!@#$%^&*(".encode("utf-16"),
        rb"{\rtf1\ansi x}",
        b"From: a\r\nSubject: b\r\n c\r\nMIME-Version: 1.0\r\n\r\nx",
        pdf(trailer=b"/Encrypt<</Filter/Standard/V 1/R 2/O<00>/U<00>/P -1>>"),
        pdf_with_attachment(zipped(b"x"), "inner.zip"),
        pdf_with_attachment(zipped(b"x"), "inner.txt"),
        zipped(ENCRYPTED_ODF, "META-INF/manifest.xml"),
        pdf(b"x", entries=b"/Filter/LZWDecode"),
        pdf(b"x", entries=b"/Filter 7 0 R"),
        pdf(zlib.compress(b"\2x"), entries=b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1>>"),
    ],
    ids=[
        "OLE",
        "gzip",
        "data model",
        "RTF",
        "e-mail",
        "PDF with a password",
        "archive in a PDF",
        "its name hidden",
        "encrypted ODF",
        "LZW",
        "filter elsewhere",
        "predictor",
    ],
)
def test_what_cannot_be_opened_is_refused(data: bytes) -> None:
    """A file that hides its text is reported, alone and inside a document."""
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
    troubles = (TOO_LARGE, ENCRYPTED, ENCRYPTED_PDF, OTHER_KIND, DAMAGED)
    assert len({hint for _, hint in troubles}) == len(troubles)
    deep = refusal(zipped(zipped(zipped(zipped(b"x")))))
    assert "too deep" in deep.message
    assert deep.hint == "give the innermost files themselves"


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize(
    "data", [pdf_without_changes(b""), zipped(zipped(zipped(zipped(b"x")))), gzip.compress(b"", mtime=0)]
)
def test_a_refusal_is_told_in_greek(data: bytes) -> None:
    """Sentence and hint are Greek, with no English word left over."""
    leak = refusal(data)
    assert english_in(leak.message.replace("signed.pdf", "").replace("inner", "")) | english_in(leak.hint) == set()


@pytest.mark.parametrize(
    "grown",
    [
        pytest.param(lambda size: flate(bytes(size)), id="PDF stream"),
        pytest.param(lambda size: png(b"zTXt", b"a\0\0" + zlib.compress(bytes(size))), id="PNG"),
        pytest.param(lambda size: zipped(bytes(size)), id="document"),
        pytest.param(lambda size: zipped(zipped(bytes(size))), id="document in a document"),
        pytest.param(lambda size: pdf_with_attachment(b"x" * size), id="PDF attachment"),
    ],
)
def test_what_unpacks_without_measure_is_refused(
    grown: Callable[[int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file that grows to a large one is told, not unpacked to its end."""
    monkeypatch.setattr("site_src.prove.leaks.UNPACKED_BYTES_MAX", 10_000)
    assert any("too large" in leak for leak in leaks(grown(10_001)))
    assert leaks(grown(4_500)) == []


def test_a_pdf_of_one_page_a_thousand_times_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file may draw without measure, outside of its pages too: it is told, not read to its end."""
    for pages, words in ((50, 100), (1, 5_000)):
        with pytest.raises(TooLongError):
            read_pdf(text_pages(pages, words), Room(10_000))
    assert read_pdf(text_pages(10, 100), Room(10_000))
    monkeypatch.setattr("site_src.prove.leaks.UNPACKED_BYTES_MAX", 10_000)
    assert any("too large" in leak for leak in leaks(text_pages(50, 100)))


def test_a_crowd_of_stamps_is_refused() -> None:
    """A small file may ask for hours by its annotations: it is told, not drawn to its end."""
    stamped = partial(pdf, b"BT ET", entries=STAMPED)
    assert leaks(stamped(page=b"/Annots[" + STAMP * 1_000 + b"]")) == []
    (leak,) = leaks(stamped(page=b"/Annots[" + STAMP * 40_000 + b"]"))
    assert "too large" in leak


def test_a_pdf_that_many_have_signed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each signature adds a version to the whole file: a large one has room for several, but not for a thousand."""
    monkeypatch.setattr("site_src.prove.leaks.UNPACKED_BYTES_MAX", 100_000)
    scanned = pdf(b"x" * 50_000, entries=PICTURE)
    assert leaks(scanned + b"\n%%EOF" * 4 + b"\n") == []
    assert any("too large" in leak for leak in leaks(scanned + b"\n%%EOF" * 1_000 + b"\n"))


def test_the_versions_of_a_pdf_draw_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file may repeat a version that draws much: all of them share the room of one file."""
    monkeypatch.setattr("site_src.prove.leaks.UNPACKED_BYTES_MAX", 20_000)
    pages = text_pages(10, 100)
    assert leaks(pages + b"\n%%EOF\n") == []
    assert any("too large" in leak for leak in leaks(pages + b"\n%%EOF" * 9 + b"\n"))


LONG = 100_000
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "streams without an end": lambda many: b"%PDF-1.7\n" + b"/Filter/A85 stream\n" * many,
    "empty streams": lambda many: b"%PDF-1.7\n" + b"obj/Filter/Fl stream\nendstream\n" * many,
    "packed streams": lambda many: (
        b"%PDF-1.7\n" + (b"obj/Filter/Fl stream\n" + zlib.compress(b"x") + b"endstream\n") * many
    ),
    "packs that begin": lambda many: b"%PDF-1.7\nobj/Filter/Fl stream\n" + b"x\x9c" * many,
    "packs that do not end": lambda many: b"%PDF-1.7\nobj/Filter/Fl stream\n" + b"x\x01\0\2\0\xfd\xffab" * many,
    "brackets": lambda many: b"%PDF-1.7\n" + b"(" * many,
    "escapes": lambda many: b"%PDF-1.7\n(" + b"\\000m" * many + b")",
    "marks of UTF-16": lambda many: b"%PDF-1.7\n(" + rb"\376\377" * many + b")",
    "hexadecimal that begins": lambda many: b"%PDF-1.7\n" + b"<ABCDEF0123456789AB" * many,
    "hexadecimal": lambda many: b"%PDF-1.7\n<" + b"FEFF" * many + b">",
    "blanks": lambda many: b"%PDF-1.7\n<" + b"    " * many,
    "chunks of PNG": lambda many: b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xffzTXta\0\0x\x9c" * many,
    "lines of hexadecimal": lambda many: (b"\n1\n" + b"6d" * 8 + b"\n") * many,
    "numbers of hexadecimal": lambda many: b"\n1" * many,
    "base64 that begins": lambda many: (b">" + b"A" * 64) * many,
    "texts of PNG": lambda many: b"\x89PNG\r\n\x1a\n" + b"iTXt" * many,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_costs_its_length(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as many streams, escapes or brackets give ten times as much to read, and not a hundred times."""
    read: list[int] = []

    def count(data: bytes) -> Iterator[str]:
        read.append(len(data))
        return readings(data)

    def count_packed(data: bytes, most: int, bits: int = zlib.MAX_WBITS) -> bytes:
        read.append(len(data))
        return inflated(data, most, bits)

    monkeypatch.setattr("site_src.prove.secrets.readings", count)
    monkeypatch.setattr("site_src.prove.parts.inflated", count_packed)
    monkeypatch.setitem(FILTERS, b"/Fl", count_packed)
    costs = []
    for many in (LONG // 100, LONG // 10):
        read.clear()
        leaks(HOSTILE[kind](many))
        costs.append(sum(read))
    assert costs[1] < 12 * costs[0]
    assert costs[0] < 12 * len(HOSTILE[kind](LONG // 100))


@pytest.mark.parametrize("kind", ["document in a document", "PDF stream", "PDF attachment", "PNG zTXt"])
def test_damage_is_told_or_read_and_never_raises(kind: str) -> None:
    """Cut anywhere, or with any byte changed, a file ends no build with a traceback."""
    data = PACKED[kind]
    for place in range(0, len(data), max(1, len(data) // 150)):
        leaks(data[:place])
        leaks(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])


def test_pixels_and_tables_of_objects_are_no_text() -> None:
    """However they are packed, nothing is to be read in them: every program packs them so."""
    assert leaks(pdf(b"x", entries=b"/Filter/LZWDecode/Subtype/Image")) == []
    assert leaks(pdf(b"x", entries=b"/Filter/FlateDecode/Type/XRef/DecodeParms<</Predictor 12/Columns 1>>")) == []
    for filters in (b"/FlateDecode/DCTDecode", b"/LZWDecode/DCTDecode", b"/ASCII85Decode/CCITTFaxDecode"):
        assert leaks(pdf(b"x", entries=b"/Filter[" + filters + b"]")) == []
    assert leaks(pdf(zlib.compress(b"x"), entries=b"/Filter/FlateDecode/DecodeParms<</Predictor 1>>")) == []


def test_plain_files_are_no_leak() -> None:
    """The same kinds of files without a secret pass."""
    for data in (zipped(b"x"), flate(b"x"), pdf_with_attachment(b"x"), png(b"tEXt", b"x"), flate(TEXT, kind=PICTURE)):
        assert leaks(data) == []
