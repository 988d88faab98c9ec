"""Letters of one script that pass for another's: which letter it is, and which Latin one was meant."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from site_src.language.catalogues import N_
from site_src.language.folding import KEYS, LOOKS
from site_src.language.say import say, say_either

LATIN = "LATIN"
# Scripts that an address here may be meant in, with what a letter of each is called.
_WRITTEN = {LATIN: N_("a Latin letter"), "GREEK": N_("a Greek letter"), "CYRILLIC": N_("a Cyrillic letter")}


@dataclass(frozen=True)
class ForeignLetter:
    """A letter of another script: where it stands (from 1), what it is, and the Latin letters it may stand for."""

    position: int
    letter: str
    meant: tuple[str, ...]

    def __str__(self) -> str:
        """As a message says it."""
        kind = _WRITTEN.get(script_of(self.letter), N_("a letter of another script"))
        told = say(
            'character {position}, "{letter}", is {kind} ({name})',
            position=self.position,
            letter=self.letter,
            kind=say(kind),
            name=unicodedata.name(self.letter, f"U+{ord(self.letter):04X}"),
        )
        meant = say_either(f'"{letter}"' for letter in self.meant)
        return told + (say(": type the Latin {meant}", meant=meant) if meant else "")


@cache
def script_of(character: str) -> str:
    """LATIN, GREEK, CYRILLIC…: the first word of a letter's Unicode name; "" for what is no letter."""
    return unicodedata.name(character, "OTHER").split()[0] if character.isalpha() else ""


def latin_for(letter: str) -> tuple[str, ...]:
    """The Latin letters that it looks like, and that its key types; none where none is known."""
    base = unicodedata.normalize("NFD", letter)[0]
    key = KEYS.get(base, "")
    wide = unicodedata.normalize("NFKC", letter)
    found = (LOOKS.get(base, ""), key, wide if wide.isascii() else "")
    return tuple(dict.fromkeys(meant for meant in found if meant not in {"", letter}))


def foreign_letters(part: str, start: int) -> tuple[ForeignLetter, ...]:
    """The letters that have no business in a part of an address which begins at ``start`` (from 1).

    A part is meant in the script of most of its letters. Another script than Latin is believed only where some letter
    passes for no Latin one: otherwise it is a mistake of the keyboard, since nobody could tell it from a Latin word.
    """
    if part.isascii():
        return ()
    home = _home_script(part)
    return tuple(
        ForeignLetter(start + index, c, latin_for(c)) for index, c in enumerate(part) if script_of(c) not in {"", home}
    )


def _home_script(part: str) -> str:
    counts = Counter(script_of(c) for c in part if c.isalpha())
    others = {c for c in part if script_of(c) not in {"", LATIN}}
    counts = Counter({script: count for script, count in counts.items() if script in _WRITTEN})
    if not others - LOOKS.keys() or not counts:
        return LATIN
    most = counts.most_common(1)[0]
    return LATIN if counts[LATIN] >= most[1] else most[0]
