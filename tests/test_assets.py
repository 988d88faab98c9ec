from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.pages.assets import read_assets

if TYPE_CHECKING:
    from pathlib import Path


def test_scripts_import_one_another_by_their_published_names() -> None:
    """Every import of a published script is a published script, and plain names are gone."""
    assets = read_assets()
    scripts = {path: content.decode() for path, content in assets.files.items() if path.endswith(".js")}
    imported = {name for text in scripts.values() for name in re.findall(r'from "\./([^"]+)"', text)}
    assert imported
    assert {f"assets/{name}" for name in imported} <= scripts.keys()


def test_a_name_changes_with_the_content_of_what_it_imports(tmp_path: Path) -> None:
    """A script whose import has changed gets a new name, so that no browser mixes two versions."""
    (tmp_path / "a.js").write_text('import { b } from "./b.js";', encoding="utf-8")
    (tmp_path / "b.js").write_text("export const b = 1;", encoding="utf-8")
    before = read_assets(tmp_path).paths
    (tmp_path / "b.js").write_text("export const b = 2;", encoding="utf-8")
    after = read_assets(tmp_path).paths
    assert before["a.js"] != after["a.js"]
    assert before["b.js"] != after["b.js"]
    assert read_assets(tmp_path).paths == after


def test_modules_are_all_that_a_script_imports(tmp_path: Path) -> None:
    """A script's modules are its imports and theirs, each once, so that a page can name them in advance."""
    (tmp_path / "a.js").write_text('import "./b.js"; import "./c.js";', encoding="utf-8")
    (tmp_path / "b.js").write_text('import "./c.js";', encoding="utf-8")
    (tmp_path / "c.js").write_text("export const c = 1;", encoding="utf-8")
    assets = read_assets(tmp_path)
    assert assets.modules["a.js"] == (assets.paths["b.js"], assets.paths["c.js"])
    assert assets.modules["c.js"] == ()
