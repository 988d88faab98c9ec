from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.greek import squeeze
from site_src.problems import Place, Problems, Severity
from site_src.read.agency import Kind, Status
from site_src.read.annex.words import (
    NAMES,
    WORDS,
    Recogniser,
    Saying,
    decide_status,
    find_kind,
    kind_of_name,
    mentions_keeping,
    nearest_header,
    read_status,
)
from site_src.read.settings import Column

TABLE = Recogniser({})


@pytest.mark.parametrize("column", Column)
def test_every_known_name_is_recognised(column: Column) -> None:
    """Each name of the table leads to its column, in capitals and small letters, with and without accents."""
    for name in NAMES[column]:
        for spelled in (name, name.upper(), name.lower(), f"  {name}:\n", name.replace(" ", "\n")):
            assert TABLE.recognise(spelled) is column, spelled


def test_names_that_give_way_are_known_names() -> None:
    """A misspelt one in words.toml would give way to nothing, and never be noticed."""
    assert set(WORDS["headers"]["weak"]) <= {name for names in NAMES.values() for name in names}


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Κωδικός φορέα (όνομα χρήστη)", Column.USERNAME),
        ("ΟΝΟΜΑ ΧΡΗΣΤΗ", Column.USERNAME),
        ("12-ψήφιος κωδικός φορέα", Column.USERNAME),
        ("Κωδικός φορέα (12-ψήφιος)", Column.USERNAME),
        ("Κωδικός πρόσβασης", None),
        ("12ψήφιος κωδικός πρόσβασης", None),
        ("Ηλ. Ταχ. υπευθύνου", Column.EMAIL),
        ("Ηλ/κή διεύθυνση εποπτεύοντος", None),
        ("user name", Column.USERNAME),
        ("E-mail υπευθύνου επικοινωνίας φορέα", Column.EMAIL),
        ("Ε-ΜΑΙL 2", Column.EMAIL),
        ("Παρατηρήσεις για το e-mail", Column.NOTES),
        ("Mail υπευθύνου", Column.EMAIL),
        ("Mail 2ου υπευθύνου", Column.EMAIL),
        ("Τα MAILS επικοινωνίας", Column.EMAIL),
        ("Mailing address", None),
        ("Διατηρεί κωδικό", Column.STATUS),
        ("ΔΙΑΤΗΡΕΙ ΤΟΝ ΚΩΔΙΚΟ\n(ΝΑΙ/ΟΧΙ)", Column.STATUS),
        ("Διατηρεί (Ναι / Όχι)", Column.STATUS),
        ("Keeps its code?", Column.STATUS),
        ("Διατηρεί ιστότοπο (Ναι/Όχι)", None),
        ("Δεν διατηρεί κωδικό", None),
        ("E-mail εποπτεύοντος", None),
        ("Mail εποπτεύουσας αρχής", None),
        ("Ηλεκτρονική διεύθυνση εποπτεύοντος φορέα", None),
        ("E-mail of the supervisor", None),
        ("E-mail εποπτευόμενου φορέα", Column.EMAIL),
        ("E-mail of the supervised body", Column.EMAIL),
        ("Εποπτεύων Δήμος ή Περιφέρεια", Column.PARENT),
        ("Υπάγεται στον Δήμο", Column.PARENT),
        ("Ανήκει στην Περιφέρεια", Column.PARENT),
        ("Εποπτεύεται από τον Δήμο", Column.PARENT),
        ("Φορέας στον οποίο ανήκει", Column.PARENT),
        ("Ανήκει στο Μητρώο Φορέων Γενικής Κυβέρνησης", None),
        ("Υπάγεται σε ΦΠΑ", None),
        ("Ανήκει σε ΟΤΑ (Ναι/Όχι)", None),
        ("Δεν υπάγεται σε φορέα", None),
        ("Δ.Ο.Υ. στην οποία υπάγεται", None),
        ("Τηλέφωνο φορέα όπου ανήκει", None),
        ("E-mail φορέα όπου υπάγεται", None),
        ("E-mail of the body that it belongs to", None),
        ("Παλαιό e-mail", None),
        ("Ηλ. διεύθυνση (προηγούμενη)", None),
        ("Old e-mail", None),
        ("E-mail 2020", Column.EMAIL),
        ("Κωδικός φορέα 2020", Column.USERNAME),
        ("Κατάσταση κωδικού πρόσβασης", Column.STATUS),
        ("Αλλαγή κωδικού", Column.STATUS),
        ("Δήμος / Περιφέρεια", Column.NAME),
        ("Ηλεκτρονική Δ/νση υπευθύνου", Column.EMAIL),
        ("Διεύθυνση ηλεκτρονικής αλληλογραφίας", Column.EMAIL),
        ("Τηλέφωνο εποπτεύοντος", None),
        ("Ονο\u00b5α χρήστη", Column.USERNAME),
        ("Επωνυ\u00b5ία", Column.NAME),
        ("Α/Α", None),
        ("Τηλέφωνο", Column.PHONE),
        ("Κινητό 2", Column.PHONE),
        ("Ονοματεπώνυμο υπευθύνου", None),
        ("info@email.example", None),
        ("Τα e-mail των υπευθύνων επικοινωνίας όλων των φορέων τοπικής αυτοδιοίκησης της χώρας", None),
    ],
)
def test_headers_are_recognised(header: str, column: Column | None) -> None:
    """Real headers, addresses and sentences are told apart."""
    assert TABLE.recognise(header) is column


def test_the_nearest_header_is_proposed() -> None:
    """A misspelled header is found among the unused ones."""
    assert nearest_header(Column.NAME, ["Τηλέφωνο", "Επωνιμία φορεως"]) == "Επωνιμία φορεως"
    assert nearest_header(Column.NAME, []) == ""


@pytest.mark.parametrize("person", ["Contact name", "Ονοματεπώνυμο", "Όνομα υπευθύνου", "Όνομα επικοινωνίας"])
def test_a_person_is_not_proposed_as_the_name_of_an_agency(person: str) -> None:
    """Letters would be addressed to the contact as if it were the agency."""
    assert nearest_header(Column.NAME, [person]) == ""
    assert nearest_header(Column.NAME, [person, "Τηλέφωνο"]) == "Τηλέφωνο"


@given(st.text())
def test_any_text_may_stand_in_a_header(text: str) -> None:
    """No text makes it fail, and squeezing twice changes nothing more."""
    TABLE.recognise(text)
    assert squeeze(squeeze(text)) == squeeze(text)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("ΔΗΜΟΙ", Kind.MUNICIPALITY),
        ("Α. ΔΗΜΟΙ (332)", Kind.MUNICIPALITY),
        ("2) Περιφέρειες", Kind.REGION),
        ("ΑΠΟΚΕΝΤΡΩΜΕΝΕΣ", Kind.DECENTRALISED_ADMINISTRATION),
        ("αποκεντρωμενη διοικηση", Kind.DECENTRALISED_ADMINISTRATION),
        ("Νομικά Πρόσωπα", Kind.LEGAL_ENTITY),
        ("Ν.Π.Δ.Δ.", Kind.LEGAL_ENTITY),
        *((kind.value, kind) for kind in Kind),
        ("Municipalities", Kind.MUNICIPALITY),
        ("Περιφέρεια Κρήτης", None),
        ("Δήμος Θήρας", None),
        ("Φύλλο1", None),
        ("", None),
    ],
)
def test_a_title_names_a_kind_or_none(title: str, kind: Kind | None) -> None:
    """Kinds are known in both languages, in singular and plural, numbered and counted; a body is no kind."""
    assert find_kind(title) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Δήμος Σικίνου", Kind.MUNICIPALITY),
        ("ΔΗΜΟΣ ΧΙΟΥ", Kind.MUNICIPALITY),
        ("Περιφέρεια Κρήτης", Kind.REGION),
        ("Αποκεντρωμένη Διοίκηση Κρήτης", Kind.DECENTRALISED_ADMINISTRATION),
        ("Περιφερειακό Ταμείο Ανάπτυξης", None),
        ("", None),
    ],
)
def test_a_name_tells_its_kind_by_its_first_word(name: str, kind: Kind | None) -> None:
    """Only the word itself counts, not one that begins like it."""
    assert kind_of_name(name) is kind


AT = Place("annex.xlsx", "ΔΗΜΟΙ", "F7")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("νέος", Status.NEW),
        ("NEW", Status.NEW),
        ("Διατηρεί τον κωδικό του", Status.KEEPS),
        ("keeps", Status.KEEPS),
        ("ΝΑ ΕΠΙΚΟΙΝΩΝΗΣΕΙ", Status.CONTACT_US),
        ("contact-us", Status.CONTACT_US),
        ("Κρατά", Status.KEEPS),
        ("κρατάει", Status.KEEPS),
        ("ίδιος κωδικός", Status.KEEPS),
        ("να καλέσει", Status.CONTACT_US),
        ("Πρέπει να καλέσει", Status.CONTACT_US),
        ("να τηλεφωνήσει", Status.CONTACT_US),
        ("must call", Status.CONTACT_US),
        ("Παίρνει νέο κωδικό", Status.NEW),
        ("δεν αλλάζει", Status.KEEPS),
        ("Διατηρεί τον παλιό κωδικό", Status.KEEPS),
        ("no change", Status.KEEPS),
        ("χωρίς e-mail", Status.CONTACT_US),
        ("", None),
    ],
)
def test_status_words_of_both_languages(text: str, status: Status | None) -> None:
    """Words are known without regard to case and accents; an empty cell says nothing."""
    problems = Problems()
    assert read_status(text, AT, problems) == Saying(text, status, AT)
    assert problems.all() == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [("ΝΑΙ", Saying("ΝΑΙ", Status.KEEPS, AT)), ("yes", Saying("yes", Status.KEEPS, AT)), ("Όχι", Saying("", None, AT))],
)
def test_yes_and_no_below_a_header_that_asks_who_keeps_the_code(text: str, said: Saying) -> None:
    """Yes is keeps, no says nothing; below another header both are unknown words."""
    problems = Problems()
    assert read_status(text, AT, problems, header="Διατηρεί τον κωδικό (Ναι/Όχι)") == said
    assert problems.all() == ()
    for header in ("Νέος κωδικός", "Διατηρεί κωδικό ή λαμβάνει νέο"):
        other = Problems()
        read_status(text, AT, other, header=header)
        assert other.has_errors


@pytest.mark.parametrize(
    ("notes", "tells"),
    [
        ("Διατηρεί τον κωδικό του (νέος υπεύθυνος, 11/2020)", True),
        ("Ο φορέας ΚΡΑΤΑΕΙ τον κωδικό", True),
        ("Keeps its code", True),
        ("Δεν αλλάζει κωδικό (νέος υπεύθυνος)", True),
        ("δεν αλλάζει τον κωδικό του", True),
        ("Δεν διατηρεί τον κωδικό του", False),
        ("Διατηρητέο κτήριο", False),
        ("Με απόφαση του κράτους", False),
        ("", False),
    ],
)
def test_notes_that_tell_of_keeping(notes: str, *, tells: bool) -> None:
    """Sentences are understood, not single words alone; a denial tells the contrary."""
    assert mentions_keeping(notes) is tells


@pytest.mark.parametrize("text", ["ίσως", "?", "2"])
def test_an_unknown_status_is_an_error_that_names_the_known(text: str) -> None:
    """No status is guessed."""
    problems = Problems()
    assert read_status(text, AT, problems).status is None
    (problem,) = problems.all()
    assert problem.severity is Severity.ERROR
    assert "διατηρεί" in problem.message
    assert problem.at == AT


@pytest.mark.parametrize(
    ("said", "listed", "has_email", "status"),
    [
        (None, False, True, Status.NEW),
        (None, False, False, Status.CONTACT_US),
        (None, True, False, Status.KEEPS),
        (Status.KEEPS, False, False, Status.KEEPS),
        (Status.KEEPS, True, True, Status.KEEPS),
        (Status.CONTACT_US, False, True, Status.CONTACT_US),
        (Status.NEW, False, True, Status.NEW),
    ],
)
def test_the_status_of_an_agency(
    said: Status | None,
    listed: bool,  # noqa: FBT001 (a case of the table)
    has_email: bool,  # noqa: FBT001 (a case of the table)
    status: Status,
) -> None:
    """Sheet, keeps_code and e-mail decide together."""
    problems = Problems()
    assert decide_status(Saying("x", said, AT), listed=listed, has_email=has_email, problems=problems) is status
    assert problems.all() == ()


@pytest.mark.parametrize(
    ("said", "listed", "has_email"),
    [(Status.NEW, True, True), (Status.CONTACT_US, True, False), (Status.NEW, False, False)],
)
def test_contradictions_are_errors(said: Status, listed: bool, has_email: bool) -> None:  # noqa: FBT001 (cases of a table)
    """A new code needs an e-mail, and a listed agency may not be marked otherwise."""
    problems = Problems()
    decide_status(Saying("x", said, AT), listed=listed, has_email=has_email, problems=problems)
    (problem,) = problems.all()
    assert (problem.severity, problem.at, problem.value) == (Severity.ERROR, AT, "x")
