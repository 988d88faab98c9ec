"""Fill in a circular's placeholders, and report every mistake in them at once."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from jinja2 import Template, TemplateError, UndefinedError, nodes

from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.circular import FILE
from site_src.read.circular.placeholder_language import (
    MARK_CHARACTERS,
    MissingFact,
    MissingFactError,
    TooLargeError,
    Unlisted,
    check,
    report,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_src.read.circular.placeholder_language import Sandbox

CHARACTERS_MAX = 1_000_000  # of the filled-in text
PRINTING = {"names", "join"}  # filters that show nothing of an empty list; `count` shows a 0


def fill_in(
    source: str,
    facts: Mapping[str, object],
    sandbox: Sandbox,
    problems: Problems,
    spoiled: tuple[type[Exception], ...] = (),
) -> str:
    """Return the text with a mark for each value; every mistake is in ``problems``, and the text is then of no use.

    ``facts`` that are None or empty count as not filled in. Failures that are ``spoiled`` come of other mistakes that
    are reported already.
    """
    known = {name: MissingFact(name=name) if value is None or value == "" else value for name, value in facts.items()}
    own = Problems()
    text = ""
    try:
        tree = sandbox.parse(MARK_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", source))
        good = check(tree, known, sandbox, own)
        if not (spoiled or own.has_errors):
            _warn_of_empty_lists(tree, known, own)
        if not own.has_errors:
            _warn_of_lost_lists(tree, known, own)
        text = _text_of(good, known, sandbox, own, spoiled)
    except Exception as error:  # noqa: BLE001 (Jinja reads what staff wrote: whatever fails there is reported)
        _report_error(error, own)
    problems.extend(sorted(dict.fromkeys(own.all()), key=lambda problem: problem.at.line))
    return "" if own.has_errors else text


def _text_of(
    parts: Iterable[nodes.Node],
    known: Mapping[str, object],
    sandbox: Sandbox,
    problems: Problems,
    spoiled: tuple[type[Exception], ...],
) -> str:
    """Return the text of the parts; none of them depends on another, so all that fail are reported at once."""
    pieces: list[str] = []
    left = CHARACTERS_MAX
    for part in parts:
        try:
            for piece in _pieces(part, known, sandbox):
                left -= len(sandbox.expand(piece))
                if left < 0:
                    _report_error(TooLargeError(), problems)
                    return ""
                pieces.append(piece)
        except Exception as error:  # noqa: BLE001 (as above)
            if not isinstance(error, spoiled):
                _report_error(error, problems)
    return "".join(pieces)


def _pieces(part: nodes.Node, known: Mapping[str, object], sandbox: Sandbox) -> Iterable[str]:
    if isinstance(part, nodes.TemplateData):
        return [part.data]
    body = [nodes.Output([part], lineno=part.lineno) if isinstance(part, nodes.Expr) else part]
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(sandbox)
    code = sandbox.compile(tree, filename=FILE)
    return Template.from_code(sandbox, code, {}).generate(known)


def _report_error(error: Exception, problems: Problems) -> None:
    """Report what the text's code raised, on the line that raised it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    line = getattr(error, "lineno", None) or next((line for line in reversed(lines) if line), 0)
    message, hint = _explain(error)
    report(problems, message, hint, line, str(error) if isinstance(error, MissingFactError) else "")


def _explain(error: Exception) -> tuple[str, str]:
    """Return an error in words that staff can act on, and what to do."""
    match error:
        case TooLargeError() | RecursionError():
            message = say("these placeholders are too many, are nested too deep, or make too long a text")
            return message, say("a circular lists each agency once or twice")
        case MissingFactError():
            hint = say("fill it in (in campaign.toml or site.toml), or remove {{{{ {name} }}}}", name=error)
            return say("the text shows this here, but it has not been filled in"), hint
        case UndefinedError():
            hint = say("agencies have .name, .kind and .parent, days .year")
            return say("there is no such fact: {error}", error=error), hint
        case TemplateError():
            hint = say('placeholders look like {{ deadline | date }}; to show braces as they are, write {{ "{{" }}')
            return say("this is no placeholder: {error}", error=error), hint
    message = say("this placeholder cannot be filled in: {error}", error=str(error) or type(error).__name__)
    return message, say("compare it with the placeholders in docs/reference.md")


def _warn_of_empty_lists(tree: nodes.Template, facts: Mapping[str, object], problems: Problems) -> None:
    """Warn of each empty list that is printed outside all loops and conditions, which may know of it."""
    printed = (node for output in tree.body if isinstance(output, nodes.Output) for node in output.nodes)
    for node in printed:
        if isinstance(node, nodes.Filter) and node.name not in PRINTING:
            continue
        name = _listed(node)
        if facts.get(name) == ():
            message = say("the text shows this list here, but it is empty")
            hint = say("remove the sentence, or put it between {{% if {name} %}} and {{% endif %}}", name=name)
            problems.warning(Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=node.lineno), value=name)


def _warn_of_lost_lists(tree: nodes.Template, facts: Mapping[str, object], problems: Problems) -> None:
    """Warn of each line on which a list is used that nobody knows any more."""
    for node in tree.find_all(nodes.Name):
        if isinstance(found := facts.get(node.name), Unlisted):
            message = say(
                'the round is over, and the annex is no longer read: the page shows "{text}" here', text=found[0]
            )
            hint = say("write here what the page is to show for ever: the names, or their number")
            problems.warning(Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=node.lineno), value=node.name)


def _listed(node: nodes.Node | None) -> str:
    """Return the name of what is printed, below its filters; "" where a filter gives another text for an empty list."""
    while isinstance(node, nodes.Filter) and node.name != "default":
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""
