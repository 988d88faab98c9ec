"""Describe an agency as the annex does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from site_src.language.catalogues import N_
from site_src.problems import Place

# An address is the password of an archive, and 7-Zip takes no longer one (CPP/7zip/Crypto/WzAes.h, kPasswordSizeMax).
PASSWORD_BYTES_MAX = 99

_USERNAME = re.compile(r"[0-9]{12}")


def is_username(text: str) -> bool:
    """Return whether the text is twelve ASCII digits and nothing else."""
    return bool(_USERNAME.fullmatch(text))


class Status(StrEnum):
    """The status of an agency in a campaign."""

    NEW = "new"
    KEEPS = "keeps"
    CONTACT_US = "contact-us"


STATUSES = {
    Status.NEW: N_("it gets a new code"),
    Status.KEEPS: N_("it keeps its code"),
    Status.CONTACT_US: N_("it has declared no contact"),
}


class Kind(StrEnum):
    """The kinds of body that the ministry knows by name."""

    DECENTRALISED_ADMINISTRATION = "decentralised_administration"
    REGION = "region"
    MUNICIPALITY = "municipality"
    LEGAL_ENTITY = "legal_entity"


REGIONS = {Kind.REGION, Kind.DECENTRALISED_ADMINISTRATION}  # the largest: lists are grouped by them


@dataclass(frozen=True, kw_only=True, slots=True)
class Agency:
    """A body with a user name; ``emails`` are its contact's declared addresses, each a possible password."""

    username: str
    name: str
    kind: str = ""  # a Kind, or the annex's own words where they name none
    parent: str = ""
    emails: tuple[str, ...] = field(default=(), repr=False)
    emails_at: tuple[Place, ...] = ()  # the place of each
    status: Status = Status.NEW
    phones: str = field(default="", repr=False)  # as the annex has them
    notes: str = ""
    at: Place = Place()  # of its user name
    name_at: Place = Place()
    notes_at: Place = Place()

    def place_of(self, email: str) -> Place:
        """Return the place of one of its addresses; the agency's own place where that is not known."""
        return dict(zip(self.emails, self.emails_at, strict=False)).get(email, self.at)


def status_counts(statuses: Iterable[Status]) -> dict[str, int]:
    """Return how many agencies there are, and how many of each status, whatever the day."""
    counts = Counter(statuses)
    return {
        "agencies": counts.total(),
        "letters": counts[Status.NEW],
        "keeps": counts[Status.KEEPS],
        "contact_us": counts[Status.CONTACT_US],
    }
