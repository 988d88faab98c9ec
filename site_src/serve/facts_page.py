"""One form for campaign.toml, site.toml and the text: only what was changed is written, comments and order stay."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import tomlkit

from site_src.files.disk import put
from site_src.files.htpasswd import PasswordFile
from site_src.files.private import CURRENT_FILE, CURRENT_NAME, put_private
from site_src.files.staff_text import decode
from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import UsageError
from site_src.publish.publish import locked
from site_src.read.circular import FILE as TEXT
from site_src.read.circular.render import facts_of
from site_src.read.content.toml_edit import change, parsed, value_of
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.content.toml_table import UNREAD, parse_day

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer

FILES = (CAMPAIGN_FILE, SITE_FILE, TEXT, CURRENT_FILE)


@dataclass(frozen=True)
class Field:
    """A key of a file, with its table before it, and how the form asks for it: as text, a day or lines."""

    file: str
    key: str
    label: str
    kind: str = "text"
    example: str = ""

    @property
    def name(self) -> str:
        """Return its name in the form."""
        return f"{self.file}:{self.key}"


def _of(file: str, *rows: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(Field(file, *row) for row in rows)


# As an officer thinks of them: what the round is, what the document says, whom to call, the site and its server.
GROUPS: Mapping[str, tuple[Field, ...]] = {
    N_("The round"): _of(
        CAMPAIGN_FILE,
        ("folder", N_("the folder's name"), "text", "ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020"),
        ("deadline", N_("the last day to act"), "day"),
        ("effective", N_("the first day of the new codes"), "day"),
        ("files_until", N_("the last day of the letters on the site, if they leave it"), "day"),
        ("keeps_code", N_("agencies that keep their code, by user name or exact name"), "lines"),
    ),
    N_("The document"): _of(
        CAMPAIGN_FILE,
        ("circular.protocol", N_("the protocol number"), "text", "78411"),
        ("circular.date", N_("the date"), "day"),
        ("circular.place", N_("where it was signed"), "text", "Αθήνα"),
        ("circular.subject", N_("the subject")),
        ("circular.sender", N_("the units above the text"), "lines"),
        ("circular.details", N_("address, fax, e-mail, site"), "lines"),
        ("circular.recipients", N_("whom it goes to"), "lines"),
        ("circular.attachments", N_("the attachments, as the document names them"), "lines"),
        ("circular.distribution", N_("the distribution inside the office"), "lines"),
        ("circular.ada", N_("its number on Diavgeia")),
        ("circular.marking", N_("urgency, classification, correction"), "lines"),
        ("circular.signatory.title", N_("who signs: the title"), "text", "Ο ΓΕΝΙΚΟΣ ΓΡΑΜΜΑΤΕΑΣ"),
        ("circular.signatory.name", N_("who signs: the name")),
    ),
    N_("Whom to call"): (
        *_of(CAMPAIGN_FILE, ("circular.contacts", N_("in this round, a line each"), "lines", "Τμήμα …: 213 000 0000")),
        *_of(
            SITE_FILE,
            ("contact.unit", N_("whom agencies call")),
            ("contact.phones", N_("its telephones, a line each"), "lines", "213 000 0000"),
            ("contact.email", N_("its e-mail")),
            ("contact.address", N_("its address")),
        ),
    ),
    N_("The site and its server"): _of(
        SITE_FILE,
        ("title", N_("the site's name")),
        ("operator", N_("who runs the site, as pages and letters name it"), "text", "Υπουργείο Εσωτερικών"),
        ("language", N_("the language of pages, letters and commands: el or en")),
        ("server.address", N_("where agencies log in; letters name it"), "text", "https://portal.ypourgeio.example"),
        (
            "server.password_file",
            N_("the web server's password file, as the server sees it"),
            "text",
            "/etc/nginx/agencies.htpasswd",
        ),
        ("server.realm", N_("the words of the browser's login window")),
        ("server.url_prefix", N_("the site's path, where it is not at the top of its server"), "text", "/codes"),
        ("server.hash", N_("how new codes are hashed: bcrypt, or sha512 for an old nginx"), "text", "bcrypt"),
        ("server.other_users", N_("users who are in no annex: keep, or drop"), "text", "keep"),
    ),
}
FIELDS = tuple(field for fields in GROUPS.values() for field in fields)


def show(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the form, with what `check` says beside each field, and above it what is about no field."""
    paths, problems = _paths(desk, slug), [each for each in desk.problems(slug) if each.at.file in FILES]
    documents = {file: parsed(paths[file]) for file in (CAMPAIGN_FILE, SITE_FILE)}
    names = {field.name for field in FIELDS}
    return desk.page(
        "facts",
        say("Facts and text"),
        slug=slug,
        draft=desk.begun.get(slug),
        groups=GROUPS,
        values={field.name: _shown(value_of(documents[field.file], field.key)) for field in FIELDS},
        problems={name: [each for each in problems if f"{each.at.file}:{each.at.cell}" == name] for name in names},
        others=[each for each in problems if f"{each.at.file}:{each.at.cell}" not in names],
        text=_read(paths[TEXT]),
        preview=desk.campaign(slug).circular.html,
        versions={file: _version(path) for file, path in paths.items()},
        placeholders=_placeholders(desk, slug),
    )


def save(desk: Desk, slug: str, form: Form) -> str:
    """Write what was changed; a file that changed since the form was shown is left alone, and all others too."""
    paths, passwords = _paths(desk, slug), form.files.get("passwords", ())
    with locked(desk.folders.private):
        for file, path in paths.items():
            if form.fields.get(f"version:{file}") != _version(path):
                message = say('"{file}" has changed since you opened this page: nothing was saved', file=file)
                raise UsageError(message, say("open the page again in another window, and enter your changes there"))
        for upload in passwords:
            if not PasswordFile.parse(upload.content).users:
                raise UsageError(say('"{name}" is not a password file: expected lines of USER:HASH', name=upload.name))
            put_private({desk.folders.private / CURRENT_NAME: upload.content})
        for file in (CAMPAIGN_FILE, SITE_FILE):
            change(paths[file], _changes(file, paths[file], form))
        text = "\n".join(form.fields.get("text", "").splitlines()) + "\n"
        if text.strip() != "\n".join(_read(paths[TEXT]).splitlines()).strip():
            put(paths[TEXT], text.encode())
    desk.preview.refresh()
    return f"{slug}/facts#text" if "look" in form.fields else f"{slug}/facts"


def _placeholders(desk: Desk, slug: str) -> dict[str, str]:
    """Return each placeholder that the text can have now, as it is written, and its value."""
    facts, words = facts_of(desk.campaign(slug).campaign, desk.inputs.site), desk.inputs.words
    found = {}
    for name, value in facts.items():
        if isinstance(value, date) and value.year < date.max.year:  # the last one is that of a day that is missing
            found[f"{name} | date"] = words.date(value)
        elif isinstance(value, str) and value not in {"", UNREAD}:
            found[name] = value
    return found


def _paths(desk: Desk, slug: str) -> dict[str, Path]:
    folder = desk.campaign(slug).campaign.path
    return {CAMPAIGN_FILE: folder / CAMPAIGN_FILE, SITE_FILE: folder.parent / SITE_FILE, TEXT: folder / TEXT}


def _read(path: Path) -> str:
    return decode(path.read_bytes()) if path.is_file() else ""


def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def _changes(file: str, path: Path, form: Form) -> dict[str, object]:
    """Return the keys of a file to which the form gives another value."""
    document, changes = parsed(path), {}
    for field in (each for each in FIELDS if each.file == file):
        text = "\n".join(line.strip() for line in form.fields.get(field.name, "").splitlines() if line.strip())
        if text != _shown(value_of(document, field.key)):
            changes[field.key] = _value(field, text)
    return changes


def _shown(value: object) -> str:
    """Return a value as the form has it: an entry of a list on each line."""
    if isinstance(value, list):
        return "\n".join(_shown(each) for each in value)
    if isinstance(value, Mapping):
        return ": ".join(str(each) for each in value.values())
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d-%m-%Y}"
    return str(value).strip()


def _value(field: Field, text: str) -> object:
    """Return a text of the form as TOML has it; what is no day stays a text, which `check` reports."""
    if field.kind == "day":
        with suppress(ValueError):
            return parse_day(text)
    if field.kind == "lines" and text:
        lines = text.split("\n")
        array = tomlkit.array().multiline(len(lines) > 1)
        array.extend(lines)
        return array
    return text
