"""The desk: a campaign from its two documents to its last letter in the browser, for staff without a terminal.

Files stay the truth: the desk keeps nothing of its own but the results that a page shows next. Each request passes the
gate before anything of it is read, since the desk changes files, and any web page may send a browser to this machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path, PurePath
from secrets import compare_digest, token_urlsafe
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

from tornado.httputil import HTTPInputError, parse_body_arguments
from tornado.web import HTTPError, RequestHandler, stream_request_body

from site_src.commands.messages import counts_by_severity, error_lines, problem_counts, problem_lines, verdict_lines
from site_src.files.private import STAGED_ENDING, write_private
from site_src.folders import TEMPLATES, Options, Progress
from site_src.language.catalogues import Words
from site_src.language.say import say, spoken
from site_src.make.assets import read_assets
from site_src.make.pages import page_environment
from site_src.make.server_rules import SECURITY_HEADERS
from site_src.new.fields import FILES, fields_of
from site_src.pipeline.build import build
from site_src.pipeline.reading import read_sound
from site_src.problems import InputError, Problem, ThyridaError
from site_src.prove.verify import verify_all, with_letters
from site_src.publish.outcome import Outcome, remember
from site_src.publish.publish import locked
from site_src.read.content.campaign_folder import SAMPLE_NAME
from site_src.read.inputs import CircularInputs
from site_src.report.collection import Report
from site_src.serve.preview import KINDS, Preview

if TYPE_CHECKING:
    from site_src.new.draft import Draft

Work = Callable[["Page"], str | None]

LOCAL_NAMES = {"127.0.0.1", "localhost"}
DESK = "/desk/"
ASSETS = f"{DESK}assets/"  # hold no secret, and the page that refuses has them too
PROGRESS = f"{DESK}progress"  # what a script of the desk asks for: it has no token for a form
SLUG = "([a-z0-9-]+)"  # a campaign in an address, as a pattern
USUAL_PORT = 80  # of http, which browsers leave out of the Host header (RFC 9110, section 7.2)
MB_MAX = 100  # of a form with its files: annexes are at most 40 MB, logs may be packed
UPLOAD_MAX = MB_MAX * 2**20  # the same in bytes
TYPED_MAX = 2**20  # bytes of a form of an earlier session, which is shown to copy from: texts, no files

# As the site's own, but for its forms, which the desk sends to itself. A page without a referrer would send them
# without an origin too (Fetch Standard, "append a request Origin header").
_POLICY = SECURITY_HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# Styles and scripts of the site, and the desk's own.
_SITE, _OWN = read_assets(), read_assets(TEMPLATES / "desk")
_PATHS, ASSET_FILES = {**_SITE.paths, **_OWN.paths}, {**_SITE.files, **_OWN.files}


@dataclass(frozen=True)
class Gate:
    """The secrets of one session: the key of its address, the value of its cookie, and the token of its forms.

    The three differ, so that one that is seen (an address in a browser's history) does not give away another. Each has
    256 bits, as ``secrets`` makes them: nobody guesses it.
    """

    port: int
    key: str = field(default_factory=token_urlsafe, repr=False)
    cookie: str = field(default_factory=token_urlsafe, repr=False)
    token: str = field(default_factory=token_urlsafe, repr=False)
    _once: set[str] = field(default_factory=set, repr=False)

    @property
    def address(self) -> str:
        """Return the address that opens the desk, for its owner's eyes."""
        return f"http://127.0.0.1:{self.port}{DESK}?key={self.key}"

    def address_once(self) -> str:
        """Return an address that opens the desk one time: a browser is given it on a command line, which others see."""
        key = token_urlsafe()
        self._once.add(key)
        return self.address.replace(self.key, key)

    @property
    def cookie_name(self) -> str:
        """Return the cookie's name, with the port: cookies are sent to every port of a machine (RFC 6265, 8.5)."""
        return f"thyrida-desk-{self.port}"

    @property
    def hosts(self) -> set[str]:
        """Return what a browser writes into Host for this machine: another name may have been led here (rebinding)."""
        names = {*LOCAL_NAMES, "[::1]"}
        return {f"{name}:{self.port}" for name in names} | (names if self.port == USUAL_PORT else set())

    def takes_key(self, key: str) -> bool:
        """Return whether a key opens the desk; one that was made for one time is used up."""
        used = {once for once in self._once if is_same(key, once)}
        self._once.difference_update(used)
        return bool(used) or is_same(key, self.key)

    def refusal(self, method: str, headers: Mapping[str, str], path: str) -> str:
        """Return why a request is of no person at this machine, or else nothing: browsers say where it comes from."""
        host, origin = headers.get("Host", ""), headers.get("Origin", "")
        if host not in self.hosts:
            return say("This page came by another name than this machine's own.")
        is_own = origin == f"http://{host}" and headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if method == "POST" and not is_own:
            return say("This form was sent by another site.")
        is_page = method == "GET" and path != PROGRESS and not path.startswith(ASSETS)
        if is_page and headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            return say("Only a person opens this page, no script of another one.")  # nor one of the preview's pages
        return ""


def is_same(given: str, secret: str) -> bool:
    """Compare in a time that does not depend on how much of it is right."""
    return compare_digest(given.encode(), secret.encode())


class Job(Thread):
    """A build with the proof after it: how far it is, and afterwards what came of both.

    ``problems`` are those of the inputs; ``lines`` are those of `verify`, or say what stopped either. Until all is
    proved it counts as failed, whatever ends the thread.
    """

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(target=self._work, args=(options,))
        self.options = options
        self.outcome: Outcome | None = None
        self.problems: tuple[Problem, ...] = ()
        self.lines: tuple[str, ...] = ()
        self.has_failed = options is not None
        self.progress = Progress()
        self.progress.start(say("Reading everything"), 0)

    def _work(self, options: Options) -> None:
        try:
            self.outcome = build(options, self.progress)
            self.problems = self.outcome.warnings
            if self.outcome.state:
                remember(options, self.outcome)
            inputs = read_sound(options.folders, options.day, with_letters=with_letters(options.folders))
            failures = 0
            with locked(options.folders.private):
                for verdict in verify_all(inputs, options.folders, self.progress):
                    failures += len(verdict.failures)
                    self.lines += tuple(say("error: {text}", text=failure) for failure in verdict.failures)
                    self.lines += tuple(verdict_lines(verdict))
            self.has_failed = failures > 0
        except InputError as error:
            self.problems = error.problems
        except (ThyridaError, OSError) as error:
            self.lines = tuple(error_lines(error))


@dataclass
class Desk:
    """Hold what the pages of one session share, for the folders of its preview."""

    preview: Preview
    gate: Gate
    job: Job = field(default_factory=Job)
    # By slug: what `new` understood, and what the logs showed, with the warnings about them.
    begun: dict[str, Draft] = field(default_factory=dict)
    reports: dict[str, tuple[Report, tuple[Problem, ...]]] = field(default_factory=dict)

    @property
    def content(self) -> Path:
        """Return the folder that a first campaign is written into: the sample, shown until then, is within it."""
        content = self.preview.folders.content
        return content.parent if content.name == SAMPLE_NAME else content

    @property
    def private(self) -> Path:
        """Return the private folder."""
        return self.preview.folders.private

    @property
    def campaigns(self) -> dict[str, CircularInputs]:
        """Return the inputs of each campaign by its slug, as they were read last."""
        return {each.campaign.slug: each for each in self.preview.inputs.all}

    def problems(self, slug: str) -> tuple[Problem, ...]:
        """Return what is wrong with a campaign, and with that which all campaigns share."""
        return tuple(each for each in self.preview.problems if each.at.campaign in {"", slug})

    def page(self, template: str, title: str, **facts: object) -> str:
        """Return a page, whose own part is a template of templates/desk/."""
        environment = page_environment(self.preview.inputs.site, Words(spoken()), _SITE)
        shared: dict[str, object] = {"assets": _PATHS, "token": self.gate.token, "language": spoken(), "desk": DESK}
        shared |= {"title": title, "page": template, "here": template, "most": MB_MAX, "counts": problem_counts}
        return environment.get_template("desk/base.html").render(shared | facts)

    def preview_problems(self) -> str:
        """Return the page that takes the place of each of the preview while an input has an error."""
        problems = self.preview.problems
        title = say("Not yet right: {counts}", counts=", ".join(counts_by_severity(problems)))
        return self.page(
            "message", title, here="", slug="", lines=[*problem_lines(problems)][1:], problems=(), typed={}
        )


@stream_request_body
class Page(RequestHandler):
    """Answer at a path below /desk/."""

    def initialize(self, desk: Desk, show: Work | None = None, take: Work | None = None) -> None:
        """Keep the desk that is served, what shows this page, and what takes its form and returns the next path."""
        self.desk, self._show, self._take = desk, show, take
        self._body = bytearray()

    @property
    def slug(self) -> str:
        """Return the campaign in the address; nothing in those of all campaigns."""
        return self.path_args[0] if self.path_args else ""

    @property
    def typed(self) -> dict[str, str]:
        """Return what was typed into the form, by the names of its fields."""
        return {name: self.get_body_argument(name, strip=False) for name in self.request.body_arguments}

    def show(self, template: str, title: str, **facts: object) -> None:
        """Answer with a page."""
        self.finish(self.desk.page(template, title, **{"slug": self.slug} | facts))

    def give(self, content: bytes, name: str, *, is_download: bool = False) -> None:
        """Answer with a file."""
        self.set_header("Content-Type", KINDS.guess_type(name)[0] or "")
        if is_download:
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content)

    def fail(self, status: int, title: str, lines: Iterable[str] = (), problems: Iterable[Problem] = ()) -> None:
        """Answer with a page that says what failed, with what was typed to copy from, and shows no campaign."""
        given = {name: text for name, text in self.typed.items() if text and name not in {"token", "version"}}
        labels = {each.id: each.label for file in FILES for each in fields_of(file, "")}
        typed = {labels.get(name, name): text for name, text in given.items()}
        self.set_status(status)
        self.show("message", title, slug="", lines=lines, problems=problems, typed=typed)

    def set_default_headers(self) -> None:
        """Say to the browser what a page may do: error pages too."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse a request by its head, before its body comes."""
        gate, headers, key = self.desk.gate, self.request.headers, self.get_query_argument("key", "")
        length = headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else 0
        may_be_shown = self.request.method == "POST" and 0 < size <= TYPED_MAX  # to copy from
        if key and headers.get("Host", "") in gate.hosts and gate.takes_key(key):
            self.set_cookie(gate.cookie_name, gate.cookie, path=DESK, httponly=True, samesite="Strict")
            self.redirect(DESK, status=HTTPStatus.SEE_OTHER)
        elif why := gate.refusal(self.request.method or "", headers, self.request.path):
            self._refuse(why)
        elif not (self._is_let_in or may_be_shown):
            self._refuse(say("This browser has not been let in, or the desk was closed and opened again since."))
        elif size > UPLOAD_MAX:
            why = say("The files are too large: at most {most} MB are taken at once; logs may be packed.", most=MB_MAX)
            self.set_header("Connection", "close")
            self.fail(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, say("This could not be done"), [why])

    @property
    def _is_let_in(self) -> bool:
        """Return whether the browser has the session's cookie, or asks for what needs none."""
        cookie = self.get_cookie(self.desk.gate.cookie_name, "") or ""
        return self.request.path.startswith(ASSETS) or is_same(cookie, self.desk.gate.cookie)

    def _refuse(self, why: str) -> None:
        """End with a page that says why, and read no more from this connection."""
        way = say(
            "To open it: look at the window in which serve runs, and copy the whole address that follows «The desk» "
            "into the browser."
        )
        self.set_header("Connection", "close")
        self.fail(HTTPStatus.FORBIDDEN, say("The desk stays closed"), [why, way])

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of a form's body; none comes of a request that was refused."""
        self._body += chunk

    def get(self, *_: str) -> None:
        """Answer with a page or a file."""
        self._try(self._show)

    def post(self, *_: str) -> None:
        """Take a form of this session."""
        request, kind = self.request, self.request.headers.get("Content-Type", "")
        try:
            parse_body_arguments(kind, bytes(self._body), request.body_arguments, request.files, request.headers)
        except HTTPInputError as error:
            raise HTTPError(HTTPStatus.BAD_REQUEST) from error
        if self._is_let_in and is_same(self.get_body_argument("token", ""), self.desk.gate.token):
            self._try(self._take)
        else:
            self._refuse(say("This form is of an earlier session. Open the page again and send it once more."))

    def _try(self, work: Work | None) -> None:
        """Show a page; or take a form, and lead to the page that shows what came of it. What fails is on a page too."""
        if work is None or self.slug not in {"", *self.desk.campaigns}:
            self.fail(HTTPStatus.NOT_FOUND, say("This page does not exist"))
            return
        try:
            if path := work(self):
                self.redirect(f"{DESK}{path}", status=HTTPStatus.SEE_OTHER)
        except (ThyridaError, OSError) as error:
            is_form = self.request.method == "POST"
            again = [say("Go back with the browser, correct it and send it once more.")] if is_form else []
            problems = error.problems if isinstance(error, InputError) else ()
            lines = again if problems else [*error_lines(error), *again]
            self.fail(HTTPStatus.UNPROCESSABLE_ENTITY, say("This could not be done"), lines, problems)

    @contextmanager
    def uploads(self, *names: str) -> Iterator[dict[str, Path]]:
        """Hold the private folder, and yield the form's files of these fields in it, which go afterwards.

        Their own names may be paths: nothing is used of them but an ending of letters and digits. Where the desk is
        killed meanwhile, the next command takes them away, as all that is staged there.
        """
        private, paths = self.desk.private, dict[str, Path]()
        with locked(private), TemporaryDirectory(STAGED_ENDING, ".desk-", private) as folder:
            for name in self.request.files.keys() & {*names}:
                (upload, *_) = self.request.files[name]
                ending = PurePath(upload.filename).suffix.lower()
                is_usual = re.fullmatch(r"\.[a-z0-9]+", ending)
                paths[name] = Path(folder, f"{name}{ending}" if is_usual else name)
                write_private(paths[name], upload.body)
            yield paths


def show_asset(page: Page) -> None:
    """Answer with a style, script or icon."""
    path = page.request.path.removeprefix(DESK)
    page.give(ASSET_FILES[path], path)
