from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from site_src.report.reporting import COUNT_MARKS, DAY_MARKS, FRAME, draw_curve

DEADLINE = date(2020, 11, 30)
LEFT, RIGHT, TOP, BOTTOM = (FRAME[side] for side in ("LEFT", "RIGHT", "TOP", "BOTTOM"))


def test_a_curve_ends_at_what_was_collected() -> None:
    """The line begins at nought, rises at each day, stays level to the last day of the logs, and ends at the total."""
    drawn = draw_curve([(date(2020, 11, 20), 2), (date(2020, 11, 25), 4)], 8, DEADLINE, date(2020, 11, 26))
    half, quarter = (BOTTOM + TOP) / 2, BOTTOM - (BOTTOM - TOP) / 4
    assert re.fullmatch(rf"M{LEFT} {BOTTOM}\.0H[\d.]+V{quarter}H[\d.]+V{half}H{drawn.end[0]}", drawn.line)
    assert drawn.end[1] == half
    assert drawn.goal == TOP
    assert drawn.end[0] < drawn.deadline == RIGHT


def test_late_collections_stand_behind_the_deadline() -> None:
    """Collections after the deadline are drawn to its right."""
    drawn = draw_curve([(DEADLINE + timedelta(days=3), 1)], 1, DEADLINE, DEADLINE)
    assert drawn.deadline < drawn.end[0] == RIGHT


@given(
    st.sets(st.integers(min_value=-300, max_value=300), max_size=30),
    st.integers(min_value=0, max_value=5000),
    st.integers(min_value=-300, max_value=300),
)
def test_everything_is_inside_the_drawing(days: set[int], more: int, until: int) -> None:
    """Any figures stay inside the drawing, and the axes have few marks, each at a place of its own."""
    points = [(DEADLINE + timedelta(days=day), count) for count, day in enumerate(sorted(days), start=1)]
    drawn = draw_curve(points, len(points) + more, DEADLINE, DEADLINE + timedelta(days=until))
    across = [float(number) for number in re.findall(r"[MH]([\d.]+)", drawn.line)] + [drawn.deadline, drawn.end[0]]
    assert all(LEFT <= x <= RIGHT for x in [*across, *(x for x, _ in drawn.days)])
    assert all(TOP <= y <= BOTTOM for y in [drawn.goal, drawn.end[1], *(y for y, _ in drawn.counts)] if points)
    assert 1 <= len({x for x, _ in drawn.days}) == len(drawn.days) <= DAY_MARKS + 1
    assert 1 <= len({y for y, _ in drawn.counts}) == len(drawn.counts) <= COUNT_MARKS + 1
