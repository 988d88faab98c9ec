"""Put codes into force on their day, with a way back, and give single agencies another one.

The live password file gives way to the new one in one step. nginx reads the file at every request and Apache too, so
neither needs a reload.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.activate.live_file import Seen, look, look_at_live, refuse_open_folders, replace_live, unknown_hashes
from site_src.files import htpasswd
from site_src.files.htpasswd import lines_of, users_of
from site_src.files.private import ACTIVATED_NAME, AFTER_NAME, BEFORE_NAME, MANIFEST_NAME, REPLACED_NAME, put_private
from site_src.language.say import say, say_day, say_some
from site_src.plan.manifest import USERS_NAMED, Manifest, read_manifest
from site_src.problems import Place, Problem, Problems, StateError, TooEarlyError, Topic, UsageError
from site_src.read.agency import STATUSES, Status

if TYPE_CHECKING:
    from site_src.read.inputs import CampaignInputs, Inputs

# No campaign ends more than half of the codes but by mistake: an annex that lost its addresses, another site's file.
USERS_LOST_MOST = 1 / 2


@dataclass(frozen=True)
class Swap:
    """The users of the live file now, and whether it was replaced or had the right bytes already."""

    users: int
    changed: bool


def activate(folder: Path, live: Path, *, today: date, now: bool, drop_users: bool = False) -> Swap:
    """Put ``htpasswd.after`` of a campaign's private ``folder`` into the place of the ``live`` file.

    Before the effective day this is a TooEarlyError unless ``now`` is set; it says whether the live file would do, or
    has the new codes too soon. A live file that is neither the one which the build saw nor the new one already is an
    InputError: nothing is merged in silence. The file that an earlier call or a rollback put there will do, too: a code
    that was given anew since then is swapped once more. A new file without users is an InputError, and so is one whose
    hashes this machine cannot check, and, without ``drop_users``, one that takes away more than half of the live
    file's. Raises StateError where the files of the build do not belong together.
    """
    refuse_open_folders(folder.resolve(), must_be_roots=False)
    before, after, manifest = _built(folder)
    seen = look_at_live(live)
    found = seen.content
    activated, replaced = _kept(folder, ACTIVATED_NAME), _kept(folder, REPLACED_NAME)
    put_there = found in {activated, replaced} and _differ_in_codes(found, after, manifest)
    will_do = found in {before, after} or put_there
    stops = Problems()
    if not will_do:
        message = say("the live password file is not the one that the build saw")
        hint = say("copy it to private/current.htpasswd and build again")
        _report_difference(seen, before, message, hint, stops)
    _check_hashes(folder / AFTER_NAME, found, after, stops)
    _check_users(folder / AFTER_NAME, found, after, stops, drop_users=drop_users)
    if today < manifest.effective and not now:
        days = {"day": say_day(manifest.effective), "today": say_day(today)}
        if will_do and found != before and (found == activated or _has_new_codes(found, before, after)):
            by_hand = (found, before) != (activated, replaced)
            raise _there_before_the_day(folder, days, by_hand=by_hand)
        raise _too_early(days, stops.all())
    stops.stop_on_errors()
    if found != after:
        kept = {folder / REPLACED_NAME: found, folder / ACTIVATED_NAME: after}
        replace_live(seen, after, lambda: put_private(kept))
    return Swap(len(users_of(after)), changed=found != after)


def roll_back(folder: Path, live: Path) -> Swap:
    """Restore the live file that the last :func:`activate` replaced, byte for byte, whatever was built since.

    Raises UsageError where it was never replaced, and InputError where it has changed since.
    """
    refuse_open_folders(folder.resolve(), must_be_roots=False)
    backup, problems = folder / REPLACED_NAME, Problems()
    replaced = _kept(folder, REPLACED_NAME)
    if replaced is None:
        message = say('nothing was activated: there is no "{file}"', file=backup)
        raise UsageError(message, say("there is nothing to go back to"))
    ours = _kept(folder, ACTIVATED_NAME) or replaced
    seen = look_at_live(live)
    if seen.content not in {replaced, ours}:
        message = say("the live password file has changed since the new one was put there")
        hint = say('nothing was overwritten; the file before the swap is "{file}"', file=backup)
        _report_difference(seen, ours, message, hint, problems)
    problems.stop_on_errors()
    if seen.content != replaced:
        replace_live(seen, replaced, lambda: None)
    (folder / ACTIVATED_NAME).unlink(missing_ok=True)  # a build would take the codes for valid
    return Swap(len(users_of(replaced)), changed=seen.content != replaced)


def _differing(one: bytes, other: bytes) -> list[str]:
    """Return the users in whom two password files differ."""
    users, others = users_of(one), users_of(other)
    return sorted(user for user in users.keys() | others.keys() if users.get(user) != others.get(user))


def _kept(folder: Path, name: str) -> bytes | None:
    try:
        return look(folder / name).content
    except FileNotFoundError:
        return None


def _differ_in_codes(one: bytes, other: bytes, manifest: Manifest) -> bool:
    """Return whether two password files differ in nothing but the codes that this campaign gives or ends."""
    ours = {username for username, record in manifest.agencies.items() if record.status != Status.KEEPS}
    return ours.issuperset(_differing(one, other))


def _has_new_codes(found: bytes, before: bytes, after: bytes) -> bool:
    """Return whether somebody's line is already as it will be, and not as it was."""
    now, was, will_be = map(users_of, (found, before, after))
    return any(was.get(user) != now.get(user) == will_be.get(user) for user in was.keys() | will_be.keys())


def _built(folder: Path) -> tuple[bytes, bytes, Manifest]:
    """Return the password files that the build saw and made, and its manifest."""
    try:
        _, before, after = (look(folder / name).content for name in (MANIFEST_NAME, BEFORE_NAME, AFTER_NAME))
    except FileNotFoundError as error:
        message = say('this campaign was never built: there is no "{file}"', file=error.filename)
        raise StateError(message, say("build it first")) from error
    manifest = read_manifest(folder / MANIFEST_NAME) or Manifest()
    if hashlib.sha256(after).hexdigest() != manifest.htpasswd_after:
        names = {"manifest": MANIFEST_NAME, "before": BEFORE_NAME, "after": AFTER_NAME}
        message = say('"{file}" and {manifest} beside it are not of the same build', file=folder / AFTER_NAME, **names)
        raise StateError(message, say("copy {manifest}, {before} and {after} here together, or build again", **names))
    return before, after, manifest


def _too_early(days: Mapping[str, str], stops: Sequence[Problem]) -> TooEarlyError:
    """Return the error for a try before the day, which is a rehearsal: with all that would stop the swap on the day."""
    message = say("the new codes are valid from {day}, and today is {today}: until then the old ones must work", **days)
    if stops:
        found = ". ".join(say("{problem}; {hint}", problem=each.message, hint=each.hint) for each in stops)
        return TooEarlyError(message, say("{problems}. This would stop the swap on that day too", problems=found))
    hint = say("run this on {day}, or add --now if you are sure; the live file is the one that the build saw", **days)
    return TooEarlyError(message, hint)


def _there_before_the_day(folder: Path, days: Mapping[str, str], *, by_hand: bool) -> TooEarlyError:
    """Return the error for a swap that came too soon, with ``--now`` or by hand: the codes in use no longer work."""
    message = say(
        "the new codes are on the server already, but are valid from {day}, and today is {today}: until then the old "
        "ones should work",
        **days,
    )
    back = say("to go back to the old ones, run this with --rollback; if it is meant, add --now")
    if by_hand:
        before = folder / BEFORE_NAME
        back = say('to go back to the old ones, put "{before}" in its place; if it is meant, add --now', before=before)
    return TooEarlyError(message, back)


def _check_hashes(new: Path, found: bytes, after: bytes, problems: Problems) -> None:
    """Report new lines that a server on this machine could not check; it has checked the others till now."""
    known = set(lines_of(found))
    lines = [line for line in lines_of(after) if line not in known]
    ours = [line for line in lines if any(htpasswd.is_of_kind(line, kind) for kind in htpasswd.KINDS)]
    for prefix in unknown_hashes(map(htpasswd.hash_of, ours)):
        other = htpasswd.SHA512 if prefix == htpasswd.BCRYPT_PREFIX else htpasswd.BCRYPT
        message = say(
            "the libcrypt of this machine cannot check the new hashes ({prefix}…): nginx would answer 500 to everybody",
            prefix=prefix.decode(errors="replace"),
        )
        hint = say(
            'write hash = "{hash}" under [server] of site.toml, build, and copy the files here again', hash=other
        )
        problems.error(Topic.ACCESS, message, hint=hint, at=Place(str(new)))


def _check_users(new: Path, found: bytes, after: bytes, problems: Problems, *, drop_users: bool) -> None:
    """Report a new file with which nobody, or hardly anybody, could log in any more."""
    users, left = users_of(found), users_of(after)
    lost = sum(user not in left for user in users)
    if not left:
        message = say("the new password file has no users: nobody could log in any more")
        hint = say("look into the campaign's annex, build again, and give the administrator the new files")
    elif lost > len(users) * USERS_LOST_MOST and not drop_users:
        counts = {"number": lost, "all": len(users)}
        message = say("the new password file takes away {number} of the {all} users of the live one", **counts)
        hint = say(
            "look whether this is the right campaign and the right file, and its annex whole; if it is meant, add "
            "--drop-users"
        )
    else:
        return
    problems.error(Topic.ACCESS, message, hint=hint, at=Place(str(new)))


def _report_difference(live: Seen, expected: bytes, message: str, hint: str, problems: Problems) -> None:
    """Report that the live file is not the expected one, with the users in whom the two differ."""
    ours, theirs = (content.replace(htpasswd.WINDOWS_END, b"\n") for content in (live.content, expected))
    none = say("none: only comments, empty or repeated lines differ")
    if ours == theirs:
        none = say("none: only the ends of lines differ, which a transfer as text or an editor of Windows changes")
    named = say_some(_differing(ours, theirs), USERS_NAMED) or none
    message = say("{message}; users that differ: {users}", message=message, users=named)
    problems.error(Topic.ACCESS, message, hint=hint, at=Place(str(live.path)))


def reissue(inputs: Inputs, usernames: Sequence[str]) -> Mapping[str, int]:
    """Write the next generation of each user name into campaign.toml, and return them. Comments in the file stay.

    The next build takes them up. ``inputs`` has one campaign. Raises StateError where it is over, and InputError, with
    nothing written, where an agency does not get a new code.
    """
    from site_src.read.content.toml_files import CAMPAIGN_FILE
    from site_src.read.content.toml_table import change

    if inputs.over:
        slug = inputs.over[0].campaign.slug
        message = say('the round of "{slug}" is over: it gives no letters any more', slug=slug)
        raise StateError(message, say("where it is to go on, write a later files_until into its campaign.toml"))
    (read,) = inputs.campaigns
    _check_reissue(read, usernames)
    generations = {name: read.campaign.reissue.get(name, 1) + 1 for name in dict.fromkeys(usernames)}
    change(read.campaign.path / CAMPAIGN_FILE, {f"reissue.{name}": number for name, number in generations.items()})
    return generations


def _check_reissue(inputs: CampaignInputs, usernames: Sequence[str]) -> None:
    statuses = {agency.username: agency.status for agency in inputs.agencies}
    at, problems = Place(file=inputs.annex.name, campaign=inputs.shown_slug), Problems()
    for username in usernames:
        status = statuses.get(username)
        if status is None:
            hint = say("copy the 12 digits from the annex")
            message = say("the annex has no agency with this user name")
            problems.error(Topic.USERNAME, message, hint=hint, at=at, value=username)
        elif status is not Status.NEW:
            hint = say("change the agency in the annex or in keeps_code first")
            message = say("this agency gets no code in this campaign ({why})", why=say(STATUSES[status]))
            problems.error(Topic.STATUS, message, hint=hint, at=at, value=username)
    problems.stop_on_errors()
