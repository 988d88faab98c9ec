"""Copying a new build to the server by the guide's own commands, while visitors ask for it all the time."""

from __future__ import annotations

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import cycle
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.support.served_site import ATTICA, THIRA, ServedSite, get, served_site
from tests.support.small_site import ROOT, ROWS, SLUG
from tests.support.web_servers import RUNNERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.support.web_servers import WebServer

    Cut = Callable[[set[bytes]], set[bytes]]

PUBLICATIONS = 12
ASKED = {
    "/": "",
    f"/files/{SLUG}/": THIRA,
    **{f"/files/{SLUG}/{user}/": user for user in (THIRA, ATTICA)},
    **{f"/files/{SLUG}/{user}/{user}.zip": user for user in (THIRA, ATTICA)},
}
CHANGED = f"/files/{SLUG}/{THIRA}/{THIRA}.zip"


@pytest.fixture(scope="module")
def builds() -> Iterator[tuple[ServedSite, Path, Path]]:
    """A site, and two builds of it that differ in one letter, each in a folder as its ``dist``."""
    day = date(2020, 12, 1)
    with served_site(day) as served:
        folders = []
        for name in ("one", "two"):
            served.write(day, tuple(row.replace("thira@", f"{name}@") for row in ROWS))
            served.build()
            folders.append(served.site.base / name)
            shutil.copytree(served.site.folders.out, folders[-1] / "dist")
            shutil.copy(served.site.secrets / "handover" / "dist.tar.gz", folders[-1])
        yield served, folders[0], folders[1]


def readme_commands(server: Path, release: int) -> str:
    """Return the commands of the administrator's first step, for a server whose folder is ``server``."""
    chapter = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8").partition("**1. Unpack")[2]
    block = chapter.split("```")[1]
    return re.sub(r"\$\(date [^)]*\)", f"release-{release}", block).replace("/srv/thyrida", str(server))


def expected(folder: Path) -> dict[str, bytes]:
    """Return a build's answer to each request."""
    names = {path: path.lstrip("/") + ("index.html" if path.endswith("/") else "") for path in ASKED}
    return {path: (folder / "dist" / name).read_bytes() for path, name in names.items()}


@pytest.mark.parametrize("kind", RUNNERS)
def test_no_visitor_sees_half_a_site(kind: str, builds: tuple[ServedSite, Path, Path]) -> None:
    """While builds are published over each other, no file is missing, and every answer is the file of one of them."""
    served, *folders = builds
    place = served.site.base / f"srv-{kind}"
    place.mkdir()

    def publish(folder: Path, release: int) -> None:
        line = ["sh", "-e", "-c", readme_commands(place, release)]
        subprocess.run(line, cwd=folder, check=True, capture_output=True)

    publish(folders[0], 0)
    bodies = [expected(folder) for folder in folders]
    assert bodies[0][CHANGED] != bodies[1][CHANGED]
    ended = Event()
    with served.behind(kind, place / "current") as server, ThreadPoolExecutor() as pool:
        visitors = [pool.submit(visit, server, bodies, ended, CUTS[kind]) for _ in range(2)]
        try:
            for release in range(1, PUBLICATIONS):
                publish(folders[release % 2], release)
                assert get(server, CHANGED, THIRA).body == bodies[release % 2][CHANGED]
        finally:
            ended.set()
    assert [wrong for visitor in visitors for wrong in visitor.result()] == []
    assert len(list(place.iterdir())) == PUBLICATIONS + 1


def whole(bodies: set[bytes]) -> set[bytes]:
    """Nginx opens a file before it asks for its size: what comes is always a whole file."""
    return bodies


def cut_to_length(bodies: set[bytes]) -> set[bytes]:
    """Apache asks for the size first: in the instant of the change one file may get the length of the other."""
    lengths = {len(body) for body in bodies}
    return {body[:length].ljust(length, b"\0") for body in bodies for length in lengths}


CUTS: Mapping[str, Cut] = {"nginx": whole, "apache": cut_to_length}


def visit(server: WebServer, bodies: list[dict[str, bytes]], ended: Event, cut: Cut) -> list[tuple[str, int]]:
    """Ask for page after page until the end; returns what was no file of either build."""
    wrong = []
    for path, user in cycle(ASKED.items()):
        answer = get(server, path, user)
        if answer.status != 200 or answer.body not in cut({each[path] for each in bodies}):
            wrong.append((path, answer.status))
        if ended.is_set():
            return wrong
    return wrong
