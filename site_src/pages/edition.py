"""A campaign as it stands on a day: what the pages show, without any secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from site_src.agency import Status
from site_src.language.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_src.agency import Agency
    from site_src.circular.render import Circular
    from site_src.inputs import CampaignInputs, CircularInputs
    from site_src.settings import Campaign


class State(StrEnum):
    """What lies in an agency's folder."""

    READY = "ready"
    KEEPS = "keeps"
    CONTACT_US = "contact-us"


STATES = {
    State.READY: N_("Has a letter"),
    State.KEEPS: N_("Keeps its code"),
    State.CONTACT_US: N_("Please call us"),
}


@dataclass(frozen=True, slots=True)
class Archive:
    """A published archive: its size in bytes and the SHA-256 of its bytes in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Folder:
    """One agency's folder in the download area; only a READY one holds an archive."""

    agency: Agency
    state: State
    archive: Archive | None = None


@dataclass(frozen=True)
class Edition:
    """A campaign with its text, its folders in the annex's order, and the files published beside the circular.

    One that ``is_over`` has no folders any more.
    """

    campaign: Campaign
    circular: Circular
    folders: tuple[Folder, ...]
    attachments: tuple[Path, ...] = ()
    is_over: bool = False

    @classmethod
    def of(cls, inputs: CampaignInputs, archives: Mapping[str, Archive]) -> Edition:
        """What is read of a campaign, with the archives that it has on the site, by user name."""
        states = {Status.NEW: State.READY, Status.KEEPS: State.KEEPS, Status.CONTACT_US: State.CONTACT_US}
        folders = tuple(Folder(each, states[each.status], archives.get(each.username)) for each in inputs.agencies)
        return cls(inputs.campaign, inputs.circular, folders, inputs.attachments)

    @classmethod
    def of_past(cls, inputs: CircularInputs) -> Edition:
        """Return what stays of a campaign that is over."""
        return cls(inputs.campaign, inputs.circular, (), inputs.attachments, is_over=True)

    @property
    def total(self) -> int:
        """The number of agencies that have a folder."""
        return len(self.folders)
