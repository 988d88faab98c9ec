"""Hold the facts of a site and of a campaign: site.toml and campaign.toml as frozen dataclasses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path, PurePath
from urllib.parse import urlsplit

# The 16 capitals and digits of which no two look alike, in Latin or beside Greek letters (no A B E H I K M N O P T X
# Y Z, which Greek has too; no 0/O, 1/I, 5/S, 6/G, 8/B, U/V beside their twins): 4 bits a symbol.
DEFAULT_ALPHABET = "CDFJLQRSW2346789"

SUBJECT_LONGEST = 300  # characters; a subject is one sentence, and what is longer has taken in the text below it


def origin_of(address: str) -> str:
    """Return scheme and server of an address of the web (RFC 6454, 6.1); "" for any other text."""
    try:
        parts = urlsplit(address)
        server = parts.hostname and parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    is_plain = server and parts.scheme in {"http", "https"} and not re.search(r"[\s<>\"'\\]", address)
    return f"{parts.scheme}://{server}" if is_plain else ""


@dataclass(frozen=True)
class Person:
    """Somebody to call."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Office:
    """The office that contacts call or write to: ``[contact]`` of site.toml."""

    unit: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    address: str = ""


@dataclass(frozen=True)
class Logo:
    """The operator's logo: the file beside site.toml, its content, and its sides, of which only the ratio counts."""

    name: str
    content: bytes = field(default=b"", repr=False)
    width: int = 0
    height: int = 0

    @property
    def ending(self) -> str:
        """Return the end of its name in small letters: ".svg" or ".png"."""
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True)
class Link:
    """A link to another site, in the footer: ``links`` of site.toml."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Server:
    """The web server in front of the site: ``[server]`` of site.toml."""

    address: str = ""
    password_file: str = ""
    realm: str = ""
    url_prefix: str = ""
    hash: str = "bcrypt"
    other_users: str = "keep"

    @property
    def root(self) -> str:
        """Return the whole address of the site's home page; "" where ``address`` names no server of the web.

        Letters may name any page of the server, so only the server of ``address`` counts.
        """
        origin = origin_of(self.address)
        return f"{origin}{self.url_prefix}/" if origin else ""

    @property
    def drops_others(self) -> bool:
        """Return whether users who are in no annex lose their line of the password file."""
        return self.other_users == "drop"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The facts that every page shares: site.toml."""

    title: str
    operator: str
    language: str = "el"
    contact: Office = Office()
    server: Server = Server()
    logo: Logo | None = None
    links: tuple[Link, ...] = ()
    sample: bool = False  # every page, letter and summary says so


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """The circular's metadata: ``[circular]`` of campaign.toml, in the order of the official document."""

    ada: str = ""  # the document's number on Diavgeia, where acts of the administration are published
    marking: tuple[str, ...] = ()  # lines that say how it is handled: urgency, classification, correction
    protocol: str = ""
    date: date | None = None
    place: str = ""
    subject: str = ""
    sender: tuple[str, ...] = ()
    contacts: tuple[Person, ...] = ()
    details: tuple[str, ...] = ()  # the sender's lines after the contacts: postal address, fax, e-mail, site
    recipients: tuple[str, ...] = ()
    signatory_title: str = ""
    signatory_name: str = ""
    attachments: tuple[str, ...] = ()  # as the document names them
    distribution: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CodePolicy:
    """The form of an access code: ``[code]`` of campaign.toml."""

    groups: int = 5
    group_length: int = 4
    alphabet: str = DEFAULT_ALPHABET


class Column(StrEnum):
    """The columns that an annex may have, by their keys in ``[annex]`` of campaign.toml."""

    USERNAME = "username"
    NAME = "name"
    KIND = "kind"
    PARENT = "parent"
    EMAIL = "email"
    STATUS = "status"
    NOTES = "notes"
    PHONE = "phone"


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One round of new codes: campaign.toml and its folder."""

    slug: str
    path: Path
    folder: str
    deadline: date
    effective: date
    files_until: date | None = None
    keeps_code: tuple[str, ...] = ()
    circular: Letterhead = Letterhead()
    code: CodePolicy = CodePolicy()
    columns: Mapping[str, str] = field(default_factory=dict)  # [annex]: a Column -> its header in the sheet
    reissue: Mapping[str, int] = field(default_factory=dict)  # username -> generation

    @property
    def day(self) -> date:
        """Return the day of the circular, or else the last day to act."""
        return self.circular.date or self.deadline

    @property
    def eve(self) -> date:
        """Return the last day of the old codes."""
        return self.effective - timedelta(days=1)

    @property
    def leaves_on(self) -> date | None:
        """Return the first day without archives on the site; None where they stay."""
        return self.files_until + timedelta(days=1) if self.files_until else None

    def is_over_on(self, day: date) -> bool:
        """Return whether the letters have left the site on ``day``, and the annex is no longer needed."""
        return self.files_until is not None and day > self.files_until
