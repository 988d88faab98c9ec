"""`verify` finds what lies on the site beside what the build made, such as an archive where another may fetch it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from site_src.folders import archive_path
from site_src.plan.manifest import read_inventory
from site_src.prove.verify import Failure, find_strange
from tests.support.small_site import ROWS, SLUG, SmallSite
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

THIRA, ATTICA, *_ = (row.split(";")[0] for row in ROWS)


@dataclass(frozen=True)
class Amiss:
    """Paths in the site: what the build did not make, what it made and is gone, and what differs from it."""

    intruders: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()

    @classmethod
    def of(cls, failures: Iterable[Failure]) -> Amiss:
        """Sort what was found by what is said about it."""
        found = [(failure.subject, failure.message) for failure in failures]
        starts = ("the last build did not make this file", "it is missing", "it is not the file")
        return cls(*(tuple(name for name, text in found if text.startswith(start)) for start in starts))


NOTHING = Amiss()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """A site with an attachment, built once; tests take copies of it."""
    site = SmallSite(tmp_path_factory.mktemp("built"))
    site.write()
    (site.campaign / "attachments").mkdir()
    (site.campaign / "attachments" / "form.txt").write_text("form")
    site.build()
    return site


@pytest.fixture
def site(built: SmallSite, tmp_path: Path) -> SmallSite:
    """A copy of the built site to spoil."""
    shutil.copytree(built.base, tmp_path / "copy")
    return SmallSite(tmp_path / "copy")


def amiss(site: SmallSite) -> Amiss:
    """Return the failures of the site's files."""
    inventory = read_inventory(site.folders.private)
    assert inventory is not None
    return Amiss.of(find_strange(site.folders, inventory))


def lay(site: SmallSite, place: str) -> None:
    """Copy an archive to another place of the site."""
    path = site.folders.out / place
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(archive_path(site.files, THIRA), path)


def test_all_that_a_build_makes_is_known(site: SmallSite) -> None:
    """Pages, archives and attachments, and those of a second campaign."""
    site.add_campaign("2021-05")
    site.build()
    assert amiss(site) == NOTHING


@pytest.mark.parametrize(
    "place",
    [
        f"files/{SLUG}/{ATTICA}/{THIRA}.zip",
        f"files/{SLUG}/{THIRA}.zip",
        f"files/{SLUG}/999999999999/{THIRA}.zip",
        f"files/{SLUG}/{ATTICA}/letter.pdf",
        f"files/{SLUG}/mine/copy",
        f"circulars/{SLUG}/{THIRA}.zip",
        f"circulars/{SLUG}/annex.csv",
    ],
)
def test_a_file_in_a_campaigns_folder_that_the_build_did_not_make(place: str, site: SmallSite) -> None:
    """An archive that was copied to where another may fetch it is named by its path; so is any other file."""
    lay(site, place)
    assert amiss(site) == Amiss((place,))


@pytest.mark.parametrize(
    "place",
    [
        "copy.zip",
        f"{THIRA}/{THIRA}.ZIP",
        "assets/x.zip",
        "assets/logo.dat",
        "assets/opener.js",
        "assets/opener-12345678.js",
        "help/x.txt",
        "annex.csv",
        ".well-known/x.zip",
        f"files/{THIRA}.zip",
        f"circulars/{THIRA}.zip",
        "files/x/y",
    ],
)
def test_a_file_outside_every_campaign(place: str, site: SmallSite) -> None:
    """A file below no campaign's folder is found as well, under whatever name."""
    lay(site, place)
    assert amiss(site) == Amiss((place,))


@pytest.mark.parametrize("place", [".well-known/security.txt", "robots.txt", "favicon.ico"])
def test_what_administrators_put_there_is_no_intruder(place: str, site: SmallSite) -> None:
    """These names are for others than the build."""
    lay(site, place)
    assert amiss(site) == NOTHING


def test_an_asset_of_an_older_version_is_an_intruder(site: SmallSite) -> None:
    """Its name is like those that the build makes; the next build takes it away."""
    old = site.folders.out / "assets" / "opener-2d711642.js"
    old.write_bytes(b"x")
    assert amiss(site) == Amiss((f"assets/{old.name}",))
    site.build()
    assert amiss(site) == NOTHING
    assert not old.exists()


@posix_only("a link needs a right of its own on Windows")
@pytest.mark.parametrize(
    ("place", "target"),
    [
        (f"files/{SLUG}/{ATTICA}/x", f"../{THIRA}"),
        (f"files/{SLUG}/{ATTICA}/{ATTICA}.zip", f"../{THIRA}/{THIRA}.zip"),
        (f"files/{SLUG}/mine/index.html", "../index.html"),
        ("open", f"files/{SLUG}"),
        ("assets/p", "../../private"),
        (".well-known/p", "../../private"),
        ("robots.txt", "nowhere"),
        (f"circulars/{SLUG}", "moved"),
        ("files", "moved"),
    ],
)
def test_any_link_is_an_intruder(place: str, target: str, site: SmallSite) -> None:
    """To a folder, to a file or to nothing, even in the place of what the build made: it may lead anywhere."""
    path = site.folders.out / place
    if path.is_dir():
        path.rename(path.parent / target)
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(target)
    assert place in amiss(site).intruders


def test_the_command_tells_each_once(site: SmallSite) -> None:
    """With two campaigns an archive beside both is one error, and one in a campaign's folder another."""
    site.add_campaign("2021-05")
    site.build()
    lay(site, f"circulars/{THIRA}.zip")
    lay(site, f"files/2021-05/{ATTICA}/{THIRA}.zip")
    run = site.run("verify", "--lang=en")
    assert run.returncode == 1
    told = "the last build did not make this file: take it away, or build again"
    assert [line for line in run.stderr.splitlines() if line.startswith("error")] == [
        f'error: "circulars/{THIRA}.zip": {told}',
        f'error: "files/2021-05/{ATTICA}/{THIRA}.zip": {told}',
    ]


@pytest.mark.parametrize(
    "place",
    [
        f"circulars/{SLUG}/annex.xlsx",
        f"circulars/{SLUG}/form.txt",
        f"circulars/{SLUG}/index.html",
        f"files/{SLUG}/index.html",
        f"files/{SLUG}/mine/index.html",
        "401.html",
        "assets/opener-*.js",
        "assets/zip-*.js",
        "files/index.html",
        "index.html",
    ],
)
def test_what_all_share_may_be_neither_missing_nor_another(place: str, site: SmallSite) -> None:
    """Pages, scripts, the public annex and attachments are those of the last build, byte for byte."""
    (path,) = site.folders.out.glob(place)
    name = path.relative_to(site.folders.out).as_posix()
    path.write_bytes(b"x")
    assert amiss(site) == Amiss(altered=(name,))
    path.unlink()
    assert amiss(site) == Amiss(missing=(name,))


def test_without_a_site_there_is_nothing_too_many(site: SmallSite) -> None:
    """A site that is gone is missing, and no error of the machine."""
    shutil.rmtree(site.folders.out)
    assert amiss(site).intruders == ()
    assert {f"circulars/{SLUG}/annex.xlsx", "index.html"} <= set(amiss(site).missing)
