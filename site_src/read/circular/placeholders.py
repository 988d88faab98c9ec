"""Filling in a circular's placeholders; every mistake in them is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Template, nodes

from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.circular import FILE
from site_src.read.circular.placeholder_grammar import check
from site_src.read.circular.placeholder_mistakes import tell_error
from site_src.read.circular.sandbox import CHARACTERS_MAX, MARK_CHARACTERS, MissingFact, TooLargeError, Unlisted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_src.read.circular.sandbox import Sandbox


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


PRINTING = {"names", "join"}  # filters that show nothing of an empty list; `count` shows a 0


def warn_of_empty_lists(tree: nodes.Template, facts: Mapping[str, object], file: str, problems: Problems) -> None:
    """A warning for each empty list that is printed outside all loops and conditions, which may know of it."""
    printed = (node for output in tree.body if isinstance(output, nodes.Output) for node in output.nodes)
    for node in printed:
        if isinstance(node, nodes.Filter) and node.name not in PRINTING:
            continue
        name = _listed(node)
        if facts.get(name) == ():
            hint = say("remove the sentence, or put it between {{% if {name} %}} and {{% endif %}}", name=name)
            at = Place(file=file, line=node.lineno)
            problems.warning(
                Topic.TEXT, say("the text shows this list here, but it is empty"), hint=hint, at=at, value=name
            )


def warn_of_lost_lists(tree: nodes.Template, facts: Mapping[str, object], file: str, problems: Problems) -> None:
    """A warning for each line on which a list is used that nobody knows any more."""
    for node in tree.find_all(nodes.Name):
        if isinstance(found := facts.get(node.name), Unlisted):
            message = say(
                'the round is over, and the annex is no longer read: the page shows "{text}" here', text=found[0]
            )
            hint = say("write here what the page is to show for ever: the names, or their number")
            problems.warning(Topic.TEXT, message, hint=hint, at=Place(file=file, line=node.lineno), value=node.name)


def _listed(node: nodes.Node | None) -> str:
    """The name of what is printed, below its filters; nothing where a filter gives another text for an empty list."""
    while isinstance(node, nodes.Filter) and node.name != "default":
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""
