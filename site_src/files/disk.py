"""Write, rename, sync and lock files so that they outlast a power cut, while other programs look at them.

A disk keeps for certain only what was synced: the bytes of a file, and the names in a folder. Renames, locks,
attributes and consoles differ on Windows: this module has all of it.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import errno
import getpass
import json
import os
import platform
import shutil
import stat
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.walk import all_below
from site_src.language.say import say
from site_src.problems import MachineError

if TYPE_CHECKING:
    from io import TextIOWrapper

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows has neither modes nor owners of files, but one attribute, "read-only": its access lists are left alone.
ON_WINDOWS = os.name == "nt"
HAS_MODES = not ON_WINDOWS
FREED_MODE = 0o700  # of what is about to be removed
PUBLIC_FOLDER_MODE, PUBLIC_FILE_MODE = 0o755, 0o644  # the web server must be able to read, whatever the umask is

# Flags of os.open() that only some systems have: Windows would change line ends, and has no links to refuse.
BINARY, NO_LINK = (getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW"))

UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.EOPNOTSUPP}  # by the system or by the file system

# Windows renames nothing that somebody has open, and virus scanners, indexers and OneDrive open what is new. Its system
# error codes (winerror.h): access denied, sharing violation, lock violation.
IN_USE = {5, 32, 33}
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds; what is in use for longer a person works with

# Seconds for which a command waits that must not fail because of another one: a build or a proof of 3,000 agencies
# takes less, and a swap at midnight that comes ten minutes late is better than none.
PATIENCE = 600.0
POLL = 0.2

# What the code page of a Greek or Western console lacks, in characters that it has.
UTF_8_PAGE = 65001  # "Code Page Identifiers" of Microsoft
PLAINER = {"«": '"', "»": '"', "“": '"', "”": '"', "’": "'", "…": "...", "–": "-", "—": "-", "→": "->", "×": "x"}

# flock(2): EWOULDBLOCK, and EACCES on some file systems and on Windows; Wine's C library sets no number.
LOCKED_ELSEWHERE = {errno.EWOULDBLOCK, errno.EACCES, 0}
LOCK_MODE = 0o600
LOCKED_BYTE = 1 << 30  # Windows lets nobody read a byte that is locked: this one is far behind the holder's name
NOTE_BYTES_MAX = 4096


def move(source: Path, target: Path) -> None:
    """Rename, over a file that is there, and have the new name on the disk before going on.

    On Windows once more after each wait while another program has something open.
    """
    for wait in (*WAITS, None):
        try:
            source.replace(target)
            break
        except OSError as error:
            if wait is None or getattr(error, "winerror", None) not in IN_USE:
                raise
            time.sleep(wait)
    sync(target.parent)


def put(path: Path, data: bytes) -> None:
    """Write a file of staff's beside its place, then into it: a power cut leaves the old one or the new one.

    It stays as open or closed to other users as it was.
    """
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(data)
        if path.exists():
            shutil.copymode(path, draft)
        sync(draft)
        move(draft, path)
    except OSError:  # another program may have the file open
        draft.unlink(missing_ok=True)
        raise


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it, even where somebody took the right to write away.

    Where there are modes, only the folders must allow it; on Windows the files must, too.
    """
    try:
        shutil.rmtree(folder)
    except PermissionError:
        folder.chmod(FREED_MODE)
        for parent, folders, files in os.walk(folder):
            for path in (Path(parent, name) for name in (*folders, *(() if HAS_MODES else files))):
                if not path.is_symlink():
                    path.chmod(FREED_MODE)
        shutil.rmtree(folder)


def sync(path: Path) -> None:
    """Have a file's bytes and mode, or the names in a folder, on the disk, where the system lets it be synced."""
    with contextlib.suppress(OSError):
        # Windows syncs nothing that is open for reading alone, and no folder at all.
        descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def settle(folder: Path) -> None:
    """Have everything in a folder on the disk, and the names that lead to it, before going on."""
    descriptor = os.open(folder, os.O_RDONLY) if sys.platform.startswith("linux") else -1
    try:
        if not call_linux(folder, "syncfs", descriptor):  # one call for thousands of files
            for path in (*all_below(folder), folder, *folder.absolute().parents):
                sync(path)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def call_linux(path: Path, name: str, *arguments: int | bytes) -> bool:
    """Make a system call that Python has no name for; return False where the system or the file system has none.

    Raises OSError where it fails.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, name):
        return False
    if getattr(libc, name)(*arguments) == 0:
        return True
    code = ctypes.get_errno()
    if code in UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(path))


@contextmanager
def named_in_errors(path: Path) -> Iterator[None]:
    """Let a write that fails name its file: the system names one only where it cannot be opened."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_public(path: Path, data: bytes) -> None:
    """Write a file of the site that the web server may read, whatever the umask is."""
    make_public_folder(path.parent)
    with named_in_errors(path):
        path.write_bytes(data)
    path.chmod(PUBLIC_FILE_MODE)


def make_public_folder(folder: Path) -> None:
    """Make a folder of the site, and those above it in the site, that the web server may read."""
    if not folder.is_dir():
        if folder != folder.parent:  # a drive that is not there has none above it, and cannot be made either
            make_public_folder(folder.parent)
        folder.mkdir(exist_ok=True)  # another thread may have been quicker
        folder.chmod(PUBLIC_FOLDER_MODE)


def carry_over(source: Path, target: Path) -> None:
    """Take a file of the old site into the new one, with the mode of every public file.

    It gets a second name, or is copied where there are none, or where its mode belongs to another user.
    """
    make_public_folder(target.parent)
    try:
        target.hardlink_to(source)
        if stat.S_IMODE(target.stat().st_mode) != PUBLIC_FILE_MODE:
            target.chmod(PUBLIC_FILE_MODE)
    except OSError:
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)
        target.chmod(PUBLIC_FILE_MODE)


@contextmanager
def lock_file(
    path: Path,
    folder: Path,
    *,
    notify: Callable[[str], None] | None = None,
    is_temporary: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """Let one command at a time work with a folder: it locks the file ``path``, and writes there who it is.

    With ``notify``, which gets one line that says so, another one is waited for as long as PATIENCE lasts. A
    MachineError names it. At the end the file is removed if ``is_temporary`` then says so.
    """
    end = time.monotonic() + PATIENCE
    is_waiting = False
    while (descriptor := _try_to_lock(path)) is None:
        message = say('another command is at work with "{folder}"{holder}', folder=folder, holder=_holder(path))
        if not notify or time.monotonic() >= end:
            raise MachineError(message, say("wait until it has ended, then try again"))
        if not is_waiting:
            notify(say("{message}: waiting for up to {minutes} minutes", message=message, minutes=round(PATIENCE / 60)))
        is_waiting = True
        time.sleep(POLL)
    try:
        yield
    finally:
        is_removed = is_temporary()
        if ON_WINDOWS:  # which deletes no open file; elsewhere it goes while it is locked
            os.close(descriptor)
        if is_removed:
            with contextlib.suppress(OSError):  # another command has opened it by now, which Windows does not let go
                path.unlink()
        if not ON_WINDOWS:
            os.close(descriptor)


def _try_to_lock(path: Path) -> int | None:
    """Return the descriptor of the locked file, or None where another command has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK | BINARY, LOCK_MODE)
    locked = None
    try:
        with named_in_errors(path):
            if _lock(descriptor) and _is_still_there(descriptor, path):
                _sign(descriptor)
                locked = descriptor
    finally:
        if locked is None:
            os.close(descriptor)
    return locked


def _lock(descriptor: int) -> bool:
    """Lock an open file; return False where another process, or another part of this one, has locked it."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in LOCKED_ELSEWHERE:
            raise
        return False
    return True


def _is_still_there(descriptor: int, path: Path) -> bool:
    """Return False where the holder before this one took the file away: the next command would lock a new one."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    """Write the holder into the file; where that fails, on a full disk say, the file is locked all the same."""
    user = "?"
    with contextlib.suppress(OSError, KeyError, ImportError):  # a user whom the machine has no name for
        user = getpass.getuser()
    facts = {"process": os.getpid(), "user": user, "machine": platform.node(), "since": time.strftime("%H:%M")}
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(facts).encode())


def _holder(path: Path) -> str:
    """Return the holder that a lock file names, in words; nothing where that cannot be read."""
    try:
        with path.open("rb") as file:
            facts = json.loads(file.read(NOTE_BYTES_MAX))
        named = {name: str(facts[name]) for name in ("process", "user", "machine", "since")}
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return say(" (process {process} of {user} on {machine}, since {since})", **named)


def fit_to_reader(stream: TextIOWrapper) -> None:
    """Let a stream write any text; what its reader cannot show becomes an escape or a plainer character.

    On Windows a pipe leads to `more`, `findstr` or PowerShell, which all read the console's code page. A file gets
    UTF-8, as everywhere, and not the code page of the system.
    """
    stream.reconfigure(errors="backslashreplace")
    if not ON_WINDOWS:
        return
    encoding = f"cp{_console_page()}" if _is_pipe(stream) else "utf-8"
    codecs.register_error("plainer", partial(_plainer, encoding))
    with contextlib.suppress(LookupError):  # a code page that Python does not have
        stream.reconfigure(encoding=encoding, errors="plainer")


def _is_pipe(stream: TextIOWrapper) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # it has no file, or none any more
        return False


def _console_page() -> int:
    """Return the number of the console's code page; UTF-8's where there is no console."""
    if sys.platform == "win32":
        return ctypes.windll.kernel32.GetConsoleOutputCP() or UTF_8_PAGE
    return UTF_8_PAGE


def _plainer(encoding: str, error: UnicodeError) -> tuple[str, int]:
    """Return a plainer text for what an encoding lacks: without the accent, or as an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    plain = PLAINER.get(character) or unicodedata.normalize("NFKD", character)[0]
    try:
        plain.encode(encoding)
    except UnicodeEncodeError:
        plain = character.encode("unicode_escape").decode()
    return plain, error.start + 1


def is_closed_pipe(error: Exception) -> bool:
    """Return whether the reader of the output has gone, which Windows calls an invalid argument, of no file."""
    is_invalid = ON_WINDOWS and isinstance(error, OSError) and (error.errno, error.filename) == (errno.EINVAL, None)
    return is_invalid or isinstance(error, BrokenPipeError)


def unquoted(arguments: Sequence[str]) -> list[str]:
    """Return arguments without the quotation mark that PowerShell leaves behind a path's last backslash.

    No path of Windows has one.
    """
    return [text.removesuffix('"') if ON_WINDOWS else text for text in arguments]
