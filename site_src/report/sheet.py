"""The report as a spreadsheet: the list of whom to call or write to, and who has collected."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from site_src.files.workbooks import SHEET_TITLE_MAX, text_cell
from site_src.report.browsers import shown
from site_src.report.collection import OTHER_PARENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from openpyxl.cell.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from site_src.read.agency import Agency
    from site_src.read.words import Words
    from site_src.report.collection import Report

    Value = str | int | datetime

# Characters, by column.
CALL_WIDTHS = (60, 28, 44, 44, 16, 60, 44, 40)
COLLECTED_WIDTHS = (60, 16, 18, 18, 10, 40)
MOMENT_FORMAT = "yyyy-mm-dd hh:mm"


def report_sheet(report: Report, words: Words) -> bytes:
    """The report as .xlsx; it holds the addresses, so it is for the private folder only. Moments are the log's own."""
    from site_src.files.workbooks import new_workbook, saved

    _ = words.gettext
    book = new_workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime.combine(report.day, time())
    _write_sheet(book, _("To call or write to"), CALL_WIDTHS, _call_header(words), _to_call(report, words))
    header = _collected_header(words)
    _write_sheet(book, _("Have collected"), COLLECTED_WIDTHS, header, _collected(report, words))
    return saved(book)


def _call_header(words: Words) -> tuple[str, ...]:
    _ = words.gettext
    return (
        _("Agency"), _("Kind"), _("Parent body"), _("Region"), _("User name"), _("E-mail addresses"), _("Why"),
        _("Notes of the annex"),
    )  # fmt: skip


def _to_call(report: Report, words: Words) -> Iterator[Sequence[Value]]:
    """The missing first, then those whom no letter waits for."""
    for missing in report.collection.missing:
        why = words.gettext("Has not collected its letter")
        if missing.has_void:
            why = words.gettext("Has only its earlier letter, which is void")
        if count := missing.wrong_codes:
            wrong = words.ngettext("%(num)s login refused", "%(num)s logins refused", count)
            why += f"; {wrong % {'num': words.number(count)}}"
        region = words.gettext("Other parents") if missing.region == OTHER_PARENTS else missing.region
        yield _call_row(missing.agency, region, why, words)
    for agency in report.unbuilt:
        yield _call_row(agency, "", words.gettext("Its letter is not built yet"), words)
    for agency in report.uncontacted:
        yield _call_row(agency, "", words.gettext("Has declared no contact"), words)


def _call_row(agency: Agency, region: str, why: str, words: Words) -> tuple[str, ...]:
    kind, addresses = words.kind(agency.kind), "; ".join(agency.emails)
    return (agency.name, kind, agency.parent, region, agency.username, addresses, why, agency.notes)


def _collected_header(words: Words) -> tuple[str, ...]:
    _ = words.gettext
    return (_("Agency"), _("User name"), _("First time"), _("Last time"), _("Times"), _("Browsers"))


def _collected(report: Report, words: Words) -> Iterator[Sequence[Value]]:
    for one in report.collection.collected:
        first, last = one.first.replace(tzinfo=None), one.last.replace(tzinfo=None)  # Excel knows no time zones
        browsers = ", ".join(shown(browser, words) for browser in one.browsers)
        yield (one.agency.name, one.agency.username, first, last, one.times, browsers)


def _write_sheet(
    book: Workbook, title: str, widths: Sequence[int], header: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title[:SHEET_TITLE_MAX])
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    heads = [_cell(sheet, text) for text in header]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    last = 1
    for last, row in enumerate(rows, start=2):  # noqa: B007 (the last row's number is wanted)
        sheet.append([_cell(sheet, value) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{last}"


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        return text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, datetime):
        cell.number_format = MOMENT_FORMAT
    return cell
