"""The gettext catalogues: every text of pages, letters and commands in each language."""

from __future__ import annotations

import gettext
import pkgutil
from functools import cache
from io import BytesIO
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
    data = pkgutil.get_data(__name__, f"locale/{language}/LC_MESSAGES/{DOMAIN}.mo")  # in a ZIP too, as activate.py is
    return gettext.GNUTranslations(BytesIO(data or b""))
