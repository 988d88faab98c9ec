from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.text import NotTextError, decode, encoding_of, read_text
from site_src.problems import Problems, Severity

if TYPE_CHECKING:
    from pathlib import Path

UNMARKED = ("utf-16-le", "utf-16-be")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1253", "iso8859-7", *UNMARKED)
GREEK = "Άλλοι κωδικοί,\r\nυπ’ αριθμ. 5"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_greek_is_read_in_every_encoding(encoding: str) -> None:
    """The same text in Unicode, with or without its mark, and in both Greek code pages comes out the same."""
    assert decode(GREEK.encode(encoding)) == GREEK


@pytest.mark.parametrize(
    "text",
    ["¶ 5 του άρθρου", "¶5", "Άνδρος, ¶ 5", "§ 2 ¶ Ά μέρος", "“Άνδρος” ¶", "το ¶", "ΆΝΔΡΟΣ – ¶", "«¶»", "¶άρθρο – 5"],
)
def test_a_pilcrow_of_windows_stays_one(text: str) -> None:
    """Bytes that only Windows-1253 writes are read so, with a pilcrow before anything but small letters too."""
    assert decode(text.encode("cp1253")) == text


@pytest.mark.parametrize("text", ["Άνδρος", "τα Άνω Λιόσια", "κατ’ εφαρμογή", "Άρθρο, ΦΕΚ Ά 87", "«Άλλο»"])
def test_iso_8859_7_is_known_by_its_words(text: str) -> None:
    """An accented capital before small letters, or an apostrophe behind one, tells ISO 8859-7 from Windows-1253."""
    assert decode(text.encode("iso8859-7")) == text


@given(st.text(st.sampled_from("αβγδΆΈΉΊΌΎΏάώΐΰϊς ,.;:\n\t«»0123AZ"), min_size=1), st.sampled_from(["utf-8", "utf-16"]))
def test_unicode_is_read_whatever_it_says(text: str, encoding: str) -> None:
    """A text in UTF-8, or in UTF-16 with its mark, comes out as it was."""
    assert decode(text.encode(encoding)) == text


def test_what_is_unicode_is_no_code_page() -> None:
    """A text that UTF-8 can be is never read as Windows-1253, which would take its letters apart."""
    assert decode("\x80".encode()) == "\x80"
    with pytest.raises(NotTextError):
        decode("Δήμος\x01".encode())


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4,
        b"a;b\0c",
        b"PK\x03\x04\x14\0\0\0\x08\0\x21\0\x9a\x5c",
        "\ufeffΔήμος".encode("utf-16-le")[:-1],
        "\ufeffΔήμος".encode()[:-1],
        "Ο φορέας του Δήμου".encode()[:-1],
        b"\x01\x02\x03\x04 a",
        b"a;\xff\xd2",
        "Δήμος".encode("utf-32"),
    ],
    ids=["all bytes", "NUL", "ZIP", "cut UTF-16", "cut marked UTF-8", "cut UTF-8", "controls", "no letters", "UTF-32"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    """Binary data and text that was cut off are an error with what to do, never letters that nobody wrote."""
    with pytest.raises(NotTextError) as error:
        decode(data)
    assert error.value.hint


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    """Any bytes are decoded in the encoding that is named, or refused."""
    try:
        encoding = encoding_of(data)
    except NotTextError:
        return
    assert decode(data) == data.decode(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_in_another_encoding_is_read_with_a_warning(tmp_path: Path, encoding: str) -> None:
    """UTF-8 is read in silence; of anything else the encoding is named, and the lines end as on Linux."""
    path, problems = tmp_path / "help.md", Problems()
    path.write_bytes(GREEK.encode(encoding))
    assert read_text(path, problems) == GREEK.replace("\r\n", "\n")
    expected = [] if encoding.startswith("utf-8") else [(Severity.WARNING, "help.md")]
    assert [(problem.severity, problem.at.file) for problem in problems.all()] == expected


def test_a_file_that_is_not_text_is_a_problem(tmp_path: Path) -> None:
    """A file that holds something else is an error that names it."""
    (tmp_path / "a.md").write_bytes(b"\0\1\2")
    problems = Problems()
    assert read_text(tmp_path / "a.md", problems) is None
    assert [problem.at.file for problem in problems.all()] == ["a.md"]


@pytest.mark.parametrize("data", [b"{\\rtf1 x}", b"%PDF-1.7\n"])
def test_a_document_is_not_text_whatever_its_name(data: bytes, tmp_path: Path) -> None:
    """A document that was renamed is one problem with what to do, although it begins with letters."""
    path, problems = tmp_path / "circular.md", Problems()
    path.write_bytes(data)
    assert read_text(path, problems) is None
    (problem,) = problems.all()
    assert "save it again" in problem.hint
