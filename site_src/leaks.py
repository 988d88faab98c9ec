"""The last look before publishing: no address, no code and no key in any file that a reader could open.

It looks into text in every encoding that ``readings.py`` knows, and into all that lies inside a file and ``parts.py``
can open; what cannot be opened is told. It says where a secret is, never which.
"""

from __future__ import annotations

import base64
import contextlib
import re
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain, groupby, islice, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from site_src.catalogues import N_
from site_src.parts import ENCRYPTED, PDF_SIGNATURE, REMEDIES, is_container, parts_of, streams_of
from site_src.pdf_text import read_pdf
from site_src.readings import readings
from site_src.say import say

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from site_src.parts import Part
    from site_src.settings import CodePolicy

# What must not be published, by kind.
A_KEY = N_("a campaign key")
AN_EMAIL = N_("an e-mail address of an annex")
A_CODE = N_("an access code")

# An office document holds plain parts, and one of them may be a document again. Deeper is no document.
CONTAINER_DEPTH_MAX = 3
STREAM_DEPTH_MAX = CONTAINER_DEPTH_MAX + 2  # within the innermost document: a packed stream, and text written in it

LINES_AT_ONCE = 10_000  # more than any page but a long list has, which may have 100,000 rows
BYTES_AT_ONCE = 1 << 18  # new in the pages that are read together; each reading of it takes memory
MARKS_MAX = 100_000  # lines that are known again

# A long file is looked through piece by piece, since each reading of it takes memory. A secret that lies across two
# pieces lies within one of them as long as it is spread over no more than what they share.
PIECE_BYTES = 1 << 20
SHARED_BYTES = 64 << 10
LOCAL_PART_MAX = 99  # bytes of a whole password; see archives.PASSWORD_BYTES_MAX

_HOST = re.compile(r"[\w.-]{1,253}")  # RFC 1035, section 2.3.4: no name is longer


@dataclass(frozen=True)
class Leak:
    """Where something must not be published, a sentence; the hint is empty where it is to be taken out."""

    message: str
    hint: str = ""


@dataclass(frozen=True)
class CodeShape:
    """What the codes of a policy look like: ``pattern`` begins ``back`` characters behind the start of one.

    It begins with a code's first hyphen, where there is one: Python finds a fixed character far faster than a set.
    """

    pattern: re.Pattern[str]
    back: int

    @classmethod
    def of(cls, policy: CodePolicy) -> CodeShape:
        """The shape of one campaign's codes."""
        group = f"[{policy.alphabet}]{{{policy.group_length}}}"
        if policy.groups == 1:
            return cls(re.compile(group), 0)
        return cls(re.compile(f"-(?<={group}-){group}" + f"-{group}" * (policy.groups - 2)), policy.group_length)

    def find(self, text: str) -> Iterator[str]:
        """What could be a code, wherever it begins."""
        found = self.pattern.search(text)
        while found:
            yield text[found.start() - self.back : found.end()]
            found = self.pattern.search(text, found.start() + 1)


@dataclass(frozen=True)
class Secrets:
    """What must not be published, laid out so that a file costs its length and not the number of secrets."""

    locals_by_host: dict[str, set[str]] = field(repr=False)
    codes: tuple[Container[str], ...] = field(repr=False)
    code_shapes: tuple[CodeShape, ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(
        cls,
        emails: Iterable[str],
        codes: Iterable[Container[str]],
        policies: Iterable[CodePolicy],
        keys: Iterable[bytes],
    ) -> Secrets:
        """Addresses are looked for in any letter case, keys as bytes, in hexadecimal and in Base64."""
        locals_by_host: dict[str, set[str]] = {}
        for email in emails:
            local, _, host = email.casefold().rpartition("@")
            locals_by_host.setdefault(host, set()).add(local)
        forms = (form for key in keys for form in _forms(key))
        return cls(locals_by_host, tuple(codes), tuple({CodeShape.of(policy) for policy in policies}), tuple(forms))


def _forms(key: bytes) -> tuple[bytes, ...]:
    encoded = (base64.b64encode(key), base64.urlsafe_b64encode(key))
    return key, key.hex().encode(), key.hex().upper().encode(), *(each.rstrip(b"=") for each in encoded)


def find_leaks(name: str, data: bytes, secrets: Secrets, *, may_be_sealed: bool = False) -> Iterator[Leak]:
    """Where a file leaks. ``name`` is the file's path, which is published too.

    ``may_be_sealed`` lets encrypted parts pass: an agency's archive has nothing else.
    """
    shown, found = _look_at_name(name, secrets)
    found += _find_inside(shown, data, secrets, 0, may_be_sealed=may_be_sealed)
    yield from dict.fromkeys(found)


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
                text += [lines[place + 1]] if place == end else [b"\n", lines[place], lines[place + 1]]
                end = place + 1
        return b"".join(text)

    def finish(self) -> Iterator[tuple[str, Leak]]:
        """The leaks in what is left to be read."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        names = dict.fromkeys(name.encode(errors="replace") for name, _ in waiting)
        if _kinds(b"\n\n".join((*names, *(text for _, text in waiting))), self._secrets):
            for name, texts in groupby(waiting, key=itemgetter(0)):
                together = b"\n\n".join(text for _, text in texts)
                yield from ((name, leak) for leak in _leaks_in_page(name, together, self._secrets))


def _leaks_in_page(name: str, text: bytes, secrets: Secrets) -> Iterator[Leak]:
    shown, found = _look_at_name(name, secrets)
    yield from (*found, *(_told(kind, shown) for kind in _kinds(text, secrets)))


def _look_at_name(name: str, secrets: Secrets) -> tuple[str, list[Leak]]:
    """What messages may call the file, and what its name itself leaks."""
    if kinds := _kinds(name.encode(errors="replace"), secrets):
        found = [Leak(say("{secret} stands in a file's name", secret=say(kind))) for kind in kinds]
        return say("(its name is not shown here)"), found
    return name, []


def _told(kind: str, name: str) -> Leak:
    return Leak(say("{secret} stands in the file {name}", secret=say(kind), name=name))


def shown_name(name: str, secrets: Secrets) -> str:
    """A file's name, unless it is itself what must not be shown."""
    return say("a published file") if _kinds(name.encode(errors="replace"), secrets) else name


def _find_inside(name: str, data: bytes, secrets: Secrets, depth: int, *, may_be_sealed: bool) -> Iterator[Leak]:
    readable = data
    if data.startswith(PDF_SIGNATURE):
        with contextlib.suppress(ValueError):  # its bytes are looked through all the same
            readable += read_pdf(data).encode(errors="replace")
    yield from (_told(kind, name) for kind in _kinds(readable, secrets))
    if depth < STREAM_DEPTH_MAX:
        for stream in streams_of(data):
            yield from _find_inside(name, stream, secrets, depth + 1, may_be_sealed=False)
    if depth < CONTAINER_DEPTH_MAX:
        for number, part in enumerate(parts_of(data), start=1):
            if not (may_be_sealed and part.trouble == ENCRYPTED):
                yield from _find_in_part(name, number, part, secrets, depth)
    elif is_container(data):
        message = say("the file {name} lies too deep in containers to be looked into", name=name)
        yield Leak(message, say("give the innermost files themselves"))


def _find_in_part(name: str, number: int, part: Part, secrets: Secrets, depth: int) -> Iterator[Leak]:
    inside = say("{name}, in its part {part}", name=name, part=part.label) if part.label else name
    if kinds := _kinds(part.label.encode(errors="replace"), secrets):
        inside = say("{name}, in its part {part}", name=name, part=number)
        for kind in kinds:
            yield Leak(say("{secret} stands in the name of a part of the file {name}", secret=say(kind), name=name))
    if part.trouble:
        yield Leak(say(part.trouble, name=inside, why=part.why), say(REMEDIES[part.trouble]))
    else:
        yield from _find_inside(inside, part.data, secrets, depth + 1, may_be_sealed=False)


def _kinds(data: bytes, secrets: Secrets) -> list[str]:
    """Which secrets can be read in the bytes; each kind once."""
    return list(dict.fromkeys(kind for piece in _pieces(data) for kind in _kinds_in(piece, secrets)))


def _pieces(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, or piece by piece where they are many."""
    if len(data) <= PIECE_BYTES:
        yield data
        return
    for start in range(0, len(data), PIECE_BYTES - SHARED_BYTES):
        yield data[start : start + PIECE_BYTES]


def _kinds_in(piece: bytes, secrets: Secrets) -> Iterator[str]:
    if any(key in piece for key in secrets.keys):
        yield A_KEY
    for text in readings(piece):
        if _has_email(text, secrets):
            yield AN_EMAIL
        found = (code for shape in secrets.code_shapes for code in shape.find(text))
        if any(code in known for code in found for known in secrets.codes):
            yield A_CODE


def _has_email(text: str, secrets: Secrets) -> bool:
    at = text.find("@")
    while at >= 0:
        # Folding changes lengths, so each side is folded by itself; a long local part is no address (RFC 5321, 4.5.3).
        before = text[max(0, at - LOCAL_PART_MAX) : at].casefold()
        if host := _HOST.match(text, at + 1):
            folded = host.group().casefold()
            for end in _host_ends(folded):
                known = secrets.locals_by_host.get(folded[:end], ())
                if any(before.endswith(local) for local in known):
                    return True
        at = text.find("@", at + 1)
    return False


def _host_ends(host: str) -> Iterator[int]:
    """Where a host name may end: a full stop or hyphen behind it may belong to the sentence."""
    yield len(host)
    for index, character in enumerate(host):
        if character in ".-_":
            yield index
