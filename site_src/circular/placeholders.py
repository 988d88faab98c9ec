"""Filling in a circular's placeholders; every mistake in them is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Template, nodes

from site_src.circular import FILE
from site_src.circular.empty_lists import warn_of_empty_lists, warn_of_lost_lists
from site_src.circular.placeholder_grammar import check
from site_src.circular.placeholder_mistakes import tell_error
from site_src.circular.sandbox import CHARACTERS_MAX, MARK_CHARACTERS, MissingFact, TooLargeError
from site_src.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_src.circular.sandbox import Sandbox


def fill_in(
    source: str,
    facts: Mapping[str, object],
    sandbox: Sandbox,
    problems: Problems,
    spoiled: tuple[type[Exception], ...] = (),
) -> str:
    """The text with a mark for each value; every mistake is in ``problems``, and the text is then of no use.

    ``facts`` that are None or empty count as not told. Failures that are ``spoiled`` come of other mistakes that are
    told already.
    """
    known = {name: MissingFact(name=name) if value is None or value == "" else value for name, value in facts.items()}
    own = Problems()
    text = _fill_in(MARK_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", source), known, sandbox, own, spoiled)
    problems.extend(sorted(dict.fromkeys(own.all()), key=lambda problem: problem.at.line))
    return "" if own.has_errors else text


def _fill_in(
    source: str,
    known: Mapping[str, object],
    sandbox: Sandbox,
    problems: Problems,
    spoiled: tuple[type[Exception], ...],
) -> str:
    """The text; no part of it depends on another, so all that fail are told at once."""
    pieces: list[str] = []
    left = CHARACTERS_MAX
    try:
        tree = sandbox.parse(source)
        good = check(tree, known, sandbox, problems)
        if not (spoiled or problems.has_errors):
            warn_of_empty_lists(tree, known, FILE, problems)
        if not problems.has_errors:
            warn_of_lost_lists(tree, known, FILE, problems)
    except Exception as error:  # noqa: BLE001 (Jinja reads what staff wrote: whatever fails there is told to them)
        tell_error(error, problems)
        return ""
    for part in good:
        try:
            for piece in _run(part, known, sandbox):
                left -= len(sandbox.expand(piece))
                if left < 0:
                    tell_error(TooLargeError(), problems)
                    return ""
                pieces.append(piece)
        except Exception as error:  # noqa: BLE001 (as above)
            if not isinstance(error, spoiled):
                tell_error(error, problems)
    return "".join(pieces)


def _run(part: nodes.Node, known: Mapping[str, object], sandbox: Sandbox) -> Iterable[str]:
    if isinstance(part, nodes.TemplateData):
        return [part.data]
    body = [nodes.Output([part], lineno=part.lineno) if isinstance(part, nodes.Expr) else part]
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(sandbox)
    code = sandbox.compile(tree, filename=FILE)
    return Template.from_code(sandbox, code, {}).generate(known)
