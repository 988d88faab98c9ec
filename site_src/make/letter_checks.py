"""Whether letters can be set before anything is made: letters with sample values are set and read again."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from site_src.files.pdf_text import read_pdf
from site_src.language.catalogues import N_
from site_src.language.say import say, say_list
from site_src.make.letters import Recipient
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_src.make.letters import Typesetter
    from site_src.problems import Problems
    from site_src.read.agency import Agency
    from site_src.read.settings import CodePolicy

WORD_FITS = 30  # letters of a word that surely fit into a line of the built-in letter
USUAL_CHARACTERS = N_("write the name with Greek or Latin letters, digits and usual punctuation")


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
    """The name can be read in the letter as it is written."""
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
    """Characters that stand for others, such as one for the two letters of «fi»: a letter may show those instead."""
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
    """A letter of the campaign's own tells whom it is for, and the code."""
    text = "".join(read_pdf(letter).split())
    facts = {"agency": sample.agency, "username": sample.username, "code": sample.code}
    for name, value in facts.items():
        if value not in text:
            message = say("the letter does not show sys.inputs.{name}", name=name)
            hint = say("write #sys.inputs.{name} into letter.typ where the letter should show it", name=name)
            problems.error(Topic.TEXT, message, hint=hint, at=Place(file=typesetter.template.name))
