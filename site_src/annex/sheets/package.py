"""The ZIP package that .xlsx and .ods are, looked through before any library opens it."""

from __future__ import annotations

import io
import re
import zipfile

from site_src.annex.sheets.grid import CELLS_MAX, ROWS_MAX, UnreadableError
from site_src.language.catalogues import N_
from site_src.language.say import say, say_number

SIZE_MAX = 40 * 2**20  # bytes of all parts unpacked; 20,000 rows of .xlsx take about 10 MB
RATIO_MAX = 1_000  # of one part; deflate's own limit is 1,032, and only empty padding comes near it
RATIO_FREE = 2**20  # bytes below which no ratio is asked for
PARTS_MAX = 5_000
ENCRYPTED_FLAG = 0x1

OPEN_AND_SAVE = N_("open it in Excel or LibreOffice, save it again as .xlsx, and use that")
HAS_PASSWORD = N_("the file is encrypted with a password")
REMOVE_PASSWORD = N_(
    "remove the password: in Excel, File > Info > Protect Workbook > Encrypt with Password, and clear it"
)
UNPACKS_TO_TOO_MUCH = N_("the file unpacks to far more than an annex can hold (a ZIP bomb?)")
SMALL_COPY = N_("copy only the table's rows into a new workbook and use that")

_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_CELL = re.compile(rb"<(?:\w+:)?c(?: [^>]*[^>/])?>")  # one that holds something: it is not closed at once
# How XML begins in UTF-16, UTF-32 and EBCDIC (XML 1.0, appendix F.1), where no pattern here would find anything.
_WIDE_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0", b"\x4c\x6f")
_PLAIN_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii"}


def open_package(data: bytes) -> zipfile.ZipFile:
    """The package, once every part was unpacked and found harmless; sizes are as the ZIP declares and never more.

    Raises UnreadableError for encryption, a ZIP bomb, a DTD (which an XML bomb needs), and damage.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = archive.infolist()
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        raise UnreadableError(say(HAS_PASSWORD), say(REMOVE_PASSWORD))
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > SIZE_MAX:
        raise UnreadableError(say(UNPACKS_TO_TOO_MUCH), say(SMALL_COPY))
    cells = 0
    for part in parts:
        if part.file_size > RATIO_FREE and part.file_size > RATIO_MAX * part.compress_size:
            raise UnreadableError(say(UNPACKS_TO_TOO_MUCH), say(SMALL_COPY))
        content = archive.read(part)
        _refuse_dtd(content)
        cells += _count_cells(part.filename, content)
    if cells > CELLS_MAX:
        raise too_many_cells()
    return archive


def _refuse_dtd(content: bytes) -> None:
    """XML of a spreadsheet is UTF-8 without a DTD: any other is refused before a parser sees it."""
    declared = _DECLARED.match(content)
    foreign = declared and declared[1].lower() not in _PLAIN_ENCODINGS
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or foreign:
        message = say("the XML inside has definitions that no spreadsheet program writes (an XML bomb?)")
        raise UnreadableError(message, say(OPEN_AND_SAVE))


def _count_cells(name: str, content: bytes) -> int:
    """The filled cells of an .xlsx sheet; other parts have none. Raises UnreadableError for too many rows."""
    if name.endswith((".xml", ".rels")) and content.startswith(_WIDE_ENCODINGS):
        message = say("the XML inside is in an encoding that no spreadsheet program writes")
        raise UnreadableError(message, say(OPEN_AND_SAVE))
    if b"sheetData" not in content:
        return 0
    rows = sum(1 for _ in _ROW.finditer(content))
    if rows > ROWS_MAX:
        raise too_many_rows(rows)
    return sum(1 for _ in _CELL.finditer(content))


def too_many_rows(rows: int) -> UnreadableError:
    """The error for a sheet with more rows than ``ROWS_MAX``, most of them empty as a rule."""
    hint = say(
        "delete the empty rows below the table (select them, then Delete), or copy the table into a new workbook"
    )
    most = say_number(ROWS_MAX)
    return UnreadableError(
        say("a sheet has {rows} rows; an annex has at most {most}", rows=say_number(rows), most=most), hint
    )


def too_many_cells() -> UnreadableError:
    """The error for a file with more filled cells than ``CELLS_MAX``."""
    message = say("the file has more than {most} filled cells, far more than an annex has", most=say_number(CELLS_MAX))
    return UnreadableError(message, say(SMALL_COPY))
