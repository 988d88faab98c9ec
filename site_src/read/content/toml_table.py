"""Reads one table of a TOML file key by key, and reports each wrong type and unknown key as a problem."""

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from site_src.files.staff_text import read_text
from site_src.language.reasons import reason
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.content.misnamed import hint_of_missing
from site_src.read.content.toml_syntax import bad_line, line_number, syntax_mistake

if TYPE_CHECKING:
    from pathlib import Path

NUMBER_MAX = 10**18  # a protocol number may be written without quotes; nothing longer is meant as one
BAD_LINES_MAX = 20  # of a file that are passed over to read the rest; with more it is no TOML at all
YEARS = (2000, 2100)  # what a person means; a slip such as 0202 is told

# Stands in for a required text that cannot be read, so that all else is still read and told.
UNREAD = "-"

# Besides TOML's own dates: what people write in Greece, 30-11-2020, 30/11/2020 or 30.11.2020.
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def parse_day(text: str) -> date:
    """The day that a text names in ISO 8601 or with the day first. Raises ValueError."""
    text = text.strip()
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return date.fromisoformat(text)


class TomlTable:
    """A table whose keys are asked for by type; :meth:`finish` then reports the keys that nobody asked for."""

    def __init__(
        self,
        values: dict[str, Any],
        file: str,
        problems: Problems,
        prefix: str = "",
        known: dict[str, list[str]] | None = None,
    ) -> None:
        self._values = values
        self._file = file
        self._problems = problems
        self._prefix = prefix
        self._known_in_file = {} if known is None else known  # the keys that were asked for, by their table's prefix
        self._known = self._known_in_file.setdefault(prefix, [])

    @classmethod
    def load(cls, path: Path, problems: Problems) -> TomlTable:
        """The file's top table. Where the file is damaged that is one problem, and the table has what can be read.

        What then seems to be missing or wrong in it may follow from the damage, and is not told.
        """
        at = Place(file=path.name)
        text: str | None = None
        try:
            text = read_text(path, problems)
            if text is not None:
                return cls(tomllib.loads(text), path.name, problems)
        except (ValueError, RecursionError) as error:  # besides its own error: numbers and nesting beyond all measure
            message = say("this is not TOML: {mistake}", mistake=syntax_mistake(error))
            hint = say('text stands in straight "quotes", a date as 2020-11-30, a list in [square brackets]')
            at, line = bad_line(path.name, text or "", error)
            problems.error(Topic.FILE, message, hint=hint, at=at, value=line)
        except OSError as error:
            hint = hint_of_missing(path, say("check that the file is there and that you may read it"))
            problems.error(Topic.FILE, say("the file cannot be read: {why}", why=reason(error)), hint=hint, at=at)
        return cls(_what_can_be_read(text or ""), path.name, Problems())

    @property
    def problems(self) -> Problems:
        """Where the mistakes of this table go."""
        return self._problems

    def place(self, key: str) -> Place:
        """Where a key stands."""
        return Place(file=self._file, cell=self._prefix + key)

    def error(self, key: str, message: str, hint: str = "", value: object = "") -> None:
        """Report a mistake at a key."""
        self._problems.error(Topic.SETTING, message, hint=hint, at=self.place(key), value=_shown(value))

    def keys(self) -> tuple[str, ...]:
        """The keys that are there."""
        return tuple(self._values)

    def is_text(self, key: str) -> bool:
        """Whether a key holds text rather than a table or a list."""
        return isinstance(self._values.get(key), str)

    def _take(self, key: str) -> Any:  # noqa: ANN401 (TOML values are of any type until checked)
        self._known.append(key)
        return self._values.get(key)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """One line of text; a number counts as its digits. ``default`` stands in where the text is missing or wrong."""
        value = self._take(key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < NUMBER_MAX:
            value = str(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.error(key, say("this key is missing"), say('write {key} = "…"', key=key))
            elif value:
                self.error(key, say("this text is blank"), say('write {key} = "…", or leave it out', key=key), value)
            return default
        if not isinstance(value, str):
            self.error(key, say("expected text"), say('write {key} = "…"', key=key), value)
            return default
        return " ".join(value.split())

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of a few texts; the first of them where the text is missing or wrong."""
        value = self.text(key, choices[0])
        if value not in choices:
            message = say("expected one of {choices}", choices=", ".join(choices))
            self.error(key, message, say('write {key} = "{value}"', key=key, value=choices[0]), value)
            return choices[0]
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of its lines."""
        value = self._take(key)
        if isinstance(value, str):
            value = value.splitlines()
        if value is None:
            return ()
        if not isinstance(value, list) or any(
            isinstance(item, bool) or not isinstance(item, str | int) for item in value
        ):
            self.error(key, say("expected a list of texts"), say('write {key} = ["…", "…"]', key=key), value)
            return ()
        return tuple(" ".join(str(item).split()) for item in value if str(item).strip())

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A day, as a TOML date or as text that :func:`parse_day` reads."""
        value = self._take(key)
        hint = say("write {key} = 2020-11-30 (year, month, day)", key=key)
        if value is None or value == "":
            if required:
                self.error(key, say("this date is missing"), hint)
            return None
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, str):
            try:
                value = parse_day(value)
            except ValueError:
                self.error(key, say("this is not a date"), hint, value)
                return None
        if not isinstance(value, date):
            self.error(key, say("expected a date"), hint, value)
            return None
        if not YEARS[0] <= value.year <= YEARS[1]:
            first, last = YEARS
            self.error(key, say("expected a year from {first} to {last}", first=first, last=last), hint, value)
            return None
        return value

    def whole(self, key: str, default: int, *, least: int) -> int:
        """A whole number of at least ``least``."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            message = say("expected a whole number of {least} or more", least=least)
            self.error(key, message, say("write {key} = {value}", key=key, value=default), value)
            return default
        return value

    def table(self, key: str) -> TomlTable:
        """A table in this one; empty where it is missing."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            hint = say("write [{table}] on a line of its own", table=self._prefix + key)
            self.error(key, say("expected a table"), hint, value)
            value = None
        return self._inner(value or {}, f"{self._prefix}{key}.")

    def tables(self, key: str) -> tuple[TomlTable | str, ...]:
        """A list of tables or plain texts."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict | str) for item in value):
            hint = say('write {key} = [{{ name = "…", phone = "…" }}]', key=key)
            self.error(key, say("expected a list"), hint, value)
            return ()
        return tuple(
            item if isinstance(item, str) else self._inner(item, f"{self._prefix}{key}[{n}].")
            for n, item in enumerate(value, start=1)
        )

    def _inner(self, values: dict[str, Any], prefix: str) -> TomlTable:
        return TomlTable(values, self._file, self._problems, prefix, self._known_in_file)

    def finish(self) -> None:
        """Report every key that was not asked for, with where it belongs, or with the nearest one that was."""
        for key in self._values:
            if key not in self._known:
                self.error(key, say("this key is not known"), self._home_of(key) or self._nearest(key))

    def _home_of(self, key: str) -> str:
        """Which table a key belongs to, of those that were asked for by now; the top's own keys come first."""
        homes = [prefix for prefix, known in self._known_in_file.items() if key in known]
        if len(homes) != 1 or isinstance(self._values[key], dict):
            return ""
        if homes == [""]:
            return say("it belongs at the top of the file, above the first [table]")
        return say("it belongs below [{table}]", table=homes[0].removesuffix("."))

    def _nearest(self, key: str) -> str:
        if near := difflib.get_close_matches(key, self._known, n=1, cutoff=0.5):
            return say('did you mean "{name}"?', name=near[0])
        return say("the known keys here are {names}", names=", ".join(self._known))


def _shown(value: object) -> str:
    try:
        return str(value)
    except (ValueError, RecursionError):  # a number of thousands of digits
        return "…"


def _what_can_be_read(text: str) -> dict[str, Any]:
    """The values of a damaged file without the lines of which tomllib complains; none where they are too many."""
    lines = text.split("\n")
    for _ in range(BAD_LINES_MAX):
        try:
            return tomllib.loads("\n".join(lines))
        except (ValueError, RecursionError) as error:
            number = line_number(error)
            if not 1 <= number <= len(lines):
                break
            lines[number - 1] = ""
    return {}
