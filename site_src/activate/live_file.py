"""The server's own password file, and the C library by which nginx checks each login against it.

The file is looked at and replaced by descriptors, so that nobody slips another one in between.
A user who may write into its folder can put a file or a link in its place at any moment. So no link is followed, the
old file is described by the descriptor that it was read by, and the file that took its place is looked at again.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from site_src.files.disk import BINARY, HAS_MODES, NO_LINK, move
from site_src.language.say import reason, say
from site_src.problems import MachineError, UsageError

# No link is followed, a pipe is not waited for, and Windows changes no line end.
LOOKING = os.O_RDONLY | NO_LINK | BINARY | getattr(os, "O_NONBLOCK", 0)
DRAFTING = os.O_RDWR | os.O_CREAT | os.O_EXCL | NO_LINK | BINARY
DRAFT_MODE = 0o600

ROOT_USER = 0
WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH  # the group's bit is also the mask of an access list

# The names of crypt(3) on Linux: glibc's own or libxcrypt (.1), Fedora's libxcrypt (.2), and musl's own C library.
LIBRARIES = ("libcrypt.so.1", "libcrypt.so.2", None)


@dataclass(frozen=True)
class Seen:
    """A plain file at one moment: what it is, its labels and access lists, and its bytes."""

    path: Path
    status: os.stat_result
    labels: Mapping[str, bytes]
    content: bytes = field(repr=False)

    def is_same(self, other: Seen) -> bool:
        """Return whether it is the same file, unchanged in owner, mode, labels and bytes."""
        one, two = ((each.st_mode, each.st_uid, each.st_gid) for each in (self.status, other.status))
        same_file = os.path.samestat(self.status, other.status)
        return same_file and one == two and self.labels == other.labels and self.content == other.content


def look(path: Path) -> Seen:
    """Look at a plain file; raises UsageError for anything else, and FileNotFoundError where there is nothing."""
    if path.is_symlink():
        message = say('"{file}" is a link, and no link is followed', file=path)
        raise UsageError(message, say('give the file itself: "{file}"', file=path.resolve()))
    if path.exists() and not path.is_file():
        message = say('"{file}" is not a plain file', file=path)
        raise UsageError(message, say("give the file that the server reads"))
    descriptor = os.open(path, LOOKING)
    with os.fdopen(descriptor, "rb") as file:
        return Seen(path, os.fstat(descriptor), _labels(descriptor), file.read())


def look_at_live(given: Path) -> Seen:
    """Look at the server's password file; as root, raise MachineError where a lesser user may write beside it."""
    path = given.parent.resolve() / given.name
    refuse_open_folders(path.parent, must_be_roots=True)
    try:
        return look(path)
    except FileNotFoundError as error:
        message = say('there is no password file "{file}"', file=path)
        raise UsageError(message, say("give the file that the server reads")) from error


def refuse_open_folders(folder: Path, *, must_be_roots: bool) -> None:
    """Raise MachineError, with the command that mends it, where root is to trust a folder that others may write.

    A folder above it may be like /tmp, in which nobody renames the files of others. For any other user than root there
    is nothing to check: only that user, or one whom that user trusts, may write there.
    """
    if not HAS_MODES or os.geteuid() != ROOT_USER:
        return
    chain = [folder, *folder.parents]
    owned = [each for each in chain if must_be_roots and each.stat().st_uid != ROOT_USER]
    written = [each for each in chain if _is_written_by_others(each, below_it=each != folder)]
    if not owned and not written:
        return
    commands = [
        f"{command} {' '.join(shlex.quote(str(each)) for each in folders)}"
        for command, folders in (("chown root", owned), ("chmod go-w", written))
        if folders
    ]
    message = say('other users than root may write into "{folder}"', folder=(owned + written)[0])
    hint = say("{command}   Then look whether the files there are yours", command=" && ".join(commands))
    raise MachineError(message, hint)


def _is_written_by_others(folder: Path, *, below_it: bool) -> bool:
    mode = folder.stat().st_mode
    return bool(mode & WRITTEN_BY_OTHERS) and not (below_it and mode & stat.S_ISVTX)


def replace_live(live: Seen, data: bytes, keep: Callable[[], None]) -> None:
    """Write beside the live file with its owner, mode and labels, have it on the disk, and rename.

    ``keep`` saves what must be there before that; it is called once all is ready. Raises MachineError, and leaves the
    live file as it is, where something fails or somebody else changes it meanwhile.
    """
    draft = live.path.with_name(f".{live.path.name}.new")
    try:
        with _as_machine_error(live.path):
            draft.unlink(missing_ok=True)
            ready = _write_like(live, draft, data)
        keep()
        with _as_machine_error(live.path):
            if not look(live.path).is_same(live):
                message = say(
                    '"{file}" was changed by somebody else at this moment and is as they left it', file=live.path
                )
                raise MachineError(message, say("run this again"))
            move(draft, live.path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    with contextlib.suppress(OSError, UsageError):
        if look(live.path).is_same(ready):
            return
    message = say(
        '"{file}" is not the file that was just put there: somebody else wrote it at the same moment', file=live.path
    )
    raise MachineError(message, say("look at it, and at who may write into its folder, then run this again"))


def _write_like(live: Seen, draft: Path, data: bytes) -> Seen:
    """Write a new file with owner, mode, labels and access lists of the live one; all by its descriptor."""
    descriptor = os.open(draft, DRAFTING, DRAFT_MODE)
    with os.fdopen(descriptor, "wb") as file:
        if HAS_MODES:
            os.fchown(descriptor, live.status.st_uid, live.status.st_gid)
        _set_labels(descriptor, live.labels)
        if HAS_MODES:
            os.fchmod(descriptor, stat.S_IMODE(live.status.st_mode))
        file.write(data)
        file.flush()
        os.fsync(descriptor)
        return Seen(draft, os.fstat(descriptor), live.labels, data)


def _labels(descriptor: int) -> dict[str, bytes]:
    """Return extended attributes, in which Linux keeps access lists and SELinux's labels too."""
    if not hasattr(os, "listxattr"):
        return {}
    with contextlib.suppress(OSError):  # a file system without them
        return {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    return {}


def _set_labels(descriptor: int, labels: Mapping[str, bytes]) -> None:
    """Give a file these labels and no other: a folder may give each new file an access list of its own."""
    now = _labels(descriptor)
    for name in now.keys() - labels.keys():
        os.removexattr(descriptor, name)
    for name, value in labels.items():
        if now.get(name) != value:
            os.setxattr(descriptor, name, value)


@contextmanager
def _as_machine_error(path: Path) -> Iterator[None]:
    """Raise MachineError, with what to do, in the place of an OSError: the live file is still as it was."""
    try:
        yield
    except OSError as error:
        message = say('"{file}" cannot be replaced and is as it was: {why}', file=path, why=reason(error))
        hint = say(
            "run this as a user who may write into the folder of the password file, and check the free space there"
        )
        raise MachineError(message, hint) from error


def unknown_hashes(hashes: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the prefixes, such as ``$2y$``, of hashes that this machine's libcrypt cannot check.

    nginx answers 500 where it cannot read a hash. Nothing is returned where there is no libcrypt: the server is then
    another machine, or not one that needs it.
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
