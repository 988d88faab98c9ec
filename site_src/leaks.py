"""The last look before publishing: no address, no code and no key in any file that a reader could open.

It looks into text in UTF-8 and UTF-16, behind HTML entities and percent escapes, into the text of PDFs, and into the
ZIP containers that office documents are. It says where a secret is, never which.
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from site_src.catalogues import N_
from site_src.pdf_text import read_pdf
from site_src.say import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_src.settings import CodePolicy

# What must not be published, by kind.
A_KEY = N_("a campaign key")
AN_EMAIL = N_("an e-mail address of an annex")
A_CODE = N_("an access code")

# An office document holds plain parts, and one of them may be a document again. Deeper is no document.
CONTAINER_DEPTH_MAX = 3
PART_BYTES_MAX = 64 * 2**20
CONTAINER_BYTES_MAX = 4 * PART_BYTES_MAX  # all parts together, unpacked

ZIP_SIGNATURE = b"PK\x03\x04"
ZIP_END = b"PK\x05\x06"  # APPNOTE.TXT 4.3.16, the end of the central directory, which has a comment of 64 KB at most
ZIP_END_MAX = 22 + 2**16
ZIP_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0

# Entities that stand in every page; any other escape is worth a reading of its own.
_USUAL_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&"))
_ESCAPES = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|#34|#39);)[#A-Za-z]|&amp;(?:#|commat|period)|%[0-9A-Fa-f]{2}", re.IGNORECASE
)
# Tags that end a word for the reader; all others, those of Word's runs too, may stand within one.
_BREAK = re.compile(r"<(?:/(?:p|w:p|text:p|td|th|tr|li|div|si)|br|w:br|w:tab)\b[^<>]*+>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*+>")
LOCAL_PART_MAX = 99  # bytes of a whole password; see archives.PASSWORD_BYTES_MAX
# What zipfile lets through where a container is damaged; a wrong name or extra field is a ValueError or struct.error.
DAMAGE = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)

_HOST = re.compile(r"[\w.-]{1,253}")  # RFC 1035, section 2.3.4: no name is longer


@dataclass(frozen=True)
class Secrets:
    """What must not be published, laid out so that a file costs its length and not the number of secrets."""

    locals_by_host: dict[str, set[str]] = field(repr=False)
    codes: frozenset[str] = field(repr=False)
    code_shapes: tuple[re.Pattern[str], ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(
        cls, emails: Iterable[str], codes: Iterable[str], policies: Iterable[CodePolicy], keys: Iterable[bytes]
    ) -> Secrets:
        """Addresses are looked for in any letter case, keys as bytes, in hexadecimal and in Base64."""
        locals_by_host: dict[str, set[str]] = {}
        for email in emails:
            local, _, host = email.casefold().rpartition("@")
            locals_by_host.setdefault(host, set()).add(local)
        forms = (form for key in keys for form in _forms(key))
        return cls(locals_by_host, frozenset(codes), tuple({_shape(policy) for policy in policies}), tuple(forms))


def _forms(key: bytes) -> tuple[bytes, ...]:
    encoded = (base64.b64encode(key), base64.urlsafe_b64encode(key))
    return key, key.hex().encode(), key.hex().upper().encode(), *(each.rstrip(b"=") for each in encoded)


def _shape(policy: CodePolicy) -> re.Pattern[str]:
    group = f"[{policy.alphabet}]{{{policy.group_length}}}"
    return re.compile(group + f"-{group}" * (policy.groups - 1))


class ReadOnce:
    """Pages share most of their lines: what has been looked through need not be looked through a thousand times.

    Lines go in pairs of neighbours, so that whatever a page writes across a line end is seen too.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def unread(self, page: bytes) -> bytes:
        """The pairs of lines that no page before this one had."""
        fresh = []
        for pair in map(b"\n".join, pairwise([*page.split(b"\n"), b""])):
            mark = hash(pair)  # 64 bits under a random key, so nobody can make two pairs collide
            if mark not in self._seen:
                self._seen.add(mark)
                fresh.append(pair)
        return b"\n\n".join(fresh)


def find_leaks(name: str, data: bytes, secrets: Secrets) -> Iterator[str]:
    """Where a file leaks, a sentence each. ``name`` is the file's path, which is published too."""
    shown = name
    if kinds := _kinds(name.encode(errors="replace"), secrets):
        shown = say("(its name is not shown here)")
        yield from (say("{secret} stands in a file's name", secret=say(kind)) for kind in kinds)
    yield from _find_inside(shown, data, secrets, depth=0)


def _find_inside(name: str, data: bytes, secrets: Secrets, depth: int) -> Iterator[str]:
    readable = data
    if data.startswith(b"%PDF"):
        with contextlib.suppress(ValueError):  # its bytes are looked through all the same
            readable += read_pdf(data).encode(errors="replace")
    yield from (
        say("{secret} stands in the file {name}", secret=say(kind), name=name) for kind in _kinds(readable, secrets)
    )
    if data.startswith(ZIP_SIGNATURE) or ZIP_END in data[-ZIP_END_MAX:]:
        yield from _find_in_container(name, data, secrets, depth)


def _kinds(data: bytes, secrets: Secrets) -> list[str]:
    """Which secrets can be read in the bytes; each kind once."""
    found = [A_KEY] * any(key in data for key in secrets.keys)
    for text in _readings(data):
        found += [AN_EMAIL] * _has_email(text, secrets)
        found += [A_CODE] * any(_has_code(text, shape, secrets.codes) for shape in secrets.code_shapes)
    return list(dict.fromkeys(found))


def _find_in_container(name: str, data: bytes, secrets: Secrets, depth: int) -> Iterator[str]:
    if depth >= CONTAINER_DEPTH_MAX:
        yield say("the file {name} lies too deep in containers to be looked into", name=name)
        return
    left = CONTAINER_BYTES_MAX
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            for number, entry in enumerate(container.infolist(), start=1):
                inside = say("{name}, in its part {part}", name=name, part=entry.filename)
                if kinds := _kinds(entry.filename.encode(errors="replace"), secrets):
                    inside = say("{name}, in its part {part}", name=name, part=number)
                    for kind in kinds:
                        yield say(
                            "{secret} stands in the name of a part of the file {name}", secret=say(kind), name=name
                        )
                if entry.flag_bits & ZIP_ENCRYPTED:
                    continue
                left -= entry.file_size
                if entry.file_size > PART_BYTES_MAX or left < 0:
                    yield say("the file {name} is too large to be looked into", name=inside)
                else:
                    yield from _find_inside(inside, container.read(entry), secrets, depth + 1)
    except DAMAGE as error:
        yield say("the file {name} cannot be looked into ({error})", name=name, error=type(error).__name__)


def _readings(data: bytes) -> Iterator[str]:
    """The texts that a reader may see in the bytes."""
    text = data.decode(errors="replace")
    for entity, sign in _USUAL_ENTITIES:
        text = text.replace(entity, sign)
    yield text
    if b"<" in data:
        shown = _TAG.sub("", _BREAK.sub(" ", text))
        yield html.unescape(shown) if "&" in shown else shown
    if _ESCAPES.search(data):
        yield html.unescape(unquote(text))
    if b"\0" in data:
        for start in (0, 1):  # two-byte characters may begin at any place in a binary file
            for encoding in ("utf-16-le", "utf-16-be"):
                yield data[start:].decode(encoding, errors="replace")


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


def _has_code(text: str, shape: re.Pattern[str], codes: frozenset[str]) -> bool:
    found = shape.search(text)
    while found:
        if found.group() in codes:
            return True
        found = shape.search(text, found.start() + 1)
    return False
