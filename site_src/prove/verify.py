"""The proof from outside: open what was published as its contacts will, and hold it against the password file.

Nothing here uses the campaign key or a derivation; only the annex, the site and the two password files speak.
"""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.files.htpasswd import PasswordFile, opens
from site_src.files.pdf_text import read_pdf
from site_src.files.private import AFTER_NAME, BEFORE_NAME, MANIFEST_NAME
from site_src.folders import archive_path
from site_src.language.say import say, say_many
from site_src.make.archives import BadZipFile, unseal
from site_src.plan.manifest import INVENTORY_NAME, Manifest, Record, read_inventory, read_manifest
from site_src.problems import StateError, UsageError, visible
from site_src.prove.intruders import closed_to_server, look_through, outside_campaigns
from site_src.read.agency import Agency, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from site_src.folders import Folders
    from site_src.prove.intruders import Amiss
    from site_src.read.inputs import CampaignInputs, CircularInputs, Document


@dataclass(frozen=True)
class Failure:
    """What did not hold for one user name, or for one file."""

    subject: str
    message: str

    def __str__(self) -> str:
        """The failure in one line."""
        return f'"{visible(self.subject)}": {self.message}'


@dataclass(frozen=True)
class Verdict:
    """What was looked at in one campaign, and what did not hold."""

    slug: str
    archives: int  # that one address of their contact opened, and no other
    kept: int
    failures: tuple[Failure, ...]
    is_over: bool = False


@dataclass(frozen=True)
class _Published:
    """One campaign as it lies on the disk."""

    inputs: CampaignInputs
    out: Path
    manifest: Manifest
    inventory: dict[str, str]
    before: dict[str, bytes]
    after_path: Path
    password_file: bytes
    after: dict[str, bytes]
    opened: list[str] = field(default_factory=list)  # the user names of those whose archive opened as it must
    codes: dict[str, list[str]] = field(default_factory=dict, repr=False)  # the user names by the code of their letter

    @property
    def site(self) -> Path:
        """The campaign's folder in the download area."""
        return self.out / "files" / self.inputs.campaign.slug


def verify(inputs: CampaignInputs, folders: Folders, *, jobs: int, progress: Callable[[], None]) -> Verdict:
    """Check every agency of a campaign, and that nothing lies beside what they get; ``progress`` is called after each.

    Where no archive was opened, nothing was proved, and that fails.

    Raises UsageError if the campaign was never built, StateError if something else that the build made is lost.
    """
    slug = inputs.campaign.slug
    published = _read_published(inputs, folders)

    def one(agency: Agency) -> str:
        message = _check(agency, published)
        progress()
        return message

    with ThreadPoolExecutor(jobs) as pool:
        messages = list(pool.map(one, inputs.agencies))
    failures = [Failure(each.username, text) for each, text in zip(inputs.agencies, messages, strict=True) if text]
    failures += [*_shared_codes(published), *_gone(published), *_check_password_file(published)]
    failures += _failures(look_through(inputs, published.inventory, folders.out))
    failures += _changed_inputs(published)
    if inputs.agencies and not (published.opened or failures):
        failures.append(
            Failure(slug, say("no archive was opened, though its agencies should have theirs: build again"))
        )
    return Verdict(slug, len(published.opened), len(inputs.with_status(Status.KEEPS)), tuple(failures))


def with_letters(folders: Folders) -> set[str]:
    """Return the campaigns, by slug, whose letters the last build put on the site."""
    names = (name.split("/") for name in read_inventory(folders.private) or ())
    return {parts[1] for parts in names if parts[0] == "files" and parts[-1].endswith(".zip")}


def verify_over(inputs: CircularInputs, folders: Folders) -> Verdict:
    """Check that of a campaign that is over nothing but its circular and its folder's page is on the site."""
    slug, inventory = inputs.campaign.slug, _read_inventory(folders)
    failures = [*_failures(look_through(inputs, inventory, folders.out))]
    if any(name.startswith(f"files/{slug}/") and name != f"files/{slug}/index.html" for name in inventory):
        failures.append(Failure(slug, say("the round is over, but its letters have not left the site: build again")))
    return Verdict(slug, 0, 0, tuple(failures), is_over=True)


def verify_rest(folders: Folders) -> tuple[Failure, ...]:
    """Check what of the site belongs to no campaign, and that the web server can read all of it."""
    amiss = outside_campaigns(folders, _read_inventory(folders))
    return (*_failures(amiss), *_closed(closed_to_server(folders.out)))


def _read_inventory(folders: Folders) -> dict[str, str]:
    inventory = read_inventory(folders.private)
    if inventory is None:
        raise _lost(folders.private / INVENTORY_NAME)
    return inventory


def _lost(path: Path) -> StateError:
    return StateError(say('"{file}" is missing, which the last build made', file=path), say("build again"))


def _read_published(inputs: CampaignInputs, folders: Folders) -> _Published:
    slug = inputs.campaign.slug
    private = folders.private / slug
    manifest = read_manifest(private / MANIFEST_NAME)
    if manifest is None:
        where = {"file": MANIFEST_NAME, "private": private}
        message = say('"{slug}" was never built: there is no {file} in "{private}"', slug=slug, **where)
        raise UsageError(message, say("build it first"))
    before, after = private / BEFORE_NAME, private / AFTER_NAME
    if not after.is_file():
        raise _lost(after)
    password_file = after.read_bytes()
    return _Published(
        inputs=inputs,
        out=folders.out,
        manifest=manifest,
        inventory=_read_inventory(folders),
        before=PasswordFile.parse(before.read_bytes()).users if before.is_file() else {},
        after_path=after,
        password_file=password_file,
        after=PasswordFile.parse(password_file).users,
    )


def _check(agency: Agency, published: _Published) -> str:
    record = published.manifest.agencies.get(agency.username)
    if record is None:
        return say("it stands in the annex, but not in the last build: build again")
    if record.status is not agency.status:
        return say("its status has changed since the last build: build again")
    return _CHECKS[agency.status](agency, published) or _check_page(agency, record, published)


def _check_new(agency: Agency, published: _Published) -> str:
    record = published.manifest.agencies[agency.username]
    if not record.sha256:
        return ""  # it was withdrawn
    path = archive_path(published.site, agency.username)
    if not path.is_file():
        return say("its archive is missing from the site")
    archive = path.read_bytes()
    if hashlib.sha256(archive).hexdigest() != record.sha256:
        return say("its archive is not the one that was built")
    return _check_archive(archive, agency, published)


def _check_archive(archive: bytes, agency: Agency, published: _Published) -> str:
    opened, damaged = _open_with_each(archive, agency.emails)
    if damaged and not opened:
        return say("its archive is damaged")
    if len(opened) != 1:
        return say(
            "its archive opens with {number} of its {all} addresses; expected exactly one",
            number=len(opened),
            all=len(agency.emails),
        )
    published.opened.append(agency.username)
    letters = [each for each in opened[0] if each.name == f"{agency.username}.pdf"]
    if not letters:
        return say("its archive holds no letter")
    beside = tuple(each for each in opened[0] if each is not letters[0])
    if beside != published.inputs.enclosures.get(agency.username, ()):
        folder = f"files/{agency.username}"
        return say("the documents beside its letter are not those of {folder}: build again", folder=folder)
    return _check_letter(letters[0].content, agency, published)


def _open_with_each(archive: bytes, emails: Sequence[str]) -> tuple[list[tuple[Document, ...]], bool]:
    """What each address opens, and whether any attempt met damage: so does one wrong address in 65,536 (AE-2)."""
    opened, damaged = [], False
    for email in dict.fromkeys(emails):
        try:
            documents = unseal(archive, email)
        except BadZipFile:
            damaged = True
        else:
            opened += [documents] if documents is not None else []
    return opened, damaged


def _check_letter(letter: bytes, agency: Agency, published: _Published) -> str:
    try:
        text = read_pdf(letter)
    except ValueError:
        return say("its letter is no PDF that can be read")
    squeezed = "".join(text.split())
    if agency.username not in squeezed or "".join(agency.name.split()) not in squeezed:
        return say("its letter does not name this agency and its user name")
    policy = published.inputs.campaign.code
    group = f"[{policy.alphabet}]{{{policy.group_length}}}"
    codes = set(re.findall(rf"(?<![\w-]){group}(?:-{group}){{{policy.groups - 1}}}(?![\w-])", text))
    if len(codes) != 1:
        return say("its letter holds {number} access codes; expected one", number=len(codes))
    line = published.after.get(agency.username)
    if line is None:
        return say("htpasswd.after has no line for it")
    code = codes.pop()
    published.codes.setdefault(code, []).append(agency.username)
    if opens(line, code):
        return ""
    return say(
        'htpasswd.after does not take the code of its letter: delete "{file}", then build', file=published.after_path
    )


def _check_page(agency: Agency, record: Record, published: _Published) -> str:
    """Whether the agency's own page speaks of it, and leads to its own archive."""
    path = published.site / agency.username / "index.html"
    if not path.is_file():
        return say("its page is missing from the site: build again")
    try:
        content = path.read_bytes()
        page = content.decode()
    except UnicodeDecodeError:
        return say("its page is damaged: build again")
    links = set(re.findall(r'href="(\d+)\.zip"', page))
    expected = {agency.username} if record.sha256 else set()
    if agency.username not in page or record.sha256 not in page or links != expected:
        return say("its page speaks of another agency or archive: build again")
    name = path.relative_to(published.out).as_posix()
    if hashlib.sha256(content).hexdigest() != published.inventory.get(name):
        return say("its page is not the one that was built: build again")
    return ""


def _check_keeps(agency: Agency, published: _Published) -> str:
    if agency.username not in published.after:
        return say("it keeps its code, but htpasswd.after has no line for it")
    same = published.after[agency.username].strip(b"\r\n") == published.before.get(agency.username, b"").strip(b"\r\n")
    if same:
        return ""
    return say("it keeps its code, but its line in htpasswd.after is another than in htpasswd.before")


def _check_contact_us(agency: Agency, published: _Published) -> str:
    return say("it has no contact, but htpasswd.after lets it in") if agency.username in published.after else ""


_CHECKS = {Status.NEW: _check_new, Status.KEEPS: _check_keeps, Status.CONTACT_US: _check_contact_us}


def _shared_codes(published: _Published) -> list[Failure]:
    """Agencies that could log in as one another."""
    shared = [sorted(usernames) for usernames in published.codes.values() if len(usernames) > 1]
    return [
        Failure(
            username,
            say("its letter gives the same code as that of {others}", others=", ".join(sorted({*names} - {username}))),
        )
        for names in shared
        for username in names
    ]


def _gone(published: _Published) -> list[Failure]:
    """Archives that were built for agencies which are no longer in the annex."""
    known = {agency.username for agency in published.inputs.agencies}
    records = published.manifest.agencies.items()
    message = say("the annex has no such agency, but its archive lies on the site")
    return [Failure(username, message) for username, record in records if record.sha256 and username not in known]


def _check_password_file(published: _Published) -> list[Failure]:
    """Whether each line, of other users too, is as the build made it."""
    if hashlib.sha256(published.password_file).hexdigest() == published.manifest.htpasswd_after:
        return []
    return [Failure(AFTER_NAME, say("it is not the file that the last build made: build again"))]


def _failures(amiss: Amiss) -> Iterator[Failure]:
    for name in amiss.intruders:
        yield Failure(name, say("the last build did not make this file: take it away, or build again"))
    for name in amiss.missing:
        yield Failure(name, say("it is missing from the site: build again"))
    for name in amiss.altered:
        yield Failure(name, say("it is not the file that the last build made: build again"))


def _closed(names: Sequence[str]) -> Iterator[Failure]:
    """One failure for all: after a restore every file may be closed."""
    if names:
        message = say_many(
            "the web server cannot read it ({number} file or folder in all): build again",
            "the web server cannot read it ({number} files and folders in all): build again",
            len(names),
        )
        yield Failure(names[0], message)


def _changed_inputs(published: _Published) -> Iterator[Failure]:
    """What was built is then no longer what staff wrote, though nobody altered the site."""
    now, then = published.inputs.digests(), published.manifest.inputs
    for name in sorted({name for name, _ in now.items() ^ then.items()}):
        shown = f"{published.inputs.campaign.slug}/{name}"
        yield Failure(shown, say("it has changed since the last build: build again"))
