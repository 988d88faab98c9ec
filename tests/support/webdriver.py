"""A contact's actions in browsers that Playwright does not drive, by the commands of WebDriver (W3C)."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver, 12.1: the key of an element's reference
START_SECONDS = 60  # for a program to start, or for a slow answer
WAIT_MILLISECONDS = 30_000  # for an element that is looked for
STALE = "stale element reference"  # WebDriver, 6.6: the page was loaded again since the element was found


def wait_until(is_so: Callable[[], bool], expected: str, *, seconds: float = START_SECONDS) -> None:
    """Return as soon as something is so; raise TimeoutError that names it if it is not in time."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(expected)
        time.sleep(0.05)


class Driven(ABC):
    """A running browser; each way to reach one says how it does a command."""

    @abstractmethod
    def do(self, command: str, **parameters: object) -> Any:  # noqa: ANN401 (whatever JSON the command answers with)
        """Return the result of a WebDriver command; raise RuntimeError with the browser's reason."""

    def go(self, address: str) -> None:
        """Load a page."""
        self.do("Navigate", url=address)

    def find(self, selector: str) -> str:
        """Return the first element of a CSS selector, or of an XPath, which begins with a slash."""
        using = "xpath" if selector.startswith("/") else "css selector"
        reference: str = self.do("FindElement", using=using, value=selector)[ELEMENT]
        return reference

    def do_with(self, selector: str, command: str, **parameters: object) -> Any:  # noqa: ANN401 (likewise)
        """Return the result of a command with an element, which is found again where the page was loaded meanwhile."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.do(command, id=self.find(selector), **parameters)
            except RuntimeError as error:
                if STALE not in str(error) or time.monotonic() > end:
                    raise

    def type(self, selector: str, text: str) -> None:
        """Type into an element, in place of what it holds."""
        self.do_with(selector, "ElementClear")
        self.do_with(selector, "ElementSendKeys", text=text)

    def click(self, selector: str) -> None:
        """Click on an element."""
        self.do_with(selector, "ElementClick")

    def text(self, selector: str) -> str:
        """Return the text that an element shows."""
        shown: str = self.do_with(selector, "GetElementText")
        return shown

    def evaluate(self, script: str) -> Any:  # noqa: ANN401 (whatever JSON the script returns)
        """Return what a script returns."""
        return self.do("ExecuteScript", script=script, args=[])
