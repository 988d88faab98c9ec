"""Publish the finished site and the private files together, or not at all.

Everything is written beside its place first. Then a journal in the private folder is the point of no return: a build
killed before it leaves the old site, one killed after it is completed by the next command that takes the lock.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from site_src.files.disk import call_linux, lock_file, make_public_folder, move, remove_tree, settle, sync
from site_src.files.private import STAGED_ENDING, STRANGERS_NAMED_MAX, make_private_folder, staged, write_private
from site_src.files.walk import files_below, is_litter
from site_src.folders import is_administrators, is_our_robots
from site_src.language.say import reason, say, say_some
from site_src.problems import MachineError, StateError, UsageError

JOURNAL_NAME = ".publishing"
LOCK_NAME = ".lock"

GENERATOR = b'<meta name="generator" content="Thyrida">'
MOUNTS = Path("/proc/self/mountinfo")

# Where builds put files, of former campaigns and agencies and of earlier versions too.
_OURS = re.compile(
    r"""circulars/[^/]+/[^/]+ | files/[^/]+/(?:mine/)?index\.html | feed\.xml
    | files/[^/]+/(?P<username>\d{12})/(?:index\.html|(?P=username)\.zip) | assets/[\w-]+\.(?:css|js|svg)
    | assets/logo-[0-9a-f]{8}\.png""",
    re.VERBOSE | re.ASCII,
)

# Other pages, of texts in ``pages/`` too, of which the content may know nothing any more: a build marks each.
_MARKED = re.compile(r"(?:[a-z0-9-]+/)?index\.html|\d{3}\.html")

AT_FDCWD = -100  # <fcntl.h>: paths are relative to the working folder
RENAME_EXCHANGE = 2  # <linux/fs.h>, renameat2(2): both names change places in one step


def staging_of(out: Path) -> Path:
    """Return the folder in which the new site is made: beside the old one, so that a rename suffices."""
    return out.with_name(f".{out.name}.staging")


def old_of(out: Path) -> Path:
    """Return the folder in which the old site waits to be removed, on systems that cannot swap in one step."""
    return out.with_name(f".{out.name}.old")


def check_out(out: Path) -> None:
    """Raise an error where ``out`` holds anything that Thyrida did not make: publishing would lose it.

    It is a StateError among our own files, and a UsageError where another folder must be meant.
    """
    if out.is_symlink():
        message = say('"{out}" is a symbolic link, and publishing would put a folder into its place', out=out)
        raise UsageError(message, say('give the folder that it points to: --out "{target}"', target=out.resolve()))
    if not out.exists():
        return
    if not out.is_dir():
        message = say('"{out}" is a file; expected a folder, or nothing yet', out=out)
        raise UsageError(message, say("give another folder with --out"))
    if _is_mount(out):
        raise UsageError(
            say('"{out}" is a disk or a share of its own, and publishing swaps the whole folder for another', out=out),
            say('give a folder inside it: --out "{inside}"', inside=out / "site"),
        )
    home = out / "index.html"
    if any(not is_litter(path.name) for path in out.iterdir()) and (
        not home.is_file() or GENERATOR not in home.read_bytes()
    ):
        raise UsageError(
            say('"{out}" holds files that Thyrida did not make, and publishing replaces the whole folder', out=out),
            say("give an empty or a new folder with --out"),
        )
    if strangers := [name for name in files_below(out) if not _may_be_there(name, out / name)]:
        names = say_some(strangers, STRANGERS_NAMED_MAX)
        raise StateError(
            say('"{out}" holds what Thyrida did not make and publishing would lose: {names}', out=out, names=names),
            say("move it out of this folder, and let the web server add it to the site"),
        )


def _may_be_there(name: str, path: Path) -> bool:
    is_page = _MARKED.fullmatch(name) is not None and not path.is_symlink() and GENERATOR in path.read_bytes()
    is_ours = is_page or _OURS.fullmatch(name) is not None or is_our_robots(name, path)
    return is_ours or is_litter(path.name) or is_administrators(name, path)


def _is_mount(folder: Path) -> bool:
    """Return whether the folder is a disk or a share of its own, or bound to another: neither can be renamed."""
    if os.path.ismount(folder):  # Path.is_mount is not there on Windows before 3.12
        return True
    try:  # only Linux shows a bound folder of the same disk: proc_pid_mountinfo(5), the fifth field
        mounts = MOUNTS.read_bytes().splitlines()
    except OSError:
        return False
    bound = (re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), line.split(b" ")[4]) for line in mounts)
    return os.fsencode(folder) in bound


@contextmanager
def locked(private: Path, out: Path | None = None, *, notify: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the private folder for one command, and the site that it writes to, if any.

    Raises MachineError where another command holds one of them; the private folder is waited for with ``notify``, which
    gets a line that says so. A private folder that the command made and then left empty is taken away again.
    """
    was_there = private.is_dir()
    make_private_folder(private)

    def is_unused() -> bool:
        return not was_there and [path.name for path in private.iterdir()] == [LOCK_NAME]

    try:
        with ExitStack() as held:
            held.enter_context(lock_file(private / LOCK_NAME, private, notify=notify, is_temporary=is_unused))
            if out:  # two builds with a private folder each may share the site: its lock is a file beside it
                make_public_folder(out.parent)
                held.enter_context(lock_file(lock_of(out), out, is_temporary=lambda: True))
            finish_publishing(private)
            yield
    finally:
        if not was_there:
            with suppress(OSError):  # it holds something
                private.rmdir()


def lock_of(out: Path) -> Path:
    """Return the file that is there while a build may be at work with the site."""
    return out.with_name(f".{out.name}{LOCK_NAME}")


def publish(out: Path, private: Path, private_files: Mapping[Path, bytes]) -> None:
    """Put the staged site and the private files (final path and bytes) into their places. The lock must be held."""
    try:
        _decide(out, private, private_files)
    finally:
        if not is_publishing(private):
            _clear_staged(private)
    try:
        finish_publishing(private)
    except (OSError, KeyboardInterrupt) as error:
        if not is_publishing(private):
            return  # the new site is there; what is left of the old one goes with the next build
        why = reason(error) if isinstance(error, OSError) else say("stopped")
        message = say(
            'the new site is made, but has not completely taken its place at "{out}": {why}', out=out, why=why
        )
        hint = say(
            "close what has its files open, then run `python3 build.py verify`: it ends the work, then checks it"
        )
        raise MachineError(message, hint) from error


def _decide(out: Path, private: Path, private_files: Mapping[Path, bytes]) -> None:
    """Stage the private files, have everything on the disk, and write the journal: then there is no way back."""
    for path, data in private_files.items():
        make_private_folder(path.parent)
        if not path.is_file() or path.read_bytes() != data:
            write_private(staged(path), data)
    content = {
        "out": str(out.absolute()),
        "staging_inode": staging_of(out).stat().st_ino,
        "files": [str(path.relative_to(private)) for path in private_files],
    }
    draft = staged(private / JOURNAL_NAME)
    write_private(draft, json.dumps(content).encode())
    settle(staging_of(out))
    settle(private)
    move(draft, private / JOURNAL_NAME)


def _clear_staged(private: Path) -> None:
    """Remove staged files that no build will publish, and the uploads of a desk that was killed."""
    for leftover in [*private.glob(f"*/**/*{STAGED_ENDING}"), *private.glob(f".*{STAGED_ENDING}")]:
        if leftover.is_dir():
            remove_tree(leftover)
        else:
            leftover.unlink(missing_ok=True)  # a build that has let go of the lock may be putting its note in place


def is_publishing(private: Path) -> bool:
    """Return whether a build passed the point of no return and did not end: the next command completes it."""
    return (private / JOURNAL_NAME).exists()


def finish_publishing(private: Path) -> None:
    """Complete what a killed build had decided; clear away what it had not."""
    journal_path = private / JOURNAL_NAME
    try:
        data = journal_path.read_bytes()
    except FileNotFoundError:
        _clear_staged(private)
        return
    out, staging_inode, files = _read_journal(data, private)
    for path in files:
        with suppress(FileNotFoundError):
            move(staged(path), path)
    _swap(out, staging_inode)
    journal_path.unlink()
    sync(private)  # a journal that comes back after a power cut would publish a later build that never ended
    clear_staging(out)


def _read_journal(data: bytes, private: Path) -> tuple[Path, int, list[Path]]:
    """Return the steps that are left once everything is staged, each of which may be done twice."""
    try:
        content = json.loads(data)
        return Path(content["out"]), content["staging_inode"], [private / name for name in content["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(
            say('"{file}" is damaged', file=private / JOURNAL_NAME),
            say("delete this file and build again: it told how to complete a build that ended early"),
        ) from error


def _swap(out: Path, staging_inode: int) -> None:
    """Let the staged folder become the site, in one step where the system can."""
    staging = staging_of(out)
    if not staging.exists() or staging.stat().st_ino != staging_inode:
        return  # it has happened: the staging folder is the old site
    if out.exists() and not _exchange(staging, out):
        move(out, old_of(out))
    if staging.exists() and staging.stat().st_ino == staging_inode:
        move(staging, out)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names of a folder atomically; False where the system has no such call."""
    names = (AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other))
    if not call_linux(other, "renameat2", *names, RENAME_EXCHANGE):
        return False
    sync(other.parent)
    return True


def clear_staging(out: Path) -> None:
    """Remove what a build left beside the site: an unfinished new one, or the old one after the swap."""
    for folder in (staging_of(out), old_of(out)):
        if folder.is_dir():
            remove_tree(folder)
