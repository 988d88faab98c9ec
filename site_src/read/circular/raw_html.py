"""HTML that stands in a text for people: Markdown usually lets it pass, here it shows as it is written."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from site_src.problems import Problems

CODE_MAX = 5_000  # characters, so that marks without an end do not make it look through the whole text each time

# Elements that people write into Markdown; another word in angle brackets may be meant to be read as it is.
_NAMES = "abbr|[abipsu]|blockquote|br|center|code|del|div|em|font|h[1-6]|hr|iframe|img|ins|li|mark|ol|pre|script|small"
_NAMES += "|span|strike|strong|style|su[bp]|table|tbody|td|th|thead|tr|ul"
_TAG = rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>"
# What is code, a comment that is not published, escaped, or a link's address comes first, and is passed over.
_SHOWN = re.compile(
    rf"(?:(?<!`)(?P<fence>`++|^ *+~{{3,}}+)).{{1,{CODE_MAX}}}?(?P=fence)|\{{#.*?(?:#\}}|\Z)"
    rf"|\\<|\]\(<[^<>\n]*>|(?P<comment><!--)|(?P<tag>{_TAG})",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)


def warn_of_html(text: str, file: str, problems: Problems, note: str = "") -> None:
    """A warning for each comment and tag, which everybody would read; ``note`` says how a note is written instead."""
    lines = LineNumbers(text)
    for found in _SHOWN.finditer(text):
        at = Place(file=file, line=lines.at(found.start()))
        if found["comment"]:
            message = say("this comment shows as text on the page: everybody reads it")
            hint = note or say("remove it from the text")
            problems.warning(Topic.TEXT, message, hint=hint, at=at, value=found[0])
        elif found["tag"]:
            message = say("HTML shows as text on the page")
            hint = say(
                "take it out, or use Markdown: **bold**, an empty line before a new paragraph, two spaces at the end "
                "of a line for a break"
            )
            problems.warning(Topic.TEXT, message, hint=hint, at=at, value=found[0])


class LineNumbers:
    """The lines of one text, which is read once, however often somebody asks."""

    def __init__(self, text: str) -> None:
        self._ends = [end.start() for end in re.finditer("\n", text)]

    def at(self, position: int) -> int:
        """The number, from 1, of the line that holds the character at ``position``."""
        return bisect_left(self._ends, position) + 1
