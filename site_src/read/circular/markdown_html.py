"""Turn Markdown into HTML that is safe to publish: no raw HTML, no styles, links only where people mean them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension, TableProcessor
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import InlineProcessor, SubstituteTagInlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from markupsafe import Markup

from site_src.language.catalogues import Words
from site_src.language.greek import to_latin
from site_src.language.say import say
from site_src.read.circular.lists import Lists

if TYPE_CHECKING:
    from markdown.blockparser import BlockParser


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
NOTHING = Markup()
BACK_ARROW = "\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}"

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_OTHER_SITE = ("//", "\\", "/\\")
_BROKEN = re.compile(r"|https?:.*\s.*", re.IGNORECASE)  # no address, or one in which a blank ends it
_ATTACHED = re.compile(r"(?:\./)?(?:attachments/)?(?=.)")
# Browsers pass over the control characters in an address (URL Standard, section 4.4); people do not see the others.
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufeff]+")
_MARKS = re.compile(r"[\[\]()`*_<!&\\]")
_ENDS_OF_BLOCKS = re.compile(r"^[ >]*(?:[#\[]|[-=*_][-=*_ ]*$)", re.MULTILINE)  # headings, rules and definitions


@dataclass(frozen=True)
class Heading:
    """A heading within the text: its level (2 to 6), its id and its plain text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Html:
    """The text as HTML, with its headings in their order."""

    html: Markup = NOTHING
    headings: tuple[Heading, ...] = ()


# Reports what cannot be published: the address as written (if it is one), what is wrong, and what to do.
Reporter: TypeAlias = "Callable[[str, str, str], None]"


def to_html(
    text: str,
    words: Words,
    report: Reporter,
    *,
    expand: Callable[[str], str] = str,
    files: Collection[str] | None = None,
) -> Html:
    """Return the Markdown text as HTML; nothing, and a report, where that would take too long.

    Raw HTML shows as text. ``expand`` puts values in the place of marks, after Markdown has read the text. ``files``
    are the names of the files beside the page, if any; without them, links within the site are not checked.
    """
    markdown = _reader(_Writer(words, report, expand, files))
    try:
        _check_size(text)
        written = Markup(markdown.convert(text))  # noqa: S704 (the writer below escapes every text and value)
    except Exception:  # noqa: BLE001 (the library reads what staff wrote: whatever fails there is reported)
        message = say("this text is too long, has too many marks in one paragraph, or is nested too deep")
        hint = say("put empty lines between paragraphs, and long lists or tables into attachments/")
        report("", message, hint)
        return Html()
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
    """Return an id that can be read in an address: Latin letters and digits."""
    latin = re.sub(r"[^a-z0-9]+", separator, to_latin(text)).strip(separator)
    return latin[:SLUG_CHARACTERS_MAX].rstrip(separator) or "section"


def _reader(writer: _Writer) -> Markdown:
    """Return the library with our own writer, without raw HTML and without its list of contents."""
    footnotes, tables = FootnoteExtension(BACKLINK_TEXT=BACK_ARROW), TableExtension(use_align_attribute=True)
    headings = TocExtension(marker="", slugify=_slug, toc_depth=6)
    # An extension that is given by its name is looked for in the metadata of every package.
    md = Markdown(output_format="html", extensions=[footnotes, tables, SaneListExtension(), headings])
    md.parser.blockprocessors.register(_Tables(md.parser, tables.getConfigs(), writer), "table", 75)
    md.preprocessors.deregister("html_block")
    md.preprocessors.register(Lists(md, writer.expand), "lists", 20)  # after tabs have become spaces
    for pattern in ("html", "entity", "automail"):  # the last one hides addresses behind numbers, from no one
        md.inlinePatterns.deregister(pattern)
    md.inlinePatterns.register(_Mail(r"<(?:mailto:)?([^<>\s!]+@[^<>@\s]+)>", md), "mail", 110)
    md.inlinePatterns.register(SubstituteTagInlineProcessor(r"\\\n", "br"), "backslash", 100)  # as editors write it
    md.treeprocessors.register(_Blocks(md), "blocks", 25)  # before paragraphs are read, and headings get their ids
    md.serializer = writer.write
    return md


class _Tables(TableProcessor):
    """The library's tables; a row with more cells than the heads, which it leaves out, is reported."""

    def __init__(self, parser: BlockParser, config: dict[str, Any], writer: _Writer) -> None:
        super().__init__(parser, config)
        self._writer = writer

    def _build_row(self, row: str, parent: Element, align: Sequence[str | None]) -> None:
        if any(map(str.strip, self._split_row(row)[len(align) :])):  # type: ignore[attr-defined]  # not in its types
            hint = say("add the missing heads to the first two rows, or correct the row; write | within a cell as \\|")
            message = say("this row has more cells than the table has heads")
            self._writer.report(self._writer.expand(row), message, hint)
        super()._build_row(row, parent, align)  # type: ignore[misc]  # not in its types


class _Mail(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: ARG002, N802 (the library's signature, looser than its type)
        link = Element("a", href=f"mailto:{self.unescape(m[1])}")
        link.text = AtomicString(self.unescape(m[1]))
        return link, m.start(0), m.end(0)


class _Blocks(Treeprocessor):
    """Checks how much there is to read; the highest headings become h2, and the rest follow without a gap."""

    def run(self, root: Element) -> None:
        _check_work((text for element in root.iter() for text in (element.text, element.tail) if text), _MARKS)
        found = [element for element in root.iter() if re.fullmatch(r"h[1-6]", element.tag)]
        top = min((int(element.tag[1]) for element in found), default=1)
        level = TOP_LEVEL - 1
        for element in found:
            level = min(int(element.tag[1]) - top + TOP_LEVEL, level + 1, LOWEST_LEVEL)
            element.tag = f"h{level}"


@dataclass(frozen=True)
class _Writer:
    """Writes what may be published."""

    words: Words
    report: Reporter
    expand: Callable[[str], str]
    files: Collection[str] | None

    def write(self, root: Element) -> str:
        """Return the HTML of a tree: each text and value with its marks filled in, then escaped."""
        rewriters = {"a": self._link, "img": self._image, "table": self._table, "div": self._footnotes}
        for element in list(root.iter()):
            if rewrite := rewriters.get(element.tag):
                rewrite(element)
        pieces: list[str] = []
        self._write(root, pieces.append)
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
        """Return what a reader sees: Markdown leaves entities in its texts."""
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
        """Return an address without attachments/, where the text's author sees the files that are beside the page."""
        return written if self.files is None else _ATTACHED.sub("", written, count=1)

    def _image(self, image: Element) -> None:
        written = image.get("src", "")
        address = self._plain(written)
        image.set("src", self._beside(written))
        is_elsewhere = bool(_SCHEME.match(address)) or address.startswith(_OTHER_SITE)
        if is_elsewhere:
            hint = say("put the picture into attachments/") if self.files else self._hint
            self.report(address, say("a picture from another site"), hint)
        if is_elsewhere or not self._is_allowed(written):
            image.tag = "span"
            image.text = image.get("alt", "")
            image.attrib.clear()

    @property
    def _hint(self) -> str:
        """Return what a page may link; one of the staff's own has no files beside it."""
        if self.files:
            return say(
                "links begin with https://, http://, mailto: or tel:, or name a file of attachments/: put it there, or "
                "correct its name"
            )
        return say(
            "link https://, http://, mailto: or tel:, another page as ../help/, or an attachment of a circular as "
            "../circulars/2020-11-access-codes/document.pdf"
        )

    def _is_allowed(self, written: str) -> bool:
        beside = self._plain(self._beside(written))
        address = _INVISIBLE.sub("", beside)  # as browsers read it
        scheme = _SCHEME.match(address)
        name, message = unquote(beside.partition("#")[0].partition("?")[0]), ""
        is_strange = (scheme and scheme[1].lower() not in SCHEMES) or address.startswith(_OTHER_SITE)
        if is_strange or _BROKEN.fullmatch(beside.strip()):
            message = say("this link may not stand on a page")
        elif not (self.files is None or scheme or name in {"", *self.files} or name.startswith(("/", "../"))):
            message = say("there is no such file beside this page")
        if message:
            self.report(self._plain(written), message, self._hint)
        return not message

    def _table(self, table: Element) -> None:
        """Let a table scroll within the page, with its alignment as classes and with heads that name their columns."""
        inner = Element("table")
        inner.extend(list(table))
        table.clear()
        table.tag = "div"
        for name, value in {"class": "table", "role": "region", "tabindex": "0"}.items():
            table.set(name, value)
        table.set("aria-label", self.words.gettext("Table"))
        table.append(inner)
        for cell in inner.iter():
            if alignment := cell.attrib.pop("align", ""):
                cell.set("class", alignment)
        _scope_heads(inner)

    def _footnotes(self, element: Element) -> None:
        if element.get("class") != "footnote":
            return
        element.tag = "section"
        element.set("class", "footnotes")
        element.set("aria-label", self.words.gettext("Footnotes"))
        if (line := element.find("hr")) is not None:
            element.remove(line)


def _scope_heads(table: Element) -> None:
    """Mark column heads; and row heads where the corner is empty, since the first column then names the rows."""
    heads = list(table.iter("th"))
    for head in heads:
        head.set("scope", "col")
    if heads and not (heads[0].text or len(heads[0])):
        heads[0].tag = "td"
        heads[0].attrib.clear()
        for row in table.iterfind("tbody/tr"):
            row[0].tag = "th"
            row[0].set("scope", "row")
