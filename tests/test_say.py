from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.say import language_of, say, say_day, say_list, say_many, speak, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """The language is put back after each test."""
    before = spoken()
    yield
    speak(before)


def test_a_text_is_said_in_the_chosen_language() -> None:
    """The same text comes out in English or Greek, with its values in place, whatever signs they hold."""
    assert say("Written: {path}", path="{a}") == "Written: {a}"
    speak("el")
    assert say("Written: {path}", path="{a}") == "Γράφτηκε: {a}"
    assert say_many("{number} error", "{number} errors", 1) == "1 σφάλμα"
    assert say_many("{number} error", "{number} errors", 2) == "2 σφάλματα"


def test_days_and_lists_are_as_people_write_them() -> None:
    """A day has its month in words, and a list ends with "and"; nothing is said for an empty text."""
    assert (say_day(date(2020, 12, 1)), say_list(["a", "b", "c"]), say("")) == ("1 December 2020", "a, b and c", "")
    speak("el")
    assert (say_day(date(2020, 12, 1)), say_list(["a", "b", "c"]), say("")) == ("1 Δεκεμβρίου 2020", "a, b και c", "")


def test_what_decides_the_language(tmp_path: Path) -> None:
    """The option wins over site.toml, and that over the machine's locale; an unknown locale speaks English."""
    greek_machine = {"LC_ALL": "", "LANG": "el_GR.UTF-8"}
    assert language_of("", tmp_path, greek_machine) == "el"
    assert language_of("", tmp_path, {"LC_ALL": "C", "LANG": "el_GR.UTF-8"}) == "en"
    assert language_of("", tmp_path, {"LANG": "fr_FR.UTF-8"}) == "en"
    (tmp_path / "site.toml").write_text('language = "en"\n', encoding="utf-8")
    assert language_of("", tmp_path, greek_machine) == "en"
    assert language_of("el", tmp_path, greek_machine) == "el"


@pytest.mark.parametrize("text", ['language = "fr"', "language = 1", "language =", "[" * 5000, "\udcff"])
def test_a_bad_site_file_falls_back_to_the_machine(tmp_path: Path, text: str) -> None:
    """Whatever is wrong in site.toml is told elsewhere; here the machine's locale decides."""
    (tmp_path / "site.toml").write_bytes(text.encode(errors="surrogateescape"))
    assert language_of("", tmp_path, {"LANG": "el_GR.UTF-8"}) == "el"
