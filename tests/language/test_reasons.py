from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from site_src.language.say import reason, remedy
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("in_greek")


class RefusedByWindowsError(PermissionError):
    """As Windows refuses; only there has the exception a number of the system's own."""

    winerror = 0


def refused_by_windows(code: int, text: str) -> OSError:
    """Return an error with a number of Windows, on any system."""
    kind = type("RefusedError", (RefusedByWindowsError,), {"winerror": code})
    error = kind(errno.EACCES, text)
    assert isinstance(error, OSError)
    return error


def _refused(path: Path) -> OSError:
    with pytest.raises(OSError, match=path.name) as caught:
        path.read_bytes()
    return caught.value


@posix_only("Windows has other reasons for a long name")
def test_the_system_speaks_greek(tmp_path: Path) -> None:
    """A missing file, a name that is too long and a folder are told without an English word."""
    missing, long = _refused(tmp_path / "none"), _refused(tmp_path / ("x" * 300))
    assert reason(missing) == "δεν υπάρχει τέτοιο αρχείο ή φάκελος"
    assert reason(long) == "το όνομα είναι πολύ μακρύ"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(32, "το έχει ανοικτό άλλο πρόγραμμα"), (10048, "τη θύρα τη χρησιμοποιεί ήδη άλλο πρόγραμμα")],
)
def test_windows_own_words_are_not_needed(number: int, expected: str) -> None:
    """Windows tells its reasons in its own language: its numbers say them in that of the command."""
    error = refused_by_windows(number, "Windows Error 0x2740")
    assert reason(error) == expected


@pytest.mark.parametrize("code", [5, 32])
def test_a_file_that_is_open_in_excel_is_closed_first(code: int) -> None:
    """Windows refuses both what is open elsewhere and what is not allowed: the program that has it open comes first."""
    error = refused_by_windows(code, "Access is denied")
    assert "άλλο πρόγραμμα" in reason(error)
    assert remedy(error).startswith("κλείστε")
    assert "Excel" in remedy(error)


def test_a_file_that_windows_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python gives no number of Windows where open() fails: a folder, a name with a star, a file in use."""
    monkeypatch.setattr("site_src.language.say.ON_WINDOWS", True)
    assert reason(OSError(errno.EACCES, "Permission denied", str(tmp_path))) == "είναι φάκελος"
    assert reason(OSError(errno.EINVAL, "Invalid argument", "nosuch*")) == "δεν υπάρχει τέτοιο αρχείο ή φάκελος"
    assert "άλλο πρόγραμμα" in reason(OSError(errno.EACCES, "Permission denied", str(tmp_path / "a.xlsx")))


def test_what_is_not_listed_stays() -> None:
    """A rare reason is told in the system's own words rather than not at all."""
    assert reason(OSError(99_999, "Rare trouble")) == "Rare trouble"
    assert reason(OSError("no number")) == "no number"
