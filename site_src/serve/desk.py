"""The desk: a campaign from its two documents to its last letter in the browser, for staff without a terminal.

Each page calls the same functions as the commands, and files stay the truth: the desk keeps nothing of its own but the
results that a page shows next.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from site_src.commands.messages import error_lines
from site_src.folders import TEMPLATES
from site_src.language.say import say, spoken
from site_src.make.assets import read_assets
from site_src.make.pages import page_environment
from site_src.problems import Problems, ThyridaError, UsageError
from site_src.read.words import Words
from site_src.serve import agency_page, annex_page, build_page, facts_page, home_page, logs_page
from site_src.serve.gate import DESK
from site_src.serve.preview import KINDS, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from site_src.new import Draft
    from site_src.problems import Problem
    from site_src.read.inputs import CircularInputs, Inputs
    from site_src.report.collection import Report
    from site_src.serve.gate import Gate
    from site_src.serve.preview import Preview


class Page(Protocol):
    """A module of the desk: what it shows, and what it does with a form, which returns the path of the next page."""

    def show(self, desk: Desk, name: str, slug: str, query: Mapping[str, str], /) -> Answer:
        """Return the page or file of this name, of a campaign or of all."""

    def do(self, desk: Desk, slug: str, form: Form, /) -> str:
        """Do what a form asks for."""


# By the last part of an address.
SHARED: Mapping[str, Page] = {"": home_page, "start": home_page, "build": build_page, "progress": build_page}
OF_CAMPAIGN: Mapping[str, Page] = {
    "facts": facts_page,
    "annex": annex_page,
    "annex-marked.xlsx": annex_page,
    "handover.zip": build_page,
    "agency": agency_page,
    "logs": logs_page,
    "report.html": logs_page,
    "report.xlsx": logs_page,
}


@dataclass(frozen=True)
class Upload:
    """A file that a form brought; of its name, which may be a path, the desk uses the ending alone."""

    name: str
    content: bytes = field(repr=False)

    @property
    def ending(self) -> str:
        """Return the ending in lower case, with its dot."""
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True)
class Form:
    """A form as it was sent: its fields and its files by their names."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)

    def annex(self) -> Upload:
        """Return the annex. Raises UsageError where the form has none."""
        if not self.files.get("annex"):
            raise UsageError(say("there is no annex"), say("go back and choose the file of the annex"))
        return self.files["annex"][0]


class Desk:
    """The pages of one session, for the folders of its preview."""

    def __init__(self, preview: Preview, gate: Gate) -> None:
        self.preview = preview
        self.gate = gate
        self.job = build_page.Job()
        # By slug: what `new` understood, what the logs showed, and that in lines.
        self.begun: dict[str, Draft] = {}
        self.reports: dict[str, Report] = {}
        self.found: dict[str, tuple[str, ...]] = {}

    @property
    def inputs(self) -> Inputs:
        """Return the inputs as they were read last."""
        return self.preview.inputs

    def campaign(self, slug: str) -> CircularInputs:
        """Return the inputs of a campaign that is there."""
        return next(each for each in self.inputs.all if each.campaign.slug == slug)

    def only(self, slug: str) -> Inputs:
        """Return the inputs with one campaign alone. Raises InputError where it has errors."""
        found = Problems()
        found.extend(self.problems(slug))
        found.stop_on_errors()
        campaigns = tuple(each for each in self.inputs.campaigns if each.campaign.slug == slug)
        over = tuple(each for each in self.inputs.over if each.campaign.slug == slug)
        return replace(self.inputs, campaigns=campaigns, over=over)

    def problems(self, slug: str) -> tuple[Problem, ...]:
        """Return what is wrong with a campaign, and with that which all campaigns share."""
        return tuple(each for each in self.preview.problems if each.at.campaign in {"", slug})

    def show(self, path: str, query: Mapping[str, str]) -> Answer:
        """Return the page or file at a path below /desk/."""
        if path in _FILES:
            return Answer(HTTPStatus.OK, _FILES[path], KINDS.guess_type(path)[0] or "")
        return self._answer(path, lambda page, name, slug: page.show(self, name, slug, query))

    def do(self, path: str, form: Form) -> Answer:
        """Do what a form asks for, and lead to the page that shows it, which may be loaded again."""

        def done(page: Page, _: str, slug: str) -> Answer:
            return Answer(HTTPStatus.SEE_OTHER, location=f"{DESK}{page.do(self, slug, form)}")

        typed = {name: text for name, text in form.fields.items() if text and name != "token" and "version" not in name}
        return self._answer(path, done, typed)

    def _answer(
        self, path: str, work: Callable[[Page, str, str], Answer], typed: Mapping[str, str] | None = None
    ) -> Answer:
        """Return what a page answers, or the page that says what failed, what to do, and what had been typed."""
        slug, _, name = path.rpartition("/")
        pages = SHARED if not slug else OF_CAMPAIGN if slug in self._slugs() else {}
        if name not in pages:
            return self.page("message.html", say("This page does not exist"), status=HTTPStatus.NOT_FOUND)
        try:
            return work(pages[name], name, slug)
        except (ThyridaError, OSError) as error:
            title, status, lines = say("This could not be done"), HTTPStatus.UNPROCESSABLE_ENTITY, [*error_lines(error)]
            return self.page("message.html", title, status=status, lines=lines, typed=typed)

    def _slugs(self) -> list[str]:
        return [each.campaign.slug for each in self.inputs.all]

    def refused(self, status: HTTPStatus, why: str) -> Answer:
        """Return the page for a request that does not pass the gate: it shows nothing of a campaign."""
        return self.page("message.html", say("The desk stays closed"), status=status, why=why)

    def page(self, template: str, title: str, *, status: int = HTTPStatus.OK, **facts: object) -> Answer:
        """Return a page."""
        words = Words(spoken())
        environment = page_environment(self.inputs.site, words, _SITE)
        shared: dict[str, object] = {"assets": _PATHS, "token": self.gate.token, "language": spoken(), "desk": DESK}
        shared |= {"lines": (), "why": "", "typed": None}
        text = environment.get_template(f"desk/{template}").render(title=title, **(shared | facts))
        return Answer(status, text.encode())


# Styles and scripts of the site, and the desk's own.
_SITE, _OWN = read_assets(), read_assets(TEMPLATES / "desk")
_PATHS, _FILES = {**_SITE.paths, **_OWN.paths}, {**_SITE.files, **_OWN.files}
