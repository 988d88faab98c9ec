"""A small site as a ministry has it: built by the command, its password file live, for real web servers to serve."""

from __future__ import annotations

import base64
import os
import shutil
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import bcrypt

from tests.support.probes import CODE, CODE_AS_APR1, CODE_AS_SHA512, new_address
from tests.support.small_site import ROWS, SLUG, SmallSite
from tests.support.web_servers import RUNNERS, SECONDS_TO_ANSWER, WORKER, WebServer, served_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)
CLERK = "clerk"  # of the ministry; no agency
ADDRESSES = {THIRA: ("thira@dimos.example",), ATTICA: ("a@dimos.example", "b@dimos.example")}  # of those who are new
USERS = (THIRA, ATTICA, CRETE, SIKINOS, CLERK)
OLD_CODES: Mapping[str, str] = dict.fromkeys(USERS, CODE)


def old_password_file() -> bytes:
    """Return everybody's old code, by every kind of hash: agencies, and a user who is not one."""
    hashed = bcrypt.hashpw(CODE.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$", 1)
    kinds = {THIRA: CODE_AS_SHA512, ATTICA: hashed, CRETE: CODE_AS_APR1, SIKINOS: CODE_AS_APR1, CLERK: CODE_AS_SHA512}
    return b"# Portal\n" + "".join(f"{user}:{kinds[user]}\n" for user in USERS).encode()


@dataclass(frozen=True)
class ServedSite:
    """A built site below ``site.base``, and the password file that its snippets name."""

    site: SmallSite
    old_passwords: bytes

    @property
    def live(self) -> Path:
        """Return the password file that the server reads at each login."""
        return self.site.base / "agencies.htpasswd"

    def write(self, effective: date, rows: tuple[str, ...] = ROWS) -> None:
        """Write content with an agency that keeps its code and one without contact, valid from a day."""
        server = f'[server]\npassword_file = "{self.live}"\nrealm = "Portal"\n'
        self.site.write(rows, top=f'keeps_code = ["{CRETE}"]', site=server)
        path = self.site.campaign / "campaign.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("effective = 2020-12-01", f"effective = {effective}"), encoding="utf-8")

    def build(self) -> None:
        """Build it as staff do."""
        done = self.site.run("build")
        assert done.returncode == 0, done.stdout + done.stderr

    def put_back(self) -> None:
        """Let everything be as before the first swap."""
        for path in self.site.secrets.glob("htpasswd.*ated"):
            path.unlink()
        self.live.write_bytes(self.old_passwords)
        self.live.chmod(0o640)
        if os.geteuid() == 0:  # the servers' workers may read it by its group alone
            shutil.chown(self.live, "root", WORKER)

    @contextmanager
    def behind(self, kind: str, root: Path | None = None) -> Iterator[WebServer]:
        """Run a real web server with the snippets that the build wrote."""
        snippets = {path.name: path.read_bytes() for path in (self.site.folders.private / "server").iterdir()}
        with RUNNERS[kind](root or self.site.folders.out, snippets) as server:
            yield server


@contextmanager
def served_site(effective: date) -> Iterator[ServedSite]:
    """Build a site once, whose new codes are valid from a day, and remove it when the block ends."""
    with served_folder() as base:
        served = ServedSite(SmallSite(base), old_password_file())
        served.write(effective)
        served.site.write_passwords(served.old_passwords.decode())
        served.build()
        served.put_back()
        yield served


@dataclass(frozen=True)
class Answer:
    """A server's answer."""

    status: int
    location: str
    body: bytes


def get(server: WebServer, path: str, user: str = "", code: str = CODE) -> Answer:
    """Send one request as a browser does, from an address of its own; follow no redirect."""
    headers = {"Authorization": "Basic " + base64.b64encode(f"{user}:{code}".encode()).decode()} if user else {}
    connection = HTTPConnection("127.0.0.1", server.port, SECONDS_TO_ANSWER, source_address=(new_address(), 0))
    with closing(connection):
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("Location", ""), response.read())


def logins(server: WebServer, codes: Mapping[str, str]) -> dict[str, int]:
    """Return the status with which the campaign's list answers each user with a code."""
    return {user: get(server, f"/files/{SLUG}/", user, code).status for user, code in codes.items()}
