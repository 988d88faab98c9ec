"""The inventory: every file of the site by its SHA-256, as the last build made it, in the form of sha256sum(1).

``cd dist && sha256sum --check --quiet ../private/.site.sha256`` reads it too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INVENTORY_NAME = ".site.sha256"

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>.+)")


def to_bytes(digests: Mapping[str, str]) -> bytes:
    """The file's text, of SHA-256 in hexadecimal by path; no file of the site has a line end in its name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def read_inventory(private: Path) -> dict[str, str] | None:
    """The last build's inventory; None where there is none. Raises StateError where it is damaged."""
    path = private / INVENTORY_NAME
    try:
        lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        lines = [""]
    found = [_LINE.fullmatch(line) for line in lines]
    digests = {match["name"]: match["digest"] for match in found if match}
    if len(digests) != len(found):
        raise StateError(say('"{file}" is damaged', file=path), say("delete this file and build again"))
    return digests
