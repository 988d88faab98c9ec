"""Spreadsheets of four formats as grids of what their cells show: a file is what its content says, not its name."""

from __future__ import annotations

import csv
import io
import itertools
import re
import stat
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from site_src.files.package import OPEN_AND_SAVE, UnreadableError, too_much
from site_src.files.text import NotTextError, decode
from site_src.language.catalogues import N_
from site_src.language.say import reason, say
from site_src.problems import MachineError, Place, Problems, Topic
from site_src.read.annex.sheets.grid import TEXT, Budget, CellKind, Grid, Sheet

_Opened = tuple[str, Iterable[Sheet], bool]

FILE_MAX = 40 * 2**20  # bytes; an annex of 3,000 agencies has less than one million

_OPEN_ELSEWHERE = N_(
    "open it in Excel or LibreOffice, save it again as .xlsx, and use that; "
    "if they cannot open it either, it is damaged: ask for it again"
)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 2_048  # bytes in which a web page or an XML file shows what it is

# The first bytes of files that are taken for spreadsheets now and then.
_STRANGERS = {
    b"%PDF": N_("a PDF"),
    b"\x89PNG": N_("a picture"),
    b"\xff\xd8\xff": N_("a picture"),
    b"{\\rtf": N_("a text document (RTF)"),
    b"7z\xbc\xaf": N_("a 7-Zip archive"),
    b"Rar!": N_("a RAR archive"),
    b"PK\x05\x06": N_("an empty ZIP archive"),
}
_BARE_WORKBOOK = b"\x09\x08\x10\x00\x00\x06"  # the stream of an .xls without the compound file around it
_OLD_WORKBOOKS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00\x04")  # of Excel 2 to 5

DELIMITERS = ";\t,"
SNIFFED_ROWS = 50

_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_AS_TEXT = re.compile(r'\A="([^"]*)"\Z')  # how a .csv keeps Excel from turning digits into a number


def read_sheets(path: Path, problems: Problems) -> tuple[Sheet, ...]:
    """Return every sheet of the file, in order; none, with one error, where it cannot be read.

    A name that ends in another format than the content has is a warning. Raises MachineError where the system does
    not let the file be read.
    """
    at = Place(file=path.name)
    try:
        ending, sheets, is_faulty = _open(_load(path))
        found = tuple(sheets)
    except UnreadableError as error:
        problems.error(Topic.FILE, str(error), hint=error.hint, at=at)
        return ()
    except MachineError:
        raise
    except Exception:  # noqa: BLE001 (a damaged file makes the libraries raise anything)
        message = say("the file cannot be read by Thyrida")
        problems.error(Topic.FILE, message, hint=say(_OPEN_ELSEWHERE), at=at)
        return ()
    if not found:
        problems.error(Topic.FILE, say("the file has no sheet"), hint=say(OPEN_AND_SAVE), at=at)
        return ()
    if is_faulty:
        message = say("the tables inside the file contradict each other; it is read as far as they go")
        problems.warning(Topic.FILE, message, hint=say(OPEN_AND_SAVE), at=at)
    if ending != path.suffix.lower().replace(".xlsm", ".xlsx"):
        message = say(
            'this is a {ending} file, though its name ends in "{suffix}"; it is read as what it is',
            ending=ending,
            suffix=path.suffix,
        )
        hint = say("rename it so that it ends in {ending}", ending=ending)
        problems.warning(Topic.FILE, message, hint=hint, at=at)
    return found


def _load(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
            message = say("this is no file, but a folder, a device or a pipe")
            raise UnreadableError(message, say("put the spreadsheet itself here (.xlsx, .xls, .ods or .csv)"))
        if status.st_size > FILE_MAX:
            message = say("the file has more than {most} MB, far more than an annex needs", most=FILE_MAX // 2**20)
            raise too_much(message)
        return path.read_bytes()
    except OSError as error:
        message = say('cannot read "{path}": {reason}', path=path, reason=reason(error))
        hint = say("check that the file is there, that it is yours, and that no other program has it open")
        raise MachineError(message, hint) from error


def _open(data: bytes) -> _Opened:
    """Return the ending that the content should have, its sheets as they are asked for, and whether it is damaged."""
    if not data:
        raise UnreadableError(say("the file is empty"), say("copy it again from where it came"))
    if data.startswith(_ZIP):
        return _open_package(data)
    if data.startswith((_OLE, _BARE_WORKBOOK)):
        from site_src.read.annex.sheets.xls import read_xls, workbook_stream

        stream = workbook_stream(data)
        return ".xls", read_xls(stream.content), stream.faulty
    for signature, what in _STRANGERS.items():
        if data.startswith(signature):
            raise _stranger(what)
    if data.startswith(_OLD_WORKBOOKS):
        raise UnreadableError(say("this is a workbook of Excel 5 or older"), say(OPEN_AND_SAVE))
    _refuse_markup(data)
    return ".csv", (read_csv(data),), False


def _open_package(data: bytes) -> _Opened:
    from site_src.files.package import Package

    package = Package(data)
    if "xl/workbook.bin" in package:
        raise UnreadableError(say("this is a binary workbook (.xlsb)"), say(OPEN_AND_SAVE))
    if any(name.endswith(".iwa") or name == "index.zip" for name in package.names()):
        hint = say("open it in Numbers, choose File > Export To > Excel, and use the .xlsx")
        raise UnreadableError(say("this is a spreadsheet of Apple's Numbers (.numbers)"), hint)
    if "word/document.xml" in package:
        raise _stranger(N_("a Word document"))
    if "[Content_Types].xml" in package:
        from site_src.read.annex.sheets.xlsx import read_xlsx

        return ".xlsx", read_xlsx(package), False
    if "content.xml" in package or "encrypted-package" in package:
        from site_src.read.annex.sheets.ods import read_ods

        return ".ods", read_ods(package), False
    hint = say("unpack it, and put the spreadsheet itself here (.xlsx, .xls, .ods or .csv)")
    raise UnreadableError(say("this is {what}, not an annex", what=say("a ZIP archive")), hint)


def _stranger(what: str) -> UnreadableError:
    hint = say("put the spreadsheet itself here (.xlsx, .xls, .ods or .csv)")
    return UnreadableError(say("this is {what}, not an annex", what=say(what)), hint)


def _refuse_markup(data: bytes) -> None:
    """Refuse web pages and XML files: many portals export them under the name of .xls, and Excel opens them."""
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")) or b"<html" in head:
        raise UnreadableError(say("this is a web page (HTML), whatever its name ends in"), say(OPEN_AND_SAVE))
    if head.startswith(b"<"):
        raise UnreadableError(say("this is an XML file, not a workbook"), say(OPEN_AND_SAVE))


def read_csv(data: bytes) -> Sheet:
    """Return the one sheet of a .csv; its title is empty.

    Raises UnreadableError where it is not text, has too many rows, or a quotation mark that is never closed.
    """
    try:
        text = decode(data)
    except NotTextError as error:
        raise UnreadableError(str(error), say("save it from Excel as «CSV UTF-8», or use the .xlsx itself")) from error
    delimiter = ""
    if first := _SEP_LINE.match(text):  # Excel takes this line as an order, and shows the next as row 1
        delimiter, text = first[1], text[first.end() :]
    Budget().spend(TEXT, len(text))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or find_delimiter(text), strict=True)
    grid = Grid("")
    try:
        for number, values in enumerate(reader, start=1):
            grid.begin_row(len(values))
            bare = enumerate((_AS_TEXT.sub(r"\1", value) for value in values), start=1)
            grid.add([(number, column, value, CellKind.TEXT, None, "") for column, value in bare])
    except csv.Error as error:
        hint = say(
            'write a quotation mark within a quoted field twice (""), and close every field that opens with one; '
            "or use the .xlsx itself"
        )
        message = say(
            "line {line} cannot be divided into fields: a quotation mark is missing or out of place, "
            "or a field is far too long",
            line=reader.line_num,
        )
        raise UnreadableError(message, hint) from error
    return grid.sheet()


def find_delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have the same number of fields, and many of them."""

    def evenness(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in itertools.islice(reader, SNIFFED_ROWS) if row)
        except csv.Error:
            return 0
        return max((count * (width - 1) for width, count in widths.items()), default=0)

    return max(DELIMITERS, key=evenness)
