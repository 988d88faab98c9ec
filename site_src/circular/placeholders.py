"""Filling in a circular's placeholders; every mistake in them is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Template, TemplateSyntaxError, meta, nodes
from jinja2.visitor import NodeTransformer

from site_src.circular import FILE
from site_src.circular.empty_lists import warn_of_empty_lists, warn_of_lost_lists
from site_src.circular.placeholder_mistakes import nearest, tell, tell_error
from site_src.circular.sandbox import CHARACTERS_MAX, ENDLESS, MARK_CHARACTERS, MissingFact, TooLargeError
from site_src.language.say import say
from site_src.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_src.circular.sandbox import Sandbox

OTHER_FILES = (nodes.Extends, nodes.Include, nodes.ImportedName, nodes.Import, nodes.FromImport)


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
    known = {name: value if _is_told(value) else MissingFact(name=name) for name, value in facts.items()}
    own = Problems()
    text = _fill_in(MARK_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", source), known, sandbox, own, spoiled)
    problems.extend(sorted(dict.fromkeys(own.all()), key=lambda problem: problem.at.line))
    return text


def _fill_in(
    source: str,
    known: Mapping[str, object],
    sandbox: Sandbox,
    problems: Problems,
    spoiled: tuple[type[Exception], ...],
) -> str:
    """The whole text at once, since placeholders may work together; where that fails, each that can stand alone."""
    try:
        tree = _Guard(sandbox, problems).visit(sandbox.parse(source))
        _report_unknown(tree, known, sandbox, problems)
        if not problems.has_errors:
            if not spoiled:
                warn_of_empty_lists(tree, known, FILE, problems)
            warn_of_lost_lists(tree, known, FILE, problems)
            return _run(tree, known, sandbox)
    except Exception as error:  # noqa: BLE001 (Jinja runs what staff wrote: whatever fails there is told to them)
        if not isinstance(error, spoiled):
            tell_error(error, problems)
        if isinstance(error, (TemplateSyntaxError, *ENDLESS)):
            return ""
    for alone in _each_alone(tree, {*known, *sandbox.globals}):
        try:
            _run(alone, known, sandbox)
        except ENDLESS:
            break  # the whole text's limit, which nothing after it can keep either
        except Exception as error:  # noqa: BLE001 (as above)
            if not isinstance(error, spoiled):
                tell_error(error, problems)
    return ""


def _run(tree: nodes.Template, known: Mapping[str, object], sandbox: Sandbox) -> str:
    code = sandbox.compile(tree, filename=FILE)
    return "".join(_limited(Template.from_code(sandbox, code, dict(sandbox.globals)).generate(known)))


def _each_alone(tree: nodes.Template, known: set[str]) -> Iterator[nodes.Template]:
    """A text for each placeholder that no loop, condition or name of the text's own has a part in."""
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    own |= {macro.name for macro in tree.find_all(nodes.Macro)}
    outputs = [node for node in tree.body if isinstance(node, nodes.Output)]
    for node in [each for output in outputs for each in output.nodes if not isinstance(each, nodes.TemplateData)]:
        output = nodes.Output([node], lineno=node.lineno, environment=tree.environment)
        alone = nodes.Template([output], lineno=1, environment=tree.environment)
        if meta.find_undeclared_variables(alone) <= known - own:
            yield alone


def _is_told(value: object) -> bool:
    return value is not None and value != ""


def _limited(pieces: Iterable[str]) -> Iterator[str]:
    left = CHARACTERS_MAX
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise TooLargeError
        yield piece


class _Guard(NodeTransformer):
    """Puts the counters into a template, and takes out what it may not use, with a problem for each."""

    def __init__(self, sandbox: Sandbox, problems: Problems) -> None:
        self._sandbox = sandbox
        self._problems = problems

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "_rounds")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        return _filtered(node, "_bounded")

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802 (Jinja's name)
        known = [name for name in self._sandbox.filters if not name.startswith("_")]
        return self._check(node, say("there is no such filter"), known)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802 (Jinja's name)
        return self._check(node, say("there is no such test"), list(self._sandbox.tests))

    def generic_visit(self, node: nodes.Node, *args: object, **kwargs: object) -> nodes.Node:
        if isinstance(node, OTHER_FILES):
            message = say("a circular cannot take in other files")
            tell(self._problems, message, say("write the text itself here"), node.lineno)
            return nodes.Output([], lineno=node.lineno)
        return super().generic_visit(node, *args, **kwargs)

    def _check(self, node: nodes.Filter | nodes.Test, message: str, known: Sequence[str]) -> nodes.Node:
        self.generic_visit(node)
        if node.name in known:
            return node
        tell(self._problems, message, nearest(node.name, known), node.lineno, node.name)
        return node.node or nodes.Const("", lineno=node.lineno)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno, environment=node.environment)


def _report_unknown(tree: nodes.Template, known: Mapping[str, object], sandbox: Sandbox, problems: Problems) -> None:
    """A problem for each unknown placeholder, on each line."""
    unknown = meta.find_undeclared_variables(tree) - set(known) - set(sandbox.globals)
    found = {(node.lineno, node.name) for node in tree.find_all(nodes.Name) if node.name in unknown}
    for line, name in sorted(found):
        tell(problems, say("there is no such placeholder"), nearest(name, list(known)), line, name)
