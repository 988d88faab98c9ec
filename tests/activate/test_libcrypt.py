from __future__ import annotations

import ctypes
import sys

import pytest

from site_src.activate import libcrypt
from site_src.activate.libcrypt import unknown_hashes
from site_src.files.htpasswd import KINDS, hash_code, hash_of

HASHES = [hash_of(hash_code(bytes(16), "012345678901", "CDFJ-LQRS", kind)) for kind in KINDS]

# What a crypt(3) without a kind answers: glibc 2.17 and later nothing, libxcrypt a failure token, older glibc DES.
ANSWERS = {"glibc": None, "libxcrypt": b"*0", "old glibc": b"$2K1eo6Ub5DxY"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux is asked")
def test_this_machine_knows_both_kinds() -> None:
    """The libcrypt of a current Linux takes bcrypt and SHA-512 alike."""
    assert unknown_hashes(HASHES) == ()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_libcrypt_without_bcrypt_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it answers to a hash that it does not know; the other kind it knows, and no hash is asked twice."""
    asked = []

    def crypt(_: bytes, hashed: bytes) -> bytes | None:
        asked.append(hashed)
        return ANSWERS[name] if hashed.startswith(b"$2y$") else hashed

    monkeypatch.setattr(libcrypt, "_find_crypt", lambda: crypt)
    assert unknown_hashes([*HASHES, *HASHES]) == (b"$2y$",)
    assert len(asked) == len(HASHES)


def test_where_there_is_no_libcrypt_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's files are then made on another machine, or it is Windows."""

    def refuse(_: str | None) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    assert unknown_hashes(HASHES) == ()
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", "win32")
    assert unknown_hashes(HASHES) == ()


def test_hashes_that_no_crypt_reads_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old lines without a ``$``, which others made, are the servers' own affair."""
    monkeypatch.setattr(libcrypt, "_find_crypt", lambda: pytest.fail)
    assert unknown_hashes([b"", b"{SHA}abc=", b"rqXexS6ZhobKA"]) == ()
