from __future__ import annotations

import itertools
import shutil
import stat
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.commands.build_messages import next_lines
from site_src.files.htpasswd import costly_seconds
from site_src.folders import Folders
from site_src.pipeline.build import check
from site_src.pipeline.reading import read_inputs
from site_src.problems import Place, Problem, Problems, Severity, Topic
from site_src.read.agency import Agency, Kind, Status
from site_src.read.annex.words import kind_of_name
from site_src.read.suspicions import MUCH_MORE, pieces, slips, warn_of_suspicions
from tests.support.small_site import DAY, ROOT, ROWS, SLUG
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.support.small_site import SmallSite


AEGEAN, CRETE = "Περιφέρεια Νοτίου Αιγαίου", "Περιφέρεια Κρήτης"
HOST, SLIP = "dimos-thiras.example", "dimos-theras.example"
NEXT = "2021-05"
REAL = "412345678901;Δήμος Ανάφης;Περιφέρεια Νοτίου Αιγαίου;anafi@dimos.test;"
SAMPLE_SITE = '[contact]\nemail = "a@ypourgeio.example"\n[server]\naddress = "https://portal.EXAMPLE/"\n'
LATE = date(2021, 1, 5)


def _problems(site: SmallSite, day: date = DAY) -> tuple[Problem, ...]:
    return check(site.folders, day)[1]


def _agency(
    number: int, *emails: str, name: str = "", parent: str = "", kind: str = "", status: Status = Status.NEW
) -> Agency:
    """An agency in row ``number``, its addresses in column E."""
    return Agency(
        username=f"{number:012d}",
        name=name or f"ΝΠ {number}",
        kind=kind or kind_of_name(name) or Kind.LEGAL_ENTITY,
        parent=parent or f"Δήμος {number}",
        emails=emails,
        emails_at=tuple(Place("annex.xlsx", "ΦΟΡΕΙΣ", f"E{number}") for _ in emails),
        status=status,
        at=Place("annex.xlsx", "ΦΟΡΕΙΣ", f"B{number}"),
        name_at=Place("annex.xlsx", "ΦΟΡΕΙΣ", f"C{number}"),
    )


def _told(*agencies: Agency) -> Sequence[Problem]:
    problems = Problems()
    warn_of_suspicions(agencies, problems)
    assert not problems.has_errors
    return problems.all()


@pytest.fixture
def numbers() -> Iterator[int]:
    """Row numbers, each once."""
    return itertools.count(2)


def test_one_address_of_strangers(numbers: Iterator[int]) -> None:
    """An address that agencies of different bodies share is told once, at its first cell, with names and cells."""
    shared = [_agency(number, "info@water.example") for number in itertools.islice(numbers, 8)]
    (problem,) = _told(*shared)
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.WARNING, "E2", "info@water.example")
    assert "7 agencies" in problem.message
    assert problem.message.startswith("ΝΠ 2 and ")
    others = ", ".join(f"ΝΠ {number} (ΦΟΡΕΙΣ!B{number})" for number in range(3, 8))
    assert problem.message.endswith(f": {others} and 2 more")


@pytest.mark.parametrize(
    "second",
    [
        {"name": "ΛΙΜΕΝΙΚΟ ΤΑΜΕΙΟ ΘΗΡΑΣ", "parent": "ΔΗΜΟΣ ΘΗΡΑΣ"},
        {"name": "ΛΙΜΕΝΙΚΟ ΤΑΜΕΙΟ ΘΗΡΑΣ", "parent": "Δήμος Θήρας", "kind": "Σύνδεσμος"},
    ],
)
def test_an_agency_may_share_with_its_legal_entities(numbers: Iterator[int], second: dict[str, Any]) -> None:
    """The municipality's officer often is the one of its school committees and harbour funds too."""
    thira = _agency(next(numbers), "a@b.example", name="Δήμος Θήρας", parent=AEGEAN, kind=Kind.MUNICIPALITY)
    entities = [_agency(next(numbers), "a@b.example", **second), _agency(next(numbers), "a@b.example", **second)]
    assert [p for p in _told(thira, entities[0]) if "a@b.example" in p.value] == []
    assert [p for p in _told(*entities) if "a@b.example" in p.value] == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "Δήμος Θήρας", "parent": AEGEAN}, {"name": "Δήμος Ίου", "parent": AEGEAN}),
        ({"name": "Δήμος Ηρακλείου", "parent": CRETE}, {"name": "Δήμος Ηρακλείου", "parent": AEGEAN}),
        ({"name": "Δήμος Θήρας", "parent": AEGEAN}, {"name": AEGEAN, "parent": "-"}),
    ],
)
def test_municipalities_do_not_share(numbers: Iterator[int], first: dict[str, Any], second: dict[str, Any]) -> None:
    """A region is above its municipalities, and none of them is another's; nor are two of one name."""
    one, other = (_agency(next(numbers), "a@b.example", **each) for each in (first, second))
    (problem,) = _told(one, other)
    assert "1 agency of another body" in problem.message


def test_an_address_shared_in_another_case_is_shared(numbers: Iterator[int]) -> None:
    """A mailbox is the same however it is written."""
    told = _told(_agency(next(numbers), "a@b.example"), _agency(next(numbers), "A@b.example"))
    assert [problem.at.cell for problem in told if "another body" in problem.message] == ["E2"]


def test_who_gets_no_archive_raises_no_question_about_it(numbers: Iterator[int]) -> None:
    """The address of an agency that keeps its code opens nothing."""
    assert (
        _told(_agency(next(numbers), "a@b.example"), _agency(next(numbers), "A@b.example", status=Status.KEEPS)) == ()
    )


def test_a_slip_in_a_host(numbers: Iterator[int]) -> None:
    """A host one letter from one that five times as many agencies have is asked about, and the frequent one is not."""
    many = [_agency(number, f"a{number}@{HOST}") for number in itertools.islice(numbers, MUCH_MORE)]
    slip = _agency(next(numbers), f"grammateia@{SLIP}")
    (problem,) = _told(*many, slip)
    assert (problem.at.cell, problem.value) == (slip.emails_at[0].cell, f"grammateia@{SLIP}")
    assert f'"{HOST}"' in problem.message
    assert _told(*many[1:], slip) == ()


def test_two_addresses_of_one_agency_are_one_user_of_a_host(numbers: Iterator[int]) -> None:
    """One agency with five addresses says nothing about what others have."""
    busy = _agency(next(numbers), *(f"a{number}@{HOST}" for number in range(MUCH_MORE)))
    assert _told(busy, _agency(next(numbers), f"x@{SLIP}")) == ()


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("thiras", "theras", True),
        ("thiras", "thira", True),
        ("hiras", "thiras", True),
        ("thirras", "thiras", True),
        ("tihras", "thiras", True),
        ("thiras", "thera", False),
        ("abc", "bca", True),
        ("", "a", True),
        ("gmail.com", "ymail.gr", False),
    ],
)
def test_what_one_letter_is(one: str, other: str, *, away: bool) -> None:
    """One more, one less, another one, or one in another place; in either direction."""
    assert [text for text, _ in slips({one: 1, other: MUCH_MORE})] == [one] * away
    assert [text for text, _ in slips({other: 1, one: MUCH_MORE})] == [other] * away


@given(st.dictionaries(st.text("ab", max_size=6), st.integers(1, 30), max_size=12))
def test_no_slip_is_missed(counts: dict[str, int]) -> None:
    """The quick way finds what a comparison of all pairs finds."""
    pairs = itertools.product(counts, counts)
    near = {a for a, b in pairs if counts[b] >= MUCH_MORE * counts[a] and pieces(a) & pieces(b)}
    assert {text for text, _ in slips(counts)} == near


def test_capitals(numbers: Iterator[int]) -> None:
    """An address with capitals is told at its cell: it must be typed so."""
    (problem,) = _told(_agency(next(numbers), "a@b.example", "Info@c.example"))
    assert (problem.at.cell, problem.value) == ("E2", "Info@c.example")


def test_namesakes(numbers: Iterator[int]) -> None:
    """One name under one parent is told, however it is written; under two parents it is normal."""
    heraklion = [_agency(next(numbers), name="Δήμος Ηρακλείου", parent=parent) for parent in (CRETE, AEGEAN)]
    assert _told(*heraklion) == ()
    (problem,) = _told(*heraklion, _agency(next(numbers), name="ΔΗΜΟΣ ΗΡΑΚΛΕΙΟΥ", parent=CRETE))
    assert (problem.at.cell, problem.value) == ("C4", "ΔΗΜΟΣ ΗΡΑΚΛΕΙΟΥ")
    assert "ΦΟΡΕΙΣ!C2" in problem.message


@pytest.mark.parametrize(
    ("status", "word"), [(Status.NEW, "old one ends"), (Status.CONTACT_US, "old one ends"), (Status.KEEPS, "")]
)
def test_notes_that_nothing_else_bears_out(status: Status, word: str) -> None:
    """An agency that keeps its code by its notes alone is reported at their cell, and keeps nothing by them."""
    notes = "Διατηρεί τον κωδικό του"
    agency = replace(_agency(2, "a@b.example", status=status), notes=notes, notes_at=Place(cell="F2"))
    told = _told(agency)
    assert [(problem.at.cell, problem.value) for problem in told] == ([("F2", notes)] if word else [])
    assert all(word in problem.message for problem in told)


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Δήμος Θήρας and 1 agency of another body have this address: Δήμος Πάρου (A3)"),
        ("el", "ο φορέας «Δήμος Θήρας» και 1 φορέας που δεν υπάγεται στον ίδιο φορέα: Δήμος Πάρου (A3)"),
    ],
)
def test_check_asks(site: SmallSite, language: str, asked: str) -> None:
    """A suspicion is a warning of check, with the cell of the address, and stops nothing."""
    rows = ("012345678901;Δήμος Θήρας;;a@dimos.example;", "112345678901;Δήμος Πάρου;;a@dimos.example;")
    site.write(rows)
    run = site.run("check", f"--lang={language}")
    assert run.returncode == 0
    assert [line for line in run.stdout.splitlines() if "annex.csv, D2" in line and line.endswith(asked)]


AGENCIES = 45  # so many that four who must call are less than a tenth


def _rows(number: int, callers: int, status: str = "") -> tuple[str, ...]:
    """An annex of so many agencies, of which the first ones have no address."""
    return tuple(
        f"{row:012d};Φορέας {row};;{'' if row < callers else f'a{row}@dimos.example'};{status if row < callers else ''}"
        for row in range(number)
    )


@pytest.mark.parametrize("status", ["", "contact-us", "keeps"])
def test_a_campaign_in_which_nobody_gets_a_code_is_an_error(site: SmallSite, status: str) -> None:
    """The error names the annex, and how many keep their codes or must call."""
    site.write(_rows(3, 3, status))
    site.write_passwords("".join(f"{row:012d}:old\n" for row in range(3)))
    (problem,) = _problems(site)
    assert (problem.severity, problem.at.file) == (Severity.ERROR, "annex.csv")
    keeps = 3 if status == "keeps" else 0
    assert problem.message == f"no agency gets a new code: {keeps} keep theirs, and {3 - keeps} must call"


@pytest.mark.parametrize(
    ("number", "callers", "told"), [(20, 2, True), (21, 2, False), (5, 1, False), (390, 2, False), (390, 39, True)]
)
def test_a_tenth_that_must_call_is_told_once(site: SmallSite, number: int, callers: int, *, told: bool) -> None:
    """One warning has the number and the first few by name and cell; one agency alone is never told."""
    site.write(_rows(number, callers))
    problems = _problems(site)
    assert [problem.severity for problem in problems] == ([Severity.WARNING] if told else [])
    for problem in problems:
        assert problem.message.startswith(f"{callers} of {number} agencies must call: Φορέας 0 (A2), Φορέας 1 (A3)")


@pytest.mark.parametrize(
    ("before", "now", "told"), [(1, 1, False), (1, 2, True), (2, 3, False), (2, 4, True), (0, 2, True), (0, 1, False)]
)
@pytest.mark.parametrize("built", [False, True])
def test_twice_the_share_of_the_campaign_before_is_told(
    site: SmallSite,
    before: int,
    now: int,
    built: bool,  # noqa: FBT001 (a case)
    told: bool,  # noqa: FBT001 (a case)
) -> None:
    """The campaign before counts by its folder, or by what was built of it."""
    site.write(_rows(AGENCIES, before))
    if built:
        site.build()
    folder = site.add_campaign(NEXT)
    facts = (folder / "campaign.toml").read_text(encoding="utf-8")
    (folder / "campaign.toml").write_text(facts.replace("2020", "2021"), encoding="utf-8")
    if built:
        site.campaign.rename(folder.with_name("out-of-the-way"))
        (folder.parent / "out-of-the-way").rename(site.base / "elsewhere")
    header, *_ = (folder / "annex.csv").read_text(encoding="utf-8").splitlines()
    (folder / "annex.csv").write_text("\n".join((header, *_rows(AGENCIES, now))) + "\n", encoding="utf-8")
    problems = [problem for problem in _problems(site) if "must call" in problem.message]
    assert [problem.at.file for problem in problems] == (["annex.csv"] if told else [])
    for problem in problems:
        said = f"{now} of {AGENCIES} agencies must call, and in campaign {SLUG} {before} of {AGENCIES}: Φορέας 0 (A2)"
        assert problem.message.startswith(said)


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
    folders = Folders(content=ROOT / "content" / "sample", out=tmp_path / "o", private=tmp_path)
    assert check(folders, date(2030, 1, 1))[1] == ()


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
