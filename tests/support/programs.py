"""The real programs that the tests run, a font that they measure pages in, Debian's package of each, and a port."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# Any of a package's names will do.
PACKAGES = {
    "7zip": ("7z", "7zz", "7za"),
    "apache2": ("apache2",),
    "chromium": ("chromium",),
    "curl": ("curl",),
    "firefox-esr": ("firefox-esr",),
    "fonts-liberation": ("LiberationSans-Regular.ttf",),  # as wide as phones' fonts; DejaVu, always there, is wider
    "libarchive-tools": ("bsdtar",),
    "libatomic1": ("libatomic.so.1",),  # for Playwright's Node; Chromium does not bring it along
    "git": ("git",),
    "nginx": ("nginx",),
    "openssl": ("openssl",),
    "webkit2gtk-driver": ("WebKitWebDriver",),  # its browser comes with the library
    "xvfb": ("Xvfb",),
    "ziptool": ("ziptool",),
}
FONTS = Path("/usr/share/fonts")
IN_CI = bool(os.environ.get("CI"))


def installed(name: str) -> str:
    """Return the path of a program or of an equivalent; without any, skip the test, or fail it in CI."""
    package, programs = next(item for item in PACKAGES.items() if name in item[1])
    for program in programs:
        if path := _find(program):
            return path
    reason = f"{' or '.join(programs)} is not installed (Debian's package: {package})"
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


def missing_packages() -> list[str]:
    """Return the packages of which no program is installed."""
    return [package for package, programs in PACKAGES.items() if not any(map(_find, programs))]


@contextmanager
def reserved_port() -> Iterator[int]:
    """Reserve a port until the block ends: a server can listen on it, but the system gives it to nobody else.

    Linux lets a second socket have an address with SO_REUSEADDR, as servers do, unless the first one listens. Windows
    does not, so the port is free again there at once.
    """
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
        if sys.platform == "win32":
            place.close()
        yield port


def _find(name: str) -> str | None:
    """Return the path of a program or a font, or the name of a library that can be loaded."""
    if name.endswith(".ttf"):
        return next(map(str, FONTS.rglob(name)), None)
    if ".so." not in name:  # servers lie outside a plain user's PATH
        return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if sys.platform.startswith("linux"):  # elsewhere nothing needs it
        try:
            ctypes.CDLL(name)
        except OSError:
            return None
    return name
