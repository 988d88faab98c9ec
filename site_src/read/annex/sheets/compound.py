"""Take a stream out of a compound file ([MS-CFB]), which is what an .xls is, faulty or hostile as its tables may be.

xlrd's own reader never ends where a directory or a chain of small sectors leads back to itself, and refuses tables
that Excel puts up with.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HEADER = 512  # bytes
_IN_HEADER = 109  # sectors of the table that the header itself names
_ENTRY = 128  # bytes of an entry of the directory
_STREAM = 2  # the kind of an entry that is a file
_SHIFTS = range(6, 21)  # a sector has 2 ** 6 to 2 ** 20 bytes


@dataclass(frozen=True)
class Stream:
    """What is stored under a name, and whether the file's tables contradict each other about it."""

    content: bytes
    faulty: bool = False


@dataclass(frozen=True)
class _Entry:
    name: str
    kind: int
    beside: tuple[int, int]  # entries of the same folder
    child: int
    first: int
    size: int


class CompoundFile:
    """The streams of a compound file's top folder. Damage raises anything, and every chain ends."""

    def __init__(self, data: bytes) -> None:
        shift, small_shift = struct.unpack_from("<2H", data, 30)
        if shift not in _SHIFTS or small_shift not in _SHIFTS:
            raise ValueError(shift, small_shift)
        self._data = data
        self._size, self._small_size = 1 << shift, 1 << small_shift
        directory, _, self._small_below, small_table, _, more = struct.unpack_from("<6i", data, 48)
        tables = list(dict.fromkeys(self._table_sectors(more)))
        self._table = self._joined(tables)
        entries = [_entry(each) for each in _pieces(self._joined(self._chain(directory)), _ENTRY)]
        root = entries[0]
        self._small_table = self._joined(self._chain(small_table))
        self._small = self._joined(self._chain(root.first))
        self._taken = {*tables, *self._chain(directory), *self._chain(small_table), *self._chain(root.first)}
        self._streams = {entry.name.lower(): entry for entry in _beside(entries, root.child) if entry.kind == _STREAM}

    def __contains__(self, name: str) -> bool:
        """Return whether there is a stream of this name, in whatever letter case."""
        return name.lower() in self._streams

    def stream(self, name: str) -> Stream:
        """Return the stream of this name."""
        entry = self._streams[name.lower()]
        is_small = entry.size < self._small_below
        sector = self._small_size if is_small else self._size
        chain = list(_chain(self._small_table if is_small else self._table, entry.first))
        content = self._joined(chain)
        if is_small:
            content = b"".join(self._small[at * sector : (at + 1) * sector] for at in chain)
        is_shared = not is_small and not self._taken.isdisjoint(chain)
        return Stream(content[: entry.size], is_shared or len(chain) != -(-entry.size // sector))

    def _table_sectors(self, more: int) -> Iterator[int]:
        """Yield the sectors of which the table consists: the header names the first, others name more."""
        named: Sequence[int] = struct.unpack_from(f"<{_IN_HEADER}i", self._data, _HEADER - 4 * _IN_HEADER)
        seen: set[int] = set()
        while True:
            yield from (sector for sector in named if sector >= 0)
            if more < 0 or more in seen:
                return
            seen.add(more)
            sector = self._sector(more)
            *named, more = struct.unpack(f"<{len(sector) // 4}i", sector[: len(sector) // 4 * 4])

    def _chain(self, first: int) -> Iterator[int]:
        return _chain(self._table, first)

    def _sector(self, number: int) -> bytes:
        start = _HEADER + number * self._size
        return self._data[start : start + self._size]

    def _joined(self, chain: Iterable[int]) -> bytes:
        return b"".join(map(self._sector, chain))


def _chain(table: bytes, first: int) -> Iterator[int]:
    """Yield each sector of a chain once."""
    seen: set[int] = set()
    while 0 <= first < len(table) // 4 and first not in seen:
        seen.add(first)
        yield first
        (first,) = struct.unpack_from("<i", table, 4 * first)


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data) - size + 1, size))


def _entry(data: bytes) -> _Entry:
    length, kind, _, left, right, child = struct.unpack_from("<HBB3i", data, 64)
    first, size = struct.unpack_from("<iI", data, 116)
    name = data[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, kind, (left, right), child, first, size)


def _beside(entries: list[_Entry], first: int) -> Iterator[_Entry]:
    """Yield the entries of the folder that has this one, each once: they form a tree."""
    todo, seen = [first], set[int]()
    while todo:
        number = todo.pop()
        if 0 <= number < len(entries) and number not in seen:
            seen.add(number)
            todo += entries[number].beside
            yield entries[number]
