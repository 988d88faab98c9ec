"""The pages of the site, complete without scripts: everything of it that is neither an archive nor copied."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from site_src.files.looked import digest_of
from site_src.folders import BUILT_IN_PAGES, PAGE_NAME, ROBOTS_NAME
from site_src.language.catalogues import LOCALES, N_, Words
from site_src.make.archives import ZIP_EPOCH
from site_src.make.assets import Assets, read_assets
from site_src.make.server_rules import robots
from site_src.read.agency import REGIONS, Agency, Status
from site_src.read.inputs import CircularInputs, Inputs
from site_src.read.settings import Site

STATEMENT_DAY = date(2026, 11, 27)  # when the templates were last assessed for the accessibility statement
STATES = {Status.NEW: N_("Has a letter"), Status.KEEPS: N_("Keeps its code"), Status.CONTACT_US: N_("Please call us")}
ERRORS = {
    401: N_("Please log in"), 403: N_("This folder is not yours"), 404: N_("This page does not exist"),
    429: N_("Too many requests"),
}  # fmt: skip
IDS = uuid.UUID("3a0f6a3e-5d0c-4c0e-9d2f-7b1e61a7c9d4")  # ours alone: names within it make ids (RFC 9562, 5.5)

WIDTHS = (72, 30, 56)  # characters, of the columns of a public annex
LAST_ASCII = 127

_REFERENCE = re.compile(rb"&#(\d{3,7});")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # all but XML 1.0, production 2
_PHONE = re.compile(r"\+?[\d\s().-]+")
_RANGE = re.compile(r"(?:\d\D*){10}-\s*\d{1,4}\s*$")  # a whole number of Greece, and another end for it
PHONE_DIGITS = range(3, 16)  # from short codes to the longest of ITU-T E.164


@dataclass(frozen=True, slots=True)
class Archive:
    """A published archive: its size in bytes and the SHA-256 of its bytes in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Page:
    """A file of the site, by its path from the top."""

    path: str
    content: bytes


# Returns the page of this path that is made of these facts: kept, or as the function makes it.
Keeper = Callable[[str, str, Callable[[], bytes]], Page]


def make_anew(path: str, facts: str, make: Callable[[], bytes]) -> Page:  # noqa: ARG001 (as all keepers)
    """Return the page as it is made now, whatever was published."""
    return Page(path, make())


def render_pages(
    inputs: Inputs, archives: Mapping[str, Mapping[str, Archive]], keep: Keeper = make_anew
) -> Iterator[Page]:
    """Yield every page and asset of the site; ``archives`` are those on it, by campaign and user name.

    The same input gives the same bytes, so ``keep`` may give an agency's own page again, of which there are thousands.
    """
    newest_first = sorted(inputs.all, key=lambda each: (each.campaign.day, each.campaign.slug), reverse=True)
    renderer = _Renderer(inputs, keep)
    for path, content in sorted(renderer.assets.files.items()):
        yield Page(path, content)
    yield from renderer.site_pages(newest_first)
    yield renderer.feed(newest_first)
    yield Page(ROBOTS_NAME, robots(inputs.site))
    for each in inputs.all:
        yield renderer.circular(each)
        yield from renderer.folders(each, archives.get(each.campaign.slug, {}))


class _Renderer:
    """Templates, compiled once, with what all pages share."""

    def __init__(self, inputs: Inputs, keep: Keeper) -> None:
        self._site = site = inputs.site
        self._words = inputs.words
        self._keep = keep
        self._home = (site.title, PAGE_NAME)  # the first step of the path to a page: its label, and its own path
        self._own = {page.name: page for page in inputs.pages}
        self.assets = read_assets(logo=site.logo)
        self._environment = page_environment(site, inputs.words, self.assets)
        self._environment.globals["own_pages"] = [page for page in inputs.pages if page.name not in BUILT_IN_PAGES]

    def site_pages(self, entries: Sequence[CircularInputs]) -> Iterator[Page]:
        """Yield the pages that belong to no campaign."""
        _ = self._words.gettext
        yield self._page(
            "home.html", "index.html", self._site.title, section="circulars", entries=entries, crumbs=(), is_top=True
        )
        yield self._page("files.html", "files/index.html", _("Download files"), entries=entries, is_top=True)
        built_in = zip(BUILT_IN_PAGES, (_("Help"), _("Accessibility statement"), _("Privacy")), strict=True)
        for name, title in (*built_in, *((name, "") for name in self._own if name not in BUILT_IN_PAGES)):
            yield self._text(name, title)
        root = f"{self._site.server.url_prefix}/"  # shown at any address, so it names the way from the top
        for status, title in ERRORS.items():
            yield self._page("error.html", f"{status}.html", _(title), root=root, status=status, entries=entries)

    def feed(self, entries: Sequence[CircularInputs]) -> Page:
        """Return the feed of circulars."""
        updated = max((entry.campaign.day for entry in entries), default=STATEMENT_DAY)
        ids, address = partial(_id_of, self._site), partial(_own_address, self._site)
        feed = self._environment.get_template("feed.xml")
        return Page("feed.xml", feed.render(entries=entries, updated=updated, id_of=ids, address=address).encode())

    def circular(self, inputs: CircularInputs) -> Page:
        """Return the circular with its letterhead."""
        campaign, head = inputs.campaign, inputs.campaign.circular
        path, title, here = f"circulars/{campaign.slug}/index.html", head.subject or campaign.folder, campaign.folder
        if head.protocol:
            here = self._words.gettext("Ref. %(protocol)s") % {"protocol": head.protocol}
        return self._page("circular.html", path, title, here=here, head=head, entry=inputs, campaign=campaign)

    def folders(self, inputs: CircularInputs, archives: Mapping[str, Archive]) -> Iterator[Page]:
        """Yield the listing, "my folder", and each agency's own; of a campaign that is over, a page that says so."""
        campaign, title = inputs.campaign, inputs.campaign.folder
        top = f"files/{campaign.slug}"
        crumbs = (self._home, (self._words.gettext("Download files"), "files/index.html"))
        if inputs.is_over:
            yield self._page("over.html", f"{top}/index.html", title, crumbs=crumbs, campaign=campaign)
            return
        facts = Markup(self._environment.get_template("facts.html").render(campaign=campaign))  # noqa: S704 (our own)
        groups = group_agencies(inputs.agencies)
        regions = [agency.name for agency in inputs.agencies if agency.kind in REGIONS]
        landmarks = [parent for parent in groups if parent in regions]  # large enough to be jumped to
        listing = {"groups": groups, "landmarks": landmarks, "archives": archives, "scripts": ("filter.js",)}
        inside: dict[str, object] = {"facts": facts, "campaign": campaign, "crumbs": crumbs}
        yield self._page("listing.html", f"{top}/index.html", title, agencies=inputs.agencies, **inside, **listing)
        inside["crumbs"] = (*crumbs, (title, f"{top}/index.html"))
        yield self._page("mine.html", f"{top}/mine/index.html", self._words.gettext("My folder"), **inside)
        elsewhere = replace(campaign, path=Path())  # the same wherever it is built
        shared = digest_of(repr((self._site, self._own, self.assets.paths, elsewhere))).hex()
        for agency in inputs.agencies:
            path, archive = f"{top}/{agency.username}/index.html", archives.get(agency.username)
            yield self._keep(path, f"{shared}{agency}{archive}", partial(self._agency, path, agency, archive, inside))

    def _agency(self, path: str, agency: Agency, archive: Archive | None, inside: Mapping[str, object]) -> bytes:
        """Return an agency's own page."""
        facts = {"agency": agency, "archive": archive, "scripts": ("opener.js", "copy.js") if archive else ()}
        return self._page("agency.html", path, agency.name, **facts, **inside).content

    def _text(self, name: str, title: str) -> Page:
        path, own = f"{name}/index.html", self._own.get(name)
        if own:
            return self._page("text.html", path, own.title or title, text=own.html, is_top=True)
        return self._page(f"{name}.html", path, title, statement_day=STATEMENT_DAY, is_top=True)

    def _page(self, template: str, path: str, title: str, **facts: object) -> Page:
        context = {
            "root": "../" * path.count("/"),
            "title": title,
            "crumbs": (self._home,),
            "here": "",
            "section": path.partition("/")[0],
            "scripts": (),
            "is_top": False,
            "own_address": _own_address(self._site, path),
            **facts,
        }
        return Page(path, self._environment.get_template(template).render(context).encode())


def _own_address(site: Site, path: str) -> str:
    """Return the whole address of a page that everybody may read; "" where the server's is not known."""
    is_public = path.rpartition("/")[2] == PAGE_NAME and not path.startswith("files/")
    return site.server.root + path.removesuffix(PAGE_NAME) if is_public and site.server.root else ""


def _id_of(site: Site, slug: str) -> str:
    """Return the id of a campaign's circular in the feed, or of the feed itself for no slug.

    It must be unique in the world and never change (RFC 4287, 4.2.6), so neither the server's address nor anything that
    a circular says is in it.
    """
    return uuid.uuid5(IDS, f"{site.operator}\n{site.title}\n{slug}").urn


def page_environment(site: Site, words: Words, assets: Assets) -> Environment:
    """Return what renders templates, with what all of them share."""
    environment = words.templates()
    environment.globals |= {"site": site, "assets": assets.paths, "modules": assets.modules}
    environment.globals |= {"part": _parts(environment), "locale": LOCALES[site.language]}
    environment.filters |= {
        "size": cache(words.size),
        "kind": words.kind,
        "state": lambda state: words.gettext(STATES[state]),
        "agencies": lambda count: (
            words.ngettext("%(num)s agency", "%(num)s agencies", count) % {"num": words.number(count)}
        ),
        "xml": lambda text: _NO_XML.sub("", text),  # not even escaped can XML have these
        "dialled": dialled,
    }
    return environment


def _parts(environment: Environment) -> Callable[..., Markup]:
    """Return ``part`` for templates, which renders once what hundreds of pages have in common."""

    @cache
    def part(name: str, **facts: object) -> Markup:
        return Markup(environment.get_template(name).render(facts))  # noqa: S704 (a template's own output)

    return part


def group_agencies(agencies: Sequence[Agency]) -> dict[str, list[Agency]]:
    """Return agencies by parent: first those without one, then below each agency its own, then parents in no row."""
    children: dict[str, list[Agency]] = {}
    for agency in agencies:
        children.setdefault(agency.parent, []).append(agency)
    return {parent: children[parent] for parent in _in_order(children)}


def _in_order(children: Mapping[str, Sequence[Agency]]) -> Iterator[str]:
    """Yield each parent once, above its children's groups; a circle of parents comes to an end."""
    seen: set[str] = set()
    names = {agency.name for group in children.values() for agency in group}
    roots = sorted(children, key=lambda parent: (parent != "", parent in names))
    for root in roots:
        waiting = [root]
        while waiting:
            parent = waiting.pop()
            if parent in seen or parent not in children:
                continue
            seen.add(parent)
            yield parent
            waiting += [agency.name for agency in reversed(children[parent])]


def dialled(phone: str) -> str:
    """Return the number to dial; "" for more than one number, as in "210 1234567-9" and "213 1364335 / 36"."""
    digits = "".join(character for character in phone if character.isascii() and character.isdigit())
    if not _PHONE.fullmatch(phone) or _RANGE.search(phone) or len(digits) not in PHONE_DIGITS:
        return ""
    return f"+{digits}" if phone.startswith("+") else digits


def beside_circulars(inputs: Inputs, keep: Keeper = make_anew) -> Iterator[Page]:
    """Yield each campaign's public annex and attachments; a campaign that is over has no annex any more."""
    for each in inputs.campaigns:
        day = each.campaign.day
        make = partial(public_annex, each.agencies, inputs.words, day)
        shown = [(agency.name, agency.kind, agency.parent) for agency in each.agencies]
        facts = repr((inputs.site.language, day, shown))
        yield keep(f"circulars/{each.campaign.slug}/annex.xlsx", facts, make)
    for other in inputs.all:
        for path in other.attachments:
            yield Page(f"circulars/{other.campaign.slug}/{path.name}", path.read_bytes())


def public_annex(agencies: Sequence[Agency], words: Words, day: date) -> bytes:
    """Return the agencies' names, kinds and parents as .xlsx, in the given order; ``day`` is its date of creation.

    The same input gives the same bytes on any machine.
    """
    from site_src.files.workbooks import add_table, new_workbook, saved

    book = new_workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime.combine(day, time())
    titles = (words.gettext("Agency"), words.gettext("Kind"), words.gettext("Parent body"))
    rows = ((agency.name, words.kind(agency.kind), agency.parent) for agency in agencies)
    add_table(book, words.gettext("Agencies"), tuple(zip(titles, WIDTHS, strict=True)), rows)
    return _repack(saved(book))


def _repack(written: bytes) -> bytes:
    """Return the same parts in the order of their names, without compression, time of day or the machine's kind."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist()):
            info = zipfile.ZipInfo(name, ZIP_EPOCH)
            info.create_system = 0  # else it is the machine's kind
            new.writestr(info, _in_utf8(old.read(name)))
    return packed.getvalue()


def _in_utf8(part: bytes) -> bytes:
    """Return Greek letters as themselves: openpyxl writes each as a reference of six bytes.

    XML without a declared encoding is UTF-8 (XML 1.0, section 4.3.3); references below 128 may be markup and stay.
    """
    for number in {int(found[1]) for found in _REFERENCE.finditer(part)}:
        if number > LAST_ASCII:
            part = part.replace(b"&#%d;" % number, chr(number).encode())
    return part
