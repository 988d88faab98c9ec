"""Ask at a terminal for what `new` needs and the documents do not say.

Nothing is written before all is answered.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from site_src.commands import screen
from site_src.commands.documents import find_annexes, find_circulars, find_file, find_password_files
from site_src.commands.messages import columns, counted, error_lines
from site_src.files.htpasswd import users_of
from site_src.files.private import CURRENT_NAME
from site_src.folders import ROOT, Folders
from site_src.language.catalogues import N_
from site_src.language.greek import find_days, fold, one_line
from site_src.language.say import say
from site_src.new import fields
from site_src.new.campaign_files import Keepers
from site_src.new.draft import (
    Draft,
    Understood,
    check_ending,
    check_slug,
    draft_texts,
    free_slug,
    understand,
    usual_slug,
    write_draft,
)
from site_src.new.facts import day_before
from site_src.new.fields import Field
from site_src.problems import Problems, ThyridaError, UsageError
from site_src.read.agency import Status, status_counts
from site_src.read.annex import find_named

ONE_DAY = timedelta(days=1)

# The rows of the table; those of site.toml only where there is none yet.
SLUG = ":slug"
ROWS = (
    *(SLUG, fields.FOLDER, fields.DEADLINE, fields.EFFECTIVE, fields.PROTOCOL, fields.DATE, fields.SUBJECT),
    *(fields.OPERATOR, fields.PORTAL, fields.KEEPS_CODE),
)
REQUIRED = {SLUG, fields.FOLDER, fields.DEADLINE, fields.EFFECTIVE, fields.OPERATOR}

NONE = "-"  # the answer that takes no proposal, and leaves a fact out
NOTHING = "—"  # in the table, for a fact that is not known
NUMBER_WIDTH, GAP, VALUE_LEAST = 4, 2, 20  # columns of the table: its numbers, before a value, and for it at least

Answer = TypeVar("Answer")


@dataclass
class Answers:
    """Hold the documents, what was understood of them, and what was answered so far; ``day`` is today.

    ``rows`` are the fields of the table by their ids, as they were answered; the first is the campaign's name.
    ``passwords`` is None where nothing is to be copied, ``circular`` where there is none yet.
    """

    content: Path
    day: date
    annex: Path
    circular: Path | None
    found: Understood
    rows: dict[str, Field]
    passwords: Path | None = None

    def put(self, row: str, typed: str) -> None:
        """Take an answer to a row. Raises UsageError or InputError where it cannot be meant."""
        field, text = self.rows[row], one_line(typed)
        if row in REQUIRED and not text:
            raise UsageError(say("expected some words"))
        if row == SLUG:
            check_slug(self.content, text)
        if row == fields.KEEPS_CODE:
            text = "\n".join(dict.fromkeys(self._named(text.split(";"))))
        self.rows[row] = replace(field, value=fields.shown(field.read(text)))

    def _named(self, texts: Sequence[str]) -> Sequence[str]:
        """Return agencies as the annex names them; `check` looks them up where the annex has mistakes."""
        names = []
        for text in filter(None, map(str.strip, texts)):
            alike = {each.name for each in self.found.agencies if fold(each.name) == fold(text)}
            names.append(alike.pop() if len(alike) == 1 else text)
        problems = Problems()
        if not self.found.annex_has_errors:
            find_named(names, [(each.username, each.name) for each in self.found.agencies], problems)
        problems.stop_on_errors()
        return names

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Return the status of each agency, with those that keep their code by the answers."""
        kept = {*self.rows[fields.KEEPS_CODE].value.splitlines()}
        agencies = self.found.agencies
        return tuple(Status.KEEPS if {each.name, each.username} & kept else each.status for each in agencies)


def interview(folders: Folders, slug: str, annex: Path | None, circular: Path | None, day: date) -> Answers:
    """Return a new campaign, with all that was given and all that was asked for. ``day`` is today."""
    places = tuple(dict.fromkeys((Path.cwd().resolve(), ROOT, folders.content)))
    if slug:
        check_slug(folders.content, slug)

    def read_annex(typed: str) -> Path:
        path = find_file(typed, places)
        check_ending(path)
        return path

    annex = _ask_document(say("The annex"), annex, find_annexes(places), read_annex)

    def read_circular(typed: str) -> tuple[Path | None, Understood]:
        path = None if typed.strip() == NONE else find_file(typed, places)
        return path, understand(annex, path, Problems())

    circulars = [path for path in find_circulars(places) if path != annex]
    none = say("; - if there is none yet")
    circular, found = _ask_document(say("The circular"), circular, circulars, read_circular, none)
    slug = slug or usual_slug(folders.content, found, day)
    known = {SLUG: Field("", "slug", say("The campaign's name in addresses"), "", slug)}
    for file, text in draft_texts(folders.content, found).items():
        known |= {each.id: each for each in fields.fields_of(file, text)}
    rows = {row: known[row] for row in ROWS if row in known}
    answers = Answers(folders.content, day, annex, circular, found, rows)
    _confirm(answers)
    awaits_names = found.agencies and found.keepers.sentence and not found.keepers.doubtful
    for row in answers.rows.copy():
        if not answers.rows[row].value and (row != fields.KEEPS_CODE or awaits_names):
            _ask_row(answers, row)
    _ask_apart(answers)
    _ask_keepers(answers)
    _ask_passwords(answers, folders.private, places)
    return answers


def write_answers(answers: Answers) -> Draft:
    """Write the campaign; what was understood is no note, since the table showed it."""
    typed = {row: field.value for row, field in answers.rows.items()}
    found = replace(answers.found, keepers=Keepers())  # each was asked about
    return replace(write_draft(answers.content, typed.pop(SLUG), answers.annex, found, typed), notes=())


def ask_slug(content: Path, day: date) -> str:
    """Return the name of a campaign for which the last one's texts are enough."""

    def read(typed: str) -> str:
        check_slug(content, typed.strip())
        return typed.strip()

    return _until(say("The campaign's name in addresses"), read, free_slug(content, day))


def _until(question: str, read: Callable[[str], Answer], proposal: str = "") -> Answer:
    """Ask until there is an answer that can be read; Enter takes the proposal.

    It is typed below the question: it may be long, and a long line is hard to edit.
    """
    while True:
        screen.show_lines(["", question])
        typed = screen.ask(f"[{proposal}] > " if proposal else "> ")
        try:
            return read(typed if typed.strip() else proposal)
        except ThyridaError as error:
            screen.show_lines(error_lines(error))


def _ask_document(
    name: str, given: Path | None, found: Sequence[Path], read: Callable[[str], Answer], none: str = ""
) -> Answer:
    """Return a document: the one that was given or found, one of several by its number, or that of a path."""
    if given:
        return read(str(given))
    if len(found) == 1:
        try:
            document = read(str(found[0]))
        except ThyridaError as error:
            screen.show_lines(error_lines(error))
            found = ()
        else:
            screen.show_lines([f"{name}: {found[0]}"])
            return document
    screen.show_lines(f"{number:{NUMBER_WIDTH}}  {path}" for number, path in enumerate(found, start=1))
    by_number = {str(number): str(path) for number, path in enumerate(found, start=1)}
    which = say("{name}: its number, or its path (drag the file onto this window)", name=name)
    where = say("{name}: its path (drag the file onto this window)", name=name)
    question = (which if found else where) + none
    return _until(question, lambda text: read(by_number.get(text.strip(), text)), "1" if found else "")


def _confirm(answers: Answers) -> None:
    """Show what was understood, and correct row by row, until Enter says that it is right."""
    by_number = {str(number): row for number, row in enumerate(answers.rows, start=1)} | {"": ""}
    question = say("Enter if this is right, or the number of a row to correct it")

    def read(typed: str) -> str:
        if typed.strip() not in by_number:
            most = len(answers.rows)
            raise UsageError(say('"{text}" is not a whole number from 1 to {most}', text=typed.strip(), most=most))
        return by_number[typed.strip()]

    screen.show_lines(_table(answers))
    while row := _until(question, read):
        _ask_row(answers, row)
        screen.show_lines(_table(answers))


def _table(answers: Answers) -> Iterator[str]:
    yield ""
    yield say("This is what the documents say:")
    agencies = counted(status_counts(answers.statuses))
    if answers.found.annex_has_errors:
        agencies = say("the annex has mistakes: `check` shows each with its cell")
    facts = [(str(number), _short(row.label), _line(row)) for number, row in enumerate(answers.rows.values(), start=1)]
    rows = [*facts, ("", say("The agencies"), agencies)]
    named = [(f"{number:>{NUMBER_WIDTH}}  {name}", value or NOTHING) for number, name, value in rows]
    below = " " * (max(len(name) for name, _ in named) + GAP)
    width = max(shutil.get_terminal_size().columns, len(below) + VALUE_LEAST)
    for line in columns(named, gap=GAP):
        yield textwrap.fill(line, width, subsequent_indent=below, break_long_words=False)


def _short(label: str) -> str:
    """Return a label up to its first comma or semicolon, Greek ones too: a row of the table is narrow."""
    return re.split("[,;·]", label)[0]


def _line(row: Field) -> str:
    """Return the value of a row on one line."""
    return row.value.replace("\n", "; ")


def _ask_row(answers: Answers, row: str) -> None:
    """Ask for a fact until it can be read; one that may be left out is empty then."""
    field = answers.rows[row]
    proposal, question = _line(field) or _proposal(answers, row), field.label
    if field.is_list:
        question += say("; several are separated by semicolons")
    if row not in REQUIRED:
        question += say(" (- for none)") if proposal else say(" (Enter for none)")
    _until(question, lambda typed: answers.put(row, "" if typed.strip() == NONE else typed), proposal)


def _proposal(answers: Answers, row: str) -> str:
    """Return the likely answer to a row without a value, by the text and by the last day to act as it was answered."""
    text, deadline = answers.found.text, find_days(answers.rows[fields.DEADLINE].value)
    eve = text.facts.eve or (deadline[0].day if deadline else None)
    month = text.facts.effective or text.official.letterhead.date or answers.day
    proposals: dict[str, date | str | None] = {
        fields.FOLDER: f"ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ {month:%m_%Y}",
        fields.DEADLINE: text.facts.deadline or day_before(text.facts.effective),
        fields.EFFECTIVE: eve + ONE_DAY if eve and eve < date.max else None,
        fields.PORTAL: text.portal,
    }
    return fields.shown(proposals.get(row) or "")


def _ask_apart(answers: Answers) -> None:
    """Ask for the texts of footnotes that the document does not have, and for the place of addresses apart."""
    text = answers.found.text
    for mark, word in text.footnotes.items():
        question = say(
            "«{word}» has the mark of a footnote whose text is not in the file: type it (Enter if there is none: "
            "the mark goes)",
            word=word,
        )
        text = text.with_footnote(mark, _until(question, one_line))
    for address in text.links:
        question = say(
            "{address} stands apart from the text: type the words that lead there (Enter if there are none: it goes)",
            address=address,
        )
        text = _until(question, partial(text.with_link, address))
    answers.found = replace(answers.found, text=text)


def _ask_keepers(answers: Answers) -> None:
    """Ask about each agency that keeps its code by the annex's notes alone, or by the circular alone."""
    keepers, row = answers.found.keepers, answers.rows[fields.KEEPS_CODE]
    agencies = {key: agency for agency in answers.found.agencies for key in (agency.name, agency.username)}
    kept = [*keepers.both]
    for name in keepers.doubtful if row.value.splitlines() == kept else ():
        agency = agencies[name]
        shown = f"«{agency.name}» ({', '.join(filter(None, (agency.username, agency.parent)))})"
        by_notes = N_("{agency} keeps its code by the annex's notes, but not by the circular. Does it?")
        by_text = N_("{agency} keeps its code by the circular, but not by the annex's notes. Does it?")
        question = say(by_notes if name in keepers.notes_only else by_text, agency=shown)
        # Of several agencies of one name, at most one is meant.
        proposal = say("no") if name == agency.username else say("yes")
        if _until(f"{question} ({say('yes')}/{say('no')})", _yes_or_no, proposal):
            kept.append(name)
            answers.put(row.id, ";".join(kept))


def _yes_or_no(typed: str) -> bool:
    text = fold(typed.strip())
    for word, answer in ((say("yes"), True), (say("no"), False)):
        if text and fold(word).startswith(text):
            return answer
    raise UsageError(say('"{text}" is not an answer: expected {yes} or {no}', text=typed, yes=say("yes"), no=say("no")))


def _ask_passwords(answers: Answers, private: Path, places: Sequence[Path]) -> None:
    """Ask for the server's password file where agencies keep their codes, whose lines are in it."""
    if Status.KEEPS not in answers.statuses or (private / CURRENT_NAME).exists():
        return

    def read(typed: str) -> Path | None:
        if not typed.strip() or typed.strip() == NONE:
            return None
        path = find_file(typed, places)
        if not users_of(path.read_bytes()):
            raise UsageError(say('"{name}" is not a password file: expected lines of USER:HASH', name=path.name))
        return path

    found = next(iter(find_password_files(places)), None)
    none = say(" (- if there is none yet)") if found else say(" (Enter if there is none yet)")
    question = say("Agencies keep their codes. The server's password file, as a copy") + none
    answers.passwords = _until(question, read, str(found or ""))
