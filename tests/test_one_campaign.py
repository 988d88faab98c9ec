"""`build --campaign` builds one campaign; the others stay as they are, but for what their dates demand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.problems import InputError, UsageError
from site_src.unchanged import UNKNOWN
from tests.small_site import ROWS, SLUG, SmallSite

if TYPE_CHECKING:
    from pathlib import Path

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)


def _add_campaign(site: SmallSite, slug: str) -> Path:
    """A second campaign that is like the first."""
    second = site.folders.content / slug
    second.mkdir()
    for path in site.campaign.iterdir():
        (second / path.name).write_bytes(path.read_bytes())
    return second


def test_one_campaign_alone(site: SmallSite) -> None:
    """--campaign builds one; the other's pages and archives stay as they are, and it stays in the lists."""
    _add_campaign(site, "2021-05")
    site.build()
    before = {name: data for name, data in site.snapshot().items() if f"dist/files/{SLUG}/" in name}
    with (site.campaign / "circular.md").open("a") as file:
        file.write("\nΝέα παράγραφος.\n")
    site.write((ROWS[0].replace("thira@", "neos@"), *ROWS[1:]))
    site.build(campaign="2021-05")
    assert {name: data for name, data in site.snapshot().items() if f"dist/files/{SLUG}/" in name} == before
    assert SLUG in (site.folders.out / "files" / "index.html").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="no campaign"):
        site.build(campaign="2022")


def test_another_campaigns_mistakes_stop_nothing(site: SmallSite) -> None:
    """With --campaign a mistake in the other's annex is one warning, and its pages stay; in its facts it counts."""
    second = _add_campaign(site, "2021-05")
    site.build()
    before = {name: data for name, data in site.snapshot().items() if "dist/files/2021-05/" in name}
    with (second / "annex.csv").open("a", encoding="utf-8") as file:
        file.write("12;Δήμος;;d@dimos.example;\n")
    (warning,) = site.build(campaign=SLUG).warnings
    assert (warning.at.file, warning.hint.partition(";")[0]) == (
        "2021-05",
        "`python3 build.py check 2021-05` lists them",
    )
    assert {name: data for name, data in site.snapshot().items() if "dist/files/2021-05/" in name} == before
    (second / "campaign.toml").write_text("folder = 1-1", encoding="utf-8")
    with pytest.raises(InputError, match="not TOML"):
        site.build(campaign=SLUG)


def test_another_campaigns_archives_leave_on_their_day(site: SmallSite) -> None:
    """With --campaign the archives of another campaign leave after its files_until too, and the summary says so."""
    second = _add_campaign(site, "2021-05")
    facts = (second / "campaign.toml").read_text(encoding="utf-8")
    (second / "campaign.toml").write_text(f"files_until = 2020-12-31\n{facts}", encoding="utf-8")
    site.build()
    outcome = site.build(campaign=SLUG, day=date(2021, 1, 1))
    assert [len(each.changes.withdrawn) for each in outcome.campaigns] == [0, 3]
    assert not list((site.folders.out / "files" / "2021-05").glob("*/*.zip"))
    assert len(list(site.files.glob("*/*.zip"))) == 3
    assert outcome.next_time is None, "the next build is none of the other campaign"
    again = site.build(campaign=SLUG, day=date(2021, 1, 1))
    assert [each.slug for each in again.campaigns] == [SLUG]
    assert again.next_time == replace(again, next_time=None, state=UNKNOWN)
