from __future__ import annotations

import errno
import gc
import io
import os
import sys
import tempfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from site_src.workbooks import new_workbook, saved

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 20_000  # bytes of a file, while the machine has no more
ROWS = 3_000

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no limit of a file's size to reach")


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files of this process cannot grow."""
    import resource  # noqa: PLC0415 (not on Windows)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Python would show of errors that nobody could catch."""
    found: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", found.append)
    return found


def fill(*, write_only: bool, rows: int = ROWS) -> bytes:
    """A workbook with so many rows."""
    with new_workbook(write_only=write_only) as book:
        sheet = book.create_sheet("Rows") if write_only else book.worksheets[0]
        for number in range(rows):
            sheet.append([f"Δήμος {number}", "Περιφέρεια"])
        return saved(book)


@pytest.mark.parametrize("write_only", [False, True])
def test_what_is_saved_can_be_read(*, write_only: bool) -> None:
    """The rows come back, in their order."""
    sheet = openpyxl.load_workbook(io.BytesIO(fill(write_only=write_only, rows=3))).worksheets[0]
    assert [cells[0] for cells in sheet.iter_rows(values_only=True)] == ["Δήμος 0", "Δήμος 1", "Δήμος 2"]


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize("write_only", [False, True])
def test_a_full_disk_is_told_as_one(shown: list[object], *, write_only: bool) -> None:
    """Where the temporary files find no room it is an OSError that names their folder, and no traceback is shown."""
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)) as caught:
        fill(write_only=write_only)
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, tempfile.gettempdir())
    del caught
    gc.collect()
    assert shown == []
