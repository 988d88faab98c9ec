"""``[server]`` of site.toml: what a web server would read otherwise than its author wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.content.toml_table import UNREAD
from site_src.language.say import say
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.problems import Problems
    from site_src.settings import Site

# What Apache replaces inside a quoted text: ${NAME}, and in a realm also %{VARIABLE}, $1 and the backslash.
_COMMAND = re.compile(r"\\|[$%]\{|\$[0-9&]")

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


def check_server(site: Site, problems: Problems, at: Place) -> None:
    """Report each setting that would mean something else to a web server than to its author."""
    for key, value, message, hint in _mistakes(site):
        problems.error(Topic.SETTING, message, hint=hint, at=Place(at.file, cell=f"server.{key}"), value=value)


def _mistakes(site: Site) -> Iterator[tuple[str, str, str, str]]:
    """Key, value, what was expected and what to do, for each wrong setting."""
    path, realm, prefix = site.server.password_file, shown_realm(site), site.server.url_prefix
    yield from _text_mistakes("password_file", path)
    yield from _text_mistakes("realm", realm)
    if path and not path.startswith("/"):
        hint = say('write the whole path, for example password_file = "/etc/nginx/htpasswd"')
        yield "password_file", path, say("expected a path on the web server that begins with /"), hint
    if realm != UNREAD and not any(character.isalnum() for character in realm):
        hint = say('write a realm that names the site, for example realm = "Download area"')
        yield "realm", realm, say("expected words that people can read"), hint
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
        yield key, value, message, say('write {key} = "…" without these characters', key=key)
    if not value.isprintable():
        hint = say("type it again: it holds characters that cannot be seen")
        yield key, value, say("expected plain text on one line"), hint


def shown_realm(site: Site) -> str:
    """What the browser shows above the login: the realm, or else the title on one line."""
    text = site.server.realm or "".join(c if c.isprintable() else " " for c in site.title)
    return " ".join(text.split())
