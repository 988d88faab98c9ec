"""A small content folder, and builds of it as the command line makes them."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from site_src.cli import main
from site_src.folders import Folders, Options, Progress, utc_now
from site_src.language.say import speak, spoken
from site_src.pipeline.build import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from site_src.publish.outcome import Outcome

ROOT = Path(__file__).resolve().parent.parent.parent
SLUG = "2020-11"
DAY = date(2020, 11, 18)
LOCALE = {"LC_ALL": "C.UTF-8"}  # of the machine that runs the commands

SITE = """\
title = "Προσωπικό Τοπικής Αυτοδιοίκησης"
operator = "Υπουργείο Εσωτερικών"
"""
CAMPAIGN = """\
folder = "ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ 11_2020"
deadline = 2020-11-30
effective = 2020-12-01
{top}
[circular]
protocol = "78411"
date = 2020-11-17
place = "Αθήνα"
subject = "Νέοι κωδικοί πρόσβασης"
{rest}
"""
CIRCULAR = "Από {{ effective | date }} ισχύουν νέοι κωδικοί.\n"
HEADER = "Όνομα χρήστη;Επωνυμία φορέα;Εποπτεύων φορέας;E-mail;Κατάσταση"
ROWS = (
    "012345678901;Δήμος Θήρας;Περιφέρεια Νοτίου Αιγαίου;thira@dimos.example;",
    "112345678901;Δήμος Ηρακλείου;Περιφέρεια Αττικής;a@dimos.example / b@dimos.example;",
    "212345678901;Δήμος Ηρακλείου;Περιφέρεια Κρήτης;kriti@dimos.example;",
    "312345678901;Δήμος Σικίνου;Περιφέρεια Νοτίου Αιγαίου;;",
)


class Quiet(Progress):
    """A progress bar that is not shown; it counts the letters."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = 0

    def step(self) -> None:
        """Count one more letter."""
        self.letters += 1


class Terminal(TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def run_here(
    line: list[str], stdin: str = "", stream: type[TextIOWrapper] = TextIOWrapper
) -> subprocess.CompletedProcess[str]:
    """Run a command line within this process, and put back what the command line changes of a process."""
    language, interval, threshold = spoken(), sys.getswitchinterval(), gc.get_threshold()
    given, told, complained = (stream(BytesIO(text.encode()), encoding="utf-8") for text in (stdin, "", ""))
    try:
        with (
            mock.patch.object(sys, "stdin", given),
            mock.patch.dict(os.environ, LOCALE),
            redirect_stdout(told),
            redirect_stderr(complained),
        ):
            status = _status_of(line)
    finally:
        speak(language)
        sys.setswitchinterval(interval)
        gc.set_threshold(*threshold)
    return subprocess.CompletedProcess(line, status, *(_written(stream) for stream in (told, complained)))


def _status_of(line: list[str]) -> int:
    try:
        return main(line)
    except SystemExit as ended:  # argparse answers wrong usage and --help so
        code = ended.code
    assert isinstance(code, int)
    return code


def _written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@dataclass(frozen=True)
class SmallSite:
    """The three folders of a site below one."""

    base: Path

    @property
    def folders(self) -> Folders:
        """Return the paths of the site's folders."""
        return Folders(
            content=self.base / "content",
            out=self.base / "dist",
            private=self.base / "private",
        )

    @property
    def campaign(self) -> Path:
        """Return the folder of the one campaign."""
        return self.base / "content" / SLUG

    @property
    def secrets(self) -> Path:
        """Return the private folder of the one campaign."""
        return self.base / "private" / SLUG

    @property
    def files(self) -> Path:
        """Return the campaign's folder in the download area."""
        return self.base / "dist" / "files" / SLUG

    def write(self, rows: tuple[str, ...] = ROWS, *, top: str = "", rest: str = "", site: str = "") -> None:
        """Write site, campaign, circular and annex anew."""
        self.campaign.mkdir(parents=True, exist_ok=True)
        (self.folders.content / "site.toml").write_text(SITE + site, encoding="utf-8")
        (self.campaign / "campaign.toml").write_text(CAMPAIGN.format(top=top, rest=rest), encoding="utf-8")
        (self.campaign / "circular.md").write_text(CIRCULAR, encoding="utf-8")
        annex = self.campaign / "annex.csv"
        annex.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
        annex.chmod(0o600)  # as `new` writes it

    def add_campaign(self, slug: str) -> Path:
        """Add another campaign, like the first except for the name of its folder; return its folder."""
        folder = self.folders.content / slug
        shutil.copytree(self.campaign, folder)
        facts = (folder / "campaign.toml").read_text(encoding="utf-8")
        (folder / "campaign.toml").write_text(facts.replace(' 11_2020"', f' {slug}"'), encoding="utf-8")
        return folder

    def write_passwords(self, text: str) -> None:
        """Write the copy of the server's password file that staff made."""
        self.folders.private.mkdir(mode=0o700, exist_ok=True)
        (self.folders.private / "current.htpasswd").write_bytes(text.encode())

    def build(
        self,
        *,
        day: date = DAY,
        jobs: int = 2,
        dry_run: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ) -> Outcome:
        """Build within this process; raise the command's exceptions."""
        options = Options(folders=self.folders, day=day, jobs=jobs, dry_run=dry_run, clock=clock)
        return build(options, Quiet())

    def run(
        self, command: str, *arguments: str, stdin: str = "", stream: type[TextIOWrapper] = TextIOWrapper
    ) -> subprocess.CompletedProcess[str]:
        """Run a command within this process, which costs a twentieth of one of its own; the folders are added."""
        return run_here([command, *self._options(), *arguments], stdin, stream)

    def run_apart(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command on these folders in a process of its own, as a person does."""
        line = [sys.executable, str(ROOT / "build.py"), command, *self._options(), *arguments]
        environment = {**os.environ, **LOCALE}
        return subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8", env=environment)

    def _options(self) -> list[str]:
        return [f"--{name}={getattr(self.folders, name)}" for name in ("content", "out", "private")]

    def snapshot(self) -> dict[str, bytes]:
        """Return every file below the base but the lock, by its path."""
        paths = sorted(path for path in self.base.rglob("*") if path.is_file() and path.name != ".lock")
        return {path.relative_to(self.base).as_posix(): path.read_bytes() for path in paths}
