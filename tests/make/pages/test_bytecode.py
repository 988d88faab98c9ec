"""Compiled templates are kept where that is possible, and never outlive their source."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, FileSystemLoader

from site_src.make.pages.bytecode import BYTECODE_FOLDER, TemplateBytecode

if TYPE_CHECKING:
    from pathlib import Path


NAME = "page.html"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder with one template."""
    (tmp_path / NAME).write_text("first {{ name }}")
    return tmp_path


def rendered(templates: Path) -> str:
    """What a fresh start makes of the template."""
    environment = Environment(
        loader=FileSystemLoader(templates), bytecode_cache=TemplateBytecode(templates), autoescape=True
    )
    return environment.get_template(NAME).render(name="Θήρα")


def test_what_was_compiled_is_not_compiled_again(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second start reads what the first one kept."""
    assert rendered(templates) == "first Θήρα"
    monkeypatch.setattr(Environment, "compile", None)
    assert rendered(templates) == "first Θήρα"


def test_another_source_is_compiled(templates: Path) -> None:
    """A template of the same name and length is no longer the one that was kept, which it replaces."""
    assert rendered(templates) == "first Θήρα"
    (templates / NAME).write_text("other {{ name }}")
    assert rendered(templates) == "other Θήρα"
    assert len(list((templates / BYTECODE_FOLDER).iterdir())) == 1


@pytest.mark.parametrize("share", range(0, 100, 7))
@pytest.mark.parametrize("damage", ["cut off", "another byte"])
def test_what_was_damaged_is_compiled_again(templates: Path, damage: str, share: int) -> None:
    """Wherever a file is cut or changed it is worth nothing, and the next start has a whole one."""
    assert rendered(templates) == "first Θήρα"
    (path,) = (templates / BYTECODE_FOLDER).iterdir()
    whole = path.read_bytes()
    place = len(whole) * share // 100
    rest = bytes([whole[place] ^ 1]) + whole[place + 1 :] if damage == "another byte" else b""
    path.write_bytes(whole[:place] + rest)
    assert rendered(templates) == "first Θήρα"
    assert path.read_bytes() == whole


def test_nothing_is_kept_where_the_folder_cannot_be(templates: Path) -> None:
    """A file bears the folder's name: templates are compiled each time."""
    (templates / BYTECODE_FOLDER).touch()
    assert [rendered(templates) for _ in range(2)] == ["first Θήρα"] * 2


def test_a_full_disk_keeps_nothing(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written is left out, and leaves nothing behind."""

    def fill(path: Path, data: bytes) -> None:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", fill)
    assert rendered(templates) == "first Θήρα"
    assert list((templates / BYTECODE_FOLDER).iterdir()) == []
