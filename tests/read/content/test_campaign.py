from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Problems, Severity
from site_src.read.content.campaign import read_campaign
from site_src.read.content.site import read_site
from site_src.read.settings import DEFAULT_ALPHABET, CodePolicy, Person
from tests.support.content_files import CIRCULAR, DATES, SITE, campaign_of, places
from tests.support.small_site import SmallSite

if TYPE_CHECKING:
    from pathlib import Path


def test_a_whole_campaign_is_read(tmp_path: Path, problems: Problems) -> None:
    """Every key of campaign.toml reaches its place, in each of its accepted forms."""
    text = (
        DATES.replace("2020-11-30", '"30/11/2020"') + "files_until = 2021-01-31\n"
        'keeps_code = ["012345678901", "Δήμος  Αθηναίων"]\n'
        + CIRCULAR
        + 'place = "Αθήνα"\nada = "6ΑΒΓ-1Η2"\nmarking = ["ΕΠΕΙΓΟΝ"]\nsender = "A\\nB"\n'
        'contacts = ["A. B.: 210 1", { name = "C", phone = "2" }, "Help desk"]\nrecipients = ["All"]\n'
        'signatory = { title = "Minister", name = "N." }\nattachments = ["One"]\ndistribution = ["File"]\n'
        '[code]\ngroups = 4\ngroup_length = 5\n[annex]\nemail = "Ηλ. ταχ."\n[reissue]\n"012345678901" = 2\n'
    )
    campaign = campaign_of(tmp_path, text, problems)
    assert problems.all() == ()
    assert (campaign.deadline, campaign.effective, campaign.files_until) == (
        date(2020, 11, 30),
        date(2020, 12, 1),
        date(2021, 1, 31),
    )
    assert campaign.keeps_code == ("012345678901", "Δήμος Αθηναίων")
    assert campaign.circular.contacts == (Person("A. B.", "210 1"), Person("C", "2"), Person("Help desk", ""))
    assert (campaign.circular.protocol, campaign.circular.sender) == ("78411", ("A", "B"))
    assert (campaign.circular.signatory_title, campaign.circular.signatory_name) == ("Minister", "N.")
    assert (campaign.circular.ada, campaign.circular.marking) == ("6ΑΒΓ-1Η2", ("ΕΠΕΙΓΟΝ",))
    assert campaign.code == CodePolicy(groups=4, group_length=5, alphabet=DEFAULT_ALPHABET)
    assert (campaign.columns, campaign.reissue) == ({"email": "Ηλ. ταχ."}, {"012345678901": 2})
    assert campaign.eve == date(2020, 11, 30)


def test_a_signatory_may_be_a_title_alone(tmp_path: Path, problems: Problems) -> None:
    """One text as signatory is the office, without a person's name."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR + 'signatory = "Minister"', problems)
    assert (campaign.circular.signatory_title, campaign.circular.signatory_name) == ("Minister", "")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("deadline = 2020-11-30\neffective = 2020-12-01\n", "folder"),
        ('folder = "x"\neffective = 2020-12-01\n', "deadline"),
        ('folder = "x"\ndeadline = 2020-11-30\n', "effective"),
        (DATES + 'files_until = "later"\n', "files_until"),
        (DATES + "keeps_code = 12\n", "keeps_code"),
        (DATES + "deadlin = 1\n", "deadlin"),
        (DATES + '[cirular]\nprotocol = "1"\n', "cirular"),
        (DATES + '[annex]\nemails = "E-mail"\n', "annex.emails"),
        (DATES + "[annex]\nemail = true\n", "annex.email"),
        (DATES + '[reissue]\n"12345" = 2\n', "reissue.12345"),
        (DATES + '[reissue]\n"٠١٢٣٤٥٦٧٨٩٠١" = 2\n', "reissue.٠١٢٣٤٥٦٧٨٩٠١"),
        (DATES + '[reissue]\n"012345678901" = 0\n', "reissue.012345678901"),
        (DATES + '[reissue]\n"012345678901" = "2"\n', "reissue.012345678901"),
        (DATES + "[code]\ngroups = 3\n", "code.groups"),
        (DATES + "[code]\ngroups = -1\n", "code.groups"),
        (DATES + '[code]\nalphabet = ["A"]\n', "code.alphabet"),
        (DATES + CIRCULAR + "contacts = 5\n", "circular.contacts"),
        (DATES + CIRCULAR + 'contacts = [{ name = "A", mobile = "1" }]\n', "circular.contacts[1].mobile"),
        (DATES + CIRCULAR + 'signatory = { titel = "A" }\n', "circular.signatory.titel"),
        (DATES + f'[circular]\nprotocol = 1\ndate = 2020-11-17\nsubject = "{"ab " * 101}"', "circular.subject"),
    ],
)
def test_each_mistake_in_a_campaign_is_told_at_its_key(
    text: str, place: str, tmp_path: Path, problems: Problems
) -> None:
    """A missing, wrong or unknown key is one error at its full name, with a hint."""
    campaign_of(tmp_path, text, problems)
    assert places(problems) == [place]
    assert all(problem.hint for problem in problems.all())


def test_all_mistakes_are_told_at_once(tmp_path: Path, problems: Problems) -> None:
    """Mistakes in every table of one file are all collected in one reading."""
    text = (
        'folder = []\ndeadline = "x"\nstrange = 1\n[circular]\nsubject = 1.5\n'
        '[code]\ngroups = "4"\n[annex]\nwhat = "x"\n'
        "[reissue]\nx = 2\n"
    )
    campaign_of(tmp_path, text, problems)
    expected = {
        "folder",
        "deadline",
        "effective",
        "strange",
        "circular.subject",
        "code.groups",
        "annex.what",
        "reissue.x",
    }
    assert set(places(problems)) == expected


@pytest.mark.parametrize(
    ("deadline", "effective", "until", "warned"),
    [
        ("2020-11-30", "2020-12-01", "", []),
        ("2020-11-30", "2020-12-01", "2020-11-30", []),
        ("2020-12-01", "2020-12-01", "", ["deadline"]),
        ("2020-12-02", "2020-12-01", "", ["deadline"]),
        ("2020-11-30", "2020-12-01", "2020-11-29", ["files_until"]),
        ("2020-11-20", "2020-12-01", "2020-11-29", ["files_until"]),
    ],
)
def test_dates_out_of_order_are_a_warning(  # noqa: PLR0913, PLR0917 (three dates and what they bring)
    deadline: str, effective: str, until: str, warned: list[str], tmp_path: Path, problems: Problems
) -> None:
    """A deadline that is not before the first day, or letters that leave too early, deserve a second look."""
    text = f'folder = "x"\ndeadline = {deadline}\neffective = {effective}\n'
    campaign_of(tmp_path, text + (f"files_until = {until}\n" if until else "") + CIRCULAR, problems)
    assert not problems.has_errors
    assert places(problems, Severity.WARNING) == warned


def test_a_circular_without_its_metadata_is_a_warning(tmp_path: Path, problems: Problems) -> None:
    """Protocol, date and subject are missed, each at its own key, and stop nothing."""
    campaign_of(tmp_path, DATES, problems)
    assert not problems.has_errors
    assert places(problems, Severity.WARNING) == ["circular.protocol", "circular.date", "circular.subject"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_told(day: str, tmp_path: Path, problems: Problems) -> None:
    """A year that cannot be meant is an error, so that no day before or after it is ever computed."""
    text = f'folder = "x"\ndeadline = {day}\neffective = {day}\n{CIRCULAR}'
    campaign_of(tmp_path, text, problems)
    assert {"deadline", "effective"} <= set(places(problems))


def test_archives_leave_the_day_after_files_until(tmp_path: Path, problems: Problems) -> None:
    """The last day counts; without the key they stay for ever."""
    campaign = campaign_of(tmp_path, DATES + "files_until = 2021-01-31\n" + CIRCULAR, problems)
    assert [campaign.is_over_on(date(2021, 1, 31)), campaign.is_over_on(date(2021, 2, 1))] == [False, True]
    assert not campaign_of(tmp_path, DATES + CIRCULAR, problems).is_over_on(date.max)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_exception(tmp_path: Path, text: str) -> None:
    """Whatever stands in the two files, mistakes are collected and nothing is raised."""
    problems = Problems()
    data = text.encode(errors="replace")
    (tmp_path / "campaign.toml").write_bytes(DATES.encode() + data)
    (tmp_path / "site.toml").write_bytes(SITE.encode() + data)
    read_campaign(tmp_path, problems)
    read_site(tmp_path, problems)


@pytest.mark.parametrize(
    "key", ['folder = "x"', "files_until = 2020-12-31", 'keeps_code = ["x"]', "deadline = 2020-11-30"]
)
def test_a_fact_that_is_appended_to_campaign_toml_is_told_where_it_belongs(key: str, tmp_path: Path) -> None:
    """At the end of the file it stands in [circular]."""
    site, problems = SmallSite(tmp_path), Problems()
    site.write(rest=key)
    read_campaign(site.campaign, problems)
    (found,) = (problem for problem in problems.all() if problem.message == "this key is not known")
    assert found.hint == "it belongs at the top of the file, above the first [table]"
