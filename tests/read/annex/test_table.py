from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Problem, Problems, Severity
from site_src.read.agency import Kind
from site_src.read.annex.sheets.grid import Area, Cell, Reporter
from site_src.read.annex.table import RowReader, check_columns, find_header, find_layout
from site_src.read.annex.words import REQUIRED, Header, Recogniser
from site_src.read.settings import Column
from tests.support.annex_table import cells_of, gridded, sheet_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_src.read.annex.sheets.grid import Grid
    from site_src.read.annex.values import Row

TABLE = Recogniser({})
GOOD = ("Όνομα χρήστη", "Φορέας", "E-mail")
ROW = ("012345678901", "Δήμος Χίου", "a@b.example")
HEADER = ("Α/Α", "Όνομα χρήστη", "Φορέας", "Εποπτεύων φορέας", "E-mail", "Κατάσταση", "Παρατηρήσεις")
THIRA = ("1", "012345678901", "Δήμος Θήρας", "", "thira@b.example", "", "")
KEDI = ("2", "112345678902", "ΚΕΔΗΘ", "", "kedi@b.example", "", "")


def test_what_campaign_toml_names_comes_first() -> None:
    """A header that [annex] names counts before the table's own names for that column."""
    told = Recogniser({"username": "Κλειδί"})
    header = find_header(sheet_of(("Κλειδί", "Όνομα χρήστη", "Φορέας", "E-mail")), told)
    assert header
    assert header.columns[Column.USERNAME] == (1,)


def test_an_email_column_that_campaign_toml_names_may_have_numbered_others() -> None:
    """«Επαφή» in [annex] stands for «Επαφή 2» too; of no other column could there be two."""
    told = Recogniser({"email": "Επαφή", "name": "Τίτλος"})
    header = find_header(sheet_of(("Username", "Τίτλος", "Τίτλος 2", "Επαφή", "Επαφή 2", "E-mail")), told)
    assert header
    assert header.columns == {Column.USERNAME: (1,), Column.NAME: (2,), Column.EMAIL: (4, 5)}


def test_the_best_matching_row_is_the_header() -> None:
    """Titles above the header and rows below it name fewer columns."""
    rows = (("Φορέας",), (), ("Όνομα χρήστη", "Φορέας", "E-mail"), ("012345678901", "Δήμος Χίου", "a@b.example"))
    header = find_header(sheet_of(*rows), TABLE)
    assert header
    assert header.row == 3
    assert set(REQUIRED) <= header.columns.keys()


def test_a_header_below_the_fiftieth_row_is_not_looked_for() -> None:
    """A table that begins so far down is another thing."""
    assert find_header(sheet_of(*[("x",)] * 50, ("Όνομα χρήστη", "Φορέας", "E-mail")), TABLE) is None


def test_several_email_columns_are_all_kept() -> None:
    """Every column of addresses counts."""
    header = find_header(sheet_of(("Username", "Name", "E-mail 1", "Ηλ. ταχυδρομείο", "E-mail υπευθύνου")), TABLE)
    assert header
    assert header.columns[Column.EMAIL] == (3, 4, 5)


def test_a_column_of_who_keeps_the_code_is_never_passed_over() -> None:
    """Beside another column of statuses it counts too, so that staff must tell which of them is meant."""
    header = find_header(sheet_of(("Username", "Name", "E-mail", "Κατάσταση", "Διατηρεί κωδικό")), TABLE)
    assert header
    assert header.columns[Column.STATUS] == (4, 5)


def test_a_vague_name_gives_way() -> None:
    """«Κωδικός» is the user name only where no better header is."""
    header = find_header(sheet_of(("Κωδικός", "Όνομα χρήστη", "Φορέας", "E-mail")), TABLE)
    assert header
    assert header.columns[Column.USERNAME] == (2,)


def test_what_may_be_another_bodys_gives_way() -> None:
    """A name, code, kind or status in words that could mean something else makes no column double."""
    header = ("Όνομα χρήστη", "Επωνυμία φορέα", "Είδος φορέα", "E-mail", "Κατάσταση")
    vague = ("Κωδικός υπηρεσίας", "Δήμος / Περιφέρεια", "Ονομασία ΟΤΑ", "Κατηγορία ΟΤΑ", "Αλλαγή κωδικού")
    found = find_header(sheet_of((*header, *vague)), TABLE)
    assert found
    assert sorted(found.read) == [1, 2, 3, 4, 5]


def find(*rows: tuple[str, ...], hidden_rows: tuple[int, ...] = ()) -> tuple[Header | None, tuple[Problem, ...]]:
    """The header of a sheet of these rows, and what is told of it."""
    problems = Problems()
    grid = gridded(cells_of(rows))
    grid.hidden_rows.update(hidden_rows)
    sheet = grid.sheet()
    return find_layout(sheet, Recogniser({}), Reporter("annex.xlsx", sheet.title, problems)), problems.all()


@pytest.mark.parametrize(
    "rows",
    [
        (("Οδηγίες",), ("Φορέας", "τηλέφωνο")),
        (("Υπάλληλος", "E-mail", "Παρατηρήσεις"), ("Α.", "a@b.example", "")),
    ],
)
def test_a_cover_sheet_or_another_table_is_skipped_with_a_warning(rows: tuple[tuple[str, ...], ...]) -> None:
    """A sheet without header and codes is no table, nor is a list of the ministry's own people with their e-mails."""
    header, (problem,) = find(*rows)
    assert header is None
    assert problem.severity is Severity.WARNING


def test_an_empty_sheet_is_skipped_in_silence() -> None:
    """Spreadsheet programs begin a workbook with empty sheets, and nothing of one can be lost."""
    assert find() == (None, ())


@pytest.mark.parametrize("row", [ROW, ("1,23457E+11", "Δήμος Χίου")])
def test_codes_without_a_header_are_an_error(row: tuple[str, ...]) -> None:
    """Agencies must not be skipped, and codes that Excel has spoilt are codes still."""
    header, (problem,) = find(row)
    assert header is None
    assert problem.severity is Severity.ERROR


def test_a_missing_column_is_an_error_that_lists_the_headers_and_proposes_one() -> None:
    """The error lists the headers, proposes one of them, and says how to name it in campaign.toml."""
    header, (problem,) = find(
        ("Όνομα χρήστη", "Επωνιμία φορεως", "Τηλέφωνο", "E-mail"), ("012345678901", "x", "1", "a@b.example")
    )
    assert header
    assert Column.NAME not in header.columns
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
    assert find((*GOOD, "E-mail 2019"), (*ROW, "info@b.example"))[1] != ()


@pytest.mark.parametrize(
    ("names", "column"),
    [(("Τηλέφωνο", "Κινητό"), Column.PHONE), (("Σχόλια", "Παρατηρήσεις για το e-mail"), Column.NOTES)],
)
def test_several_telephones_or_notes_are_no_mistake(names: tuple[str, str], column: Column) -> None:
    """Both columns are read: nothing of an archive depends on them."""
    header, problems = find((*GOOD, *names), (*ROW, "2286000000", "6900000000"))
    assert header
    assert (header.columns[column], problems) == ((4, 5), ())


def test_hidden_rows_are_told_in_ranges() -> None:
    """One warning for a sheet names all its hidden rows."""
    _, (problem,) = find(GOOD, *[ROW] * 8, hidden_rows=(2, 4, 5, 6, 9))
    assert "rows 2, 4–6, 9" in problem.message


def test_comments_on_the_cells_that_are_read_are_told() -> None:
    """One on a header explains its column, and one beside the table may say anything."""
    grid = gridded(cells_of((GOOD, ROW)))
    grid.comments |= {(1, 1), (2, 1), (2, len(GOOD)), (2, 99)}
    problems = Problems()
    find_layout(grid.sheet(), Recogniser({}), Reporter("annex.xlsx", "", problems))
    (problem,) = problems.all()
    assert problem.severity is Severity.WARNING
    assert "comments on cells are not read: " in problem.message


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


def read(
    *rows: Sequence[str], title: str = "Φύλλο1", merges: Sequence[Area] = (), extra: Sequence[Cell] = ()
) -> tuple[list[Row], tuple[Problem, ...]]:
    """The rows of a sheet, and their problems."""
    return read_grid(gridded([*cells_of(rows), *extra], merges, title))


def read_grid(grid: Grid) -> tuple[list[Row], tuple[Problem, ...]]:
    """The rows of a sheet that a reader has filled, and their problems."""
    sheet = grid.sheet()
    recogniser, problems = Recogniser({}), Problems()
    header = find_header(sheet, recogniser)
    assert header
    reporter = Reporter("annex.xlsx", sheet.title, problems)
    return list(RowReader(sheet, header, recogniser, reporter).read()), problems.all()


def test_the_kind_comes_from_section_sheet_or_name_in_that_order() -> None:
    """A section outdoes the sheet's title, and that the name."""
    assert read(HEADER, KEDI)[0][0].agency.kind == ""
    assert read(HEADER, THIRA)[0][0].agency.kind == Kind.MUNICIPALITY
    assert read(HEADER, THIRA, title="ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ")[0][0].agency.kind == Kind.LEGAL_ENTITY
    assert read(HEADER, ("ΠΕΡΙΦΕΡΕΙΕΣ",), THIRA, title="ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ")[0][0].agency.kind == Kind.REGION


def test_a_section_gives_the_parent_where_the_row_has_none() -> None:
    """The row's own parent comes first; a new kind ends the section of the parent before."""
    own = ("3", "212345678903", "Χ", "Δήμος Χίου", "x@b.example", "", "")
    rows, problems = read(HEADER, ("", "", "Δήμος Θήρας"), KEDI, own, ("ΔΗΜΟΙ",), THIRA)
    assert [row.agency.parent for row in rows] == ["Δήμος Θήρας", "Δήμος Χίου", ""]
    assert problems == ()


def test_a_kind_above_the_header_holds_for_the_sheet() -> None:
    """A title row may say what the sheet lists."""
    assert read(("ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ",), HEADER, KEDI)[0][0].agency.kind == Kind.LEGAL_ENTITY


def test_titles_and_headers_of_later_pages_are_no_sections() -> None:
    """Titles and headers that a printed page repeats are passed over."""
    rows, problems = read(("ΠΑΡΑΡΤΗΜΑ",), HEADER, THIRA, ("ΠΑΡΑΡΤΗΜΑ",), HEADER, KEDI)
    assert [row.agency.parent for row in rows] == ["", ""]
    assert problems == ()


@pytest.mark.parametrize(
    "numbers", [("1", "2", "3", "4", "5"), ("(1)", "(2)", "(3)", "(4)", "(5)"), ("", "1.", "2.", "3."), ("▼", "—", "▼")]
)
def test_a_row_without_words_is_passed_over(numbers: Sequence[str]) -> None:
    """A row that counts the columns, as forms have it below their header, or of signs alone, is no agency."""
    rows, problems = read(HEADER, numbers, THIRA)
    assert [row.agency.username for row in rows] == [THIRA[1]]
    assert problems == ()


@pytest.mark.parametrize("number", ["Α", "Β΄", "Α.", "ΣΤ)", "(Α)", "IV."])
def test_the_letter_of_a_section_is_no_part_of_it(number: str) -> None:
    """«Α | ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ» is the title of a section, as «ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ» is."""
    rows, problems = read(HEADER, (number, "", "ΝΟΜΙΚΑ ΠΡΟΣΩΠΑ"), THIRA)
    assert [row.agency.kind for row in rows] == [Kind.LEGAL_ENTITY]
    assert problems == ()


@pytest.mark.parametrize("number", ["7", "ΝΑΙ", "α"])
def test_an_agency_with_a_number_is_no_section(number: str) -> None:
    """A name beside an agency's number is what is left of the agency."""
    _, problems = read(HEADER, THIRA, (number, "", "ΚΕΔΗΘ"), KEDI)
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "B3")]


def test_totals_and_ordinals_are_passed_over() -> None:
    """A row that counts is no agency."""
    by_excel = ("", "", "", "Περιφέρεια Νοτίου Αιγαίου Σύνολο", "1")
    rows, problems = read(HEADER, THIRA, by_excel, ("", "", "Σύνολο:", "", "1"), ("ΓΕΝΙΚΟ ΣΥΝΟΛΟ",), ("4",))
    assert len(rows) == 1
    assert problems == ()
    rows, problems = read(HEADER, by_excel[:4], THIRA, ("", "Γενικό σύνολο", "1"), ("", "", "Σε μεταφορά", "1"))
    assert [row.agency.parent for row in rows] == [THIRA[3]]
    assert problems == ()
    assert read(HEADER, ("", "", "17.11.2020"), KEDI)[0][0].agency.parent == ""


@pytest.mark.parametrize("notes", ["Σε μεταφορά στον Δήμο Θήρας", "Σύνολο μελών: 5", "Δικαιούται το μερικό σύνολο"])
def test_an_agency_that_has_lost_its_user_name_is_no_total(notes: str) -> None:
    """A word of totals behind its name does not make it a row that counts: it is an error and not lost."""
    _, problems = read(HEADER, THIRA, ("2", "", "ΚΕΔΗΘ", "", "", "", notes))
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "B3")]


def test_a_lone_address_is_an_agency_without_a_user_name() -> None:
    """It is told, not dropped."""
    rows, problems = read(HEADER, THIRA, ("", "", "", "", "x@b.example"))
    assert [problem.at.cell for problem in problems] == ["B3", "C3"]
    assert tuple(rows[1].agency.emails) == ("x@b.example",)


@pytest.mark.parametrize("left", [1, 2])
def test_a_user_name_merged_over_its_row_is_no_title(left: int) -> None:
    """However far the cell reaches, the agency is told to be without name and is not passed over."""
    lost = ("",) * (left - 1) + ("212345678903",)
    rows, problems = read(HEADER, lost, THIRA, merges=[Area(2, left, 2, len(HEADER))])
    assert [(problem.severity, problem.at.cell) for problem in problems] == [(Severity.ERROR, "C2")]
    assert [row.agency.username for row in rows][-1] == "012345678901"


@given(st.integers(2, 3), st.integers(1, 7), st.integers(0, 2), st.integers(0, 6))
def test_no_user_name_is_lost_to_a_merge(top: int, left: int, more_rows: int, more_columns: int) -> None:
    """A user name that no merge covers is an agency's, or its row has a problem."""
    merge = Area(top, left, top + more_rows, left + more_columns)
    rows, problems = read(HEADER, ("", *THIRA[1:]), ("", *KEDI[1:]), merges=[merge])
    known = {place.cell[1:] for place in (*(row.agency.at for row in rows), *(problem.at for problem in problems))}
    for row in (2, 3):
        is_covered = left <= 2 <= merge.right and top <= row <= merge.bottom and (top, left) != (row, 2)
        assert is_covered or str(row) in known


@pytest.mark.parametrize("code", ["12345678901", "20551887336O", "2055 1887 3360 1", "1,23457E+11", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_a_broken_user_name_alone_is_no_title(code: str) -> None:
    """It is an error as in any row, and no group that the agencies below it, and the public annex, would show."""
    rows, problems = read(HEADER, ("", code), KEDI)
    assert [(problem.severity, problem.at.cell) for problem in problems] == [
        (Severity.ERROR, "B2"),
        (Severity.ERROR, "C2"),
    ]
    assert [row.agency.parent for row in rows] == ["", ""]


@pytest.mark.parametrize(
    "text",
    [
        *("Τηλ.: 210 1234567", "Τηλ.: +302101234567", "Α.Π. 78411/17.11.2020", "Φ.Ε.Κ. 1234/2020"),
        *("17.11.2020", "2020-2024", "1234/567890"),
    ],
)
def test_a_footer_with_digits_stops_no_check(text: str) -> None:
    """A telephone, a protocol or a date alone below the user names is no user name, whole or broken."""
    rows, problems = read(HEADER, THIRA, ("", text))
    assert len(rows) == 1
    assert not [problem for problem in problems if problem.severity is Severity.ERROR]


@pytest.mark.parametrize("place", [0, 2])
def test_a_whole_row_in_one_cell_is_no_title(place: int) -> None:
    """A .csv may have another separator in one row: the agency would be lost, with the code that it keeps."""
    rows, problems = read(HEADER, THIRA, (*("",) * place, "2,212345678903,ΚΕΔΗΘ,,,διατηρεί"), KEDI)
    assert [row.agency.parent for row in rows][-1] == ""
    assert Severity.ERROR in {problem.severity for problem in problems}


@pytest.mark.parametrize("title", ["ΟΤΑ Α΄ βαθμού 2020-2024", "325", "(13)"])
def test_a_title_with_digits_is_a_title(title: str) -> None:
    """Years in a title and a count below the user names are none."""
    assert read(HEADER, ("", title), KEDI)[1] == ()


def test_a_name_alone_that_nothing_follows_is_told() -> None:
    """It may be an agency that was left half empty."""
    rows, (problem,) = read(HEADER, THIRA, ("", "", "Δήμος Σικίνου"))
    assert len(rows) == 1
    assert (problem.severity, problem.at.cell) == (Severity.WARNING, "C3")


def test_a_merge_over_two_columns_counts_in_the_first() -> None:
    """A name that is merged over the parent's column is no parent."""
    rows, problems = read(HEADER, THIRA, merges=[Area(2, 3, 2, 4)])
    assert (rows[0].agency.name, rows[0].agency.parent) == ("Δήμος Θήρας", "")
    assert problems == ()


def test_a_merged_user_name_continues_in_the_next_row() -> None:
    """The second row of an agency is marked as such."""
    merges = [Area(2, column, 3, column) for column in (1, 2, 3)]
    rows, problems = read(HEADER, THIRA, ("", "", "", "", "second@b.example"), merges=merges)
    assert [(row.agency.username, row.continues) for row in rows] == [("012345678901", False), ("012345678901", True)]
    assert problems == ()


def test_an_address_is_not_lost_to_a_header() -> None:
    """A header's name that was copied over a user name does not make the agency a header."""
    _, (problem,) = read(HEADER, THIRA, (KEDI[0], HEADER[1], *KEDI[2:]))
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "B3")


def test_a_second_header_must_mean_the_same_columns() -> None:
    """A second table whose e-mails stand elsewhere would be read as one without addresses: it is an error."""
    other = (*HEADER[:4], "Παρατηρήσεις", "Κατάσταση", "E-mail")
    _, (problem,) = read(HEADER, THIRA, other, (*KEDI[:4], "", "", "kedi@b.example"))
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "E3")
    swapped = (HEADER[0], HEADER[2], HEADER[1], *HEADER[3:])
    _, (problem, *_) = read(HEADER, THIRA, swapped, (KEDI[0], KEDI[2], KEDI[1], *KEDI[3:]))
    assert (problem.severity, problem.at.cell) == (Severity.ERROR, "B3")
    assert "another order of columns than row 1" in problem.message
    fewer = ("Α/Α", "Όνομα χρήστη", "Φορέας", "", "E-mail")
    assert read(HEADER, THIRA, fewer, KEDI)[1] == ()
