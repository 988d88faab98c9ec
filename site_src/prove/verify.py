"""Prove a site from outside: open what was published as its contacts do, and compare it with the password file.

Nothing here uses the campaign key or a derivation, only the annex, the site and the two password files.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from site_src.files.htpasswd import opens, users_of
from site_src.files.private import AFTER_NAME, BEFORE_NAME
from site_src.files.text import read_pdf
from site_src.files.walk import all_below, files_below
from site_src.folders import PAGE_NAME, Folders, Progress, archive_path, download_folder, is_administrators
from site_src.language.say import say
from site_src.make.archives import BadZipFile, unseal
from site_src.plan.manifest import INVENTORY_NAME, Record, built_manifest, read_inventory
from site_src.problems import StateError, visible
from site_src.read.agency import Agency, Status
from site_src.read.inputs import CampaignInputs, CircularInputs, Document, Inputs


@dataclass(frozen=True)
class Failure:
    """Something wrong with one user name, or with one file."""

    subject: str
    message: str

    def __str__(self) -> str:
        """Return the failure in one line."""
        return f'"{visible(self.subject)}": {self.message}'


@dataclass(frozen=True)
class Verdict:
    """The result for one campaign, or without a slug for the rest of the site."""

    slug: str
    archives: int  # that one address of their contact opened, and no other
    kept: int
    failures: tuple[Failure, ...]
    is_over: bool = False


class _Published:
    """One campaign as it is on the disk, and what was found there."""

    def __init__(self, inputs: CampaignInputs, folders: Folders) -> None:
        """Read it. Raises StateError if it was never built, or something that the build made is lost."""
        private = folders.private / inputs.campaign.slug
        before, self.after_path = private / BEFORE_NAME, private / AFTER_NAME
        self.inputs = inputs
        self.site = download_folder(folders.out, inputs.campaign.slug)
        self.manifest = built_manifest(private)
        if not self.after_path.is_file():
            raise _lost(self.after_path)
        self.inventory = _read_inventory(folders)
        self.before = users_of(before.read_bytes()) if before.is_file() else {}
        self.after = users_of(self.after_path.read_bytes())
        self.opened: list[str] = []  # the user names of those whose archive opened as it must
        self.codes: dict[str, list[str]] = {}  # the user names by the code of their letter


def verify(inputs: CampaignInputs, folders: Folders, *, jobs: int, progress: Callable[[], None]) -> Verdict:
    """Check every agency of a campaign; ``progress`` is called after each.

    Where no archive was opened, nothing was proved, and that fails.

    Raises StateError if the campaign was never built, or something that the build made is lost.
    """
    published = _Published(inputs, folders)

    def one(agency: Agency) -> str:
        message = _check(agency, published)
        progress()
        return message

    with ThreadPoolExecutor(jobs) as pool:
        messages = list(pool.map(one, inputs.agencies))
    failures = [Failure(each.username, text) for each, text in zip(inputs.agencies, messages, strict=True) if text]
    failures += _shared_codes(published)
    if hashlib.sha256(published.after_path.read_bytes()).hexdigest() != published.manifest.htpasswd_after:
        failures.append(Failure(AFTER_NAME, say("it is not the file that the last build made: build again")))
    now, then = inputs.digests(), published.manifest.inputs
    for name in sorted({name for name, _ in now.items() ^ then.items()}):  # the site is no longer of these inputs
        failures.append(Failure(name, say("it has changed since the last build: build again")))
    slug = inputs.campaign.slug
    if inputs.agencies and not (published.opened or failures):
        message = say("no archive was opened, though its agencies should have theirs: build again")
        failures.append(Failure(slug, message))
    return Verdict(slug, len(published.opened), len(inputs.with_status(Status.KEEPS)), tuple(failures))


def with_letters(folders: Folders) -> set[str]:
    """Return the campaigns, by slug, whose letters the last build put on the site."""
    names = (name.split("/") for name in read_inventory(folders.private) or ())
    return {parts[1] for parts in names if parts[0] == "files" and parts[-1].endswith(".zip")}


def verify_over(inputs: CircularInputs, folders: Folders) -> Verdict:
    """Check that a campaign that is over has no letters on the site."""
    slug, inventory = inputs.campaign.slug, _read_inventory(folders)
    message = say("the round is over, but its letters have not left the site: build again")
    left = any(name.startswith(f"files/{slug}/") and name != f"files/{slug}/{PAGE_NAME}" for name in inventory)
    return Verdict(slug, 0, 0, (Failure(slug, message),) if left else (), is_over=True)


def verify_all(inputs: Inputs, folders: Folders, progress: Progress) -> Iterator[Verdict]:
    """Yield the verdict on each campaign, then that on the rest of the site. The caller holds the private folder."""
    for past in inputs.over:
        yield verify_over(past, folders)
    for campaign in inputs.campaigns:
        with progress.showing(say("Checking agencies"), len(campaign.agencies)) as step:
            verdict = verify(campaign, folders, jobs=os.cpu_count() or 1, progress=step)
        yield verdict
    yield Verdict(slug="", archives=0, kept=0, failures=verify_rest(folders, inputs.campaigns))


def verify_rest(folders: Folders, verified: Iterable[CampaignInputs] = ()) -> tuple[Failure, ...]:
    """Check all files but those of the agencies that are ``verified``, and that the web server can read all of them."""
    own = {
        f"files/{each.campaign.slug}/{agency.username}/{name}"
        for each in verified
        for agency in each.agencies
        for name in (PAGE_NAME, f"{agency.username}.zip")
    }
    return (*find_strange(folders, _read_inventory(folders), own), *_closed_to_server(folders.out))


def _read_inventory(folders: Folders) -> dict[str, str]:
    inventory = read_inventory(folders.private)
    if inventory is None:
        raise _lost(folders.private / INVENTORY_NAME)
    return inventory


def _lost(path: Path) -> StateError:
    return StateError(say('"{file}" is missing, which the last build made', file=path), say("build again"))


def _check(agency: Agency, published: _Published) -> str:
    record = published.manifest.agencies.get(agency.username)
    if record is None or record.status is not agency.status:
        return say("it is new, or its status has changed, since the last build: build again")
    match agency.status:
        case Status.NEW:
            wrong = _check_new(agency, record, published) if record.sha256 else ""  # else it was withdrawn
        case Status.KEEPS:
            wrong = _check_keeps(agency, published)
        case Status.CONTACT_US:
            has_line = agency.username in published.after
            wrong = say("it has no contact, but htpasswd.after lets it in") if has_line else ""
    return wrong or _check_page(agency, record, published)


def _check_new(agency: Agency, record: Record, published: _Published) -> str:
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
    """Return what each address opens, and whether any met damage: so does one wrong address in 65,536 (AE-2)."""
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
        return say("its letter is not a PDF that can be read")
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
    """Check that the agency's own page names it, and leads to its own archive."""
    path = published.site / agency.username / PAGE_NAME
    if not path.is_file():
        return say("its page is missing from the site: build again")
    content = path.read_bytes()
    page = content.decode(errors="replace")
    links = set(re.findall(r'href="(\d+)\.zip"', page))
    expected = {agency.username} if record.sha256 else set()
    if agency.username not in page or record.sha256 not in page or links != expected:
        return say("its page is about another agency or archive: build again")
    name = f"files/{published.inputs.campaign.slug}/{agency.username}/{PAGE_NAME}"
    if hashlib.sha256(content).hexdigest() != published.inventory.get(name):
        return say("its page is not the one that was built: build again")
    return ""


def _check_keeps(agency: Agency, published: _Published) -> str:
    if agency.username not in published.after:
        return say("it keeps its code, but htpasswd.after has no line for it")
    same = published.after[agency.username].strip(b"\r\n") == published.before.get(agency.username, b"").strip(b"\r\n")
    if same:
        return ""
    return say("it keeps its code, but its line in htpasswd.after differs from that in htpasswd.before")


def _shared_codes(published: _Published) -> Iterator[Failure]:
    """Yield a failure for each agency that could log in as another one."""
    for names in published.codes.values():
        for username in sorted(names) if len(names) > 1 else ():
            others = ", ".join(sorted({*names} - {username}))
            yield Failure(username, say("its letter gives the same code as that of {others}", others=others))


def find_strange(folders: Folders, inventory: Mapping[str, str], own: Container[str] = ()) -> Iterator[Failure]:
    """Yield each file of the site that is not as the build or the administrator left it.

    Agencies' ``own`` files may be missing or differ: the agency's check finds that. No link is the build's, since it
    may lead anywhere.
    """
    found = set(files_below(folders.out)) if folders.out.is_dir() else set()
    for name in sorted(found | inventory.keys()):
        path = folders.out / name
        if name in found and is_administrators(name, path):
            continue
        if name in found and (name not in inventory or path.is_symlink()):
            yield Failure(name, say("the last build did not make this file: take it away, or build again"))
        elif name not in own and name not in found:
            yield Failure(name, say("it is missing from the site: build again"))
        elif name not in own and hashlib.sha256(path.read_bytes()).hexdigest() != inventory[name]:
            yield Failure(name, say("it is not the file that the last build made: build again"))


def _closed_to_server(out: Path) -> Iterator[Failure]:
    """Yield one failure for all that the web server cannot read: after a restore every file may be closed.

    Windows has no such modes, and shows all as open.
    """
    closed = []
    for path in [out, *all_below(out)] if out.is_dir() else ():
        mode = path.lstat().st_mode
        needed = stat.S_IROTH | stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH
        if mode & needed != needed:
            closed.append(path)
    if closed:
        message = say("the web server cannot read it (files and folders: {number}): build again", number=len(closed))
        yield Failure(closed[0].relative_to(out).as_posix(), message)
