"""axe-core in a page, and the windows in which a page is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page

# As axe-core names the rules of WCAG 2.0 to 2.2, A and AA, and of good practice; and contrast as AAA asks for it.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],  # of the rest one place is enough
}
# What colours can change: all else is the same in a light window of the same width.
COLOURS = {**RULES, "runOnly": ["color-contrast", "color-contrast-enhanced", "link-in-text-block"], "rules": {}}


@dataclass(frozen=True)
class Window:
    """A browser's window: its width in pixels, and whose colours rule."""

    width: int
    dark: bool = False
    forced: bool = False

    def show(self, page: Page) -> None:
        """Let the page be seen through it."""
        page.set_viewport_size({"width": self.width, "height": 800})
        page.emulate_media(
            color_scheme="dark" if self.dark else "light", forced_colors="active" if self.forced else "none"
        )


def faults_in(page: Page, *windows: Window) -> list[list[str]]:
    """Return the faults that axe-core finds in each window, by rule and place.

    A contrast that it cannot measure is one too.
    """
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    widths: set[int] = set()
    found = []
    for window in windows:
        window.show(page)
        found.append(_faults(page, COLOURS if window.width in widths else RULES))
        widths.add(window.width)
    return found


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
