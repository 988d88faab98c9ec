"""The curve of collections by day against the deadline, as the coordinates of a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The drawing in units of its own; a page gives it any width.
WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 700, 34, 260
DAY_MARKS = 6
COUNT_MARKS = 4
LABEL_HEIGHT = 16


@dataclass(frozen=True)
class DayMark:
    """A day below the drawing."""

    x: float
    day: date


@dataclass(frozen=True)
class CountMark:
    """A number of agencies beside the drawing."""

    y: float
    count: int


@dataclass(frozen=True)
class Curve:
    """What to draw: ``line`` is the data of an SVG path, which ends at ``end``; ``goal`` is the height of all."""

    line: str
    end: tuple[float, float]
    goal: float
    deadline: float
    days: tuple[DayMark, ...]
    counts: tuple[CountMark, ...]


def draw_curve(points: Sequence[tuple[date, int]], goal: int, deadline: date, until: date) -> Curve:
    """The curve through ``points`` (a day, and how many had collected by its end), flat from the last to ``until``.

    ``goal`` is how many there are to collect. The axis begins on the day before the first of all.
    """
    days_told = [deadline, until, *(day for day, _ in points)]
    first, last = min(days_told) - timedelta(days=1), max(days_told)
    span = (last - first).days

    def x(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / span, 1)

    def y(count: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * count / max(goal, 1), 1)

    end = max(until, points[-1][0]) if points else until
    total = points[-1][1] if points else 0
    steps = "".join(f"H{x(day)}V{y(count)}" for day, count in points)
    marks = (CountMark(y(count), count) for count in range(0, goal, _round_step(goal)))
    days = range(0, span + 1, -(-span // DAY_MARKS))
    return Curve(
        line=f"M{LEFT} {y(0)}{steps}H{x(end)}",
        end=(x(end), y(total)),
        goal=y(goal),
        deadline=x(deadline),
        days=tuple(DayMark(x(day), day) for day in (first + timedelta(days=number) for number in days)),
        counts=(*(mark for mark in marks if mark.y - y(goal) >= LABEL_HEIGHT), CountMark(y(goal), goal)),
    )


def _round_step(goal: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that divides the axis into few enough parts."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if goal <= step * factor * COUNT_MARKS:
                return step * factor
        step *= 10
