from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from site_src.commands.messages import problem_lines
from site_src.problems import ALIKE_SHOWN, Place, Problem, Severity, Topic, by_remedy
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

SHORT = [f"{number};Δήμος {number};;a{number}@dimos.example;" for number in range(100, 100 + ALIKE_SHOWN + 7)]


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


@pytest.mark.parametrize(("more", "told"), [(0, []), (1, ["… and 1 more"]), (37, ["… and 37 more"])])
def test_many_of_one_kind_are_told_in_part(more: int, told: list[str]) -> None:
    """Twenty show what the matter is; the number of the rest, and where they are, follows."""
    lines = list(problem_lines([_problem("empty", "fill it")] * (ALIKE_SHOWN + more)))
    assert sum(line.startswith("error:") for line in lines) == ALIKE_SHOWN
    assert [line.split(" like")[0] for line in lines if line.startswith("…")] == told
    assert lines[-1] == "  hint: fill it"


@pytest.mark.parametrize(
    ("language", "counts", "error", "more"),
    [
        ("en", "27 errors.", "error:", "… and 7 more like these; "),
        ("el", "27 σφάλματα.", "σφάλμα:", "… και 7 ακόμη σαν αυτά· "),
    ],
)
def test_check_tells_a_colleague(site: SmallSite, language: str, counts: str, error: str, more: str) -> None:
    """In both languages: counts, the first of each kind, the rest as a number; and the status says that it is wrong."""
    site.write((*ROWS, *SHORT))
    run = site.run("check", f"--lang={language}")
    assert run.returncode == 1
    lines = run.stdout.splitlines()
    assert lines[1] == counts
    assert sum(line.startswith(f"{error} annex.csv, A") for line in lines) == ALIKE_SHOWN
    assert [line for line in lines if line.startswith(more) and "--report" in line]


def test_build_tells_them_the_same_way(site: SmallSite) -> None:
    """What stops a build reads as check says it, and then that nothing was written."""
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
