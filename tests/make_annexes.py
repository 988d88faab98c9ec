"""Makes annexes with one named failure or oddity each: ``python tests/make_annexes.py FOLDER``.

Each sample says what must come out of it: the problems by severity, cell and a word of the message, and the agencies.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import xlwt
from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "ΔΗΜΟΙ"
HEADER = ("Α/Α", "Όνομα χρήστη", "Επωνυμία φορέα", "Εποπτεύων φορέας", "E-mail", "Κατάσταση", "Παρατηρήσεις")
THIRA: tuple[Any, ...] = (
    "1",
    "012345678901",
    "Δήμος Θήρας",
    "Περιφέρεια Νοτίου Αιγαίου",
    "thira@dimos.example",
    "",
    "",
)
CHIOS: tuple[Any, ...] = (
    "2",
    "112345678902",
    "Δήμος Χίου",
    "Περιφέρεια Βορείου Αιγαίου",
    "chios@dimos.example",
    "",
    "",
)
TWO = (HEADER, THIRA, CHIOS)
# An agency told in one line: user name|name|kind|parent|addresses|status.
THIRA_READ = "012345678901|Δήμος Θήρας|municipality|Περιφέρεια Νοτίου Αιγαίου|thira@dimos.example|new"
CHIOS_READ = "112345678902|Δήμος Χίου|municipality|Περιφέρεια Βορείου Αιγαίου|chios@dimos.example|new"
BOTH = (THIRA_READ, CHIOS_READ)
WARNING, ERROR = "warning", "error"

Rows = "Sequence[Sequence[Any]]"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One annex and what must come of it; ``agencies`` is None where there are errors and they do not matter."""

    name: str
    data: bytes
    problems: tuple[tuple[str, str, str], ...] = ()
    agencies: tuple[str, ...] | None = None
    keeps_code: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


def good(name: str, data: bytes, *agencies: str, **more: Any) -> Sample:  # noqa: ANN401 (handed on as they are)
    """An annex that is read, perhaps with warnings."""
    return Sample(name=name, data=data, agencies=agencies or BOTH, **more)


def bad(name: str, data: bytes, cell: str, word: str, **more: Any) -> Sample:  # noqa: ANN401 (handed on as they are)
    """An annex with one error."""
    return Sample(name=name, data=data, problems=((ERROR, cell, word),), **more)


def replaced(row: Sequence[Any], **changes: Any) -> tuple[Any, ...]:  # noqa: ANN401 (cells hold anything)
    """A row with the cells of these columns (by their letters) changed."""
    cells = list(row)
    for letter, value in changes.items():
        cells["ABCDEFG".index(letter)] = value
    return tuple(cells)


def thira(**changes: Any) -> tuple[tuple[Any, ...], ...]:  # noqa: ANN401 (cells hold anything)
    """The table with the first agency changed; it stands in row 2."""
    return (HEADER, replaced(THIRA, **changes), CHIOS)


# The four formats.


def xlsx(
    rows: Iterable[Sequence[Any]] = TWO, change: Callable[[Worksheet], object] | None = None, title: str = TITLE
) -> bytes:
    """A workbook of one sheet; ``change`` may add to it."""
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
    """The workbook's bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls(
    rows: Iterable[Sequence[Any]] = TWO, change: Callable[[Any], object] | None = None, title: str = TITLE
) -> bytes:
    """A workbook of Excel 97-2003; a cell may be a pair of value and number format."""
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
    """An OpenDocument spreadsheet; a cell that begins with < stands as XML, ``after`` is XML behind the rows."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    table = f'<table:table table:name={quoteattr(title)} table:style-name="ta1">{before}{lines}{after}</table:table>'
    return ods_of(table, style)


def ods_of(tables: str, style: str = "") -> bytes:
    """An OpenDocument spreadsheet of these tables."""
    names = ("office", "table", "text", "style")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    calcext = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
    more = f'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:calcext="{calcext}"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} {more} office:version="1.3">'
        f"<office:automatic-styles>{style}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return package({"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": ODS_MANIFEST})


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _ods_cell(value: object) -> str:
    text = str(value)
    if text.startswith("<table:"):
        return text
    if not text:
        return "<table:table-cell/>"
    return ods_cell(escape(text))


def ods_cell(shown: str, attributes: str = 'office:value-type="string"') -> str:
    """A cell as XML that shows this, itself XML."""
    return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"


def text(rows: Iterable[Sequence[Any]] = TWO, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """A .csv as Excel writes it."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def package(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def edited(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package with one part changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    content = parts[part]
    assert isinstance(content, bytes)
    parts[part] = change(content)
    assert parts[part] != content, f"nothing changed in {part}"
    return package(parts)


SHEET = "xl/worksheets/sheet1.xml"


def with_cached(data: bytes, value: str) -> bytes:
    """An .xlsx whose formulas all have this value in store."""
    return edited(
        data, SHEET, lambda xml: re.sub(rb"</f><v\s*/>|</f><v></v>", b"</f><v>" + value.encode() + b"</v>", xml)
    )


def linked(cell: str, target: str) -> Callable[[Worksheet], object]:
    """Adds a link to a cell."""

    def change(sheet: Worksheet) -> None:
        sheet[cell].hyperlink = target

    return change


def formatted(cell: str, number_format: str) -> Callable[[Worksheet], object]:
    """Gives a cell a number format."""

    def change(sheet: Worksheet) -> None:
        sheet[cell].number_format = number_format

    return change


# The samples, by what they are about.


def samples() -> Iterator[Sample]:
    """Every sample."""
    yield from formats()
    yield from hostile_files()
    yield from strange_files()
    yield from layouts()
    yield from usernames()
    yield from emails()
    yield from links()
    yield from values()
    yield from statuses()


def formats() -> Iterator[Sample]:
    """The table as it should be, in each format and encoding."""
    yield good("plain.xlsx", xlsx())
    yield good("plain.xls", xls())
    yield good("plain.ods", ods())
    yield good("utf8-semicolon.csv", text(), THIRA_READ, CHIOS_READ)
    yield good("utf8-bom-comma.csv", text(delimiter=",", encoding="utf-8-sig"))
    yield good("windows-1253-tab.csv", text(delimiter="\t", encoding="cp1253"))
    yield good("unicode-text.csv", text(delimiter="\t", encoding="utf-16"))
    tonos = (HEADER, replaced(THIRA, C="Δήμος Άνδρου"), CHIOS)
    yield good(
        "iso-8859-7.csv",
        text(tonos, encoding="iso8859-7"),
        THIRA_READ.replace("Δήμος Θήρας", "Δήμος Άνδρου"),
        CHIOS_READ,
    )
    yield good("sep-line.csv", b"sep=|\r\n" + text(delimiter="|"))
    yield good("digits-as-text.csv", text().replace(b"012345678901", b'="012345678901"'))
    crowded = (HEADER, replaced(THIRA, E="a@b.example, c@d.example; e@f.example"), CHIOS)
    yield good(
        "commas-within.csv",
        text(crowded, delimiter=";"),
        THIRA_READ.replace("thira@dimos.example", "a@b.example;c@d.example;e@f.example"),
        CHIOS_READ,
    )


def hostile_files() -> Iterator[Sample]:
    """Files that are made, or grew, to exhaust a machine."""
    dtd = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    after_declaration = re.compile(rb"^(<\?xml[^>]*\?>)?")

    def with_dtd(xml: bytes) -> bytes:
        return after_declaration.sub(lambda found: found[0] + dtd, xml, count=1)

    def wide(xml: bytes) -> bytes:
        return re.sub(rb"^<\?xml[^>]*\?>", b"", xml).decode().encode("utf-16")

    yield bad("xml-bomb.xlsx", edited(xlsx(), SHEET, with_dtd), "", "XML bomb")
    yield bad("xml-bomb.ods", edited(ods(), "content.xml", with_dtd), "", "XML bomb")
    yield bad("wide-xml.xlsx", edited(xlsx(), SHEET, wide), "", "encoding")
    yield bad("zip-bomb.xlsx", edited(xlsx(), SHEET, lambda xml: xml + b" " * (100 * 2**20)), "", "ZIP bomb")
    empty_rows = b"".join(b'<row r="%d"/>' % number for number in range(4, 1_000_004))
    million = edited(xlsx(), SHEET, lambda xml: xml.replace(b"</sheetData>", empty_rows + b"</sheetData>"))
    yield bad("million-rows.xlsx", million, "", "1,000,003 rows")
    yield bad("million-rows.csv", text() + b";;;\n" * 1_000_000, "", "rows")
    yield bad("million-rows.ods", ods(after="<table:table-row/>" * 300_000), "", "rows")
    crowd = '<table:table-row table:number-rows-repeated="1000000">' + _ods_cell("x") + "</table:table-row>"
    blank_rows = "<table:table-row><table:table-cell/></table:table-row>" * 150_000
    yield bad("zip-bomb.ods", ods(after=blank_rows), "", "ZIP bomb")
    yield bad("repeated-row.ods", ods(after=crowd), "", "filled cells")
    merges = b"".join(b'<mergeCell ref="A2:XFD1048576"/>' for _ in range(300))
    spread = edited(
        xlsx([*TWO, *[("x",) * 40] * 300]),
        SHEET,
        lambda xml: xml.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>"),
    )
    yield bad("merged-everywhere.xlsx", spread, "", "merged cells or links")
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    yield good("far-cell.xlsx", edited(xlsx(), SHEET, lambda xml: xml.replace(b"</sheetData>", far + b"</sheetData>")))
    blank = b"".join(b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (n, n, n) for n in range(4, 50_000))
    yield good(
        "empty-formatted-rows.xlsx",
        edited(xlsx(), SHEET, lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>")),
    )
    yield good(
        "usual-end.ods",
        ods(
            after='<table:table-row table:number-rows-repeated="1048573">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        ),
    )


def strange_files() -> Iterator[Sample]:
    """Files that are damaged, locked, or something else than their names say."""
    yield bad("empty.xlsx", b"", "", "empty")
    yield bad("truncated.xlsx", xlsx()[:3000], "", "damaged")
    yield bad("truncated.xls", xls()[:2000], "", "damaged")
    yield bad("truncated.ods", ods()[:500], "", "damaged")
    yield bad("noise.csv", bytes(range(256)) * 4, "", "no spreadsheet")
    yield bad("no-greek.csv", text() + b"\xff\xd2\xaa", "", "neither UTF-8")
    yield bad("open-quote.csv", text() + '3;212345678903;"Δήμος\n'.encode(), "", "cannot be divided")
    yield bad("page.xls", b"<html><body><table><tr><td>012345678901</td></tr></table></body></html>", "", "HTML")
    yield bad("xml-2003.xls", b'<?xml version="1.0"?><Workbook/>', "", "XML file")
    yield bad("letter.xlsx", package({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "", "Word document")
    yield bad("binary.xlsx", package({"[Content_Types].xml": "<x/>", "xl/workbook.bin": b"x"}), "", ".xlsb")
    yield bad("archive.xlsx", package({"annex.txt": "x"}), "", "ZIP archive")
    yield bad("scan.xls", b"%PDF-1.7\n", "", "PDF")
    yield bad("sheetless.ods", ods_of(""), "", "no sheet")
    yield bad("encrypted.ods", package({"mimetype": ODS_TYPE, "encrypted-package": b"x" * 99}), "", "encrypted")
    older = ODS_MANIFEST.replace("</manifest:manifest>", "<manifest:encryption-data/></manifest:manifest>")
    yield bad(
        "encrypted-older.ods",
        package({"mimetype": ODS_TYPE, "content.xml": b"\x9c\x01", "META-INF/manifest.xml": older}),
        "",
        "encrypted",
    )
    yield bad("encrypted.xls", with_filepass(xls()), "", "encrypted")
    yield bad("encrypted.xlsx", compound("EncryptedPackage", b"\0" * 5000), "", "encrypted")
    yield bad("document.xls", compound("WordDocument", b"\0" * 5000), "", "no Excel workbook")
    wrong = (WARNING, "", "though its name ends in")
    yield good("really-xlsx.xls", xlsx(), problems=(wrong,))
    yield good("really-text.xls", text(delimiter="\t"), problems=(wrong,))


def compound(stream: str, content: bytes) -> bytes:
    """An OLE file that holds one stream."""
    file = xlwt.CompoundDoc.XlsDoc()
    sink = io.BytesIO()
    file.save(sink, content)
    name, other = ("Workbook".encode("utf-16-le"), stream.encode("utf-16-le"))
    entry = sink.getvalue().index(name.ljust(64, b"\0"))
    size = (len(other) + 2).to_bytes(2, "little")
    whole = sink.getvalue()
    return whole[:entry] + other.ljust(64, b"\0") + size + whole[entry + 66 :]


def with_filepass(data: bytes) -> bytes:
    """An .xls whose stream asks for a password: its first record after BOF becomes FILEPASS."""
    bof = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    second = bof + 4 + 16
    return data[:second] + b"\x2f\x00" + data[second + 2 :]


def layouts() -> Iterator[Sample]:
    """Headers, titles, sections, merges, and what is hidden."""
    titles = [("ΠΑΡΑΡΤΗΜΑ",), (), ("Υπεύθυνοι επικοινωνίας φορέων",), ()]
    yield good("title-rows.xls", xls([*titles, *TWO]))
    shouted = (
        "Α.Α.",
        "ΚΩΔΙΚΟΣ ΦΟΡΕΑ\n(ΟΝΟΜΑ ΧΡΗΣΤΗ)",
        "ΕΠΩΝΥΜΙΑ  ΦΟΡΕΑ",
        "Εποπτευων Φορεας",
        "Ε-ΜΑΙL",
        "STATUS",
        "Σχολια",
    )
    yield good("shouted-headers.xlsx", xlsx([shouted, THIRA, CHIOS]))
    english = ("No", "User name", "Agency", "Supervising body", "E-mail address", "Status", "Remarks")
    yield good("english-headers.csv", text([english, THIRA, CHIOS], delimiter=","))
    unknown = ("Α/Α", "Κλειδί", "Επωνυμία φορέα", "Εποπτεύων φορέας", "E-mail")
    yield bad("unknown-header.xlsx", xlsx([unknown, THIRA[:5], CHIOS[:5]]), "", "no column for the username")
    told = (("username", "Κλειδί"),)
    yield good("told-header.xlsx", xlsx([unknown, THIRA[:5], CHIOS[:5]]), columns=told)
    yield bad("told-in-vain.xlsx", xlsx(), "annex.username", "no sheet", columns=told, agencies=BOTH)
    yield bad("no-header.xlsx", xlsx([THIRA, CHIOS]), "", "none of its first 50 rows is a header")
    doubled = ("Α/Α", "Όνομα χρήστη", "Επωνυμία φορέα", "Ονομασία φορέα", "E-mail")
    yield bad("two-names.xlsx", xlsx([doubled, THIRA[:5]]), "C1", 'D1 ("Ονομασία φορέα")')
    two_mails = ("Α/Α", "Όνομα χρήστη", "Επωνυμία φορέα", "E-mail 1", "E-mail 2")
    yield good(
        "two-email-columns.xlsx",
        xlsx([two_mails, ("1", "012345678901", "Δήμος Θήρας", "a@dimos.example", "b@dimos.example")]),
        "012345678901|Δήμος Θήρας|municipality||a@dimos.example;b@dimos.example|new",
    )
    nothing = ((ERROR, "", "no agencies"), (WARNING, "", "no agency below"))
    yield Sample(name="header-only.xlsx", data=xlsx([HEADER]), problems=nothing, agencies=())
    yield good("blank-rows.ods", ods([(), HEADER, (), THIRA, (), (), CHIOS]))
    yield good("repeated-header.xlsx", xlsx([("ΠΑΡΑΡΤΗΜΑ",), HEADER, THIRA, ("ΠΑΡΑΡΤΗΜΑ",), HEADER, CHIOS]))
    yield good("total-row.xlsx", xlsx([*TWO, ("", "ΣΥΝΟΛΟ", "2"), ("3",)]))
    yield from sections()
    yield from hidden()
    yield from merged()


def sections() -> Iterator[Sample]:
    """Rows of one filled cell, and sheets, that name the group."""
    body = ("", "212345678903", "ΚΕΔΗΘ", "", "info@kedith.example", "", "")
    yield good(
        "sections.xlsx",
        xlsx([HEADER, ("ΔΗΜΟΙ",), THIRA, ("", "", "ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ"), ("Δήμος Θήρας",), body], title="Φύλλο1"),
        THIRA_READ,
        "212345678903|ΚΕΔΗΘ|legal_entity|Δήμος Θήρας|info@kedith.example|new",
    )
    yield good(
        "kind-by-sheet.ods",
        ods([HEADER, body], title="ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ"),
        "212345678903|ΚΕΔΗΘ|legal_entity||info@kedith.example|new",
    )
    kinds = ("Όνομα χρήστη", "Φορέας", "Είδος", "E-mail")
    yield good(
        "kind-column.csv",
        text(
            [
                kinds,
                ("012345678901", "Ένας", "ΔΗΜΟΣ", "a@b.example"),
                ("112345678902", "Δύο", "Legal entities", "a@b.example"),
                ("212345678903", "Τρεις", "Σύνδεσμος", "a@b.example"),
            ]
        ),
        "012345678901|Ένας|municipality||a@b.example|new",
        "112345678902|Δύο|legal_entity||a@b.example|new",
        "212345678903|Τρεις|Σύνδεσμος||a@b.example|new",
    )
    yield good(
        "unfollowed-section.xlsx",
        xlsx([*TWO, ("", "", "Δήμος Σικίνου")]),
        problems=((WARNING, "C4", "no agency follows"),),
    )


def hidden() -> Iterator[Sample]:
    """Hidden rows, columns and sheets are read, and said so."""

    def hide_row(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    def hide_column(sheet: Worksheet) -> None:
        sheet.column_dimensions["E"].hidden = True

    def hide_xls_row(sheet: Any) -> None:  # noqa: ANN401 (xlwt has no types)
        sheet.row(2).hidden = True

    yield good("hidden-row.xlsx", xlsx(change=hide_row), problems=((WARNING, "", "rows 3"),))
    yield good("hidden-row.xls", xls(change=hide_xls_row), problems=((WARNING, "", "rows 3"),))
    filtered = ods(
        (HEADER, THIRA),
        after="".join(['<table:table-row table:visibility="filter">', *map(_ods_cell, CHIOS), "</table:table-row>"]),
    )
    yield good("filtered-row.ods", filtered, problems=((WARNING, "", "rows 3"),))
    yield good("hidden-column.xlsx", xlsx(change=hide_column), problems=((WARNING, "", "columns E"),))
    book = Workbook()
    cover = book.worksheets[0]
    cover.title, cover["A1"] = "Εξώφυλλο", "Οδηγίες συμπλήρωσης"
    for title, state, row in (("ΔΗΜΟΙ", "visible", THIRA), ("Κρυφό", "veryHidden", CHIOS)):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for line in (HEADER, row):
            sheet.append([value or None for value in line])
    problems = ((WARNING, "", "no table of agencies"), (WARNING, "", "the sheet itself"))
    yield good("hidden-and-cover-sheets.xlsx", saved(book), problems=problems)
    look = '<style:table-properties table:display="false"/>'
    style = f'<style:style style:name="ta1" style:family="table">{look}</style:style>'
    yield good("hidden-sheet.ods", ods(style=style), problems=((WARNING, "", "the sheet itself"),))


def merged() -> Iterator[Sample]:
    """Merged cells are filled down and across."""
    parent = "Περιφέρεια Αιγαίου"
    rows = [HEADER, replaced(THIRA, D=parent), replaced(CHIOS, D="")]
    both = tuple(re.sub(r"Περιφέρεια [^|]*", parent, line) for line in BOTH)
    yield good("merged-parent.xlsx", xlsx(rows, lambda sheet: sheet.merge_cells("D2:D3")), *both)
    yield good("merged-parent.xls", xls(rows, lambda sheet: sheet.merge(1, 2, 3, 3)), *both)
    spanned = ods_cell(parent, 'table:number-rows-spanned="2" office:value-type="string"')
    covered = "<table:covered-table-cell/>"
    yield good("merged-parent.ods", ods([HEADER, replaced(THIRA, D=spanned), replaced(CHIOS, D=covered)]), *both)

    def merge_agency(sheet: Worksheet) -> None:
        for column in "ABCD":
            sheet.merge_cells(f"{column}2:{column}3")

    contacts = [HEADER, THIRA, ("", "", "", "", "second@dimos.example", "", ""), CHIOS]
    yield good(
        "one-agency-two-rows.xlsx",
        xlsx(contacts, merge_agency),
        THIRA_READ.replace("thira@dimos.example", "thira@dimos.example;second@dimos.example"),
        CHIOS_READ,
    )
    yield good("merged-title.xlsx", xlsx([("ΠΑΡΑΡΤΗΜΑ",), *TWO], lambda sheet: sheet.merge_cells("A1:G1")))


def usernames() -> Iterator[Sample]:
    """What spreadsheets make of twelve digits."""
    yield good("twelve-zeros.xlsx", xlsx(thira(B=12345678901), formatted("B2", "000000000000")))
    yield good("twelve-zeros.xls", xls(thira(B=(12345678901, "000000000000"))))
    shown = ods_cell("012345678901", 'office:value-type="float" office:value="12345678901"')
    yield good("twelve-zeros.ods", ods(thira(B=shown)))
    read = THIRA_READ.replace("012345678901", "912345678901")
    yield good("number-of-twelve.xlsx", xlsx(thira(B=912345678901)), read, CHIOS_READ)
    short = ods_cell("9.12345678901E+11", 'office:value-type="float" office:value="912345678901"')
    yield good("number-of-twelve.ods", ods(thira(B=short)), read, CHIOS_READ)
    yield bad("eleven-digits.xlsx", xlsx(thira(B=12345678901)), "B2", "11 digits")
    yield bad("eleven-digits.xls", xls(thira(B=12345678901)), "B2", "11 digits")
    yield bad("fraction.xlsx", xlsx(thira(B=123456789012.5)), "B2", "fraction")
    yield bad("thirteen-digits.xlsx", xlsx(thira(B=1234567890123)), "B2", "lost digits")
    yield bad("scientific-text.xlsx", xlsx(thira(B="1.23457E+11")), "B2", "into a number")
    yield bad("scientific.csv", text(thira(B="1,23457E+11")), "B2", "into a number")
    yield bad("greek-digits.csv", text(thira(B="٠١٢٣٤٥٦٧٨٩٠١")), "B2", "another script")
    yield bad("letters.csv", text(thira(B="01234567890O")), "B2", "nothing else")
    yield bad("username-missing.xlsx", xlsx(thira(B="")), "B2", "no user name", agencies=(CHIOS_READ,))
    yield bad("username-twice.xlsx", xlsx([*TWO, replaced(THIRA, C="Δήμος Ιητών")]), "B4", "ΔΗΜΟΙ!B2", agencies=BOTH)
    yield bad("boolean.xlsx", xlsx(thira(B=True)), "B2", "true/false")
    yield bad("date.xlsx", xlsx(thira(B=44000), formatted("B2", "dd/mm/yyyy")), "B2", "date")
    off = ((WARNING, "B2", "taken off"),)
    yield good("no-break-space.xlsx", xlsx(thira(B="\u00a0012345678901")), problems=off)
    yield good("apostrophe.csv", text(thira(B="'012345678901")), problems=off)
    yield good("grouped-digits.ods", ods(thira(B="012 345 678 901")), problems=off)


def emails() -> Iterator[Sample]:
    """Addresses, which are passwords."""

    def read(addresses: str) -> tuple[str, str]:
        return THIRA_READ.replace("thira@dimos.example", addresses), CHIOS_READ

    yield good(
        "addresses.xlsx",
        xlsx(thira(E="A@b.example / c@d.example\ne@f.example")),
        *read("A@b.example;c@d.example;e@f.example"),
    )
    yield good("named-address.csv", text(thira(E="Μαρία <mailto:m@b.example>")), *read("m@b.example"))
    unseen = "\u200bthira@dimos.example\u00a0"
    yield good("unseen.xlsx", xlsx(thira(E=unseen)), problems=((WARNING, "E2", "zero width space"),))
    yield good(
        "address-twice.csv",
        text(thira(E="a@b.example; a@b.example")),
        *read("a@b.example"),
        problems=((WARNING, "E2", "twice"),),
    )
    yield bad("greek-letter.xlsx", xlsx(thira(E="thirα@dimos.example")), "E2", "GREEK SMALL LETTER ALPHA")
    yield bad("cyrillic-letter.ods", ods(thira(E="thira@dimоs.example")), "E2", "CYRILLIC SMALL LETTER O")
    yield bad("no-address.csv", text(thira(E="δεν έχει")), "E2", "no address at all")
    yield bad("dash.csv", text(thira(E="-")), "E2", "no address at all")
    yield bad("half-address.csv", text(thira(E="thira@dimos")), "E2", "no dot")
    yield bad("two-ats.csv", text(thira(E="thira@@dimos.example")), "E2", 'two "@"')
    yield bad("long-address.csv", text(thira(E="a" * 90 + "@dimos.example")), "E2", "104 bytes")
    yield bad("words-beside.csv", text(thira(E="thira@dimos.example (νέο)")), "E2", "no e-mail address")
    idn = (WARNING, "E2", "not every keyboard")
    yield good("greek-domain.csv", text(thira(E="info@δήμος.example")), *read("info@δήμος.example"), problems=(idn,))
    yield good(
        "no-contact.csv", text(thira(E="")), THIRA_READ.replace("thira@dimos.example|new", "|contact-us"), CHIOS_READ
    )


def links() -> Iterator[Sample]:
    """Links that lead elsewhere than the cell shows."""
    address = "thira@dimos.example"
    yield good("same-link.xlsx", xlsx(change=linked("E2", f"mailto:{address}?subject=x")))
    yield bad("other-link.xlsx", xlsx(change=linked("E2", "mailto:old@dimos.example")), "E2", "old@dimos.example")
    yield bad("other-case.xlsx", xlsx(change=linked("E2", "mailto:Thira@dimos.example")), "E2", "capital and small")
    yield bad("link-alone.xlsx", xlsx(thira(E="e-mail"), linked("E2", f"mailto:{address}")), "E2", "shows no address")
    link = ods_cell('<text:a xlink:href="mailto:old@dimos.example">thira@dimos.example</text:a>')
    yield bad("other-link.ods", ods(thira(E=link)), "E2", "old@dimos.example")
    formula = '=HYPERLINK("mailto:old@dimos.example","thira@dimos.example")'
    yield bad(
        "link-formula.xlsx",
        edited(
            xlsx(thira(E=formula)),
            SHEET,
            lambda xml: re.sub(
                rb'<c r="E2"[^>]*>(.*?</f>)(?:<v\s*/>|<v></v>)', rb'<c r="E2" t="str">\1<v>thira@dimos.example</v>', xml
            ),
        ),
        "E2",
        "old@dimos.example",
    )


def values() -> Iterator[Sample]:
    """Error values, formulas and names."""
    for name, letter in (("username", "B"), ("name", "C"), ("parent", "D"), ("email", "E"), ("notes", "G")):
        yield bad(f"error-{name}.xlsx", xlsx(thira(**{letter: "#REF!"})), f"{letter}2", "error value")
    yield bad("error-email.csv", text(thira(E="#ΤΙΜΗ!")), "E2", "error value")
    yield bad("error-email.xls", xls(thira(E=xlwt.Formula("1/0")), error_in_e2), "E2", "error value")
    broken = ods_cell("#ΑΝΑΦ!", 'table:formula="of:=#REF!" office:value-type="string" calcext:value-type="error"')
    yield bad("error-email.ods", ods(thira(E=broken)), "E2", "error value")
    yield bad("uncalculated.xlsx", xlsx(thira(B="=1+1")), "B2", "formula without a value")
    uncalculated = '<table:table-cell table:formula="of:=[.A1]"/>'
    yield bad("uncalculated.ods", ods(thira(E=uncalculated)), "E2", "formula without a value")
    cached = with_cached(xlsx(thira(B="=900000000000+12345678901")), "912345678901")
    yield good("calculated.xlsx", cached, THIRA_READ.replace("012345678901", "912345678901"), CHIOS_READ)
    odd = 'Δήμος  "Θήρας"\n<<ΘΕΣΣΑΛΩΜΑ>> Α/Β'
    name = 'Δήμος "Θήρας" <<ΘΕΣΣΑΛΩΜΑ>> Α/Β'
    yield good("odd-name.xlsx", xlsx(thira(C=odd)), THIRA_READ.replace("Δήμος Θήρας", name), CHIOS_READ)
    yield bad("no-name.xlsx", xlsx(thira(C="")), "C2", "no name")
    yield bad("control-in-name.csv", text(thira(C="Δήμος\x07Θήρας")), "C2", "control character")


def error_in_e2(sheet: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """Writes the error value of a division by nought."""
    sheet.row(1).set_cell_error(4, "#DIV/0!")


def statuses() -> Iterator[Sample]:
    """Who gets a code, who keeps it, and who must call."""
    keeps = (THIRA_READ.replace("|new", "|keeps"), CHIOS_READ)
    yield good("keeps-in-sheet.xlsx", xlsx(thira(F="Διατηρεί")), *keeps)
    yield good("keeps-by-name.xlsx", xlsx(), *keeps, keeps_code=("Δήμος  Θήρας",))
    yield good("keeps-by-username.csv", text(), *keeps, keeps_code=("012345678901",))
    yield good(
        "contact-us-marked.csv", text(thira(F="contact-us")), THIRA_READ.replace("|new", "|contact-us"), CHIOS_READ
    )
    yield bad("unknown-status.xlsx", xlsx(thira(F="ίσως")), "F2", "unknown status")
    yield bad("new-without-email.xlsx", xlsx(thira(E="", F="new")), "F2", "no e-mail")
    yield bad("keeps-nobody.xlsx", xlsx(), "keeps_code", "no agency", keeps_code=("Δήμος Θύρας",))
    namesake = [*TWO, replaced(THIRA, B="212345678903")]
    yield bad("keeps-two.xlsx", xlsx(namesake), "keeps_code", "2 agencies", keeps_code=("Δήμος Θήρας",))
    yield bad("keeps-and-new.xlsx", xlsx(thira(F="new")), "F2", "says otherwise", keeps_code=("012345678901",))


def write_all(folder: Path) -> tuple[tuple[Path, Sample], ...]:
    """Writes every sample into the folder."""
    made = []
    for sample in samples():
        path = folder / sample.name
        path.write_bytes(sample.data)
        made.append((path, sample))
    return tuple(made)


def main() -> None:
    """Write the samples into the folder that the command names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_all(folder)


if __name__ == "__main__":
    main()
