"""A campaign that is over needs no annex and nothing private, and stops no build of the next one."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.activate.activate import reissue
from site_src.new.draft import draft_successor
from site_src.pipeline.build import check
from site_src.pipeline.reading import read_inputs
from site_src.problems import InputError, Problems, StateError, UsageError
from site_src.prove.verify import verify_over, verify_rest
from site_src.serve.preview import Preview
from tests.support.small_site import CIRCULAR, ROWS, SLUG, SmallSite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AFTER = date(2021, 2, 1)
LATER = "2021-05"
THIRA = ROWS[0].split(";")[0]
LISTS = """\
{{ keeps | names }}, {{ agencies | count }}; {{ agencies[2].name }}
{% for each in contact_us %}{{ each }}{% endfor %}
"""
STAND_IN = "[όπως στο πρωτότυπο έγγραφο]"


@pytest.fixture
def past(site: SmallSite) -> SmallSite:
    """A site whose one campaign was built while its letters were there, and whose day of leaving has come."""
    site.write(top=f'files_until = 2021-01-31\nkeeps_code = ["{THIRA}"]')
    site.write_passwords(f"{THIRA}:$2y$05$kept\n")
    site.build()
    return site


def page(site: SmallSite, path: str) -> str:
    """A page of the site."""
    return (site.folders.out / path).read_text(encoding="utf-8")


def forget(site: SmallSite) -> None:
    """Delete all that is said to be no longer needed, and the server's password file too."""
    (site.campaign / "annex.csv").unlink()
    shutil.rmtree(site.secrets)
    (site.folders.private / "current.htpasswd").unlink()


def test_what_stays_is_the_same_with_the_annex_and_without(past: SmallSite) -> None:
    """The circular's page stays, the folder's says whom to call, and deleting the annex changes nothing of the site."""
    past.build(day=AFTER)
    public = {name: data for name, data in past.snapshot().items() if name.startswith("dist/")}
    assert {name for name in public if SLUG in name} == {
        f"dist/circulars/{SLUG}/index.html",
        f"dist/files/{SLUG}/index.html",
    }
    assert "Από 1 Δεκεμβρίου 2020 ισχύουν νέοι κωδικοί." in page(past, f"circulars/{SLUG}/index.html")
    folder = page(past, f"files/{SLUG}/index.html")
    assert "Αυτή η αλλαγή κωδικών έχει ολοκληρωθεί." in folder
    assert "31 Ιανουαρίου 2021" in folder
    assert 'class="call"' in folder
    assert not any(f"{SLUG}/mine" in data.decode(errors="replace") for data in public.values())
    forget(past)
    past.build(day=AFTER)
    assert {name: data for name, data in past.snapshot().items() if name.startswith("dist/")} == public


def lose_all(site: SmallSite) -> None:
    """Begin on a new machine, with what staff wrote alone."""
    forget(site)
    shutil.rmtree(site.folders.out)


DAMAGE: dict[str, Callable[[SmallSite], object]] = {
    "everything deleted": forget,
    "key lost": lambda site: (site.secrets / "campaign.key").unlink(),
    "manifest damaged": lambda site: (site.secrets / "manifest.json").write_text("{"),
    "annex broken": lambda site: (site.campaign / "annex.csv").write_text("no header"),
    "two annexes": lambda site: (site.campaign / "annex.xlsx").write_bytes(b"x"),
    "documents of agencies": lambda site: (site.campaign / "files" / THIRA).mkdir(parents=True),
    "letter broken": lambda site: (site.campaign / "letter.typ").write_text("#nothing"),
    "no copy of the password file": lambda site: (site.folders.private / "current.htpasswd").unlink(),
    "lists of agencies": lambda site: (site.campaign / "circular.md").write_text(LISTS),
    "never built": lose_all,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_nothing_of_it_stops_the_next_campaign(past: SmallSite, damage: Callable[[SmallSite], object]) -> None:
    """The next campaign is built and verified, whatever became of the annex and private files of the last."""
    later = past.add_campaign(LATER)
    facts = (later / "campaign.toml").read_text(encoding="utf-8")
    facts = facts.replace("files_until = 2021-01-31", "").replace("2020-1", "2021-1")
    (later / "campaign.toml").write_text(facts.replace(f'keeps_code = ["{THIRA}"]', ""), encoding="utf-8")
    damage(past)
    outcome = past.build(day=AFTER)
    assert [each.campaign.slug for each in outcome.campaigns] == [LATER]
    assert len(list((past.folders.out / "files" / LATER).glob("*/*.zip"))) == 3
    assert page(past, "index.html").count("mine/index.html") == 1, "the button of the one that is open"
    assert past.run("verify", LATER).returncode == 0


def test_a_list_of_agencies_is_replaced_and_told(past: SmallSite) -> None:
    """The page says where to look in the place of names and numbers; a warning names each line."""
    (past.campaign / "circular.md").write_text(f"{CIRCULAR}\n{LISTS}\n", encoding="utf-8")
    warnings = past.build(day=AFTER).warnings
    assert [(each.at.line, each.value) for each in warnings] == [(3, "keeps"), (3, "agencies"), (4, "contact_us")]
    assert "write here what the page is to show for ever" in warnings[0].hint
    assert page(past, f"circulars/{SLUG}/index.html").count(STAND_IN) == 4


def test_a_link_to_the_public_annex_is_told(past: SmallSite) -> None:
    """It leaves the site with the letters, so that the link would lead nowhere."""
    (past.campaign / "circular.md").write_text("Δείτε\nτο [παράρτημα](annex.xlsx).\n", encoding="utf-8")
    assert past.build().warnings == ()
    (warning,) = past.build(day=AFTER).warnings
    assert (warning.at.line, warning.value) == (2, "annex.xlsx")


def test_an_address_of_an_annex_in_its_circular_is_an_error(past: SmallSite) -> None:
    """Its circular is still searched for the addresses of the other annexes."""
    (past.add_campaign(LATER) / "campaign.toml").write_text(
        (past.campaign / "campaign.toml").read_text(encoding="utf-8").replace("files_until = 2021-01-31", "")
    )
    (past.campaign / "circular.md").write_text("thira@dimos.example a@dimos.example", encoding="utf-8")
    with pytest.raises(InputError, match="an e-mail address of an annex"):
        past.build(day=AFTER)


def test_counts_go_by_status_whatever_the_day(past: SmallSite) -> None:
    """As long as the annex is there, check counts its agencies."""
    assert "4 (2 get a new code, 1 keep theirs, 1 must call)" in past.run("check", "--lang=en").stdout


def test_what_may_be_deleted_is_told(past: SmallSite) -> None:
    """By check and by the summary, as long as any of it is there; not before the new codes are in force."""
    (past.campaign / "files").mkdir()
    for run in (past.run("check", "--lang=en"), past.run("build", "--lang=en", f"--date={AFTER}")):
        assert "over since 1 February 2021: its letters have left the site" in run.stdout
        paths = [past.campaign / "annex.csv", past.campaign / "files", past.secrets]
        assert "may be deleted now" in run.stdout
        assert [line.strip() for line in run.stdout.splitlines() if line.strip() in map(str, paths)] == list(
            map(str, paths)
        )
    forget(past)
    (past.campaign / "files").rmdir()
    run = past.run("build", "--lang=en", f"--date={AFTER}")
    assert "over since 1 February 2021" in run.stdout
    assert "may be deleted" not in run.stdout


def test_codes_that_are_not_in_force_are_waited_for(past: SmallSite) -> None:
    """Letters may leave before the effective day: nothing may be deleted then, and the day of the swap is told."""
    past.write(top="files_until = 2020-11-25")
    run = past.run("build", "--lang=en", "--date=2020-11-26")
    assert "may be deleted" not in run.stdout
    assert f"on 1 December 2020 the administrator puts the new codes of {SLUG} in force" in " ".join(run.stdout.split())
    assert (past.secrets / "handover").is_dir()


def test_a_slip_in_the_year_is_told(site: SmallSite) -> None:
    """A campaign that was over before it was ever built is no reason to delete its annex."""
    site.write(top="files_until = 2020-01-31")
    run = site.run("build", "--lang=en", "--date=2020-11-18")
    assert "check the year of files_until" in run.stdout
    assert "may be deleted" not in run.stdout


def test_letters_that_have_not_left_yet_are_verified(past: SmallSite) -> None:
    """The site is as it was built, whatever the day; the annex opens its archives."""
    assert "2 archives opened" in past.run("verify", "--lang=en").stdout


def test_letters_without_an_annex_fail(past: SmallSite) -> None:
    """Verified before the build that takes them away; after it a stray file is one that nobody made."""
    (over,) = read_inputs(past.folders, AFTER, Problems()).over
    (failure,) = verify_over(over, past.folders).failures
    assert "have not left the site: build again" in failure.message
    past.build(day=AFTER)
    assert verify_over(over, past.folders).failures == ()
    stray = past.files / THIRA / f"{THIRA}.zip"
    stray.parent.mkdir()
    stray.write_bytes(b"x")
    (failure,) = verify_rest(past.folders)
    assert failure.subject == f"files/{SLUG}/{THIRA}/{THIRA}.zip"


def test_verify_says_that_the_round_is_over(past: SmallSite) -> None:
    """No archive is opened, and that is no failure."""
    past.build(day=AFTER)
    forget(past)
    run = past.run("verify", "--lang=en")
    assert (run.returncode, run.stderr) == (0, "")
    assert "the round is over, so that there is no archive to open; 0 failures" in run.stdout


def test_the_report_needs_the_annex(past: SmallSite) -> None:
    """With it the report tells who has collected, days after; without it one sentence says what is missing."""
    past.build(day=AFTER)
    log = past.base / "access.log"
    log.write_text(
        f'203.0.113.7 - 112345678901 [20/Nov/2020:10:15:00 +0200] "GET /files/{SLUG}/112345678901/112345678901.zip '
        'HTTP/1.1" 200 9 "-" "x"\n'
    )
    assert "1 of 2 agencies has collected its letter" in past.run("report", SLUG, str(log), "--lang=en").stdout
    forget(past)
    run = past.run("report", SLUG, str(log), "--lang=en")
    assert (run.returncode, "Traceback" in run.stderr) == (1, False)
    assert f'the annex of "{SLUG}" is deleted' in run.stderr


def test_no_letter_is_reissued(past: SmallSite) -> None:
    """There is none to make: files_until has to be put off."""
    inputs = read_inputs(past.folders, AFTER, Problems(), SLUG)
    with pytest.raises(StateError, match="is over"):
        reissue(inputs, [])


def test_the_next_campaign_begins_from_one_without_annex(past: SmallSite, tmp_path: Path) -> None:
    """Its texts go on; an annex is asked for, and there is nothing to compare it with."""
    annex = tmp_path / "new.csv"
    shutil.move(past.campaign / "annex.csv", annex)
    with pytest.raises(UsageError, match="no annex"):
        draft_successor(past.folders.content, LATER, SLUG, None, None, Problems())
    draft = draft_successor(past.folders.content, LATER, SLUG, annex, None, Problems())
    assert draft.differences == (f"the annex of {SLUG} is deleted: there is nothing to compare with",)
    assert not check(past.folders, AFTER, SLUG)[1]


def test_the_preview_shows_it(past: SmallSite) -> None:
    """As the server does, "my folder" leads to the list, which says that the round is over."""
    forget(past)
    preview = Preview(past.folders, lambda: AFTER, THIRA)
    preview.refresh()
    assert preview.answer(f"/files/{SLUG}/mine/").location == f"/files/{SLUG}/"
    assert "έχει ολοκληρωθεί" in preview.answer(f"/files/{SLUG}/").content.decode()
    assert preview.answer(f"/files/{SLUG}/{THIRA}/").status == 404
