"""Where a file is no TOML, and why, in the language spoken: Python tells it in English, and the line in the text."""

from __future__ import annotations

import re

from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import Place

# What tomllib says; listed so that the catalogues have it.
TOMLLIB_TEXTS = (
    N_("Cannot overwrite a value"),
    N_("Expected '=' after a key in a key/value pair"),
    N_("Expected ']' at the end of a table declaration"),
    N_("Expected newline or end of document after a statement"),
    N_("Illegal character '\\n'"),
    N_("Invalid date or datetime"),
    N_("Invalid initial character for a key part"),
    N_("Invalid statement"),
    N_("Invalid value"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Unescaped '\\' in a string"),
    N_("Unterminated string"),
)

_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def syntax_mistake(error: Exception) -> str:
    """What is wrong; one that is not listed stays in Python's own words."""
    return say(_WHERE.sub("", str(error)))


def line_number(error: Exception) -> int:
    """The line of the mistake; 0 where the file ends too early, or where no line is told."""
    found = _WHERE.search(str(error))
    return int(found[1]) if found and found[1] else 0


def bad_line(file: str, text: str, error: Exception) -> tuple[Place, str]:
    """The line of the mistake, and what stands there; neither where the file ends too early."""
    number = line_number(error)
    lines = text.split("\n")
    return Place(file=file, line=number), lines[number - 1].strip() if 0 < number <= len(lines) else ""
