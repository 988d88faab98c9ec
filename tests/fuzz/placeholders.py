"""Fuzzes the placeholders of a circular, as ``fuzzing.py`` says. An input is a text of their parts."""

from __future__ import annotations

import re

import atheris

with atheris.instrument_imports(include=["site_src.read.circular", "jinja2"]):
    from site_src.read.circular import placeholders  # noqa: F401 (what the helper below calls)

from tests.fuzz.fuzzing import fuzz, kept, text_of
from tests.read.circular.test_placeholders import FACTS, filled

PIECES = (
    *("{{ ", " }}", "{% ", " %}", "{# ", " #}", "{{ folder }}", "{{ deadline | date }}", "{{ agencies | names }}", "-"),
    *("{% for a in agencies %}", "{% endfor %}", "{% if files_until %}", "{% elif folder %}", "{% else %}"),
    *("{% endif %}", "{% set a = ", "{% macro a(b) %}", "{% endmacro %}", "{% call a() %}", "{% raw %}"),
    *("{% endraw %}", "a", "b", "\n"),
    *("{% for a in range(9999) %}", "range(", "loop", "loop.index", "loop(", "recursive", "a.name", "a.parent", "self"),
    *(" | ", " ~ ", " + ", " * ", " ** ", " // ", " % ", "(", ")", "[", "]", "{", "}", ",", ":", ".", "'", '"'),
    *("=", "=="),
    *("0", "1", "-1", "1e308", "9999999", "true", "none", " not ", " in ", " is ", " if ", " else ", "defined", "'x'"),
    *("__class__", ".__init__", "|attr(", ".format", "format(", "'{:9999999}'", "%9999999d", "\ue000", "<b>"),
    *("\ue0000\ue001", "Δήμος", "&amp;"),
    *FACTS,
    *("count", "date", "names", "join", "default", "map", "select", "selectattr", "groupby", "sort", "sum", "unique"),
    *("list", "first", "last", "length", "lower", "upper", "trim", "reverse", "reject", "capitalize", "attribute="),
)  # fmt: skip
INNER = re.compile(r"<class |<function| object at 0x|<generator|<bound method|[\ue000\ue001]")


def one_input(data: bytes) -> None:
    """Fill in a text: nothing is raised, it is filled in or has mistakes, and nothing of Python shows in either."""
    text = text_of(atheris.FuzzedDataProvider(data), PIECES)
    with kept("circular.md", text.encode()):
        found, problems = filled(text)
        assert not (found and problems.has_errors), "text in spite of a mistake"
        told = "".join(f"{problem.message} {problem.hint}" for problem in problems.all())
        assert not INNER.search(found + told), "something of Python's shows"
        assert all(problem.hint for problem in problems.all()), "a mistake without a hint"


if __name__ == "__main__":
    fuzz(one_input)
