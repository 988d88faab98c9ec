"""The front of a circular: each part is read into its own key as it was written, and a build reads what `new` wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from site_src.content.campaign import read_campaign
from site_src.drafting.circular_text import CircularText, read_circular
from site_src.drafting.keepers import Keepers
from site_src.drafting.lines import clean
from site_src.drafting.source import read_source
from site_src.drafting.toml_text import campaign_toml
from site_src.problems import Problems, Severity
from site_src.settings import Letterhead, Person

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
    """Whatever parts a letterhead has, and however they are written, each is in its key, whole, and no other key is."""
    text = read("\n".join([*front.lines, BODY]), tmp_path)
    assert text.official.letterhead == Letterhead(**front.facts)
    assert text.markdown == BODY


lines = st.text(max_size=40).map(lambda text: " ".join(clean(text).split()))  # whatever a document can hold in one
filled = lines.filter(bool)
lists = st.lists(filled, max_size=3).map(tuple)
letterheads = st.builds(
    Letterhead,
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
campaigns = st.fixed_dictionaries(
    {
        "folder": filled,
        "deadline": days,
        "maybe_deadline": st.none(),
        "effective": days,
        "letterhead": letterheads,
        "words": st.dictionaries(st.sampled_from(["deadline", "date", "protocol", "recipients", "subject"]), lines),
        "keepers": st.builds(Keepers, lists, lists, lists),
    }
)


@given(campaigns)
def test_a_build_reads_what_new_wrote(tmp_path: Path, facts: dict[str, Any]) -> None:
    """Whatever the documents hold, signs of TOML too, campaign.toml gives it back as it was, without an error."""
    (tmp_path / "campaign.toml").write_bytes(campaign_toml(**facts).encode())
    problems = Problems()
    campaign = read_campaign(tmp_path, problems)
    assert [problem for problem in problems.all() if problem.severity is Severity.ERROR] == []
    assert campaign.circular == facts["letterhead"]
    assert all(getattr(campaign, key) == facts[key] for key in ("folder", "deadline", "effective"))
    assert campaign.keeps_code == facts["keepers"].both
