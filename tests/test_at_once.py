"""What happens while a build is at work: other builds wait for their turn, and nobody's change is lost."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from site_src.archives import unseal
from tests.faults import state_of
from tests.held import hold_at, start, wait_for_reader
from tests.small_site import ROWS, SLUG, SmallSite

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a command is held at a named pipe")

DAY = "--date=2020-11-18"
KEY = bytes(range(32))
THIRA = ROWS[0].split(";")[0]
OTHERS = [("verify",), ("report", SLUG, os.devnull), ("activate", SLUG, f"--password-file={os.devnull}")]


@contextmanager
def held_build(site: SmallSite, *arguments: str) -> Iterator[None]:
    """A first build that holds the site and has read all inputs; it goes on, and ends well, after the block."""
    for folder in (site.folders.private, site.secrets):
        folder.mkdir(mode=0o700)
    key = site.secrets / "campaign.key"
    hold_at(key)
    with start(site, "build", DAY, *arguments) as running:
        try:
            pipe = wait_for_reader(key)
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
    assert f'another build is at work with "{site.folders.private}"' in refused.stderr
    assert "wait until it has ended" in refused.stderr
    done = site.run("build", DAY)
    assert done.returncode == 0, done.stderr
    assert site.run("verify").returncode == 0


@pytest.mark.parametrize("command", OTHERS)
def test_other_commands_wait_for_their_turn(command: tuple[str, ...], site: SmallSite) -> None:
    """What reads or writes the private folder says that a build is at work, rather than read half of it."""
    with held_build(site):
        refused = site.run(*command, "--lang=en")
    assert (refused.returncode, "another build is at work" in refused.stderr) == (3, True), refused.stderr


def test_a_change_while_a_build_is_at_work_is_taken_up_by_the_next(site: SmallSite) -> None:
    """An annex that is saved after the build has read it is new to the next build, however soon that is."""
    with held_build(site):
        site.write((ROWS[0].replace("thira@", "neos@"), *ROWS[1:]))
    archive = site.files / THIRA / f"{THIRA}.zip"
    assert unseal(archive.read_bytes(), "thira@dimos.example")
    assert site.run("build", DAY).returncode == 0
    assert unseal(archive.read_bytes(), "neos@dimos.example")
