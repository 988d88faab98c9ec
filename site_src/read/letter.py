"""The part of a letter that all agencies of a campaign share: its template and the facts that it shows."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.files.walk import in_order, is_leftover, is_litter
from site_src.folders import TEMPLATES
from site_src.language.greek import fold, one_line
from site_src.read.content.campaign_folder import CAMPAIGN

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.read.settings import Campaign, Logo, Site
    from site_src.read.words import Words

# Inputs beside a campaign's own letter.typ that change without it; everything else may be a part of the letter.
OTHER_INPUTS = {*CAMPAIGN.files, *CAMPAIGN.folders} - {"letter.typ"}

# How Typst names a package that it fetches ("Packages" in its reference). A letter must be the same on every machine.
_PACKAGE = re.compile(rb"@[\w-]+/[\w-]+:[\d.]+")


@dataclass(frozen=True, kw_only=True)
class LetterFacts:
    """Facts that all letters of a campaign share, as text in the letter's language."""

    language: str
    operator: str
    sender: str  # the lines at the head, the operator among them
    place: str
    date: str
    protocol: str
    subject: str
    folder: str
    effective: str
    eve: str
    address: str
    contact: str
    signatory: str
    sample: str = ""  # anything marks the letter as a sample, for the preview


def letter_facts(site: Site, campaign: Campaign, words: Words) -> LetterFacts:
    """Return the campaign's facts as its letters give them."""
    head = campaign.circular
    people = [f"{person.name}: {person.phone}" for person in head.contacts]
    known = {_digits(person.phone) for person in head.contacts}
    phones = [phone for phone in site.contact.phones if _digits(phone) not in known]
    office = [site.contact.unit, ", ".join(phones), site.contact.email]
    return LetterFacts(
        sample="yes" if site.sample else "",
        language=site.language,
        operator=site.operator,
        sender="\n".join(_sender(site.operator, head.sender)),
        place=head.place,
        date=words.date(head.date) if head.date else "",
        protocol=head.protocol,
        subject=head.subject,
        folder=campaign.folder,
        effective=words.date(campaign.effective),
        eve=words.date(campaign.eve),
        address=site.server.address,
        contact="\n".join(line for line in [*office, *people] if line),
        signatory="\n".join(line for line in (head.signatory_title, head.signatory_name) if line),
    )


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


def _sender(operator: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sender's lines, below the operator unless one of them is its name, however that is written."""
    named = fold(one_line(operator)) in {fold(one_line(line)) for line in lines}
    return lines if named else (operator, *lines)


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdecimal()) or phone


@dataclass(frozen=True)
class LetterInputs:
    """A template, the campaign's own or the built-in one, and the facts that it shows; the site's logo as SVG."""

    template: Path
    facts: LetterFacts
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
        found = [] if self.is_built_in else in_order(self.template.parent.rglob("*"))
        return [path for path in found if path.is_file() and not self._is_for_others(path)]

    def _is_for_others(self, path: Path) -> bool:
        """Return whether a file of the campaign's folder is an input of its own, not a part of the letter."""
        first = path.relative_to(self.template.parent).parts[0]
        return first in OTHER_INPUTS or is_leftover(first) or is_litter(path.name)
