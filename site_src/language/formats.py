"""Dates, numbers and lists as each language writes them, for pages, letters and commands alike."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

LOCALES = {"en": "en_GB", "el": "el_GR"}

# The forms of a date, as CLDR patterns (Unicode TR 35, part 4): `d MMMM` has the month in the genitive.
DATE_FORMS = {"long": "d MMMM y", "full": "EEEE, d MMMM y", "day": "d MMMM", "short": "d-M-y"}


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


def day_text(day: date, language: str, form: str = "long") -> str:
    """A day: «1 Δεκεμβρίου 2020». ``form`` is one of ``DATE_FORMS``; another raises ValueError."""
    if form not in DATE_FORMS:
        raise ValueError(f"there is no form of a date named {form!r}: expected one of {', '.join(DATE_FORMS)}")
    return format_date(day, DATE_FORMS[form], locale=_locale(language))


def number_text(number: float, language: str) -> str:
    """A number with its digits in groups: «1.097»."""
    return format_decimal(number, locale=_locale(language))


def list_text(names: Sequence[str], language: str) -> str:
    """Names in a sentence: «Α, Β και Γ»."""
    return format_list(list(names), locale=_locale(language))
