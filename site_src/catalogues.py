"""The gettext catalogues: every text of pages, letters and commands in each language."""

from __future__ import annotations

import gettext
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
    """The compiled catalogue; made in memory, since a compiled file would have to be kept in step by hand."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 (imported only when used)
    from babel.messages.pofile import read_po  # noqa: PLC0415 (imported only when used)

    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
