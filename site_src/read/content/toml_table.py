"""Read one table of a TOML file key by key, and report each wrong type and unknown key; change single keys.

A change leaves a file's comments, the order, and all that is not named as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from site_src.files.disk import put
from site_src.files.text import decode, read_text
from site_src.language.say import reason, say
from site_src.problems import Place, Problems, Topic, UsageError, nearest
from site_src.read.content.campaign_folder import hint_of_missing

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from tomlkit import TOMLDocument

Filled = TypeVar("Filled", bound="DataclassInstance")

NUMBER_MAX = 10**18  # a protocol number may be written without quotes; nothing longer is meant as a number
BAD_LINES_MAX = 20  # of a file that are passed over to read the rest; with more it is no TOML at all
YEARS = (2000, 2100)  # any other, such as 0202, is a slip

# Stands in for a required text that cannot be read, so that the rest is still read and reported.
UNREAD = "-"

FIRST_KEYS = {"contact": "unit", "signatory": "title"}  # of tables that may be one text instead

# Besides TOML's own dates: what people write in Greece, 30-11-2020, 30/11/2020 or 30.11.2020.
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def parse_day(text: str) -> date:
    """Return the day that a text names in ISO 8601 or with the day first. Raises ValueError."""
    text = text.strip()
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return date.fromisoformat(text)


@dataclass
class TomlTable:
    """A table whose keys are asked for by type; :meth:`finish` of the file's top table then reports all other keys."""

    _values: dict[str, Any]
    _file: str
    problems: Problems
    _prefix: str = ""
    _known: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # of the file, asked for, by prefix
    _tables: list[TomlTable] = field(default_factory=list, init=False)

    @classmethod
    def load(cls, path: Path, problems: Problems) -> TomlTable:
        """Return the file's top table. A damaged file is one problem, and the table has what can be read.

        What then seems to be missing or wrong may follow from the damage, and is not reported.
        """
        at = Place(file=path.name)
        try:
            text = read_text(path, problems)
        except OSError as error:
            hint = say("check that the file is there and that you may read it; `python3 build.py new` writes one")
            hint = hint_of_missing(path, hint)
            problems.error(Topic.FILE, say("the file cannot be read: {why}", why=reason(error)), hint=hint, at=at)
            text = None
        if text is None:
            return cls({}, path.name, Problems())
        values, mistake = _parse(text)
        if mistake is None:
            return cls(values, path.name, problems)
        message = say("this is not TOML: {mistake}", mistake=say(_WHERE.sub("", str(mistake))))  # see others.toml
        hint = say(
            'each key and each [table] is there once, in Latin letters; behind = is text in straight "quotes", a date '
            'as 2020-11-30, or a list as ["…", "…"]'
        )
        line, column = _spot(mistake)
        at, shown = Place(file=path.name, line=line), text.split("\n")[line - 1] if line else ""
        if not shown[column - 1 : column].isprintable():
            hint = say("type it again: it holds characters that cannot be seen")
        problems.error(Topic.FILE, message, hint=hint, at=at, value=shown.strip())
        return cls(values, path.name, Problems())

    def place(self, key: str) -> Place:
        """Return the place of a key."""
        return Place(file=self._file, cell=self._prefix + key)

    def error(self, key: str, message: str, hint: str = "", value: object = "") -> None:
        """Report a mistake at a key."""
        try:
            shown = str(value)
        except (ValueError, RecursionError):  # a number of thousands of digits
            shown = "…"
        self.problems.error(Topic.SETTING, message, hint=hint, at=self.place(key), value=shown)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys that are there."""
        return tuple(self._values)

    def _take(self, key: str) -> Any:  # noqa: ANN401 (TOML values are of any type until checked)
        self._known[self._prefix].append(key)
        return self._values.get(key)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return one line of text; a number counts as its digits. ``default`` replaces a missing or wrong text."""
        value = self._take(key)
        if _is_whole(value) and abs(value) < NUMBER_MAX:
            value = str(value)
        hint = say('write {key} = "…"', key=key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if value is not None and not isinstance(value, str):
            self.error(key, say("expected text"), hint, value)
        elif required:
            self.error(key, say("this key is missing"), hint)
        elif value:
            self.error(key, say("this text is blank"), say('write {key} = "…", or leave it out', key=key), value)
        return default

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """Return one of a few texts; the first of them where the text is missing or wrong."""
        value = self.text(key, choices[0])
        if value not in choices:
            message = say("expected one of {choices}", choices=", ".join(choices))
            self.error(key, message, say('write {key} = "{value}"', key=key, value=choices[0]), value)
            return choices[0]
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text alone counts as a list of its lines."""
        value = self._take(key)
        items = value.splitlines() if isinstance(value, str) else [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, str) or _is_whole(item) for item in items):
            self.error(key, say("expected a list of texts"), say('write {key} = ["…", "…"]', key=key), value)
            return ()
        return tuple(" ".join(str(item).split()) for item in items if str(item).strip())

    def day(self, key: str, *, required: bool = False) -> date | None:
        """Return a day, as a TOML date or as text that :func:`parse_day` reads."""
        value = self._take(key)
        hint = say("write {key} = 2020-11-30 (year, month, day)", key=key)
        first, last = YEARS
        if value is None or value == "":
            if required:
                self.error(key, say("this date is missing"), hint)
            return None
        try:
            day = parse_day(value) if isinstance(value, str) else value
        except ValueError:
            day = None
        if isinstance(day, datetime):
            day = day.date()
        if not isinstance(day, date):
            self.error(key, say("expected a date"), hint, value)
        elif not first <= day.year <= last:
            self.error(key, say("expected a year from {first} to {last}", first=first, last=last), hint, day)
        else:
            return day
        return None

    def whole(self, key: str, default: int, *, least: int) -> int:
        """Return a whole number of at least ``least``."""
        value = self._take(key)
        if value is None:
            return default
        if not _is_whole(value) or not least <= value < NUMBER_MAX:
            message = say("expected a whole number of {least} or more", least=least)
            self.error(key, message, say("write {key} = {value}", key=key, value=default), value)
            return default
        return value

    def flag(self, key: str) -> bool:
        """Return whether a fact is true; false where it is missing or wrong."""
        value = self._take(key)
        if value not in {None, True, False} or _is_whole(value):
            self.error(key, say("expected true or false"), say("write {key} = true, or leave it out", key=key), value)
        return value is True

    def table(self, key: str) -> TomlTable:
        """Return a table in this one; empty where it is missing. One text may stand for that of ``FIRST_KEYS``."""
        value = self._take(key)
        if isinstance(value, str) and key in FIRST_KEYS:
            value = {FIRST_KEYS[key]: value}
        if value is not None and not isinstance(value, dict):
            hint = say("write [{table}] on a line of its own", table=self._prefix + key)
            self.error(key, say("expected a table"), hint, value)
            value = None
        return self._inner(value or {}, key)

    def tables(self, key: str) -> tuple[TomlTable | str, ...]:
        """Return a list of tables or plain texts."""
        value = self._take(key)
        items = [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, dict | str) for item in items):
            hint = say('write {key} = [{{ name = "…", phone = "…" }}]', key=key)
            self.error(key, say("expected a list"), hint, value)
            return ()
        return tuple(
            item if isinstance(item, str) else self._inner(item, f"{key}[{n}]") for n, item in enumerate(items, start=1)
        )

    def _inner(self, values: dict[str, Any], key: str) -> TomlTable:
        table = TomlTable(values, self._file, self.problems, f"{self._prefix}{key}.", self._known)
        self._tables.append(table)
        return table

    def filled(self, kind: type[Filled], **given: object) -> Filled:
        """Return a dataclass whose fields are the keys of this table, each read by its type but for those ``given``."""
        read: Mapping[str, Callable[[str], object]] = {
            "str": lambda key: self.text(key, getattr(kind, key, "")),
            "int": lambda key: self.whole(key, getattr(kind, key), least=1),
            "tuple[str, ...]": self.texts,
            "date | None": self.day,
        }
        found = {each.name: read[str(each.type)](each.name) for each in fields(kind) if each.name not in given}
        return kind(**found, **given)

    def finish(self) -> None:
        """Report every key in this table that nobody asked for, with its table or the nearest known key."""
        known = self._known[self._prefix]
        for key in self._values:
            if key not in known:
                self.error(key, say("this key is not known"), self._home_of(key) or nearest(key, known))
        for table in self._tables:
            table.finish()

    def _home_of(self, key: str) -> str:
        """Return which table a key belongs to, of those that were asked for; nothing where several have it."""
        homes = [prefix for prefix, known in self._known.items() if key in known]
        if len(homes) != 1 or isinstance(self._values[key], dict):
            return ""
        if homes == [""]:
            return say("it belongs at the top of the file, above the first [table]")
        return say("it belongs below [{table}]", table=homes[0].removesuffix("."))


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _parse(text: str) -> tuple[dict[str, Any], Exception | None]:
    """Return the values of a file, and its first mistake.

    A damaged file is read without the lines of which tomllib complains; it has no values where they are too many.
    """
    lines, mistake = text.split("\n"), None
    for _ in range(BAD_LINES_MAX):
        try:
            return tomllib.loads("\n".join(lines)), mistake
        except (ValueError, RecursionError) as error:  # besides its own error: numbers and nesting beyond all measure
            mistake = mistake or error
            number, _ = _spot(error)
            if not 1 <= number <= len(lines):
                break
            lines[number - 1] = ""
    return {}, mistake


def _spot(error: Exception) -> tuple[int, int]:
    """Return the line and the column of a mistake; zeros where the file ends too early, or where no line is named."""
    where = _WHERE.search(str(error))
    return (int(where[1]), int(where[2])) if where and where[1] else (0, 0)


def parsed(path: Path) -> TOMLDocument:
    """Return a file's document, an empty one where there is no file. Raises UsageError where it is no TOML."""
    import tomlkit

    text = decode(path.read_bytes()) if path.is_file() else ""
    try:
        return tomlkit.parse(text)
    except tomlkit.exceptions.TOMLKitError as error:
        mistake = _parse(text)[1] or error
        why = say(_WHERE.sub("", str(mistake)))
        message = say('"{file}" is not TOML: {why}', file=path.name, why=why)
        line = _spot(mistake)[0] or text.count("\n") + 1
        hint = say("correct it in a text editor, at line {line}, and try again: {path}", line=line, path=path)
        raise UsageError(message, hint) from error


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
    text = parsed(path).as_string()
    if values:
        put(path, changed(text, values).encode())


def changed(text: str, values: Mapping[str, object]) -> str:
    """Return a TOML text with other values; a key that a draft explains in a comment takes the comment's place."""
    import tomlkit

    document = tomlkit.parse(text)
    for key, value in values.items():
        if value != "" and value_of(document, key) == "":
            with suppress(tomlkit.exceptions.TOMLKitError):  # `signatory = {…}` leaves no place for signatory.name
                document = tomlkit.parse(_uncommented(document.as_string(), key))
        _put(document, key, value)
    return document.as_string()


def _uncommented(text: str, key: str) -> str:
    """Return a text in which the comment of a draft that explains a key has become that key, still empty."""
    *table, name = map(re.escape, key.split(".", 1))
    start = rf"^\[{table[0]}\]" if table else r"\A"
    asked = re.escape(say("{meaning}: fill this in", meaning=""))
    comment = rf"(?m)({start}(?:.*\n(?!\[))*?)# ({name}) = .+? +# (.+?)(?:{asked})?(\r?)$"
    return re.sub(comment, r'\1\2 = ""  # \3\4', text, count=1)


def _put(document: MutableMapping[str, Any], key: str, value: object) -> None:
    import tomlkit

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
