"""The texts of pages, letters and commands in each language (gettext), with its days, numbers and lists.

Nothing but the standard library is imported before it is needed: ``activate`` has nothing else on a server.
"""

from __future__ import annotations

import gettext
import pkgutil
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.folders import templates_of

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

CATALOGUES = Path(__file__).resolve().parent / "locale"
DOMAIN = "thyrida"
SOURCE_LANGUAGE = "en"  # the language of the message ids
LANGUAGES = ("el", "en")
LOCALES = {"en": "en_GB", "el": "el_GR"}

DATE_FORMS = {
    "long": "{day} {month} {year}",
    "full": "{weekday}, {day} {month} {year}",
    "day": "{day} {month}",
    "short": "{day}-{number}-{year}",
}


def N_(message: str) -> str:  # noqa: N802 (gettext's usual name, which the extraction looks for)
    """Mark a text for the catalogue that is translated later."""
    return message


KINDS = {  # of agencies, as site_src/read/agency.py has them
    "decentralised_administration": N_("Decentralised administration"),
    "region": N_("Region"),
    "municipality": N_("Municipality"),
    "legal_entity": N_("Legal entity"),
}

KILO = 1024  # as file managers count
UNITS = ("KB", "MB", "GB")
NBSP = "\N{NO-BREAK SPACE}"

# As they are written behind the number of a day: in Greek, in the genitive.
MONTHS = N_("January February March April May June July August September October November December")
WEEKDAYS = N_("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the compiled catalogue, which tests/catalogue.py keeps in step with the texts beside it."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    data = pkgutil.get_data(__name__, f"locale/{language}/LC_MESSAGES/{DOMAIN}.mo")  # in a ZIP too, as activate.py is
    return gettext.GNUTranslations(BytesIO(data or b""))


class Words:
    """The language of pages and letters, ``el`` or ``en``: texts, dates, numbers, sizes and lists as people do."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def gettext(self, message: str) -> str:
        """Return an interface text; the English one where there is no other."""
        return self._catalogue.gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return an interface text that depends on a number."""
        return self._catalogue.ngettext(one, many, n)

    def date(self, day: date, form: str = "long") -> str:
        """Return a day: «1 Δεκεμβρίου 2020»; a dash for ``date.max``, which stands for a day that is missing.

        Raises ValueError, which names the forms, for another one.
        """
        words = self._catalogue
        forms = DATE_FORMS | {  # Greek has an article here, and the first of a month has its own
            "by": words.ngettext("by {day} {month} {year}", "by {day} {month} {year}", day.day),
            "until": words.ngettext("until {day} {month} {year}", "until {day} {month} {year}", day.day),
            "on": words.ngettext("on {day} {month} {year}", "on {day} {month} {year}", day.day),
            "the": words.ngettext("{day} {month} {year}", "{day} {month} {year}", day.day),
        }
        if form not in forms:
            raise ValueError(", ".join(forms))
        months, weekdays = (words.gettext(names).split() for names in (MONTHS, WEEKDAYS))
        month, weekday = months[day.month - 1], weekdays[day.weekday()]
        text = forms[form].format(day=day.day, month=month, number=day.month, year=day.year, weekday=weekday)
        return "-" if day == date.max else text

    def number(self, n: float) -> str:
        """Return a number with its digits in groups: «1.097»."""
        from babel.numbers import format_decimal

        return format_decimal(n, locale=LOCALES[self.language])

    def size(self, count: int) -> str:
        """Return a file's size in bytes, as file managers show it: «25 KB», «1,3 MB»."""
        if count < KILO:
            return self.ngettext("%(num)s byte", "%(num)s bytes", count) % {"num": self.number(count)}
        power = min(len(UNITS), (count.bit_length() - 1) // 10)
        value = count / KILO**power
        if round(value) >= KILO and power < len(UNITS):  # 1,023.9 KB reads as 1 MB
            power, value = power + 1, 1.0
        shown = round(value) if power == 1 else round(value, 1)
        return self.number(shown) + NBSP + UNITS[power - 1]

    def list(self, names: Sequence[str]) -> str:
        """Return names in a sentence: «Α, Β και Γ»."""
        from babel.lists import format_list

        return format_list(tuple(names), locale=LOCALES[self.language])

    def kind(self, kind: str) -> str:
        """Return a kind of agency in words; the annex's own words stay."""
        return self.gettext(KINDS[kind]) if kind in KINDS else kind

    def templates(self) -> Environment:
        """Return what renders templates in this language: ``_`` translates, filters write days and numbers."""
        environment = templates_of()
        environment.globals["_"] = self._translator()
        environment.filters |= {"date": self.date, "number": self.number}
        return environment

    def _translator(self) -> Callable[..., Markup]:
        """Return ``_`` for templates: texts are markup of ours, values in them are escaped.

        Jinja's own formats every text anew, and took half the time of an agency's page.
        """
        from markupsafe import Markup

        @cache
        def translated(message: str) -> Markup:
            return Markup(self.gettext(message))  # noqa: S704 (a text of the catalogue, which we wrote)

        def translate(message: str, **facts: object) -> Markup:
            return translated(message) % facts if facts else translated(message)

        return translate
