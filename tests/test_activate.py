from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.activate import REPLACED_NAME, activate, roll_back
from site_src.manifest import Manifest
from site_src.problems import MachineError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = b"# users\n111111111111:old\n222222222222:kept\nadmin:x\n"
AFTER = b"# users\n111111111111:new\n222222222222:kept\nadmin:x\n"
EVE, DAY = date(2020, 11, 30), date(2020, 12, 1)


@dataclass(frozen=True)
class Server:
    """A campaign's private folder, and the password file that a server reads."""

    folder: Path
    live: Path


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A built campaign, and a live file as the build saw it."""
    folder, live = tmp_path / "private" / "2020-11", tmp_path / "etc" / "htpasswd"
    folder.mkdir(parents=True)
    live.parent.mkdir()
    (folder / "htpasswd.before").write_bytes(BEFORE)
    (folder / "htpasswd.after").write_bytes(AFTER)
    (folder / "manifest.json").write_bytes(Manifest(effective=DAY.isoformat()).to_bytes())
    live.write_bytes(BEFORE)
    live.chmod(0o640)
    return Server(folder, live)


def test_not_before_the_day(server: Server) -> None:
    """Before the effective day it refuses, says the day, and changes nothing."""
    with pytest.raises(UsageError, match="2020-12-01"):
        activate(server.folder, server.live, today=EVE, now=False)
    assert server.live.read_bytes() == BEFORE


def test_now_overrides_the_day(server: Server) -> None:
    """--now swaps before the effective day."""
    assert activate(server.folder, server.live, today=EVE, now=True).changed
    assert server.live.read_bytes() == AFTER


def test_swaps_and_rolls_back_byte_for_byte(server: Server) -> None:
    """On the day the new file is live; a rollback gives the old one back, byte for byte."""
    swap = activate(server.folder, server.live, today=DAY, now=False)
    assert (swap.users, swap.changed) == (3, True)
    assert server.live.read_bytes() == AFTER
    assert roll_back(server.folder, server.live).changed
    assert server.live.read_bytes() == BEFORE


def test_both_may_be_repeated(server: Server) -> None:
    """A second activation and a second rollback change nothing and do not fail."""
    activate(server.folder, server.live, today=DAY, now=False)
    assert not activate(server.folder, server.live, today=DAY, now=False).changed
    roll_back(server.folder, server.live)
    assert not roll_back(server.folder, server.live).changed
    assert activate(server.folder, server.live, today=DAY, now=False).changed


def test_owner_and_mode_stay(server: Server) -> None:
    """The new file has the old one's mode and owner; the kept one is the owner's alone."""
    if os.geteuid() == 0:
        os.chown(server.live, 12345, 23456)
    old = server.live.stat()
    activate(server.folder, server.live, today=DAY, now=False)
    new = server.live.stat()
    assert (new.st_mode, new.st_uid, new.st_gid) == (old.st_mode, old.st_uid, old.st_gid)
    assert stat.S_IMODE((server.folder / REPLACED_NAME).stat().st_mode) == 0o600
    assert sorted(path.name for path in server.live.parent.iterdir()) == ["htpasswd"]


def test_other_live_file_stops_it(server: Server) -> None:
    """A live file that the build did not see is not merged: the users that differ are named."""
    server.live.write_bytes(BEFORE.replace(b"111111111111:old", b"111111111111:newer") + b"guest:y\n")
    with pytest.raises(UsageError) as caught:
        activate(server.folder, server.live, today=DAY, now=False)
    assert "111111111111, guest" in str(caught.value)
    assert "newer" not in str(caught.value) + caught.value.hint
    assert "current.htpasswd" in caught.value.hint


def test_rollback_does_not_lose_later_changes(server: Server) -> None:
    """A live file that changed after the swap is not overwritten by a rollback."""
    activate(server.folder, server.live, today=DAY, now=False)
    server.live.write_bytes(AFTER + b"guest:y\n")
    with pytest.raises(UsageError, match="guest"):
        roll_back(server.folder, server.live)
    assert server.live.read_bytes() == AFTER + b"guest:y\n"


def test_rollback_without_activation(server: Server) -> None:
    """There is no way back before there was a way out."""
    with pytest.raises(UsageError, match="nothing was activated"):
        roll_back(server.folder, server.live)


def test_missing_pieces_are_told(server: Server) -> None:
    """A missing live file and a campaign that was never built are told plainly."""
    with pytest.raises(UsageError, match="no password file"):
        activate(server.folder, server.live.with_name("other"), today=DAY, now=False)
    (server.folder / "htpasswd.after").unlink()
    with pytest.raises(UsageError, match="never built"):
        activate(server.folder, server.live, today=DAY, now=False)


def test_link_to_the_live_file_is_followed(server: Server) -> None:
    """A symbolic link to the password file stays a link; the file behind it is replaced."""
    link = server.live.with_name("link")
    link.symlink_to(server.live)
    activate(server.folder, link, today=DAY, now=False)
    assert link.is_symlink()
    assert server.live.read_bytes() == AFTER


@pytest.mark.parametrize("step", range(1, 8))
def test_stopped_at_any_step_leaves_the_old_or_the_new_file(
    server: Server, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at any call that touches the disk, the live file is the old or the new one, and a second try succeeds."""
    calls = 0

    def counted(name: str, original: object) -> object:
        def call(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == step:
                raise KeyboardInterrupt(name)
            return original(*arguments, **options)  # type: ignore[operator] # it is the function that it replaces

        return call

    for name in ("open", "fsync", "replace", "rename", "chown", "utime", "unlink"):
        monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
    with pytest.raises(KeyboardInterrupt):
        activate(server.folder, server.live, today=DAY, now=False)
    monkeypatch.undo()
    assert server.live.read_bytes() in {BEFORE, AFTER}
    activate(server.folder, server.live, today=DAY, now=False)
    assert server.live.read_bytes() == AFTER
    assert (server.folder / REPLACED_NAME).read_bytes() == BEFORE
    assert [path.name for path in server.live.parent.iterdir()] == ["htpasswd"]


def test_folder_that_cannot_be_written(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that refuses the rename is told as such; the live file stays, and nothing lies beside it."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(MachineError, match="cannot be replaced"):
        activate(server.folder, server.live, today=DAY, now=False)
    assert server.live.read_bytes() == BEFORE
    assert [path.name for path in server.live.parent.iterdir()] == ["htpasswd"]
