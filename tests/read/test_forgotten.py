from __future__ import annotations

import shutil
import stat
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.commands.build_messages import next_lines
from site_src.folders import Folders
from site_src.pipeline.build import check
from tests.support.small_site import DAY, ROOT, ROWS

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.problems import Problem
    from tests.support.small_site import SmallSite

REAL = "412345678901;Δήμος Ανάφης;Περιφέρεια Νοτίου Αιγαίου;anafi@dimos.test;"
SAMPLE_SITE = '[contact]\nemail = "a@ypourgeio.example"\n[server]\naddress = "https://portal.EXAMPLE/"\n'
LATE = date(2021, 1, 5)


def _told(site: SmallSite, day: date = DAY) -> tuple[Problem, ...]:
    return check(site.folders, day)[1]


def test_the_samples_facts_are_told_once(site: SmallSite) -> None:
    """Letters for real agencies would name a server that does not exist: one warning for all keys of site.toml."""
    site.write((*ROWS, REAL), site=SAMPLE_SITE)
    (problem,) = _told(site)
    assert str(problem.at) == "site.toml, server.address, contact.email"
    assert problem.value == "https://portal.EXAMPLE/, a@ypourgeio.example"
    assert "telephones" in problem.hint


def test_the_samples_lines_of_a_circular_are_told(site: SmallSite) -> None:
    """The sender's lines come with a campaign that began as a copy of the sample's."""
    site.write((*ROWS, REAL), rest='details = ["Οδός 1", "E-mail: a@ypourgeio.example"]')
    (problem,) = _told(site)
    assert (str(problem.at), problem.value) == ("campaign.toml, circular.details", "E-mail: a@ypourgeio.example")


@pytest.mark.parametrize("host", ["portal.example.gr", "portal.examples", "example-portal.gr"])
def test_other_hosts_are_real(site: SmallSite, host: str) -> None:
    """Only the names that are kept for examples are told."""
    site.write((*ROWS, REAL), site=f'[server]\naddress = "https://{host}/"\n')
    assert _told(site) == ()


def test_files_that_others_can_read_are_told(site: SmallSite) -> None:
    """Addresses of real people are closed by the next build; the sample, which everybody has, is no matter."""
    site.write((*ROWS, REAL))
    annex = site.campaign / "annex.csv"
    for mode, told in ((0o640, True), (0o604, True), (0o600, False)):
        annex.chmod(mode)
        assert ["annex.csv" in problem.message for problem in _told(site)] == [True] * told
        assert stat.S_IMODE(annex.stat().st_mode) == mode, "check writes nothing"
    site.write()
    annex.chmod(0o644)
    assert _told(site) == ()


def test_a_deadline_that_was_over_before_the_first_build(site: SmallSite) -> None:
    """A slip of the year is told by the first build, not as a warning: an old campaign may be built on purpose."""
    site.write((*ROWS, REAL))
    assert _told(site, LATE) == ()
    assert [_over(site, day) for day in (date(2020, 11, 30), LATE)] == [[], []], "it was built in time"
    shutil.rmtree(site.folders.private)
    shutil.rmtree(site.folders.out)
    (line,), again = _over(site, LATE), _over(site, LATE)
    assert line.split("  ")[1] == "check the year"
    assert line.endswith("the last day to act, 30 November 2020, is over before the first build")
    assert again == []


def _over(site: SmallSite, day: date) -> list[str]:
    """What the next steps of a build say of the year."""
    return [line for line in next_lines(site.build(day=day), site.folders) if "is over" in line]


def test_sample_agencies_raise_no_question(site: SmallSite) -> None:
    """Where all addresses are sample addresses, so may all else be, whatever the day."""
    site.write(site=SAMPLE_SITE)
    assert _told(site, LATE) == ()
    assert _over(site, LATE) == []


def test_the_sample_itself_has_no_warning(tmp_path: Path) -> None:
    """A newcomer's first build finds nothing wrong."""
    folders = Folders(content=ROOT / "content", out=tmp_path / "o", private=tmp_path, templates=ROOT / "templates")
    assert check(folders, date(2030, 1, 1))[1] == ()
