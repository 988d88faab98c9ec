"""What lies on the site beside what the build made: there an archive would wait for somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.content.facts import campaign_folders
from site_src.pages.assets import is_asset
from site_src.pages.render import SITE_PAGES
from site_src.private import MANIFEST_NAME
from site_src.problems import Problems
from site_src.walk import files_below

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.inputs import CampaignInputs
    from site_src.manifest import Manifest

# What others than the build may put into a site: administrators, and what proves to others that a site is theirs.
FOREIGN_FOLDER = ".well-known/"  # RFC 8615
FOREIGN_FILES = frozenset({"robots.txt", "favicon.ico"})


@dataclass(frozen=True)
class Amiss:
    """Paths in the site: what should not lie in a campaign's folders, and what all agencies share and is missing."""

    intruders: tuple[str, ...]
    missing: tuple[str, ...]


def look_through(inputs: CampaignInputs, manifest: Manifest, out: Path) -> Amiss:
    """Compare the campaign's folders with what the build put there; each agency's own files may be missing."""
    slug, records = inputs.campaign.slug, manifest.agencies
    files, circulars = f"files/{slug}", f"circulars/{slug}"
    common = {f"{files}/index.html", f"{files}/mine/index.html", f"{circulars}/index.html", f"{circulars}/annex.xlsx"}
    common |= {f"{circulars}/{path.name}" for path in inputs.attachments}
    pages = {f"{files}/{username}/index.html" for username in records}
    archives = {f"{files}/{username}/{username}.zip" for username, record in records.items() if record.sha256}
    found = {f"{folder}/{name}" for folder in (files, circulars) for name in _files_in(out / folder)}
    links = {name for name in found if (out / name).is_symlink()}
    return Amiss(tuple(sorted(found - common - pages - archives | links)), tuple(sorted(common - found)))


def outside_campaigns(folders: Folders) -> tuple[str, ...]:
    """The files that lie in no campaign's folder, where :func:`look_through` sees none, and do not belong there."""
    slugs = {path.name for path in campaign_folders(folders.content, Problems())}
    slugs |= {path.parent.name for path in folders.private.glob(f"*/{MANIFEST_NAME}")}
    outside = (name for name in _files_in(folders.out) if not _is_of_campaign(name, slugs))
    return tuple(name for name in outside if not _belongs(name, folders.out / name))


def _is_of_campaign(name: str, slugs: Container[str]) -> bool:
    top, _, below = name.partition("/")
    slug, slash, _ = below.partition("/")  # without a slash it is a link in the place of a campaign's folder
    return top in {"files", "circulars"} and slug in slugs and bool(slash)


def _belongs(name: str, path: Path) -> bool:
    """No link does: what it leads to may be anything."""
    if path.is_symlink():
        return False
    if name.startswith(FOREIGN_FOLDER) or name in FOREIGN_FILES:
        return not name.lower().endswith(".zip")
    return name in SITE_PAGES or (name.startswith("assets/") and is_asset(name, path.read_bytes()))


def _files_in(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        yield from files_below(folder)
