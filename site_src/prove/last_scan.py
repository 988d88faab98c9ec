"""Look through the whole staged site once more: no address, code or key may be in a file, or in a file's name."""

from __future__ import annotations

import hashlib
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

from site_src.files.looked import mark_of
from site_src.files.walk import files_below
from site_src.folders import PAGE_NAME
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.prove.leaks import Leak, find_leaks, leaks_in, look_at_name
from site_src.prove.secrets import Secrets, kinds_in

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from site_src.plan.plan import Plan
    from site_src.read.inputs import Inputs

BYTES_AT_ONCE = 1 << 18  # new in the pages that are read together; each reading of it takes memory
APART = b"\n;\n"  # between what is read together: no address goes on across it
ALL_PAGES = b"all pages"  # what the note of a build names by the mark of its secrets alone
MARKS_MAX = 100_000  # lines that are known again


def scan_site(
    root: Path, inputs: Inputs, plans: Sequence[Plan], problems: Problems, kept: Container[str]
) -> dict[str, str]:
    """Report the leaks of every file below ``root`` but the archives, which were opened when they were made.

    The pages that are ``kept`` are byte for byte those of the last build, which looked for its secrets in them. They
    are passed over only if this build has the same secrets. One changed address is another password, with another
    code, which nobody has searched for in the old pages: then all of them are looked through again.

    Returns the SHA-256 of each.
    """
    secrets = _secrets_of(inputs, plans)
    all_pages = mark_of(ALL_PAGES, secrets.fingerprint)
    if all_pages not in inputs.looked.before:
        kept = ()
    inputs.looked.now.add(all_pages)
    archives = {plan.archive_name(username) for plan in plans for username in plan.letters}
    pages, digests = PageScan(secrets), {}
    found: list[tuple[str, Leak]] = []
    for name in files_below(root):
        if name in archives:
            continue
        data = (root / name).read_bytes()
        digests[name] = hashlib.sha256(data).hexdigest()
        if name in kept:
            continue
        if name.rpartition("/")[2] == PAGE_NAME:  # no attachment may bear this name
            found += pages.look(name, data)
        else:
            looked = inputs.looked if name.startswith("circulars/") else None
            found += [(name, leak) for leak in find_leaks(name, data, secrets, looked)]
    found += pages.finish()
    for name in (name for plan in plans for name in _sealed_names(plan)):  # no archive hides them
        found += [(name, leak) for leak in look_at_name(name, secrets)[1]]
    for name, leak in dict.fromkeys(found):
        take_out = say("take it out of the text or the attachment that this file comes from; nothing was published")
        at = Place(file=look_at_name(name, secrets)[0])
        problems.error(Topic.LEAK, leak.message, hint=leak.hint or take_out, at=at)
    return digests


def _secrets_of(inputs: Inputs, plans: Sequence[Plan]) -> Secrets:
    return Secrets.of(
        emails=(email for each in inputs.campaigns for agency in each.agencies for email in agency.emails),
        codes=(assignment.code for plan in plans for assignment in plan.assignments.values()),
        policies=(each.campaign.code for each in inputs.campaigns),
        keys=(plan.key.secret for plan in plans),
    )


def _sealed_names(plan: Plan) -> Iterator[str]:
    for username, documents in plan.inputs.enclosures.items():
        yield from (f"files/{username}/{document.name}" for document in documents)


class PageScan:
    """Looks through pages of ours, which are text alone: nothing is packed in them.

    What staff wrote for them was looked through as they gave it (``check_exposed``). Pages share most of their lines,
    so a line is read once and not a thousand times. Lines go in pairs of neighbours: whatever a page writes across a
    line end is seen too.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._seen: set[int] = set()
        self._waiting: dict[str, bytes] = {}
        self._waiting_bytes = 0

    def look(self, name: str, page: bytes) -> Iterator[tuple[str, Leak]]:
        """Yield the leaks that are known by now, each with the name of its file."""
        self._waiting[name] = self._new_in([*BytesIO(page), b""])
        self._waiting_bytes += len(self._waiting[name])
        if self._waiting_bytes >= BYTES_AT_ONCE:
            yield from self.finish()

    def _new_in(self, lines: list[bytes]) -> bytes:
        """Return the pairs that no page had before, those that share a line as one text."""
        marks = list(map(hash, pairwise(lines)))  # 64 bits under a random key, so nobody can make two pairs collide
        new = set(marks) - self._seen
        if len(self._seen) + len(new) > MARKS_MAX:
            self._seen.clear()  # what pages share comes back at once
        self._seen |= new
        text: list[bytes] = []
        end = -1
        for place, mark in enumerate(marks):
            if mark in new:
                new.remove(mark)
                text += [lines[place + 1]] if place == end else [APART, lines[place], lines[place + 1]]
                end = place + 1
        return b"".join(text)

    def finish(self) -> Iterator[tuple[str, Leak]]:
        """Yield the leaks in what is left to be read."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, {}, 0
        names = (name.encode(errors="replace") for name in waiting)
        if kinds_in(APART.join((*names, *waiting.values())), self._secrets):
            for name, text in waiting.items():
                shown, found = look_at_name(name, self._secrets)
                yield from ((name, leak) for leak in (*found, *leaks_in(text, shown, self._secrets)))
