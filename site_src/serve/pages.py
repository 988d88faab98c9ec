"""Lead each address below /desk/ to its page, and each form to what it asks for; each calls what a command calls."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from site_src.commands.messages import error_lines
from site_src.language.say import say
from site_src.problems import ThyridaError
from site_src.serve import agency_page, annex_page, build_page, facts_page, home_page, logs_page
from site_src.serve.desk import ASSET_FILES
from site_src.serve.gate import DESK
from site_src.serve.preview import KINDS, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from site_src.serve.desk import Desk, Form


@dataclass(frozen=True)
class Page:
    """Hold what an address shows, by a slug and its query; ``do`` obeys a form, and returns the next page's path."""

    show: Callable[[Desk, str, Mapping[str, str]], Answer]
    do: Callable[[Desk, str, Form], str] | None = None


# By the last part of an address: what all campaigns share, and what each has.
SHARED: Mapping[str, Page] = {
    "": Page(home_page.show),
    "start": Page(home_page.show_start, home_page.begin),
    "build": Page(build_page.show, build_page.begin),
    "progress": Page(build_page.show_progress),
}
OF_CAMPAIGN: Mapping[str, Page] = {
    "facts": Page(facts_page.show, facts_page.save),
    "annex": Page(annex_page.show, annex_page.replace),
    "annex-marked.xlsx": Page(annex_page.show_marked),
    "handover.zip": Page(build_page.show_handover),
    "agency": Page(agency_page.show, agency_page.give_another_code),
    "logs": Page(logs_page.show, logs_page.count),
    **{name: Page(show) for name, show in logs_page.SHOWN.items()},
}


def show(desk: Desk, path: str, query: Mapping[str, str]) -> Answer:
    """Return the page or file at a path below /desk/."""
    if path in ASSET_FILES:
        return Answer(HTTPStatus.OK, ASSET_FILES[path], KINDS.guess_type(path)[0] or "")
    return _answer(desk, path, lambda page, slug: page.show(desk, slug, query), {})


def do(desk: Desk, path: str, form: Form) -> Answer:
    """Do what a form asks for, and lead to the page that shows it, which may be loaded again."""

    def done(page: Page, slug: str) -> Answer | None:
        return Answer(HTTPStatus.SEE_OTHER, location=f"{DESK}{page.do(desk, slug, form)}") if page.do else None

    typed = {name: text for name, text in form.fields.items() if text and name != "token" and "version" not in name}
    return _answer(desk, path, done, typed)


def _answer(desk: Desk, path: str, work: Callable[[Page, str], Answer | None], typed: Mapping[str, str]) -> Answer:
    """Return what a page answers, or the page that says what failed, what to do, and what had been typed."""
    slug, _, name = path.rpartition("/")
    of_slug = OF_CAMPAIGN if slug in {each.campaign.slug for each in desk.inputs.all} else {}
    pages = of_slug if slug else SHARED
    try:
        answer = work(pages[name], slug) if name in pages else None
    except (ThyridaError, OSError) as error:
        status, lines = HTTPStatus.UNPROCESSABLE_ENTITY, [*error_lines(error)]
        return desk.page("message", say("This could not be done"), status=status, lines=lines, typed=typed)
    return answer or desk.page("message", say("This page does not exist"), status=HTTPStatus.NOT_FOUND)


def refuse(desk: Desk, status: HTTPStatus, why: str) -> Answer:
    """Return the page for a request that does not pass the gate: it shows nothing of a campaign."""
    return desk.page("message", say("The desk stays closed"), status=status, why=why)
