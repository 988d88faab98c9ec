"""Everything that CI runs, in one command: `python3 build.py test [arguments for pytest]`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108 (Linux' files in memory; a folder of a random name is made in it)
ROOM = 4 * 2**30  # bytes: all tests together write 1.1 GB
sys.path.insert(0, str(ROOT))

from tests.support.programs import missing_packages  # noqa: E402 (a script's own folder comes first on its path)


def main(arguments: list[str]) -> int:
    """Install what is missing, then run the linters, the type checker and the tests; all run, whatever fails."""
    install_debian_packages()
    # One for each core, and one more for all tests together, which wait for servers and browsers too.
    count = (os.cpu_count() or 1) + (not arguments)
    # A file's tests share what it prepares; where only a few files run, all workers are to have some of them.
    workers = ["-n", str(count), "--dist", "worksteal" if arguments else "loadfile", "--no-loadscope-reorder"]
    pytest = [sys.executable, "-m", "pytest", *workers, *arguments]
    if arguments:
        return run(pytest)
    commands = [
        [sys.executable, "-m", "ruff", "check", "--quiet"],
        [sys.executable, "-m", "ruff", "format", "--check", "--quiet"],
        [sys.executable, "-m", "mypy"],
        pytest,
    ]
    failed = [command for command in commands if run(command)]
    for command in failed:
        print("failed:", " ".join(command[2:]))
    return 1 if failed else 0


def run(command: list[str]) -> int:
    """Run a command and return its exit status; its temporary files are in memory where there is room for them.

    Every build syncs all that it writes, and on a disk the tests would wait for that as long as for all else.
    """
    if not has_room(MEMORY):
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    with TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as the system's own folder: some tests give up their rights
        return subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, "TMPDIR": folder}).returncode


def has_room(folder: Path) -> bool:
    """Return whether a folder has room for the tests' files, and lets the programs run that some of them install."""
    if sys.platform != "linux" or not folder.is_dir():  # Wine shows Linux' folders to Windows' Python
        return False
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize > ROOM and not status.f_flag & os.ST_NOEXEC


def install_debian_packages() -> None:
    """Install the programs that are missing where apt and the right to use it are there; name them otherwise."""
    missing = missing_packages()
    if not missing:
        return
    may_install = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    if may_install:
        print("Installing Debian packages for the tests:", *missing, flush=True)
        # invoke-rc.d starts no service in runlevel 1: the tests start servers of their own.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        for command in (["apt-get", "update", "-qq"], install):
            done = subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
        if done.returncode == 0:
            return
    print("Some tests are skipped without these programs; install their packages:", *missing, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
