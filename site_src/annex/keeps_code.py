"""``keeps_code`` of campaign.toml: which agencies of the annex its user names and names stand for."""

from __future__ import annotations

import heapq
import unicodedata
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from site_src.annex.columns import squeeze
from site_src.greek import greek_letters
from site_src.language.say import say, say_either
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_src.problems import Problems

NEAREST = 3  # names that an error proposes
_ALIKE_ENOUGH = 0.4  # of the two names' three-letter pieces; below it a proposal misleads


class NameIndex:
    """The user names and names of the annex, in which the items of ``keeps_code`` are looked up."""

    def __init__(self, bearers: Iterable[tuple[str, str]]) -> None:
        """``bearers`` are pairs of user name and name; either may be empty where it could not be read."""
        self._usernames: set[str] = set()
        self._names: dict[str, list[str]] = defaultdict(list)
        for username, name in bearers:
            self._usernames.add(username)
            self._names[_compared(name)].append(username)
        self._usernames.discard("")
        self._names.pop("", None)

    def find(self, items: Iterable[str], problems: Problems) -> frozenset[str]:
        """The user names that the items stand for; an item of nobody, or of several, is an error."""
        return frozenset(filter(None, (self._find_one(_compared(item), problems) for item in items)))

    def _find_one(self, item: str, problems: Problems) -> str:
        at = Place(file="campaign.toml", cell="keeps_code")
        if item in self._usernames:
            return item
        match self._names.get(item, []):
            case [username]:
                return username
            case []:
                near = say_either(f'"{name}"' for name in self._nearest(item))
                copy = say("copy the user name or the exact name from the annex")
                hint = say("is it {near}?", near=near) if near else copy
                message = say("no agency of the annex has this user name or name")
                problems.error(Topic.STATUS, message, hint=hint, at=at, value=item)
            case several:
                usernames = ", ".join(filter(None, several))
                hint = say("write the user name of the one that is meant instead: {usernames}", usernames=usernames)
                message = say("{count} agencies of the annex have this name", count=len(several))
                problems.error(Topic.STATUS, message, hint=hint, at=at, value=item)
        return ""

    def _nearest(self, item: str) -> Sequence[str]:
        """The names or user names most like the item, by the three-letter pieces that they share."""
        pieces = _pieces(item)

        def likeness(name: str) -> float:
            return 2 * len(pieces & self._pieces[name]) / (len(pieces) + len(self._pieces[name]))

        near = heapq.nlargest(NEAREST, self._pieces, key=likeness)
        return [name for name in near if likeness(name) >= _ALIKE_ENOUGH]

    @cached_property
    def _pieces(self) -> Mapping[str, set[str]]:
        return {name: _pieces(name) for name in (*self._names, *self._usernames) if name}


def _compared(name: str) -> str:
    """The name in the one form in which names are compared; macOS writes an accented letter as two characters."""
    return " ".join(greek_letters(unicodedata.normalize("NFC", name)).split())


def _pieces(text: str) -> set[str]:
    padded = f"  {squeeze(text)} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
