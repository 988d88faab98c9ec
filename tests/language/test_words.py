from __future__ import annotations

import ast
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.catalogues import KINDS, NBSP, Words
from site_src.make.pages import STATES
from site_src.read.agency import Kind, Status
from tests import catalogue
from tests.support.untranslated import english_in

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

DAY = date(2020, 12, 1)
VALUE = re.compile(r"\{\w*\}|%\(\w+\)")  # what a text has filled in


@pytest.fixture(scope="module")
def greek() -> Catalog:
    """The Greek catalogue as it is written."""
    return catalogue.greek()


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def test_every_text_is_in_greek(root: Path, greek: Catalog) -> None:
    """No text of a template or of the code is missing in the catalogue, empty or fuzzy; and none there is unused."""
    wanted = {message.id for message in catalogue.texts(root) if message.id}
    known = {message.id: message for message in greek if message.id}
    assert wanted - known.keys() == set()
    assert known.keys() - wanted == set()
    assert [id_ for id_, message in known.items() if message.fuzzy] == []
    assert [id_ for id_, message in known.items() if not all(_texts(message))] == []


def test_no_text_is_hidden_from_the_catalogue(root: Path, greek: Catalog) -> None:
    """A text that is marked within another call, where the catalogue's reader finds none, would stay English."""
    known = {text for message in greek for text in _ids(message)}
    calls = [
        node
        for file in (root / "site_src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"N_", "say", "say_many"}
    ]
    texts = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert texts - known - {""} == set()


def test_sending_has_one_word(greek: Catalog) -> None:
    """«στέλνω» is the word of pages and messages, never «αποστέλλω» beside it."""
    assert [text for message in greek for text in _texts(message) if re.search("ποστ[έε]λλ|ποστ[εέ][ίι]λ", text)] == []


def test_the_compiled_catalogue_is_in_step(greek: Catalog) -> None:
    """The compiled catalogue was made from the texts beside it; tests/catalogue.py does it."""
    assert catalogue.COMPILED.read_bytes() == catalogue.compiled(greek)


def test_translations_keep_their_placeholders(greek: Catalog) -> None:
    """A translation names the same values as the English text."""
    assert [str(error) for message, errors in greek.check() for error in errors] == []
    for message in greek:
        wanted = {name for text in _ids(message) for name in VALUE.findall(text)}
        assert all(set(VALUE.findall(text)) == wanted for text in _texts(message) if message.id), message.id


@pytest.mark.parametrize("folder", ["annex", "new"])
def test_no_english_is_left_in_greek_messages(greek: Catalog, folder: str) -> None:
    """Greek messages of these folders have no English word but names of programs, formats and keys."""
    here = [message for message in greek if any(f"/{folder}/" in file for file, _ in message.locations)]
    assert here
    assert [text for message in here for text in _texts(message) if english_in(VALUE.sub("", text))] == []


@given(st.dates(), st.sampled_from([("el", "el_GR"), ("en", "en_GB")]))
def test_days_are_those_of_unicodes_data(day: date, language: tuple[str, str]) -> None:
    """Our own months and weekdays equal Unicode's, for which a server without packages has no library."""
    short, locale = language
    patterns = {"long": "d MMMM y", "full": "EEEE, d MMMM y", "day": "d MMMM", "short": "d-M-y"}
    for form, pattern in patterns.items():
        assert Words(short).date(day, form) == format_date(day, pattern, locale=locale)


def test_dates_are_as_people_write_them() -> None:
    """Greek dates have the month in the genitive; each form of a date works in both languages."""
    assert Words("el").date(DAY) == "1 Δεκεμβρίου 2020"
    assert Words("en").date(DAY) == "1 December 2020"
    assert Words("el").date(DAY, "day") == "1 Δεκεμβρίου"
    assert Words("el").date(DAY, "full") == "Τρίτη, 1 Δεκεμβρίου 2020"
    assert Words("el").date(DAY, "short") == "1-12-2020"
    assert Words("el").date(date.max, "by") == "-", "a day that is missing"
    with pytest.raises(ValueError, match="long, full, day, short, by, until, on, the"):
        Words("el").date(DAY, "none")


def test_the_first_of_a_month_has_its_own_article() -> None:
    """With a preposition a Greek day has its article, and the first of a month is an ordinal."""
    last = date(2020, 11, 30)
    assert [Words("el").date(DAY, form) for form in ("by", "until", "on")] == [
        "έως την 1η Δεκεμβρίου 2020",
        "έως και την 1η Δεκεμβρίου 2020",
        "την 1η Δεκεμβρίου 2020",
    ]
    assert [Words("el").date(last, form) for form in ("by", "on")] == [
        "έως τις 30 Νοεμβρίου 2020",
        "στις 30 Νοεμβρίου 2020",
    ]
    assert [Words("el").date(day, "the") for day in (DAY, last)] == ["την 1η Δεκεμβρίου 2020", "τις 30 Νοεμβρίου 2020"]
    assert Words("en").date(DAY, "until") == "until 1 December 2020"


def test_lists_numbers_and_sizes() -> None:
    """Lists end with «και», digits are grouped, and sizes are those of a file manager."""
    words = Words("el")
    assert words.list(["Α", "Β", "Γ"]) == "Α, Β και Γ"
    assert words.list([]) == ""
    assert Words("en").list("ABC") == "A, B and C"
    assert words.number(1097) == "1.097"
    sizes = [1, 1023, 1024, 25 * 1024 + 300, 1024**2 - 1, int(1.34 * 1024**2), 3 * 1024**4]
    shown = [words.size(size).replace(NBSP, " ") for size in sizes]
    assert shown == ["1 byte", "1.023 bytes", "1 KB", "25 KB", "1 MB", "1,3 MB", "3.072 GB"]


@given(st.integers(min_value=0, max_value=2**50))
def test_a_size_has_at_most_three_digits_before_its_unit_changes(size: int) -> None:
    """Below a terabyte no size shows more than 1,023 of its unit."""
    shown = Words("en").size(size).split(NBSP)[0].split(" ")[0].replace(",", "")
    assert float(shown) < 1024 or size >= 1023 * 1024**3


@pytest.mark.parametrize("language", ["el", "en"])
def test_kinds_and_states_have_words(language: str) -> None:
    """Every kind and state has words of its own; a kind in the annex's own words stays."""
    words = Words(language)
    assert set(KINDS) == set(Kind)
    assert set(STATES) == set(Status)
    assert len({words.kind(kind) for kind in Kind}) == len(Kind)
    assert len({words.gettext(STATES[state]) for state in Status}) == len(Status)
    assert words.kind("Σύνδεσμος") == "Σύνδεσμος"
    assert words.kind("") == ""
