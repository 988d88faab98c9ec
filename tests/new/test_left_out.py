from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.new.circular_text import read_circular
from site_src.new.left_out import left_out, row_of
from site_src.new.lines import Passage
from tests.new.test_source import read
from tests.support.word_builder import CHUNKS, INLINE, WordBuilder, chunk, in_box, in_table, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REPORTED = {"formula", "chart"}  # left out of the draft, and reported


def compare(folder: Path, file: WordBuilder, body: str) -> str:
    """The doubts, once each word that is shown is in the draft or among them, once, and no other is in the draft."""
    source, problems = read(folder, "a.docx", file.build(body))
    assert source, problems
    text = read_circular(source)
    draft = Counter(row_of("\n".join(text.pieces)).split())
    doubts = Counter(row_of("\n".join(text.doubts)).split())
    found = {word: (draft[row_of(word)], doubts[row_of(word)]) for word in file.shown}
    assert {word: each for word, each in found.items() if each not in {(1, 0), (0, 1)}} == {}, text.markdown
    assert [word for word in file.unseen if draft[row_of(word)]] == []
    return "\n".join(text.doubts)


WHERE: dict[str, Callable[[WordBuilder, str], str]] = {
    "text": lambda _, content: content,
    "control": lambda _, content: f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>",
    "table": lambda _, content: in_table(content, content_with(run("x"))),
    "table in a table": lambda _, content: in_table(content_with(run("x")), in_table(content, content_with(run("y")))),
    "box": lambda _, content: content_with(in_box(content)),
    "note": lambda file, content: file.note_of(content),
    "header": lambda file, content: f"<w:sectPr>{file.page_part('header', content)}</w:sectPr>",
    "footer": lambda file, content: f"<w:sectPr>{file.page_part('footer', content)}</w:sectPr>",
}


def content_with(inline: str) -> str:
    """A paragraph."""
    return f"<w:p>{inline}</w:p>"


@pytest.mark.parametrize("kind", INLINE)
@pytest.mark.parametrize("where", WHERE)
def test_each_word_that_word_shows_is_in_the_draft_or_reported(tmp_path: Path, kind: str, where: str) -> None:
    """Any element in any place; WordArt above or below the text is a watermark."""
    file = WordBuilder()
    content = content_with(run(file.word() + " ") + INLINE[kind](file) + run(" " + file.word()))
    doubts = compare(tmp_path, file, content_with(run(file.word())) + WHERE[where](file, content))
    is_watermark = kind == "wordart" and where in {"header", "footer"}
    assert ("left out of the draft" in doubts) == (kind in REPORTED or is_watermark)


@pytest.mark.parametrize("kind", CHUNKS)
@pytest.mark.parametrize("where", ["text", "control", "table", "box"])
def test_documents_inserted_in_the_file_are_read(tmp_path: Path, kind: str, where: str) -> None:
    """Web pages, e-mails that hold one, plain text, and other Word files with their notes."""
    file = WordBuilder()
    content = content_with(run(file.word()) + INLINE["footnote"](file)) + chunk(file, kind)
    assert "left out" not in compare(tmp_path, file, WHERE[where](file, content + content_with(run(file.word()))))


@given(st.data())
def test_words_survive_whatever_is_in_what(tmp_path: Path, data: st.DataObject) -> None:
    """Each word is in the draft or reported, once, in any structure."""
    file = WordBuilder()

    def block(depth: int) -> str:
        kinds = data.draw(st.lists(st.sampled_from([*INLINE, *CHUNKS, *WHERE, "deeper"]), min_size=1, max_size=4))
        texts = []
        for kind in kinds:
            if kind in INLINE:
                texts.append(content_with(run(file.word() + " ") + INLINE[kind](file) + run(" ")))
            elif kind in CHUNKS:
                texts.append(chunk(file, kind))
            elif depth and kind in {"table", "control", "box", "table in a table"}:
                texts.append(WHERE[kind](file, block(depth - 1)))
        return "".join([*texts, content_with(run(file.word()))])

    compare(tmp_path, file, block(4))


def test_a_word_shown_twice_must_be_there_twice() -> None:
    """The passage that was lost is reported, not another that holds one of its words."""
    shown = (Passage("Ο Δήμος", "α"), Passage("Ο Δήμος Ήλιδας", "β"), Passage("Προς: Δήμος", "γ"))
    assert left_out(shown, ("προς", "ο δήμος", "δήμος")) == (shown[1],)
    assert left_out(shown, ("προς", "ο δήμος", "δήμος", "ο δήμος της Ήλιδας")) == ()


SIGNS = [*"[]^{}|<>&*_`#-.:@/\u00ad", "http://", "www.", "ΠΡΟΣ: ", "Τηλ.: ", "ΘΕΜΑ: ", "1. ", "α) ", "[^1]", "4-5-2020"]
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])


@given(st.lists(st.lists(CHARACTERS | st.sampled_from(SIGNS), max_size=20).map("".join), min_size=1, max_size=6))
def test_text_that_is_in_the_draft_is_not_reported(tmp_path: Path, texts: list[str]) -> None:
    """Markdown may write it in another way, and it may be any part of a letterhead."""
    body = "".join(content_with(run(escape(text))) for text in [*texts, "τέλος"])
    source, problems = read(tmp_path, "a.docx", WordBuilder().build(body + in_table(*map(content_with, [run("α|β")]))))
    assert source, problems
    assert not [doubt for doubt in read_circular(source).doubts if doubt.startswith("left out")]
