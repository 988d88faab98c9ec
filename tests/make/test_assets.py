from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.make.assets import read_assets, read_sources

if TYPE_CHECKING:
    from pathlib import Path

# With the Safari that has them first (MDN, "Browser compatibility"). Contacts have iPads that stay with 14 for ever.
# DecompressionStream and Blob.stream are not listed: only archives of other makers are compressed, and the opener says
# that such a browser cannot open them.
YOUNGER_THAN_SAFARI_14 = {
    r"\.at\(": "15.4",
    r"\.(?:findLast|findLastIndex|groupBy|hasOwn)\b": "15.4",
    r"\.(?:toSorted|toReversed|toSpliced|with|isWellFormed|fromAsync|withResolvers|canParse)\(": "16",
    r"\b(?:structuredClone|BroadcastChannel|randomUUID|CompressionStream|reportError)\b": "15.4",
    r"\bAbortSignal\.|\.requestSubmit\(|\.showModal\(|\bnavigator\.locks\b": "15.4",
    r"\bIntl\.(?:Segmenter|ListFormat|DisplayNames)\b|\bWeakRef\b|\bFinalizationRegistry\b": "14.1",
    r"style: [\"']unit[\"']|unitDisplay": "14.1",
    r"\(\?<[=!]|/[gimsuy]*[dv][gimsuy]*(?=[.,;)])": "16.4",
    r"^await |\bstatic \{|#\w+\(|\bcause:": "15",
    r"\bimport .* with \{|\brequestIdleCallback\b|\bscheduler\.": "17",
}


def test_scripts_need_nothing_that_safari_14_lacks() -> None:
    """No script uses a method, a class or a syntax that came later."""
    scripts = {name: data.decode() for name, data in read_sources().items() if name.endswith(".js")}
    found = [
        (name, match[0], since)
        for name, text in scripts.items()
        for pattern, since in YOUNGER_THAN_SAFARI_14.items()
        for match in re.finditer(pattern, text, re.MULTILINE)
    ]
    assert found == []


def test_an_editor_of_windows_changes_no_published_name(tmp_path: Path) -> None:
    """The line ends of Windows neither reach the site nor change the names in it."""
    (tmp_path / "a.css").write_bytes(b"p {\n}\n")
    (tmp_path / "b.json").write_bytes(b"{\n}\n")
    before = read_assets(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_assets(tmp_path) == before


def test_a_table_of_data_is_a_script_that_exports_it(tmp_path: Path) -> None:
    """Scripts import a table as they import one another."""
    (tmp_path / "a.js").write_text('import TABLE from "./b.js";', encoding="utf-8")
    (tmp_path / "b.json").write_text('{"b": 1}', encoding="utf-8")
    assets = read_assets(tmp_path)
    assert assets.files[assets.paths["b.js"]] == b'export default {"b": 1}'
    assert assets.modules["a.js"] == (assets.paths["b.js"],)


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
