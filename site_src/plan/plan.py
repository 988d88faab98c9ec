"""Plan a build: who gets which code, which letters are made, and what changes against the last build.

Also compare a campaign with the one before, and ask about what a reader of both annexes would ask about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from site_src.files.private import AFTER_NAME, KEY_NAME, MANIFEST_NAME
from site_src.folders import Folders, archive_path, download_folder
from site_src.language.greek import squeeze
from site_src.language.say import say
from site_src.plan.keys import CampaignKey, read_key
from site_src.plan.manifest import (
    Changes,
    FormerCode,
    Manifest,
    Record,
    built_folders,
    read_manifest,
    readable_manifest,
)
from site_src.problems import Place, Problems, StateError, Topic, visible
from site_src.read.agency import Agency, Status
from site_src.read.annex import read_annex
from site_src.read.annex.words import STATUS_WORDS
from site_src.read.content.campaign_folder import annexes_in, campaign_folders
from site_src.read.content.toml_files import read_campaign
from site_src.read.inputs import CampaignInputs, CircularInputs, Document, Predecessor
from site_src.read.settings import Campaign

# Part of every letter's fingerprint, and named in tests/vectors: raise it when archives.py, letters.py or htpasswd.py
# would write other bytes for the same facts.
RECIPE = "2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """The code and the letter's parts that one agency with status new gets."""

    agency: Agency
    email: str = field(repr=False)
    code: str = field(repr=False)
    enclosures: tuple[Document, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One campaign's build, decided."""

    inputs: CampaignInputs
    key: CampaignKey
    assignments: Mapping[str, Assignment]
    records: Mapping[str, Record]  # as they will be, but for the size and SHA-256 of the letters to make
    changes: Changes
    previous: Manifest

    @property
    def campaign(self) -> Campaign:
        """Return the campaign that is built."""
        return self.inputs.campaign

    def archive_name(self, username: str) -> str:
        """Return the path of an agency's archive from the top of the site."""
        return archive_path(download_folder(Path(), self.campaign.slug), username).as_posix()


def make_plan(inputs: CampaignInputs, folders: Folders, now: datetime, *, is_sample: bool = False) -> Plan:
    """Decide everything; ``now`` is when codes that are given no longer become void.

    A real campaign takes nothing over from the sample, if that was built under the same name.

    Raises StateError where the campaign's key is lost, or is another than that of the last build.
    """
    campaign = inputs.campaign
    previous = read_manifest(folders.private / campaign.slug / MANIFEST_NAME)
    published = download_folder(folders.out, campaign.slug)
    if previous and previous.sample and not is_sample:
        key, previous = CampaignKey.new(), Manifest()
    else:
        key = find_key(folders.private / campaign.slug, published, previous)
        previous = previous or Manifest()
    assignments = {agency.username: assign(agency, inputs, key) for agency in inputs.with_status(Status.NEW)}
    records = _records(inputs, key, assignments, previous, now)
    changes = _compare(previous, records, published)
    for username in changes.unchanged:
        old = previous.agencies[username]
        records[username] = replace(records[username], size=old.size, sha256=old.sha256)
    return Plan(inputs=inputs, key=key, assignments=assignments, records=records, changes=changes, previous=previous)


def find_key(folder: Path, published: Path, last: Manifest | None) -> CampaignKey:
    """Return the campaign's key, or a new one for a campaign that was never built; ``last`` is its last manifest.

    Raises StateError where the key of that build is lost, or another is in its place.
    """
    file, key = folder / KEY_NAME, read_key(folder)
    if key and (last is None or last.key in {"", key_fingerprint(key)}):
        return key
    if key:
        message = say('this is not the key that the codes of this campaign were made with: "{file}"', file=file)
    elif last or (folder / AFTER_NAME).exists() or any(published.glob("*/*.zip")):
        message = say('the key of this campaign is missing: "{file}"; its codes were made with it', file=file)
    else:
        return CampaignKey.new()
    hint = say(
        "put it back from your backup. If it is gone for good, every agency needs another code: "
        'delete "{folder}" and "{published}", then build',
        folder=folder,
        published=published,
    )
    raise StateError(message, hint)


def key_fingerprint(key: CampaignKey) -> str:
    """Return the mark of the key itself for a manifest."""
    return key.fingerprint("key")


def assign(agency: Agency, inputs: CircularInputs, key: CampaignKey) -> Assignment:
    """Return what an agency with status new gets at the next build."""
    campaign = inputs.campaign
    email = key.choose(agency.username, agency.emails)
    generation = campaign.reissue.get(agency.username, 1)
    code = key.access_code(campaign.code, agency.username, email, generation)
    enclosures = inputs.enclosures.get(agency.username, ())
    return Assignment(agency=agency, email=email, code=code, enclosures=enclosures)


def _records(
    inputs: CampaignInputs, key: CampaignKey, assignments: Mapping[str, Assignment], previous: Manifest, now: datetime
) -> dict[str, Record]:
    """Return a record of every agency, with the codes that it was given before.

    It keeps those through builds in which it gets no letter, because it may still hold the earlier code.
    """
    letter, day = inputs.letter, str(inputs.campaign.circular.date)
    facts = json.dumps(letter.facts, sort_keys=True)
    # The mark of all that the letters of a campaign have in common.
    shared = key.fingerprint("shared", RECIPE, letter.version, facts, day, letter.template_digest())
    records = {}
    for agency in inputs.agencies:
        assignment, before = assignments.get(agency.username), previous.agencies.get(agency.username)
        code = code_fingerprint(key, assignment.code) if assignment else ""
        former = before.former if before else ()
        if before and before.code not in {"", code}:
            former += (FormerCode(before.code, now),)
        records[agency.username] = Record(
            status=agency.status,
            name=agency.name,
            emails=emails_fingerprint(key, agency.emails),
            code=code,
            letter=_letter_fingerprint(assignment, shared, key) if assignment else "",
            former=former,
        )
    return records


def emails_fingerprint(key: CampaignKey, emails: Sequence[str]) -> str:
    """Return the mark of all addresses of an agency for a manifest."""
    return key.fingerprint("addresses", *sorted(emails))


def opening_address(key: CampaignKey, agency: Agency, record: Record) -> str:
    """Return the address that opens an agency's archive; "" where its addresses have changed since the last build."""
    if not agency.emails or record.emails != emails_fingerprint(key, agency.emails):
        return ""
    return key.choose(agency.username, agency.emails)


def code_fingerprint(key: CampaignKey, code: str) -> str:
    """Return the mark of a code for a manifest."""
    return key.fingerprint("code", code)


def _letter_fingerprint(assignment: Assignment, shared: str, key: CampaignKey) -> str:
    """Return the mark of all that an archive is made from."""
    enclosures = (part for item in assignment.enclosures for part in (item.name, item.content))
    agency = assignment.agency
    return key.fingerprint(shared, agency.name, agency.username, assignment.code, assignment.email, *enclosures)


def _compare(previous: Manifest, records: Mapping[str, Record], published: Path) -> Changes:
    """Return what changes against the last build; ``published`` is the campaign's folder in the site."""
    old = previous.agencies
    kinds: dict[str, list[str]] = {}
    for username, record in records.items():
        before = old.get(username)
        if before is None:
            kinds.setdefault("added", []).append(username)
        elif before.emails != record.emails:
            kinds.setdefault("address_changed", []).append(username)
        if kind := _letter_change(before, record, archive_path(published, username)):
            kinds.setdefault(kind, []).append(username)
    gone = [username for username in old if username not in records]
    kinds["gone"] = gone
    kinds.setdefault("withdrawn", []).extend(username for username in gone if old[username].sha256)
    return Changes(**{kind: tuple(usernames) for kind, usernames in kinds.items()})


def _letter_change(before: Record | None, record: Record, archive: Path) -> str:
    had_one = before is not None and before.sha256 != ""
    if not record.letter:
        return "withdrawn" if had_one else ""
    if before is None or not had_one:
        return "new"
    if before.code != record.code:
        return "reissued"
    return "unchanged" if before.letter == record.letter and _is_intact(archive, before) else "remade"


def _is_intact(archive: Path, record: Record) -> bool:
    try:
        data = archive.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == record.sha256


def find_predecessor(
    campaign: Campaign, content: Path, private: Path, read: Mapping[str, Sequence[Agency]]
) -> Predecessor | None:
    """Return the campaign with the latest effective day before this one's; None if there is none.

    It is looked for in ``content`` and, among what was built and has no folder there any more, in ``private``; so are
    its agencies where its annex is deleted. ``read`` has the agencies, by slug, of the campaigns whose annexes were
    read already.
    """
    days = {folder.name: readable_manifest(folder).effective for folder in built_folders(private)}
    days |= {path.name: read_campaign(path, Problems()).effective for path in campaign_folders(content, Problems())}
    before = [(day, slug) for slug, day in days.items() if day < campaign.effective and slug != campaign.slug]
    if not before:
        return None
    _, slug = max(before)
    agencies = read.get(slug) or _read_quietly(content / slug)
    taking_part: Mapping[str, Agency | Record] = {agency.username: agency for agency in agencies}
    if not taking_part:
        taking_part = readable_manifest(private / slug).agencies
    names = {username: each.name for username, each in taking_part.items()}
    return Predecessor(slug, names, sum(each.status is Status.CONTACT_US for each in taking_part.values()))


def _read_quietly(folder: Path) -> Sequence[Agency]:
    """Return the agencies of a campaign that is not checked itself; its problems are reported when it is."""
    annexes = annexes_in(folder) if folder.is_dir() else []
    return read_annex(annexes[0], read_campaign(folder, Problems()), Problems()) if len(annexes) == 1 else ()


def warn_of_other_holders(agencies: Sequence[Agency], before: Predecessor, problems: Problems) -> None:
    """Warn of a user name that another agency had: it would get that agency's folder, and its old code."""
    hint = say("a user name never passes to another agency: check it. If the agency was renamed, all is well")
    for agency in agencies:
        name = before.names.get(agency.username)
        if name and agency.name and squeeze(name) != squeeze(agency.name):
            message = say(
                'this user name is now that of "{name}"; in campaign {slug} it was that of "{other}"',
                name=visible(agency.name),
                slug=before.slug,
                other=visible(name),
            )
            problems.warning(Topic.USERNAME, message, hint=hint, at=agency.at, value=agency.username)


def warn_of_absent(inputs: CampaignInputs, before: Predecessor, problems: Problems, *, dropped: bool) -> None:
    """Warn of an agency that no longer takes part; once for all if most are absent, which is then no slip.

    ``dropped``: whether the server's users who are in no annex lose their line of the password file, and so their code.
    """
    here = {agency.username for agency in inputs.agencies}
    absent = [username for username in before.names if username not in here]
    hint = say("if it was forgotten, add its row; an agency without a row has no code from the effective day on")
    if not dropped:
        hint = say(
            "if it was forgotten, add its row; the old code of an agency without a row goes on working. If it should "
            "end, leave the row there with the status «{word}»",
            word=STATUS_WORDS[Status.CONTACT_US][0],
        )
    at = Place(file=inputs.annex.name)
    if 2 * len(absent) > len(before.names):
        numbers = {"number": len(absent), "all": len(before.names), "slug": before.slug}
        message = say("{number} of the {all} agencies of campaign {slug} are not in this annex", **numbers)
        problems.warning(Topic.USERNAME, message, hint=hint, at=at)
        return
    for username in absent:
        values = {"username": username, "slug": before.slug}
        message = say("user name {username} of campaign {slug} is not in this annex", **values)
        problems.warning(Topic.USERNAME, message, hint=hint, at=at, value=before.names[username])
