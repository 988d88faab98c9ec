"""Other builds wait for their turn while one is at work, and nobody's change is lost."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from site_src.make.archives import unseal
from tests.support.faults import state_of
from tests.support.held_commands import hold_at, start, wait_for_reader
from tests.support.small_site import ROWS, SLUG, SmallSite
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = posix_only("a command is held at a named pipe")

DAY = "--date=2020-11-18"
KEY = bytes(range(32))
THIRA = ROWS[0].split(";")[0]
OTHERS = [("verify",), ("report", SLUG, os.devnull)]


@contextmanager
def held_build(site: SmallSite, *arguments: str) -> Iterator[None]:
    """A first build that holds the site and has read all inputs; it goes on, and ends well, after the block."""
    for folder in (site.folders.private, site.secrets):
        folder.mkdir(mode=0o700)
    key = site.secrets / "campaign.key"
    hold_at(key)
    with start(site, "build", DAY, *arguments) as running:
        try:
            pipe = wait_for_reader(running, key)
            yield
            os.write(pipe, KEY)
            os.close(pipe)
            _, told = running.communicate(timeout=60)
            assert running.returncode == 0, told
        finally:
            running.kill()


def test_two_builds_at_once(site: SmallSite) -> None:
    """Of two builds with one private folder the second stops and touches nothing; tried again, it succeeds."""
    with held_build(site):
        before = state_of(site.base, but=("campaign.key",))
        refused = site.run("build", DAY, "--lang=en")
        assert state_of(site.base, but=("campaign.key",)) == before
    assert (refused.returncode, refused.stdout) == (3, "")
    assert f'another command is at work with "{site.folders.private}"' in refused.stderr
    assert "wait until it has ended" in refused.stderr
    done = site.run("build", DAY)
    assert done.returncode == 0, done.stderr
    assert site.run("verify").returncode == 0


@pytest.mark.parametrize("command", OTHERS)
def test_other_commands_are_refused_meanwhile(command: tuple[str, ...], site: SmallSite) -> None:
    """A command that reads or writes the private folder says that a build is at work, rather than read half of it."""
    with held_build(site):
        refused = site.run(*command, "--lang=en")
    assert (refused.returncode, "another command is at work" in refused.stderr) == (3, True), refused.stderr


def test_activate_waits_for_its_turn(site: SmallSite) -> None:
    """At midnight it says which process it waits for, and goes on once that has ended."""
    site.write_passwords(f"{THIRA}:old\n")
    live = site.base / "htpasswd"
    live.write_text(f"{THIRA}:old\n", encoding="utf-8")
    site.build()
    key = site.secrets / "campaign.key"
    data = key.read_bytes()
    hold_at(key)
    with start(site, "build", DAY) as build:
        pipe = wait_for_reader(build, key)
        with start(site, "activate", SLUG, "--now", f"--password-file={live}", "--lang=en") as swap:
            assert swap.stderr is not None
            waiting = swap.stderr.readline()
            os.write(pipe, data)
            os.close(pipe)
            _, told = swap.communicate(timeout=60)
            assert (swap.returncode, build.wait(60)) == (0, 0), told
    assert "another command is at work" in waiting
    assert "waiting for up to 10 minutes" in waiting
    assert live.read_bytes() == (site.secrets / "htpasswd.after").read_bytes()


def test_a_report_that_reads_its_log_holds_nobody_up(site: SmallSite) -> None:
    """A log may come for hours through a pipe: meanwhile the site is built, and afterwards the report is written."""
    site.build()
    log = site.base / "access.log"
    hold_at(log)
    with start(site, "report", SLUG, str(log)) as running:
        pipe = wait_for_reader(running, log)
        assert site.run("build", DAY, "--lang=en").returncode == 0
        os.write(pipe, b'1.2.3.4 - - [18/Nov/2020:10:15:00 +0200] "GET / HTTP/1.1" 200 9 "-" "-"\n')
        os.close(pipe)
        _, told = running.communicate(timeout=60)
        assert running.returncode == 0, told
    assert (site.secrets / "report.html").is_file()


def test_a_change_while_a_build_is_at_work_is_taken_up_by_the_next(site: SmallSite) -> None:
    """An annex that is saved after the build has read it is new to the next build, however soon that is."""
    with held_build(site):
        site.write((ROWS[0].replace("thira@", "neos@"), *ROWS[1:]))
    archive = site.files / THIRA / f"{THIRA}.zip"
    assert unseal(archive.read_bytes(), "thira@dimos.example")
    assert site.run("build", DAY).returncode == 0
    assert unseal(archive.read_bytes(), "neos@dimos.example")
