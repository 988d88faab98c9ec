"""What lies on the site beside what the build made: there an archive would wait for somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.content.facts import campaign_folders
from site_src.private import MANIFEST_NAME
from site_src.problems import Problems
from site_src.walk import files_below

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.inputs import CampaignInputs
    from site_src.manifest import Manifest


@dataclass(frozen=True)
class Amiss:
    """Files of a campaign's folders, by their paths in the site: what is too many, and what all share and is gone."""

    intruders: tuple[str, ...]
    missing: tuple[str, ...]


def look_through(inputs: CampaignInputs, manifest: Manifest, out: Path) -> Amiss:
    """Hold the campaign's folders against what the build put there; each agency's own files may be missing."""
    slug, records = inputs.campaign.slug, manifest.agencies
    files, circulars = f"files/{slug}", f"circulars/{slug}"
    common = {f"{files}/index.html", f"{files}/mine/index.html", f"{circulars}/index.html", f"{circulars}/annex.xlsx"}
    common |= {f"{circulars}/{path.name}" for path in inputs.attachments}
    pages = {f"{files}/{username}/index.html" for username in records}
    archives = {f"{files}/{username}/{username}.zip" for username, record in records.items() if record.sha256}
    found = {f"{folder}/{name}" for folder in (files, circulars) for name in _files_in(out / folder)}
    return Amiss(tuple(sorted(found - common - pages - archives)), tuple(sorted(common - found)))


def outside_campaigns(folders: Folders) -> tuple[str, ...]:
    """The files of the site that no campaign's look finds: below none of their folders, or archives elsewhere."""
    slugs = {path.name for path in campaign_folders(folders.content, Problems())}
    slugs |= {path.parent.name for path in folders.private.glob(f"*/{MANIFEST_NAME}")}
    return tuple(name for name in _files_in(folders.out) if _is_outside(name, slugs))


def _is_outside(name: str, slugs: Container[str]) -> bool:
    top, _, below = name.partition("/")
    if top in {"files", "circulars"}:
        return below.partition("/")[0] not in slugs and name != "files/index.html"
    return name.lower().endswith(".zip")


def _files_in(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        yield from files_below(folder)
