"""A command stopped at any step leaves the old state or the new one, and the next run ends the work."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_src.publish.outcome import RECORD_NAME
from tests.support.faults import KILLED, OUR_OWN, Ended, Fault, Runner, state_of
from tests.support.power_cuts import EVERYTHING, Cut, Disk, power_cuts, restore
from tests.support.small_site import ROWS, SLUG, SmallSite
from tests.support.sought_secrets import Sought

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = "2020-11-18"
THIRA = ROWS[0].split(";")[0]
STAGING = ".dist.staging"
# One page, and one file of the hand-over, is written like the other, and those of the site that stands are read alike.
# 1 tries them all, which takes minutes.
EVERY = int(os.environ.get("FAULTS_EVERY", "10"))
TRIES = 10 // EVERY  # by chance, at each moment of a power cut
BUILD = ("build", "--date", DAY, "--jobs", "1")
ACTIVATE = ("activate", SLUG, "--now", "--password-file", "{base}/etc/htpasswd")
NEW = ("new", "2021-05", "--annex", "{base}/annex.csv")

State = dict[str, tuple[int, bytes]]


@dataclass(frozen=True)
class Scene:
    """A command on a folder that others have prepared."""

    command: tuple[str, ...]
    prepared_by: tuple[tuple[str, ...], ...] = ()
    changed: bool = False  # the inputs, after what prepared the folder


CHANGED_ROWS = (ROWS[0].replace("thira@", "th@"), *ROWS[1:3], "412345678901;Δήμος Πάρου;;paros@dimos.example;")
SOUGHT = Sought.of((*ROWS, *CHANGED_ROWS), [bytes([seed]) * 32 for seed in (1, 2)])

SCENES = {
    "first build": Scene(BUILD),
    "rebuild": Scene(BUILD, (BUILD,), changed=True),
    "activate": Scene(ACTIVATE, (BUILD,)),
    "rollback": Scene((*ACTIVATE, "--rollback"), (BUILD, ACTIVATE)),
    "reissue": Scene(("reissue", SLUG, THIRA), (BUILD,)),
    "new": Scene(NEW),
}


class Stage:
    """A scene's folder, which is put back before each run; ``old`` and ``new`` are its states before and after it."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        (folder / "notes").mkdir()
        self.site, self.command, self._start = SmallSite(folder / "site"), scene.command, folder / "start"
        self._runner = Runner(self.site.base, folder / "notes")
        self._mended: set[int] = set()
        self._seen: State | None = None  # all that is in the folder, if no run has changed it since it was read
        self._prepare(scene)
        shutil.copytree(self.site.base, self._start)
        self._untouched = self._look()
        self.old = self.state()
        self._cuts = self._find_cuts()
        self.new = {seed: self._whole(seed) for seed in (1, 2)}

    def _prepare(self, scene: Scene) -> None:
        site = self.site
        site.write()
        site.write_passwords(f"{THIRA}:old\n")
        (site.base / "etc").mkdir()
        (site.base / "etc" / "htpasswd").write_text(f"{THIRA}:old\n", encoding="utf-8")
        shutil.copy(site.campaign / "annex.csv", site.base)
        if scene.command == NEW:
            (site.folders.content / "site.toml").unlink()
        self._disk = Disk(site.base)
        for command in scene.prepared_by:
            for step in self._runner.record(self._line(command)):
                self._disk.do(step)
        if scene.changed:
            site.write(CHANGED_ROWS)
            self._disk.load("content")

    def _whole(self, seed: int) -> State:
        self.restore()
        ended = self.run(seed=seed)
        assert (ended.status, "Traceback" in ended.output) == (0, False), ended.output
        return self.state()

    def restore(self) -> None:
        """Put the folder back as it was before the command, unless it is so still."""
        if self._look() == self._untouched:
            return
        shutil.rmtree(self.site.base)
        shutil.copytree(self._start, self.site.base)
        self._seen = self._untouched

    def run(self, *, fault: Fault | None = None, at: int = 0, seed: int = 1) -> Ended:
        """Run the scene's command."""
        self._seen = None
        return self._runner.run(self._line(self.command), fault=fault, at=at, seed=seed)

    def _line(self, command: tuple[str, ...]) -> list[str]:
        given = [part.format(base=self.site.base) for part in command]
        folders = [f"--{name}={getattr(self.site.folders, name)}" for name in ("content", "out", "private")]
        return [*given, *folders, "--lang", "en"]

    def _find_cuts(self) -> list[Cut]:
        """Run the command once, and find what a power cut may leave of it, and of the one before it."""
        self._seen = None
        steps = self._runner.record(self._line(self.command))
        cuts = list(power_cuts(self._disk, steps, tries=TRIES))
        assert seen_in(self._disk) == seen_in(Disk(self.site.base)), "the model is not true"
        return cuts

    def power_cuts(self) -> Iterator[int]:
        """Put into the folder what each power cut may leave, one after the other, and yield its number."""
        for number, cut in enumerate(self._cuts, start=1):
            restore(self.site.base, cut)
            self._seen = None
            yield number

    def steps(self, fault: Fault) -> list[int]:
        """The numbers of the steps to try: all, but of those that repeat one another each ``EVERY``-th.

        A full disk fails each change of the disk. A missing right then fails each line of the program that looks at the
        disk or changes it, when that line is first at work.
        """
        self.restore()
        touched = self.run(fault=fault).steps
        assert len(touched) > 0
        read = (f"{self.site.folders.out}{os.sep}",) if fault is Fault.DENIED else ()
        repeated = (str(self.site.base / STAGING), str(self.site.secrets / "handover"), *read, *OUR_OWN)
        tried: list[int] = []
        lines: set[tuple[tuple[str, int], ...]] = set()
        for number, step in enumerate(touched, 1):
            is_alike = step.path.startswith(repeated) or not Path(step.path).is_absolute()
            if fault is Fault.DENIED:
                is_alike |= step.lines in lines
                lines.add(step.lines)
            if not is_alike or number % EVERY == 0:
                tried.append(number)
        return tried

    def state(self) -> State:
        """Return the present content of the folder, without the note of the last build, which is another each time."""
        return {path: content for path, content in self._look().items() if not path.endswith(RECORD_NAME)}

    def _look(self) -> State:
        """Return all of it."""
        if self._seen is None:
            self._seen = state_of(self.site.base, but=(".lock", ".dist.lock", "tmp"))
        return self._seen

    def stands(self, now: State) -> None:
        """Assert that site and password file are the old or the new ones, whole, and that no key is lost."""
        for part in ("dist/", "etc/htpasswd"):
            assert part_of(now, part) in (part_of(self.old, part), part_of(self.new[1], part))
        key = f"private/{SLUG}/campaign.key"
        if key in self.old or any(name.endswith(".zip") and name.startswith("dist/") for name in now):
            assert now.get(key) == self.new[1][key]

    def mends(self, now: State) -> None:
        """Assert that the next run, with another random source, ends the work and leaves nothing else behind.

        A state that was mended once need not be mended again. The staging folder is cleared as a whole: all states that
        differ in what lies there alone are one, unless every step is tried.
        """
        everything = self._look().items()
        state = hash(frozenset(item for item in everything if EVERY == 1 or not item[0].startswith(f"{STAGING}/")))
        if state in self._mended:
            return
        self._mended.add(state)
        ended = self.run(seed=2)
        assert "Traceback" not in ended.output
        decided = now.keys() & {f"private/{SLUG}/campaign.key", "private/.publishing"}
        assert self.state() == self.new[1 if decided else 2], ended.output


def seen_in(disk: Disk) -> dict[str, tuple[int, bytes]]:
    """Return the content of a modelled disk, as programs see it."""
    return {path: (mode, data) for path, (_, mode, data) in disk.left(EVERYTHING).items()}


def part_of(state: State, prefix: str) -> State:
    """The files below one folder."""
    return {name: content for name, content in state.items() if name.startswith(prefix)}


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stage]:
    """Each scene, made when it is first needed."""
    made: dict[str, Stage] = {}

    def find(name: str) -> Stage:
        if name not in made:
            made[name] = Stage(SCENES[name], tmp_path_factory.mktemp("stage"))
        return made[name]

    return find


@pytest.mark.parametrize("fault", [Fault.KILL, Fault.TORN])
@pytest.mark.parametrize("name", SCENES)
def test_killed_at_any_step(
    name: str, fault: Fault, stages: Callable[[str], Stage], record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Before every change of the disk, and within every file: what is served is whole, and the next run completes."""
    stage = stages(name)
    steps = stage.steps(fault)
    for step in steps:
        stage.restore()
        assert stage.run(fault=fault, at=step).status == KILLED
        now = stage.state()
        stage.stands(now)
        stage.mends(now)
    record_testsuite_property(f"{fault}: {name}", len(steps))


@pytest.mark.parametrize("fault", [Fault.FULL, Fault.DENIED])
@pytest.mark.parametrize("name", SCENES)
def test_failing_at_any_step(
    name: str, fault: Fault, stages: Callable[[str], Stage], record_testsuite_property: Callable[[str, object], None]
) -> None:
    """A full disk or a missing right at any one step is told plainly, and nothing is half done."""
    stage = stages(name)
    steps = stage.steps(fault)
    for step in steps:
        stage.restore()
        ended = stage.run(fault=fault, at=step)
        assert len(ended.steps) >= step, "nothing has failed"
        assert "Traceback" not in ended.output
        assert SOUGHT.seen_in(ended.output) == []
        assert ended.status in {0, 1, 3}
        assert ended.status == 0 or "error: " in ended.output
        now = stage.state()
        if ended.status == 0:
            assert now == stage.new[1]
        elif now != stage.old:
            stage.stands(now)
            stage.mends(now)
    record_testsuite_property(f"{fault}: {name}", len(steps))


@pytest.mark.parametrize("name", SCENES)
def test_power_cut_at_any_moment(
    name: str, stages: Callable[[str], Stage], record_testsuite_property: Callable[[str, object], None]
) -> None:
    """After any loss of unsynced data the served site is whole, no key is lost, and the next run completes."""
    stage = stages(name)
    cuts = 0
    mended: list[State] = [stage.new[1]]
    for cuts in stage.power_cuts():  # noqa: B007 (counted)
        now = stage.state()
        stage.stands(now)
        # What lies in the staging folder is cleared as a whole.
        but_staged = {path: content for path, content in now.items() if EVERY == 1 or not path.startswith(STAGING)}
        if but_staged not in mended:
            stage.mends(now)
            mended.append(but_staged)
    record_testsuite_property(f"power cuts: {name}", cuts)
