from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Problems, Severity, Topic, UsageError
from site_src.read.content.toml_table import TomlTable, change, changed, parse_day, parsed, value_of
from tests.support.content_files import only

if TYPE_CHECKING:
    from pathlib import Path


def load(folder: Path, text: str | bytes, problems: Problems) -> TomlTable:
    """The table of a file that holds this text."""
    path = folder / "some.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return TomlTable.load(path, problems)


@pytest.mark.parametrize(
    "text",
    ["2020-11-30", "30-11-2020", "30/11/2020", "30.11.2020", " 2020-11-30 ", "20201130"],
)
def test_days_are_read_as_people_write_them(text: str) -> None:
    """ISO dates and the Greek order with hyphens, slashes or full stops name the same day."""
    assert parse_day(text) == date(2020, 11, 30)


@given(st.dates(), st.sampled_from(["{0.day}/{0.month}/{0.year:04}", "{0.day:02}-{0.month:02}-{0.year:04}", "{0}"]))
def test_every_day_is_read_back(day: date, form: str) -> None:
    """Any day comes back from any of its forms, with or without leading zeros."""
    assert parse_day(form.format(day)) == day


@pytest.mark.parametrize(
    "text", ["", "31/2/2020", "2020-02-30", "11/30/2020", "30-11-20", "30 Νοεμβρίου 2020", "30/11", "2020-11-30T10:00"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    """Impossible days, two-digit years and words are not guessed at."""
    with pytest.raises(ValueError):  # noqa: PT011 (the callers know it by its type)
        parse_day(text)


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_value_error(text: str) -> None:
    """No text brings another exception than ValueError."""
    try:
        parse_day(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    "value",
    ["2020-11-30", "2020-11-30T10:30:00", "2020-11-30T10:30:00+02:00", '"2020-11-30"', '"30/11/2020"', "'30.11.2020'"],
)
def test_a_day_may_be_a_toml_date_a_moment_or_text(value: str, tmp_path: Path, problems: Problems) -> None:
    """TOML's dates and moments and quoted text in a known form are all the same day."""
    assert load(tmp_path, f"deadline = {value}", problems).day("deadline") == date(2020, 11, 30)
    assert problems.all() == ()


@pytest.mark.parametrize("value", ["20201130", "10:30:00", "true", "[2020-11-30]", '"soon"', "1.5", '"31/11/2020"'])
def test_a_value_that_is_no_day_is_a_problem(value: str, tmp_path: Path, problems: Problems) -> None:
    """A number, a time, a list or an impossible day is told with its key, its value and the form to write."""
    assert load(tmp_path, f"deadline = {value}", problems).day("deadline") is None
    problem = only(problems)
    assert (problem.topic, str(problem.at)) == (Topic.SETTING, "some.toml, deadline")
    assert problem.value
    assert "2020-11-30" in problem.hint


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0202-11-30", "2202-11-30"])
def test_a_mistyped_year_is_a_problem(day: str, tmp_path: Path, problems: Problems) -> None:
    """A year that no campaign can lie in is a slip of the finger: no later stage has to cope with it."""
    assert load(tmp_path, f"deadline = {day}", problems).day("deadline") is None
    assert only(problems).topic is Topic.SETTING


def test_days_next_to_any_accepted_one_exist(tmp_path: Path, problems: Problems) -> None:
    """The day before any accepted day can be computed: letters name the last day of the old codes."""
    for text in ("0001-01-01", "2020-11-30"):
        day = load(tmp_path, f"effective = {text}", problems).day("effective")
        assert day is None or day - timedelta(days=1) < day


def test_text_is_one_line_and_numbers_count_as_digits(tmp_path: Path, problems: Problems) -> None:
    """White space is squeezed, a protocol number may stand without quotes, and a missing key gives the default."""
    table = load(tmp_path, 'a = """ one\n  two """\nb = 78411\nempty = ""', problems)
    assert (table.text("a"), table.text("b"), table.text("c", "usual"), table.text("empty", "x")) == (
        "one two",
        "78411",
        "usual",
        "x",
    )
    assert problems.all() == ()


@pytest.mark.parametrize("value", ["true", "1.5", "[]", "{}", "2020-11-30", '["a"]'])
def test_text_of_another_type_is_a_problem(value: str, tmp_path: Path, problems: Problems) -> None:
    """A value that is neither text nor a whole number is reported, and the default replaces it."""
    assert load(tmp_path, f"title = {value}", problems).text("title", "-") == "-"
    assert (only(problems).message, str(only(problems).at)) == ("expected text", "some.toml, title")


@pytest.mark.parametrize("text", ["", 'title = ""', 'title = " \\n"', "other = 1"])
def test_a_required_text_must_be_there(text: str, tmp_path: Path, problems: Problems) -> None:
    """Missing, empty and blank are the same mistake."""
    load(tmp_path, text, problems).text("title", required=True)
    assert only(problems).message == "this key is missing"


def test_an_optional_text_is_there_or_not(tmp_path: Path, problems: Problems) -> None:
    """An empty one counts as left out, a blank one is a slip."""
    table = load(tmp_path, 'empty = ""\nblank = " \\t"', problems)
    assert (table.text("empty", "-"), table.text("other", "-"), problems.all()) == ("-", "-", ())
    assert table.text("blank", "-") == "-"
    assert (only(problems).message, str(only(problems).at)) == ("this text is blank", "some.toml, blank")


def test_a_required_day_must_be_there(tmp_path: Path, problems: Problems) -> None:
    """A missing day and an empty text are the same mistake, and an optional one may lack."""
    table = load(tmp_path, 'empty = ""', problems)
    assert (table.day("deadline", required=True), table.day("empty", required=True), table.day("later")) == (None,) * 3
    assert [problem.message for problem in problems.all()] == ["this date is missing"] * 2


def test_texts_are_a_list_or_the_lines_of_one_text(tmp_path: Path, problems: Problems) -> None:
    """A list, one text, and a text of several lines all give texts; blank ones fall out."""
    table = load(tmp_path, 'a = ["x  y", "", 5]\nb = "one"\nc = """one\n\ntwo"""', problems)
    assert (table.texts("a"), table.texts("b"), table.texts("c"), table.texts("d")) == (
        ("x y", "5"),
        ("one",),
        ("one", "two"),
        (),
    )
    assert problems.all() == ()


@pytest.mark.parametrize("value", ["5", "[[]]", "[1.5]", "[{}]", "{ a = 1 }", "true", "2020-11-30", "[true]"])
def test_texts_of_another_type_are_a_problem(value: str, tmp_path: Path, problems: Problems) -> None:
    """A list of anything but texts is told; a truth value is no text either."""
    assert load(tmp_path, f"sender = {value}", problems).texts("sender") == ()
    assert only(problems).message == "expected a list of texts"


@pytest.mark.parametrize("value", ["true", "0", "-3", "1.0", '"4"', "[4]"])
def test_a_whole_number_must_be_one_and_large_enough(value: str, tmp_path: Path, problems: Problems) -> None:
    """Truth values, fractions, quoted numbers and numbers below the least are told, and the default stands in."""
    assert load(tmp_path, f"groups = {value}", problems).whole("groups", 5, least=1) == 5
    assert only(problems).message == "expected a whole number of 1 or more"


def test_a_whole_number_is_read(tmp_path: Path, problems: Problems) -> None:
    """The least one counts, and a missing key gives the default."""
    table = load(tmp_path, "groups = 1", problems)
    assert (table.whole("groups", 5, least=1), table.whole("length", 4, least=1)) == (1, 4)
    assert problems.all() == ()


@pytest.mark.parametrize("value", ["5", '"x"', "[]", "2020-11-30", "[{}]"])
def test_a_table_must_be_one(value: str, tmp_path: Path, problems: Problems) -> None:
    """Another value where a table belongs is told, and the rest is read as if it were missing."""
    inner = load(tmp_path, f"code = {value}", problems).table("code")
    assert inner.keys == ()
    assert only(problems).message == "expected a table"


def test_tables_give_tables_and_texts(tmp_path: Path, problems: Problems) -> None:
    """A list may mix tables and plain texts; each table knows its place in the list."""
    first, second = load(tmp_path, 'people = ["A: 1", { name = 2.5 }]', problems).tables("people")
    assert first == "A: 1"
    assert isinstance(second, TomlTable)
    second.text("name")
    assert str(only(problems).at) == "some.toml, people[2].name"


@pytest.mark.parametrize("value", ["5", '"x"', "[5]", "{ }", '["a", 1]'])
def test_tables_of_another_type_are_a_problem(value: str, tmp_path: Path, problems: Problems) -> None:
    """Anything but tables and texts in a list is told."""
    assert load(tmp_path, f"people = {value}", problems).tables("people") == ()
    assert only(problems).message == "expected a list"


def test_an_unknown_key_suggests_the_nearest(tmp_path: Path, problems: Problems) -> None:
    """A mistyped key names the one that was probably meant, at its full place; a strange one, all that are known."""
    table = load(tmp_path, "[code]\ngruops = 5\nzzz = 1", problems).table("code")
    table.whole("groups", 5, least=1)
    table.finish()
    near, far = problems.all()
    assert (str(near.at), near.hint) == ("some.toml, code.gruops", 'did you mean "groups"?')
    assert (str(far.at), far.hint) == ("some.toml, code.zzz", "it can be one of: groups")


def test_a_key_below_the_wrong_table_is_told_where_it_belongs(tmp_path: Path, problems: Problems) -> None:
    """A key appended to a file is in its last table; a key of a table may be above it."""
    table = load(tmp_path, "date = 2\n[letter]\nfolder = 1\nsigner = {date = 3}", problems)
    table.text("folder")
    letter = table.table("letter")
    letter.text("date")
    letter.table("signer")
    table.finish()
    assert {str(each.at): each.hint for each in problems.all()} == {
        "some.toml, date": "it belongs below [letter]",
        "some.toml, letter.folder": "it belongs at the top of the file, above the first [table]",
        "some.toml, letter.signer.date": "it belongs below [letter]",
    }


def test_known_keys_are_no_problem(tmp_path: Path, problems: Problems) -> None:
    """A table whose keys were all asked for has nothing to report."""
    table = load(tmp_path, 'a = "x"', problems)
    table.text("a")
    table.finish()
    assert problems.all() == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff\xfe\x00", "not text"),
        ("a = ", "not TOML"),
        ("a = 1\na = 2", "not TOML"),
        ("a = \x00", "not text"),
        ("a = “x”", "not TOML"),
        ("a = 2020-02-30", "not TOML"),
        ("a = " + "[" * 50_000, "not TOML"),
        ("a = " + "9" * 5_000, "not TOML"),
    ],
    ids=["half UTF-16", "no value", "twice", "NUL", "curly quotes", "no such day", "deep", "long number"],
)
def test_a_file_that_is_no_toml_is_one_problem(
    text: str | bytes, message: str, tmp_path: Path, problems: Problems
) -> None:
    """A mistake in the file as a whole is one clear error that names it."""
    load(tmp_path, text, problems).text("title", required=True)
    assert message in only(problems).message
    assert (only(problems).topic, only(problems).at.file) == (Topic.FILE, "some.toml")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path, problems: Problems) -> None:
    """Notepad's mark at the beginning is no part of the first key."""
    assert load(tmp_path, "\ufefftitle = 'x'", problems).text("title") == "x"


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path, problems: Problems) -> None:
    """A file that cannot be read is reported in the system's own words."""
    assert TomlTable.load(tmp_path / "none.toml", problems).keys == ()
    assert TomlTable.load(tmp_path, problems).keys == ()
    assert [problem.topic for problem in problems.all()] == [Topic.FILE] * 2


@given(st.binary(max_size=60) | st.text("a=[]{}\"'\\\n.0123-:T#x", max_size=60).map(str.encode))
def test_any_bytes_are_a_table_or_one_problem(tmp_path: Path, data: bytes) -> None:
    """No content of the file brings an exception, whatever its keys are then asked for; damage is one problem."""
    problems = Problems()
    table = load(tmp_path, data, problems)
    damaged = problems.has_errors
    for key in (*table.keys, "a"):
        table.text(key)
        table.texts(key)
        table.day(key)
        table.whole(key, 1, least=1)
        table.table(key).finish()
        table.tables(key)
    table.finish()
    assert not damaged or [p.severity for p in problems.all()].count(Severity.ERROR) == 1


def test_what_stands_beside_a_bad_line_is_read(tmp_path: Path, problems: Problems) -> None:
    """The lines around a slip keep their values, and what seems to be missing because of it is not told."""
    table = load(tmp_path, 'folder = "Α"\ndeadline = 2020-31-12\nplace = Αθήνα\n[annex]\nname = "Β"\n', problems)
    assert (table.text("folder"), table.table("annex").text("name")) == ("Α", "Β")
    assert table.day("deadline", required=True) is None
    assert only(problems).value == "deadline = 2020-31-12"


@pytest.mark.parametrize("text", ['keeps = ["a", "b"', "a = \n" * 100, 'a = """', "[" * 5_000])
def test_a_file_with_too_much_damage_is_empty(text: str, tmp_path: Path, problems: Problems) -> None:
    """Nothing of a file is believed whose damage has no known place, or is everywhere."""
    assert load(tmp_path, text, problems).keys == ()
    assert only(problems).topic is Topic.FILE


def test_a_huge_number_can_be_told(tmp_path: Path, problems: Problems) -> None:
    """A number too long for decimal digits is a mistake like any other, not an end of the program."""
    table = load(tmp_path, "title = 0x" + "f" * 5_000 + "\nwhen = 0x" + "f" * 5_000, problems)
    table.text("title")
    table.day("when")
    assert problems.has_errors


def test_a_line_that_is_no_toml_is_shown(tmp_path: Path, problems: Problems) -> None:
    """A slip in the file is told with the line's number and with what stands there."""
    path = tmp_path / "campaign.toml"
    path.write_text("# facts\ndeadline = 2020-31-12\n", encoding="utf-8")
    TomlTable.load(path, problems)
    problem = only(problems)
    assert (problem.at.line, problem.value) == (2, "deadline = 2020-31-12")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\na = 2", "υπάρχει ήδη τιμή με αυτό το όνομα"),
        ("folder", "λείπει το '=' μετά το όνομα της ρύθμισης"),
        ("[code", "λείπει το ']' στο τέλος του πίνακα"),
        ("a = 1 b", "περισσεύει κάτι στο τέλος της γραμμής"),
        ('a = "x\n', "το κείμενο δεν κλείνει με εισαγωγικά στο τέλος της γραμμής"),
        ('a = "x', "το κείμενο δεν κλείνει με εισαγωγικά"),
        ("a = 2020-02-30", "δεν υπάρχει τέτοια ημερομηνία"),
        ("= 1", "η γραμμή δεν είναι ρύθμιση"),
        ("a.= 1", "το όνομα της ρύθμισης δεν αρχίζει σωστά"),
        ("a =", "η τιμή δεν είναι σωστά γραμμένη"),
        ("a = “x”", "η τιμή δεν είναι σωστά γραμμένη"),
        ("a = [1 2", "η λίστα δεν κλείνει με ']'"),
        ("a = { b = 1 c", "ο πίνακας δεν κλείνει με '}'"),
        (r'a = "C:\x"', "το '\\' μέσα σε κείμενο γράφεται διπλό"),
    ],
)
@pytest.mark.usefixtures("in_greek")
def test_each_mistake_in_greek(text: str, told: str, tmp_path: Path, problems: Problems) -> None:
    """Each mistake that people make has words of its own."""
    load(tmp_path, text, problems)
    assert only(problems).message.endswith(told)


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [("title = 'x'\nfolder = y\n", "some.toml, γραμμή 2", "folder = y"), ("a = [1 ", "some.toml", "")],
)
@pytest.mark.usefixtures("in_greek")
def test_the_line_of_the_mistake(text: str, at: str, line: str, tmp_path: Path, problems: Problems) -> None:
    """The line is named and quoted; where the file ends too early there is none."""
    load(tmp_path, text, problems)
    assert (str(only(problems).at), only(problems).value) == (at, line)


def test_only_what_is_named_changes(tmp_path: Path) -> None:
    """Keys are changed, added with their tables and removed; comments, order and all other lines stay."""
    path = tmp_path / "a.toml"
    path.write_text(
        '# of ours\nb = "1"  # beside\nunknown = [1,\n 2]\na = "x"\n[circular]\nplace = "Α"\n', encoding="utf-8"
    )
    change(path, {"b": "2", "a": "", "circular.signatory.name": "Β", "reissue.012345678901": 2})
    assert path.read_text(encoding="utf-8") == (
        '# of ours\nb = "2"  # beside\nunknown = [1,\n 2]\n[circular]\nplace = "Α"\n'
        'signatory = {name = "Β"}\n\n[reissue]\n012345678901 = 2\n'
    )
    assert value_of(parsed(path), "circular.signatory.name") == "Β"
    assert value_of(parsed(path), "circular.place.name") == ""


def test_a_key_takes_the_place_of_the_comment_that_asks_for_it() -> None:
    """In a draft a key is put where its comment explains it, in its own table; without one it goes to the end."""
    draft = (
        '# folder = "…" # the name: fill this in\n# address = "a" # not this one\n[contact]\nunit = "Α"\n'
        '# address = "a"   # where\n[server]\n# address = "b" # nor this one\n'
    )
    text = changed(draft, {"folder": "Β", "contact.address": "Γ", "server.realm": "Δ"})
    assert text == (
        'folder = "Β"  # the name\n# address = "a" # not this one\n[contact]\nunit = "Α"\n'
        'address = "Γ"  # where\n[server]\n# address = "b" # nor this one\nrealm = "Δ"\n'
    )


def test_a_comment_that_cannot_become_a_key_stays() -> None:
    """Beside a signatory that is a table on one line, the comment of its other key stays a comment."""
    draft = '[circular]\nsignatory = {title = "Α"}\n# signatory.name = "…" # who: fill this in\n'
    text = changed(draft, {"circular.signatory.name": "Β"})
    assert tomllib.loads(text)["circular"]["signatory"] == {"title": "Α", "name": "Β"}
    assert draft.splitlines()[-1] == text.splitlines()[-1]


def test_no_change_writes_nothing(tmp_path: Path) -> None:
    """Without a change there is no new file, and no file where there was none."""
    change(tmp_path / "a.toml", {})
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("text", ["x = [", "[a]\nx = 1\nx = 2"])
def test_what_is_no_toml_is_named(tmp_path: Path, text: str) -> None:
    """A damaged file is left as it is, and the message names it."""
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r'"a\.toml" is not TOML'):
        change(path, {"y": "1"})
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("προθεσμία = 2020-11-30", "each key and each [table] is there once"),
        ('folder = "α"', "each key and each [table] is there once"),
        ("\N{NO-BREAK SPACE}deadline = 2020-11-30", "type it again"),
        ("dead\N{ZERO WIDTH SPACE}line = 2020-11-30", "type it again"),
        ('subject = "α\N{NO-BREAK SPACE}β', "each key and each [table] is there once"),
    ],
)
def test_a_line_that_is_no_toml_has_its_own_hint(line: str, hint: str, tmp_path: Path) -> None:
    """A key of other letters, or one that is there twice, is answered; so is what nobody can see at the mistake."""
    path, problems = tmp_path / "a.toml", Problems()
    path.write_text(f'folder = "α"\n{line}\n', encoding="utf-8")
    TomlTable.load(path, problems)
    (problem,) = problems.all()
    assert problem.at.line == 2
    assert problem.hint.startswith(hint)
