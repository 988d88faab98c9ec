"""Filling in a circular's placeholders: a sandbox that knows a few facts, and values that Markdown never reads.

Each value goes into the text as a mark of two private characters with a number between them. Markdown carries the mark
through untouched, and the writer of the HTML puts the value in its place as text: no name can become markup.
"""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from site_src.circular.empty_lists import warn_of_empty_lists
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from site_src.words import Words

FILE = "circular.md"
MARK = re.compile("\ue000(\\d+)\ue001")
MARK_CHARACTERS = re.compile("[\ue000\ue001]")

STEPS_MAX = 200_000  # rounds of all loops and calls together: 3,000 agencies, listed some dozens of times
CHARACTERS_MAX = 1_000_000  # of the filled-in text
RANGE_MAX = 10_000

# How Jinja names an attribute that is forbidden, or that an agency has not.
_ATTRIBUTE = re.compile(rf"(?:^access to attribute|'{re.escape(__name__)}\.Named object' has no attribute) '(\w+)'")
OTHER_FILES = (nodes.Extends, nodes.Include, nodes.ImportedName, nodes.Import, nodes.FromImport)
# Of Jinja's own filters, those that cannot make much out of little.
FILTERS = (
    *("capitalize", "default", "first", "groupby", "last", "length", "list", "lower", "map", "reject", "rejectattr"),
    *("reverse", "select", "selectattr", "sort", "sum", "trim", "unique", "upper"),
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a circular may know of an agency; ``kind`` is in words."""

    name: str
    kind: str
    parent: str

    def __str__(self) -> str:
        return self.name


class TooLargeError(Exception):
    """The placeholders make more than a circular can need."""


ENDLESS = (TooLargeError, RecursionError)


class MissingFactError(Exception):
    """A placeholder asks for a fact that campaign.toml or site.toml does not tell."""


class Missing(Undefined):
    """A fact that is not told: false in a condition, and an error where it is printed."""


class Sandbox(SandboxedEnvironment):
    """Jinja without methods, without attributes but those of agencies, days and loops, and with an end to everything.

    ``values`` collects what the marks stand for.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, words: Words, ambiguous: frozenset[str]) -> None:
        # The result is Markdown, so HTML's escaping would come too early: `_mark` takes its place.
        super().__init__(undefined=StrictUndefined, autoescape=False, finalize=self._mark, keep_trailing_newline=True)
        self.words = words
        self.values: list[str] = []
        self._ambiguous = ambiguous
        self._steps = self._characters = 0
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters |= {"date": self._date, "names": self._names, "count": self._count, "join": self._join}
        self.filters |= {"_rounds": self._rounds, "_bounded": self._bounded}
        self.globals = {"range": _range}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 (Jinja's signature)
        """Only what a circular needs; texts have no methods here, as some make gigabytes."""
        return isinstance(obj, Named | LoopContext | date) and not attr.startswith("_")

    def wrap_str_format(self, value: object) -> None:
        """No ``format`` either: Jinja would let it pass, and "{:999999999}" makes a gigabyte."""

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        """Arithmetic is for numbers of modest size."""
        if not all(isinstance(side, int | float) and abs(side) < CHARACTERS_MAX for side in (left, right)):
            raise SecurityError(say("{sign} is for numbers only; texts are put together with ~", sign=operator))
        if operator == "**":
            raise SecurityError(say("there are no powers here"))
        return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]  # handed on untouched

    def call(self, *args: object, **kwargs: object) -> object:
        """Calls count as steps, so that macros that call themselves come to an end."""
        self._step()
        return super().call(*args, **kwargs)  # type: ignore[arg-type]  # handed on untouched

    def expand(self, text: str) -> str:
        """The text with its values in the place of their marks."""
        return MARK.sub(lambda match: self.values[int(match[1])], text)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise TooLargeError

    def _rounds(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self._step()
            yield item

    def _bounded(self, text: str) -> str:
        if len(text) > CHARACTERS_MAX:
            raise TooLargeError
        return text

    def _mark(self, value: object) -> str:
        if isinstance(value, Missing):
            raise MissingFactError(value._undefined_name)  # noqa: SLF001 (Jinja's way to tell a name)
        text = " ".join(self.expand(self._text(value)).split())
        self._characters += len(text)
        if self._characters > CHARACTERS_MAX:
            raise TooLargeError
        self.values.append(text)
        return f"\ue000{len(self.values) - 1}\ue001"

    def _text(self, value: object) -> str:
        if isinstance(value, date):
            return self._date(value)
        if isinstance(value, tuple | list):
            return self._names(value)
        if isinstance(value, str | int | float | Named | Undefined):
            return str(value)
        raise TypeError(say("this cannot be printed; add a filter such as `names` or `count`"))

    def _date(self, value: object, form: str = "long") -> str:
        if isinstance(value, Missing):
            raise MissingFactError(value._undefined_name)  # noqa: SLF001 (as above)
        if not isinstance(value, date):
            raise TypeError(say("the filter `date` is for days, such as `deadline`"))
        return self.words.date(value, form)

    def _names(self, value: object) -> str:
        if isinstance(value, str | Named):
            value = [value]
        return self.words.list([self._name(item) for item in value])  # type: ignore[attr-defined]  # else TypeError, told

    def _name(self, item: object) -> str:
        if isinstance(item, Named) and item.name in self._ambiguous and item.parent:
            return f"{item.name} ({item.parent})"
        return self._text(item)

    def _count(self, value: object) -> str:
        return self.words.number(value if isinstance(value, int | float) else len(value))  # type: ignore[arg-type]  # else TypeError, told

    def _join(self, items: Iterable[object], between: str = "") -> str:
        texts = [self._text(item) for item in items]
        if sum(map(len, texts)) + len(between) * len(texts) > CHARACTERS_MAX:
            raise TooLargeError
        return between.join(texts)


def _range(*bounds: int) -> range:
    if len(found := range(*bounds)) > RANGE_MAX:
        raise TooLargeError
    return found


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
    known = {name: value if _is_told(value) else Missing(name=name) for name, value in facts.items()}
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
        tree = _Mender(sandbox, problems).visit(sandbox.parse(source))
        _report_unknown(tree, known, sandbox, problems)
        if not problems.has_errors:
            if not spoiled:
                warn_of_empty_lists(tree, known, FILE, problems)
            return _run(tree, known, sandbox)
    except Exception as error:  # noqa: BLE001 (Jinja runs what staff wrote: whatever fails there is told to them)
        if not isinstance(error, spoiled):
            _report(error, problems)
        if isinstance(error, (TemplateSyntaxError, *ENDLESS)):
            return ""
    for alone in _each_alone(tree, {*known, *sandbox.globals}):
        try:
            _run(alone, known, sandbox)
        except ENDLESS:
            break  # the whole text's limit, which nothing after it can keep either
        except Exception as error:  # noqa: BLE001 (as above)
            if not isinstance(error, spoiled):
                _report(error, problems)
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


class _Mender(NodeTransformer):
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
            _tell(self._problems, message, say("write the text itself here"), node.lineno)
            return nodes.Output([], lineno=node.lineno)
        return super().generic_visit(node, *args, **kwargs)

    def _check(self, node: nodes.Filter | nodes.Test, message: str, known: Sequence[str]) -> nodes.Node:
        self.generic_visit(node)
        if node.name in known:
            return node
        _tell(self._problems, message, _nearest(node.name, known), node.lineno, node.name)
        return node.node or nodes.Const("", lineno=node.lineno)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno, environment=node.environment)


def _report_unknown(tree: nodes.Template, known: Mapping[str, object], sandbox: Sandbox, problems: Problems) -> None:
    """A problem for each unknown placeholder, on each line."""
    unknown = meta.find_undeclared_variables(tree) - set(known) - set(sandbox.globals)
    found = {(node.lineno, node.name) for node in tree.find_all(nodes.Name) if node.name in unknown}
    for line, name in sorted(found):
        _tell(problems, say("there is no such placeholder"), _nearest(name, list(known)), line, name)


def _nearest(name: str, known: Sequence[str]) -> str:
    if near := get_close_matches(name, known, n=1, cutoff=0.5):
        return say('did you mean "{name}"?', name=near[0])
    return say("it can be one of: {names}", names=", ".join(sorted(known)))


def _report(error: Exception, problems: Problems) -> None:
    line = getattr(error, "lineno", None) or _line_of(error)
    for kind, explain in _EXPLANATIONS.items():
        if isinstance(error, kind):
            message, hint, value = explain(error)
            _tell(problems, message, hint, line, value)
            return
    message = say("this placeholder cannot be filled in: {error}", error=str(error) or type(error).__name__)
    _tell(problems, message, say("compare it with the placeholders in the README"), line)


def _line_of(error: Exception) -> int:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return next((line for line in reversed(lines) if line), 0)


def _too_large(_: Exception) -> tuple[str, str, str]:
    hint = say("check the loops: a circular lists each agency once or twice")
    return say("these placeholders make an endless text"), hint, ""


def _missing(error: Exception) -> tuple[str, str, str]:
    name = str(error)
    hint = say("fill it in (in campaign.toml or site.toml), or take {{{{ {name} }}}} out", name=name)
    return say("the text shows this here, but it has not been filled in"), hint, name


def _forbidden(error: Exception) -> tuple[str, str, str]:
    message = str(error)
    if found := _ATTRIBUTE.search(message):
        message = say("there is no .{name} here", name=found[1])
    return say("this is not allowed in a circular: {error}", error=message), _attributes(), ""


def _undefined(error: Exception) -> tuple[str, str, str]:
    message = str(error)
    if found := _ATTRIBUTE.search(message):
        message = say("an agency has no attribute '{name}'", name=found[1])
    return say("there is no such fact: {error}", error=message), _attributes(), ""


def _attributes() -> str:
    return say("agencies have .name, .kind and .parent, days .year")


def _syntax(error: Exception) -> tuple[str, str, str]:
    hint = say('placeholders look like {{ deadline | date }}; to show braces as they are, write {{ "{{" }}')
    return say("this is no placeholder: {error}", error=error), hint, ""


_EXPLANATIONS: Mapping[type[Exception], Callable[[Exception], tuple[str, str, str]]] = {
    TooLargeError: _too_large,
    RecursionError: _too_large,
    MissingFactError: _missing,
    SecurityError: _forbidden,
    UndefinedError: _undefined,
    TemplateError: _syntax,
}


def _tell(problems: Problems, message: str, hint: str, line: int, value: str = "") -> None:
    problems.error(Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=line), value=value)
