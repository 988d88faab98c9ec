"""Word documents: mammoth's HTML of a .docx as the lines of a document."""

from __future__ import annotations

import io
import re
import zipfile
from textwrap import shorten
from typing import TYPE_CHECKING

from site_src.drafting.lines import Line, LineKind, Source, clean
from site_src.drafting.word_parts import settle
from site_src.greek import one_line
from site_src.language.catalogues import N_
from site_src.language.say import say, say_many
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from site_src.drafting.word_parts import WordFile

UNPACKED_MOST = 200_000_000  # bytes of all parts together; beyond this it is a bomb, not a circular
PASSAGES_TOLD, PASSAGE_SHOWN = 5, 70  # passages, and characters of each
_HINT = N_("open the file in Word, save it again as .docx, and give the new file")


class _DamagedError(Exception):
    """The file is no Word document that can be read; the text says why."""


def read_word(path: Path, data: bytes, problems: Problems) -> Source | None:
    """The document's lines; None, with a problem, where it is damaged, hostile or no Word document."""
    try:
        file, html, pictures = _to_html(data)
    except _DamagedError as error:
        problems.error(Topic.FILE, str(error), hint=say(_HINT), at=Place(file=path.name))
        return None
    reading = _Reading()
    reading.read(html)
    if not any(line.text or line.rows for line in reading.lines):
        problems.error(Topic.FILE, say("there is no text in this file"), hint=say(_HINT), at=Place(file=path.name))
        return None
    notes = (say("the text comes from Word: bold and italic letters are not carried over"),)
    doubts = tuple(_doubts(file, html, reading, pictures))
    return Source(tuple(reading.lines), reading.footnotes, notes, doubts)


def _doubts(file: WordFile, html: Element, reading: _Reading, pictures: int) -> Iterator[str]:
    """What a person should compare with the document."""
    if file.hidden:
        yield say_many(
            "{number} passage that Word hides is left out: {passages}",
            "{number} passages that Word hides are left out: {passages}",
            len(file.hidden),
            passages=_quoted(file.hidden),
        )
    if missing := _missing(file.shown, html):
        yield say_many(
            "{number} passage that the document shows was not read in full (it may hold a formula): {passages}",
            "{number} passages that the document shows were not read in full (they may hold formulas): {passages}",
            len(missing),
            passages=_quoted(missing),
        )
    if file.unsure or reading.counted:
        yield say("the numbers and letters of lists were recounted: compare them with the document")
    if pictures:
        yield say_many(
            "{number} picture is left out: check that it held nothing but a coat of arms or a stamp",
            "{number} pictures are left out: check that they held nothing but a coat of arms or a stamp",
            pictures,
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


def _missing(shown: Iterable[str], html: Element) -> list[str]:
    """The passages that did not come out, or not in one piece; only letters and digits count."""
    came_out = _bare("".join(_without_notes(html)))
    return [each for each in dict.fromkeys(shown) if _bare(each) not in came_out]


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _without_notes(element: Element) -> Iterator[str]:
    """The text inside an element as mammoth writes it, without the numbers of notes."""
    if not _note(element):
        yield element.text or ""
        for child in element:
            yield from _without_notes(child)
            yield child.tail or ""


def _note(element: Element) -> str:
    """The number of the note that is referred to here."""
    mark = re.fullmatch(r"\[(\d+)\]", "".join(element.itertext())) if element.tag == "sup" else None
    return mark[1] if mark else ""


def _to_html(data: bytes) -> tuple[WordFile, Element, int]:
    import mammoth  # noqa: PLC0415 (imported only when used)
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 (imported only when used)

    _check_parts(data)
    pictures: list[object] = []

    def skip(picture: object) -> list[object]:
        pictures.append(picture)
        return []

    try:
        file = settle(data)
        result = mammoth.convert_to_html(io.BytesIO(file.data), convert_image=skip, id_prefix="")
        return file, fromstring(f"<body>{result.value}</body>"), len(pictures)
    except Exception as error:  # mammoth lets whatever a damaged file does to it through
        raise _DamagedError(say("this Word file is damaged")) from error


def _check_parts(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            mistake = _mistake_in(parts)
    except Exception as error:  # zipfile lets whatever a damaged file does to it through
        raise _DamagedError(say("this Word file is damaged or has a password")) from error
    if mistake:
        raise _DamagedError(mistake)


def _mistake_in(parts: zipfile.ZipFile) -> str:
    """What is wrong with the parts of a Word file before their XML is read; "" for nothing."""
    if sum(part.file_size for part in parts.infolist()) > UNPACKED_MOST:
        return say("this file unpacks to far more than a circular needs")
    if "word/document.xml" not in parts.namelist():
        return say("this is no Word document, whatever its name says")
    for part in parts.infolist():
        if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in parts.read(part):
            return say("this file defines its own XML entities, which Word never does")
    return ""


class _Reading:
    """The lines found so far, with the footnotes that stand at the end of mammoth's HTML."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.footnotes: dict[str, str] = {}
        self.tables = 0
        self.counted = False  # whether a list has no numbers but ours

    def read(self, parent: Element) -> None:
        for element in parent:
            if element.tag == "table":
                self._table(element)
            elif element.tag in {"ul", "ol"}:
                self._list(element)
            else:
                kind = LineKind.HEADING if re.fullmatch(r"h[1-6]", element.tag) else LineKind.TEXT
                self._paragraph(element, kind)

    def _paragraph(self, element: Element, kind: LineKind, lead: str = "") -> None:
        rows = [row for row in clean(_text(element)).replace("\f", "\n").split("\n") if row.strip()]
        for number, row in enumerate(rows):
            text = one_line(row)
            self.lines.append(Line((lead if number == 0 else "") + text, kind=kind, whole=True))
        self.lines.append(Line(""))

    def _list(self, element: Element) -> None:
        for number, item in enumerate(element, start=1):
            mark = item.get("id", "")
            if re.fullmatch(r"(?:foot|end)note-\d+", mark):
                self.footnotes[str(number)] = one_line(clean(_text(item)).replace("↑", ""))
                continue
            numbered = element.tag == "ol"
            self.counted = self.counted or numbered
            own = [part for part in item if part.tag in {"ul", "ol"}]
            for part in own:
                item.remove(part)
            self._paragraph(item, LineKind.TEXT if numbered else LineKind.BULLET, f"{number}. " if numbered else "")
            for part in own:
                self._list(part)

    def _table(self, element: Element) -> None:
        self.tables += 1
        rows = tuple(tuple(_cell(cell) for cell in row if cell.tag in {"td", "th"}) for row in element.iter("tr"))
        filled = tuple(row for row in rows if row)
        if filled:
            self.lines += [Line("", kind=LineKind.TABLE, rows=filled), Line("")]


def _cell(element: Element) -> str:
    return "\n".join(one_line(row) for row in clean(_text(element)).split("\n") if row.strip())


def _text(element: Element) -> str:
    return "".join(_parts(element)).strip()


def _parts(element: Element) -> Iterator[str]:
    """The text inside an element; a paragraph and a break end a line, a link's address follows it in brackets."""
    if note := _note(element):
        yield f"[^{note}]"
        return
    if element.tag == "br":
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _parts(child)
        yield child.tail or ""
    if element.tag == "a":
        yield _target(element)
    if element.tag in {"p", "li", "td", "tr"}:
        yield "\n"


def _target(element: Element) -> str:
    address = element.get("href", "").removeprefix("mailto:")
    shown = "".join(element.itertext()).strip()
    return "" if address.startswith("#") or address.rstrip("/") == shown.rstrip("/") else f" ({address})"
