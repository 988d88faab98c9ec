from __future__ import annotations

from xml.etree.ElementTree import tostring

import pytest

from site_src.new.word_chunks import chunk_html


def html_of(data: bytes) -> str:
    """What an inserted document becomes."""
    blocks = chunk_html(data)
    assert blocks is not None
    return "".join(tostring(each, encoding="unicode") for each in blocks).replace("<span>", "").replace("</span>", "")


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>α <b>β</b>γ</p>δ<div>ε<br>ζ</div>", '<p>α βγ</p><p>δ</p><p>ε<br href="#" />ζ</p>'),
        (
            "<h2>α</h2><ul><li>β<ol><li>γ</li></ol></li></ul>",
            "<h2>α</h2><ul><li><p>β</p><ol><li><p>γ</p></li></ol></li></ul>",
        ),
        ("<a href='https://topos.example'>α</a>", '<p><a href="https://topos.example">α</a></p>'),
        ("<style>x</style><script>y</script><!-- z --><section>α</section>", "<p>α</p>"),
    ],
)
def test_a_page_becomes_blocks(page: str, shown: str) -> None:
    """Paragraphs, headings, lists and links, whatever they are wrapped in; what browsers do not show goes."""
    assert html_of(page.encode()) == shown


def test_cells_of_a_page_stay_in_their_columns() -> None:
    """Empty cells stand for what a cell covers beside and below itself."""
    rows = "<tr><td rowspan=2>α<td colspan=2>β<td>γ<tr><td>δ<td>ε<td>ζ<tr><td>η"
    cells = (
        html_of(f"<table>{rows}</table>".encode()).replace("<p>", "").replace("</p>", "").replace("<td />", "<td></td>")
    )
    assert [row.count("<td>") for row in cells.split("</tr>")] == [4, 4, 1, 0]
    assert "<tr><td></td><td>δ</td><td>ε</td><td>ζ</td>" in cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1253"])
def test_text_is_read_in_every_encoding(encoding: str) -> None:
    """Plain text, and a page."""
    assert html_of("Άλφα\r\n\r\nβήτα".encode(encoding)) == "<p>Άλφα</p><p>βήτα</p>"
    assert html_of("<p>Άλφα".encode(encoding)) == "<p>Άλφα</p>"


def test_the_page_in_a_mail_is_read() -> None:
    """Programs that make Word files of web pages insert a whole message, with pictures beside the page."""
    mail = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; '
        'charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n<p>=CE=B1=CE=B2</p>\n--b\n'
        "Content-Type: image/png\n\nx\n--b--\n"
    )
    assert html_of(mail.encode()) == "<p>αβ</p>"


@pytest.mark.parametrize(
    "data", [b"{\\rtf1 text}", b"\xd0\xcf\x11\xe0", b"MIME-Version: 1.0\nContent-Type: image/png\n\nx"]
)
def test_what_only_word_reads_is_not_read(data: bytes) -> None:
    """It is told, with what to do."""
    assert chunk_html(data) is None


def test_nothing_is_no_text() -> None:
    """An empty document, and an empty page."""
    assert chunk_html(b"") == chunk_html(b"<html> </html>") == []
