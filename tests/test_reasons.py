from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.reasons import reason
from site_src.say import speak, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """The language is put back after each test."""
    before = spoken()
    yield
    speak(before)


def _refused(path: Path) -> OSError:
    with pytest.raises(OSError, match=path.name) as caught:
        path.read_bytes()
    return caught.value


def test_the_system_speaks_greek(tmp_path: Path) -> None:
    """A missing file, a name that is too long and a folder are told without an English word."""
    missing, long = _refused(tmp_path / "none"), _refused(tmp_path / ("x" * 300))
    assert reason(missing) == "No such file or directory"
    speak("el")
    assert reason(missing) == "δεν υπάρχει τέτοιο αρχείο ή φάκελος"
    assert reason(long) == "το όνομα είναι πολύ μακρύ"


def test_what_is_not_listed_stays() -> None:
    """A rare reason is told in the system's own words rather than not at all."""
    speak("el")
    assert reason(OSError(99_999, "Rare trouble")) == "Rare trouble"
    assert reason(OSError("no number")) == "no number"
