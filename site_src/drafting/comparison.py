"""Two annexes beside each other: who came, who left, and whose name or address is another. Addresses are not told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say, say_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from site_src.agency import Agency


def compare(before: Sequence[Agency], after: Sequence[Agency]) -> Iterator[str]:
    """The differences as lines of text, by user name and name; none where the annexes say the same."""
    old = {agency.username: agency for agency in before}
    new = {agency.username: agency for agency in after}
    both = [(old[username], agency) for username, agency in new.items() if username in old]
    added = [_named(agency) for username, agency in new.items() if username not in old]
    gone = [_named(agency) for username, agency in old.items() if username not in new]
    renamed = [
        say("{username}  {before}, now {after}", username=now.username, before=was.name, after=now.name)
        for was, now in both
        if was.name != now.name
    ]
    moved = [_named(now) for was, now in both if set(was.emails) != set(now.emails)]
    yield from _listed(say_many("{number} agency is new:", "{number} agencies are new:", len(added)), added)
    yield from _listed(say_many("{number} agency is gone:", "{number} agencies are gone:", len(gone)), gone)
    names = say_many("{number} agency has another name:", "{number} agencies have another name:", len(renamed))
    yield from _listed(names, renamed)
    addresses = say_many("{number} agency has other addresses:", "{number} agencies have other addresses:", len(moved))
    yield from _listed(addresses, moved)


def _named(agency: Agency) -> str:
    return f"{agency.username}  {agency.name}"


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield heading
        yield from (f"  {line}" for line in lines)
