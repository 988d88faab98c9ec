"""Find the documents that staff mean, and ask at a terminal for what `new` needs and they do not say.

Nothing is written before all is answered.
"""

from __future__ import annotations

import os
import shlex
import shutil
import textwrap
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from site_src.commands import screen
from site_src.commands.facts import Answers, facts_of, free_slug, read_slug, statuses_of
from site_src.commands.messages import counted, error_lines
from site_src.files.htpasswd import PasswordFile
from site_src.files.private import CURRENT_NAME
from site_src.files.walk import is_leftover
from site_src.folders import ROOT
from site_src.language.catalogues import N_
from site_src.language.greek import fold, one_line
from site_src.language.say import say
from site_src.new.campaign_files import Keepers, operator_of
from site_src.new.draft import check_ending, check_slug, understand, write_draft
from site_src.new.source import TEXT
from site_src.problems import Problems, ThyridaError, UsageError
from site_src.read.agency import Status, status_counts
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, CONTENT, SHEET_ENDINGS, is_like

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from site_src.commands.facts import Fact
    from site_src.folders import Folders
    from site_src.new.draft import Draft, Understood

# The program's own texts, beside which staff put their documents.
OWN_TEXTS = frozenset(
    {"CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "requirements.txt", "requirements-test.txt"}
)
CIRCULARS = (".docx", *TEXT)
OTHER_CIRCULARS = (".doc", ".odt", ".pdf", ".rtf")  # each is refused with what to do
BLANKS = " \t\r\n"

NONE = "-"  # the answer that takes no proposal, and leaves a fact out
NOTHING = "—"  # in the table, for a fact that is not known
NUMBER_WIDTH = 4  # columns of the table
WIDTH_LEAST = 20  # of a fact in the table, on the narrowest window

Answer = TypeVar("Answer")


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
    answers = Answers(
        annex=annex,
        circular=circular,
        slug=slug
        or free_slug(folders.content, found.text.official.letterhead.date or found.text.facts.effective or day),
        found=found,
        operator=operator_of(found.text.official.letterhead),
    )
    facts = facts_of(folders.content, day, found)
    answers = _confirm(answers, facts)
    for fact in facts:
        if not fact.value(answers) and fact.is_missing(answers):
            answers = _ask_fact(fact, answers)
    answers = _ask_apart(answers)
    answers = _ask_keepers(answers)
    return _ask_passwords(answers, folders.private, places)


def write_answers(content: Path, answers: Answers) -> Draft:
    """Write the campaign; what was understood is no note, since the table showed it."""
    draft = write_draft(content, answers.slug, answers.annex, answers.found, answers.operator, answers.address)
    return replace(draft, notes=())


def ask_slug(content: Path, day: date) -> str:
    """Return the name of a campaign for which the last one's texts are enough."""
    question = _question(say("the campaign's name in addresses"))
    return _until(question, partial(read_slug, content), free_slug(content, day))


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


def _question(name: str) -> str:
    return name[:1].upper() + name[1:]


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


def _confirm(answers: Answers, facts: Sequence[Fact]) -> Answers:
    """Show what was understood, and correct row by row, until Enter says that it is right."""
    by_number = {str(number): fact for number, fact in enumerate(facts, start=1)}
    question = say("Enter if this is right, or the number of a row to correct it")
    while True:
        screen.show_lines(_table(answers, facts))
        fact = _until(question, lambda typed: _row(typed.strip(), by_number))
        if not fact:
            return answers
        answers = _ask_fact(fact, answers)


def _row(typed: str, by_number: Mapping[str, Fact]) -> Fact | None:
    """Return the fact of a row; None where nothing is typed."""
    if typed and typed not in by_number:
        raise UsageError(say('"{text}" is not a whole number from 1 to {most}', text=typed, most=len(by_number)))
    return by_number.get(typed)


def _table(answers: Answers, facts: Sequence[Fact]) -> Iterator[str]:
    yield ""
    yield say("This is what the documents say:")
    rows = [(str(number), say(fact.name), fact.value(answers)) for number, fact in enumerate(facts, start=1)]
    agencies = counted(status_counts(statuses_of(answers)))
    if answers.found.annex_has_errors:
        agencies = say("the annex has mistakes: `check` shows each with its cell")
    rows.append(("", say("the agencies"), agencies))
    names = max(len(name) for _, name, _ in rows)
    indent = NUMBER_WIDTH + names + 4
    width = max(shutil.get_terminal_size().columns - indent, WIDTH_LEAST)
    for number, name, value in rows:
        first, *others = textwrap.wrap(value, width) or [NOTHING]
        yield f"{number:>{NUMBER_WIDTH}}  {name:{names}}  {first}"
        yield from (" " * indent + line for line in others)


def _ask_fact(fact: Fact, answers: Answers) -> Answers:
    proposal = fact.value(answers) or fact.proposal(answers)
    question = _question(say(fact.name))
    if fact.is_optional:
        question += say(" (- for none)") if proposal else say(" (Enter for none)")

    def read(typed: str) -> Answers:
        text = typed.strip()
        return fact.put(answers, "" if fact.is_optional and text == NONE else text)

    return _until(question, read, proposal)


def _ask_apart(answers: Answers) -> Answers:
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
    return replace(answers, found=replace(answers.found, text=text))


def _ask_keepers(answers: Answers) -> Answers:
    """Ask about each agency that keeps its code by the annex's notes alone, or by the circular alone."""
    keepers, kept = answers.found.keepers, []
    agencies = {key: agency for agency in answers.found.agencies for key in (agency.name, agency.username)}
    for name in keepers.doubtful:
        agency = agencies[name]
        shown = f"«{agency.name}» ({', '.join(filter(None, (agency.username, agency.parent)))})"
        by_notes = N_("{agency} keeps its code by the annex's notes, but not by the circular. Does it?")
        by_text = N_("{agency} keeps its code by the circular, but not by the annex's notes. Does it?")
        question = say(by_notes if name in keepers.notes_only else by_text, agency=shown)
        # Of several agencies of one name, at most one is meant.
        proposal = say("no") if name == agency.username else say("yes")
        if _until(f"{question} ({say('yes')}/{say('no')})", _yes_or_no, proposal):
            kept.append(name)
    asked = Keepers((*keepers.both, *kept), sentence=keepers.sentence if keepers.both or kept else "")
    return replace(answers, found=replace(answers.found, keepers=asked))


def _yes_or_no(typed: str) -> bool:
    text = fold(typed.strip())
    for word, answer in ((say("yes"), True), (say("no"), False)):
        if text and fold(word).startswith(text):
            return answer
    raise UsageError(say('"{text}" is not an answer: expected {yes} or {no}', text=typed, yes=say("yes"), no=say("no")))


def _ask_passwords(answers: Answers, private: Path, places: Sequence[Path]) -> Answers:
    """Ask for the server's password file where agencies keep their codes, whose lines are in it."""
    if Status.KEEPS not in statuses_of(answers) or (private / CURRENT_NAME).exists():
        return answers

    def read(typed: str) -> Path | None:
        if not typed.strip() or typed.strip() == NONE:
            return None
        path = find_file(typed, places)
        if not PasswordFile.parse(path.read_bytes()).users:
            raise UsageError(say('"{name}" is not a password file: expected lines of USER:HASH', name=path.name))
        return path

    found = next(iter(find_password_files(places)), None)
    none = say(" (- if there is none yet)") if found else say(" (Enter if there is none yet)")
    question = say("Agencies keep their codes. The server's password file, as a copy") + none
    return replace(answers, passwords=_until(question, read, str(found or "")))


def find_annexes(folders: Sequence[Path]) -> list[Path]:
    """Return the spreadsheets in these folders, the likeliest first; those that are not read only where none is."""
    return _find(folders, ANNEX_ENDINGS, "annex") or _find(folders, SHEET_ENDINGS, "annex")


def find_circulars(folders: Sequence[Path]) -> list[Path]:
    """Return the documents in these folders, the likeliest first; those that are not read only where none is."""
    return _find(folders, CIRCULARS, "circular") or _find(folders, OTHER_CIRCULARS, "circular")


def find_password_files(folders: Sequence[Path]) -> list[Path]:
    """Return the files in these folders that are called as a server's password file is."""
    return _find(folders, (".htpasswd", ""), "htpasswd")


def _find(folders: Sequence[Path], endings: Collection[str], name: str) -> list[Path]:
    """Return files by their ends, first those that are called so, then the newest; ``""`` asks for the name alone."""
    found = []
    for folder in dict.fromkeys(folders):
        for path in folder.iterdir() if folder.is_dir() else ():
            is_own = (folder == ROOT and path.name in OWN_TEXTS) or path.name in CONTENT.files
            ending = path.suffix.lower()
            if ending in endings and (ending or is_like(path.name, name)) and path.is_file() and not is_own:
                found += [] if is_leftover(path.name) else [path]
    return sorted(found, key=lambda path: (not is_like(path.name, name), -path.stat().st_mtime, path.name))


def find_file(typed: str, folders: Sequence[Path]) -> Path:
    """Return the file that a typed or dropped path names, from here or from one of the folders.

    Raises UsageError where there is none.
    """
    if not typed.strip(BLANKS):
        raise UsageError(say("expected the path of a file"), say("drag the file from its folder onto this window"))
    for reading in _readings(typed):
        for folder in (Path.cwd(), *folders):
            path = folder / os.path.expanduser(reading)  # noqa: PTH111 (Path.expanduser raises where nobody is at home)
            if os.path.isfile(path):  # noqa: PTH113 (Path.is_file raises for a name that is too long)
                return path
    message = say('there is no file "{path}"', path=typed.strip(BLANKS))
    raise UsageError(message, say("drag the file from its folder onto this window"))


def _readings(typed: str) -> Iterator[str]:
    """Yield the paths that a text can mean: as it is, without quotes or backslashes, and as an address ``file://``.

    Windows' consoles quote a path with blanks, PowerShell with ``&`` before it and an apostrophe twice; the terminals
    of Linux quote as its shells do, that of macOS puts a backslash before each blank; some drop an address.
    """
    text = typed.strip(BLANKS)
    quoted = text.removeprefix("&").strip(BLANKS)
    texts = [text]
    if len(quoted) > 1 and quoted[0] == quoted[-1] and quoted[0] in "'\"":
        texts += [quoted[1:-1], quoted[1:-1].replace("''", "'")]
    with suppress(ValueError):  # a quotation without its end
        texts += [word for word in shlex.split(typed) if word]
    for each in texts:
        yield each
        if each.lower().startswith("file:"):
            with suppress(ValueError):  # brackets that enclose no IPv6 address
                parts = urlsplit(each)
                server = "" if parts.netloc in {"", "localhost"} else f"//{parts.netloc}"
                yield url2pathname(server + parts.path)
