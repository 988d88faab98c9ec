"""Takes the guides' pictures of what staff see: the terminal, the marked annex, the letter, the report, the desk."""

from __future__ import annotations

import html
import io
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, cast

import openpyxl
import pypdfium2
from openpyxl.utils.cell import get_column_letter
from PIL import ImageOps

from site_src.commands.screen import STYLES
from site_src.folders import archive_path
from site_src.language.say import USUAL_CALL, WINDOWS_CALL, say, speak
from site_src.make.archives import unseal
from site_src.pipeline.build import check
from site_src.problems import Problems
from site_src.read.agency import Status
from site_src.report.reporting import count, write
from tests.support.desk_pictures import desk_pictures
from tests.support.small_site import SmallSite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet
    from playwright.sync_api import Browser

    from site_src.folders import Folders
    from site_src.read.agency import Agency

ROOT = Path(__file__).resolve().parent.parent.parent
TERMINAL = Template("""<!doctype html><meta charset="utf-8"><style>
body{margin:0;background:#c9d3de;padding:18px 22px}
.bar{background:#333;color:#fff;font:14px "Segoe UI","Liberation Sans",sans-serif;height:40px;display:flex}
.tab{background:#0c0c0c;margin:7px 0 0 8px;padding:8px 14px 0;border-radius:7px 7px 0 0;width:230px}
.buttons{margin-left:auto;padding:10px 18px 0;font-size:15px;word-spacing:26px}
pre{margin:0;background:#0c0c0c;color:#ddd;padding:10px 14px 16px;white-space:pre-wrap;
font:15px/1.42 "Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace}
.typed{color:#fff}.bold{font-weight:bold}.red{color:#e74856}.magenta{color:#b4009e}</style>
<div class="bar"><div class="tab">C:\\Windows\\System32\\cmd.exe</div><div class="buttons">– ☐ ✕</div></div><pre>
Microsoft Windows [Version 10.0.22631.4460]
(c) Microsoft Corporation. Με επιφύλαξη κάθε νόμιμου δικαιώματος.

C:\\Users\\maria\\Documents\\thyrida&gt;<span class="typed">py build.py check</span>
$answer

C:\\Users\\maria\\Documents\\thyrida&gt;█</pre>""")
WORKBOOK = Template("""<!doctype html><meta charset="utf-8"><style>
body{margin:0;background:#fff;font:14px Calibri,Carlito,"Liberation Sans",sans-serif;width:1080px;overflow:hidden}
table{border-collapse:collapse;table-layout:fixed;width:0}
th,td{border:1px solid #d4d4d4;height:22px;padding:0 4px;overflow:hidden;white-space:nowrap;text-overflow:clip}
th{background:#e9ecef;color:#444;font-weight:normal;text-align:center}
td.marked{position:relative}td.marked::after{content:"";position:absolute;right:0;top:0;border:4px solid;
border-color:#c00 #c00 transparent transparent}
.note{position:absolute;background:#ffffe1;border:1px solid #777;padding:6px 8px;width:340px;white-space:pre-wrap}
.sheets{background:#e9ecef;padding:0 34px;height:30px}
.sheets span{display:inline-block;padding:6px 14px 5px;color:#444}
.sheets .shown{background:#fff;color:#107c41;font-weight:bold}</style>
<table>$grid</table><div class="sheets">$sheets</div><div class="note">$note</div>
<script>const cell = document.getElementById("noted").getBoundingClientRect()
const note = document.querySelector(".note").style
note.left = cell.right + 14 + "px"
note.top = cell.top - 8 + "px"</script>""")
WIDTH = 1080
SHEET_HEIGHT = 424
ROWS_SHOWN = 16
COLUMNS_SHOWN = 6
CHARACTER, WIDEST = 7, 26  # pixels of a character in a spreadsheet; characters of a column in the picture
LETTER_SCALE = 1.6  # pixels of a letter's picture for each point
LETTER_FRAME = "#8a949e"
REPORTED = date(2020, 11, 27)
COLLECTED = 0.7  # of all agencies, in the report's picture
LINE = '10.0.0.1 - {user} [{time}] "GET /files/{slug}/{user}/{user}.zip HTTP/1.1" 200 40000 "-" "{browser}"\n'
BROWSERS = ("Mozilla/5.0 (Windows NT 10.0) Chrome/86.0 Safari/537.36", "Mozilla/5.0 (X11) Gecko/20100101 Firefox/83.0")


def staff_pictures(
    browser: Browser, folders: Folders, agency: Agency, work: Path, scale: int
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of each picture of a built site; ``work`` is a folder to use up."""
    slug = next(path.parent.name for path in folders.content.glob("*/annex.xlsx"))
    wrong, right, log = SmallSite(work / "mistaken"), SmallSite(work / "right"), work / "access.log"
    _add_mistakes(shutil.copytree(folders.content, wrong.folders.content), slug)
    shutil.copytree(folders.content, right.folders.content)
    report = work / "problems.xlsx"
    yield "terminal", _shot(browser, TERMINAL.substitute(answer=_coloured(_check(wrong.folders))), 0, scale)
    _check(wrong.folders, f"--report={report}")
    yield "marked", _shot(browser, _workbook(report), SHEET_HEIGHT, scale)
    yield "letter", _letter(folders, agency, slug)
    yield "report", _shot(browser, _report(folders, log, slug), 900, scale)
    yield from desk_pictures(browser, wrong, right, log, agency.username)


def _shot(browser: Browser, page_text: str, height: int, scale: int) -> bytes:
    """Return a picture of a page, of all of it if no height is given."""
    page = browser.new_page(locale="el-GR", device_scale_factor=scale, viewport={"width": WIDTH, "height": height or 1})
    page.set_content(page_text)
    picture = page.screenshot(full_page=not height)
    page.close()
    return picture


def _add_mistakes(content: Path, slug: str) -> None:
    """Make slips of three kinds: a Greek letter in an address, lost zeros, and a user name twice."""
    path = content / slug / "annex.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]
    codes = [
        cell for row in sheet.iter_rows() for cell in row if str(cell.value).isdecimal() and len(str(cell.value)) == 12
    ]
    addresses = [cell for row in sheet.iter_rows() for cell in row if "o" in str(cell.value) and "@" in str(cell.value)]
    codes[3].value = 1234567890
    codes[8].value = codes[7].value
    addresses[5].value = str(addresses[5].value).replace("o", "ο", 1)
    book.save(path)


def _check(folders: Folders, *options: str) -> str:
    line = [sys.executable, str(ROOT / "build.py"), "check", "--lang=el", f"--content={folders.content}", *options]
    return subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8").stdout.strip()


def _coloured(answer: str) -> str:
    """Return an answer as a terminal of Windows shows it."""
    speak("el")
    styles, lines = {say(words, text="", hint="").rstrip(): style for words, style in STYLES.items()}, []
    for line in answer.replace(USUAL_CALL, WINDOWS_CALL).splitlines():
        start = next(filter(line.startswith, styles), "")
        shown, rest = html.escape(start), html.escape(line.removeprefix(start))
        lines.append(f'<span class="{styles.get(start, "")}">{shown}</span>{rest}')
    return "\n".join(lines)


def _workbook(path: Path) -> str:
    """Return the last sheet as a spreadsheet program shows it, with the comment of its first marked cell."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]
    noted, note = next((cell.coordinate, cell.comment) for row in sheet.iter_rows() for cell in row if cell.comment)
    titles = (f'<span class="{"shown" if each is sheet else ""}">{html.escape(each.title)}</span>' for each in book)
    grid = "".join(_rows(sheet, noted))
    return WORKBOOK.substitute(grid=grid, sheets="".join(titles), note=html.escape(note.text))


def _rows(sheet: Worksheet, noted: str) -> Iterator[str]:
    letters = [get_column_letter(number) for number in range(1, COLUMNS_SHOWN + 1)]
    widths = [min(sheet.column_dimensions[letter].width, WIDEST) * CHARACTER + CHARACTER for letter in letters]
    yield '<col width="34">' + "".join(f'<col width="{width}">' for width in widths)
    yield "<tr><th></th>" + "".join(f"<th>{letter}</th>" for letter in letters) + "</tr>"
    for number in range(1, ROWS_SHOWN + 1):
        cells = [cast("Cell", sheet.cell(number, column)) for column in range(1, COLUMNS_SHOWN + 1)]  # none is merged
        yield f"<tr><th>{number}</th>" + "".join(_cells(cells, noted)) + "</tr>"


def _cells(cells: Sequence[Cell], noted: str) -> Iterator[str]:
    """Yield a row's cells with their marks; a long text runs on over the cell beside it where that one is empty."""
    covered = False
    for cell, beside in zip(cells, [*cells[1:], None], strict=True):
        if covered:
            covered = False
            continue
        text = str(cell.value or "")
        covered = len(text) > WIDEST and beside is not None and not beside.value and not cell.comment
        fill = f"background:#{cell.fill.fgColor.rgb[2:]};" if cell.fill.fill_type else ""
        weight = "font-weight:bold" if cell.font.bold else ""
        name = ' id="noted"' if cell.coordinate == noted else ""
        marked = ' class="marked"' if cell.comment else ""
        yield f'<td{name}{marked} colspan="{1 + covered}" style="{fill}{weight}">{html.escape(text)}</td>'


def _today() -> date:
    return date(2020, 11, 20)


def _letter(folders: Folders, agency: Agency, slug: str) -> bytes:
    """Return the first page of an agency's letter, as it comes out of its archive."""
    archive = archive_path(folders.out / "files" / slug, agency.username).read_bytes()
    (letter,) = next(found for email in agency.emails if (found := unseal(archive, email)))
    page = pypdfium2.PdfDocument(letter.content)[0].render(scale=LETTER_SCALE).to_pil()
    picture = io.BytesIO()
    ImageOps.expand(page, border=1, fill=LETTER_FRAME).save(picture, "PNG")
    return picture.getvalue()


def _report(folders: Folders, log: Path, slug: str) -> str:
    """Return the report on a log in which most agencies collect, more on some days than on others."""
    inputs, _ = check(folders, _today(), slug)
    agencies = [each for campaign in inputs.campaigns for each in campaign.with_status(Status.NEW)]
    log.write_text("".join(_visits(agencies, slug)), encoding="utf-8")
    found = count(inputs, [log], folders, REPORTED, Problems())
    write(found, inputs)
    return found.page.read_text(encoding="utf-8")


def _visits(agencies: list[Agency], slug: str) -> Iterator[str]:
    first = datetime(2020, 11, 17, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    for number, agency in enumerate(agencies):
        turn = (number * 7919) % 1000 / 1000  # scattered, and the same each time
        if turn < COLLECTED:
            time = first + timedelta(days=round(10 * (turn / COLLECTED) ** 2), minutes=number % 240)
            told = time.strftime("%d/%b/%Y:%H:%M:%S %z")
            yield LINE.format(user=agency.username, time=told, slug=slug, browser=BROWSERS[number % 2])
