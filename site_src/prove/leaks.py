"""Look for addresses, codes and keys in all that is published; report where a secret is, never which.

All that staff give is looked through as it is read, and the whole staged site once more before it is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.looked import Looked, mark_of
from site_src.files.text import Room
from site_src.files.walk import files_below
from site_src.folders import PAGE_NAME
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.prove.parts import UNPACKED_BYTES_MAX, Part, parts_of
from site_src.prove.secrets import PIECE_BYTES, Secrets, kinds_in
from site_src.read.inputs import CircularInputs, Inputs

if TYPE_CHECKING:
    from site_src.plan.plan import Plan

_Published = tuple[Place, bytes, str]  # what is published of a file, and its text as staff wrote it, by lines

# An office document holds plain parts, and one of them may be a document again. No document is deeper.
DEPTH_MAX = 3

# Of pages.
APART = b"\n;\n"  # between what is read together: no address goes on across it
MARKS_MAX = 100_000  # lines that are known again


@dataclass(frozen=True)
class Leak:
    """Say in a sentence where a secret is; the hint is empty where it is simply to be taken out."""

    message: str
    hint: str = ""


def find_leaks(name: str, data: bytes, secrets: Secrets, looked: Looked | None = None) -> list[Leak]:
    """Return where a file leaks. ``name`` is the file's path, which is published too.

    What was ``looked`` through before is not read again. What is inside a file is taken to be as long as the file:
    nobody knows before it is unpacked.
    """
    looked = looked or Looked()
    shown, found = look_at_name(name, secrets)
    mark = mark_of(data, secrets.fingerprint)
    if mark not in looked.before | looked.now:
        with looked.showing(say("Looking through {name}", name=shown), 2 * len(data) // PIECE_BYTES) as step:
            look = _Look(secrets=secrets, room=Room(UNPACKED_BYTES_MAX), step=step)
            found += dict.fromkeys(look.inside(shown, data, 0))
    if not found:
        looked.now.add(mark)
    return found


def look_at_name(name: str, secrets: Secrets) -> tuple[str, list[Leak]]:
    """Return what messages may call the file, which is its name unless that leaks by itself, and what it leaks."""
    if kinds := kinds_in(name.encode(errors="replace"), secrets):
        hint = say("give the file another name: names can be read by everybody, those in an agency's archive too")
        found = [Leak(say("{secret} stands in a file's name", secret=say(kind)), hint) for kind in kinds]
        return say("(its name is not shown here)"), found
    return name, []


def leaks_in(data: bytes, name: str, secrets: Secrets, *step: Callable[[], None]) -> Iterator[Leak]:
    """Yield where these bytes of a file leak, whatever may be packed in them."""
    for kind in kinds_in(data, secrets, *step):
        yield Leak(say("{secret} stands in the file {name}", secret=say(kind), name=name))


@dataclass(frozen=True, kw_only=True)
class _Look:
    """Look at one file and all that is inside it."""

    secrets: Secrets
    room: Room
    step: Callable[[], None]

    def inside(self, name: str, data: bytes, depth: int) -> Iterator[Leak]:
        """Yield where the bytes leak, and the parts in them."""
        yield from leaks_in(data, name, self.secrets, self.step)
        for number, part in enumerate(parts_of(data, self.room), start=1):
            if part.data and depth == DEPTH_MAX:
                message = say("the file {name} is too deep in containers to be looked into", name=name)
                yield Leak(message, say("give the innermost files themselves"))
                return
            yield from self._part(name, number, part, depth)

    def _part(self, name: str, number: int, part: Part, depth: int) -> Iterator[Leak]:
        inside = say("{name}, in its part {part}", name=name, part=part.label) if part.label else name
        if kinds := kinds_in(part.label.encode(errors="replace"), self.secrets):
            inside = say("{name}, in its part {part}", name=name, part=number)
            for kind in kinds:
                yield Leak(say("{secret} stands in the name of a part of the file {name}", secret=say(kind), name=name))
        if part.trouble:
            message, hint = part.trouble
            yield Leak(say(message, name=inside), say(hint))
        yield from leaks_in(part.text, inside, self.secrets, self.step)
        if part.data:
            yield from self.inside(inside, part.data, depth + 1)


def check_exposed(inputs: Inputs, problems: Problems) -> None:
    """Report each text, fact, attachment and name of a file that would publish an address of an annex.

    The build looks through every finished file once more; here a mistake is found with all the others. No earlier
    problem repeats such a name.
    """
    secrets = Secrets.of(email for each in inputs.campaigns for agency in each.agencies for email in agency.emails)
    problems.rename_files(lambda name: look_at_name(name, secrets)[0])
    _report(_of_site(inputs), secrets, inputs.looked, problems)
    for each in inputs.all:
        own = Problems()
        _report(_of_campaign(each), secrets, inputs.looked, own)
        problems.extend(own.all(), each.shown_slug)


def _report(published: Iterable[_Published], secrets: Secrets, looked: Looked, problems: Problems) -> None:
    for at, data, source in published:
        shown = replace(at, file=look_at_name(at.file, secrets)[0])
        for leak in find_leaks(at.file, data, secrets, looked):
            hint = leak.hint or say("take it out there: an address of the annex is the password of an archive")
            lines = enumerate(source.splitlines(), start=1)
            alone = [number for number, line in lines if leak in find_leaks(at.file, line.encode(), secrets)]
            for line in alone or [0]:  # none has it alone where placeholders or markup put it together
                problems.error(Topic.LEAK, leak.message, hint=hint, at=replace(shown, line=line))


def _of_site(inputs: Inputs) -> Iterator[_Published]:
    for key, text in _texts("", inputs.site):
        yield Place(file="site.toml", cell=key), text.encode(), ""
    if logo := inputs.site.logo:
        yield Place(file=logo.name), logo.content, ""
    for page in inputs.pages:
        yield Place(file=page.file), f"{page.title}\n{page.html}".encode(), page.source


def _of_campaign(inputs: CircularInputs) -> Iterator[_Published]:
    for name in ("folder", "circular"):  # the facts that pages and letters show
        for key, text in _texts(name, getattr(inputs.campaign, name)):
            yield Place(file="campaign.toml", cell=key), text.encode(), ""
    yield Place(file="circular.md"), str(inputs.circular.html).encode(), inputs.circular.source
    for path in inputs.attachments:
        yield Place(file=f"attachments/{path.name}"), path.read_bytes(), ""
    yield from ((Place(file=name), b"", "") for name in _sealed_names(inputs))


def _sealed_names(inputs: CircularInputs) -> Iterator[str]:
    """Yield the names of the documents in archives, which hide what is in them, but not what they are called."""
    for username, documents in inputs.enclosures.items():
        yield from (f"files/{username}/{each.name}" for each in documents)


def _texts(key: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield every text in the facts, with its key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(key, item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(f"{key}.{field.name}".lstrip("."), getattr(value, field.name))


def scan_site(root: Path, inputs: Inputs, plans: Sequence[Plan], problems: Problems) -> dict[str, str]:
    """Report the leaks of every file below ``root`` but the archives, which were opened when they were made.

    Returns the SHA-256 of each.
    """
    secrets = _secrets_of(inputs, plans)
    archives = {plan.archive_name(username) for plan in plans for username in plan.assignments}
    pages, digests = PageScan(secrets), {}
    found: list[tuple[str, Leak]] = []
    for name in files_below(root):
        if name in archives:
            continue
        data = (root / name).read_bytes()
        digests[name] = hashlib.sha256(data).hexdigest()
        if name.rpartition("/")[2] == PAGE_NAME:  # no attachment may bear this name
            pages.look(name, data)
        else:
            looked = inputs.looked if name.startswith("circulars/") else None
            found += [(name, leak) for leak in find_leaks(name, data, secrets, looked)]
    found += pages.finish()
    for name in (name for plan in plans for name in _sealed_names(plan.inputs)):
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


class PageScan:
    """Looks through pages of ours, which are text alone: nothing is packed in them.

    What staff wrote for them was looked through as they gave it (``check_exposed``). Pages share most of their lines,
    so a line is read once and not a thousand times. Lines go in pairs of neighbours: whatever a page writes across a
    line end is seen too.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._seen: set[int] = set()
        self._new: dict[str, bytes] = {}

    def look(self, name: str, page: bytes) -> None:
        """Note the pairs of lines that no page before this one had; those that share a line are one text."""
        if len(self._seen) > MARKS_MAX:
            self._seen.clear()  # what pages share comes back at once
        text: list[bytes] = []
        is_new = False
        for pair in pairwise([*BytesIO(page), b""]):
            mark = hash(pair)  # 64 bits under a random key, so nobody can make two pairs collide
            was_new, is_new = is_new, mark not in self._seen
            if is_new:
                self._seen.add(mark)
                text += pair[1:] if was_new else (APART, *pair)
        self._new[name] = b"".join(text)

    def finish(self) -> Iterator[tuple[str, Leak]]:
        """Yield the leaks of the pages, each with the name of its file."""
        names = (name.encode(errors="replace") for name in self._new)
        if kinds_in(APART.join((*names, *self._new.values())), self._secrets):
            for name, text in self._new.items():
                shown, found = look_at_name(name, self._secrets)
                yield from ((name, leak) for leak in (*found, *leaks_in(text, shown, self._secrets)))
