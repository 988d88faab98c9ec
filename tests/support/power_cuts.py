"""Finds the states in which a power cut may leave a disk, at any moment of a run.

The steps of a real run are recorded and played on a model of the disk, which keeps for certain only what was synced:
what a file holds by syncing the file, a name in a folder (made, moved or taken away) by syncing the folder. Of all the
rest a power cut leaves any part, in any order.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from site_src.publish.publish import JOURNAL_NAME, staging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = {"open", "os.fsync", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "ctypes.dlsym"}
INODE = re.compile(rb'(?<="staging_inode": )\d+')
PARTS = (0.1, 0.5, 0.9)  # how much of what was not synced is kept by chance


@dataclass(frozen=True)
class Step:
    """A change of the disk: the event's name, one or two paths, and what is there then, as far as it is known."""

    event: str
    path: str = ""
    other: str = ""
    mode: int = 0
    data: bytes = b""
    inode: int = 0


class Recorder:
    """The audit hook: notes the steps below a folder. What was written is read when its file is next named."""

    def __init__(self, base: Path, but: Path) -> None:
        self.base, self.but, self.out = str(base), str(but), base / "dist"
        self.steps: list[Step] = []
        self.started: list[str] = []
        self._written: set[str] = set()
        self._opened = ""
        self._stopped = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a step that is about to be done."""
        if self._stopped or event not in EVENTS:
            return
        if event == "ctypes.dlsym":
            self._note_call(str(arguments[1]))
        elif event == "open":
            if isinstance(arguments[0], str | bytes | os.PathLike):
                self._note_open(os.fsdecode(arguments[0]), arguments[2])
        elif event in {"os.rename", "os.link"}:
            self._note(event, os.fsdecode(arguments[0]), os.fsdecode(arguments[1]))
        elif event == "os.fsync":
            self._note(event, str(Path(f"/proc/self/fd/{arguments[0]}").readlink()))
        else:
            mode = arguments[1] if event in {"os.mkdir", "os.chmod"} else 0
            self._note(event, _within(arguments[0], arguments[-1]), mode=mode)

    def stop(self) -> None:
        """Note what the last files hold."""
        self._read(self.base)
        self._stopped = True

    def _note_call(self, name: str) -> None:
        """Note a system call that is looked up, then called."""
        if name == "renameat2":
            self._note(name, str(staging_of(self.out)), str(self.out))
        elif name == "syncfs":  # whose argument is the folder that was opened just before it
            self._note(name, self._opened)

    def _note_open(self, path: str, flags: int) -> None:
        """Note that a file is written; one that has no name, or is there and may not be, is not."""
        self._opened = path
        if flags & WRITING and not Path(path).is_dir() and not (flags & os.O_EXCL and Path(path).exists()):
            self._note("os.open", path)
            self._written.add(path)

    def _note(self, event: str, path: str, other: str = "", mode: int = 0) -> None:
        if not path.startswith(self.base) or path.startswith(self.but):
            return
        for named in filter(None, (path, other)):
            self._read(named)
            if event in {"os.rename", "renameat2", "os.remove"}:  # its name is another's from now on
                self._written -= self._below(named)
        inode = Path(path).stat().st_ino if event == "os.chmod" else 0
        self.steps.append(Step(event, path, other, mode, inode=inode))

    def _below(self, named: str) -> set[str]:
        return {path for path in self._written if path == named or path.startswith(f"{named}/")}

    def _read(self, named: str) -> None:
        for path in sorted(self._below(named)):
            with suppress(FileNotFoundError):  # it could not be made
                mode = stat.S_IMODE(Path(path).stat().st_mode)
                self.steps.append(Step("write", path, mode=mode, data=Path(path).read_bytes()))


def _within(path: Any, folder: int) -> str:  # noqa: ANN401 (what an audit event has)
    """Return a path that may be told as a name within an open folder."""
    name = os.fsdecode(path) if not isinstance(path, int) else str(Path(f"/proc/self/fd/{path}").readlink())
    return name if folder < 0 or isinstance(path, int) else str(Path(f"/proc/self/fd/{folder}").readlink() / name)


@dataclass(eq=False)
class Node:
    """A file or a folder, as it surely is on the disk, and all that was not synced since, the oldest first."""

    versions: list[tuple[int, bytes]]  # mode and bytes
    names: dict[str, Node] | None = None  # of a folder
    moves: list[dict[str, Node | None]] = field(default_factory=list)  # each happens as a whole, or not at all
    inode: int = 0  # its number on the real disk, as far as it is known
    is_new: bool = False

    @property
    def now(self) -> dict[str, Node]:
        """Return what programs see in the folder."""
        return _moved(self.names or {}, self.moves)

    def sync(self) -> None:
        """Let what programs see be on the disk."""
        del self.versions[:-1]
        if self.names is not None:
            self.names, self.moves = self.now, []


def _moved(names: dict[str, Node], moves: list[dict[str, Node | None]]) -> dict[str, Node]:
    found: dict[str, Node | None] = dict(names)
    for move in moves:
        found.update(move)
    return {name: node for name, node in found.items() if node is not None}


def _load(path: Path) -> Node:
    """Return what is on a real disk."""
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if not path.is_dir():
        return Node([(mode, path.read_bytes())])
    names = {each.name: _load(each) for each in path.iterdir() if each.name != "tmp"}
    return Node([(mode, b"")], names, inode=status.st_ino)


@dataclass(frozen=True)
class Luck:
    """How likely a power cut leaves a move of a name, and the last bytes of a file, that were not synced."""

    names: float
    data: float
    chance: Random

    def moves(self, node: Node) -> list[dict[str, Node | None]]:
        """Return the moves in a folder that happened."""
        return [move for move in node.moves if self.chance.random() < self.names]

    def version(self, node: Node) -> tuple[int, bytes]:
        """Return mode and bytes that the disk holds."""
        *older, last = node.versions
        return last if not older or self.chance.random() < self.data else self.chance.choice(older)


EVERYTHING = Luck(1, 1, Random(0))  # noqa: S311 (it has no chance)

Cut = dict[str, tuple[Node, int, bytes]]


class Disk:
    """The model, on which the steps of a run are done one after the other."""

    def __init__(self, base: Path, umask: int = 0o022) -> None:
        self.base, self.root, self._umask = base, _load(base), umask

    def load(self, name: str) -> None:
        """Take over what somebody else changed on the real disk, and synced."""
        assert self.root.names is not None
        self.root.names[name] = _load(self.base / name)

    def do(self, step: Step) -> None:
        """Do a step, if a real disk lets it happen."""
        folder, name = self._find(step.path)
        node = folder.now.get(name) if folder else None
        if folder is None:
            return
        if step.event == "syncfs":
            self._settle(step.path)
        elif step.event in {"os.mkdir", "os.open"}:
            if node is None:
                names: dict[str, Node] | None = {} if step.event == "os.mkdir" else None
                folder.moves.append({name: Node([(step.mode & ~self._umask, b"")], names, is_new=True)})
        elif node is not None:
            self._change(step, folder, name, node)

    def _change(self, step: Step, folder: Node, name: str, node: Node) -> None:
        """Do a step with something that is there."""
        if step.event == "write":
            if node.is_new:
                node.versions, node.is_new = [(step.mode, b"")], False  # it was made so
            if node.versions[-1] != (step.mode, step.data):
                node.versions += [(step.mode, step.data[: len(step.data) // 2]), (step.mode, step.data)]
        elif step.event == "os.chmod":
            node.versions.append((step.mode, node.versions[-1][1]))
            node.inode = step.inode
        elif step.event == "os.fsync":
            node.sync()
        elif step.event in {"os.remove", "os.rmdir"}:
            folder.moves.append({name: None})
        else:
            target, other = self._find(step.other)
            assert target is not None
            if step.event == "os.link":
                target.moves.append({other: node})
                return
            assert target is folder, "a move between folders is not in the model"
            folder.moves.append({name: folder.now[other] if step.event == "renameat2" else None, other: node})

    def _find(self, path: str) -> tuple[Node | None, str]:
        """Return the folder of a path, and its name there."""
        parts = Path("/", Path(path).relative_to(self.base.parent)).parts[1:]
        node: Node | None = Node([(0, b"")], {self.base.name: self.root})
        for part in parts[:-1]:
            node = node.now.get(part) if node else None
        return node, parts[-1]

    def _settle(self, path: str) -> None:
        """Sync a folder, all that programs see in it, and the folders that lead to it."""
        node = self.root
        for part in Path(path).relative_to(self.base).parts:
            node.sync()
            node = node.now[part]
        waiting = [node]
        while waiting:
            waiting[-1].sync()
            waiting += waiting.pop().now.values()

    def left(self, luck: Luck) -> Cut:
        """Return what a power cut leaves, by path; names of the same file share its node."""
        found: Cut = {}
        versions: dict[Node, tuple[int, bytes]] = {}

        def look(path: str, node: Node) -> None:
            found[path] = (node, *versions.setdefault(node, luck.version(node)))
            for name, inner in sorted(_moved(node.names or {}, luck.moves(node)).items()):
                look(f"{path}/{name}", inner)

        for name, inner in sorted(_moved(self.root.names or {}, luck.moves(self.root)).items()):
            look(name, inner)
        return found


def power_cuts(disk: Disk, steps: list[Step], *, tries: int) -> Iterator[Cut]:
    """Yield each state, once, that a power cut may leave: nothing, names or all of what was not synced, and by chance.

    Whatever a cut may leave between two syncs, one just before the second may leave too.
    """
    seen: set[int] = set()
    chance = Random(len(steps))  # noqa: S311 (the same in each run)
    for step in [*steps, Step("syncfs", str(disk.base))]:
        if step.event in {"os.fsync", "syncfs"}:
            parts = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
            parts += [(chance.choice(PARTS), chance.choice(PARTS)) for _ in range(tries)]
            for names, data in parts:
                cut = disk.left(Luck(names, data, chance))
                mark = hash(tuple((path, mode, data) for path, (_, mode, data) in cut.items()))
                if mark not in seen:
                    seen.add(mark)
                    yield cut
        disk.do(step)


def restore(base: Path, cut: Cut) -> None:
    """Put a state on the real disk; the journal gets the number that its folder has there."""
    for path in base.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    made: dict[Node, Path] = {}
    for name, (node, mode, data) in cut.items():
        path = base / name
        if node in made and node.names is None:
            path.hardlink_to(made[node])
            continue
        made[node] = path
        path.mkdir() if node.names is not None else path.write_bytes(data)
        path.chmod(mode)
    journal = base / "private" / JOURNAL_NAME
    if journal.is_file():
        numbers = {b"%d" % node.inode: b"%d" % path.stat().st_ino for node, path in made.items()}
        journal.write_bytes(INODE.sub(lambda found: numbers.get(found[0], b"0"), journal.read_bytes()))
