"""The order of a listing: each agency in the group of its parent, the groups in the order of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.agency import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.pages.edition import Folder

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
