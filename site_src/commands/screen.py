"""The screen: lines in colour on a terminal, what is typed there, and how far a long work is."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from site_src.folders import Progress
from site_src.language.catalogues import N_
from site_src.language.say import say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

# A name of a user or a file may hold what a terminal obeys (ECMA-48, C0 and C1 controls) or what turns the direction of
# writing (Unicode Standard Annex #9): every line shows these as escapes. Tabs and line ends stay.
_OBEYED = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
ESCAPED = {code: chr(code).encode("unicode_escape").decode() for code in _OBEYED if chr(code) not in "\t\n"}

# How a terminal shows the words that a line begins with: a style of rich. Magenta, as compilers have it, can be read on
# white and on black, where yellow cannot.
STYLES = {
    N_("error: {text}"): "bold red",
    N_("warning: {text}"): "bold magenta",
    N_("  hint: {hint}"): "bold",
}


def show_lines(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Print lines, with what a terminal would obey as escapes."""
    show = _printer(stream or sys.stdout)
    for line in lines:
        show(line.translate(ESCAPED))


def _printer(stream: TextIO) -> Callable[[str], None]:
    """Return what prints a line: in colour on a terminal, unless NO_COLOR is set (no-color.org), and plain elsewhere.

    A server that activates has Python alone, and so no colour.
    """
    plain = partial(print, file=stream)
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return plain
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        return plain
    console = Console(file=stream)
    styles = {"^" + re.escape(say(words, text="", hint="").rstrip()): style for words, style in STYLES.items()}

    def show(line: str) -> None:
        text = Text(line)
        for start, style in styles.items():
            text.highlight_regex(start, style)
        console.print(text, soft_wrap=True)  # a path that is broken into lines cannot be copied

    return show


def ask(prompt: str) -> str:
    """Return the line that is typed behind a prompt; Ctrl-D ends the command as Ctrl-C does."""
    with suppress(ImportError):  # with it the arrow keys work; Windows has its own
        import_module("readline")
    try:
        return input(prompt.translate(ESCAPED))
    except EOFError:
        show_lines([""])
        raise KeyboardInterrupt from None


class Bar(Progress):
    """Shows how far a long work is: a bar on a terminal, a plain line at each quarter elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__()
        self._quiet = quiet
        self._rich: RichProgress | None = None

    @contextmanager
    def showing(self, text: str, total: int) -> Iterator[Callable[[], None]]:
        """Show a work while it goes on; nothing is shown where it has no steps."""
        self._rich = None
        if total and not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as RichProgress

            self._rich = RichProgress(console=Console(stderr=True), transient=True)
            self._task = self._rich.add_task(text, total=total)
        with self._rich or nullcontext(), super().showing(text, total) as step:
            yield step

    def show(self) -> None:
        """Advance the bar, or print a line at each quarter."""
        if self._rich:
            self._rich.advance(self._task)
        elif not self._quiet and self.done * 4 // self.total > (self.done - 1) * 4 // self.total:
            print(say("{text}: {done} of {total}", text=self.text, done=self.done, total=self.total), file=sys.stderr)
