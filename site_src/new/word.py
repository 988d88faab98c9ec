"""Word documents: the HTML of a .docx as the lines of a document."""

from __future__ import annotations

import re
from textwrap import shorten
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import one_line
from site_src.language.say import say, say_many
from site_src.new.blocks import spread
from site_src.new.lines import Line, LineKind, Source, clean
from site_src.new.word_document import StoryKind
from site_src.new.word_fields import without_page_numbers
from site_src.new.word_html import text_of, word_html
from site_src.new.word_package import WordFileError
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from site_src.new.word_html import WordHtml

PASSAGES_TOLD, PASSAGE_SHOWN = 5, 70  # hidden passages, and characters of each
_HINT = N_("open the file in Word, save it again as .docx, and give the new file")


def read_word(path: Path, data: bytes, problems: Problems) -> Source | None:
    """The document's lines; None, with a problem, where it is damaged, hostile or no Word document."""
    try:
        found = word_html(data)
    except WordFileError as error:
        problems.error(Topic.FILE, str(error), hint=say(_HINT), at=Place(file=path.name))
        return None
    except Exception:  # noqa: BLE001 (zipfile, the XML reader and mammoth let whatever a damaged file does to them through)
        message = say("this Word file is damaged or has a password")
        problems.error(Topic.FILE, message, hint=say(_HINT), at=Place(file=path.name))
        return None
    lines, reading = _lines(found)
    if not any(line.text or line.rows for line in lines):
        problems.error(Topic.FILE, say("there is no text in this file"), hint=say(_HINT), at=Place(file=path.name))
        return None
    footnotes = {str(n): " ".join(row for each in blocks for row in _rows(each)) for n, blocks in found.notes.items()}
    return Source(lines, footnotes, tuple(_notes(found)), tuple(_doubts(found, reading)), shown=tuple(found.shown))


def _lines(found: WordHtml) -> tuple[tuple[Line, ...], _Reading]:
    """The lines of all parts: the first page's header above the text, footers and what is new on later pages below."""
    reading, below = _Reading(), _Reading()
    for kind, blocks in found.stories:
        (reading if kind in {StoryKind.FIRST_HEADER, StoryKind.TEXT} else below).read(blocks)
    texts = [text for line in below.lines for text in _texts_of(line)]
    footers = [Line(text, kind=LineKind.FOOTER, whole=True) for text in texts]
    return (*reading.lines, *footers), reading


def _texts_of(line: Line) -> list[str]:
    """A line's text; of a table the cells', each its own."""
    texts = [line.text, *(text for row in line.rows for cell in row for text in re.split(r"[\n\t]", cell))]
    return [text for text in texts if text]


def _notes(found: WordHtml) -> Iterator[str]:
    yield say("the text comes from Word: bold and italic letters are not carried over")
    if any(any(map(_rows, blocks)) for kind, blocks in found.stories if kind is not StoryKind.TEXT):
        yield say("the headers and footers were read as parts of the letterhead")


def _doubts(found: WordHtml, reading: _Reading) -> Iterator[str]:
    """What a person should compare with the document."""
    if found.hidden:
        yield say_many(
            "{number} passage that Word hides is left out: {passages}",
            "{number} passages that Word hides are left out: {passages}",
            len(found.hidden),
            passages=_quoted(found.hidden),
        )
    if found.unread:
        yield say_many(
            "{number} document is inserted that only Word reads: open the file in Word, save it again, and give that",
            "{number} documents are inserted that only Word reads: open the file in Word, save it again, and give that",
            found.unread,
        )
    if found.unsure or reading.counted:
        yield say("the numbers and letters of lists were recounted: compare them with the document")
    if found.pictures:
        yield say_many(
            "{number} picture is left out: check that it held nothing but a coat of arms or a stamp",
            "{number} pictures are left out: check that they held nothing but a coat of arms or a stamp",
            found.pictures,
        )
    if reading.tables:
        yield say_many(
            "{number} table: in the letterhead its cells became lines, in the text it stays a table",
            "{number} tables: in the letterhead their cells became lines, in the text they stay tables",
            reading.tables,
        )


def _quoted(passages: Sequence[str]) -> str:
    told = ", ".join(f"«{shorten(text, PASSAGE_SHOWN, placeholder=' …')}»" for text in passages[:PASSAGES_TOLD])
    return told + (", …" if len(passages) > PASSAGES_TOLD else "")


class _Reading:
    """The lines found so far."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.tables = 0
        self.counted = False  # whether a list has no numbers but ours

    def read(self, blocks: Iterable[Element]) -> None:
        for element in blocks:
            if element.tag == "table":
                self._table(element)
            elif element.tag in {"ul", "ol"}:
                self._list(element)
            else:
                kind = LineKind.HEADING if re.fullmatch(r"h[1-6]", element.tag) else LineKind.TEXT
                self._paragraph(element, kind)

    def _paragraph(self, element: Element, kind: LineKind, lead: str = "") -> None:
        for number, row in enumerate(_rows(element)):
            self.lines.append(Line((lead if number == 0 else "") + row, kind=kind, whole=True))
        self.lines.append(Line(""))

    def _list(self, element: Element) -> None:
        for number, item in enumerate(element, start=1):
            numbered = element.tag == "ol"
            self.counted = self.counted or numbered
            own = [part for part in item if part.tag in {"ul", "ol"}]
            for part in own:
                item.remove(part)
            self._paragraph(item, LineKind.TEXT if numbered else LineKind.BULLET, f"{number}. " if numbered else "")
            for part in own:
                self._list(part)

    def _table(self, element: Element) -> None:
        rows = tuple(row for row in map(tuple, _cells(element)) if row)
        if rows:
            self.tables += 1
            self.lines += [Line("", kind=LineKind.TABLE, rows=rows), Line("")]


def _cells(table: Element) -> list[list[str]]:
    """The text of each cell, by rows; a table in a cell is lines, with a tab between its cells."""
    rows = [row for path in ("tr", "thead/tr", "tbody/tr") for row in table.findall(path)]
    return [["\n".join(_cell(cell)) for cell in row] for row in rows]


def _cell(element: Element) -> Iterator[str]:
    for block in element:
        if block.tag == "table":
            yield from ("\t".join(row) for row in spread(_cells(block)))
        else:
            yield from _rows(block)


def _rows(element: Element) -> list[str]:
    text = clean(without_page_numbers(text_of(element))).replace("\f", "\n")
    return [one_line(row) for row in text.split("\n") if row.strip()]
