"""Mark tests of what only some systems have, with the reason that a skipped test gives."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Skip a test, or a file of them as ``pytestmark``, on Windows: it is about modes, links, signals and the like."""
    return pytest.mark.skipif(os.name != "posix", reason=reason)


def is_closed(path: Path) -> bool:
    """Return whether others may do nothing with a file or a folder; True on Windows, which has no modes that say so."""
    return os.name != "posix" or not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
