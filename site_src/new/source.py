"""The circular as staff have it: reads .txt, .md and .docx into lines, and says what cannot be read and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.files.staff_text import UTF_8, NotTextError, encoding_of
from site_src.language.catalogues import N_
from site_src.language.reasons import reason
from site_src.language.say import say
from site_src.new.lines import Line, Source, clean, read_pages
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from pathlib import Path

BYTES_MOST = 20_000_000  # a circular is some pages, perhaps with a picture; what is larger is another file by mistake
MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text", *MARKDOWN)

_TEXT_HINT = N_("save the circular as .docx (Word) or as plain text (.txt), and give that file")
_SAVE_HINT = N_("open it in Word or LibreOffice, save it as .docx (File, Save as), and give the new file")
_ZIPPED = b"PK\x03\x04"


@dataclass(frozen=True)
class _Kind:
    """A kind of document that is not read: how its files begin and end, what it is, and what to do."""

    starts: tuple[bytes, ...]
    endings: tuple[str, ...]
    name: str
    hint: str = _SAVE_HINT


_KINDS = (
    _Kind(
        (b"%PDF",),
        (".pdf",),
        N_("this is a PDF"),
        N_(
            "give the Word file it was made from (.docx); or open the PDF, select all of its text, copy it into "
            "Notepad, save that as .txt with encoding UTF-8, and give it"
        ),
    ),
    _Kind(
        (b"\xd0\xcf\x11\xe0",),
        (".doc", ".dot", ".wps"),
        N_("this is an old Word file (.doc) or one with a password"),
        N_(
            "open it in Word or LibreOffice, take off a password if it has one, save it as .docx, and give the new file"
        ),
    ),
    _Kind((b"{\\rtf",), (".rtf",), N_("this is an RTF file")),
    # OpenDocument 1.3, part 2, section 3.3: the kind stands uncompressed at the start of the package.
    _Kind(
        (b"mimetypeapplication/vnd.oasis.opendocument",),
        (".odt", ".ott", ".fodt"),
        N_("this is a LibreOffice file (.odt)"),
    ),
    _Kind(
        (b"<html", b"<!DOCTYPE html", b"MIME-Version:"), (".htm", ".html", ".mht", ".mhtml"), N_("this is a web page")
    ),
    _Kind(
        (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*"),
        (".jpg", ".jpeg", ".png", ".tif", ".tiff"),
        N_("this is a picture"),
        N_(
            "give the Word file it was made from (.docx); or type its text into Notepad, save that as .txt, and give it"
        ),
    ),
)
_NAME_AT = 30
_KIND_BYTES = 100  # where the start of a file says its kind


def read_source(path: Path, problems: Problems) -> Source | None:
    """The document's lines; None, with a problem that says what to do, where the file is no such document."""
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
    ending = path.suffix.lower()
    is_package = data.startswith(_ZIPPED)  # of Word, whatever the file's name, where it is not of a known kind
    kind = _kind_by_content(data) or (None if is_package else _kind_by_name(ending))
    if kind:
        _refuse(path, say(kind.name), say(kind.hint), problems)
        return None
    if is_package:
        from site_src.new.word import read_word

        return read_word(path, data, problems)
    if ending not in TEXT:
        other = say("expected a file that ends in .docx, .txt or .md")
        message = say("this is no Word document, whatever its name says") if ending == ".docx" else other
        _refuse(path, message, say(_TEXT_HINT), problems)
        return None
    return _read_text(path, data, problems)


def _kind_by_content(data: bytes) -> _Kind | None:
    start = data[:_KIND_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_ZIPPED):
        start = start[_NAME_AT:]  # PKWARE's APPNOTE, 4.3.7: where the first part's name begins
    return next((kind for kind in _KINDS if start.lower().startswith(tuple(map(bytes.lower, kind.starts)))), None)


def _kind_by_name(ending: str) -> _Kind | None:
    return next((kind for kind in _KINDS if ending in kind.endings), None)


def _refuse(path: Path, message: str, hint: str, problems: Problems) -> None:
    problems.error(Topic.FILE, message, hint=hint, at=Place(file=path.name))


def _read_text(path: Path, data: bytes, problems: Problems) -> Source | None:
    try:
        encoding = encoding_of(data)
    except NotTextError as error:
        _refuse(path, str(error), say(_TEXT_HINT), problems)
        return None
    text = clean(data.decode(encoding))
    if not text.strip():
        _refuse(path, say("there is no text in this file"), say(_TEXT_HINT), problems)
        return None
    read_as = say("the file was read as {encoding}: check its Greek letters", encoding=encoding)
    notes = () if encoding == UTF_8 else (read_as,)
    if path.suffix.lower() in MARKDOWN:
        lines = tuple(Line(line.rstrip()) for line in text.replace("\f", "\n").split("\n"))
        return Source(lines, notes=notes, markdown=True)
    pages = read_pages(text)
    return Source(pages.lines, notes=(*notes, *pages.notes))
