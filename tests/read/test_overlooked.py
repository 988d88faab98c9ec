from __future__ import annotations

import shutil
import stat
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.commands.build_messages import next_lines
from site_src.files.htpasswd import costly_seconds
from site_src.folders import Folders
from site_src.pipeline.build import check
from site_src.pipeline.reading import read_inputs
from site_src.problems import Place, Problems, Topic
from tests.support.small_site import DAY, ROOT, ROWS, SLUG
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from site_src.problems import Problem
    from tests.support.small_site import SmallSite


REAL = "412345678901;Δήμος Ανάφης;Περιφέρεια Νοτίου Αιγαίου;anafi@dimos.test;"
SAMPLE_SITE = '[contact]\nemail = "a@ypourgeio.example"\n[server]\naddress = "https://portal.EXAMPLE/"\n'
LATE = date(2021, 1, 5)


def _problems(site: SmallSite, day: date = DAY) -> tuple[Problem, ...]:
    return check(site.folders, day)[1]


def test_the_samples_facts_are_told_once(site: SmallSite) -> None:
    """Letters for real agencies would name a server that does not exist: one warning for all keys of site.toml."""
    site.write((*ROWS, REAL), site=SAMPLE_SITE)
    (problem,) = _problems(site)
    assert str(problem.at) == "site.toml, server.address, contact.email"
    assert problem.value == "https://portal.EXAMPLE/, a@ypourgeio.example"
    assert "telephones" in problem.hint


def test_the_samples_lines_of_a_circular_are_told(site: SmallSite) -> None:
    """The sender's lines come with a campaign that began as a copy of the sample's."""
    site.write((*ROWS, REAL), rest='details = ["Οδός 1", "E-mail: a@ypourgeio.example"]')
    (problem,) = _problems(site)
    assert (str(problem.at), problem.value) == ("campaign.toml, circular.details", "E-mail: a@ypourgeio.example")


@pytest.mark.parametrize("host", ["portal.example.gr", "portal.examples", "example-portal.gr"])
def test_other_hosts_are_real(site: SmallSite, host: str) -> None:
    """Only the names that are kept for examples are told."""
    site.write((*ROWS, REAL), site=f'[server]\naddress = "https://{host}/"\n')
    assert _problems(site) == ()


@posix_only("Windows has no such modes")
def test_files_that_others_can_read_are_told(site: SmallSite) -> None:
    """Addresses of real people are closed by the next build; the sample, which everybody has, is no matter."""
    site.write((*ROWS, REAL))
    annex = site.campaign / "annex.csv"
    for mode, told in ((0o640, True), (0o604, True), (0o600, False)):
        annex.chmod(mode)
        assert ["annex.csv" in problem.message for problem in _problems(site)] == [True] * told
        assert stat.S_IMODE(annex.stat().st_mode) == mode, "check writes nothing"
    site.write()
    annex.chmod(0o644)
    assert _problems(site) == ()


def test_a_deadline_that_was_over_before_the_first_build(site: SmallSite) -> None:
    """A slip of the year is told by the first build, not as a warning: an old campaign may be built on purpose."""
    site.write((*ROWS, REAL))
    assert _problems(site, LATE) == ()
    assert [_over(site, day) for day in (date(2020, 11, 30), LATE)] == [[], []], "it was built in time"
    shutil.rmtree(site.folders.private)
    shutil.rmtree(site.folders.out)
    (line,), again = _over(site, LATE), _over(site, LATE)
    assert line.split("  ")[1] == "check the year"
    assert line.endswith("the last day to act, 30 November 2020, is over before the first build")
    assert again == []


def _over(site: SmallSite, day: date) -> list[str]:
    """Return what the next steps of a build say of the year."""
    return [line for line in next_lines(site.build(day=day), site.folders) if "is over" in line]


def test_sample_agencies_raise_no_question(site: SmallSite) -> None:
    """If all addresses are sample addresses, all else may be the sample's too, whatever the day."""
    site.write(site=SAMPLE_SITE)
    assert _problems(site, LATE) == ()
    assert _over(site, LATE) == []


def test_the_sample_itself_has_no_warning(tmp_path: Path) -> None:
    """A newcomer's first build finds nothing wrong."""
    folders = Folders(
        content=ROOT / "content" / "sample", out=tmp_path / "o", private=tmp_path, templates=ROOT / "templates"
    )
    assert check(folders, date(2030, 1, 1))[1] == ()


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


def _warnings(site: SmallSite, day: date = DAY) -> Sequence[str]:
    return [str(problem) for problem in check(site.folders, day)[1]]


@pytest.mark.parametrize("folder", ["ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ 11_2020", "Νέοι κωδικοί  πρόσβασης 11_2020"])
def test_two_campaigns_with_one_folder_name_are_told(site: SmallSite, folder: str) -> None:
    """Contacts see two folders and cannot tell which is theirs, in other letters too; the later campaign is named."""
    _later(site, folder=folder)
    (told,) = _warnings(site)
    assert told.startswith(f"warning: {NEXT}/campaign.toml, folder: ")
    assert f"campaign {SLUG} has the same folder name" in told


def test_folder_names_that_differ_in_a_digit_are_two(site: SmallSite) -> None:
    """«11_2020» and «1_12020» are not alike."""
    _later(site, folder="ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ 1_12020")
    assert _warnings(site) == []


def test_two_campaigns_to_come_from_one_password_file_are_told(site: SmallSite) -> None:
    """The later one would bring back the old codes of those it lets keep theirs, and of those it lacks."""
    folder = _later(site, keeps=f'"{THIRA}"')
    annex = folder / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace(ROWS[1] + "\n", ""), encoding="utf-8")
    assert not any("so is" in told for told in _warnings(site)), "there is no such file yet"
    site.write_passwords("".join(f"{user}:old\n" for user in (THIRA, ATTICA, CRETE, SIKINOS, "clerk")))
    (told,) = [told for told in _warnings(site) if "so is" in told]
    assert told.startswith(f"warning: private/current.htpasswd ({NEXT}): campaign {NEXT} is built from this file")
    assert f"so is {SLUG}, which changes it first: the old codes of 2 agencies would come back" in told
    site.write(site='[server]\nother_users = "drop"\n')
    (told,) = [told for told in _warnings(site) if "so is" in told]
    assert "the old code of 1 agency would come back" in told


def test_codes_that_all_end_do_not_come_back(site: SmallSite) -> None:
    """The later file is stale all the same, since activate will find another than it was built from."""
    _later(site)
    site.write_passwords(f"{THIRA}:old\n")
    (told,) = _warnings(site)
    assert "changes it first\n" in told


@pytest.mark.parametrize("day", [date(2020, 12, 1), date(2021, 12, 1)])
def test_after_the_first_day_of_the_earlier_campaign_nothing_is_told(site: SmallSite, day: date) -> None:
    """By then the copy that staff have may be the new one."""
    _later(site)
    site.write_passwords(f"{THIRA}:old\n")
    assert _warnings(site, day) == []


def test_a_campaign_that_was_activated_early_is_not_to_come(site: SmallSite) -> None:
    """The hint was followed."""
    _later(site)
    site.write_passwords(f"{THIRA}:old\n")
    site.build()
    (site.secrets / "htpasswd.activated").write_bytes(b"")
    assert _warnings(site) == []


def test_each_campaign_is_named_by_its_problem_of_the_password_file(site: SmallSite) -> None:
    """Two campaigns that keep codes share one file: whose keepers it lacks is said beside its name."""
    _later(site, keeps=f'"{THIRA}"')
    site.write(top=f'keeps_code = ["{CRETE}"]')
    missing = [told for told in _warnings(site) if told.startswith("error: private/current.htpasswd")]
    assert [told.partition(":")[2].partition(":")[0] for told in missing] == [
        f" private/current.htpasswd ({SLUG})",
        f" private/current.htpasswd ({NEXT})",
    ]
    site.write_passwords("clerk:old\n")
    lacking = [told for told in _warnings(site) if told.startswith("error: private/current.htpasswd")]
    assert [
        (f"({slug})" in told, user in told)
        for told, slug, user in zip(lacking, (SLUG, NEXT), (CRETE, THIRA), strict=True)
    ] == [(True, True)] * 2


SLOW, SLOWER = "$2y$10$saltandhash", "$6$rounds=900000$salt$hash"


@pytest.mark.parametrize(
    ("hashed", "milliseconds"),
    [
        ("$2y$05$x", 0),
        ("$2y$08$x", 0),
        ("$2y$09$x", 26),
        ("$2a$10$x", 51),
        ("$2b$12$x", 205),
        ("$2y$99$x", 0),
        ("$6$salt$x", 0),
        ("$6$rounds=20000$x", 0),
        ("$6$rounds=20001$x", 7),
        ("$5$rounds=100000$x", 34),
        ("$apr1$salt$x", 0),
        ("{SHA}x", 0),
        ("", 0),
    ],
)
def test_a_slow_hash_has_its_time(hashed: str, milliseconds: int) -> None:
    """Hashes of bcrypt above cost 8 and SHA above 20,000 rounds take time; others count as fast."""
    assert round(1000 * costly_seconds(f"user:{hashed}\n".encode())) == milliseconds


def slow_hashes(site: SmallSite) -> list[Problem]:
    """The warnings about the password file."""
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    return [problem for problem in problems.all() if problem.topic is Topic.ACCESS]


def test_only_lines_that_stay_are_told(site: SmallSite) -> None:
    """One warning counts the slow hashes of agencies that keep their code and of others, and names the slowest."""
    site.write(top=f'keeps_code = ["{ATTICA}"]')
    site.write_passwords(f"{ATTICA}:{SLOW}\n{THIRA}:{SLOWER}\n{SIKINOS}:{SLOWER}\nclerk:{SLOWER}\n")
    (found,) = slow_hashes(site)
    assert found.message.startswith("2 users keep hashes that are slow to check")
    assert "0.31 s" in found.message
    assert (found.value, found.at) == ("clerk", Place("private/current.htpasswd", line=4))


def test_a_line_that_leaves_is_not_told(site: SmallSite) -> None:
    """If site.toml drops the others, only agencies that keep their code count; none of them slow, no warning."""
    site.write(top=f'keeps_code = ["{ATTICA}"]', site='\n[server]\nother_users = "drop"\n')
    site.write_passwords(f"{ATTICA}:{SLOW}\nclerk:{SLOWER}\n")
    (found,) = slow_hashes(site)
    assert found.value == ATTICA
    site.write_passwords(f"{ATTICA}:$2y$05$x\nclerk:{SLOWER}\n")
    assert slow_hashes(site) == []
