"""The day of the change: the live password file gives way to the new one, in one step, with a way back.

nginx reads the file at every request and Apache too, so neither needs a reload.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from site_src.access import PasswordFile
from site_src.manifest import read_manifest
from site_src.private import AFTER_NAME, BEFORE_NAME, MANIFEST_NAME, write_private
from site_src.problems import MachineError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

REPLACED_NAME = "htpasswd.replaced"  # the live file as activate found it, for --rollback

USERS_NAMED_MAX = 20


@dataclass(frozen=True)
class Swap:
    """What was done to the live file: the users it holds now, or that it held the right bytes already."""

    users: int
    changed: bool


def activate(folder: Path, live: Path, *, today: date, now: bool) -> Swap:
    """Put ``htpasswd.after`` of a campaign's private ``folder`` into the place of the ``live`` file.

    Before the effective day this is a UsageError unless ``now`` is set. A live file that is neither the one which the
    build saw nor the new one already is a UsageError too: nothing is merged in silence.
    """
    before, after = _built(folder)
    _check_day(folder, today, now=now)
    live = live.resolve()
    found = _read(live)
    if found != after:
        if found != before:
            raise _difference(found, before, "copy it to private/current.htpasswd and build again, then activate")
        _save(folder / REPLACED_NAME, found)
        _replace(live, after)
    return Swap(len(PasswordFile.parse(after).users), changed=found != after)


def roll_back(folder: Path, live: Path) -> Swap:
    """Restore the live file that :func:`activate` replaced, byte for byte.

    Raises UsageError where it was never replaced, or has changed since.
    """
    backup = folder / REPLACED_NAME
    if not backup.is_file():
        raise UsageError(f'nothing was activated: there is no "{backup}"', "there is nothing to go back to")
    replaced = backup.read_bytes()
    live = live.resolve()
    found = _read(live)
    if found != replaced:
        _, after = _built(folder)
        if found != after:
            raise _difference(found, after, f'it changed after the swap; the file before it is "{backup}"')
        _replace(live, replaced)
    return Swap(len(PasswordFile.parse(replaced).users), changed=found != replaced)


def _built(folder: Path) -> tuple[bytes, bytes]:
    try:
        return (folder / BEFORE_NAME).read_bytes(), (folder / AFTER_NAME).read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f'this campaign was never built: there is no "{error.filename}"', "build it first") from error


def _check_day(folder: Path, today: date, *, now: bool) -> None:
    manifest = read_manifest(folder / MANIFEST_NAME)
    if manifest is None:
        raise UsageError(f'this campaign was never built: "{folder}" holds no {MANIFEST_NAME}', "build it first")
    effective = date.fromisoformat(manifest.effective)
    if today < effective and not now:
        raise UsageError(
            f"the new codes are valid from {effective}, and today is {today}: until then the old ones must work",
            f"run this on {effective}, or add --now if you are sure",
        )


def _read(live: Path) -> bytes:
    try:
        return live.read_bytes()
    except FileNotFoundError:
        raise UsageError(f'there is no password file "{live}"', "give the file that the server reads") from None


def _difference(found: bytes, expected: bytes, hint: str) -> UsageError:
    """Names the users in whom two password files differ."""
    one, other = PasswordFile.parse(found).users, PasswordFile.parse(expected).users
    users = sorted(user for user in one.keys() | other.keys() if one.get(user) != other.get(user))
    named = ", ".join(users[:USERS_NAMED_MAX]) or "none: only comments or empty lines differ"
    more = f" and {len(users) - USERS_NAMED_MAX} more" if len(users) > USERS_NAMED_MAX else ""
    return UsageError(
        f"the live password file is not the one that the build saw; users that differ: {named}{more}", hint
    )


def _save(path: Path, data: bytes) -> None:
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    write_private(draft, data)
    draft.replace(path)


def _replace(live: Path, data: bytes) -> None:
    """Write beside the live file with its owner, mode and labels, have it on the disk, and rename."""
    draft = live.with_name(f".{live.name}.new")
    draft.unlink(missing_ok=True)
    write_private(draft, data)
    try:
        if hasattr(os, "chown"):
            status = live.stat()
            os.chown(draft, status.st_uid, status.st_gid)
        shutil.copystat(live, draft)
        os.utime(draft)
        draft.replace(live)
    except OSError as error:
        draft.unlink(missing_ok=True)
        hint = "run this as a user who may write the server's password file and keep its owner"
        raise MachineError(f'"{live}" cannot be replaced: {error.strerror}', hint) from error
    _sync_folder(live.parent)


def _sync_folder(folder: Path) -> None:
    """Have the rename on the disk, where the system lets a folder be synced."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
