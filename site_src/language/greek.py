"""Read Greek as official documents write it: letters without their accents, and days in all their forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# Capitals that look alike in both scripts; labels are often typed in the wrong one.
_TWINS = dict(zip("abehikmnoptxyz", "αβεηικμνορτχυζ", strict=True))
# Mathematical signs that have a Greek letter's shape, and that Unicode does not relate to it.
_SIGNS = {"∆": "Δ", "∑": "Σ", "∏": "Π"}
_WEEKDAYS = ("δευτερα", "τριτη", "τεταρτη", "πεμπτη", "παρασκευη", "σαββατο", "κυριακη")
_MONTHS = ("ιαν", "φεβ", "μαρ", "απρ", "μαι", "ιουν", "ιουλ", "αυγ", "σεπ", "οκτ", "νοε", "δεκ")

YEARS_OF_TWO_DIGITS, CENTURY = 99, 2000
CAPITALS_LEAST = 5  # fewer are an abbreviation

_DAY = re.compile(
    rf"(?<![\w/.-])(?P<weekday>(?:{'|'.join(_WEEKDAYS)}),?\s+)?(?:"
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"|(?P<day2>\d{1,2})(?:η[νσ]?)?\s?[-–/.]\s?(?P<month2>\d{1,2})\s?[-–/.]\s?(?P<year2>\d{4}|\d\d(?!\.\d))"
    rf"|(?P<day3>\d{{1,2}}|(?P<first>πρωτησ?))\s?(?:η[νσ]?|α)?[\s.-]*(?:του\s+)?(?P<name>{'|'.join(_MONTHS)})"
    # Two digits are a year behind a month that is cut short; «17 Νοεμβρίου 20 φορείς» says how many they are.
    r"(?:[^\W\d_]*\.?[\s.-]*(?:του\s+(?:ετουσ\s+)?)?(?P<year3>\d{4})|[^\W\d_]?\.?[\s.-]*['’΄]?(?P<year4>\d\d))"
    r")(?![\w/-])"
)


class Table(dict[int, str]):
    """Map each character, for ``str.translate``, to what a function makes of it; the function is asked once."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        self[code] = self._of(chr(code))
        return self[code]


def _letter(character: str) -> str:
    letter = _SIGNS.get(character) or unicodedata.normalize("NFKC", character)
    is_greek = len(letter) == 1 and letter.isalpha() and unicodedata.name(letter, "").startswith("GREEK")
    return letter if is_greek else character


def _folded(character: str) -> str:
    base = unicodedata.normalize("NFD", _letter(character))[0].lower()[0]
    return "σ" if base == "ς" else _TWINS.get(base, base)


def _squeezed(character: str) -> str:
    return "".join(c for c in fold(unicodedata.normalize("NFKD", character)) if c.isalnum())


_LETTERS, _FOLDING, _SQUEEZING = Table(_letter), Table(_folded), Table(_squeezed)


def greek_letters(text: str) -> str:
    """Return the text with Greek letters in place of the signs that old PDFs have for them: ∆, µ, Ω, ϕ."""
    return text.translate(_LETTERS)


def fold(text: str) -> str:
    """Return the text in lower case without accents, Latin look-alikes as Greek; as long as the text itself."""
    return text.translate(_FOLDING)


def squeeze(text: str) -> str:
    """Return the text's letters and digits alone, folded: without case, accents, spaces and punctuation."""
    return text.translate(_SQUEEZING)


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return " ".join(text.split())


def starts_in_lower_case(text: str) -> bool:
    """Return whether a line begins as the middle of a sentence does: with a lower-case letter."""
    letter = text.lstrip("(«“\"'")[:1]
    return letter.isalpha() and letter == letter.lower() != letter.upper()


def is_capitals(text: str) -> bool:
    """Return whether all letters are capitals, and there are enough of them to be words."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= CAPITALS_LEAST and all(c == c.upper() for c in letters)


@dataclass(frozen=True)
class DayFound:
    """Hold a day that a text names, its place in the text, and whether the day of the week is before it."""

    day: date
    start: int
    end: int
    has_weekday: bool


def find_days(text: str) -> tuple[DayFound, ...]:
    """Return the days in a text: 30-11-2020, 30/11/20, 30.11.2020, 2020-11-30, «1η Δεκεμβρίου 2020», «17 Νοε 20».

    A day of the week before it is part of it.
    """
    found = (_day_found(match) for match in _DAY.finditer(fold(text)))
    return tuple(day for day in found if day)


def _day_found(match: re.Match[str]) -> DayFound | None:
    part = match.groupdict()
    month = part["month"] or part["month2"] or 1 + _MONTHS.index(part["name"])
    year = int(part["year"] or part["year2"] or part["year3"] or part["year4"])
    try:
        day = date(
            year if year > YEARS_OF_TWO_DIGITS else CENTURY + year,
            int(month),
            int(part["day"] or part["day2"] or (1 if part["first"] else part["day3"])),
        )
    except ValueError:  # there is no 31-2-2020
        return None
    return DayFound(day, match.start(), match.end(), part["weekday"] is not None)


_LATIN = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        ("a", "v", "g", "d", "e", "z", "i", "th", *"iklmnxoprsstyf", "ch", "ps", "o"),
        strict=True,
    )
)


def to_latin(text: str) -> str:
    """Return the text in lower-case Latin letters, without accents."""
    letters = unicodedata.normalize("NFD", greek_letters(text).lower())
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return "".join(_LATIN.get(c, c) for c in plain)
