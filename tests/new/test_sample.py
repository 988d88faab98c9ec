from __future__ import annotations

from site_src.problems import Problems
from site_src.read.content.toml_files import read_campaign, read_site
from tests.support.make_sample import KEEPS, SAMPLE, make_annex, make_passwords, read_rows


def test_the_samples_annex_is_what_the_script_makes() -> None:
    """The annex in content/ comes out of the script byte for byte."""
    assert (SAMPLE / "annex.xlsx").read_bytes() == make_annex()


def test_the_sample_shows_what_real_annexes_hold() -> None:
    """The sample has 390 bodies with different user names, some beginning with 0, and a name that stands twice."""
    rows = [row for rows in read_rows().values() for row in rows]
    names = [row.name for row in rows]
    assert len(rows) == len({row.username for row in rows}) == 390
    assert any(row.username.startswith("0") for row in rows)
    assert names.count("Δήμος Ηρακλείου") == 2
    assert sum(not row.emails for row in rows) == 2
    assert all(
        address.endswith(".example")
        for row in rows
        for address in row.emails.replace(";", " ").replace(",", " ").split()
    )


def test_the_samples_facts_are_without_a_mistake() -> None:
    """The sample's site.toml and campaign.toml are read without a problem, and its archives never leave."""
    problems = Problems()
    read_site(SAMPLE.parent, problems)
    campaign = read_campaign(SAMPLE, problems)
    assert not problems.all()
    assert campaign.files_until is None
    assert campaign.keeps_code == KEEPS


def test_the_samples_password_file_holds_those_who_keep_their_code() -> None:
    """The lines are those of the three agencies and of one user who is none, as the script would make them anew."""
    users = [
        [line.split(":")[0] for line in text.splitlines()]
        for text in (make_passwords(), (SAMPLE / "current.htpasswd").read_text())
    ]
    assert users[0] == users[1]
    assert users[1][-1] == "portal-admin"
