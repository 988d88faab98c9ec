"""Makes the sample's annex out of public names: ``python tests/support/make_sample.py``.

The bodies' names are those of the public registers; user names and addresses are invented. The same bytes come out
every time. A password file for the sample is made where there is none: its codes are random and thrown away.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import secrets
import sys
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from site_src.language.greek import to_latin  # noqa: E402 (found only once the path is set)

NAMES = ROOT / "tests" / "data" / "agencies.csv"
SAMPLE = ROOT / "content" / "sample" / "2020-11-access-codes"

KEEPS = ("Δήμος Καντάνου - Σελίνου", "Δήμος Ηγουμενίτσας", "Δήμος Ήλιδας")
NO_CONTACT = ("Δήμος Σικίνου", "Αποκεντρωμένη Διοίκηση Θεσσαλίας - Στερεάς Ελλάδας")
SHEETS = {
    "decentralised_administration": "ΑΠΟΚΕΝΤΡΩΜΕΝΕΣ ΔΙΟΙΚΗΣΕΙΣ",
    "region": "ΠΕΡΙΦΕΡΕΙΕΣ",
    "municipality": "ΔΗΜΟΙ",
    "legal_entity": "ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ",
}
COLUMNS = {  # header and width in characters
    "Α/Α": 6,
    "Κωδικός φορέα (όνομα χρήστη)": 18,
    "Επωνυμία φορέα": 60,
    "Εποπτεύων φορέας": 44,
    "E-mail υπεύθυνου επικοινωνίας": 52,
    "Παρατηρήσεις": 44,
}
HEADER_ROW = 4
NO_AGENCY = "portal-admin"  # a user of the portal who is no agency: his line stays
FIXED = datetime(2020, 11, 17, 9, 0)  # noqa: DTZ001 (a spreadsheet's dates have no zone)
HOST_LONGEST = 40
BCRYPT_COST = 5  # as the codes are random; and the build reads this file often


@dataclass(frozen=True)
class Row:
    """One body as the annex shows it."""

    username: str
    name: str
    parent: str
    emails: str
    notes: str


def read_rows() -> dict[str, list[Row]]:
    """Return the bodies of each level, in the registers' order."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        bodies = list(csv.DictReader(file))
    hosts = _hosts(body["name_el"] for body in bodies)
    rows: dict[str, list[Row]] = {level: [] for level in SHEETS}
    for body, host in zip(bodies, hosts, strict=True):
        rows[body["level"]].append(_row(body, host))
    return rows


def _row(body: dict[str, str], host: str) -> Row:
    name = body["name_el"]
    chance = int.from_bytes(hashlib.sha256(f"thyrida sample {'/'.join(body.values())}".encode()).digest())
    notes = "Διατηρεί τον κωδικό του" if name in KEEPS else ""
    if name in NO_CONTACT:
        return Row(
            f"{chance % 10**12:012d}", name, body["parent_name_el"], "", "Δεν έχει δηλωθεί υπεύθυνος επικοινωνίας"
        )
    return Row(f"{chance % 10**12:012d}", name, body["parent_name_el"], _emails(host, chance >> 64), notes)


def _emails(host: str, chance: int) -> str:
    """Return one address, or two or three for some, with separators of real annexes."""
    boxes = ["prosopiko", "dioikitiko", "grammateia"][: 1 + (chance % 5 == 0) + (chance % 20 == 0)]
    return ("; ", ", ", "\n")[chance % 3].join(f"{box}@{host}" for box in boxes)


def _hosts(names: Iterable[str]) -> Iterator[str]:
    """Yield an invented domain for each name, each a different one."""
    taken: dict[str, int] = {}
    for name in names:
        host = re.sub(r"[^a-z0-9]+", "-", to_latin(name))[:HOST_LONGEST].strip("-")
        taken[host] = taken.get(host, 0) + 1
        yield f"{host}-{taken[host]}.example" if taken[host] > 1 else f"{host}.example"


def make_annex() -> bytes:
    """Return the sample's annex as an .xlsx file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Thyrida"
    book.properties.created = FIXED
    for level, rows in read_rows().items():
        _fill(book.create_sheet(SHEETS[level]), SHEETS[level], rows)
    file = io.BytesIO()
    book.save(file)
    return _without_clock(file.getvalue())


def _fill(sheet: Worksheet, title: str, rows: list[Row]) -> None:
    last = chr(ord("A") + len(COLUMNS) - 1)
    for number, text in ((1, "ΠΑΡΑΡΤΗΜΑ"), (2, f"Φορείς και υπεύθυνοι επικοινωνίας: {title}")):
        sheet.merge_cells(f"A{number}:{last}{number}")
        sheet.cell(number, 1, text).font = Font(bold=True, size=14 if number == 1 else 12)
    for column, (header, width) in enumerate(COLUMNS.items(), start=1):
        cell = sheet.cell(HEADER_ROW, column, header)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DCE6F1")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = Border(bottom=Side(style="thin"))
        sheet.column_dimensions[cell.column_letter].width = width
    for number, row in enumerate(rows, start=1):
        values: tuple[int | str, ...] = (number, row.username, row.name, row.parent, row.emails, row.notes)
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(HEADER_ROW + number, column, value or None)
            cell.number_format = "0" if column == 1 else "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{HEADER_ROW + len(rows)}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _without_clock(book: bytes) -> bytes:
    """Return the same file without the time it was made, uncompressed, so that it is the same on every machine."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + f"{FIXED:%Y-%m-%dT%H:%M:%SZ}".encode(), data
                )
            part = zipfile.ZipInfo(name, date_time=FIXED.timetuple()[:6])
            part.create_system, part.external_attr = 3, 0o644 << 16
            target.writestr(part, data)
    return file.getvalue()


def make_passwords() -> str:
    """Return password lines for the bodies that keep their code and one user more; nobody knows the codes."""
    import bcrypt

    users = [row.username for rows in read_rows().values() for row in rows if row.name in KEEPS]
    lines = [
        f"{user}:"
        + bcrypt.hashpw(secrets.token_urlsafe(24).encode(), bcrypt.gensalt(BCRYPT_COST))
        .decode()
        .replace("$2b$", "$2y$", 1)
        for user in [*users, NO_AGENCY]
    ]
    about = "# The sample's stand-in for the server's password file. The codes were random and nobody knows them."
    return "\n".join([about, *lines]) + "\n"


def main() -> None:
    """Write the annex, and the password file where there is none."""
    SAMPLE.mkdir(parents=True, exist_ok=True)
    (SAMPLE / "annex.xlsx").write_bytes(make_annex())
    passwords = SAMPLE / "current.htpasswd"
    if not passwords.exists():
        passwords.write_bytes(make_passwords().encode())


if __name__ == "__main__":
    main()
