"""The preview shows no address, code or key to anybody: not in a page or letter, not on a terminal, not on a disk."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tornado.websocket import websocket_connect

from site_src.files.text import read_pdf
from site_src.make.archives import unseal
from tests.support.faults import state_of
from tests.support.served_preview import served_preview
from tests.support.small_site import HEADER, ROWS, SLUG, SmallSite
from tests.support.sought_secrets import Sought
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.served_preview import Served

pytestmark = posix_only("Windows has neither modes of files nor these signals")

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)
ADDRESSES = [address.strip() for row in ROWS for address in row.split(";")[3].split("/") if address.strip()]
MISTAKES = (*ROWS, ROWS[0], "5123;Δήμος;;right@dimos.example;", "612345678901;Δήμος;;no address;")

PAGES = (
    "",
    f"circulars/{SLUG}/",
    "files/",
    f"files/{SLUG}/",
    f"files/{SLUG}/mine/",
    "help/",
    "accessibility/",
    "privacy/",
)
FILES = (f"circulars/{SLUG}/annex.xlsx", f"circulars/{SLUG}/notice.txt", "livereload.js")
OF_AGENCIES = [f"files/{SLUG}/{name}/{file}" for name in (THIRA, ATTICA, CRETE) for file in ("", "sample.pdf")]
ERRORS = {
    "401.html": 200,
    "403.html": 200,
    "404.html": 200,
    "429.html": 200,
    "nothing/here": 404,
    f"files/{SLUG}/{SIKINOS}/sample.pdf": 404,
    f"files/{SLUG}/{THIRA}/{THIRA}.pdf": 404,
    f"private/{SLUG}/campaign.key": 404,
    f"../private/{SLUG}/campaign.key": 404,
    f"files/%2e%2e/%2e%2e/private/{SLUG}/campaign.key": 404,
    f"circulars/{SLUG}/annex.csv": 404,
    f"circulars/{SLUG}/..%2f..%2fcontent/{SLUG}/annex.csv": 404,
    "%ff%00": 404,
    "livereload": 400,
}


class Watched:
    """A preview of a site that was built, whose every answer is looked through."""

    def __init__(self, site: SmallSite, served: Served) -> None:
        self.site, self.served = site, served
        self.sought = Sought.of(ROWS, [(site.secrets / "campaign.key").read_bytes()])

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an answer that shows nothing, headers included, nor does what is sealed or set in it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=60)
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert self.sought.seen_in(str(answer.headers).encode() + body) == [], path
        for document in _opened(body):
            assert self.sought.seen_in(document + read_pdf(document).encode()) == [], path
        return answer.status, body

    def said_nothing(self) -> None:
        """Assert that what was told so far shows nothing, and that nothing broke."""
        told = "\n".join(self.served.told)
        assert self.sought.seen_in(told) == []
        assert "Traceback" not in told


def _opened(body: bytes) -> Iterator[bytes]:
    """A letter, or the letters in an archive that opens with one of the annex's addresses."""
    if body.startswith(b"%PDF"):
        yield body
    elif body.startswith(b"PK") and b"xl/workbook.xml" not in body:
        opened = [documents for documents in (unseal(body, address) for address in ADDRESSES) if documents]
        assert opened
        yield from (document.content for documents in opened for document in documents)


@pytest.fixture
def built(site: SmallSite) -> SmallSite:
    """A site whose codes are real, with folders of its own for what programs leave in those of a system."""
    site.build()
    (site.campaign / "attachments").mkdir()
    (site.campaign / "attachments" / "notice.txt").write_text("Ανακοίνωση", encoding="utf-8")
    for name in ("home", "temporary"):
        (site.base / name).mkdir()
    return site


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A preview of a site that was never built."""
    site = SmallSite(tmp_path_factory.mktemp("served"))
    site.write()
    with served_preview(site) as served:
        yield served


def environment(site: SmallSite) -> dict[str, str]:
    """Lets the command find the folders of the test where it looks for the system's."""
    home, temporary = str(site.base / "home"), str(site.base / "temporary")
    return {"HOME": home, "XDG_CACHE_HOME": home, "TMPDIR": temporary}


def test_no_page_shows_a_secret(built: SmallSite) -> None:
    """Home, lists, agencies, their letters and archives, attachments, the script and all errors; the codes are samples.

    Nothing is written anywhere: there is no temporary folder that another could look into.
    """
    before = state_of(built.base, but=())
    with served_preview(built, environment=environment(built)) as served:
        watched = Watched(built, served)
        for path in (*PAGES, *FILES, *OF_AGENCIES):
            assert watched.get(path)[0] == 200, path
        for name in (THIRA, ATTICA, CRETE):
            assert len(list(_opened(watched.get(f"files/{SLUG}/{name}/{name}.zip")[1]))) == 1
        assert "CCCC-CCCC-CCCC-CCCC-CCCC" in read_pdf(watched.get(OF_AGENCIES[1])[1])
        assert {path: watched.get(path)[0] for path in ERRORS} == ERRORS
        assert state_of(built.base, but=()) == before
        watched.said_nothing()


def test_an_agencys_view_shows_no_secret(built: SmallSite) -> None:
    """With ``--as`` the own folder, the way to it and the refusal at another's show nothing either."""
    with served_preview(built, "--as", THIRA, environment=environment(built)) as served:
        watched = Watched(built, served)
        statuses = {path: watched.get(f"files/{SLUG}/{path}/")[0] for path in (THIRA, CRETE, "mine")}
        assert statuses == {THIRA: 200, CRETE: 403, "mine": 302}
        watched.said_nothing()


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST", "127.0.0.1"])
def test_this_machines_names_are_answered(running: Served, host: str) -> None:
    """Its address and its name, with or without the port: a tunnel may have another."""
    assert asked_as(running, host.format(port=running.port))[0] == 200


@pytest.mark.parametrize("host", ["portal.example", "portal.example:{port}", "127.0.0.1.portal.example", "[", ""])
def test_another_name_gets_nothing(running: Served, host: str) -> None:
    """A web page whose name leads here (DNS rebinding) cannot read the preview from the browser of staff."""
    assert asked_as(running, host.format(port=running.port)) == (421, b"")


def asked_as(served: Served, host: str) -> tuple[int, bytes]:
    """Status and body of the home page for a request that names this host."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", "/", headers={"Host": host})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:{port}", 101),
        ("http://localhost:{port}", 101),
        ("https://portal.example", 403),
        ("null", 403),
    ],
)
def test_only_this_machines_pages_listen(running: Served, origin: str, status: int) -> None:
    """The socket that tells which file changed opens to the preview's own pages, and to no other site."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    key = base64.b64encode(bytes(16)).decode()
    handshake = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    }
    asked = {"Origin": origin.format(port=running.port), **handshake}
    connection.request("GET", "/livereload", headers=asked)
    assert connection.getresponse().status == status
    connection.close()


def test_the_socket_and_mistakes_show_no_secret(built: SmallSite) -> None:
    """Neither the socket nor the page of mistakes shows a correct address beside the mistake."""
    with served_preview(built, environment=environment(built)) as served:
        watched = Watched(built, served)
        with ThreadPoolExecutor(1) as apart:  # Playwright, once it runs, has a loop of its own in this thread
            heard = apart.submit(asyncio.run, _listen(built, served)).result()
        assert watched.sought.seen_in("\n".join(heard)) == []
        status, body = watched.get("")
        assert status == 500
        assert "no address" in body.decode()
        watched.said_nothing()


async def _listen(site: SmallSite, served: Served) -> list[str]:
    """Every message until the page is to reload because of a mistake in the annex."""
    socket = await websocket_connect(f"ws://127.0.0.1:{served.port}/livereload")
    for message in ({"command": "hello"}, {"command": "info", "url": served.address}):
        await socket.write_message(json.dumps(message))
    changing = asyncio.create_task(_change(site))
    heard: list[str] = []
    async with asyncio.timeout(60):
        while not any("annex.csv" in message for message in heard):
            heard.append(str(await socket.read_message()))
    changing.cancel()
    socket.close()
    while await socket.read_message() is not None:
        pass  # what else was under way
    return heard


async def _change(site: SmallSite) -> None:
    """Write mistakes into the annex, and again: the server passes over changes in its first seconds."""
    while True:
        (site.campaign / "annex.csv").write_text("\n".join((HEADER, *MISTAKES)), encoding="utf-8")
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_it_ends(sign: signal.Signals, built: SmallSite) -> None:
    """Ctrl-C and SIGTERM end it within its letters' reach: no file is left anywhere, and nothing is told of them."""
    before = state_of(built.base, but=())
    with served_preview(built, environment=environment(built)) as served:
        watched = Watched(built, served)
        watched.get(f"files/{SLUG}/{THIRA}/{THIRA}.zip")
        served.process.send_signal(sign)
        assert served.process.wait(60) == (0 if sign is signal.SIGINT else -sign)
        with pytest.raises(ConnectionRefusedError):
            watched.get("")
    assert state_of(built.base, but=()) == before
    watched.said_nothing()
