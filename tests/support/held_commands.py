"""Commands that are held at a known point: they wait for a file of which nothing comes yet."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.small_site import ROOT
from tests.support.webdriver import wait_until

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

SECONDS_TO_BEGIN = 60


def start(site: SmallSite, command: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a command in a process group of its own, to which a test can send Ctrl-C as a terminal does."""
    folders = [f"--{name}={getattr(site.folders, name)}" for name in ("content", "out", "private")]
    line = [sys.executable, str(ROOT / "build.py"), command, *folders, *arguments]
    return subprocess.Popen(
        line,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def hold_at(file: Path) -> None:
    """Let every program that reads the file wait from now on."""
    file.unlink(missing_ok=True)
    os.mkfifo(file, 0o600)


def wait_for_reader(running: subprocess.Popen[str], file: Path) -> int:
    """Wait until the command has the file open; return our end of the pipe, which cannot be opened before.

    It must sleep in the reading: Python looks for signals before that, and one that comes just behind the look would
    be seen when the reading ends, which here it never does.
    """
    end = time.monotonic() + SECONDS_TO_BEGIN
    while time.monotonic() < end:
        try:
            pipe = os.open(file, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.02)
        else:
            wait_until(lambda: _sleeps(running.pid), "the command waits for the file's content")
            return pipe
    pytest.fail("the command never read the file")


def _sleeps(pid: int) -> bool:
    """Return whether a process waits for something (proc_pid_stat(5): the state follows the name in parentheses)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"
