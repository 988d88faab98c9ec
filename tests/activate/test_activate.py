from __future__ import annotations

import hashlib
import os
import stat
import struct
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from site_src.activate.activate import activate, roll_back
from site_src.files.private import ACTIVATED_NAME, REPLACED_NAME
from site_src.plan.manifest import Manifest, Record
from site_src.problems import InputError, MachineError, StateError, TooEarlyError, UsageError
from site_src.read.agency import Status
from tests.support.systems import posix_only

BEFORE = b"# users\n111111111111:old\n222222222222:kept\nadmin:x\n"
AFTER = b"# users\n111111111111:new\n222222222222:kept\nadmin:x\n"
ANEW = AFTER.replace(b"new", b"newer")
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
    live.write_bytes(BEFORE)
    live.chmod(0o640)
    build(folder, BEFORE, AFTER)
    return Server(folder, live)


def build(folder: Path, before: bytes, after: bytes) -> None:
    """Make the files of a build that saw one password file and made another."""
    (folder / "htpasswd.before").write_bytes(before)
    (folder / "htpasswd.after").write_bytes(after)
    statuses = {"111111111111": Status.NEW, "222222222222": Status.KEEPS, "333333333333": Status.CONTACT_US}
    records = {username: Record(status=status, name="", emails="") for username, status in statuses.items()}
    digest = hashlib.sha256(after).hexdigest()
    manifest = Manifest(effective=DAY, agencies=records, htpasswd_after=digest)
    (folder / "manifest.json").write_bytes(manifest.to_bytes())


def test_not_before_the_day(server: Server) -> None:
    """Before the effective day it refuses, says the day, and changes nothing."""
    with pytest.raises(TooEarlyError, match="1 December 2020") as caught:
        activate(server.folder, server.live, today=EVE, now=False)
    assert "the live file is the one that the build saw" in caught.value.hint
    assert server.live.read_bytes() == BEFORE


def test_a_try_before_the_day_is_a_rehearsal(server: Server) -> None:
    """Before the day it already says what would stop the swap on the day, which may come at night."""
    server.live.write_bytes(BEFORE + b"guest:y\n")
    with pytest.raises(TooEarlyError, match="1 December 2020") as caught:
        activate(server.folder, server.live, today=EVE, now=False)
    assert "users that differ: guest" in caught.value.hint
    assert "current.htpasswd" in caught.value.hint


def test_codes_that_are_there_before_the_day(server: Server) -> None:
    """A swap that came too soon is told as what it is, with the way back; it is no rehearsal that went well."""
    activate(server.folder, server.live, today=EVE, now=True)
    with pytest.raises(TooEarlyError, match="on the server already") as caught:
        activate(server.folder, server.live, today=EVE, now=False)
    assert "--rollback" in caught.value.hint
    roll_back(server.folder, server.live)
    assert server.live.read_bytes() == BEFORE


def test_codes_that_somebody_else_put_there(server: Server) -> None:
    """A new file that was copied by hand has no rollback: the hint names the file to put back."""
    activate(server.folder, server.live, today=EVE, now=True)
    roll_back(server.folder, server.live)
    server.live.write_bytes(AFTER)
    with pytest.raises(TooEarlyError, match="on the server already") as caught:
        activate(server.folder, server.live, today=EVE, now=False)
    assert "--rollback" not in caught.value.hint
    assert str(server.folder / "htpasswd.before") in caught.value.hint


def test_the_same_file_before_and_after_the_day(server: Server) -> None:
    """Without a changed code the live file is the one that the build saw, and nothing came too soon."""
    build(server.folder, BEFORE, BEFORE)
    with pytest.raises(TooEarlyError, match="until then the old ones must work"):
        activate(server.folder, server.live, today=EVE, now=False)


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


@pytest.mark.parametrize("drop_users", [False, True])
def test_a_new_file_without_users_is_refused(server: Server, *, drop_users: bool) -> None:
    """Nobody could log in any more, whatever is asked for; before the day the rehearsal says so."""
    build(server.folder, BEFORE, b"# users\n")
    for day, now in ((DAY, False), (EVE, True)):
        with pytest.raises(InputError, match="has no users"):
            activate(server.folder, server.live, today=day, now=now, drop_users=drop_users)
    with pytest.raises(TooEarlyError, match="1 December 2020") as caught:
        activate(server.folder, server.live, today=EVE, now=False, drop_users=drop_users)
    assert "has no users" in caught.value.hint
    assert server.live.read_bytes() == BEFORE


def test_a_file_that_takes_away_most_users_needs_to_be_meant(server: Server) -> None:
    """More than half of the live file's users: the error counts them and names the option; a rollback needs none."""
    build(server.folder, BEFORE, b"222222222222:kept\n")
    with pytest.raises(InputError, match="takes away 2 of the 3 users of the live one") as caught:
        activate(server.folder, server.live, today=DAY, now=False)
    assert "--drop-users" in str(caught.value)
    assert server.live.read_bytes() == BEFORE
    assert activate(server.folder, server.live, today=DAY, now=False, drop_users=True).changed
    assert roll_back(server.folder, server.live).changed
    assert server.live.read_bytes() == BEFORE


def test_a_rollback_may_take_away_most_users(server: Server) -> None:
    """New users make up for none that go; the way back to a file with few of them is never closed."""
    two = b"111111111111:old\n222222222222:kept\n"
    server.live.write_bytes(two)
    build(server.folder, two, b"".join(b"%012d:new\n" % number for number in range(9)))
    with pytest.raises(InputError, match="takes away 2 of the 2 users"):
        activate(server.folder, server.live, today=DAY, now=False)
    assert activate(server.folder, server.live, today=DAY, now=False, drop_users=True).changed
    assert roll_back(server.folder, server.live).changed
    assert server.live.read_bytes() == two


def test_half_of_the_users_may_go(server: Server) -> None:
    """Only more than half is refused."""
    two = b"111111111111:old\n222222222222:kept\n"
    server.live.write_bytes(two)
    build(server.folder, two, b"222222222222:kept\n")
    assert activate(server.folder, server.live, today=DAY, now=False).changed


def test_both_may_be_repeated(server: Server) -> None:
    """A second activation and a second rollback change nothing and do not fail."""
    activate(server.folder, server.live, today=DAY, now=False)
    assert not activate(server.folder, server.live, today=DAY, now=False).changed
    roll_back(server.folder, server.live)
    assert not roll_back(server.folder, server.live).changed
    assert activate(server.folder, server.live, today=DAY, now=False).changed


def test_a_code_given_anew_is_swapped_once_more(server: Server) -> None:
    """After a build that saw the file of before the day still, the codes it changed are swapped, and go back again."""
    activate(server.folder, server.live, today=DAY, now=False)
    build(server.folder, BEFORE, ANEW)
    assert activate(server.folder, server.live, today=DAY, now=False).changed
    assert server.live.read_bytes() == ANEW
    roll_back(server.folder, server.live)
    assert server.live.read_bytes() == AFTER


@pytest.fixture
def twice(server: Server) -> Server:
    """A server on which the second of two activations was taken back: the first one's codes are there again."""
    activate(server.folder, server.live, today=EVE, now=True)
    build(server.folder, BEFORE, ANEW)
    activate(server.folder, server.live, today=EVE, now=True)
    roll_back(server.folder, server.live)
    assert server.live.read_bytes() == AFTER
    return server


def test_what_a_rollback_restored_is_swapped_again(twice: Server) -> None:
    """Both may be repeated after a second activation too, and each goes one step."""
    for _ in range(2):
        assert not roll_back(twice.folder, twice.live).changed
        assert activate(twice.folder, twice.live, today=DAY, now=False).changed
        assert twice.live.read_bytes() == ANEW
        assert roll_back(twice.folder, twice.live).changed
        assert twice.live.read_bytes() == AFTER


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"111111111111:new", b"111111111111:other"), (b"admin:x", b"admin:y"), (b"admin:x\n", b"")],
    ids=["a code", "another user", "a user who is gone"],
)
def test_what_was_changed_after_a_rollback_stops_it(twice: Server, old: bytes, new: bytes) -> None:
    """A line that somebody changed on the server since the rollback is not overwritten."""
    twice.live.write_bytes(changed := AFTER.replace(old, new))
    with pytest.raises(InputError, match="not the one that the build saw"):
        activate(twice.folder, twice.live, today=DAY, now=True)
    assert twice.live.read_bytes() == changed


def test_too_soon_after_a_second_activation(server: Server) -> None:
    """A rollback would give back the first new codes: the hint names the file with the old ones instead."""
    both = BEFORE + b"333333333333:old\n", AFTER + b"333333333333:new\n", ANEW + b"333333333333:new\n"
    server.live.write_bytes(both[0])
    for after in both[1:]:
        build(server.folder, both[0], after)
        activate(server.folder, server.live, today=EVE, now=True)
    for _ in range(2):
        with pytest.raises(TooEarlyError, match="on the server already") as caught:
            activate(server.folder, server.live, today=EVE, now=False)
        assert str(server.folder / "htpasswd.before") in caught.value.hint
        roll_back(server.folder, server.live)


def test_old_codes_that_a_rollback_restored_are_not_new_ones(server: Server) -> None:
    """A build that saw the new file in between does not make the old one that is back look like it."""
    activate(server.folder, server.live, today=EVE, now=True)
    build(server.folder, AFTER, ANEW)
    roll_back(server.folder, server.live)
    with pytest.raises(TooEarlyError, match="until then the old ones must work"):
        activate(server.folder, server.live, today=EVE, now=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"222222222222:kept", b"222222222222:older"),
        (b"admin:x\n", b""),
        (b"admin:x\n", b"admin:x\n444444444444:gone\n"),
    ],
    ids=["a kept code", "another user", "an agency of no row"],
)
def test_once_more_touches_no_other_line(server: Server, old: bytes, new: bytes) -> None:
    """A later build that would change anybody else's line is refused: the hint asks for a build that saw that line."""
    activate(server.folder, server.live, today=DAY, now=False)
    build(server.folder, BEFORE, AFTER.replace(b"new", b"newer").replace(old, new))
    with pytest.raises(InputError, match="not the one that the build saw"):
        activate(server.folder, server.live, today=DAY, now=False)
    assert server.live.read_bytes() == AFTER


@posix_only("Windows has no such modes")
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


@pytest.mark.parametrize("now", [True, False])
def test_other_live_file_stops_it(server: Server, now: bool) -> None:  # noqa: FBT001 (a case of the table)
    """A live file that the build did not see is an error of the inputs: the users that differ are named, no hash is."""
    other = BEFORE.replace(b"111111111111:old", b"111111111111:newer") + b"guest:y\n"
    server.live.write_bytes(other)
    with pytest.raises(InputError) as caught:
        activate(server.folder, server.live, today=DAY, now=now)
    (problem,) = caught.value.problems
    assert "111111111111, guest" in problem.message
    assert "newer" not in str(caught.value)
    assert "current.htpasswd" in problem.hint
    assert str(server.live) in str(problem.at)
    assert server.live.read_bytes() == other


def test_a_file_that_differs_in_line_ends_alone_says_so(server: Server) -> None:
    """A copy that an editor of Windows saved names no user; beside a real difference it names that one alone."""
    server.live.write_bytes(BEFORE.replace(b"\n", b"\r\n"))
    with pytest.raises(InputError, match="only the ends of lines differ"):
        activate(server.folder, server.live, today=DAY, now=False)
    server.live.write_bytes((BEFORE + b"guest:y\n").replace(b"\n", b"\r\n"))
    with pytest.raises(InputError, match=r"users that differ: guest\n"):
        activate(server.folder, server.live, today=DAY, now=False)


def test_many_users_that_differ_are_counted(server: Server) -> None:
    """Twenty names are enough to see what happened; the rest is a number."""
    server.live.write_bytes(BEFORE + b"".join(b"user%d:x\n" % number for number in range(25)))
    with pytest.raises(InputError, match=r"user0, user1, .* and 5 more"):
        activate(server.folder, server.live, today=DAY, now=False)


def test_files_of_two_builds_are_not_mixed(server: Server) -> None:
    """A password file that is not the one of the manifest beside it is damage, and nothing is swapped."""
    (server.folder / "htpasswd.after").write_bytes(AFTER + b"guest:y\n")
    with pytest.raises(StateError, match="not of the same build"):
        activate(server.folder, server.live, today=DAY, now=True)
    assert server.live.read_bytes() == BEFORE


@pytest.mark.parametrize("day", [b'"soon"', b"5", b"null"])
def test_a_manifest_without_a_day_is_damaged(day: bytes, server: Server) -> None:
    """A day that cannot be read is told plainly."""
    path = server.folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"%s"' % DAY.isoformat().encode(), day))
    with pytest.raises(StateError, match="damaged"):
        activate(server.folder, server.live, today=DAY, now=False)


def test_rollback_does_not_lose_later_changes(server: Server) -> None:
    """A live file that changed after the swap is not overwritten by a rollback."""
    activate(server.folder, server.live, today=DAY, now=False)
    server.live.write_bytes(AFTER + b"guest:y\n")
    with pytest.raises(InputError, match=r"changed since.*guest"):
        roll_back(server.folder, server.live)
    assert server.live.read_bytes() == AFTER + b"guest:y\n"


def test_a_later_build_leaves_the_way_back_open(server: Server) -> None:
    """A build after the swap, for a reissued code, does not take the way back away."""
    activate(server.folder, server.live, today=DAY, now=False)
    build(server.folder, BEFORE, AFTER.replace(b":new", b":newer"))
    assert roll_back(server.folder, server.live).changed
    assert server.live.read_bytes() == BEFORE


def test_a_second_round_goes_back_one_step(server: Server) -> None:
    """After a build that saw the new file, activate takes its file, and a rollback gives back the one before it."""
    activate(server.folder, server.live, today=DAY, now=False)
    newer = AFTER.replace(b":new", b":newer")
    build(server.folder, AFTER, newer)
    assert activate(server.folder, server.live, today=DAY, now=False).changed
    assert server.live.read_bytes() == newer
    roll_back(server.folder, server.live)
    assert server.live.read_bytes() == AFTER


def test_rollback_without_activation(server: Server) -> None:
    """There is no way back before there was a way out."""
    with pytest.raises(UsageError, match="nothing was activated"):
        roll_back(server.folder, server.live)


def test_missing_pieces_are_told(server: Server) -> None:
    """A missing live file and a campaign that was never built are told plainly."""
    with pytest.raises(UsageError, match="no password file"):
        activate(server.folder, server.live.with_name("other"), today=DAY, now=False)
    with pytest.raises(UsageError, match="not a plain file"):
        activate(server.folder, server.live.parent, today=DAY, now=False)
    for name in ("htpasswd.after", "manifest.json"):
        (server.folder / name).unlink()
        with pytest.raises(StateError, match=rf"never built.*{name}"):
            activate(server.folder, server.live, today=DAY, now=False)


@pytest.mark.parametrize(("hashed", "other"), [(b"$2y$04$", "sha512"), (b"$6$rounds=1000$", "bcrypt")])
def test_hashes_that_this_machine_cannot_check_stop_it(
    server: Server, hashed: bytes, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told with what to do, before the day too; kept lines are not asked about, nor any on the way back."""
    kinds = [hashed[: hashed.index(b"$", 1) + 1], b"$1$"]
    monkeypatch.setattr(
        "site_src.activate.activate.unknown_hashes",
        lambda hashes: tuple({kind for each in hashes for kind in kinds if each.startswith(kind)}),
    )
    before = BEFORE.replace(b"kept", b"$1$kept")
    after = before.replace(b"old", hashed + b"salt")
    server.live.write_bytes(before)
    build(server.folder, before, after)
    with pytest.raises(InputError, match=r"libcrypt of this machine .*nginx would answer 500") as caught:
        activate(server.folder, server.live, today=DAY, now=False)
    (problem,) = caught.value.problems
    assert f'hash = "{other}"' in problem.hint
    with pytest.raises(TooEarlyError, match="1 December 2020") as rehearsal:
        activate(server.folder, server.live, today=EVE, now=False)
    assert "libcrypt" in rehearsal.value.hint
    monkeypatch.setattr("site_src.activate.activate.unknown_hashes", lambda _: ())
    activate(server.folder, server.live, today=DAY, now=False)
    monkeypatch.setattr("site_src.activate.activate.unknown_hashes", lambda _: (b"$2y$",))
    assert roll_back(server.folder, server.live).changed


@posix_only("a link needs a right of its own on Windows")
def test_no_link_is_followed(server: Server) -> None:
    """A link in the place of the live file is refused with the name of the file behind it, and is not touched."""
    link = server.live.with_name("link")
    link.symlink_to(server.live)
    with pytest.raises(UsageError, match="is a link") as caught:
        activate(server.folder, link, today=DAY, now=False)
    assert str(server.live) in caught.value.hint
    activate(server.folder, server.live, today=DAY, now=False)
    with pytest.raises(UsageError, match="is a link"):
        roll_back(server.folder, link)
    assert (link.is_symlink(), server.live.read_bytes()) == (True, AFTER)


@posix_only("a link needs a right of its own on Windows")
@pytest.mark.parametrize("name", [REPLACED_NAME, ACTIVATED_NAME, "htpasswd.before", "htpasswd.after", "manifest.json"])
def test_no_link_beside_the_manifest_is_followed(server: Server, name: str) -> None:
    """Another file that a link names must not end up where the server's users can read it."""
    activate(server.folder, server.live, today=DAY, now=False)
    secret = server.folder.parent / "shadow"
    (server.folder / name).rename(secret)
    (server.folder / name).symlink_to(secret)
    with pytest.raises(UsageError, match=f"{name}.*is a link"):
        activate(server.folder, server.live, today=DAY, now=False)
    assert server.live.read_bytes() == AFTER


@posix_only("Windows has no such modes")
def test_root_trusts_no_campaign_folder_that_others_may_write(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else anybody could put a password file of their own there before the day; both ways, also as a rehearsal."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    server.folder.chmod(0o775)
    with pytest.raises(MachineError, match="other users than root may write") as caught:
        activate(server.folder, server.live, today=EVE, now=False)
    assert f"chmod go-w {server.folder}" in caught.value.hint
    with pytest.raises(MachineError, match="other users than root may write"):
        roll_back(server.folder, server.live)


def labels(path: Path) -> dict[str, bytes]:
    """The extended attributes of a file, in which Linux keeps ACLs and SELinux's labels too."""
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="this system has no extended attributes")
def test_labels_and_access_lists_stay(server: Server) -> None:
    """Extended attributes and the access list of the old file stand on the new one, and on the old one again."""
    # An access list as Linux keeps it: version 2; owner rw-, user 12345 r--, group ---, mask r--, others ---.
    entries = ((1, 6, -1), (2, 4, 12345), (4, 0, -1), (16, 4, -1), (32, 0, -1))
    access = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    try:
        os.setxattr(server.live, "user.thyrida", b"label")
        os.setxattr(server.live, "system.posix_acl_access", access)
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    before = labels(server.live)
    assert {"user.thyrida", "system.posix_acl_access"} <= before.keys()
    activate(server.folder, server.live, today=DAY, now=False)
    assert labels(server.live) == before
    roll_back(server.folder, server.live)
    assert labels(server.live) == before


DISK = ("open", "fsync", "replace", "rename", "fchown", "fchmod", "unlink")


@posix_only("a command that is killed within the test's process leaves its files open, which Windows does not replace")
@pytest.mark.parametrize("back", [False, True], ids=["activate", "rollback"])
def test_stopped_at_any_step_leaves_the_old_or_the_new_file(server: Server, back: bool) -> None:  # noqa: FBT001 (a case)
    """Stopped at any call that touches the disk, the live file is the old or the new one, and a second try succeeds."""
    for step in count(1):
        server.live.write_bytes(BEFORE)
        for name in (REPLACED_NAME, ACTIVATED_NAME):
            (server.folder / name).unlink(missing_ok=True)
        if back:
            activate(server.folder, server.live, today=DAY, now=False)
        with pytest.MonkeyPatch.context() as monkeypatch:
            ended = not stopped(server, step, monkeypatch, back=back)
        assert server.live.read_bytes() in {BEFORE, AFTER}
        swap(server, back=back)
        assert server.live.read_bytes() == (BEFORE if back else AFTER)
        assert (server.folder / REPLACED_NAME).read_bytes() == BEFORE
        assert [path.name for path in server.live.parent.iterdir()] == ["htpasswd"]
        if ended:
            break
    assert step > (5 if back else 12)


def swap(server: Server, *, back: bool) -> None:
    """One way or the other."""
    if back:
        roll_back(server.folder, server.live)
    else:
        activate(server.folder, server.live, today=DAY, now=False)


def stopped(server: Server, step: int, monkeypatch: pytest.MonkeyPatch, *, back: bool) -> bool:
    """Return whether the swap was stopped at its call of this number; False if it makes fewer calls."""
    calls = 0

    def counted(name: str, original: object) -> object:
        def call(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == step:
                raise KeyboardInterrupt(name)
            return original(*arguments, **options)  # type: ignore[operator] # it is the function that it replaces

        return call

    for name in DISK:
        monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
    try:
        swap(server, back=back)
    except KeyboardInterrupt:
        return True
    return False


@posix_only("Windows replaces no file by os.rename")
def test_the_way_back_is_on_the_disk_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files are on the disk, and the folder that names the kept ones, before the live file gives way."""
    events: list[object] = []

    def note_sync(descriptor: int) -> None:
        events.append(os.fstat(descriptor).st_ino)

    def note_rename(source: Path, target: Path) -> None:
        events.append(Path(target).name)
        os.rename(source, target)  # noqa: PTH104 (it stands in for os.replace itself)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_rename)
    activate(server.folder, server.live, today=DAY, now=False)
    private, public = server.folder.stat().st_ino, server.live.parent.stat().st_ino
    kept = [(server.folder / name).stat().st_ino for name in (REPLACED_NAME, ACTIVATED_NAME)]
    saved = [REPLACED_NAME, private, ACTIVATED_NAME, private]
    assert events == [server.live.stat().st_ino, *kept, *saved, "htpasswd", public]


@posix_only("Windows has no such modes")
def test_folder_that_cannot_be_written(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that refuses the rename is told as such; the live file stays, and nothing lies beside it."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(MachineError, match="cannot be replaced and is as it was: Permission denied"):
        activate(server.folder, server.live, today=DAY, now=False)
    assert server.live.read_bytes() == BEFORE
    assert [path.name for path in server.live.parent.iterdir()] == ["htpasswd"]
    assert not (server.folder / ACTIVATED_NAME).exists()  # else a build would take the codes to be in force


@pytest.mark.parametrize(("day", "status", "said"), [(DAY, 0, "3"), (EVE, 4, "1 Δεκεμβρίου 2020")])
def test_it_needs_no_package(server: Server, root: Path, day: date, status: int, said: str) -> None:
    """A server's own Python does it, without a virtual environment, and says it in Greek."""
    script = (
        f"import datetime, sys\nclass Day(datetime.date): today = lambda: Day({day.year}, {day.month}, {day.day})\n"
        f"datetime.date = Day\nsys.path.insert(0, {str(root)!r})\n"
        "from site_src.cli import main\nsys.exit(main(sys.argv[1:]))"
    )
    arguments = ["activate", server.folder.name, "--lang=el", f"--private={server.folder.parent}"]
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", script, *arguments, f"--password-file={server.live}"]
    done = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
    assert (done.returncode, said in done.stdout + done.stderr) == (status, True), done.stderr
