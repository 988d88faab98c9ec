from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from site_src.files.disk import carry_over, make_public_folder, write_public
from tests.support.systems import posix_only


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a page."""
    write_public(tmp_path / "dist" / "index.html", b"old")
    return tmp_path / "dist"


def test_a_file_is_carried_over_with_its_bytes_and_mode(site: Path) -> None:
    """An unchanged letter costs no copy; where files cannot have two names it is copied."""
    source, target = site / "index.html", site.with_name("staged") / "a" / "b" / "index.html"
    carry_over(source, target)
    assert target.samefile(source)
    write_public(source.with_name("401.html"), b"new")
    assert target.read_bytes() == b"old"


@posix_only("Windows has no such modes")
def test_where_there_are_no_links_a_file_is_copied(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without hard links a carried file is a copy that the web server can read."""

    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    target = site.with_name("staged") / "index.html"
    carry_over(site / "index.html", target)
    assert target.read_bytes() == b"old"
    assert not target.samefile(site / "index.html")
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


@posix_only("Windows has no such file modes")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o777, 0o4755])
def test_what_is_carried_over_has_the_mode_of_a_public_file(mode: int, site: Path) -> None:
    """A restore under a umask of 077 leaves archives that the web server cannot read; the next build opens them."""
    source, target = site / "index.html", site.with_name("staged") / "a" / "index.html"
    source.chmod(mode)
    carry_over(source, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert target.samefile(source)


@posix_only("Windows has no such file modes")
def test_a_file_of_another_user_is_copied(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its mode cannot be changed, so the new site gets a file of its own."""
    source, target = site / "index.html", site.with_name("staged") / "index.html"
    source.chmod(0o600)
    change = Path.chmod

    def refuse(path: Path, mode: int) -> None:
        if path.samefile(source):
            raise PermissionError(1, "Operation not permitted")
        change(path, mode)

    monkeypatch.setattr(Path, "chmod", refuse)
    carry_over(source, target)
    assert target.read_bytes() == b"old"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


@posix_only("Windows has no such modes")
def test_making_a_folder_leaves_those_above_the_site_alone(tmp_path: Path) -> None:
    """Folders that were there keep their modes."""
    tmp_path.chmod(0o700)
    make_public_folder(tmp_path / "dist" / "files")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "dist").stat().st_mode) == 0o755


@posix_only("the root of Windows has another name")
def test_a_drive_that_is_not_there_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has drives without a folder above them: whoever names one that is not there is told so."""
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    with pytest.raises(OSError, match="'/'"):
        make_public_folder(Path("/dist/files"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@posix_only("Windows has no such file as /dev/full")
def test_a_full_disk_is_told_with_the_file() -> None:
    """A write that fails names its file, which the system does not."""
    with pytest.raises(OSError, match="'/dev/full'"):
        write_public(Path("/dev/full"), b"x")
