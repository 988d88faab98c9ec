from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from site_src.commands.build_messages import build_lines
from site_src.folders import Options
from site_src.pipeline.build import build
from site_src.publish.outcome import (
    BYTECODE,
    RECORD_NAME,
    SECOND,
    UNKNOWN,
    recall,
    remember,
    shows_changes,
    state_of,
    state_of_inputs,
)
from site_src.publish.publish import locked, staging_of
from tests.support.small_site import DAY, ROWS, Quiet, SmallSite
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = posix_only("Windows keeps no time of change: every build is whole")

THIRA, _, KRITI, _ = (row.split(";", 1)[0] for row in ROWS)


def options(site: SmallSite) -> Options:
    """Return the options of these tests."""
    return Options(folders=site.folders, day=DAY, jobs=1)


@pytest.fixture
def built(site: SmallSite) -> SmallSite:
    """A site that was built and whose state was noted."""
    site.write(site="", rest="")
    (site.campaign / "attachments").mkdir()
    (site.campaign / "files" / THIRA).mkdir(parents=True)
    for name in ("attachments/signed.txt", *(f"files/{THIRA}/{each}" for each in BYTECODE)):
        (site.campaign / name).write_text("Signed.\n", encoding="utf-8")
    site.write_passwords("999999999999:kept\n")
    (site.folders.private / "current.htpasswd").chmod(0o600)
    outcome = site.build()
    remember(options(site), outcome)
    return site


def replace_in_place(path: Path) -> None:
    """Other bytes of the same number, with the old times of access and modification put back."""
    before = path.stat()
    path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def put_a_copy_in_place(site: SmallSite) -> None:
    """The same site from a backup: nothing tells that it is the same but its bytes."""
    site.folders.out.rename(site.base / "backup")
    shutil.copytree(site.base / "backup", site.folders.out)


CHANGES: dict[str, Callable[[SmallSite], object]] = {
    "annex": lambda site: replace_in_place(site.campaign / "annex.csv"),
    "circular": lambda site: replace_in_place(site.campaign / "circular.md"),
    "site.toml": lambda site: (site.folders.content / "site.toml").touch(),
    "attachment": lambda site: replace_in_place(site.campaign / "attachments" / "signed.txt"),
    "document of this name": lambda site: replace_in_place(site.campaign / "files" / THIRA / "__pycache__"),
    "new text": lambda site: (site.folders.content / "help.md").write_text("# Help\n"),
    "new folder": lambda site: (site.campaign / "files" / KRITI).mkdir(),
    "lost input": lambda site: shutil.rmtree(site.campaign / "attachments"),
    "link": lambda site: (site.campaign / "attachments" / "more.txt").symlink_to("signed.txt"),
    "password file": lambda site: site.write_passwords("999999999999:lost\n"),
    "key": lambda site: replace_in_place(site.secrets / "campaign.key"),
    "manifest": lambda site: (site.secrets / "manifest.json").unlink(),
    "open to others": lambda site: (site.secrets / "campaign.key").chmod(0o644),
    "folder open to others": lambda site: site.folders.private.chmod(0o755),
    "activated": lambda site: (site.secrets / "htpasswd.activated").touch(),
    "archive": lambda site: replace_in_place(site.files / THIRA / f"{THIRA}.zip"),
    "page": lambda site: (site.files / THIRA / "index.html").unlink(),
    "stranger's file": lambda site: (site.folders.out / "note.txt").touch(),
    "stranger's folder": lambda site: (site.folders.out / "__pycache__").mkdir(),
    "rights of an archive": lambda site: (site.files / THIRA / f"{THIRA}.zip").chmod(0o600),
    "rights of a folder": lambda site: (site.files / THIRA).chmod(0o700),
    "rights of a page": lambda site: (site.folders.out / "index.html").chmod(0o600),
    "whole site": lambda site: shutil.rmtree(site.folders.out),
    "copied site": put_a_copy_in_place,
    "left staging folder": lambda site: staging_of(site.folders.out).mkdir(),
    "journal": lambda site: (site.folders.private / ".publishing").touch(),
}


def test_an_unchanged_state_is_found_again(built: SmallSite) -> None:
    """With nothing changed, however many threads are asked for, nothing is to be done."""
    assert recall(options(built))
    assert recall(replace(options(built), jobs=2))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_any_change_needs_a_build(built: SmallSite, change: Callable[[SmallSite], object]) -> None:
    """The note no longer holds after any change of an input or output, even of one bit with its old date."""
    change(built)
    assert recall(options(built)) is None


class Saving(Quiet):
    """A progress during which somebody saves a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def start(self, text: str, total: int) -> None:
        """Once everything has been read."""
        super().start(text, total)
        replace_in_place(self._path)


@pytest.mark.parametrize("changed", ["content/2020-11/annex.csv", "content/site.toml", "private/current.htpasswd"])
def test_what_is_saved_during_a_build_is_built_next(built: SmallSite, changed: str) -> None:
    """A file that is saved during a build is not the one that was read."""
    outcome = build(options(built), Saving(built.base / changed))
    remember(options(built), outcome)
    assert recall(options(built)) is None


OTHER_QUESTIONS: tuple[dict[str, Any], ...] = (
    {"day": date(2020, 11, 19)},
    {"strict": True},
)


@pytest.mark.parametrize("asked", OTHER_QUESTIONS)
def test_another_question_needs_a_build(built: SmallSite, asked: dict[str, Any]) -> None:
    """Another day, or warnings as errors: not what was asked before."""
    assert recall(replace(options(built), **asked)) is None


def test_a_build_at_work_is_not_passed_by(built: SmallSite) -> None:
    """While another build holds the site, this one goes on to find that out, and says so."""
    with locked(built.folders.private, built.folders.out):
        assert recall(options(built)) is None
    assert recall(options(built))


def test_verify_changes_nothing(built: SmallSite) -> None:
    """Opening every archive leaves the state as it is."""
    assert built.run("verify").returncode == 0
    assert recall(options(built))


@pytest.mark.parametrize("note", ["", "[]", '{"state": "x"}', '{"state": 1, "warnings": []}', "[" * 9999])
def test_a_damaged_note_needs_a_build(built: SmallSite, note: str) -> None:
    """The note is worth nothing by itself."""
    (built.folders.private / RECORD_NAME).write_text(note)
    assert recall(options(built)) is None


def test_an_unknown_state_is_never_the_same(built: SmallSite) -> None:
    """Two states that the file system does not show, as with links, are not taken for the same."""
    outcome = built.build()
    (built.campaign / "attachments" / "more.txt").symlink_to("signed.txt")
    assert state_of_inputs(options(built)) == UNKNOWN
    assert state_of(options(built), UNKNOWN) == UNKNOWN
    remember(options(built), replace(outcome, state=UNKNOWN))
    assert recall(options(built)) is None


def test_times_in_whole_seconds_tell_nothing(built: SmallSite) -> None:
    """A file system that keeps whole seconds needs a build: a file may change twice within one."""
    status = (built.campaign / "annex.csv").stat()
    whole = os.stat_result(tuple(status), {"st_ctime_ns": status.st_ctime_ns // SECOND * SECOND})
    assert (shows_changes(status), shows_changes(whole)) == (True, False)


@pytest.fixture
def deep(site: SmallSite) -> Iterator[SmallSite]:
    """A content folder in which hidden folders lie deeper in one another than Python can follow."""
    deepest = os.open(site.folders.content, os.O_RDONLY)
    for _ in range(sys.getrecursionlimit()):
        os.mkdir(".a", dir_fd=deepest)
        above, deepest = deepest, os.open(".a", os.O_RDONLY, dir_fd=deepest)
        os.close(above)
    os.close(deepest)
    yield site
    subprocess.run(["rm", "-r", str(site.folders.content)], check=True)  # which shutil cannot follow either


def test_folders_in_folders_without_end_are_built(deep: SmallSite) -> None:
    """The site is built, and nothing taken for unchanged, if the file system gives no answer."""
    done = deep.run("build", "--date=2020-11-18")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert recall(options(deep)) is None


def test_the_note_is_for_its_owner_alone(built: SmallSite) -> None:
    """So is everything in its folder."""
    assert stat.S_IMODE((built.folders.private / RECORD_NAME).stat().st_mode) == 0o600


def test_a_full_disk_costs_no_build(built: SmallSite) -> None:
    """A note that cannot be written costs no build, and the next one builds."""
    outcome = built.build()
    (built.folders.private / RECORD_NAME).unlink()
    (built.folders.private / f"{RECORD_NAME}.new").mkdir()
    remember(options(built), outcome)
    assert recall(options(built)) is None


def test_the_second_build_is_told_from_the_note(site: SmallSite) -> None:
    """It says that nothing has changed, and leaves the site untouched, where a whole build puts another."""
    site.run("build", "--date=2020-11-18")
    inode = site.folders.out.stat().st_ino
    again = site.run("build", "--date=2020-11-18")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("Nothing has changed since the last build")
    assert "0 new, 3 unchanged, 0 reissued, 0 withdrawn" in again.stdout
    assert site.folders.out.stat().st_ino == inode


def keep_one(site: SmallSite) -> None:
    """One agency keeps its code, and somebody else stands in the password file."""
    site.write(top=f'keeps_code = ["{THIRA}"]')
    site.write_passwords(f"{THIRA}:kept\n999999999999:other\n")
    (site.folders.private / "current.htpasswd").chmod(0o600)


SPACED = "412345678901;Δήμος Νάξου;Περιφέρεια Νοτίου Αιγαίου;  naxos@dimos.example ;"

SITUATIONS: dict[str, tuple[Callable[[SmallSite], object], date]] = {
    "before the day": (lambda _: None, date(2020, 11, 18)),
    "in force": (lambda _: None, date(2020, 12, 2)),
    "withdrawn": (lambda site: site.write(top="files_until = 2020-12-31"), date(2021, 2, 1)),
    "kept": (keep_one, date(2020, 11, 18)),
    "with a warning": (lambda site: site.write((*ROWS, SPACED)), date(2020, 11, 18)),
    "reissued": (lambda site: site.write(rest=f'[reissue]\n"{THIRA}" = 2'), date(2020, 11, 18)),
}


@pytest.mark.parametrize(("prepare", "day"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_what_is_still_to_do_is_what_a_build_would_say(
    site: SmallSite, prepare: Callable[[SmallSite], object], day: date
) -> None:
    """Known from the manifests or found out by a whole build: the same counts, and the same steps."""
    asked = replace(options(site), day=day)
    site.build(day=day)
    prepare(site)
    remember(asked, site.build(day=day))
    found = recall(asked)
    assert found is not None
    whole = site.build(day=day)
    assert found.warnings_before == len(whole.warnings)
    found = replace(found, is_unchanged=False)
    campaigns = tuple(
        replace(each, other_users=built.other_users, others_dropped=built.others_dropped)
        for each, built in zip(found.campaigns, whole.campaigns, strict=True)
    )
    assert [*build_lines(replace(found, campaigns=campaigns), asked)] == [*build_lines(whole, asked)]


def test_the_number_of_warnings_is_said(site: SmallSite) -> None:
    """With the command that shows them again, for an unchanged build does not read the annex."""
    site.write((*ROWS, SPACED))
    assert "1 warning" in site.run("build", "--date=2020-11-18").stderr
    again = site.run("build", "--date=2020-11-18")
    assert again.stderr == ""
    assert "It had 1 warning; to see it again: python3 build.py check" in again.stdout
    assert "naxos" not in (site.folders.private / RECORD_NAME).read_text(encoding="utf-8")


def test_other_server_rules_are_handed_over_again(site: SmallSite) -> None:
    """The manifests have the day on which they changed, so that the reminder needs no build."""
    site.build()
    site.write(site='[server]\nurl_prefix = "/codes"\n')
    remember(options(site), site.build())
    found = recall(options(site))
    assert found is not None
    assert any("its rules changed on 18 November 2020" in line for line in build_lines(found, options(site)))


def test_a_note_of_another_site_says_nothing(built: SmallSite) -> None:
    """Built once, a site that is to go elsewhere is built anew; the root of a disk is refused, not looked through."""
    asked = options(built)
    assert recall(asked)
    for other in (built.base / "other", Path("/")):
        assert recall(replace(asked, folders=replace(asked.folders, out=other))) is None
    refused = built.run("build", "--out=/")
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
