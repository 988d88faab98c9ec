"""The last look at a file before publishing: no address, no code and no key in anything that a reader could open.

It looks into all that lies inside a file and ``parts.py`` can open; what cannot be opened is told. It says where a
secret is, never which.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import chain, groupby, islice, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from site_src.files.looked import Looked, mark_of
from site_src.language.say import say
from site_src.prove.leaks.parts import UNPACKED_BYTES_MAX, Room, parts_of
from site_src.prove.leaks.secrets import PIECE_BYTES, kinds_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from site_src.prove.leaks.parts import Part
    from site_src.prove.leaks.secrets import Secrets

# An office document holds plain parts, and one of them may be a document again. Deeper is no document.
DEPTH_MAX = 3


@dataclass(frozen=True)
class Leak:
    """Where something must not be published, a sentence; the hint is empty where it is to be taken out."""

    message: str
    hint: str = ""


def find_leaks(name: str, data: bytes, secrets: Secrets, looked: Looked | None = None) -> list[Leak]:
    """Return where a file leaks. ``name`` is the file's path, which is published too.

    What was ``looked`` through before is not read again. What is inside a file is taken to be as long as the file:
    nobody knows before it is unpacked.
    """
    looked = looked or Looked()
    shown, found = look_at_name(name, secrets)
    mark = mark_of(data, secrets.fingerprint)
    if mark not in looked.before | looked.now:
        with looked.shown(say("Looking through {name}", name=shown), 2 * len(data) // PIECE_BYTES) as step:
            look = _Look(secrets=secrets, room=Room(UNPACKED_BYTES_MAX), step=step)
            found += dict.fromkeys(look.inside(shown, data, 0))
    if not found:
        looked.now.add(mark)
    return found


def look_at_name(name: str, secrets: Secrets) -> tuple[str, list[Leak]]:
    """What messages may call the file, which is its name unless that leaks by itself, and what it leaks."""
    if kinds := kinds_in(name.encode(errors="replace"), secrets):
        hint = say("give the file another name: names can be read by everybody, those in an agency's archive too")
        found = [Leak(say("{secret} stands in a file's name", secret=say(kind)), hint) for kind in kinds]
        return say("(its name is not shown here)"), found
    return name, []


def told(kind: str, name: str) -> Leak:
    """That a secret of this kind stands in the file."""
    return Leak(say("{secret} stands in the file {name}", secret=say(kind), name=name))


@dataclass(frozen=True, kw_only=True)
class _Look:
    """A look at one file and all that is inside it."""

    secrets: Secrets
    room: Room
    step: Callable[[], None]

    def inside(self, name: str, data: bytes, depth: int) -> Iterator[Leak]:
        """Yield where the bytes leak, and the parts in them."""
        yield from (told(kind, name) for kind in kinds_in(data, self.secrets, self.step))
        if depth < DEPTH_MAX:
            for number, part in enumerate(parts_of(data, self.room), start=1):
                yield from self._part(name, number, part, depth)
        elif next(parts_of(data, self.room), None):
            message = say("the file {name} lies too deep in containers to be looked into", name=name)
            yield Leak(message, say("give the innermost files themselves"))

    def _part(self, name: str, number: int, part: Part, depth: int) -> Iterator[Leak]:
        inside = say("{name}, in its part {part}", name=name, part=part.label) if part.label else name
        if kinds := kinds_in(part.label.encode(errors="replace"), self.secrets):
            inside = say("{name}, in its part {part}", name=name, part=number)
            for kind in kinds:
                yield Leak(say("{secret} stands in the name of a part of the file {name}", secret=say(kind), name=name))
        if part.trouble:
            message, hint = part.trouble
            yield Leak(say(message, name=inside, why=part.why), say(hint))
        yield from (told(kind, inside) for kind in kinds_in(part.text, self.secrets, self.step))
        if part.data:
            yield from self.inside(inside, part.data, depth + 1)


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
