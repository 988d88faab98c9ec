"""Fill in the placeholders of a circular, in a language too small to make much out of little.

It has values, lists, filters by name, `if` and `for`. No part of it keeps, repeats or calls anything, a filter that
makes a list reads a list, and inside a loop the loop's own list is the only one. So what a text can make, and the time
that it takes, grow with the text and with the annex, not with their powers.

Each value goes into the text as a mark of two private characters with a number between them. Markdown carries the mark
through untouched, and the writer of the HTML puts the value in its place as text: no name can become markup.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NoReturn, TypeAlias

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, UndefinedError, nodes
from jinja2.sandbox import SandboxedEnvironment

from site_src.language.catalogues import N_, Words
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic, nearest
from site_src.read.circular import FILE, Named, Unlisted

MARK = re.compile("\ue000(\\d+)\ue001")
MARK_CHARACTERS = re.compile("[\ue000\ue001]")

EXPRESSIONS_MAX = 400  # names, filters and texts of all placeholders: the sample has 30; a sort of 3,000 takes 10 ms
TEXT_MAX = 1_000  # characters of a text within a placeholder
CHARACTERS_MAX = 1_000_000  # of the filled-in text

# Of Jinja's own filters, those that make a list of a list, and those that make a text or number no larger than theirs.
LIST_FILTERS = ("groupby", "list", "map", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique")
TEXT_FILTERS = ("capitalize", "default", "first", "last", "lower", "trim", "upper")

PRINTING = {"names", "join"}  # filters that show nothing of an empty list; `count` shows a 0

ATTRIBUTES = {
    *("name", "kind", "parent"),  # of an agency
    *("year", "month", "day"),  # of a day
    *("grouper", "list"),  # of a group
    *("index", "first", "last", "length"),  # of a loop
}

_BRACES = N_(
    "placeholders look like {{ deadline | date }}, {% if keeps %} and {% for … %} end with {% endif %} and "
    '{% endfor %}; to show braces as they are, write {{ "{{" }}'
)
_SINGLE_BRACES = re.compile(r"(?<![{\\])\{(?:\s+\{)?\s*(\w+)\b[^{}\n]{0,80}\}(?:\s*\})?")

PLAIN = (
    *(nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name, nodes.Getattr, nodes.Keyword),
    *(nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or),
)


class TooLargeError(Exception):
    """The placeholders make more than a circular can need."""


class MissingFactError(Exception):
    """A placeholder asks for a fact that campaign.toml or site.toml does not have."""


class MissingFact(Undefined):
    """A fact that has not been filled in: false in a condition, and an error where it is printed."""

    def fail(self) -> NoReturn:
        """Raise MissingFactError with the fact's name."""
        raise MissingFactError(self._undefined_name)


class Sandbox(SandboxedEnvironment):
    """Jinja with the filters of a circular; ``values`` collects what the marks stand for."""

    def __init__(self, words: Words, ambiguous: frozenset[str] = frozenset()) -> None:
        # The result is Markdown, so HTML's escaping would come too early: `_mark` takes its place.
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            finalize=self._mark,
            keep_trailing_newline=True,
            optimized=False,  # else a chain of 150 filters takes seconds: the third power of its length
        )
        self.words = words
        self.values: list[str] = []
        self._ambiguous = ambiguous
        # A text that is filled in for each agency is read once.
        self.tree_of = cache(self.parse)
        self.compiled = cache(self._compiled)
        self.filters = {name: self.filters[name] for name in (*LIST_FILTERS, *TEXT_FILTERS)}
        self.filters |= {"date": self._date, "names": self._names, "count": self._count, "join": self._join}
        self.filters |= {"length": _length, "map": self._map}

    def expand(self, text: str) -> str:
        """Return the text with its values in the place of their marks."""
        return MARK.sub(lambda match: self.values[int(match[1])], text)

    def _compiled(self, part: nodes.Node) -> Template:
        body = [nodes.Output([part], lineno=part.lineno) if isinstance(part, nodes.Expr) else part]
        tree = nodes.Template(body, lineno=1)
        tree.set_environment(self)
        return Template.from_code(self, self.compile(tree, filename=FILE), {})

    def _mark(self, value: object) -> str:
        text = " ".join(self.expand(self._text(value)).split())
        self.values.append(text)
        return f"\ue000{len(self.values) - 1}\ue001"

    def _text(self, value: object) -> str:
        if isinstance(value, date | MissingFact):
            return self._date(value)
        if isinstance(value, tuple | list):
            return self._names(value)
        if isinstance(value, str | int | float | Named | Undefined):
            return str(value)
        raise TypeError(say("this cannot be printed; add a filter such as `names` or `count`"))

    def _date(self, value: object, form: str = "long") -> str:
        if isinstance(value, MissingFact):
            value.fail()
        if not isinstance(value, date):
            raise TypeError(say("the filter `date` is for days, such as `deadline`"))
        try:
            return self.words.date(value, form)
        except ValueError as error:
            message = say('there is no form of a date named "{form}": expected one of {forms}', form=form, forms=error)
            raise TypeError(message) from error

    def _names(self, value: object) -> str:
        if isinstance(value, str | Named):
            value = [value]
        return self.words.list([self._name(item) for item in value])  # type: ignore[attr-defined]  # else TypeError

    def _name(self, item: object) -> str:
        if isinstance(item, Named) and item.name in self._ambiguous and item.parent:
            return f"{item.name} ({item.parent})"
        return self._text(item)

    def _count(self, value: object) -> str:
        if isinstance(value, Unlisted):
            return self._text(value[0])
        return self.words.number(value if isinstance(value, int | float) else _length(value))

    def _join(self, items: object, between: str = "") -> str:
        if isinstance(items, str):
            raise TypeError(say("the filter `join` is for lists"))
        return between.join(map(self._text, items))  # type: ignore[call-overload]  # else TypeError

    def _map(self, items: Iterable[object], *, attribute: str) -> list[object]:
        """Return an attribute of each item; a filter could make much of each."""
        return [self.getattr(item, attribute) for item in items]


def _length(value: object) -> int:
    return len(list(value))  # type: ignore[call-overload]  # else TypeError; what some filters make has no length


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
    _warn_of_single_braces(source, known, own)
    try:
        tree = sandbox.tree_of(MARK_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", source))
        good = _good_parts(tree, known, sandbox, own)
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
            made = [part.data] if isinstance(part, nodes.TemplateData) else sandbox.compiled(part).generate(known)
            for piece in made:
                left -= len(sandbox.expand(piece))
                if left < 0:
                    _report_error(TooLargeError(), problems)
                    return ""
                pieces.append(piece)
        except Exception as error:  # noqa: BLE001 (as above)
            if not isinstance(error, spoiled):
                _report_error(error, problems)
    return "".join(pieces)


def _report_error(error: Exception, problems: Problems) -> None:
    """Report what the text's code raised, on the line that raised it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    line = getattr(error, "lineno", None) or next((line for line in reversed(lines) if line), 0)
    message, hint = _explain(error)
    value = str(error) if isinstance(error, MissingFactError) else ""
    problems.error(Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=line), value=value)


def _explain(error: Exception) -> tuple[str, str]:
    """Return an error in words that staff can act on, and what to do."""
    match error:
        case TooLargeError() | RecursionError():
            message = say("these placeholders are too many, are nested too deep, or make too long a text")
            return message, say("a text lists each agency once or twice")
        case MissingFactError():
            hint = say("fill it in (in campaign.toml or site.toml), or remove {{{{ {name} }}}}", name=error)
            return say("the text shows this here, but it has not been filled in"), hint
        case UndefinedError():
            hint = say("agencies have .name, .kind and .parent, days .year")
            return say("there is no such fact: {error}", error=error), hint
        case TemplateError():
            return say("this is no placeholder: {error}", error=error), say(_BRACES)
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
            _warn(problems, message, hint, node, name)


def _warn_of_lost_lists(tree: nodes.Template, facts: Mapping[str, object], problems: Problems) -> None:
    """Warn of each line on which a list is used that nobody knows any more."""
    for node in tree.find_all(nodes.Name):
        if isinstance(found := facts.get(node.name), Unlisted):
            message = say(
                'the round is over, and the annex is no longer read: the page shows "{text}" here', text=found[0]
            )
            hint = say("write here what the page is to show for ever: the names, or their number")
            _warn(problems, message, hint, node, node.name)


def _warn_of_single_braces(source: str, facts: Mapping[str, object], problems: Problems) -> None:
    """Warn of each placeholder with a brace too few, or with a blank between its braces."""
    for found in _SINGLE_BRACES.finditer(source):
        if found[1] in facts:
            at = Place(file=FILE, line=source.count("\n", 0, found.start()) + 1)
            problems.warning(
                Topic.TEXT, say("this is no placeholder, and shows as it is"), hint=say(_BRACES), at=at, value=found[0]
            )


def _warn(problems: Problems, message: str, hint: str, node: nodes.Node, value: str) -> None:
    problems.warning(Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=node.lineno), value=value)


def _listed(node: nodes.Node | None) -> str:
    """Return the name of what is printed, below its filters; "" where a filter gives another text for an empty list."""
    while isinstance(node, nodes.Filter) and node.name != "default":
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""


# The names that can be used at a place, each with whether it is a list.
_Scope: TypeAlias = "Mapping[str, bool]"
# A mistake in a placeholder: its node, what is wrong, what to do, and the name that is wrong, if it is one.
_Mistake: TypeAlias = "tuple[nodes.Node, str, str, str]"


def _good_parts(
    tree: nodes.Template, known: Mapping[str, object], sandbox: Sandbox, problems: Problems
) -> list[nodes.Node]:
    """Return the parts of the text that are in the language; the others are in ``problems``.

    Raises TooLargeError where there are more than a circular needs.
    """
    if sum(not isinstance(node, nodes.TemplateData) for node in tree.find_all(nodes.Expr)) > EXPRESSIONS_MAX:
        raise TooLargeError
    scope = {name: isinstance(value, tuple) for name, value in known.items()}
    checker, good = _Checker(scope, sandbox), []
    for part in (each for node in tree.body for each in (node.nodes if isinstance(node, nodes.Output) else [node])):
        mistakes = [*checker.mistakes(part, scope)]
        for node, message, hint, value in mistakes:
            problems.error(Topic.TEXT, message, hint=hint, at=Place(file=FILE, line=node.lineno), value=value)
        good += [] if mistakes else [part]
    return good


@dataclass(frozen=True)
class _Checker:
    known: _Scope
    sandbox: Sandbox

    def mistakes(self, node: nodes.Node, scope: _Scope) -> Iterator[_Mistake]:
        """Yield what is not in the language, in the node and all that is within it."""
        match node:
            case nodes.For():
                yield from self._of_loop(node, scope)
                return
            case nodes.Name() if node.name in self.known and node.name not in scope:
                message = say("within a loop only the loop's own list can be used")
                yield node, message, say("put this before or after the loop"), node.name
            case nodes.Name():
                yield from _unknown(node, say("there is no such placeholder"), scope)
            case nodes.Getattr() if node.attr not in ATTRIBUTES:
                hint = say("agencies have .name, .kind and .parent, days .year")
                yield node, say("there is no .{name} here", name=node.attr), hint, ""
            case nodes.Filter():
                yield from _unknown(node, say("there is no such filter"), self.sandbox.filters)
            case nodes.Test():
                yield from _unknown(node, say("there is no such test"), self.sandbox.tests)
        if not _is_allowed(node, scope):
            yield _refused(node)
        elif not isinstance(node, nodes.List | nodes.Tuple):
            for child in node.iter_child_nodes():
                yield from self.mistakes(child, scope)

    def _of_loop(self, node: nodes.For, scope: _Scope) -> Iterator[_Mistake]:
        targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
        names = [target.name for target in targets if isinstance(target, nodes.Name)]
        if not _is_list(node.iter, scope) or node.recursive or len(names) < len(targets):
            yield _refused(node)
        for outside in (node.iter, *node.else_):
            yield from self.mistakes(outside, scope)
        within = {name: False for name, is_list in self.known.items() if not is_list}
        within |= {"loop": False} | {name: name in names[1:] for name in names}  # `for parent, members in … | groupby`
        for inside in (*node.body, *([node.test] if node.test else [])):
            yield from self.mistakes(inside, within)


def _refused(node: nodes.Node) -> _Mistake:
    hint = say("placeholders are values, lists, filters, `if` and `for`; compare it with docs/reference.md")
    return node, say("this is not allowed here"), hint, ""


def _unknown(node: nodes.Name | nodes.Filter | nodes.Test, message: str, known: Iterable[str]) -> Iterator[_Mistake]:
    if node.name not in known:
        yield node, message, nearest(node.name, sorted(known)), node.name


def _is_allowed(node: nodes.Node, scope: _Scope) -> bool:
    """Return whether the node itself is in the language, whatever is within it."""
    match node:
        case nodes.Filter():
            return _takes_little(node) and (node.name not in LIST_FILTERS or _is_list(node.node, scope))
        case nodes.Test():
            return _takes_little(node)
        case nodes.Const() | nodes.List() | nodes.Tuple():
            items = [node] if isinstance(node, nodes.Const) else node.items
            return all(isinstance(item, nodes.Const) and len(str(item.value)) <= TEXT_MAX for item in items)
        case nodes.Getitem():
            return isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int)
    return isinstance(node, PLAIN)


def _takes_little(node: nodes.Filter | nodes.Test) -> bool:
    """Return whether a filter or test is given no more than names and texts."""
    given = [*node.args, *(each.value for each in node.kwargs)]
    small = (nodes.Const, nodes.Name, nodes.Getattr, nodes.List, nodes.Tuple)
    return all(isinstance(each, small) for each in given) and not (node.dyn_args or node.dyn_kwargs)


def _is_list(node: nodes.Node | None, scope: _Scope) -> bool:
    """Return whether it is a list of the campaign, or one that a filter makes of it."""
    match node:
        case nodes.Name():
            return scope.get(node.name, True)  # a name that is not known is a mistake of its own
        case nodes.Getattr():
            return node.attr == "list"
    return isinstance(node, nodes.Filter) and node.name in LIST_FILTERS
