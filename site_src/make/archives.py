"""The encrypted ZIP of an agency: WinZip AE-2 with AES-256, a derived salt, no compression, no clock.

Documents are stored, not deflated: a PDF is compressed already, and deflate gives other bytes on machines with another
zlib, which under one salt and password would leak both contents.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import stat
import struct
import zlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from Cryptodome.Util import Counter, _raw_api

from site_src.plan.keys import ZIP_SALT_BYTES, CampaignKey
from site_src.read.inputs import Document

# As soon as a cipher is loaded, PyCryptodome runs the program `file` to learn how Python was compiled, though it never
# needs to know. It finds an answer here already, so that no command of ours starts another program.
vars(_raw_api)["cached_architecture"] = ("", "")

import pyzipper  # noqa: E402 (loads ciphers)
from Cryptodome.Cipher import AES  # noqa: E402 (likewise)
from pyzipper import zipfile_aes  # noqa: E402 (likewise)

if TYPE_CHECKING:
    from Cryptodome.Cipher._mode_ctr import CtrMode


# WinZip AE specification, "Key derivation": fixed by the format, and low by today's measure (SECURITY.md).
PBKDF2_ITERATIONS = 1000
AES_KEY_BYTES = 32
VERIFIER_BYTES = 2
AES_256_STRENGTH = 3

# Keys that stay in memory: an archive's are needed again when it is reopened, and by then other threads have sealed
# theirs. For an archive with more documents than this they are derived twice.
KEYS_KEPT = 256

# The days that a ZIP can hold (APPNOTE.TXT 4.4.6); the first serves for a circular without a date too.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
ZIP_LAST_DAY = (2107, 12, 31, 0, 0, 0)
AES_VERSION = 51  # APPNOTE.TXT 4.4.3.2: what a program must understand, 5.1; pyzipper would ask for 2.0
UNIX = 3  # APPNOTE.TXT 4.4.2.2: the system whose file attributes are given; the same wherever the build runs

BadZipFile = pyzipper.BadZipFile

# What pyzipper lets through where the headers of an archive are damaged.
DAMAGE = (ValueError, KeyError, AttributeError, NotImplementedError, EOFError, struct.error, zlib.error)


@lru_cache(KEYS_KEPT)
def _derive_keys(password: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the cipher's key, the authentication code's key and the verifier (WinZip AES specification)."""
    material = hashlib.pbkdf2_hmac("sha1", password, salt, PBKDF2_ITERATIONS, 2 * AES_KEY_BYTES + VERIFIER_BYTES)
    return material[:AES_KEY_BYTES], material[AES_KEY_BYTES : 2 * AES_KEY_BYTES], material[2 * AES_KEY_BYTES :]


def _cipher(key: bytes) -> CtrMode:
    return AES.new(key, AES.MODE_CTR, counter=Counter.new(nbits=128, little_endian=True))


class DerivedSaltEncrypter(zipfile_aes.AESZipEncrypter):
    """pyzipper's AES-256 encrypter with a salt that is given instead of drawn."""

    def __init__(self, password: bytes, salt: bytes) -> None:
        # pyzipper draws the salt and derives the keys in its constructor, with no hook between: this replaces it whole
        # and keeps the rest of the class. The attributes are those that its other methods read.
        self.force_wz_aes_version = zipfile_aes.WZ_AES_V2
        self.conditionally_include_crc = None
        self.min_bytes_to_include_crc = None
        self.aes_strength = AES_256_STRENGTH
        self.salt_length = len(salt)
        self.salt = salt
        cipher_key, code_key, self.encpwdverify = _derive_keys(password, salt)
        self.encrypter = _cipher(cipher_key)
        self.hmac = hmac.new(code_key, digestmod="sha1")


class ReopeningDecrypter(zipfile_aes.AESZipDecrypter):
    """pyzipper's decrypter, which knows the keys of what this process has just sealed with this password and salt."""

    def __init__(self, zinfo: zipfile_aes.AESZipInfo, pwd: bytes, encryption_header: bytes) -> None:
        # As in the encrypter: the parent's constructor derives the keys itself, at four times the cost of all the rest.
        self.filename = zinfo.filename
        cipher_key, code_key, verifier = _derive_keys(pwd, encryption_header[:ZIP_SALT_BYTES])
        if encryption_header[ZIP_SALT_BYTES:] != verifier:
            message = "wrong password"
            raise RuntimeError(message)
        self.decypter = _cipher(cipher_key)
        self.hmac = hmac.new(code_key, digestmod="sha1")


class ReopenedFile(zipfile_aes.AESZipExtFile):
    """A document that is read with that decrypter."""

    def setup_aeszipdecrypter(self) -> type[zipfile_aes.AESZipDecrypter]:
        """Return the class that decrypts, once the parent has read the salt."""
        super().setup_aeszipdecrypter()
        return ReopeningDecrypter


class ReopenedZipFile(pyzipper.AESZipFile):
    """A ZIP that is read with that decrypter."""

    zipextfile_cls = ReopenedFile


class SealedZipFile(pyzipper.AESZipFile):
    """A ZIP in which each document takes the salt that was set before it is written."""

    def __init__(self, file: io.BytesIO, password: bytes) -> None:
        super().__init__(file, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES, allowZip64=False)
        self.setpassword(password)
        self.salt = b""

    def get_encrypter(self) -> DerivedSaltEncrypter:
        """Return the encrypter of the document that is written next; a salt serves once."""
        salt, self.salt = self.salt, b""
        if not salt:
            message = "no salt was set for this document"
            raise ValueError(message)
        return DerivedSaltEncrypter(self.pwd, salt)


def seal(documents: Sequence[Document], password: str, key: CampaignKey, day: date | None) -> bytes:
    """Return the archive's bytes, the same for the same arguments; ``day`` dates its documents."""
    buffer = io.BytesIO()
    with SealedZipFile(buffer, password.encode()) as archive:
        for document in documents:
            archive.salt = key.zip_salt(password, document.content)
            archive.writestr(_entry(document.name, day), document.content)
    return buffer.getvalue()


def _entry(name: str, day: date | None) -> zipfile_aes.AESZipInfo:
    stamp = (day.year, day.month, day.day, 0, 0, 0) if day else ZIP_EPOCH
    entry = zipfile_aes.AESZipInfo(name, min(max(stamp, ZIP_EPOCH), ZIP_LAST_DAY))
    entry.create_system = UNIX
    entry.create_version = entry.extract_version = AES_VERSION
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    return entry


def unseal(
    archive: bytes, password: str, reader: type[pyzipper.AESZipFile] = pyzipper.AESZipFile
) -> tuple[Document, ...] | None:
    """Return the documents in the archive, or None if this is not its password.

    Raises BadZipFile where the archive is damaged, and for the one wrong password in 65,536 that passes the
    format's two-byte check: the two cannot be told apart.
    """
    try:
        with reader(io.BytesIO(archive)) as opened:
            opened.setpassword(password.encode())
            return tuple(Document(entry.filename, opened.read(entry)) for entry in opened.infolist())
    except DAMAGE as error:
        raise BadZipFile(f"damaged archive: {error}") from error
    except RuntimeError:  # pyzipper's word for a wrong password
        return None


def reopen(archive: bytes, password: str) -> tuple[Document, ...] | None:
    """Do as ``unseal`` for an archive that was just sealed: other keys are derived only for another password or salt.

    The same password and salt give the same keys, and deriving them takes far longer than all other reading. Keys that
    were derived wrongly, by a fault of the machine, are therefore not noticed here: ``verify`` derives its own.
    """
    return unseal(archive, password, ReopenedZipFile)
