"""Warn of what only looks like a mistake: what a colleague would ask before real letters go out.

In an annex by itself, compared with the campaign before, and where campaigns meet or facts are still the sample's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, pairwise
from pathlib import Path

from site_src.files.htpasswd import costly_seconds, lines_of, users_of
from site_src.files.private import ACTIVATED_NAME, CURRENT_FILE, CURRENT_NAME, open_inputs
from site_src.language.greek import fold, one_line, squeeze
from site_src.language.say import say, say_many, say_number, say_some
from site_src.problems import Place, Problems, Topic, visible
from site_src.read.agency import Agency, Kind, Status
from site_src.read.annex.words import STATUS_WORDS, mentions_keeping
from site_src.read.inputs import CampaignInputs, CircularInputs, Inputs, Predecessor

# A host is taken for a slip of another where so many times as many agencies have the other.
MUCH_MORE = 3
NAMED_MAX = 5  # agencies or files, in one message

# A tenth of the rows, or twice the share of the campaign before, is more than usual. One agency alone never is: in an
# annex of ten it would be a tenth, and after a campaign without any it would be a rise.
USUAL_SHARE = 10
MUCH_MORE_CALLERS = 2
CALLERS_LEAST = 2

# Names that end so are never real (RFC 2606, section 2).
SAMPLE_NAME = re.compile(r"\.example(?![\w-]|\.\w)", re.IGNORECASE)


def warn_of_suspicions(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of what looks wrong in an annex by itself. It takes time in proportion to the agencies."""
    recipients = [agency for agency in agencies if agency.status is Status.NEW]
    _warn_of_namesakes(agencies, problems)
    _warn_of_shared_addresses(recipients, problems)
    _warn_of_odd_addresses(recipients, problems)
    _warn_of_noted_keepers(agencies, problems)


def check_recipients(agencies: Sequence[Agency], problems: Problems) -> None:
    """Report an annex in which nobody gets a code: every old one would end, or nothing would happen at all."""
    statuses = [agency.status for agency in agencies]
    if agencies and Status.NEW not in statuses:
        counts = {"keeps": statuses.count(Status.KEEPS), "calls": statuses.count(Status.CONTACT_US)}
        message = say("no agency gets a new code: {keeps} keep theirs, and {calls} must call", **counts)
        hint = say(
            "look whether the column of the e-mail holds the addresses, and who keeps the code by the status or by "
            "keeps_code"
        )
        problems.error(Topic.STATUS, message, hint=hint, at=Place(file=agencies[0].at.file))


def warn_of_many_callers(inputs: CampaignInputs, before: Predecessor | None, problems: Problems) -> None:
    """Warn once where more agencies than usual must call: their addresses may be missing by mistake.

    An annex in which nobody gets a code is an error, and is not reported here.
    """
    callers, number = inputs.with_status(Status.CONTACT_US), len(inputs.agencies)
    if len(callers) < CALLERS_LEAST or not inputs.with_status(Status.NEW):
        return
    facts = {"number": len(callers), "all": number, "some": _some_agencies(callers)}
    if before and before.names and len(callers) * len(before.names) >= MUCH_MORE_CALLERS * before.callers * number:
        facts |= {"slug": before.slug, "others": before.callers, "total": len(before.names)}
        message = say(
            "{number} of {all} agencies must call, and in campaign {slug} {others} of {total}: {some}", **facts
        )
    elif len(callers) * USUAL_SHARE >= number:
        message = say("{number} of {all} agencies must call: {some}", **facts)
    else:
        return
    hint = say("they get no code, and their old ones end: look whether their addresses are missing in the annex")
    problems.warning(Topic.STATUS, message, hint=hint, at=Place(file=inputs.annex.name))


def _warn_of_namesakes(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of two agencies with one name under one parent: nobody could tell them apart in the list."""
    first: dict[tuple[str, str], Agency] = {}
    hint = say("if one row is left over, delete it; if both are agencies, tell them apart by their names")
    for agency in agencies:
        key = squeeze(agency.name), squeeze(agency.parent)
        other = first.setdefault(key, agency)
        if agency.name and other is not agency:
            message = say("the agency in {cell} has the same name and the same parent", cell=other.name_at.inside)
            problems.warning(Topic.NAME, message, hint=hint, at=agency.name_at, value=agency.name)


def _warn_of_shared_addresses(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of one address for agencies that do not belong together: each could open the other's archive."""
    holders: dict[str, list[Agency]] = defaultdict(list)
    for agency in agencies:
        for email in dict.fromkeys(map(str.lower, agency.emails)):
            holders[email].append(agency)
    hint = say("ask them whether this is really the contact of each; an agency may share one with its legal entities")
    for shared, sharing in holders.items():
        if len(sharing) > 1 and not _belong_together(sharing):
            first, *rest = sharing
            email = next(email for email in first.emails if email.lower() == shared)
            message = say_many(
                "{name} and {number} agency of another body have this address: {others}",
                "{name} and {number} agencies that are not of one body have this address: {others}",
                len(rest),
                name=visible(first.name),
                others=_some_agencies(rest),
            )
            problems.warning(Topic.EMAIL, message, hint=hint, at=first.place_of(email), value=email)


def _belong_together(agencies: Sequence[Agency]) -> bool:
    """Return whether they are one agency and its legal entities, or legal entities of one."""
    heads = [agency for agency in agencies if _is_head(agency)]
    bodies = {squeeze(agency.name if _is_head(agency) else agency.parent) for agency in agencies}
    return len(heads) <= 1 and len(bodies) == 1


def _is_head(agency: Agency) -> bool:
    """Return whether it belongs to no other; the parent of a municipality is its region, which is another body."""
    return not agency.parent or agency.kind in {Kind.DECENTRALISED_ADMINISTRATION, Kind.REGION, Kind.MUNICIPALITY}


def _some_agencies(agencies: Sequence[Agency]) -> str:
    """Return the first few agencies by name and cell."""
    return say_some([f"{visible(agency.name)} ({agency.at.inside})" for agency in agencies], NAMED_MAX)


def _warn_of_odd_addresses(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of a host that differs by one letter from one that many more agencies have.

    Warn of capitals too: the address is a password, and few people type their own so.
    """
    counts = Counter(host for agency in agencies for host in set(map(_host, agency.emails)))
    meant = dict(slips(counts))
    slip = say("if it is a slip, correct it, and ask the agency where in doubt; nobody else can open the archive")
    shouted = say("the address has capital letters, and opens the archive only with them")
    hint = say("if the contact writes it in small letters, write it so; else leave it: it must then be typed like this")
    for agency in agencies:
        for email in agency.emails:
            at = agency.place_of(email)
            if usual := meant.get(_host(email)):
                message = say_many(
                    'is "{usual}" meant? {number} agency has that host',
                    'is "{usual}" meant? {number} agencies have that host',
                    counts[usual],
                    usual=visible(usual),
                )
                problems.warning(Topic.EMAIL, message, hint=slip, at=at, value=email)
            if email != email.lower():
                problems.warning(Topic.EMAIL, shouted, hint=hint, at=at, value=email)


def slips(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield each rare text with the frequent one that is a letter away from it.

    Two texts are a letter away from each other where they are the same without one letter of either or both. Only the
    frequent ones are kept by what is left of them, so the time grows with the texts, and not with their pairs.
    """
    frequent: dict[str, set[str]] = defaultdict(set)
    for text, count in counts.items():
        if count >= MUCH_MORE:
            for piece in pieces(text):
                frequent[piece].add(text)
    for text, count in counts.items():
        near = set(chain.from_iterable(frequent.get(piece, ()) for piece in pieces(text)))
        found = [other for other in near if counts[other] >= MUCH_MORE * count]
        if found:
            yield text, max(found, key=lambda other: (counts[other], other))


def pieces(text: str) -> set[str]:
    """Return the text, and the text without each one of its letters."""
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}


def _host(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _warn_of_noted_keepers(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of an agency that keeps its code by its notes alone: they decide nothing, and it would lose the code."""
    hint = say(
        "name the agency in keeps_code of campaign.toml, or make its status «{word}»; if not, correct the notes",
        word=STATUS_WORDS[Status.KEEPS][0],
    )
    message = say("the notes say that the agency keeps its code, and its old one ends")
    for agency in agencies:
        if agency.status is not Status.KEEPS and mentions_keeping(agency.notes):
            problems.warning(Topic.STATUS, message, hint=hint, at=agency.notes_at, value=agency.notes)


def warn_of_overlooked(inputs: Inputs, private: Path, day: date, problems: Problems) -> None:
    """Warn of what is still the sample's where agencies are real, and of campaigns that get in each other's way."""
    real = [each for each in inputs.campaigns if is_real(each)]
    if real:
        server, contact = inputs.site.server, inputs.site.contact
        facts = {"server.address": server.address, "contact.email": contact.email}
        _warn_of_sample(facts, Place(file="site.toml"), problems)
    for each in real:
        details = ", ".join(filter(SAMPLE_NAME.search, each.campaign.circular.details))
        _warn_of_sample({"circular.details": details}, Place("campaign.toml", campaign=each.shown_slug), problems)
        _warn_of_open_files(each, problems)
    _warn_of_same_folders(sorted(inputs.all, key=_turn), problems)
    in_order = [each for each in sorted(inputs.campaigns, key=_turn) if each.campaign.effective > day]
    to_come = [each for each in in_order if not (private / each.campaign.slug / ACTIVATED_NAME).is_file()]
    if (private / CURRENT_NAME).is_file():
        for earlier, later in pairwise(to_come):
            _warn_of_old_passwords(earlier, later, problems, dropped=inputs.site.server.drops_others)


def begins_late(inputs: CampaignInputs, day: date) -> bool:
    """Return whether a campaign that is built for the first time is over on that day: its year may be a slip."""
    return inputs.campaign.deadline < day and is_real(inputs)


def is_real(inputs: CampaignInputs) -> bool:
    """Return whether an address of the annex can be somebody's; those of the sample cannot."""
    return any(not SAMPLE_NAME.search(email) for agency in inputs.agencies for email in agency.emails)


def _warn_of_sample(facts: Mapping[str, str], file: Place, problems: Problems) -> None:
    left = {key: value for key, value in facts.items() if SAMPLE_NAME.search(value)}
    if left:
        message = say("this is left from the sample: names that end in .example do not exist")
        hint = say(
            "write your own, and read the names and telephones beside it: pages and letters give them to everybody"
        )
        at = replace(file, cell=", ".join(left))
        problems.warning(Topic.SETTING, message, hint=hint, at=at, value=", ".join(left.values()))


def _warn_of_open_files(inputs: CampaignInputs, problems: Problems) -> None:
    """Warn of files that others on this machine can read; a build closes them."""
    if opened := open_inputs(inputs.campaign.path):
        names = say_some([path.relative_to(inputs.campaign.path).as_posix() for path in opened], NAMED_MAX)
        message = say("other users of this machine can read the addresses or documents in {names}", names=names)
        hint = say("the next build closes them; think about who may have read them")
        problems.warning(Topic.FILE, message, hint=hint, at=Place(campaign=inputs.shown_slug))


def _turn(inputs: CircularInputs) -> tuple[date, str]:
    return inputs.campaign.effective, inputs.campaign.slug


def _warn_of_same_folders(campaigns: Sequence[CircularInputs], problems: Problems) -> None:
    """Warn of a folder name that an earlier campaign has: the download area and the letters would show one name."""
    first: dict[str, CircularInputs] = {}
    hint = say("give each its own name: contacts look for the folder that their letter names")
    for each in campaigns:
        name = each.campaign.folder
        other = first.setdefault(fold(one_line(name)), each)
        if name and other is not each:
            message = say("campaign {slug} has the same folder name", slug=other.campaign.slug)
            at = Place(file="campaign.toml", cell="folder", campaign=each.shown_slug)
            problems.warning(Topic.SETTING, message, hint=hint, at=at, value=name)


def _warn_of_old_passwords(
    earlier: CampaignInputs, later: CampaignInputs, problems: Problems, *, dropped: bool
) -> None:
    """Warn of a password file that is older than the campaign before: lines that are kept would be void by then."""
    slugs = {"slug": later.campaign.slug, "earlier": earlier.campaign.slug}
    message = say("campaign {slug} is built from this file, and so is {earlier}, which changes it first", **slugs)
    changed = {agency.username for agency in earlier.agencies if agency.status is not Status.KEEPS}
    if number := len(changed.intersection(_kept_lines(later, dropped=dropped))):
        message = say_many(
            "{message}: the old code of {number} agency would come back",
            "{message}: the old codes of {number} agencies would come back",
            number,
            message=message,
        )
    hint = say(
        "when {earlier} is activated, copy the server's password file to {file} and build again; only then is {slug} "
        "ready for its day",
        file=CURRENT_NAME,
        **slugs,
    )
    at = Place(file=CURRENT_FILE, campaign=later.shown_slug, is_shared=True)
    problems.warning(Topic.ACCESS, message, hint=hint, at=at)


def _kept_lines(inputs: CampaignInputs, *, dropped: bool) -> dict[str, bytes]:
    """Return the lines of the server's password file that a campaign keeps, by user.

    ``dropped``: whether users who are in no annex lose their line.
    """
    statuses = {agency.username: agency.status for agency in inputs.agencies}
    absent = None if dropped else Status.KEEPS
    users = users_of(inputs.passwords or b"")
    return {user: line for user, line in users.items() if statuses.get(user, absent) is Status.KEEPS}


def warn_of_slow_hashes(inputs: CampaignInputs, problems: Problems, *, dropped: bool) -> None:
    """Warn of the slow hashes among the lines that the campaign keeps, with the time that one login costs."""
    kept = _kept_lines(inputs, dropped=dropped)
    costly = {user: seconds for user, line in kept.items() if (seconds := costly_seconds(line))}
    if not (costly and inputs.passwords):
        return
    worst = max(costly, key=costly.__getitem__)
    message = say_many(
        "{number} user keeps a hash that is slow to check: one login keeps a processor of the server busy for "
        "{seconds} s",
        "{number} users keep hashes that are slow to check: one login keeps a processor of the server busy for up to "
        "{seconds} s",
        len(costly),
        seconds=say_number(float(f"{costly[worst]:.2g}")),
    )
    hint = say(
        "a server checks the hash at every request, and nginx answers nobody meanwhile: give these users a new code, "
        'or ask the administrator to set their present one again with a hash of low cost ("htpasswd -B -C 5")'
    )
    at = Place(file=CURRENT_FILE, line=lines_of(inputs.passwords).index(kept[worst]) + 1)
    problems.warning(Topic.ACCESS, message, hint=hint, at=at, value=worst)
