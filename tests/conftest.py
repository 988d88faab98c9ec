"""Shared by all tests: Hypothesis profiles, the marker of the world, a campaign key, and a small site."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from site_src.language.say import speak, spoken
from site_src.plan.keys import CampaignKey
from site_src.problems import Problems
from tests.support import firefox, processes, served_preview, served_site, spared, webkit
from tests.support import held_commands as held
from tests.support import web_servers as servers
from tests.support.faults import Runner
from tests.support.programs import IN_CI
from tests.support.small_site import ROOT, SmallSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

__all__ = ["spared"]  # for what its import does

# A slow machine is no mistake in the code, and a test that resets what it was given may share it between examples.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if IN_CI else "here")

# Whoever starts the tests in the background of a shell has Ctrl-C ignored, and with nohup the end of the terminal; so
# would the commands that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):  # not on Windows
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Hundreds of commands would compile the program again, and each worker the tests, where the shell forbids to keep it.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

WORLD = {each.__name__ for each in (firefox, held, processes, served_preview, served_site, servers, webkit)}
LONGEST = "test_faults.py"  # begun first, or the others would wait for it in the end


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests whose file imports what starts servers, browsers or processes; others carry the marker themselves.

    They come first, the longest file before all, so that short files are left to share out in the end.
    """
    for item in items:
        if isinstance(item, pytest.Function) and ("chromium" in item.fixturenames or reaches_out(item.module)):
            item.add_marker("world")
    items.sort(key=lambda item: (item.path.name != LONGEST, item.get_closest_marker("world") is None))


def reaches_out(tests: ModuleType) -> bool:
    """Return whether a file of tests takes anything that starts servers, browsers or processes."""
    names = vars(tests).values()
    homes = {getattr(each, "__module__", getattr(each, "__name__", "")) for each in names}
    return Runner in names or not homes.isdisjoint(WORLD)


@pytest.fixture
def root() -> Path:
    """Return the folder that holds the repository."""
    return ROOT


@pytest.fixture
def key() -> CampaignKey:
    """Return a campaign key that every run knows."""
    return CampaignKey(bytes(range(32)))


@pytest.fixture
def problems() -> Problems:
    """Return an empty collection of problems."""
    return Problems()


@pytest.fixture
def in_greek() -> Iterator[None]:
    """Let commands speak Greek during the test."""
    before = spoken()
    speak("el")
    yield
    speak(before)


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Yield what sets the process's umask, which is put back after the test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """Return a small content folder that has never been built."""
    small = SmallSite(tmp_path)
    small.write()
    return small
