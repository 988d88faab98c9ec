"""Which known name a file or folder was meant to have: copies, slips, other words, and endings that Windows hides."""

from __future__ import annotations

import difflib
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from site_src.files.walk import in_order, is_leftover
from site_src.language.greek import to_latin
from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ALIKE = 0.75  # of a word's letters, in their order: one slip in four

# What is text may have one of the latter endings in the place of its own; a spreadsheet would not be read.
TEXT_ENDINGS = {".toml", ".md", ".typ", ".htpasswd", ".csv"}
USUAL_TEXT_ENDINGS = {".txt", ".text", ".markdown", ""}

# What people write for the first word of a known name, in the Latin letters that Greek is read as.
OTHER_WORDS = {
    "annex": ("parartima",),
    "attachments": ("synimmena", "sinimmena", "episynaptomena"),
    "campaign": ("ekstrateia", "stoicheia"),
    "circular": ("egkyklios", "egkiklios", "enkyklios"),
    "current": ("htpasswd",),
    "files": ("archeia", "arxeia"),
    "help": ("voitheia",),
    "accessibility": ("prosvasimotita",),
    "letter": ("epistoli",),
}


def meant_name(name: str, known: Iterable[str]) -> str:
    """Return the known name that a file or folder of this name was meant to have; nothing where none is near."""
    fitting = [each for each in known if each != name and _is_read_as(name, each)]
    near = max(fitting, key=lambda each: likeness(name, each), default="")
    return near if near and likeness(name, near) >= ALIKE else ""


def likeness(name: str, known: str) -> float:
    """Return how alike, from 0 to 1, any word of a name is to the first word of a known one."""
    words = re.findall(r"[^\W_]+", to_latin(name))
    first = known.partition(".")[0]
    pairs = ((word, each) for word in words for each in (first, *OTHER_WORDS.get(first, ())))
    return max((difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0)


def _is_read_as(name: str, known: str) -> bool:
    """Whether a file can be renamed: it has the known ending, one too many, or another one that text has."""
    ending, wanted = PurePath(name).suffix.lower(), PurePath(known).suffix
    return ending == wanted or PurePath(name).stem == known or (ending in USUAL_TEXT_ENDINGS and wanted in TEXT_ENDINGS)


def stand_in(path: Path) -> Path | None:
    """Return the file that was meant to be at a path where there is none, if one lies beside it."""
    beside = in_order(path.parent.iterdir()) if path.parent.is_dir() and not path.exists() else []
    return next(_meant_as(path, beside), None)


def _meant_as(path: Path, beside: Iterable[Path]) -> Iterator[Path]:
    for other in beside:
        if other.is_file() and not is_leftover(other.name) and meant_name(other.name, [path.name]):
            yield other


def hint_of_missing(path: Path, hint: str) -> str:
    """Return what to do about a file that is missing: the hint, unless a file that was meant as it lies there."""
    found = stand_in(path)
    return hint_of_rename(found.name, path.name) if found else hint


def hint_of_rename(found: str, name: str) -> str:
    """Return how a file or folder comes to its name."""
    if PurePath(found).stem == name:
        return say(
            'rename "{found}" to "{name}": Windows hides the endings of files, and Notepad adds one',
            found=found,
            name=name,
        )
    return say('rename "{found}" to "{name}"', found=found, name=name)
