"""Brings each language's catalogue into step with templates and code: ``python tests/catalogue.py``.

New texts are added without a translation, unused ones leave. Write what is missing, then run this again: it compiles
what was written. test_words.py checks both.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from babel.messages.catalog import Catalog  # noqa: E402 (a script's own folder comes first on its path)
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir  # noqa: E402
from babel.messages.mofile import write_mo  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402

from site_src.folders import read_table  # noqa: E402
from site_src.language.catalogues import CATALOGUES, DOMAIN  # noqa: E402

GREEK = CATALOGUES / "el" / "LC_MESSAGES" / f"{DOMAIN}.po"
COMPILED = GREEK.with_suffix(".mo")
SOURCES = (
    ("templates", "**.html", "jinja2"),
    ("templates", "**.toml", "jinja2"),
    ("site_src", "**.py", "python"),
    (".", "build.py", "python"),
)
OTHERS = "others.toml"  # a table of texts
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None, "say_many": (1, 2)}


def texts(root: Path = ROOT) -> Catalog:
    """Return every text of templates and code, with the files that hold it."""
    found = Catalog()
    for folder, pattern, method in SOURCES:
        for file, _, text, _, _ in extract_from_dir(root / folder, [(pattern, method)], keywords=KEYWORDS):
            found.add(text, locations=[(f"{folder}/{file}".removeprefix("./"), 0)])
    for part in read_table("site_src.language", OTHERS).values():
        for text in part.values() if isinstance(part, dict) else part:
            found.add(text, locations=[(f"site_src/language/{OTHERS}", 0)])
    return found


def greek() -> Catalog:
    """Return the Greek catalogue as it is written."""
    return written(GREEK, "el")


def written(path: Path, language: str) -> Catalog:
    """Return a catalogue as it is written; an empty one where a language begins."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def main() -> None:
    """Write each catalogue anew, compile it, and say what is missing."""
    found = texts()
    for folder in sorted(CATALOGUES.glob("*/")):
        path = folder / "LC_MESSAGES" / GREEK.name
        path.parent.mkdir(exist_ok=True)
        catalogue = written(path, folder.name)
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=False)
        path.with_suffix(".mo").write_bytes(compiled(written(path, folder.name)))
        missing = [message.id for message in catalogue if message.id and not any(message.string or ())]
        print(f"{folder.name}: {len(missing)} texts have no translation yet")


if __name__ == "__main__":
    main()
