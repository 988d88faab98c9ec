"""Write the language of pages and letters: interface texts, dates, numbers, sizes and lists as people do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.catalogues import N_, catalogue, day_text, list_text, number_text
from site_src.read.agency import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

KILO = 1024  # as file managers count
UNITS = ("KB", "MB", "GB")
NBSP = "\N{NO-BREAK SPACE}"

KINDS = {
    Kind.DECENTRALISED_ADMINISTRATION: N_("Decentralised administration"),
    Kind.REGION: N_("Region"),
    Kind.MUNICIPALITY: N_("Municipality"),
    Kind.LEGAL_ENTITY: N_("Legal entity"),
}


class Words:
    """One language: ``el`` or ``en``."""

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
        """Return a day: «1 Δεκεμβρίου 2020». ``form`` is one of those of ``day_text``; another raises ValueError."""
        return day_text(day, self.language, form)

    def number(self, n: float) -> str:
        """Return a number with its digits in groups: «1.097»."""
        return number_text(n, self.language)

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
        return list_text(names, self.language)

    def kind(self, kind: str) -> str:
        """Return a kind of agency in words; the annex's own words stay."""
        return self.gettext(KINDS[Kind(kind)]) if kind in KINDS else kind
