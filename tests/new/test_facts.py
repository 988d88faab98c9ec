"""The front of a circular: each part is read into its own key as it was written, and a build reads what `new` wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.new.campaign_files import Keepers, campaign_toml
from site_src.new.circular_text import CircularText, read_circular
from site_src.new.facts import Facts, Official
from site_src.new.lines import clean
from site_src.new.source import read_source
from site_src.problems import Problems, Severity
from site_src.read.content.toml_files import read_campaign
from site_src.read.settings import Letterhead, Person

if TYPE_CHECKING:
    from pathlib import Path

BODY = "Με το παρόν σας γνωρίζουμε τα εξής.\n"
MONTHS = [
    *("Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου"),
    *("Ιουλίου", "Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"),
]
UNITS = ("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ", "ΓΕΝΙΚΗ ΓΡΑΜΜΑΤΕΙΑ", "Διεύθυνση Τόπου", "Τμήμα Γ΄")
DETAILS = ("Ταχ. Δ/νση: Οδός 27, 101 00 Αθήνα", "e-mail: grafeio@dokimes.example", "FAX: 210 000 0009")
RECIPIENTS = ("Δήμους", "Περιφέρειες", "Ν.Π. των Ο.Τ.Α.", "Κ.Ε.Δ.Ε.")
LABELS = {
    "contacts": st.sampled_from(["Πληροφορίες:", "Υπεύθυνος Επικοινωνίας :", "Αρμόδιοι:"]),
    "protocol": st.sampled_from(["Αριθμ. Πρωτ.: ", "Αρ. Πρωτ. : ", "ΑΡΙΘ. ΠΡΩΤ.:", "Αριθμός Πρωτοκόλλου: ", "Α.Π.: "]),
    "recipients": st.sampled_from(["ΠΡΟΣ:", "ΠΡΟΣ :", "Προς:", "ΠPOΣ:"]),  # the last with Latin letters
    "subject": st.sampled_from(["ΘΕΜΑ: ", "Θέμα : ", "ΘEMA:"]),  # likewise
}

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
places = st.sampled_from(["Αθήνα", "Θεσσαλονίκη", "Άγιος Νικόλαος", "Νέα Ιωνία", "ΛΑΡΙΣΑ"])
numbers = st.from_regex(r"(?:οικ\. ?|ΔΙΠ/Φ\.)?[1-9][0-9]{0,6}(?:/[0-9]{2,4})?", fullmatch=True)
phones = st.from_regex(r"\+?[1-9][0-9]{2} ?[0-9]{3} ?[0-9]{4}", fullmatch=True)
people = st.builds(Person, st.sampled_from(["Πρώτο Γραφείο", "Α. Δοκιμαστής", "Τμήμα Β΄"]), phones)
words = st.sampled_from(["Νέοι", "κωδικοί", "ΟΤΑ", "για", "τον", "τόπο", "(2020)", "«Θυρίδα»", "Ν.Π.Δ.Δ.", "11_2020"])
subjects = st.lists(words, min_size=1, max_size=12).map(lambda found: f"Αλλαγή {' '.join(found)}")


def as_written(day: date) -> st.SearchStrategy[str]:
    """A day in one of the forms that offices use."""
    in_words = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return st.sampled_from([f"{day:%d-%m-%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d.%m.%Y}", in_words])


def some_of(lines: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Some of the lines, in any order."""
    return st.lists(st.sampled_from(lines), max_size=len(lines), unique=True)


@dataclass
class Front:
    """The lines of a letterhead, and the facts that they tell."""

    lines: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def add(self, facts: dict[str, Any], *lines: str) -> None:
        """Some lines with what they tell, and a blank one."""
        self.facts |= facts
        self.lines += [*lines, ""]


@st.composite
def fronts(draw: st.DrawFn) -> Front:
    """A letterhead in the order of the official form, with parts missing and each part in one of its usual forms."""
    front = Front()
    if sender := draw(some_of(UNITS)):
        front.add({"sender": tuple(sender)}, *sender)
    if who := draw(st.lists(people, max_size=3, unique=True)):
        front.add({"contacts": tuple(who)}, draw(LABELS["contacts"]), *(f"{one.name}: {one.phone}" for one in who))
    if details := draw(some_of(DETAILS)):
        front.add({"details": tuple(details)}, *details)
    if draw(st.booleans()):
        place, day = draw(places), draw(days)
        between = draw(st.sampled_from([", ", " , ", ", την "]))
        front.add({"place": place, "date": day}, f"{place}{between}{draw(as_written(day))}")
    if draw(st.booleans()):
        number = draw(numbers)
        front.add({"protocol": number}, f"{draw(LABELS['protocol'])}{number}")
    if to := draw(some_of(RECIPIENTS)):
        listed = tuple(f"{number}. {one}" for number, one in enumerate(to, start=1))
        front.add({"recipients": listed}, draw(LABELS["recipients"]), *listed)
    subject = draw(subjects)
    wrapped = subject.replace(" για ", draw(st.sampled_from([" για ", " για\n", "\n    για "])))
    front.add({"subject": subject}, f"{draw(LABELS['subject'])}{wrapped}")
    return front


def read(text: str, folder: Path) -> CircularText:
    """The circular that a text file gives."""
    path = folder / "circular.txt"
    path.write_text(text, encoding="utf-8")
    source = read_source(path, Problems())
    assert source
    return read_circular(source)


@given(fronts())
def test_each_part_is_read_into_its_key(tmp_path: Path, front: Front) -> None:
    """Each part of a letterhead, however it is written, is whole in its key, and no other key is there."""
    text = read("\n".join([*front.lines, BODY]), tmp_path)
    assert text.official.letterhead == Letterhead(**front.facts)
    assert text.markdown == BODY


lines = st.text(max_size=40).map(lambda text: " ".join(clean(text).split()))  # whatever a document can hold in one
filled = lines.filter(bool)
lists = st.lists(filled, max_size=3).map(tuple)
letterheads = st.builds(
    Letterhead,
    ada=lines,
    marking=lists,
    protocol=lines,
    date=st.none() | days,
    place=lines,
    subject=lines,
    sender=lists,
    contacts=st.lists(st.builds(Person, filled, lines), max_size=3).map(tuple),
    details=lists,
    recipients=lists,
    signatory_title=lines,
    signatory_name=lines,
    attachments=lists,
    distribution=lists,
)
officials = st.builds(
    Official,
    letterheads,
    days,
    words=st.dictionaries(st.sampled_from(["deadline", "date", "protocol", "recipients", "subject"]), lines),
)
texts = st.builds(CircularText, officials, st.builds(Facts, filled, days), lines)


@given(texts, st.builds(Keepers, lists, lists, lists))
def test_a_build_reads_what_new_wrote(tmp_path: Path, text: CircularText, keepers: Keepers) -> None:
    """campaign.toml gives everything in the documents back as it was, signs of TOML too, without an error."""
    (tmp_path / "campaign.toml").write_bytes(campaign_toml(text, keepers).encode())
    problems = Problems()
    campaign = read_campaign(tmp_path, problems)
    assert [problem for problem in problems.all() if problem.severity is Severity.ERROR] == []
    assert campaign.circular == text.official.letterhead
    assert (campaign.folder, campaign.effective) == (text.facts.folder, text.facts.effective)
    assert campaign.deadline == text.official.deadline
    assert campaign.keeps_code == keepers.both


def test_without_a_subject_the_text_is_no_letterhead(tmp_path: Path) -> None:
    """Days that stand around sentences, headings and tables do not make them the sender's details."""
    text = read(
        "Αθήνα, 3/5/2027\nΑρ. Πρωτ.: 55\n\nΣας ενημερώνουμε ότι αλλάζουν οι κωδικοί.\n\nΠροθεσμία: 20/5/2027\n",
        tmp_path,
    )
    assert (text.official.letterhead.protocol, text.official.letterhead.details) == ("55", ())
    assert text.markdown == "Σας ενημερώνουμε ότι αλλάζουν οι κωδικοί.\n\nΠροθεσμία: 20/5/2027\n"
    assert any("2027-05-20" in doubt for doubt in text.doubts)
    after = "Σας ενημερώνουμε για τους νέους κωδικούς.\n\nΗμερομηνία: 3/5/2027\n\nΠροθεσμία: 20/5/2027\n"
    assert read(after, tmp_path).markdown == after


@pytest.mark.parametrize("label", ["ΠΙΝΑΚΑΣ ΑΠΟΔΕΚΤΩΝ", "ΑΠΟΔΕΚΤΕΣ ΠΡΟΣ ΕΝΕΡΓΕΙΑ:"])
def test_recipients_below_the_signature_are_recipients(tmp_path: Path, label: str) -> None:
    """«Πίνακας αποδεκτών» and «Κοινοποίηση» end the attachments."""
    ending = (
        f"Συνημμένα:\n1. Παράρτημα\n\n{label}\nΑ. Για ενέργεια\n1. Δήμοι\n\nΚοινοποίηση:\n1. ΚΕΔΕ\n\n"
        "ΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ\n1. Γραφείο Υπουργού\n"
    )
    start = "ΠΡΟΣ: Πίνακας αποδεκτών\n\nΘΕΜΑ: Κωδικοί\n\nΚείμενο.\n\nΟ ΥΠΟΥΡΓΟΣ\n\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n\n"
    head = read(start + ending, tmp_path).official.letterhead
    assert head.attachments == ("1. Παράρτημα",)
    assert head.recipients == (
        *("Πίνακας αποδεκτών", label, "Α. Για ενέργεια", "1. Δήμοι"),
        *("Κοινοποίηση:", "1. ΚΕΔΕ"),
    )
    assert head.distribution == ("1. Γραφείο Υπουργού",)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_words_of_a_certified_copy_are_no_signature(tmp_path: Path, gap: str) -> None:
    """«Ακριβές αντίγραφο» and its signature follow that of the circular; a PDF gives up no blank lines."""
    lines = ("Ο ΥΠΟΥΡΓΟΣ", "Α. ΔΟΚΙΜΑΣΤΗΣ", "Ακριβές Αντίγραφο", "Ο Προϊστάμενος της Γραμματείας")
    text = read(f"ΘΕΜΑ: Κωδικοί\n\nΚείμενο.\n\n{gap.join(lines)}\n", tmp_path)
    head = text.official.letterhead
    assert (head.signatory_title, head.signatory_name) == lines[:2]
    assert [doubt for doubt in text.doubts if "stands after the signature" in doubt and lines[2] in doubt]


@pytest.mark.parametrize("label", ["ΚΟΙΝ", "ΚΟΙΝ.", "Κοιν/ση:", "ΚΟΙΝΟΠΟΙΗΣΗ"])
def test_each_label_of_copies_is_known(tmp_path: Path, label: str) -> None:
    """Each that gets a copy is an entry of its own, however the label is cut short."""
    text = read(f"ΠΡΟΣ\n1. Δήμους\n2. Αποκεντρωμένες Διοικήσεις\n{label}\n1. ΚΕΔΕ\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path)
    entries = ("1. Δήμους", "2. Αποκεντρωμένες Διοικήσεις", label, "1. ΚΕΔΕ")
    assert text.official.letterhead.recipients == entries


def test_a_label_may_be_an_item(tmp_path: Path) -> None:
    """«Γ. ΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ» ends the table of those who get the circular."""
    ending = "ΠΙΝΑΚΑΣ ΑΠΟΔΕΚΤΩΝ\nΑ. ΓΙΑ ΕΝΕΡΓΕΙΑ\n1. Δήμοι\nΒ. ΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ\n1. Γραφείο Υπουργού\n"
    head = read(f"ΘΕΜΑ: Αλλαγή\n\n{BODY}\nΟ ΥΠΟΥΡΓΟΣ\n\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n\n{ending}", tmp_path).official.letterhead
    assert head.recipients == ("Α. ΓΙΑ ΕΝΕΡΓΕΙΑ", "1. Δήμοι")
    assert head.distribution == ("1. Γραφείο Υπουργού",)


def test_a_signature_in_capitals_needs_no_blank_line(tmp_path: Path) -> None:
    """Below a table's last row, or what is beside it: a PDF gives up no gap."""
    text = read(f"ΘΕΜΑ: Αλλαγή\n\n{BODY}Δήμοι Παραλαβή 30-11-2020\nΟ ΔΗΜΑΡΧΟΣ\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n", tmp_path)
    head = text.official.letterhead
    assert (head.signatory_title, head.signatory_name) == ("Ο ΔΗΜΑΡΧΟΣ", "Α. ΔΟΚΙΜΑΣΤΗΣ")


def test_a_signature_may_follow_a_greeting(tmp_path: Path) -> None:
    """«Με εκτίμηση,» is right above the title, and what a program says of the signature is no name."""
    text = read(f"ΘΕΜΑ: Αλλαγή\n\n{BODY}Με εκτίμηση,\nΟ Δήμαρχος\nΑ. Δοκιμαστής\nΥπογράφηκε ψηφιακά\n", tmp_path)
    head = text.official.letterhead
    assert (head.signatory_title, head.signatory_name) == ("Ο Δήμαρχος", "Α. Δοκιμαστής")


@pytest.mark.parametrize(
    "ending",
    [
        "ΣΥΝΗΜΜΕΝΑ:                  Ο ΥΠΟΥΡΓΟΣ\n1. Παράρτημα Α\n2. Παράρτημα Β              Α. ΔΟΚΙΜΑΣΤΗΣ\n",
        "Συνημμένα: 1. Παράρτημα Α Ο ΥΠΟΥΡΓΟΣ\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n2. Παράρτημα Β\n",
    ],
)
def test_a_signature_may_be_beside_the_attachments(tmp_path: Path, ending: str) -> None:
    """In a second column, or in one line as a PDF gives it up."""
    head = read(f"ΘΕΜΑ: Αλλαγή\n\n{BODY}\n{ending}\nΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ:\n1. Γραφείο\n", tmp_path).official.letterhead
    assert (head.signatory_title, head.signatory_name) == ("Ο ΥΠΟΥΡΓΟΣ", "Α. ΔΟΚΙΜΑΣΤΗΣ")
    assert (head.attachments, head.distribution) == (("1. Παράρτημα Α", "2. Παράρτημα Β"), ("1. Γραφείο",))


@pytest.mark.parametrize("line", ["Αθήνα: 17/11/2020", "Αθήνα 17/11/2020", "Αθήνα, την 17/11/2020"])
def test_a_place_is_before_its_day(tmp_path: Path, line: str) -> None:
    """With a colon, a comma or an article between them."""
    head = read(f"ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\n{line}\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert (head.place, head.date, head.sender) == ("Αθήνα", date(2020, 11, 17), ("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",))


def test_a_place_in_capitals_is_in_no_first_column(tmp_path: Path) -> None:
    """Its comma asks for the day behind it."""
    head = read(f"ΔΗΜΟΣ ΔΟΚΙΜΩΝ\nΛΑΡΙΣΑ, την 17-11-2020\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert (head.place, head.sender) == ("ΛΑΡΙΣΑ", ("ΔΗΜΟΣ ΔΟΚΙΜΩΝ",))


@pytest.mark.parametrize(
    "rest",
    [
        *("Α. Υπάλληλος: 213 000 4335", "Α. Υπάλληλος (213 000 4335)", "Α. Υπάλληλος, τηλ. 213 000 4335"),
        *("Α. Υπάλληλος (τηλ. 213 000 4335)", "Α. Υπάλληλος / 213 000 4335", "Α. Υπάλληλος Τηλ: 213 000 4335"),
        *("Α. Υπάλληλος\nΤηλέφωνο : 213 000 4335", "Α. Υπάλληλος\n213 000 4335"),
    ],
)
def test_a_contact_has_a_phone(tmp_path: Path, rest: str) -> None:
    """In brackets, behind its label, or in a line of its own."""
    head = read(f"Πληροφορίες: {rest}\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert head.contacts == (Person("Α. Υπάλληλος", "213 000 4335"),)


def test_a_fax_is_no_contacts_phone(tmp_path: Path) -> None:
    """It stays behind the phone."""
    rest = "Α. Υπάλληλος – τηλ. 213 000 4335 – fax 213 000 4336"
    head = read(f"Πληροφορίες: {rest}\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert head.contacts == (Person("Α. Υπάλληλος", "213 000 4335 – fax 213 000 4336"),)


def test_a_university_has_units_and_a_rector(tmp_path: Path) -> None:
    """Other bodies than ministries write to their people, too."""
    text = "ΠΑΝΕΠΙΣΤΗΜΙΟ ΔΟΚΙΜΩΝ\nΠρυτανεία\n\nΘΕΜΑ: Α\n\nΚείμενο.\n\nΟ Πρύτανης\nΚαθηγητής Α. Δοκιμαστής\n"
    head = read(text, tmp_path).official.letterhead
    assert (head.sender, head.signatory_title) == (("ΠΑΝΕΠΙΣΤΗΜΙΟ ΔΟΚΙΜΩΝ", "Πρυτανεία"), "Ο Πρύτανης")


@pytest.mark.parametrize("label", ["Ημερομηνία", "Ημ/νία", "Ημερ/νία"])
def test_a_date_may_have_a_label(tmp_path: Path, label: str) -> None:
    """It is no place."""
    head = read(f"{label}: 17/11/2020\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert (head.place, head.date) == ("", date(2020, 11, 17))


@pytest.mark.parametrize("line", ["Οδός 108, 26221 Πάτρα", "Οδός 11 & Πλατείας 3, Τ.Κ. 176 71 Καλλιθέα"])
def test_an_address_needs_no_label(tmp_path: Path, line: str) -> None:
    """A street's number and a postal code are enough: it is no part of the unit above it."""
    head = read(f"Διεύθυνση Διοικητικών Υπηρεσιών\n{line}\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert (head.sender, head.details) == (("Διεύθυνση Διοικητικών Υπηρεσιών",), (line,))


def test_a_letterhead_of_few_colons_is_read(tmp_path: Path) -> None:
    """«Πληρ. Α. Υπάλληλος», «Α.Π. 55» and «ΓΕΝ. Δ/ΝΣΗ» are what they are with a colon, or in full."""
    start = "ΥΠΟΥΡΓΕΙΟ ΤΩΝ ΔΟΚΙΜΩΝ\nΓΕΝ. Δ/ΝΣΗ ΤΟΠΟΥ\nΠληρ. Α. Υπάλληλος\nΤηλ. 2100000001\nΑ.Π. 55\n"
    head = read(f"{start}\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert (head.sender, head.protocol) == (("ΥΠΟΥΡΓΕΙΟ ΤΩΝ ΔΟΚΙΜΩΝ", "ΓΕΝ. Δ/ΝΣΗ ΤΟΠΟΥ"), "55")
    assert head.contacts == (Person("Α. Υπάλληλος", "2100000001"),)


def test_recipients_above_the_text_do_not_take_it_with_them(tmp_path: Path) -> None:
    """«ΚΟΙΝ.» between what the document refers to and its text is a line of it: nothing of the text is lost."""
    text = read(
        "ΘΕΜΑ: Κωδικοί\n\nΣΧΕΤ.: Απόφαση\n\nΚοιν.: Περιφέρειες\n\nΚείμενο.\n\nΟ ΥΠΟΥΡΓΟΣ\n\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n", tmp_path
    )
    assert text.markdown == "ΣΧΕΤ.: Απόφαση\n\nΚοιν.: Περιφέρειες\n\nΚείμενο.\n"
    assert (text.official.letterhead.recipients, text.official.letterhead.signatory_name) == ((), "Α. ΔΟΚΙΜΑΣΤΗΣ")


@pytest.mark.parametrize("label", ["ΘΕΜΑ ", "ΘΕΜΑ – ", "Θ Ε Μ Α\n", "ΘΕΜΑ: "])
def test_a_subject_is_whole(tmp_path: Path, label: str) -> None:
    """A label in capitals needs no colon; a word that is broken at a line's end is joined, as in the text."""
    text = read(f"Αρ. Πρωτ.: 55\nΠΡΟΣ: Περιφέ-\nρειες\n{label}Νέοι κωδι-\nκοί\n\nΚείμενο.", tmp_path)
    head = text.official.letterhead
    assert (head.subject, head.recipients, text.markdown) == ("Νέοι κωδικοί", ("Περιφέρειες",), "Κείμενο.\n")


def test_recipients_beside_the_sender_are_apart(tmp_path: Path) -> None:
    """«ΠΡΟΣ:» and «ΚΟΙΝ.:» begin a second column too."""
    start = "ΔΗΜΟΣ ΔΟΚΙΜΩΝ     Αρ. Πρωτ.: 55\nΤαχ. Δ/νση: Οδός 27     ΠΡΟΣ: Δήμους\nΤηλ.: 2100000001     ΚΟΙΝ.: ΚΕΔΕ\n"
    head = read(f"{start}\nΘΕΜΑ: Αλλαγή\n\nΚείμενο.", tmp_path).official.letterhead
    assert head.recipients == ("Δήμους", "ΚΟΙΝ.: ΚΕΔΕ")
    assert head.details == ("Ταχ. Δ/νση: Οδός 27", "Τηλ.: 2100000001")


@pytest.mark.parametrize(
    "sentence",
    [
        "Οι νέοι κωδικοί τίθενται σε ισχύ την Τρίτη, 1 Δεκεμβρίου 2020.",
        "Έναρξη ισχύος: 1/12/2020.",
        "Ημερομηνία έναρξης ισχύος ορίζεται η 1η Δεκεμβρίου 2020.",
        "Οι νέοι κωδικοί ενεργοποιούνται στις 1-12-2020.",
        "Από **1-12-2020** ισχύουν οι νέοι κωδικοί.",
    ],
)
def test_a_sentence_that_ends_with_a_day_is_no_date(tmp_path: Path, sentence: str) -> None:
    """Right below the subject too it is the text, which says from when the new codes hold."""
    text = read(f"ΘΕΜΑ: Αλλαγή\n\n{sentence}\n", tmp_path)
    assert (text.official.letterhead.date, text.facts.effective) == (None, date(2020, 12, 1))
    assert text.paragraphs == (sentence,)


def test_a_line_belongs_to_the_label_above_it(tmp_path: Path) -> None:
    """An address right below a recipient is theirs; of a line below a date or a number it is doubted whose it is."""
    start = "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\nΑθήνα, 17-11-2020\nκτίριο Β\n\nΠΡΟΣ: Δήμο Δοκιμών\nΤαχ. Δ/νση: Οδός 3\n"
    text = read(f"{start}\nΘΕΜΑ: Αλλαγή\n\nΚείμενο.", tmp_path)
    head = text.official.letterhead
    assert (head.recipients, head.details) == (("Δήμο Δοκιμών", "Ταχ. Δ/νση: Οδός 3"), ("κτίριο Β",))
    assert any(doubt.startswith("«κτίριο Β» has no place of its own") for doubt in text.doubts)


def test_a_label_far_from_its_line_begins_a_second_column(tmp_path: Path) -> None:
    """After a wide gap a label begins the second column, whatever the line of the first one says."""
    start = "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ          Αθήνα, 17-11-2020\nκτίριο Β, 2ος όροφος       Αριθμ. Πρωτ.: 555\n"
    head = read(f"{start}\nΘΕΜΑ: Αλλαγή\n\nΚείμενο.", tmp_path).official.letterhead
    assert (head.protocol, head.sender) == ("555", ("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ", "κτίριο Β, 2ος όροφος"))


@pytest.mark.parametrize("start", ["", "ΘΕΜΑ: Αλλαγή\n\n"])
def test_a_text_is_in_no_columns(tmp_path: Path, start: str) -> None:
    """Text that would be a second column in a letterhead stays where it is."""
    body = "Διεύθυνση Προσωπικού έγγραφο αρ. πρωτ. 5\nΓενική Διεύθυνση  Αθήνα, 17-11-2020\nκαι η υπόλοιπη πρόταση.\n"
    assert read(f"{start}{body}", tmp_path).markdown == " ".join(body.split()) + "\n"


STAMPED = """Digitally signed by
ΑΔΑ: 6ΑΒΓ465ΔΕΖ-1Η2
INFORMATICS INFORMATICS
DEVELOPMEN DEVELOPMENT AGENCY
Date: 2020.11.17 13:17:50
T AGENCY EEST
ΕΓΚΥΚΛΙΟΣ: Αριθμ. 12
ΑΝΑΡΤΗΤΕΟ ΣΤΟ ΔΙΑΔΙΚΤΥΟ
Reason:
Location: Athens

ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ Αθήνα, 17 Νοε 20
ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ Αρ. Πρωτ. Γ1α/οικ. 55
ΓΕΝΙΚΗ Δ/ΝΣΗ ΠΡΟΣΩΠΙΚΟΥ
& ΔΙΟΙΚΗΤΙΚΩΝ ΥΠΗΡΕΣΙΩΝ
Πληροφορίες: Α. Υπάλληλος ΠΡΟΣ: ΟΠΩΣ Ο ΠΙΝΑΚΑΣ ΔΙΑΝΟΜΗΣ
Ταχ. Διεύθυνση: Οδός Υποδείγματος 19

ΘΕΜΑ: «Παραλαβή των νέων κωδικών πρόσβασης – Οδηγίες»
Σχετ.:
"""


def test_a_stamped_letterhead_in_two_columns_is_read(tmp_path: Path) -> None:
    """A stamp is no sender, and two columns that a PDF gives up in one line are read one after the other."""
    text = read(f"{STAMPED}{BODY}", tmp_path)
    assert text.official.letterhead == Letterhead(
        ada="6ΑΒΓ465ΔΕΖ-1Η2",
        marking=("ΕΓΚΥΚΛΙΟΣ: Αριθμ. 12", "ΑΝΑΡΤΗΤΕΟ ΣΤΟ ΔΙΑΔΙΚΤΥΟ"),
        protocol="Γ1α/οικ. 55",
        date=date(2020, 11, 17),
        place="Αθήνα",
        subject="«Παραλαβή των νέων κωδικών πρόσβασης – Οδηγίες»",
        sender=("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ", "ΓΕΝΙΚΗ Δ/ΝΣΗ ΠΡΟΣΩΠΙΚΟΥ & ΔΙΟΙΚΗΤΙΚΩΝ ΥΠΗΡΕΣΙΩΝ"),
        contacts=(Person("Α. Υπάλληλος", ""),),
        details=("Ταχ. Διεύθυνση: Οδός Υποδείγματος 19",),
        recipients=("ΟΠΩΣ Ο ΠΙΝΑΚΑΣ ΔΙΑΝΟΜΗΣ",),
    )
    assert text.markdown == f"Σχετ.:\n\n{BODY}"
    assert any("INFORMATICS INFORMATICS" in note for note in text.notes)


WIDE = """                                            ΕΞ. ΕΠΕΙΓΟΝ
ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ                         Βαθμός Ασφαλείας: ΑΔΙΑΒΑΘΜΗΤΟ
ΔΗΜΟΣ ΔΟΚΙΜΩΝ                               Νέα Ιωνία, 17/11/20
Ταχ. Δ/νση: Οδός 27                         ΠΡΟΣ: 1. Δήμους της Χώρας
Τ.Κ.: 101 83 Αθήνα                                2. Περιφέρειες
Πληροφορίες: Α. Υπάλληλος                         και Συνδέσμους
Τηλ.: 213 000 4335                          ΚΟΙΝ.: Κ.Ε.Δ.Ε.

ΘΕΜΑ: Αλλαγή
"""


def test_lines_of_a_second_column_without_a_label_belong_to_it(tmp_path: Path) -> None:
    """A line below a recipient in the second column is a recipient, whatever is beside it in the first."""
    head = read(f"{WIDE}{BODY}", tmp_path).official.letterhead
    assert head.marking == ("ΕΞ. ΕΠΕΙΓΟΝ", "Βαθμός Ασφαλείας: ΑΔΙΑΒΑΘΜΗΤΟ")
    assert head.recipients == ("1. Δήμους της Χώρας", "2. Περιφέρειες και Συνδέσμους", "ΚΟΙΝ.: Κ.Ε.Δ.Ε.")
    assert (head.place, head.sender) == ("Νέα Ιωνία", ("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "ΔΗΜΟΣ ΔΟΚΙΜΩΝ"))
    assert head.details == ("Ταχ. Δ/νση: Οδός 27", "Τ.Κ.: 101 83 Αθήνα")
    assert head.contacts == (Person("Α. Υπάλληλος", "213 000 4335"),)


@pytest.mark.parametrize(
    "line", ["Ηλεκτρονική διεύθυνση:      a@b.example", "Ηλεκτρονική διεύθυνση      : a@b.example"]
)
def test_a_value_behind_its_colon_is_in_no_second_column(tmp_path: Path, line: str) -> None:
    """However wide the gap between them is."""
    start = f"ΔΗΜΟΣ ΔΟΚΙΜΩΝ           Αθήνα, 17-11-2020\n{line}\n"
    head = read(f"{start}\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
    assert [value.replace(" :", ":") for value in head.details] == ["Ηλεκτρονική διεύθυνση: a@b.example"]


@pytest.mark.parametrize(
    "line",
    [
        *("ΕΞ. ΕΠΕΙΓΟΝ", "ΕΞΑΙΡΕΤΙΚΑ ΕΠΕΙΓΟΝ", "ΚΑΤΕΠΕΙΓΟΝ", "ΑΜΕΣΗ ΠΡΟΤΕΡΑΙΟΤΗΤΑ", "Βαθμός Προτεραιότητας: ΚΑΝΟΝΙΚΟ"),
        *("ΑΔΙΑΒΑΘΜΗΤΟ", "ΕΜΠΙΣΤΕΥΤΙΚΟ", "ΑΚΡΩΣ ΑΠΟΡΡΗΤΟ", "ΟΡΘΗ ΕΠΑΝΑΛΗΨΗ", "ΟΡΘΗ ΕΠΑΝΑΛΗΨΗ 18/11/2020"),
        *("ΑΝΑΡΤΗΤΕΑ ΣΤΟ ΔΙΑ∆ΙΚΤΥΟ", "ΝΑ ΑΝΑΡΤΗΘΕΙ ΣΤΟ ΔΙΑΔΙΚΤΥΟ", "Να διατηρηθεί μέχρι: 31-12-2025", "ΑΠΟΦΑΣΗ"),
        *("ΕΓΚΥΚΛΙΟΣ", "ΕΓΚΥΚΛΙΟΣ: Αριθμ. 12", "ΕΓΚΥΚΛΙΟΣ 12/2020", "Αριθμ. Εγκυκλίου: 12"),
        *("Χρόνος Διατήρησης: 5 έτη", "Υπογράφηκε ψηφιακά από: Α. ΔΟΚΙΜΑΣΤΗΣ"),
        *("ΠΡΟΣΚΛΗΣΗ", "ΑΝΑΚΟΙΝΩΣΗ", "ΑΠΟΦΑΣΗ ΔΗΜΑΡΧΟΥ ΥΠ’ ΑΡΙΘΜ. 412/2020", "Βαθμ. Προτερ.: ΚΑΝΟΝΙΚΟ"),
        "ΟΡΘΗ ΕΠΑΝΑΛΗΨΗ ΤΗΣ 18-11-2020 ΩΣ ΠΡΟΣ ΤΟΥΣ ΑΠΟΔΕΚΤΕΣ",
    ],
)
def test_markings_are_no_units_of_the_sender(tmp_path: Path, line: str) -> None:
    """Urgency, classification, correction and the kind of document go to their own key, wherever they stand."""
    unit, marking = "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ", (line.replace("∆", "Δ"),)
    for top in (f"{line}\n{unit}\n", f"{unit}\n{line}\n", f"{unit}\n\n      {line}\n\n"):
        head = read(f"{top}\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).official.letterhead
        assert head == Letterhead(marking=marking, sender=(unit,), subject="Αλλαγή")


@pytest.mark.parametrize("line", ["ΠΡΟΣ Δήμους", "ΠΡΟΣ   Δήμους", "ΠΡΟΣ\nΔήμους", "ΠΡΟΣ :Δήμους", "Π Ρ Ο Σ  Δήμους"])
def test_recipients_need_no_colon(tmp_path: Path, line: str) -> None:
    """The label in capitals is enough; a sentence that begins with the same word is text."""
    sentence = "Προς διευκόλυνση των φορέων ισχύουν τα εξής."
    text = read(f"ΔΗΜΟΣ ΔΟΚΙΜΩΝ\n{line}\n\nΘΕΜΑ: Αλλαγή\n\n{sentence}", tmp_path)
    head = text.official.letterhead
    assert (head.sender, head.recipients, text.markdown) == (("ΔΗΜΟΣ ΔΟΚΙΜΩΝ",), ("Δήμους",), f"{sentence}\n")


@pytest.mark.parametrize(
    "entries",
    [
        ("Α. Όλες τις Περιφέρειες της Χώρας", "Β. Όλους τους Δήμους"),
        ("α. τις Περιφέρειες της Χώρας", "β. τους Δήμους"),
        ("ιθ. Περιφέρειες της Χώρας", "κ. Δήμοι"),
        ("Ο.Τ.Α. της Χώρας:", "δήμοι και περιφέρειες"),
        ("Τμήμα Α.", "γραφείο του Υπουργού"),
    ],
)
def test_where_an_entry_of_a_list_begins(entries: tuple[str, ...], tmp_path: Path) -> None:
    """At any letter, though in a text «κ. Υπουργού» is no item; and behind a colon, or a full stop in a short line."""
    ending = "Ο ΠΡΟΪΣΤΑΜΕΝΟΣ\n\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n\nΕΣΩΤΕΡΙΚΗ ΔΙΑΝΟΜΗ\n"
    listed = "\n".join(entries)
    text = read(f"ΠΡΟΣ:\n{listed}\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}\n{ending}{listed}\n", tmp_path)
    assert (text.official.letterhead.recipients, text.official.letterhead.distribution) == (entries, entries)


def test_an_entry_goes_on_behind_an_article(tmp_path: Path) -> None:
    """With a capital too: «(μέσω των» is no end of an entry."""
    text = read(f"ΠΡΟΣ:\nΔήμους (μέσω των\nΑποκεντρωμένων Διοικήσεων)\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path)
    assert text.official.letterhead.recipients == ("Δήμους (μέσω των Αποκεντρωμένων Διοικήσεων)",)


def test_a_second_number_of_diavgeia_is_kept_with_a_doubt(tmp_path: Path) -> None:
    """The number of a document that is referred to does not pass for this one's."""
    text = read(f"ΑΔΑ:\n6ΑΒΓ-1Η2\nΔΗΜΟΣ\n\nΑΔΑ: 7ΑΒΓ-1Η2\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path)
    assert (text.official.letterhead.ada, text.official.letterhead.details) == ("6ΑΒΓ-1Η2", ("ΑΔΑ: 7ΑΒΓ-1Η2",))
    assert any("«ΑΔΑ: 7ΑΒΓ-1Η2»" in doubt for doubt in text.doubts)


def test_attachments_named_below_the_subject_are_no_end_of_the_text(tmp_path: Path) -> None:
    """«ΣΥΝ.: …» above the text does not take the text with it."""
    text = read(f"ΘΕΜΑ: Αλλαγή\nΣΥΝ.: Ένα αρχείο\n\n{BODY}", tmp_path)
    assert (text.official.letterhead.attachments, text.markdown) == (("Ένα αρχείο",), BODY)


def test_a_line_of_signs_is_no_unit(tmp_path: Path) -> None:
    """Schools draw one below their name."""
    head = read(
        "ΔΗΜΟΣ ΔΟΚΙΜΩΝ\n-----\nΤαχ. Δ/νση: Οδός 3\n=====\nΘΕΜΑ: Αλλαγή\n\nΚείμενο.", tmp_path
    ).official.letterhead
    assert (head.sender, head.details) == (("ΔΗΜΟΣ ΔΟΚΙΜΩΝ",), ("Ταχ. Δ/νση: Οδός 3",))


@pytest.mark.parametrize("end", ["Εσωτερική διανομή:\n1. Γραφείο\n", "Συνημμένα:\nΠΑΡΑΡΤΗΜΑ Α\n\f"])
def test_an_annex_below_the_lists_is_text(tmp_path: Path, end: str) -> None:
    """A list at the end of the text does not take the annex below it with it; of attachments it may be one."""
    text = read(f"ΘΕΜΑ: Α\n\nΚείμενο.\n\nΟ ΔΗΜΑΡΧΟΣ\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n\n{end}ΠΑΡΑΡΤΗΜΑ Α\nΟδηγίες.\n", tmp_path)
    head = text.official.letterhead
    assert text.markdown == "Κείμενο.\n\n## ΠΑΡΑΡΤΗΜΑ Α\n\nΟδηγίες.\n"
    assert (head.attachments, head.distribution) in {((), ("1. Γραφείο",)), (("ΠΑΡΑΡΤΗΜΑ Α",), ())}


def test_a_greeting_below_the_attachments_is_text(tmp_path: Path) -> None:
    """It belongs to the signature below, and not to their list."""
    text = read("ΘΕΜΑ: Α\n\nΚείμενο.\n\nΣυν.: 2\nΜε εκτίμηση\nΟ ΔΗΜΑΡΧΟΣ\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n", tmp_path)
    head = text.official.letterhead
    assert (head.attachments, head.signatory_name, text.markdown) == (
        ("2",),
        "Α. ΔΟΚΙΜΑΣΤΗΣ",
        "Κείμενο.\n\nΜε εκτίμηση\n",
    )


def test_a_deadline_may_be_below_the_subject(tmp_path: Path) -> None:
    """With its label; a sentence about it is text."""
    text = read("ΘΕΜΑ: ΚΩΔΙΚΟΙ\nΠΡΟΘΕΣΜΙΑ: 30-11-2020\n\nΚείμενο.", tmp_path)
    assert (text.official.letterhead.subject, text.official.deadline) == ("ΚΩΔΙΚΟΙ", date(2020, 11, 30))
    sentence = "Προθεσμία παραλαβής ορίζεται η 30-11-2020."
    assert read(f"ΘΕΜΑ: Κωδικοί\n\n{sentence}", tmp_path).markdown == f"{sentence}\n"


def test_an_article_may_be_above_the_title(tmp_path: Path) -> None:
    """«Ο» alone begins the signature."""
    text = read("ΘΕΜΑ: Α\n\nΚείμενο.\n\nΟ\nΔΗΜΑΡΧΟΣ\n\nΑ. ΔΟΚΙΜΑΣΤΗΣ\n", tmp_path)
    head = text.official.letterhead
    assert (head.signatory_title, head.signatory_name, text.markdown) == ("Ο ΔΗΜΑΡΧΟΣ", "Α. ΔΟΚΙΜΑΣΤΗΣ", "Κείμενο.\n")


def test_a_signature_may_be_for_another(tmp_path: Path) -> None:
    """«Για το Υπουργείο» begins a title."""
    text = read("ΘΕΜΑ: Α\n\nΚείμενο.\n\nΓια το Υπουργείο\nΟ Γενικός Γραμματέας\nΑ. Δοκιμαστής\n", tmp_path)
    head = text.official.letterhead
    assert (head.signatory_title, head.signatory_name) == ("Για το Υπουργείο Ο Γενικός Γραμματέας", "Α. Δοκιμαστής")


def test_a_text_without_blank_lines_is_parted(tmp_path: Path) -> None:
    """Letterhead, subject, text and signature copied from a PDF are found without a blank line between them."""
    lines = [
        "ΔΗΜΟΣ ΔΟΚΙΜΩΝ\nΑθήνα, 17-11-2020\nΠΡΟΣ:\n1. Δήμους\n2. Περιφέρειες",
        "ΘΕΜΑ: Νέοι κωδικοί πρόσβασης των φορέων Τοπικής Αυτοδιοίκησης",
        "Από 1-12-2020 οι φορείς συνδέονται με νέο κωδικό στον διαδικτυακό τόπο,",
        "που το Υπουργείο διαθέτει από το 2016. Η αλλαγή είναι μέτρο ασφάλειας.",
        "Ο ΠΡΟΪΣΤΑΜΕΝΟΣ ΤΗΣ ΔΙΕΥΘΥΝΣΗΣ\nΑ. ΔΟΚΙΜΑΣΤΗΣ",
    ]
    text = read("\n".join(lines), tmp_path)
    head = text.official.letterhead
    assert (head.recipients, head.subject) == (("1. Δήμους", "2. Περιφέρειες"), lines[1].removeprefix("ΘΕΜΑ: "))
    assert (head.signatory_title, head.signatory_name) == tuple(lines[-1].split("\n"))
    assert text.markdown.startswith("Από {{ effective | date }} οι φορείς")
    assert text.doubts == tuple(doubt for doubt in text.doubts if "subject" not in doubt)


def test_a_signatorys_title_may_have_two_paragraphs(tmp_path: Path) -> None:
    """Words between title and name that are no name are of the title."""
    title = ("Ο ΓΕΝΙΚΟΣ ΔΙΕΥΘΥΝΤΗΣ", "ΤΗΣ ΓΕΝΙΚΗΣ ΔΙΕΥΘΥΝΣΗΣ ΟΙΚΟΝΟΜΙΚΩΝ ΥΠΗΡΕΣΙΩΝ ΚΑΙ ΠΡΟΣΩΠΙΚΟΥ")
    signed = "\n\n".join((*title, "Α. ΔΟΚΙΜΑΣΤΗΣ"))
    head = read(f"ΑΠ: 5\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}\n\n{signed}\n", tmp_path).official.letterhead
    assert (head.signatory_title, head.signatory_name) == (" ".join(title), "Α. ΔΟΚΙΜΑΣΤΗΣ")


def test_two_last_days_are_doubted(tmp_path: Path) -> None:
    """A last day to act in the text that is not the one above it is named beside that."""
    text = read(
        "Προθεσμία : 30-11-2020\n\nΑΠ: 5\n\nΘΕΜΑ: Αλλαγή\n\nΗ παραλαβή γίνεται το αργότερο 25-11-2020.\n", tmp_path
    )
    assert any("«2020-11-25» in the text, «2020-11-30» above it" in doubt for doubt in text.doubts)


def test_a_paragraph_in_the_letterhead_is_doubted(tmp_path: Path) -> None:
    """A line that is longer than any unit of a sender may belong to the text, and is quoted."""
    text = read(f"ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\n{'Για τους κωδικούς ' * 10}\nΑΠ: 5\n\nΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path)
    assert any(doubt.startswith("«Για τους") and "among the sender's lines" in doubt for doubt in text.doubts)


def test_a_text_without_letterhead_is_doubted(tmp_path: Path) -> None:
    """The doubt says that all of it is in circular.md; where a part became a fact, as a last day, it is not there."""
    doubt = "the whole text is in circular.md"
    assert doubt in "\n".join(read(BODY, tmp_path).doubts)
    text = read(f"Προθεσμία : 30-11-2020\nΑΠ:\n\n{BODY}", tmp_path)
    assert (text.official.deadline, doubt in "\n".join(text.doubts)) == (date(2020, 11, 30), False)


def test_a_subject_that_holds_the_text_is_doubted(tmp_path: Path) -> None:
    """A subject longer than any subject is, and a document without a text, are said."""
    text = read(f"ΘΕΜΑ: {'και νέοι κωδικοί ' * 20}\n", tmp_path)
    doubts = "\n".join(text.doubts)
    assert "more than 300 characters" in doubts
    assert "no text was found" in doubts
    assert "characters" not in "\n".join(read(f"ΘΕΜΑ: Αλλαγή\n\n{BODY}", tmp_path).doubts)
