from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import (
    LONGEST_VALUE_SHOWN,
    InputError,
    MachineError,
    Place,
    Problem,
    Problems,
    Severity,
    StateError,
    ThyridaError,
    Topic,
    UsageError,
)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(), ""),
        (Place("annex.xlsx"), "annex.xlsx"),
        (Place("annex.xlsx", "ΔΗΜΟΙ"), "annex.xlsx, ΔΗΜΟΙ"),
        (Place("annex.xlsx", "ΔΗΜΟΙ", "C7"), "annex.xlsx, ΔΗΜΟΙ!C7"),
        (Place("campaign.toml", cell="code.groups"), "campaign.toml, code.groups"),
        (Place("circular.md", line=7), "circular.md, line 7"),
        (Place(cell="C7"), "C7"),
        (Place("annex.xlsx", "ΔΗΜΟΙ", "C7", campaign="2020-11"), "2020-11/annex.xlsx, ΔΗΜΟΙ!C7"),
    ],
)
def test_a_place_reads_as_people_write_it(place: Place, text: str) -> None:
    """File, sheet and cell stand as in a spreadsheet's own reference; what is not known is left out."""
    assert str(place) == text


@pytest.mark.usefixtures("in_greek")
def test_a_line_is_named_in_the_language_spoken() -> None:
    """The number alone is kept, so that it reads in Greek as well."""
    assert str(Place("circular.md", line=7)) == "circular.md, γραμμή 7"


def test_a_problem_tells_place_value_message_and_hint() -> None:
    """Everything that staff need stands in two lines, the hint on the second."""
    problem = Problem(
        severity=Severity.ERROR,
        topic=Topic.USERNAME,
        message="expected 12 digits",
        hint="format the cell as text",
        at=Place("annex.xlsx", "ΔΗΜΟΙ", "A7"),
        value="1.2E+11",
    )
    assert str(problem) == (
        'error: annex.xlsx, ΔΗΜΟΙ!A7: "1.2E+11": expected 12 digits\n  hint: format the cell as text'
    )


def test_a_problem_without_place_value_or_hint_is_one_line() -> None:
    """A missing part leaves no empty quotes and no empty line."""
    assert str(Problem(severity=Severity.WARNING, topic=Topic.FILE, message="look here")) == "warning: look here"


@given(st.text(), st.text(), st.text())
def test_a_problem_never_breaks_the_terminal(value: str, sheet: str, cell: str) -> None:
    """Line breaks, escape sequences, half characters and directions in a value or place are written as escapes."""
    problem = Problem(severity=Severity.ERROR, topic=Topic.NAME, message="m", at=Place("f", sheet, cell), value=value)
    text = str(problem)
    assert text.isprintable()
    text.encode()


def test_a_long_value_is_cut() -> None:
    """A cell of a million letters is quoted in part, and the message behind it is still read."""
    text = str(Problem(severity=Severity.ERROR, topic=Topic.NAME, message="too long", value="x" * 10**6))
    assert len(text) < LONGEST_VALUE_SHOWN + 40
    assert text.endswith('…": too long')


def test_what_cannot_be_seen_in_a_value_is_shown() -> None:
    """A no-break or zero-width space, which is often the mistake itself, is written as its escape."""
    text = str(Problem(severity=Severity.ERROR, topic=Topic.EMAIL, message="m", value="a\u200bb\u00a0c\td"))
    assert r'"a\u200bb\xa0c\td"' in text


def test_problems_are_told_most_basic_first() -> None:
    """Errors come before warnings, then by topic, and within one in the order of reading."""
    problems = Problems()
    problems.warning(Topic.FILE, "w1")
    problems.error(Topic.EMAIL, "e2")
    problems.error(Topic.FILE, "e1")
    problems.error(Topic.EMAIL, "e3")
    problems.warning(Topic.ACCESS, "w2")
    assert [problem.message for problem in problems.all()] == ["e1", "e2", "e3", "w1", "w2"]


@pytest.mark.parametrize(
    ("errors", "warnings", "strict", "stops"),
    [(0, 0, True, False), (0, 2, False, False), (0, 2, True, True), (1, 0, False, True), (1, 1, True, True)],
)
def test_errors_stop_and_warnings_only_when_strict(errors: int, warnings: int, *, strict: bool, stops: bool) -> None:
    """An error always stops; a warning does under --strict; nothing wrong never does."""
    problems = Problems()
    for _ in range(warnings):
        problems.warning(Topic.TEXT, "look")
    for _ in range(errors):
        problems.error(Topic.TEXT, "wrong")
    assert problems.has_errors == bool(errors)
    if not stops:
        problems.stop_on_errors(strict=strict)
        return
    with pytest.raises(InputError) as caught:
        problems.stop_on_errors(strict=strict)
    assert caught.value.problems == problems.all()
    assert len(caught.value.problems) == errors + warnings


def test_the_place_of_a_shared_file_names_the_campaign_behind_it() -> None:
    """The file is in no campaign's folder, but its problem is one campaign's."""
    at = Place(file="private/current.htpasswd", is_shared=True)
    assert str(at) == "private/current.htpasswd"
    assert str(replace(at, campaign="2020-11")) == "private/current.htpasswd (2020-11)"


def test_two_collections_share_nothing() -> None:
    """A new collection begins empty whatever another one holds."""
    Problems().error(Topic.FILE, "x")
    assert Problems().all() == ()


@pytest.mark.parametrize("kind", [UsageError, MachineError, StateError, ThyridaError])
def test_everything_raised_on_purpose_has_one_base_and_a_hint(kind: type[ThyridaError]) -> None:
    """One base catches them all; the hint travels apart from the message."""
    error = kind("failed", "do this")
    assert isinstance(error, ThyridaError)
    assert (str(error), error.hint) == ("failed", "do this")
    assert issubclass(InputError, ThyridaError)
