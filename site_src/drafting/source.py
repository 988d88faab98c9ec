"""The circular as staff have it: reads .txt, .md and .docx into lines, and says what cannot be read and why."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from site_src.drafting.lines import Line, Source, clean
from site_src.greek import fold, greek_encoding
from site_src.language.catalogues import N_
from site_src.language.reasons import reason
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from pathlib import Path

BYTES_MOST = 20_000_000  # a circular is some pages, perhaps with a picture; what is larger is another file by mistake
_READABLE_LEAST = 0.95  # share of printable characters below which a file is no text

_TEXT_HINT = N_("save the circular as .docx (Word) or as plain text (.txt), and give that file")
_KNOWN = (
    (
        b"%PDF",
        N_("this is a PDF"),
        N_("give the Word file (.docx); or open the PDF, save it as text, and give the .txt"),
    ),
    (
        b"\xd0\xcf\x11\xe0",
        N_("this is an old Word file (.doc) or one with a password"),
        N_("open it in Word, take the password off, and save it as .docx"),
    ),
    (b"{\\rtf", N_("this is an RTF file"), N_("open it in Word and save it as .docx")),
    (b"PK\x03\x04", N_("this is a zipped document, not text"), N_("if it is a Word file, give it the ending .docx")),
)
# «- 2 -», «Σελίδα 2 από 5», «2/5»; for folded text.
_PAGE_NUMBER = re.compile(r"(?:[-–—]\s*)?(?:σελ(?:ιδα|\.)?\s*)?(\d{1,3})(?:\s*(?:απο|/)\s*\d{1,3})?(?:\s*[-–—])?")


def read_source(path: Path, problems: Problems) -> Source | None:
    """The document's lines; None, with a problem that says what to do, where the file is no such document."""
    ending = path.suffix.lower()
    try:
        too_large = path.stat().st_size > BYTES_MOST
        data = b"" if too_large else path.read_bytes()
    except OSError as error:
        message = say("the file cannot be read: {reason}", reason=reason(error))
        _refuse(path, message, say("check the name, and that you may read it"), problems)
        return None
    if too_large or not data.strip():
        message = say("this file is too large for a circular") if too_large else say("this file is empty")
        _refuse(path, message, say("check that this is the circular"), problems)
        return None
    if ending == ".docx" and data.startswith(b"PK"):
        from site_src.drafting.word import read_word  # noqa: PLC0415 (mammoth is imported only when used)

        return read_word(path, data, problems)
    for start, what, hint in _KNOWN:
        if data.lstrip()[:8].startswith(start):
            _refuse(path, say(what), say(hint), problems)
            return None
    if ending not in {".txt", ".text", ".md", ".markdown"}:
        other = say("expected a file that ends in .docx, .txt or .md")
        message = say("this is no Word document, whatever its name says") if ending == ".docx" else other
        _refuse(path, message, say(_TEXT_HINT), problems)
        return None
    return _read_text(path, data, problems, markdown=ending in {".md", ".markdown"})


def _refuse(path: Path, message: str, hint: str, problems: Problems) -> None:
    problems.error(Topic.FILE, message, hint=hint, at=Place(file=path.name))


def _read_text(path: Path, data: bytes, problems: Problems, *, markdown: bool) -> Source | None:
    text, note = _decode(data)
    if text is None:
        _refuse(path, say("this is not text"), say(_TEXT_HINT), problems)
        return None
    text = clean(text)
    if not text.strip():
        _refuse(path, say("there is no text in this file"), say(_TEXT_HINT), problems)
        return None
    notes: tuple[str, ...] = (note,) if note else ()
    if markdown:
        lines = tuple(Line(line.rstrip()) for line in text.replace("\f", "\n").split("\n"))
        return Source(lines, notes=notes, markdown=True)
    lines, dropped = _pages(text)
    if dropped:
        notes += (say("page numbers left out: {numbers}", numbers=", ".join(f"«{number}»" for number in dropped)),)
    return Source(lines, notes=notes)


def _decode(data: bytes) -> tuple[str | None, str]:
    """The text, and a note where it is not in UTF-8; None where it is no text at all."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", greek_encoding(data)]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_readable(text):
            note = say("the file was read as {encoding}: check its Greek letters", encoding=encoding)
            return text, "" if encoding == "utf-8-sig" else note
    return None, ""


def _is_readable(text: str) -> bool:
    good = sum(c.isprintable() or c.isspace() for c in text)
    return "\0" not in text and good >= _READABLE_LEAST * len(text)


def _pages(text: str) -> tuple[tuple[Line, ...], list[str]]:
    """The lines of all pages, and the page numbers that stood at their edges."""
    lines: list[Line] = []
    dropped: list[str] = []
    pages = text.split("\f")
    for number, page in enumerate(pages, start=1):
        rows = page.split("\n")
        if len(pages) > 1:
            dropped += _take_number(rows, number)
        fresh = number > 1
        for row in rows:
            line = row.expandtabs(8)
            lines.append(Line(line.strip(), indent=len(line) - len(line.lstrip()), page=fresh and bool(line.strip())))
            fresh = fresh and not line.strip()
    return tuple(lines), dropped


def _take_number(rows: list[str], number: int) -> list[str]:
    """Blank the page's number where it stands alone as the page's first or last line."""
    filled = [index for index, row in enumerate(rows) if row.strip()]
    taken = []
    for index in {filled[0], filled[-1]} if filled else ():
        match = _PAGE_NUMBER.fullmatch(fold(rows[index].strip()))
        if match and int(match[1]) == number:
            taken.append(rows[index].strip())
            rows[index] = ""
    return taken
