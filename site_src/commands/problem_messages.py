"""What the commands say of problems, as lines of text: all of them at once, with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say, say_many
from site_src.problems import Problem, Severity, by_remedy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.problems import ThyridaError

ALIKE_TOLD = 20  # problems with the same remedy, before only their number is told


def problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """How many problems there are, then all of them, those with the same remedy together."""
    if problems:
        yield problem_counts(problems)
    for alike in by_remedy(problems):
        yield ""
        yield from alike_lines(alike)


def problem_counts(problems: Sequence[Problem]) -> str:
    """How many errors and warnings there are."""
    return ", ".join(counts_by_severity(problems).values()) + "."


def counts_by_severity(problems: Sequence[Problem]) -> Mapping[Severity, str]:
    """How many errors there are, in words, and how many warnings; nothing of what there is none of."""
    errors = count_errors(problems)
    warnings = len(problems) - errors
    told = {}
    if errors:
        told[Severity.ERROR] = say_many("{number} error", "{number} errors", errors)
    if warnings:
        told[Severity.WARNING] = say_many("{number} warning", "{number} warnings", warnings)
    return told


def reminder_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """After a list of both, where the errors are: the warnings below them have moved them out of sight."""
    if told := _reminder(problems):
        yield ""
        yield f"{told}."


def stopped_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """What errors mean for a command that writes."""
    if told := _reminder(problems):
        yield ""
        yield say("Nothing was written: {counts}.", counts=told)
    else:
        yield say("Nothing was written.")


def _reminder(problems: Sequence[Problem]) -> str:
    match [*counts_by_severity(problems).values()]:
        case [errors, warnings]:
            return say("{errors}, at the top of this list, and {warnings}", errors=errors, warnings=warnings)
    return ""


def alike_lines(alike: Sequence[Problem]) -> Iterator[str]:
    """Problems with the same remedy: the first of them, how many more there are, and what to do."""
    for problem in alike[:ALIKE_TOLD]:
        yield problem.headline
    if len(alike) > ALIKE_TOLD:
        yield say_many(
            "… and {number} more like these; `check --report FILE.xlsx` or `check --format json` has it",
            "… and {number} more like these; `check --report FILE.xlsx` or `check --format json` has all",
            len(alike) - ALIKE_TOLD,
        )
    if alike[0].hint:
        yield say("  hint: {hint}", hint=alike[0].hint)


def failure_lines(error: ThyridaError) -> Iterator[str]:
    """What failed, and what to do about it."""
    yield say("error: {text}", text=error)
    if error.hint:
        yield say("  hint: {hint}", hint=error.hint)


def count_errors(problems: Sequence[Problem]) -> int:
    """How many of them stop a build."""
    return sum(problem.severity is Severity.ERROR for problem in problems)


def problem_as_json(problem: Problem) -> dict[str, str]:
    """A problem as ``check --format json`` gives it; its place is the same in every language."""
    at = problem.at
    return {
        "severity": problem.severity,
        "campaign": at.campaign,
        "file": at.file,
        "sheet": at.sheet,
        "cell": f"line {at.line}" if at.line else at.cell,
        "value": problem.value,
        "message": problem.message,
        "hint": problem.hint,
    }
