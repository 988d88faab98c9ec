"""site.toml: the facts of the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.files.htpasswd import KINDS
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.content.campaign_folder import hint_of_missing
from site_src.read.content.toml_table import UNREAD, TomlTable
from site_src.read.settings import Office, Server, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_site(content: Path, problems: Problems) -> Site:
    """The facts of site.toml; what is missing or cannot be read is a problem, and something stands in for it."""
    path = content / "site.toml"
    if path.is_file():
        table = TomlTable.load(path, problems)
    else:
        message = say("there is no site.toml in the content folder")
        hint = say("`python3 build.py new SLUG --annex FILE --circular FILE` writes one; or copy the sample's")
        problems.error(Topic.FILE, message, hint=hint_of_missing(path, hint), at=Place(file=path.name))
        table = TomlTable({}, path.name, Problems())
    site = Site(
        title=table.text("title", UNREAD, required=True),
        operator=table.text("operator", UNREAD, required=True),
        language=table.choice("language", ("el", "en")),
        contact=_office(table),
        server=_server(table.table("server")),
    )
    table.finish()
    check_server(site, table.problems, Place(file=path.name))
    return site


def _office(site: TomlTable) -> Office:
    """Whom to call: the table ``[contact]``, or one text that is the unit alone."""
    if site.is_text("contact"):
        return Office(unit=site.text("contact"))
    table = site.table("contact")
    office = Office(
        unit=table.text("unit"),
        phones=table.texts("phones"),
        email=table.text("email"),
        address=table.text("address"),
    )
    table.finish()
    return office


def _server(table: TomlTable) -> Server:
    server = Server(
        address=table.text("address"),
        password_file=table.text("password_file"),
        realm=table.text("realm"),
        url_prefix=table.text("url_prefix").rstrip("/"),
        hash=table.choice("hash", tuple(KINDS)),
        other_users=table.choice("other_users", ("keep", "drop")),
    )
    table.finish()
    return server


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
