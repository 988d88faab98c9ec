"""All that lies below a folder. One that cannot be read is an error, while Path.rglob passes it over in silence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn


def all_below(folder: Path) -> list[Path]:
    """Files and folders in the order of their paths; links are not followed. Raises OSError for an unreadable one."""
    return sorted(Path(parent, name) for parent, folders, files in _walk(folder) for name in [*folders, *files])


def files_below(folder: Path) -> Iterator[str]:
    """The files alone, each by its POSIX path from the folder, as they are found: there may be 200,000.

    A link to a folder is named as a file is: nothing is to hide behind it.
    """
    for parent, folders, files in _walk(folder):
        folders.sort()
        start = parent.removeprefix(str(folder)).replace(os.sep, "/")
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]  # noqa: PTH114, PTH118 (fast)
        yield from (f"{start}/{name}".removeprefix("/") for name in sorted([*files, *links]))


def same_files(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files, byte for byte; what has two names on the disk is read in neither."""
    names = list(files_below(one))
    return names == list(files_below(other)) and all(
        (one / name).samefile(other / name) or (one / name).read_bytes() == (other / name).read_bytes()
        for name in names
    )


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    return os.walk(folder, onerror=_refuse)


def _refuse(error: OSError) -> NoReturn:
    raise error
