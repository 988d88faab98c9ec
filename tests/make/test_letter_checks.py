from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from site_src.make.letters import Typesetter, check_letters
from site_src.problems import Problem, Problems, Topic
from site_src.read.agency import Agency
from site_src.read.inputs import LetterInputs
from site_src.read.settings import CodePolicy
from tests.make.test_letters import FACTS, built_in, own_template
from tests.read.content.test_logo import png

if TYPE_CHECKING:
    from pathlib import Path

DAMAGED_PNG = png()[:-20] + png()[-12:]  # its pixels end too early


@pytest.fixture
def typesetter(root: Path) -> Typesetter:
    """Sets the built-in letter."""
    return built_in(root)


def only(problems: Problems) -> Problem:
    """The one problem that was found."""
    (problem,) = problems.all()
    return problem


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Δήμος ﬁ", "shows other characters in place of 'ﬁ'"),
        ("Δήμος 日", "do not have '日'"),
        (f"Δήμος {'Ω' * 90}", "cuts this name off"),
        (f"Δήμος {'Ω' * 31}", ""),
        ("Ω-" * 90, ""),
        ("Δήμος fi «Αθηναίων» – ΐ", ""),
    ],
)
def test_a_name_that_a_letter_does_not_show_as_it_is_is_told(name: str, told: str, typesetter: Typesetter) -> None:
    """A name that `verify` would not find in the letter is a mistake in the annex, before any letter is made."""
    problems = Problems()
    check_letters(
        typesetter, CodePolicy(), [Agency(username="0" * 12, name=each) for each in (name, "Δήμος")], problems
    )
    assert [(problem.value, told in problem.message) for problem in problems.all()] == ([(name, True)] if told else [])


def test_a_good_template_is_no_problem(typesetter: Typesetter) -> None:
    """The built-in letter passes its own check with any alphabet."""
    problems = Problems()
    check_letters(typesetter, CodePolicy(), [], problems)
    check_letters(typesetter, CodePolicy(group_length=1, alphabet="C"), [], problems)
    assert problems.all() == ()


@pytest.mark.parametrize(
    "text",
    [
        "#let",
        "#sys.inputs.agancy",
        "#panic(sys.inputs.agency)",
        '#image("none.png")',
        '#read("../secret")',
        "#while true {}",
        "#let f() = f(); #f()",
        "no title",
        "#set document(title: [t])\n日本",
    ],
)
def test_a_broken_template_is_one_problem(text: str, tmp_path: Path) -> None:
    """A mistake of any kind in a campaign's own letter is one error that names the file and the way back."""
    problems = Problems()
    check_letters(own_template(tmp_path, text), CodePolicy(), [], problems)
    problem = only(problems)
    assert (problem.topic, problem.at.file) == (Topic.TEXT, "letter.typ")
    assert "built-in letter" in problem.hint
    assert "\n" not in problem.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("letter.typ", '#import "@preview/nothing:0.0.0": x'),
        ("letter.typ", '#let from = "@local/nothing:1.2.3"\n#import from'),
        ("part.typ", '#import "@preview/nothing:0.0.0"'),
        ("files/part.typ", '#import "@preview/nothing:0.0.0"'),
    ],
)
def test_a_template_takes_nothing_from_the_network(name: str, text: str, tmp_path: Path) -> None:
    """A package is an error before Typst can ask for it, in the template and in its parts."""
    typesetter = own_template(tmp_path, f'#include "{name}"')
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    problems = Problems()
    check_letters(typesetter, CodePolicy(), [], problems)
    assert "would come from the network" in only(problems).message


def test_a_template_in_another_encoding_is_one_problem(tmp_path: Path) -> None:
    """A letter.typ that an old editor saved in Windows-1253 is a mistake like any other."""
    problems = Problems()
    (tmp_path / "letter.typ").write_bytes("Κωδικός".encode("cp1253"))
    check_letters(Typesetter(LetterInputs(tmp_path / "letter.typ", FACTS)), CodePolicy(), [], problems)
    assert only(problems).topic is Topic.TEXT


def test_a_template_cannot_read_outside_its_folder(tmp_path: Path) -> None:
    """A campaign's own letter sees what lies beside it and nothing above."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "campaign"
    folder.mkdir()
    for path in ("../secret.txt", "/../secret.txt", str(tmp_path / "secret.txt")):
        problems = Problems()
        check_letters(own_template(folder, f'#read("{path}")'), CodePolicy(), [], problems)
        assert problems.has_errors


@pytest.mark.parametrize("lacking", ["agency", "username", "code"])
def test_an_own_letter_that_lacks_what_it_is_for_is_an_error(lacking: str, tmp_path: Path) -> None:
    """A letter without the code, the user name or the agency is told before any is sent."""
    shown = " ".join(f"#sys.inputs.{name}" for name in ("agency", "username", "code") if name != lacking)
    problems = Problems()
    check_letters(own_template(tmp_path, f"#set document(title: [T])\n{shown}"), CodePolicy(), [], problems)
    assert lacking in only(problems).message


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/a.png", "data:image/png;base64," + base64.b64encode(DAMAGED_PNG).decode()],
    ids=["linked", "damaged"],
)
def test_a_logo_that_no_letter_can_show_is_told_at_its_key(root: Path, address: str) -> None:
    """A drawing only links its picture, as drawing programs do by themselves, or a PNG is damaged within."""
    picture = f'<image href="{address}" width="1" height="1"/>'
    logo = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{picture}</svg>'
    problems = Problems()
    letter = LetterInputs(root / "templates" / "letter.typ", FACTS, logo)
    check_letters(Typesetter(letter), CodePolicy(), [], problems)
    (problem,) = problems.all()
    assert (problem.at.file, problem.at.cell) == ("site.toml", "logo")
    assert "export the logo again" in problem.hint
