"""Annexes as files: formats and encodings, files that exhaust a machine, and files of another kind than their name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.annex_formats import (
    ODS_MANIFEST,
    ODS_TYPE,
    SHEET,
    compound,
    edited,
    joined,
    ods,
    ods_of,
    package,
    strict_of,
    text,
    with_filepass,
    with_shared_sector,
    xls,
    xlsx,
)
from tests.support.annex_table import (
    CHIOS,
    CHIOS_READ,
    HEADER,
    THIRA,
    THIRA_READ,
    WARNING,
    Sample,
    bad,
    good,
    replaced,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def formats() -> Iterator[Sample]:
    """Yield the table as it should be, in each format and encoding."""
    yield good("plain.xlsx", xlsx())
    yield good("strict.xlsx", strict_of(xlsx()))
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
    """Yield files that are made to exhaust a machine, and harmless ones that look like them.

    Those that are read up to a limit first are in tests/read/annex/test_limits.py, which reads them once.
    """
    dtd = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    after_declaration = re.compile(rb"^(<\?xml[^>]*\?>)?")

    def with_dtd(xml: bytes) -> bytes:
        return after_declaration.sub(lambda found: found[0] + dtd, xml, count=1)

    def wide(xml: bytes) -> bytes:
        return re.sub(rb"^<\?xml[^>]*\?>", b"", xml).decode().encode("utf-16")

    yield bad("xml-bomb.xlsx", edited(xlsx(), SHEET, with_dtd), "", "XML bomb")
    yield bad("xml-bomb.ods", edited(ods(), "content.xml", with_dtd), "", "XML bomb")
    yield bad("wide-xml.xlsx", edited(xlsx(), SHEET, wide), "", "encoding")
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    yield good("far-cell.xlsx", edited(xlsx(), SHEET, lambda xml: xml.replace(b"</sheetData>", far + b"</sheetData>")))
    yield good(
        "usual-end.ods",
        ods(
            after='<table:table-row table:number-rows-repeated="1048573">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        ),
    )


def companions() -> Iterator[Sample]:
    """Yield workbooks with parts that are not read, and would be refused if they were."""
    query = '<?xml version="1.0" encoding="utf-16"?><DataMashup>AAAA</DataMashup>'.encode("utf-16")
    yield good("power-query.xlsx", joined(xlsx(), {"customXml/item1.xml": query}))
    logo = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>'
    yield good("svg-logo.xlsx", joined(xlsx(), {"xl/media/image1.svg": logo}))
    # A JPEG whose segments APP13 (Photoshop's) and APP1 (XMP) hold a piece of XML each.
    segment = b'<!DOCTYPE x [<!ENTITY ns "a">]>'
    marked = b"".join(b"\xff" + kind + (len(segment) + 2).to_bytes(2, "big") + segment for kind in (b"\xed", b"\xe1"))
    yield good("photoshop-logo.xlsx", joined(xlsx(), {"xl/media/image1.jpeg": b"\xff\xd8" + marked + b"\xff\xd9"}))
    macro = '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd"><x/>'
    yield good("macro.ods", joined(ods(), {"Basic/Standard/Module1.xml": macro}))
    yield good("large-photo.xlsx", joined(xlsx(), {"xl/media/image1.bmp": bytes(60 * 2**20)}))
    yield good("large-photo.ods", joined(ods(), {"Pictures/1.bmp": bytes(60 * 2**20)}))


def strange_files() -> Iterator[Sample]:
    """Yield files that are damaged, locked, or of another kind than their names."""
    yield bad("empty.xlsx", b"", "", "empty")
    for name, data in (("xlsx", xlsx()[:3000]), ("xls", xls()[:2000]), ("ods", ods()[:500])):
        yield bad(f"truncated.{name}", data, "", "cannot be read by Thyrida")
    yield bad("noise.csv", bytes(range(256)) * 4, "", "not text")
    yield bad("no-greek.csv", text() + b"\xff\xd2\xaa", "", "not text")
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
    yield bad("numbers.xlsx", package({"Index/Document.iwa": b"x"}), "", "Numbers")
    yield good("faulty-tables.xls", with_shared_sector(xls()), problems=((WARNING, "", "contradict each other"),))
    wrong = (WARNING, "", "though its name ends in")
    yield good("really-xlsx.xls", xlsx(), problems=(wrong,))
    yield good("really-text.xls", text(delimiter="\t"), problems=(wrong,))
