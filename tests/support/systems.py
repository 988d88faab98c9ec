"""Mark tests of what only some systems have, with the reason that a skipped test gives."""

from __future__ import annotations

import os

import pytest


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Skip a test, or a file of them as ``pytestmark``, on Windows: it is about modes, links, signals and the like."""
    return pytest.mark.skipif(os.name != "posix", reason=reason)
