"""Days as each language writes them, on the standard library alone: ``activate`` has nothing else on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.catalogues import N_, catalogue

if TYPE_CHECKING:
    import gettext
    from datetime import date

DATE_FORMS = {
    "long": "{day} {month} {year}",
    "full": "{weekday}, {day} {month} {year}",
    "day": "{day} {month}",
    "short": "{day}-{number}-{year}",
    "by": "by {day} {month} {year}",
    "until": "until {day} {month} {year}",
    "on": "on {day} {month} {year}",
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
    """Return a day in words: «1 Δεκεμβρίου 2020». ``form`` is one of ``DATE_FORMS``; another raises ValueError."""
    if form not in DATE_FORMS:
        raise ValueError(f"there is no form of a date named {form!r}: expected one of {', '.join(DATE_FORMS)}")
    words = catalogue(language)
    month, weekday = words.gettext(MONTHS[day.month - 1]), words.gettext(WEEKDAYS[day.weekday()])
    text = _with_preposition(words, day.day).get(form, DATE_FORMS[form])
    return text.format(day=day.day, month=month, number=day.month, year=day.year, weekday=weekday)


def _with_preposition(words: gettext.NullTranslations, day: int) -> dict[str, str]:
    """Return the forms that begin with a preposition: Greek has an article there, and the first of a month its own."""
    return {
        "by": words.ngettext("by {day} {month} {year}", "by {day} {month} {year}", day),
        "until": words.ngettext("until {day} {month} {year}", "until {day} {month} {year}", day),
        "on": words.ngettext("on {day} {month} {year}", "on {day} {month} {year}", day),
    }
