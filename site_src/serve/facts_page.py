"""One form for campaign.toml, site.toml and the text: only what was changed is written, comments and order stay."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING

import tomlkit

from site_src.files.disk import put
from site_src.files.htpasswd import PasswordFile
from site_src.files.private import CURRENT_FILE, CURRENT_NAME, put_private
from site_src.files.text import decode
from site_src.language.say import say
from site_src.problems import UsageError
from site_src.publish.publish import locked
from site_src.read.circular import FILE as TEXT
from site_src.read.circular.render import campaign_facts
from site_src.read.content.toml_edit import change, parsed, value_of
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.content.toml_table import UNREAD, parse_day
from site_src.read.settings import Campaign, Letterhead, Office, Server, Site
from site_src.serve.annex_page import is_about_annex

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer


def _of(facts: type, table: str = "") -> dict[str, str]:
    """Return the keys of a table, as a class of facts names them, each with its type."""
    return {f"{table}{each.name}".replace("signatory_", "signatory."): str(each.type) for each in fields(facts)}


TYPES: Mapping[str, Mapping[str, str]] = {
    CAMPAIGN_FILE: _of(Campaign) | _of(Letterhead, "circular."),
    SITE_FILE: _of(Site) | _of(Office, "contact.") | _of(Server, "server."),
}


def show(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the form, with what `check` says beside each field, and above it what is about no field."""
    paths, problems = _paths(desk, slug), [each for each in desk.problems(slug) if not is_about_annex(each)]
    documents = {file: parsed(paths[file]) for file in TYPES}
    return desk.page(
        "facts",
        say("Facts and text"),
        slug=slug,
        is_saved="saved" in query,
        draft=desk.begun.get(slug),
        types=TYPES,
        fields={f"{file}:{key}" for file, keys in TYPES.items() for key in keys} | {f"{CURRENT_FILE}:"},
        value_of=lambda file, key: _shown(value_of(documents[file], key)),
        problems=problems,
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
        for file in TYPES:
            change(paths[file], _changes(file, paths[file], form))
        text = "\n".join(form.fields.get("text", "").splitlines()) + "\n"
        if text.strip() != "\n".join(_read(paths[TEXT]).splitlines()).strip():
            put(paths[TEXT], text.encode())
    desk.preview.refresh()
    return f"{slug}/facts?saved=yes{'#text' if 'look' in form.fields else ''}"


def _placeholders(desk: Desk, slug: str) -> dict[str, str]:
    """Return each placeholder that the text can have now, as it is written, and its value."""
    facts, words = campaign_facts(desk.campaign(slug).campaign, desk.inputs.site), desk.inputs.words
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
    document = parsed(path)
    texts = {key: form.fields[f"{file}:{key}"].splitlines() for key in TYPES[file] if f"{file}:{key}" in form.fields}
    plain = {key: "\n".join(line.strip() for line in lines if line.strip()) for key, lines in texts.items()}
    changed = {key: text for key, text in plain.items() if text != _shown(value_of(document, key))}
    return {key: _value(TYPES[file][key], text) for key, text in changed.items()}


def _shown(value: object) -> str:
    """Return a value as the form has it: an entry of a list on each line."""
    if isinstance(value, list):
        return "\n".join(_shown(each) for each in value)
    if isinstance(value, Mapping):
        return ": ".join(str(each) for each in value.values())
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d-%m-%Y}"
    return str(value).strip()


def _value(kind: str, text: str) -> object:
    """Return a text of the form as TOML has it; what is no day stays a text, which `check` reports."""
    if kind.startswith("date"):
        with suppress(ValueError):
            return parse_day(text)
    if kind.startswith("tuple") and text:
        lines = text.split("\n")
        array = tomlkit.array().multiline(len(lines) > 1)
        array.extend(lines)
        return array
    return text
