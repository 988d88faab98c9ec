"""List the files below a folder. One that cannot be read is an error, while Path.rglob skips it in silence."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from pathlib import Path, PurePath
from typing import TypeVar

AnyPath = TypeVar("AnyPath", bound=PurePath)

# Explorer and Finder drop these into folders that somebody opens, and office programs while a document is open.
LITTER = {"thumbs.db", "desktop.ini", ".ds_store"}
LITTER_STARTS = ("._", "~$", ".~lock.")

# Office programs and editors forget these, or keep in them a document as it was before the last change.
LEFTOVER_ENDINGS = ("~", "#", ".bak", ".tmp", ".swp", ".wbk", ".xlk")
# Of an unpacked ZIP, a memory stick, a network disk, Notepad++.
LEFTOVER_NAMES = {"__macosx", "$recycle.bin", "system volume information", "lost+found", "@eadir", "nppbackup"}
# Excel and TextEdit write these before they replace the document; they stay where a network disk breaks off.
_BEING_SAVED = re.compile(r"(?=.*[A-F])[0-9A-F]{8}|.+\.sb-[0-9a-f]{8}-\w+")

# Windows, where contacts unpack their archives, cannot keep such a file name: reserved characters, the names of
# devices, a last full stop or space (Microsoft, "Naming Files, Paths, and Namespaces"), and bytes that are not UTF-8.
_UNKEEPABLE = re.compile(
    r"""[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff] | [. ]$ | ^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)""",
    re.VERBOSE | re.IGNORECASE,
)


def is_keepable(name: str) -> bool:
    """Return whether Windows, too, can keep a file or folder of this name."""
    return not _UNKEEPABLE.search(name)


def is_litter(name: str) -> bool:
    """Return whether a file of this name is a system's or a program's own: it is neither published nor missed."""
    return name.lower() in LITTER or name.startswith(LITTER_STARTS)


def is_leftover(name: str) -> bool:
    """Return whether a file of this name, among documents, is one that nobody means to publish."""
    plain = name.lower()
    if is_litter(name) or plain.startswith(".") or plain.endswith(LEFTOVER_ENDINGS):
        return True
    return plain in LEFTOVER_NAMES or _BEING_SAVED.fullmatch(name) is not None


def in_order(paths: Iterable[AnyPath]) -> list[AnyPath]:
    """Return paths by their names, in the same order on every machine.

    Windows compares paths without regard to capitals, and disks of older Macs keep accents apart from their letters.
    """
    return sorted(paths, key=lambda path: [unicodedata.normalize("NFC", part) for part in path.parts])


def all_below(folder: Path) -> list[Path]:
    """Return files and folders by their paths; links are not followed. Raises OSError for an unreadable folder."""
    return sorted(Path(entry.path) for _, entry in entries_below(folder))


def files_below(folder: Path) -> Iterator[str]:
    """Yield the files alone, each by its POSIX path from the folder, as they are found: there may be 200,000.

    A link to a folder is named as a file is: nothing is to hide behind it.
    """
    return (name for name, entry in entries_below(folder) if not entry.is_dir(follow_symlinks=False))


def entries_below(
    folder: str | Path, start: str = "", skipped: Container[str] = ()
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield files and folders by their POSIX paths, which begin with ``start``; a folder's own files come first.

    Entries that are ``skipped``, by name or by whole path, are passed over with all that is in them.
    """
    with os.scandir(folder) as found:
        entries = sorted((entry.is_dir(follow_symlinks=False), entry.name, entry) for entry in found)
    for is_folder, name, entry in entries:
        if name in skipped or entry.path in skipped:
            continue
        yield f"{start}{name}", entry
        if is_folder:
            yield from entries_below(entry.path, f"{start}{name}/", skipped)
