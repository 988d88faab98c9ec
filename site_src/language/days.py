"""Days as each language writes them, on the standard library alone: ``activate`` has nothing else on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.catalogues import N_, catalogue

if TYPE_CHECKING:
    from datetime import date

DATE_FORMS = {
    "long": "{day} {month} {year}",
    "full": "{weekday}, {day} {month} {year}",
    "day": "{day} {month}",
    "short": "{day}-{number}-{year}",
}

# As they stand behind the number of a day: in Greek, in the genitive.
MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def day_text(day: date, language: str, form: str = "long") -> str:
    """A day: «1 Δεκεμβρίου 2020». ``form`` is one of ``DATE_FORMS``; another raises ValueError."""
    if form not in DATE_FORMS:
        raise ValueError(f"there is no form of a date named {form!r}: expected one of {', '.join(DATE_FORMS)}")
    words = catalogue(language).gettext
    month, weekday = words(MONTHS[day.month - 1]), words(WEEKDAYS[day.weekday()])
    return DATE_FORMS[form].format(day=day.day, month=month, number=day.month, year=day.year, weekday=weekday)
