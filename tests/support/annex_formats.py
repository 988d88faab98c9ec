"""Writes the four formats of an annex, with anything that a person, a program or an attacker might put into them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import xlwt
from openpyxl import Workbook
from xlwt.CompoundDoc import XlsDoc

from tests.support.annex_table import TITLE, TWO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def xlsx(
    rows: Iterable[Sequence[Any]] = TWO, change: Callable[[Worksheet], object] | None = None, title: str = TITLE
) -> bytes:
    """Return a workbook of one sheet; ``change`` may add to it."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value != "":
                sheet.cell(number, column, value)
    if change:
        change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return the workbook's bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls(
    rows: Iterable[Sequence[Any]] = TWO, change: Callable[[Any], object] | None = None, title: str = TITLE
) -> bytes:
    """Return a workbook of Excel 97-2003; a cell may be a pair of value and number format."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(title, cell_overwrite_ok=True)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, tuple):
                sheet.write(number, column, value[0], xlwt.easyxf(num_format_str=value[1]))
            elif value != "":
                sheet.write(number, column, value)
    if change:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(
    rows: Iterable[Sequence[Any]] = TWO, *, before: str = "", after: str = "", title: str = TITLE, style: str = ""
) -> bytes:
    """Return an OpenDocument spreadsheet; a cell that begins with < is XML, ``after`` is XML behind the rows."""
    lines = "".join(f"<table:table-row>{''.join(map(cell_of, row))}</table:table-row>" for row in rows)
    table = f'<table:table table:name={quoteattr(title)} table:style-name="ta1">{before}{lines}{after}</table:table>'
    return ods_of(table, style)


def ods_of(tables: str, style: str = "") -> bytes:
    """Return an OpenDocument spreadsheet of these tables."""
    names = ("office", "table", "text", "style")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    calcext = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
    number = "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
    more = f'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:calcext="{calcext}" xmlns:number="{number}"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} {more} office:version="1.3">'
        f"<office:automatic-styles>{style}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return package({"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": ODS_MANIFEST})


def cell_of(value: object) -> str:
    """Return a cell as XML of OpenDocument; one that is XML already stays."""
    text = str(value)
    if text.startswith("<table:"):
        return text
    if not text:
        return "<table:table-cell/>"
    return ods_cell(escape(text))


def ods_cell(shown: str, attributes: str = 'office:value-type="string"') -> str:
    """Return a cell as XML that shows this, itself XML."""
    return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"


def text(rows: Iterable[Sequence[Any]] = TWO, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """Return a .csv as Excel writes it."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def package(parts: dict[str, str | bytes]) -> bytes:
    """Return a ZIP of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def strict_of(data: bytes) -> bytes:
    """Return the workbook with the names of elements and relations of Strict Open XML (ISO/IEC 29500-1)."""
    usual = re.compile(rb"http://schemas\.openxmlformats\.org/(officeDocument|spreadsheetml)/2006/")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return package({name: usual.sub(rb"http://purl.oclc.org/ooxml/\1/", part) for name, part in parts.items()})


def edited(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a package with one part changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    content = parts[part]
    assert isinstance(content, bytes)
    parts[part] = change(content)
    assert parts[part] != content, f"nothing changed in {part}"
    return package(parts)


def shared_texts(data: bytes, texts: str, rows: bytes = b"") -> bytes:
    """Return an .xlsx with this table of shared texts, given as XML, and perhaps with more rows that refer to it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
        listed, sheet = archive.read("xl/_rels/workbook.xml.rels"), archive.read(SHEET)
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    entry = b'<Relationship Id="texts" Target="sharedStrings.xml" Type="' + kind + b'"/></Relationships>'
    parts["xl/_rels/workbook.xml.rels"] = listed.replace(b"</Relationships>", entry)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{texts}</sst>'
    parts[SHEET] = sheet.replace(b"</sheetData>", rows + b"</sheetData>")
    return package(parts)


def joined(data: bytes, more: dict[str, str | bytes]) -> bytes:
    """Return a package with more parts, to which nothing refers."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return package({**{name: archive.read(name) for name in archive.namelist()}, **more})


def with_cached(data: bytes, value: str) -> bytes:
    """Return an .xlsx whose formulas all have this value in store."""
    return edited(
        data, SHEET, lambda xml: re.sub(rb"</f><v\s*/>|</f><v></v>", b"</f><v>" + value.encode() + b"</v>", xml)
    )


def linked(cell: str, target: str) -> Callable[[Worksheet], object]:
    """Add a link to a cell."""

    def change(sheet: Worksheet) -> None:
        sheet[cell].hyperlink = target

    return change


def formatted(cell: str, number_format: str) -> Callable[[Worksheet], object]:
    """Give a cell a number format."""

    def change(sheet: Worksheet) -> None:
        sheet[cell].number_format = number_format

    return change


def compound(stream: str, content: bytes) -> bytes:
    """Return an OLE file that holds one stream."""
    file = XlsDoc()
    sink = io.BytesIO()
    file.save(sink, content)
    name, other = ("Workbook".encode("utf-16-le"), stream.encode("utf-16-le"))
    entry = sink.getvalue().index(name.ljust(64, b"\0"))
    size = (len(other) + 2).to_bytes(2, "little")
    whole = sink.getvalue()
    return whole[:entry] + other.ljust(64, b"\0") + size + whole[entry + 66 :]


def with_shared_sector(data: bytes) -> bytes:
    """Return an .xls whose tables give the first sector of the workbook to the small streams too; xlrd refuses it."""
    root, book = (data.index(name.encode("utf-16-le").ljust(64, b"\0")) for name in ("Root Entry", "Workbook"))
    size = (64).to_bytes(4, "little")
    return data[: root + 116] + data[book + 116 : book + 120] + size + data[root + 124 :]


def with_filepass(data: bytes) -> bytes:
    """Return an .xls whose stream asks for a password: its first record after BOF becomes FILEPASS."""
    bof = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    second = bof + 4 + 16
    return data[:second] + b"\x2f\x00" + data[second + 2 :]
