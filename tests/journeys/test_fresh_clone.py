"""The newcomer's journey: a fresh copy of the repository, one command, and a site."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.programs import installed
from tests.support.small_checkout import system_python

pytestmark = pytest.mark.world
ROOT = Path(__file__).resolve().parent.parent.parent
FILE_BYTES_MAX = 2**20  # of what people write; the sample's annex has a quarter of it


def _tracked_files() -> list[str]:
    done = subprocess.run([installed("git"), "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no git checkout, so what a clone would hold is not known")
    return [name for name in done.stdout.split("\0") if (ROOT / name).is_file()]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy all that a clone has into a folder whose name has spaces and Greek letters."""
    folder = tmp_path / "Νέος φάκελος"
    for name in _tracked_files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return folder


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    environment["LC_ALL"] = "C.UTF-8"  # the set-up speaks the machine's language
    command = [system_python(), str(folder / "build.py"), *arguments]
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)


def test_a_clone_holds_nothing_that_was_left_by_chance() -> None:
    """Every file that is tracked is of a size that people write: no package or build came in with a commit."""
    assert [name for name in _tracked_files() if (ROOT / name).stat().st_size > FILE_BYTES_MAX] == []


def test_a_clone_on_windows_has_the_same_bytes(tmp_path: Path) -> None:
    """Git for Windows turns the line ends of text files, as it is set up; what letters are made of keeps its own."""
    assert _tracked_files()
    line = [installed("git"), "-c", "core.autocrlf=true", "checkout-index", "--all", f"--prefix={tmp_path}/"]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True)
    earlier = tmp_path / "tests" / "data" / "upgrade"  # a site of an earlier version, of which no byte may change
    files = [path for path in tmp_path.rglob("*") if path.is_file() and earlier not in path.parents]
    contents = {path: path.read_bytes() for path in files if path.suffix != ".cmd"}
    assert [path for path, content in contents.items() if b"\r\n" in content and b"\0" not in content] == []


def test_one_command_builds_the_sample(clone: Path) -> None:
    """`python3 build.py` in a fresh clone sets itself up, builds the sample and says where it is and what is next."""
    done = _run(clone)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Setting up" in done.stderr
    assert str(clone / "dist") in done.stdout
    _, _, steps = done.stdout.partition("Τι ακολουθεί:\n")  # the sample's site.toml asks for Greek
    assert "verify" in steps.splitlines()[0]
    assert len(list((clone / "dist").glob("files/*/*/*.zip"))) > 300
    again = _run(clone, "verify", "--lang=en")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "0 failures" in again.stdout
    assert "Setting up" not in again.stderr
