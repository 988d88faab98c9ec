"""Answer the desk's web requests: each passes the gate before anything of it is read, and leads to a page or a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tornado.httputil import HTTPInputError, parse_body_arguments
from tornado.web import HTTPError, RequestHandler, stream_request_body

from site_src.commands.messages import error_lines
from site_src.language.say import say
from site_src.make.server_rules import SECURITY_HEADERS
from site_src.problems import ThyridaError, UsageError
from site_src.serve import agencies_page, home_page, inputs_page
from site_src.serve.desk import ASSET_FILES, UPLOAD_MAX, Form, Upload
from site_src.serve.gate import DESK
from site_src.serve.preview import KINDS, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tornado.httputil import HTTPHeaders

    from site_src.serve.desk import Desk

    Pages = Mapping[
        str, tuple[Callable[[Desk, str, Mapping[str, str]], Answer], Callable[[Desk, str, Form], str] | None]
    ]

# As the site's own, but for its forms, which the desk sends to itself. A page without a referrer would send them
# without an origin too (Fetch Standard, "append a request Origin header").
HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


# By the last part of an address: what it shows; and what a form does that is sent to it, which returns the next path.
# The first are those that all campaigns share, the others each campaign has.
SHARED: Pages = {
    "": (home_page.show, None),
    "start": (home_page.show_start, home_page.begin),
    "build": (home_page.show_build, home_page.begin_build),
    "progress": (home_page.show_progress, None),
}
OF_CAMPAIGN: Pages = {
    "facts": (inputs_page.show_facts, inputs_page.save),
    "annex": (inputs_page.show_annex, inputs_page.replace_annex),
    "annex-marked.xlsx": (inputs_page.show_marked, None),
    "handover.zip": (home_page.show_handover, None),
    "agency": (agencies_page.show_agency, agencies_page.give_another_code),
    "logs": (agencies_page.show_logs, agencies_page.count),
    **{name: (show, None) for name, show in agencies_page.SHOWN.items()},
}


def answer(desk: Desk, path: str, query: Mapping[str, str], form: Form | None = None) -> Answer:
    """Return the page or file at a path below /desk/; after a form, the way to the page that shows what came of it."""
    if path in ASSET_FILES:
        return Answer(HTTPStatus.OK, ASSET_FILES[path], KINDS.guess_type(path)[0] or "")
    slug, _, name = path.rpartition("/")
    of_slug = OF_CAMPAIGN if slug in {each.campaign.slug for each in desk.inputs.all} else {}
    show, do = (of_slug if slug else SHARED).get(name, (None, None))
    try:
        if show and form is None:
            return show(desk, slug, query)
        if do and form:
            return Answer(HTTPStatus.SEE_OTHER, location=f"{DESK}{do(desk, slug, form)}")
    except (ThyridaError, OSError) as error:
        return _failure(desk, error, HTTPStatus.UNPROCESSABLE_ENTITY, form.typed if form else None)
    return desk.page("message", say("This page does not exist"), status=HTTPStatus.NOT_FOUND)


def _failure(desk: Desk, error: ThyridaError | OSError, status: int, typed: Mapping[str, str] | None) -> Answer:
    return desk.page("message", say("This could not be done"), status=status, lines=[*error_lines(error)], typed=typed)


@stream_request_body
class DeskHandler(RequestHandler):
    """Answers below /desk/."""

    SUPPORTED_METHODS = ("GET", "POST")

    def initialize(self, desk: Desk) -> None:
        """Take the desk that is served."""
        self._desk = desk
        self._body = bytearray()

    def set_default_headers(self) -> None:
        """Say to the browser what a page may do: error pages too."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse a request by its head, before its body comes."""
        gate, key = self._desk.gate, self.get_query_argument("key", "")
        cookie = self.get_cookie(gate.cookie_name, "") or ""
        if key and self.request.headers.get("Host", "") in gate.hosts and gate.takes_key(key):
            self.set_cookie(gate.cookie_name, gate.cookie, path=DESK, httponly=True, samesite="Strict")
            self.redirect(DESK, status=HTTPStatus.SEE_OTHER)
        elif why := gate.refusal(self.request.method or "", self.request.headers, cookie, self.request.path):
            self._refuse(why)
        elif _length(self.request.headers) > UPLOAD_MAX:
            message = say("the files are too large: at most {most} MB are taken at once", most=UPLOAD_MAX // 2**20)
            error = UsageError(message, say("give fewer at once; logs may be packed (.gz)"))
            self.set_header("Connection", "close")
            self._send(_failure(self._desk, error, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}))

    def _refuse(self, why: str) -> None:
        """End with a page that says why and shows nothing of a campaign, and read no more from this connection."""
        self.set_header("Connection", "close")
        self._send(self._desk.page("message", say("The desk stays closed"), status=HTTPStatus.FORBIDDEN, why=why))

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of a form's body, unless it was refused."""
        if not self._finished:
            self._body += chunk

    def get(self, path: str) -> None:
        """Answer with a page or a file."""
        query = {name: values[-1].decode(errors="replace") for name, values in self.request.arguments.items()}
        self._send(answer(self._desk, path, query))

    def post(self, path: str) -> None:
        """Take a form of this session, and lead to the page that shows what came of it."""
        form = _form(self.request.headers, bytes(self._body))
        if self._desk.gate.takes_token(form.fields.get("token", "")):
            self._send(answer(self._desk, path, {}, form))
        else:
            why = say("This form is of an earlier session. Open the page again and send it once more.")
            self._refuse(why)

    def _send(self, sent: Answer) -> None:
        if sent.location:
            self.redirect(sent.location, status=sent.status)
            return
        self.set_status(sent.status)
        self.set_header("Content-Type", sent.content_type)
        if sent.download:
            self.set_header("Content-Disposition", f'attachment; filename="{sent.download}"')
        self.finish(sent.content)


def _length(headers: HTTPHeaders) -> int:
    length = headers.get("Content-Length", "0")
    return int(length) if length.isdecimal() else 0


def _form(headers: HTTPHeaders, body: bytes) -> Form:
    """Return a form's fields and files. Raises HTTPError where it is none."""
    arguments: dict[str, list[bytes]] = {}
    files: dict[str, list[Any]] = {}
    try:
        parse_body_arguments(headers.get("Content-Type", ""), body, arguments, files, headers)
    except HTTPInputError as error:
        raise HTTPError(HTTPStatus.BAD_REQUEST) from error
    fields = {name: values[-1].decode(errors="replace") for name, values in arguments.items()}
    uploads = {
        name: tuple(Upload(each.filename, each.body) for each in given if each.filename or each.body)
        for name, given in files.items()
    }
    return Form(fields, uploads)
