"""What Jinja says of a mistake in a placeholder, as staff can act on it."""

from __future__ import annotations

import traceback
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jinja2 import TemplateError, UndefinedError

from site_src.language.say import say
from site_src.problems import Place, Topic
from site_src.read.circular import FILE
from site_src.read.circular.sandbox import MissingFactError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from site_src.problems import Problems


def tell_error(error: Exception, problems: Problems) -> None:
    """Report what the text's code raised, on the line that raised it."""
    line = getattr(error, "lineno", None) or _line_of(error)
    for kind, explain in _EXPLANATIONS.items():
        if isinstance(error, kind):
            message, hint, value = explain(error)
            tell(problems, message, hint, line, value)
            return
    message = say("this placeholder cannot be filled in: {error}", error=str(error) or type(error).__name__)
    tell(problems, message, say("compare it with the placeholders in docs/reference.md"), line)


def _line_of(error: Exception) -> int:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return next((line for line in reversed(lines) if line), 0)


def _too_large(_: Exception) -> tuple[str, str, str]:
    hint = say("a circular lists each agency once or twice")
    return say("these placeholders are too many, are nested too deep, or make too long a text"), hint, ""


def _missing(error: Exception) -> tuple[str, str, str]:
    name = str(error)
    hint = say("fill it in (in campaign.toml or site.toml), or remove {{{{ {name} }}}}", name=name)
    return say("the text shows this here, but it has not been filled in"), hint, name


def _undefined(error: Exception) -> tuple[str, str, str]:
    hint = say("agencies have .name, .kind and .parent, days .year")
    return say("there is no such fact: {error}", error=str(error)), hint, ""


def _syntax(error: Exception) -> tuple[str, str, str]:
    hint = say('placeholders look like {{ deadline | date }}; to show braces as they are, write {{ "{{" }}')
    return say("this is no placeholder: {error}", error=error), hint, ""


_EXPLANATIONS: Mapping[type[Exception], Callable[[Exception], tuple[str, str, str]]] = {
    TooLargeError: _too_large,
    RecursionError: _too_large,
    MissingFactError: _missing,
    UndefinedError: _undefined,
    TemplateError: _syntax,
}


def tell(problems: Problems, message: str, hint: str, line: int, value: str = "") -> None:
    """Report one mistake on a line of the circular."""
    problems.error(Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=line), value=value)


def nearest(name: str, known: Sequence[str]) -> str:
    """A hint at the known name that is most like the one written, or at all of them."""
    if near := get_close_matches(name, known, n=1, cutoff=0.5):
        return say('did you mean "{name}"?', name=near[0])
    return say("it can be one of: {names}", names=", ".join(sorted(known)))
