from __future__ import annotations

import html
import re
import tomllib
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import jinja2
import markdown
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from site_src.language.greek import find_days
from site_src.new.blocks import Block, Shape, read_blocks, write_markdown
from site_src.new.campaign_files import Keepers, campaign_toml, site_toml
from site_src.new.circular_text import CircularText, read_circular
from site_src.new.facts import find_facts
from site_src.new.lines import read_pages
from site_src.new.source import read_source
from site_src.problems import Problems, UsageError
from site_src.read.circular import MISSING_NOTE
from tests.new.test_source import paragraph, word_file
from tests.new.test_source import read as read_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DOCUMENT = """ Προθεσμία για ενέργειες : 30-11-2020

ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ
ΥΠΟΥΡΓΕΙΟ  ΔΟΚΙΜΩΝ
ΓΕΝΙΚΗ ΓΡΑΜΜΑΤΕΙΑ ΥΠΟΔΕΙΓΜΑΤΩΝ
ΚΑΙ ΣΧΕΔΙΩΝ
Τμήμα Δοκιμών
Υπευθ. Ενημέρωσης:
Πρώτο Γραφείο: 210000 0001
Δεύτερο Γραφείο: 210000 0002
Ταχ. Δ/νση: Οδός 27, 101 00  Αθήνα
e-mail : grafeio@dokimes.example

              Αθήνα,  17-11-2020
             Αριθμ. Πρωτ.:   4711

 ΠΡΟΣ :

1. Δήμους, Περιφέρειες, Αποκεντρωμένες
Διοικήσεις
- Υπόψη υπευθύνων

2. Κ.Ε.Δ.Ε

ΘΕΜΑ: Νέοι κωδικοί για τον τόπο των
δοκιμών

        Όπως γνωρίζετε ο τόπος (https://topos.example/) αλλάζει κωδικούς και το
έγγραφο με αριθμ. πρωτ. 4711 λέει πώς. Οι νέοι θα ισχύσουν από 1 ΔΕΚΕΜΒΡΙΟΥ 2020 και
όσοι είχαν δοθεί ισχύουν έως την παραμονή της ημερομηνίας (30-11-2020), χωρίς άλλη παρά-
ταση για

http://topos.example/a
https://topos.example/b?x=1&y=2
\fόλους τους φορείς της χώρας, μικρούς και μεγάλους, όπως κάθε φορά από την αρχή της εφαρμογής.

ΔΙΑΔΙΚΑΣΙΑ ΛΗΨΗΣ ΤΩΝ ΚΩΔΙΚΩΝ

Από τους φορείς1 ανοίγεται ο υπο-φάκελος με την ονομασία «ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020» (12ψήφιος).
- πρώτα το αρχείο
- έπειτα το έγγραφο

Η Προϊσταμένη της Διεύθυνσης

          Α. Υπογράφουσα

Συνημμένα :
Παράρτημα (αρχείο xls)
 ΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ:
1. Γραφείο Πρώτο
2. Διεύθυνση Δεύτερη με την παράκληση ανάρτησης του

παρόντος στον τόπο.
"""


def read(text: str, folder: Path) -> CircularText:
    """The circular that a text file gives."""
    path = folder / "circular.txt"
    path.write_bytes(text.encode())
    problems = Problems()
    source = read_source(path, problems)
    assert source, problems.all()
    return read_circular(source)


def as_toml(text: CircularText) -> str:
    """Its campaign.toml, before anybody was looked up in an annex."""
    return campaign_toml(text, Keepers())


def shown(text: str, **facts: Any) -> str:  # noqa: ANN401 (Jinja takes whatever it is given)
    """Return the text that a reader of the page sees of a Markdown text."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 (the text is Markdown, not yet HTML)
    environment.filters["date"] = "{:%d-%m-%Y}".format
    page = markdown.markdown(environment.from_string(text).render(**facts), extensions=["footnotes", "tables"])
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def letters(text: str) -> str:
    """All letters and digits in their order; line breaks and hyphens between them are the paper's."""
    return "".join(re.findall(r"[^\W_]", text))


def test_the_letterhead_goes_to_its_keys(tmp_path: Path) -> None:
    """Each part of an official document's head and foot becomes the key that is meant for it."""
    facts = tomllib.loads(as_toml(read(DOCUMENT, tmp_path)))
    assert (facts["folder"], facts["deadline"], facts["effective"]) == (
        "ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020",
        date(2020, 11, 30),
        date(2020, 12, 1),
    )
    assert facts["circular"] == {
        "sender": [
            "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ",
            "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",
            "ΓΕΝΙΚΗ ΓΡΑΜΜΑΤΕΙΑ ΥΠΟΔΕΙΓΜΑΤΩΝ ΚΑΙ ΣΧΕΔΙΩΝ",
            "Τμήμα Δοκιμών",
        ],
        "contacts": [
            {"name": "Πρώτο Γραφείο", "phone": "210000 0001"},
            {"name": "Δεύτερο Γραφείο", "phone": "210000 0002"},
        ],
        "details": ["Ταχ. Δ/νση: Οδός 27, 101 00 Αθήνα", "e-mail : grafeio@dokimes.example"],
        "place": "Αθήνα",
        "date": date(2020, 11, 17),
        "protocol": "4711",
        "recipients": ["1. Δήμους, Περιφέρειες, Αποκεντρωμένες Διοικήσεις", "- Υπόψη υπευθύνων", "2. Κ.Ε.Δ.Ε"],
        "subject": "Νέοι κωδικοί για τον τόπο των δοκιμών",
        "signatory": {"title": "Η Προϊσταμένη της Διεύθυνσης", "name": "Α. Υπογράφουσα"},
        "attachments": ["Παράρτημα (αρχείο xls)"],
        "distribution": [
            "1. Γραφείο Πρώτο",
            "2. Διεύθυνση Δεύτερη με την παράκληση ανάρτησης του παρόντος στον τόπο.",
        ],
    }


def test_the_text_becomes_paragraphs_headings_and_lists(tmp_path: Path) -> None:
    """Broken lines, a broken word and a page's end are joined; headings, bullets, links and the mark are Markdown."""
    text = read(DOCUMENT, tmp_path)
    assert text.markdown.split("\n\n") == [
        (
            "Όπως γνωρίζετε ο τόπος (<https://topos.example/>) αλλάζει κωδικούς και το έγγραφο με αριθμ. πρωτ. "
            "{{ protocol }} λέει πώς. Οι νέοι θα ισχύσουν από {{ effective | date }} και όσοι είχαν δοθεί ισχύουν "
            "έως την παραμονή της ημερομηνίας ({{ eve | date }}), χωρίς άλλη παράταση για όλους τους φορείς της "
            "χώρας, μικρούς και μεγάλους, όπως κάθε φορά από την αρχή της εφαρμογής."
        ),
        "- <http://topos.example/a>\n- <https://topos.example/b?x=1&y=2>",
        "## ΔΙΑΔΙΚΑΣΙΑ ΛΗΨΗΣ ΤΩΝ ΚΩΔΙΚΩΝ",
        "Από τους φορείς[^1] ανοίγεται ο υπο-φάκελος με την ονομασία «{{ folder }}» (12ψήφιος).",
        "- πρώτα το αρχείο\n- έπειτα το έγγραφο",
        "[^1]: (Το κείμενο της υποσημείωσης λείπει από το αρχείο: συμπληρώστε το.)\n",
    ]


def test_what_is_unsure_is_said(tmp_path: Path) -> None:
    """The footnote without text and the loose addresses are doubts, with the words they are about."""
    doubts = "\n".join(read(DOCUMENT, tmp_path).doubts)
    assert "«φορείς1»" in doubts
    assert "«http://topos.example/a»" in doubts


def test_an_eve_that_is_not_the_day_before_is_doubted(tmp_path: Path) -> None:
    """An eve that contradicts the first day stays text and is a doubt that quotes both."""
    text = read(DOCUMENT.replace("(30-11-2020)", "(29-11-2020)"), tmp_path)
    assert "(29-11-2020)" in text.markdown
    assert any("29-11-2020" in doubt and "01-12-2020" in doubt for doubt in text.doubts)


def test_a_day_that_is_another_fact_stays_text(tmp_path: Path) -> None:
    """A day equal to the deadline is no placeholder where the sentence speaks of something else."""
    text = read("ΘΕΜΑ: Δοκιμή\n\nΗ σύσκεψη της 30-11-2020 θα γίνει.", tmp_path)
    assert text.markdown == "Η σύσκεψη της 30-11-2020 θα γίνει.\n"


def test_other_forms_of_the_head_are_understood(tmp_path: Path) -> None:
    """Two columns in a line, a month's name, Latin look-alikes, «ΚΟΙΝ.» and «ΑΔΑ» are read into their keys."""
    text = read(
        "ΑΔΑ: ΨΔ0Κ-ΔΟΚ\nΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ        Αθήνα, 17 Νοεμβρίου 2020\nΔΗΜΟΣ ΔΟΚΙΜΩΝ     Αρ. Πρωτ.: οικ. 55\n"
        "Βαθμός Ασφαλείας: ΑΔΙΑΒΑΘΜΗΤΟ\nΠPOΣ: Δήμους\nΚΟΙΝ.: Περιφέρειες\n\nΘEMA: Αλλαγή\n\nΚείμενο.",
        tmp_path,
    )
    head = text.official.letterhead
    assert (head.date, head.place, head.protocol) == (date(2020, 11, 17), "Αθήνα", "οικ. 55")
    assert (head.recipients, head.subject) == (("Δήμους", "ΚΟΙΝ.: Περιφέρειες"), "Αλλαγή")
    assert (head.ada, head.marking) == ("ΨΔ0Κ-ΔΟΚ", ("Βαθμός Ασφαλείας: ΑΔΙΑΒΑΘΜΗΤΟ",))


def test_days_are_told_by_other_words_too(tmp_path: Path) -> None:
    """From when a new code is used is its first day; until when it is to be collected is a guess at the deadline."""
    first = "Από 1η Ιουνίου 2027 οι φορείς συνδέονται με νέο κωδικό."
    text = read(f"ΘΕΜΑ: Κωδικοί\n\n{first} Η παραλαβή γίνεται έως και 31.5.2027.", tmp_path)
    assert (text.facts.effective, text.facts.deadline) == (date(2027, 6, 1), date(2027, 5, 31))
    assert text.markdown.startswith("Από {{ effective | date }} οι φορείς")


@pytest.mark.parametrize(
    ("before", "key"),
    [
        ("Οι νέοι κωδικοί θα ισχύσουν την", "effective"),
        ("Παρακαλούμε για τις ενέργειές σας έως τις", "deadline"),
        ("Να μεριμνήσετε μέχρι την", "deadline"),
    ],
)
def test_a_sentence_says_which_day_it_names(tmp_path: Path, before: str, key: str) -> None:
    """A sentence counts, be the codes named in it or not."""
    text = read(f"ΘΕΜΑ: Κωδικοί\n\n{before} 1-12-2020.", tmp_path)
    assert getattr(text.facts, key) == date(2020, 12, 1)


def test_a_day_becomes_a_placeholder_with_its_article(tmp_path: Path) -> None:
    """«την 1η» and «τις 30» go with the day, since the next campaign's day may have the other article."""
    last = "Οι παλαιοί ισχύουν έως και τις 30-11-2020."
    text = read(f"ΘΕΜΑ: Α\n\nΑπό την 1η Δεκεμβρίου 2020 ισχύει νέος κωδικός πρόσβασης. {last}", tmp_path)
    assert 'Από {{ effective | date("the") }} ισχύει' in text.markdown
    assert 'έως και {{ eve | date("the") }}.' in text.markdown
    assert {"την 1η Δεκεμβρίου 2020", "τις 30-11-2020"} <= set(text.replaced)


def test_a_day_of_the_week_belongs_to_its_day(tmp_path: Path) -> None:
    """The text goes on to name it, whatever the day will be; it is no part of the place."""
    body = "Οι κωδικοί ισχύουν από την Τρίτη, 1 Δεκεμβρίου 2020."
    text = read(f"Αθήνα, Παρασκευή 20 Νοεμβρίου 2020\nΑρ. Πρωτ.: 5\nΘΕΜΑ: Κωδικοί\n\n{body}", tmp_path)
    assert text.markdown == 'Οι κωδικοί ισχύουν από την {{ effective | date("full") }}.\n'
    assert (text.official.letterhead.place, text.facts.effective) == ("Αθήνα", date(2020, 12, 1))


def test_a_footnote_of_the_letterhead_is_doubted(tmp_path: Path) -> None:
    """The page would show its mark in the title as it is."""
    body = f"{paragraph('ΘΕΜΑ: Κωδικοί')}{paragraph('Κείμενο.')}"
    mark = '</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    for marked, is_doubted in (("Κωδικοί", True), ("Κείμενο.", False)):
        data = word_file(body.replace(f"{marked}</w:t></w:r></w:p>", marked + mark), footnote="σημείωση")
        source, _ = read_file(tmp_path, "a.docx", data)
        assert source
        assert any("has a footnote" in doubt for doubt in read_circular(source).doubts) == is_doubted


def test_a_letter_that_only_one_font_has_is_doubted(tmp_path: Path) -> None:
    """A PDF may give up letters at codes that are nobody's; a bullet among them is a bullet."""
    text = read("ΘΕΜΑ: Κωδικοί\n\nΟι κωδ\ue123κοί ισχύουν.\n\n\uf076 πρώτον\n\uf076 δεύτερον\n", tmp_path)
    (doubt,) = [doubt for doubt in text.doubts if "no reader of the page sees" in doubt]
    assert "«Οι κωδ\ue123κοί ισχύουν.»" in doubt
    assert "- πρώτον\n- δεύτερον" in text.markdown


def test_the_first_day_to_collect_is_no_first_day_of_the_codes(tmp_path: Path) -> None:
    """From a day on agencies collect the archive with the new code; that is no day from which the code is used."""
    text = read("ΘΕΜΑ: Κωδικοί\n\nΑπό 17-11-2020 μπορείτε να παραλάβετε το αρχείο με τον νέο κωδικό.", tmp_path)
    assert text.facts.effective is None
    assert "17-11-2020" in text.markdown


def test_a_line_that_was_ended_on_purpose_stays_one(tmp_path: Path) -> None:
    """«Άρθρο 1» alone on its line does not run into the text below it; a line that is nearly full does."""
    first = "Από 1-12-2020 ισχύει νέος κωδικός πρόσβασης για όλους τους φορείς του"
    text = read(f"ΘΕΜΑ: Α\n\nΆρθρο 1\n{first}\nΥπουργείου.\nΆρθρο 2\nΙσχύει.", tmp_path)
    assert [part.split()[0] for part in text.markdown.split("\n\n")] == ["Άρθρο", "Από", "Άρθρο", "Ισχύει."]
    assert "φορείς του Υπουργείου." in text.markdown


def test_paragraphs_of_one_line_stay_apart() -> None:
    """Word writes each paragraph as one long line of a text file, whose end parts it from the next."""
    first, second = "Οι νέοι κωδικοί παραλαμβάνονται. " * 9, "και οι παλαιοί παύουν να ισχύουν. " * 9
    assert len(read_blocks(read_pages(f"{first}\n{second}").lines)) == len((first, second))


def test_capitals_that_go_on_in_small_letters_are_no_heading() -> None:
    """A sentence may begin with a word in capitals, in a line of its own."""
    blocks = read_blocks(read_pages("ΑΠΟΦΑΣΙΖΟΥΜΕ\nτην αλλαγή των κωδικών πρόσβασης.").lines)
    assert blocks == (Block(Shape.PARAGRAPH, "ΑΠΟΦΑΣΙΖΟΥΜΕ την αλλαγή των κωδικών πρόσβασης."),)


def test_letters_with_full_stops_are_a_list(tmp_path: Path) -> None:
    """«α. Ανοίξτε» begins an item, «κ. Υπουργού» none."""
    text = read("ΘΕΜΑ: Α\n\n2. Παραλαβή\n\n   α. Ανοίξτε το\n   β. Διαβάστε του\n   κ. Υπουργού\n", tmp_path)
    assert text.markdown.split("\n\n") == ["2\\. Παραλαβή", "α. Ανοίξτε το", "β. Διαβάστε του κ. Υπουργού\n"]


@pytest.mark.parametrize(
    "marks",
    [
        ("(α)", "(β)", "(γ)"),
        ("1.1", "1.2", "1.3"),
        ("iii)", "iv)", "v)"),
        ("(1)", "(2)", "(3)"),
        ("ΣΧΕΤ.: α)", "β)", "γ)"),
        ("i.", "ii.", "iii."),
        ("Α.", "Β.", "Γ."),
        ("α. όλο", "β. όλο", "γ. όλο"),
    ],
)
def test_items_of_lists_are_apart(tmp_path: Path, marks: tuple[str, ...]) -> None:
    """Without blank lines and full stops too, whatever marks they have."""
    rows = [f"{mark} Το έγγραφο" for mark in marks]
    rows[0] += " για τους κωδικούς που θα λάβουν οι\nφορείς"
    text = read("ΘΕΜΑ: Α\n\n" + "\n".join(rows), tmp_path)
    assert text.paragraphs == tuple(row.replace("\n", " ") for row in rows)
    full = [f"{mark} Το έγγραφο για όλους τους κωδικούς που θα λάβουν οι φορείς" for mark in marks]
    assert read("ΘΕΜΑ: Α\n\n" + "\n".join(full), tmp_path).paragraphs == tuple(full)


@pytest.mark.parametrize("mark", ["1.", "1)", "α)"])
def test_an_item_may_follow_its_mark_without_a_space(mark: str) -> None:
    """So people type it, and so a PDF may give it up."""
    lines = [f"{mark}Το έγγραφο", f"{mark}Άλλο έγγραφο", "-Τρίτο", "- Τέταρτο", "από τους Διευθυντές/", "-ντριες"]
    texts = [block.text for block in read_blocks(read_pages("\n".join(lines)).lines)]
    assert texts == [lines[0], lines[1], "Τρίτο", "Τέταρτο από τους Διευθυντές/ -ντριες"]


def test_a_latin_o_is_a_bullet_among_such_alone() -> None:
    """Word draws one in Courier New; a Greek article may be typed in Latin, too."""
    assert [block.text for block in read_blocks(read_pages("o Δήμοι\no Περιφέρειες").lines)] == ["Δήμοι", "Περιφέρειες"]
    assert [block.text for block in read_blocks(read_pages("o Δήμος\nκαλεί").lines)] == ["o Δήμος καλεί"]


def test_documents_that_are_referred_to_end_where_the_text_begins() -> None:
    """A PDF has no blank line between them, and a polite «Σας» within a sentence begins none."""
    lines = [
        "ΣΧΕΤ.: α) Το έγγραφο 5 του",
        "Υπουργείου",
        "β) Το έγγραφο 6",
        "Σας γνωρίζουμε όσα αφορούν",
        "Σας αυτή τη φορά",
    ]
    texts = [block.text for block in read_blocks(read_pages("\n".join(lines)).lines)]
    assert texts == ["ΣΧΕΤ.: α) Το έγγραφο 5 του Υπουργείου", lines[2], f"{lines[3]} {lines[4]}"]


@pytest.mark.parametrize("mark", "•▪●○➢➤►✓✔→■□◆❖")
def test_each_bullet_begins_an_item(tmp_path: Path, mark: str) -> None:
    """Whatever sign Word or a PDF draws, Markdown has its own."""
    assert read(f"ΘΕΜΑ: Α\n\n{mark} Δήμοι\n{mark} Περιφέρειες\n", tmp_path).markdown == "- Δήμοι\n- Περιφέρειες\n"


def test_a_number_in_brackets_is_an_item_among_such_alone(tmp_path: Path) -> None:
    """«(15) ημερών» goes on the item that the line before it begins."""
    text = read("ΘΕΜΑ: Α\n\n1. Εντός δεκαπέντε\n(15) ημερών.\nα) Εντός δέκα\n(10) ημερών.\n", tmp_path)
    assert text.paragraphs == ("1. Εντός δεκαπέντε (15) ημερών.", "α) Εντός δέκα (10) ημερών.")


def test_days_are_found_in_every_form() -> None:
    """A day is read with hyphens, slashes, full stops, ISO order, an ordinal and a month in any case."""
    forms = [
        "1-12-2020",
        "01/12/2020",
        "1.12.2020",
        "2020-12-01",
        "1η Δεκεμβρίου 2020",
        "1 ΔΕΚΕΜΒΡΙΟΥ 2020",
        "1 Δεκ. 2020",
        "Τρίτη 1.12.2020",
        "1ην Δεκεμβρίου 2020",
        "1η/12/2020",
        "1–12–2020",
        "1η Δεκεμβρίου του έτους 2020",
        "πρώτη Δεκεμβρίου 2020",
    ]
    for form in forms:
        assert [told.day for told in find_days(f"από {form}, και")] == [date(2020, 12, 1)], form
    assert find_days("30002/28-9-2016 31-2-2020 11_2020") == ()


WORDS = st.sampled_from(
    (
        "ο",
        "φορέας",
        "κωδικούς",
        "θα λάβει",
        "υπο-φάκελος",
        "(και)",
        "«τότε»,",
        "ΟΤΑ",
        "Δήμος",
        "πρόσβαση:",
        "τέλος.",
        "υπ’",
    )
)
SENTENCE = st.lists(WORDS, min_size=3, max_size=25).map(" ".join)
TAIL = "{title}\n\nΑ. Δοκιμαστής\n\nΣυνημμένα:\n{one}\nΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ:\n1. {two}\n"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    """A document of the official form with parts missing, and its text alone."""
    head = [
        " Προθεσμία για ενέργειες: 30-11-2020",
        "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ\nΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",
        "Πληροφορίες: Γραφείο Ένα\nΤηλέφωνο: 210 000 0001",
        "Ταχ. Δ/νση: Οδός 1\nFax: 210 000 0009",
        "   Αθήνα, 17/11/2020",
        "Αριθμ. Πρωτ.:\n  4711",
        "ΠΡΟΣ:\n\n1. Δήμους της\nΧώρας\n\n2. Περιφέρειες",
    ]
    kept = [part for part in head if draw(st.booleans())]
    paragraphs = draw(st.lists(SENTENCE.map(lambda s: f"Αρχή {s}"), min_size=1, max_size=6))
    width = draw(st.integers(30, 110))
    lines = [_wrapped(paragraph, width) for paragraph in paragraphs]
    tail = TAIL.format(title="Ο Γενικός Γραμματέας", one="Ένα αρχείο", two="Γραφείο") if draw(st.booleans()) else ""
    gap = draw(st.sampled_from(["\n\n", "\n\f", "\n   \n"]))
    body = gap.join(lines)
    return "\n\n".join([*kept, "ΘΕΜΑ: Νέοι κωδικοί", body, tail]), body


def _wrapped(text: str, width: int) -> str:
    rows = [""]
    for word in text.split():
        if len(rows[-1]) + len(word) >= width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return "\n".join(rows)


@given(documents())
def test_nothing_of_a_document_is_lost(tmp_path: Path, document: tuple[str, str]) -> None:
    """Every word of the document stands in campaign.toml or circular.md, those of the text all there in their order."""
    whole, body = document
    text = read(whole, tmp_path)
    page = letters(shown(text.markdown, folder=text.facts.folder))
    assert page == letters(body)
    assert not Counter(letters(whole)) - Counter(letters(as_toml(text)) + page)


@given(st.text(st.sampled_from("αβΓΔεΖ ΘΕΜΑ:ΠΡΟΣ.,-\n\n\f12/«»1. 2020abc@_*#[]{}%<&>|\\`~"), min_size=1, max_size=300))
@example("ΘΕΜΑ:")
@example("ΠΡΟΣ:\n\nΠΡΟΣ:\n\nτέλος")
@example("ΠΡΟΣ:\nΠΡΟΣ:\nΘΕΜΑ:\n\n\nΘΕΜΑ: α")
@example("ΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ:")
def test_any_text_is_taken_whole(tmp_path: Path, text: str) -> None:
    """No text raises an error: both files can be read, and every letter is in one of them."""
    path = tmp_path / "circular.txt"
    path.write_bytes(text.encode())
    source = read_source(path, Problems())
    if source is None:
        assert not text.strip()
        return
    circular = read_circular(source)
    facts = as_toml(circular)
    tomllib.loads(facts)
    tomllib.loads(site_toml(circular.official.letterhead))
    kept = Counter(letters(facts + circular.markdown + " ".join(source.notes)))
    assert not Counter(letters(text)) - kept


@given(st.text(st.sampled_from("αβγ AZ09 .,:;!-+=#>*_`~[](){}%<>&\\/|'\"^$@"), min_size=1, max_size=80))
@example("{{ folder }} {% x %} {# y #}")
@example("a {{")
@example("<<ΘΕΣΣΑΛΩΜΑ>> &amp; 1. <b>")
@example("&#65 &#x41 &#913")
@example("[^1]: α")
@example("=== 2020. γ")
def test_the_page_shows_the_text_itself(text: str) -> None:
    """Nothing that Markdown or Jinja take for their own changes the text on the page."""
    text = " ".join(text.split())
    if text:
        assert " ".join(shown(write_markdown([Block(Shape.PARAGRAPH, text)])).split()) == text


def test_a_hyphen_that_belongs_to_a_word_stays() -> None:
    """A word broken at a line's end is joined without the hyphen, a compound or a double name with it."""
    from site_src.new.lines import Line

    rows = ["Ο υπο-φάκελος και ο υπο-", "φάκελος, η παρά-", "ταση, οι ΚΑΝΤΑΝΟΥ-", "ΣΕΛΙΝΟΥ το 2016-", "2020"]
    (block,) = read_blocks([Line(row) for row in rows])
    assert block.text == "Ο υπο-φάκελος και ο υπο-φάκελος, η παράταση, οι ΚΑΝΤΑΝΟΥ-ΣΕΛΙΝΟΥ το 2016-2020"


@pytest.mark.parametrize("hyphen", ["-\n", "\x02\n", "\ufffe\n", "\xad\n", "\x02", "\ufffe"])
def test_a_hyphen_of_a_copied_text_is_one(hyphen: str, tmp_path: Path) -> None:
    """A word is whole even if a PDF's reader has a sign of its own for the hyphen, with the line's end or without."""
    assert read(f"ΘΕΜΑ: Α\n\nΗ παρά{hyphen}ταση λήγει.", tmp_path).markdown == "Η παράταση λήγει.\n"


def test_facts_that_contradict_each_other_are_doubted(tmp_path: Path) -> None:
    """A second folder, and a last day that is not the one above the text, are doubts that quote both."""
    said = "με την ονομασία «ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020» (12ψήφιος). Αιτήσεις γίνονται δεκτές έως και 29-11-2020"
    other = " και με την ονομασία «ΑΛΛΟΙ ΚΩΔΙΚΟΙ 12_2020»."
    doubts = "\n".join(
        read(DOCUMENT.replace("με την ονομασία «ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020» (12ψήφιος).", said + other), tmp_path).doubts
    )
    assert "«ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020», «ΑΛΛΟΙ ΚΩΔΙΚΟΙ 12_2020»; the first is used" in doubts


def test_numbers_that_count_from_one_are_a_list_and_others_stay() -> None:
    """Markdown would count anew: what begins at 3, or leaves one out, is text with its own numbers."""

    def written(*texts: str) -> str:
        return write_markdown([Block(Shape.NUMBERED, text) for text in texts])

    assert written("1. α", "2. β") == "1. α\n2. β\n"
    assert written("3. α", "4. β") == "3\\. α\n\n4\\. β\n"
    assert written("1. α", "3. β") == "1\\. α\n\n3\\. β\n"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_columns_of_text_are_a_table(between: str) -> None:
    """Lines that wide gaps part into as many cells: of a PDF's table, or of signatures side by side."""
    rows = ["Φορέας        Έως", "Δήμοι      30-11-2020", "Περιφέρειες    1-12-2020"]
    found = read_blocks(read_pages("Πίνακας.\n" + between.join(rows) + "\nΚείμενο.").lines)
    assert [block.shape for block in found] == [Shape.PARAGRAPH, Shape.TABLE, Shape.PARAGRAPH]
    assert found[1].rows == (("Φορέας", "Έως"), ("Δήμοι", "30-11-2020"), ("Περιφέρειες", "1-12-2020"))


def test_rows_of_a_table_name_facts() -> None:
    """The words of a cell say which day is beside it."""
    rows = "Έναρξη ισχύος νέων κωδικών:     1-12-2020\nΠροθεσμία παραλαβής:     30-11-2020"
    facts, _ = find_facts(read_blocks(read_pages(rows).lines))
    assert (facts.effective, facts.deadline) == (date(2020, 12, 1), date(2020, 11, 30))


def test_a_letter_alone_counts_nothing() -> None:
    """«Α.» begins a name where no line begins with «Β.»."""
    lines = ["Υπογράφει ο εξής.", "Α. Δοκιμαστής"]
    assert Shape.NUMBERED not in {block.shape for block in read_blocks(read_pages("\n".join(lines)).lines)}
    assert Shape.NUMBERED in {block.shape for block in read_blocks(read_pages("\n".join([*lines, "Β. Άλλος"])).lines)}


def test_a_name_may_begin_a_row() -> None:
    """Its initial is no mark of an item."""
    (table,) = read_blocks(read_pages("Α. Ένα     210\nΒ. Δύο     211").lines)
    assert table.rows == (("Α. Ένα", "210"), ("Β. Δύο", "211"))


def test_salutations_and_greetings_are_lines_of_their_own() -> None:
    """Though the sentence goes on below the one in small letters, and the other has no full stop above it."""
    lines = ["Αγαπητοί συνάδελφοι,", "σας γνωρίζουμε όσα αφορούν", "Με εκτίμηση,", "Α. Δοκιμαστής"]
    texts = [block.text for block in read_blocks(read_pages("\n".join(lines)).lines)]
    assert texts[:2] == lines[:2]
    assert texts[2].startswith(lines[2])


def test_items_may_follow_a_heading() -> None:
    """Without a blank line or a full stop."""
    lines = ["ΠΕΡΙΕΧΟΜΕΝΑ", "1. Εισαγωγή", "2. Παραλαβή"]
    assert [block.text for block in read_blocks(read_pages("\n".join(lines)).lines)] == lines


def test_tabs_part_cells() -> None:
    """However near their next stop is."""
    (table,) = read_blocks(read_pages("Δήμοι Α\t001\t30-11-2020\nΦορέας\t002\t1-12-2020").lines)
    assert table.rows == (("Δήμοι Α", "001", "30-11-2020"), ("Φορέας", "002", "1-12-2020"))


@pytest.mark.parametrize(
    "rows",
    [
        "1.     Δήμοι\n2.     Περιφέρειες",
        "Α     Β\nΓ    Δ     Ε",
        "Μία  γραμμή\nΚαι  άλλη",
        "Μία   πρόταση\nπου   συνεχίζει",
        "Μία   πρόταση του\nΔήμου   που\nσυνεχίζει",
    ],
)
def test_other_gaps_are_no_table(rows: str) -> None:
    """Of items, of lines that do not agree, of two spaces, and of justified text."""
    assert Shape.TABLE not in {block.shape for block in read_blocks(read_pages(rows).lines)}


def test_addresses_in_the_text_become_links() -> None:
    """An e-mail address opens a mail and a bare www. a page; the full stop behind it stays the sentence's."""
    text = write_markdown([Block(Shape.PARAGRAPH, "Στο a_b@topos.example ή στο www.topos.example/x.")])
    assert (
        text
        == "Στο [a_b@topos.example](mailto:a_b@topos.example) ή στο [www.topos.example/x](http://www.topos.example/x).\n"
    )


HEAD = (
    "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\ne-mail : a@dokimes.example\nhttp:// www.dokimes.example\nΑριθμ. Πρωτ.: 555\n\nΘΕΜΑ: Κωδικοί\n\n"
)
BODY = "Από τους φορείς1 ανοίγεται ο φάκελος που λέει το υπ’ αριθμ. πρωτ. 30002/28-9-2016 έγγραφό μας, όπως κάθε"


def read_below(body: str) -> CircularText:
    """Return the facts that a text below a letterhead gives a campaign."""
    return read_circular(read_pages(HEAD + body))


@pytest.mark.parametrize(
    "lines",
    [
        ["", "1 Βλ. τον κατάλογο", "των φορέων.", "", "\fφορά."],
        ["", "1 Βλ. τον κατάλογο", "των φορέων", "\fφορά."],
        ["1 Βλ. τον κατάλογο των φορέων.", "φορά."],
        ["1Βλ. τον κατάλογο των φορέων.", "φορά."],
    ],
)
def test_a_footnote_goes_to_its_mark(lines: Sequence[str]) -> None:
    """Its text, at the end of the page, is the footnote's, and the sentence around it goes on over the page."""
    text = read_below("\n".join([BODY, *lines]))
    paragraph, note = text.markdown.rstrip("\n").split("\n\n")
    assert "φορείς[^1]" in paragraph
    assert paragraph.endswith("όπως κάθε φορά.")
    assert note.rstrip(".") == "[^1]: Βλ. τον κατάλογο των φορέων"
    assert not any("footnote" in doubt for doubt in text.doubts)


def test_digits_that_do_not_count_are_no_mark() -> None:
    """A number glued to a word is a footnote's mark only where the marks count 1, 2, 3 through the text."""
    assert read_below("Οι φορείς7 παραλαμβάνουν τους κωδικούς.\n").footnotes == {}
    assert read_below("Οι φορείς1,5 παραλαμβάνουν τους κωδικούς.\n").footnotes == {}


def test_a_mark_may_follow_other_signs() -> None:
    """A comma, a bracket or a year with its full stop; without a footnote below the number is the text's."""
    body = "Οι κωδικοί πρόσβασης,1 (του τόπου)2, ισχύουν από 1-12-2020.3 Κατά την παράγραφο.4 ισχύουν.\n"
    text = read_below(f"{body}1Βλ. α.\n2Βλ. β.\n3Βλ. γ.\n")
    assert (
        "πρόσβασης,[^1] (του τόπου)[^2], ισχύουν από {{ effective | date }}.[^3] Κατά την παράγραφο.4" in text.markdown
    )
    assert (list(text.official.words), text.footnotes) == (list(read_below(body).official.words), {})


def test_footnotes_may_follow_the_signature() -> None:
    """They end the page: none of their words is the signatory's."""
    body = "Οι φορείς1 καλούν.\n\nΟ ΔΗΜΑΡΧΟΣ\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n1 Βλ. τον κατάλογο όλων των\nφορέων της Χώρας.\n"
    text = read_below(body)
    head = text.official.letterhead
    assert (head.signatory_title, head.signatory_name) == ("Ο ΔΗΜΑΡΧΟΣ", "Α. ΔΟΚΙΜΑΣΤΗΣ")
    assert text.markdown == "Οι φορείς[^1] καλούν.\n\n[^1]: Βλ. τον κατάλογο όλων των φορέων της Χώρας.\n"


def test_a_mark_may_follow_the_year_of_a_law() -> None:
    """«ν. 4440/20161» has one where its footnote is below."""
    body = "Οι φορείς εφαρμόζουν τον ν. 4440/20161 για τους κωδικούς.\n"
    assert "4440/2016[^1] για" in read_below(f"{body}1 ΦΕΚ Α΄ 224, όπως ισχύει.\n").markdown
    assert "4440/20161 για" in read_below(body).markdown


def test_a_mark_may_follow_a_letter_with_an_accent() -> None:
    """«κωδικοί1» has one as «φορείς1» has."""
    text = read_below(f"{BODY.replace('φορείς', 'κωδικοί')} φορά.\n\n1 Βλ. τον κατάλογο.\n")
    assert "κωδικοί[^1]" in text.markdown
    assert "[^1]: Βλ. τον κατάλογο." in text.markdown


@pytest.mark.parametrize(
    "line", ["1 ΔΕΚΕΜΒΡΙΟΥ 2020 ισχύουν.", "1 ΕΙΣΑΓΩΓΗ ΣΤΟ ΘΕΜΑ", "1 φορά.", "2 Βλ. αλλού.", "1. Πρώτον."]
)
def test_what_is_no_footnote_stays(line: str) -> None:
    """A day, a heading, the middle of a sentence, another number and an item stay: the footnote has no text yet."""
    text = read_below(f"{BODY}\n\n{line}\n")
    assert MISSING_NOTE in text.markdown
    assert dict(text.footnotes) == {"1": "φορείς1"}
    assert "«φορείς1»" in "\n".join(text.doubts)


def test_an_address_that_is_there_already_is_not_repeated() -> None:
    """One apart from the text that the letterhead or a sentence has too is left out, and a note says so."""
    text = read_below(
        "Ο τόπος (https://topos.example/) αλλάζει.\n\nhttp://www.dokimes.example/\nhttps://topos.example\n"
    )
    assert text.markdown == "Ο τόπος (<https://topos.example/>) αλλάζει.\n"
    assert (text.links, text.doubts) == ((), tuple(doubt for doubt in text.doubts if "apart" not in doubt))
    assert sum("stood apart from the text, which has it too" in note for note in text.notes) == 2


@pytest.mark.parametrize("address", ["https://topos.example/a", "https://topos.example.org/", "http://os.example/"])
def test_another_address_is_kept(address: str) -> None:
    """A deeper page and another host are not what the text has."""
    text = read_below(f"Ο τόπος (https://topos.example/) αλλάζει.\n\n{address}\n")
    assert text.links == (address,)
    assert f"- <{address}>\n" in text.markdown


def test_an_address_with_a_documents_number_becomes_its_link() -> None:
    """The first place that names the document leads there; years and the document's own number lead nowhere."""
    address = "https://topos.example/?prot=30002&from=01/01/2016&own=555"
    text = read_below(f"Από το 2016, αριθμ. πρωτ. 555 και αριθμ. πρωτ. 30002/28-9-2016 και πρωτ. 30002.\n\n{address}\n")
    link = f"[30002/28-9-2016](<{address}>)"
    assert text.markdown == f"Από το 2016, αριθμ. πρωτ. {{{{ protocol }}}} και αριθμ. πρωτ. {link} και πρωτ. 30002.\n"
    assert text.links == ()
    assert any(link in note for note in text.notes)


def test_a_footnote_is_answered() -> None:
    """A text takes the place of the missing one as Markdown gives it back; without one the mark goes too."""
    text = read_below(f"{BODY} φορά.\n")
    assert text.with_footnote("1", "Βλ. *αλλού*").markdown.endswith("\n\n[^1]: Βλ. \\*αλλού\\*\n")
    without = text.with_footnote("1", "")
    assert without.markdown == BODY.replace("φορείς1", "φορείς") + " φορά.\n"
    assert not without.footnotes
    assert not any("φορείς1" in doubt for doubt in without.doubts)


def test_a_link_is_answered() -> None:
    """Words of the text lead to the address; without words it goes; words that the text has not are refused."""
    text = read_below("Ο τόπος_του_φορέα αλλάζει (https://a.example/αλλάζει).\n\nhttps://topos.example/\n")
    (address,) = text.links
    linked = text.with_link(address, "τόπος_του_φορέα αλλάζει").markdown
    assert linked.startswith("Ο [τόπος_του_φορέα αλλάζει](<https://topos.example/>) (<https://a.example/αλλάζει>).")
    assert linked.count("topos.example") == 1
    assert "topos.example" not in text.with_link(address, "").markdown
    assert text.with_link(address, "").links == ()
    for words in ("τόποι", "a.example"):
        with pytest.raises(UsageError, match=words):
            text.with_link(address, words)
