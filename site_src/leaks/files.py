"""The last look at a file before publishing: no address, no code and no key in anything that a reader could open.

It looks into all that lies inside a file and ``parts.py`` can open; what cannot be opened is told. It says where a
secret is, never which.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.leaks.parts import PDF_SIGNATURE, REMEDIES, is_container, parts_of, streams_of
from site_src.leaks.secrets import kinds_in
from site_src.pdf_text import read_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.leaks.parts import Part
    from site_src.leaks.secrets import Secrets

# An office document holds plain parts, and one of them may be a document again. Deeper is no document.
CONTAINER_DEPTH_MAX = 3
STREAM_DEPTH_MAX = CONTAINER_DEPTH_MAX + 2  # within the innermost document: a packed stream, and text written in it


@dataclass(frozen=True)
class Leak:
    """Where something must not be published, a sentence; the hint is empty where it is to be taken out."""

    message: str
    hint: str = ""


def find_leaks(name: str, data: bytes, secrets: Secrets) -> Iterator[Leak]:
    """Where a file leaks. ``name`` is the file's path, which is published too."""
    shown, found = look_at_name(name, secrets)
    found += _find_inside(shown, data, secrets, 0)
    yield from dict.fromkeys(found)


def look_at_name(name: str, secrets: Secrets) -> tuple[str, list[Leak]]:
    """What messages may call the file, and what its name itself leaks."""
    if kinds := kinds_in(name.encode(errors="replace"), secrets):
        found = [Leak(say("{secret} stands in a file's name", secret=say(kind))) for kind in kinds]
        return say("(its name is not shown here)"), found
    return name, []


def told(kind: str, name: str) -> Leak:
    """That a secret of this kind stands in the file."""
    return Leak(say("{secret} stands in the file {name}", secret=say(kind), name=name))


def shown_name(name: str, secrets: Secrets) -> str:
    """A file's name, unless it is itself what must not be shown."""
    return say("a published file") if kinds_in(name.encode(errors="replace"), secrets) else name


def _find_inside(name: str, data: bytes, secrets: Secrets, depth: int) -> Iterator[Leak]:
    readable = data
    if data.startswith(PDF_SIGNATURE):
        with contextlib.suppress(ValueError):  # its bytes are looked through all the same
            readable += read_pdf(data).encode(errors="replace")
    yield from (told(kind, name) for kind in kinds_in(readable, secrets))
    if depth < STREAM_DEPTH_MAX:
        for stream in streams_of(data):
            yield from _find_inside(name, stream, secrets, depth + 1)
    if depth < CONTAINER_DEPTH_MAX:
        for number, part in enumerate(parts_of(data), start=1):
            yield from _find_in_part(name, number, part, secrets, depth)
    elif is_container(data):
        message = say("the file {name} lies too deep in containers to be looked into", name=name)
        yield Leak(message, say("give the innermost files themselves"))


def _find_in_part(name: str, number: int, part: Part, secrets: Secrets, depth: int) -> Iterator[Leak]:
    inside = say("{name}, in its part {part}", name=name, part=part.label) if part.label else name
    if kinds := kinds_in(part.label.encode(errors="replace"), secrets):
        inside = say("{name}, in its part {part}", name=name, part=number)
        for kind in kinds:
            yield Leak(say("{secret} stands in the name of a part of the file {name}", secret=say(kind), name=name))
    if part.trouble:
        yield Leak(say(part.trouble, name=inside, why=part.why), say(REMEDIES[part.trouble]))
    else:
        yield from _find_inside(inside, part.data, secrets, depth + 1)
