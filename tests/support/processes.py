"""Watches a running command's processes: their arguments, which everybody can see, and their environments.

Looking again and again may miss a process that is soon gone. The kernel misses none: it adds up what a process used,
its waited-for children's pages apart, and no process lives without touching a page.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROC = Path("/proc")
PAUSE = 0.02  # seconds between two looks, so that they do not hold the command up

# proc_pid_stat(5), counted from the state, which is the third field: the name before it may hold anything.
SESSION = 6 - 3
FAULTS_OF_CHILDREN = (11 - 3, 13 - 3)  # minor, major


@dataclass
class Watched:
    """A command in a session of its own, and all that was seen of its processes."""

    process: subprocess.Popen[bytes]
    pids: set[int] = field(default_factory=set)
    lines: set[tuple[str, ...]] = field(default_factory=set)
    environments: set[bytes] = field(default_factory=set)

    @classmethod
    def start(cls, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Watched:
        """Start a command whose standard input is ours, and look at it until its arguments are seen."""
        nowhere = subprocess.DEVNULL
        started = subprocess.Popen(
            command, env=environment, start_new_session=True, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere
        )
        watched = cls(started)
        while not watched.lines - {()}:  # the kernel shows a new program's arguments a moment after it has begun
            watched.look()
        return watched

    def look(self) -> None:
        """Take in every process of the session as it is now."""
        for folder in PROC.glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it ended meanwhile
                if int(_stat(folder)[SESSION]) == self.process.pid:
                    self.pids.add(int(folder.name))
                    self.lines.add(tuple(os.fsdecode((folder / "cmdline").read_bytes()).split("\0")[:-1]))
                    self.environments.add((folder / "environ").read_bytes())

    def look_until_it_ends(self) -> tuple[int, bool]:
        """Return the exit status, and whether the command had a child that it waited for or that outlived it."""
        with self.process as process:
            while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self.look()
                time.sleep(PAUSE)
            self.look()  # it is kept until it is waited for, with what the kernel added up
            stat = _stat(PROC / str(process.pid))
        self.lines.discard(())  # what has ended shows none
        had_children = any(int(stat[index]) for index in FAULTS_OF_CHILDREN) or self.pids != {process.pid}
        return process.returncode, had_children


def _stat(folder: Path) -> list[str]:
    return (folder / "stat").read_text().rpartition(")")[2].split()
