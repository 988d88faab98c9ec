"""The text of a PDF as a reader sees it, and the files embedded in it."""

from __future__ import annotations

import threading

# PDFium must not be entered by two threads at once (pypdfium2's documentation, "Thread safety").
_PDFIUM = threading.Lock()

# What PDFium gives for a hyphen at the end of a line, where it cannot know whether the word has one.
LINE_END_HYPHEN = "\x02"


def read_pdf(data: bytes, most: int | None = None) -> str:
    """All pages, one after another, or so many that they have ``most`` characters.

    Raises ValueError where this is no PDF, or one that asks for a password.
    """
    import pypdfium2  # noqa: PLC0415 (imported only when used)

    try:
        with _PDFIUM, pypdfium2.PdfDocument(data) as document:
            pages, length = [], 0
            for page in document:
                if most is not None and length >= most:
                    break
                pages.append(page.get_textpage().get_text_bounded())
                length += len(pages[-1])
            text = "\n".join(pages)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"this PDF cannot be read: {error}") from error
    return text.replace(LINE_END_HYPHEN, "-")


def read_embedded_files(data: bytes) -> list[tuple[str, bytes]]:
    """Name and content of each file that is embedded in the PDF. Raises ValueError as :func:`read_pdf` does."""
    import pypdfium2  # noqa: PLC0415 (imported only when used)

    try:
        with _PDFIUM, pypdfium2.PdfDocument(data) as document:
            embedded = [document.get_attachment(number) for number in range(document.count_attachments())]
            return [(each.get_name(), bytes(each.get_data())) for each in embedded]
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"this PDF cannot be read: {error}") from error
