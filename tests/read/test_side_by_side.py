from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.build import check
from tests.support.small_site import DAY, ROWS, SLUG

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.small_site import SmallSite

NEXT = "2021-05"
THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)


def _later(site: SmallSite, *, keeps: str = "", folder: str = "") -> Path:
    """A second campaign, half a year later."""
    path = site.add_campaign(NEXT)
    facts = (path / "campaign.toml").read_text(encoding="utf-8").replace("2020", "2021")
    if folder:
        facts = facts.replace(f"ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ {NEXT}", folder)
    (path / "campaign.toml").write_text(f"keeps_code = [{keeps}]\n{facts}", encoding="utf-8")
    return path


def _told(site: SmallSite, day: date = DAY) -> Sequence[str]:
    return [str(problem) for problem in check(site.folders, day)[1]]


@pytest.mark.parametrize("folder", ["ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ 11_2020", "Νέοι κωδικοί  πρόσβασης 11_2020"])
def test_two_campaigns_with_one_folder_name_are_told(site: SmallSite, folder: str) -> None:
    """Contacts see two folders and cannot tell which is theirs, in other letters too; the later campaign is named."""
    _later(site, folder=folder)
    (told,) = _told(site)
    assert told.startswith(f"warning: {NEXT}/campaign.toml, folder: ")
    assert f"campaign {SLUG} has the same folder name" in told


def test_folder_names_that_differ_in_a_digit_are_two(site: SmallSite) -> None:
    """«11_2020» and «1_12020» are not alike."""
    _later(site, folder="ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ 1_12020")
    assert _told(site) == []


def test_two_campaigns_to_come_from_one_password_file_are_told(site: SmallSite) -> None:
    """The later one would bring back the old codes of those it lets keep theirs, and of those it lacks."""
    folder = _later(site, keeps=f'"{THIRA}"')
    annex = folder / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace(ROWS[1] + "\n", ""), encoding="utf-8")
    assert not any("so is" in told for told in _told(site)), "there is no such file yet"
    site.write_passwords("".join(f"{user}:old\n" for user in (THIRA, ATTICA, CRETE, SIKINOS, "clerk")))
    (told,) = [told for told in _told(site) if "so is" in told]
    assert told.startswith(f"warning: private/current.htpasswd ({NEXT}): campaign {NEXT} is built from this file")
    assert f"so is {SLUG}, which changes it first: the old codes of 2 agencies would come back" in told
    site.write(site='[server]\nother_users = "drop"\n')
    (told,) = [told for told in _told(site) if "so is" in told]
    assert "the old code of 1 agency would come back" in told


def test_codes_that_all_end_do_not_come_back(site: SmallSite) -> None:
    """The later file is stale all the same, since activate will find another than it was built from."""
    _later(site)
    site.write_passwords(f"{THIRA}:old\n")
    (told,) = _told(site)
    assert "changes it first\n" in told


@pytest.mark.parametrize("day", [date(2020, 12, 1), date(2021, 12, 1)])
def test_after_the_first_day_of_the_earlier_campaign_nothing_is_told(site: SmallSite, day: date) -> None:
    """By then the copy that staff have may be the new one."""
    _later(site)
    site.write_passwords(f"{THIRA}:old\n")
    assert _told(site, day) == []


def test_a_campaign_that_was_activated_early_is_not_to_come(site: SmallSite) -> None:
    """The hint was followed."""
    _later(site)
    site.write_passwords(f"{THIRA}:old\n")
    site.build()
    (site.secrets / "htpasswd.activated").write_bytes(b"")
    assert _told(site) == []


def test_each_campaign_is_named_by_its_problem_of_the_password_file(site: SmallSite) -> None:
    """Two campaigns that keep codes share one file: whose keepers it lacks is said beside its name."""
    _later(site, keeps=f'"{THIRA}"')
    site.write(top=f'keeps_code = ["{CRETE}"]')
    missing = [told for told in _told(site) if told.startswith("error: private/current.htpasswd")]
    assert [told.partition(":")[2].partition(":")[0] for told in missing] == [
        f" private/current.htpasswd ({SLUG})",
        f" private/current.htpasswd ({NEXT})",
    ]
    site.write_passwords("clerk:old\n")
    lacking = [told for told in _told(site) if told.startswith("error: private/current.htpasswd")]
    assert [
        (f"({slug})" in told, user in told)
        for told, slug, user in zip(lacking, (SLUG, NEXT), (CRETE, THIRA), strict=True)
    ] == [(True, True)] * 2
