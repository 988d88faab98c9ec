"""Files and folders of the site, which the web server must be able to read whatever the umask is."""

from __future__ import annotations

import shutil
import stat
from typing import TYPE_CHECKING

from site_src.files.disk import named_in_errors
from site_src.files.walk import files_below
from site_src.folders import ADMINISTRATORS_FILES, ADMINISTRATORS_FOLDER, is_administrators

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PUBLIC_FOLDER_MODE = 0o755
PUBLIC_FILE_MODE = 0o644


def write_public(path: Path, data: bytes) -> None:
    """Write a file of the site that the web server may read, whatever the umask is."""
    try:
        file = path.open("wb")
    except FileNotFoundError:
        make_public_folder(path.parent)
        file = path.open("wb")
    with named_in_errors(path), file:
        file.write(data)
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


def administrators_files(out: Path) -> Iterator[str]:
    """Yield what a build leaves in the site, by its path there."""
    folder = out / ADMINISTRATORS_FOLDER
    inside = files_below(folder) if folder.is_dir() and not folder.is_symlink() else ()
    for name in (*ADMINISTRATORS_FILES, *(f"{ADMINISTRATORS_FOLDER}{name}" for name in inside)):
        if (out / name).is_file() and is_administrators(name, out / name):
            yield name
