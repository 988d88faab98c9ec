"""The one entrance to all formats: what a file is, its content says, whatever its name ends in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.annex.sheets.grid import UnreadableError
from site_src.annex.sheets.package import OPEN_AND_SAVE, SMALL_COPY
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
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a text document (RTF)",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\x09\x08\x10\x00": "a workbook of Excel 4 or 5",
    b"\x09\x04": "a workbook of Excel 4 or older",
    b"\x09\x02": "a workbook of Excel 3 or older",
    b"\x09\x00\x04": "a workbook of Excel 2",
}


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
        problems.error(Topic.FILE, "the file is damaged or cut off, and cannot be read", hint=OPEN_AND_SAVE, at=at)
        return ()
    if ending not in _endings(path):
        message = f'this is a {ending} file, though its name ends in "{path.suffix}"; it is read as what it is'
        problems.warning(Topic.FILE, message, hint=f"rename it so that it ends in {ending}", at=at)
    return found


def _endings(path: Path) -> set[str]:
    suffix = path.suffix.lower()
    return {suffix, ".xlsx"} if suffix == ".xlsm" else {suffix}


def _load(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_MAX:
            raise UnreadableError(f"the file has more than {FILE_MAX // 2**20} MB", SMALL_COPY)
        return path.read_bytes()
    except OSError as error:
        raise MachineError(
            f'cannot read "{path}": {error.strerror}', "check that the file is there and yours"
        ) from error


def _read(data: bytes) -> tuple[str, tuple[Sheet, ...]]:
    ending, sheets = _open(data)
    found = tuple(sheets)
    if not found:
        raise UnreadableError("the file has no sheet", OPEN_AND_SAVE)
    return ending, found


def _open(data: bytes) -> tuple[str, Iterable[Sheet]]:
    """The ending that the content deserves, and its sheets, read as they are asked for."""
    if not data:
        raise UnreadableError("the file is empty", "copy it again from where it came")
    if data.startswith(_ZIP):
        return _read_package(data)
    if data.startswith(_OLE):
        from site_src.annex.sheets.xls import read_xls  # noqa: PLC0415 (imported only when used)

        return ".xls", read_xls(data)
    for signature, what in _STRANGERS.items():
        if data.startswith(signature):
            raise UnreadableError(f"this is {what}, not an annex", OPEN_AND_SAVE)
    _refuse_markup(data)
    from site_src.annex.sheets.delimited import read_csv  # noqa: PLC0415 (imported only when used)

    return ".csv", (read_csv(data),)


def _read_package(data: bytes) -> tuple[str, Iterable[Sheet]]:
    from site_src.annex.sheets.package import open_package  # noqa: PLC0415 (imported only when used)

    archive = open_package(data)
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        raise UnreadableError("this is a binary workbook (.xlsb)", OPEN_AND_SAVE)
    if "word/document.xml" in names:
        raise UnreadableError("this is a Word document, not an annex", "put the spreadsheet here instead")
    if "[Content_Types].xml" in names:
        from site_src.annex.sheets.xlsx import read_xlsx  # noqa: PLC0415 (imported only when used)

        return ".xlsx", read_xlsx(archive, data)
    if "content.xml" in names or "encrypted-package" in names:
        from site_src.annex.sheets.ods import read_ods  # noqa: PLC0415 (imported only when used)

        return ".ods", read_ods(archive, data)
    raise UnreadableError("this is a ZIP archive, not a spreadsheet", "unpack it, and put the spreadsheet here")


def _refuse_markup(data: bytes) -> None:
    """Web pages named .xls are what many portals export; Excel opens them, but they are no spreadsheets."""
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")) or b"<html" in head:
        raise UnreadableError("this is a web page (HTML), whatever its name ends in", OPEN_AND_SAVE)
    if head.startswith(b"<"):
        raise UnreadableError("this is an XML file, not a workbook", OPEN_AND_SAVE)
