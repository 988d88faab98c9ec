"""Markdown to HTML that is safe to publish: no markup of its own, no styles, links only where people mean them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from markupsafe import Markup

from site_src.language.greek import to_latin
from site_src.language.say import say
from site_src.read.circular.lists import Lists

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from site_src.read.words import Words

SCHEMES = {"http", "https", "mailto", "tel"}
SLUG_CHARACTERS_MAX = 60
TOP_LEVEL = 2  # the page's own heading is the h1
LOWEST_LEVEL = 6
VOID = {"br", "hr", "img"}
# The library looks from each mark to the end of its paragraph, and from each line that ends a block to the block's end:
# so many characters take it half a second. A circular of 30 pages makes it look at 2 million.
LOOKED_AT_MAX = 20_000_000
CHARACTERS_MAX = 150_000  # 50 pages, which take it a second
FOOTNOTES_MAX = 1_000  # marks; it compares each with all others of the same footnote, which takes it half a second
BACK_ARROW = "\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}"

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_ATTACHED = re.compile(r"(?:\./)?(?:attachments/)?(?=.)")
# Browsers pass over the control characters in an address (URL Standard, section 4.4); people do not see the others.
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufeff]+")
_MARKS = re.compile(r"[\[\]()`*_<!&\\]")
_ENDS_OF_BLOCKS = re.compile(r"^[ >]*(?:[#\[]|[-=*_][-=*_ ]*$)", re.MULTILINE)  # headings, rules and definitions
_ALIGNMENT = re.compile(r"text-align: (left|center|right);")


@dataclass(frozen=True)
class Heading:
    """A heading within the text: its level (2 to 6), its id and its plain text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Html:
    """The text as HTML, with its headings in their order."""

    html: Markup
    headings: tuple[Heading, ...]


class Reporter(Protocol):
    """Hears of what cannot be published: the address as written (if it is one), what is wrong, and what to do."""

    def __call__(self, address: str, message: str, hint: str) -> None:
        """Take it down."""


def to_html(
    text: str,
    words: Words,
    report: Reporter,
    *,
    expand: Callable[[str], str] = str,
    files: Collection[str] | None = None,
) -> Html:
    """The Markdown text as HTML; nothing, and a report, where that would take too long.

    Raw HTML shows as text. ``expand`` puts values in the place of marks, after Markdown has read the text. ``files``
    are the names that lie beside the page; without them, links within the site are not looked at.
    """
    publisher = _Publisher(words, report, expand, files)
    markdown = Markdown(
        output_format="html",
        extensions=[
            FootnoteExtension(BACKLINK_TEXT=BACK_ARROW),
            TableExtension(),
            "sane_lists",
            TocExtension(marker="", slugify=_slug, toc_depth=6),
            _Publishing(publisher),
        ],
    )
    markdown.serializer = publisher.write
    try:
        _check_size(text)
        written = Markup(markdown.convert(text))  # noqa: S704 (the serializer below escapes every text and value)
    except Exception:  # noqa: BLE001 (the library reads what staff wrote: whatever fails there is told to them)
        message = say("this text is too long, has too many marks in one paragraph, or is nested too deep")
        hint = say("put empty lines between paragraphs, and long lists or tables into attachments/")
        report("", message, hint)
        return Html(Markup(), ())
    return Html(written, tuple(_headings(markdown.toc_tokens)))  # type: ignore[attr-defined]  # the extension sets it


def _check_size(text: str) -> None:
    """Raise ValueError for a text that is larger than any circular, or whose blocks take the library too long."""
    if len(text) > CHARACTERS_MAX or text.count("[^") > FOOTNOTES_MAX:
        raise ValueError
    _check_work(text.split("\n\n"), _ENDS_OF_BLOCKS)


def _check_work(texts: Iterable[str], marks: re.Pattern[str]) -> None:
    """Raise ValueError where the library would look at more characters than any circular needs."""
    if sum(len(text) * len(marks.findall(text)) for text in texts) > LOOKED_AT_MAX:
        raise ValueError


def _headings(tokens: list[dict[str, Any]]) -> Iterator[Heading]:
    for token in tokens:
        yield Heading(token["level"], token["id"], html.unescape(token["name"]).strip())
        yield from _headings(token["children"])


def _slug(text: str, separator: str) -> str:
    """An id that can be read in an address: Latin letters and digits."""
    latin = re.sub(r"[^a-z0-9]+", separator, to_latin(text)).strip(separator)
    return latin[:SLUG_CHARACTERS_MAX].rstrip(separator) or "section"


class _Publishing(Extension):
    """Takes raw HTML out of Markdown and puts our own writer in."""

    def __init__(self, publisher: _Publisher) -> None:
        super().__init__()
        self._publisher = publisher

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the library's name)
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(Lists(md), "lists", 20)  # after tabs have become spaces
        for pattern in ("html", "entity", "automail"):  # the last one hides addresses behind numbers, from no one
            md.inlinePatterns.deregister(pattern)
        md.inlinePatterns.register(_Mail(r"<(?:mailto:)?([^<>\s!]+@[^<>@\s]+)>", md), "mail", 110)
        md.treeprocessors.register(_Bounds(md), "bounds", 25)  # before the marks within paragraphs are read
        md.treeprocessors.register(_Levels(md), "levels", 6)  # before the headings get their ids
        md.treeprocessors.register(_Finish(md, self._publisher), "finish", -1)  # when all else is done


class _Mail(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: ARG002, N802 (the library's signature, looser than its type)
        link = Element("a", href=f"mailto:{self.unescape(m[1])}")
        link.text = AtomicString(self.unescape(m[1]))
        return link, m.start(0), m.end(0)


class _Bounds(Treeprocessor):
    def run(self, root: Element) -> None:
        _check_work((text for element in root.iter() for text in (element.text, element.tail) if text), _MARKS)


class _Levels(Treeprocessor):
    """The text's highest headings become h2, the rest follow without a gap."""

    def run(self, root: Element) -> None:
        found = [element for element in root.iter() if re.fullmatch(r"h[1-6]", element.tag)]
        top = min((int(element.tag[1]) for element in found), default=1)
        level = TOP_LEVEL - 1
        for element in found:
            level = min(int(element.tag[1]) - top + TOP_LEVEL, level + 1, LOWEST_LEVEL)
            element.tag = f"h{level}"


class _Finish(Treeprocessor):
    def __init__(self, md: Markdown, publisher: _Publisher) -> None:
        super().__init__(md)
        self._publisher = publisher

    def run(self, root: Element) -> None:
        self._publisher.finish(root)


@dataclass(frozen=True)
class _Publisher:
    """Knows what may be published, and how it is written."""

    words: Words
    report: Reporter
    expand: Callable[[str], str]
    files: Collection[str] | None

    def finish(self, root: Element) -> None:
        """Rewrite the tree: links, images, footnotes and tables."""
        for element in list(root.iter()):
            rewrite = {"a": self._link, "img": self._image, "table": self._table, "div": self._footnotes}.get(
                element.tag
            )
            if rewrite:
                rewrite(element)

    def write(self, element: Element) -> str:
        """HTML of a tree: each text and value with its marks filled in, then escaped."""
        pieces: list[str] = []
        self._write(element, pieces.append)
        return "".join(pieces)

    def _write(self, element: Element, put: Callable[[str], None]) -> None:
        attributes = "".join(
            f' {name}="{html.escape(self._plain(value))}"' for name, value in element.items() if value is not None
        )
        put(f"<{element.tag}{attributes}>")
        put(html.escape(self._plain(element.text or ""), quote=False))
        for child in element:
            self._write(child, put)
            put(html.escape(self._plain(child.tail or ""), quote=False))
        if element.tag not in VOID:
            put(f"</{element.tag}>")

    def _plain(self, text: str) -> str:
        """What a reader sees: Markdown leaves entities in its texts."""
        return self.expand(html.unescape(text))

    def _link(self, link: Element) -> None:
        if "footnote-ref" in link.get("class", ""):
            link.set("aria-label", self.words.gettext("Footnote %(number)s") % {"number": link.text})
            return
        if "footnote-backref" in link.get("class", ""):
            number = "".join(character for character in link.attrib.pop("title", "") if character.isdigit())
            link.set("aria-label", self.words.gettext("Back to the text of footnote %(number)s") % {"number": number})
            return
        written = link.get("href", "")
        if self._is_allowed(written):
            link.set("href", self._beside(written))
        else:
            link.tag = "span"
            link.attrib.clear()

    def _beside(self, written: str) -> str:
        """Attachments lie beside the page; to whoever writes the text they lie in attachments/."""
        return written if self.files is None else _ATTACHED.sub("", written, count=1)

    def _image(self, image: Element) -> None:
        written = image.get("src", "")
        address = self._plain(written)
        image.set("src", self._beside(written))
        if _is_elsewhere(address) or not self._is_allowed(written):
            if _is_elsewhere(address):
                self.report(address, say("a picture from another site"), say("put the picture into attachments/"))
            image.tag = "span"
            image.text = image.get("alt", "")
            image.attrib.clear()

    def _is_allowed(self, written: str) -> bool:
        beside = self._plain(self._beside(written))
        address = _INVISIBLE.sub("", beside)  # as browsers read it
        scheme = _SCHEME.match(address)
        if (scheme and scheme[1].lower() not in SCHEMES) or address.startswith(("//", "\\", "/\\")):
            hint = say("links begin with https://, http://, mailto: or tel:, or name a file that lies in attachments/")
            self.report(self._plain(written), say("this link may not stand on a page"), hint)
            return False
        name = unquote(beside.partition("#")[0].partition("?")[0])
        if self.files is not None and not scheme and name and "/" not in name and name not in self.files:
            hint = say("put the file into attachments/, or correct its name")
            self.report(self._plain(written), say("there is no such file beside the circular"), hint)
            return False
        return True

    def _table(self, table: Element) -> None:
        """Scroll within the page, alignment as a class, and heads that say what they are heads of."""
        inner = Element("table")
        inner.extend(list(table))
        table.clear()
        table.tag = "div"
        for name, value in {"class": "table", "role": "region", "tabindex": "0"}.items():
            table.set(name, value)
        table.set("aria-label", self.words.gettext("Table"))
        table.append(inner)
        for cell in inner.iter():
            if found := _ALIGNMENT.search(cell.attrib.pop("style", "")):
                cell.set("class", found[1])
        _scope_heads(inner)

    def _footnotes(self, element: Element) -> None:
        if element.get("class") != "footnote":
            return
        element.tag = "section"
        element.set("class", "footnotes")
        element.set("aria-label", self.words.gettext("Footnotes"))
        if (line := element.find("hr")) is not None:
            element.remove(line)


def _is_elsewhere(address: str) -> bool:
    return bool(_SCHEME.match(address)) or address.startswith(("//", "\\", "/\\"))


def _scope_heads(table: Element) -> None:
    """Column heads; and row heads where the corner is empty, since the first column then names the rows."""
    heads = list(table.iter("th"))
    for head in heads:
        head.set("scope", "col")
    if heads and not (heads[0].text or len(heads[0])):
        heads[0].tag = "td"
        heads[0].attrib.clear()
        for row in table.iterfind("tbody/tr"):
            row[0].tag = "th"
            row[0].set("scope", "row")
