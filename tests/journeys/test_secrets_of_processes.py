"""No address, code or key is seen in the arguments or the environment of any process while a campaign is built."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from site_src.files.set_up import IN_VENV
from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems
from tests.support.processes import PROC, Watched
from tests.support.small_site import DAY, ROOT, SmallSite
from tests.support.sought_secrets import Sought

pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="what a process shows is looked for in /proc, as on Linux")

ADDRESS = "thira@dimos.example"
FAREWELL = b"\n"
INSIDE = str((ROOT / ".venv").resolve() / "bin" / "python")  # which may be a link to another disk
AGENCIES = 40  # so many that letters are made by several workers at once


def _outer_python() -> str:
    """The Python with which a newcomer starts build.py, outside its virtual environment."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


@pytest.fixture
def sample(tmp_path: Path) -> SmallSite:
    """A campaign of some agencies, never built."""
    site = SmallSite(tmp_path)
    site.write(tuple(f"{number:012d};Φορέας {number};;contact{number}@dimos.example;" for number in range(AGENCIES)))
    return site


def _sought_in(sample: SmallSite) -> Sought:
    """All that the sample's build was to keep to itself."""
    (campaign,) = read_inputs(sample.folders, DAY, Problems()).campaigns
    key = sample.folders.private / campaign.campaign.slug / "campaign.key"
    contacts = [(agency.username, email) for agency in campaign.agencies for email in agency.emails]
    assert len(contacts) == AGENCIES
    return Sought.of_contacts(contacts, [key.read_bytes()])


@pytest.mark.parametrize("script", ["read line; /bin/true", "read line; /bin/sleep 9 & exit"])
def test_what_is_sought_would_be_found(script: str) -> None:
    """Arguments and environment are seen, and a child is noticed that is soon gone, or left behind."""
    shown = Watched.start(["/bin/sh", "-c", script, ADDRESS], {"SECRET": ADDRESS})
    assert shown.process.stdin is not None
    shown.process.stdin.write(FAREWELL)
    shown.process.stdin.flush()
    had_children = shown.look_until_it_ends()[1]
    with contextlib.suppress(ProcessLookupError):  # nobody is left but the one that sleeps
        os.killpg(shown.process.pid, signal.SIGKILL)
    assert had_children
    assert ("/bin/sh", "-c", script, ADDRESS) in shown.lines
    assert any(ADDRESS.encode() in each for each in shown.environments)


def _watched(python: str, sample: SmallSite, command: tuple[str, ...], *, alone: bool) -> Watched:
    """A command that succeeded, as this Python runs it; ``alone`` where that one starts no other process.

    Else it asks the virtual environment's Python whether it answers, and hands the command on to it.
    """
    folders = [f"--{name}={getattr(sample.folders, name)}" for name in ("content", "out", "private")]
    line = (str(ROOT / "build.py"), *command, *folders)
    watched = Watched.start([python, *line])
    assert watched.look_until_it_ends() == (0, not alone)
    assert (INSIDE, *line) in watched.lines
    asked = (INSIDE, "-I", "-X", "utf8", "-c", IN_VENV)
    assert watched.lines <= {(python, *line), (INSIDE, *line), asked}
    return watched


def test_a_build_shows_nothing_and_starts_nothing(sample: SmallSite) -> None:
    """The command as it was typed, and as build.py hands it on to the virtual environment: no other is there."""
    seen = [
        _watched(INSIDE, sample, ("build", "--date=2020-11-18"), alone=True),
        _watched(INSIDE, sample, ("verify",), alone=True),
        _watched(_outer_python(), sample, ("build", "--date=2020-12-18"), alone=False),
    ]
    sought = _sought_in(sample)
    for each in seen:
        assert sought.seen_in("\n".join(map(str, each.lines))) == []
        assert sought.seen_in(b"\n".join(each.environments)) == []
