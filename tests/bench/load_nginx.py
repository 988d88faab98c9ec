"""How many contacts nginx serves when all of them come for their letter, and what the login costs.

Each contact logs in on one connection from an address of its own, is sent on from "my folder", opens the list and its
folder, and fetches its archive. The same is then done with the login taken out of the rules. Client and server share
the machine. Run by hand: ``.venv/bin/python tests/bench/load_nginx.py [contacts] [at once] [seconds]``. With seconds
(600 at most) the contacts come evenly over that time, as on the day; without, as fast as they are served.
"""

from __future__ import annotations

import asyncio
import base64
import re
import resource
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import bcrypt  # noqa: E402 (after the path is set)

from site_src.files.htpasswd import BCRYPT_COST  # noqa: E402
from site_src.make.server_rules import server_files  # noqa: E402
from site_src.read.settings import Server, Site  # noqa: E402
from tests.support.web_servers import running_nginx, served_folder  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULTS = ("3000", "50", "0")  # contacts, contacts at once, seconds in which all of them come
SECONDS_MAX = 600
WORKERS = 2
CODE = "CDFJ-LQRS-2346-789C-DFJL"
SLUG = "2020-11-access-codes"
ROW_BYTES, PAGE_BYTES, ARCHIVE_BYTES = 200, 6_000, 27_000  # as a build leaves them, about


@dataclass
class Tally:
    """Count the answers that the contacts got."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    bytes: int = 0


def username(number: int) -> str:
    """A user name of 12 digits for each contact."""
    return f"{(number + 1) * 7919 * 104729 % 10**12:012d}"


def make_area(root: Path, contacts: int) -> None:
    """The folders of a campaign with so many agencies."""
    campaign = root / "files" / SLUG
    for number in range(contacts):
        folder = campaign / username(number)
        folder.mkdir(parents=True)
        (folder / "index.html").write_bytes(b"p" * PAGE_BYTES)
        (folder / f"{folder.name}.zip").write_bytes(b"z" * ARCHIVE_BYTES)
    (campaign / "index.html").write_bytes(b"l" * ROW_BYTES * contacts)


def password_file(contacts: int) -> str:
    """One line a contact; the hash is the same, which costs the server as much as if it were not."""
    hashed = bcrypt.hashpw(CODE.encode(), bcrypt.gensalt(BCRYPT_COST)).decode().replace("$2b$", "$2y$", 1)
    return "".join(f"{username(number)}:{hashed}\n" for number in range(contacts))


def without_login(snippets: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same rules without password check; nothing else changes."""
    text = re.sub(rb"    auth_basic(?:_user_file)? \".*", b"", snippets["nginx.conf"])
    return {**snippets, "nginx.conf": text}


async def visit(port: int, number: int, tally: Tally) -> None:
    """One contact's way: log in, my folder, the list, the own folder, the archive."""
    user = username(number)
    campaign = f"/files/{SLUG}/"
    credentials = base64.b64encode(f"{user}:{CODE}".encode()).decode()
    source = f"127.{number // 62500 + 1}.{number // 250 % 250 + 1}.{number % 250 + 1}"
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    for path, expected in (
        (f"{campaign}mine/", 302),
        (campaign, 200),
        (f"{campaign}{user}/", 200),
        (f"{campaign}{user}/{user}.zip", 200),
    ):
        start = time.perf_counter()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: site.example\r\nAuthorization: Basic {credentials}\r\n\r\n".encode()
        )
        status, size = await read_answer(reader)
        tally.seconds.append(time.perf_counter() - start)
        tally.bytes += size
        if status != expected:
            tally.wrong.append(f"{path}: {status}")
    writer.close()
    await writer.wait_closed()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """The status of an answer and the size of its body, which is read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    found = re.search(r"^content-length: (\d+)", head, re.IGNORECASE | re.MULTILINE)
    size = int(found.group(1)) if found else 0
    await reader.readexactly(size)
    return int(head.split()[1]), size


@dataclass(frozen=True)
class Load:
    """How many contacts come, how many of them at the same time, and in how many seconds; 0 is at once."""

    contacts: int
    at_once: int
    seconds: int


async def everybody(port: int, load: Load) -> Tally:
    """All contacts, each at its time."""
    tally, gate = Tally(), asyncio.Semaphore(load.at_once)

    async def one(number: int) -> None:
        await asyncio.sleep(number * load.seconds / load.contacts)
        async with gate:
            try:
                await visit(port, number, tally)
            except (OSError, asyncio.IncompleteReadError) as error:
                tally.wrong.append(repr(error))

    await asyncio.gather(*map(one, range(load.contacts)))
    return tally


def processor_seconds() -> float:
    """Return the processor time of the servers that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(name: str, root: Path, snippets: Mapping[str, bytes], load: Load) -> float:
    """Print one run's figures; returns the milliseconds of the processor that the server took for a request."""
    before = processor_seconds()
    with running_nginx(root, snippets, workers=WORKERS) as server:
        start = time.perf_counter()
        tally = asyncio.run(everybody(server.port, load))
        elapsed = time.perf_counter() - start
    cost = (processor_seconds() - before) * 1000 / len(tally.seconds)
    middle, late = (statistics.quantiles(tally.seconds, n=100)[at] * 1000 for at in (49, 94))
    print(
        f"{name}: {len(tally.seconds)} requests, {len(tally.wrong)} wrong, {elapsed:.1f} s, "
        f"{len(tally.seconds) / elapsed:.0f} requests/s, {load.contacts / elapsed:.0f} contacts/s, "
        f"median {middle:.1f} ms, 95 of 100 under {late:.1f} ms, {max(tally.seconds) * 1000:.0f} ms at most, "
        f"{tally.bytes / 2**20:.0f} MB, {cost:.2f} ms of the server's processor each"
    )
    for wrong in tally.wrong[:5]:
        print("  ", wrong)
    return cost


def main(contacts: int, at_once: int, seconds: int) -> None:
    """Print the figures with the login, without it, and the ratio."""
    load = Load(contacts, at_once, min(seconds, SECONDS_MAX))
    with served_folder() as base:
        root, passwords = base / "root", base / "htpasswd"
        make_area(root, contacts)
        passwords.write_text(password_file(contacts), encoding="ascii")
        server = Server(password_file=str(passwords), realm="Load")
        snippets = server_files(Site(title="Load", operator="Load", server=server))
        with_login = measure("with login", root, snippets, load)
        free = measure("without", root, without_login(snippets), load)
    print(
        f"{WORKERS} workers, bcrypt cost {BCRYPT_COST}, {contacts} contacts, {at_once} at once, in {load.seconds} s: "
        f"the login makes a request {with_login / free:.1f} times as dear for the server"
    )


if __name__ == "__main__":
    main(*map(int, [*sys.argv[1:], *DEFAULTS[len(sys.argv) - 1 :]]))
