"""Keep the folder that is never served: its files, its modes, and how secrets are written into it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from site_src.files.disk import BINARY, HAS_MODES, move, named_in_errors
from site_src.files.walk import all_below, is_litter
from site_src.language.say import say, say_some
from site_src.problems import MachineError, UsageError

PRIVATE_FOLDER_MODE = 0o700
PRIVATE_FILE_MODE = 0o600
STRANGERS_NAMED_MAX = 5
OTHERS = stat.S_IRWXG | stat.S_IRWXO

KEY_NAME = "campaign.key"
CURRENT_NAME = "current.htpasswd"
CURRENT_FILE = f"private/{CURRENT_NAME}"  # as problems name it, wherever the private folder is
BEFORE_NAME = "htpasswd.before"
AFTER_NAME = "htpasswd.after"
REPLACED_NAME = "htpasswd.replaced"  # the live file as activate found it, for --rollback
ACTIVATED_NAME = "htpasswd.activated"  # what activate put there, since a later build changes htpasswd.after
MANIFEST_NAME = "manifest.json"
SERVER_FOLDER = "server"
ORIGINAL_STEM = "circular"  # of the document from which a campaign began, where it was in content/ itself
HANDED_OVER_NAME = "handed-over"  # the SHA-256 of the manifest with which the desk gave that folder away
HANDOVER_FOLDER = "handover"  # in a campaign's folder: all that the administrator gets
REMINDERS_FOLDER = "reminders"  # in a campaign's folder: drafts to those who have not collected
STAGED_ENDING = ".new"  # what waits beside its place until all of a build is there


def make_private_folder(folder: Path) -> None:
    """Make the folder so that its owner alone may look into it; parents are made as usual."""
    folder.mkdir(mode=PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)


def check_private(private: Path) -> None:
    """Close a new private folder to others; refuse one that was open to others while it had keys in it.

    Raises MachineError with the command that closes it, and UsageError for a folder that serves something else: closing
    it would take the rights of files that are not ours. Windows has no such modes: there Python itself closes a new
    folder to other users (os.mkdir with 0o700, since 3.11.10, 3.12.4 and 3.13), or it is as open as the one it is in.
    """
    if not private.is_dir():
        return
    has_keys = any(private.glob(f"*/{KEY_NAME}"))
    strangers = sorted(path.name for path in private.iterdir() if not _is_ours(path))
    if strangers and not has_keys and not any(private.glob(f"{SERVER_FOLDER}/*.conf")):
        named = say_some(strangers, STRANGERS_NAMED_MAX)
        raise UsageError(
            say('"{private}" is no private folder of Thyrida: it holds {names}', private=private, names=named),
            say("give a new folder with --private, or one that holds {file} alone", file=CURRENT_NAME),
        )
    if not HAS_MODES:
        return
    if private.stat().st_mode & OTHERS:
        if has_keys:
            raise MachineError(
                say('other users of this machine can read "{private}", which holds campaign keys', private=private),
                say(
                    "chmod 700 '{private}', and think about who may have read it; where that changes nothing (a memory "
                    "stick, a share of Windows), move the folder elsewhere and name it with --private",
                    private=private,
                ),
            )
        private.chmod(PRIVATE_FOLDER_MODE)
    for path in all_below(private):
        mode = PRIVATE_FOLDER_MODE if path.is_dir() else PRIVATE_FILE_MODE
        if not path.is_symlink() and path.stat().st_mode & OTHERS:
            path.chmod(mode)


def open_inputs(campaign: Path) -> tuple[Path, ...]:
    """Return what only staff may read in a campaign's folder, and other users of this machine can read too.

    Circular, attachments and facts are published; Windows has no such modes.
    """
    enclosures = campaign / "files"
    below = [enclosures, *all_below(enclosures)] if enclosures.is_dir() else []
    secret = [*campaign.glob("annex.*"), campaign / CURRENT_NAME, *below] if HAS_MODES else []
    return tuple(path for path in secret if path.exists() and path.stat().st_mode & OTHERS)


def close_inputs(campaign: Path) -> tuple[Path, ...]:
    """Close to other users what only staff may read in a campaign's folder; return what was open until now."""
    opened = open_inputs(campaign)
    for path in opened:
        with suppress(OSError):  # of another owner, or on a disk for reading only
            path.chmod(PRIVATE_FOLDER_MODE if path.is_dir() else PRIVATE_FILE_MODE)
    still_open = open_inputs(campaign)
    return tuple(path for path in opened if path not in still_open)


def _is_ours(path: Path) -> bool:
    """Return whether staff or `new` put this here, or a first build that was killed, which leaves staged files."""
    if path.name == CURRENT_NAME or path.name.startswith(".") or is_litter(path.name):
        return True
    return path.is_dir() and all(
        inner.name.endswith(STAGED_ENDING) or inner.stem == ORIGINAL_STEM for inner in path.iterdir()
    )


def staged(path: Path) -> Path:
    """Return where the next content of a file waits."""
    return path.with_name(path.name + STAGED_ENDING)


def put_private(files: Mapping[Path, bytes]) -> None:
    """Write private files beside their places, then rename each into its place: all outlast a power cut.

    Where one of them cannot be replaced (another program has it open, say), none is. The command must hold the private
    folder: another one takes drafts away.
    """
    drafts = {path: staged(path) for path in files}
    before = {path: path.read_bytes() for path in files if path.is_file()}
    moved = []
    try:
        for path, draft in drafts.items():
            draft.unlink(missing_ok=True)
            write_private(draft, files[path])
        for path, draft in drafts.items():
            move(draft, path)
            moved.append(path)
    except OSError:
        for path in moved:
            if path in before:
                write_private(drafts[path], before[path])
                move(drafts[path], path)
            else:
                path.unlink()
        raise
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Create a file that its owner alone may read, and have it on the disk before going on.

    Raises FileExistsError where there is one already.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, PRIVATE_FILE_MODE)
    with named_in_errors(path), os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
