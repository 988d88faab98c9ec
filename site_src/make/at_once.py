"""Make each agency's letter: set it, seal it, open it again, compare, and write it into the staged site."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from site_src.files.disk import carry_over, write_public
from site_src.files.htpasswd import hash_code, is_of_kind, opens, password_file_after, users_of
from site_src.files.private import AFTER_NAME
from site_src.folders import archive_path, download_folder
from site_src.language.say import say
from site_src.make.archives import BadZipFile, reopen, seal
from site_src.make.letters import Recipient, Typesetter
from site_src.make.pages import Archive
from site_src.plan.plan import Assignment, Plan
from site_src.problems import InputError, MachineError, Problems, Topic
from site_src.read.agency import Status
from site_src.read.inputs import Document

# Letters, or hashes, that a thread makes before it asks for more. The letters of a batch are all set before any is
# sealed: the processor's caches then keep what each kind of work needs. A long last batch would leave others idle.
AT_ONCE = 10

Made = TypeVar("Made")


def _unproved(message: str) -> MachineError:
    """Return the error for an archive that does not give its letter back, or a hash that does not take its code."""
    hint = say("nothing was published; build again, and if it happens again test this machine's memory")
    return MachineError(message, hint)


@contextmanager
def workers(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Provide threads; Typst, OpenSSL and bcrypt release the interpreter's lock. An error cancels what is waiting."""
    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def start_archives(
    plan: Plan, out: Path, staging: Path, pool: ThreadPoolExecutor, progress: Callable[[], None]
) -> Callable[[], dict[str, Archive]]:
    """Put every archive of the campaign into ``staging``: made, or carried over from ``out`` if nothing changed.

    The pool makes them while other work goes on; what comes back waits for all, and returns size and SHA-256.
    ``progress`` is called after each letter that was made.
    """
    published, staged = (download_folder(root, plan.campaign.slug) for root in (out, staging))
    typesetter = Typesetter(plan.inputs.letter)
    for username in plan.changes.unchanged:
        carry_over(archive_path(published, username), archive_path(staged, username))

    def make_batch(usernames: Sequence[str]) -> Iterator[Archive]:
        letters = [_set_letter(typesetter, plan, plan.assignments[username]) for username in usernames]
        for username, letter in zip(usernames, letters, strict=True):
            data = _make_archive(plan, plan.assignments[username], letter)
            write_public(archive_path(staged, username), data)
            progress()
            yield Archive(len(data), hashlib.sha256(data).hexdigest())

    records = {username: plan.records[username] for username in plan.changes.unchanged}
    kept = {username: Archive(record.size, record.sha256) for username, record in records.items()}
    return _start(make_batch, plan, kept, pool)


def _make_archive(plan: Plan, assignment: Assignment, letter: bytes) -> bytes:
    """Return the archive, which gave its documents back when it was opened again."""
    documents = (Document(f"{assignment.agency.username}.pdf", letter), *assignment.enclosures)
    archive = seal(documents, assignment.email, plan.key, plan.campaign.circular.date)
    try:
        found = reopen(archive, assignment.email)
    except BadZipFile:
        found = None
    if found != documents:
        username = assignment.agency.username
        raise _unproved(say('the archive of "{username}" does not give its letter back', username=username))
    return archive


def _set_letter(typesetter: Typesetter, plan: Plan, assignment: Assignment) -> bytes:
    """Return the letter; an agency's name that the fonts cannot show is a mistake in the annex."""
    import typst

    agency = assignment.agency
    try:
        return typesetter.set_letter(Recipient(agency=agency.name, username=agency.username, code=assignment.code))
    except typst.TypstError as error:
        problems = Problems()
        hint = say("write the name with Greek or Latin letters, and no pictures or invisible characters")
        message = say("Typst cannot set this agency's letter: {error}", error=str(error).splitlines()[0])
        at = replace(agency.name_at, campaign=plan.inputs.shown_slug)
        problems.error(Topic.NAME, message, hint=hint, at=at, value=agency.name)
        raise InputError(problems.all()) from error


def start_hashing(plan: Plan, private: Path, kind: str, pool: ThreadPoolExecutor) -> Callable[[], dict[str, bytes]]:
    """Let the pool make the new lines of the password file while other work goes on; what comes back collects them.

    Lines of the last build's file in ``private`` serve again where code and ``kind`` of hash are the same, since a hash
    costs as much as half a letter.
    """
    kept = _lines_to_reuse(plan, private, kind)
    return _start(lambda names: [_make_line(plan, plan.assignments[name], kind) for name in names], plan, kept, pool)


def _make_line(plan: Plan, assignment: Assignment, kind: str) -> bytes:
    """Return the line, checked with its code: a wrong one would lock its agency out in every later build too."""
    username = assignment.agency.username
    line = hash_code(plan.key.hash_salt(username, assignment.code), username, assignment.code, kind)
    if not opens(line, assignment.code):
        raise _unproved(say('the hash of "{username}" does not take its code', username=username))
    return line


def _start(
    work: Callable[[Sequence[str]], Iterable[Made]], plan: Plan, kept: Mapping[str, Made], pool: ThreadPoolExecutor
) -> Callable[[], dict[str, Made]]:
    """Let the pool do this work for all agencies that get a code, but for those whose result is ``kept``.

    The function that is returned waits for all of it, once, and gives the results by user name, in the annex's order.
    """
    missing = [username for username in plan.assignments if username not in kept]

    def do(batch: Sequence[str]) -> dict[str, Made]:
        return dict(zip(batch, work(batch), strict=True))

    begun = [pool.submit(do, missing[start : start + AT_ONCE]) for start in range(0, len(missing), AT_ONCE)]

    def collect() -> dict[str, Made]:
        made = dict(kept)
        for future in begun:
            made |= future.result()
        return {username: made[username] for username in plan.assignments}

    return collect


def make_password_file(plan: Plan, new_lines: Mapping[str, bytes], *, drop_others: bool) -> bytes:
    """Return the password file as it must be from the effective day."""
    gone = [agency.username for agency in plan.inputs.with_status(Status.CONTACT_US)]
    others = other_users(plan) if drop_others else ()
    return password_file_after(plan.inputs.passwords or b"", new_lines, [*gone, *others])


def other_users(plan: Plan) -> tuple[str, ...]:
    """Return the users of the server's password file who are in no row of the annex."""
    return tuple(user for user in users_of(plan.inputs.passwords or b"") if user not in plan.records)


def _lines_to_reuse(plan: Plan, private: Path, kind: str) -> dict[str, bytes]:
    path = private / plan.campaign.slug / AFTER_NAME
    old_after = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(old_after).hexdigest() != plan.previous.htpasswd_after:
        return {}
    users = users_of(old_after)
    old = plan.previous.agencies
    return {
        username: users[username]
        for username in plan.assignments
        if username in users and is_of_kind(users[username], kind)
        if username in old and old[username].code == plan.records[username].code
    }
