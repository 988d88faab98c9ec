"""The circular as staff have it: reads .txt, .md and .docx into lines, and says what cannot be read and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import shorten

from site_src.files.package import UnreadableError
from site_src.files.text import UTF_8, NotTextError, encoding_of
from site_src.language.catalogues import N_
from site_src.language.greek import one_line
from site_src.language.say import reason, say, say_some
from site_src.new.lines import Line, LineKind, Passage, Source, clean, read_pages, texts_of
from site_src.new.word import Found, Walk
from site_src.new.word_package import StoryKind, WordPackage
from site_src.problems import Place, Problems, Topic

BYTES_MOST = 20_000_000  # a circular is some pages, perhaps with a picture; what is larger is another file by mistake
PASSAGES_QUOTED, PASSAGE_LONGEST = 5, 70  # hidden passages, and characters of each
MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text", *MARKDOWN)

_CHECK_HINT = N_("check that this is the circular")
_TEXT_HINT = N_("save the circular as .docx (Word) or as plain text (.txt), and give that file")
_WORD_HINT = N_("open the file in Word, save it again as .docx, and give the new file")
_PDF_HINT = N_(
    "give the Word file it was made from (.docx); or open the PDF, select all of its text, copy it into Notepad, save "
    "that as .txt with encoding UTF-8, and give it"
)
_SAVE_HINT = N_(
    "open it in Word or LibreOffice, take off a password if it has one, save it as .docx, and give the new file"
)
_PICTURE_HINT = N_(
    "give the Word file it was made from (.docx); or type its text into Notepad, save that as .txt, and give it"
)
_FRONT_MATTER = re.compile(r"---\n(?P<settings>(?:[\w-]+:.*\n| .*\n)+)---\n")  # as Jekyll and Hugo read it
_ZIPPED = b"PK\x03\x04"
_DOUBTS = {
    "hidden": N_("left out, as Word hides it: {passages}"),
    "marked": N_("struck out or raised in the document, and plain text in the draft: {passages}"),
    "inserted": N_(
        "only Word reads whole what is inserted in the document ({number}): open the file in Word, save it again, and "
        "give that"
    ),
    "unsure": N_("the numbers and letters of lists were recounted: compare them with the document"),
    "pictures": N_("pictures left out ({number}): check that they held nothing but a coat of arms or a stamp"),
    "tables": N_("tables ({number}): in the letterhead their cells became lines, in the text they stay tables"),
}

# What is not read: how such files begin, what they are, and what to do.
_KINDS = (
    (rb"%PDF", N_("this is a PDF"), _PDF_HINT),
    (rb"\xd0\xcf\x11\xe0", N_("this is an old Word file (.doc) or one with a password"), _SAVE_HINT),
    (rb"\{\\rtf", N_("this is an RTF file"), _SAVE_HINT),
    # OpenDocument 1.3, part 2, section 3.3: the kind stands uncompressed at the start of the package. PKWARE's APPNOTE,
    # 4.3.7: the name of a package's first part begins 30 bytes behind its start.
    (
        rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis\.opendocument",
        N_("this is a LibreOffice file (.odt)"),
        _SAVE_HINT,
    ),
    (rb"<html|<!DOCTYPE html|MIME-Version:", N_("this is a web page"), _SAVE_HINT),
    (rb"\xff\xd8\xff|\x89PNG|II\*\x00|MM\x00\*", N_("this is a picture"), _PICTURE_HINT),
)


def read_source(path: Path, problems: Problems) -> Source | None:
    """Return the document's lines; None, with a problem that says what to do, where the file is no such document."""
    try:
        data = _load(path)
        _refuse_others(data, path.suffix.lower())
        if data.startswith(_ZIPPED):
            return _read_word(data)
        return _read_text(data, is_markdown=path.suffix.lower() in MARKDOWN)
    except UnreadableError as error:
        problems.error(Topic.FILE, str(error), hint=error.hint, at=Place(file=path.name))
        return None


def _load(path: Path) -> bytes:
    try:
        if path.stat().st_size > BYTES_MOST:
            raise UnreadableError(say("this file is too large for a circular"), say(_CHECK_HINT))
        data = path.read_bytes()
    except OSError as error:
        message = say("the file cannot be read: {reason}", reason=reason(error))
        raise UnreadableError(message, say("check the name, and that you may read it")) from error
    if not data.strip():
        raise UnreadableError(say("this file is empty"), say(_CHECK_HINT))
    return data


def _refuse_others(data: bytes, ending: str) -> None:
    """Raise UnreadableError for other kinds of documents; a package is one of Word, whatever its name ends in."""
    for begins, what, hint in _KINDS:
        if re.match(rb"(?:\xef\xbb\xbf)?\s*(?:%b)" % begins, data, re.DOTALL | re.IGNORECASE):
            raise UnreadableError(say(what), say(hint))
    if ending not in TEXT and not data.startswith(_ZIPPED):
        other = say("expected a file that ends in .docx, .txt or .md")
        message = say("this is no Word document, whatever its name says") if ending == ".docx" else other
        raise UnreadableError(message, say(_TEXT_HINT))


def _read_text(data: bytes, *, is_markdown: bool) -> Source:
    try:
        encoding = encoding_of(data)
    except NotTextError as error:
        raise UnreadableError(str(error), say(_TEXT_HINT)) from error
    text = clean(data.decode(encoding))
    if not text.strip():
        raise UnreadableError(say("there is no text in this file"), say(_TEXT_HINT))
    read_as = say("the file was read as {encoding}: check its Greek letters", encoding=encoding)
    notes = () if encoding == UTF_8 else (read_as,)
    if is_markdown:
        front = _FRONT_MATTER.match(text)
        shown = (Passage(one_line(front["settings"]), say("the settings at its top")),) if front else ()
        text = text[front.end() :] if front else text
        lines = tuple(Line(line.rstrip()) for line in text.replace("\f", "\n").split("\n"))
        return Source(lines, notes=notes, shown=shown, markdown=True)
    source = read_pages(text)
    return replace(source, notes=(*notes, *source.notes))


def _read_word(data: bytes) -> Source:
    """Return the first page's header above the text, footers and what is new on later pages below."""
    found = Found()
    try:
        stories = Walk(WordPackage(data), found).stories()
    except UnreadableError as error:
        raise UnreadableError(str(error), say(_WORD_HINT)) from error
    except Exception as error:  # zipfile and the XML reader let whatever a damaged file does to them through
        raise UnreadableError(say("this Word file is damaged or has a password"), say(_WORD_HINT)) from error
    is_above = {StoryKind.FIRST_HEADER, StoryKind.TEXT}
    above = [line for kind, lines in stories if kind in is_above for line in lines]
    below = [line for kind, lines in stories if kind not in is_above for line in lines]
    footers = [Line(text, kind=LineKind.FOOTER, whole=True) for text in texts_of(below)]
    if not any(line.text or line.rows for line in (*above, *footers)):
        raise UnreadableError(say("there is no text in this file"), say(_WORD_HINT))
    notes = [say("the text comes from Word: bold and italic letters are not carried over")]
    if any(texts_of(lines) for kind, lines in stories if kind is not StoryKind.TEXT):
        notes.append(say("the headers and footers were read as parts of the letterhead"))
    found.doubted["tables"] = ["" for line in above if line.kind is LineKind.TABLE]
    return Source((*above, *footers), found.notes, tuple(notes), tuple(_doubts(found)), shown=tuple(found.shown))


def _doubts(found: Found) -> Iterator[str]:
    """Yield what a person should compare with the document."""
    for kind, message in _DOUBTS.items():
        if texts := found.doubted[kind]:
            quoted = [f"«{shorten(text, PASSAGE_LONGEST, placeholder=' …')}»" for text in texts]
            yield say(message, number=len(texts), passages=say_some(quoted, PASSAGES_QUOTED))
