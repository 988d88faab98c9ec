from __future__ import annotations

import pytest

from site_src.new.lines import Line, LineKind
from site_src.new.word_inserted import inserted_lines
from site_src.new.word_lines import COLUMNS_MOST, texts_of
from site_src.new.word_package import Budget, WordFileError

SIGNS = {LineKind.TEXT: "", LineKind.HEADING: "# ", LineKind.BULLET: "- "}


def lines_of(data: bytes) -> list[str]:
    """Return the lines of an inserted document, headings and bullets with a sign."""
    read = inserted_lines(data, Budget())
    assert read is not None
    return [SIGNS[line.kind] + line.text for line in read[0] if line.text]


def rows_of(rows: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a page that is one table."""
    read = inserted_lines(f"<table>{rows}</table>".encode(), Budget())
    assert read is not None
    return read[0][0].rows


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>α <b>β</b>γ</p>δ<div>ε<br>ζ</div>", ["α βγ", "δ", "ε", "ζ"]),
        ("<h2>α</h2><ul><li>β<ol><li>γ<li><p>δ<p>ε</ol>ζ</ul>", ["# α", "- β", "1. γ", "2. δ", "ε", "- ζ"]),
        ("<a href='https://topos.example'>α<!-- x --></a>", ["α (https://topos.example)"]),
        ("<a href='mailto:a@b.example'><!-- x -->a@b.example</a>", ["a@b.example"]),
        ("<style>x</style><script>y</script><!-- z --><section>α</section>", ["α"]),
    ],
)
def test_a_page_becomes_lines(page: str, shown: list[str]) -> None:
    """Paragraphs, headings, lists and links, whatever they are wrapped in; what browsers do not show goes."""
    assert lines_of(page.encode()) == shown


def test_cells_of_a_page_stay_in_their_columns() -> None:
    """Empty cells take the places that a cell covers beside and below itself."""
    rows = "<tr><td rowspan=2>α<td colspan=2>β<td>γ<tr><td>δ<td>ε<td>ζ<tr><td>η"
    assert rows_of(rows) == (("α", "β", "", "γ"), ("", "δ", "ε", "ζ"), ("η", "", "", ""))
    assert rows_of("<!-- x --><thead><tr><th>α<tbody><!-- y --><tr><!-- z --><td>β") == (("α",), ("β",))


def test_a_table_in_a_cell_of_a_page_is_lines() -> None:
    """A tab between its cells makes them cells of their own later."""
    assert rows_of("<tr><td>α<td><p>β<table><tr><td>γ<td>δ</table>") == (("α", "β\nγ\tδ"),)


@pytest.mark.parametrize(
    ("columns", "rows", "error"), [(COLUMNS_MOST + 1, 1, ValueError), (COLUMNS_MOST, 99_999, WordFileError)]
)
def test_a_table_of_too_many_cells_is_refused(columns: int, rows: int, error: type[Exception]) -> None:
    """It would fill the memory: more columns than Word has, or more cells than are read."""
    with pytest.raises(error):
        rows_of(f"<tr>{'<td>α' * columns}{'<tr><td>β' * (rows - 1)}")


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
    assert inserted_lines(data, Budget()) is None


def test_nothing_is_no_text() -> None:
    """An empty document, an empty page, and a mail with one."""
    mail = b"MIME-Version: 1.0\nContent-Type: text/html\n\n"
    assert inserted_lines(mail, Budget()) == ([], False)
    assert inserted_lines(b"", Budget()) == inserted_lines(b"<html> </html>", Budget()) == ([], False)


@pytest.mark.parametrize("page", ["<ol start=4><li>α</ol>", "<table><tr><td><ol start=4><li>α</ol></table>"])
def test_the_numbers_of_a_pages_lists_are_doubted(page: str) -> None:
    """They begin where the page says; a page may show others, such as letters."""
    read = inserted_lines(page.encode(), Budget())
    assert read is not None
    assert texts_of(read[0]) == ["4. α"]
    assert read[1]
    assert inserted_lines(b"<ul><li>x</ul>", Budget()) == ([Line("x", LineKind.BULLET, whole=True), Line("")], False)
