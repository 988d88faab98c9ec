from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.problems import UsageError
from site_src.read.content.toml_edit import change, parsed, value_of

if TYPE_CHECKING:
    from pathlib import Path


def test_only_what_is_named_changes(tmp_path: Path) -> None:
    """Keys are changed, added with their tables and removed; comments, order and all other lines stay."""
    path = tmp_path / "a.toml"
    path.write_text(
        '# of ours\nb = "1"  # beside\nunknown = [1,\n 2]\na = "x"\n[circular]\nplace = "Α"\n', encoding="utf-8"
    )
    change(path, {"b": "2", "a": "", "circular.signatory.name": "Β", "reissue.012345678901": 2})
    assert path.read_text(encoding="utf-8") == (
        '# of ours\nb = "2"  # beside\nunknown = [1,\n 2]\n[circular]\nplace = "Α"\n'
        'signatory = {name = "Β"}\n\n[reissue]\n012345678901 = 2\n'
    )
    assert value_of(parsed(path), "circular.signatory.name") == "Β"
    assert value_of(parsed(path), "circular.place.name") == ""


def test_no_change_writes_nothing(tmp_path: Path) -> None:
    """Without a change there is no new file, and no file where there was none."""
    change(tmp_path / "a.toml", {})
    assert [*tmp_path.iterdir()] == []


def test_what_is_no_toml_is_named(tmp_path: Path) -> None:
    """A damaged file is left as it is, and the message names it."""
    path = tmp_path / "a.toml"
    path.write_text("x = [")
    with pytest.raises(UsageError, match=r'"a\.toml" is not TOML'):
        change(path, {"y": "1"})
    assert path.read_text() == "x = ["
