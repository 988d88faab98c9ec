"""Numbers and lists as each language writes them, for pages, letters and commands alike."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCALES = {"en": "en_GB", "el": "el_GR"}


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


def number_text(number: float, language: str) -> str:
    """A number with its digits in groups: «1.097»."""
    return format_decimal(number, locale=_locale(language))


def list_text(names: Sequence[str], language: str) -> str:
    """Names in a sentence: «Α, Β και Γ»."""
    return format_list(list(names), locale=_locale(language))
