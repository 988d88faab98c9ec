from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.greek import squeeze
from site_src.problems import Problem, Problems, Severity
from site_src.read.annex.columns import (
    NAMES,
    Header,
    Recogniser,
    check_columns,
    find_layout,
    nearest_header,
)
from site_src.read.annex.sheets.grid import Reporter
from site_src.read.annex.words import WORDS
from site_src.read.settings import Column
from tests.support.annex_table import cells_of, gridded, sheet_of

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


def test_what_campaign_toml_names_comes_first() -> None:
    """A header that [annex] names counts before the table's own names for that column."""
    told = Recogniser({"username": "Κλειδί"})
    header = told.find_header(sheet_of(("Κλειδί", "Όνομα χρήστη", "Φορέας", "E-mail")))
    assert header
    assert header.columns[Column.USERNAME] == (1,)


def test_an_email_column_that_campaign_toml_names_may_have_numbered_others() -> None:
    """«Επαφή» in [annex] stands for «Επαφή 2» too; of no other column could there be two."""
    told = Recogniser({"email": "Επαφή", "name": "Τίτλος"})
    header = told.find_header(sheet_of(("Username", "Τίτλος", "Τίτλος 2", "Επαφή", "Επαφή 2", "E-mail")))
    assert header
    assert header.columns == {Column.USERNAME: (1,), Column.NAME: (2,), Column.EMAIL: (4, 5)}


def test_the_best_matching_row_is_the_header() -> None:
    """Titles above the header and rows below it name fewer columns."""
    rows = (("Φορέας",), (), ("Όνομα χρήστη", "Φορέας", "E-mail"), ("012345678901", "Δήμος Χίου", "a@b.example"))
    header = TABLE.find_header(sheet_of(*rows))
    assert header
    assert header.row == 3
    assert header.missing == ()


def test_a_header_below_the_fiftieth_row_is_not_looked_for() -> None:
    """A table that begins so far down is another thing."""
    assert TABLE.find_header(sheet_of(*[("x",)] * 50, ("Όνομα χρήστη", "Φορέας", "E-mail"))) is None


def test_several_email_columns_are_all_kept() -> None:
    """Every column of addresses counts."""
    header = TABLE.find_header(sheet_of(("Username", "Name", "E-mail 1", "Ηλ. ταχυδρομείο", "E-mail υπευθύνου")))
    assert header
    assert header.columns[Column.EMAIL] == (3, 4, 5)


def test_a_column_of_who_keeps_the_code_is_never_passed_over() -> None:
    """Beside another column of statuses it counts too, so that staff must tell which of them is meant."""
    header = TABLE.find_header(sheet_of(("Username", "Name", "E-mail", "Κατάσταση", "Διατηρεί κωδικό")))
    assert header
    assert header.columns[Column.STATUS] == (4, 5)


def test_a_vague_name_gives_way() -> None:
    """«Κωδικός» is the user name only where no better header is."""
    header = TABLE.find_header(sheet_of(("Κωδικός", "Όνομα χρήστη", "Φορέας", "E-mail")))
    assert header
    assert header.columns[Column.USERNAME] == (2,)


def test_what_may_be_another_bodys_gives_way() -> None:
    """A name, code, kind or status in words that could mean something else makes no column double."""
    header = ("Όνομα χρήστη", "Επωνυμία φορέα", "Είδος φορέα", "E-mail", "Κατάσταση")
    vague = ("Κωδικός υπηρεσίας", "Δήμος / Περιφέρεια", "Ονομασία ΟΤΑ", "Κατηγορία ΟΤΑ", "Αλλαγή κωδικού")
    found = TABLE.find_header(sheet_of((*header, *vague)))
    assert found
    assert sorted(found.read) == [1, 2, 3, 4, 5]


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


GOOD = ("Όνομα χρήστη", "Φορέας", "E-mail")
ROW = ("012345678901", "Δήμος Χίου", "a@b.example")


def find(*rows: tuple[str, ...], hidden_rows: tuple[int, ...] = ()) -> tuple[Header | None, tuple[Problem, ...]]:
    """The header of a sheet of these rows, and what is told of it."""
    problems = Problems()
    grid = gridded(cells_of(rows))
    grid.hidden_rows.update(hidden_rows)
    sheet = grid.sheet()
    return find_layout(sheet, Recogniser({}), Reporter("annex.xlsx", sheet.title, problems)), problems.all()


def test_a_sheet_with_a_header_is_taken_in_silence() -> None:
    """Nothing is told of a sheet as it should be."""
    header, problems = find(GOOD, ROW)
    assert header
    assert problems == ()


def test_a_cover_sheet_is_skipped_with_a_warning() -> None:
    """A sheet without header and codes is no table."""
    header, (problem,) = find(("Οδηγίες",), ("Φορέας", "τηλέφωνο"))
    assert header is None
    assert problem.severity is Severity.WARNING


def test_an_empty_sheet_is_skipped_in_silence() -> None:
    """Spreadsheet programs begin a workbook with empty sheets, and nothing of one can be lost."""
    assert find() == (None, ())


def test_another_table_is_skipped_with_a_warning() -> None:
    """A list of the ministry's own people has e-mails and notes, but no user names."""
    header, (problem,) = find(("Υπάλληλος", "E-mail", "Παρατηρήσεις"), ("Α.", "a@b.example", ""))
    assert header is None
    assert problem.severity is Severity.WARNING


def test_codes_without_a_header_are_an_error() -> None:
    """Agencies must not be skipped."""
    header, (problem,) = find(ROW)
    assert header is None
    assert problem.severity is Severity.ERROR


def test_shortened_codes_without_a_header_are_an_error_too() -> None:
    """Codes that Excel has spoilt are codes still."""
    assert find(("1,23457E+11", "Δήμος Χίου"))[1][0].severity is Severity.ERROR


def test_a_missing_column_is_an_error_that_lists_the_headers_and_proposes_one() -> None:
    """The error lists the headers, proposes one of them, and says how to name it in campaign.toml."""
    header, (problem,) = find(
        ("Όνομα χρήστη", "Επωνιμία φορεως", "Τηλέφωνο", "E-mail"), ("012345678901", "x", "1", "a@b.example")
    )
    assert header
    assert header.missing == (Column.NAME,)
    assert '"Τηλέφωνο"' in problem.message
    assert 'name = "Επωνιμία φορεως"' in problem.hint


def test_a_missing_column_without_any_like_it_is_only_to_be_named() -> None:
    """No header is proposed where each that is left tells of the contact."""
    _, (problem,) = find(("Όνομα χρήστη", "Contact name", "E-mail"), ("012345678901", "x", "a@b.example"))
    assert problem.hint == 'name it "Επωνυμία φορέα" or "Επωνυμία" in the sheet'


def test_a_doubled_column_is_an_error_that_names_both() -> None:
    """Both columns are named, since staff alone know which of them has the names."""
    _, (problem,) = find((*GOOD, "Επωνυμία"), (*ROW, "x"))
    assert 'B1 ("Φορέας") and D1 ("Επωνυμία")' in problem.message
    assert problem.at.cell == "B1"


def test_email_columns_of_several_kinds_are_told_once() -> None:
    """Any of their addresses may open an archive, so staff must have meant it; a number alone says that they have."""
    _, (problem,) = find((*GOOD, "E-mail φορέα"), (*ROW, "info@b.example"))
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "C1")
    assert 'C1 ("E-mail") and D1 ("E-mail φορέα")' in problem.message
    assert 'email = "E-mail"' in problem.hint
    assert find((*GOOD, "E-mail 2"), (*ROW, "info@b.example"))[1] == ()


def test_several_telephones_are_no_mistake() -> None:
    """A landline and a mobile are both read: nothing of an archive depends on them."""
    header, problems = find((*GOOD, "Τηλέφωνο", "Κινητό"), (*ROW, "2286000000", "6900000000"))
    assert header
    assert (header.columns[Column.PHONE], problems) == ((4, 5), ())


def test_hidden_rows_are_told_in_ranges() -> None:
    """One warning for a sheet names all its hidden rows."""
    _, (problem,) = find(GOOD, *[ROW] * 8, hidden_rows=(2, 4, 5, 6, 9))
    assert "rows 2, 4–6, 9" in problem.message


def test_a_header_that_campaign_toml_names_must_exist() -> None:
    """A misspelled header in [annex] is told with its key."""
    problems = Problems()
    sheet = sheet_of(("Όνομα χρήστη",))
    check_columns([sheet], {"username": "ΟΝΟΜΑ ΧΡΗΣΤΗ", "name": "Τίτλος"}, problems)
    assert [problem.at.cell for problem in problems.all()] == ["annex.name"]


def test_an_agency_above_the_header_is_never_lost() -> None:
    """Of two tables in one sheet the better header wins: who stands above it is told, with the cell of the code."""
    _, (problem,) = find(GOOD, ROW, ("Φορέας", "E-mail", "Όνομα χρήστη", "Κατάσταση"), (*ROW[1:], "112345678902"))
    assert (problem.severity, problem.at.cell, problem.value) == (Severity.ERROR, "A2", ROW[0])
    assert "row 3" in problem.message
