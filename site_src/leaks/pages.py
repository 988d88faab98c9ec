"""The last look at the pages, of which there are thousands: what they share is read once."""

from __future__ import annotations

from io import BytesIO
from itertools import chain, groupby, islice, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from site_src.leaks.files import look_at_name, told
from site_src.leaks.secrets import kinds_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.leaks.files import Leak
    from site_src.leaks.secrets import Secrets

LINES_AT_ONCE = 10_000  # more than any page but a long list has, which may have 100,000 rows
BYTES_AT_ONCE = 1 << 18  # new in the pages that are read together; each reading of it takes memory
APART = b"\n;\n"  # stands between what is read together: no address goes on across it
MARKS_MAX = 100_000  # lines that are known again


class PageScan:
    """Looks through pages of ours, which are text alone: nothing is packed in them.

    What staff wrote for them was looked through as they gave it, packed or not (``exposed``). Pages share most of their
    lines, so a line is read once and not a thousand times, and many are read together. Lines go in pairs of neighbours:
    whatever a page writes across a line end is seen too.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._seen: set[int] = set()
        self._waiting: list[tuple[str, bytes]] = []
        self._waiting_bytes = 0

    def look(self, name: str, page: bytes) -> Iterator[tuple[str, Leak]]:
        """The leaks that are known by now, each with the name of its file."""
        self._wait(name, b"")  # so that the name is looked at, whatever lines are left
        lines = chain(BytesIO(page), [b""])
        last = next(lines)
        while some := list(islice(lines, LINES_AT_ONCE)):
            self._wait(name, self._new_in([last, *some]))
            last = some[-1]
            if self._waiting_bytes >= BYTES_AT_ONCE:
                yield from self.finish()

    def _wait(self, name: str, text: bytes) -> None:
        self._waiting.append((name, text))
        self._waiting_bytes += len(text)

    def _new_in(self, lines: list[bytes]) -> bytes:
        """The pairs that no page had before; where one begins with the line that ends the other, they are read on."""
        marks = list(map(hash, pairwise(lines)))  # 64 bits under a random key, so nobody can make two pairs collide
        new = set(marks) - self._seen
        if len(self._seen) + len(new) > MARKS_MAX:
            self._seen.clear()  # what pages share comes back at once
        self._seen |= new
        text: list[bytes] = []
        end = -1
        for place, mark in enumerate(marks):
            if mark in new:
                new.remove(mark)
                text += [lines[place + 1]] if place == end else [APART, lines[place], lines[place + 1]]
                end = place + 1
        return b"".join(text)

    def finish(self) -> Iterator[tuple[str, Leak]]:
        """The leaks in what is left to be read."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        names = dict.fromkeys(name.encode(errors="replace") for name, _ in waiting)
        if kinds_in(APART.join((*names, *(text for _, text in waiting))), self._secrets):
            for name, texts in groupby(waiting, key=itemgetter(0)):
                together = APART.join(text for _, text in texts)
                yield from ((name, leak) for leak in _leaks_in_page(name, together, self._secrets))


def _leaks_in_page(name: str, text: bytes, secrets: Secrets) -> Iterator[Leak]:
    shown, found = look_at_name(name, secrets)
    yield from (*found, *(told(kind, shown) for kind in kinds_in(text, secrets)))
