"""Read and write the server's password file (htpasswd), as it is now and as it must be from the effective day."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from hashlib import sha512

# The least that bcrypt has. The codes are random with 75 bits or more, so a slow hash adds nothing against guessing,
# while nginx checks the hash anew at every request (measured: 426 requests a second at cost 5, 8 at cost 10), and a
# build computes each new one twice.
BCRYPT_COST = 4

# Apache's APR and most crypt() know "$2y$"; "$2b$", which the library writes, is the same algorithm.
BCRYPT_PREFIX = b"$2y$"

# The least that the specification allows. More would protect nothing: the codes are random with 75 bits or more, while
# a server hashes anew at every request.
ROUNDS = 1000
SALT_LENGTH = 16  # characters, the most that count
SHA512_PREFIX = b"$6$"
SHA_DIGITS = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# The kinds of new hashes, as site.toml names them, and how they begin: glibc's own crypt(), of Debian 10 or RHEL 7, has
# no bcrypt. A line of another bcrypt cost, of an earlier version, serves again: it takes the same code.
BCRYPT, SHA512 = "bcrypt", "sha512"
KINDS = {BCRYPT: BCRYPT_PREFIX, SHA512: SHA512_PREFIX + b"rounds=%d$" % ROUNDS}

# A kept hash beyond these makes logins slow: a server checks it anew at every request, and nginx does nothing else
# meanwhile. Measured on 2026-11-30 with libxcrypt 4.4.33 and Debian's nginx on one core: bcrypt takes 1.6 ms at cost 5
# and twice as long with each step, SHA-256 and SHA-512 0.34 ms for 1,000 rounds. The limits are about 13 and 7 ms.
COSTLY_BCRYPT = 8
COSTLY_ROUNDS = 20_000
BCRYPT_SECONDS = 0.0016 / 2**5
ROUND_SECONDS = 0.34e-6

WINDOWS_END = b"\r\n"  # no server's own file has lines that end so

_BCRYPT_COST = re.compile(rb"\$2[abxy]\$([0-3]\d)\$")
_SHA_ROUNDS = re.compile(rb"\$[56]\$rounds=(\d{1,9})\$")

_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BCRYPT = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TO_BCRYPT = bytes.maketrans(_STANDARD, _BCRYPT)
_TO_SHA = bytes.maketrans(_STANDARD, SHA_DIGITS)


def lines_of(password_file: bytes) -> list[bytes]:
    """Return the lines of a file, each with its own line end; joined again they are the same bytes."""
    return password_file.splitlines(keepends=True)


def users_of(password_file: bytes) -> dict[str, bytes]:
    """Return the line of each user of a file; of two it is the first, since both servers take that."""
    found: dict[str, bytes] = {}
    for line in lines_of(password_file):
        if user := user_of(line):
            found.setdefault(user, line)
    return found


def user_of(line: bytes) -> str:
    """Return the user that a line is about, or "" for a comment, a blank line or one without a colon.

    Apache takes white space before the name off (ap_cfg_getline), so it hides no user here either.
    """
    user, colon, _ = line.lstrip().partition(b":")
    return user.decode(errors="surrogateescape") if colon and not user.startswith(b"#") else ""


def hash_of(line: bytes) -> bytes:
    """Return the hash in a user's line."""
    return line.partition(b":")[2].strip()


def hash_code(salt: bytes, username: str, code: str, kind: str = BCRYPT) -> bytes:
    """Return the line, with its line end, that lets ``username`` in with ``code``; ``kind`` is one of ``KINDS``."""
    salt = base64.b64encode(salt).rstrip(b"=")
    if kind == SHA512:
        hashed = sha512_crypt(code.encode(), salt[:SALT_LENGTH].translate(_TO_SHA))
    else:
        import bcrypt

        made = bcrypt.hashpw(code.encode(), b"$2b$%02d$%s" % (BCRYPT_COST, salt.translate(_TO_BCRYPT)))
        hashed = BCRYPT_PREFIX + made[len(BCRYPT_PREFIX) :]
    return username.encode() + b":" + hashed + b"\n"


def is_of_kind(line: bytes, kind: str) -> bool:
    """Return whether :func:`hash_code` would make this line's hash in the same way, at any cost of bcrypt."""
    return hash_of(line).startswith(KINDS[kind])


def opens(line: bytes, code: str) -> bool:
    """Return whether a line written by :func:`hash_code` lets ``code`` in."""
    hashed = hash_of(line)
    if hashed.startswith(KINDS[SHA512]):
        salt = hashed.removeprefix(KINDS[SHA512]).partition(b"$")[0]
        return sha512_crypt(code.encode(), salt) == hashed
    import bcrypt

    try:
        return bcrypt.checkpw(code.encode(), b"$2b$" + hashed[len(BCRYPT_PREFIX) :])
    except ValueError:  # not a bcrypt hash
        return False


def costly_seconds(line: bytes) -> float:
    """Return how long a processor is busy with one login by this line, or 0 where that is short or unknown."""
    hashed = hash_of(line)
    if (found := _BCRYPT_COST.match(hashed)) and (cost := int(found[1])) > COSTLY_BCRYPT:
        return BCRYPT_SECONDS * (1 << cost)
    if (found := _SHA_ROUNDS.match(hashed)) and (rounds := int(found[1])) > COSTLY_ROUNDS:
        return ROUND_SECONDS * rounds
    return 0


def password_file_after(before: bytes, new_lines: Mapping[str, bytes], gone: Iterable[str]) -> bytes:
    """Return the file as it must be from the effective day.

    Each line of ``before`` keeps its place: replaced where the user has a new line, left out where the user is in
    ``gone``, and otherwise kept byte for byte. Users who had no line follow in the order given.
    """
    leaving = set(gone)
    lines: list[bytes] = []
    placed: set[str] = set()
    for line in lines_of(before):
        user = user_of(line)
        if user in new_lines:
            if user not in placed:
                lines.append(new_lines[user])
                placed.add(user)
        elif user not in leaving or not user:
            lines.append(line)
    if lines and not lines[-1].endswith(b"\n"):
        lines[-1] += b"\n"
    lines += [line for user, line in new_lines.items() if user not in placed]
    return b"".join(lines)


def sha512_crypt(password: bytes, salt: bytes, rounds: int = ROUNDS) -> bytes:
    """Return SHA-512 crypt ("$6$") as a password file has it, by the specification of Ulrich Drepper.

    Python 3.13 has no crypt module. The text is at https://www.akkadia.org/drepper/SHA-crypt.txt; the numbers in the
    comments are its steps.
    """
    inner = sha512(password + salt + password).digest()  # 4-8
    outer = sha512(password + salt + _stretched(inner, len(password)))  # 1-3, 9-10
    length = len(password)
    while length:  # 11
        outer.update(inner if length % 2 else password)
        length //= 2
    digest = outer.digest()  # 12
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


def _stretched(digest: bytes, length: int) -> bytes:
    return (digest * (length // len(digest) + 1))[:length]


def _encoded(digest: bytes) -> bytes:
    """Return 86 characters (22): three bytes at a time, 21 apart and in turns; the lowest 6 bits come first."""
    text = bytearray()
    for first in range(21):
        triple = [digest[first + 21 * ((place + first) % 3)] for place in range(3)]
        value = int.from_bytes(triple, "big")
        text += bytes(SHA_DIGITS[value >> shift & 63] for shift in (0, 6, 12, 18))
    return bytes(text + bytes(SHA_DIGITS[digest[63] >> shift & 63] for shift in (0, 6)))
