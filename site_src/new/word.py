"""Goes through a Word file once: writes what it shows as lines, and notes each passage, so that none can be lost.

What holds other things (content controls, directions, tracked changes, shapes) goes, and what it holds stays. Text
boxes, WordArt and SmartArt follow the paragraph at which they are anchored; merged cells become cells of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from xml.etree.ElementTree import Element

from site_src.language.greek import one_line
from site_src.language.say import say
from site_src.new import word_shown
from site_src.new.blocks import spread
from site_src.new.lines import Line, LineKind, Passage, row_of, texts_of
from site_src.new.word_package import Numbering, StoryKind, WordPackage, child_attribute, is_on, is_text, whole_number

INSERTED_DEEP = 3  # documents within documents
COLUMNS_MOST = 63  # of a table that Word can have

# Lines of their own, behind the paragraph that holds them.
_BLOCKS = {"p", "tbl", "textpath", "relIds", "altChunk", "subDoc"}
# Of these hidden text shows nothing.
_NEVER_HIDDEN = {*_BLOCKS, "footnoteReference", "endnoteReference", "blip", "imagedata", "oMath", "chart"}


@dataclass
class Found:
    """The findings so far in a Word file, and in the files inserted in it.

    ``shown`` are all passages, ``doubted`` what a person should compare, by its kind: passages, or "" for each case.
    """

    notes: dict[str, str] = field(default_factory=dict)
    shown: list[Passage] = field(default_factory=list)
    doubted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class _At:
    """The place of the walk, and the texts and lines to add to.

    Of a paragraph, ``later`` are the elements that follow its text, and ``by_style`` says that its style hides it.
    """

    part: str
    place: str
    numbering: Numbering
    fields: word_shown.Fields
    texts: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    later: list[Element] | None = None
    by_style: bool = False
    is_hidden: bool = False
    in_cell: bool = False
    font: str = ""

    def add(self, text: str) -> None:
        """Add a text as its fields show it."""
        (self.hidden if self.is_hidden else self.texts).append(self.fields.shown(text))


class Walk:
    """Goes through the stories of a document, one after another, with the notes to which they refer."""

    def __init__(self, package: WordPackage, found: Found, depth: int = 0) -> None:
        self._package = package
        self._found = found
        self._depth = depth
        self._numbering, self._numbering_of_notes = Numbering(package), Numbering(package)
        self._marks: dict[Element, str] = {}
        self._known = ""  # what a later page need not say again
        self._is_text = True
        self._drawn: set[str] = set()  # a small file could else show a large part for ever
        self._handlers: dict[str, Callable[[Element, _At], None]] = {
            "t": self._text,
            "r": self._run,
            "rt": self._guide,
            "hyperlink": self._link,
            "fldChar": self._field,
            "fldSimple": self._simple_field,
            "instrText": lambda each, at: at.fields.add_code(each.text or ""),
            "pgNum": lambda _, at: at.add(word_shown.PAGE),
            "sym": lambda each, at: at.add(word_shown.symbol(each)),
            **dict.fromkeys(word_shown.SIGNS, lambda each, at: at.add(word_shown.SIGNS[each.tag])),
            **dict.fromkeys(("footnoteReference", "endnoteReference"), self._note),
            **dict.fromkeys(("blip", "imagedata"), self._picture),
            "oMath": self._formula,
            "p": self._paragraph,
            "tbl": self._table,
            "textpath": self._wordart,
            **dict.fromkeys(("chart", "relIds"), self._drawing),
            **dict.fromkeys(("altChunk", "subDoc"), self._inserted),
        }

    def stories(self) -> list[tuple[StoryKind, list[Line]]]:
        """Return the lines of each part that pages show, in the order in which they are read."""
        stories = [each for each in self._package.stories() if self._depth == 0 or each[0] is StoryKind.TEXT]
        lines: dict[str, list[Line]] = {}
        for kind, part in sorted(stories, key=lambda each: each[0] is not StoryKind.TEXT):  # as lists are counted
            is_later = kind is StoryKind.LATER
            self._known = " ".join(["", *(row_of(each.text) for each in self._found.shown), ""]) if is_later else ""
            self._is_text = kind is StoryKind.TEXT
            lines[part] = self._lines_of(self._package.root(part), part, say(kind.value), self._numbering)
        self._found.doubted["unsure"] += [""] * (self._numbering.unsure or self._numbering_of_notes.unsure)
        return [(kind, lines[part]) for kind, part in stories]

    def _lines_of(self, root: Element, part: str, place: str, numbering: Numbering) -> list[Line]:
        fields = word_shown.Fields(root, has_numbers=not self._is_text)
        return self._lines_within(root, _At(part, place, numbering, fields))

    def _lines_within(self, parent: Element, around: _At) -> list[Line]:
        at = replace(around, texts=[], hidden=[], lines=[], later=None)
        self._walk(parent, at)
        self._shows("".join(at.texts), at.place)  # text outside paragraphs is not written
        return at.lines

    def _shows(self, text: str, place: str) -> bool:
        """Note a passage that the document shows; return whether there is one, and on a later page whether it is new.

        All text is noted that there is, whatever holds it: what is not written is reported and not lost.
        """
        is_new = bool(text.strip()) and f" {row_of(text)} " not in self._known
        self._found.shown += [Passage(text.strip(), place)] if is_new else []
        return is_new

    def _walk(self, parent: Element, at: _At) -> None:
        for child in self._children(parent, at.part):
            name = child.tag
            if name in _BLOCKS and at.later is not None and not at.is_hidden:
                at.later.append(child)
            elif at.is_hidden and name in _NEVER_HIDDEN:
                self._walk(child, at)
            else:
                self._handlers.get(name, self._walk)(child, at)

    def _children(self, parent: Element, part: str) -> Iterator[Element]:
        """Yield the elements within that Word shows, each that goes on in the next as one with it."""
        children = list(word_shown.shown(parent))
        before: list[Element] = []
        for child, following in zip_longest(children, children[1:]):
            if following is not None and self._goes_on(child, following, part):
                before += word_shown.shown(child)
            elif before:
                whole = Element(child.tag, child.attrib)
                whole[:] = [*before, *child]
                before = []
                yield whole
            else:
                yield child

    def _goes_on(self, child: Element, following: Element, part: str) -> bool:
        """Return whether a link goes on, a paragraph's end was deleted, or it is the next one's first letter."""
        names = child.tag, following.tag
        if names == ("hyperlink", "hyperlink"):
            return self._address(child, part) == self._address(following, part) != ""
        properties = child.find("pPr") if names == ("p", "p") else None
        is_initial = (child_attribute(properties, "framePr", "dropCap") or "none") != "none"
        return is_initial or (properties is not None and properties.find("rPr/del") is not None)

    def _address(self, link: Element, part: str) -> str:
        """Return the address to which a link leads; "" for a place in the text."""
        relation = self._package.relations(part).get(link.get("id", ""))
        anchor = link.get("anchor", "")
        if relation is None:
            return ""
        return relation.target.partition("#")[0] + f"#{anchor}" if anchor else relation.target

    def _text(self, element: Element, at: _At) -> None:
        if is_text(element):
            at.add(word_shown.in_font(element.text or "", at.font))
        else:
            self._walk(element, at)

    def _run(self, element: Element, at: _At) -> None:
        properties = element.find("rPr")
        own = is_on(properties, "vanish")
        by_style = at.by_style or self._package.hides(child_attribute(properties, "rStyle"))
        is_hidden = at.is_hidden or (by_style if own is None else own)
        start = len(at.texts)
        self._walk(element, replace(at, is_hidden=is_hidden, font=child_attribute(properties, "rFonts", "ascii") or ""))
        text = "".join(at.texts[start:]).strip()
        is_raised = text.isdigit() and child_attribute(properties, "vertAlign") == "superscript"
        if text and (is_raised or is_on(properties, "strike") or is_on(properties, "dstrike")):
            self._found.doubted["marked"].append(text)

    def _guide(self, element: Element, at: _At) -> None:
        """Write the guide to a word in brackets, instead of above it."""
        at.add("(")
        self._walk(element, at)
        at.add(") ")

    def _link(self, element: Element, at: _At) -> None:
        start = len(at.texts)
        self._walk(element, at)
        at.add(word_shown.address_behind("".join(at.texts[start:]), self._address(element, at.part)))

    def _field(self, element: Element, at: _At) -> None:
        text, drawn = at.fields.mark(element)
        at.add(text)
        self._shows(drawn, say("a field"))

    def _simple_field(self, element: Element, at: _At) -> None:
        if at.fields.is_page_number(element.get("instr", "")):
            at.add(word_shown.PAGE)
        else:
            self._walk(element, at)

    def _note(self, element: Element, at: _At) -> None:
        part, note = self._package.note(element) or ("", None)
        if note is None:
            return
        if note not in self._marks:
            self._marks[note] = mark = str(len(self._found.notes) + 1)
            self._found.notes[mark] = ""  # which keeps the place: the note may refer to others
            lines = self._lines_of(note, part, say("a note"), self._numbering_of_notes)
            self._found.notes[mark] = one_line(" ".join(texts_of(lines)))
        at.texts.append(f"[^{self._marks[note]}]")

    def _picture(self, _element: Element, _at: _At) -> None:
        self._found.doubted["pictures"].append("")

    def _formula(self, element: Element, _at: _At) -> None:
        """Note a formula, but do not write it: its words in a row would say something else."""
        self._shows("".join(each.text or "" for each in element.iter() if is_text(each)), say("a formula"))

    def _drawing(self, element: Element, at: _At) -> None:
        """Note a chart's words, and write a SmartArt graphic, the first time that its part is drawn."""
        part = self._package.target(at.part, element.get("dm", element.get("id", "")))
        if part is None or part in self._drawn:
            return
        self._drawn.add(part)
        root = self._package.root(part)
        if element.tag == "chart":
            self._shows(" ".join(word_shown.chart_words(root)), say("a chart"))
        else:
            at.lines.extend(self._lines_of(root, part, say("a SmartArt graphic"), at.numbering))

    def _wordart(self, element: Element, at: _At) -> None:
        """Write WordArt; in a header or footer it is a watermark, and no part of the text."""
        text = element.get("string", "")
        if self._shows(text, say("WordArt")) and self._is_text:
            at.lines.extend(word_shown.paragraph_lines(text))

    def _paragraph(self, element: Element, at: _At) -> None:
        properties = element.find("pPr")
        style = child_attribute(properties, "pStyle") or ""
        later: list[Element] = []
        inside = replace(at, texts=[], hidden=[], later=later, by_style=self._package.hides(style))
        before = len(self._found.shown)
        self._walk(element, inside)
        self._found.doubted["hidden"] += filter(None, ["".join(inside.hidden).strip()])
        text = word_shown.without_page_numbers("".join(inside.texts))
        is_new = self._shows(text, at.place)
        is_empty = len(self._found.shown) == before  # a formula is something, too
        is_number = is_empty and at.in_cell  # alone in its cell, as in a column «Α/Α»
        kind, number = at.numbering.item(element, is_empty=is_empty and not is_number)
        kind = LineKind.HEADING if self._is_heading(style) else kind
        text = number + text if is_new or is_number else ""
        own, start = word_shown.paragraph_lines(text, kind, word_shown.tab_stops(properties)), len(at.lines)
        is_framed = properties is not None and properties.find("framePr") is not None
        at.lines.extend(own)
        for each in later:
            self._handlers[each.tag](each, at)
        start += 0 if is_framed else len(own)
        at.lines[start:] = [replace(line, beside=True) for line in at.lines[start:]]

    def _is_heading(self, style: str) -> bool:
        names = [style, *(child_attribute(each, "name") or "" for each in self._package.styles.get(style, ())[:1])]
        return any(re.fullmatch(r"heading ?[1-6]?", name, re.IGNORECASE) for name in names)

    def _inserted(self, element: Element, at: _At) -> None:
        """Write an inserted document in its place; of one that is not of Word the text alone."""
        part = self._package.target(at.part, element.get("id", ""))
        data = self._package.data(part) if part and self._depth < INSERTED_DEEP else b""
        if data.startswith(b"PK"):
            ((_, lines),) = Walk(WordPackage(data, self._package.budget), self._found, self._depth + 1).stories()
        else:
            lines = word_shown.inserted_lines(data)
            self._found.doubted["inserted"].append("")
            self._found.shown += [Passage(text, say("an inserted document")) for text in texts_of(lines)]
        at.lines.extend(lines)

    def _table(self, element: Element, at: _At) -> None:
        """Write a table that has a cell for each column in which any row's cell begins."""
        rows = []
        for row in _nearest(element, "tr"):
            if is_on(row.find("trPr"), "hidden"):
                texts = (each.text or "" for each in row.iter() if is_text(each))
                self._found.doubted["hidden"] += filter(None, [" ".join(texts).strip()])
            else:
                rows.append(list(islice(_cells(row), COLUMNS_MOST + 1)))
        if max(map(len, rows), default=0) > COLUMNS_MOST:
            raise ValueError(rows)  # as in a damaged file
        columns = [column for column in zip_longest(*rows) if any(cell is not None for cell in column)]
        self._package.budget.take(tags=len(rows) * len(columns))
        cells = tuple(tuple(self._cell_text(cell, at) for cell in row) for row in zip(*columns, strict=True))
        at.lines.extend([Line("", kind=LineKind.TABLE, rows=cells), Line("")] if cells else [])

    def _cell_text(self, cell: Element | None, at: _At) -> str:
        """Return a cell's text; a table in it is lines, with a tab between its cells."""
        if cell is None:
            return ""
        merged = child_attribute(cell.find("tcPr"), "vMerge")  # with the cell above it
        lines = self._lines_within(cell, replace(at, in_cell=merged in {None, "restart"}))
        rows = (spread(line.rows) if line.rows else [[one_line(line.text)]] for line in lines)
        return "\n".join(filter(None, ("\t".join(row) for each in rows for row in each)))


def _cells(row: Element) -> Iterator[Element | None]:
    """Yield a row's cells, each in its column; None for what is merged with the cell before, and columns left out."""
    properties = row.find("trPr")
    yield from [None] * _span(properties, "gridBefore", 0)
    for cell in _nearest(row, "tc"):
        yield cell
        yield from [None] * (_span(cell.find("tcPr"), "gridSpan", 1) - 1)


def _span(properties: Element | None, name: str, default: int) -> int:
    return min(whole_number(child_attribute(properties, name), default), COLUMNS_MOST)


def _nearest(parent: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name, whatever holds them, but not those within one another."""
    for child in word_shown.shown(parent):
        if child.tag == name:
            yield child
        else:
            yield from _nearest(child, name)
