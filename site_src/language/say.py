"""What commands say, in the language of whoever runs them: ``say`` is to them what gettext is to pages.

The language is one for the whole process and chosen once, by the command line, before anything is said.
"""

from __future__ import annotations

import locale
import os
import tomllib
from typing import TYPE_CHECKING

from site_src.language.catalogues import LANGUAGES, SOURCE_LANGUAGE, catalogue
from site_src.language.days import day_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # POSIX.1-2017, section 8.2: the first that is set decides
WINDOWS_NAMES = {"Greek": "el", "English": "en"}

USUAL_CALL = "python3 build.py"  # as texts have it
WINDOWS_CALL = "py build.py"  # python.org installs this launcher there, and no python3

_chosen = {"language": SOURCE_LANGUAGE}


def speak(language: str) -> None:
    """Say everything from here on in ``el`` or ``en``."""
    _chosen["language"] = language


def spoken() -> str:
    """The language in which commands speak."""
    return _chosen["language"]


def say(message: str, /, **values: object) -> str:
    """A text of the catalogue, with its ``{values}`` in place. A text without values is taken as it is."""
    if not message:  # the empty text is the catalogue's own header, and argparse asks for None too
        return message
    text = catalogue(spoken()).gettext(message).replace(USUAL_CALL, call())
    return text.format(**values) if values else text


def call() -> str:
    """How this machine starts the command."""
    return WINDOWS_CALL if os.name == "nt" else USUAL_CALL


def say_many(one: str, many: str, number: int, /, **values: object) -> str:
    """A text that depends on a number, which stands in it as ``{number}``."""
    return catalogue(spoken()).ngettext(one, many, number).format(number=number, **values)


def say_day(day: date, /) -> str:
    """A day as people write it: «1 Δεκεμβρίου 2020»."""
    return day_text(day, spoken())


def say_list(names: Sequence[str], /) -> str:
    """Names in a sentence: «Α, Β και Γ»."""
    from site_src.language.formats import list_text

    return list_text(names, spoken())


def say_number(number: int, /) -> str:
    """A number with its digits in groups, as the language has them: 1,097 or 1.097."""
    grouped = f"{number:,}"
    return grouped if spoken() == SOURCE_LANGUAGE else grouped.replace(",", ".")


def say_either(choices: Iterable[str], /) -> str:
    """Choices, of which one is meant: "a" or "b"."""
    return say(" or ").join(choices)


def language_of(asked: str, content: Path, environment: Mapping[str, str] = os.environ) -> str:
    """The language of the commands: the one asked for, that of site.toml, or that of the machine's locale."""
    return asked or _of_site(content) or _of_machine(environment)


def _of_site(content: Path) -> str:
    """The site's language; none where the file cannot be read, which is told elsewhere."""
    from site_src.files.staff_text import NotTextError, decode

    try:
        language = tomllib.loads(decode((content / "site.toml").read_bytes())).get("language")
    except (OSError, ValueError, RecursionError, NotTextError):
        return ""
    return language if language in LANGUAGES else ""


def _of_machine(environment: Mapping[str, str]) -> str:
    named = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), "")
    name = (named or _system_locale()).partition("_")[0]
    language = WINDOWS_NAMES.get(name, name)
    return language if language in LANGUAGES else SOURCE_LANGUAGE


def _system_locale() -> str:
    try:
        return locale.getlocale()[0] or ""
    except ValueError:  # a language of Windows that Python has no name for
        return ""
