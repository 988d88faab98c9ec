"""The staff's own rows as they are in the sheet, those with problems first, and each message in its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.commands.check_report import by_cell, check_sheet
from site_src.commands.messages import counted, problem_counts
from site_src.files.private import put_private
from site_src.language.greek import fold
from site_src.language.say import say
from site_src.new.draft import check_ending
from site_src.problems import Problems, count_errors
from site_src.read.agency import status_counts
from site_src.read.annex import read_annex
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, annexes_in
from site_src.serve.desk import download

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_src.problems import Problem
    from site_src.read.annex.sheets.grid import Sheet
    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer

ROWS_SHOWN = 50  # of a sheet, errors first: nobody reads more at once, and the search finds each


@dataclass(frozen=True)
class Table:
    """A sheet: the letters of its filled columns, and its rows by number: cells with their problems."""

    title: str
    letters: tuple[str, ...]
    rows: Mapping[int, tuple[tuple[str, Sequence[Problem]], ...]]
    left_out: int  # rows for which there was no room


def is_about_annex(problem: Problem) -> bool:
    """Return whether a problem is mended on this page; all others are mended with the facts."""
    return problem.at.file.startswith("annex.")


def show(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the page."""
    annex, sheets = _sheets(desk, slug)
    problems, asked = desk.problems(slug), query.get("q", "")
    marked = [by_cell(sheet, problems, annex) for sheet in sheets]
    in_order = sorted(zip(sheets, marked, strict=True), key=lambda pair: not pair[1])
    in_cells = {id(each) for cells in marked for found in cells.values() for each in found}
    return desk.page(
        "annex",
        say("The annex"),
        slug=slug,
        asked=asked,
        counts=counted(status_counts(agency.status for agency in desk.campaign(slug).agencies)),
        found=problem_counts(problems) if problems else say("Nothing is wrong."),
        has_errors=count_errors(problems),
        others=[each for each in problems if id(each) not in in_cells],
        tables=[_table(sheet, cells, asked) for sheet, cells in in_order],
        endings=",".join(ANNEX_ENDINGS),
    )


def show_marked(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the marked workbook, as `check --report` writes it."""
    annex, sheets = _sheets(desk, slug)
    return download("annex-marked.xlsx", slug, check_sheet(sheets, desk.problems(slug), annex))


def _sheets(desk: Desk, slug: str) -> tuple[str, Sequence[Sheet]]:
    """Return the name of a campaign's annex and its sheets; none where it has none, or several."""
    annexes = annexes_in(desk.campaign(slug).campaign.path)
    return (annexes[0].name, read_sheets(annexes[0], Problems())) if len(annexes) == 1 else ("", ())


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

    wrong = {row for (row, _), found in marked.items() if count_errors(found)}
    found = sorted(filter(fits, bad | sheet.rows.keys()), key=lambda row: (row not in wrong, row not in bad, row))
    rows = {row: cells_of(row) for row in found[:ROWS_SHOWN]}
    return Table(sheet.title, tuple(map(column_letters, columns)), rows, len(found) - len(rows))


def replace(desk: Desk, slug: str, form: Form) -> str:
    """Put a corrected annex in the place of the last one, unless no agency can be read from it."""
    campaign, upload, problems = desk.campaign(slug).campaign, form.annex(), Problems()
    folder = campaign.path
    target = folder / f"annex{upload.ending}"
    check_ending(target)
    with desk.as_files({"annex": upload}) as paths:
        if not read_annex(paths["annex"], campaign, problems):
            problems.stop_on_errors()
        before = annexes_in(folder)
        put_private({target: upload.content})
        for path in before:
            if path.exists() and not path.samefile(target):  # a disk that ignores case has one file for both names
                path.unlink()
    desk.preview.refresh()
    return f"{slug}/annex"
