"""A cold build against the sum of its unavoidable work, measured beside it.

Unavoidable, for each agency: one letter set, one PBKDF2 of 66 bytes, one password hash, one file written; on as many
threads as the build uses. Each letter has a code of its own, as in a build: one that Typst has set before costs less.
"""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import bcrypt

from site_src.files.htpasswd import BCRYPT_COST
from site_src.folders import Folders
from site_src.make.archives import PBKDF2_ITERATIONS
from site_src.make.letters import Recipient, Typesetter
from site_src.pipeline.reading import read_inputs
from site_src.plan.keys import KEY_BYTES, CampaignKey
from site_src.problems import Problems
from site_src.read.settings import CodePolicy
from tests.bench.measure import CORES, Cost, Site, address, cost_of, username

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


KEY = CampaignKey(bytes(KEY_BYTES))


def cold_build(site: Site) -> Cost:
    """A build of everything, with nothing there."""
    for name in ("out", "private"):
        shutil.rmtree(site.base / name, ignore_errors=True)
    return site.run("build")


def unavoidable(site: Site, agencies: int) -> dict[str, Cost]:
    """Return the cost of each kind of work that every build must do."""
    typesetter = _typesetter(site)
    recipients = [_recipient(number) for number in range(agencies)]
    letter = typesetter.set_letter(recipients[0])
    folder = site.base / "written"
    folder.mkdir()
    works: dict[str, Callable[[int], object]] = {
        "letters": lambda number: typesetter.set_letter(recipients[number]),
        "PBKDF2": _derive,
        "hashes": lambda number: bcrypt.hashpw(recipients[number].code.encode(), bcrypt.gensalt(BCRYPT_COST)),
        "files": partial(_write, folder, letter),
    }
    costs = {name: cost_of(partial(_on_all_cores, work, agencies)) for name, work in works.items()}
    shutil.rmtree(folder)
    return costs


def _typesetter(site: Site) -> Typesetter:
    """Return the typesetter of the very letters that the build sets."""
    base = site.base
    folders = Folders(content=base / "content", out=base / "out", private=base / "private")
    return Typesetter(read_inputs(folders, date(2020, 11, 20), Problems()).campaigns[0].letter)


def _recipient(number: int) -> Recipient:
    code = KEY.access_code(CodePolicy(), username(number), address(number), 1)
    return Recipient(agency=f"Δήμος {number}", username=username(number), code=code)


def _derive(number: int) -> None:
    hashlib.pbkdf2_hmac("sha1", b"prosopiko@dimos.example", number.to_bytes(16, "big"), PBKDF2_ITERATIONS, 66)


def _write(folder: Path, letter: bytes, number: int) -> None:
    (folder / str(number)).write_bytes(letter)


def _on_all_cores(work: Callable[[int], object], number: int) -> None:
    with ThreadPoolExecutor(CORES) as pool:
        for _ in pool.map(work, range(number)):
            pass
