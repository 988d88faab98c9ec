from __future__ import annotations

import tomllib

import pytest

from site_src.read.content.toml_syntax import bad_line, syntax_mistake

pytestmark = pytest.mark.usefixtures("in_greek")


def _mistake(text: str) -> Exception:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    return caught.value


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
def test_each_mistake_in_greek(text: str, told: str) -> None:
    """Each mistake that people make has words of its own."""
    assert syntax_mistake(_mistake(text)) == told


def test_the_line_of_the_mistake() -> None:
    """The line is named and quoted; where the file ends too early there is none."""
    text = 'title = "x"\nfolder = y\n'
    place, line = bad_line("campaign.toml", text, _mistake(text))
    assert (str(place), line) == ("campaign.toml, γραμμή 2", "folder = y")
    place, line = bad_line("campaign.toml", "a = [1 2", _mistake("a = ["))
    assert (str(place), line) == ("campaign.toml", "")
