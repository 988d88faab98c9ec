"""The sandbox that fills in a circular: it knows a few facts, and its values are never read as Markdown.

Each value goes into the text as a mark of two private characters with a number between them. Markdown carries the mark
through untouched, and the writer of the HTML puts the value in its place as text: no name can become markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Undefined
from jinja2.sandbox import SandboxedEnvironment

from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import SupportsIndex

    from site_src.read.words import Words

MARK = re.compile("\ue000(\\d+)\ue001")
MARK_CHARACTERS = re.compile("[\ue000\ue001]")

CHARACTERS_MAX = 1_000_000  # of the filled-in text

# Of Jinja's own filters, those that make a list of a list, and those that make a text or number no larger than theirs.
LIST_FILTERS = ("groupby", "list", "map", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique")
TEXT_FILTERS = ("capitalize", "default", "first", "last", "lower", "trim", "upper")


@dataclass(frozen=True, slots=True)
class Named:
    """What a circular may know of an agency; ``kind`` is in words."""

    name: str
    kind: str
    parent: str

    def __str__(self) -> str:
        return self.name


class Unlisted(tuple[Named, ...]):
    """A list of agencies that nobody knows any more: one text in the place of their names and of their number."""

    __slots__ = ()

    def __getitem__(self, place: SupportsIndex | slice) -> Named | Unlisted:  # type: ignore[override]  # nothing is beyond its end
        return self if isinstance(place, slice) else next(iter(self))


class TooLargeError(Exception):
    """The placeholders make more than a circular can need."""


class MissingFactError(Exception):
    """A placeholder asks for a fact that campaign.toml or site.toml does not tell."""


class MissingFact(Undefined):
    """A fact that is not told: false in a condition, and an error where it is printed."""


class Sandbox(SandboxedEnvironment):
    """Jinja with the filters of a circular; ``values`` collects what the marks stand for."""

    def __init__(self, words: Words, ambiguous: frozenset[str]) -> None:
        # The result is Markdown, so HTML's escaping would come too early: `_mark` takes its place.
        super().__init__(undefined=StrictUndefined, autoescape=False, finalize=self._mark, keep_trailing_newline=True)
        self.words = words
        self.values: list[str] = []
        self._ambiguous = ambiguous
        self.filters = {name: self.filters[name] for name in (*LIST_FILTERS, *TEXT_FILTERS)}
        self.filters |= {"date": self._date, "names": self._names, "count": self._count, "join": self._join}
        self.filters |= {"length": _length, "map": self._map}

    def expand(self, text: str) -> str:
        """The text with its values in the place of their marks."""
        return MARK.sub(lambda match: self.values[int(match[1])], text)

    def _mark(self, value: object) -> str:
        if isinstance(value, MissingFact):
            raise MissingFactError(value._undefined_name)  # noqa: SLF001 (Jinja's way to tell a name)
        text = " ".join(self.expand(self._text(value)).split())
        self.values.append(text)
        return f"\ue000{len(self.values) - 1}\ue001"

    def _text(self, value: object) -> str:
        if isinstance(value, date):
            return self._date(value)
        if isinstance(value, tuple | list):
            return self._names(value)
        if isinstance(value, str | int | float | Named | Undefined):
            return str(value)
        raise TypeError(say("this cannot be printed; add a filter such as `names` or `count`"))

    def _date(self, value: object, form: str = "long") -> str:
        if isinstance(value, MissingFact):
            raise MissingFactError(value._undefined_name)  # noqa: SLF001 (as above)
        if not isinstance(value, date):
            raise TypeError(say("the filter `date` is for days, such as `deadline`"))
        return self.words.date(value, form)

    def _names(self, value: object) -> str:
        if isinstance(value, str | Named):
            value = [value]
        return self.words.list([self._name(item) for item in value])  # type: ignore[attr-defined]  # else TypeError, told

    def _name(self, item: object) -> str:
        if isinstance(item, Named) and item.name in self._ambiguous and item.parent:
            return f"{item.name} ({item.parent})"
        return self._text(item)

    def _count(self, value: object) -> str:
        if isinstance(value, Unlisted):
            return self._text(value[0])
        return self.words.number(value if isinstance(value, int | float) else _length(value))

    def _join(self, items: object, between: str = "") -> str:
        if isinstance(items, str):
            raise TypeError(say("the filter `join` is for lists"))
        return between.join(map(self._text, items))  # type: ignore[call-overload]  # else TypeError, told

    def _map(self, items: Iterable[object], *, attribute: str) -> list[object]:
        """Only attributes: a filter could make much of each item."""
        return [self.getattr(item, attribute) for item in items]


def _length(value: object) -> int:
    return len(list(value))  # type: ignore[call-overload]  # else TypeError, told; what some filters make has no length
