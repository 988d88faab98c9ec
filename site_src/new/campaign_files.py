"""The files that a campaign begins with, for staff to go on with: each key explained, what is unknown as a comment."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_src.files.disk import move, put, settle
from site_src.files.private import CURRENT_NAME, ORIGINAL_STEM, make_private_folder, put_private, write_private
from site_src.folders import templates_of
from site_src.language.greek import fold, one_line, squeeze
from site_src.language.say import reason, remedy, say
from site_src.new.lines import BODY_NAMES, words
from site_src.problems import MachineError
from site_src.read.settings import Letterhead, Person

if TYPE_CHECKING:
    from tomlkit.items import Array

    from site_src.new.circular_text import CircularText

# What belongs to one campaign alone; the rest of campaign.toml is carried over to the next one.
OWN_FACTS = ("folder", "deadline", "effective")
OWN_CIRCULAR_FACTS = ("protocol", "date")
OPTIONAL_FACTS = ("ada", "marking")  # of one document, which need not have them


@dataclass(frozen=True)
class Keepers:
    """Names (a user name where two bear the name) that annex and text both have, or one of the two alone."""

    both: tuple[str, ...] = ()
    notes_only: tuple[str, ...] = ()
    text_only: tuple[str, ...] = ()
    sentence: str = ""

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Return the names that one of the two alone has."""
        return (*self.notes_only, *self.text_only)


def campaign_toml(text: CircularText, keepers: Keepers) -> str:
    """Return the text of campaign.toml, with the document's own words in its comments."""
    own, head = text.official.words, text.official.letterhead

    def quote(key: str) -> str:
        return say("; in the document: «{words}»", words=own[key]) if key in own else ""

    return _render(
        "campaign.toml",
        facts=text.facts,
        official=text.official,
        head=head,
        keepers=keepers,
        quote=quote,
    )


def site_toml(head: Letterhead, operator: str = "") -> str:
    """Return the text of a first site.toml, from the sender's block."""
    operator = operator or operator_of(head)
    details = {fold(text): text.split(":", 1)[-1].strip() for text in head.details}
    emails = (word for value in details.values() for word in value.split() if "@" in word)
    addresses = (value for text, value in details.items() if "ταχ" in text)
    return _render(
        "site.toml",
        title=f"Κωδικοί πρόσβασης - {operator}" if operator else "",
        operator=operator,
        unit=head.sender[-1] if head.sender else "",
        phones=tuple(person.phone for person in head.contacts if person.phone),
        email=next(emails, ""),
        address=next(addresses, ""),
    )


def operator_of(head: Letterhead) -> str:
    """Return the sender's line that names the body itself; as it is written in small letters, where that is known."""
    named = (unit for unit in head.sender if re.match(words("head", "bodies"), fold(unit)))
    line = next(named, next(iter(head.sender), ""))
    return next((name for name in BODY_NAMES if squeeze(name) == squeeze(line)), line)


def _render(name: str, **values: object) -> str:
    template = templates_of("new", html=False).get_template(name)  # _fact writes every value as TOML
    return template.render(say=say, fact=_fact, commented=_commented, **values)


def _fact(key: str, value: object, meaning: str, example: object = "", *, is_needed: bool = True) -> str:
    """Return a key with its meaning; without a value, a comment, which asks for it if it is needed."""
    meaning = one_line(meaning)
    if not value:
        ask = say("{meaning}: fill this in", meaning=meaning) if is_needed else meaning
        return f"# {key} = {example} # {ask}"
    if isinstance(value, tuple):
        return f"# {meaning}\n{key} = {_toml(value)}"
    return f"{key} = {_toml(value)} # {meaning}"


def _commented(names: Iterable[str]) -> str:
    return "\n".join(f"# {_toml(one_line(name))}," for name in names)


def _toml(value: object) -> str:
    """Return a value as TOML."""
    import tomlkit

    if isinstance(value, tuple):
        return toml_array([asdict(each) if isinstance(each, Person) else each for each in value]).as_string()
    return tomlkit.item(value).as_string()


def toml_array(entries: Sequence[object]) -> Array:
    """Return a list as TOML has it, each entry of several in a line of its own."""
    import tomlkit

    array = tomlkit.array().multiline(len(entries) > 1)
    for entry in entries:
        table = tomlkit.inline_table()  # which has blanks, unlike the one that it makes of a dictionary itself
        if isinstance(entry, dict):
            table.update(entry)
        array.append(table or entry)
    return array


def renewed_toml(last: str, text: CircularText | None) -> str:
    """Return the last campaign.toml for a new campaign, without what belonged to the last one alone; comments stay."""
    import tomlkit

    document = tomlkit.parse(last)
    document.pop("reissue", None)
    table = document.setdefault("circular", tomlkit.table())
    for key in OPTIONAL_FACTS:
        table.pop(key, None)
    facts: dict[str, Any] = {}
    own: dict[str, Any] = {}
    if text:
        head = text.official.letterhead
        facts = {"folder": text.facts.folder, "deadline": text.official.deadline, "effective": text.facts.effective}
        own = {"ada": head.ada, "marking": list(head.marking), "protocol": head.protocol, "date": head.date}
        own["subject"] = head.subject
    if "files_until" in document:  # it may be left out, so that an empty one would not be asked for
        document["files_until"] = say("fill this in")
    _renew(document, OWN_FACTS, facts)
    _renew(table, OWN_CIRCULAR_FACTS, own)
    return tomlkit.dumps(document)


def _renew(table: MutableMapping[str, Any], own: Sequence[str], facts: Mapping[str, Any]) -> None:
    """Put in the facts and empty the rest of ``own``, so that ``check`` asks for it."""
    table.update(dict.fromkeys(own, "") | {key: value for key, value in facts.items() if value})


def write_campaign(folder: Path, files: Mapping[str, str], annex: Path, site: str) -> tuple[Path, ...]:
    """Write all files beside the campaign's folder, and rename that: it is whole, or not there. Return their paths.

    ``site`` is the text of a first site.toml, or empty. Raises MachineError where the disk refuses.
    """
    site_file, work = folder.with_name("site.toml"), folder.with_name(f".{folder.name}.new")
    annex_name = f"annex{annex.suffix.lower()}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if site:
            put(site_file, site.encode())
        shutil.rmtree(work, ignore_errors=True)  # of a command that was killed
        make_private_folder(work)
        try:
            for name, text in files.items():
                write_private(work / name, text.encode())
            write_private(work / annex_name, annex.read_bytes())
            settle(work)
            move(work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        path = Path(error.filename2 or error.filename or folder)
        why = reason(error) if path in {folder, folder.parent, work} else f'"{path}": {reason(error)}'
        message = say('"{folder}" cannot be written: {reason}', folder=folder, reason=why)
        raise MachineError(message, remedy(error)) from error
    return (*((site_file,) if site else ()), *(folder / name for name in (*files, annex_name)))


@dataclass(frozen=True)
class Documents:
    """The files that a campaign begins with; ``passwords`` is a copy of the server's password file."""

    annex: Path | None
    circular: Path | None
    passwords: Path | None = None

    def is_for_private(self, content: Path) -> bool:
        """Return whether one of them goes to the private folder."""
        return self.passwords is not None or _is_in(content, self.circular)


def put_away(documents: Documents, content: Path, private: Path, slug: str) -> Iterator[str]:
    """Copy the password file to its place, and move out of the content folder itself what it must not hold.

    Yield a note on each: the annex has become the campaign's, the circular goes to its private folder. Documents
    elsewhere stay. The command must hold the private folder if one of them goes there.
    """
    if documents.passwords:
        put_private({private / CURRENT_NAME: documents.passwords.read_bytes()})
        yield say("the password file was copied to {path}", path=private / CURRENT_NAME)
    if documents.circular and _is_in(content, documents.circular):
        kept = private / slug / f"{ORIGINAL_STEM}{documents.circular.suffix.lower()}"
        make_private_folder(kept.parent)
        put_private({kept: documents.circular.read_bytes()})
        yield say("the circular was moved out of the content folder itself, to {path}", path=kept)
    for path in (documents.annex, documents.circular, documents.passwords):
        if path and _is_in(content, path):
            path.unlink(missing_ok=True)
    if documents.annex and _is_in(content, documents.annex):
        yield say("the annex was moved out of the content folder itself: the campaign has it")


def _is_in(content: Path, path: Path | None) -> bool:
    return path is not None and path.parent.resolve() == content.resolve()
