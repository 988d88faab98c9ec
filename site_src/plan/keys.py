"""The campaign key, and everything random that is derived from it with HMAC-SHA256 (RFC 2104), a label per use."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.private import KEY_NAME
from site_src.language.say import say
from site_src.problems import StateError

if TYPE_CHECKING:
    from site_src.read.settings import CodePolicy

# As long as the hash: RFC 2104, section 3, advises no less, and more adds nothing.
KEY_BYTES = 32

# WinZip AES-256 takes a salt of half the key (WinZip AE-1/AE-2 specification, "Salt value").
ZIP_SALT_BYTES = 16

# bcrypt takes 128 bits (Provos and Mazieres, "A Future-Adaptable Password Scheme", section 4), SHA-512 crypt fewer.
HASH_SALT_BYTES = 16


@dataclass(frozen=True)
class CampaignKey:
    """32 secret random bytes; the same key and inputs give the same codes, choices and salts on any machine."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raise ValueError unless the secret has exactly KEY_BYTES bytes."""
        if len(self.secret) != KEY_BYTES:
            message = f"a campaign key has {KEY_BYTES} bytes, not {len(self.secret)}"
            raise ValueError(message)

    @classmethod
    def new(cls) -> CampaignKey:
        """Return a fresh key from the system's random source."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derive(self, label: str, *parts: str | bytes) -> bytes:
        """Return 32 bytes that depend on the key, the label and every part; each is prefixed with its length."""
        message = bytearray()
        for part in (label, *parts):
            data = part.encode() if isinstance(part, str) else part
            message += len(data).to_bytes(8, "big") + data
        return hmac.digest(self.secret, message, "sha256")

    def access_code(self, policy: CodePolicy, username: str, email: str, generation: int) -> str:
        """Return the agency's new code: another policy, contact or generation gives an unrelated one.

        The whole policy counts, so that a longer code does not begin with the shorter one, which others may know.
        """
        shape = (str(policy.groups), str(policy.group_length), policy.alphabet)
        symbols = self._symbols(policy.alphabet, *shape, username, email, str(generation))
        groups = ("".join(next(symbols) for _ in range(policy.group_length)) for _ in range(policy.groups))
        return "-".join(groups)

    def _symbols(self, alphabet: str, *parts: str) -> Iterator[str]:
        """Yield endless symbols, all equally likely: bytes past the last whole multiple of the alphabet are skipped."""
        fair = 256 - 256 % len(alphabet)
        block = 0
        while True:
            for byte in self.derive("access code", *parts, str(block)):
                if byte < fair:
                    yield alphabet[byte % len(alphabet)]
            block += 1

    def choose(self, username: str, emails: Sequence[str]) -> str:
        """Return one of the addresses by rendezvous hashing: adding or taking one rarely changes the choice."""
        return max(emails, key=lambda email: self.derive("choice of address", username, email))

    def zip_salt(self, password: str, content: bytes) -> bytes:
        """Return the salt of one document in an archive.

        It depends on password and content both: AE-2's counter always starts at 1, so a salt and password that meet
        two contents would give away their difference.
        """
        digest = hashlib.sha256(content).digest()
        return self.derive("salt of a document", password, digest)[:ZIP_SALT_BYTES]

    def hash_salt(self, username: str, code: str) -> bytes:
        """Return the salt of an agency's password hash."""
        return self.derive("salt of a password hash", username, code)[:HASH_SALT_BYTES]

    def fingerprint(self, *parts: str | bytes) -> str:
        """Return a mark of secret inputs for the manifest: equal if they are equal, and revealing nothing else."""
        return self.derive("fingerprint", *parts).hex()


def read_key(folder: Path) -> CampaignKey | None:
    """Return the campaign's key; None where there is none yet. Raises StateError where the file is damaged."""
    path = folder / KEY_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(data) != KEY_BYTES:
        sizes = {"expected": KEY_BYTES, "found": len(data)}
        damage = say('"{file}" is damaged: expected {expected} bytes, found {found}', file=path, **sizes)
        raise StateError(damage, say("put the file back from your backup; nothing else can make the same codes"))
    return CampaignKey(data)
