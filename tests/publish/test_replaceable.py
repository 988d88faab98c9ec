from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_src.problems import StateError, UsageError
from site_src.publish import publish
from site_src.publish.publish import GENERATOR, check_out
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return the path of the site to be; its name has a blank and Greek letters."""
    return tmp_path / "ο ιστότοπος"


def make_site(out: Path) -> None:
    """A site as a build leaves it."""
    out.mkdir()
    (out / "index.html").write_bytes(b"<!doctype html>" + GENERATOR)
    (out / "files").mkdir()


def test_an_absent_or_empty_folder_and_our_own_site_may_be_replaced(out: Path) -> None:
    """Nothing yet, an empty folder, and what a build left are all fine."""
    check_out(out)
    out.mkdir()
    check_out(out)
    out.rmdir()
    make_site(out)
    check_out(out)


def test_a_file_in_the_sites_place_is_refused(out: Path) -> None:
    """A file with the site's name is not replaced."""
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="is a file"):
        check_out(out)


@pytest.mark.parametrize("home", [None, b"<html>my own site</html>", b""])
def test_a_folder_that_is_not_ours_is_refused(home: bytes | None, out: Path) -> None:
    """Somebody's files, with or without a home page, are never taken for a site of ours."""
    out.mkdir()
    (out / "thesis.docx").write_bytes(b"years of work")
    if home is not None:
        (out / "index.html").write_bytes(home)
    with pytest.raises(UsageError, match="did not make") as caught:
        check_out(out)
    assert "--out" in caught.value.hint


def lay(out: Path, name: str) -> Path:
    """A file somewhere in the site."""
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        ".git/config",
        "help/mine.txt",
        "assets/logo.png",
        "files/2020-11/old.bak",
        "files/2020-11/012345678901/index.html~",
        "files/2020-11/012345678901/112345678901.zip",
        "files/2020-11/01234567890/01234567890.zip",
        "files/2020-11/mine/012345678901.zip",
        "circulars/old.pdf",
        ".well-known/copy.zip",
        "deep/robots.txt",
    ],
)
def test_a_strangers_file_in_our_site_is_named(name: str, out: Path) -> None:
    """A file that somebody put into the site is named wherever it is, since it would be lost."""
    make_site(out)
    lay(out, name)
    with pytest.raises(StateError, match=re.escape(name)):
        check_out(out)


def test_a_page_of_an_earlier_build_is_no_strangers_file(out: Path) -> None:
    """A page whose text has left pages/ goes with the next build; one that no build made is named."""
    make_site(out)
    lay(out, "terms/index.html").write_bytes(b"<!doctype html>" + GENERATOR)
    check_out(out)
    lay(out, "shop/index.html")
    with pytest.raises(StateError, match=r"lose: shop/index\.html$"):
        check_out(out)


def test_of_many_strangers_some_are_named(out: Path) -> None:
    """Five are enough to know what is meant, with the number of the others."""
    make_site(out)
    for number in range(7):
        lay(out, f"help/{number}.txt")
    with pytest.raises(StateError, match=r"help/4\.txt and 2 more$"):
        check_out(out)


@pytest.mark.parametrize(
    "name",
    [
        "404.html",
        "accessibility/index.html",
        "assets/zip-9ae47acd.js",
        "circulars/2019-05/δελτίο τύπου.pdf",
        "files/2019-05/012345678901/012345678901.zip",
        "files/2019-05/012345678901/index.html",
        "files/2019-05/mine/index.html",
        "files/2019-05/index.html",
        ".well-known/acme-challenge/x",
        "favicon.ico",
        "robots.txt",
        "help/.DS_Store",
    ],
)
def test_what_builds_made_once_is_no_strangers_file(name: str, out: Path) -> None:
    """Files of former campaigns and agencies and of earlier versions may go, and the administrator's stay."""
    make_site(out)
    lay(out, name).write_bytes(GENERATOR)
    check_out(out)


@posix_only("a link needs a right of its own on Windows")
def test_a_link_is_a_strangers_file(out: Path) -> None:
    """It cannot stay, for it may lead anywhere, and what it leads to would be missed."""
    make_site(out)
    (out / "robots.txt").symlink_to("/srv/robots.txt")
    with pytest.raises(StateError, match=r"robots\.txt"):
        check_out(out)


@pytest.mark.parametrize("name", [".DS_Store", "._index.html", "Thumbs.db", "desktop.ini"])
def test_looking_into_the_site_is_no_change_of_it(name: str, out: Path) -> None:
    """Files that Finder and Explorer leave in an opened folder do not stop the next build."""
    out.mkdir()
    (out / name).touch()
    check_out(out)
    (out / name).unlink()
    out.rmdir()
    make_site(out)
    (out / name).touch()
    check_out(out)


@posix_only("a link needs a right of its own on Windows")
def test_a_link_in_the_sites_place_is_refused(out: Path, tmp_path: Path) -> None:
    """A link would be replaced by a folder: the hint names the folder that it leads to."""
    (tmp_path / "www").mkdir()
    out.symlink_to(tmp_path / "www", target_is_directory=True)
    with pytest.raises(UsageError, match="symbolic link") as caught:
        check_out(out)
    assert str(tmp_path / "www") in caught.value.hint


def test_the_root_of_a_disk_is_refused(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk cannot be swapped for another folder: it is told before anything is made."""
    make_site(out)
    monkeypatch.setattr("os.path.ismount", lambda path: path == out)
    with pytest.raises(UsageError, match="a disk or a share"):
        check_out(out)


def test_a_folder_that_is_bound_to_another_is_refused(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux tells of a bound folder of the same disk in its list of mounts alone, with blanks as octal escapes."""
    make_site(out)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 /srv/www " + str(out).replace(" ", r"\040") + " rw - ext4 /dev/sda1 rw\n", encoding="utf-8"
    )
    check_out(out)
    monkeypatch.setattr(publish, "MOUNTS", mounts)
    with pytest.raises(UsageError, match="a disk or a share"):
        check_out(out)
