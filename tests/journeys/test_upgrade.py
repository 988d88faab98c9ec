"""An upgrade: a site that an earlier Thyrida has built (tests/data/upgrade) is built on, without a new code."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_src.files.htpasswd import opens, users_of
from site_src.files.text import read_pdf
from site_src.make.archives import unseal
from site_src.plan.manifest import read_manifest
from site_src.problems import UsageError
from site_src.publish.outcome import Handover
from tests.support.small_site import SmallSite

if TYPE_CHECKING:
    from site_src.read.inputs import Document

DATA = Path(__file__).resolve().parent.parent / "data" / "upgrade"
DAY, IN_FORCE = date(2020, 11, 20), date(2020, 12, 3)

EMAILS = {
    "012345678901": ("thira@dimos.example",),
    "112345678901": ("a@dimos.example", "b@dimos.example"),
    "412345678901": ("limani@dimos.example",),
}
KEEPS, WITHOUT_CONTACT, REISSUED = "212345678901", "312345678901", "412345678901"
CODE = re.compile(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3,}\b")


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """Return the folders as staff have them when they put this version in the place of the earlier one."""
    for name in ("content", "private", "dist"):
        shutil.copytree(DATA / name, tmp_path / name)
    for path in ((tmp_path / "private"), *(tmp_path / "private").rglob("*")):  # Git keeps no such modes
        path.chmod(0o700 if path.is_dir() else 0o600)
    return SmallSite(tmp_path)


def opened(site: SmallSite, username: str) -> tuple[str, tuple[Document, ...]]:
    """Return the address that opens an agency's archive, and the documents in it."""
    archive = (site.files / username / f"{username}.zip").read_bytes()
    found = [(email, documents) for email in EMAILS[username] if (documents := unseal(archive, email))]
    assert len(found) == 1
    return found[0]


def code_of(documents: tuple[Document, ...]) -> str:
    """Return the one code in a letter."""
    (code,) = {str(found) for found in CODE.findall(read_pdf(documents[0].content))}
    return code


def after_of(site: SmallSite) -> bytes:
    """Return the password file as it must be from the effective day."""
    return (site.secrets / "htpasswd.after").read_bytes()


def test_no_code_and_no_address_changes(site: SmallSite) -> None:
    """Each archive opens with the address of before, and gives the same code and documents beside the letter."""
    before = {username: opened(site, username) for username in EMAILS}
    site.build(day=DAY)
    lines = users_of(after_of(site))
    for username, (email, documents) in before.items():
        email_now, documents_now = opened(site, username)
        assert email_now == email
        assert code_of(documents_now) == code_of(documents)
        assert documents_now[1:] == documents[1:]
        assert opens(lines[username], code_of(documents_now))


def test_the_password_file_is_the_same_byte_for_byte(site: SmallSite) -> None:
    """Kept lines, new ones of another cost, and those of others stay as they are: nobody needs them anew."""
    before, current = after_of(site), (site.folders.private / "current.htpasswd").read_bytes()
    site.build(day=DAY)
    assert after_of(site) == before
    users = users_of(before)
    assert users[KEEPS] == users_of(current)[KEEPS]
    assert WITHOUT_CONTACT not in users


def test_the_summary_says_that_letters_were_made_again_with_the_same_code(site: SmallSite) -> None:
    """The site is to be copied again, for its letters; nothing says that an agency has a new code."""
    done = site.run("build", f"--date={DAY}", "--lang=en")
    assert done.returncode == 0, done.stderr
    assert "Letters:  0 new, 0 unchanged, 0 reissued, 0 withdrawn, 3 made again with the same code" in done.stdout
    assert "the site in it has changed: letters (3 made again with the same code)" in done.stdout


def test_verify_passes_and_the_next_build_finds_nothing_to_make(site: SmallSite) -> None:
    """The first build after an upgrade is proved, and the second one leaves every letter as it is."""
    assert site.run("build", f"--date={DAY}").returncode == 0
    proof = site.run("verify", "--lang=en")
    assert (proof.returncode, "0 failures" in proof.stdout) == (0, True), proof.stdout + proof.stderr
    (campaign,) = site.build(day=DAY).campaigns
    assert campaign.changes.unchanged == tuple(EMAILS)


@pytest.mark.parametrize(("day", "handover"), [(DAY, Handover.FIRST), (IN_FORCE, Handover.NOTHING)])
def test_the_upgrade_makes_nothing_out_of_date(day: date, handover: Handover, site: SmallSite) -> None:
    """The administrator's files of before serve on the day, and after it there is nothing left to do."""
    (campaign,) = site.build(day=day).campaigns
    assert campaign.handover is handover


def test_a_site_that_was_left_behind_is_made_again(site: SmallSite) -> None:
    """Without dist/ of before, private/ alone gives every agency the letter with its code."""
    before = {username: code_of(opened(site, username)[1]) for username in EMAILS}
    shutil.rmtree(site.folders.out)
    (campaign,) = site.build(day=DAY).campaigns
    assert campaign.changes.remade == tuple(EMAILS)
    assert {username: code_of(opened(site, username)[1]) for username in EMAILS} == before


def test_a_code_that_was_void_stays_so(site: SmallSite) -> None:
    """The manifest goes on knowing the reissued agency's first code, for the report, and adds no other."""
    before = read_manifest(site.secrets / "manifest.json")
    site.build(day=DAY)
    after = read_manifest(site.secrets / "manifest.json")
    assert before
    assert after
    assert before.agencies[REISSUED].former
    assert [each.former for each in after.agencies.values()] == [each.former for each in before.agencies.values()]


def test_a_sample_takes_no_earlier_campaigns_place(site: SmallSite) -> None:
    """A sample's folder of an earlier version in private/ is an error; deleting it, as the hint says, leads on."""
    (site.folders.content / "2020-11").rename(site.folders.content / "2020-12")
    settings = site.folders.content / "site.toml"
    settings.write_text("sample = true\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(UsageError, match="2020-11") as caught:
        site.build(day=DAY)
    assert "delete them from the private folder" in caught.value.hint
    shutil.rmtree(site.secrets)
    assert site.build(day=DAY).is_sample
