from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.new.word_lines import inserted_lines
from tests.new.test_source import paragraph, read
from tests.support.word_builder import WordBuilder

if TYPE_CHECKING:
    from pathlib import Path


def lines_of(data: bytes) -> list[str]:
    """Return the lines of an inserted document."""
    return [line.text for line in inserted_lines(data) if line.text]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>α <b>β</b>γ</p>δ<div>ε<br>ζ</div>", ["α βγ", "δ", "ε", "ζ"]),
        ("<h2>α</h2><ul><li>β<ol><li>γ<li><p>δ<p>ε</ol>ζ</ul>", ["α", "β", "γ", "δ", "ε", "ζ"]),
        ("<table><tr><td>α<td><p>β\n<table><tr><td>γ<td>δ</table>", ["α", "β", "γ", "δ"]),
        ("<a href='https://topos.example'>α<!-- x --></a>", ["α (https://topos.example)"]),
        ("<a href='mailto:a@b.example'><!-- x -->a@b.example</a>", ["a@b.example"]),
        ("<a href='mailto:a@b.example?subject=γ'>δ</a>", ["δ (a@b.example)"]),
        ("<style>x</style><script>y</script><!-- z --><section>α</section>", ["α"]),
    ],
)
def test_a_page_becomes_lines(page: str, shown: list[str]) -> None:
    """Each paragraph, heading, item and cell is one, with its links; what browsers do not show goes."""
    assert lines_of(page.encode()) == shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1253"])
def test_text_is_read_in_every_encoding(encoding: str) -> None:
    """Plain text, and a page."""
    assert lines_of("Άλφα\r\n\r\nβήτα".encode(encoding)) == ["Άλφα", "βήτα"]
    assert lines_of("<p>Άλφα".encode(encoding)) == ["Άλφα"]


def test_the_page_in_a_mail_is_read() -> None:
    """Programs that make Word files of web pages insert a whole message, with pictures beside the page."""
    mail = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; '
        'charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n<p>=CE=B1=CE=B2</p>\n--b\n'
        "Content-Type: image/png\n\nx\n--b--\n"
    )
    assert lines_of(mail.encode()) == ["αβ"]


@pytest.mark.parametrize(
    "data",
    [
        b"{\\rtf1 text}",
        b"\xd0\xcf\x11\xe0",
        b"MIME-Version: 1.0\nContent-Type: image/png\n\nx",
        bytes(range(256)) * 8,
    ],
)
def test_kinds_that_only_word_reads_are_not_read(data: bytes) -> None:
    """It is reported, with what to do."""
    assert inserted_lines(data) == []


def test_nothing_is_no_text() -> None:
    """An empty document, an empty page, and a mail with one."""
    mail = b"MIME-Version: 1.0\nContent-Type: text/html\n\n"
    assert inserted_lines(mail) == inserted_lines(b"") == inserted_lines(b"<html> </html>") == []


def test_an_inserted_document_is_doubted(tmp_path: Path) -> None:
    """Its text is read without its lists and tables, and a doubt says how to have them, too."""
    file = WordBuilder()
    number = file.relate("aFChunk", "a.html", "<ol><li>β</ol>".encode())
    source, problems = read(tmp_path, "a.docx", file.build(paragraph("α") + f'<w:altChunk r:id="{number}"/>'))
    assert source, problems
    assert [line.text for line in source.lines if line.text] == ["α", "β"]
    assert [doubt for doubt in source.doubts if doubt.startswith("1 document is inserted that only Word reads whole")]
