from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.problems import Topic
from site_src.read.content.campaign_folder import campaign_folders, find_annexes
from tests.support.content_files import CIRCULAR, DATES, campaign_of, only

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.problems import Problems


@pytest.mark.parametrize("slug", ["2020-11", "a", "2020-11-access-codes", "x" * 60])
def test_a_good_slug_is_a_campaign(slug: str, tmp_path: Path, problems: Problems) -> None:
    """Small Latin letters, digits and hyphens between them make a campaign's folder."""
    (tmp_path / slug).mkdir()
    (tmp_path / slug / "campaign.toml").touch()
    assert campaign_folders(tmp_path, problems) == (tmp_path / slug,)
    assert problems.all() == ()


@pytest.mark.parametrize("slug", ["Κωδικοί", "2020 11", "A", "-a", "a-", "a_b", "x" * 61, "a.b", "server", "а"])  # noqa: RUF100
def test_a_bad_slug_is_told(slug: str, tmp_path: Path, problems: Problems) -> None:
    """A name that cannot stand in a web address, or that is taken, is an error that quotes it, with all the rules."""
    (tmp_path / slug).mkdir()
    (tmp_path / slug / "annex.csv").touch()
    campaign_folders(tmp_path, problems)
    assert (only(problems).value, only(problems).topic) == (slug, Topic.FILE)
    assert 'at most 60, and not "server"' in only(problems).message


def test_campaigns_come_in_the_order_of_their_names(tmp_path: Path, problems: Problems) -> None:
    """Hidden folders, files, and folders without annex or campaign.toml are none."""
    for name in ("b", "a", ".git", "notes"):
        (tmp_path / name).mkdir()
    for name in ("b/campaign.toml", "a/annex.XLSX", ".git/campaign.toml", "notes/readme.txt", "campaign.toml"):
        (tmp_path / name).touch()
    assert [path.name for path in campaign_folders(tmp_path, problems)] == ["a", "b"]
    assert problems.all() == ()


def test_no_content_folder_is_a_problem(tmp_path: Path, problems: Problems) -> None:
    """A mistyped --content is told, with the option to use."""
    assert campaign_folders(tmp_path / "none", problems) == ()
    assert "--content" in only(problems).hint


@pytest.mark.parametrize("name", ["annex.xlsx", "annex.xls", "annex.ods", "annex.csv", "Annex.CSV"])
def test_the_one_annex_is_found(name: str, tmp_path: Path, problems: Problems) -> None:
    """Each of the four formats is found, in any letter case, among other files."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR, problems)
    for each in (name, "annex.pdf", "annex-old.xlsx", "annex.xlsx.bak"):
        (tmp_path / each).touch()
    assert find_annexes(campaign, problems) == (tmp_path / name,)
    assert problems.all() == ()


@pytest.mark.parametrize("names", [[], ["annex.xlsx", "annex.csv"], ["annex.ods", "annex.xls", "annex.csv"]])
def test_none_or_several_annexes_are_told(names: list[str], tmp_path: Path, problems: Problems) -> None:
    """Which of several is meant is not guessed; the message names them all."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR, problems)
    for each in names:
        (tmp_path / each).touch()
    assert [path.name for path in find_annexes(campaign, problems)] == sorted(names)
    assert all(each in str(only(problems)) for each in names)
