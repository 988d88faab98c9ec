"""The addresses that must not be published, found in any spelling that the page's opener takes for them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.language.folding import AT, latin_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BEFORE_MAX = 1024  # characters that are looked at before an "@", the indentation of a broken line among them

_HOST_END = re.compile(r"[\W_]|$")  # what follows may belong to the sentence


@dataclass(frozen=True)
class Addresses:
    """Addresses laid out so that a text costs its length and not their number.

    Hyphens and blanks do not count, nor the line ends among these: an address may be broken over lines.
    """

    locals_by_host: dict[str, tuple[str, ...]] = field(repr=False)
    starts: frozenset[str] = field(repr=False)  # of all hosts, as long as the shortest: these rule out most others
    shortest: int
    longest: int

    @classmethod
    def of(cls, emails: Iterable[str]) -> Addresses:
        """Lay these addresses out."""
        found: dict[str, list[str]] = defaultdict(list)
        for form in {_joined(form) for email in emails for form in latin_forms(email)}:
            local, _, host = form.rpartition("@")
            found[host].append(local)
        shortest, longest = min(map(len, found), default=0), max(map(len, found), default=0)
        starts = frozenset(host[:shortest] for host in found)
        return cls({host: tuple(each) for host, each in found.items()}, starts, shortest, longest)

    def are_in(self, text: str) -> bool:
        """Report whether one of them can be read in a text; whatever precedes it may be glued to it."""
        last = 0
        for at in AT.finditer(text):
            if known := tuple(self._locals_of(at[1])):
                before = latin_forms(text[max(last, at.start() - BEFORE_MAX) : at.start()])
                if any(_joined(form).endswith(known) for form in before):
                    return True
            last = at.start(1)
        return False

    def _locals_of(self, text: str) -> Iterator[str]:
        """Yield the parts before the "@" of the addresses whose host the text begins with."""
        for form in latin_forms(text):
            if _joined(form)[: self.shortest] in self.starts:
                for end in _HOST_END.finditer(form[: 2 * self.longest + 1]):
                    yield from self.locals_by_host.get(_joined(form[: end.start()]), ())


def _joined(form: str) -> str:
    return form.replace(" ", "")
