"""How a cold build compares with the sum of its unavoidable work, all measured in one run on the same machine.

Unavoidable, for each agency: one letter set, one PBKDF2 of 66 bytes, one password hash, one file written; on as many
threads as the build uses. Run by hand: ``.venv/bin/python tests/bench/cold_build.py [agencies] [rounds]``.
"""

from __future__ import annotations

import hashlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import bcrypt  # noqa: E402 (after the path is set)

from site_src.access import BCRYPT_COST  # noqa: E402
from site_src.archives import PBKDF2_ITERATIONS  # noqa: E402
from site_src.letters import LetterFacts, Recipient, Typesetter  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULTS = ("1097", "3")  # agencies, rounds
JOBS = os.cpu_count() or 1
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


def make_content(folder: Path, agencies: int) -> None:
    """A campaign with that many agencies, each with one address."""
    campaign = folder / "bench"
    campaign.mkdir(parents=True)
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    (campaign / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    (campaign / "circular.md").write_text("Από {{ effective | date }} ισχύουν νέοι κωδικοί.\n", encoding="utf-8")
    rows = [
        f"{n * 7919 % 10**12:012d};Δήμος {n};Περιφέρεια {n % 13};prosopiko@dimos-{n}.example\n" for n in range(agencies)
    ]
    header = "Όνομα χρήστη;Επωνυμία φορέα;Εποπτεύων φορέας;E-mail\n"
    (campaign / "annex.csv").write_text(header + "".join(rows), encoding="utf-8")


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, by the wall's clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def build(base: Path) -> None:
    """One build as a person starts it."""
    folders = [f"--{name}={base / name}" for name in ("content", "out", "private")]
    subprocess.run([sys.executable, str(ROOT / "build.py"), "build", *folders], check=True, capture_output=True)


def unavoidable(agencies: int, folder: Path) -> dict[str, float]:
    """The seconds of each kind of work that no build can do without."""
    text = dict.fromkeys(LetterFacts.__dataclass_fields__, "Κείμενο")
    typesetter = Typesetter(ROOT / "templates" / "letter.typ", LetterFacts(**{**text, "language": "el"}))
    letter = typesetter.set_letter(Recipient(agency="-", username="-", code="-"))
    folder.mkdir()

    def set_letter(n: int) -> None:
        typesetter.set_letter(Recipient(agency=f"Δήμος {n}", username=f"{n:012d}", code=f"CDFJ-{n:04d}"))

    def derive(n: int) -> None:
        hashlib.pbkdf2_hmac("sha1", b"prosopiko@dimos.example", n.to_bytes(16, "big"), PBKDF2_ITERATIONS, 66)

    def hash_code(n: int) -> None:
        bcrypt.hashpw(b"%020d" % n, bcrypt.gensalt(BCRYPT_COST))

    def write(n: int) -> None:
        (folder / str(n)).write_bytes(letter)

    def all_of(work: Callable[[int], None]) -> None:
        with ThreadPoolExecutor(JOBS) as pool:
            list(pool.map(work, range(agencies)))

    works = {"letters": set_letter, "PBKDF2": derive, "hashes": hash_code, "files": write}
    return {name: seconds(partial(all_of, work)) for name, work in works.items()}


def main(agencies: int, rounds: int) -> None:
    """Print the figures of each round and the medians of the ratios."""
    ratios, rebuilds = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            base = Path(name)
            make_content(base / "content", agencies)
            parts = unavoidable(agencies, base / "written")
            cold = seconds(partial(build, base))
            again = seconds(partial(build, base))
        ratios.append(cold / sum(parts.values()))
        rebuilds.append(again)
        shown = ", ".join(f"{part} {value:.2f}" for part, value in parts.items())
        print(f"unavoidable {sum(parts.values()):.2f} s ({shown}); cold {cold:.2f} s; unchanged {again:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{agencies} agencies, {JOBS} threads, median of {rounds}: cold / unavoidable {statistics.median(ratios):.2f}, "
    )
    print(f"unchanged {statistics.median(rebuilds):.2f} s, peak memory of a build {peak:.0f} MB")


if __name__ == "__main__":
    main(*map(int, [*sys.argv[1:], *DEFAULTS[len(sys.argv) - 1 :]]))
