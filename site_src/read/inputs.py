"""Hold what a build or a check has read, without errors: the site, and everything that belongs to each campaign.

All letters of a campaign share their template and the facts that they show.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.looked import Looked
from site_src.files.private import CURRENT_FILE
from site_src.files.walk import files_below, in_order, is_leftover, is_litter
from site_src.folders import TEMPLATES
from site_src.language.catalogues import Words
from site_src.language.greek import fold, one_line
from site_src.read.content.campaign_folder import CAMPAIGN
from site_src.read.settings import Campaign, Logo, Site

if TYPE_CHECKING:
    from site_src.read.agency import Agency, Status
    from site_src.read.circular.render import Circular, OwnPage

BUILT_IN_LETTER = "templates/letter.typ"  # as a manifest calls it
REMINDER = "reminder.md"  # nothing of the site is made from it, so that it may come after the build

# Inputs beside a campaign's own letter.typ that change without it; everything else may be a part of the letter.
OTHER_INPUTS = {*CAMPAIGN.files, *CAMPAIGN.folders} - {"letter.typ"}

# How Typst names a package that it fetches ("Packages" in its reference). A letter must be the same on every machine.
_PACKAGE = re.compile(rb"@[\w-]+/[\w-]+:[\d.]+")


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

    @property
    def is_over(self) -> bool:
        """Return whether its letters have left the site, and nothing else of it was read."""
        return not isinstance(self, CampaignInputs)

    def with_status(self, status: Status) -> tuple[Agency, ...]:
        """Return the agencies of one status, in the annex's order."""
        return tuple(agency for agency in self.agencies if agency.status is status)


@dataclass(frozen=True, kw_only=True)
class CampaignInputs(CircularInputs):
    """Everything that belongs to one campaign until it is over, read and without errors."""

    annex: Path
    letter: LetterInputs
    passwords: bytes | None = field(default=None, repr=False)

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of all that the campaign is built from, by path in ``content/``; a folder is one item."""
        content = self.campaign.path.parent
        shared = [path for path in content.iterdir() if not (path / "campaign.toml").exists()]
        paths = {path.relative_to(content).as_posix(): path for path in (*shared, *self.campaign.path.iterdir())}
        if self.letter.is_built_in:
            paths[BUILT_IN_LETTER] = self.letter.template
        built = {name: path for name, path in paths.items() if path.name != REMINDER and not is_leftover(path.name)}
        digests = {name: _digest(path) for name, path in built.items()}
        if self.passwords is not None:
            digests[CURRENT_FILE] = hashlib.sha256(self.passwords).hexdigest()
        return dict(sorted(digests.items()))  # in one order, in which file systems do not list a folder


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


def letter_facts(site: Site, campaign: Campaign, words: Words) -> dict[str, str]:
    """Return the facts that all letters of a campaign share, by their names in ``sys.inputs``, in its language."""
    head = campaign.circular
    people = [f"{person.name}: {person.phone}" for person in head.contacts]
    known = {_digits(person.phone) for person in head.contacts}
    phones = [phone for phone in site.contact.phones if _digits(phone) not in known]
    office = [site.contact.unit, ", ".join(phones), site.contact.email]
    is_named = fold(one_line(site.operator)) in {fold(one_line(line)) for line in head.sender}  # however it is written
    return {
        "sample": "yes" if site.sample else "",  # anything marks the letter as a sample
        "language": site.language,
        "operator": site.operator,
        "sender": "\n".join(head.sender if is_named else (site.operator, *head.sender)),  # the lines at the head
        "place": head.place,
        "date": words.date(head.date) if head.date else "",
        "protocol": head.protocol,
        "subject": head.subject,
        "folder": campaign.folder,
        "effective": words.date(campaign.effective),
        "eve": words.date(campaign.eve),
        "address": site.server.address,
        "contact": "\n".join(line for line in [*office, *people] if line),
        "signatory": "\n".join(line for line in (head.signatory_title, head.signatory_name) if line),
    }


def drawn(logo: Logo) -> str:
    """Return a logo as SVG, the only picture that fits into the text of a letter's values; a PNG is put into one."""
    if logo.ending == ".svg":
        return logo.content.decode("utf-8-sig", errors="replace")
    data = base64.b64encode(logo.content).decode()
    size = f'width="{logo.width}" height="{logo.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {logo.width} {logo.height}">'
        f'<image {size} href="data:image/png;base64,{data}"/></svg>'
    )


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdecimal()) or phone


@dataclass(frozen=True)
class LetterInputs:
    """A template, the campaign's own or the built-in one, and the facts that it shows; the site's logo as SVG."""

    template: Path
    facts: Mapping[str, str]
    logo: str = field(default="", repr=False)

    @property
    def is_built_in(self) -> bool:
        """Return whether this is the letter that comes with Thyrida."""
        return self.template.parent == TEMPLATES

    @property
    def version(self) -> str:
        """Return the program that sets the letters, for the manifest: another version may set other bytes."""
        import typst

        return f"typst {typst.__version__}"  # type: ignore[attr-defined]  # its stub leaves this out

    def template_digest(self) -> str:
        """Return the SHA-256 of the template, of the files beside a campaign's own one, and of the site's logo."""
        digest = hashlib.sha256(self.template.read_bytes().replace(b"\r\n", b"\n"))  # however a checkout has it
        for path in self._parts():
            name = unicodedata.normalize("NFC", path.relative_to(self.template.parent).as_posix())
            digest.update(name.encode(errors="surrogateescape"))
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        if self.logo:
            digest.update(hashlib.sha256(self.logo.encode()).digest())
        return digest.hexdigest()

    def package(self) -> str:
        """Return the name of a package that a campaign's own template takes in; nothing where it needs none."""
        sources = [] if self.is_built_in else [*self._parts(), *self.template.parent.rglob("*.typ")]
        found = (_PACKAGE.search(path.read_bytes()) for path in sources)
        return next((package[0].decode() for package in found if package), "")

    def _parts(self) -> list[Path]:
        """Return a campaign's own template, and the files beside it that may be a part of the letter."""
        parts = []
        for path in () if self.is_built_in else in_order(self.template.parent.rglob("*")):
            first = path.relative_to(self.template.parent).parts[0]
            if path.is_file() and not (first in OTHER_INPUTS or is_leftover(first) or is_litter(path.name)):
                parts.append(path)
        return parts
