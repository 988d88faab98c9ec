"""The gettext catalogues: every text of pages, letters and commands in each language."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parent / "locale"
DOMAIN = "thyrida"
SOURCE_LANGUAGE = "en"  # the language of the message ids
LANGUAGES = ("el", "en")


def N_(message: str) -> str:  # noqa: N802 (gettext's usual name, which the extraction looks for)
    """Mark a text for the catalogue that is translated later."""
    return message


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue, which tests/catalogue.py keeps in step with the texts beside it."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)
