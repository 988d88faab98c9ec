"""The facts of a new campaign as a table has them: what each is called, and how an answer is put in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import chain, count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from site_src.language.catalogues import N_
from site_src.language.greek import find_days, fold, one_line
from site_src.language.say import say
from site_src.new.campaign_files import Keepers
from site_src.new.draft import check_slug
from site_src.new.facts import day_before
from site_src.problems import UsageError, nearest
from site_src.read.agency import Status
from site_src.read.content.toml_files import SITE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_src.new.draft import Understood

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
    operator: str = ""
    address: str = ""
    passwords: Path | None = None


@dataclass(frozen=True)
class Fact:
    """A row of the table: its name, its place in the answers, and how an answer is read (UsageError: it cannot be)."""

    name: str
    path: str
    read: Callable[[str], object]
    proposal: Callable[[Answers], str] = lambda _: ""
    is_missing: Callable[[Answers], bool] = lambda _: True  # where it has no value
    is_optional: bool = False

    def value(self, answers: Answers) -> str:
        """Return the value in words."""
        value = attrgetter(self.path)(answers)
        if isinstance(value, Keepers):
            return "; ".join(value.both)
        return value if isinstance(value, str) else _shown(value)

    def put(self, answers: Answers, text: str) -> Answers:
        """Return the answers with this one."""
        changed: Answers = _with(answers, self.path, self.read(text))
        return changed


def _with(whole: Any, path: str, value: object) -> Any:  # noqa: ANN401 (whatever dataclass is on the way)
    """Return a dataclass with a value in it, or in a dataclass within, as the path says."""
    first, _, rest = path.partition(".")
    return replace(whole, **{first: _with(getattr(whole, first), rest, value) if rest else value})


def free_slug(content: Path, day: date) -> str:
    """Return a name that no campaign has: the year and month of the day."""
    month = f"{day.year:04}-{day.month:02}"
    names = chain([month], (f"{month}-{number}" for number in count(2)))
    return next(name for name in names if not (content / name).exists())


def read_slug(content: Path, text: str) -> str:
    """Return the name that a text gives a campaign. Raises UsageError where none can be called so."""
    check_slug(content, text.strip())
    return text.strip()


def facts_of(content: Path, day: date, found: Understood) -> tuple[Fact, ...]:
    """Return the rows of the table, in their order; those of a site.toml only where there is none yet."""
    head, portal = "found.text.official.letterhead", found.text.portal
    site = (
        Fact(N_("the operator of the site"), "operator", _words),
        Fact(N_("the portal's address, for the letters"), "address", _address, lambda _: portal, is_optional=True),
    )
    keepers = partial(_keepers, found)
    return (
        Fact(N_("the campaign's name in addresses"), "slug", partial(read_slug, content)),
        Fact(N_("the folder's name"), "found.text.facts.folder", _words, lambda now: _usual_name(now, day)),
        Fact(N_("the last day to act"), "found.text.official.deadline", _day, _usual_deadline),
        Fact(N_("the first day of the new codes"), "found.text.facts.effective", _day, _usual_first_day),
        Fact(N_("the protocol number"), f"{head}.protocol", one_line, is_optional=True),
        Fact(N_("the date"), f"{head}.date", lambda text: _day(text) if text else None, is_optional=True),
        Fact(N_("the subject"), f"{head}.subject", one_line, is_optional=True),
        *(() if (content / SITE_FILE).exists() else site),
        Fact(N_("who keeps the code"), "found.keepers", keepers, is_missing=_awaits_keepers, is_optional=True),
    )


def statuses_of(answers: Answers) -> Iterator[Status]:
    """Yield the status of each agency, with those that keep their code by the answers."""
    kept = answers.found.keepers.both
    for agency in answers.found.agencies:
        yield Status.KEEPS if {agency.name, agency.username} & {*kept} else agency.status


def _shown(day: date | None) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year:04}" if day else ""


def _day(text: str) -> date:
    """Return the one day that a text names. Raises UsageError."""
    days = find_days(text)
    if len(days) != 1:
        raise UsageError(say('"{text}" is not a day: expected one such as 30-11-2020', text=text))
    return days[0].day


def _usual_deadline(answers: Answers) -> str:
    facts = answers.found.text.facts
    return _shown(facts.deadline or day_before(facts.effective))


def _usual_first_day(answers: Answers) -> str:
    eve = answers.found.text.facts.eve or answers.found.text.official.deadline
    return _shown(eve + ONE_DAY if eve and eve < date.max else None)


def _usual_name(answers: Answers, today: date) -> str:
    day = answers.found.text.facts.effective or answers.found.text.official.letterhead.date or today
    return f"ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ {day.month:02}_{day.year:04}"


def _words(text: str) -> str:
    if not text.strip():
        raise UsageError(say("expected some words"))
    return one_line(text)


def _address(text: str) -> str:
    if text and not text.lower().startswith(("http://", "https://")):
        raise UsageError(
            say('"{text}" is not an address of the web: expected one such as {example}', example=PORTAL, text=text)
        )
    return text


def _keepers(found: Understood, text: str) -> Keepers:
    """Return names or user names, separated by semicolons."""
    names = (_keeper(found, one_line(each)) for each in text.split(";") if each.strip())
    return Keepers(tuple(dict.fromkeys(names)))


def _keeper(found: Understood, text: str) -> str:
    agencies = found.agencies
    if found.annex_has_errors:
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


def _awaits_keepers(answers: Answers) -> bool:
    """Return whether the circular says that somebody keeps the code, and names nobody of the annex."""
    found = answers.found
    return bool(found.agencies and found.keepers.sentence) and not found.keepers.doubtful
