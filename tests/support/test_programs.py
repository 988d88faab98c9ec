from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import programs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on whose PATH nothing stands."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("_bare")
@pytest.mark.parametrize(("in_ci", "ending"), [(False, pytest.skip.Exception), (True, pytest.fail.Exception)])
def test_a_missing_program_skips_and_fails_in_ci(
    in_ci: bool,  # noqa: FBT001 (a case)
    ending: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reason names the program and the package that brings it; CI takes no skip for an answer."""
    monkeypatch.setattr(programs, "IN_CI", in_ci)
    with pytest.raises(ending, match=r"bsdtar is not installed \(Debian's package: libarchive-tools\)"):
        programs.installed("bsdtar")
    assert "libarchive-tools" in programs.missing_packages()


def test_any_program_of_a_package_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that a system has under another name is run."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "7zz").touch(mode=0o755)
    assert programs.installed("7z") == str(tmp_path / "7zz")
    assert "7zip" not in programs.missing_packages()
