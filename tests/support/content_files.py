"""site.toml and campaign.toml with a test's own text, and the problems that are found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.problems import Problem, Problems, Severity
from site_src.read.content.toml_files import read_campaign, read_site

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.read.settings import Campaign, Site

SITE = 'title = "Portal"\noperator = "Ministry"\n'
DATES = 'folder = "CODES 11_2020"\ndeadline = 2020-11-30\neffective = 2020-12-01\n'
CIRCULAR = '[circular]\nprotocol = 78411\ndate = 2020-11-17\nsubject = "Codes"\n'


def site_of(folder: Path, text: str, problems: Problems) -> Site:
    """Return the site of a site.toml with this text."""
    (folder / "site.toml").write_text(text, encoding="utf-8")
    return read_site(folder, problems)


def campaign_of(folder: Path, text: str, problems: Problems) -> Campaign:
    """Return the campaign of a campaign.toml with this text."""
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    return read_campaign(folder, problems)


def places(problems: Problems, severity: Severity = Severity.ERROR) -> list[str]:
    """Return the places of the problems, without the file."""
    return [problem.at.cell for problem in problems.all() if problem.severity is severity]


def only(problems: Problems) -> Problem:
    """Return the one problem that was found."""
    (problem,) = problems.all()
    return problem
