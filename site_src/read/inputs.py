"""Hold what a build or a check has read, without errors: the site, and everything that belongs to each campaign."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.files.looked import Looked
from site_src.files.private import CURRENT_FILE
from site_src.files.walk import files_below, is_leftover

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_src.files.htpasswd import PasswordFile
    from site_src.read.agency import Agency, Status
    from site_src.read.circular.render import Circular, OwnPage
    from site_src.read.letter import LetterInputs
    from site_src.read.settings import Campaign, Site
    from site_src.read.words import Words

REMINDER = "reminder.md"  # nothing of the site is made from it, so that it may come after the build


@dataclass(frozen=True)
class Document:
    """A file inside an archive."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CircularInputs:
    """A campaign's facts, its circular and the files beside it: all that is read of a campaign that is over.

    ``shown_slug`` is what the place of a problem calls the campaign: nothing where there is only one.
    """

    campaign: Campaign
    circular: Circular
    attachments: tuple[Path, ...]
    agencies: tuple[Agency, ...] = ()
    enclosures: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)
    shown_slug: str = ""

    def with_status(self, status: Status) -> tuple[Agency, ...]:
        """Return the agencies of one status, in the annex's order."""
        return tuple(agency for agency in self.agencies if agency.status is status)


@dataclass(frozen=True, kw_only=True)
class CampaignInputs(CircularInputs):
    """Everything that belongs to one campaign until it is over, read and without errors."""

    annex: Path
    letter: LetterInputs
    passwords: PasswordFile | None = field(default=None, repr=False)

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of all that the campaign is built from, by name; a folder's is that of all its files."""
        shared = [path for path in self.campaign.path.parent.iterdir() if not (path / "campaign.toml").exists()]
        paths = [self.letter.template, *shared, *self.campaign.path.iterdir()]
        passwords = {CURRENT_FILE: hashlib.sha256(bytes(self.passwords)).hexdigest()} if self.passwords else {}
        built = [path for path in paths if path.name != REMINDER and not is_leftover(path.name)]
        return {path.name: _digest(path) for path in built} | passwords


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file; of a folder, that of the names of its files with their digests."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    names = [name for name in files_below(path) if not any(map(is_leftover, name.split("/")))]
    listed = "".join(f"{_digest(path / name)}  {name}\n" for name in sorted(names) if (path / name).is_file())
    return hashlib.sha256(listed.encode(errors="surrogateescape")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The site, the pages of the staff's own, and its campaigns; those that are ``over`` have no letters any more.

    ``several``: whether ``content/`` holds more than one campaign, whatever the command was asked for.
    """

    site: Site
    words: Words
    pages: tuple[OwnPage, ...]
    campaigns: tuple[CampaignInputs, ...]
    over: tuple[CircularInputs, ...] = ()
    looked: Looked = field(default_factory=Looked)
    several: bool = False

    @property
    def page_names(self) -> tuple[str, ...]:
        """Return the folders of the site that the staff's own pages are in."""
        return tuple(page.name for page in self.pages)

    @property
    def all(self) -> tuple[CircularInputs, ...]:
        """Return every campaign that is read, over or not."""
        return (*self.over, *self.campaigns)


@dataclass(frozen=True)
class Predecessor:
    """The campaign whose codes were valid until another one's: its slug, and its agencies' names by user name.

    ``callers``: how many of them had to call.
    """

    slug: str
    names: Mapping[str, str]
    callers: int
