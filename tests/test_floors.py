"""The rooms of site_src lie on floors (CONTRIBUTING.md): an import goes down, or stays in its room."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "site_src"


def floors() -> dict[str, int]:
    """Return each room's floor, as the table of CONTRIBUTING.md has it."""
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("| floor |")[1].split("\n\n")[0]
    rows = [line.split("|") for line in table.splitlines()[2:]]
    return {room: int(row[1]) for row in rows for room in re.findall(r"`([a-z_]+)(?:\.py|/)`", row[2])}


def imports() -> dict[str, set[str]]:
    """Return what each module imports of the code, for types too."""
    modules = {
        path: path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in SOURCE.rglob("*.py")
    }
    names = {name.removesuffix(".__init__") for name in modules.values()}
    found: dict[str, set[str]] = {}
    for path, name in modules.items():
        nodes = [
            node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)
        ]
        parts = [(str(node.module), f"{node.module}.{each.name}") for node in nodes for each in node.names]
        own = {whole if whole in names else module for module, whole in parts if module.split(".")[0] == SOURCE.name}
        found[name.removesuffix(".__init__")] = own
    return found


def room(module: str) -> str:
    """Return the room of a module, or the module itself where it is in none."""
    return [*module.split("."), ""][1]


def test_imports_go_down() -> None:
    """No import runs up a floor, or across one."""
    floor = floors()
    pairs = {(module, other) for module, others in imports().items() for other in others}
    across = {(module, other) for module, other in pairs if room(other) and room(module) != room(other)}
    assert across
    assert [(module, other) for module, other in across if floor[room(other)] >= floor[room(module)]] == []


def test_no_import_is_a_circle() -> None:
    """No module needs itself by way of others, not even for a type: each can be read before those above it."""
    order = [*TopologicalSorter(imports()).static_order()]
    assert order.index("site_src.cli") > order.index("site_src.problems")
