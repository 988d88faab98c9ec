"""Bring the spellings that one address may have to one form, by the table that the opener's script uses too.

``templates/assets/folding.json``: characters that cannot be seen ("unseen", ranges for a regular expression), signs
that word processors put in place of others, words written in brackets for a sign, and letters of other scripts with the
Latin letter that they look like, or that their key gives on the Greek keyboard.
"""

from __future__ import annotations

import json
import re
import unicodedata

from site_src.folders import TEMPLATES

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


class _Parting(dict[int, str | None]):
    """For ``str.translate``: hyphens as spaces, and marks such as accents gone."""

    def __missing__(self, code: int) -> str | None:
        self[code] = None if unicodedata.category(chr(code))[0] == "M" else chr(code)
        return self[code]


_PARTING = _Parting(dict.fromkeys(map(ord, "-'"), " "))


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
