"""What must not be published, and how to see it in bytes: in every form that ``readings.py`` knows."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets as random
import string
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.prove.leaks.addresses import Addresses
from site_src.prove.leaks.readings import readings

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from site_src.read.settings import CodePolicy

# What must not be published, by kind.
A_KEY = N_("a campaign key")
AN_EMAIL = N_("an e-mail address of an annex")
A_CODE = N_("an access code")

# A long file is looked through piece by piece, since each reading of it takes memory. A secret that lies across two
# pieces lies within one of them as long as it is spread over no more than what they share.
PIECE_BYTES = 1 << 20
SHARED_BYTES = 64 << 10

_SYMBOLS = string.ascii_letters + string.digits  # what an alphabet may hold
_MARK = "x"
_OTHERS = bytes(set(range(128)) - set(_SYMBOLS.encode()))


@dataclass(frozen=True)
class CodeShape:
    """What the codes of a policy look like, whatever stands between their symbols: hyphens, blanks, a line end.

    So a text is looked through without all that, and a letter in the wrong case counts as in the right one.
    """

    group_length: int
    cased: bytes = field(repr=False)  # tables for ``bytes.translate``: each symbol in the case of the alphabet,
    marked: bytes = field(repr=False)  # and as one sign, for Python finds a fixed text far faster than a set
    marks: bytes

    @classmethod
    def of(cls, policy: CodePolicy) -> CodeShape:
        """The shape of one campaign's codes."""
        cased = "".join(each if each in policy.alphabet else each.swapcase() for each in _SYMBOLS)
        marked = "".join(_MARK if each in policy.alphabet else " " for each in _SYMBOLS)
        return cls(
            group_length=policy.group_length,
            cased=bytes.maketrans(_SYMBOLS.encode(), cased.encode()),
            marked=bytes.maketrans(_SYMBOLS.encode(), marked.encode()),
            marks=_MARK.encode() * policy.groups * policy.group_length,
        )

    def find(self, text: str) -> Iterator[str]:
        """What could be a code, wherever it begins, in the form in which codes are given."""
        symbols = text.encode("ascii", "ignore").translate(self.cased, _OTHERS)
        for code in {symbols[start : start + len(self.marks)] for start in self._starts(symbols)}:
            groups = range(0, len(code), self.group_length)
            yield "-".join(code[start : start + self.group_length].decode() for start in groups)

    def _starts(self, symbols: bytes) -> Iterator[int]:
        marked = symbols.translate(self.marked)
        start = marked.find(self.marks)
        while start >= 0:
            yield start
            start = marked.find(self.marks, start + 1)


@dataclass(frozen=True)
class Secrets:
    """What must not be published, laid out so that a file costs its length and not the number of secrets."""

    addresses: Addresses
    codes: tuple[Container[str], ...] = field(repr=False)
    code_shapes: tuple[CodeShape, ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    fingerprint: bytes = field(repr=False)  # of the same secrets the same, unless codes can only be recognised

    @classmethod
    def of(
        cls,
        emails: Iterable[str],
        codes: Iterable[Container[str]],
        policies: Iterable[CodePolicy],
        keys: Iterable[bytes],
    ) -> Secrets:
        """Addresses are looked for in any spelling, codes in any letter case, keys as bytes, hexadecimal and Base64."""
        emails, codes, policies, keys = set(emails), tuple(codes), set(policies), tuple(keys)
        forms = (form for key in keys for form in _forms(key))
        shapes = (CodeShape.of(policy) for policy in policies)
        known = [sorted(each) if isinstance(each, AbstractSet) else random.token_hex() for each in codes]
        facts = json.dumps([sorted(emails), known, sorted(map(repr, policies)), [key.hex() for key in keys]])
        fingerprint = hashlib.sha256(facts.encode()).digest()
        return cls(Addresses.of(emails), codes, tuple(shapes), tuple(forms), fingerprint)


def _forms(key: bytes) -> tuple[bytes, ...]:
    encoded = (base64.b64encode(key), base64.urlsafe_b64encode(key))
    digits = (key.hex().encode(), key.hex(":").encode())
    return key, *digits, *map(bytes.upper, digits), *(each.rstrip(b"=") for each in encoded)


def kinds_in(data: bytes, secrets: Secrets, step: Callable[[], None] = lambda: None) -> list[str]:
    """Return which secrets can be read in the bytes, each kind once; ``step`` is called after each piece of them."""
    found: dict[str, None] = {}
    for piece in _pieces(data):
        found |= dict.fromkeys(_kinds_in_piece(piece, secrets))
        step()
    return list(found)


def _pieces(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, or piece by piece where they are many."""
    if len(data) <= PIECE_BYTES:
        yield data
        return
    for start in range(0, len(data), PIECE_BYTES - SHARED_BYTES):
        yield data[start : start + PIECE_BYTES]


def _kinds_in_piece(piece: bytes, secrets: Secrets) -> Iterator[str]:
    if any(key in piece for key in secrets.keys):
        yield A_KEY
    for text in readings(piece):
        if secrets.addresses.are_in(text):
            yield AN_EMAIL
        found = (code for shape in secrets.code_shapes for code in shape.find(text))
        if any(code in known for code in found for known in secrets.codes):
            yield A_CODE
