"""The rules for the web server in front of the site: snippets for nginx and Apache."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.folders import TEMPLATES
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_src.settings import Site

NAMES = ("nginx.conf", "nginx-http.conf", "apache.conf")

# Where the snippets look for the password file when site.toml names none. No such file: nobody gets in.
USUAL_PASSWORD_FILE = "/etc/thyrida/htpasswd"  # noqa: S105 (a path, no password)

# The folders of the site that need no login. Beside them lie index.html and the pages of ERROR_STATUSES.
PUBLIC_FOLDERS = ("circulars", "help", "accessibility")
ERROR_STATUSES = (401, 403, 404)
# Only what lies in these has pages. A server would refuse to list the folder itself, as if it were somebody's.
PAGELESS_FOLDERS = ("circulars", "assets")

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

# What Apache replaces inside a quoted text: ${NAME}, and in a realm also %{VARIABLE}, $1 and the backslash.
_COMMAND = re.compile(r"\\|[$%]\{|\$[0-9&]")

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


def server_files(site: Site) -> Mapping[str, bytes]:
    """The snippets for the site's own settings, by file name.

    They are the same for every campaign, so a server that includes them once needs no change for the next one.
    Raises InputError where a setting cannot stand in a snippet (see :func:`check_server`).
    """
    problems = Problems()
    check_server(site, problems, Place(file="site.toml"))
    problems.stop_on_errors()
    values = {
        "realm": _realm(site),
        "password_file": site.server.password_file or USUAL_PASSWORD_FILE,
        "prefix": site.server.url_prefix,
        "doubled_starts": _doubled_starts(site.server.url_prefix),
        "public_folders": PUBLIC_FOLDERS,
        "all_folders": (*PUBLIC_FOLDERS, "assets", "files"),
        "pageless_folders": "(?:" + "|".join(PAGELESS_FOLDERS) + ")",
        "error_statuses": ERROR_STATUSES,
        "headers": SECURITY_HEADERS,
    }
    return {name: _render(name, values) for name in NAMES}


def check_server(site: Site, problems: Problems, at: Place) -> None:
    """Report each setting that would mean something else to a web server than to its author."""
    for key, value, message, hint in _mistakes(site):
        problems.error(Topic.SETTING, message, hint=hint, at=Place(at.file, cell=f"server.{key}"), value=value)


def _mistakes(site: Site) -> Iterator[tuple[str, str, str, str]]:
    """Key, value, what was expected and what to do, for each wrong setting."""
    path, realm, prefix = site.server.password_file, _realm(site), site.server.url_prefix
    yield from _text_mistakes("password_file", path)
    yield from _text_mistakes("realm", realm)
    if path and not path.startswith("/"):
        hint = say('write the whole path, for example password_file = "/etc/nginx/htpasswd"')
        yield "password_file", path, say("expected a path on the web server that begins with /"), hint
    if realm.casefold() == "off":
        hint = say('write a realm that names the site, for example realm = "Download area"')
        yield "realm", realm, say("nginx takes this word for «no login»"), hint
    if not _PREFIX.fullmatch(prefix):
        message = say("expected a path such as /codes: Latin letters, digits and hyphens, no dot in front")
        hint = say('write url_prefix = "/codes", or leave it out where the area lies at the root')
        yield "url_prefix", prefix, message, hint


def _text_mistakes(key: str, value: str) -> Iterator[tuple[str, str, str, str]]:
    if _COMMAND.search(value):
        message = say("a web server would take a part of this for a command: a backslash, ${, %{ or $ before a digit")
        yield key, value, message, say('write {key} = "…" without these signs', key=key)
    if not value.isprintable():
        hint = say("type it again: it holds characters that cannot be seen")
        yield key, value, say("expected plain text on one line"), hint


def _realm(site: Site) -> str:
    """What the browser shows above the login: the realm, or else the title on one line."""
    text = site.server.realm or "".join(c if c.isprintable() else " " for c in site.title)
    return " ".join(text.split())


def _doubled_starts(prefix: str) -> list[str]:
    """How a path to the area begins that has two slashes before the area: ``//``, ``/a//`` for ``/a/b``."""
    parts = prefix.split("/")[:-1]
    return ["/".join(parts[:end]) + "//" for end in range(1, len(parts) + 1)] or ["//"]


def _render(name: str, values: Mapping[str, object]) -> bytes:
    import jinja2  # noqa: PLC0415 (imported only when used)

    environment = jinja2.Environment(  # noqa: S701 (no HTML: the filters below quote for each server)
        loader=jinja2.FileSystemLoader(TEMPLATES / "server"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "nginx": quote_for_nginx,
        "apache": quote_for_apache,
        "header_text": escape_in_header,
        "pattern": re.escape,
        "thyrida_name": lambda header: "thyrida_" + header.lower().replace("-", "_"),
    }
    return environment.get_template(name).render(values).encode()


def quote_for_nginx(text: str) -> str:
    r"""A string of nginx's syntax that means ``text``.

    nginx knows no escape for ``$``: the variable ``$thyrida_dollar`` of nginx-http.conf stands in for it.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${thyrida_dollar}")
    return f'"{escaped}"'


def quote_for_apache(text: str) -> str:
    """A string of Apache's syntax that means ``text``, for any text that :func:`check_server` lets through."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def escape_in_header(text: str) -> str:
    """Text inside the quotes of a header's value (RFC 9110 §5.6.4): nginx sends the realm as it stands."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
