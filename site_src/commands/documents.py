"""Find the documents that staff mean: beside the program, where a command is run, or by the path that they drop."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from site_src.files.walk import is_leftover
from site_src.folders import ROOT
from site_src.language.say import say
from site_src.new.source import TEXT
from site_src.problems import UsageError
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, CONTENT, SHEET_ENDINGS, is_like

# The program's own texts, beside which staff put their documents.
OWN_TEXTS = frozenset(
    {"CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "requirements.txt", "requirements-test.txt"}
)
CIRCULARS = (".docx", *TEXT)
OTHER_CIRCULARS = (".doc", ".odt", ".pdf", ".rtf")  # each is refused with what to do
BLANKS = " \t\r\n"


def find_annexes(folders: Sequence[Path]) -> list[Path]:
    """Return the spreadsheets in these folders, the likeliest first; those that are not read only where none is."""
    return _find(folders, ANNEX_ENDINGS, "annex") or _find(folders, SHEET_ENDINGS, "annex")


def find_circulars(folders: Sequence[Path]) -> list[Path]:
    """Return the documents in these folders, the likeliest first; those that are not read only where none is."""
    return _find(folders, CIRCULARS, "circular") or _find(folders, OTHER_CIRCULARS, "circular")


def find_password_files(folders: Sequence[Path]) -> list[Path]:
    """Return the files in these folders that are called as a server's password file is."""
    return _find(folders, (".htpasswd", ""), "htpasswd")


def _find(folders: Sequence[Path], endings: Collection[str], name: str) -> list[Path]:
    """Return files by their ends, first those that are called so, then the newest; ``""`` asks for the name alone."""
    found = []
    for folder in dict.fromkeys(folders):
        for path in folder.iterdir() if folder.is_dir() else ():
            is_own = (folder == ROOT and path.name in OWN_TEXTS) or path.name in CONTENT.files
            ending = path.suffix.lower()
            if ending in endings and (ending or is_like(path.name, name)) and path.is_file() and not is_own:
                found += [] if is_leftover(path.name) else [path]
    return sorted(found, key=lambda path: (not is_like(path.name, name), -path.stat().st_mtime, path.name))


def find_file(typed: str, folders: Sequence[Path]) -> Path:
    """Return the file that a typed or dropped path names, from here or from one of the folders.

    Raises UsageError where there is none.
    """
    if not typed.strip(BLANKS):
        raise UsageError(say("expected the path of a file"), say("drag the file from its folder onto this window"))
    for reading in _readings(typed):
        for folder in (Path.cwd(), *folders):
            path = folder / os.path.expanduser(reading)  # noqa: PTH111 (Path.expanduser raises where nobody is at home)
            if os.path.isfile(path):  # noqa: PTH113 (Path.is_file raises for a name that is too long)
                return path
    message = say('there is no file "{path}"', path=typed.strip(BLANKS))
    raise UsageError(message, say("drag the file from its folder onto this window"))


def _readings(typed: str) -> Iterator[str]:
    """Yield the paths that a text can mean: as it is, without quotes or backslashes, and as an address ``file://``.

    Windows' consoles quote a path with blanks, PowerShell with ``&`` before it and an apostrophe twice; the terminals
    of Linux quote as its shells do, that of macOS puts a backslash before each blank; some drop an address.
    """
    text = typed.strip(BLANKS)
    quoted = text.removeprefix("&").strip(BLANKS)
    texts = [text]
    if len(quoted) > 1 and quoted[0] == quoted[-1] and quoted[0] in "'\"":
        texts += [quoted[1:-1], quoted[1:-1].replace("''", "'")]
    with suppress(ValueError):  # a quotation without its end
        texts += [word for word in shlex.split(typed) if word]
    for each in texts:
        yield each
        if each.lower().startswith("file:"):
            with suppress(ValueError):  # brackets that enclose no IPv6 address
                parts = urlsplit(each)
                server = "" if parts.netloc in {"", "localhost"} else f"//{parts.netloc}"
                yield url2pathname(server + parts.path)
