"""Styles, scripts and icons under names that carry their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from site_src.folders import TEMPLATES
from site_src.read.settings import Logo

ASSETS = TEMPLATES / "assets"
ENDINGS = {".css", ".js", ".svg"}
LOGO = "logo"  # its plain name, whatever its ending
FINGERPRINT_CHARACTERS = 8  # of the SHA-256 in hexadecimal: enough to tell versions of one file apart

_SCRIPT_IMPORT = re.compile(r"""(?<=["']\./)[\w-]+\.js(?=["'])""")


@dataclass(frozen=True)
class Assets:
    """``paths`` has each asset's path on the site by its plain name, ``files`` its content by that path.

    ``modules`` has, by a script's plain name, the paths of all that it imports, by whatever way, each once: a page that
    names them all lets a browser fetch them in one go.
    """

    paths: Mapping[str, str]
    modules: Mapping[str, tuple[str, ...]]
    files: Mapping[str, bytes]


def read_assets(folder: Path = ASSETS, logo: Logo | None = None) -> Assets:
    """Return all assets of a folder, and the site's logo; scripts import one another by their new names."""
    sources = read_sources(folder)
    paths: dict[str, str] = {}
    modules: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}

    def publish(name: str) -> str:
        if name not in paths:
            text = sources[name].decode()
            # A script's imports are published first: its own name covers theirs.
            content = _SCRIPT_IMPORT.sub(lambda match: publish(match[0]).removeprefix("assets/"), text).encode()
            reached = [path for each in _SCRIPT_IMPORT.findall(text) for path in (paths[each], *modules[each])]
            modules[name] = tuple(dict.fromkeys(reached))
            paths[name] = _path(name, content)
            files[paths[name]] = content
        return paths[name]

    for name in sources:
        publish(name)
    if logo:
        paths[LOGO] = _path(f"{LOGO}{logo.ending}", logo.content)
        files[paths[LOGO]] = logo.content
    return Assets(paths, modules, files)


def read_sources(folder: Path = ASSETS) -> dict[str, bytes]:
    """Return all assets of a folder by their plain names; a table of data becomes a script that exports it."""
    paths = sorted(folder.iterdir())  # raises OSError, over which glob() would pass in silence
    sources = {path.name: _text(path) for path in paths if path.suffix in ENDINGS}
    tables = {f"{path.stem}.js": b"export default " + _text(path) for path in paths if path.suffix == ".json"}
    return sources | tables


def _text(path: Path) -> bytes:
    """Return a text as on Linux: its published name is not to depend on an editor of Windows."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _path(name: str, content: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    mark = hashlib.sha256(content).hexdigest()[:FINGERPRINT_CHARACTERS]
    return f"assets/{stem}-{mark}.{ending}"
