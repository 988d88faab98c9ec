"""Measure every figure of docs/speed.md in one run: ``python tests/bench/run.py [--rounds N] [--largest N]``.

It wants a machine that does nothing else, Debian's hugo, 7z and htpasswd, and Chromium. What is compared is measured
alternately, and the median of the ratios counts: by the clock, and by the seconds of the processor, which say the same
where other programs run beside.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.bench.cold_build import cold_build, unavoidable  # noqa: E402 (found only once the path is set)
from tests.bench.measure import CORES, Cost, Site  # noqa: E402
from tests.bench.other_ways import make_hugo_site, run_hugo, run_loop  # noqa: E402
from tests.bench.reading import check_rows, report_lines  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COLD = (1_097, 10_000)
REBUILT = (1_097, 3_000)
BY_HAND = 60
CHECKED, LOG_LINES = 20_000, 1_000_000


def main(rounds: int, largest: int) -> None:
    """Print a line for each figure as soon as it is known."""
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}, {CORES} cores, Python {platform.python_version()}, {platform.system()}")
    tell_reading()  # first: a program's peak of memory begins at that of whoever starts it, and this one grows
    for agencies in COLD:
        tell_cold(agencies, rounds)
    for agencies in REBUILT:
        tell_rebuild(agencies, rounds)
    tell_by_hand()
    tell_pages()
    if largest:
        tell_largest(largest)


def tell_cold(agencies: int, rounds: int) -> None:
    """A cold build against its unavoidable work."""
    parts, builds = [], []
    for _ in range(rounds):
        with new_folder() as base:
            site = Site.make(base / "site", agencies)
            parts.append(unavoidable(site, agencies))
            builds.append(cold_build(site))
    needed = [sum(each.values(), Cost()) for each in parts]
    for name in parts[0]:
        print(f"    {name}: {shown([each[name] for each in parts])}")
    print(f"    together: {shown(needed)}; the build: {shown(builds)}, {builds[0].memory:.0f} MB")
    tell(f"cold build of {agencies:,} / its unavoidable work", builds, needed)


def tell_rebuild(agencies: int, rounds: int) -> None:
    """An unchanged build, and one with a changed address, against Hugo."""
    again, changed, hugo = [], [], []
    with new_folder() as base:
        site = Site.make(base / "site", agencies)
        cold_build(site)
        make_hugo_site(base / "hugo", agencies)
        for number in range(max(rounds, 3)):
            hugo.append(run_hugo(base / "hugo"))
            again.append(site.run("build"))
            site.change_address(number)
            changed.append(site.run("build"))
    print(f"    Hugo: {shown(hugo)}; unchanged: {shown(again)}; one address changed: {shown(changed)}")
    tell(f"unchanged build of {agencies:,} / Hugo", again, hugo)
    later = statistics.median(one.clock - other.clock for one, other in zip(changed, again, strict=True))
    print(f"one changed address of {agencies:,}: {later:+.2f} s")


def tell_by_hand() -> None:
    """A cold build against a shell's loop and Hugo, for each agency."""
    agencies = COLD[0]
    with new_folder() as base:
        site = Site.make(base / "site", agencies)
        make_hugo_site(base / "hugo", agencies)
        ours = cold_build(site) / agencies
        theirs = run_loop(base / "loop", BY_HAND) / BY_HAND + run_hugo(base / "hugo") / agencies
    print(f"    an agency: {ours.clock * 1000:.1f} ms; in a shell's loop: {theirs.clock * 1000:.1f} ms")
    tell("a shell's loop with Typst, 7-Zip, htpasswd and Hugo / cold build", [theirs], [ours])


def tell_reading() -> None:
    """``check`` and ``report``."""
    with new_folder() as base:
        checked = check_rows(base / "check", CHECKED)
        print(f"check of {CHECKED:,} rows (.xlsx): {checked.clock:.1f} s, {checked.memory:.0f} MB")
        site = Site.make(base / "site", COLD[0])
        cold_build(site)
        told = report_lines(site, COLD[0], LOG_LINES)
        print(f"report on {LOG_LINES:,} lines: {told.clock:.1f} s, {told.memory:.0f} MB")


def tell_pages() -> None:
    """Print how long a contact waits for a page: pages.py measures it in Chromium."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "--no-header", "tests/bench/pages.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print("\n".join(line for line in done.stdout.splitlines() if ": " in line))


def tell_largest(agencies: int) -> None:
    """One cold build, for its memory and the cost of each agency."""
    with new_folder() as base:
        cost = cold_build(Site.make(base / "site", agencies))
    each = cost / agencies
    print(
        f"cold build of {agencies:,}: {cost.clock:.0f} s, {each.clock * 1000:.1f} ms an agency "
        f"({each.processor * 1000:.1f} ms of the processor), {cost.memory:.0f} MB"
    )


def tell(name: str, ours: Sequence[Cost], others: Sequence[Cost]) -> None:
    """The median of the ratios."""
    pairs = list(zip(ours, others, strict=True))
    clock = statistics.median(one.clock / other.clock for one, other in pairs)
    processor = statistics.median(one.processor / other.processor for one, other in pairs)
    print(f"{name}: {clock:.2f} by the clock, {processor:.2f} by the processor", flush=True)


def shown(costs: Sequence[Cost]) -> str:
    """The median of each kind of seconds."""
    clock, processor = (statistics.median(getattr(cost, kind) for cost in costs) for kind in ("clock", "processor"))
    return f"{clock:.2f} s ({processor:.2f} s of the processor)"


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each comparison is made (3)")
    parser.add_argument("--largest", type=int, default=0, help="agencies of one more cold build, 100000 say (none)")
    options = parser.parse_args()
    main(options.rounds, options.largest)
