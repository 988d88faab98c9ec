from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.read.annex.sheets.compound import CompoundFile
from tests.support.annex_formats import compound, with_shared_sector, xls

if TYPE_CHECKING:
    from collections.abc import Callable

SECTOR = 512
DIRECTORY = 48  # where the header names its first sector
SMALL_TABLE = 60


def sector(number: int) -> int:
    """Where a sector begins."""
    return SECTOR * (1 + number)


def entry(data: bytes, name: str) -> int:
    """Where the entry of the directory with this name begins."""
    return data.index(name.encode("utf-16-le").ljust(64, b"\0"))


def test_a_stream_is_found_by_its_name() -> None:
    """Letter case is no matter, and what is not there is not found."""
    content = bytes(range(256)) * 40
    opened = CompoundFile(compound("Things", content))
    assert opened.stream("THINGS").content[: len(content)] == content
    assert not opened.stream("Things").faulty
    assert "Workbook" not in opened


def with_spare_sectors(data: bytes) -> bytes:
    """The workbook is said to be shorter than its sectors."""
    at = entry(data, "Workbook") + 120
    (size,) = struct.unpack_from("<I", data, at)
    return data[:at] + struct.pack("<I", size - 3 * SECTOR) + data[at + 4 :]


@pytest.mark.parametrize("damaged", [with_shared_sector, with_spare_sectors])
def test_tables_that_contradict_each_other_are_put_up_with(damaged: Callable[[bytes], bytes]) -> None:
    """What Excel opens is read, and said to be faulty."""
    stream = CompoundFile(damaged(xls())).stream("Workbook")
    assert stream.faulty
    assert CompoundFile(xls()).stream("Workbook").content.startswith(stream.content)


def test_an_object_within_the_file_is_not_taken_for_the_workbook() -> None:
    """A folder of its own holds what was inserted, and its stream may be called Workbook too."""
    data = bytearray(compound("Workbook", b"of the file" * 999))
    at, root = entry(bytes(data), "Workbook"), entry(bytes(data), "Root Entry")
    struct.pack_into("<B", data, at + 66, 1)  # it becomes a folder
    assert "Workbook" not in CompoundFile(bytes(data))
    struct.pack_into("<i", data, root + 76, -1)
    assert "Workbook" not in CompoundFile(bytes(data))


def test_a_chain_that_leads_back_to_itself_ends() -> None:
    """Each sector is read once, whatever the tables say."""
    data = bytearray(xls())
    (first,) = struct.unpack_from("<i", data, entry(xls(), "Workbook") + 116)
    (table,) = struct.unpack_from("<i", data, 76)
    struct.pack_into("<i", data, sector(table) + 4 * first, first)
    stream = CompoundFile(bytes(data)).stream("Workbook")
    assert (len(stream.content), stream.faulty) == (SECTOR, True)


def test_a_directory_that_leads_back_to_itself_ends() -> None:
    """Each entry is visited once, though both of its neighbours are the same."""
    data = bytearray(xls())
    at = entry(xls(), "Workbook")
    (first,) = struct.unpack_from("<i", data, DIRECTORY)
    number = (at - sector(first)) // 128
    struct.pack_into("<2i", data, at + 68, number, number)
    assert "Workbook" in CompoundFile(bytes(data))


@given(st.dictionaries(st.integers(24, 2_000), st.binary(min_size=4, max_size=4), max_size=8))
def test_any_damage_ends(changes: dict[int, bytes]) -> None:
    """Whatever the tables say, there is a stream, or none, or an error."""
    data = bytearray(compound("Workbook", b"x" * 5_000))
    for at, change in changes.items():
        data[at : at + 4] = change
    try:
        opened = CompoundFile(bytes(data))
    except (ValueError, struct.error, IndexError):
        return
    if "Workbook" in opened:
        assert len(opened.stream("Workbook").content) <= len(data)
