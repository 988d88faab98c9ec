"""Annexes by layout: headers, titles, sections, merged cells, and what is hidden."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from tests.support.annex_formats import cell_of, ods, ods_cell, saved, text, xls, xlsx
from tests.support.annex_table import (
    BOTH,
    CHIOS,
    CHIOS_READ,
    ERROR,
    HEADER,
    THIRA,
    THIRA_READ,
    TWO,
    WARNING,
    Sample,
    bad,
    good,
    replaced,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.worksheet.worksheet import Worksheet


def layouts() -> Iterator[Sample]:
    """Yield tables with other headers, titles, sections, merges, and hidden parts."""
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
    yield bad("unknown-header.xlsx", xlsx([unknown, THIRA[:5], CHIOS[:5]]), "", "no column for the user name")
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
    yield from strays()
    nothing = ((ERROR, "", "no agencies"), (WARNING, "", "no agency below"))
    yield Sample(name="header-only.xlsx", data=xlsx([HEADER]), problems=nothing, agencies=())
    yield good("blank-rows.ods", ods([(), HEADER, (), THIRA, (), (), CHIOS]))
    yield good("repeated-header.xlsx", xlsx([("ΠΑΡΑΡΤΗΜΑ",), HEADER, THIRA, ("ΠΑΡΑΡΤΗΜΑ",), HEADER, CHIOS]))
    yield good("total-row.xlsx", xlsx([*TWO, ("", "ΣΥΝΟΛΟ", "2"), ("3",)]))
    yield from sections()
    yield from hidden()
    yield from merged()


def strays() -> Iterator[Sample]:
    """Yield addresses beside the column of addresses."""
    header = ("Όνομα χρήστη", "Επωνυμία φορέα", "E-mail", "", "Mail 2ου υπευθύνου", "E-mail εποπτεύοντος")
    agency = ("012345678901", "Δήμος Θήρας")
    read = "012345678901|Δήμος Θήρας|municipality||"
    kinds = (WARNING, "C1", 'E1 ("Mail 2ου υπευθύνου")')
    yield good(
        "stray-address.xlsx",
        xlsx([header, (*agency, "", "a@dimos.example", "b@dimos.example", "c@aigaio.example")]),
        f"{read}b@dimos.example|new",
        problems=(kinds, (WARNING, "D2", "column D is not read for addresses")),
    )
    alone = xlsx([header, (*agency, "", "a@dimos.example", "", "c@aigaio.example")])
    yield Sample(name="stray-alone.xlsx", data=alone, problems=((ERROR, "D2", "would lose its code"), kinds))
    yield good(
        "cut-field.csv",
        ";".join(header[:3]).encode() + "\n012345678901;Δήμος Θήρας;a@dimos.example;b@dimos.example\n".encode(),
        f"{read}a@dimos.example|new",
        problems=((WARNING, "D2", "fields beyond the last one"),),
    )


def sections() -> Iterator[Sample]:
    """Yield rows of one filled cell, and sheets, that name the group."""
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
    """Yield hidden rows, columns and sheets, which are read and reported."""

    def hide_row(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    def hide_column(sheet: Worksheet) -> None:
        sheet.column_dimensions["E"].hidden = True

    def hide_xls_row(sheet: Any) -> None:  # noqa: ANN401 (xlwt has no types)
        sheet.row(2).hidden = True

    yield good("hidden-row.xlsx", xlsx(change=hide_row), problems=((WARNING, "", "row 3"),))
    yield good("hidden-row.xls", xls(change=hide_xls_row), problems=((WARNING, "", "row 3"),))
    filtered = ods(
        (HEADER, THIRA),
        after="".join(['<table:table-row table:visibility="filter">', *map(cell_of, CHIOS), "</table:table-row>"]),
    )
    yield good("filtered-row.ods", filtered, problems=((WARNING, "", "row 3"),))
    yield good("hidden-column.xlsx", xlsx(change=hide_column), problems=((WARNING, "", "column E"),))
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
    """Yield merged cells, which are filled down and across."""
    parent = "Περιφέρεια Αιγαίου"
    rows = [HEADER, replaced(THIRA, D=parent), replaced(CHIOS, D="")]
    both = tuple(re.sub(r"Περιφέρεια [^|]*", parent, line) for line in BOTH)
    yield good("merged-parent.xlsx", xlsx(rows, lambda sheet: sheet.merge_cells("D2:D3")), *both)
    yield good("merged-parent.xls", xls(rows, lambda sheet: sheet.merge(1, 2, 3, 3)), *both)
    spanned = ods_cell(parent, 'table:number-rows-spanned="2" office:value-type="string"')
    covered = "<table:covered-table-cell/>"
    yield good("merged-parent.ods", ods([HEADER, replaced(THIRA, D=spanned), replaced(CHIOS, D=covered)]), *both)
    across = ods_cell(parent, 'table:number-columns-spanned="2" office:value-type="string"')
    hidden = ods_cell("thira@dimos.example").replace("table:table-cell", "table:covered-table-cell")
    kept = ods([HEADER, replaced(THIRA, D=across, E=hidden), CHIOS])
    yield bad("covered-address.ods", kept, "E2", "a text that a merged cell covers")

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
    wide = ("Όνομα χρήστη", "", "Επωνυμία φορέα", "E-mail")
    row = ("012345678901", "b@dimos.example", "Δήμος Θήρας", "a@dimos.example")
    widened = xlsx([wide, row], lambda sheet: sheet.merge_cells("A1:B1"))
    yield bad("merged-username-header.xlsx", widened, "B2", "second cell")
