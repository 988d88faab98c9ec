"""What lies on the site otherwise than the build left it: a stray archive would wait there for somebody else."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.files.private import MANIFEST_NAME
from site_src.files.walk import all_below, files_below
from site_src.folders import is_administrators
from site_src.problems import Problems
from site_src.read.content.campaign_folder import campaign_folders

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.read.inputs import CircularInputs


@dataclass(frozen=True)
class Amiss:
    """Paths in the site: what the build did not make, what it made and is gone, and what has become another."""

    intruders: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


def look_through(inputs: CircularInputs, inventory: Mapping[str, str], out: Path) -> Amiss:
    """Compare the campaign's folders with what the build put there; each agency's own files may be missing or others.

    Who looks at the agency sees those.
    """
    slug = inputs.campaign.slug
    folders = (f"files/{slug}/", f"circulars/{slug}/")
    own = {
        f"files/{slug}/{agency.username}/{name}"
        for agency in inputs.agencies
        for name in ("index.html", f"{agency.username}.zip")
    }
    found = {f"{folder}{name}" for folder in folders for name in _files_in(out / folder)}
    links = {name for name in found if (out / name).is_symlink()}
    shared = {name: inventory[name] for name in inventory if name.startswith(folders) and name not in own}
    return _compare(found, found - inventory.keys() | links, shared, out)


def outside_campaigns(folders: Folders, inventory: Mapping[str, str]) -> Amiss:
    """Compare what lies in no campaign's folder, where :func:`look_through` sees nothing."""
    slugs = {path.name for path in campaign_folders(folders.content, Problems())}
    slugs |= {path.parent.name for path in folders.private.glob(f"*/{MANIFEST_NAME}")}
    found = {name for name in _files_in(folders.out) if not _is_of_campaign(name, slugs)}
    made = {name: inventory[name] for name in inventory if not _is_of_campaign(name, slugs)}
    intruders = {name for name in found if not _belongs(name, folders.out / name, made)}
    return _compare(found, intruders, made, folders.out)


def closed_to_server(out: Path) -> tuple[str, ...]:
    """Return the files and folders that the web server cannot read, since only their owner or group can.

    Windows has no such modes, and shows all as open.
    """
    paths = [out, *all_below(out)] if out.is_dir() else []
    return tuple(path.relative_to(out).as_posix() for path in paths if not _is_open(path.lstat().st_mode))


def _is_open(mode: int) -> bool:
    needed = stat.S_IROTH | stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH
    return mode & needed == needed


def _compare(found: set[str], intruders: set[str], made: Mapping[str, str], out: Path) -> Amiss:
    here = found & made.keys() - intruders
    altered = (name for name in here if hashlib.sha256((out / name).read_bytes()).hexdigest() != made[name])
    return Amiss(tuple(sorted(intruders)), tuple(sorted(made.keys() - found)), tuple(sorted(altered)))


def _is_of_campaign(name: str, slugs: Container[str]) -> bool:
    top, _, below = name.partition("/")
    slug, slash, _ = below.partition("/")  # without a slash it is a link in the place of a campaign's folder
    return top in {"files", "circulars"} and slug in slugs and bool(slash)


def _belongs(name: str, path: Path, made: Container[str]) -> bool:
    """No link does: what it leads to may be anything."""
    return (name in made and not path.is_symlink()) or is_administrators(name, path)


def _files_in(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        yield from files_below(folder)
