"""The keys of campaign.toml and site.toml that staff fill in: one table for the form of the desk and for the terminal.

The drafts that ``new`` writes are this table: the comment of a key is its label, its value or example has its type.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomlkit

from site_src.language.catalogues import N_
from site_src.language.greek import find_days
from site_src.language.say import say, say_day, say_list
from site_src.new.campaign_files import Keepers, campaign_toml, site_toml, toml_array
from site_src.new.circular_text import read_circular
from site_src.problems import UsageError
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.content.toml_table import changed, value_of
from site_src.read.settings import Letterhead

FILES = (CAMPAIGN_FILE, SITE_FILE)
PARTS = ("name", "address", "phone")  # of an entry that is a table, in the order of the line that shows it

# Fields that a new campaign needs first, by their ids.
FOLDER, DEADLINE, EFFECTIVE = (f"{CAMPAIGN_FILE}:{key}" for key in ("folder", "deadline", "effective"))
PROTOCOL, DATE, SUBJECT = (f"{CAMPAIGN_FILE}:circular.{key}" for key in ("protocol", "date", "subject"))
KEEPS_CODE = f"{CAMPAIGN_FILE}:keeps_code"
OPERATOR, PORTAL, LOGO = (f"{SITE_FILE}:{key}" for key in ("operator", "server.address", "logo"))

_KEY = re.compile(r"(?:# )?([\w.]+) = (.+?) +# (.+)")  # in a draft, with an example or a value and its meaning


@dataclass(frozen=True)
class Field:
    """A key of a file, and its value there as text; ``example`` has the type of its values."""

    file: str
    key: str
    label: str
    example: Any
    value: str

    @property
    def id(self) -> str:
        """Return its name among the fields of all files."""
        return f"{self.file}:{self.key}"

    @property
    def group(self) -> str:
        """Return the table of its file that it is shown with; staff know the portal, and not the rest of the server."""
        table, dot, _ = self.key.partition(".")
        return f"{self.file}:" if self.id == PORTAL else f"{self.file}:{table if dot else ''}"

    @property
    def is_list(self) -> bool:
        """Return whether it has an entry on each line."""
        return isinstance(self.example, list)

    @property
    def hint(self) -> str:
        """Return the day as it was understood, or else how to fill it in."""
        if isinstance(self.example, date):
            with suppress(UsageError):
                return say_day(_day(self.value))
        example = shown(self.example).split("\n")[0]
        hints = [say("Each on a line of its own.")] if self.is_list else []
        return " ".join([*hints, say("For example: {example}", example=example)] if example.strip("…") else hints)

    def read(self, text: str) -> object:
        """Return a text as TOML has it; an empty one stays empty. Raises UsageError where it cannot be meant."""
        if not text:
            return ""
        if isinstance(self.example, date):
            return _day(text)
        if self.is_list:
            return toml_array([*map(self._entry, text.split("\n"))])
        if str(self.example).startswith("https://") and not text.lower().startswith(("http://", "https://")):
            message = N_('"{text}" is not an address of the web: expected one such as {example}')
            raise UsageError(say(message, text=text, example=self.example))
        return text

    def _entry(self, line: str) -> object:
        first, colon, last = line.rpartition(": ")
        is_table = colon and isinstance(next(iter(self.example), ""), Mapping)
        return dict(zip(self.example[0], (first, last), strict=True)) if is_table else line


def fields_of(file: str, text: str) -> Iterator[Field]:
    """Yield a field for each key of a file that ``new`` explains, with its value in the text of the file.

    Its meaning in the draft is the label here.
    """
    document = tomlkit.parse(text)
    draft = site_toml(Letterhead()) if file == SITE_FILE else campaign_toml(read_circular(None), Keepers())
    table = ""
    for line in draft.splitlines():
        if line.startswith("["):
            table = f"{line.strip('[]')}."
        elif found := _KEY.fullmatch(line):
            key, example = f"{table}{found[1]}", tomllib.loads(f"x = {found[2]}")["x"]
            label = found[3].removesuffix(say("{meaning}: fill this in", meaning=""))
            yield Field(file, key, label[0].upper() + label[1:], example, plain(shown(value_of(document, key))))


def with_typed(file: str, before: str, typed: Mapping[str, str]) -> str:
    """Return the text of a file with what was typed into fields, by their ids; `check` reports what cannot be meant.

    A field that was not changed stays byte for byte.
    """
    changes: dict[str, object] = {}
    for each in fields_of(file, before):
        text = plain(typed.get(each.id, each.value))
        if text != each.value:
            changes[each.key] = text
            with suppress(UsageError):
                changes[each.key] = each.read(text)
    return changed(before, changes)


def still_missing(campaign: str) -> Iterator[str]:
    """Yield what is to be filled in first in the text of a campaign.toml, as a sentence."""
    needed, asked_for = {FOLDER, DEADLINE, EFFECTIVE, PROTOCOL, DATE, SUBJECT}, say("fill this in")
    fields = fields_of(CAMPAIGN_FILE, campaign)
    labels = [f"«{each.label}»" for each in fields if each.value == asked_for or (each.id in needed and not each.value)]
    if labels:
        yield say("still missing: {labels}", labels=say_list(labels))


def plain(text: str) -> str:
    """Return a text without blank lines and the space around each."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def shown(value: object) -> str:
    """Return a value as its field has it: an entry of a list on each line."""
    if isinstance(value, list):
        return "\n".join(map(shown, value))
    if isinstance(value, Mapping):
        return ": ".join(str(value[part]) for part in PARTS if part in value)
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else str(value)


def _day(text: str) -> date:
    """Return the one day that a text names. Raises UsageError."""
    days = find_days(text)
    if len(days) != 1:
        raise UsageError(say('"{text}" is not a day: expected one such as 30-11-2020', text=text))
    return days[0].day
