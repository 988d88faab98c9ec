from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.htpasswd import hash_code
from site_src.make.server_rules import server_files
from site_src.plan.keys import CampaignKey
from site_src.problems import InputError, Problems, Severity, Topic
from site_src.read.content.toml_files import check_server, read_campaign, read_site
from site_src.read.settings import DEFAULT_ALPHABET, CodePolicy, Link, Person, Server, Site
from tests.support.content_files import CIRCULAR, DATES, SITE, campaign_of, only, places, site_of
from tests.support.small_site import SmallSite

if TYPE_CHECKING:
    from pathlib import Path


def test_a_whole_site_is_read(tmp_path: Path, problems: Problems) -> None:
    """Every key of site.toml reaches its place."""
    text = (
        SITE + 'links = [{ name = "Portal", address = "https://portal.example/" }]\n'
        'language = "en"\n[contact]\nunit = "Unit"\nphones = ["1", "2"]\nemail = "a@b.example"\naddress = "Street"\n'
        '[server]\naddress = "https://x.example"\npassword_file = "/etc/pw"\nrealm = "R"\nurl_prefix = "/codes/"\n'
        'other_users = "drop"\n'
        'hash = "sha512"\n'
    )
    site = site_of(tmp_path, text, problems)
    assert problems.all() == ()
    assert (site.title, site.operator, site.language) == ("Portal", "Ministry", "en")
    assert (site.contact.unit, site.contact.phones, site.contact.email) == ("Unit", ("1", "2"), "a@b.example")
    assert (site.server.url_prefix, site.server.other_users, site.server.realm) == ("/codes", "drop", "R")
    assert site.server.hash == "sha512"
    assert site.links == (Link("Portal", "https://portal.example/"),)


def test_the_least_site_is_greek_and_keeps_other_users(tmp_path: Path, problems: Problems) -> None:
    """Title and operator suffice; the rest has its defaults."""
    site = site_of(tmp_path, SITE, problems)
    assert site == Site(title="Portal", operator="Ministry")
    assert (site.language, site.server.other_users, site.server.hash) == ("el", "keep", "bcrypt")
    assert problems.all() == ()


def test_no_site_file_is_one_problem_with_a_remedy(tmp_path: Path, problems: Problems) -> None:
    """Without site.toml the message says how one is made."""
    assert read_site(tmp_path, problems).language == "el"
    assert (only(problems).topic, only(problems).at.file) == (Topic.FILE, "site.toml")
    assert "build.py new` writes one" in only(problems).hint


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('operator = "x"', "title"),
        ('title = "x"', "operator"),
        (SITE + 'language = "fr"', "language"),
        (SITE + 'language = "EL"', "language"),
        (SITE + 'langauge = "el"', "langauge"),
        (SITE + "contact = 5", "contact"),
        (SITE + "logo = true", "logo"),
        (SITE + "links = 5", "links"),
        (SITE + 'links = ["https://a.example"]', "links"),
        (SITE + 'links = [{ name = "Α" }]', "links[1].address"),
        (SITE + 'links = [{ address = "https://a.example" }]', "links[1].name"),
        (SITE + 'links = [{ name = "Α", address = "a.example" }]', "links[1].address"),
        (SITE + 'links = [{ name = "Α", address = "javascript:alert(1)" }]', "links[1].address"),
        (SITE + 'links = [{ name = "Α", address = "https://[" }]', "links[1].address"),
        (SITE + "[contact]\nlinks = []", "contact.links"),
        (SITE + '[contact]\nphone = "1"', "contact.phone"),
        (SITE + "[contact]\nphones = [true]", "contact.phones"),
        (SITE + '[server]\nother_users = "remove"', "server.other_users"),
        (SITE + '[server]\nhash = "md5"', "server.hash"),
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


def test_whom_to_call_may_be_one_text(tmp_path: Path, problems: Problems) -> None:
    """A unit alone needs no table."""
    assert site_of(tmp_path, f'{SITE}contact = "Unit of Portals"\n', problems).contact.unit == "Unit of Portals"
    assert problems.all() == ()


SERVED = Site(title="Λήψη αρχείων", operator="Υπηρεσία")


def with_server(**settings: str) -> Site:
    """The site with these settings under [server]."""
    return replace(SERVED, server=Server(**settings))


def mistakes(site: Site) -> list[tuple[str, str]]:
    """The keys and messages of what is wrong with a site's settings."""
    problems = Problems()
    check_server(site, problems)
    return [(problem.at.cell, problem.message) for problem in problems.all()]


@pytest.mark.parametrize(
    ("settings", "key", "part"),
    [
        ({"password_file": "htpasswd"}, "server.password_file", "begins with /"),
        ({"password_file": "/etc/pass\nwd"}, "server.password_file", "one line"),
        ({"password_file": "/etc/${HOME}"}, "server.password_file", "command"),
        ({"password_file": "/etc/htpasswd\\"}, "server.password_file", "command"),
        ({"realm": "\N{BRAILLE PATTERN BLANK}"}, "server.realm", "words"),
        ({"realm": "off"}, "server.realm", "no login"),
        ({"realm": " OFF "}, "server.realm", "no login"),
        ({"realm": "a\x07b"}, "server.realm", "one line"),
        ({"realm": "%{HTTP_HOST}"}, "server.realm", "command"),
        ({"realm": "from $1"}, "server.realm", "command"),
        ({"realm": "a\\"}, "server.realm", "command"),
        ({"url_prefix": "/../etc"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/.codes"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "codes"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/codes/"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/a b"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/a\n"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": '/a"; }'}, "server.url_prefix", "such as /codes"),
    ],
)
def test_a_setting_that_a_server_would_misread_is_told(settings: dict[str, str], key: str, part: str) -> None:
    """The problem names the key, and no snippet is made."""
    found = mistakes(with_server(**settings))
    assert [cell for cell, _ in found] == [key]
    assert part in found[0][1]
    with pytest.raises(InputError) as caught:
        server_files(with_server(**settings))
    assert [problem.topic for problem in caught.value.problems] == [Topic.SETTING]


def test_all_wrong_settings_are_told_at_once() -> None:
    """Three mistakes are three problems."""
    found = mistakes(with_server(password_file="x", realm="off", url_prefix="x"))  # noqa: S106 (a path)
    assert [cell for cell, _ in found] == ["server.password_file", "server.realm", "server.url_prefix"]


def test_a_title_that_nginx_would_misread_is_told_where_it_is_the_realm() -> None:
    """The title stands in for a missing realm, so it is held to the same rule."""
    assert mistakes(replace(SERVED, title="Off")) != []
    assert mistakes(replace(SERVED, title="Off", server=Server(realm="Codes"))) == []
    assert mistakes(replace(SERVED, title="Two\nlines")) == []


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
        (DATES + f"[code]\ngroups = 1{'0' * 400}\n", "code.groups"),
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
    expected = {"folder", "deadline", "effective", "strange", "circular.subject", "code.groups"}
    assert set(places(problems)) == expected | {"annex.what", "reissue.x"}


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


def test_archives_leave_the_day_after_files_until(tmp_path: Path, problems: Problems) -> None:
    """The last day counts; without the key they stay for ever."""
    campaign = campaign_of(tmp_path, DATES + "files_until = 2021-01-31\n" + CIRCULAR, problems)
    assert [campaign.is_over_on(date(2021, 1, 31)), campaign.is_over_on(date(2021, 2, 1))] == [False, True]
    assert not campaign_of(tmp_path, DATES + CIRCULAR, problems).is_over_on(date.max)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_exception(tmp_path: Path, text: str) -> None:
    """Mistakes in the two files are collected, whatever they are, and nothing is raised."""
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
    campaign = campaign_of(
        tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems
    )
    assert campaign.code == CodePolicy()  # letters are set with it, to see whether names fit
    assert places(problems) == ["code.groups"]


@given(st.integers(1, 40), st.integers(1, 80))
def test_every_accepted_policy_gives_a_code_that_can_be_hashed(tmp_path: Path, groups: int, length: int) -> None:
    """The codes of any accepted policy reach the password file."""
    problems = Problems()
    campaign = campaign_of(
        tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems
    )
    if not problems.has_errors:
        key = CampaignKey(bytes(32))
        code = key.access_code(campaign.code, "012345678901", "a@b.example", 1)
        assert hash_code(bytes(16), "012345678901", code)


KNOWN = ("folder", "deadline", "effective", "files_until", "keeps_code", "circular", "code", "annex", "reissue")
INNER = (*KNOWN, "date", "subject", "contacts", "signatory", "groups", "alphabet", "email", "012345678901", "name")
toml_values = st.recursive(
    st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=12) | st.dates() | st.times(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=6), toml_values, max_size=9))
def test_any_facts_are_read_or_told_at_their_place(tmp_path: Path, facts: dict[str, object]) -> None:
    """Each unknown key is reported, each mistake has a remedy, and every other value is of its type."""
    problems = Problems()
    campaign = campaign_of(tmp_path, tomlkit.dumps(facts), problems)
    errors = [problem for problem in problems.all() if problem.severity is Severity.ERROR]
    told = [problem.at.cell for problem in errors]
    assert all(problem.at.file == "campaign.toml" and problem.hint for problem in errors)
    assert set(facts) - set(KNOWN) <= set(told)
    assert all(key in facts or key in {"folder", "deadline", "effective"} for key in KNOWN if key in told)
    head, code = campaign.circular, campaign.code
    assert all(isinstance(day, date) for day in (campaign.deadline, campaign.effective, head.date or date.max))
    assert all(isinstance(text, str) for text in (campaign.folder, head.subject, *campaign.keeps_code, code.alphabet))
    assert all(isinstance(number, int) for number in (code.groups, code.group_length, *campaign.reissue.values()))


columns = st.dictionaries(
    st.sampled_from(["username", "name", "kind", "parent", "email", "status", "notes", "phone"]), st.just("Α")
)
generations = st.dictionaries(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(1, 99), max_size=3)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), columns, generations, st.sampled_from([(5, 4), (4, 5)]))
def test_facts_are_read_back(
    tmp_path: Path, until: date, annex: dict[str, str], reissue: dict[str, int], code: tuple[int, int]
) -> None:
    """Facts that are written as they should be are read back without a problem."""
    policy = dict(zip(("groups", "group_length"), code, strict=True))
    circular = {"protocol": "1", "date": date(2020, 11, 17), "subject": "Α"}
    days = {"deadline": date(2000, 1, 1), "effective": date(2000, 1, 2), "files_until": until}
    facts = {"folder": "Α", **days, "circular": circular, "annex": annex, "reissue": reissue, "code": policy}
    problems = Problems()
    campaign = campaign_of(tmp_path, tomlkit.dumps(facts), problems)
    assert problems.all() == ()
    assert (campaign.files_until, campaign.columns, campaign.reissue) == (until, annex, reissue)
    assert (campaign.code.groups, campaign.code.group_length) == code
