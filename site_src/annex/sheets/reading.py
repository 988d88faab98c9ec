"""The one way in for all formats: a file is what its content says, whatever its name ends in."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from site_src.annex.sheets.grid import UnreadableError
from site_src.annex.sheets.package import OPEN_AND_SAVE, SMALL_COPY
from site_src.language.catalogues import N_
from site_src.language.reasons import reason
from site_src.language.say import say
from site_src.problems import MachineError, Place, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from site_src.annex.sheets.grid import Sheet
    from site_src.problems import Problems

FILE_MAX = 40 * 2**20  # bytes; an annex of 3,000 agencies has less than one million

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 2_048  # bytes in which a web page or an XML file tells what it is

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
_OLD_WORKBOOKS = (b"\x09\x08\x10\x00", b"\x09\x04", b"\x09\x02", b"\x09\x00\x04")  # of Excel 2 to 5


def read_sheets(path: Path, problems: Problems) -> tuple[Sheet, ...]:
    """Every sheet of the file, in order; none, with one error told, where it cannot be read.

    A name that ends in another format than the content has is a warning. Raises MachineError where the system does
    not let the file be read.
    """
    at = Place(file=path.name)
    try:
        ending, found = _read(_load(path))
    except UnreadableError as error:
        problems.error(Topic.FILE, str(error), hint=error.hint, at=at)
        return ()
    except MachineError:
        raise
    except Exception:  # noqa: BLE001 (a damaged file makes the libraries raise anything)
        message = say("the file is damaged or cut off, and cannot be read")
        problems.error(Topic.FILE, message, hint=say(OPEN_AND_SAVE), at=at)
        return ()
    if ending not in _endings(path):
        message = say(
            'this is a {ending} file, though its name ends in "{suffix}"; it is read as what it is',
            ending=ending,
            suffix=path.suffix,
        )
        hint = say("rename it so that it ends in {ending}", ending=ending)
        problems.warning(Topic.FILE, message, hint=hint, at=at)
    return found


def _endings(path: Path) -> set[str]:
    suffix = path.suffix.lower()
    return {suffix, ".xlsx"} if suffix == ".xlsm" else {suffix}


def _load(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # to open a pipe would be to wait for whoever writes into it
            message = say("this is no file, but a folder, a device or a pipe")
            raise UnreadableError(message, say("put the spreadsheet itself here (.xlsx, .xls, .ods or .csv)"))
        if status.st_size > FILE_MAX:
            message = say("the file has more than {most} MB, far more than an annex needs", most=FILE_MAX // 2**20)
            raise UnreadableError(message, say(SMALL_COPY))
        return path.read_bytes()
    except OSError as error:
        message = say('cannot read "{path}": {reason}', path=path, reason=reason(error))
        hint = say("check that the file is there, that it is yours, and that no other program has it open")
        raise MachineError(message, hint) from error


def _read(data: bytes) -> tuple[str, tuple[Sheet, ...]]:
    ending, sheets = _open(data)
    found = tuple(sheets)
    if not found:
        raise UnreadableError(say("the file has no sheet"), say(OPEN_AND_SAVE))
    return ending, found


def _open(data: bytes) -> tuple[str, Iterable[Sheet]]:
    """The ending that the content should have, and its sheets, read as they are asked for."""
    if not data:
        raise UnreadableError(say("the file is empty"), say("copy it again from where it came"))
    if data.startswith(_ZIP):
        return _read_package(data)
    if data.startswith(_OLE):
        from site_src.annex.sheets.xls import read_xls  # noqa: PLC0415 (imported only when used)

        return ".xls", read_xls(data)
    for signature, what in _STRANGERS.items():
        if data.startswith(signature):
            hint = say("put the spreadsheet itself here (.xlsx, .xls, .ods or .csv)")
            raise UnreadableError(say("this is {what}, not an annex", what=say(what)), hint)
    if data.startswith(_OLD_WORKBOOKS):
        raise UnreadableError(say("this is a workbook of Excel 5 or older"), say(OPEN_AND_SAVE))
    _refuse_markup(data)
    from site_src.annex.sheets.delimited import read_csv  # noqa: PLC0415 (imported only when used)

    return ".csv", (read_csv(data),)


def _read_package(data: bytes) -> tuple[str, Iterable[Sheet]]:
    from site_src.annex.sheets.package import open_package  # noqa: PLC0415 (imported only when used)

    archive = open_package(data)
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        raise UnreadableError(say("this is a binary workbook (.xlsb)"), say(OPEN_AND_SAVE))
    if "word/document.xml" in names:
        hint = say("put the spreadsheet itself here (.xlsx, .xls, .ods or .csv)")
        raise UnreadableError(say("this is {what}, not an annex", what=say("a Word document")), hint)
    if "[Content_Types].xml" in names:
        from site_src.annex.sheets.xlsx import read_xlsx  # noqa: PLC0415 (imported only when used)

        return ".xlsx", read_xlsx(archive, data)
    if "content.xml" in names or "encrypted-package" in names:
        from site_src.annex.sheets.ods import read_ods  # noqa: PLC0415 (imported only when used)

        return ".ods", read_ods(archive, data)
    hint = say("unpack it, and put the spreadsheet itself here (.xlsx, .xls, .ods or .csv)")
    raise UnreadableError(say("this is {what}, not an annex", what=say("a ZIP archive")), hint)


def _refuse_markup(data: bytes) -> None:
    """Web pages named .xls are what many portals export; Excel opens them, but they are no spreadsheets."""
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")) or b"<html" in head:
        raise UnreadableError(say("this is a web page (HTML), whatever its name ends in"), say(OPEN_AND_SAVE))
    if head.startswith(b"<"):
        raise UnreadableError(say("this is an XML file, not a workbook"), say(OPEN_AND_SAVE))
