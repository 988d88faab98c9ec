"""Name the folders of a command, and how it runs."""

from __future__ import annotations

import pkgutil
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent  # of the program, wherever a command is started
TEMPLATES = ROOT / "templates"


def read_table(package: str, name: str) -> dict[str, Any]:
    """Return a TOML table that lies beside a package's modules: in a ZIP too, as activate.py is."""
    return tomllib.loads((pkgutil.get_data(package, name) or b"").decode())


def templates_of(folder: str = "", *, html: bool = True) -> Environment:
    """Return what renders the templates of a folder, in which a name without a fact is an error.

    Without ``html`` values are not escaped, and the text ends as its template does.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES / folder),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701 (what is no HTML is quoted by the filters of its own language)
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=not html,
    )


PAGE_NAME = "index.html"  # of each folder of the site that has a page
BUILT_IN_PAGES = ("help", "accessibility", "privacy")  # folders of the site whose pages staff may replace
OTHER_FOLDERS = ("circulars", "assets", "files")  # of the site

# Administrators put these into a site, some to prove to others that it is theirs: a build leaves them there.
ADMINISTRATORS_FOLDER = ".well-known/"  # RFC 8615
ROBOTS_NAME = "robots.txt"
ADMINISTRATORS_FILES = frozenset({ROBOTS_NAME, "favicon.ico"})

# The one that a build makes. Whatever differs from it, for any prefix, is the administrator's.
ROBOTS_TEXT = """\
# Made by Thyrida: write your own in its place, and builds keep it.
User-agent: *
Disallow: {prefix}/files/
"""
_ROBOTS = re.compile(re.escape(ROBOTS_TEXT).replace(re.escape("{prefix}"), r"(?:/[\w.~-]+)*").encode())


@dataclass(frozen=True, kw_only=True)
class Folders:
    """Name the folders: what staff write, what is served, and what is never served."""

    content: Path
    out: Path
    private: Path


def is_within(inner: Path, outer: Path) -> bool:
    """Return whether a path is a folder, or is inside it, also on a disk that ignores case."""
    one, other = _plain(inner), _plain(outer)
    return one[: len(other)] == other


def _plain(path: Path) -> list[str]:
    return [unicodedata.normalize("NFC", part).casefold() for part in path.parts]


def download_folder(root: Path, slug: str) -> Path:
    """Return a campaign's folder in the download area of the site at ``root``."""
    return root / "files" / slug


def archive_path(campaign: Path, username: str) -> Path:
    """Return the path of an agency's archive in its campaign's folder of the site."""
    return campaign / username / f"{username}.zip"


def is_administrators(name: str, path: Path) -> bool:
    """Return whether a file of the site may be the administrator's own: no archive, and no link to elsewhere."""
    named = name in ADMINISTRATORS_FILES or name.startswith(ADMINISTRATORS_FOLDER)
    return named and not (name.lower().endswith(".zip") or path.is_symlink() or is_our_robots(name, path))


def is_our_robots(name: str, path: Path) -> bool:
    """Return whether a file of the site is the robots.txt that a build made, as it made it."""
    is_plain = name == ROBOTS_NAME and path.is_file() and not path.is_symlink()
    return is_plain and _ROBOTS.fullmatch(path.read_bytes()) is not None


def utc_now() -> datetime:
    """Return the time of the machine's clock in whole seconds, as web servers write it."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, kw_only=True)
class Options:
    """Say what is built, for which day, and how; ``clock`` gives the moment at which a letter became void."""

    folders: Folders
    day: date
    jobs: int
    dry_run: bool = False
    strict: bool = False
    clock: Callable[[], datetime] = utc_now


class Progress:
    """Count how far a long work is, of letters or of a large file. This one shows nothing; others override it."""

    def __init__(self) -> None:
        self.text, self.total, self.done = "", 0, 0
        self._lock = Lock()

    def start(self, text: str, total: int) -> None:
        """Begin the work that the text names, which has so many steps."""
        self.text, self.total, self.done = text, total, 0

    def step(self) -> None:
        """Count one more step as done, as far as there are any; called from any thread."""
        with self._lock:
            if self.done < self.total:
                self.done += 1
                self.show()

    def show(self) -> None:
        """Show how far it is."""

    @contextmanager
    def showing(self, text: str, total: int) -> Iterator[Callable[[], None]]:
        """Show a work while it goes on; yield the function to be called after each of its steps."""
        self.start(text, total)
        yield self.step


UNSHOWN = Progress()
