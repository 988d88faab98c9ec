"""The staff's own rows as they are in the sheet, those with problems first, and each message in its cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from site_src.commands.check_report import by_cell, check_sheet
from site_src.commands.messages import counted, problem_counts
from site_src.files.private import put_private, write_private
from site_src.language.greek import fold
from site_src.language.say import say
from site_src.new.draft import check_ending
from site_src.problems import Problems
from site_src.publish.publish import locked
from site_src.read.agency import status_counts
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, annexes_in
from site_src.serve.preview import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_src.problems import Problem
    from site_src.read.annex.sheets.grid import Sheet
    from site_src.serve.desk import Desk, Form

ROWS_SHOWN = 500  # of a sheet: a browser's page of thousands is slow, and the search finds each
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """A sheet: the letters of its filled columns, and its rows by number: cells with their problems."""

    title: str
    letters: tuple[str, ...]
    rows: Mapping[int, tuple[tuple[str, Sequence[Problem]], ...]]
    left_out: int  # rows for which there was no room


def show(desk: Desk, name: str, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the page, or the marked workbook as `check --report` writes it."""
    inputs = desk.campaign(slug)
    annexes = annexes_in(inputs.campaign.path)
    annex = annexes[0].name if len(annexes) == 1 else ""
    sheets = read_sheets(annexes[0], Problems()) if annex else ()
    problems = desk.problems(slug)
    if name != "annex":
        return Answer(200, check_sheet(sheets, problems, annex), XLSX, download=f"{slug}-annex-marked.xlsx")
    marked = [by_cell(sheet, problems, annex) for sheet in sheets]
    in_cells = {id(each) for cells in marked for found in cells.values() for each in found}
    return desk.page(
        "annex.html",
        say("The annex"),
        slug=slug,
        asked=query.get("q", ""),
        counts=counted(status_counts(agency.status for agency in inputs.agencies)),
        found=problem_counts(problems) if problems else say("Nothing is wrong."),
        others=[each for each in problems if id(each) not in in_cells],
        tables=[_table(sheet, cells, query.get("q", "")) for sheet, cells in zip(sheets, marked, strict=True)],
        endings=",".join(ANNEX_ENDINGS),
    )


def _table(sheet: Sheet, marked: Mapping[tuple[int, int], Sequence[Problem]], asked: str) -> Table:
    """Return the rows that a search finds, those with problems first."""
    bad = {row for row, _ in marked}
    columns = sorted({column for cells in sheet.rows.values() for column in cells} | {column for _, column in marked})
    words = fold(asked).split()

    def cells_of(row: int) -> tuple[tuple[str, Sequence[Problem]], ...]:
        cells = sheet.rows.get(row, {})
        return tuple((cells[c].text if c in cells else "", marked.get((row, c), ())) for c in columns)

    def fits(row: int) -> bool:
        text = fold(" ".join(cell.line for cell in sheet.rows.get(row, {}).values()))
        return all(word in text for word in words)

    found = sorted(filter(fits, bad | sheet.rows.keys()), key=lambda row: (row not in bad, row))
    rows = {row: cells_of(row) for row in found[:ROWS_SHOWN]}
    return Table(sheet.title, tuple(map(column_letters, columns)), rows, len(found) - len(rows))


def do(desk: Desk, slug: str, form: Form) -> str:
    """Put a corrected annex in the place of the last one; a file that cannot be read takes no place."""
    folder, problems = desk.campaign(slug).campaign.path, Problems()
    private, upload = desk.preview.folders.private, form.annex()
    target = folder / f"annex{upload.ending}"
    check_ending(target)
    with locked(private), TemporaryDirectory(prefix=".desk-", dir=private) as work:
        draft = Path(work, target.name)
        write_private(draft, upload.content)
        read_sheets(draft, problems)
        problems.stop_on_errors()
        before = annexes_in(folder)
        put_private({target: upload.content})
        for path in before:
            if path.exists() and not path.samefile(target):  # a disk that ignores case has one file for both names
                path.unlink()
    desk.preview.refresh()
    return f"{slug}/annex"
