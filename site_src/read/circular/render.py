"""Read and render the texts of staff as HTML, with their placeholders filled in: circulars, and pages of their own."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import UndefinedError

from site_src.files.text import read_text
from site_src.files.walk import in_order, is_keepable
from site_src.folders import BUILT_IN_PAGES, OTHER_FOLDERS
from site_src.language.catalogues import Words
from site_src.language.say import say, say_either
from site_src.problems import Place, Problems, Severity, Topic
from site_src.read.agency import Agency, Status
from site_src.read.circular import FILE, MISSING_NOTE, Named, Unlisted
from site_src.read.circular.markdown_html import Html, Reporter, to_html
from site_src.read.circular.placeholders import MissingFactError, Sandbox, fill_in
from site_src.read.content.campaign_folder import (
    PAGES_NAME,
    SLUG,
    SLUG_LONGEST,
    as_slug,
    fit_files,
    hint_of_missing,
    meant_name,
)
from site_src.read.settings import Campaign, Site

FACTS_FILE = "campaign.toml"
BYTES_MAX = 500_000  # a long circular has 50,000
CODE_MAX = 5_000  # characters, so that marks without an end do not make it look through the whole text each time

PAGE_ENDING = ".md"
PAGES_BESIDE_SITE_FILE = ("help.md", "accessibility.md")  # as in the first versions
PAGE_NAMES_TAKEN = (*OTHER_FOLDERS, "desk")  # the preview's desk is there

PUBLIC_ANNEX = "annex.xlsx"
LISTS = {"agencies": set(Status), "keeps": {Status.KEEPS}, "contact_us": {Status.CONTACT_US}}

_FOOTNOTE_MARK = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\]")
_FOOTNOTE = re.compile(r"^[ >]*\[\^([^\[\]\s]+)\]:", re.MULTILINE)

# Elements that people write into Markdown; another word in angle brackets may be meant to be read as it is.
_NAMES = (
    "abbr|[abipsu]|blockquote|body|br|center|code|del|div|em|font|h[1-6]|head|hr|html|iframe|img|ins|li|mark|ol|pre"
)
_NAMES += "|script|small|span|strike|strong|style|su[bp]|table|tbody|td|th|thead|tr|ul"
_TAG = rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>"
# Code, comments that are not published, escapes and the addresses of links come first, and are passed over.
_HTML = re.compile(
    rf"(?:(?<!`)(?P<fence>`++|^ *+~{{3,}}+)).{{1,{CODE_MAX}}}?(?P=fence)|\{{#.*?(?:#\}}|\Z)"
    rf"|\\<|\]\(<[^<>\n]*>|(?P<comment><!--)|(?P<tag>{_TAG})",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)


# The heading that a text of the staff's own begins with; it becomes the page's title, or a message's subject.
TITLE = re.compile(r"\s*#[ \t]+(?P<title>[^\n]+?)[ \t]*#*[ \t]*(?:\n|$)")


@dataclass(frozen=True)
class Circular(Html):
    """The circular's body as HTML, its headings for a list of contents, and the text as staff wrote it."""

    source: str = ""


@dataclass(frozen=True)
class OwnPage(Html):
    """A page that staff wrote in place of a built-in one, or beside them: its heading, if any, and the text below it.

    ``name`` is its folder on the site, ``file`` what messages call its text.
    """

    title: str = ""
    source: str = ""
    name: str = ""
    file: str = ""


def render_circular(
    campaign: Campaign, site: Site, agencies: Sequence[Agency] | None, words: Words, problems: Problems
) -> Circular:
    """Read and render the campaign's ``circular.md``; every mistake in it goes to ``problems`` with its line.

    Without ``agencies`` (the campaign is over) a text stands for them; a warning names each such place.
    """
    source = _read(campaign.path / FILE, problems)
    if source is None:
        return Circular()
    counts = Counter(agency.name for agency in agencies or ())
    sandbox = Sandbox(words, ambiguous=frozenset(name for name, count in counts.items() if count > 1))
    facts = campaign_facts(campaign, site) | _lists(agencies, words)
    text = fill_in(source, facts, sandbox, problems, _spoiled_by(problems))
    _check_marks(source, problems)
    if agencies is None:
        _warn_of_annex(source, Lines(source, FILE), problems)
    written = to_html(text, words, _reporter(source, problems), expand=sandbox.expand, files=_files_beside(campaign))
    if not written.html.striptags() and not (problems.has_errors and source.strip()):
        message = say("the circular shows no text")
        problems.error(Topic.FILE, message, hint=say("write its text there"), at=Place(file=FILE))
        return Circular()
    return Circular(written.html, written.headings, source)


def read_own_pages(content: Path, site: Site, words: Words, problems: Problems) -> tuple[OwnPage, ...]:
    """Return the pages that can be read, in the order of their files' names; all else in ``pages/`` is a problem."""
    found = {path.name: path for path in map(content.joinpath, PAGES_BESIDE_SITE_FILE) if path.is_file()}
    for path in fit_files(content / PAGES_NAME, PAGES_NAME, _why_no_page, problems):
        if path.name in found:
            message = say("this page has a text in {folder}/ too", folder=PAGES_NAME)
            problems.error(Topic.FILE, message, hint=say("keep one of them"), at=Place(file=path.name))
        found[path.name] = path
    paths = ((path, path.relative_to(content).as_posix()) for path in in_order(found.values()))
    pages = [_read_page(path, file, site, words, problems) for path, file in paths]
    return tuple(sorted((page for page in pages if page), key=lambda page: page.name))


def _why_no_page(path: Path) -> tuple[str, str] | None:
    """Return why a file is not a page, and what to do; None where it is one."""
    name, near = path.stem, meant_name(path.name, [f"{each}{PAGE_ENDING}" for each in BUILT_IN_PAGES])
    if not path.is_file() or path.is_symlink() or path.suffix != PAGE_ENDING:
        message = say("only texts that end in .md are pages")
        hint = say("move it out of this folder; an attachment of a circular can be linked from a page")
        return message, say('rename "{found}" to "{name}"', found=path.name, name=near) if near else hint
    if name in PAGE_NAMES_TAKEN:
        taken = say_either([f'"{each}"' for each in PAGE_NAMES_TAKEN])
        message = say("the site has a folder of this name itself: a page cannot be called {taken}", taken=taken)
        return message, say('give the file another name, for example "{name}"', name=f"{name}-info{PAGE_ENDING}")
    if SLUG.fullmatch(name) and is_keepable(name):
        return None
    message = say(
        "the name of this file becomes a web address: expected lower-case Latin letters, digits and hyphens between "
        "them, at most {most}",
        most=SLUG_LONGEST,
    )
    slug = as_slug(name)
    is_free = slug and slug not in PAGE_NAMES_TAKEN and is_keepable(slug)
    near = near or f"{slug if is_free else 'page'}{PAGE_ENDING}"
    return message, say('rename "{found}" to "{name}"', found=path.name, name=near)


def _read_page(path: Path, file: str, site: Site, words: Words, problems: Problems) -> OwnPage | None:
    """Read and render a page of the staff's own, as a circular with the facts of the site alone.

    One without a heading is a problem, since nothing else says what links to it are called.
    """
    own, page = Problems(), None
    if path.stat().st_size > BYTES_MAX:
        own.error(Topic.FILE, say("this file is too large for a page"), hint=say("divide it"), at=Place(file=FILE))
    elif (source := read_text(path, own)) is not None:
        page = replace(_page_of(source, site, words, own), name=path.stem, file=file)
    if page and not page.html.striptags() and not own.has_errors:
        message, hint = say("the page shows no text"), say("write its text there, below the heading")
        own.error(Topic.FILE, message, hint=hint, at=Place(file=FILE))
    if page and page.html and not page.title and page.name not in BUILT_IN_PAGES:
        message = say("the page has no heading, which links to it are called by")
        hint = say('begin the text with a line such as "# Terms of use"')
        own.error(Topic.TEXT, message, hint=hint, at=Place(file=FILE))
    own.rename_files(lambda _: file)
    problems.extend(own.all())
    return page


def _page_of(source: str, site: Site, words: Words, problems: Problems) -> OwnPage:
    sandbox, report = Sandbox(words), _reporter(source, problems)
    _check_marks(source, problems)
    text, title = fill_in(source, site_facts(site), sandbox, problems), ""
    if found := TITLE.match(text):
        heading = to_html(f"# {found['title']}", words, report, expand=sandbox.expand).headings
        title, text = "".join(each.text for each in heading), text[found.end() :]
    written = to_html(text, words, report, expand=sandbox.expand, files=())
    return OwnPage(written.html, written.headings, title, source)


def _reporter(source: str, problems: Problems) -> Reporter:
    """Return how the writer of the HTML reports an address: on the line that has it in the text as staff wrote it."""
    lines = Lines(source, FILE)

    def report(address: str, message: str, hint: str) -> None:
        position = source.find(address) if address else -1  # not there where placeholders put it together
        problems.error(Topic.TEXT, message, hint=hint, at=lines.at(position), value=address)

    return report


def _read(path: Path, problems: Problems) -> str | None:
    if not path.is_file():
        message = say("there is no circular in the campaign's folder")
        hint = say("write the circular's text there; `new --circular FILE` makes it out of a Word or text file")
        hint = hint_of_missing(path, hint)
    elif path.stat().st_size > BYTES_MAX:
        message = say("this file is too large for a circular")
        hint = say("check that this is the circular's text; pictures and tables go into attachments/")
    else:
        return read_text(path, problems)
    problems.error(Topic.FILE, message, hint=hint, at=Place(file=FILE))
    return None


def _spoiled_by(problems: Problems) -> tuple[type[Exception], ...]:
    """Return how placeholders fail after mistakes that are reported already: a fact or an agency could not be read."""
    files = {each.at.file for each in problems.all() if each.severity is Severity.ERROR}
    spoiled = {MissingFactError: FACTS_FILE in files, UndefinedError: bool(files - {FACTS_FILE})}
    return tuple(kind for kind, is_spoiled in spoiled.items() if is_spoiled)


def _lists(agencies: Sequence[Agency] | None, words: Words) -> dict[str, object]:
    """Return the lists of agencies by their placeholders; bare names, so that no address gets into the text."""
    if agencies is None:
        return dict.fromkeys(LISTS, Unlisted([Named(words.gettext("[as in the original circular]"), "", "")]))
    all_named = [(agency.status, named(agency, words)) for agency in agencies]
    return {name: tuple(each for status, each in all_named if status in statuses) for name, statuses in LISTS.items()}


def named(agency: Agency, words: Words) -> Named:
    """Return the facts of an agency that a text may show."""
    return Named(agency.name, words.kind(agency.kind), agency.parent)


def campaign_facts(campaign: Campaign, site: Site) -> dict[str, object]:
    """Return the placeholders for the facts of a campaign and its site, by name."""
    of_campaign = ("folder", "deadline", "effective", "eve", "files_until", "slug")
    facts = {name: getattr(campaign, name) for name in of_campaign}
    facts |= {name: getattr(campaign.circular, name) for name in ("protocol", "date", "place", "subject")}
    return facts | site_facts(site)


def site_facts(site: Site) -> dict[str, object]:
    """Return the placeholders for the facts of site.toml, by the names of their keys."""
    office = {name: getattr(site.contact, name) for name in ("unit", "phones", "email", "address")}
    return {"operator": site.operator, "title": site.title} | office


def _warn_of_annex(source: str, lines: Lines, problems: Problems) -> None:
    """Warn of a link to the public annex, which leaves the site when the campaign is over."""
    if (position := source.find(f"]({PUBLIC_ANNEX}")) >= 0:
        message = say("the annex for publication has left the site, since the round is over")
        hint = say("link a copy of it in attachments/ that has another name, or remove the link")
        problems.warning(Topic.TEXT, message, hint=hint, at=lines.at(position), value=PUBLIC_ANNEX)


def _files_beside(campaign: Campaign) -> set[str]:
    """Return the names of the files beside the circular's page on the site."""
    folder = campaign.path / "attachments"
    attached = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return attached | {PUBLIC_ANNEX, "index.html"}


def _check_marks(source: str, problems: Problems) -> None:
    """Warn of a mark without its footnote or with two, of a footnote that `new` could not fill, and of HTML."""
    lines = Lines(source, FILE)
    defined = set()
    for note in _FOOTNOTE.finditer(source):
        if note[1] in defined:
            message, hint = (
                say("this mark has two footnotes: the page shows only the last"),
                say("give one of them another number"),
            )
            problems.warning(Topic.TEXT, message, hint=hint, at=lines.at(note.end()), value=note[0].strip())
        defined.add(note[1])
    for mark in _FOOTNOTE_MARK.finditer(source):
        if mark[1] not in defined:
            message = say("this mark has no footnote")
            hint = say("write the footnote on a line of its own: [^{label}]: its text", label=mark[1])
            problems.warning(Topic.TEXT, message, hint=hint, at=lines.at(mark.start()), value=mark[0])
    for note in re.finditer(rf"(?:(\[\^[^\]]+\]):[ ]*)?{re.escape(MISSING_NOTE)}", source):
        label = note[1] or "[^…]"
        message = say("the text of this footnote is still missing")
        hint = say(
            "write what the document says there, or remove this line and the mark {mark} in the text", mark=label
        )
        problems.warning(Topic.TEXT, message, hint=hint, at=lines.at(note.start()), value=label)
    warn_of_html(source, FILE, problems)


def warn_of_html(text: str, file: str, problems: Problems) -> None:
    """Warn of each comment and tag, which everybody would read."""
    lines = Lines(text, file)
    for found in _HTML.finditer(text):
        if found["comment"]:
            message = say("this comment shows as text: everybody reads it")
            hint = say("write a note to colleagues between {# and #}: it is not published")
        elif found["tag"]:
            message = say("HTML shows as text")
            hint = say(
                "take it out; a page has Markdown for it: **bold**, an empty line before a new paragraph, two spaces "
                "at the end of a line for a break"
            )
        else:
            continue
        problems.warning(Topic.TEXT, message, hint=hint, at=lines.at(found.start()), value=found[0])


class Lines:
    """The lines of one text, which is read once, however many places are asked for."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._ends = [end.start() for end in re.finditer("\n", text)]

    def at(self, position: int) -> Place:
        """Return the line that holds the character at ``position``; the file alone for a position below 0."""
        return Place(file=self._file, line=bisect_left(self._ends, position) + 1 if position >= 0 else 0)
