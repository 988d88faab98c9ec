from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.new.circular_text import CircularText, read_circular
from site_src.new.lines import read_pages
from site_src.problems import UsageError
from site_src.read.circular import MISSING_NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = (
    "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\ne-mail : a@dokimes.example\nhttp:// www.dokimes.example\nΑριθμ. Πρωτ.: 555\n\nΘΕΜΑ: Κωδικοί\n\n"
)
BODY = "Από τους φορείς1 ανοίγεται ο φάκελος που λέει το υπ’ αριθμ. πρωτ. 30002/28-9-2016 έγγραφό μας, όπως κάθε"


def read(body: str) -> CircularText:
    """Return the facts that a text below a letterhead gives a campaign."""
    return read_circular(read_pages(HEAD + body))


@pytest.mark.parametrize(
    "lines",
    [
        ["", "1 Βλ. τον κατάλογο", "των φορέων.", "", "\fφορά."],
        ["", "1 Βλ. τον κατάλογο", "των φορέων", "\fφορά."],
        ["1 Βλ. τον κατάλογο των φορέων.", "φορά."],
    ],
)
def test_a_footnote_goes_to_its_mark(lines: Sequence[str]) -> None:
    """Its text, at the end of the page, is the footnote's, and the sentence around it goes on over the page."""
    text = read("\n".join([BODY, *lines]))
    paragraph, note = text.markdown.rstrip("\n").split("\n\n")
    assert "φορείς[^1]" in paragraph
    assert paragraph.endswith("όπως κάθε φορά.")
    assert note.rstrip(".") == "[^1]: Βλ. τον κατάλογο των φορέων"
    assert not any("footnote" in doubt for doubt in text.doubts)


def test_a_mark_may_follow_a_letter_with_an_accent() -> None:
    """«κωδικοί1» has one as «φορείς1» has."""
    text = read(f"{BODY.replace('φορείς', 'κωδικοί')} φορά.\n\n1 Βλ. τον κατάλογο.\n")
    assert "κωδικοί[^1]" in text.markdown
    assert "[^1]: Βλ. τον κατάλογο." in text.markdown


@pytest.mark.parametrize(
    "line", ["1 ΔΕΚΕΜΒΡΙΟΥ 2020 ισχύουν.", "1 ΕΙΣΑΓΩΓΗ ΣΤΟ ΘΕΜΑ", "1 φορά.", "2 Βλ. αλλού.", "1. Πρώτον."]
)
def test_what_is_no_footnote_stays(line: str) -> None:
    """A day, a heading, the middle of a sentence, another number and an item stay: the footnote has no text yet."""
    text = read(f"{BODY}\n\n{line}\n")
    assert MISSING_NOTE in text.markdown
    assert dict(text.footnotes) == {"1": "φορείς1"}
    assert "«φορείς1»" in "\n".join(text.doubts)


def test_an_address_that_is_there_already_is_not_repeated() -> None:
    """One apart from the text that the letterhead or a sentence has too is left out, and a note says so."""
    text = read("Ο τόπος (https://topos.example/) αλλάζει.\n\nhttp://www.dokimes.example/\nhttps://topos.example\n")
    assert text.markdown == "Ο τόπος (<https://topos.example/>) αλλάζει.\n"
    assert (text.links, text.doubts) == ((), tuple(doubt for doubt in text.doubts if "apart" not in doubt))
    assert sum("stood apart from the text, which has it too" in note for note in text.notes) == 2


@pytest.mark.parametrize("address", ["https://topos.example/a", "https://topos.example.org/", "http://os.example/"])
def test_another_address_is_kept(address: str) -> None:
    """A deeper page and another host are not what the text has."""
    text = read(f"Ο τόπος (https://topos.example/) αλλάζει.\n\n{address}\n")
    assert text.links == (address,)
    assert f"- <{address}>\n" in text.markdown


def test_an_address_with_a_documents_number_becomes_its_link() -> None:
    """The first place that names the document leads there; years and the document's own number lead nowhere."""
    address = "https://topos.example/?prot=30002&from=01/01/2016&own=555"
    text = read(f"Από το 2016, αριθμ. πρωτ. 555 και αριθμ. πρωτ. 30002/28-9-2016 και πρωτ. 30002.\n\n{address}\n")
    link = f"[30002/28-9-2016](<{address}>)"
    assert text.markdown == f"Από το 2016, αριθμ. πρωτ. {{{{ protocol }}}} και αριθμ. πρωτ. {link} και πρωτ. 30002.\n"
    assert text.links == ()
    assert any(link in note for note in text.notes)


def test_a_footnote_is_answered() -> None:
    """A text takes the place of the missing one as Markdown gives it back; without one the mark goes too."""
    text = read(f"{BODY} φορά.\n")
    assert text.with_footnote("1", "Βλ. *αλλού*").markdown.endswith("\n\n[^1]: Βλ. \\*αλλού\\*\n")
    without = text.with_footnote("1", "")
    assert without.markdown == BODY.replace("φορείς1", "φορείς") + " φορά.\n"
    assert not without.footnotes
    assert not any("φορείς1" in doubt for doubt in without.doubts)


def test_a_link_is_answered() -> None:
    """Words of the text lead to the address; without words it goes; words that the text has not are refused."""
    text = read("Ο τόπος_του_φορέα αλλάζει (https://a.example/αλλάζει).\n\nhttps://topos.example/\n")
    (address,) = text.links
    linked = text.with_link(address, "τόπος_του_φορέα αλλάζει").markdown
    assert linked.startswith("Ο [τόπος_του_φορέα αλλάζει](<https://topos.example/>) (<https://a.example/αλλάζει>).")
    assert linked.count("topos.example") == 1
    assert "topos.example" not in text.with_link(address, "").markdown
    assert text.with_link(address, "").links == ()
    for words in ("τόποι", "a.example"):
        with pytest.raises(UsageError, match=words):
            text.with_link(address, words)
