from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.build import check
from site_src.problems import Topic
from tests.support.small_site import DAY, ROWS, SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.problems import Problem
    from tests.support.small_site import SmallSite

NEXT = "2021-05"
THIRA, ATTICA, _, SIKINOS = (row.split(";")[0] for row in ROWS)


@pytest.fixture
def after(site: SmallSite) -> Path:
    """The campaign after the one of the small site, with the same annex."""
    return _next(site, NEXT, "2021-06-01")


def _next(site: SmallSite, slug: str, effective: str) -> Path:
    folder = site.add_campaign(slug)
    facts = (folder / "campaign.toml").read_text(encoding="utf-8")
    facts = facts.replace("effective = 2020-12-01", f"effective = {effective}")
    (folder / "campaign.toml").write_text(facts.replace("2020-11-30", "2020-12-31"), encoding="utf-8")
    return folder


def _change(folder: Path, old: str, new: str) -> None:
    annex = folder / "annex.csv"
    text = annex.read_text(encoding="utf-8")
    assert old in text
    annex.write_text(text.replace(old, new), encoding="utf-8")


def _told(site: SmallSite, only: str = "") -> tuple[Problem, ...]:
    found = check(site.folders, DAY, only)[1]
    return tuple(problem for problem in found if problem.topic not in {Topic.STATUS, Topic.ACCESS})


def test_the_same_agencies_raise_no_question(site: SmallSite, after: Path) -> None:
    """An agency that stays is not reported, under a name in other letters too."""
    _change(after, "Δήμος Θήρας", "ΔΗΜΟΣ ΘΗΡΑΣ")
    assert _told(site) == ()


def test_a_user_name_that_was_anothers(site: SmallSite, after: Path) -> None:
    """A row that slipped gives an agency the user name of its neighbour: both names are told, at the cell."""
    _change(after, f"{THIRA};Δήμος Θήρας", f"{THIRA};Δήμος Πάρου")
    (problem,) = _told(site)
    assert (problem.at.cell, problem.value) == ("A2", THIRA)
    assert '"Δήμος Πάρου"; in campaign 2020-11 it was that of "Δήμος Θήρας"' in problem.message


@pytest.mark.parametrize("only", ["", NEXT])
def test_an_agency_that_is_absent(site: SmallSite, after: Path, only: str) -> None:
    """A body that the campaign before had and this one lacks is told by name, whether or not that one is checked."""
    _change(after, ROWS[3] + "\n", "")
    (problem,) = _told(site, only)
    assert (problem.at.file, problem.value) == ("annex.csv", "Δήμος Σικίνου")
    assert f"user name {SIKINOS} of campaign {SLUG}" in problem.message


def test_what_becomes_of_the_code_of_an_absent_agency(site: SmallSite, after: Path) -> None:
    """The hint says what the build does: the old code goes on working, unless users who are in no annex are dropped."""
    _change(after, ROWS[0] + "\n", "")
    site.write_passwords(f"{THIRA}:old\n")
    (kept,) = _told(site)
    site.build()
    assert "goes on working" in kept.hint
    assert f"{THIRA}:old" in (site.folders.private / NEXT / "htpasswd.after").read_text(encoding="utf-8")
    site.write(site='[server]\nother_users = "drop"\n')
    (dropped,) = _told(site)
    site.build()
    assert "has no code from the effective day on" in dropped.hint
    assert THIRA not in (site.folders.private / NEXT / "htpasswd.after").read_text(encoding="utf-8")


def test_the_status_of_the_hint_ends_the_code(site: SmallSite, after: Path) -> None:
    """A row with the status that the hint gives ends the old code."""
    _change(after, ROWS[0] + "\n", "")
    site.write_passwords(f"{THIRA}:old\n")
    (problem,) = _told(site)
    word = problem.hint.partition("«")[2].partition("»")[0]
    annex = after / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8") + f"{ROWS[0]}{word}\n", encoding="utf-8")
    assert _told(site) == ()
    site.build()
    assert THIRA not in (site.folders.private / NEXT / "htpasswd.after").read_text(encoding="utf-8")


def test_a_smaller_campaign_is_told_once(site: SmallSite, after: Path) -> None:
    """One warning reports that most agencies are absent, since that is meant."""
    (after / "annex.csv").write_text(f"Όνομα χρήστη;Φορέας;E-mail\n{THIRA};Δήμος Θήρας;a@b.example\n", encoding="utf-8")
    (problem,) = _told(site)
    assert "3 of the 4 agencies of campaign 2020-11" in problem.message


def test_what_was_built_speaks_for_a_campaign_that_is_gone(site: SmallSite, after: Path) -> None:
    """The folder was taken away after the build: the manifest still knows who was in it."""
    site.build()
    shutil.rmtree(site.campaign)
    _change(after, ROWS[3] + "\n", "")
    assert [problem.value for problem in _told(site)] == ["Δήμος Σικίνου"]


@pytest.mark.parametrize("day", [b"", b'"x"', b"5"])
def test_a_damaged_manifest_raises_no_question(day: bytes, site: SmallSite, after: Path) -> None:
    """Nothing is known of that campaign then, and nothing is made up."""
    site.build()
    shutil.rmtree(site.campaign)
    path = site.secrets / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"2020-12-01"', day))
    _change(after, ROWS[3] + "\n", "")
    assert _told(site) == ()


def test_the_nearest_campaign_before_counts(site: SmallSite, after: Path) -> None:
    """A body that left two campaigns ago is told of that campaign only; the later one is compared with the last."""
    _change(after, ROWS[3] + "\n", "")
    last = _next(site, "2021-11", "2021-12-01")
    shutil.copy(after / "annex.csv", last / "annex.csv")
    assert [problem.message.split()[5] for problem in _told(site)] == [SLUG]


def test_an_error_in_a_row_is_not_told_twice(site: SmallSite, after: Path) -> None:
    """A user name that lost a digit is an error; that its agency seems absent is not told beside it."""
    _change(after, THIRA, THIRA[1:])
    (problem,) = _told(site)
    assert problem.value == THIRA[1:]


@pytest.mark.parametrize(("language", "said"), [("en", "is not in this annex"), ("el", "λείπει από αυτό το παράρτημα")])
def test_check_tells_it(site: SmallSite, after: Path, language: str, said: str) -> None:
    """Staff read it in their language, and the build goes on."""
    _change(after, ROWS[3] + "\n", "")
    run = site.run("check", NEXT, f"--lang={language}")
    assert run.returncode == 0
    assert [line for line in run.stdout.splitlines() if '"Δήμος Σικίνου"' in line and line.endswith(said)]
