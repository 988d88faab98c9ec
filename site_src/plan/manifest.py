"""Read and write manifest.json: what was built from what, without a code or an address in clear."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from site_src.files.private import MANIFEST_NAME
from site_src.language.say import say
from site_src.problems import StateError
from site_src.read.agency import Status, is_username

MANIFEST_VERSION = 1
USERS_NAMED = 20  # to whom the same thing happens; of more than these the number is enough


@dataclass(frozen=True, slots=True)
class FormerCode:
    """A code that a letter gave, as its fingerprint, and the moment of the build that gave another."""

    code: str
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One agency in a manifest. Fingerprints are keyed hashes: they show equality and nothing else."""

    status: Status
    name: str
    emails: str  # fingerprint of all declared addresses
    code: str = ""  # fingerprint of the code; "" where none is given
    letter: str = ""  # fingerprint of everything in the archive
    size: int = 0
    sha256: str = ""  # of the published archive; "" where none is published
    former: tuple[FormerCode, ...] = ()  # the codes before this one, the oldest first

    def had_another_code(self, moment: datetime) -> bool:
        """Return whether the letter that was published at the moment gave a code that is void now."""
        return next((each.code != self.code for each in self.former if moment <= each.until), False)


@dataclass(frozen=True)
class Manifest:
    """A campaign's records by user name, its effective day, the SHA-256 of its input files, and what made it.

    ``rules_changed``: the day of the last build that made other server rules than the one before it, if any did.
    """

    effective: date = date.max  # the end of time where another version of Thyrida built it
    agencies: Mapping[str, Record] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    made_with: str = ""
    htpasswd_after: str = ""  # SHA-256 of the file as built
    key: str = ""  # fingerprint of the campaign key; "" where another version of Thyrida built it
    rules_changed: date | None = None
    sample: bool = False  # built from the sample that Thyrida comes with

    def to_bytes(self) -> bytes:
        """Return the file's text, in an order that depends on nothing but its content; an agency on a line."""
        # A day that no two builds share is there only where something happened on it, and so is the sample's mark.
        facts = {name: value for name, value in vars(self).items() if name != "agencies" and value not in (None, False)}
        head = json.dumps({"version": MANIFEST_VERSION, **facts}, ensure_ascii=False, indent=1, default=str)
        records = ((json.dumps(name), _facts(record)) for name, record in self.agencies.items())
        lines = ",\n".join(f"  {name}: {json.dumps(each, ensure_ascii=False)}" for name, each in records)
        start = head.removesuffix("\n}")
        return f'{start},\n "agencies": {{\n{lines}\n }}\n}}\n'.encode()


@dataclass(frozen=True)
class Changes:
    """User names by what happens to them, each in the annex's order."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    address_changed: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    reissued: tuple[str, ...] = ()
    remade: tuple[str, ...] = ()  # the same code in a letter whose text or enclosures changed, or whose file was lost
    withdrawn: tuple[str, ...] = ()

    @property
    def to_make(self) -> tuple[str, ...]:
        """Return the letters that this build sets."""
        return self.new + self.reissued + self.remade


def built_folders(private: Path, *, of_sample: bool = False) -> list[Path]:
    """Return the folders in the private folder that campaigns were built into, or those of the sample that comes along.

    A folder whose manifest is damaged is a campaign's, whose plan reports it.
    """
    found = sorted(path.parent for path in private.glob(f"*/{MANIFEST_NAME}"))
    return [folder for folder in found if readable_manifest(folder).sample == of_sample]


def readable_manifest(folder: Path) -> Manifest:
    """Return what was built into a private folder; nothing if the file is damaged, which its plan reports."""
    try:
        return read_manifest(folder / MANIFEST_NAME) or Manifest()
    except StateError:
        return Manifest()


def built_manifest(folder: Path) -> Manifest:
    """Return what was built into a campaign's private folder. Raises StateError where nothing was, or it is damaged."""
    manifest = read_manifest(folder / MANIFEST_NAME)
    if manifest is None:
        where = {"file": MANIFEST_NAME, "private": folder}
        message = say('"{slug}" was never built: there is no {file} in "{private}"', slug=folder.name, **where)
        raise StateError(message, say("build it first"))
    return manifest


def read_manifest(path: Path) -> Manifest | None:
    """Return the last build's manifest; None if there was none. Raises StateError if it is damaged."""
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        if content.pop("version") != MANIFEST_VERSION:
            return Manifest()
        return _manifest(**content)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = say("delete this file; the next build makes every letter again")
        raise StateError(say('"{file}" is damaged', file=path), hint) from error


def _facts(record: Record) -> dict[str, object]:
    """Return a record as the file has it: moments, which no two builds share, only if a code replaced another."""
    facts = asdict(record) | {"former": [[each.code, each.until.isoformat()] for each in record.former]}
    if not record.former:
        del facts["former"]
    return facts


def _manifest(*, effective: str, agencies: dict[str, dict[str, Any]], **facts: Any) -> Manifest:  # noqa: ANN401 (JSON)
    """Return the file's manifest. Raises ValueError or TypeError if a fact has not its type or form."""
    records = {username: _record(username, content) for username, content in agencies.items()}
    if "rules_changed" in facts:
        facts["rules_changed"] = date.fromisoformat(facts["rules_changed"])
    manifest = Manifest(date.fromisoformat(effective), records, **facts)
    _expect(str, manifest.made_with, manifest.htpasswd_after, manifest.key, *manifest.inputs, *manifest.inputs.values())
    return manifest


def _record(username: str, content: dict[str, Any]) -> Record:
    content["status"] = Status(content["status"])
    former = [FormerCode(code, datetime.fromisoformat(until)) for code, until in content.pop("former", ())]
    record = Record(**content, former=tuple(former))
    _expect(str, record.name, record.emails, record.code, record.letter, record.sha256)
    _expect(str, *(each.code for each in former))
    _expect(int, record.size)
    if not is_username(username) or not all(each.until.tzinfo for each in former):
        raise ValueError(username)
    return record


def _expect(kind: type, *values: object) -> None:
    for value in values:
        if type(value) is not kind:  # True is an int too
            raise TypeError(value)


INVENTORY_NAME = ".site.sha256"

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>.+)")


def to_bytes(digests: Mapping[str, str]) -> bytes:
    """Return the file's text, of SHA-256 in hexadecimal by path; no file of the site has a line end in its name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def read_inventory(private: Path) -> dict[str, str] | None:
    """Return the last build's inventory; None if there is none. Raises StateError if it is damaged."""
    path = private / INVENTORY_NAME
    try:
        lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        lines = [""]
    found = [_LINE.fullmatch(line) for line in lines]
    digests = {match["name"]: match["digest"] for match in found if match}
    if len(digests) != len(found):
        raise StateError(say('"{file}" is damaged', file=path), say("delete this file and build again"))
    return digests
