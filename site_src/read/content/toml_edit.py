"""Change single keys of a TOML file: comments, the order, and all that is not named stay as they are."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import ParseError

from site_src.files.disk import put
from site_src.files.text import decode
from site_src.language.say import say
from site_src.problems import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FIRST_KEYS = {"contact": "unit", "signatory": "title"}  # of tables that may be one text instead


def parsed(path: Path) -> tomlkit.TOMLDocument:
    """Return a file's document, an empty one where there is no file. Raises UsageError where it is no TOML."""
    try:
        return tomlkit.parse(decode(path.read_bytes()) if path.is_file() else "")
    except ParseError as error:
        message = say('"{file}" is not TOML: {why}', file=path.name, why=error)
        raise UsageError(message, say("correct it in a text editor; `check` names the line")) from error


def value_of(document: MutableMapping[str, Any], key: str) -> object:
    """Return the value of a key, with its tables and dots before it; an empty text where it has none."""
    value: object = document
    table = ""
    for part in key.split("."):
        if isinstance(value, str):
            return value if FIRST_KEYS.get(table) == part else ""
        value, table = value.get(part, "") if isinstance(value, MutableMapping) else "", part
    return value


def change(path: Path, values: Mapping[str, object]) -> None:
    """Give keys of a file other values, each named as for ``value_of``; a key with an empty text is removed."""
    document = parsed(path)
    for key, value in values.items():
        _put(document, key, value)
    if values:
        put(path, tomlkit.dumps(document).encode())


def _put(document: MutableMapping[str, Any], key: str, value: object) -> None:
    *tables, last = key.split(".")
    table = document
    for part in tables:
        if not isinstance(table.get(part), MutableMapping):
            inner = tomlkit.table() if table is document else tomlkit.inline_table()
            if part in FIRST_KEYS and part in table:
                inner[FIRST_KEYS[part]] = str(table[part])  # without the line end that tomlkit keeps with it
            table[part] = inner
        table = table[part]
    if value == "":
        table.pop(last, None)
    else:
        table[last] = value
