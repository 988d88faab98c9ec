"""Make the rules for the web server in front of the site, snippets for nginx and Apache, and for search engines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from site_src.folders import BUILT_IN_PAGES, OTHER_FOLDERS, ROBOTS_TEXT, templates_of
from site_src.problems import Problems
from site_src.read.content.toml_files import check_server, shown_realm
from site_src.read.settings import Site

NAMES = ("nginx.conf", "nginx-http.conf", "apache.conf")

# Where the snippets look for the password file when site.toml names none. No such file: nobody gets in.
USUAL_PASSWORD_FILE = "/etc/thyrida/htpasswd"  # noqa: S105 (a path, no password)

# The folders of the site. Beside them are PUBLIC_FILES and the pages of ERROR_STATUSES.
ALL_FOLDERS = (*BUILT_IN_PAGES, *OTHER_FOLDERS)
PUBLIC_FILES = ("index.html", "feed.xml")  # of robots.txt the rules say nothing: the site around may have its own
ERROR_STATUSES = (401, 403, 404, 429)
# Only what lies in these has pages. A server would refuse to list the folder itself, as if it were somebody's.
PAGELESS_FOLDERS = ("circulars", "assets")

SITE_NAMES = (*ALL_FOLDERS, *PUBLIC_FILES, *(f"{status}.html" for status in ERROR_STATUSES))

# What every answer says to the browser, the error pages' too. Scripts and styles come from files of the site only;
# "connect-src" lets a page fetch its own archive. No form is ever sent: the e-mail address stays in the browser.
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Safari and its kin show a PDF with scripts and styles of their own, which obey the policy of the PDF's address, and of
# the page that made it. Without this it is the size of a stamp. Attributes alone: no style sheet, no script.
STYLE_ATTRIBUTES = "; style-src-attr 'unsafe-inline'"
# Files beside a circular are shown without scripts and as if from nowhere.
ATTACHMENT_POLICY = "sandbox"
# An SVG is a picture and nothing else: opened by its own address it runs no script and fetches nothing.
PICTURE_POLICY = "default-src 'none'; sandbox"
# Of all browsers these alone show no PDF under "sandbox"; Chromium's name for itself ends in 537.36 for good.
WEBKIT = r"AppleWebKit/(?!537\.36)"

# How many requests may be open at once in nginx. A browser opens 6, a download manager up to 32. Debian's nginx has 768
# connections for each of its processes: one network leaves two of three to the others.
OPEN_REQUESTS_OF_A_LOGIN = 32
OPEN_REQUESTS_OF_A_NETWORK = 256

# Letters that Unicode has a character outside ASCII for, which a disk that ignores case takes for them: ſ, the Kelvin
# sign, ß and the ligatures (CaseFolding.txt, C and F).
FOLDED = ("ff", "fi", "fl", "k", "s", "st")


def server_files(site: Site, own_pages: Sequence[str] = ()) -> Mapping[str, bytes]:
    """Return the snippets for the site's own settings, and for the folders of the staff's own pages, by file name.

    They are the same for every campaign, so a server that includes them once needs no change for the next one.
    Raises InputError where a setting cannot be written into a snippet (see :func:`check_server`).
    """
    problems = Problems()
    check_server(site, problems)
    problems.stop_on_errors()
    values = {
        "realm": shown_realm(site),
        "password_file": site.server.password_file or USUAL_PASSWORD_FILE,
        "prefix": site.server.url_prefix,
        "other_spellings": [
            other_spellings(site.server.url_prefix),
            *(other_spellings(site.server.url_prefix, [name]) for name in own_pages if name not in ALL_FOLDERS),
        ],
        "all_folders": tuple(dict.fromkeys((*ALL_FOLDERS, *own_pages))),
        "pageless_folders": "(?:" + "|".join(PAGELESS_FOLDERS) + ")",
        "error_statuses": ERROR_STATUSES,
        "public_files": PUBLIC_FILES,
        "headers": SECURITY_HEADERS,
        "letter_policy": SECURITY_HEADERS["Content-Security-Policy"] + STYLE_ATTRIBUTES,
        "attachment_policy": ATTACHMENT_POLICY,
        "picture_policy": PICTURE_POLICY,
        "webkit": WEBKIT,
        "open_requests_of_a_login": OPEN_REQUESTS_OF_A_LOGIN,
        "open_requests_of_a_network": OPEN_REQUESTS_OF_A_NETWORK,
    }
    return {name: _render(name, values) for name in NAMES}


def robots(site: Site) -> bytes:
    """Return a robots.txt (RFC 9309) that keeps the download area out of search engines."""
    return ROBOTS_TEXT.format(prefix=site.server.url_prefix).encode()


def are_others(rules: Mapping[str, bytes], folder: Path) -> bool:
    """Return whether a build before left other snippets in this folder than these; False where it left none."""
    before = {name: path.read_bytes() for name in rules if (path := folder / name).is_file()}
    return bool(before) and before != rules


def other_spellings(prefix: str, names: Sequence[str] = SITE_NAMES) -> str:
    r"""Return a pattern of the paths that a disk may take for the site's although they are spelled otherwise.

    That is: capitals, and all else that Unicode folds to a letter, on a disk that ignores case; invisible characters,
    which ext4 passes over there; a dot, a blank or a stream behind a name, and short names such as ``THYRID~1``, on a
    share of Windows; doubled slashes, which every disk ignores. The site's plain paths do not match: ``names`` are the
    first steps of those that are meant. nginx takes 4,095 bytes at most, so the staff's own pages have a pattern each.
    """
    area = re.escape(prefix)
    plain = rf"(?-i:{area}/(?:{_any_of(names)})(?:/|\z))"
    pattern = rf"(?!{plain})(?-i:{area})/+{_spelled(names)}(?:/|\z)"
    if prefix:
        spelled_area = "".join(f"/+{_spelled([step])}" for step in prefix.split("/")[1:])
        pattern = rf"(?!(?-i:{area})(?:/|\z)){spelled_area}(?:/|\z)|{pattern}"
    # (?1) means what the first group defines: any characters outside ASCII.
    return rf"(?i)(?(DEFINE)([\x80-\xff]*))^(?:{pattern})"


def _spelled(names: Sequence[str]) -> str:
    """Return a pattern of one step of a path that a disk may take for one of ``names``."""
    folded = "|".join("(?1)".join(_letters(name)) for name in names)
    initials = "".join(sorted({re.escape(name[0]) for name in names}))
    whole = rf"(?:{_any_of(names)}|(?=[^/]*[\x80-\xff])(?1)(?:{folded})(?1))[. ]*(?::[^/]*)?"
    return rf"(?:{whole}|[{initials}][^/]{{0,5}}~[0-9][^/]*)"


def _letters(name: str) -> Iterator[str]:
    """Yield a pattern of each letter, which may be missing where one character stands for it or for several."""
    folded = {
        start + step
        for text in FOLDED
        for start in range(len(name))
        if name.lower().startswith(text, start)
        for step in range(len(text))
    }
    for place, letter in enumerate(name):
        yield re.escape(letter) + "?" * (place in folded)


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def _render(name: str, values: Mapping[str, object]) -> bytes:
    environment = templates_of("server", html=False)  # the filters below quote for each server
    environment.filters |= {
        "nginx": quote_for_nginx,
        "apache": quote_for_apache,
        "header_text": escape_in_header,
        "pattern": re.escape,
        "thyrida_name": lambda header: "thyrida_" + header.lower().replace("-", "_"),
    }
    return environment.get_template(name).render(values).encode()


def quote_for_nginx(text: str) -> str:
    r"""Return ``text`` as a string of nginx's syntax.

    nginx knows no escape for ``$``: the variable ``$thyrida_dollar`` of nginx-http.conf stands in for it.
    """
    return quote_for_apache(text).replace("$", "${thyrida_dollar}")


def quote_for_apache(text: str) -> str:
    """Return ``text``, which :func:`check_server` lets through, as a string of Apache's syntax."""
    return f'"{escape_in_header(text)}"'


def escape_in_header(text: str) -> str:
    """Return ``text`` for the quotes of a header's value (RFC 9110 §5.6.4): nginx sends the realm unchanged."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
