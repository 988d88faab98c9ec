"""The language of placeholders: too small to make much out of little.

It has values, lists, filters by name, `if` and `for`. No part of it keeps, repeats or calls anything, a filter that
makes a list reads a list, and inside a loop the loop's own list is the only one. So what a text can make, and the time
that it takes, grow with the text and with the annex, not with their powers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import nodes

from site_src.language.say import say
from site_src.problems import Problems
from site_src.read.circular.placeholder_mistakes import nearest, tell
from site_src.read.circular.sandbox import LIST_FILTERS, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_src.read.circular.sandbox import Sandbox

EXPRESSIONS_MAX = (
    400  # names, filters and texts of all placeholders: the sample has 30; 3,000 agencies sorted take 10 ms
)
TEXT_MAX = 1_000  # characters of a text within a placeholder

ATTRIBUTES = {
    *("name", "kind", "parent"),  # of an agency
    *("year", "month", "day"),  # of a day
    *("grouper", "list"),  # of a group
    *("index", "first", "last", "length"),  # of a loop
}

PLAIN = (
    *(nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name, nodes.Getattr, nodes.Keyword),
    *(nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or),
)


@dataclass(frozen=True)
class _Scope:
    """The names that can be used at a place, and those of them that are lists."""

    names: frozenset[str]
    lists: frozenset[str]


def check(tree: nodes.Template, known: Mapping[str, object], sandbox: Sandbox, problems: Problems) -> list[nodes.Node]:
    """Return the parts of the text that are in the language; the others are in ``problems``.

    Raises TooLargeError where there are more than a circular needs.
    """
    if sum(not isinstance(node, nodes.TemplateData) for node in tree.find_all(nodes.Expr)) > EXPRESSIONS_MAX:
        raise TooLargeError
    lists = frozenset(name for name, value in known.items() if isinstance(value, tuple))
    good = []
    for part in _parts(tree):
        own = Problems()
        _Grammar(known, sandbox, own).check(part, _Scope(frozenset(known), lists))
        problems.extend(own.all())
        good += [] if own.has_errors else [part]
    return good


def _parts(tree: nodes.Template) -> Iterator[nodes.Node]:
    for node in tree.body:
        yield from node.nodes if isinstance(node, nodes.Output) else [node]


@dataclass(frozen=True)
class _Grammar:
    known: Mapping[str, object]
    sandbox: Sandbox
    problems: Problems

    def check(self, node: nodes.Node, scope: _Scope) -> None:
        """Report what is not in the language, in the node and all that is within it."""
        match node:
            case nodes.For():
                self._check_loop(node, scope)
                return
            case nodes.Name():
                self._check_name(node, scope)
            case nodes.Getattr() if node.attr not in ATTRIBUTES:
                hint = say("agencies have .name, .kind and .parent, days .year")
                tell(self.problems, say("there is no .{name} here", name=node.attr), hint, node.lineno)
            case nodes.Filter():
                self._check_known(node, say("there is no such filter"), self.sandbox.filters)
            case nodes.Test():
                self._check_known(node, say("there is no such test"), self.sandbox.tests)
        if not _is_allowed(node, scope):
            self._refuse(node)
        elif not isinstance(node, nodes.List | nodes.Tuple):
            self._check_all(node.iter_child_nodes(), scope)

    def _check_all(self, children: Iterable[nodes.Node], scope: _Scope) -> None:
        for child in children:
            self.check(child, scope)

    def _refuse(self, node: nodes.Node) -> None:
        hint = say("a circular has values, lists, filters, `if` and `for`; compare it with docs/reference.md")
        tell(self.problems, say("this is not allowed in a circular"), hint, node.lineno)

    def _check_name(self, node: nodes.Name, scope: _Scope) -> None:
        if node.name in scope.names:
            return
        message, hint = say("there is no such placeholder"), nearest(node.name, list(scope.names))
        if node.name in self.known:
            message = say("within a loop only the loop's own list can be used")
            hint = say("put this before or after the loop")
        tell(self.problems, message, hint, node.lineno, node.name)

    def _check_known(self, node: nodes.Filter | nodes.Test, message: str, known: Iterable[str]) -> None:
        if node.name not in known:
            tell(self.problems, message, nearest(node.name, list(known)), node.lineno, node.name)

    def _check_loop(self, node: nodes.For, scope: _Scope) -> None:
        targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
        names = [target.name for target in targets if isinstance(target, nodes.Name)]
        if not _is_list(node.iter, scope) or node.recursive or len(names) < len(targets):
            self._refuse(node)
        self._check_all([node.iter, *node.else_], scope)
        values = frozenset(name for name, value in self.known.items() if not isinstance(value, tuple))
        within = _Scope(values.union(names, ["loop"]), frozenset(names[1:]))  # `for parent, members in … | groupby`
        self._check_all([*node.body, *([node.test] if node.test else [])], within)


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
        case nodes.Add() | nodes.Sub():
            return _is_number(node.left) and _is_number(node.right)
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
            return node.name in scope.lists or node.name not in scope.names  # which is a mistake of its own
        case nodes.Getattr():
            return node.attr == "list"
        case nodes.Filter():
            return node.name in LIST_FILTERS
    return False


def _is_number(node: nodes.Node) -> bool:
    match node:
        case nodes.Const():
            return isinstance(node.value, int)
        case nodes.Getattr():
            return node.attr in {"year", "month", "day", "index"}
        case nodes.Filter():
            return node.name == "length"
    return isinstance(node, nodes.Add | nodes.Sub)
