"""The report reads the logs that real web servers write."""

from __future__ import annotations

import base64
import gzip
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems
from site_src.report.reporting import count, write
from tests.support.probes import CODE
from tests.support.served_site import ATTICA, CLERK, SIKINOS, THIRA, ServedSite, get, served_site
from tests.support.small_site import SLUG
from tests.support.web_servers import RUNNERS, SECONDS_TO_ANSWER, Outer, WebServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_src.report.collection import Report

TODAY = date.today()  # noqa: DTZ011 (the day that the servers write)
CHROME = "Mozilla/5.0 (Linux; Android 10) Chrome/86.0 Mobile Safari/537.36"
NAMING = (
    r'"%h %l %<u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""'  # %<u: as first asked, before the error page
)
FORGED = f'x" 200 9 "-" "-"\t{THIRA} [01/Jan/2020:00:00:00 +0000] "GET /files/ HTTP/1.1" 200 9'


@pytest.fixture(scope="module")
def served() -> Iterator[ServedSite]:
    """A built site with its password file in place."""
    with served_site(TODAY) as served:
        yield served


def archive(username: str) -> str:
    """Return the path of an agency's archive."""
    return f"/files/{SLUG}/{username}/{username}.zip"


def ask(server: WebServer, request: str, user: str, *more: str) -> int:
    """The status of a request that is written out, from Chrome on a phone."""
    login = base64.b64encode(f"{user}:{CODE}".encode()).decode()
    headers = ("Host: portal.example", f"User-Agent: {CHROME}", f"Authorization: Basic {login}", *more)
    answer = server.send("\r\n".join((f"{request} HTTP/1.0", *headers, "", "")).encode())
    return int(answer.split(b" ", 2)[1])


def visit(server: WebServer) -> list[int]:
    """Everything that contacts, the office and a stranger do; the statuses."""
    encoded = archive(THIRA).replace(THIRA, f"%3{THIRA[0]}{THIRA[1:]}", 1)
    return [
        get(server, archive(THIRA)).status,
        get(server, archive(THIRA), THIRA).status,
        ask(server, f"GET {archive(THIRA)}", THIRA, "Range: bytes=0-9"),
        ask(server, f"GET {encoded}", THIRA),
        ask(server, f"HEAD {archive(ATTICA)}", ATTICA),
        get(server, f"/files/{SLUG}/{ATTICA}/", ATTICA).status,
        get(server, archive(ATTICA), ATTICA, "wrong").status,
        get(server, archive(ATTICA), THIRA).status,
        get(server, archive(ATTICA), CLERK).status,
        ask(server, f"GET {archive(ATTICA)}", FORGED),
    ]


def lines_of(server: WebServer, count: int) -> bytes:
    """The log, as soon as it has all the lines; a server writes them after its answers."""
    end = time.monotonic() + SECONDS_TO_ANSWER
    while (data := server.access_log.read_bytes()).count(b"\n") < count and time.monotonic() < end:
        time.sleep(0.02)
    return data


def reported(served: ServedSite, log: Path) -> Report:
    """The report on a log."""
    problems = Problems()
    inputs = read_inputs(served.site.folders, TODAY, problems, SLUG)
    found = count(inputs, [log], served.site.folders, TODAY, problems)
    write(found, inputs)
    assert problems.all() == ()
    return found


@contextmanager
def behind(kind: str, served: ServedSite) -> Iterator[WebServer]:
    """A real web server; Apache with its usual log, or with one that names whom it refused."""
    snippets = {path.name: path.read_bytes() for path in (served.site.folders.private / "server").iterdir()}
    named = Outer(before=f'CustomLog "{served.site.base}/access.log" {NAMING}' if kind == "apache, naming" else "")
    with RUNNERS[kind.partition(",")[0]](served.site.folders.out, snippets, outer=named) as server:
        yield replace(server, folder=served.site.base) if named.before else server


@pytest.mark.parametrize("kind", ["nginx", "apache", "apache, naming"])
def test_a_servers_own_log(kind: str, served: ServedSite, tmp_path: Path) -> None:
    """Collected, mistyped and refused are told apart by the server's log; Apache's usual one has no names."""
    with behind(kind, served) as server:
        statuses = visit(server)
        assert statuses[:9] == [401, 200, 206, 200, 200, 200, 401, 403, 403]
        assert statuses[9] in {401, 403}
        before = lines_of(server, len(statuses))
    log = tmp_path / "access.log.1.gz"
    log.write_bytes(gzip.compress(before))
    found = reported(served, log)
    names = kind != "apache"
    (thira,) = found.collected
    assert (thira.agency.username, thira.visits.times, thira.visits.first.date()) == (THIRA, 3, TODAY)
    assert [(one.agency.username, one.wrong_codes) for one in found.missing] == [(ATTICA, int(names))]
    claims = {refusal.claimed.username if refusal.claimed else "" for refusal in found.refusals}
    assert (found.refused, claims) == ((3, {THIRA, ""}) if names else (2, {""}))
    assert [agency.username for agency in found.uncontacted] == [SIKINOS]
    assert (found.tally.broken, found.tally.span) == (0, (TODAY, TODAY))
    assert found.tally.lines >= len(statuses)
