from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from site_src.activate.activate import reissue
from site_src.files.htpasswd import users_of
from site_src.pipeline.reading import read_inputs
from site_src.problems import InputError, Problems, Topic
from tests.support.small_site import DAY, ROWS, SLUG, SmallSite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_src.read.inputs import Inputs

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)
KEEPS_CRETE = f'keeps_code = ["{CRETE}"]'


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """A small content folder in which one agency keeps its code."""
    small = SmallSite(tmp_path)
    small.write(top=KEEPS_CRETE)
    small.write_passwords(f"{CRETE}:old\n")
    return small


def inputs_of(site: SmallSite) -> Inputs:
    """The campaign as it is read now."""
    problems = Problems()
    inputs = read_inputs(site.folders, DAY, problems, SLUG)
    assert not problems.has_errors, problems.all()
    return inputs


def generations_in(site: SmallSite) -> Mapping[str, int]:
    """The generations that campaign.toml has now."""
    return inputs_of(site).campaigns[0].campaign.reissue


def again(site: SmallSite, *usernames: str) -> Mapping[str, int]:
    """Run the command's function on what is read now."""
    return reissue(inputs_of(site), usernames)


def toml(site: SmallSite) -> bytes:
    """The bytes of campaign.toml."""
    return (site.campaign / "campaign.toml").read_bytes()


def test_each_call_raises_the_generation(site: SmallSite) -> None:
    """The first new code is generation 2, the next one 3; the file says so when it is read again."""
    assert again(site, THIRA) == {THIRA: 2}
    assert generations_in(site) == {THIRA: 2}
    assert again(site, THIRA, ATTICA) == {THIRA: 3, ATTICA: 2}
    assert generations_in(site) == {THIRA: 3, ATTICA: 2}


def test_the_command_names_the_agency(site: SmallSite) -> None:
    """Nobody knows twelve digits by heart: the name stands behind them."""
    told = site.run("reissue", SLUG, THIRA).stdout
    assert f"{THIRA} Δήμος Θήρας: the next build makes its code number 2\n" in told


def test_a_user_name_given_twice_is_raised_once(site: SmallSite) -> None:
    """Naming an agency twice in one command gives one new code."""
    assert again(site, THIRA, ATTICA, THIRA) == {THIRA: 2, ATTICA: 2}


def test_the_next_build_gives_another_code_to_it_alone(site: SmallSite) -> None:
    """Archive and password line of that agency change; every other agency's stay byte for byte."""
    site.build()
    archives = {path.stem: path.read_bytes() for path in site.files.glob("*/*.zip")}
    lines = users_of((site.secrets / "htpasswd.after").read_bytes())
    again(site, ATTICA)
    changes = site.build().campaigns[0].changes
    assert (changes.reissued, changes.unchanged) == ((ATTICA,), (THIRA,))
    new_lines = users_of((site.secrets / "htpasswd.after").read_bytes())
    assert {user for user, line in new_lines.items() if line != lines[user]} == {ATTICA}
    assert {path.stem for path in site.files.glob("*/*.zip") if path.read_bytes() != archives[path.stem]} == {ATTICA}


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", {THIRA: 2}),
        ("# last words", {THIRA: 2}),
        ("[reissue]\n", {THIRA: 2}),
        (f'[reissue]  # by phone\n"{ATTICA}" = 4 # twice lost\n', {THIRA: 2, ATTICA: 4}),
        (f"[reissue]\n{THIRA} = 7", {THIRA: 8}),
        (f'[code]\ngroups = 5\n[reissue]\n"{THIRA}" = 2\n[annex]\nemail = "E-mail"\n', {THIRA: 3}),
        (f'[annex]\nemail = "E-mail"\n\n\n[reissue]\n\n"{ATTICA}" = 2\n\n# end\n', {THIRA: 2, ATTICA: 2}),
    ],
)
def test_what_else_is_in_the_file_stays(rest: str, expected: dict[str, int], site: SmallSite) -> None:
    """Every line that was there is there afterwards, comments too, whatever form the table has."""
    site.write(top=KEEPS_CRETE, rest=rest)
    before, campaign = toml(site).decode(), inputs_of(site).campaigns[0].campaign
    again(site, THIRA)
    after, changed = toml(site).decode(), inputs_of(site).campaigns[0].campaign
    kept = [line for line in before.splitlines() if line.strip() and THIRA not in line]
    assert [line for line in after.splitlines() if line in kept] == kept
    assert changed.reissue == expected
    assert (changed.circular, changed.code, changed.columns) == (campaign.circular, campaign.code, campaign.columns)


@pytest.mark.parametrize("top", [f'reissue = {{ "{ATTICA}" = 4 }}', f"reissue.{ATTICA} = 4"])
def test_an_inline_table_is_extended(top: str, site: SmallSite) -> None:
    """Generations on one line, or with a dot, are written back with one more."""
    site.write(top=f"{KEEPS_CRETE}\n{top}")
    again(site, THIRA)
    assert generations_in(site) == {ATTICA: 4, THIRA: 2}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1253", "utf-16"])
def test_windows_line_ends_stay(encoding: str, site: SmallSite) -> None:
    """A file from Notepad keeps its line ends, and its mark does no harm."""
    path = site.campaign / "campaign.toml"
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
    lines = path.read_text(encoding=encoding).splitlines()
    again(site, THIRA)
    again(site, THIRA)
    assert generations_in(site) == {THIRA: 3}
    assert path.read_text(encoding="utf-8-sig").splitlines()[: len(lines)] == lines
    assert toml(site).count(b"\r\n") >= len(lines)


@pytest.mark.parametrize(
    ("username", "topic"),
    [
        ("999999999999", Topic.USERNAME),
        ("Δήμος Θήρας", Topic.USERNAME),
        ("", Topic.USERNAME),
        ("12345678901", Topic.USERNAME),
        (CRETE, Topic.STATUS),
        (SIKINOS, Topic.STATUS),
    ],
)
def test_who_gets_no_code_is_told_and_nothing_is_written(username: str, topic: Topic, site: SmallSite) -> None:
    """A mistyped user name, one that keeps its code, one without contact: errors, and a good one beside them waits."""
    before = site.snapshot()
    with pytest.raises(InputError) as caught:
        again(site, THIRA, username)
    (problem,) = caught.value.problems
    assert (problem.topic, problem.value, problem.at.file) == (topic, username, "annex.csv")
    assert problem.hint
    assert site.snapshot() == before


def test_of_several_campaigns_the_annex_is_told_that_was_looked_into(site: SmallSite) -> None:
    """Each has a file of this name."""
    shutil.copytree(site.campaign, site.folders.content / "2021-05")
    with pytest.raises(InputError, match=r"2020-11/annex\.csv: "):
        again(site, "1")


def test_all_wrong_user_names_are_told_at_once(site: SmallSite) -> None:
    """Several mistakes in one command are one list."""
    with pytest.raises(InputError) as caught:
        again(site, "1", CRETE, "2")
    assert [problem.value for problem in caught.value.problems] == ["1", "2", CRETE]


def test_nothing_but_the_one_file_changes(site: SmallSite) -> None:
    """No draft is left, and no other file is touched."""
    before = site.snapshot()
    again(site, THIRA)
    after = site.snapshot()
    assert before.keys() == after.keys()
    assert [name for name in after if after[name] != before[name]] == ["content/2020-11/campaign.toml"]
