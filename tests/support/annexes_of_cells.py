"""Annexes by what a cell holds: user names, addresses, links, values and statuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import xlwt

from tests.support.annex_formats import SHEET, edited, formatted, linked, ods, ods_cell, text, with_cached, xls, xlsx
from tests.support.annex_table import (
    BOTH,
    CHIOS_READ,
    THIRA,
    THIRA_READ,
    TWO,
    WARNING,
    Sample,
    bad,
    good,
    replaced,
    thira,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def usernames() -> Iterator[Sample]:
    """Yield what spreadsheets make of twelve digits."""
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
    yield bad("greek-digits.csv", text(thira(B="٠١٢٣٤٥٦٧٨٩٠١")), "B2", "not a user name")
    yield bad("letters.csv", text(thira(B="01234567890O")), "B2", "nothing else")
    yield bad("username-missing.xlsx", xlsx(thira(B="")), "B2", "no user name", agencies=(CHIOS_READ,))
    yield bad("username-twice.xlsx", xlsx([*TWO, replaced(THIRA, C="Δήμος Ιητών")]), "B4", "ΔΗΜΟΙ!B2", agencies=BOTH)
    yield bad("boolean.xlsx", xlsx(thira(B=True)), "B2", "true/false")
    yield bad("date.xlsx", xlsx(thira(B=44000), formatted("B2", "dd/mm/yyyy")), "B2", "date")
    off = ((WARNING, "B2", "removed"),)
    yield good("no-break-space.xlsx", xlsx(thira(B="\u00a0012345678901")), problems=off)
    yield good("apostrophe.csv", text(thira(B="'012345678901")), problems=off)
    yield good("grouped-digits.ods", ods(thira(B="012 345 678 901")), problems=off)


def emails() -> Iterator[Sample]:
    """Yield addresses, which are passwords."""

    def read(addresses: str) -> tuple[str, str]:
        return THIRA_READ.replace("thira@dimos.example", addresses), CHIOS_READ

    yield good(
        "addresses.xlsx",
        xlsx(thira(E="A@b.example / c@d.example\ne@f.example")),
        *read("A@b.example;c@d.example;e@f.example"),
    )
    question_mark = "\u037e"
    yield good(
        "greek-question-mark.csv",
        text(thira(E=f"a@b.example{question_mark} c@d.example")),
        *read("a@b.example;c@d.example"),
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
    yield bad("too-narrow-name.csv", text(thira(C="########")), "C2", "too narrow")
    yield bad("too-narrow-parent.csv", text(thira(D="####")), "D2", "too narrow")
    yield bad("address-in-name.csv", text(thira(C="Δήμος Θήρας thira@dimos.example")), "C2", "the name holds an e-mail")
    yield bad("address-in-parent.xlsx", xlsx(thira(D="chios@dimos.example")), "D2", "agency holds an e-mail")
    yield bad("no-address.csv", text(thira(E="δεν έχει")), "E2", "no address at all")
    yield bad("dash.csv", text(thira(E="-")), "E2", "no address at all")
    yield bad("half-address.csv", text(thira(E="thira@dimos")), "E2", "no dot")
    yield bad("two-ats.csv", text(thira(E="thira@@dimos.example")), "E2", 'two "@"')
    yield bad("long-address.csv", text(thira(E="a" * 90 + "@dimos.example")), "E2", "104 bytes")
    yield bad("words-beside.csv", text(thira(E="thira@dimos.example (νέο)")), "E2", "no e-mail address")
    idn = (WARNING, "E2", "few addresses have")
    yield good("greek-domain.csv", text(thira(E="info@δήμος.example")), *read("info@δήμος.example"), problems=(idn,))
    yield good(
        "no-contact.csv", text(thira(E="")), THIRA_READ.replace("thira@dimos.example|new", "|contact-us"), CHIOS_READ
    )


def links() -> Iterator[Sample]:
    """Yield links that lead elsewhere than the cell shows."""
    address = "thira@dimos.example"
    yield good("same-link.xlsx", xlsx(change=linked("E2", f"mailto:{address}?subject=x")))
    yield bad("other-link.xlsx", xlsx(change=linked("E2", "mailto:old@dimos.example")), "E2", "old@dimos.example")
    yield bad("bare-link.xlsx", xlsx(change=linked("E2", "old@dimos.example")), "E2", "old@dimos.example")
    yield bad("other-case.xlsx", xlsx(change=linked("E2", "mailto:Thira@dimos.example")), "E2", "capital and small")
    yield bad("link-alone.xlsx", xlsx(thira(E="e-mail"), linked("E2", f"mailto:{address}")), "E2", "shows no address")
    emptied = edited(xlsx(change=linked("E2", f"mailto:{address}")), SHEET, without_e2)
    yield bad("link-on-nothing.xlsx", emptied, "E2", "shows no address")
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


def without_e2(xml: bytes, instead: bytes = b"") -> bytes:
    """Return a sheet without its cell E2, or with another in its place."""
    return re.sub(rb'<c r="E2".*?</c>', instead, xml)


def values() -> Iterator[Sample]:
    """Yield error values, formulas and names."""
    for name, letter in (("username", "B"), ("name", "C"), ("parent", "D"), ("email", "E"), ("notes", "G")):
        yield bad(f"error-{name}.xlsx", xlsx(thira(**{letter: "#REF!"})), f"{letter}2", "error value")
    yield bad("error-email.csv", text(thira(E="#ΤΙΜΗ!")), "E2", "error value")
    yield bad("error-email.xls", xls(thira(E=xlwt.Formula("1/0")), error_in_e2), "E2", "error value")
    broken = ods_cell("#ΑΝΑΦ!", 'table:formula="of:=#REF!" office:value-type="string" calcext:value-type="error"')
    yield bad("error-email.ods", ods(thira(E=broken)), "E2", "error value")
    yield bad("uncalculated.xlsx", xlsx(thira(B="=1+1")), "B2", "formula without a value")
    of_text = edited(xlsx(), SHEET, lambda xml: without_e2(xml, b'<c r="E2" t="str"><f>A1</f></c>'))
    yield bad("uncalculated-text.xlsx", of_text, "E2", "formula without a value")
    uncalculated = '<table:table-cell table:formula="of:=[.A1]"/>'
    yield bad("uncalculated.ods", ods(thira(E=uncalculated)), "E2", "formula without a value")
    for letter in "BE":
        formula = xls(thira(**{letter: xlwt.Formula('C2&""')}))
        yield bad(f"uncalculated-{letter}.xls", formula, f"{letter}2", "formula without a value")
    cached = with_cached(xlsx(thira(B="=900000000000+12345678901")), "912345678901")
    yield good("calculated.xlsx", cached, THIRA_READ.replace("012345678901", "912345678901"), CHIOS_READ)
    odd = 'Δήμος  "Θήρας"\n<<ΘΕΣΣΑΛΩΜΑ>> Α/Β'
    name = 'Δήμος "Θήρας" <<ΘΕΣΣΑΛΩΜΑ>> Α/Β'
    yield good("odd-name.xlsx", xlsx(thira(C=odd)), THIRA_READ.replace("Δήμος Θήρας", name), CHIOS_READ)
    yield bad("no-name.xlsx", xlsx(thira(C="")), "C2", "no name")
    yield bad("ditto-mark.csv", text(thira(C="-»-")), "C2", "no name")
    yield bad("control-in-name.csv", text(thira(C="Δήμος\x07Θήρας")), "C2", "control character")


def alone() -> Iterator[Sample]:
    """Yield cells of .ods whose value is in an attribute alone, without a paragraph; and escapes of .xlsx."""

    def cell(attributes: str) -> str:
        return f"<table:table-cell {attributes}/>"

    address = cell('office:value-type="string" office:string-value="thira@dimos.example"')
    yield good("address-alone.ods", ods(thira(E=address)))
    username = cell('office:value-type="float" office:value="912345678901"')
    read = THIRA_READ.replace("012345678901", "912345678901")
    yield good("username-alone.ods", ods(thira(B=username)), read, CHIOS_READ)
    keeps = cell('office:value-type="string" office:string-value="keeps"')
    yield good("status-alone.ods", ods(thira(F=keeps)), THIRA_READ.replace("|new", "|keeps"), CHIOS_READ)
    for name, attributes in (
        ("date", 'office:value-type="date" office:date-value="2020-11-30"'),
        ("time", 'office:value-type="time" office:time-value="PT10H20M30S"'),
        ("percentage", 'office:value-type="percentage" office:value="0.25"'),
        ("currency", 'office:value-type="currency" office:currency="EUR" office:value="12.5"'),
    ):
        yield bad(f"{name}-alone.ods", ods(thira(G=cell(attributes))), "G2", "without the text that shows it")
    truth = cell('office:value-type="boolean" office:boolean-value="true"')
    yield bad("boolean-alone.ods", ods(thira(E=truth)), "E2", "true/false")
    read = THIRA_READ.replace("thira@", "thira_x0041_@")
    yield good("escaped.xlsx", xlsx(thira(E="thira_x005F_x0041_@dimos.example")), read, CHIOS_READ)


def error_in_e2(sheet: Any) -> None:  # noqa: ANN401 (xlwt has no types)
    """Write the error value of a division by zero."""
    sheet.row(1).set_cell_error(4, "#DIV/0!")


def statuses() -> Iterator[Sample]:
    """Yield agencies that get a code, keep theirs or must call."""
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
