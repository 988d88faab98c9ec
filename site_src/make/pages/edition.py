"""A campaign as it stands on a day: what the pages show, without any secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.read.agency import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from site_src.read.agency import Agency
    from site_src.read.circular.render import Circular
    from site_src.read.inputs import CampaignInputs, CircularInputs
    from site_src.read.settings import Campaign


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


LANDMARKS = {Kind.REGION, Kind.DECENTRALISED_ADMINISTRATION}


@dataclass(frozen=True)
class Group:
    """The agencies of one parent, in the annex's order. ``is_landmark``: large enough a parent to be jumped to."""

    id: str
    parent: str
    folders: tuple[Folder, ...]
    is_landmark: bool


def group_folders(folders: Sequence[Folder]) -> tuple[Group, ...]:
    """All folders by parent: first those without one, then below each agency its own, then the parents in no row."""
    children: dict[str, list[Folder]] = {}
    for folder in folders:
        children.setdefault(folder.agency.parent, []).append(folder)
    landmarks = {folder.agency.name for folder in folders if folder.agency.kind in LANDMARKS}
    return tuple(
        Group(f"group-{number}", parent, tuple(children[parent]), parent in landmarks)
        for number, parent in enumerate(_in_order(children), start=1)
    )


def _in_order(children: Mapping[str, Sequence[Folder]]) -> Iterator[str]:
    """Each parent once, above its children's groups; a circle of parents comes to an end."""
    seen: set[str] = set()
    names = {folder.agency.name for group in children.values() for folder in group}
    roots = sorted(children, key=lambda parent: (parent != "", parent in names))
    for root in roots:
        waiting = [root]
        while waiting:
            parent = waiting.pop()
            if parent in seen or parent not in children:
                continue
            seen.add(parent)
            yield parent
            waiting += [folder.agency.name for folder in reversed(children[parent])]
