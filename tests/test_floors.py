"""The rooms of site_src lie on floors (CONTRIBUTING.md): an import goes down, or stays in its room."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "site_src"


def floors() -> dict[str, int]:
    """Return each room's floor, as the table of CONTRIBUTING.md has it."""
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("| floor |")[1].split("\n\n")[0]
    rows = [line.split("|") for line in table.splitlines()[2:]]
    return {room: int(row[1]) for row in rows for room in re.findall(r"`([a-z_]+)(?:\.py|/)`", row[2])}


def arrows() -> set[tuple[str, str]]:
    """Return each import of the code from one room into another, as a file and a room."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("site_src."):
                found.add((name, str(node.module).split(".")[1]))
    return {(file, room) for file, room in found if re.split(r"[/.]", file)[0] != room}


def test_imports_go_down() -> None:
    """No import runs up a floor, or across one."""
    floor = floors()
    assert [(file, room) for file, room in arrows() if floor[room] >= floor[re.split(r"[/.]", file)[0]]] == []
