"""A small site whose files name their owner, and the requests that try to read them without the right to."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

import bcrypt

from site_src.files.htpasswd import sha512_crypt
from site_src.make.server_rules import ERROR_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.web_servers import WebServer

SLUG = "2020-11-access-codes"
OWN, OTHER, PAGE_ONLY = "205518873364", "640218330754", "913306274418"
STRANGER = "111122223333"  # a user of 12 digits without a folder
OWN_PAGE = "fi-kiosk"  # a page of the staff's own, in whose name Unicode folds letters
CODE, WRONG = "CDFJ-LQRS-2346", "CDFJ-LQRS-2347"
CODE_AS_APR1 = "$apr1$thyrida1$qyzxlhLfm0eJjU5yMqo130"
CODE_AS_SHA1 = "{SHA}" + base64.b64encode(hashlib.sha1(CODE.encode(), usedforsecurity=False).digest()).decode()
CODE_AS_SHA512 = sha512_crypt(CODE.encode(), b"thyrida1").decode()

# Users of the password file that a careless comparison would take for OWN.
ODD_USERS = (
    f"={OWN}",
    f"{OWN}=",
    f"{OWN}={OWN}",
    f"{OWN}x",
    f"x{OWN}",
    OWN[:-1],
    f"{OWN} ",
    f"../{OWN}",
    "φορέας",
    ".*",
)

MARK = re.compile(rb"<mark (\w+)>")


def marked(owner: str) -> bytes:
    """Return the content of a file that only ``owner`` may read; any 60 bytes of it name the owner."""
    return b"<mark %s>" % owner.encode() * 20


def make_site(dist: Path) -> None:
    """Write a site as a build leaves it, with marks for content, and hidden files that nobody may read."""
    public = "index.html circulars/{0}/index.html circulars/{0}/annex.xlsx circulars/{0}/signed.pdf "
    public += f"help/index.html accessibility/index.html privacy/index.html {OWN_PAGE}/index.html"
    assets = ("feed.xml", "assets/thyrida-1a2b3c4d.css", "assets/logo-1a2b3c4d.svg")
    files = dict.fromkeys([*public.format(SLUG).split(), *assets], "public")
    files |= {f"{status}.html": f"page{status}" for status in ERROR_STATUSES}
    files |= dict.fromkeys(["files/index.html", f"files/{SLUG}/index.html", f"files/{SLUG}/mine/index.html"], "list")
    files |= {f"files/{SLUG}/{username}/index.html": username for username in (OWN, OTHER, PAGE_ONLY)}
    files |= {f"files/{SLUG}/{username}/{username}.zip": username for username in (OWN, OTHER)}
    files |= dict.fromkeys(["help/.hidden", f"files/.{OWN}", f"files/{SLUG}/{OWN}/.hidden"], "hidden")
    for name, owner in files.items():
        path = dist / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(marked(owner))


def other_names(name: str) -> list[str]:
    """Return other names of a file on a disk that ignores case or a share of Windows; hidden letters for ext4."""
    names = [name.upper(), name.title(), name.replace("s", "ſ"), name.replace("fi", "ﬁ"), name.replace("l", "L", 1)]
    names += [f"{name}\u200b", f"{name[:1]}\u00ad{name[1:]}", f"\ufeff{name}", f"{name}.", f"{name}. .", f"{name} "]
    names += [f"{name}::$INDEX_ALLOCATION", f"{name[:6]}~1", f"{name[:2]}1A2B~1", name.replace("k", "\N{KELVIN SIGN}")]
    return sorted({*names} - {name})


def ignore_case(root: Path) -> None:
    """Let a folder answer to other names of what is in it, as such a disk does."""
    for path in sorted(root.rglob("*")):
        for other in map(path.with_name, other_names(path.name)):
            if not other.is_symlink():  # a short name goes to the first
                other.symlink_to(path.name)


def password_lines(*, every_kind: bool = False) -> bytes:
    """Return a password file in which all have the same code.

    It has every kind of hash that the servers know, or else the kind that costs them least at each of many requests.
    """
    users = dict.fromkeys((OWN, *ODD_USERS, OTHER, "clerk", STRANGER), CODE_AS_SHA1)
    if every_kind:
        low_cost = bcrypt.hashpw(CODE.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$", 1)
        users |= {OWN: low_cost, OTHER: CODE_AS_APR1, STRANGER: CODE_AS_SHA512}
    return "".join(f"{user}:{hashed}\n" for user, hashed in users.items()).encode()


@dataclass(frozen=True)
class Principal:
    """A client: the headers of its requests, and the marks that it may see."""

    name: str
    headers: bytes
    may_see: frozenset[str]


def login(user: str, code: str = CODE, scheme: str = "Basic") -> bytes:
    """Return the header of a user who logs in."""
    return f"Authorization: {scheme} ".encode() + base64.b64encode(f"{user}:{code}".encode()) + b"\r\n"


PAGES = frozenset({"public", *(f"page{status}" for status in ERROR_STATUSES)})
LISTS = PAGES | {"list"}


def _encoded(credentials: bytes) -> bytes:
    return b"Authorization: Basic " + base64.b64encode(credentials) + b"\r\n"


PLAIN = {
    each.name: each
    for each in (
        Principal("anonymous", b"", PAGES),
        Principal("wrong code", login(OWN, WRONG), PAGES),
        Principal("own", login(OWN), LISTS | {OWN}),
        Principal("other", login(OTHER), LISTS | {OTHER}),
        Principal("stranger", login(STRANGER), LISTS),
        Principal("clerk", login("clerk"), LISTS),
    )
}

ODD = (
    *(Principal(f"user {user}", login(user), LISTS) for user in ODD_USERS),
    Principal("small letters", login(OWN, scheme="basic"), LISTS | {OWN}),
    Principal("no code", _encoded(OWN.encode()), PAGES),
    Principal("empty code", _encoded(OWN.encode() + b":"), PAGES),
    Principal("no user", _encoded(b":" + CODE.encode()), PAGES),
    Principal("null after user", _encoded(f"{OWN}\0:{CODE}".encode()), PAGES),
    Principal("null after another user", _encoded(f"{OTHER}\0{OWN}:{CODE}".encode()), LISTS | {OTHER}),
    Principal("line end after user", _encoded(f"{OWN}\n:{CODE}".encode()), PAGES),
    Principal("two lines", _encoded(f"clerk\n{OWN}:{CODE}".encode()), LISTS),
    Principal("only the scheme", b"Authorization: Basic\r\n", PAGES),
    Principal("not base64", b"Authorization: Basic \xff\xfe%%%\r\n", PAGES),
    Principal("bearer", login(OWN, scheme="Bearer"), PAGES),
    Principal("digest", f'Authorization: Digest username="{OWN}", uri="/"\r\n'.encode(), PAGES),
    Principal("another's name by a second header", login(OTHER) + login(OWN, WRONG), LISTS | {OTHER}),
    Principal("another's name by a first header", login(OWN, WRONG) + login(OTHER), LISTS | {OTHER}),
    Principal("proxy login", login(OWN).replace(b"Auth", b"Proxy-Auth"), PAGES),
    Principal("remote user", login("clerk") + f"Remote-User: {OWN}\r\nREMOTE_USER: {OWN}\r\n".encode(), LISTS),
    Principal("match owner", login(OTHER) + f"MATCH_OWNER: {OTHER}\r\nowner: {OTHER}\r\n".encode(), LISTS | {OTHER}),
)


def spellings(prefix: str) -> list[bytes]:
    """Return ways to write the path of OWN's archive, and of what lies around it, in a request line."""
    area = f"{prefix}/files"
    campaign = f"{area}/{SLUG}"
    folder = f"{campaign}/{OWN}"
    path = f"{folder}/{OWN}.zip"
    tail = path.removeprefix(prefix)
    texts = [path, folder, f"{folder}/", f"{folder}/index.html", f"{folder}/{OWN}", f"{folder}/.hidden", f"{path}/"]
    texts += [_replaced_at(path, place, sign) for place in _slashes(path) for sign in SLASHES]
    texts += [path.replace("/", sign) for sign in ("//", "///", "/./", "/%2e/", "/x/../", "/x/%2e%2e/", "/.//")]
    texts += [path.replace(OWN, odd, 1) for odd in _odd_folders()]
    texts += [path + end for end in ENDS]
    texts += [f"{prefix}/{start}{tail}" for start in DETOURS]
    texts += [f"{campaign}/{OTHER}/{way}{OWN}/{OWN}.zip" for way in WAYS_UP]
    texts += [f"{campaign}/mine/{way}{OWN}/{OWN}.zip" for way in WAYS_UP]
    texts += [f"{scheme}{path}" for scheme in SCHEMES]
    texts += [path.upper(), path.swapcase(), path[1:], "*", "", f"{area}/.{OWN}", f"{prefix}/.hidden"]
    texts += [f"{prefix}/help/.hidden", f"{campaign}/{OWN}.zip", f"{campaign}/*/{OWN}.zip", f"{area}/*/{OWN}/{OWN}.zip"]
    texts += ["/".join(path.split("/")[::-1]), "".join(f"%{byte:02x}" for byte in path.encode())]
    return [text.encode() for text in texts]


SLASHES = (
    "//",
    "/./",
    "%2F",
    "%2f",
    "%252F",
    "\\",
    "%5C",
    "/%2F",
    "%2F/",
    "/;/",
    "/x/..%2F",
    "%c0%af",
    "%ef%bc%8f",
    "%00/",
)
ENDS = (
    *(
        "?",
        "?x=.css",
        "#",
        "#x",
        ";",
        ";.css",
        "%3B.css",
        ".",
        "..",
        "%20",
        "%09",
        "%00",
        "%00.css",
        "%0a",
        "%0d%0aX: y",
    ),
    *("/x", "/index.html", "/%2e", "/.", "/..", "/../", "~", ".gz", ".bak", "::$DATA", "%3f", "%23", "\\", " HTTP/1.1"),
)
DETOURS = (
    *("help/..", "help/%2e%2e", "help/.%2e", "help%2F..", "help/..%2F", "help\\..", "help/..;", "help/%252e%252e"),
    *(
        "assets/..",
        "assets//..",
        "assets/../help/..",
        "circulars/../",
        ".",
        "./",
        "/",
        "//",
        "%2e",
        "x/..",
        "x//..",
        "..",
        "%2e%2e",
    ),
    *(
        "%c0%ae%c0%ae",
        "help/%c0%ae%c0%ae",
        "401.html/..",
        "index.html/..",
        "index.html",
        ".well-known/..",
        "%2F",
        "\\",
        ";",
        "..;",
    ),
)
WAYS_UP = (
    "../",
    "%2e%2e/",
    "..%2F",
    "%2e%2e%2f",
    "..//",
    "/../",
    ".%2e/",
    "..\\",
    "..;/",
    "%252e%252e/",
    ".../",
    "x/../../",
)
SCHEMES = (
    "http://site.example",
    "HTTP://SITE.EXAMPLE:80",
    "https://site.example",
    "http://elsewhere.example",
    "//site.example",
)


def by_other_names(prefix: str) -> list[bytes]:
    """Return the path of OWN's archive with one step, or all of them, by another name, and the path that ends there."""
    steps = f"{prefix}/files/{SLUG}/{OWN}/{OWN}.zip".split("/")[1:]
    ways = [[step.title() for step in steps], [f"{step}\u200b" for step in steps]]
    for place, step in enumerate(steps):
        for other in other_names(step):
            ways.append([*steps[:place], other, *steps[place + 1 :]])
            if place + 1 >= prefix.count("/"):  # what is above the area is not Thyrida's
                ways.append([*steps[:place], other, ""])
    return [b"/" + quote("/".join(way), safe="/:$~").encode() for way in ways]


def _slashes(path: str) -> list[int]:
    return [place for place, sign in enumerate(path) if sign == "/"]


def _replaced_at(path: str, place: int, sign: str) -> str:
    return path[:place] + sign + path[place + 1 :]


def _odd_folders() -> list[str]:
    first = f"%{ord(OWN[0]):02x}{OWN[1:]}"
    arabic = "".join(chr(0x660 + int(digit)) for digit in OWN)
    wide = "".join(chr(0xFF10 + int(digit)) for digit in OWN)
    return [first, arabic, wide, f"{OWN};x", f"{OWN}%20", f"{OWN}.", f"%20{OWN}", f"{OWN}%00", f"{OWN}%0a", f"0{OWN}"]


def request_for(target: bytes, principal: Principal) -> bytes:
    """Return a plain request for a target, after whose answer the server closes."""
    return b"GET %s HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n%s\r\n" % (target, principal.headers)


METHODS = (
    b"HEAD POST PUT DELETE OPTIONS TRACE CONNECT PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK SEARCH get G".split()
)
EXTRA_HEADERS = (
    b"Range: bytes=0-99\r\n",
    b"Range: bytes=-100\r\n",
    b"Range: bytes=0-70,80-170\r\n",
    b'If-None-Match: "x"\r\n',
    b"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
    b"If-Unmodified-Since: Thu, 01 Jan 2099 00:00:00 GMT\r\n",
    b"Host: elsewhere.example\r\n",
    b"X-Original-URL: %s\r\n",
    b"X-Rewrite-URL: %s\r\n",
    b"X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n",
    b"X-Forwarded-User: %s\r\n",
    b"X-HTTP-Method-Override: GET\r\n",
    b"X-Accel-Redirect: %s\r\n",
    b"X-Sendfile: %s\r\n",
    b"Expect: 100-continue\r\n",
    b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n",
    b" folded: line\r\n",
    b"Accept: application/zip\r\nAccept-Language: el\r\nNegotiate: *\r\n",
)


def shapes(prefix: str, principal: Principal) -> Iterator[bytes]:
    """Yield requests for OWN's archive that are odd in another way than their path."""
    path = f"{prefix}/files/{SLUG}/{OWN}/{OWN}.zip".encode()
    public = f"{prefix}/help/".encode()
    head = b"Host: site.example\r\n" + principal.headers
    close = b"Connection: close\r\n"
    smuggled = b"GET %s HTTP/1.1\r\n%s%s\r\n" % (path, head, close)
    for method in METHODS:
        yield b"%s %s HTTP/1.1\r\n%s%sContent-Length: 0\r\n\r\n" % (method, path, head, close)
        destination = b"Destination: http://site.example%s\r\nOverwrite: T\r\n" % (public + b"stolen.zip")
        yield b"%s %s HTTP/1.1\r\n%s%s%sContent-Length: 3\r\n\r\nabc" % (method, path, head, destination, close)
    for extra in EXTRA_HEADERS:
        for target in (path, public):
            yield b"GET %s HTTP/1.1\r\n%s%s%s\r\n" % (target, head, extra.replace(b"%s", path), close)
    yield b"GET %s HTTP/1.0\r\n%s\r\n" % (path, principal.headers)
    yield b"GET %s HTTP/1.1\r\n%s%s\r\n" % (path, principal.headers, close)
    yield b"GET %s\r\n\r\n" % path
    yield b"GET %s HTTP/3.7\r\n%s\r\n" % (path, head)
    yield b"GET\t%s\tHTTP/1.1\r\n%s%s\r\n" % (path, head, close)
    yield b"GET %s HTTP/1.1\n%s\n" % (path, (head + close).replace(b"\r", b""))
    for first in (public, f"{prefix}/files/".encode(), path):
        yield b"GET %s HTTP/1.1\r\n%s\r\n%s" % (first, head, smuggled)
        yield b"GET %s HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s" % (first, head, len(smuggled), smuggled)
        yield b"POST %s HTTP/1.1\r\n%sContent-Length: 0\r\n\r\n%s" % (first, head, smuggled)
        chunked = b"GET %s HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n%s\r\n0\r\n\r\n%s"
        yield chunked % (first, head, b"", smuggled)
        yield chunked % (first, head, b"Content-Length: 5\r\n", smuggled)


@dataclass(frozen=True)
class Leak:
    """A mark that was shown to a client without the right to see it."""

    principal: str
    request: bytes
    marks: frozenset[str]


def seen(answer: bytes) -> frozenset[str]:
    """Return the owners of the files that an answer shows."""
    return frozenset(mark.decode() for mark in MARK.findall(answer))


_numbers = count()


def new_address() -> str:
    """Return another address of this machine each time, as if each request came from another office."""
    number = next(_numbers) % (250 * 250 * 250)
    return f"127.{number // 62500 + 1}.{number // 250 % 250 + 1}.{number % 250 + 1}"


def probe(server: WebServer, prefix: str) -> tuple[int, list[Leak]]:
    """Send every request of every principal; return how many there were, and the leaks."""
    sent, leaks = 0, []
    for principal, request in every_request(prefix):
        sent += 1
        marks = seen(server.send(request, source=new_address()))
        if not marks <= principal.may_see:
            leaks.append(Leak(principal.name, request, marks - principal.may_see))
    return sent, leaks


def every_request(prefix: str) -> Iterator[tuple[Principal, bytes]]:
    """Yield all spellings and shapes for the plain principals, and every fifth spelling for the odd ones.

    Other names, which a disk would take for the site's, are for one who has not logged in, and for another agency.
    """
    targets = spellings(prefix)
    for principal in ODD:
        for target in targets[::5]:
            yield principal, request_for(target, principal)
    for principal in (PLAIN["anonymous"], PLAIN["other"]):
        for target in by_other_names(prefix):
            yield principal, request_for(target, principal)
    for principal in PLAIN.values():
        for target in targets:
            yield principal, request_for(target, principal)
        for request in shapes(prefix, principal):
            yield principal, request
