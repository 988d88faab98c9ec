from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from site_src.files.disk import write_public
from site_src.files.private import STAGED_ENDING
from site_src.problems import MachineError, StateError
from site_src.publish import publish as publishing
from site_src.publish.outcome import RECORD_NAME
from site_src.publish.publish import (
    GENERATOR,
    JOURNAL_NAME,
    clear_staging,
    finish_publishing,
    locked,
    publish,
    staging_of,
)
from tests.support.killer import KILLER, Killed
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = b"<!doctype html>" + GENERATOR


@pytest.fixture(params=["in one step", "in two steps"])
def swap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of swapping: by the system call, and by two renames where there is none."""
    if request.param == "in two steps":
        monkeypatch.setattr(publishing, "_exchange", lambda *_: False)


class Place:
    """A site and a private folder, as a build finds them."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "dist"
        self.private = folder / "private"
        self.private.mkdir(mode=0o700)

    def stage(self, version: str) -> dict[Path, bytes]:
        """Write a whole new site beside the old one; returns the private files that go with it."""
        clear_staging(self.out)
        write_public(staging_of(self.out) / "index.html", HOME + version.encode())
        write_public(staging_of(self.out) / "files" / "x" / f"{version}.html", version.encode())
        folder = self.private / "2020-11"
        return {
            folder / "manifest.json": version.encode(),
            folder / "htpasswd.after": version.encode(),
            folder / "k": b"k",
        }

    def build(self, version: str) -> None:
        """Stage and publish as the pipeline does."""
        publish(self.out, self.private, self.stage(version))

    def state(self) -> dict[str, bytes]:
        """Every file of the site and of the private folder."""
        files = [*self.out.rglob("*"), *self.private.rglob("*")]
        return {str(path.relative_to(self.out.parent)): path.read_bytes() for path in files if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty place to build in."""
    return Place(tmp_path)


def test_a_journal_that_is_done_with_does_not_come_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end is on the disk: after a power cut it would publish what a later build had only begun."""
    left: list[bool] = []

    def note(path: Path) -> None:
        if path == place.private:
            left.append((path / JOURNAL_NAME).exists())

    monkeypatch.setattr(publishing, "sync", note)
    place.build("1")
    assert left[-1:] == [False]


@pytest.fixture
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Return the content of a place after each of two whole builds, and before any."""
    place = Place(tmp_path_factory.mktemp("whole"))
    found = {"": place.state()}
    for version in ("old", "new"):
        place.build(version)
        found[version] = place.state()
    return found


@pytest.mark.usefixtures("swap")
def test_publishing_puts_everything_in_place(place: Place) -> None:
    """The first build and the next one both leave the new site, the private files, and nothing else."""
    for version in ("old", "new"):
        place.build(version)
        site = {path.name for path in place.out.rglob("*") if path.is_file()}
        assert site == {"index.html", f"{version}.html"}
        assert {path.name for path in (place.private / "2020-11").iterdir()} == {"manifest.json", "htpasswd.after", "k"}
        assert (place.private / "2020-11" / "manifest.json").read_bytes() == version.encode()
        assert {path.name for path in place.out.parent.iterdir()} == {"dist", "private"}
        assert [path.name for path in place.private.iterdir()] == ["2020-11"]


@posix_only("a command that is killed within the test's process leaves its files open, which Windows does not replace")
@pytest.mark.usefixtures("swap")
@pytest.mark.parametrize("before", ["", "old"])
def test_killed_at_any_step_the_old_or_the_new_site_is_left_whole(
    before: str, states: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    """After a kill before each single step, and a second one while mending, the next command finds one whole state."""
    outcomes = []
    for step in range(200):
        folder = tmp_path / f"{step}"
        folder.mkdir()
        place = Place(folder)
        if before:
            place.build(before)
        files = place.stage("new")
        try:
            with KILLER.before_step(step):
                publish(place.out, place.private, files)
        except Killed:
            ended = False
        else:
            ended = True
        if before:
            assert is_whole(place.out) or not place.out.exists()
        for again in (step % 7, 1):
            try:
                with KILLER.before_step(again):
                    finish_publishing(place.private)
            except Killed:
                pass
        finish_publishing(place.private)
        clear_staging(place.out)
        assert place.state() in (states[before], states["new"])
        outcomes.append(place.state() == states["new"])
        if ended:
            break
    assert outcomes[0] is False
    assert outcomes[-1] is True
    assert outcomes == sorted(outcomes), "once decided, a later kill never brings the old site back"
    assert outcomes.count(False) >= 4
    assert outcomes.count(True) >= 4


def is_whole(out: Path) -> bool:
    """Return whether the folder has one build's files and no other's."""
    home = out / "index.html"
    if not home.is_file():
        return False
    version = home.read_bytes().removeprefix(HOME).decode()
    return [path.name for path in (out / "files" / "x").iterdir()] == [f"{version}.html"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux swaps two names in one step")
def test_in_one_step_the_site_is_never_away(tmp_path: Path) -> None:
    """A system that can exchange names has a site in its place before every single step of publishing."""
    for step in range(200):
        folder = tmp_path / f"{step}"
        folder.mkdir()
        place = Place(folder)
        place.build("old")
        files = place.stage("new")
        try:
            with KILLER.before_step(step):
                publish(place.out, place.private, files)
        except Killed:
            assert is_whole(place.out)
        else:
            return
    pytest.fail("publishing never ended")


@pytest.mark.usefixtures("swap")
def test_a_full_disk_while_writing_leaves_everything_as_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system before the decision reaches the caller, and no private file that was staged is left."""
    place.build("old")
    before = place.state()
    files = place.stage("new")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        publish(place.out, place.private, files)
    monkeypatch.undo()
    clear_staging(place.out)
    assert place.state() == before


def test_a_note_that_is_put_in_place_meanwhile_is_no_error(place: Place) -> None:
    """A build notes what it did once it has let go of the lock; the next one may be clearing away by then."""
    waiting, note = (place.private / name for name in (f"{RECORD_NAME}{STAGED_ENDING}", RECORD_NAME))
    waiting.touch()

    def put_in_place(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.remove" and os.fspath(arguments[0]) == str(waiting):
            waiting.rename(note)

    sys.addaudithook(put_in_place)
    finish_publishing(place.private)
    assert [path.name for path in place.private.iterdir()] == [RECORD_NAME]


def test_without_the_system_call_the_folders_are_renamed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system that cannot exchange names the site is swapped nevertheless."""
    place.build("old")
    monkeypatch.setattr(sys, "platform", "win32")
    place.build("new")
    assert is_whole(place.out)
    assert (place.out / "files" / "x" / "new.html").is_file()


def test_private_files_that_stay_are_not_written_again(place: Place) -> None:
    """The key is the same file after the next build: what is not written cannot be damaged."""
    place.build("old")
    inode = (place.private / "2020-11" / "k").stat().st_ino
    place.build("new")
    assert (place.private / "2020-11" / "k").stat().st_ino == inode


@posix_only("Windows has no such file modes")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(mask: int, umask: Callable[[int], int], place: Place) -> None:
    """The web server can read the whole site and nobody else the private folder, whatever the umask."""
    umask(mask)
    place.build("old")
    site = [place.out, *place.out.rglob("*")]
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in site}
    assert modes == {True: 0o755, False: 0o644}
    private = [stat.S_IMODE(path.stat().st_mode) for path in place.private.rglob("*") if path.is_file()]
    assert set(private) == {0o600}
    assert stat.S_IMODE((place.private / "2020-11").stat().st_mode) == 0o700


def test_two_commands_cannot_hold_the_private_folder(place: Place, root: Path) -> None:
    """The second command says that another is at work; once the first has ended, it may."""
    with locked(place.private):
        with pytest.raises(MachineError, match="another command"), locked(place.private):
            pytest.fail("both hold it")
        script = "import sys, pathlib, site_src.publish.publish as p\nwith p.locked(pathlib.Path(sys.argv[1])): pass"
        command = [sys.executable, "-c", script, str(place.private)]
        done = subprocess.run(command, cwd=root, capture_output=True, check=False)
        assert b"another command is at work" in done.stderr
    with locked(place.private):
        pass


def test_the_lock_is_let_go_when_a_build_fails(place: Place) -> None:
    """An error inside leaves the folder free for the next command."""
    with pytest.raises(RuntimeError, match="broken"), locked(place.private):
        raise RuntimeError("broken")
    with locked(place.private):
        pass


def test_a_command_that_fails_leaves_no_new_private_folder(tmp_path: Path) -> None:
    """A private folder that was made only for the lock is gone again; one that was there stays."""
    with pytest.raises(RuntimeError, match="broken"), locked(tmp_path / "private"):
        raise RuntimeError("broken")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "private").mkdir()
    with locked(tmp_path / "private"):
        pass
    assert (tmp_path / "private").is_dir()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files a process has open")
def test_a_lock_that_windows_keeps_hides_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows deletes no file that is open, the lock among them: what went wrong is told all the same."""
    unlink = os.unlink

    def refuse_open(path: Path) -> None:
        if path in {number.resolve() for number in Path("/proc/self/fd").iterdir()}:
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse_open)
    with pytest.raises(RuntimeError, match="broken"), locked(tmp_path / "private"):
        raise RuntimeError("broken")


@posix_only("a command that is killed within the test's process leaves its files open, which Windows does not replace")
def test_taking_the_lock_completes_a_killed_build(place: Place) -> None:
    """The next command of any kind finds the state that the killed build had decided."""
    place.build("old")
    files = place.stage("new")
    step = 0
    while not (place.private / JOURNAL_NAME).exists():
        try:
            with KILLER.before_step(step):
                publish(place.out, place.private, files)
        except Killed:
            step += 1
            if not (place.private / JOURNAL_NAME).exists():
                finish_publishing(place.private)
        else:
            pytest.fail("it was never killed after its decision")
    with locked(place.private):
        assert (place.out / "index.html").read_bytes() == HOME + b"new"
        assert (place.private / "2020-11" / "manifest.json").read_bytes() == b"new"
        assert not (place.private / JOURNAL_NAME).exists()


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"out": 5}', json.dumps({"out": "x"}).encode(), b"\xff"])
def test_a_damaged_journal_is_one_clear_error(data: bytes, place: Place) -> None:
    """A journal that a failing disk has cut is told with its name, not with a traceback."""
    (place.private / JOURNAL_NAME).write_bytes(data)
    with pytest.raises(StateError, match="damaged"), locked(place.private):
        pass


def test_a_site_without_the_right_to_write_is_cleared_too(place: Place) -> None:
    """Folders that somebody made read-only do not stop this build or the next."""
    place.build("1")
    for folder in (place.out, place.out / "files"):
        folder.chmod(0o555)
    place.build("2")
    place.build("3")
    assert {path.name for path in place.out.parent.iterdir()} == {"dist", "private"}


def test_clearing_removes_only_what_a_build_left(place: Place) -> None:
    """The staging folder goes, the site and its neighbours stay; clearing twice is no mistake."""
    place.build("old")
    place.stage("new")
    (place.out.parent / "neighbour").mkdir()
    clear_staging(place.out)
    clear_staging(place.out)
    assert {path.name for path in place.out.parent.iterdir()} == {"dist", "private", "neighbour"}
