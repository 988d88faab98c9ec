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
from site_src.language.say import say, say_either
from site_src.problems import Problems, UsageError
from site_src.publish.publish import locked
from site_src.read.agency import status_counts
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, annexes_in, how_to_save
from site_src.serve.preview import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_src.problems import Problem
    from site_src.read.annex.sheets.grid import Sheet
    from site_src.serve.desk import Desk, Form

ROWS_SHOWN = 200  # without problems: a browser's page of thousands is slow, and the filter finds each
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Shown:
    """A cell: what it shows, and what is wrong with it."""

    text: str
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Table:
    """A sheet: the letters of its columns, and its rows by number."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Shown, ...]], ...]
    left_out: int  # rows without problems, for which there was no room


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
    places = [*marked, *((row, column) for row, cells in sheet.rows.items() for column in cells)]
    letters = {column: column_letters(column) for column in range(1, max((c for _, c in places), default=0) + 1)}
    words = fold(asked).split()

    def shown(row: int) -> tuple[Shown, ...]:
        cells = sheet.rows.get(row, {})
        return tuple(Shown(cells[c].text if c in cells else "", marked.get((row, c), ())) for c in letters)

    def fits(row: int) -> bool:
        text = fold(" ".join(cell.line for cell in sheet.rows.get(row, {}).values()))
        return all(word in text for word in words)

    fitting = [row for row in sorted({row for row, _ in places}) if fits(row)]
    good = [row for row in fitting if row not in bad]
    rows = [row for row in fitting if row in bad] + good[:ROWS_SHOWN]
    shown_rows = tuple((row, shown(row)) for row in rows)
    return Table(sheet.title, tuple(letters.values()), shown_rows, max(0, len(good) - ROWS_SHOWN))


def do(desk: Desk, slug: str, form: Form) -> str:
    """Put a corrected annex in the place of the last one; a file that cannot be read takes no place."""
    inputs = desk.campaign(slug)
    uploads = form.files.get("annex", ())
    if not uploads:
        raise UsageError(say("there is no annex"), say("go back and choose the file of the annex"))
    ending = uploads[0].ending
    if ending not in ANNEX_ENDINGS:
        expected = say_either(ANNEX_ENDINGS)
        raise UsageError(
            say("this is no annex: expected a file that ends in {endings}", endings=expected), how_to_save(ending)
        )
    folder, problems = inputs.campaign.path, Problems()
    private = desk.preview.folders.private
    with locked(private), TemporaryDirectory(prefix=".desk-", dir=private) as work:
        path = Path(work, f"annex{ending}")
        write_private(path, uploads[0].content)
        read_sheets(path, problems)
    problems.stop_on_errors()
    target = folder / f"annex{ending}"
    before = annexes_in(folder)
    put_private({target: uploads[0].content})
    for path in before:
        if path.exists() and not path.samefile(target):  # a disk that ignores case has one file for both names
            path.unlink()
    desk.preview.refresh()
    return f"{slug}/annex"
