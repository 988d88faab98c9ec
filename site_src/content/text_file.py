"""Text files that staff wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.problems import Problems


def read_text(path: Path, problems: Problems) -> str | None:
    """A text file that staff wrote, in UTF-8 with or without a byte-order mark; None, with a problem, if it is none.

    Its lines end as on Linux, whatever editor wrote it.
    """
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        hint = say("save the file again with encoding UTF-8")
        problems.error(Topic.FILE, say("this is not UTF-8 text"), hint=hint, at=Place(file=path.name))
        return None
