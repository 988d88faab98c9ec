"""site.toml: the facts of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.access import KINDS
from site_src.content.misnamed import hint_of_missing
from site_src.content.server_settings import check_server
from site_src.content.toml_table import UNREAD, TomlTable
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.settings import Office, Server, Site

if TYPE_CHECKING:
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
