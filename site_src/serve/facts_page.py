"""One form for campaign.toml, site.toml and the text: only what was changed is written, comments and order stay."""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import ParseError

from site_src.files.disk import put
from site_src.files.htpasswd import PasswordFile
from site_src.files.private import CURRENT_FILE, CURRENT_NAME, put_private
from site_src.files.staff_text import decode
from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import UsageError
from site_src.publish.publish import locked
from site_src.read.circular import FILE as TEXT
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.content.toml_table import parse_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer

FILES = (CAMPAIGN_FILE, SITE_FILE, TEXT, CURRENT_FILE)
PLACEHOLDERS = (
    "folder",
    "deadline | date",
    "effective | date",
    "eve | date",
    "files_until | date",
    "protocol",
    "operator",
)


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
FIRST_KEYS = {"contact": "unit", "signatory": "title"}  # of tables that may be one text instead


def show(desk: Desk, _: str, slug: str, __: Mapping[str, str]) -> Answer:
    """Return the form, with what `check` says beside each field, and above it what is about no field."""
    paths, problems = _paths(desk, slug), [each for each in desk.problems(slug) if each.at.file in FILES]
    documents = {file: _parsed(paths[file]) for file in (CAMPAIGN_FILE, SITE_FILE)}
    names = {field.name for field in FIELDS}
    return desk.page(
        "facts.html",
        say("Facts and text"),
        slug=slug,
        draft=desk.begun.get(slug),
        groups=GROUPS,
        values={field.name: _shown(_get(documents[field.file], field.key)) for field in FIELDS},
        problems={name: [each for each in problems if f"{each.at.file}:{each.at.cell}" == name] for name in names},
        others=[each for each in problems if f"{each.at.file}:{each.at.cell}" not in names],
        text=_read(paths[TEXT]),
        versions={file: _version(path) for file, path in paths.items()},
        placeholders=PLACEHOLDERS,
    )


def do(desk: Desk, slug: str, form: Form) -> str:
    """Write what was changed; a file that changed since the form was shown is left alone, and all others too."""
    paths = _paths(desk, slug)
    private, passwords = desk.preview.folders.private, form.files.get("passwords", ())
    with locked(private):
        for file, path in paths.items():
            if form.fields.get(f"version:{file}") != _version(path):
                message = say('"{file}" has changed since you opened this page: nothing was saved', file=file)
                raise UsageError(message, say("open the page again in another window, and enter your changes there"))
        for upload in passwords:
            if not PasswordFile.parse(upload.content).users:
                raise UsageError(say('"{name}" is not a password file: expected lines of USER:HASH', name=upload.name))
            put_private({private / CURRENT_NAME: upload.content})
        for file in (CAMPAIGN_FILE, SITE_FILE):
            _save(paths[file], [field for field in FIELDS if field.file == file], form)
        text = "\n".join(form.fields.get("text", "").splitlines()) + "\n"
        if text.strip() != "\n".join(_read(paths[TEXT]).splitlines()).strip():
            put(paths[TEXT], text.encode())
    desk.preview.refresh()
    return f"{slug}/facts"


def _save(path: Path, fields: list[Field], form: Form) -> None:
    document = _parsed(path)
    before = tomlkit.dumps(document)
    for field in fields:
        value = "\n".join(line.strip() for line in form.fields.get(field.name, "").splitlines() if line.strip())
        if value != _shown(_get(document, field.key)):
            _set(document, field, value)
    if (after := tomlkit.dumps(document)) != before:
        put(path, after.encode())


def _paths(desk: Desk, slug: str) -> dict[str, Path]:
    folder = desk.campaign(slug).campaign.path
    return {CAMPAIGN_FILE: folder / CAMPAIGN_FILE, SITE_FILE: folder.parent / SITE_FILE, TEXT: folder / TEXT}


def _read(path: Path) -> str:
    return decode(path.read_bytes()) if path.is_file() else ""


def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def _parsed(path: Path) -> tomlkit.TOMLDocument:
    """Return a file's document. Raises UsageError where it is no TOML, which only an editor can mend."""
    try:
        return tomlkit.parse(_read(path))
    except ParseError as error:
        message = say('"{file}" is not TOML: {why}', file=path.name, why=error)
        raise UsageError(message, say("correct it in a text editor; `check` names the line")) from error


def _get(document: MutableMapping[str, Any], key: str) -> object:
    """Return the value of a key, or an empty text; one text in a table's place is the value of its first key."""
    value: object = document
    table = ""
    for part in key.split("."):
        if isinstance(value, str):
            return value if FIRST_KEYS.get(table) == part else ""
        value, table = value.get(part, "") if isinstance(value, MutableMapping) else "", part
    return value


def _shown(value: object) -> str:
    """Return a value as the form has it: an entry of a list on each line."""
    if isinstance(value, list):
        return "\n".join(_shown(each) for each in value)
    if isinstance(value, MutableMapping):
        return ": ".join(str(each) for each in value.values())
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d-%m-%Y}"
    return str(value).strip()


def _set(document: MutableMapping[str, Any], field: Field, text: str) -> None:
    *tables, key = field.key.split(".")
    table = document
    for part in tables:
        if not isinstance(table.get(part), MutableMapping):
            inner = tomlkit.table() if table is document else tomlkit.inline_table()
            if part in FIRST_KEYS and part in table:
                inner[FIRST_KEYS[part]] = str(table[part])  # without the line end that tomlkit keeps with it
            table[part] = inner
        table = table[part]
    if text:
        table[key] = _value(field, text)
    else:
        table.pop(key, None)


def _value(field: Field, text: str) -> object:
    """Return a text of the form as TOML has it; what is no day stays a text, which `check` reports."""
    if field.kind == "day":
        with suppress(ValueError):
            return parse_day(text)
    if field.kind == "lines":
        lines = text.split("\n")
        array = tomlkit.array().multiline(len(lines) > 1)
        array.extend(lines)
        return array
    return text
