"""Bring the spellings that one address may have to one form, by the table that the opener's script uses too.

Also find and name the characters of a text that cannot be seen.

``templates/assets/folding.json``: characters that cannot be seen ("unseen", ranges for a regular expression), signs
that word processors put in place of others, words written in brackets for a sign, and letters of other scripts with the
Latin letter that they look like, or that their key gives on the Greek keyboard.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from site_src.folders import TEMPLATES
from site_src.language.greek import Table
from site_src.language.say import say

_TABLE = json.loads((TEMPLATES / "assets" / "folding.json").read_text(encoding="utf-8"))
_WORDS = {word: sign for sign, words in _TABLE["words"].items() for word in words}

UNSEEN = re.compile(f"[{_TABLE['unseen']}]")
SIGNS: dict[str, str] = {odd: sign for sign, odds in _TABLE["signs"].items() for odd in odds}
LOOKS: dict[str, str] = dict(zip(*_TABLE["looks"], strict=True))
KEYS: dict[str, str] = dict(zip(*_TABLE["keys"], strict=True))

_ODD = re.compile(f"[{_TABLE['unseen']}{''.join(SIGNS)}]")
_OPENING, _CLOSING = _TABLE["brackets"]
_WORD = re.compile(rf"[{_OPENING}]\s*(?i:({'|'.join(_WORDS)}))\s*[{_CLOSING}]")
_LATIN = [str.maketrans(letters) for letters in (LOOKS, KEYS)]


def _written(sign: str) -> str:
    """Return a pattern for the words that are written for a sign, with blanks and what cannot be seen in them."""
    gap = rf"[\s{_TABLE['unseen']}]*+"
    words = "|".join(gap.join(word) for word in _TABLE["words"][sign])
    return rf"{gap}(?i:{words}){gap}[{_CLOSING}]"


# The part of an address from its "@", in whatever form, and all that a host may be written with.
AT = re.compile(
    rf"[@\uff20\ufe6b{_OPENING}](?:(?<=[@\uff20\ufe6b])|{_written('@')})"
    rf"((?:[^\0-\x08!-,/:-@\[-^`{{-\x7f\ufffd]++|[{_OPENING}]{_written('.')})++)"
)


def _parted(character: str) -> str:
    """Return a hyphen as a space, nothing for a mark such as an accent, or else the character itself."""
    return " " if character in "-'" else "" if unicodedata.category(character)[0] == "M" else character


def _seen(character: str) -> str:
    """Return an odd space as a plain one, nothing for what takes no room, or else the character itself."""
    is_space = unicodedata.category(character) in {"Zs", "Zl", "Zp"}
    return "" if UNSEEN.fullmatch(character) else " " if is_space else character


_PARTING, _VISIBLE = Table(_parted), Table(_seen)
_WHITE = "\t\n\r"  # a person types these; they separate words and are no surprise


def legible(text: str) -> str:
    """Return the text with plain signs, letters of usual width and nothing that cannot be seen."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _ODD.sub(lambda odd: SIGNS.get(odd[0], ""), text))
    return _WORD.sub(lambda word: _WORDS[word[1].casefold()], text)


def latin_forms(text: str) -> list[str]:
    """Return the text legible and in small letters, once by the look of its letters and once by their keys.

    Hyphens and blanks are one space each, since an address that is broken over a line may gain or lose them.
    """
    parted = " ".join(unicodedata.normalize("NFD", legible(text)).translate(_PARTING).split())
    if parted.isascii():
        return [parted.lower()]
    return list(dict.fromkeys(parted.translate(letters).casefold() for letters in _LATIN))


def is_zero_width(character: str) -> bool:
    """Return whether it takes no room: zero-width spaces, soft hyphens, byte-order and direction marks."""
    return not _VISIBLE[ord(character)]


def without_unseen(text: str) -> str:
    """Return the text with odd spaces as plain ones and without zero-width characters."""
    return text if text.isascii() else text.translate(_VISIBLE)


def unseen_in(text: str) -> list[str]:
    """Return the odd spaces and zero-width characters of a text, in order."""
    return [c for c in text if c != _VISIBLE[ord(c)]]


def controls_in(text: str) -> list[str]:
    """Return the control characters of a text, other than tab and line ends."""
    return [c for c in text if unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in _WHITE]


def describe(characters: Iterable[str]) -> str:
    """Return the characters by their Unicode names, each once: «2 × no-break space, zero width space»."""
    counts = Counter(characters)
    return ", ".join(f"{count} × {name_of(c)}" if count > 1 else name_of(c) for c, count in counts.items())


def name_of(character: str) -> str:
    """Return the character's name in the language of the commands, its Unicode name, or its number."""
    return say(unicodedata.name(character, f"U+{ord(character):04X}").lower())
