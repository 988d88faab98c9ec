"""Read a PDF as a reader sees it: its text, and the files that are embedded in it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdfium2 import PdfDocument

# PDFium must not be entered by two threads at once (pypdfium2's documentation, "Thread safety").
_PDFIUM = threading.Lock()

DRAWN_MAX = 16 * 2**20  # characters and other objects: those of 4,000 full pages, which take some five seconds

# PDFium gives this for a hyphen at the end of a line, where it cannot know whether the word has one.
LINE_END_HYPHEN = "\x02"


class TooLongError(ValueError):
    """Report that the pages of a PDF draw more than anybody wrote: they may all be the same one."""


def read_pdf(data: bytes, most: int = DRAWN_MAX) -> str:
    """Return the text of all pages, one after another.

    Raises ValueError for bytes that are not a PDF, or one that asks for a password; TooLongError where its pages draw
    more than ``most`` characters and other objects.
    """
    from pypdfium2.raw import FPDFPage_CountObjects

    pages = []
    with _opened(data) as document:
        for page in document:
            signs = page.get_textpage()
            most -= signs.count_chars() + FPDFPage_CountObjects(page)
            if most < 0:
                raise TooLongError
            pages.append(signs.get_text_bounded())
    return "\n".join(pages).replace(LINE_END_HYPHEN, "-")


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
