"""The letter that tells an agency its access code: a PDF/UA-1 set by Typst from templates/letter.typ.

System fonts are ignored and no clock is asked, so every machine sets the same bytes. The values travel as
``sys.inputs``, or as a JSON text: a name cannot become markup.
"""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from site_src.files.text import read_pdf
from site_src.language.catalogues import N_
from site_src.language.say import say, say_list
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    import typst

    from site_src.read.agency import Agency
    from site_src.read.inputs import LetterInputs
    from site_src.read.settings import CodePolicy

# Accessible by ISO 14289-1: tagged, with a title and a language. Contacts may use a screen reader.
PDF_STANDARD: Final = "ua-1"

# The built-in letter as a function of all facts. What differs from letter to letter comes beside ``sys.inputs``: with
# other inputs Typst would forget all that letters have in common, a sixth of the work. ``data`` is a JSON text, written
# as JSON writes a text once more: in ASCII, with a backslash before quotes and backslashes, as Typst reads its strings.
MAIN: Final = '#import "/{name}": letter\n#letter(sys.inputs + json(bytes({data})))'

WORD_FITS = 30  # letters of a word that surely fit into a line of the built-in letter
USUAL_CHARACTERS = N_("write the name with Greek or Latin letters, digits and usual punctuation")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The facts that differ from letter to letter."""

    agency: str
    username: str
    code: str = field(repr=False)


class Typesetter:
    """Sets letters from one template; each thread keeps a compiler of its own, since making one costs a letter."""

    def __init__(self, letter: LetterInputs) -> None:
        self.letter = letter
        self._shared = {**letter.facts, "logo": letter.logo}
        self._local = threading.local()

    def set_letter(self, recipient: Recipient) -> bytes:
        """Return the letter as PDF. Raises typst.TypstError where the template has a mistake."""
        compiler, facts = self._compiler(), vars(recipient)
        if self.letter.is_built_in:
            main = MAIN.format(name=self.letter.template.name, data=json.dumps(json.dumps(facts))).encode()
            pdf = compiler.compile(main, format="pdf", pdf_standards=[PDF_STANDARD])
        else:
            pdf = compiler.compile(format="pdf", sys_inputs={**self._shared, **facts}, pdf_standards=[PDF_STANDARD])
        assert isinstance(pdf, bytes), "a PDF comes whole, not page by page"  # noqa: S101 (for the type checker)
        return pdf

    def _compiler(self) -> typst.Compiler:
        if not hasattr(self._local, "compiler"):
            import typst

            if package := self.letter.package():
                message = say('"{package}" would come from the network', package=package)
                raise typst.TypstError(message, message)
            template = self.letter.template
            self._local.compiler = typst.Compiler(
                str(template), root=str(template.parent), ignore_system_fonts=True, sys_inputs=self._shared
            )
        compiler: typst.Compiler = self._local.compiler
        return compiler


def _sample(agency: str, policy: CodePolicy) -> Recipient:
    return Recipient(agency=agency, username="0" * 12, code=policy.alphabet[: policy.group_length])


def _check_names(typesetter: Typesetter, policy: CodePolicy, agencies: Sequence[Agency], problems: Problems) -> None:
    """Set one letter with every character of the names; what it cannot show goes to ``problems``, at each name's cell.

    A name that a letter may show otherwise than it is written is set by itself and read again.
    """
    import typst

    def set_letter(name: str) -> bytes:
        try:
            return typesetter.set_letter(_sample(name, policy))
        except typst.TypstError:
            return b""

    characters = sorted({character for agency in agencies for character in agency.name})
    can_set_all = bool(set_letter("".join(characters)))
    lacking = set() if can_set_all else {character for character in characters if not set_letter(character)}
    for agency in agencies:
        name = agency.name
        if found := sorted(lacking & set(name)):
            message = say("the letter's fonts do not have {characters}", characters=say_list([*map(repr, found)]))
            problems.error(Topic.NAME, message, hint=say(USUAL_CHARACTERS), at=agency.name_at, value=name)
            continue
        may_differ = _compatibility_characters(name) or any(len(word) > WORD_FITS for word in name.split())
        if may_differ and (letter := set_letter(name)):
            _check_shows(letter, agency, problems)


def _check_shows(letter: bytes, agency: Agency, problems: Problems) -> None:
    """Report a name that cannot be read in the letter as it is written."""
    at, name, text = agency.name_at, agency.name, "".join(read_pdf(letter).split())
    if "".join(name.split()) in text:
        return
    message = say("the letter cuts this name off: it has a word that is longer than a line")
    hint = say("put a space or a hyphen where the word may break")
    if changed := [repr(character) for character in _compatibility_characters(name) if character not in text]:
        message = say("the letter shows other characters in place of {characters}", characters=say_list(changed))
        hint = say(USUAL_CHARACTERS)
    problems.error(Topic.NAME, message, hint=hint, at=at, value=name)


def _compatibility_characters(name: str) -> list[str]:
    """Return characters that mean others, such as one for the two letters of «fi»: a letter may show those instead."""
    return sorted(c for c in set(name) if unicodedata.normalize("NFKC", c) != unicodedata.normalize("NFC", c))


def check_letters(typesetter: Typesetter, policy: CodePolicy, agencies: Sequence[Agency], problems: Problems) -> None:
    """Set a letter with sample values; report a mistake in the template, or else each name that it cannot show."""
    import typst

    sample = _sample("Δοκιμή", policy)
    try:
        letter = typesetter.set_letter(sample)
    except typst.TypstError as error:
        message = say("Typst cannot set the letter: {error}", error=str(error).splitlines()[0])
        at = Place(file=typesetter.letter.template.name)
        hint = say("correct letter.typ, or remove it from the campaign's folder to use the built-in letter")
        if typesetter.letter.logo and (typesetter.letter.is_built_in or "SVG" in message):
            at = Place(file="site.toml", cell="logo", is_shared=True)
            hint = say("export the logo again as a plain SVG, with its pictures in it, or as a PNG")
        problems.error(Topic.TEXT, message, hint=hint, at=at)
        return
    if not typesetter.letter.is_built_in:
        _check_says(letter, sample, typesetter, problems)
    _check_names(typesetter, policy, agencies, problems)


def _check_says(letter: bytes, sample: Recipient, typesetter: Typesetter, problems: Problems) -> None:
    """Report each of agency, user name and code that a letter of the campaign's own does not show."""
    text = "".join(read_pdf(letter).split())
    for name, value in vars(sample).items():
        if value not in text:
            message = say("the letter does not show sys.inputs.{name}", name=name)
            hint = say("write #sys.inputs.{name} into letter.typ where the letter should show it", name=name)
            problems.error(Topic.TEXT, message, hint=hint, at=Place(file=typesetter.letter.template.name))
