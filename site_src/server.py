"""The rules for the web server in front of the site: snippets for nginx and Apache."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.content.server_settings import check_server, shown_realm
from site_src.folders import TEMPLATES
from site_src.problems import Place, Problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


def server_files(site: Site) -> Mapping[str, bytes]:
    """The snippets for the site's own settings, by file name.

    They are the same for every campaign, so a server that includes them once needs no change for the next one.
    Raises InputError where a setting cannot stand in a snippet (see :func:`check_server`).
    """
    problems = Problems()
    check_server(site, problems, Place(file="site.toml"))
    problems.stop_on_errors()
    values = {
        "realm": shown_realm(site),
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


def are_others(rules: Mapping[str, bytes], folder: Path) -> bool:
    """Return whether a build before left other snippets in this folder than these; False where it left none."""
    before = {name: path.read_bytes() for name in rules if (path := folder / name).is_file()}
    return bool(before) and before != rules


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
