from __future__ import annotations

import pytest

from site_src.problems import Problems, Severity
from site_src.read.circular.placeholders import fill_in
from site_src.read.circular.sandbox import Named, Sandbox
from site_src.read.words import Words

FACTS = {"agencies": (Named("Δήμος Θήρας", "Δήμος", ""),), "keeps": (), "contact_us": ()}


def problems_of(text: str) -> Problems:
    """What is wrong with the text, where nobody keeps a code and everybody has a contact."""
    problems = Problems()
    fill_in(text, FACTS, Sandbox(Words("el"), frozenset()), problems)
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
