"""Read the text of files: what staff wrote, whatever program saved it, and what a PDF shows, with the files in it."""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Problems, ThyridaError, Topic

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage


# Names that Python takes for codecs and people know from their editors.
UTF_8 = "UTF-8-SIG"  # with or without its mark
WINDOWS, ISO = "Windows-1253", "ISO-8859-7"

ODD_MOST = 0.05  # share of characters that no text has, from which on a file holds something else

_MARKS = {codecs.BOM_UTF8: UTF_8, codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Text in Greek or Latin letters has nearly nothing beyond the general punctuation; bytes that were paired wrongly do.
_FAR_CHARACTERS = re.compile(r"[^\x00-\u20ff]")
# The Greek code pages differ in two bytes that text has. A capital alpha with accent begins a word: a pilcrow of
# Windows is never before a small letter, and a capital never after one, where ISO 8859-7 has the apostrophe of «υπ’».
_IS_ISO = re.compile(rb"\xb6[\xdc-\xfe]|[\xdc-\xfe]\xa2")
_IS_WINDOWS = re.compile(rb"[\x80-\x9f]")  # quotation marks and dashes; in ISO 8859-7 controls that no text has

_DOCUMENT = re.compile(rb"\{\\rtf|%PDF-")  # documents that begin with letters, as text does

# PDFium must not be entered by two threads at once (pypdfium2's documentation, "Thread safety").
_PDFIUM = threading.Lock()

DRAWN_MAX = 16 * 2**20  # characters and other objects: those of 4,000 full pages, which take some five seconds
# PDFium takes the square of a page's annotations to draw them: of 16,000 three seconds, as of ten million characters.
ANNOTATIONS_SHARE = 16

# PDFium gives these for a hyphen at the end of a line, where it cannot know whether the word has one: the first in a
# part of a page, the second in the whole.
LINE_END_HYPHENS = str.maketrans("\x02\ufffe", "--")


class NotTextError(ThyridaError):
    """Report that the bytes are not text in any encoding that is read."""

    exit_status = 1


def decode(data: bytes) -> str:
    """Return the text without its byte-order mark, its lines as they end. Raises NotTextError."""
    return data.decode(encoding_of(data))


def encoding_of(data: bytes) -> str:
    """Return the encoding of a text: UTF-8, UTF-16 (both with or without mark) or a Greek code page.

    Raises NotTextError for bytes that are none of these.
    """
    marked = [encoding for mark, encoding in _MARKS.items() if data.startswith(mark)]
    has_zeros = b"\0" in data  # every space and line end of UTF-16 has one, and no other text
    code_page = ISO if _IS_ISO.search(data) and not _IS_WINDOWS.search(data) else WINDOWS
    possible = marked or (["UTF-16-LE", "UTF-16-BE"] if has_zeros else [UTF_8, code_page])
    for encoding in possible:
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if _is_text(text, guessed=has_zeros and not marked):
                return encoding
            if encoding == UTF_8:
                break  # no code page makes a text of it
    message = say("this is not text in UTF-8, UTF-16 or Windows-1253 (Greek)")
    raise NotTextError(message, say("save the file again with encoding UTF-8"))


def _is_text(text: str, *, guessed: bool) -> bool:
    if "\0" in text:
        return False
    odd = len(_CONTROLS.findall(text)) + (len(_FAR_CHARACTERS.findall(text)) if guessed else 0)
    return odd <= ODD_MOST * len(text)


def read_text(path: Path, problems: Problems) -> str | None:
    """Return the text of a file with lines that end as on Linux; None, with a problem, where it is not text."""
    at, data = Place(file=path.name), path.read_bytes()
    if _DOCUMENT.match(data):
        hint = say("open it in its program, and save it again, or its text, as plain text with encoding UTF-8")
        problems.error(Topic.FILE, say("this is a document and not text, whatever its name says"), hint=hint, at=at)
        return None
    try:
        encoding = encoding_of(data)
    except NotTextError as error:
        problems.error(Topic.FILE, str(error), hint=error.hint, at=at)
        return None
    if encoding != UTF_8:
        message = say("this is not UTF-8 text; it was read as {encoding}", encoding=encoding)
        hint = say("check its letters, and save the file again with encoding UTF-8")
        problems.warning(Topic.FILE, message, hint=hint, at=at)
    return data.decode(encoding).replace("\r\n", "\n")


@dataclass
class Room:
    """Count how much of one file may still be read: bytes that are unpacked, and what pages draw."""

    left: int

    def take(self, size: int) -> bool:
        """Return whether there was room for so much."""
        self.left -= size
        return self.left >= 0


class TooLongError(ValueError):
    """Report that the pages of a PDF draw more than anybody wrote: they may all be the same one."""


def read_pdf(data: bytes, room: Room | None = None, *, complete: bool = False) -> str:
    """Return the text of all pages, one after another.

    ``complete``: with what is cut off at their edges, and with what stamps, signatures and filled-in fields show.

    Raises ValueError for bytes that are not a PDF, or one that asks for a password; TooLongError where its pages draw
    more characters and other objects than there is room for.
    """
    from pypdfium2.raw import FPDFPage_CountObjects

    room = room or Room(DRAWN_MAX)
    pages = []
    with _opened(data) as document:
        for number in range(len(document)):
            page = _with_annotations(document, number, room) if complete else document[number]
            signs = page.get_textpage()
            if not room.take(signs.count_chars() + FPDFPage_CountObjects(page)):
                raise TooLongError
            pages.append(signs.get_text_range() if complete else signs.get_text_bounded())
    return "\n".join(pages).translate(LINE_END_HYPHENS)


def _with_annotations(document: PdfDocument, number: int, room: Room) -> PdfPage:
    """Return a page into which its annotations are drawn, as they would be printed."""
    from pypdfium2.raw import FLAT_NORMALDISPLAY, FPDFPage_Flatten, FPDFPage_GetAnnotCount

    page = document[number]
    annotations = FPDFPage_GetAnnotCount(page)
    if not room.take(annotations**2 // ANNOTATIONS_SHARE):
        raise TooLongError
    if annotations:
        FPDFPage_Flatten(page, FLAT_NORMALDISPLAY)
        page = document[number]  # which shows them when it is opened again
    return page


def read_embedded_files(data: bytes) -> list[tuple[str, bytes]]:
    """Return name and content of each file that is embedded in the PDF. Raises ValueError as :func:`read_pdf` does."""
    with _opened(data) as document:
        embedded = [document.get_attachment(number) for number in range(document.count_attachments())]
        return [(each.get_name(), bytes(each.get_data())) for each in embedded]


@contextmanager
def _opened(data: bytes) -> Iterator[PdfDocument]:
    import pypdfium2

    try:
        with _PDFIUM, pypdfium2.PdfDocument(data) as document:
            yield document
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"this PDF cannot be read: {error}") from error
