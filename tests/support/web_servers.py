"""Real web servers for the tests: nginx and Apache on 127.0.0.1, with the generated snippets, gone at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.programs import installed, reserved_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS_TO_START = 60
SECONDS_TO_ANSWER = 60

# The servers' workers leave root for this user of Debian's; where the tests run as another user they stay that user.
WORKER = "www-data"
APACHE_MODULES = Path("/usr/lib/apache2/modules")

NGINX = """\
daemon off;
{user}
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    access_log {folder}/access.log combined;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/nginx-http.conf;
    server {{
        listen 127.0.0.1:{port};
        root "{root}";
{before}
        include {folder}/nginx.conf;
{after}
    }}
}}
"""

APACHE = """\
ServerRoot "{folder}"
ServerName 127.0.0.1
PidFile "{folder}/apache.pid"
DefaultRuntimeDir "{folder}"
Mutex file:{folder} default
ErrorLog "{folder}/error.log"
{user}
{modules}
TypesConfig /etc/mime.types
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog "{folder}/access.log" combined
Listen 127.0.0.1:{port}
StartServers {workers}
ThreadsPerChild 25
<Directory />
    Options FollowSymLinks
    AllowOverride None
    Require all denied
</Directory>
<Directory "{root}">
    Options Indexes FollowSymLinks
    Require all granted
</Directory>
<VirtualHost *:{port}>
    DocumentRoot "{root}"
{before}
    Include "{folder}/apache.conf"
</VirtualHost>
"""

MODULES = """
access_compat actions alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex dav dav_fs dir
env expires headers http2 mime mpm_event negotiation rewrite status
""".split()  # noqa: SIM905 (a list of twenty words reads best as words)


@dataclass(frozen=True)
class Outer:
    """The site that includes the snippets: its own lines in front of them and, for nginx, behind them."""

    name: str = "plain"
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class WebServer:
    """A server that runs; ``folder`` holds its configuration, access.log and error.log."""

    port: int
    folder: Path

    @property
    def access_log(self) -> Path:
        """Return the log of its requests, in the combined format."""
        return self.folder / "access.log"

    def send(self, request: bytes, *, source: str = "127.0.0.1") -> bytes:
        """Send these bytes from the address ``source`` and return all that the server sends until it closes."""
        chunks = []
        with closing(self.connect(source)) as connection:
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                while chunk := connection.recv(1 << 16):
                    chunks.append(chunk)
            except ConnectionError:
                pass  # the server hung up on a request that it did not want
        return b"".join(chunks)

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        """Return a connection to the server; any address that begins with 127 is this machine."""
        connection = socket.socket()  # create_connection would look the host up at each of 100,000 requests
        connection.settimeout(SECONDS_TO_ANSWER)
        connection.bind((source, 0))
        try:
            connection.connect(("127.0.0.1", self.port))
        except OSError:
            connection.close()
            raise
        return connection


@contextmanager
def served_folder() -> Iterator[Path]:
    """Make a folder that the servers' own users may read, and remove it when the block ends."""
    with tempfile.TemporaryDirectory(prefix="thyrida-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def running_nginx(
    root: Path, snippets: Mapping[str, bytes], *, outer: Outer | None = None, workers: int = 1
) -> Iterator[WebServer]:
    """Run nginx on ``root`` with the generated ``snippets`` inside the ``outer`` site."""
    program = installed("nginx")
    with served_folder() as folder, reserved_port() as port:
        user = f"user {WORKER};" if os.geteuid() == 0 else ""
        outer = outer or Outer()
        values = {"user": user, "workers": workers, "before": outer.before, "after": outer.after, "port": port}
        server = _configured(folder, root, snippets, NGINX, values)
        with _running(server, [program, "-e", "error.log", "-p", str(folder), "-c", str(folder / "server.conf")]):
            yield server


@contextmanager
def running_apache(
    root: Path, snippets: Mapping[str, bytes], *, outer: Outer | None = None, workers: int = 1
) -> Iterator[WebServer]:
    """Run Apache on ``root`` with the generated ``snippets`` inside the ``outer`` site, which ends with them."""
    program = installed("apache2")
    with served_folder() as folder, reserved_port() as port:
        user = f"User {WORKER}\nGroup {WORKER}" if os.geteuid() == 0 else ""
        modules = "\n".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in MODULES)
        before = (outer or Outer()).before
        values = {"user": user, "workers": workers, "before": before, "modules": modules, "port": port}
        server = _configured(folder, root, snippets, APACHE, values)
        with _running(server, [program, "-D", "FOREGROUND", "-f", str(folder / "server.conf")]):
            yield server


RUNNERS = {"nginx": running_nginx, "apache": running_apache}


def _configured(
    folder: Path, root: Path, snippets: Mapping[str, bytes], template: str, values: Mapping[str, Any]
) -> WebServer:
    for name, content in snippets.items():
        (folder / name).write_bytes(content)
    text = template.format(folder=folder, root=root, **values)
    (folder / "server.conf").write_text(text, encoding="utf-8")
    return WebServer(values["port"], folder)


@contextmanager
def _running(server: WebServer, command: list[str]) -> Iterator[None]:
    output = server.folder / "output.log"
    with output.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            _wait_until_it_answers(server, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_ANSWER)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_it_answers(server: WebServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            server.connect().close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    logs = [path.read_text(errors="replace") for path in sorted(server.folder.glob("*.log"))]
    pytest.fail("the server did not start:\n" + "\n".join(logs))
