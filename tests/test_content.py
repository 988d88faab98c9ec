from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.access import hash_code
from site_src.content.facts import campaign_folders, find_annexes, read_campaign, read_site
from site_src.keys import CampaignKey
from site_src.problems import Problem, Problems, Severity, Topic
from site_src.settings import DEFAULT_ALPHABET, Campaign, CodePolicy, Person, Site
from tests.small_site import SmallSite

if TYPE_CHECKING:
    from pathlib import Path

SITE = 'title = "Portal"\noperator = "Ministry"\n'
DATES = 'folder = "CODES 11_2020"\ndeadline = 2020-11-30\neffective = 2020-12-01\n'
CIRCULAR = '[circular]\nprotocol = 78411\ndate = 2020-11-17\nsubject = "Codes"\n'


@pytest.fixture
def problems() -> Problems:
    """Where mistakes are collected."""
    return Problems()


def site_of(folder: Path, text: str, problems: Problems) -> Site:
    """The site of a site.toml with this text."""
    (folder / "site.toml").write_text(text, encoding="utf-8")
    return read_site(folder, problems)


def campaign_of(folder: Path, text: str, problems: Problems) -> Campaign:
    """The campaign of a campaign.toml with this text."""
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    return read_campaign(folder, problems)


def places(problems: Problems, severity: Severity = Severity.ERROR) -> list[str]:
    """Where the problems are, without the file."""
    return [problem.at.cell for problem in problems.all() if problem.severity is severity]


def only(problems: Problems) -> Problem:
    """The one problem that was found."""
    (problem,) = problems.all()
    return problem


def test_a_whole_site_is_read(tmp_path: Path, problems: Problems) -> None:
    """Every key of site.toml reaches its place."""
    text = (
        SITE
        + 'language = "en"\n[contact]\nunit = "Unit"\nphones = ["1", "2"]\nemail = "a@b.example"\naddress = "Street"\n'
        '[server]\naddress = "https://x.example"\npassword_file = "/etc/pw"\nrealm = "R"\nurl_prefix = "/codes/"\n'
        'other_users = "drop"\n'
    )
    site = site_of(tmp_path, text, problems)
    assert problems.all() == ()
    assert (site.title, site.operator, site.language) == ("Portal", "Ministry", "en")
    assert (site.contact.unit, site.contact.phones, site.contact.email) == ("Unit", ("1", "2"), "a@b.example")
    assert (site.server.url_prefix, site.server.other_users, site.server.realm) == ("/codes", "drop", "R")


def test_the_least_site_is_greek_and_keeps_other_users(tmp_path: Path, problems: Problems) -> None:
    """Title and operator suffice; the rest has its defaults."""
    site = site_of(tmp_path, SITE, problems)
    assert site == Site(title="Portal", operator="Ministry")
    assert (site.language, site.server.other_users) == ("el", "keep")
    assert problems.all() == ()


def test_no_site_file_is_one_problem_with_a_remedy(tmp_path: Path, problems: Problems) -> None:
    """Without site.toml the message says how one is made."""
    assert read_site(tmp_path, problems).language == "el"
    assert (only(problems).topic, only(problems).at.file) == (Topic.FILE, "site.toml")
    assert "new SLUG" in only(problems).hint


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('operator = "x"', "title"),
        ('title = "x"', "operator"),
        (SITE + 'language = "fr"', "language"),
        (SITE + 'language = "EL"', "language"),
        (SITE + 'langauge = "el"', "langauge"),
        (SITE + "contact = 5", "contact"),
        (SITE + '[contact]\nphone = "1"', "contact.phone"),
        (SITE + "[contact]\nphones = [true]", "contact.phones"),
        (SITE + '[server]\nother_users = "remove"', "server.other_users"),
        (SITE + '[server]\nurl_prefix = "codes"', "server.url_prefix"),
        (SITE + '[server]\nurl_prefix = "/a b"', "server.url_prefix"),
        (SITE + '[server]\nurl_prefix = "/a//b"', "server.url_prefix"),
        (SITE + '[server]\nurl_prefix = "/κωδικοί"', "server.url_prefix"),
    ],
)
def test_each_mistake_in_the_site_is_told_at_its_key(text: str, place: str, tmp_path: Path, problems: Problems) -> None:
    """A missing, wrong or unknown key is one error at its full name, with a hint."""
    site_of(tmp_path, text, problems)
    assert places(problems) == [place]
    assert only(problems).hint


def test_a_whole_campaign_is_read(tmp_path: Path, problems: Problems) -> None:
    """Every key of campaign.toml reaches its place, in each of its accepted forms."""
    text = (
        DATES.replace("2020-11-30", '"30/11/2020"') + "files_until = 2021-01-31\n"
        'keeps_code = ["012345678901", "Δήμος  Αθηναίων"]\n' + CIRCULAR + 'place = "Αθήνα"\nsender = "A\\nB"\n'
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
    ("alphabet", "says"),
    [
        ("CDFJLQRSW2346789C", "different"),
        ("CDFJLQRSW234678-", "ASCII letters and digits"),
        ("CDFJLQRSW234678Ω", "ASCII letters and digits"),
        ("CDFJLQRSW2346785", "S and 5"),
        ("CDFJLQRSW23467890", "Q and 0"),
        ("1IFJLQRSW2346789", "1 and I"),
        ("CDFJLQRSW234678A", "Greek letters: A"),
        ("CDFJLQRSW234678o", "Greek letters: o"),
        ("2", "0 bits"),
    ],
)
def test_an_alphabet_that_misleads_is_refused(alphabet: str, says: str, tmp_path: Path, problems: Problems) -> None:
    """Symbols that repeat, look alike in Latin, or look Greek are told by name."""
    campaign_of(tmp_path, DATES + CIRCULAR + f'[code]\nalphabet = "{alphabet}"\n', problems)
    assert problems.has_errors
    assert any(says in problem.message for problem in problems.all())
    assert set(places(problems)) <= {"code.alphabet", "code.groups"}


def test_the_built_in_alphabet_passes_its_own_check(tmp_path: Path, problems: Problems) -> None:
    """Writing the default into the file changes nothing."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR + f'[code]\nalphabet = "{DEFAULT_ALPHABET}"\n', problems)
    assert problems.all() == ()
    assert campaign.code == CodePolicy()


@pytest.mark.parametrize(
    ("groups", "length", "fits"),
    [(4, 4, False), (5, 4, True), (1, 18, False), (1, 19, True), (4, 5, True), (19, 1, False)],
)
def test_a_code_has_16_symbols_and_75_bits(
    groups: int, length: int, *, fits: bool, tmp_path: Path, problems: Problems
) -> None:
    """With 16 symbols to choose from, 19 are the least that give 75 bits; a code must also fit a line of the letter."""
    campaign_of(tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems)
    assert problems.has_errors is not fits


@pytest.mark.parametrize(("groups", "length"), [(15, 4), (1, 73), (10**9, 4), (4, 10**9), (37, 1), (8, 4), (7, 4)])
def test_a_code_that_is_too_long_is_refused(groups: int, length: int, tmp_path: Path, problems: Problems) -> None:
    """The letter shows a code on one line, and bcrypt reads 72 bytes: what is longer is an error at its key."""
    campaign_of(tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems)
    assert places(problems) == ["code.groups"]


@given(st.integers(1, 40), st.integers(1, 80))
def test_every_accepted_policy_gives_a_code_that_can_be_hashed(tmp_path: Path, groups: int, length: int) -> None:
    """Whatever policy passes the check, its codes reach the password file."""
    problems = Problems()
    campaign = campaign_of(
        tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems
    )
    if not problems.has_errors:
        key = CampaignKey(bytes(32))
        code = key.access_code(campaign.code, "012345678901", "a@b.example", 1)
        assert hash_code(key, "012345678901", code)


@pytest.mark.parametrize(
    ("deadline", "effective", "until", "warned"),
    [
        ("2020-11-30", "2020-12-01", "", []),
        ("2020-11-30", "2020-12-01", "2020-11-30", []),
        ("2020-12-01", "2020-12-01", "", ["deadline"]),
        ("2020-12-02", "2020-12-01", "", ["deadline"]),
        ("2020-11-30", "2020-12-01", "2020-11-29", ["files_until"]),
    ],
)
def test_dates_out_of_order_are_a_warning(  # noqa: PLR0913, PLR0917 (three dates and what they bring)
    deadline: str, effective: str, until: str, warned: list[str], tmp_path: Path, problems: Problems
) -> None:
    """A deadline that is not before the first day, or archives that leave before it, deserve a second look."""
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
    assert [campaign.withdrawn_on(date(2021, 1, 31)), campaign.withdrawn_on(date(2021, 2, 1))] == [False, True]
    assert not campaign_of(tmp_path, DATES + CIRCULAR, problems).withdrawn_on(date.max)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_exception(tmp_path: Path, text: str) -> None:
    """Whatever stands in the two files, mistakes are collected and nothing is raised."""
    problems = Problems()
    data = text.encode(errors="replace")
    (tmp_path / "campaign.toml").write_bytes(DATES.encode() + data)
    (tmp_path / "site.toml").write_bytes(SITE.encode() + data)
    read_campaign(tmp_path, problems)
    read_site(tmp_path, problems)


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


def test_whom_to_call_may_be_one_text(tmp_path: Path, problems: Problems) -> None:
    """A unit alone needs no table."""
    assert site_of(tmp_path, f'{SITE}contact = "Unit of Portals"\n', problems).contact.unit == "Unit of Portals"
    assert problems.all() == ()


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
