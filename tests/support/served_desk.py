"""The desk of a small site behind a server of this process, and what asks it as a browser does."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tornado.web import Application

from site_src.serve.desk import Desk, Gate
from site_src.serve.preview import Preview
from site_src.serve.server import Server
from tests.support.programs import reserved_port
from tests.support.small_site import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.support.small_site import SmallSite

BOUNDARY = "thyrida"


@dataclass(frozen=True)
class Upload:
    """A file of a form, under the name that a browser gives."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Form:
    """A form as a browser sends it: its fields, and its files by their fields."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Sequence[Upload]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """Return the text of a page."""
        return self.content.decode(errors="replace")


def desk_of(site: SmallSite, port: int = 5500) -> Desk:
    """Return the desk of a site on a fixed day."""
    preview = Preview(site.folders, lambda: DAY)
    preview.refresh()
    return Desk(preview, Gate(port))


def asked(desk: Desk, path: str, **query: str) -> Answered:
    """Return the answer to an address."""
    with _served(desk) as served:
        return served.ask("GET", f"/desk/{path}?{urlencode(query)}")


def page(desk: Desk, path: str, **query: str) -> str:
    """Return the text of a page that answers."""
    shown = asked(desk, path, **query)
    assert shown.status == 200, shown.text
    return shown.text


def sent(desk: Desk, path: str, form: Form) -> str:
    """Return the path that a form leads to, or the text of the page that says what failed."""
    with _served(desk) as served:
        body, kind = multipart({"token": desk.gate.token, **form.fields}, form.files)
        done = served.ask("POST", f"/desk/{path}", body, Content_Type=kind)
    return done.headers.get("Location") or done.text


def build(desk: Desk) -> str:
    """Build by the button, and return the page that shows it."""
    assert sent(desk, "build", Form()) == "/desk/build"
    desk.job.join()
    return page(desk, "build")


def multipart(fields: Mapping[str, str], files: Mapping[str, Sequence[Upload]]) -> tuple[bytes, str]:
    """Return the body of a form with files, and its content type (RFC 7578)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, uploads in files.items():
        for each in uploads:
            file = each.name.replace("\\", "\\\\")
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
            parts.append(head.encode() + each.content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


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
    return Answered(answer.status, dict(answer.headers), answer.read())


@contextmanager
def served_desk(site: SmallSite) -> Iterator[ServedDesk]:
    """Serve desk and preview of a site from a thread."""
    with _served(desk_of(site)) as served:
        yield served


@contextmanager
def _served(desk: Desk) -> Iterator[ServedDesk]:
    """Serve a desk on a free port, by which its gate then goes."""
    loop, ready, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def run(port: int) -> None:
        server = Application(Server(desk).get_web_handlers(b"")).listen(port, "127.0.0.1")
        ready.set()
        await done.wait()
        server.stop()
        await server.close_all_connections()

    with reserved_port() as port:
        desk.gate = replace(desk.gate, port=port)
        thread = threading.Thread(target=lambda: loop.run_until_complete(run(port)))
        thread.start()
        ready.wait()
        try:
            yield ServedDesk(desk, port)
        finally:
            loop.call_soon_threadsafe(done.set)
            thread.join()
            loop.close()
