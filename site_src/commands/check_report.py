"""``check --report``: the annex of one campaign with its mistakes marked, as a spreadsheet for staff alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.commands.marked_annex import check_sheet
from site_src.files.private import write_private
from site_src.folders import is_within
from site_src.language.say import say
from site_src.problems import Problems, UsageError
from site_src.read.annex.sheets.reading import read_sheets
from site_src.read.content.campaign_folder import annexes_in, campaign_folders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.problems import Problem


@dataclass(frozen=True)
class CheckReport:
    """A report that may be written: where, and the folder of the campaign that it is about."""

    path: Path
    campaign: Path

    def write(self, problems: Sequence[Problem]) -> None:
        """Write it where no file is yet; its owner alone may read it, since it holds the addresses."""
        annexes = annexes_in(self.campaign)
        name = annexes[0].name if len(annexes) == 1 else ""
        sheets = read_sheets(annexes[0], Problems()) if name else ()  # what cannot be read is told already
        write_private(self.path, check_sheet(sheets, problems, name))


def plan_report(path: Path, folders: Folders, asked: str) -> CheckReport:
    """The report on the campaign that is asked for, or on the only one.

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
    return CheckReport(path, chosen[0])


def _check_path(path: Path, folders: Folders) -> None:
    if path.suffix.lower() != ".xlsx":
        raise UsageError(
            say('the report is a spreadsheet, and "{path}" does not end in .xlsx', path=path),
            say("give it a name such as problems.xlsx"),
        )
    if is_within(path, folders.out):
        raise UsageError(
            say('"{path}" lies in the site, where everybody could read its addresses', path=path),
            say("write the report elsewhere"),
        )
    if path.exists():
        raise UsageError(
            say('"{path}" is there already, and is not overwritten', path=path),
            say("delete it, or give the report another name"),
        )
    if not path.parent.is_dir():
        raise UsageError(
            say('there is no folder "{folder}"', folder=path.parent), say("make it, or write the report elsewhere")
        )
