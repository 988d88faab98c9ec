"""Where in a text something stands, as people find it: by its line."""

from __future__ import annotations

import re
from bisect import bisect_left


class LineNumbers:
    """The lines of one text, which is read once, however often somebody asks."""

    def __init__(self, text: str) -> None:
        self._ends = [end.start() for end in re.finditer("\n", text)]

    def at(self, position: int) -> int:
        """The number, from 1, of the line that holds the character at ``position``."""
        return bisect_left(self._ends, position) + 1
