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
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import SupportsIndex

    from site_src.words import Words

MARK = re.compile("\ue000(\\d+)\ue001")
MARK_CHARACTERS = re.compile("[\ue000\ue001]")

STEPS_MAX = 200_000  # rounds of all loops and calls together: 3,000 agencies, listed some dozens of times
CHARACTERS_MAX = 1_000_000  # of the filled-in text
RANGE_MAX = 10_000

# Of Jinja's own filters, those that cannot make much out of little.
FILTERS = (
    *("capitalize", "default", "first", "groupby", "last", "length", "list", "lower", "map", "reject", "rejectattr"),
    *("reverse", "select", "selectattr", "sort", "sum", "trim", "unique", "upper"),
)


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


ENDLESS = (TooLargeError, RecursionError)


class MissingFactError(Exception):
    """A placeholder asks for a fact that campaign.toml or site.toml does not tell."""


class MissingFact(Undefined):
    """A fact that is not told: false in a condition, and an error where it is printed."""


class Sandbox(SandboxedEnvironment):
    """Jinja without methods, without attributes but those of agencies, days and loops, and with an end to everything.

    ``values`` collects what the marks stand for.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, words: Words, ambiguous: frozenset[str]) -> None:
        # The result is Markdown, so HTML's escaping would come too early: `_mark` takes its place.
        super().__init__(undefined=StrictUndefined, autoescape=False, finalize=self._mark, keep_trailing_newline=True)
        self.words = words
        self.values: list[str] = []
        self._ambiguous = ambiguous
        self._steps = self._characters = 0
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters |= {"date": self._date, "names": self._names, "count": self._count, "join": self._join}
        self.filters |= {"_rounds": self._rounds, "_bounded": self._bounded}
        self.globals = {"range": _range}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 (Jinja's signature)
        """Only what a circular needs; texts have no methods here, as some make gigabytes."""
        return isinstance(obj, Named | LoopContext | date) and not attr.startswith("_")

    def wrap_str_format(self, value: object) -> None:
        """No ``format`` either: Jinja would let it pass, and "{:999999999}" makes a gigabyte."""

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        """Arithmetic is for numbers of modest size."""
        if not all(isinstance(side, int | float) and abs(side) < CHARACTERS_MAX for side in (left, right)):
            raise SecurityError(say("{operator} is for numbers only; texts are joined with ~", operator=operator))
        if operator == "**":
            raise SecurityError(say("there are no powers here"))
        return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]  # handed on untouched

    def call(self, *args: object, **kwargs: object) -> object:
        """Calls count as steps, so that macros that call themselves come to an end."""
        self._step()
        return super().call(*args, **kwargs)  # type: ignore[arg-type]  # handed on untouched

    def expand(self, text: str) -> str:
        """The text with its values in the place of their marks."""
        return MARK.sub(lambda match: self.values[int(match[1])], text)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise TooLargeError

    def _rounds(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self._step()
            yield item

    def _bounded(self, text: str) -> str:
        if len(text) > CHARACTERS_MAX:
            raise TooLargeError
        return text

    def _mark(self, value: object) -> str:
        if isinstance(value, MissingFact):
            raise MissingFactError(value._undefined_name)  # noqa: SLF001 (Jinja's way to tell a name)
        text = " ".join(self.expand(self._text(value)).split())
        self._characters += len(text)
        if self._characters > CHARACTERS_MAX:
            raise TooLargeError
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
        return self.words.number(value if isinstance(value, int | float) else len(value))  # type: ignore[arg-type]  # else TypeError, told

    def _join(self, items: Iterable[object], between: str = "") -> str:
        texts = [self._text(item) for item in items]
        if sum(map(len, texts)) + len(between) * len(texts) > CHARACTERS_MAX:
            raise TooLargeError
        return between.join(texts)


def _range(*bounds: int) -> range:
    if len(found := range(*bounds)) > RANGE_MAX:
        raise TooLargeError
    return found
