"""The desk of a small site, in this process: its pages without a server, or behind one on a free port."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tornado.web import Application

from site_src.serve.desk import Desk, Form
from site_src.serve.gate import Gate
from site_src.serve.handler import answer
from site_src.serve.preview import Answer, Preview
from site_src.serve.server import Server
from tests.support.programs import reserved_port
from tests.support.small_site import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.small_site import SmallSite

BOUNDARY = "thyrida"


def desk_of(site: SmallSite, port: int = 5500) -> Desk:
    """Return the desk of a site on a fixed day."""
    preview = Preview(site.folders, lambda: DAY)
    preview.refresh()
    return Desk(preview, Gate(port))


def asked(desk: Desk, path: str, **query: str) -> Answer:
    """Return the answer to an address."""
    return answer(desk, path, query)


def page(desk: Desk, path: str, **query: str) -> str:
    """Return the text of a page that answers."""
    shown = asked(desk, path, **query)
    assert shown.status == 200, shown.content.decode()
    return shown.content.decode()


def sent(desk: Desk, path: str, form: Form) -> str:
    """Return the path that a form leads to, or the text of the page that says what failed."""
    done = answer(desk, path, {}, form)
    return done.location or done.content.decode()


def build(desk: Desk) -> str:
    """Build by the button, and return the page that shows it."""
    assert sent(desk, "build", Form({})) == "/desk/build"
    desk.job.thread.join()
    return page(desk, "build")


def multipart(fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return the body of a form with files, and its content type (RFC 7578)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (file, content) in files.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Answered:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class ServedDesk:
    """A desk behind a server, and what asks it as a browser does that was let in."""

    desk: Desk
    port: int

    @property
    def usual(self) -> dict[str, str]:
        """Return the headers of a browser that was let in."""
        gate = self.desk.gate
        host = f"127.0.0.1:{self.port}"
        return {"Host": host, "Origin": f"http://{host}", "Cookie": f"{gate.cookie_name}={gate.cookie}"}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str | None) -> Answered:
        """Send one request; a header without a value is left out. ``Content_Type`` stands for Content-Type."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {name: value for name, value in {**self.usual, **named}.items() if value is not None}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in given.items():
                connection.putheader(name, value)
            if method == "POST" and "Content-Length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return _read(connection.getresponse())
        finally:
            connection.close()

    def post(self, path: str, fields: Mapping[str, str], **headers: str | None) -> Answered:
        """Send a form without files."""
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(fields).encode(), **{"Content_Type": kind, **headers})


def _read(answer: HTTPResponse) -> Answered:
    return Answered(answer.status, dict(answer.headers), answer.read().decode(errors="replace"))


@contextmanager
def served_desk(site: SmallSite) -> Iterator[ServedDesk]:
    """Serve desk and preview of a site from a thread."""
    with reserved_port() as port, _serving(site, port) as desk:
        yield ServedDesk(desk, port)


@contextmanager
def _serving(site: SmallSite, port: int) -> Iterator[Desk]:
    desk, loop, ready = desk_of(site, port), asyncio.new_event_loop(), threading.Event()

    async def run() -> None:
        server = Application(Server(desk).get_web_handlers(b"")).listen(port, "127.0.0.1")
        ready.set()
        await done.wait()
        server.stop()
        await server.close_all_connections()

    done = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait()
    try:
        yield desk
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()
