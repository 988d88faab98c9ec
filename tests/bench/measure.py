"""Measure the cost of a piece of work; make the campaigns that the benchmarks build."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
SLUG = "bench"
CORES = os.cpu_count() or 1

CAMPAIGN = """\
folder = "ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ 11_2020"
deadline = 2020-11-30
effective = 2020-12-01
[circular]
protocol = "1"
date = 2020-11-17
place = "Αθήνα"
subject = "Νέοι κωδικοί πρόσβασης"
"""
SITE = 'title = "Προσωπικό Τοπικής Αυτοδιοίκησης"\noperator = "Υπουργείο Εσωτερικών"\n'
HEADER = "Όνομα χρήστη;Επωνυμία φορέα;Εποπτεύων φορέας;E-mail\n"


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, seconds of the processor on all cores, and the peak of memory in MB where it is known."""

    clock: float = 0.0
    processor: float = 0.0
    memory: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        return Cost(self.clock + other.clock, self.processor + other.processor, max(self.memory, other.memory))

    def __truediv__(self, number: int) -> Cost:
        """One of so many equal parts."""
        return Cost(self.clock / number, self.processor / number, self.memory)


def cost_of(work: Callable[[], object]) -> Cost:
    """Return the cost of a function, with the programs that it waits for."""
    clock, before = time.perf_counter(), sum(os.times()[:4])
    work()
    return Cost(time.perf_counter() - clock, sum(os.times()[:4]) - before)


def cost_of_program(command: Sequence[str | Path], folder: Path | None = None) -> Cost:
    """Return the cost of a program, from its start to its end."""
    # As a user has it: where Python may keep no compiled modules, each command compiles them again.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with status {process.returncode}")
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def username(number: int) -> str:
    """A user name of 12 digits, another for each number."""
    return f"{number * 7919 % 10**12:012d}"


def address(number: int) -> str:
    """The contact's address."""
    return f"prosopiko@dimos-{number}.example"


def rows(agencies: int) -> list[tuple[str, ...]]:
    """The annex of so many agencies, each with one address."""
    return [(username(n), f"Δήμος {n}", f"Περιφέρεια {n % 13}", address(n)) for n in range(agencies)]


@dataclass(frozen=True)
class Site:
    """A content folder with what is built from it, all in one folder."""

    base: Path

    @classmethod
    def make(cls, base: Path, agencies: int) -> Site:
        """A site with one campaign."""
        campaign = base / "content" / SLUG
        campaign.mkdir(parents=True)
        (base / "content" / "site.toml").write_text(SITE, encoding="utf-8")
        (campaign / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
        (campaign / "circular.md").write_text("Από {{ effective | date }} ισχύουν νέοι κωδικοί.\n", encoding="utf-8")
        (campaign / "annex.csv").write_text(HEADER + "".join(";".join(row) + "\n" for row in rows(agencies)), "utf-8")
        return cls(base)

    @property
    def campaign(self) -> Path:
        """The campaign's folder."""
        return self.base / "content" / SLUG

    def run(self, *arguments: str | Path) -> Cost:
        """One command as a person starts it."""
        folders = [f"--{name}={self.base / name}" for name in ("content", "out", "private")]
        return cost_of_program([sys.executable, ROOT / "build.py", *arguments, "--quiet", *folders])

    def change_address(self, number: int) -> None:
        """Another contact for one agency."""
        annex = self.campaign / "annex.csv"
        text = annex.read_text(encoding="utf-8")
        annex.write_text(text.replace(address(number), f"neos-{time.time_ns()}@dimos.example", 1), encoding="utf-8")
