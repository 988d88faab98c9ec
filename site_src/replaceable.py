"""Whether the site's folder may be replaced: publishing swaps the whole of it, and must lose nothing of others."""

from __future__ import annotations

import os
import re
from pathlib import Path

from site_src.language.say import say
from site_src.problems import UsageError
from site_src.walk import is_litter

GENERATOR = b'<meta name="generator" content="Thyrida">'
OURS = {"index.html", "circulars", "files", "help", "accessibility", "401.html", "403.html", "404.html", "assets"}
MOUNTS = Path("/proc/self/mountinfo")


def check_out(out: Path) -> None:
    """Raise UsageError where ``out`` holds anything that Thyrida did not make: publishing would lose it."""
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
    found = {path.name for path in out.iterdir() if not is_litter(path.name)}
    home = out / "index.html"
    if found and (not home.is_file() or GENERATOR not in home.read_bytes()):
        raise UsageError(
            say('"{out}" holds files that Thyrida did not make, and publishing replaces the whole folder', out=out),
            say("give an empty or a new folder with --out"),
        )
    if strangers := sorted(found - OURS):
        names = ", ".join(strangers)
        raise UsageError(
            say('"{out}" holds what Thyrida did not make and publishing would lose: {names}', out=out, names=names),
            say("move it out of this folder, and let the web server add it to the site"),
        )


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
