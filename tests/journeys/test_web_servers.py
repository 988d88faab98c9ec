"""The generated rules inside real web servers: raw requests, whatever the outer site does."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_src.make.server_rules import (
    ATTACHMENT_POLICY,
    ERROR_STATUSES,
    OPEN_REQUESTS_OF_A_LOGIN,
    OPEN_REQUESTS_OF_A_NETWORK,
    PICTURE_POLICY,
    SECURITY_HEADERS,
    STYLE_ATTRIBUTES,
    server_files,
)
from site_src.read.settings import Server, Site
from tests.support.outer_sites import AROUND, Around
from tests.support.probes import (
    CODE,
    OTHER,
    OWN,
    OWN_PAGE,
    PAGE_ONLY,
    PLAIN,
    SLUG,
    STRANGER,
    by_other_names,
    ignore_case,
    login,
    make_site,
    marked,
    new_address,
    password_lines,
    probe,
    request_for,
    seen,
)
from tests.support.web_servers import RUNNERS, Outer, WebServer, served_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

CASES = [pytest.param((kind, around), id=f"{kind}: {around}") for kind, sites in AROUND.items() for around in sites]
KINDS = pytest.mark.parametrize("kind", RUNNERS)

FOLDER = f"/files/{SLUG}/{OWN}/"
ARCHIVE = f"{FOLDER}{OWN}.zip"
ATTACHMENT = f"/circulars/{SLUG}/signed.pdf"
PUBLIC = (
    "/",
    "/index.html",
    f"/circulars/{SLUG}/",
    f"/circulars/{SLUG}/annex.xlsx",
    "/help/",
    "/accessibility/",
    "/privacy/",
    f"/{OWN_PAGE}/",
    "/feed.xml",
    ATTACHMENT,
)
PAGELESS = ("/circulars/", "/assets/")
ASSET, LOGO = "/assets/thyrida-1a2b3c4d.css", "/assets/logo-1a2b3c4d.svg"

# Everything that could end a text, a line or a block in either server's syntax.
REALM = """Λήψη "αρχείων"; } # $x 'on' 100% </Location>"""

# What each principal gets for the plain forms of the paths that need a login.
STATUSES = {
    "/files/": {"anonymous": 401, "wrong code": 401, "own": 200, "other": 200, "stranger": 200, "clerk": 200},
    f"/files/{SLUG}/": {"anonymous": 401, "wrong code": 401, "own": 200, "other": 200, "stranger": 200, "clerk": 200},
    FOLDER: {"anonymous": 401, "wrong code": 401, "own": 200, "other": 403, "stranger": 403, "clerk": 403},
    ARCHIVE: {"anonymous": 401, "wrong code": 401, "own": 200, "other": 403, "stranger": 403, "clerk": 403},
    f"/files/{SLUG}/{PAGE_ONLY}/": {"anonymous": 401, "own": 403, "clerk": 403},
    f"/files/{SLUG}/nothing": {"anonymous": 401, "own": 404, "clerk": 404},
    f"/files/{SLUG}/mine/": {"anonymous": 401, "wrong code": 401, "own": 302, "stranger": 302, "clerk": 302},
}


@contextmanager
def area(
    kind: str, around: Around | None = None, change: Callable[[Mapping[str, bytes]], Mapping[str, bytes]] = dict
) -> Iterator[tuple[WebServer, Path]]:
    """A server with the sample site inside an outer site, and the folder that it serves."""
    around = around or Around(Outer())
    with served_folder() as base:
        root, passwords, other = base / "site root", base / "pass words", base / "other"
        make_site(root / around.prefix.lstrip("/"))
        ignore_case(root)
        passwords.write_bytes(password_lines())
        other.write_bytes(password_lines().replace(OWN.encode(), b"outsider"))
        for folder in (base, root, *root.rglob("*/")):
            folder.chmod(0o777 if folder.is_dir() else 0o666)  # an outer site that lets people write could do so
        before = around.outer.before.replace("{other}", str(other)).replace("{root}", str(root))
        server = Server(password_file=str(passwords), realm=REALM, url_prefix=around.prefix)
        snippets = change(server_files(Site(title="Θυρίδα", operator="Υπηρεσία", server=server), [OWN_PAGE]))
        with RUNNERS[kind](root, snippets, outer=replace(around.outer, before=before)) as running:
            yield running, root


@dataclass(frozen=True)
class Case:
    """One outer site that runs, with the area in it."""

    server: WebServer
    root: Path
    prefix: str


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    """Each outer site of each server in turn, started once for all tests of the rules."""
    kind, around = request.param
    with area(kind, around) as (server, root):
        yield Case(server, root, around.prefix)


def ask(server: WebServer, path: str, who: str = "anonymous", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """The status, the headers by lower-case name, and the body that a principal gets."""
    request = request_for(path.encode(), PLAIN[who]).replace(b"GET", method.encode(), 1)
    return parsed(server.send(request, source=new_address()))


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; a header that stands twice fails."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    pairs = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    assert len(dict(pairs)) == len(pairs), f"a header stands twice: {pairs}"
    return int(status.split()[1]), dict(pairs), body


def contents(root: Path) -> dict[str, str]:
    """Every folder and file under a folder, with the SHA-256 of the files."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "a folder"
        for path in root.rglob("*")
    }


def test_nobody_sees_anothers_file(case: Case) -> None:
    """No spelling, no method, no header and no outer site shows a file to anyone but its owner, or changes it."""
    before = contents(case.root)
    sent, leaks = probe(case.server, case.prefix)
    assert sent > 1000
    assert leaks == []
    assert contents(case.root) == before


def test_plain_addresses_answer_as_the_rules_say(case: Case) -> None:
    """Public pages ask nobody to log in; the lists ask everybody; a folder is its agency's alone."""
    for path in (*PUBLIC, ASSET, LOGO):
        for who in PLAIN:
            status, _, body = ask(case.server, case.prefix + path, who)
            assert (path, who, status, seen(body)) == (path, who, 200, frozenset({"public"}))
    for path, expected in STATUSES.items():
        found = {who: ask(case.server, case.prefix + path, who)[0] for who in expected}
        assert (path, found) == (path, expected)


def test_errors_show_the_sites_own_pages(case: Case) -> None:
    """401, 403 and 404 keep their status and show the page that the build made for them."""
    cases = ((FOLDER, "anonymous", 401), (FOLDER, "other", 403), (f"{FOLDER}nothing", "own", 404))
    nothing = ("/help/nothing", f"/{OWN_PAGE}/nothing", *PAGELESS)
    open_to_all = [(path, who, 404) for path in nothing for who in ("anonymous", "own", "clerk")]
    for path, who, expected in (*cases, *open_to_all):
        status, headers, body = ask(case.server, case.prefix + path, who)
        assert (status, body) == (expected, marked(f"page{expected}"))
        assert (status == 401) == ("www-authenticate" in headers)


def test_every_answer_has_the_headers_once(case: Case) -> None:
    """Security headers stand on pages, redirects and errors; caching is said for each part of the site."""
    cases = [(path, "anonymous", "no-cache") for path in PUBLIC]
    cases += [(path, "anonymous", "public, max-age=31536000, immutable") for path in (ASSET, LOGO)]
    cases += [(path, who, "no-store") for path in STATUSES for who in ("anonymous", "own", "clerk")]
    cases += [(path, "anonymous", "no-store") for path in ("/help/nothing", "/assets/nothing.css", *PAGELESS)]
    for path, who, caching in cases:
        status, headers, _ = ask(case.server, case.prefix + path, who)
        assert (path, headers["cache-control"]) == (path, caching)
        expected = {**SECURITY_HEADERS, "Content-Security-Policy": policy_for(path, status)}
        assert (path, {name: headers.get(name.lower()) for name in expected}) == (path, expected)
        assert ("x-robots-tag" in headers) == (caching == "no-store")
        assert headers["content-type"].lower() in {
            *("text/html; charset=utf-8", "text/html", "text/css", "application/zip", "application/pdf"),
            *("image/svg+xml", "text/xml; charset=utf-8", "text/xml", "application/xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
        assert not {"x-outer", "expires", "strict-transport-security"} & headers.keys()


def policy_for(path: str, status: int) -> str:
    """Return the policy of a file beside a circular, of a picture, of an agency's page, and of every other page."""
    if path.startswith(f"/circulars/{SLUG}/") and not path.endswith("/"):
        return ATTACHMENT_POLICY
    if path == LOGO:
        return PICTURE_POLICY
    usual = SECURITY_HEADERS["Content-Security-Policy"]
    return usual + STYLE_ATTRIBUTES if path in {FOLDER, ARCHIVE} and status == 200 else usual


def test_webkit_shows_a_pdf(case: Case) -> None:
    """A PDF beside a circular is not sandboxed for a browser that would show none then, but for every other."""
    agent = "User-Agent: Mozilla/5.0 (X) AppleWebKit/{} (KHTML, like Gecko) Version/1 Safari/1\r\n"
    policy = SECURITY_HEADERS["Content-Security-Policy"] + STYLE_ATTRIBUTES
    for path, version, expected in (
        (ATTACHMENT, "605.1.15", policy),
        (ATTACHMENT, "537.36", ATTACHMENT_POLICY),
        (f"/circulars/{SLUG}/annex.xlsx", "605.1.15", ATTACHMENT_POLICY),
    ):
        asker = replace(PLAIN["anonymous"], headers=agent.format(version).encode())
        answer = case.server.send(request_for(f"{case.prefix}{path}".encode(), asker), source=new_address())
        assert (path, version, parsed(answer)[1]["content-security-policy"]) == (path, version, expected)


def test_other_spellings_are_not_found(case: Case) -> None:
    """Any other spelling that the disk takes for a path is not found, or refused by the rules of its beginning."""
    for path in map(bytes.decode, by_other_names(case.prefix)):
        status, _, body = ask(case.server, path, "other")
        assert (path, status in {403, 404}, set(seen(body))) == (path, True, {f"page{status}"})
        status, _, body = ask(case.server, path)
        assert (path, status in {401, 404}, set(seen(body))) == (path, True, {f"page{status}"})


def test_public_pages_have_one_spelling(case: Case) -> None:
    """/HELP/ is not found where the disk would show it, for it would come without the headers."""
    own = OWN_PAGE.upper(), OWN_PAGE.replace("fi", "\ufb01"), f"{OWN_PAGE}.", f"{OWN_PAGE[:6]}~1"
    plain = ("HELP", "Circulars", "index.HTML", "FEED.xml", "\ufb01les", "file\u017f", "help.")
    for path in (f"/{name}/" for name in (*plain, *own)):
        status, _, body = ask(case.server, case.prefix + quote(path), "own")
        assert (path, status, set(seen(body))) == (path, 404, {"page404"})


@KINDS
def test_names_of_the_site_around_are_left_alone(kind: str) -> None:
    """A path that only begins like one of the area's, or has Greek letters, is the outer site's own."""
    names = ("filesystem", "my-files", "helper.txt", "ε", "φάκελος", "les", "circular", "file", "f", "ά-files")
    with area(kind) as (server, root):
        for name in names:
            (root / name).write_bytes(marked("public"))
        assert [ask(server, quote(f"/{name}"))[0] for name in names] == [200] * len(names)


def test_my_folder_leads_each_agency_to_its_own(case: Case) -> None:
    """An agency with a folder goes there; any other user of the password file goes to the list."""
    campaign = f"{case.prefix}/files/{SLUG}/"
    targets = {"own": f"{campaign}{OWN}/", "other": f"{campaign}{OTHER}/", "stranger": campaign, "clerk": campaign}
    for path in (f"{campaign}mine/", f"{campaign}mine", f"{campaign}mine/index.html"):
        for who, target in targets.items():
            status, headers, _ = ask(case.server, path, who)
            assert (path, who, status, headers["location"]) == (path, who, 302, target)


def test_redirects_name_the_path_only(case: Case) -> None:
    """A folder without its last slash leads to the one with it, without scheme, host or port."""
    for path in ("/circulars", "/help", "/accessibility", f"/{OWN_PAGE}", f"/files/{SLUG}", FOLDER.rstrip("/")):
        status, headers, _ = ask(case.server, case.prefix + path, "own")
        assert (status, headers["location"]) == (301, f"{case.prefix}{path}/")


def test_only_get_and_head(case: Case) -> None:
    """Other methods are refused with 405 or 403, for public pages and for a logged-in owner alike."""
    for path in ("/help/", f"/circulars/{SLUG}/annex.xlsx", ASSET, "/files/", ARCHIVE, f"/files/{SLUG}/mine/"):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "MKCOL", "FOO"):
            for who in ("own", "anonymous"):
                status, _, body = ask(case.server, case.prefix + path, who, method)
                assert (path, method, status in {403, 405}) == (path, method, True)
                assert seen(body) <= {"page403"}
    status, headers, body = ask(case.server, case.prefix + ARCHIVE, "own", "HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(marked(OWN))), b"")


APACHE_ROBOTS = """
Alias "/robots.txt" "{other}"
<Location "/robots.txt">
    Require all granted
</Location>
"""
OWN_ROBOTS = {
    "nginx": Around(Outer("own robots", 'location = /robots.txt { return 200 "theirs"; }')),
    "apache": Around(Outer("own robots", APACHE_ROBOTS)),
}


@KINDS
def test_the_sites_own_robots_come_first(kind: str) -> None:
    """The rules say nothing of robots.txt: a rule of the site around wins, and the file is served where it has none."""
    for around, expected in ((OWN_ROBOTS[kind], False), (Around(Outer()), True)):
        with area(kind, around) as (server, root):
            (root / "robots.txt").write_bytes(marked("public"))
            status, _, body = ask(server, "/robots.txt")
            assert (status, bool(seen(body))) == (200, expected)


@KINDS
def test_the_login_window_shows_the_realm(kind: str) -> None:
    """Quotes, braces, signs and Greek letters of the realm reach the browser as one quoted text."""
    quoted = REALM.replace('"', r"\"")
    with area(kind) as (server, _):
        _, headers, _ = ask(server, "/files/")
        assert headers["www-authenticate"] == f'Basic realm="{quoted}"'


@KINDS
def test_every_kind_of_hash_logs_in(kind: str) -> None:
    """bcrypt, $apr1$, SHA-512 and SHA-1 lines stand side by side in one password file."""
    with area(kind) as (server, root):
        (root.parent / "pass words").write_bytes(password_lines(every_kind=True))
        for user in (OWN, OTHER, STRANGER, "clerk"):
            request = request_for(b"/files/", replace(PLAIN["own"], headers=login(user, CODE)))
            assert parsed(server.send(request))[0] == 200


@KINDS
def test_a_new_password_file_needs_no_reload(kind: str) -> None:
    """A file renamed over the old one counts from the next request on."""
    with area(kind) as (server, root):
        assert ask(server, ARCHIVE, "own")[0] == 200
        new = root.parent / "new"
        new.write_bytes(b"".join(line for line in password_lines().splitlines(keepends=True) if b"clerk" in line))
        new.replace(root.parent / "pass words")
        assert [ask(server, "/files/", who)[0] for who in ("own", "clerk")] == [401, 200]


@KINDS
def test_hidden_files_at_the_top_are_not_found(kind: str) -> None:
    """Only .well-known is left to the site, which renews its certificates through it."""
    with area(kind) as (server, root):
        for name in (".hidden", ".git/config", ".well-known/acme-challenge/token"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(marked("public"))
        assert [ask(server, path)[0] for path in ("/.hidden", "/.git/config", "//.hidden")] == [404, 404, 404]
        assert ask(server, "/.well-known/acme-challenge/token")[0] == 200


def test_apache_keeps_the_status_where_http2_is_asked_for() -> None:
    """A wish for HTTP/2 within a plain request, which would be granted for the error page alone, changes no answer."""
    wish = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
    with area("apache", Around(Outer("h2c", "Protocols h2c http/1.1"))) as (server, _):
        for who, expected in {"anonymous": 401, "own": 200, "other": 403}.items():
            request = request_for(FOLDER.encode(), PLAIN[who]).replace(b"Connection: close\r\n", wish)
            assert parsed(server.send(request, source=new_address()))[0] == expected


# The line of each snippet that compares user and folder.
CHECKS = {"nginx": b"if ($thyrida_claim", "apache": b"Require not expr"}


@KINDS
def test_the_probes_see_a_missing_check(kind: str) -> None:
    """Without the line that compares user and folder, the same probes find files of others."""

    def without_check(snippets: Mapping[str, bytes]) -> Mapping[str, bytes]:
        name = f"{kind}.conf"
        lines = snippets[name].splitlines(keepends=True)
        kept = [line for line in lines if CHECKS[kind] not in line]
        assert len(kept) == len(lines) - 1
        return {**snippets, name: b"".join(kept)}

    with area(kind, change=without_check) as (server, _):
        _, leaks = probe(server, "")
        found = {(leak.principal, mark) for leak in leaks for mark in leak.marks}
        assert {("other", OWN), ("clerk", OWN), ("stranger", OWN)} <= found
        assert not {("anonymous", OWN), ("wrong code", OWN)} & found


def guesses(server: WebServer, user: str, number: int, source: str) -> list[int]:
    """The statuses of so many wrong logins in a row from one address."""
    request = request_for(b"/files/", replace(PLAIN["own"], headers=login(user, "wrong")))
    return [parsed(server.send(request, source=source))[0] for _ in range(number)]


def test_nginx_slows_down_who_guesses() -> None:
    """After many tries one user name gets 429 from that address; others, there and elsewhere, still log in."""
    with area("nginx") as (server, _):
        assert 429 in guesses(server, OWN, 400, "127.9.9.9")
        own, other = (request_for(b"/files/", PLAIN[who]) for who in ("own", "other"))
        status, headers, body = parsed(server.send(own, source="127.9.9.9"))
        assert (status, body, headers["cache-control"]) == (429, marked("page429"), "no-store")
        assert {name: headers.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert parsed(server.send(other, source="127.9.9.9"))[0] == 200
        assert parsed(server.send(own, source="127.9.9.8"))[0] == 200


def test_nginx_lets_an_office_work() -> None:
    """Forty agencies behind one address open six pages each at once, and nobody is told to wait."""
    users = [f"{700000000000 + number}" for number in range(40)]
    with area("nginx") as (server, root):
        line = password_lines().splitlines()[0].decode()
        (root.parent / "pass words").write_text("".join(f"{line.replace(OWN, user)}\n" for user in users))
        requests = [
            request_for(b"/files/", replace(PLAIN["own"], headers=login(user))) for user in users for _ in "six123"
        ]
        assert {parsed(server.send(request, source="127.9.9.7"))[0] for request in requests} == {200}


@pytest.mark.parametrize("prefix", ["", "/codes"])
def test_nginx_hands_out_no_error_page_by_its_name(prefix: str) -> None:
    """A direct request for an error page gets the site's own page for 404, with all headers."""
    with area("nginx", Around(Outer(), prefix)) as (server, _):
        for status in ERROR_STATUSES:
            found, headers, body = ask(server, f"{prefix}/{status}.html")
            assert (found, set(seen(body))) == (404, {"page404"})
            assert {name: headers.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_nginx_counts_no_visitor_without_a_name() -> None:
    """Requests without a login are never told to wait: nothing is checked for them."""
    with area("nginx") as (server, _):
        request = request_for(b"/files/", PLAIN["anonymous"])
        assert {parsed(server.send(request, source="127.9.9.6"))[0] for _ in range(600)} == {401}


# nginx takes the address from a header here, as behind a proxy, so that one machine can be many visitors.
BEHIND_A_PROXY = Around(Outer("behind a proxy", "set_real_ip_from 127.0.0.0/8; real_ip_header X-Real-IP;"))
ANOTHER_NETWORK = {
    "2001:db8:1:2::1": "2001:db8:1:3::1",
    "2001:db8:1:2:3:4:5:6": "2001:db8::1",
    "::ffff:192.0.2.1": "::ffff:192.0.2.2",
    "::ffff:192.0.2.10": "192.0.2.1",
    "192.0.2.1": "192.0.2.2",
    "2001:db8:a00:a00a::": "2001:db8:a00:a00b::",  # 0a is a line end
}


def statuses_from(server: WebServer, addresses: list[str]) -> list[int]:
    """The status of a login with a wrong code from each of the addresses."""
    wrong = PLAIN["wrong code"]
    askers = [replace(wrong, headers=wrong.headers + f"X-Real-IP: {address}\r\n".encode()) for address in addresses]
    return [parsed(server.send(request_for(b"/files/", asker)))[0] for asker in askers]


@pytest.mark.parametrize(("guesser", "another"), ANOTHER_NETWORK.items())
def test_nginx_counts_by_network(guesser: str, another: str) -> None:
    """All addresses of one IPv6 network of 64 bits are one guesser; IPv4 counts by address, on either socket."""
    with area("nginx", BEHIND_A_PROXY) as (server, _):
        neighbours = [f"2001:db8:1:2::{number:x}" for number in range(2, 352)]
        addresses = neighbours if guesser.startswith("2001:db8:1:2:") else [guesser] * 350
        assert 429 in statuses_from(server, addresses)
        assert statuses_from(server, [guesser, another]) == [429, 401]


def test_nginx_bounds_open_requests() -> None:
    """Too many open downloads get 429, for a whole network too; others are served."""
    users = [f"{700000000000 + number}" for number in range(OPEN_REQUESTS_OF_A_NETWORK // OPEN_REQUESTS_OF_A_LOGIN + 1)]
    slowly = Around(Outer("to a slow reader", "limit_rate 1k;"))
    with area("nginx", slowly) as (server, root), ExitStack() as stack:
        line = password_lines().splitlines()[0].decode()
        (root.parent / "pass words").write_text("".join(f"{line.replace(OWN, user)}\n" for user in users))
        page = root / "files" / "index.html"
        with page.open("wb") as file:
            file.truncate(1 << 20)

        def is_served(user: str, source: str) -> bool:
            connection = stack.enter_context(closing(server.connect(source)))
            connection.sendall(request_for(b"/files/", replace(PLAIN["own"], headers=login(user))))
            return connection.recv(12) == b"HTTP/1.1 200"

        *first, last = users
        own = [is_served(first[0], "127.9.9.5") for _ in range(OPEN_REQUESTS_OF_A_LOGIN + 1)]
        assert own == [True] * OPEN_REQUESTS_OF_A_LOGIN + [False]
        assert all(is_served(user, "127.9.9.5") for user in first[1:] for _ in range(OPEN_REQUESTS_OF_A_LOGIN))
        assert [is_served(last, source) for source in ("127.9.9.5", "127.9.9.4")] == [False, True]
