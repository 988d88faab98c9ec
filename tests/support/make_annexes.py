"""Makes annexes with one named failure or oddity each: ``python -m tests.support.make_annexes FOLDER``.

Each sample says what must come out of it: the problems by severity, cell and a word of the message, and the agencies.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.annexes_of_cells import alone, emails, links, statuses, usernames, values
from tests.support.annexes_of_files import companions, formats, hostile_files, strange_files
from tests.support.annexes_of_layouts import layouts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.annex_table import Sample


def samples() -> Iterator[Sample]:
    """Yield every sample."""
    yield from formats()
    yield from hostile_files()
    yield from strange_files()
    yield from companions()
    yield from layouts()
    yield from usernames()
    yield from emails()
    yield from links()
    yield from values()
    yield from alone()
    yield from statuses()


def main() -> None:
    """Write the samples into the folder that the command names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples():
        (folder / sample.name).write_bytes(sample.data)


if __name__ == "__main__":
    main()
