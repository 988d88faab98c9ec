"""Builds Word files of all that Word can show, in which each word occurs once."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from tests.new.test_source import NAMES, OFFICE, RELATIONS, zipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRAWINGS = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
)


def run(text: str, more: str = "") -> str:
    """Return a run of a paragraph."""
    return f"<w:r>{more}<w:t xml:space='preserve'>{text}</w:t></w:r>"


def field_of(code: str, result: str, data: str = "") -> str:
    """Return a complex field with its code and what it shows."""
    mark = '<w:r><w:fldChar w:fldCharType="{}">{}</w:fldChar></w:r>'
    instruction = f"<w:r><w:instrText xml:space='preserve'>{code}</w:instrText></w:r>"
    return f"{mark.format('begin', data)}{instruction}{mark.format('separate', '')}{result}{mark.format('end', '')}"


@dataclass
class WordBuilder:
    """A Word file that is being written: ``shown`` are the words that Word shows, ``unseen`` those that it does not."""

    shown: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    parts: dict[str, str | bytes] = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=lambda: {"footnote": [], "endnote": []})
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def word(self) -> str:
        """Return a word that Word shows."""
        self.shown.append(f"λέξη{next(self.numbers)}η")
        return self.shown[-1]

    def secret(self) -> str:
        """Return a word that Word does not show."""
        self.unseen.append(f"κρυφή{next(self.numbers)}η")
        return self.unseen[-1]

    def relate(self, kind: str, name: str, data: str | bytes) -> str:
        """Add a part that the document refers to; return its relation."""
        number = f"x{len(self.relations)}"
        self.relations.append((number, kind, name))
        self.parts[f"word/{name}"] = data
        return number

    def note(self, kind: str) -> str:
        """Add a note and return a reference to it."""
        notes = self.notes[kind]
        notes.append(f"<w:p>{run(self.word())}</w:p>")
        return f'<w:r><w:{kind}Reference w:id="{len(notes)}"/></w:r>'

    def note_of(self, content: str) -> str:
        """Return a reference to a footnote of this content, in a paragraph."""
        self.notes["footnote"].append(content)
        return f'<w:p><w:r><w:footnoteReference w:id="{len(self.notes["footnote"])}"/></w:r></w:p>'

    def page_part(self, kind: str, content: str, page: str = "default") -> str:
        """Add a header or footer of this content and return a reference to it."""
        name = f"{kind}{next(self.numbers)}.xml"
        number = self.relate(kind, name, f"<w:hdr {NAMES} {DRAWINGS}>{content}</w:hdr>")
        return f'<w:{kind}Reference w:type="{page}" r:id="{number}"/>'

    def build(self, body: str) -> bytes:
        """Return the file."""
        parts = dict(self.parts)
        relations = list(self.relations)
        for kind, notes in self.notes.items():
            rows = "".join(f'<w:{kind} w:id="{n}">{note}</w:{kind}>' for n, note in enumerate(notes, start=1))
            parts[f"word/{kind}s.xml"] = f"<w:{kind}s {NAMES} {DRAWINGS}>{rows}</w:{kind}s>"
            relations.append((f"n{kind}", f"{kind}s", f"{kind}s.xml"))
        rows = "".join(f'<Relationship Id="{n}" Type="{OFFICE}/{kind}" Target="{t}"/>' for n, kind, t in relations)
        for name in [name for name in parts if name.startswith("word/") and name.count("/") == 1] + ["word/main.xml"]:
            rels = name.replace("word/", "word/_rels/") + ".rels"
            parts[rels] = f'<Relationships xmlns="{RELATIONS}">{rows}</Relationships>'
        main = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="/word/main.xml"/>'
        parts["_rels/.rels"] = f'<Relationships xmlns="{RELATIONS}">{main}</Relationships>'
        parts["word/main.xml"] = f"<w:document {NAMES} {DRAWINGS}><w:body>{body}</w:body></w:document>"
        return zipped(parts)


def drawing(inside: str) -> str:
    """Return a drawing, as it stands in a run."""
    return f"<w:drawing><a:graphic><a:graphicData>{inside}</a:graphicData></a:graphic></w:drawing>"


def _formula(file: WordBuilder) -> str:
    return f"<m:oMath><m:f><m:num><m:r><m:t>{file.word()}</m:t></m:r></m:num></m:f></m:oMath>"


def _smartart(file: WordBuilder) -> str:
    points = "".join(f"<dgm:pt><dgm:t><a:p><a:r><a:t>{file.word()}</a:t></a:r></a:p></dgm:t></dgm:pt>" for _ in "ab")
    data = f"<dgm:dataModel {DRAWINGS}><dgm:ptLst>{points}<dgm:pt type='pres'/></dgm:ptLst></dgm:dataModel>"
    number = file.relate("diagramData", f"diagrams/data{next(file.numbers)}.xml", data)
    return "<w:r>" + drawing(f'<dgm:relIds r:dm="{number}"/>') + "</w:r>"


def _chart(file: WordBuilder) -> str:
    title = f"<c:title><c:tx><c:rich><a:p><a:r><a:t>{file.word()}</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    names = f"<c:cat><c:strRef><c:strCache><c:pt><c:v>{file.word()}</c:v></c:pt></c:strCache></c:strRef></c:cat>"
    figures = "<c:val><c:numRef><c:numCache><c:pt><c:v>7</c:v></c:pt></c:numCache></c:numRef></c:val>"
    data = f"<c:chartSpace {DRAWINGS}><c:chart>{title}<c:ser>{names}{figures}</c:ser></c:chart></c:chartSpace>"
    number = file.relate("chart", f"charts/chart{next(file.numbers)}.xml", data)
    return "<w:r>" + drawing(f'<c:chart r:id="{number}"/>') + "</w:r>"


def _wordart(file: WordBuilder) -> str:
    return f'<w:r><w:pict><v:shape><v:textpath string="{file.word()} {file.word()}"/></v:shape></w:pict></w:r>'


def in_box(content: str) -> str:
    """Return a text box, as Word writes it for newer programs and once more for older ones."""
    inside = f"<w:txbxContent>{content}</w:txbxContent>"
    newer = f'<mc:Choice Requires="wps">{drawing(inside)}</mc:Choice>'
    older = f"<mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{newer}{older}</mc:AlternateContent></w:r>"


def _ruby(file: WordBuilder) -> str:
    return f"<w:r><w:ruby><w:rt>{run(file.word())}</w:rt><w:rubyBase>{run(file.word())}</w:rubyBase></w:ruby></w:r>"


def _choice(file: WordBuilder) -> str:
    entries = "".join(f'<w:listEntry w:val="{word}"/>' for word in (file.secret(), file.word(), file.secret()))
    data = f'<w:ffData><w:ddList><w:result w:val="1"/>{entries}</w:ddList></w:ffData>'
    return field_of(" FORMDROPDOWN ", "", data)


def _form_text(file: WordBuilder) -> str:
    data = '<w:ffData><w:textInput><w:default w:val="{}"/></w:textInput></w:ffData>'
    filled = field_of(" FORMTEXT ", run(file.word()), data.format(file.secret()))
    return filled + run(" ") + field_of(" FORMTEXT ", "", data.format(file.word()))


def _chosen(file: WordBuilder) -> str:
    entries = f'<w:sdtPr><w:dropDownList><w:listItem w:displayText="{file.secret()}"/></w:dropDownList></w:sdtPr>'
    return f"<w:sdt>{entries}<w:sdtContent>{run(file.word())}</w:sdtContent></w:sdt>"


def _conditional(file: WordBuilder) -> str:
    inner = field_of(" PAGE ", run(file.secret()))
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    return f"{begin}<w:r><w:instrText> IF </w:instrText></w:r>{inner}{separate}{run(file.word())}{end}"


def _simple_field(file: WordBuilder) -> str:
    return f'<w:fldSimple w:instr=" TITLE ">{run(file.word())}</w:fldSimple>'


def _link(file: WordBuilder) -> str:
    number = file.relate("hyperlink", f"{next(file.numbers)}.xml", "")
    return f'<w:hyperlink r:id="{number}">{run(file.word())}</w:hyperlink>'


# What a paragraph can hold beside plain text.
INLINE: dict[str, Callable[[WordBuilder], str]] = {
    "run": lambda file: run(file.word()),
    "inserted": lambda file: f"<w:ins>{run(file.word())}</w:ins>",
    "deleted": lambda file: f"<w:del><w:r><w:delText>{file.secret()}</w:delText></w:r></w:del>",
    "moved": lambda file: f"<w:moveFrom>{run(file.secret())}</w:moveFrom><w:moveTo>{run(file.word())}</w:moveTo>",
    "hidden": lambda file: run(file.secret(), "<w:rPr><w:vanish/></w:rPr>"),
    "control": lambda file: f"<w:sdt><w:sdtContent>{run(file.word())}</w:sdtContent></w:sdt>",
    "chosen": _chosen,
    "tagged": lambda file: f"<w:smartTag><w:customXml>{run(file.word())}</w:customXml></w:smartTag>",
    "direction": lambda file: f'<w:dir w:val="rtl"><w:bdo w:val="ltr">{run(file.word())}</w:bdo></w:dir>',
    "ruby": _ruby,
    "link": _link,
    "field": lambda file: field_of(f" TITLE {file.secret()} ", run(file.word())),
    "simple field": _simple_field,
    "conditional": _conditional,
    "form text": _form_text,
    "form choice": _choice,
    "formula": _formula,
    "wordart": _wordart,
    "smartart": _smartart,
    "chart": _chart,
    "box": lambda file: in_box(f"<w:p>{run(file.word())}</w:p>"),
    "box in a box": lambda file: in_box(f"<w:p>{in_box(f'<w:p>{run(file.word())}</w:p>')}{run(file.word())}</w:p>"),
    "footnote": lambda file: file.note("footnote"),
    "endnote": lambda file: file.note("endnote"),
    "unknown": lambda file: f"<w:fromTheFuture><w:r><w:t>{file.word()}</w:t></w:r></w:fromTheFuture>",
}


def in_table(*cells: str) -> str:
    """Return a table of a cell a row, each beginning a column further to the right."""
    rows = (
        f'<w:tr><w:trPr><w:gridBefore w:val="{n}"/></w:trPr><w:tc>{cell}</w:tc></w:tr>' for n, cell in enumerate(cells)
    )
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def chunk(file: WordBuilder, kind: str) -> str:
    """Return an inserted document of a kind."""
    word, name = file.word(), f"chunk{next(file.numbers)}"
    page = f"<html><head><title>{file.secret()}</title></head><body><div>{word}</div></body></html>"
    mail = f'MIME-Version: 1.0\nContent-Type: text/html; charset="utf-8"\n\n{page}'
    inner = WordBuilder(numbers=file.numbers)
    data = {
        "html": page.encode(),
        "mail": mail.encode(),
        "text": word.encode("cp1253"),
        "word": b"" if kind != "word" else inner.build(f"<w:p>{run(word)}{inner.note('footnote')}</w:p>"),
    }
    file.shown += inner.shown
    return f'<w:altChunk r:id="{file.relate("aFChunk", name, data[kind])}"/>'


CHUNKS = ("html", "mail", "text", "word")
