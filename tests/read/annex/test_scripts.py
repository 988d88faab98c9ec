from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.read.annex.unseen import foreign_letters, latin_for, script_of


@pytest.mark.parametrize("part", ["thira", "δήμος", "димос", "josé", "a-1_b", ""])
def test_a_part_in_one_script_is_believed(part: str) -> None:
    """Words that are Latin, or recognisably Greek or Cyrillic, hold no foreign letter."""
    assert foreign_letters(part, 1) == ()


@pytest.mark.parametrize(
    ("part", "letters"), [("thirα", "α"), ("ΟΤΑ", "ΟΤΑ"), ("dіmоs", "іо"), ("δήμοsς", "s"), ("ａb", "ａ")]
)
def test_letters_out_of_place_are_found(part: str, letters: str) -> None:
    """The letters of the lesser script are foreign, and all of a word that passes for Latin."""
    assert "".join(found.letter for found in foreign_letters(part, 1)) == letters


def test_places_count_from_the_start_that_is_given() -> None:
    """The position is that in the whole address."""
    assert [found.position for found in foreign_letters("bα", 10)] == [11]


@pytest.mark.parametrize(
    ("letter", "meant"),
    [("Α", ("A",)), ("ν", ("v", "n")), ("ά", ("a",)), ("о", ("o",)), ("λ", ("l",)), ("ａ", ("a",)), ("ж", ())],
)
def test_the_latin_letter_meant(letter: str, meant: tuple[str, ...]) -> None:
    """By its look first, then by its key on the Greek keyboard."""
    assert latin_for(letter) == meant


@given(st.text())
def test_foreign_letters_are_where_they_are_said_to_be(part: str) -> None:
    """Each letter stands at its position, and Latin ones are never foreign in a part that is mostly Latin."""
    for found in foreign_letters(part, 1):
        assert part[found.position - 1] == found.letter
        assert script_of(found.letter)
        assert str(found)
