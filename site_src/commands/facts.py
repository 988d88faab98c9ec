"""The facts of a new campaign as a table has them: what each is called, and how an answer is put in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import find_days, fold, one_line
from site_src.language.say import say
from site_src.new.draft import check_slug
from site_src.new.facts import Keepers, day_before
from site_src.problems import UsageError, nearest
from site_src.read.agency import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_src.new.circular_text import CircularText
    from site_src.new.draft import Understood
    from site_src.read.settings import Letterhead

ONE_DAY = timedelta(days=1)
PORTAL = "https://portal.ypourgeio.example"  # as an example


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All that a new campaign is made of; ``operator`` and ``address`` are of a site.toml that is still to be written.

    ``circular`` is None where there is none yet, ``passwords`` where nothing is to be copied.
    """

    annex: Path
    circular: Path | None
    slug: str
    found: Understood
    has_site: bool = False
    operator: str = ""
    address: str = ""
    passwords: Path | None = None


@dataclass(frozen=True)
class Fact:
    """A row of the table: its name, the value in words, and how an answer is put in (UsageError: it cannot be)."""

    name: str
    value: Callable[[Answers], str]
    put: Callable[[Answers, str], Answers]
    proposal: Callable[[Answers], str] = lambda _: ""
    is_missing: Callable[[Answers], bool] = lambda _: True  # where it has no value
    is_optional: bool = False


def free_slug(content: Path, day: date) -> str:
    """Return a name that no campaign has: the year and month of the day."""
    month = f"{day.year:04}-{day.month:02}"
    names = chain([month], (f"{month}-{number}" for number in count(2)))
    return next(name for name in names if not (content / name).exists())


def facts_of(content: Path, day: date, *, has_site: bool) -> tuple[Fact, ...]:
    """Return the rows of the table, in their order; those of a site.toml only where there is none yet."""
    slug = Fact(
        N_("the campaign's name in addresses"), lambda a: a.slug, lambda a, text: _put_slug(a, content, text.strip())
    )
    folder = Fact(
        N_("the folder's name"), lambda a: a.found.text.facts.folder, _put_folder, lambda a: _usual_name(a, day)
    )
    return (slug, folder, *_DAYS, *_LETTERHEAD, *(() if has_site else _SITE), _KEEPERS)


def statuses_of(answers: Answers) -> Iterator[Status]:
    """Yield the status of each agency, with those that keep their code by the answers."""
    kept = answers.found.keepers.both
    for agency in answers.found.agencies:
        yield Status.KEEPS if {agency.name, agency.username} & {*kept} else agency.status


def _shown(day: date | None) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year:04}" if day else ""


def _day_after(day: date | None) -> date | None:
    return day + ONE_DAY if day and day < date.max else None


def _day(text: str) -> date:
    """Return the one day that a text names. Raises UsageError."""
    days = find_days(text)
    if len(days) != 1:
        raise UsageError(say('"{text}" is not a day: expected one such as 30-11-2020', text=text))
    return days[0].day


def _usual_name(answers: Answers, today: date) -> str:
    day = answers.found.text.facts.effective or answers.found.text.official.letterhead.date or today
    return f"ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ {day.month:02}_{day.year:04}"


def _some(text: str) -> str:
    if not text.strip():
        raise UsageError(say("expected some words"))
    return one_line(text)


def _put_slug(answers: Answers, content: Path, text: str) -> Answers:
    check_slug(content, text)
    return replace(answers, slug=text)


def _put_folder(answers: Answers, text: str) -> Answers:
    facts = replace(answers.found.text.facts, folder=_some(text))
    return _put_text(answers, replace(answers.found.text, facts=facts))


def _put_deadline(answers: Answers, text: str) -> Answers:
    official = replace(answers.found.text.official, deadline=_day(text))
    return _put_text(answers, replace(answers.found.text, official=official))


def _put_effective(answers: Answers, text: str) -> Answers:
    facts = replace(answers.found.text.facts, effective=_day(text))
    return _put_text(answers, replace(answers.found.text, facts=facts))


def _head(answers: Answers) -> Letterhead:
    return answers.found.text.official.letterhead


def _put_head(answers: Answers, head: Letterhead) -> Answers:
    text = answers.found.text
    return _put_text(answers, replace(text, official=replace(text.official, letterhead=head)))


def _put_text(answers: Answers, text: CircularText) -> Answers:
    return replace(answers, found=replace(answers.found, text=text))


def _put_operator(answers: Answers, text: str) -> Answers:
    return replace(answers, operator=_some(text))


def _address(text: str) -> str:
    if text and not text.lower().startswith(("http://", "https://")):
        raise UsageError(
            say('"{text}" is not an address of the web: expected one such as {example}', example=PORTAL, text=text)
        )
    return text


def _put_keepers(answers: Answers, text: str) -> Answers:
    """Put in names or user names, separated by semicolons."""
    names = tuple(_keeper(answers, one_line(each)) for each in text.split(";") if each.strip())
    keepers = Keepers(tuple(dict.fromkeys(names)))
    return replace(answers, found=replace(answers.found, keepers=keepers))


def _keeper(answers: Answers, text: str) -> str:
    agencies = answers.found.agencies
    if answers.found.annex_has_errors:
        return text  # `check` looks it up once the annex can be read
    named = [agency for agency in agencies if text == agency.username or fold(text) == fold(agency.name)]
    if len(named) == 1:
        return named[0].username if text == named[0].username else named[0].name
    if named:
        usernames = ", ".join(agency.username for agency in named)
        raise UsageError(
            say('"{text}" is the name of several agencies', text=text),
            say("give the user name: {usernames}", usernames=usernames),
        )
    message = say('the annex has no agency "{text}"; several are separated by semicolons', text=text)
    raise UsageError(message, nearest(text, [agency.name for agency in agencies]) if agencies else "")


def doubtful(keepers: Keepers) -> tuple[str, ...]:
    """Return the names that the annex's notes alone, or the circular alone, has among those who keep their code."""
    return (*keepers.notes_only, *keepers.text_only)


_DAYS = (
    Fact(
        N_("the last day to act"),
        lambda a: _shown(a.found.text.official.deadline),
        _put_deadline,
        lambda a: _shown(a.found.text.facts.deadline or day_before(a.found.text.facts.effective)),
    ),
    Fact(
        N_("the first day of the new codes"),
        lambda a: _shown(a.found.text.facts.effective),
        _put_effective,
        lambda a: _shown(_day_after(a.found.text.facts.eve or a.found.text.official.deadline)),
    ),
)
_LETTERHEAD = (
    Fact(
        N_("the protocol number"),
        lambda a: _head(a).protocol,
        lambda a, text: _put_head(a, replace(_head(a), protocol=one_line(text))),
        is_optional=True,
    ),
    Fact(
        N_("the date"),
        lambda a: _shown(_head(a).date),
        lambda a, text: _put_head(a, replace(_head(a), date=_day(text) if text else None)),
        is_optional=True,
    ),
    Fact(
        N_("the subject"),
        lambda a: _head(a).subject,
        lambda a, text: _put_head(a, replace(_head(a), subject=one_line(text))),
        is_optional=True,
    ),
)
_SITE = (
    Fact(N_("the operator of the site"), lambda a: a.operator, _put_operator),
    Fact(
        N_("the portal's address, for the letters"),
        lambda a: a.address,
        lambda a, text: replace(a, address=_address(text)),
        lambda a: a.found.text.portal,
        is_optional=True,
    ),
)
_KEEPERS = Fact(
    N_("who keeps the code"),
    lambda a: "; ".join(a.found.keepers.both),
    _put_keepers,
    is_missing=lambda a: bool(a.found.agencies and a.found.keepers.sentence) and not doubtful(a.found.keepers),
    is_optional=True,
)
