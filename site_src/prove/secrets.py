"""Find secrets in bytes: addresses in any spelling that the page's opener accepts, access codes, and keys."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import string
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.files.text import WINDOWS
from site_src.language.catalogues import N_
from site_src.language.folding import AT, latin_forms

if TYPE_CHECKING:
    from site_src.read.settings import CodePolicy

# The kinds of secrets that must not be published.
A_KEY = N_("a campaign key")
AN_EMAIL = N_("an e-mail address of an annex")
A_CODE = N_("an access code")

# A long file is looked through piece by piece, since each reading of it takes memory. A secret across two pieces is
# within one of them as long as it is spread over no more than what they share.
PIECE_BYTES = 1 << 20
SHARED_BYTES = 64 << 10

BEFORE_MAX = 1024  # characters that are looked at before an "@", the indentation of a broken line among them
_HOST_END = re.compile(r"[\W_]|$")  # what follows may belong to the sentence

_SYMBOLS = string.ascii_letters + string.digits  # what an alphabet may hold
_MARK = "x"
_OTHERS = bytes(set(range(128)) - set(_SYMBOLS.encode()))

# Characters as links (RFC 3986), JSON (RFC 8259) and Open XML spell them, and as mails do (RFC 2045, soft line ends
# too): in a link "=ad" is none. Each pattern begins with a sign, by which it is found five times as fast.
_ESCAPE = r"[%\\_](?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{4}_|(?<=\\)x[0-9A-Fa-f]{2}|(?<=%)[0-9A-Fa-f]{2})"
_QUOTE = r"=(?:[0-9A-Fa-f]{2}|\r?\n)"
_SPELLINGS = tuple(re.compile(f"{each}(?:{each})*") for each in (_ESCAPE, _QUOTE))
_TAG = re.compile(
    r"""<(?:/?[A-Za-z](?:[^<>=]++|=\s*+(?:"[^"<]*+"|'[^'<]*+')?+)*+"""  # a ">" in quotes ends no tag
    r"|!--(?:[^-<]++|-(?!->)|<(?!!--))*+--)>"
)
# Text that a page does not show: that of a tracked deletion, and the code of a field.
_HIDDEN = re.compile(r"<w:(?:delText|instrText)\b[^<>]*+>[^<]*+")


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
        """Return whether one of them can be read in a text; whatever precedes it may be glued to it."""
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


@dataclass(frozen=True)
class CodeShape:
    """Find the codes of a policy, whatever is between their symbols: hyphens, blanks, a line end.

    A text is looked through without all that, and a letter in the wrong case counts as in the right one.
    """

    group_length: int
    cased: bytes = field(repr=False)  # tables for ``bytes.translate``: each symbol in the case of the alphabet,
    marked: bytes = field(repr=False)  # and as one sign, for Python finds a fixed text far faster than a set
    marks: bytes

    @classmethod
    def of(cls, policy: CodePolicy) -> CodeShape:
        """Return the form of one campaign's codes."""
        cased = "".join(each if each in policy.alphabet else each.swapcase() for each in _SYMBOLS)
        marked = "".join(_MARK if each in policy.alphabet else " " for each in _SYMBOLS)
        return cls(
            group_length=policy.group_length,
            cased=bytes.maketrans(_SYMBOLS.encode(), cased.encode()),
            marked=bytes.maketrans(_SYMBOLS.encode(), marked.encode()),
            marks=_MARK.encode() * policy.groups * policy.group_length,
        )

    def find(self, text: str) -> Iterator[str]:
        """Yield what could be a code, wherever it begins, in the form in which codes are given."""
        symbols = text.encode("ascii", "ignore").translate(self.cased, _OTHERS)
        marked, codes, start = symbols.translate(self.marked), set(), -1
        while (start := marked.find(self.marks, start + 1)) >= 0:
            codes.add(symbols[start : start + len(self.marks)].decode())
        for code in codes:
            groups = range(0, len(code), self.group_length)
            yield "-".join(code[start : start + self.group_length] for start in groups)


@dataclass(frozen=True)
class Secrets:
    """Hold what must not be published, laid out so that a file costs its length and not the number of secrets."""

    addresses: Addresses
    codes: frozenset[str] = field(repr=False)
    code_shapes: tuple[CodeShape, ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    fingerprint: bytes = field(repr=False)  # of the same secrets the same

    @classmethod
    def of(
        cls,
        emails: Iterable[str],
        codes: Iterable[str] = (),
        policies: Iterable[CodePolicy] = (),
        keys: Iterable[bytes] = (),
    ) -> Secrets:
        """Lay out addresses in any spelling, codes in any letter case, and keys as bytes, hexadecimal and Base64."""
        emails, codes, policies, keys = set(emails), frozenset(codes), set(policies), tuple(keys)
        facts = json.dumps([sorted(emails), sorted(codes), sorted(map(repr, policies)), [key.hex() for key in keys]])
        return cls(
            addresses=Addresses.of(emails),
            codes=codes,
            code_shapes=tuple(map(CodeShape.of, policies)),
            keys=tuple(form for key in keys for form in _forms(key)),
            fingerprint=hashlib.sha256(facts.encode()).digest(),
        )


def _forms(key: bytes) -> tuple[bytes, ...]:
    encoded = (base64.b64encode(key), base64.urlsafe_b64encode(key))
    digits = (key.hex().encode(), key.hex(":").encode())
    return key, *digits, *map(bytes.upper, digits), *(each.rstrip(b"=") for each in encoded)


def kinds_in(data: bytes, secrets: Secrets, step: Callable[[], None] = lambda: None) -> list[str]:
    """Return which secrets can be read in the bytes, each kind once; ``step`` is called after each piece of them."""
    found: dict[str, None] = {}
    for start in range(0, max(len(data) - SHARED_BYTES, 1), PIECE_BYTES - SHARED_BYTES):
        found |= dict.fromkeys(_kinds_in_piece(data[start : start + PIECE_BYTES], secrets))
        step()
    return list(found)


def _kinds_in_piece(piece: bytes, secrets: Secrets) -> Iterator[str]:
    if any(key in piece for key in secrets.keys):
        yield A_KEY
    for text in readings(piece):
        if secrets.addresses.are_in(text):
            yield AN_EMAIL
        if any(code in secrets.codes for shape in secrets.code_shapes for code in shape.find(text)):
            yield A_CODE


def readings(data: bytes) -> Iterator[str]:
    """Yield the texts that a reader may see in the bytes: in other encodings, without escapes, without tags."""
    # Letters of two and four bytes may begin anywhere in a binary file: the blanks count in no address or code.
    text = html.unescape(unicodedata.normalize("NFKC", data.replace(b"\0", b" ").decode(errors="replace")))
    yield text
    if "\ufffd" in text[3:-3] and b"\0" not in data:  # a piece of a long file may begin and end within a character
        yield data.decode(WINDOWS, errors="replace")  # ISO 8859-7 differs in no letter of an address
    if "<" in text:
        yield html.unescape(_TAG.sub(" ", text))  # blanks do not count in an address
    if (shown := _HIDDEN.sub("", text)) != text:
        yield html.unescape(_TAG.sub(" ", shown))
    for plain in dict.fromkeys(spelling.sub(_unescaped, text) for spelling in _SPELLINGS):
        if "&" in text or plain != text:  # an address in a link's address, which is escaped once more
            yield html.unescape(plain)
    if b"\0" in data:
        yield from (data.decode(encoding, errors="replace") for encoding in ("utf-16-le", "utf-16-be"))


def _unescaped(run: re.Match[str]) -> str:
    units = bytes.fromhex(re.sub("[^0-9A-Fa-f]", "", run[0]))
    return units.decode("utf-16-be" if {"u", "_"} & set(run[0]) else "utf-8", errors="replace")
