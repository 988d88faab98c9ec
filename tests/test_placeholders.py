from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.circular.placeholders import fill_in
from site_src.circular.sandbox import FILTERS, Named, Sandbox
from site_src.problems import Problems
from site_src.words import Words

WORDS = Words("el")
ATTICA = Named("Δήμος Ηρακλείου", "Δήμος", "Περιφέρεια Αττικής")
THIRA = Named("Δήμος Θήρας", "Δήμος", "Περιφέρεια Νοτίου Αιγαίου")
FACTS = {
    "folder": "ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020",
    "deadline": date(2020, 11, 30),
    "files_until": None,
    "agencies": (ATTICA, THIRA),
}


def filled(text: str) -> tuple[str, Problems]:
    """The text with its values, and what is wrong with it."""
    problems = Problems()
    sandbox = Sandbox(WORDS, frozenset({"Δήμος Ηρακλείου"}))
    return sandbox.expand(fill_in(text, FACTS, sandbox, problems)), problems


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ folder }}", "ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020"),
        ("{{ deadline | date }}", "30 Νοεμβρίου 2020"),
        ("{{ deadline }}", "30 Νοεμβρίου 2020"),
        ('{{ deadline | date("day") }}, {{ deadline.year + 1 }}', "30 Νοεμβρίου, 2021"),
        ("{{ agencies | names }}", "Δήμος Ηρακλείου (Περιφέρεια Αττικής) και Δήμος Θήρας"),
        ("{{ agencies | count }}, {{ 1097 | count }}", "2, 1.097"),
        ('{{ agencies | map(attribute="name") | join(" / ") }}', "Δήμος Ηρακλείου / Δήμος Θήρας"),
        ("{% for a in agencies %}{{ loop.index }}. {{ a.name }}, {{ a.kind }}\n{% endfor %}", None),
        ("{% if files_until %}έως {{ files_until }}{% else %}πάντα{% endif %}", "πάντα"),
        ("{{ files_until | default('πάντα') }}", "πάντα"),
        ('{{ "{" }}{% raw %}{{{% endraw %}', "{{{"),
        ("{% macro x(a) %}<{{ a }}>{% endmacro %}{{ x(folder) }}", "<ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020>"),
    ],
)
def test_placeholders_are_filled_in(text: str, shown: str | None) -> None:
    """Facts, filters, loops, conditions and macros give what a circular needs."""
    found, problems = filled(text)
    assert problems.all() == ()
    assert found == (shown or "1. Δήμος Ηρακλείου, Δήμος\n2. Δήμος Θήρας, Δήμος\n")


def test_all_unknown_names_are_told_at_once_with_their_lines() -> None:
    """Unknown placeholders, filters and tests are all told, each with line, value and the nearest known name."""
    _, problems = filled("{{ deadlin }}\n{{ folder | dat }}\n\n{{ folder if folder is defned }} {{ deadlin }}")
    told = [(p.at.file, p.at.line, p.value, p.hint) for p in problems.all()]
    assert told == [
        ("circular.md", 1, "deadlin", 'did you mean "deadline"?'),
        ("circular.md", 2, "dat", 'did you mean "date"?'),
        ("circular.md", 4, "defned", 'did you mean "defined"?'),
        ("circular.md", 4, "deadlin", 'did you mean "deadline"?'),
    ]


def test_mistakes_of_all_kinds_are_told_at_once() -> None:
    """One that cannot be filled in hides no other, each is told once, and what works within the text works."""
    text = """\
{{ nothing }} {{ files_until | date }}
{{ agencies[0].email }}
{% set x = 1 %}{{ x }}{{ folder | dat }}
{% if files_until %}{{ files_until | date }}{% endif %}
{{ files_until }}
"""
    _, problems = filled(text)
    assert [(p.at.line, p.value) for p in problems.all()] == [
        (1, "nothing"),
        (1, "files_until"),
        (2, ""),
        (3, "dat"),
        (5, "files_until"),
    ]
    _, problems = filled(text.replace("nothing", "folder").replace("dat}", "date}").replace("| dat ", ""))
    assert [p.at.line for p in problems.all()] == [1, 2, 5]


@pytest.mark.parametrize(
    "text",
    [
        "{% set files_until = '5' %}{{ files_until }}",
        "{% set files_until %}5{% endset %}{{ files_until }}",
        "{% macro files_until() %}5{% endmacro %}{{ files_until() }}",
    ],
)
def test_a_fact_that_the_text_tells_for_itself_is_not_missing(text: str) -> None:
    """What the text gives a name of its own is no mistake beside another one."""
    assert [p.value for p in filled(text + "\n{{ nothing }}")[1].all()] == ["nothing"]
    assert filled(text)[0] == "5"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\n{{ folder ", 2, "this is no placeholder"),
        ("{% for a in agencies %}", 1, "this is no placeholder"),
        ("\n\n{{ files_until | date }}", 3, "it has not been filled in"),
        ("\n{{ files_until }}", 2, "it has not been filled in"),
        ("\n{{ agencies[0].emails }}", 2, "an agency has no attribute 'emails'"),
        ("\n{{ agencies[0].username }}", 2, "an agency has no attribute 'username'"),
        ("\n{{ folder.__class__ }}", 2, "not allowed"),
        ("{{ folder.format(1) }}", 1, "not allowed"),
        ("{{ agencies.__class__.__mro__ }}", 1, "not allowed"),
        ("{{ ''|attr('__class__') }}", 1, "no such filter"),
        ("{{ ().__class__.__base__.__subclasses__() }}", 1, "not allowed"),
        ("{{ folder * 1000000000 }}", 1, "not allowed"),
        ("{{ 9 ** 9 ** 9 }}", 1, "not allowed"),
        ('{{ "%999999999d" % 1 }}', 1, "not allowed"),
        ("{{ 1 / 0 }}", 1, "cannot be filled in"),
        ("{{ folder | date }}", 1, "is for days"),
        ('{{ deadline | date("x") }}', 1, "no form of a date"),
        ("{{ range }}", 1, "cannot be printed"),
        ("{% include 'campaign.toml' %}", 1, "cannot take in other files"),
        ("{% extends 'x' %}", 1, "cannot take in other files"),
        ("{% from 'x' import y %}", 1, "cannot take in other files"),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, line: int, message: str) -> None:
    """What cannot be filled in is one error with its line; nothing is printed in its place."""
    found, problems = filled(text)
    (problem,) = problems.all()
    assert message in problem.message
    assert problem.at.line == line
    assert problem.hint
    assert found == ""


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(1000000000) %}x{% endfor %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}" + "x" * 1000 + "{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        '{% set x = "aaaaaaaa" %}' + "{% set x = x ~ x %}" * 60 + "{{ x }}",
        "{% set x %}aaaaaaaa{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60 + "{{ x }}",
        '{{ range(9999) | join("' + "x" * 1000 + '") }}',
    ],
)
def test_what_never_ends_is_stopped(text: str) -> None:
    """Loops, calls and doublings that would fill the machine are one error."""
    found, problems = filled(text)
    (problem,) = problems.all()
    assert problem.message == "these placeholders make an endless text"
    assert found == ""


def test_private_characters_of_the_text_are_no_marks() -> None:
    """A text that holds the marks' own characters cannot reach another value."""
    found, problems = filled("\ue0000\ue001 {{ folder }}")
    assert problems.all() == ()
    assert found == "\N{REPLACEMENT CHARACTER}0\N{REPLACEMENT CHARACTER} ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020"


PIECES = (
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "|",
    "(",
    ")",
    ".",
    "[",
    "]",
    '"',
    " for a in ",
    " if ",
    "endfor",
    "~",
    "1",
)


@given(st.lists(st.sampled_from((*PIECES, *FACTS, *FILTERS, "__class__", "\n")) | st.text(max_size=3), max_size=20))
def test_any_text_is_filled_in_or_told(pieces: list[str]) -> None:
    """No text raises: it is filled in, or its mistakes are in the problems."""
    found, problems = filled("".join(pieces))
    assert found == "" or not problems.has_errors
