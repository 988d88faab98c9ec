from __future__ import annotations

import ast
import builtins
import os
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.language.say import (
    call,
    reason,
    say,
    say_day,
    say_either,
    say_list,
    say_many,
    say_number,
    speak,
    spoken,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TELL = {"error", "warning", "_refuse"}  # what takes messages and hints, besides the exceptions of our own
NOT_SAID = {"at", "value"}  # their arguments that are no text of ours
NO_TEXT = {"say", "say_many", "Place"}  # calls whose own words are said, or are names of files and keys


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """The language is put back after each test."""
    before = spoken()
    yield
    speak(before)


def test_a_text_is_said_in_the_chosen_language() -> None:
    """The same text comes out in English or Greek, with its values in place, whatever signs they hold."""
    assert say("Written: {path}", path="{a}") == "Written: {a}"
    speak("el")
    assert say("Written: {path}", path="{a}") == "Γράφτηκε: {a}"
    assert say_many("{number} error", "{number} errors", 1) == "1 σφάλμα"
    assert say_many("{number} error", "{number} errors", 2) == "2 σφάλματα"


def test_numbers_choices_and_reasons_are_said_too() -> None:
    """Digits come in groups, choices with their «or», and the system's usual reasons in the chosen language."""
    full = OSError(28, "No space left on device")
    assert (say_number(1097), say_either("ab"), reason(full)) == ("1,097", "a or b", "No space left on device")
    speak("el")
    assert (say_number(1097), say_either("ab"), reason(full)) == (
        "1.097",
        "a ή b",
        "δεν υπάρχει ελεύθερος χώρος στον δίσκο",
    )
    assert reason(OSError(0, "odd")) == "odd"
    assert reason(TimeoutError()) == "TimeoutError"


def test_days_and_lists_are_as_people_write_them() -> None:
    """A day has its month in words, and a list ends with "and"; nothing is said for an empty text."""
    assert (say_day(date(2020, 12, 1)), say_list(["a", "b", "c"]), say("")) == ("1 December 2020", "a, b and c", "")
    speak("el")
    assert (say_day(date(2020, 12, 1)), say_list(["a", "b", "c"]), say("")) == ("1 Δεκεμβρίου 2020", "a, b και c", "")


def test_hints_name_the_command_as_the_machine_starts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has python.org's launcher `py` instead of `python3`, in either language."""
    hint = "build all campaigns: `python3 build.py`"
    monkeypatch.setattr(os, "name", "posix")
    assert (say(hint), call()) == (hint, "python3 build.py")
    monkeypatch.setattr(os, "name", "nt")
    assert (say(hint), call()) == ("build all campaigns: `py build.py`", "py build.py")
    speak("el")
    assert say(hint).endswith(": `py build.py`")


def _name(node: ast.expr) -> str:
    """Return the name that is called: ``error`` of ``problems.error``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _tells(call: ast.Call) -> bool:
    name = _name(call.func)
    return name in TELL or (name.endswith("Error") and not hasattr(builtins, name))


def _meanings(module: ast.Module) -> dict[str, list[ast.expr]]:
    """Return the values that each name of a module is given, and those that each of its functions returns."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                    found[_name(part)].append(node.value)
        elif isinstance(node, ast.FunctionDef):
            returns = (part.value for part in ast.walk(node) if isinstance(part, ast.Return))
            found[node.name] += [value for value in returns if value]
    return found


def _unsaid(node: ast.AST, meanings: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The texts of several words in an expression, and in what its names stand for, that do not go through say()."""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _name(node.func) in NO_TEXT):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) > 1:
        yield node.value
    if isinstance(node, ast.Name):
        rest = {name: values for name, values in meanings.items() if name != node.id}
        for value in meanings.get(node.id, ()):
            yield from _unsaid(value, rest)
    for child in ast.iter_child_nodes(node):
        yield from _unsaid(child, meanings)


def _unsaid_in(source: str) -> list[str]:
    """The words of all messages and hints of a module that do not go through say()."""
    module = ast.parse(source)
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and _tells(node)]
    told = [part for call in calls for part in (*call.args, *(k.value for k in call.keywords if k.arg not in NOT_SAID))]
    meanings = _meanings(module)
    return [words for part in told for words in _unsaid(part, meanings)]


def test_every_message_goes_through_say(root: Path) -> None:
    """No message or hint is a text of its own, whether it is given at once or by a name."""
    files = sorted((root / "site_src").rglob("*.py"))
    assert files
    assert {file.name: words for file in files if (words := _unsaid_in(file.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "source",
    [
        'problems.error(topic, "it is wrong")',
        'problems.warning(topic, say("wrong"), hint=f"please mend {it}")',
        'hint = N_("mend it")\nraise UsageError(say("wrong"), hint)',
        'def why(): return "is wrong", hint\nmessage, hint = why()\nreader.error(message, hint)',
    ],
)
def test_a_text_that_is_not_said_is_found(source: str) -> None:
    """The check sees a literal, an f-string, a constant that nobody translates, and what a function returns."""
    assert _unsaid_in(source)


def test_what_is_said_is_no_finding() -> None:
    """Texts of the catalogue, places and values pass."""
    assert not _unsaid_in('error(topic, say("a {b}", b=" or ".join(c)), hint=say(hint), at=Place("file"), value="x")')
