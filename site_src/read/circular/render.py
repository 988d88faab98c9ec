"""The circular: ``circular.md`` with its placeholders filled in, as HTML."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import UndefinedError
from markupsafe import Markup

from site_src.files.staff_text import read_text
from site_src.language.say import say
from site_src.problems import Place, Severity, Topic
from site_src.read.agency import Status
from site_src.read.circular import FILE, MISSING_NOTE
from site_src.read.circular.markdown_html import Heading, to_html
from site_src.read.circular.placeholders import fill_in
from site_src.read.circular.raw_html import LineNumbers, warn_of_html
from site_src.read.circular.sandbox import MissingFactError, Named, Sandbox, Unlisted
from site_src.read.content.campaign_folder import hint_of_missing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from site_src.problems import Problems
    from site_src.read.agency import Agency
    from site_src.read.settings import Campaign, Site
    from site_src.read.words import Words

FACTS_FILE = "campaign.toml"
BYTES_MAX = 500_000  # a long circular has 50,000

NO_TEXT = Markup()

PUBLIC_ANNEX = "annex.xlsx"
LISTS = {"agencies": set(Status), "keeps": {Status.KEEPS}, "contact_us": {Status.CONTACT_US}}

_FOOTNOTE_MARK = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\](:?)")


@dataclass(frozen=True)
class Circular:
    """The circular's body as HTML, its headings for a list of contents, and the text as staff wrote it."""

    html: Markup = NO_TEXT
    headings: tuple[Heading, ...] = ()
    source: str = ""


def render_circular(
    campaign: Campaign, site: Site, agencies: Sequence[Agency] | None, words: Words, problems: Problems
) -> Circular:
    """Read and set the campaign's ``circular.md``; every mistake in it goes to ``problems`` with its line.

    Without ``agencies`` (the campaign is over) a text stands for them; a warning says where.
    """
    source = _read(campaign.path / FILE, problems)
    if source is None:
        return Circular()
    sandbox = Sandbox(words, _ambiguous_names(agencies or ()))
    facts = _facts(campaign, site) | _lists(agencies, words)
    text = fill_in(source, facts, sandbox, problems, _spoiled_by(problems))
    _check_footnotes(source, problems)
    warn_of_html(source, FILE, problems, say("write a note to colleagues between {# and #}: it is not published"))
    lines = LineNumbers(source)
    if agencies is None:
        _warn_of_annex(source, lines, problems)

    def report(address: str, message: str, hint: str) -> None:
        position = source.find(address) if address else -1  # not there where placeholders put it together
        at = Place(file=FILE, line=lines.at(position) if position >= 0 else 0)
        problems.error(Topic.TEXT, message, hint=hint, at=at, value=address)

    written = to_html(text, words, report, expand=sandbox.expand, files=_files_beside(campaign))
    if not written.html.striptags() and not problems.has_errors:
        message = say("the circular shows no text")
        problems.error(Topic.FILE, message, hint=say("write its text there"), at=Place(file=FILE))
        return Circular()
    return Circular(written.html, written.headings, source)


def _read(path: Path, problems: Problems) -> str | None:
    if not path.is_file():
        message = say("there is no circular in the campaign's folder")
        hint = say("write the circular's text there; `new --circular FILE` makes it out of a Word or text file")
        problems.error(Topic.FILE, message, hint=hint_of_missing(path, hint), at=Place(file=FILE))
        return None
    if path.stat().st_size > BYTES_MAX:
        message = say("this file is too large for a circular")
        hint = say("check that this is the circular's text; pictures and tables go into attachments/")
        problems.error(Topic.FILE, message, hint=hint, at=Place(file=FILE))
        return None
    text = read_text(path, problems)
    if text is not None and not text.strip():
        problems.error(Topic.FILE, say("the circular is empty"), hint=say("write its text there"), at=Place(file=FILE))
        return None
    return text


def _spoiled_by(problems: Problems) -> tuple[type[Exception], ...]:
    """How placeholders fail for mistakes that are told already: a fact or an agency could not be read."""
    files = {each.at.file for each in problems.all() if each.severity is Severity.ERROR}
    spoiled = {MissingFactError: FACTS_FILE in files, UndefinedError: bool(files - {FACTS_FILE})}
    return tuple(kind for kind, is_spoiled in spoiled.items() if is_spoiled)


def _ambiguous_names(agencies: Sequence[Agency]) -> frozenset[str]:
    counts = Counter(agency.name for agency in agencies)
    return frozenset(name for name, count in counts.items() if count > 1)


def _lists(agencies: Sequence[Agency] | None, words: Words) -> dict[str, object]:
    """The lists of agencies by the names of their placeholders; bare names, so that no address gets into the text."""
    if agencies is None:
        return dict.fromkeys(LISTS, Unlisted([Named(words.gettext("[as in the original circular]"), "", "")]))
    named = [(agency.status, Named(agency.name, words.kind(agency.kind), agency.parent)) for agency in agencies]
    return {name: tuple(each for status, each in named if status in statuses) for name, statuses in LISTS.items()}


def _facts(campaign: Campaign, site: Site) -> dict[str, object]:
    """Every other placeholder by its name."""
    head = campaign.circular
    return {
        "folder": campaign.folder,
        "deadline": campaign.deadline,
        "effective": campaign.effective,
        "eve": campaign.eve,
        "files_until": campaign.files_until,
        "protocol": head.protocol,
        "date": head.date,
        "place": head.place,
        "subject": head.subject,
        "operator": site.operator,
        "title": site.title,
        "slug": campaign.slug,
    }


def _warn_of_annex(source: str, lines: LineNumbers, problems: Problems) -> None:
    """Warn of a link to the public annex, which leaves the site when the campaign is over."""
    if (position := source.find(f"]({PUBLIC_ANNEX}")) >= 0:
        message = say("the annex for publication has left the site, since the round is over")
        hint = say("link a copy of it in attachments/ that has another name, or remove the link")
        problems.warning(
            Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=lines.at(position)), value=PUBLIC_ANNEX
        )


def _files_beside(campaign: Campaign) -> set[str]:
    """What lies beside the circular's page on the site."""
    folder = campaign.path / "attachments"
    attached = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return attached | {PUBLIC_ANNEX, "index.html"}


def _check_footnotes(source: str, problems: Problems) -> None:
    """A mark without its footnote would stay in the text as it is; one that `new` could not fill waits for staff."""
    found = [(match[1], bool(match[2]), match) for match in _FOOTNOTE_MARK.finditer(source)]
    defined = {label for label, is_definition, _ in found if is_definition}
    lines = LineNumbers(source)
    for label, _, match in found:
        if label not in defined:
            at = Place(file=FILE, line=lines.at(match.start()))
            hint = say("write the footnote on a line of its own: [^{label}]: its text", label=label)
            problems.warning(Topic.TEXT, say("this mark has no footnote"), hint=hint, at=at, value=match[0])

    for number, line in enumerate(source.split("\n"), start=1):
        if MISSING_NOTE in line:
            at = Place(file=FILE, line=number)
            hint = say("write what the document says there, or remove the footnote and its mark")
            problems.warning(Topic.TEXT, say("the text of this footnote is still missing"), hint=hint, at=at)
