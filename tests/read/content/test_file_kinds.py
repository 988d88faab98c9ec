"""An attachment is of a kind that its name and its content agree on; all else is refused with what to do."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from site_src.read.content.file_kinds import KINDS, why_unfit


def zipped(**parts: bytes) -> bytes:
    """A ZIP of these parts, ``types`` and ``mimetype`` among them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in parts.items():
            package.writestr({"types": "[Content_Types].xml"}.get(name, name), data)
    return buffer.getvalue()


def office(kind: str) -> bytes:
    """An office document whose main part is of this kind."""
    return zipped(types=f'<Override PartName="/x.xml" ContentType="application/vnd.{kind}.main+xml"/>'.encode(), x=b"")


def workbook() -> bytes:
    """A workbook as openpyxl writes it."""
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


DOCX = office("openxmlformats-officedocument.wordprocessingml.document")
PDF, PNG, JPEG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"
ODT, ODS = (zipped(mimetype=f"application/vnd.oasis.opendocument.{kind}".encode()) for kind in ("text", "spreadsheet"))
RIGHT: dict[str, list[bytes]] = {
    ".pdf": [PDF],
    ".docx": [DOCX],
    ".xlsx": [workbook()],
    ".odt": [ODT],
    ".ods": [ODS],
    ".png": [PNG],
    ".jpg": [JPEG],
    ".jpeg": [JPEG],
    ".txt": ["Κείμενο <α>".encode(), "Κείμενο".encode("cp1253"), "Κείμενο, κι άλλο".encode("utf-16"), b""],
    ".csv": ["α;β\n1;2\n".encode(), b"\xef\xbb\xbfa,b"],
}
WRONG: dict[str, bytes] = {
    "page": b"<!DOCTYPE html><title>x</title>",
    "page in UTF-16": "<html>".encode("utf-16"),
    "page behind blanks": b"\xef\xbb\xbf \r\n<script>1</script>",
    "picture of code": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "RTF": rb"{\rtf1 x}",
    "e-mail": b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n\nx",
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "gzip": b"\x1f\x8b\x08\0\0\0",
    "archive": zipped(a=b"x"),
    "document with macros": office("ms-word.document.macroEnabled"),
    "workbook with macros": office("ms-excel.sheet.macroEnabled"),
    "template": office("openxmlformats-officedocument.wordprocessingml.template"),
    "master document": zipped(mimetype=b"application/vnd.oasis.opendocument.text-master"),
    "bytes": bytes(range(256)),
    "GIF": b"GIF89a" + bytes(20),
    "WebP": b"RIFF\0\0\0\0WEBP" + bytes(20),
    "PDF behind a ZIP": zipped(a=b"x") + PDF,
    "PDF before a ZIP": PDF + zipped(a=b"x"),
    "PDF behind text": b"text\n" + PDF,
    "PDF behind a page": b"<html>" + PDF,
    "picture before a ZIP": PNG + zipped(a=b"x"),
    "photo with a PDF in it": JPEG + PDF,
    "document behind text": b"x" + DOCX,
    "damaged document": DOCX[:-30],
}


@pytest.mark.parametrize(("ending", "data"), [(ending, data) for ending, each in RIGHT.items() for data in each])
def test_a_file_of_a_known_kind_passes(ending: str, data: bytes) -> None:
    """In any letter case of its ending."""
    assert why_unfit(f"Εγκύκλιος 1{ending}", data) is None
    assert why_unfit(f"a.b{ending.upper()}", data) is None


def test_every_kind_has_an_example() -> None:
    """Of each kind in the table a file is tried."""
    assert RIGHT.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("ending", KINDS)
def test_no_name_makes_another_file_pass(kind: str, ending: str) -> None:
    """What runs in a browser, holds macros, hides text or may be taken for two kinds passes under none of the names."""
    unfit = why_unfit(f"a{ending}", WRONG[kind])
    assert unfit
    assert "save it as PDF" in unfit[1]


@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_name_of_another_kind_is_told_with_the_right_one(one: str, other: str) -> None:
    """A picture that is called a document needs another name, which the hint gives, and which then passes."""
    for data in RIGHT[one]:
        if why_unfit(f"a{one}", data) is None and (unfit := why_unfit(f"a{other}", data)):
            named = next(ending for ending in KINDS if f'"{ending}"' in unfit[1])
            assert why_unfit(f"a{named}", data) is None


@pytest.mark.parametrize(
    "ending",
    ["html", "svg", "js", "msg", "eml", "doc", "xls", "rtf", "zip", "7z", "docm", "xlsm", "exe", "gif", "pdf.", ""],
)
def test_other_endings_are_refused(ending: str) -> None:
    """Whatever is in the file, with the kinds that are published and what to do."""
    for data in (PDF, b"text"):
        unfit = why_unfit(f"a.{ending}", data)
        assert unfit
        assert "pdf, docx, xlsx" in unfit[0]
        assert unfit[1].startswith("save it as PDF")
