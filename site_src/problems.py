"""Describe mistakes: one shape for every mistake in the inputs, and the exceptions that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import IntEnum, StrEnum

from site_src.language.say import say

LONGEST_VALUE_SHOWN = 120  # characters of a cell that a message quotes


class Severity(StrEnum):
    """Separate errors, which stop the build, from warnings."""

    ERROR = "error"
    WARNING = "warning"


class Topic(IntEnum):
    """Name what has to be corrected, most basic first: problems are reported in this order."""

    FILE = 1
    STRUCTURE = 2
    SETTING = 3
    USERNAME = 4
    NAME = 5
    EMAIL = 6
    STATUS = 7
    TEXT = 8
    ACCESS = 9
    LEAK = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Locate a problem: a file, its sheet, and the cell (or key) in it; a text file has lines instead.

    ``campaign`` is the folder of the file, where there are several with files of the same names; ``is_shared``: the
    file is in none of them, and ``campaign`` is the one that the problem is about.
    """

    file: str = ""
    sheet: str = ""
    cell: str = ""
    line: int = 0  # counted from 1; 0 is none
    campaign: str = ""
    is_shared: bool = False

    def __str__(self) -> str:
        """Return the place as people write it: ``annex.xlsx, ΔΗΜΟΙ!C7``."""
        file = "/".join(part for part in (self.campaign, self.file) if part)
        if self.is_shared and self.campaign:
            file = f"{self.file} ({self.campaign})"
        return visible(", ".join(part for part in (file, self.inside) if part))

    @property
    def inside(self) -> str:
        """Return the place within its file, as a spreadsheet refers to it, or as a line in the language spoken."""
        if self.line:
            return say("line {number}", number=self.line)
        return visible(f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell)


@dataclass(frozen=True)
class Problem:
    """One mistake: what failed and what was expected (message), the value, the place, and what to do (hint)."""

    severity: Severity
    topic: Topic
    message: str
    hint: str = ""
    at: Place = Place()
    value: str = ""

    @property
    def headline(self) -> str:
        """Return the problem in one line, without what to do."""
        return self.weighed(str(self.at), self.finding)

    @property
    def finding(self) -> str:
        """Return the value in quotes and what is wrong with it, without the place."""
        return ": ".join(filter(None, [f'"{visible(self.value)}"' if self.value else "", self.message]))

    def weighed(self, place: str, finding: str) -> str:
        """Return a place and what is wrong there as an error or a warning, as this problem is."""
        text = ": ".join(filter(None, [place, finding]))
        is_error = self.severity is Severity.ERROR
        return say("error: {text}", text=text) if is_error else say("warning: {text}", text=text)

    def __str__(self) -> str:
        """Return the problem in two lines; the hint is the second."""
        return f"{self.headline}\n{say('  hint: {hint}', hint=self.hint)}" if self.hint else self.headline


def by_remedy(problems: Iterable[Problem]) -> tuple[tuple[Problem, ...], ...]:
    """Return the problems in groups with the same remedy: one severity, topic and hint; each group in its order."""
    groups: dict[tuple[Severity, Topic, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity, problem.topic, problem.hint or problem.message), []).append(problem)
    return tuple(map(tuple, groups.values()))


def count_errors(problems: Iterable[Problem]) -> int:
    """Return how many of them stop a build."""
    return sum(problem.severity is Severity.ERROR for problem in problems)


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a hint at the known name that is most like the one written, or at all of them."""
    if near := get_close_matches(name, known, n=1, cutoff=0.5):
        return say('did you mean "{name}"?', name=near[0])
    return say("it can be one of: {names}", names=", ".join(known))


def visible(value: str) -> str:
    """Return the value on one line of the terminal, with what cannot be seen written as an escape."""
    shown = "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in value)
    return shown if len(shown) <= LONGEST_VALUE_SHOWN else shown[:LONGEST_VALUE_SHOWN] + "…"


@dataclass
class Problems:
    """Collect the problems of all inputs, so that they are reported at once."""

    _found: list[Problem] = field(default_factory=list)

    def error(self, topic: Topic, message: str, *, hint: str = "", at: Place = Place(), value: str = "") -> None:
        """Add a mistake that stops the build."""
        self._found.append(Problem(Severity.ERROR, topic, message, hint, at, value))

    def warning(self, topic: Topic, message: str, *, hint: str = "", at: Place = Place(), value: str = "") -> None:
        """Add something to look at that does not stop the build."""
        self._found.append(Problem(Severity.WARNING, topic, message, hint, at, value))

    def extend(self, found: Iterable[Problem], campaign: str = "") -> None:
        """Add problems that were collected elsewhere; ``campaign`` is the one whose files they are about."""
        self._found.extend(
            replace(each, at=replace(each.at, campaign=campaign)) if campaign else each for each in found
        )

    def rename_files(self, rename: Callable[[str], str]) -> None:
        """Give the files of all problems other names."""
        names = {each.at.file for each in self._found}
        shown = {name: rename(name) for name in names}
        self._found = [replace(each, at=replace(each.at, file=shown[each.at.file])) for each in self._found]

    def all(self) -> tuple[Problem, ...]:
        """Return every problem, errors before warnings, most basic first, each group in the order of reading."""
        return tuple(sorted(self._found, key=lambda p: (p.severity is Severity.WARNING, p.topic)))

    @property
    def has_errors(self) -> bool:
        """Return whether any problem stops the build."""
        return count_errors(self._found) > 0

    def stop_on_errors(self, *, strict: bool = False) -> None:
        """Raise :class:`InputError` with all problems where there is an error (``strict``: or a warning)."""
        if self.has_errors or (strict and self._found):
            raise InputError(self.all())


class ThyridaError(Exception):
    """Carry what failed, and what to do about it: the base of everything that Thyrida raises on purpose."""

    exit_status = 3  # docs/reference.md, "Commands"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(ThyridaError):
    """Report that the inputs hold mistakes; ``problems`` has all of them."""

    exit_status = 1

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(ThyridaError):
    """Report that the command was called in a way that has no meaning."""

    exit_status = 2


class TooEarlyError(ThyridaError):
    """The day on which this may be done has not come."""

    exit_status = 4


class StateError(ThyridaError):
    """Report that something on the disk must change first: what a build leaves is lost, say, or was never made."""

    exit_status = 1


class MachineError(ThyridaError):
    """Report that the machine failed: no space, no permission, another build at work."""
