"""The story of ``new``: annex and circular in, a campaign's folder out, with all that was understood and all doubts."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from site_src.files.disk import move, put, settle
from site_src.files.private import SERVER_FOLDER, make_private_folder, write_private
from site_src.language.greek import to_latin
from site_src.language.reasons import reason
from site_src.language.say import say, say_either
from site_src.new.circular_text import read_circular
from site_src.new.facts import Keepers, find_keepers
from site_src.new.source import read_source
from site_src.new.toml_text import campaign_toml, operator_of, site_toml
from site_src.problems import MachineError, Problems, ThyridaError, UsageError
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, SLUG, SLUG_LONGEST, how_to_save
from site_src.read.settings import Campaign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_src.new.circular_text import CircularText
    from site_src.read.agency import Agency

SLUGS_TAKEN = (SERVER_FOLDER,)  # names of our own in the private folder


@dataclass(frozen=True)
class Draft:
    """A campaign begun: its folder, the files written, what was understood, and what staff should check.

    ``differences`` are those of its annex from the last campaign's.
    """

    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    differences: tuple[str, ...] = ()


def draft_campaign(content: Path, slug: str, annex: Path, circular: Path | None, problems: Problems) -> Draft:
    """Begin a campaign from its two documents; nothing is overwritten and nothing is left half-written.

    Raises UsageError for a slug, annex or circular that cannot be meant, InputError (with ``problems``) for a
    circular that cannot be read, MachineError where the folder cannot be written.
    """
    check_call(content, slug, annex, circular)
    source = read_source(circular, problems) if circular else None
    problems.stop_on_errors()
    text = read_circular(source)
    agencies = _read_agencies(annex)
    keepers = find_keepers(agencies or (), text.paragraphs)
    files = {"campaign.toml": _campaign_file(text, keepers), "circular.md": text.markdown}
    starter = "" if (content / "site.toml").exists() else site_toml(text.official.letterhead)
    written = write_campaign(content, slug, files, annex, starter)
    notes = (*text.notes, *_kept(keepers), say("the annex was copied to {name}", name=written[-1].name))
    doubts = (*text.doubts, *_doubtful(keepers, agencies))
    if starter:
        notes += (say("there was no site.toml: a first one was written"),)
        doubts += (_new_site(operator_of(text.official.letterhead)),)
    return Draft(content / slug, written, notes, doubts)


def _new_site(operator: str) -> str:
    """What to look at in a first site.toml."""
    if operator:
        return say(
            "the new site.toml names «{operator}» as operator: check its title, operator and contact", operator=operator
        )
    return say("the new site.toml has no operator yet: fill in its title, operator and contact")


def check_call(content: Path, slug: str, annex: Path, circular: Path | None) -> None:
    """Raise UsageError unless the name is free and can be used, and the documents are there."""
    if not SLUG.fullmatch(slug) or slug in SLUGS_TAKEN:
        message = say(
            'a campaign cannot be called "{slug}": expected lower-case Latin letters, digits and hyphens between them, '
            "at most {most}",
            slug=slug,
            most=SLUG_LONGEST,
        )
        raise UsageError(message, say('for example "{near}"', near=nearest_slug(slug)))
    if (content / slug).exists():
        message = say('there is a campaign in "{folder}" already; nothing was changed', folder=content / slug)
        raise UsageError(message, say("choose another name"))
    if annex.suffix.lower() not in ANNEX_ENDINGS:
        endings = say_either(ANNEX_ENDINGS)
        message = say('"{name}" is no annex: expected a file that ends in {endings}', name=annex.name, endings=endings)
        raise UsageError(message, how_to_save(annex.suffix.lower()))
    for path in (annex, circular):
        if path is not None and not path.is_file():
            raise UsageError(say('there is no file "{path}"', path=path), say("check the name and the folder"))


def nearest_slug(text: str) -> str:
    """The nearest name that can stand in a web address, Greek letters as Latin ones."""
    near = re.sub(r"[^a-z0-9]+", "-", to_latin(text)).strip("-")[:SLUG_LONGEST].strip("-")
    return near if near and near not in SLUGS_TAKEN else "2020-11-access-codes"


def _read_agencies(annex: Path) -> tuple[Agency, ...] | None:
    """The annex's agencies for the comparison with the text; None where it has errors, which ``check`` will tell."""
    from site_src.read.annex import read_annex

    problems = Problems()
    blank = Campaign(slug="", path=annex.parent, folder="", deadline=date.min, effective=date.max)
    try:
        agencies = read_annex(annex, blank, problems)
    except ThyridaError:
        return None
    return None if problems.has_errors else tuple(agencies)


def _campaign_file(text: CircularText, keepers: Keepers) -> str:
    return campaign_toml(
        folder=text.facts.folder,
        deadline=text.official.deadline,
        maybe_deadline=text.facts.deadline,
        effective=text.facts.effective,
        letterhead=text.official.letterhead,
        words=text.official.words,
        keepers=keepers,
    )


def _kept(keepers: Keepers) -> Iterator[str]:
    if keepers.both:
        names = ", ".join(f"«{name}»" for name in keepers.both)
        yield say("these keep their code, as the annex's notes and the circular both say: {names}", names=names)


def _doubtful(keepers: Keepers, agencies: tuple[Agency, ...] | None) -> Iterator[str]:
    if agencies is None:
        yield say("the annex has mistakes, so nobody was looked up in it: run check, then fill in keeps_code")
    for name in keepers.notes_only:
        yield say(
            "«{name}» keeps its code, as the annex's notes say, but not the circular: check it, "
            "and add it to keeps_code if so",
            name=name,
        )
    for name in keepers.text_only:
        yield say(
            "«{name}» keeps its code, as the circular says, but not the annex's notes: check it, "
            "and add it to keeps_code if so",
            name=name,
        )
    if keepers.sentence and agencies is not None and not (keepers.both or keepers.text_only):
        yield say("«{sentence}» names no agency of the annex: check keeps_code", sentence=keepers.sentence)


def write_campaign(content: Path, slug: str, files: dict[str, str], annex: Path, starter: str) -> tuple[Path, ...]:
    """All files in a folder beside the campaign's, which then takes its name: whole, or not there."""
    folder = content / slug
    try:
        content.mkdir(parents=True, exist_ok=True)
        first = (content / "site.toml",) if starter else ()
        for path in first:
            put(path, starter.encode())
        work = content / f".{slug}.new"
        shutil.rmtree(work, ignore_errors=True)  # of a command that was killed
        make_private_folder(work)
        try:
            for name, text in files.items():
                write_private(work / name, text.encode())
            annex_name = f"annex{annex.suffix.lower()}"
            write_private(work / annex_name, annex.read_bytes())
            settle(work)
            move(work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        message = say('"{folder}" cannot be written: {reason}', folder=folder, reason=reason(error))
        raise MachineError(message, say("check the space on the disk and your rights to the folder")) from error
    return (*first, *(folder / name for name in (*files, annex_name)))
