"""The last look at a file before publishing: no address, no code and no key in anything that a reader could open.

It looks into all that lies inside a file and ``parts.py`` can open; what cannot be opened is told. It says where a
secret is, never which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.leaks.looked import mark_of
from site_src.leaks.parts import UNPACKED_BYTES_MAX, Room, parts_of
from site_src.leaks.secrets import kinds_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.leaks.looked import Looked
    from site_src.leaks.parts import Part
    from site_src.leaks.secrets import Secrets

# An office document holds plain parts, and one of them may be a document again. Deeper is no document.
DEPTH_MAX = 3


@dataclass(frozen=True)
class Leak:
    """Where something must not be published, a sentence; the hint is empty where it is to be taken out."""

    message: str
    hint: str = ""


def find_leaks(name: str, data: bytes, secrets: Secrets, looked: Looked | None = None) -> list[Leak]:
    """Return where a file leaks. ``name`` is the file's path, which is published too.

    What was ``looked`` through before is not read again.
    """
    shown, found = look_at_name(name, secrets)
    mark = mark_of(data, secrets) if looked else ""
    if not looked or mark not in looked.before | looked.now:
        look = _Look(secrets=secrets, room=Room(UNPACKED_BYTES_MAX))
        found += dict.fromkeys(look.inside(shown, data, 0))
    if looked and not found:
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

    def inside(self, name: str, data: bytes, depth: int) -> Iterator[Leak]:
        """Yield where the bytes leak, and the parts in them."""
        yield from (told(kind, name) for kind in kinds_in(data, self.secrets))
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
        yield from (told(kind, inside) for kind in kinds_in(part.text, self.secrets))
        if part.data:
            yield from self.inside(inside, part.data, depth + 1)
