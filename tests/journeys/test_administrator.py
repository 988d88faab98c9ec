"""The administrator's path and the contact's behind it: a built site, real web servers, commands as they are typed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from site_src.files.text import read_pdf
from site_src.language.say import say_day
from site_src.make.archives import unseal
from tests.support.probes import CODE
from tests.support.programs import installed
from tests.support.served_site import (
    ADDRESSES,
    ATTICA,
    CLERK,
    CRETE,
    OLD_CODES,
    SIKINOS,
    THIRA,
    USERS,
    ServedSite,
    get,
    logins,
    served_site,
)
from tests.support.small_site import ROOT, SLUG
from tests.support.web_servers import RUNNERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.web_servers import WebServer

KINDS = pytest.mark.parametrize("kind", RUNNERS)
FOLDER = f"/files/{SLUG}/{THIRA}/"
ALL_IN = dict.fromkeys(USERS, 200)
NEW_AGENCIES_OUT = dict.fromkeys(ADDRESSES, 401)


@pytest.fixture(scope="module")
def built() -> Iterator[ServedSite]:
    """A site whose new codes are valid from today."""
    with served_site(date.today()) as served:  # noqa: DTZ011 (activate takes the machine's day too)
        yield served


@pytest.fixture
def served(built: ServedSite) -> ServedSite:
    """The built site, with the old password file in place."""
    built.put_back()
    return built


def activate(served: ServedSite, *options: str) -> subprocess.CompletedProcess[str]:
    """The command as an administrator types it."""
    return served.site.run("activate", SLUG, f"--password-file={served.live}", *options)


def letter(archive: bytes, addresses: tuple[str, ...]) -> str:
    """The text of the letter, which exactly one of an agency's addresses opens."""
    opened = [documents for documents in (unseal(archive, address) for address in addresses) if documents]
    ((document,),) = opened
    return read_pdf(document.content)


def new_codes(server: WebServer) -> dict[str, str]:
    """Each new code, as its contact finds it with the old one."""
    codes = {}
    for user, addresses in ADDRESSES.items():
        archive = get(server, f"/files/{SLUG}/{user}/{user}.zip", user)
        (codes[user],) = set(re.findall(r"\b\w{4}(?:-\w{4}){4}\b", letter(archive.body, addresses)))
    return codes


@KINDS
def test_the_day_of_the_change(kind: str, served: ServedSite) -> None:
    """Old codes give way to new ones without a reload, those kept stay, and --rollback gives all of it back."""
    with served.behind(kind) as server:
        new = new_codes(server)
        assert (logins(server, OLD_CODES), logins(server, new)) == (ALL_IN, NEW_AGENCIES_OUT)
        status = served.live.stat()
        for _ in range(2):
            done = activate(served)
            assert (done.returncode, done.stderr) == (0, "")
            assert "4 users; the new codes are valid" in done.stdout
            expected = {THIRA: 401, ATTICA: 401, CRETE: 200, SIKINOS: 401, CLERK: 200}
            assert logins(server, OLD_CODES) == expected
            assert logins(server, new) == dict.fromkeys(new, 200)
        assert get(server, FOLDER, THIRA, new[THIRA]).status == 200
        assert get(server, FOLDER, ATTICA, new[ATTICA]).status == 403
        for _ in range(2):
            done = activate(served, "--rollback")
            assert (done.returncode, done.stderr) == (0, "")
            assert "5 users; the codes of before the last activate are back" in done.stdout
            assert (logins(server, OLD_CODES), logins(server, new)) == (ALL_IN, NEW_AGENCIES_OUT)
        after = served.live.stat()
    assert served.live.read_bytes() == served.old_passwords
    assert (after.st_mode, after.st_uid, after.st_gid) == (status.st_mode, status.st_uid, status.st_gid)


@KINDS
def test_the_handed_over_folder_is_enough(kind: str, served: ServedSite) -> None:
    """Site, rules and swap come from the folder alone, on a Python without packages: all as with a checkout."""
    given = served.site.base / "given"
    shutil.copytree(served.site.secrets / "handover", given)
    with tarfile.open(given / "dist.tar.gz") as packed:
        packed.extractall(given, filter="data")
    served_folders = [given, *(path for path in (given / "dist").rglob("*") if path.is_dir()), given / "dist"]
    for path in served_folders:  # as `install -d -m 755` makes them on the server
        path.chmod(0o755)
    snippets = {path.name: path.read_bytes() for path in (given / "server").iterdir()}
    swap = [sys.executable, "-I", "-S", str(given / "activate.py"), f"--password-file={served.live}", "--lang=en"]
    try:
        with RUNNERS[kind](given / "dist", snippets) as server:
            new = new_codes(server)
            done = subprocess.run(swap, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            assert logins(server, new) == dict.fromkeys(new, 200)
            assert logins(server, OLD_CODES)[THIRA] == 401
            subprocess.run([*swap, "--rollback"], check=True, stdout=subprocess.DEVNULL)
            assert (logins(server, OLD_CODES), logins(server, new)) == (ALL_IN, NEW_AGENCIES_OUT)
    finally:
        shutil.rmtree(given)


@KINDS
def test_nobody_is_locked_out_before_the_day(kind: str) -> None:
    """Two days too early it refuses and says the day, the old codes work on, and --now swaps all the same."""
    day = date.today() + timedelta(days=2)  # noqa: DTZ011 (as above)
    with served_site(day) as early, early.behind(kind) as server:
        done = activate(early)
        assert (done.returncode, done.stdout) == (4, "")
        assert say_day(day) in done.stderr
        assert "the live file is the one that the build saw" in done.stderr
        assert logins(server, OLD_CODES) == ALL_IN
        assert activate(early, "--now").returncode == 0
        assert logins(server, {THIRA: CODE, CLERK: CODE}) == {THIRA: 401, CLERK: 200}


@KINDS
def test_a_live_file_that_changed_is_not_overwritten(kind: str, served: ServedSite) -> None:
    """A user added since the build stops the swap and is named; after a build that saw it, both get in."""
    with served.behind(kind) as server:
        new = new_codes(server)
        with served.live.open("ab") as file:
            file.write(served.old_passwords.splitlines(keepends=True)[-1].replace(b"clerk", b"guest"))
        done = activate(served)
        assert (done.returncode, done.stdout) == (1, "")
        assert "users that differ: guest" in done.stderr
        assert logins(server, {THIRA: CODE, "guest": CODE}) == {THIRA: 200, "guest": 200}
        copy = served.site.folders.private / "current.htpasswd"
        copy.write_bytes(served.live.read_bytes())
        try:
            served.build()
            assert activate(served).returncode == 0
            assert logins(server, {**new, "guest": CODE}) == {THIRA: 200, ATTICA: 200, "guest": 200}
        finally:
            copy.write_bytes(served.old_passwords)
            served.build()


@KINDS
def test_three_files_are_enough_on_the_server(kind: str, served: ServedSite) -> None:
    """The server needs neither the campaign's key nor the content: only what the build saw, made and noted."""
    slim = served.site.base / "slim" / SLUG
    slim.mkdir(parents=True, exist_ok=True)
    for name in ("manifest.json", "htpasswd.before", "htpasswd.after"):
        (slim / name).write_bytes((served.site.secrets / name).read_bytes())
    with served.behind(kind) as server:
        for options, expected in (((), 401), (("--rollback",), 200)):
            done = activate(served, f"--private={slim.parent}", f"--content={slim / 'none'}", *options)
            assert done.returncode == 0, done.stderr
            assert logins(server, {ATTICA: CODE}) == {ATTICA: expected}


@KINDS
def test_the_contacts_way(kind: str, served: ServedSite) -> None:
    """My folder leads to the own folder, the archive in it opens with the address, and no other folder answers."""
    with served.behind(kind) as server:
        mine = f"/files/{SLUG}/mine/"
        assert get(server, mine).status == 401
        sent_on = get(server, mine, THIRA)
        assert (sent_on.status, sent_on.location) == (302, FOLDER)
        assert (get(server, mine, CLERK).status, get(server, mine, CLERK).location) == (302, f"/files/{SLUG}/")
        assert get(server, FOLDER, THIRA).status == 200
        archive = get(server, f"{FOLDER}{THIRA}.zip", THIRA)
        assert archive.body == (served.site.files / THIRA / f"{THIRA}.zip").read_bytes()
        assert THIRA in letter(archive.body, ADDRESSES[THIRA])
        for other in (ATTICA, CRETE, SIKINOS):
            assert get(server, f"/files/{SLUG}/{other}/", THIRA).status == 403
            assert get(server, f"/files/{SLUG}/{other}/{other}.zip", THIRA).status == 403


class Addresses(HTMLParser):
    """Collect the links of a page, and the files that a browser fetches to show it."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.parts: set[str] = set()
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect links of ``a`` apart from everything else."""
        for name, value in attrs:
            if value and name in {"href", "src", "srcset", "data", "poster", "action"}:
                (self.links if tag == "a" else self.parts).add(value)


# The pages under login, those of an agency in every state among them, and who opens them.
UNDER_LOGIN = {
    "/files/": THIRA,
    f"/files/{SLUG}/": THIRA,
    **{f"/files/{SLUG}/{user}/": user for user in (THIRA, ATTICA, CRETE, SIKINOS)},
}
PUBLIC = dict.fromkeys(("/", f"/circulars/{SLUG}/", "/help/", "/accessibility/", "/privacy/"), THIRA)


@KINDS
def test_every_link_answers(kind: str, served: ServedSite) -> None:
    """From every page, each link leads an agency to a page; only others' folders, which the list names, are refused."""
    with served.behind(kind) as server:
        for page, owner in (PUBLIC | UNDER_LOGIN).items():
            links = {urljoin(page, link).partition("#")[0] for link in Addresses(get(server, page, owner).body).links}
            own = {link for link in links if link.startswith("/")}
            assert len(own) > 3
            for link in own:
                answer = get(server, link, owner)
                while answer.status in {301, 302}:
                    answer = get(server, answer.location, owner)
                foreign = re.fullmatch(rf"/files/{SLUG}/(?!{owner})\d{{12}}/.*", link)
                assert (page, link, answer.status) == (page, link, 403 if foreign else 200)


@KINDS
def test_a_page_costs_one_login(kind: str, served: ServedSite) -> None:
    """Nothing that a browser fetches to show a page lies under the login, and all of it answers without one."""
    with served.behind(kind) as server:
        for page, owner in UNDER_LOGIN.items():
            named = Addresses(get(server, page, owner).body).parts
            parts = {urljoin(page, part) for part in named if not part.startswith("#")}  # an icon lies in the page
            assert parts
            assert {part for part in parts if "/files/" in part} == set()
            assert {part: get(server, part).status for part in parts} == dict.fromkeys(parts, 200)
        assets = [path for path in (served.site.folders.out / "assets").rglob("*") if path.is_file()]
        addresses = [f"/assets/{path.relative_to(served.site.folders.out / 'assets')}" for path in assets]
        assert {get(server, address).status for address in addresses} == {200}
        for path in assets:
            assert b"/files/" not in path.read_bytes()


def curl_table() -> list[tuple[str, set[str]]]:
    """Return what follows curl in each row of the guide's table, and the statuses that it promises."""
    text = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("| `curl -s -o /dev/null -w '%{http_code}\\n' …` | expected |\n|---|---|\n")
    rows = [row.strip("| ").split(" | ") for row in rest.partition("\n\n")[0].splitlines()]
    return [
        (each, set(re.findall(r"\d+", expected))) for asked, expected in rows for each in re.findall("`(.+?)`", asked)
    ]


@KINDS
def test_the_curl_table_of_the_readme(kind: str, served: ServedSite) -> None:
    """Every row of the table that proves a server holds on a server with the snippets."""
    rows = curl_table()
    assert len(rows) > 8
    curl = [installed("curl"), "-s", "-o", "/dev/null", "-w", "%{http_code}"]
    with served.behind(kind) as server:
        for asked, expected in rows:
            line = asked.replace("https://server", f"http://127.0.0.1:{server.port}").replace("<campaign>", SLUG)
            line = line.replace("205518873364", THIRA).replace(f"-u {THIRA}", f"-u {THIRA}:{CODE}")
            line = line.replace("<user name of another agency>", ATTICA)
            done = subprocess.run([*curl, *shlex.split(line)], capture_output=True, text=True, check=True)
            assert (asked, done.stdout in expected) == (asked, True), done.stdout
