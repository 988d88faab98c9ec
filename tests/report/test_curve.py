from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from site_src.language.catalogues import Words
from site_src.read.agency import Agency
from site_src.read.settings import Site
from site_src.report.collection import Recipient, Visits
from site_src.report.reporting import COUNT_MARKS, DAY_MARKS, FRAME, LABEL_HEIGHT, report_page
from tests.report.test_collection import report_of

DEADLINE = date(2020, 11, 30)
LEFT, RIGHT, TOP, BOTTOM = (FRAME[side] for side in ("LEFT", "RIGHT", "TOP", "BOTTOM"))


class Drawing(NamedTuple):
    """Return the drawing of the page: the line's path and end, the goal, the deadline, and the marks of both axes."""

    line: str
    end: tuple[float, float]
    goal: float
    deadline: float
    days: list[float]
    counts: list[float]


def draw(days: list[date], goal: int, until: date) -> Drawing:
    """Return the drawing for agencies that collected on these days, of as many as the goal is."""
    recipients = [Recipient(Agency(username=f"{number:012}", name="A"), "") for number in range(goal)]
    for recipient, day in zip(recipients, days, strict=False):
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        recipient.visits = Visits(moment, moment, 1)
    report = replace(report_of(tuple(recipients)), day=until)
    page = report_page(report, Site(title="T", operator="O", language="en"), Words("en")).decode()

    def numbers(pattern: str) -> list[float]:
        return [float(number) for number in re.findall(pattern, page)]

    return Drawing(
        line=re.findall(r'class="curve" d="([^"]+)"', page)[0],
        end=(numbers(r'cx="([^"]+)"')[0], numbers(r'cy="([^"]+)"')[0]),
        goal=numbers(r'class="goal" d="M\d+ ([\d.]+)')[0],
        deadline=numbers(r'class="deadline" d="M([\d.]+)')[0],
        days=numbers(rf'class="grid" d="M([\d.]+) {BOTTOM}v6'),
        counts=numbers(rf'class="grid" d="M{LEFT} ([\d.]+)H'),
    )


def test_a_curve_ends_at_what_was_collected() -> None:
    """The line begins at nought, rises at each day, stays level to the last day of the logs, and ends at the total."""
    drawn = draw([date(2020, 11, 20)] * 2 + [date(2020, 11, 25)] * 2, 8, date(2020, 11, 26))
    half, quarter = (BOTTOM + TOP) / 2, BOTTOM - (BOTTOM - TOP) / 4
    assert re.fullmatch(rf"M{LEFT} {BOTTOM}\.0H[\d.]+V{quarter}H[\d.]+V{half}H{drawn.end[0]}", drawn.line)
    assert drawn.end[1] == half
    assert drawn.goal == TOP
    assert drawn.end[0] < drawn.deadline == RIGHT


def test_late_collections_stand_behind_the_deadline() -> None:
    """Collections after the deadline are drawn to its right."""
    drawn = draw([DEADLINE + timedelta(days=3)], 1, DEADLINE)
    assert drawn.deadline < drawn.end[0] == RIGHT


@settings(deadline=None)
@given(
    st.sets(st.integers(min_value=-300, max_value=300), max_size=30),
    st.integers(min_value=0, max_value=5000),
    st.integers(min_value=-300, max_value=300),
)
def test_everything_is_inside_the_drawing(days: set[int], more: int, until: int) -> None:
    """Any figures stay inside the drawing, and the axes have few marks, none upon another."""
    points = [DEADLINE + timedelta(days=day) for day in sorted(days)]
    drawn = draw(points, len(points) + more, DEADLINE + timedelta(days=until))
    across = [float(number) for number in re.findall(r"[MH]([\d.]+)", drawn.line)] + [drawn.deadline, drawn.end[0]]
    assert all(LEFT <= x <= RIGHT for x in [*across, *drawn.days])
    assert all(TOP <= y <= BOTTOM for y in [drawn.goal, drawn.end[1], *drawn.counts])
    assert 1 <= len(set(drawn.days)) == len(drawn.days) <= DAY_MARKS + 1
    assert all(y == drawn.goal or y - drawn.goal >= LABEL_HEIGHT for y in drawn.counts)
    assert 1 <= len(set(drawn.counts)) == len(drawn.counts) <= COUNT_MARKS + 1
