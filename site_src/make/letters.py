"""The letter that tells an agency its access code: a PDF/UA-1 set by Typst from templates/letter.typ.

System fonts are ignored and no clock is asked, so every machine sets the same bytes. The values travel as
``sys.inputs``: a name cannot become markup.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from site_src.files.walk import in_order, is_leftover, is_litter
from site_src.language.greek import fold, one_line
from site_src.language.say import say
from site_src.read.content.campaign_folder import CAMPAIGN

if TYPE_CHECKING:
    from pathlib import Path

    import typst

    from site_src.read.settings import Campaign, Site
    from site_src.read.words import Words

BUILT_IN_FOLDER = "templates"

# What lies beside a campaign's own letter.typ and changes without it; everything else may be a part of the letter.
OTHER_INPUTS = {*CAMPAIGN.files, *CAMPAIGN.folders} - {"letter.typ"}

# Accessible by ISO 14289-1: tagged, with a title and a language. Contacts may use a screen reader.
PDF_STANDARD: Final = "ua-1"


# How Typst names a package that it fetches ("Packages" in its reference). A letter must be the same on every machine.
_PACKAGE = re.compile(rb"@[\w-]+/[\w-]+:[\d.]+")


@dataclass(frozen=True, kw_only=True)
class LetterFacts:
    """What all letters of a campaign share, as text in the letter's language."""

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
    """The campaign's facts as its letters tell them."""
    head = campaign.circular
    people = [f"{person.name}: {person.phone}" for person in head.contacts]
    known = {_digits(person.phone) for person in head.contacts}
    phones = [phone for phone in site.contact.phones if _digits(phone) not in known]
    office = [site.contact.unit, ", ".join(phones), site.contact.email]
    return LetterFacts(
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


def _sender(operator: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The sender's lines, below the operator where none of them is its name, however that is written."""
    named = fold(one_line(operator)) in {fold(one_line(line)) for line in lines}
    return lines if named else (operator, *lines)


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdecimal()) or phone


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """What differs from letter to letter."""

    agency: str
    username: str
    code: str = field(repr=False)


class Typesetter:
    """Sets letters from one template; each thread keeps a compiler of its own, since making one costs a letter."""

    def __init__(self, template: Path, facts: LetterFacts) -> None:
        self.template = template
        self.facts = facts
        self._local = threading.local()

    def template_digest(self) -> str:
        """The SHA-256 of the template, and of what lies beside a campaign's own one (a logo, say)."""
        digest = hashlib.sha256(self.template.read_bytes())
        for path in self._parts():
            name = unicodedata.normalize("NFC", path.relative_to(self.template.parent).as_posix())
            digest.update(name.encode(errors="surrogateescape"))
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def _parts(self) -> list[Path]:
        """Return a campaign's own template, and what lies beside it and may be a part of the letter."""
        found = [] if self.is_built_in else in_order(self.template.parent.rglob("*"))
        return [path for path in found if path.is_file() and not self._is_for_others(path)]

    @property
    def is_built_in(self) -> bool:
        """Whether this is the letter that comes with Thyrida."""
        return self.template.parent.name == BUILT_IN_FOLDER

    def _is_for_others(self, path: Path) -> bool:
        """Whether a file of the campaign's folder is an input of its own, and no material of the letter."""
        first = path.relative_to(self.template.parent).parts[0]
        return first in OTHER_INPUTS or is_leftover(first) or is_litter(path.name)

    def _package(self) -> str:
        """Return the name of a package that a campaign's own template takes in; nothing where it needs none."""
        sources = [] if self.is_built_in else [*self._parts(), *self.template.parent.rglob("*.typ")]
        found = (_PACKAGE.search(path.read_bytes()) for path in sources)
        return next((package[0].decode() for package in found if package), "")

    def set_letter(self, recipient: Recipient) -> bytes:
        """The letter as PDF. Raises typst.TypstError where the template has a mistake."""
        inputs = {**vars(self.facts), **vars(recipient)}
        pdf = self._compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=[PDF_STANDARD])
        assert isinstance(pdf, bytes), "a PDF comes whole, not page by page"  # noqa: S101 (for the type checker)
        return pdf

    def _compiler(self) -> typst.Compiler:
        if not hasattr(self._local, "compiler"):
            import typst

            if package := self._package():
                message = say('"{package}" would come from the network', package=package)
                raise typst.TypstError(message, message)
            self._local.compiler = typst.Compiler(
                str(self.template), root=str(self.template.parent), ignore_system_fonts=True
            )
        compiler: typst.Compiler = self._local.compiler
        return compiler


def typesetter_version() -> str:
    """What set the letters, for the manifest: another version may set other bytes."""
    import typst

    return f"typst {typst.__version__}"  # type: ignore[attr-defined]  # its stub leaves this out
