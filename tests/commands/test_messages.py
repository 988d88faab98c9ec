from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest

from site_src.commands.messages import problem_lines
from site_src.language.say import USUAL_CALL, call
from site_src.problems import Place, Problem, Severity, Topic, by_remedy
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.small_site import SmallSite

SHORT = [f"{number};Δήμος {number};;a{number}@dimos.example;" for number in range(100, 127)]
CAPITALS = [f"{number:012d};Δήμος {number};;A{number}@dimos.example;" for number in range(1, 28)]
SHARED = ("000000000091;Δήμος Πάρου;;ab@dimos.example;", "000000000092;Δήμος Νάξου;;ab@dimos.example;")


def _problem(message: str, hint: str, topic: Topic = Topic.EMAIL, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(severity=severity, topic=topic, message=message, hint=hint, at=Place("annex.xlsx", "ΔΗΜΟΙ", "C7"))


def test_problems_with_the_same_remedy_stand_together() -> None:
    """One hint makes one group, unless severity or topic differ; groups and problems stay in their order."""
    problems = [
        _problem("a", "type it again"),
        _problem("b", "ask them"),
        _problem("c", "type it again"),
        _problem("d", "type it again", severity=Severity.WARNING),
        _problem("e", "type it again", Topic.NAME),
    ]
    groups = [[problem.message for problem in alike] for alike in by_remedy(problems)]
    assert groups == [["a", "c"], ["b"], ["d"], ["e"]]


def test_without_a_hint_the_message_makes_the_group() -> None:
    """Two mistakes that have nothing in common are not told as one kind."""
    assert len(by_remedy([_problem("a", ""), _problem("b", ""), _problem("a", "")])) == 2


def test_the_counts_come_first_and_the_hint_once() -> None:
    """A reader learns how much there is to do, then what, then how."""
    lines = list(problem_lines([_problem("too long", "shorten it"), _problem("empty", "shorten it")]))
    assert lines == [
        "2 errors.",
        "",
        "error: annex.xlsx, ΔΗΜΟΙ!C7: too long",
        "error: annex.xlsx, ΔΗΜΟΙ!C7: empty",
        "  hint: shorten it",
    ]


def test_nothing_wrong_is_no_line() -> None:
    """A command without problems says nothing of them."""
    assert list(problem_lines([])) == []


def _warning(cell: str, message: str = "odd", file: str = "annex.csv", value: str = "x") -> Problem:
    problem = _problem(message, "look at it", severity=Severity.WARNING)
    return replace(problem, at=Place(file, cell=cell), value=value)


@pytest.mark.parametrize(
    ("warnings", "line"),
    [
        ([_warning("D2")], 'annex.csv, D2: "x": odd'),
        ([_warning("D2"), _warning("D3")], "annex.csv, D2, D3 (2 in all): odd"),
        ([_warning(f"D{row}") for row in range(2, 6)], "annex.csv, D2, D3, D4, … (4 in all): odd"),
        ([_warning("D2"), _warning("D2", value="y")], "annex.csv, D2 (2 in all): odd"),
        ([_warning("D2"), _warning("D3", "even")], 'annex.csv, D2, D3 (2 in all): the first: "x": odd'),
        ([_warning("D2"), _warning("", file="a.md")], "annex.csv, D2, a.md (2 in all): odd"),
        ([_warning("", file="a.pdf"), _warning("", file="b.pdf")], "a.pdf, b.pdf (2 in all): odd"),
    ],
)
def test_warnings_with_one_remedy_share_a_line(warnings: list[Problem], line: str) -> None:
    """The line has the number, the first three cells, and what is wrong: with the first of them where they differ."""
    assert list(problem_lines(warnings))[2:4] == [f"warning: {line}", "  hint: look at it"]


def test_warnings_in_full_are_one_by_one() -> None:
    """Each has its place and value again, the hint stands once, and no command is named that shows more."""
    lines = list(problem_lines([_warning("D2"), _warning("D3", value="y")], in_full=True))
    assert lines[1:] == [
        "",
        'warning: annex.csv, D2: "x": odd',
        'warning: annex.csv, D3: "y": odd',
        "  hint: look at it",
    ]


def test_the_command_that_shows_all_names_the_campaign() -> None:
    """It is the one that was asked for; with several campaigns the report is of the first that has a problem."""
    several = [replace(each, at=replace(each.at, campaign="2021-05")) for each in (_warning("D2"), _warning("D3"))]
    for problems, slug, every, one in (
        ([_warning("D2"), _warning("D3")], "", "check", "check"),
        (several, "", "check", "check 2021-05"),
        (several, "2021-05", "check 2021-05", "check 2021-05"),
    ):
        ends = [line.partition("build.py ")[2] for line in list(problem_lines(problems, slug))[-2:]]
        assert ends == [f"{every} --all", f"{one} --report problems.xlsx"]


@pytest.mark.parametrize(
    ("language", "counts", "error"), [("en", "27 errors.", "error:"), ("el", "27 σφάλματα.", "σφάλμα:")]
)
def test_errors_are_shown_in_full(site: SmallSite, language: str, counts: str, error: str) -> None:
    """In both languages: counts, each error with its cell; and the status says that it is wrong."""
    site.write((*ROWS, *SHORT))
    run = site.run("check", f"--lang={language}")
    assert run.returncode == 1
    lines = run.stdout.splitlines()
    assert lines[1] == counts
    told = [line for line in lines if line.startswith(f"{error} annex.csv, A")]
    assert [f'A{row}: "{row + 94}": ' in line for row, line in enumerate(told, start=6)] == [True] * len(SHORT)
    assert "--all" not in run.stdout


@pytest.mark.parametrize("language", ["el", "en"])
def test_check_speaks_briefly(site: SmallSite, root: Path, language: str) -> None:
    """The whole answer for a small annex: errors one by one, warnings a line a kind, and what shows them all."""
    site.write((*ROWS, SHORT[0], *CAPITALS, *SHARED))
    told = site.run("check", f"--lang={language}").stdout.replace(call(), USUAL_CALL)
    assert told == (root / "tests" / "data" / f"check.{language}.txt").read_text(encoding="utf-8")


def test_nothing_that_was_shortened_is_lost(site: SmallSite, tmp_path: Path) -> None:
    """`--all`, JSON and the marked workbook have every warning with its cell."""
    site.write((*ROWS, *CAPITALS))
    cells = [f"D{row}" for row in range(6, 6 + len(CAPITALS))]
    lines = site.run("check", "--all").stdout.splitlines()
    assert [line.split(": ")[1] for line in lines if line.startswith("warning:")] == [f"annex.csv, {c}" for c in cells]
    assert [line for line in lines if "--all" in line or "--report" in line] == []
    assert [found["cell"] for found in json.loads(site.run("check", "--format=json").stdout)["problems"]] == cells
    report = tmp_path / "problems.xlsx"
    site.run("check", f"--report={report}")
    shown = openpyxl.load_workbook(report)["annex.csv"]
    assert [cell.coordinate for row in shown.iter_rows() for cell in row if cell.comment] == cells


def test_the_summary_of_a_build_stays_in_sight(site: SmallSite) -> None:
    """Its warnings are brief too: a kind is one line with its remedy, whatever the number."""
    site.write((*ROWS, *CAPITALS))
    run = site.run("build", "--date=2020-11-18")
    assert run.returncode == 0
    (line,) = (line for line in run.stderr.splitlines() if line.startswith("warning:"))
    assert "D6, D7, D8, … (27 in all)" in line
    assert len(run.stderr.splitlines()) < 20


def test_build_tells_them_the_same_way(site: SmallSite) -> None:
    """Errors of a build read as check reports them, and a last line says that nothing was written."""
    site.write((*ROWS, *SHORT))
    told = site.run("check").stdout.splitlines()[1:]
    assert site.run("build").stderr.splitlines() == [*told, "Nothing was written."]


@pytest.mark.parametrize(
    ("language", "said", "nothing"),
    [
        ("en", "1 error, at the top of this list, and 3 warnings.", "Nothing was written: "),
        ("el", "1 σφάλμα, στην αρχή αυτού του καταλόγου, και 3 προειδοποιήσεις.", "Δεν γράφτηκε τίποτα: "),
    ],
)
def test_errors_above_warnings_are_told_again_at_the_end(
    site: SmallSite, language: str, said: str, nothing: str
) -> None:
    """In a window that shows the end of a long list alone, the end says that there is an error further up."""
    capitals = tuple(f"{number:012d};Δήμος {number};;A{number}@dimos.example;" for number in range(1, 4))
    site.write((*ROWS, SHORT[0], *capitals))
    assert site.run("check", f"--lang={language}").stdout.splitlines()[-1] == said
    assert site.run("build", f"--lang={language}").stderr.splitlines()[-1] == nothing + said


@pytest.mark.parametrize(("language", "said"), [("en", "Nothing is wrong."), ("el", "Δεν βρέθηκε κανένα πρόβλημα.")])
def test_check_says_that_nothing_is_wrong(site: SmallSite, language: str, said: str) -> None:
    """Silence would leave a reader in doubt."""
    run = site.run("check", f"--lang={language}")
    assert run.returncode == 0
    assert run.stdout.splitlines()[1:] == [said]


def test_json_has_all_and_nothing_else(site: SmallSite) -> None:
    """Programs get one object, whose names are fixed, with every problem whole."""
    site.write((*ROWS, *SHORT))
    run = site.run("check", "--format=json")
    assert run.returncode == 1
    told = json.loads(run.stdout)
    assert list(told) == ["agencies", "letters", "keeps", "contact_us", "problems"]
    assert {key: told[key] for key in list(told)[:4]} == {"agencies": 4, "letters": 3, "keeps": 0, "contact_us": 1}
    errors = [problem for problem in told["problems"] if problem["severity"] == "error"]
    assert len(errors) == len(SHORT)
    assert list(errors[0]) == ["severity", "campaign", "file", "sheet", "cell", "value", "message", "hint"]
    assert [errors[0][name] for name in ("campaign", "file", "cell", "value")] == ["", "annex.csv", "A6", "100"]


def test_with_several_campaigns_a_place_tells_whose_file_it_is(site: SmallSite) -> None:
    """Every campaign has files of the same names; the text puts the folder before the name, the object beside it."""
    site.add_campaign("2021-05")
    site.write((*ROWS, SHORT[0]))
    for asked in ([], [SLUG]):
        assert "error: 2020-11/annex.csv, A6: " in site.run("check", *asked).stdout
        problems = json.loads(site.run("check", "--format=json", *asked).stdout)["problems"]
        (error,) = (problem for problem in problems if problem["severity"] == "error")
        assert [error[name] for name in ("campaign", "file", "cell")] == [SLUG, "annex.csv", "A6"]


@pytest.mark.parametrize("language", ["el", "en"])
def test_json_tells_a_place_alike_in_every_language(site: SmallSite, language: str) -> None:
    """A line of a text file is called the same, whatever language the messages are in."""
    (site.campaign / "circular.md").write_text("Κείμενο\n\n{{ deadlin }}\n", encoding="utf-8")
    told = json.loads(site.run("check", "--format=json", f"--lang={language}").stdout)
    places = [tuple(problem[name] for name in ("file", "sheet", "cell")) for problem in told["problems"]]
    assert ("circular.md", "", "line 3") in places
