"""The spreadsheet of ``check --report``, for staff alone: all problems, then the annex with its bad cells marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CORE

from site_src.commands.messages import problem_counts
from site_src.files.private import put_private, write_private
from site_src.files.workbooks import AUTHOR, SHEET_TITLE_MAX, new_workbook, saved, writable, write_text
from site_src.folders import Folders, is_within
from site_src.language.say import say
from site_src.problems import MachineError, Place, Problem, Problems, UsageError, by_remedy, count_errors, visible
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import Sheet
from site_src.read.content.campaign_folder import annexes_in, campaign_folders, open_documents
from site_src.read.content.enclosures import office_part

LIST_WIDTHS = (6, 16, 34, 36, 60, 60)  # characters, by column
LIST_HEADER_ROW = 3
WIDTH_LEAST, WIDTH_MOST = 8, 60  # characters of a column of the annex
COLUMN_MOST = 16_384  # Excel's limit
ROW_MOST = 1_048_576  # Excel's limit
COMMENT_SIZE = (200, 360)  # pixels: height and width

# Who saved a report last, among its document properties: Excel and LibreOffice put in their user, whose changes stay.
LAST_AUTHOR = "Thyrida check --report"

# The styles of cells by name: openpyxl gives a cell a named one much faster than its parts. A mark is a colour and a
# shape of letters, for readers who cannot tell the colours apart.
HEADER, PLAIN, LINK, ERROR, WARNING = (f"Thyrida {name}" for name in ("header", "plain", "link", "error", "warning"))
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_STYLES: dict[str, dict[str, Any]] = {
    HEADER: {"font": Font(bold=True)},
    PLAIN: {"alignment": _WRAPPED},
    LINK: {"alignment": _WRAPPED, "font": Font(color="0563C1", underline="single")},
    ERROR: {"alignment": _WRAPPED, "font": Font(bold=True), "fill": PatternFill("solid", fgColor="FFC7CE")},
    WARNING: {"alignment": _WRAPPED, "font": Font(italic=True), "fill": PatternFill("solid", fgColor="FFEB9C")},
}

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NO_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")  # characters that Excel refuses in a sheet's title
TITLE_END = 3  # characters left free for the number that openpyxl adds to a title that is taken


def campaign_to_report(path: Path, folders: Folders, asked: str) -> Path:
    """Return the folder of the campaign that is asked for, or of the only one.

    Raises UsageError where there are several, or where the report must not be written to ``path``.
    """
    _check_path(path, folders)
    campaigns = campaign_folders(folders.content, Problems())
    chosen = [folder for folder in campaigns if asked in {"", folder.name}]
    if len(chosen) != 1:
        known = ", ".join(folder.name for folder in campaigns) or say("none")
        raise UsageError(
            say("a report shows the annex of one campaign"),
            say("name it, as in `check SLUG --report FILE.xlsx`; the campaigns are: {known}", known=known),
        )
    return chosen[0]


def _check_path(path: Path, folders: Folders) -> None:
    if path.suffix.lower() != ".xlsx":
        message = say('the report is a spreadsheet, and "{path}" does not end in .xlsx', path=path)
        raise UsageError(message, say("give it a name such as problems.xlsx"))
    if is_within(path, folders.out):
        message = say('"{path}" lies in the site, where everybody could read its addresses', path=path)
        raise UsageError(message, say("write the report elsewhere"))
    if path.exists() and not _is_own(path):
        message = say('"{path}" is there already, and is not overwritten', path=path)
        raise UsageError(message, say("delete it, or give the report another name"))
    if not path.parent.is_dir():
        message = say('there is no folder "{folder}"', folder=path.parent)
        raise UsageError(message, say("make it, or write the report elsewhere"))


def _is_own(path: Path) -> bool:
    """Return whether a file is a report as a check wrote it, which the next one replaces."""
    with _naming_the_program(path):
        return path.is_file() and f">{LAST_AUTHOR}<".encode() in office_part(path.read_bytes(), ARC_CORE)


@contextmanager
def _naming_the_program(path: Path) -> Iterator[None]:
    """Let an access that is denied name the program that has the file open: Windows lets nobody else replace it."""
    try:
        yield
    except PermissionError as error:
        if not path.exists():
            raise
        message = say('another program, such as Excel, has "{path}" open, and it cannot be replaced', path=path)
        for document, program, _ in open_documents(path.parent):
            if document == path:
                message = say('{program} has "{path}" open, and it cannot be replaced', path=path, program=program)
        hint = say("close it there, or give the report another name; if nobody has it open, check your permissions")
        raise MachineError(message, hint) from error


def write_report(path: Path, campaign: Path, problems: Sequence[Problem]) -> None:
    """Write the report on a campaign; its owner alone may read it, since it holds the addresses.

    It replaces an earlier report alone: a file that somebody put there meanwhile is a FileExistsError.
    """
    name, sheets = sheets_of(campaign)
    report = check_sheet(sheets, problems, name)
    if not path.exists() or not _is_own(path):
        write_private(path, report)
        return
    with _naming_the_program(path):
        put_private({path: report})


def sheets_of(campaign: Path) -> tuple[str, Sequence[Sheet]]:
    """Return the name of a campaign's annex and its sheets; none where it has none, or several.

    Mistakes in reading them are not reported: a check has found them already.
    """
    annexes = annexes_in(campaign)
    return (annexes[0].name, read_sheets(annexes[0], Problems())) if len(annexes) == 1 else ("", ())


def check_sheet(sheets: Sequence[Sheet], problems: Sequence[Problem], annex: str) -> bytes:
    """Return the report as .xlsx; ``annex`` is the name of the file whose sheets these are.

    Values are as the annex shows them, a merged one in its first cell; hidden rows and columns are shown.
    """
    book = new_workbook(last_author=LAST_AUTHOR)
    for name, parts in _STYLES.items():
        book.add_named_style(NamedStyle(name, **parts))
    first = book.worksheets[0]
    first.title = _title(say("Problems"))
    links: dict[int, str] = {}
    for sheet in sheets:
        marked = by_cell(sheet, problems, annex)
        links |= _write_page(book.create_sheet(_title(sheet.title or annex)), sheet, marked)
    _write_list(first, problems, links)
    return saved(book)


def _title(text: str) -> str:
    """Return a title that Excel takes: short, and without certain characters."""
    return _NO_TITLE.sub("_", writable(text))[: SHEET_TITLE_MAX - TITLE_END].strip("'") or "_"


def by_cell(sheet: Sheet, problems: Sequence[Problem], annex: str) -> Mapping[tuple[int, int], Sequence[Problem]]:
    """Return a sheet's problems by the cell that is marked for them: of a merged one the first."""
    found = defaultdict(list)
    for problem in problems:
        cell = _CELL.fullmatch(problem.at.cell)
        if not cell or (problem.at.file, problem.at.sheet) != (annex, sheet.title):
            continue
        row, column = int(cell[2]), column_index_from_string(cell[1])
        filled = sheet.rows.get(row, {}).get(column)
        if row <= ROW_MOST and column <= COLUMN_MOST:
            found[filled.origin if filled else (row, column)].append(problem)
    return found


def _write_list(sheet: Worksheet, problems: Sequence[Problem], links: Mapping[int, str]) -> None:
    """Write a row for each problem; its place leads to the cell."""
    counts = problem_counts(problems) if problems else say("Nothing is wrong.")
    care = say("This file holds addresses: keep it where you keep the annex.")
    _write(sheet, 1, 1, f"{counts} {care}")
    header = ("", say("Weight"), say("Place"), say("Value"), say("What is wrong"), say("What to do"))
    for column, (text, width) in enumerate(zip(header, LIST_WIDTHS, strict=True), start=1):
        _write(sheet, LIST_HEADER_ROW, column, text, HEADER)
        sheet.column_dimensions[get_column_letter(column)].width = width
    ordered = [problem for alike in by_remedy(problems) for problem in alike]
    for row, problem in enumerate(ordered, start=LIST_HEADER_ROW + 1):
        weight = say("error") if count_errors([problem]) else say("warning")
        sheet.cell(row, 1, row - LIST_HEADER_ROW)
        _write(sheet, row, 2, weight, _mark([problem]))
        link = links.get(id(problem), "")
        place = _write(sheet, row, 3, str(problem.at), LINK if link else PLAIN)
        if link:
            place.hyperlink = Hyperlink(ref=place.coordinate, location=link)
        for column, text in enumerate((visible(problem.value), problem.message, problem.hint), start=4):
            _write(sheet, row, column, text, PLAIN)
    sheet.freeze_panes = f"A{LIST_HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{LIST_HEADER_ROW}:{get_column_letter(len(header))}{LIST_HEADER_ROW + len(problems)}"


def _write_page(shown: Worksheet, sheet: Sheet, marked: Mapping[tuple[int, int], Sequence[Problem]]) -> dict[int, str]:
    """Write a sheet of the annex, with a comment in each bad cell; return links to these by the problem's identity."""
    links: dict[int, str] = {}
    title = shown.title.replace("'", "''")
    for (row, column), problems in marked.items():
        text = "\n\n".join(str(replace(problem, at=Place())) for problem in problems)
        _write(shown, row, column, "", _mark(problems)).comment = Comment(writable(text), AUTHOR, *COMMENT_SIZE)
        links |= {id(problem): f"'{title}'!{get_column_letter(column)}{row}" for problem in problems}
    widths: dict[int, int] = {}
    for row, cells in sheet.rows.items():
        is_title = len({cell.origin for cell in cells.values()}) == 1  # it is shown over the empty cells beside it
        for column, cell in cells.items():
            if cell.origin != (cell.row, cell.column) or column > COLUMN_MOST:
                continue
            _write(shown, row, column, cell.text)
            if not is_title:
                widths[column] = max(widths.get(column, WIDTH_LEAST), min(len(cell.text), WIDTH_MOST))
    for column, width in widths.items():
        shown.column_dimensions[get_column_letter(column)].width = width
    return links


def _mark(problems: Sequence[Problem]) -> str:
    return ERROR if count_errors(problems) else WARNING


def _write(sheet: Worksheet, row: int, column: int, text: str, style: str = "") -> Cell:
    cell = cast("Cell", sheet.cell(row, column))  # none is merged here, so none is a MergedCell
    if style:
        cell.style = style  # before the text, which may add to it
    write_text(cell, text)
    return cell
