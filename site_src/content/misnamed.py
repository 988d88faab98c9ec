"""Files with an ending too many: Explorer hides endings and Notepad adds one, so `site.toml.txt` looks right there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say

if TYPE_CHECKING:
    from pathlib import Path


def hint_of_missing(path: Path, hint: str) -> str:
    """What to do about a file that is missing: the hint, unless it lies there with an ending too many."""
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() and not path.exists() else []
    for other in beside:
        if other.stem == path.name and other.suffix:
            names = {"found": other.name, "name": path.name}
            return say(
                'rename "{found}" to "{name}": Windows hides the endings of files, and Notepad adds one', **names
            )
    return hint
