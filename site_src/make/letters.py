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

from site_src.files.pdf_text import read_pdf
from site_src.files.walk import in_order, is_leftover, is_litter
from site_src.language.catalogues import N_
from site_src.language.greek import fold, one_line
from site_src.language.say import say, say_list
from site_src.problems import Place, Topic
from site_src.read.content.campaign_folder import CAMPAIGN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import typst

    from site_src.problems import Problems
    from site_src.read.agency import Agency
    from site_src.read.settings import Campaign, CodePolicy, Site
    from site_src.read.words import Words

BUILT_IN_FOLDER = "templates"

# Inputs beside a campaign's own letter.typ that change without it; everything else may be a part of the letter.
OTHER_INPUTS = {*CAMPAIGN.files, *CAMPAIGN.folders} - {"letter.typ"}

# Accessible by ISO 14289-1: tagged, with a title and a language. Contacts may use a screen reader.
PDF_STANDARD: Final = "ua-1"

WORD_FITS = 30  # letters of a word that surely fit into a line of the built-in letter
USUAL_CHARACTERS = N_("write the name with Greek or Latin letters, digits and usual punctuation")

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


def _sender(operator: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sender's lines, below the operator unless one of them is its name, however that is written."""
    named = fold(one_line(operator)) in {fold(one_line(line)) for line in lines}
    return lines if named else (operator, *lines)


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdecimal()) or phone


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The facts that differ from letter to letter."""

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
        """Return the SHA-256 of the template, and of the files beside a campaign's own one (a logo, say)."""
        digest = hashlib.sha256(self.template.read_bytes())
        for path in self._parts():
            name = unicodedata.normalize("NFC", path.relative_to(self.template.parent).as_posix())
            digest.update(name.encode(errors="surrogateescape"))
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def _parts(self) -> list[Path]:
        """Return a campaign's own template, and the files beside it that may be a part of the letter."""
        found = [] if self.is_built_in else in_order(self.template.parent.rglob("*"))
        return [path for path in found if path.is_file() and not self._is_for_others(path)]

    @property
    def version(self) -> str:
        """Return the program that sets the letters, for the manifest: another version may set other bytes."""
        import typst

        return f"typst {typst.__version__}"  # type: ignore[attr-defined]  # its stub leaves this out

    @property
    def is_built_in(self) -> bool:
        """Return whether this is the letter that comes with Thyrida."""
        return self.template.parent.name == BUILT_IN_FOLDER

    def _is_for_others(self, path: Path) -> bool:
        """Return whether a file of the campaign's folder is an input of its own, not a part of the letter."""
        first = path.relative_to(self.template.parent).parts[0]
        return first in OTHER_INPUTS or is_leftover(first) or is_litter(path.name)

    def _package(self) -> str:
        """Return the name of a package that a campaign's own template takes in; nothing where it needs none."""
        sources = [] if self.is_built_in else [*self._parts(), *self.template.parent.rglob("*.typ")]
        found = (_PACKAGE.search(path.read_bytes()) for path in sources)
        return next((package[0].decode() for package in found if package), "")

    def set_letter(self, recipient: Recipient) -> bytes:
        """Return the letter as PDF. Raises typst.TypstError where the template has a mistake."""
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


def _sample(agency: str, policy: CodePolicy) -> Recipient:
    return Recipient(agency=agency, username="0" * 12, code=policy.alphabet[: policy.group_length])


def check_names(typesetter: Typesetter, policy: CodePolicy, agencies: Iterable[Agency], problems: Problems) -> None:
    """Set one letter with every character of the names; what it cannot show goes to ``problems``, at each name's cell.

    A name that a letter may show otherwise than it is written is set by itself and read again.
    """
    import typst

    def set_letter(name: str) -> bytes:
        try:
            return typesetter.set_letter(_sample(name, policy))
        except typst.TypstError:
            return b""

    agencies = tuple(agencies)
    characters = sorted({character for agency in agencies for character in agency.name})
    can_set_all = bool(set_letter("".join(characters)))
    if not (can_set_all or set_letter("Δοκιμή")):  # a template that sets nothing is a problem already
        return
    lacking = set() if can_set_all else {character for character in characters if not set_letter(character)}
    for agency in agencies:
        name = agency.name
        if found := sorted(lacking & set(name)):
            message = say("the letter's fonts do not have {characters}", characters=say_list([*map(repr, found)]))
            problems.error(Topic.NAME, message, hint=say(USUAL_CHARACTERS), at=agency.name_at, value=name)
        elif _may_look_different(name) and (letter := set_letter(name)):
            _check_shows(letter, agency, problems)


def _check_shows(letter: bytes, agency: Agency, problems: Problems) -> None:
    """Report a name that cannot be read in the letter as it is written."""
    at, name, text = agency.name_at, agency.name, "".join(read_pdf(letter).split())
    if "".join(name.split()) in text:
        return
    if changed := [character for character in _compatibility_characters(name) if character not in text]:
        message = say(
            "the letter shows other characters in place of {characters}", characters=say_list([*map(repr, changed)])
        )
        problems.error(Topic.NAME, message, hint=say(USUAL_CHARACTERS), at=at, value=name)
    else:
        message = say("the letter cuts this name off: it has a word that is longer than a line")
        hint = say("put a space or a hyphen where the word may break")
        problems.error(Topic.NAME, message, hint=hint, at=at, value=name)


def _may_look_different(name: str) -> bool:
    has_compatibility_characters = not unicodedata.is_normalized("NFKC", unicodedata.normalize("NFC", name))
    return has_compatibility_characters or any(len(word) > WORD_FITS for word in name.split())


def _compatibility_characters(name: str) -> list[str]:
    """Return characters that mean others, such as one for the two letters of «fi»: a letter may show those instead."""
    return sorted(c for c in set(name) if unicodedata.normalize("NFKC", c) != unicodedata.normalize("NFC", c))


def check_template(typesetter: Typesetter, policy: CodePolicy, problems: Problems) -> None:
    """Set one letter with sample values; a mistake in the template goes to ``problems``."""
    import typst

    sample = _sample("Δοκιμή", policy)
    try:
        letter = typesetter.set_letter(sample)
    except typst.TypstError as error:
        problems.error(
            Topic.TEXT,
            say("Typst cannot set the letter: {error}", error=str(error).splitlines()[0]),
            hint=say("correct letter.typ, or remove it from the campaign's folder to use the built-in letter"),
            at=Place(file=typesetter.template.name),
        )
        return
    if not typesetter.is_built_in:
        _check_says(letter, sample, typesetter, problems)


def _check_says(letter: bytes, sample: Recipient, typesetter: Typesetter, problems: Problems) -> None:
    """Report each of agency, user name and code that a letter of the campaign's own does not show."""
    text = "".join(read_pdf(letter).split())
    facts = {"agency": sample.agency, "username": sample.username, "code": sample.code}
    for name, value in facts.items():
        if value not in text:
            message = say("the letter does not show sys.inputs.{name}", name=name)
            hint = say("write #sys.inputs.{name} into letter.typ where the letter should show it", name=name)
            problems.error(Topic.TEXT, message, hint=hint, at=Place(file=typesetter.template.name))
