"""A build's summary says what the administrator is to do with the password file, and whom staff must tell."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from site_src.activate.activate import activate, roll_back
from site_src.commands.build_messages import campaign_lines, next_lines
from site_src.problems import TooEarlyError
from site_src.publish.outcome import Handover
from tests.support.small_site import DAY, ROWS, SLUG, SmallSite

THIRA, ATTICA, CRETE, _ = (row.split(";")[0] for row in ROWS)
EFFECTIVE, AFTERWARDS = date(2020, 12, 1), date(2020, 12, 5)
ACTIVATE = f"the administrator puts the new codes of {SLUG} in force, as README.txt says (activate.py)"
MOVED = tuple(row.replace("thira@", "neos@") for row in ROWS)


@pytest.fixture
def live(site: SmallSite, tmp_path: Path) -> Path:
    """The server's password file, of which staff have a copy."""
    site.write_passwords(f"{THIRA}:old\n{ATTICA}:old\nclerk:old\n")
    path = tmp_path / "live"
    shutil.copy(site.folders.private / "current.htpasswd", path)
    return path


COPY, IN_IT = "copy the site again", "the site in it has changed:"


def copied(lines: list[str]) -> list[str]:
    """Return why the site is to be copied again, from each line that says so."""
    return [line.partition(start)[2].strip() for line in lines for start in (COPY, IN_IT) if line.startswith(start)]


def give(folder: Path) -> str:
    """The step that hands a folder over for the first time."""
    return f"give the administrator the hand-over folder, whole: its README.txt has the steps ({folder})"


def told(site: SmallSite, day: date = DAY) -> tuple[Handover, list[str]]:
    """Build; what is to be handed over, and the steps that the summary names."""
    outcome = site.build(day=day)
    lines = list(next_lines(outcome, site.folders))
    handover = outcome.campaigns[0].handover if outcome.campaigns else Handover.NOTHING
    return handover, [" ".join(line.split()) for line in lines[lines.index("") :]]


def test_a_first_build_names_the_day(site: SmallSite) -> None:
    """The password file is for the effective day, as people write it; nobody need collect again."""
    site.write_passwords("clerk:old\n")
    handover, lines = told(site)
    assert handover is Handover.FIRST
    assert f"on 1 December 2020 {ACTIVATE}" in lines
    assert give(Path("private", SLUG, "handover")) in lines
    assert not any("again" in line for line in lines)
    assert told(site)[0] is Handover.FIRST


def test_a_new_campaign_has_a_folder_of_its_own_to_give(site: SmallSite) -> None:
    """Beside a site that is there already, the new campaign's folder is named, and why the site in it has changed."""
    site.write_passwords("clerk:old\n")
    site.build()
    site.add_campaign("2020-10")
    lines = told(site)[1]
    folder = Path("private", "2020-10", "handover")
    step = lines.index(give(folder))
    assert lines[step + 1].startswith(IN_IT)
    assert not any(line.startswith(COPY) for line in lines), "it is in the folder"


def test_without_the_servers_users_the_summary_says_so(site: SmallSite) -> None:
    """Nothing else would before the day, on which `activate` refuses a live file that holds other users."""
    current = site.folders.private / "current.htpasswd"
    copy = f"copy its password file to {current.relative_to(site.base)} (in the desk: «Facts and text») and build again"
    step = f"if the server has users {copy}: the new one lacks them"
    assert step in told(site)[1]
    site.write_passwords("clerk:old\n")
    assert step not in told(site)[1]
    current.unlink()
    assert step in told(site, AFTERWARDS)[1]
    assert step not in told(site, AFTERWARDS)[1], "the new file is in force as it is"


def test_the_day_on_which_the_letters_leave(site: SmallSite) -> None:
    """No clock takes them away: while they are there the last step names the day after files_until; then it is gone."""
    site.write(top="files_until = 2021-01-31")
    step = f"on 1 February 2021 build again, and copy the site again: the letters of {SLUG} leave it"
    assert told(site)[1][-1] == step
    assert told(site, date(2021, 1, 31))[1][-1] == step
    assert not any("leave it" in line for line in told(site, date(2021, 2, 1))[1])


def test_letters_that_stay_have_no_such_day(site: SmallSite) -> None:
    """Without files_until nothing is to be done."""
    assert not any("leave it" in line for line in told(site)[1])


@pytest.mark.parametrize("how", ["an address", "a reissue"])
def test_a_change_before_the_day(how: str, site: SmallSite) -> None:
    """The agency is told, by user name and name, and the folder with the site handed over again before the day."""
    site.build()
    change(site, how)
    handover, lines = told(site)
    assert handover is Handover.AGAIN
    text = "\n".join(lines)
    assert not any(line.startswith(COPY) for line in lines), "it is in the folder"
    void = "1 agency must collect its letter again, as the archive and the code that it has are void:"
    assert f"{void}\n{THIRA} Δήμος Θήρας\n" in text
    assert f"{again()}\n{IN_IT} letters (1 reissued)\non 1 December 2020 {ACTIVATE}" in text
    assert "neos@dimos.example" not in text


@pytest.mark.parametrize(
    ("rows", "text", "day", "why"),
    [
        (ROWS, "", AFTERWARDS, "letters (3 withdrawn)"),
        (ROWS[1:], "", DAY, "letters (1 withdrawn)"),
        ((ROWS[0].replace("thira@dimos.example", ""), *ROWS[1:]), "", DAY, "letters (1 withdrawn)"),
        ((*MOVED[:1], *ROWS[2:]), "", DAY, "letters (1 reissued, 1 withdrawn)"),
        ((*ROWS, "412345678901;Δήμος Φολεγάνδρου;;;"), "", DAY, "pages have changed"),
        (ROWS, "Νέα παράγραφος.\n", DAY, "pages have changed"),
    ],
    ids=["withdrawn", "gone", "without a contact", "moved and gone", "to call", "another text"],
)
def test_whatever_changed_is_to_be_copied(
    rows: tuple[str, ...], text: str, day: date, why: str, site: SmallSite
) -> None:
    """Archives that leave the site stay on the server until it is copied; so do pages of yesterday."""
    until = "files_until = 2020-12-04"
    site.write(top=until)
    assert not copied(told(site)[1])
    site.write(rows, top=until)
    with (site.campaign / "circular.md").open("a", encoding="utf-8") as file:
        file.write(text)
    assert copied(told(site, day)[1]) == [why]
    assert not copied(told(site, day)[1])


def test_a_site_that_is_lost_here_is_to_be_copied(site: SmallSite) -> None:
    """Nobody knows then whether the server's is the same; into an empty folder a first build goes."""
    site.folders.out.mkdir()
    assert not copied(told(site)[1])
    shutil.rmtree(site.folders.out)
    assert copied(told(site)[1]) == ["letters (3 made again with the same code)"]


def move_day(site: SmallSite, old: date, new: date) -> None:
    """Write another effective day, and a deadline before it, into campaign.toml."""
    path = site.campaign / "campaign.toml"
    text = path.read_text(encoding="utf-8").replace(f"effective = {old}", f"effective = {new}")
    path.write_text(re.sub("deadline = .*", f"deadline = {min(old, new) - timedelta(1)}", text), encoding="utf-8")


def again() -> str:
    """Return the step that gives the administrator the folder again."""
    folder = Path("private", SLUG, "handover")
    return f"now give the administrator the hand-over folder again: until then the old codes and day count ({folder})"


@pytest.mark.parametrize("how", ["nothing else", "an address"])
def test_another_day_is_handed_over_at_once(how: str, site: SmallSite, live: Path) -> None:
    """With the manifest of before the server would swap on the day of before, or not yet on the new one."""
    site.build()
    if how == "an address":
        change(site, how)
    later, swap = date(2098, 11, 20), f"on 20 November 2098 {ACTIVATE}"
    move_day(site, EFFECTIVE, later)
    handover, lines = told(site)
    assert handover is Handover.AGAIN
    assert lines[lines.index(again()) + 2] == swap
    with pytest.raises(TooEarlyError, match="20 November 2098"):
        activate(site.secrets, live, today=EFFECTIVE, now=False)
    assert told(site)[0] is Handover.FIRST
    move_day(site, later, AFTERWARDS)
    handover, lines = told(site, AFTERWARDS)
    assert handover is Handover.AGAIN
    assert lines[lines.index(again()) + 2] == ACTIVATE
    assert told(site, AFTERWARDS)[0] is Handover.NOTHING


def test_a_moved_day_counts_the_letters_with_the_old_one(site: SmallSite) -> None:
    """Letters that were on the site may be collected: the summary, of a dry run too, says how many name which day."""
    site.write(top=f'keeps_code = ["{CRETE}"]')
    site.write_passwords(f"{CRETE}:old\n")
    site.build()
    move_day(site, EFFECTIVE, date(2020, 12, 2))
    told = "First day: 2 December 2020, not 1 December 2020 as in 2 letters that are on the site"
    for dry_run in (True, False):
        (campaign,) = site.build(dry_run=dry_run).campaigns
        assert told in "\n".join(campaign_lines(campaign, with_changes=False))
    (campaign,) = site.build().campaigns
    assert "First day" not in "\n".join(campaign_lines(campaign, with_changes=False))


def test_a_day_that_no_longer_matters(site: SmallSite, live: Path) -> None:
    """The server need not know of a moved day if the codes are in force on both, or were activated before either."""
    site.build(day=AFTERWARDS)
    move_day(site, EFFECTIVE, date(2020, 12, 2))
    assert told(site, AFTERWARDS)[0] is Handover.NOTHING
    activate(site.secrets, live, today=DAY, now=True)
    move_day(site, date(2020, 12, 2), date(2020, 12, 3))
    assert told(site)[0] is Handover.NOTHING


@pytest.mark.parametrize("how", ["an address", "a reissue"])
@pytest.mark.parametrize("day", [DAY, AFTERWARDS], ids=["activated before the day", "after the day"])
def test_a_change_after_the_swap(day: date, how: str, site: SmallSite, live: Path) -> None:
    """Once the codes are in force the swap is to be done again, now; done again, nothing is left to do."""
    site.build()
    activate(site.secrets, live, today=day, now=True)
    assert told(site, day)[0] is Handover.NOTHING
    change(site, how)
    handover, lines = told(site, day)
    assert handover is Handover.AGAIN
    assert lines[lines.index(again()) + 2] == ACTIVATE
    assert activate(site.secrets, live, today=day, now=True).changed
    assert live.read_bytes() == (site.secrets / "htpasswd.after").read_bytes()
    assert told(site, day)[0] is Handover.NOTHING


RULES = "hand over again {}, and reload the web server: its rules changed on {} (nothing to do if that was done since)"


def test_other_server_rules_are_handed_over_again(site: SmallSite) -> None:
    """With another url_prefix the old rules guard nothing: each build from then on names the day; a first one none."""
    server = site.folders.private / "server"
    assert not any(line.startswith("hand over again") for line in told(site)[1])
    site.write(site='[server]\nurl_prefix = "/codes"\n')
    outcome = site.build(dry_run=True, day=date(2020, 11, 19))
    assert outcome.rules_changed == date(2020, 11, 19)
    step = RULES.format(Path("private", "server"), "19 November 2020")
    assert step in told(site, date(2020, 11, 19))[1]
    assert step in told(site, date(2020, 11, 20))[1], "the reminder is as true after an unchanged build"
    assert '"rules_changed": "2020-11-19"' in (site.secrets / "manifest.json").read_text(encoding="utf-8")
    shutil.rmtree(server)
    assert step in told(site, date(2020, 11, 21))[1]
    site.write()
    assert RULES.format(Path("private", "server"), "22 November 2020") in told(site, date(2020, 11, 22))[1]


def test_a_rule_that_is_new_is_a_change(site: SmallSite) -> None:
    """A snippet that an earlier Thyrida did not make is a change of the rules."""
    site.build()
    (site.folders.private / "server" / "nginx-http.conf").unlink()
    assert any(line.startswith("hand over again") for line in told(site)[1])


def change(site: SmallSite, how: str) -> None:
    """Give one agency a new contact, or a new code at the same address."""
    if how == "an address":
        site.write(MOVED)
    else:
        site.write(rest=f'[reissue]\n"{THIRA}" = 2\n')


def test_after_a_rollback_the_day_counts_again(site: SmallSite, live: Path) -> None:
    """Codes that were activated early and taken back are no longer in force."""
    site.build()
    activate(site.secrets, live, today=DAY, now=True)
    roll_back(site.secrets, live)
    assert told(site)[0] is Handover.FIRST


def test_a_build_after_the_day_is_for_now(site: SmallSite) -> None:
    """A campaign that is built for the first time when its day has come is handed over at once."""
    handover, lines = told(site, EFFECTIVE)
    assert handover is Handover.FIRST
    assert f"now {ACTIVATE}" in lines
    assert give(Path("private", SLUG, "handover")) in lines


def test_an_older_campaign_never_takes_the_place_of_a_newer_one(site: SmallSite) -> None:
    """A change to the older of two campaigns in force asks for no swap: it would bring back ended codes."""
    newer = site.add_campaign("2021-05")
    toml = (newer / "campaign.toml").read_text(encoding="utf-8")
    (newer / "campaign.toml").write_text(toml.replace("2020", "2021"), encoding="utf-8")
    day = date(2022, 1, 1)
    site.build(day=day)
    change(site, "an address")
    outcome = site.build(day=day)
    assert {each.campaign.slug: each.handover for each in outcome.campaigns} == {
        SLUG: Handover.NOTHING,
        "2021-05": Handover.NOTHING,
    }
    assert outcome.campaigns[0].changes.reissued == (THIRA,)
