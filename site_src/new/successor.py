"""The story of ``new --from``: the next campaign begins with the texts and settings of the last one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from site_src.files.staff_text import read_text
from site_src.language.greek import find_days
from site_src.language.say import say, say_list, say_many
from site_src.new.circular_text import read_circular
from site_src.new.draft import Draft, check_call, write_campaign
from site_src.new.source import read_source
from site_src.problems import Problems, UsageError
from site_src.read.content.campaign_folder import annexes_in, campaign_folders, find_annexes, no_such_campaign
from site_src.read.content.toml_files import read_campaign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tomlkit import TOMLDocument

    from site_src.new.circular_text import CircularText
    from site_src.read.agency import Agency
    from site_src.read.settings import Campaign

# What belongs to one campaign alone; the rest of campaign.toml is carried over.
OWN_FACTS = ("folder", "deadline", "effective", "files_until")
OWN_CIRCULAR_FACTS = ("protocol", "date")
OPTIONAL_FACTS = ("ada", "marking")  # of one document, which need not have them
LEFT_BEHIND = ("attachments", "files")


@dataclass(frozen=True)
class _Texts:
    """The files of a campaign that are text, by name."""

    campaign: str
    others: Mapping[str, str]


def draft_successor(  # noqa: PLR0913, PLR0917 (what the command line may say of it)
    content: Path, slug: str, before: str, annex: Path | None, circular: Path | None, problems: Problems
) -> Draft:
    """Begin a campaign from the one called ``before``; nothing is overwritten and nothing is left half-written.

    Without ``annex`` the last one is copied. ``circular`` replaces the last one's text, and gives the facts it tells.
    Raises UsageError for names that cannot be meant, InputError (with ``problems``) where the last campaign or the
    circular cannot be read, MachineError where the folder cannot be written.
    """
    old, old_annex = _read_last(content, before, problems)
    annex = annex or old_annex
    if annex is None:
        message = say('there is no annex in the folder of "{slug}" any more that could be copied', slug=before)
        raise UsageError(message, say("give the new campaign's with --annex FILE"))
    check_call(content, slug, annex, circular)
    texts = _read_texts(old.path, problems)
    source = read_source(circular, problems) if circular else None
    problems.stop_on_errors()
    text = read_circular(source) if source else None
    if text:
        texts = replace(texts, others={**texts.others, "circular.md": text.markdown})
    settings, empty = _settings(texts.campaign, text)
    agencies = _read_agencies(annex, old)
    notes = (*_carried(old, texts.others, circular), *(text.notes if text else ()))
    doubts = [
        *_to_fill_in(empty),
        *(text.doubts if text else _days_told(texts.others.get("circular.md", ""))),
        *_keepers_to_check(old, agencies),
    ]
    differences: tuple[str, ...] = ()
    if annex == old_annex:
        doubts.append(say("the annex of {slug} was copied: put this campaign's in its place", slug=before))
    elif old_annex is None:
        differences = (say("the annex of {slug} is deleted: there is nothing to compare with", slug=before),)
    else:
        differences = tuple(compare(_read_agencies(old_annex, old), agencies)) or (say("no difference"),)
    written = write_campaign(content, slug, {"campaign.toml": settings, **texts.others}, annex, "")
    return Draft(content / slug, written, notes, tuple(doubts), differences)


def _read_last(content: Path, slug: str, problems: Problems) -> tuple[Campaign, Path | None]:
    """The last campaign's facts and its annex, if it still has one. Raises UsageError for no such campaign."""
    found = campaign_folders(content, Problems())
    if slug not in [path.name for path in found]:
        raise no_such_campaign(slug, content, found)
    campaign = read_campaign(content / slug, problems)
    annexes = find_annexes(campaign, problems) if annexes_in(campaign.path) else ()
    problems.stop_on_errors()
    return campaign, annexes[0] if annexes else None


def _read_texts(folder: Path, problems: Problems) -> _Texts:
    texts = {}
    for name in ("campaign.toml", "circular.md", "letter.typ"):
        if (folder / name).is_file() and (text := read_text(folder / name, problems)) is not None:
            texts[name] = text
    return _Texts(texts.pop("campaign.toml", ""), texts)


def _settings(last: str, text: CircularText | None) -> tuple[str, tuple[str, ...]]:
    """The new campaign.toml, and the keys that are left empty in it; comments stay."""
    import tomlkit

    document = tomlkit.parse(last)
    document.pop("reissue", None)
    told, circular_told = _told_by(text) if text else ({}, {})
    empty = [*_renew(document, OWN_FACTS, told)]
    table = document.setdefault("circular", tomlkit.table())
    for key in OPTIONAL_FACTS:
        table.pop(key, None)
    empty += [f"circular.{key}" for key in _renew(table, OWN_CIRCULAR_FACTS, circular_told)]
    return tomlkit.dumps(document), tuple(empty)


def _told_by(text: CircularText) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a new circular tells of the campaign, and of itself."""
    head = text.official.letterhead
    facts = {"folder": text.facts.folder, "deadline": text.official.deadline, "effective": text.facts.effective}
    own = {"ada": head.ada, "marking": list(head.marking)}
    return facts, {**own, "protocol": head.protocol, "date": head.date, "subject": head.subject}


def _renew(table: TOMLDocument | Any, own: Sequence[str], told: Mapping[str, Any]) -> Iterator[str]:  # noqa: ANN401 (tomlkit's tables have no common type)
    """Put in what is told and empty the rest of ``own``, so that ``check`` asks for it; gives what was emptied."""
    for key in dict.fromkeys((*own, *told)):
        if told.get(key):
            table[key] = told[key]
        elif key == "files_until" and key in table:
            table[key] = say("fill this in")  # it may be left out, so that an empty one would not be asked for
            yield key
        elif key in own and key != "files_until":
            table[key] = ""
            yield key


def _read_agencies(annex: Path, old: Campaign) -> tuple[Agency, ...]:
    """The agencies that can be read, with the last campaign's columns; mistakes are told by ``check``."""
    from site_src.read.annex import read_annex

    return read_annex(annex, replace(old, keeps_code=()), Problems())


def _carried(old: Campaign, texts: Mapping[str, str], circular: Path | None) -> Iterator[str]:
    names = ["campaign.toml", *(name for name in texts if not (circular and name == "circular.md"))]
    yield say("carried over from {slug}: {names}", slug=old.slug, names=say_list(names))
    left = [f"{name}/" for name in LEFT_BEHIND if (old.path / name).is_dir()]
    if left:
        yield say("not carried over, as it belongs to {slug} alone: {names}", slug=old.slug, names=say_list(left))
    if old.reissue:
        yield say("[reissue] was left out: every agency gets its first code of this campaign")


def _to_fill_in(empty: Sequence[str]) -> Iterator[str]:
    if empty:
        yield say("campaign.toml is still without {keys}: fill them in", keys=say_list(empty))


def _days_told(text: str) -> Iterator[str]:
    """Days that the last text names in its own words: placeholders know the new ones, these do not."""
    told = [text[day.start : day.end] for day in find_days(text)]
    if told:
        yield say("circular.md names days of its own: {days}; check them", days=say_list(list(dict.fromkeys(told))))


def _keepers_to_check(old: Campaign, agencies: Sequence[Agency]) -> Iterator[str]:
    known = {agency.username for agency in agencies} | {agency.name for agency in agencies}
    gone = [item for item in old.keeps_code if item not in known]
    for item in gone:
        yield say("«{name}» of keeps_code is not in the annex: remove it, or correct it", name=item)
    kept = [f"«{item}»" for item in old.keeps_code if item not in gone]
    if kept:
        yield say("keeps_code was carried over: does each keep its code again? {names}", names=", ".join(kept))


def compare(before: Sequence[Agency], after: Sequence[Agency]) -> Iterator[str]:
    """The differences as lines of text, by user name and name; none where the annexes say the same."""
    old = {agency.username: agency for agency in before}
    new = {agency.username: agency for agency in after}
    both = [(old[username], agency) for username, agency in new.items() if username in old]
    added = [_named(agency) for username, agency in new.items() if username not in old]
    gone = [_named(agency) for username, agency in old.items() if username not in new]
    renamed = [
        say("{username}  {before}, now {after}", username=now.username, before=was.name, after=now.name)
        for was, now in both
        if was.name != now.name
    ]
    moved = [_named(now) for was, now in both if set(was.emails) != set(now.emails)]
    yield from _listed(say_many("{number} agency is new:", "{number} agencies are new:", len(added)), added)
    yield from _listed(say_many("{number} agency is gone:", "{number} agencies are gone:", len(gone)), gone)
    names = say_many("{number} agency has another name:", "{number} agencies have another name:", len(renamed))
    yield from _listed(names, renamed)
    addresses = say_many("{number} agency has other addresses:", "{number} agencies have other addresses:", len(moved))
    yield from _listed(addresses, moved)


def _named(agency: Agency) -> str:
    return f"{agency.username}  {agency.name}"


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield heading
        yield from (f"  {line}" for line in lines)
