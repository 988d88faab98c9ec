"""Lead each address below /desk/ to its page, and each form to what it asks for; each calls what a command calls."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from site_src.commands.messages import error_lines
from site_src.language.say import say
from site_src.problems import ThyridaError
from site_src.serve import agency_page, annex_page, build_page, facts_page, home_page, logs_page
from site_src.serve.desk import ASSET_FILES
from site_src.serve.gate import DESK
from site_src.serve.preview import KINDS, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from site_src.serve.desk import Desk, Form

    Show: TypeAlias = Callable[[Desk, str, Mapping[str, str]], Answer]  # of a slug and the query of the address
    Do: TypeAlias = Callable[[Desk, str, Form], str]  # of a slug; returns the path of the page that is shown next

# By the last part of an address: what all campaigns share, and what each has.
SHARED: Mapping[str, Show] = {
    "": home_page.show,
    "start": home_page.show_start,
    "build": build_page.show,
    "progress": build_page.show_progress,
}
OF_CAMPAIGN: Mapping[str, Show] = {
    "facts": facts_page.show,
    "annex": annex_page.show,
    "annex-marked.xlsx": annex_page.show_marked,
    "handover.zip": build_page.show_handover,
    "agency": agency_page.show,
    "logs": logs_page.show,
    **logs_page.SHOWN,
}
SHARED_FORMS: Mapping[str, Do] = {"start": home_page.begin, "build": build_page.begin}
FORMS_OF_CAMPAIGN: Mapping[str, Do] = {
    "facts": facts_page.save,
    "annex": annex_page.replace,
    "agency": agency_page.give_another_code,
    "logs": logs_page.count,
}

Work = TypeVar("Work")


def show(desk: Desk, path: str, query: Mapping[str, str]) -> Answer:
    """Return the page or file at a path below /desk/."""
    if path in ASSET_FILES:
        return Answer(HTTPStatus.OK, ASSET_FILES[path], KINDS.guess_type(path)[0] or "")
    found, slug = _find(desk, path, SHARED, OF_CAMPAIGN)
    if found is None:
        return desk.page("message", say("This page does not exist"), status=HTTPStatus.NOT_FOUND)
    try:
        return found(desk, slug, query)
    except (ThyridaError, OSError) as error:
        return _failed(desk, error)


def do(desk: Desk, path: str, form: Form) -> Answer:
    """Do what a form asks for, and lead to the page that shows it, which may be loaded again."""
    found, slug = _find(desk, path, SHARED_FORMS, FORMS_OF_CAMPAIGN)
    if found is None:
        return desk.page("message", say("This page does not exist"), status=HTTPStatus.NOT_FOUND)
    try:
        return Answer(HTTPStatus.SEE_OTHER, location=f"{DESK}{found(desk, slug, form)}")
    except (ThyridaError, OSError) as error:
        typed = {name: text for name, text in form.fields.items() if text and name != "token" and "version" not in name}
        return _failed(desk, error, typed)


def refuse(desk: Desk, status: HTTPStatus, why: str) -> Answer:
    """Return the page for a request that does not pass the gate: it shows nothing of a campaign."""
    return desk.page("message", say("The desk stays closed"), status=status, why=why)


def _find(
    desk: Desk, path: str, shared: Mapping[str, Work], of_campaign: Mapping[str, Work]
) -> tuple[Work | None, str]:
    """Return what answers a path, and the slug of its campaign, which must be there."""
    slug, _, name = path.rpartition("/")
    if not slug:
        return shared.get(name), ""
    return of_campaign.get(name) if slug in {each.campaign.slug for each in desk.inputs.all} else None, slug


def _failed(desk: Desk, error: ThyridaError | OSError, typed: Mapping[str, str] | None = None) -> Answer:
    """Return the page that says what failed, what to do, and what had been typed."""
    status, lines = HTTPStatus.UNPROCESSABLE_ENTITY, [*error_lines(error)]
    return desk.page("message", say("This could not be done"), status=status, lines=lines, typed=typed)
