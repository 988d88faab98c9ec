"""Read site.toml: the facts of the site."""

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


FILE = "site.toml"

# What Apache replaces inside a quoted text: ${NAME}, and in a realm also %{VARIABLE}, $1 and the backslash.
_COMMAND = re.compile(r"\\|[$%]\{|\$[0-9&]")

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


def read_site(content: Path, problems: Problems) -> Site:
    """Return the facts of site.toml; a missing or unreadable one is a problem, and a default replaces it."""
    path = content / FILE
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
    check_server(site, table.problems)
    return site


def _office(site: TomlTable) -> Office:
    """Return whom to call: the table ``[contact]``, or one text that is the unit alone."""
    if site.is_text("contact"):
        return Office(unit=site.text("contact"))
    table = site.table("contact")
    unit, phones = table.text("unit"), table.texts("phones")
    office = Office(unit=unit, phones=phones, email=table.text("email"), address=table.text("address"))
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


def check_server(site: Site, problems: Problems) -> None:
    """Report each setting that would mean something else to a web server than to its author."""
    for key, value, message, hint in _mistakes(site):
        problems.error(Topic.SETTING, message, hint=hint, at=Place(FILE, cell=f"server.{key}"), value=value)


def _mistakes(site: Site) -> Iterator[tuple[str, str, str, str]]:
    """Yield key, value, what was expected and what to do, for each wrong setting."""
    path, realm, prefix = site.server.password_file, shown_realm(site), site.server.url_prefix
    for key, value in (("password_file", path), ("realm", realm)):
        if _COMMAND.search(value):
            message = say(
                "a web server would take a part of this for a command: a backslash, ${, %{ or $ before a digit"
            )
            yield key, value, message, say('write {key} = "…" without these characters', key=key)
        if not value.isprintable():
            hint = say("type it again: it holds characters that cannot be seen")
            yield key, value, say("expected plain text on one line"), hint
    if path and not path.startswith("/"):
        hint = say('write the whole path, for example password_file = "/etc/nginx/htpasswd"')
        yield "password_file", path, say("expected a path on the web server that begins with /"), hint
    hint = say('write a realm that names the site, for example realm = "Download area"')
    if realm != UNREAD and not any(character.isalnum() for character in realm):
        yield "realm", realm, say("expected words that people can read"), hint
    if realm.casefold() == "off":
        yield "realm", realm, say("nginx takes this word for «no login»"), hint
    if not _PREFIX.fullmatch(prefix):
        message = say("expected a path such as /codes: Latin letters, digits and hyphens, no dot in front")
        hint = say('write url_prefix = "/codes", or leave it out where the area lies at the root')
        yield "url_prefix", prefix, message, hint


def shown_realm(site: Site) -> str:
    """Return what the browser shows above the login: the realm, or else the title on one line."""
    text = site.server.realm or "".join(c if c.isprintable() else " " for c in site.title)
    return " ".join(text.split())
