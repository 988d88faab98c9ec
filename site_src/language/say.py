"""Say what commands have to say, in the user's language: ``say`` is to them what gettext is to pages.

The language is one for the whole process and chosen once, by the command line, before anything is said. The reasons of
the system, which it gives in English or in the language of Windows, are said in it too.
"""

from __future__ import annotations

import errno
import locale
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from site_src.folders import read_table
from site_src.language.catalogues import LANGUAGES, SOURCE_LANGUAGE, Words, catalogue

USUAL_CALL = "python3 build.py"  # as texts have it
WINDOWS_CALL = "py build.py"  # python.org installs this launcher there, and no python3

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # POSIX.1-2017, section 8.2: the first that is set decides
WINDOWS_NAMES = {"Greek": "el", "English": "en"}

_WINDOWS_TEXTS = {int(code): text for code, text in read_table(__package__, "others.toml")["windows"].items()}
_IN_USE = {5, 32, 33, 1224}  # of these

# open() of Python has only the number of the C library, which stands for these.
OPENING = {errno.EACCES: 5, errno.EINVAL: 123}
ON_WINDOWS = os.name == "nt"  # a room below files/, which has the same in disk.py

_chosen = {"language": SOURCE_LANGUAGE}


def speak(language: str) -> None:
    """Say everything from here on in ``el`` or ``en``."""
    _chosen["language"] = language


def spoken() -> str:
    """Return the language in which commands speak."""
    return _chosen["language"]


def language_of_machine(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the machine's locale, where Thyrida speaks it; else English."""
    named = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), "")
    if not named:
        with suppress(ValueError):  # a language of Windows that Python has no name for
            named = locale.getlocale()[0] or ""
    name = named.partition("_")[0]
    language = WINDOWS_NAMES.get(name, name)
    return language if language in LANGUAGES else SOURCE_LANGUAGE


def say(message: str, /, **values: object) -> str:
    """Return a text of the catalogue, with its ``{values}`` in place. A text without values is taken as it is."""
    if not message:  # the empty text is the catalogue's own header, and argparse asks for None too
        return message
    text = catalogue(spoken()).gettext(message).replace(USUAL_CALL, call())
    return text.format(**values) if values else text


def call() -> str:
    """Return the start of the command as this machine needs it."""
    return WINDOWS_CALL if os.name == "nt" else USUAL_CALL


def say_many(one: str, many: str, number: int, /, **values: object) -> str:
    """Return a text that depends on a number, which is ``{number}`` in it."""
    return catalogue(spoken()).ngettext(one, many, number).format(number=number, **values)


def say_day(day: date, /) -> str:
    """Return a day as people write it: «1 Δεκεμβρίου 2020»."""
    return Words(spoken()).date(day)


def say_list(names: Sequence[str], /) -> str:
    """Return names in a sentence: «Α, Β και Γ»."""
    return Words(spoken()).list(names)


def say_number(number: float, /) -> str:
    """Return a number with its digits in groups, as the language has them: 1,097 or 1.097."""
    return Words(spoken()).number(number)


def say_some(names: Sequence[str], most: int, /) -> str:
    """Return the first names, and how many more there are: «Α, Β και 5 ακόμη»."""
    first, more = ", ".join(names[:most]), len(names) - most
    return say("{users} and {number} more", users=first, number=more) if more > 0 else first


def say_either(choices: Iterable[str], /) -> str:
    """Return choices, of which one is meant: "a" or "b"."""
    return say(" or ").join(choices)


def reason(error: OSError) -> str:
    """Return the reason in words; one that is not listed stays in the system's own."""
    if ON_WINDOWS and error.errno == errno.EACCES and error.filename and Path(error.filename).is_dir():
        return say("Is a directory")
    text = _WINDOWS_TEXTS.get(_windows_code(error), error.strerror or str(error))
    return say(text) or type(error).__name__


def remedy(error: OSError) -> str:
    """Return what to do before the command is tried again."""
    if _windows_code(error) in _IN_USE:
        return say(
            "close the program that has it open (Excel, Word, a window that shows that folder), or check your "
            "permissions there"
        )
    return say("check the free space and your permissions there, and close what has it open")


def _windows_code(error: OSError) -> int:
    code = getattr(error, "winerror", None)
    return code or (OPENING.get(error.errno or 0, 0) if ON_WINDOWS else 0)
