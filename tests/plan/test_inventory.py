from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from site_src.plan.manifest import INVENTORY_NAME, read_inventory, to_bytes
from site_src.problems import StateError

if TYPE_CHECKING:
    from pathlib import Path

DIGESTS = {"b/δύο  κενά.pdf": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "a\u2028b": "0" * 64}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Blanks, Greek letters and line ends of Unicode alone are no trouble; a file that is not there is none."""
    assert read_inventory(tmp_path) is None
    (tmp_path / INVENTORY_NAME).write_bytes(to_bytes(DIGESTS))
    assert read_inventory(tmp_path) == DIGESTS


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff", b"abc  x\n", to_bytes(DIGESTS)[:66], to_bytes(DIGESTS) * 2])
def test_damage_is_told(data: bytes, tmp_path: Path) -> None:
    """An empty file, a line of another form or cut short, and a file named twice are damage, and no traceback."""
    (tmp_path / INVENTORY_NAME).write_bytes(data)
    with pytest.raises(StateError, match="damaged"):
        read_inventory(tmp_path)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is a program of Linux")
def test_sha256sum_reads_it(tmp_path: Path) -> None:
    """An administrator can hold what lies on the server against it without Thyrida."""
    name = next(iter(DIGESTS))
    (tmp_path / "b").mkdir()
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / INVENTORY_NAME).write_bytes(to_bytes({name: DIGESTS[name]}))
    command = ["sha256sum", "--check", "--quiet", "--strict", INVENTORY_NAME]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / name).write_bytes(b"y")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1
