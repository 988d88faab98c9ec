"""The C library's crypt(3), by which nginx checks every login: it answers 500 where that cannot read the hash."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Where Linux has it: glibc's own or libxcrypt (.1), Fedora's libxcrypt (.2), and musl inside the C library itself.
LIBRARIES = ("libcrypt.so.1", "libcrypt.so.2", None)


def unknown_hashes(hashes: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the prefixes, such as ``$2y$``, of hashes that this machine's libcrypt cannot check.

    Nothing is returned where there is no libcrypt: the server is then another machine, or not one that needs it.
    """
    kinds = {hashed[: hashed.find(b"$", 1) + 1]: hashed for hashed in hashes if hashed.startswith(b"$")}
    crypt = _find_crypt()
    return tuple(kind for kind, hashed in kinds.items() if crypt and not _is_known(crypt, hashed))


def _is_known(crypt: Callable[[bytes, bytes], bytes | None], hashed: bytes) -> bool:
    """Return whether libcrypt hashed in the way asked for; else it gives None, ``*0``, or a hash of DES."""
    made = crypt(b"any", hashed) or b""
    start = hashed[: hashed.find(b"$", 1) + 1]
    return len(made) == len(hashed) and made.startswith(start)


def _find_crypt() -> Callable[[bytes, bytes], bytes | None] | None:
    if not sys.platform.startswith("linux"):
        return None
    for name in LIBRARIES:
        with contextlib.suppress(OSError, AttributeError):
            crypt = ctypes.CDLL(name).crypt
            crypt.restype = ctypes.c_char_p
            crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
            return crypt
    return None
