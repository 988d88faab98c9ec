"""The kinds of files that may be published beside a circular, each known by its ending and by its content.

They are what the last look before publishing can read (``leaks``), and what runs nothing in a browser.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from pathlib import PurePath
from typing import TYPE_CHECKING

from site_src.files.staff_text import NotTextError, decode
from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PDF_SIGNATURE, PNG_SIGNATURE, JPEG_SIGNATURE = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
PDF_HEADER_WITHIN = 1024  # readers look for the signature that far (ISO 32000-1, annex H, implementation note 13)
ZIP_SIGNATURE = b"PK\x03\x04"
OFFICE_TYPES = "[Content_Types].xml"  # ECMA-376, part 2, 10.1.2: it names the document's kind, macros included
ODF_TYPE = "mimetype"  # OpenDocument 1.2, part 3, 3.3
TYPES_BYTES_MAX = 2**20

# What zipfile lets through where a ZIP is damaged; a wrong name or field is a ValueError, KeyError or struct.error.
ZIP_DAMAGE = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)

# What is written in it can be seen by nobody without its program: OLE (old Office, a document with a password), gzip,
# RTF and e-mail.
CLOSED = re.compile(
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\x1f\x8b\x08|\{\\rtf"
    rb"|(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?i:MIME-Version|Content-Transfer-Encoding):"
)
_MARKUP = re.compile(r"\s*<[!?A-Za-z]")


def _office(kind: str) -> Callable[[bytes], bool]:
    main = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml".encode()
    return lambda data: main in _entry(data, OFFICE_TYPES)


def _open_document(kind: str) -> Callable[[bytes], bool]:
    return lambda data: _entry(data, ODF_TYPE).strip() == f"application/vnd.oasis.opendocument.{kind}".encode()


def _starts_with(signature: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(signature) and not is_zip(data)


def _is_text(data: bytes) -> bool:
    try:
        text = decode(data)
    except NotTextError:
        return False
    return not (data.startswith(PDF_SIGNATURE) or CLOSED.match(data) or _MARKUP.match(text))


KINDS: Mapping[str, Callable[[bytes], bool]] = {
    ".pdf": _starts_with(PDF_SIGNATURE),
    ".docx": _office("wordprocessingml.document"),
    ".xlsx": _office("spreadsheetml.sheet"),
    ".odt": _open_document("text"),
    ".ods": _open_document("spreadsheet"),
    ".png": _starts_with(PNG_SIGNATURE),
    ".jpg": _starts_with(JPEG_SIGNATURE),
    ".jpeg": _starts_with(JPEG_SIGNATURE),
    ".txt": _is_text,
    ".csv": _is_text,
}


def why_unfit(name: str, data: bytes) -> tuple[str, str] | None:
    """Return why a file may not be published, and what to do; None where name and content agree on one of the kinds."""
    ending = _ending(name)
    fitting = _endings_of(data)
    if trouble := why_unnamed(name):
        return trouble
    if ending in fitting:
        return None
    message = say('the file is not what the end of its name says: "{ending}"', ending=ending)
    if fitting:
        return message, say('give it a name that ends in "{ending}"', ending=fitting[0])
    hint = say(
        "open it in the program that made it, save it as PDF without a password and without another file in it, and "
        "put the PDF in its place"
    )
    return message, hint


def why_unnamed(name: str) -> tuple[str, str] | None:
    """Return why a file of this name may not be published, whatever is in it, and what to do; None where it may."""
    if _ending(name) in KINDS:
        return None
    message = say("only files of these kinds are published: {kinds}", kinds=", ".join(each[1:] for each in KINDS))
    hint = say("save it as PDF and put the PDF in its place; of an archive, do so with each file in it")
    return message, hint


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def _endings_of(data: bytes) -> list[str]:
    """The endings that fit; none where readers may take the same bytes for two kinds."""
    if data.find(PDF_SIGNATURE, 0, PDF_HEADER_WITHIN) > 0:
        return []
    return [ending for ending, fits in KINDS.items() if fits(data)]


def is_zip(data: bytes) -> bool:
    """Return whether a program would open this as a ZIP, whatever it begins with."""
    return zipfile.is_zipfile(io.BytesIO(data))


def _entry(data: bytes, name: str) -> bytes:
    """A part of an office document; nothing where there is none, or the document is damaged."""
    if not data.startswith(ZIP_SIGNATURE):
        return b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(name) as part:
            return part.read(TYPES_BYTES_MAX)
    except ZIP_DAMAGE:
        return b""
