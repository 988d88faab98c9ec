"""The staff's journey on Windows' own Python, under Wine: ``python -m tests.windows.run [3.11|3.13]``, by hand.

Copies this checkout below Wine's drive, goes from the double-click to the rollback, and prints each status with what
was expected. ``-- ARGUMENTS`` runs `build.py ARGUMENTS` there instead, for example ``-- test -m "not world"``.
What Wine does not show: real NTFS and network shares, OneDrive, Defender, PowerShell, the `py` launcher, the code page
of a console (a pipe is a file there); and it lets folders with open files be renamed and files with the attribute
"read-only" be replaced, which Windows refuses.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.journeys.test_staff import CIRCULAR, MENDED, PASSWORDS, fill_in, write_annex
from tests.windows.wine import DRIVE, RELEASES, Done, Windows, screen, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = "Θυρίδα της Υπηρεσίας"  # as people name folders there
SLUG = "2020-11"
THIRA = MENDED[0][0]
LOG = f'1.2.3.4 - {THIRA} [20/Nov/2020:10:15:00 +0200] "GET /files/{SLUG}/{THIRA}/{THIRA}.zip HTTP/1.1" 200 9 "-" "-"\n'
NO_PYTHON = r"set SystemDrive=C:\none&& set ProgramFiles=C:\none&& set LOCALAPPDATA=C:\none&& .\start.cmd"
DAY = "--date=2020-11-18"

Step = tuple[str, int, str, Done]  # what is tried, the status and a part of the output that are expected, what came


def journey(windows: Windows) -> Iterator[Step]:
    """Yield each step of a first campaign, as it is done."""
    yield "start.cmd without Python", 3, "https://www.python.org/downloads/", windows.run("cmd", "/c", NO_PYTHON)
    yield "start.cmd finds Python", 0, "--port", windows.run("cmd", "/c", r".\start.cmd --help")
    folder = windows.folder
    write_annex(folder / "Παράρτημα.xlsx", MENDED)
    (folder / "Έγγραφο.txt").write_bytes(CIRCULAR.replace("\n", "\r\n").encode("cp1253"))
    papers = ("--annex", "Παράρτημα.xlsx", "--circular", "Έγγραφο.txt")
    yield "set up, and new con", 2, '"con"', windows.build("new", "con", *papers)
    yield "new", 0, "555", windows.build("new", SLUG, *papers)
    campaign, private = folder / "content" / SLUG, folder / "private"
    fill_in(campaign / "campaign.toml", keeps_code='["Δήμος Γαύδου"]', effective="2099-12-01")
    private.mkdir()
    (private / "current.htpasswd").write_bytes(PASSWORDS.replace("\n", "\r\n").encode())
    yield "check warns of line ends", 0, "Windows", windows.build("check")
    (private / "current.htpasswd").write_bytes(PASSWORDS.encode())
    (folder / "live").write_bytes(PASSWORDS.encode())
    yield "check", 0, "6", windows.build("check")
    yield "check, through more", 0, "6", windows.run("cmd", "/c", f"{windows.python} build.py check | more")
    yield "a drive that is not there", 3, "Q:", windows.build("build", DAY, "--out", r"Q:\site")
    yield "build", 0, "4", windows.build("build", DAY)
    yield "verify", 0, "4", windows.build("verify")
    make_read_only(folder / "dist")
    yield "build anew, over files that are read-only", 0, "4", windows.build("build", DAY)
    yield "and once more", 0, "4", windows.build("build", DAY)
    yield from reports(windows, private)
    yield "reissue", 0, "Δήμος Θήρας", windows.build("reissue", SLUG, str(THIRA))
    yield "build with the new code", 0, "1", windows.build("build", DAY)
    yield "verify again", 0, "4", windows.build("verify")
    activate = ("activate", SLUG, "--password-file", "live")
    yield "activate too early", 4, "2099", windows.build(*activate)
    yield "activate", 0, "live", windows.build(*activate, "--now")
    yield "rollback", 0, "live", windows.build(*activate, "--rollback")
    same = (folder / "live").read_bytes() == PASSWORDS.encode()
    yield "the old password file is back, byte for byte", 0, "", Done(0 if same else 1, "", 0)


def reports(windows: Windows, private: Path) -> Iterator[Step]:
    """Yield the steps of the report, with wrong names of logs and a report that Excel has open."""
    logs = windows.folder / "logs [1]"
    logs.mkdir()
    (logs / "access.log").write_text(LOG, encoding="utf-8")
    yield "report on no such log", 1, "nosuch*", windows.build("report", SLUG, "nosuch*")
    yield "report on a folder", 1, "logs [1]", windows.build("report", SLUG, "logs [1]")
    pattern = r"logs [1]\*.log"
    yield "report", 0, "report.html", windows.build("report", SLUG, pattern)
    page = private / SLUG / "report.html"
    before = page.read_bytes()
    (logs / "access.log").write_text(LOG.replace("20/Nov", "21/Nov") * 2, encoding="utf-8")
    with windows.open_elsewhere(rf"private\{SLUG}\report.xlsx"):
        yield "report while Excel has it open", 3, "Excel", windows.build("report", SLUG, pattern)
    yield "neither of its files is new", 0, "", Done(0 if page.read_bytes() == before else 1, "", 0)
    with windows.open_elsewhere(rf"content\{SLUG}\campaign.toml"):
        yield "reissue while an editor has it open", 3, "Excel", windows.build("reissue", SLUG, str(THIRA))
    left = [path.name for path in (windows.folder / "content" / SLUG).glob(".*")]
    yield "and no draft is left", 0, "", Done(len(left), str(left), 0)


def make_read_only(folder: Path) -> None:
    """Give all files of a folder the attribute "read-only" (Wine takes it from their mode)."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)


def copy_checkout(folder: Path) -> None:
    """Copy the files of this checkout, and keep an environment that is there: it takes minutes to make."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if not path.name.startswith(".venv"):
            (shutil.rmtree if path.is_dir() else Path.unlink)(path)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0")[:-1]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)


def main(arguments: list[str]) -> int:
    """Set Wine up, run the journey or the command given, and return 0 where all is as expected."""
    version, *command = arguments or ["3.11"]
    with screen():
        set_up()
        windows = Windows(version, DRIVE / f"{FOLDER} {version}")  # each Python keeps its .venv
        copy_checkout(windows.folder)
        if command:
            done = windows.build(*command[1:])
            print(done.output, f"status {done.status}, {done.seconds:.0f} s", sep="\n")
            return done.status
        failures = 0
        for title, status, part, done in journey(windows):
            good = done.status == status and part in done.output
            failures += not good
            print(f"{'ok   ' if good else 'WRONG'} {done.status} {done.seconds:4.0f} s  {title}", flush=True)
            if not good:
                print(f"      expected status {status} and {part!r}:", done.output, sep="\n", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] not in RELEASES:
        sys.exit(f"give one of {', '.join(RELEASES)}")
    sys.exit(main(sys.argv[1:]))
