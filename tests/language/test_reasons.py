from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.language.reasons import reason

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("in_greek")


def _refused(path: Path) -> OSError:
    with pytest.raises(OSError, match=path.name) as caught:
        path.read_bytes()
    return caught.value


def test_the_system_speaks_greek(tmp_path: Path) -> None:
    """A missing file, a name that is too long and a folder are told without an English word."""
    missing, long = _refused(tmp_path / "none"), _refused(tmp_path / ("x" * 300))
    assert reason(missing) == "δεν υπάρχει τέτοιο αρχείο ή φάκελος"
    assert reason(long) == "το όνομα είναι πολύ μακρύ"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(32, "το έχει ανοιχτό άλλο πρόγραμμα"), (10048, "τη θύρα τη χρησιμοποιεί ήδη άλλο πρόγραμμα")],
)
def test_windows_own_words_are_not_needed(number: int, expected: str) -> None:
    """Windows tells its reasons in its own language: its numbers say them in that of the command."""
    error = OSError(13, "Windows Error 0x2740")
    vars(error)["winerror"] = number
    assert reason(error) == expected


def test_what_is_not_listed_stays() -> None:
    """A rare reason is told in the system's own words rather than not at all."""
    assert reason(OSError(99_999, "Rare trouble")) == "Rare trouble"
    assert reason(OSError("no number")) == "no number"
