"""Whether the site's folder may be replaced: publishing swaps the whole of it, and must lose nothing of others."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.walk import files_below, is_litter
from site_src.folders import ADMINISTRATORS_FILES, ADMINISTRATORS_FOLDER, is_administrators
from site_src.language.say import say
from site_src.make.pages.render import SITE_PAGES
from site_src.problems import StateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

GENERATOR = b'<meta name="generator" content="Thyrida">'
MOUNTS = Path("/proc/self/mountinfo")
STRANGERS_NAMED_MAX = 5

# Where builds put files, of former campaigns and agencies and of earlier versions too.
_OURS = re.compile(
    r"""circulars/[^/]+/[^/]+ | files/[^/]+/(?:mine/)?index\.html
    | files/[^/]+/(?P<username>\d{12})/(?:index\.html|(?P=username)\.zip) | assets/[\w-]+\.(?:css|js|svg)""",
    re.VERBOSE | re.ASCII,
)


def check_out(out: Path) -> None:
    """Raise an error where ``out`` holds anything that Thyrida did not make: publishing would lose it.

    It is a StateError among our own files, and a UsageError where another folder must be meant.
    """
    if out.is_symlink():
        raise UsageError(
            say('"{out}" is a symbolic link, and publishing would put a folder into its place', out=out),
            say('give the folder that it points to: --out "{target}"', target=out.resolve()),
        )
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
        names = ", ".join(strangers[:STRANGERS_NAMED_MAX] + ["…"] * (len(strangers) > STRANGERS_NAMED_MAX))
        raise StateError(
            say('"{out}" holds what Thyrida did not make and publishing would lose: {names}', out=out, names=names),
            say("move it out of this folder, and let the web server add it to the site"),
        )


def _may_be_there(name: str, path: Path) -> bool:
    is_ours = name in SITE_PAGES or _OURS.fullmatch(name) is not None
    return is_ours or is_litter(path.name) or is_administrators(name, path)


def administrators_files(out: Path) -> Iterator[str]:
    """What a build leaves in the site, by its path there."""
    folder = out / ADMINISTRATORS_FOLDER
    inside = files_below(folder) if folder.is_dir() and not folder.is_symlink() else ()
    for name in (*ADMINISTRATORS_FILES, *(f"{ADMINISTRATORS_FOLDER}{name}" for name in inside)):
        if (out / name).is_file() and is_administrators(name, out / name):
            yield name


def _is_mount(folder: Path) -> bool:
    """Whether the folder is a disk or a share of its own, or bound to another folder: neither can be renamed."""
    if os.path.ismount(folder):  # Path.is_mount is not there on Windows before 3.12
        return True
    try:  # a bound folder of the same disk is told by Linux alone: proc_pid_mountinfo(5), the fifth field
        mounts = MOUNTS.read_bytes().splitlines()
    except OSError:
        return False
    return os.fsencode(folder) in {_unescaped(line.split(b" ")[4]) for line in mounts}


def _unescaped(field: bytes) -> bytes:
    """A field of mountinfo: blanks and backslashes are octal there."""
    return re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), field)
