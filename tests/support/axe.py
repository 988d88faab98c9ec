"""axe-core in a page, and the windows in which a page is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page, ViewportSize

# As axe-core names the rules of WCAG 2.0 to 2.2, A and AA, and of good practice; and contrast as AAA asks for it.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],  # of the rest one place is enough
    "preload": False,  # it is for films and sounds, of which no page has any
}
# What colours can change: all else is the same in a light window of the same width.
OF_COLOURS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
COLOURS = {**RULES, "runOnly": OF_COLOURS, "rules": {}}
BUT_COLOURS = {**RULES, "rules": {rule: {"enabled": False} for rule in OF_COLOURS}}


@dataclass(frozen=True)
class Window:
    """A browser's window: its width in pixels, and whose colours rule."""

    width: int
    dark: bool = False
    forced: bool = False

    def show(self, page: Page) -> None:
        """Let the page be seen through it."""
        size: ViewportSize = {"width": self.width, "height": 800}
        if page.viewport_size != size:  # to lay the page out again costs as much as some of the rules
            page.set_viewport_size(size)
        page.emulate_media(
            color_scheme="dark" if self.dark else "light", forced_colors="active" if self.forced else "none"
        )


def faults_in(page: Page, *windows: Window, colours: bool = True) -> list[list[str]]:
    """Return the faults that axe-core finds in each window, by rule and place; a page that is wider than it has one.

    A contrast that it cannot measure is one too. Without ``colours`` no rule of theirs is asked.
    """
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    widths: set[int] = set()
    found = []
    for window in windows:
        window.show(page)
        rules = RULES if colours else BUT_COLOURS
        found.append(_faults(page, COLOURS if window.width in widths else rules) + too_wide(page))
        widths.add(window.width)
    return found


def too_wide(page: Page) -> list[str]:
    """Return a fault where the page scrolls sideways."""
    width, window = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    return [f"{width} pixels wide in a window of {window}"] if width > window else []


def _faults(page: Page, rules: Mapping[str, object]) -> list[str]:
    passes, violations, incomplete = page.evaluate(
        """async rules => {
            const { passes, violations, incomplete } = await axe.run(rules);
            const places = kind => kind.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
            return [passes.length, places(violations), places(incomplete)];
        }""",
        rules,
    )
    assert passes
    return [*violations, *(fault for fault in incomplete if fault.startswith("color-contrast"))]
