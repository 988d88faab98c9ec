"""A list of agencies that is empty today leaves a hole in its sentence: "except , who keep theirs"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes

from site_src.circular.sandbox import Unlisted
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from collections.abc import Mapping

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
