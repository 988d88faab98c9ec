from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Place, Problem, Problems, Severity
from site_src.read.agency import PASSWORD_BYTES_MAX
from site_src.read.annex.emails import foreign_letters, latin_for, read_emails, script_of
from site_src.read.annex.sheets.grid import Reporter, make_cell

AT = Place("annex.xlsx", "ΔΗΜΟΙ", "E7")


def read(text: str, target: str = "") -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The addresses of a cell, and its problems."""
    problems = Problems()
    cell = make_cell(7, 5, text, link=target)
    return read_emails(cell, Reporter(AT.file, AT.sheet, problems)), problems.all()


def only_problem(text: str, target: str = "") -> Problem:
    """The one problem of a cell."""
    _, problems = read(text, target)
    assert len(problems) == 1, problems
    assert problems[0].at == AT
    assert problems[0].hint
    return problems[0]


@pytest.mark.parametrize(
    "text",
    [
        "a@b.example;C@d.example",
        "a@b.example, C@d.example",
        "a@b.example / C@d.example",
        "a@b.example\nC@d.example",
        "a@b.example C@d.example",
        "a@b.example;\r\nC@d.example;",
        "mailto:a@b.example; MAILTO:C@d.example?subject=x",
        "Μαρία Α. <a@b.example>, Νίκος <C@d.example>",
        '"Παπά, Μαρία" <a@b.example> C@d.example',
        "a@b.example <C@d.example>",
    ],
)
def test_several_addresses_are_told_apart(text: str) -> None:
    """Addresses stand apart by any usual separator, with names or mailto: around them, and keep their letter case."""
    assert read(text) == (("a@b.example", "C@d.example"), ())


@given(
    st.lists(
        st.from_regex(r"[a-zA-Z0-9]{1,9}(\.[a-z0-9_+-]{1,9})?@[a-z0-9]{1,9}\.example", fullmatch=True), min_size=1
    ),
    st.sampled_from([";", ", ", " / ", "\n", "  "]),
)
def test_addresses_are_kept_to_the_letter(addresses: list[str], separator: str) -> None:
    """Addresses come out exactly as declared, each once, in their order."""
    assert read(separator.join(addresses)[:2000])[0] or len(separator.join(addresses)) > 2000
    if len(separator.join(addresses)) <= 2000:
        assert read(separator.join(addresses))[0] == tuple(dict.fromkeys(addresses))


@given(st.text(), st.text())
def test_no_cell_makes_it_fail(text: str, target: str) -> None:
    """Addresses or problems come out of any cell, whatever it shows and links to."""
    addresses, problems = read(text, target)
    assert addresses or problems or not text.strip("".join(filter(str.isspace, text)))


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("\u00a0", "no-break space"),
        ("\u200b", "zero width space"),
        ("\ufeff", "zero width no-break space"),
        ("\u00ad", "soft hyphen"),
        ("\u202c", "pop directional formatting"),
        ("\u2009", "thin space"),
    ],
)
def test_what_cannot_be_seen_is_taken_off_with_a_warning(mark: str, name: str) -> None:
    """Unseen marks before and behind an address go, and the warning names them."""
    addresses, (problem,) = read(f"{mark}a@b.example{mark}")
    assert addresses == ("a@b.example",)
    assert problem.severity is Severity.WARNING
    assert f"2 × {name}" in problem.message


@pytest.mark.parametrize("sign", ["*", "'", "=", "-", "|", "?"])
def test_a_sign_that_hardly_begins_an_address_is_a_warning(sign: str) -> None:
    """A footnote's mark, a list's dash or what keeps Excel from calculating would be part of the password."""
    addresses, (problem,) = read(f"{sign}a.b-c_d+e@b.example")
    assert addresses == (f"{sign}a.b-c_d+e@b.example",)
    assert problem.severity is Severity.WARNING
    assert f'"{sign}"' in problem.message


def test_plain_spaces_around_are_taken_off_with_a_warning() -> None:
    """Spaces before and behind the whole go, and are told."""
    addresses, (problem,) = read(" a@b.example\n")
    assert addresses == ("a@b.example",)
    assert problem.severity is Severity.WARNING


def test_a_cell_of_spaces_is_empty() -> None:
    """A cell that only looks empty is taken as empty, with a warning."""
    addresses, (problem,) = read(" \u00a0")
    assert addresses == ()
    assert problem.severity is Severity.WARNING
    assert "only" in problem.message


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("Αnna@b.example", 'character 1, "Α", is a Greek letter (GREEK CAPITAL LETTER ALPHA): type the Latin "A"'),
        ("info@dimοs.example", 'character 9, "ο", is a Greek letter (GREEK SMALL LETTER OMICRON): type the Latin "o"'),
        ("infо@b.example", 'character 4, "о", is a Cyrillic letter (CYRILLIC SMALL LETTER O): type the Latin "o"'),
        ("ΟΤΑ@b.example", 'character 1, "Ο", is a Greek letter (GREEK CAPITAL LETTER OMICRON)'),
        ("ａb@b.example", 'is a letter of another script (FULLWIDTH LATIN SMALL LETTER A): type the Latin "a"'),
        ("iνfo@b.example", 'type the Latin "v" or "n"'),
    ],
)
def test_a_letter_of_another_script_is_named_with_its_place(address: str, told: str) -> None:
    """A Greek or Cyrillic letter in a Latin word is an error that names it, its place, and the Latin letter meant."""
    problem = only_problem(address)
    assert problem.severity is Severity.ERROR
    assert problem.value == address
    assert told in problem.message


@pytest.mark.parametrize("address", ["info@δήμος.example", "δημότης@b.example", "josé@b.example"])
def test_a_consistent_address_of_other_letters_is_a_warning(address: str) -> None:
    """Whole words of another script can be typed; the address is kept, with a warning."""
    addresses, (problem,) = read(address)
    assert addresses == (address,)
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize("text", ["-", "—", "δεν έχει", "dimos.example", "…"])
def test_a_filled_cell_without_an_address_is_an_error(text: str) -> None:
    """Words or a dash where an address belongs are an error: an empty cell alone means that there is none."""
    assert "no address at all" in only_problem(text).message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a@@b.example", 'two "@"'),
        ("@b.example", "before"),
        ("a@", "after"),
        ("a@b", "no dot"),
        ("a@b..example", "two dots"),
        ("a@b.example.", "two dots"),
        ("a..c@b.example", "cannot stand"),
        ("(a@b.example)", "no domain has"),
        ("a@-b.example", "no domain has"),
        ("a@b_c.example", "no domain has"),
        ("a@10.0.0.1", "its ending"),
    ],
)
def test_what_is_no_address_says_why(text: str, word: str) -> None:
    """Each fault of an address is named."""
    problem = only_problem(text)
    assert problem.severity is Severity.ERROR
    assert word in problem.message


def test_an_address_may_have_99_bytes_and_no_more() -> None:
    """The longest password counts in UTF-8 bytes."""
    rest = len("@δήμος.example".encode())
    longest = "a" * (PASSWORD_BYTES_MAX - rest) + "@δήμος.example"
    assert read(longest)[0] == (longest,)
    assert "100 bytes" in only_problem("a" + longest).message


def test_words_beside_addresses_are_an_error() -> None:
    """A cell may hold addresses only; what else stands there is quoted."""
    addresses, (problem,) = read("a@b.example κα Μαρία")
    assert addresses == ("a@b.example",)
    assert problem.value == "κα Μαρία"


@pytest.mark.parametrize(
    "target",
    [
        "mailto:a@b.example",
        "mailto:%61@b.example?subject=x@y",
        "https://b.example/a",
        "mailto:",
        "MAILTO:a@b.example%20",
        "a@b.example",
        "http://a@b.example/",
        "mailto:Nikos <a@b.example>",
        "mailto:Nikos%20%3Ca@b.example%3E",
        "mailto:?to=a@b.example&subject=x@y",
        "https://b.example/@a",
        "https://b.example/?to=c@d.example",
    ],
)
def test_a_link_to_the_same_address_is_fine(target: str) -> None:
    """A link that leads to what the cell shows, or to a page, is no problem."""
    assert read("a@b.example", target) == (("a@b.example",), ())


@pytest.mark.parametrize(
    ("text", "target", "word"),
    [
        ("a@b.example", "mailto:c@d.example", 'leads to "c@d.example"'),
        ("a@b.example", "mailto:A@b.example", "capital and small letters"),
        ("e-mail", "mailto:c@d.example", "shows no address"),
        ("a@b.example", "mailto:a@b.example,c@d.example", 'leads to "c@d.example"'),
        ("a@b.example", "c@d.example", 'leads to "c@d.example"'),
        ("a@b.example", "http://c@d.example", 'leads to "c@d.example"'),
        ("a@b.example", "http://mailto:c@d.example/", 'leads to "c@d.example"'),
        ("a@b.example", "mailto:?To=c%40d.example", 'leads to "c@d.example"'),
        ("a@b.example", "mailto:Nikos <c@d.example>", 'leads to "c@d.example"'),
        ("a@b.example", "mailto:a@b.example?cc=x@y.example&to=c+d@d.example", 'leads to "c+d@d.example"'),
    ],
)
def test_a_link_to_another_address_is_an_error(text: str, target: str, word: str) -> None:
    """A link that leads elsewhere than the cell shows is an error that tells both."""
    problem = only_problem(text, target)
    assert problem.severity is Severity.ERROR
    assert word in problem.message


def test_the_same_address_twice_counts_once() -> None:
    """A double is folded, with a warning; another letter case is another password."""
    assert read("a@b.example;a@b.example")[0] == ("a@b.example",)
    assert read("a@b.example;A@b.example") == (("a@b.example", "A@b.example"), ())


def test_a_control_character_is_an_error() -> None:
    """Nobody can type a bell."""
    assert "control character" in only_problem("a\x07@b.example").message


def test_a_very_long_cell_is_an_error_at_once() -> None:
    """A cell of a million letters is refused before it is divided."""
    assert "at most 2,000 can be read" in only_problem("a" * 1_000_000).message


def test_a_whole_word_of_another_script_is_told_in_part() -> None:
    """Five letters are named with their place, and how many more there are."""
    assert "; and 2 more" in only_problem("ΑΒΕΖΗΙΚx@b.example").message


@pytest.mark.parametrize("part", ["thira", "δήμος", "димос", "josé", "a-1_b", ""])
def test_a_part_in_one_script_is_believed(part: str) -> None:
    """Words that are Latin, or recognisably Greek or Cyrillic, hold no foreign letter."""
    assert foreign_letters(part) == []


@pytest.mark.parametrize(
    ("part", "letters"), [("thirα", "α"), ("ΟΤΑ", "ΟΤΑ"), ("dіmоs", "іо"), ("δήμοsς", "s"), ("ａb", "ａ")]
)
def test_letters_out_of_place_are_found(part: str, letters: str) -> None:
    """The letters of the lesser script are foreign, and all of a word that passes for Latin."""
    assert "".join(letter for _, letter in foreign_letters(part)) == letters


@pytest.mark.parametrize(
    ("letter", "meant"),
    [("Α", ("A",)), ("ν", ("v", "n")), ("ά", ("a",)), ("о", ("o",)), ("λ", ("l",)), ("ａ", ("a",)), ("ж", ())],
)
def test_the_latin_letter_meant(letter: str, meant: tuple[str, ...]) -> None:
    """By its look first, then by its key on the Greek keyboard."""
    assert latin_for(letter) == meant


@given(st.text())
def test_foreign_letters_are_where_they_are_said_to_be(part: str) -> None:
    """Each letter stands at its position, and Latin ones are never foreign in a part that is mostly Latin."""
    for position, letter in foreign_letters(part):
        assert part[position - 1] == letter
        assert script_of(letter)
