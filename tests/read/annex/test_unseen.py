from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.read.annex.unseen import controls_in, describe, is_zero_width, unseen_in, without_unseen

ZERO_WIDTH = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\ufe0f", "\u034f"]
ODD_SPACES = ["\u00a0", "\u2007", "\u202f", "\u3000", "\u2028"]


@pytest.mark.parametrize("mark", ZERO_WIDTH)
def test_zero_width_marks_go(mark: str) -> None:
    """What takes no room is taken away."""
    assert unseen_in(f"α{mark}β") == [mark]
    assert without_unseen(f"α{mark}β") == "αβ"


@pytest.mark.parametrize("space", ODD_SPACES)
def test_odd_spaces_become_plain_ones(space: str) -> None:
    """What parts words still does."""
    assert unseen_in(f"α{space}β") == [space]
    assert without_unseen(f"α{space}β") == "α β"


@given(st.text())
def test_what_remains_can_be_seen(text: str) -> None:
    """After cleaning there is nothing left to clean, and letters are as they were."""
    clean = without_unseen(text)
    assert unseen_in(clean) == []
    assert [c for c in clean if c.isalnum()] == [c for c in text if c.isalnum() and not is_zero_width(c)]


def test_control_characters_are_found() -> None:
    """All but tab and line ends."""
    assert controls_in("a\tb\r\nc\x00\x07\x85") == ["\x00", "\x07", "\x85"]
    assert controls_in("Δήμος Θήρας «<<ΘΕΣΣΑΛΩΜΑ>>»") == []


def test_a_description_counts_each_kind_once() -> None:
    """Names are Unicode's; what has none is told by number."""
    assert describe("\u00a0\u200b\u00a0") == "2 × no-break space, zero width space"
    assert describe("\x07") == "u+0007"
