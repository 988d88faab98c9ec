"""Characters that cannot be seen in a cell, and what they are called."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.folding import KEYS, LOOKS, UNSEEN
from site_src.language.say import say, say_either

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = re.compile("[\x00-\x7f\u00a1-\u00ac\u00ae-\u02ff\u0370-\u03ff\u1f00-\u1fff]*")  # Latin and Greek: all is seen
# Unicode's names of those that spreadsheets hold now and then; listed so that the catalogues have them.
NAMED = (
    N_("no-break space"),
    N_("narrow no-break space"),
    N_("thin space"),
    N_("ideographic space"),
    N_("soft hyphen"),
    N_("zero width space"),
    N_("zero width non-joiner"),
    N_("zero width joiner"),
    N_("zero width no-break space"),
    N_("word joiner"),
    N_("left-to-right mark"),
    N_("right-to-left mark"),
)
_WHITE = {" ", "\t", "\n", "\r"}  # a person types these; they part words and are no surprise


@cache
def is_odd_space(character: str) -> bool:
    """Whether it is a space that no plain key types: no-break, thin, ideographic."""
    return unicodedata.category(character) in {"Zs", "Zl", "Zp"} and character not in _WHITE


@cache
def is_zero_width(character: str) -> bool:
    """Whether it draws nothing and takes no room: zero-width spaces, soft hyphens, byte-order and direction marks."""
    return bool(UNSEEN.fullmatch(character))


def unseen_in(text: str) -> list[str]:
    """The odd spaces and zero-width characters of a text, in order."""
    return [] if _PLAIN.fullmatch(text) else [c for c in text if is_odd_space(c) or is_zero_width(c)]


def without_unseen(text: str) -> str:
    """The text with odd spaces as plain ones and without zero-width characters."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(" " if is_odd_space(c) else c for c in text if not is_zero_width(c))


def controls_in(text: str) -> list[str]:
    """The control characters of a text, other than tab and line ends."""
    return (
        []
        if text.isprintable()
        else [c for c in text if unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in _WHITE]
    )


def describe(characters: Iterable[str]) -> str:
    """The characters by their Unicode names, each once: «2 × no-break space, zero width space»."""
    counts = Counter(characters)
    return ", ".join(f"{count} × {name_of(c)}" if count > 1 else name_of(c) for c, count in counts.items())


def name_of(character: str) -> str:
    """The character's name in the language of the commands, its Unicode name in small letters, or its number."""
    return say(unicodedata.name(character, f"U+{ord(character):04X}").lower())


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
