"""Warn of what only looks like a mistake: what a colleague would ask after reading the annex."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from site_src.language.say import say, say_many
from site_src.problems import Place, Topic, visible
from site_src.read.agency import Kind, Status
from site_src.read.annex.columns import squeeze
from site_src.read.annex.statuses import WORDS, tells_of_keeping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from site_src.problems import Problems
    from site_src.read.agency import Agency
    from site_src.read.inputs import CampaignInputs, Predecessor

# A host is taken for a slip of another where so many times as many agencies have the other.
MUCH_MORE = 3
AGENCIES_NAMED = 5

# A tenth of the rows, or twice the share of the campaign before, is more than usual. One agency alone never is: in an
# annex of ten it would be a tenth, and after a campaign without any it would be a rise.
USUAL_SHARE = 10
MUCH_MORE_CALLERS = 2
CALLERS_LEAST = 2


def warn_of_suspicions(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of what looks wrong in an annex by itself. It takes time in proportion to the agencies."""
    recipients = [agency for agency in agencies if agency.status is Status.NEW]
    _warn_of_namesakes(agencies, problems)
    _warn_of_shared_addresses(recipients, problems)
    _warn_of_slips_in_hosts(recipients, problems)
    _warn_of_capitals(recipients, problems)
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
    named = [f"{visible(agency.name)} ({agency.at.inside})" for agency in agencies[:AGENCIES_NAMED]]
    return ", ".join(named) + (", …" if len(agencies) > AGENCIES_NAMED else "")


def _warn_of_slips_in_hosts(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of a host that differs by one letter from one that many more agencies have."""
    counts = Counter(host for agency in agencies for host in set(map(_host, agency.emails)))
    meant = dict(slips(counts))
    hint = say("if it is a slip, correct it, and ask the agency where in doubt; nobody else can open the archive")
    for agency in agencies:
        for email in agency.emails:
            if usual := meant.get(_host(email)):
                message = say_many(
                    'is "{usual}" meant? {number} agency has that host',
                    'is "{usual}" meant? {number} agencies have that host',
                    counts[usual],
                    usual=visible(usual),
                )
                problems.warning(Topic.EMAIL, message, hint=hint, at=agency.place_of(email), value=email)


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


def _warn_of_capitals(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of capitals in an address: it is a password, and few people type their own address so."""
    hint = say("if the contact writes it in small letters, write it so; else leave it: it must then be typed like this")
    message = say("the address has capital letters, and opens the archive only with them")
    for agency in agencies:
        for email in agency.emails:
            if email != email.lower():
                problems.warning(Topic.EMAIL, message, hint=hint, at=agency.place_of(email), value=email)


def _warn_of_noted_keepers(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of an agency that keeps its code by its notes alone: they decide nothing, and it would lose the code."""
    word = WORDS[Status.KEEPS][0]
    hint = say(
        "name the agency in keeps_code of campaign.toml, or make its status «{word}»; if not, correct the notes",
        word=word,
    )
    messages = {
        Status.NEW: say("the notes say that the agency keeps its code, and it gets a new one"),
        Status.CONTACT_US: say("the notes say that the agency keeps its code, and its old one ends"),
    }
    for agency in agencies:
        if agency.status in messages and tells_of_keeping(agency.notes):
            problems.warning(Topic.STATUS, messages[agency.status], hint=hint, at=agency.notes_at, value=agency.notes)
