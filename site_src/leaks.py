"""The last look before publishing: no address, no code and no key in any file that a reader could open.

It looks into text in UTF-8 and UTF-16, behind HTML entities and percent escapes, into the text of PDFs, and into the
ZIP containers that office documents are. It says where a secret is, never which.
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from site_src.pdf_text import read_pdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_src.settings import CodePolicy

# An office document holds plain parts, and one of them may be a document again. Deeper is no document.
CONTAINER_DEPTH_MAX = 3
PART_BYTES_MAX = 64 * 2**20

ZIP_SIGNATURE = b"PK\x03\x04"
ZIP_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0

_ESCAPES = re.compile(rb"&#|&commat;|&period;|%[0-9A-Fa-f]{2}")
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
        forms = (f for key in keys for f in (key, key.hex().encode(), key.hex().upper().encode(), _base64(key)))
        return cls(locals_by_host, frozenset(codes), tuple({_shape(policy) for policy in policies}), tuple(forms))


def _base64(key: bytes) -> bytes:
    return base64.b64encode(key).rstrip(b"=")


def _shape(policy: CodePolicy) -> re.Pattern[str]:
    group = f"[{policy.alphabet}]{{{policy.group_length}}}"
    return re.compile(group + f"-{group}" * (policy.groups - 1))


def find_leaks(name: str, data: bytes, secrets: Secrets, depth: int = 0) -> Iterator[str]:
    """Where a file leaks, a sentence each. ``name`` is the file's path, and the part's within it."""
    if any(key in data for key in secrets.keys):
        yield f"a campaign key stands in {name}"
    if data.startswith(ZIP_SIGNATURE):
        yield from _find_in_container(name, data, secrets, depth)
        return
    if data.startswith(b"%PDF"):
        with contextlib.suppress(ValueError):  # its bytes are looked through all the same
            data += read_pdf(data).encode(errors="replace")
    for text in _readings(data):
        if _has_email(text, secrets):
            yield f"an e-mail address of an annex stands in {name}"
        if any(_has_code(text, shape, secrets.codes) for shape in secrets.code_shapes):
            yield f"an access code stands in {name}"


def _find_in_container(name: str, data: bytes, secrets: Secrets, depth: int) -> Iterator[str]:
    if depth >= CONTAINER_DEPTH_MAX:
        yield f"{name} lies too deep in containers to be looked into"
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            for entry in container.infolist():
                inside = f"{name}, in {entry.filename}"
                yield from find_leaks(f"the name of {inside}", entry.filename.encode(), secrets, CONTAINER_DEPTH_MAX)
                if entry.flag_bits & ZIP_ENCRYPTED:
                    continue
                if entry.file_size > PART_BYTES_MAX:
                    yield f"{inside} is too large to be looked into"
                else:
                    yield from find_leaks(inside, container.read(entry), secrets, depth + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        yield f"{name} cannot be looked into ({error})"


def _readings(data: bytes) -> Iterator[str]:
    """The texts that a reader may see in the bytes."""
    text = data.decode(errors="replace")
    yield text
    if _ESCAPES.search(data):
        yield html.unescape(unquote(text))
    if b"\0" in data:
        for start in (0, 1):  # two-byte characters may begin at any place in a binary file
            yield data[start:].decode("utf-16-le", errors="replace")


def _has_email(text: str, secrets: Secrets) -> bool:
    if "@" not in text:
        return False
    text = text.casefold()
    at = text.find("@")
    while at >= 0:
        if host := _HOST.match(text, at + 1):
            for end in _host_ends(host.group()):
                known = secrets.locals_by_host.get(host.group()[:end], ())
                if any(text.endswith(local, 0, at) for local in known):
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
