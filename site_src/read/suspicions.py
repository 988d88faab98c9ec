"""What is no mistake by itself and yet looks like one: what a colleague would ask about after reading the annex."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from site_src.language.greek import squeeze
from site_src.language.say import say, say_many
from site_src.problems import Topic, visible
from site_src.read.agency import Kind, Status
from site_src.read.annex.words import STATUS_WORDS, mentions_keeping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_src.problems import Problems
    from site_src.read.agency import Agency

# A host is taken for a slip of another where so many times as many agencies have the other.
MUCH_MORE = 3
AGENCIES_TOLD = 5


def tell_suspicions(agencies: Sequence[Agency], problems: Problems) -> None:
    """Warn of what looks wrong in an annex by itself. It takes time in proportion to the agencies."""
    recipients = [agency for agency in agencies if agency.status is Status.NEW]
    tell_namesakes(agencies, problems)
    tell_shared_addresses(recipients, problems)
    tell_slips_in_hosts(recipients, problems)
    tell_capitals(recipients, problems)
    tell_noted_keepers(agencies, problems)


def tell_namesakes(agencies: Sequence[Agency], problems: Problems) -> None:
    """Two agencies with one name under one parent: nobody could tell them apart in the list."""
    first: dict[tuple[str, str], Agency] = {}
    hint = say("if one row is left over, delete it; if both are agencies, tell them apart by their names")
    for agency in agencies:
        key = squeeze(agency.name), squeeze(agency.parent)
        other = first.setdefault(key, agency)
        if agency.name and other is not agency:
            message = say("the agency in {cell} has the same name and the same parent", cell=other.name_at.inside)
            problems.warning(Topic.NAME, message, hint=hint, at=agency.name_at, value=agency.name)


def tell_shared_addresses(agencies: Sequence[Agency], problems: Problems) -> None:
    """One address for agencies that do not belong together: each could open the other's archive."""
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
                others=some_agencies(rest),
            )
            problems.warning(Topic.EMAIL, message, hint=hint, at=first.place_of(email), value=email)


def _belong_together(agencies: Sequence[Agency]) -> bool:
    """Whether they are one agency and its legal entities, or legal entities of one."""
    heads = [agency for agency in agencies if _is_head(agency)]
    bodies = {squeeze(agency.name if _is_head(agency) else agency.parent) for agency in agencies}
    return len(heads) <= 1 and len(bodies) == 1


def _is_head(agency: Agency) -> bool:
    """Whether it stands for itself; the parent of a municipality is its region, which is another body."""
    return not agency.parent or agency.kind in {Kind.DECENTRALISED_ADMINISTRATION, Kind.REGION, Kind.MUNICIPALITY}


def some_agencies(agencies: Sequence[Agency]) -> str:
    """Return the first few agencies by name and cell."""
    named = [f"{visible(agency.name)} ({agency.at.inside})" for agency in agencies[:AGENCIES_TOLD]]
    return ", ".join(named) + (", …" if len(agencies) > AGENCIES_TOLD else "")


def tell_slips_in_hosts(agencies: Sequence[Agency], problems: Problems) -> None:
    """A host that differs by one letter from one that many more agencies have."""
    users: dict[str, set[str]] = defaultdict(set)
    for agency in agencies:
        for email in agency.emails:
            users[_host(email)].add(agency.username)
    counts = Counter({host: len(usernames) for host, usernames in users.items()})
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
    """Each rare text with the frequent one that is a letter away from it.

    Only the frequent ones are compared, by what is left of them without one letter: so the time grows with the number
    of texts, and not with the number of pairs.
    """
    frequent: dict[str, set[str]] = defaultdict(set)
    for text, count in counts.items():
        if count >= MUCH_MORE:
            for piece in _pieces(text):
                frequent[piece].add(text)
    for text, count in counts.items():
        near = set(chain.from_iterable(frequent.get(piece, ()) for piece in _pieces(text)))
        found = [other for other in near if counts[other] >= MUCH_MORE * count and is_one_letter_away(text, other)]
        if found:
            yield text, max(found, key=lambda other: (counts[other], other))


def _pieces(text: str) -> Iterable[str]:
    """The text, and the text without each one of its letters."""
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}


def is_one_letter_away(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two that changed places, make one text the other."""
    if one == other:
        return False
    start = _alike_from_start(one, other)
    one, other = one[start:], other[start:]
    end = _alike_from_start(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return (len(one) <= 1 and len(other) <= 1) or (len(one) == 2 and one == other[::-1])  # noqa: PLR2004 (two letters)


def _alike_from_start(one: str, other: str) -> int:
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def _host(email: str) -> str:
    return email.rpartition("@")[2].lower()


def tell_capitals(agencies: Sequence[Agency], problems: Problems) -> None:
    """Capitals in an address: it is a password, and few people type their own address so."""
    hint = say("if the contact writes it in small letters, write it so; else leave it: it must then be typed like this")
    for agency in agencies:
        for email in agency.emails:
            if email != email.lower():
                message = say("the address has capital letters, and opens the archive only with them")
                problems.warning(Topic.EMAIL, message, hint=hint, at=agency.place_of(email), value=email)


def tell_noted_keepers(agencies: Sequence[Agency], problems: Problems) -> None:
    """Notes decide nothing: who is to keep its code by them alone would lose it."""
    word = STATUS_WORDS[Status.KEEPS][0]
    hint = say(
        "name the agency in keeps_code of campaign.toml, or make its status «{word}»; if not, correct the notes",
        word=word,
    )
    messages = {
        Status.NEW: say("the notes say that the agency keeps its code, and it gets a new one"),
        Status.CONTACT_US: say("the notes say that the agency keeps its code, and its old one ends"),
    }
    for agency in agencies:
        if agency.status in messages and mentions_keeping(agency.notes):
            problems.warning(Topic.STATUS, messages[agency.status], hint=hint, at=agency.notes_at, value=agency.notes)
