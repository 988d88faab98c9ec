from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.catalogues import Words
from site_src.problems import Problems, Severity
from site_src.read.circular import Named
from site_src.read.circular.placeholders import LIST_FILTERS, TEXT_FILTERS, Sandbox, fill_in

WORDS = Words("el")
ATTICA = Named("Δήμος Ηρακλείου", "Δήμος", "Περιφέρεια Αττικής")
THIRA = Named("Δήμος Θήρας", "Δήμος", "Περιφέρεια Νοτίου Αιγαίου")
FACTS = {
    "folder": "ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020",
    "deadline": date(2020, 11, 30),
    "files_until": None,
    "agencies": (ATTICA, THIRA),
}


LIST = "Δήμος Ηρακλείου, Δήμος Θήρας"


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
        ('{{ deadline | date("day") }}, {{ deadline.year }}', "30 Νοεμβρίου, 2020"),
        ("{{ agencies | names }}", "Δήμος Ηρακλείου (Περιφέρεια Αττικής) και Δήμος Θήρας"),
        ("{{ agencies | count }}, {{ 1097 | count }}", "2, 1.097"),
        ('{{ agencies | map(attribute="name") | join(" / ") }}', "Δήμος Ηρακλείου / Δήμος Θήρας"),
        ("{% for a in agencies %}{{ loop.index }}. {{ a.name }}, {{ a.kind }}\n{% endfor %}", None),
        ("{% if files_until %}έως {{ files_until }}{% else %}πάντα{% endif %}", "πάντα"),
        ("{{ files_until | default('πάντα') }}", "πάντα"),
        ('{{ "{" }}{% raw %}{{{% endraw %}', "{{{"),
        ("{{ agencies | length }}, {{ (agencies | last).kind | upper }}", "2, ΔΉΜΟΣ"),
        ("{{ agencies | selectattr('parent', 'equalto', 'Περιφέρεια Αττικής') | length }}", "1"),
        (
            "{% for a in agencies if a.kind in ['Δήμος'] %}{{ a }}{% if not loop.last %}, {% endif %}{% endfor %}",
            LIST,
        ),
        (
            (
                "{% for group in agencies | groupby('kind') %}{{ group.grouper }}:{% for a in group.list | reverse %}"
                " {{ loop.index }} {{ a }}{% endfor %}{% endfor %}"
            ),
            "Δήμος: 1 Δήμος Θήρας 2 Δήμος Ηρακλείου",
        ),
        (
            (
                "{% for kind, members in agencies | groupby('kind') %}{{ kind }} ({{ members | count }}):"
                "{% for a in members %} {{ a }}, {{ folder }}{% endfor %}{% else %}-{% endfor %}"
            ),
            "Δήμος (2): Δήμος Ηρακλείου, ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020 Δήμος Θήρας, ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020",
        ),
    ],
)
def test_placeholders_are_filled_in(text: str, shown: str | None) -> None:
    """Facts, filters, loops and conditions give what a circular needs."""
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
{{ (agencies | first).email }}
{{ 1 }}{{ folder | dat }}
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
    ("text", "line", "message"),
    [
        ("\n{{ folder ", 2, "this is no placeholder"),
        ("{% for a in agencies %}", 1, "this is no placeholder"),
        ("\n\n{{ files_until | date }}", 3, "it has not been filled in"),
        ("\n{{ files_until }}", 2, "it has not been filled in"),
        ("\n{{ agencies[0].emails }}", 2, "there is no .emails here"),
        ("{{ folder.name }}", 1, "there is no such fact"),
        ("\n{{ folder.__class__ }}", 2, "there is no .__class__ here"),
        ("{{ ''|attr('__class__') }}", 1, "no such filter"),
        ("{{ agencies | map(attribute='__class__') | join }}", 1, "is unsafe"),
        ("{{ folder | join }}", 1, "is for lists"),
        ("{{ folder | date }}", 1, "is for days"),
        ('{{ deadline | date("x") }}', 1, 'no form of a date named "x": expected one of long, full, '),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, line: int, message: str) -> None:
    """A placeholder that cannot be filled in is one error with its line; nothing is printed in its place."""
    found, problems = filled(text)
    (problem,) = problems.all()
    assert message in problem.message
    assert problem.at.line == line
    assert problem.hint
    assert found == ""


@pytest.mark.parametrize(
    "text",
    [
        "{% include 'campaign.toml' %}",
        "{% extends 'x' %}",
        "{% from 'x' import y %}",
        "{% set x = 1 %}",
        "{% set x %}5{% endset %}",
        "{% macro m() %}{% endmacro %}",
        "{% filter upper %}{% endfilter %}",
        "{% with %}{% endwith %}",
        "{{ agencies[:1] }}",
        "{{ folder.name() }}",
        "{{ folder ~ folder }}",
        "{{ folder + folder }}",
        "{{ deadline.year + 1 }}",
        "{{ folder * 1000000000 }}",
        "{{ 9 ** 9 }}",
        '{{ "%999999999d" % 1 }}',
        "{{ 1 / 0 }}",
        "{{ [agencies | join] }}",
        "{{ folder | default(agencies | join) }}",
        "{{ folder | sort }}",
        "{{ agencies | names | sort | names | sort | names }}",
        "{% for letter in folder %}{% endfor %}",
        "{% for letter in agencies[0].name %}{% endfor %}",
        "{% for a in agencies recursive %}{% endfor %}",
        "{{ '" + "x" * 1001 + "' }}",
    ],
)
def test_what_could_make_much_of_little_is_not_in_the_language(text: str) -> None:
    """No part of a text keeps, repeats or calls anything; what tries is one error with its line."""
    found, problems = filled("\n" + text)
    assert {(each.message, each.at.line) for each in problems.all()} == {("this is not allowed here", 2)}
    assert found == ""


@pytest.mark.parametrize(
    "within",
    [
        "{% for b in agencies %}{% endfor %}",
        "{{ agencies | names }}",
        "{% if agencies %}{% endif %}",
        "{{ folder | default(agencies) }}",
    ],
)
def test_a_loop_reads_its_own_list_only(within: str) -> None:
    """No list is read once for each item of another."""
    _, problems = filled("{% for a in agencies %}" + within + "{% endfor %}")
    assert [(p.message, p.value) for p in problems.all()] == [
        ("within a loop only the loop's own list can be used", "agencies")
    ]


@pytest.mark.parametrize("used", ["group", "group.list | names", "members | names"])
def test_a_loop_in_a_loop_reads_its_own_names_only(used: str) -> None:
    """The outer loop's names are not read again for each of the inner loop's items."""
    loops = "{% for group, members in agencies | groupby('kind') %}{% for a in members %}"
    _, problems = filled(loops + "{{ " + used + " }}{% endfor %}{% endfor %}")
    assert [p.message for p in problems.all()] == ["there is no such placeholder"]


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in agencies %}" + "x" * 600_000 + "{% endfor %}",
        "{{ folder }}" * 401,
        "{{ " + "not " * 5000 + "folder }}",
        "{{ folder" + " | upper" * 5000 + " }}",
        "{% if folder %}" * 500 + "{% endif %}" * 500,
    ],
)
def test_a_text_that_is_too_large_is_one_error(text: str) -> None:
    """A text that makes or has more than a circular needs is stopped."""
    found, problems = filled(text)
    (problem,) = problems.all()
    assert problem.message == "these placeholders are too many, are nested too deep, or make too long a text"
    assert found == ""


@pytest.mark.parametrize("text", ["{{ folder" + " | upper" * 150 + " }}", "{{ " + "not " * 150 + "folder }}"])
def test_a_long_chain_is_filled_in_without_the_optimizer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A long chain does not take long: Jinja's folding of constants, which grows with its third power, is off."""
    monkeypatch.delattr("jinja2.compiler.Optimizer")
    found, problems = filled(text)
    assert (bool(found), problems.all()) == (True, ())


@pytest.mark.parametrize("text", ["{folder}", "{ folder | upper }", "{ { folder }}"])
def test_a_placeholder_with_a_brace_too_few_is_a_warning(text: str) -> None:
    """Readers would see it as it is; what is escaped, and other words in braces, are meant so."""
    found, problems = filled(f"α\n{text} {{{{ folder }}}}\n")
    (problem,) = problems.all()
    assert (problem.severity, problem.at.line, problem.value) == (Severity.WARNING, 2, text)
    assert text in (found or "")
    assert filled(f"\\{text.replace('folder', 'κενό')} {{α}} \\{{folder}}")[1].all() == ()


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


@given(
    st.lists(
        st.sampled_from((*PIECES, *FACTS, *LIST_FILTERS, *TEXT_FILTERS, "__class__", "\n")) | st.text(max_size=3),
        max_size=20,
    )
)
def test_any_text_is_filled_in_or_told(pieces: list[str]) -> None:
    """No text raises: it is filled in, or its mistakes are in the problems."""
    found, problems = filled("".join(pieces))
    assert found == "" or not problems.has_errors


NOBODY_KEEPS = {"agencies": (Named("Δήμος Θήρας", "Δήμος", ""),), "keeps": (), "contact_us": ()}


def problems_of(text: str) -> Problems:
    """Return what is wrong with the text, where nobody keeps a code and everybody has a contact."""
    problems = Problems()
    fill_in(text, NOBODY_KEEPS, Sandbox(Words("el"), frozenset()), problems)
    return problems


def test_an_empty_list_that_is_shown_is_a_warning_at_its_place() -> None:
    """The sentence around it has a hole: it can go, or be shown only where there is somebody."""
    problems = problems_of(
        "Όλοι.\nΕξαιρούνται οι {{ keeps | names }}.\nΚαλούν: {{ contact_us }}, {{ agencies | names }}\n"
    )
    assert [(each.severity, str(each.at), each.value) for each in problems.all()] == [
        (Severity.WARNING, "circular.md, line 2", "keeps"),
        (Severity.WARNING, "circular.md, line 3", "contact_us"),
    ]
    hint = "remove the sentence, or put it between {% if keeps %} and {% endif %}"
    assert problems.all()[0].hint == hint


@pytest.mark.parametrize(
    "text",
    [
        "{% if keeps %}Εξαιρούνται οι {{ keeps | names }}.{% endif %}",
        "{% for each in keeps %}{{ each }}{% endfor %}",
        "Εξαιρούνται {{ keeps | count }}.",
        "Εξαιρούνται: {{ keeps | default('κανείς', true) | names }}.",
        "{# {{ keeps }} #}",
    ],
)
def test_an_empty_list_that_leaves_no_hole_is_none(text: str) -> None:
    """Conditions, loops, numbers and other texts take care of it."""
    assert problems_of(text).all() == ()


@pytest.mark.parametrize("text", ["{% if keeps %}α", "{% for each in keeps %}{{ each }}"])
def test_a_block_without_its_end_is_reported_with_the_end_that_it_needs(text: str) -> None:
    """The hint of a mistake in the braces names the ends of `if` and `for`."""
    problems = Problems()
    fill_in(text, {"keeps": ()}, Sandbox(Words("el")), problems)
    (problem,) = problems.all()
    assert "{% endif %}" in problem.hint
    assert "{% endfor %}" in problem.hint
