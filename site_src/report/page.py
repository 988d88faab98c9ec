"""The report as one page: complete in itself, to be read, printed or sent on; no scripts, requests or addresses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from site_src.folders import TEMPLATES
from site_src.report import curve
from site_src.report.browsers import shown
from site_src.report.collection import OTHER_PARENTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from site_src.read.settings import Site
    from site_src.read.words import Words
    from site_src.report.collection import Missing, Report

REFUSALS_SHOWN = 50  # the most frequent


def report_page(report: Report, site: Site, words: Words) -> bytes:
    """The page in the site's language. The same report gives the same bytes."""
    collection, campaign = report.collection, report.campaign
    until = report.last_day or report.day
    template = _environment(words).get_template("report.html")
    page = template.render(
        report=report,
        site=site,
        campaign=campaign,
        collection=collection,
        share=_share(len(collection.collected), collection.expected),
        begins_late=_begins_late(report),
        missing=_by_region(collection.missing),
        other_parents=OTHER_PARENTS,
        drawn=curve.draw_curve(collection.curve, collection.expected, campaign.deadline, until),
        size=curve,
        until=until,
        refusals_shown=REFUSALS_SHOWN,
    )
    return page.encode()


def _share(part: int, whole: int) -> int:
    """Whole percents, rounded down: 100 means all."""
    return part * 100 // whole if whole else 0


def _begins_late(report: Report) -> bool:
    """Whether letters may have been collected before the logs begin."""
    sent = report.campaign.circular.date
    return sent is not None and report.first_day is not None and report.first_day > sent


def _by_region(missing: Sequence[Missing]) -> dict[str, list[Missing]]:
    """The annex's order; those under other parents come last."""
    groups: dict[str, list[Missing]] = {}
    for one in sorted(missing, key=lambda one: one.region == OTHER_PARENTS):
        groups.setdefault(one.region, []).append(one)
    return groups


def _environment(words: Words) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "date": words.date,
        "number": words.number,
        "moment": partial(_moment, words=words),
        "browser": partial(shown, words=words),
    }
    return environment


def _moment(moment: datetime, words: Words) -> str:
    """Day and time of day, in the log's own time zone."""
    return f"{words.date(moment.date(), 'short')} {moment:%H:%M}"
