from __future__ import annotations

import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import typst
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pypdfium2 import PdfDocument

from site_src.files.text import read_pdf
from site_src.make.letters import Recipient, Typesetter
from site_src.read.inputs import LetterInputs, drawn
from site_src.read.settings import Letterhead, Logo, Office
from tests.read.test_inputs import facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FACTS = {
    "sample": "",
    "language": "el",
    "operator": "ΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ",
    "sender": "ΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ\nΓΕΝΙΚΗ ΔΙΕΥΘΥΝΣΗ\nΤμήμα Μελετών",
    "place": "Αθήνα",
    "date": "17 Νοεμβρίου 2020",
    "protocol": "78411",
    "subject": "Νέοι κωδικοί πρόσβασης",
    "folder": "ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020",
    "effective": "1 Δεκεμβρίου 2020",
    "eve": "30 Νοεμβρίου 2020",
    "address": "https://portal.example",
    "contact": "Τμήμα\n210 0000000\nΑ. Β.: 210 1111111",
    "signatory": "Ο ΓΕΝΙΚΟΣ ΓΡΑΜΜΑΤΕΑΣ\nΓ. Δ.",
}
RECIPIENT = Recipient(agency="Δήμος Ηρακλείου", username="012345678901", code="CDFJ-LQRS-W234-6789-CDFJ")


def built_in(root: Path, facts: Mapping[str, str] = FACTS) -> Typesetter:
    """Return what sets the built-in letter."""
    return Typesetter(LetterInputs(root / "templates" / "letter.typ", facts))


@pytest.fixture
def typesetter(root: Path) -> Typesetter:
    """Sets the built-in letter."""
    return built_in(root)


def own_template(folder: Path, text: str) -> Typesetter:
    """Sets a campaign's own letter."""
    (folder / "letter.typ").write_text(text, encoding="utf-8")
    return Typesetter(LetterInputs(folder / "letter.typ", FACTS))


def text_of(pdf: bytes) -> str:
    """Return the text that a reader sees, without white space: line breaks are the layout's business."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return squeezed("".join(page.get_textpage().get_text_bounded() for page in document))


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def test_a_letter_holds_everything_that_its_reader_needs(typesetter: Typesetter) -> None:
    """Sender, place, dates, protocol, subject, folder, address, contacts, signatory, agency, user name, code."""
    text = text_of(typesetter.set_letter(RECIPIENT))
    facts = [line for value in FACTS.values() for line in value.splitlines() if value != "el"]
    facts = [fact for fact in facts if fact != FACTS["address"]]
    for fact in [*facts, *vars(RECIPIENT).values()]:
        assert squeezed(fact) in text, fact


def test_the_address_of_the_portal_is_a_link(typesetter: Typesetter) -> None:
    """The address can be followed, and is read on paper too."""
    pdf = typesetter.set_letter(RECIPIENT)
    assert FACTS["address"].encode() in pdf
    assert FACTS["address"] in text_of(pdf)


def test_a_letter_names_its_own_agency_alone(typesetter: Typesetter) -> None:
    """Of two letters from one compiler neither holds the other's name, user name or code."""
    other = Recipient(agency="Περιφέρεια Κρήτης", username="205518873364", code="9876-432W-SRQL-JFDC-9876")
    for mine, foreign in ((RECIPIENT, other), (other, RECIPIENT), (RECIPIENT, other)):
        text = text_of(typesetter.set_letter(mine))
        assert all(squeezed(value) in text for value in vars(mine).values())
        assert not any(squeezed(value) in text for value in vars(foreign).values())


def test_both_languages_have_their_own_words(typesetter: Typesetter, root: Path) -> None:
    """The fixed texts are Greek or English, and the file says which."""
    greek = typesetter.set_letter(RECIPIENT)
    english = built_in(root, FACTS | {"language": "en"}).set_letter(RECIPIENT)
    assert "Νέοςκωδικόςπρόσβασης" in text_of(greek)
    assert "Newaccesscode" in text_of(english)
    assert "Όνομαχρήστη" not in text_of(english)
    assert re.search(rb"/Lang\s*\(el", greek)
    assert re.search(rb"/Lang\s*\(en", english)


def test_facts_that_are_missing_leave_no_gap(root: Path) -> None:
    """A campaign with nothing but its folder and days still gives a whole letter."""
    bare = FACTS | dict.fromkeys(
        ["sender", "place", "date", "protocol", "subject", "address", "contact", "signatory"], ""
    )
    text = text_of(built_in(root, bare).set_letter(RECIPIENT))
    assert RECIPIENT.code in text
    for label in ("Αριθμ.Πρωτ.", "Γιαβοήθεια", "http"):
        assert label not in text


@pytest.mark.parametrize(
    "name",
    [
        "#panic(1)",
        "$x^2$",
        r"back\slash \n \u{41}",
        "*bold* _emph_ `raw` = heading",
        "<label> @reference",
        "[content] {block} // comment /* more */",
        "<<ΘΕΣΣΑΛΩΜΑ>> \"διπλά\" 'μονά' «γαλλικά»",
        "--- ... -- ~ fi ffl",
        "ΐ ΰ ᾳ ῷ Ϊ ά",
        "#sys.inputs.code",
        "https://x.example",
        "שלום",
        "1. + - item",
    ],
)
def test_a_hostile_name_is_text_and_never_markup(name: str, typesetter: Typesetter) -> None:
    """Markup, a link or a command in a name is shown in the letter as it is written."""
    pdf = typesetter.set_letter(replace(RECIPIENT, agency=name))
    text = text_of(pdf)
    assert f"Προς:{squeezed(name)}" in text
    assert text.count(RECIPIENT.code) == 1
    assert not re.search(rb"/URI\s*\(https://x", pdf)


@given(name=st.text("ΑΒΓΔαβγδάέΐϋ ABCabc#$\\*_`<>@[]{}\"'/=+-.~&%^|!?;:,0123«»–", max_size=60))
@hypothesis_settings(max_examples=40)
def test_any_name_in_the_fonts_letters_comes_out(name: str, typesetter: Typesetter) -> None:
    """All letters of a name are in the letter, whatever marks it has."""
    text = text_of(typesetter.set_letter(replace(RECIPIENT, agency=name)))
    assert re.sub(r"\W", "", name) in re.sub(r"\W", "", text)


@pytest.mark.parametrize("name", ["Δήμος 😀", "日本", "a\0b", "\ufffe", "\x07"])
def test_a_name_that_the_fonts_lack_is_an_error_and_no_empty_box(name: str, typesetter: Typesetter) -> None:
    """Every letter must be readable: a sign without a glyph stops the build instead of printing a box."""
    import typst

    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typesetter.set_letter(replace(RECIPIENT, agency=name))
    assert RECIPIENT.code in text_of(typesetter.set_letter(RECIPIENT)), "the compiler goes on after an error"


def test_a_very_long_name_and_contact_take_more_pages(root: Path) -> None:
    """Nothing is cut off: the letter grows."""
    words = [f"Σύνδεσμος{number}." for number in range(400)]
    typesetter = built_in(root, FACTS | {"contact": "\n".join(["γραμμή"] * 80)})
    text = text_of(typesetter.set_letter(replace(RECIPIENT, agency=" ".join(words))))
    assert [word for word in words if word not in text] == []
    assert text.count("γραμμή") == 80


@pytest.mark.parametrize("language", ["el", "en"])
@pytest.mark.parametrize(("groups", "length"), [(5, 4), (6, 4), (4, 5), (1, 19), (1, 30), (3, 9)])
def test_every_allowed_code_stands_on_one_line(groups: int, length: int, language: str, root: Path) -> None:
    """Codes of up to 30 characters are not broken: a copy of one that is broken after a hyphen loses the hyphen."""
    import pypdfium2

    code = "-".join(["W" * length] * groups)
    typesetter = built_in(root, FACTS | {"language": language})
    with pypdfium2.PdfDocument(typesetter.set_letter(replace(RECIPIENT, code=code))) as document:
        assert code in document[0].get_textpage().get_text_bounded()


def test_the_same_bytes_every_time_and_in_every_thread(root: Path) -> None:
    """Letters from several threads, compilers and orders are the same, byte for byte."""
    recipients = [replace(RECIPIENT, agency=f"Φορέας {number}") for number in range(12)]
    one, other = (built_in(root) for _ in range(2))
    with ThreadPoolExecutor(4) as pool:
        first = list(pool.map(one.set_letter, recipients))
    assert [other.set_letter(each) for each in reversed(recipients)] == first[::-1]
    assert len(set(first)) == 12


def test_each_thread_keeps_one_compiler(typesetter: Typesetter) -> None:
    """A thread makes its compiler once; two threads never share one."""
    found: list[object] = [typesetter._compiler(), typesetter._compiler()]  # noqa: SLF001 (what is shared cannot be seen from outside)
    thread = threading.Thread(target=lambda: found.append(typesetter._compiler()))  # noqa: SLF001 (likewise)
    thread.start()
    thread.join()
    assert found[0] is found[1]
    assert found[2] is not found[0]


def test_a_letter_is_an_accessible_pdf(typesetter: Typesetter) -> None:
    """It says that it is PDF/UA-1, is tagged, has a title to be shown, and its tree has headings (ISO 14289-1)."""
    pdf = typesetter.set_letter(RECIPIENT)
    assert pdf.startswith(b"%PDF-1.7")
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", pdf)
    assert re.search(rb"/Marked\s+true", pdf)
    assert re.search(rb"/DisplayDocTitle\s+true", pdf)
    assert b"/StructTreeRoot" in pdf


def test_every_font_is_embedded(typesetter: Typesetter) -> None:
    """Each font of the letter brings its own outlines, so that it looks the same everywhere."""
    pdf = typesetter.set_letter(RECIPIENT)
    fonts = set(re.findall(rb"/FontName\s*/([^\s/]+)", pdf))
    assert {name.partition(b"+")[2] for name in fonts} >= {b"LibertinusSerif-Regular", b"LibertinusSerif-Bold"}
    assert len(re.findall(rb"/FontFile[23]?\s", pdf)) == len(fonts)


def test_the_built_in_letter_serves_as_a_campaigns_own_template(tmp_path: Path, root: Path) -> None:
    """A copy, which staff may then change, sets the same bytes by itself."""
    own = own_template(tmp_path, (root / "templates" / "letter.typ").read_text(encoding="utf-8"))
    assert not own.letter.is_built_in
    assert own.set_letter(RECIPIENT) == built_in(root).set_letter(RECIPIENT)


def test_only_the_bold_font_differs_from_letter_to_letter(typesetter: Typesetter) -> None:
    """Typst packs a font anew for other characters: those of the text that all letters share are packed once."""
    other = Recipient(agency="ΠΕΡΙΦΕΡΕΙΑ ΘΨΩ & Quick", username="205518873364", code="9876-432W-SRQL-JFDC-9876")
    one, two = (_packed_fonts(typesetter.set_letter(each)) for each in (RECIPIENT, other))
    assert one & two == {name for name in one if name.endswith(b"-Regular")} != set()


def _packed_fonts(pdf: bytes) -> set[bytes]:
    """Return the names of the fonts, each with the mark of the characters that are packed (ISO 32000-1, 9.6.4)."""
    return set(re.findall(rb"/FontName\s*/([^\s/]+)", pdf))


def test_a_letter_is_small(typesetter: Typesetter) -> None:
    """Contacts open it on telephones: 30,000 bytes at most."""
    assert len(typesetter.set_letter(RECIPIENT)) <= 30_000


def test_a_letter_tells_no_clock(typesetter: Typesetter) -> None:
    """No date of making is in the file: only what the circular says."""
    pdf = typesetter.set_letter(RECIPIENT)
    assert b"/CreationDate" not in pdf
    assert b"xmp:CreateDate" not in pdf


def test_a_compiler_sees_a_template_that_was_corrected(tmp_path: Path) -> None:
    """After an error the same folder gives a letter once its template is right."""
    with pytest.raises(typst.TypstError):
        own_template(tmp_path, "#let").set_letter(RECIPIENT)
    corrected = own_template(tmp_path, "#set document(title: [T])\n#sys.inputs.code")
    assert RECIPIENT.code in text_of(corrected.set_letter(RECIPIENT))


def test_a_recipient_never_shows_its_code() -> None:
    """The code is not in the representation of a recipient, so no message can hold it."""
    assert RECIPIENT.code not in repr(RECIPIENT)


def test_the_signatory_stands_at_the_end(tmp_path: Path, root: Path) -> None:
    """Title and name, either of them alone, or neither: as the circular has them, below everything else."""
    for title, name in (("Ο Γενικός Γραμματέας", "Γ. Δ."), ("Ο Γενικός Γραμματέας", ""), ("", "Γ. Δ."), ("", "")):
        facts = facts_of(Letterhead(signatory_title=title, signatory_name=name), tmp_path, contact=Office(unit="Τμήμα"))
        letter = read_pdf(built_in(root, facts).set_letter(RECIPIENT))
        text, operator = "".join(letter.split()).partition("Γιαβοήθεια")[2], facts["operator"]
        assert text.startswith("".join(f"Τμήμα{title}{name}{operator} · Φάκελος".split()))


DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 4"><path fill="#00f" d="M0 0h3v4H0z"/></svg>'


def _painted() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 40), "#00f").save(file, "PNG")
    return file.getvalue()


def _blue_pixels(pdf: bytes) -> int:
    page = PdfDocument(pdf)[0].render(scale=1).to_pil().convert("RGB")
    top = page.crop((0, 0, page.width, 120))
    return sum(count for count, colour in top.getcolors(top.width * top.height) or () if colour == (0, 0, 255))


@pytest.mark.parametrize("logo", [Logo("logo.svg", DRAWN, 3, 4), Logo("logo.png", _painted(), 30, 40)])
def test_the_logo_heads_the_letter(root: Path, logo: Logo) -> None:
    """Drawn or painted, 16 mm high above the sender; the text stays the same, and so do the bytes of every setting."""
    letter = replace(built_in(root).letter, logo=drawn(logo))
    pdf, plain = Typesetter(letter).set_letter(RECIPIENT), built_in(root).set_letter(RECIPIENT)
    height = 16 / 25.4 * 72
    assert _blue_pixels(pdf) == pytest.approx(height * height * 3 / 4, rel=0.1)
    assert _blue_pixels(plain) == 0
    assert text_of(pdf) == text_of(plain)
    assert Typesetter(letter).set_letter(RECIPIENT) == pdf
