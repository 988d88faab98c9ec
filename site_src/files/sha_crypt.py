"""SHA-512 crypt ("$6$") by the specification of Ulrich Drepper: Python 3.13 has no crypt module any more.

The text is at https://www.akkadia.org/drepper/SHA-crypt.txt; the numbers in the comments are its steps.
"""

from __future__ import annotations

import re
from hashlib import sha512

# The least that the specification allows. More would protect nothing: the codes are random with 75 bits or more, while
# a server hashes anew at every request (0.34 ms for 1,000 rounds, see access.py).
ROUNDS = 1000
USUAL_ROUNDS = 5000  # where a hash names none
SALT_LENGTH = 16  # characters, the most that count
SHA512_PREFIX = b"$6$"
DIGITS = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_HASH = re.compile(rb"\$6\$(?:rounds=(\d{4,9})\$)?([^$]{0,16})\$[./0-9A-Za-z]{86}")


def sha512_crypt(password: bytes, salt: bytes, rounds: int = ROUNDS) -> bytes:
    """Return the hash as a password file has it, with its rounds and salt."""
    digest = _digest(password, salt)  # 1-12
    password_bytes = _stretched(sha512(password * len(password)).digest(), len(password))  # 13-16
    salt_bytes = _stretched(sha512(salt * (16 + digest[0])).digest(), len(salt))  # 17-20
    for number in range(rounds):  # 21
        parts = [
            password_bytes if number % 2 else digest,
            salt_bytes if number % 3 else b"",
            password_bytes if number % 7 else b"",
            digest if number % 2 else password_bytes,
        ]
        digest = sha512(b"".join(parts)).digest()
    return b"$6$rounds=%d$%s$%s" % (rounds, salt, _encoded(digest))


def is_sha512_of(password: bytes, hashed: bytes) -> bool:
    """Whether a hash of this kind is that of the password."""
    found = _HASH.fullmatch(hashed)
    if not found:
        return False
    rounds = int(found[1] or USUAL_ROUNDS)
    return sha512_crypt(password, found[2], rounds).rpartition(b"$")[2] == hashed.rpartition(b"$")[2]


def _digest(password: bytes, salt: bytes) -> bytes:
    inner = sha512(password + salt + password).digest()
    outer = sha512(password + salt + _stretched(inner, len(password)))
    length = len(password)
    while length:  # 11
        outer.update(inner if length % 2 else password)
        length //= 2
    return outer.digest()


def _stretched(digest: bytes, length: int) -> bytes:
    return (digest * (length // len(digest) + 1))[:length]


def _encoded(digest: bytes) -> bytes:
    """Return 86 characters (22): three bytes at a time, 21 apart and in turns; the lowest 6 bits come first."""
    text = bytearray()
    for first in range(21):
        triple = [digest[first + 21 * ((place + first) % 3)] for place in range(3)]
        value = int.from_bytes(triple, "big")
        text += bytes(DIGITS[value >> shift & 63] for shift in (0, 6, 12, 18))
    return bytes(text + bytes(DIGITS[digest[63] >> shift & 63] for shift in (0, 6)))
