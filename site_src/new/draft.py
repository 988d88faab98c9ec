"""The story of ``new``: annex and circular in, a campaign's folder out, with all that was understood and all doubts.

With ``--from`` the campaign begins with the texts and settings of the last one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count
from pathlib import Path

from site_src.files.text import read_text
from site_src.files.walk import in_order, is_leftover
from site_src.language.catalogues import N_
from site_src.language.greek import find_days, fold
from site_src.language.say import say, say_either, say_list, say_many
from site_src.new.campaign_files import Keepers, campaign_toml, operator_of, renewed_toml, site_toml, write_campaign
from site_src.new.circular_text import CircularText, read_circular
from site_src.new.fields import OPERATOR, still_missing, with_typed
from site_src.new.lines import words
from site_src.new.source import read_source
from site_src.problems import Problems, UsageError
from site_src.read.agency import Agency
from site_src.read.annex import read_annex
from site_src.read.annex.words import mentions_keeping
from site_src.read.circular import FILE as CIRCULAR
from site_src.read.content import campaign_folder
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE, read_campaign
from site_src.read.inputs import REMINDER
from site_src.read.settings import Campaign

STEM_SHORTEST = 3  # letters of a word that are never its ending

_EXCEPTION = re.compile(words("facts", "exception"))
_KIND = re.compile(rf"\b{words('facts', 'kinds')}\b")
# Up to a full stop or question mark (;) with white space behind it: those within «1.12.2020» end no sentence.
_SENTENCE = re.compile(r"[^.;]+(?:[.;](?!\s|$)[^.;]*)*")


@dataclass(frozen=True)
class Understood:
    """A campaign as annex and circular describe it; nothing is written yet.

    ``agencies`` are those of the annex; none where it has mistakes, which ``check`` reports.
    """

    text: CircularText
    keepers: Keepers
    agencies: tuple[Agency, ...]
    annex_has_errors: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was understood, a sentence each."""
        if not self.keepers.both:
            return self.text.notes
        names = ", ".join(f"«{name}»" for name in self.keepers.both)
        note = say("these keep their code, as the annex's notes and the circular both say: {names}", names=names)
        return (*self.text.notes, note)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return what staff should check or fill in, a sentence each."""
        if self.annex_has_errors:
            doubt = say(
                "the annex has mistakes, so nobody was looked up in it: correct them, then fill in «Agencies that keep "
                "their code»"
            )
            return (*self.text.doubts, doubt)
        return (*self.text.doubts, *_doubtful_keepers(self.keepers))


@dataclass(frozen=True)
class Draft:
    """A campaign begun: its folder, the files written, what was understood, and what staff should check.

    ``differences`` are those of its annex from the last campaign's; ``found`` is there without a last campaign.
    """

    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    differences: tuple[str, ...] = ()
    found: Understood | None = None

    @property
    def awaits_annex(self) -> bool:
        """Return whether nobody was looked up in the annex, as it had mistakes."""
        return self.found is not None and self.found.annex_has_errors

    def looked_up(self, agencies: Sequence[Agency]) -> tuple[Draft, tuple[str, ...]]:
        """Return the draft with the agencies of the corrected annex, and those that keep their code."""
        if self.found is None:
            return self, ()
        keepers = find_keepers(agencies, self.found.text.paragraphs)
        now = replace(self.found, keepers=keepers, agencies=tuple(agencies), annex_has_errors=False)
        notes = (*now.notes, *(each for each in self.notes if each not in self.found.notes))
        doubts = (*now.doubts, *(each for each in self.doubts if each not in self.found.doubts))
        return replace(self, notes=notes, doubts=doubts, found=now), keepers.both


def draft_campaign(content: Path, slug: str, annex: Path, circular: Path | None, problems: Problems) -> Draft:
    """Begin a campaign from its two documents; nothing is overwritten and nothing is left half-written.

    Raises UsageError for a slug, annex or circular that cannot be meant, InputError (with ``problems``) for a
    circular that cannot be read, MachineError where the folder cannot be written.
    """
    check_call(content, slug, annex, circular)
    return write_draft(content, slug, annex, understand(annex, circular, problems), {})


def draft_texts(content: Path, found: Understood, operator: str = "") -> dict[str, str]:
    """Return the TOML files of a campaign as it was understood, by name; a first site.toml where there is none yet."""
    site = {} if (content / SITE_FILE).exists() else {SITE_FILE: site_toml(found.text.official.letterhead, operator)}
    return {CAMPAIGN_FILE: campaign_toml(found.text, found.keepers), **site}


def write_draft(content: Path, slug: str, annex: Path, found: Understood, typed: Mapping[str, str]) -> Draft:
    """Write a campaign as it was understood; ``typed`` has what staff answered beside it, by the fields' ids.

    Raises MachineError where the folder cannot be written.
    """
    operator = typed.get(OPERATOR) or operator_of(found.text.official.letterhead)
    drafts = draft_texts(content, found, operator).items()
    files = {file: with_typed(file, text, typed) for file, text in drafts}
    site = files.pop(SITE_FILE, "")
    doubts = (*found.doubts, *still_missing(files[CAMPAIGN_FILE]))
    written = write_campaign(content / slug, {**files, CIRCULAR: found.text.markdown}, annex, site)
    if site:
        new = N_(
            "there was no site.toml: a first one was written; check the site's name, who runs it («{operator}»), and "
            "whom agencies call"
        )
        doubts += (say(new, operator=operator or "…"),)
    notes = (*found.notes, say("the annex was copied to {name}", name=written[-1].name))
    return Draft(content / slug, written, notes, doubts, found=found)


def check_call(content: Path, slug: str, annex: Path, circular: Path | None) -> None:
    """Raise UsageError unless the name is free and can be used, and the documents are there."""
    check_slug(content, slug)
    check_ending(annex)
    for path in (annex, circular):
        if path is not None and not path.is_file():
            raise UsageError(say('there is no file "{path}"', path=path), say("check the name and the folder"))


def check_slug(content: Path, slug: str) -> None:
    """Raise UsageError unless a campaign can be called so, and none is yet."""
    if not campaign_folder.is_slug(slug):
        message = say(
            'a campaign cannot be called "{slug}": expected lower-case Latin letters, digits and hyphens between them, '
            'at most {most}, and no name that Windows keeps for itself ("con", "com1")',
            slug=slug,
            most=campaign_folder.SLUG_LONGEST,
        )
        raise UsageError(message, say('for example "{near}"', near=nearest_slug(slug)))
    if (content / slug).exists():
        message = say('there is a campaign in "{folder}" already; nothing was changed', folder=content / slug)
        raise UsageError(message, say("choose another name"))


def usual_slug(content: Path, found: Understood, today: date) -> str:
    """Return a name that no campaign has, by the circular's date, or else by the first day of the new codes."""
    return free_slug(content, found.text.official.letterhead.date or found.text.facts.effective or today)


def free_slug(content: Path, day: date) -> str:
    """Return a name that no campaign has: the year and month of the day."""
    month = f"{day.year:04}-{day.month:02}"
    names = chain([month], (f"{month}-{number}" for number in count(2)))
    return next(name for name in names if not (content / name).exists())


def check_ending(annex: Path) -> None:
    """Raise UsageError for a file that is no spreadsheet by the end of its name."""
    if annex.suffix.lower() not in campaign_folder.ANNEX_ENDINGS:
        endings = say_either(campaign_folder.ANNEX_ENDINGS)
        message = say('"{name}" is no annex: expected a file that ends in {endings}', name=annex.name, endings=endings)
        raise UsageError(message, campaign_folder.how_to_save(annex.suffix.lower()))


def nearest_slug(text: str) -> str:
    """Return the nearest name that can stand in a web address, Greek letters as Latin ones."""
    near = campaign_folder.as_slug(text)
    return near if campaign_folder.is_slug(near) else "2020-11-access-codes"


def understand(annex: Path, circular: Path | None, problems: Problems) -> Understood:
    """Return what the two documents say. Raises InputError for a circular that cannot be read."""
    source = read_source(circular, problems) if circular else None
    problems.stop_on_errors()
    blank = Campaign(slug="", path=annex.parent, folder="", deadline=date.min, effective=date.max)
    of_annex = Problems()  # which ``check`` reports
    agencies = tuple(read_annex(annex, blank, of_annex))
    known = () if of_annex.has_errors else agencies
    text = read_circular(source)
    return Understood(text, find_keepers(known, text.paragraphs), known, of_annex.has_errors)


def find_keepers(agencies: Sequence[Agency], texts: Iterable[str]) -> Keepers:
    """Compare the annex's notes with the text's sentences of exception."""
    sentences = [found[0].strip() for text in texts for found in _SENTENCE.finditer(text)]
    sentence = " ".join(each for each in sentences if _EXCEPTION.search(fold(each)))
    stems = f" {_stems(fold(sentence))} "
    names = {agency.username: _stems(_KIND.sub("", fold(agency.name))) for agency in agencies}
    noted = {agency.username for agency in agencies if mentions_keeping(agency.notes)}
    named = {username for username, name in names.items() if name and f" {name} " in stems}
    bearers = Counter(agency.name for agency in agencies)

    def shown(usernames: set[str]) -> tuple[str, ...]:
        found = (agency for agency in agencies if agency.username in usernames)
        return tuple(agency.name if bearers[agency.name] == 1 else agency.username for agency in found)

    return Keepers(shown(noted & named), shown(noted - named), shown(named - noted), sentence)


def _stems(folded: str) -> str:
    """Return the words without their endings, so that «ΗΛΙΔΑΣ» and «Ήλιδα» agree."""
    found = re.findall(r"[^\W\d_]+", folded)
    return " ".join(word[:STEM_SHORTEST] + re.sub(r"[αεηιουωσν]+$", "", word[STEM_SHORTEST:]) for word in found)


def _doubtful_keepers(keepers: Keepers) -> Iterator[str]:
    by_notes = N_(
        "«{name}» keeps its code, as the annex's notes say, but not the circular: check it, "
        "and add it to «Agencies that keep their code» if so"
    )
    by_text = N_(
        "«{name}» keeps its code, as the circular says, but not the annex's notes: check it, "
        "and add it to «Agencies that keep their code» if so"
    )
    yield from (say(by_notes, name=name) for name in keepers.notes_only)
    yield from (say(by_text, name=name) for name in keepers.text_only)
    if keepers.sentence and not (keepers.both or keepers.text_only):
        unnamed = N_("«{sentence}» names no agency of the annex: check «Agencies that keep their code»")
        yield say(unnamed, sentence=keepers.sentence)


def draft_successor(  # noqa: PLR0913, PLR0917 (the command line's own arguments)
    content: Path, slug: str, before: str, annex: Path | None, circular: Path | None, problems: Problems
) -> Draft:
    """Begin a campaign from the one called ``before``; nothing is overwritten and nothing is left half-written.

    Without ``annex`` the last one is copied. ``circular`` replaces the last one's text, and gives its facts.
    Raises UsageError for names that cannot be meant, InputError (with ``problems``) where the last campaign or the
    circular cannot be read, MachineError where the folder cannot be written.
    """
    old, old_annex = _read_last(content, before, problems)
    annex = annex or old_annex
    if annex is None:
        message = say('there is no annex in the folder of "{slug}" any more that could be copied', slug=before)
        raise UsageError(message, say("give the new campaign's with --annex FILE"))
    check_call(content, slug, annex, circular)
    files = _read_texts(old.path, problems)
    source = read_source(circular, problems) if circular else None
    problems.stop_on_errors()
    text = read_circular(source) if source else None
    files[CAMPAIGN_FILE] = renewed_toml(files[CAMPAIGN_FILE], text)
    notes, doubts = [*_carried(old, files, circular)], [*still_missing(files[CAMPAIGN_FILE])]
    if text:
        files[CIRCULAR] = text.markdown
        notes += text.notes
        doubts += text.doubts
    # Placeholders know the new days, the last text's own words do not.
    elif days := [files[CIRCULAR][day.start : day.end] for day in find_days(files.get(CIRCULAR, ""))]:
        named = N_("circular.md names days of its own: {days}; check them")
        doubts.append(say(named, days=say_list(list(dict.fromkeys(days)))))
    agencies = _read_agencies(annex, old)
    doubts += _keepers_to_check(old, agencies)
    differences: tuple[str, ...] = ()
    if annex == old_annex:
        doubts.append(say("the annex of {slug} was copied: put this campaign's in its place", slug=before))
    elif old_annex is None:
        differences = (say("the annex of {slug} is deleted: there is nothing to compare with", slug=before),)
    else:
        differences = tuple(compare(_read_agencies(old_annex, old), agencies)) or (say("no difference"),)
    written = write_campaign(content / slug, files, annex, "")
    return Draft(content / slug, written, tuple(notes), tuple(doubts), differences)


def _read_last(content: Path, slug: str, problems: Problems) -> tuple[Campaign, Path | None]:
    """Return the last campaign's facts and its annex, if it still has one. Raises UsageError for no such campaign."""
    found = campaign_folder.campaign_folders(content, Problems())
    if slug not in [path.name for path in found]:
        raise campaign_folder.no_such_campaign(slug, content, found)
    campaign = read_campaign(content / slug, problems)
    annexes = campaign_folder.find_annexes(campaign, problems) if campaign_folder.annexes_in(campaign.path) else ()
    problems.stop_on_errors()
    return campaign, annexes[0] if annexes else None


def _read_texts(folder: Path, problems: Problems) -> dict[str, str]:
    """Return the files of a campaign that are text, by name."""
    paths = [folder / name for name in (CAMPAIGN_FILE, CIRCULAR, "letter.typ", REMINDER)]
    return {path.name: read_text(path, problems) or "" for path in paths if path.is_file()}


def _read_agencies(annex: Path, old: Campaign) -> tuple[Agency, ...]:
    """Return the agencies that can be read, with the last campaign's columns; ``check`` reports mistakes."""
    return tuple(read_annex(annex, replace(old, keeps_code=()), Problems()))


def _carried(old: Campaign, texts: Mapping[str, str], circular: Path | None) -> Iterator[str]:
    names = [name for name in texts if not (circular and name == CIRCULAR)]
    yield say("carried over from {slug}: {names}", slug=old.slug, names=say_list(names))
    found = [path for path in in_order(old.path.iterdir()) if path.name not in texts and not is_leftover(path.name)]
    left = [f"{path.name}{'/' * path.is_dir()}" for path in found if not campaign_folder.is_annex(path)]
    if left:
        yield say("not carried over, as it belongs to {slug} alone: {names}", slug=old.slug, names=say_list(left))
    if old.reissue:
        yield say("[reissue] was left out: every agency gets its first code of this campaign")


def _keepers_to_check(old: Campaign, agencies: Sequence[Agency]) -> Iterator[str]:
    known = {agency.username for agency in agencies} | {agency.name for agency in agencies}
    for item in old.keeps_code:
        if item not in known:
            gone = N_("«{name}» of «Agencies that keep their code» is not in the annex: remove it, or correct it")
            yield say(gone, name=item)
    kept = [f"«{item}»" for item in old.keeps_code if item in known]
    if kept:
        carried = N_("«Agencies that keep their code» were carried over: does each keep its code again? {names}")
        yield say(carried, names=", ".join(kept))


def compare(before: Sequence[Agency], after: Sequence[Agency]) -> Iterator[str]:
    """Yield the differences as lines of text, by user name and name; none where the annexes say the same."""
    old = {agency.username: agency for agency in before}
    new = {agency.username: agency for agency in after}
    both = [(old[username], agency) for username, agency in new.items() if username in old]
    added = [_named(agency) for username, agency in new.items() if username not in old]
    gone = [_named(agency) for username, agency in old.items() if username not in new]
    renamed = [
        say("{username}  {before}, now {after}", username=now.username, before=was.name, after=now.name)
        for was, now in both
        if now.name and now.name != was.name  # a missing one is a mistake, which `check` reports
    ]
    moved = [_named(now) for was, now in both if set(was.emails) != set(now.emails)]
    yield from _listed(say_many("{number} agency is new:", "{number} agencies are new:", len(added)), added)
    yield from _listed(say_many("{number} agency is gone:", "{number} agencies are gone:", len(gone)), gone)
    names = say_many("{number} agency has another name:", "{number} agencies have another name:", len(renamed))
    yield from _listed(names, renamed)
    emails = say_many("{number} agency has other addresses:", "{number} agencies have other addresses:", len(moved))
    yield from _listed(emails, moved)


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    yield from (heading, *(f"  {line}" for line in lines)) if lines else ()


def _named(agency: Agency) -> str:
    return f"{agency.username}  {agency.name}"
