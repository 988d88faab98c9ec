"""Answer the desk's web requests: each passes the gate before anything of it is read, and leads to a page or a file."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from tornado.httputil import HTTPInputError, parse_body_arguments
from tornado.web import HTTPError, RequestHandler, stream_request_body

from site_src.commands.messages import error_lines
from site_src.language.say import say
from site_src.make.server_rules import SECURITY_HEADERS
from site_src.problems import InputError, ThyridaError
from site_src.serve import campaign_pages, input_pages
from site_src.serve.desk import ASSET_FILES, UPLOAD_MAX, Desk, Form, Upload
from site_src.serve.gate import DESK, is_same
from site_src.serve.preview import KINDS, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

# By an address below /desk/, with * for a campaign: what it shows, and what a form does that is sent to it, which
# returns the next path.
PAGES: dict[str, tuple[Callable[..., Answer] | None, Callable[[Desk, str, Form], str] | None]] = {
    "": (campaign_pages.show, None),
    "start": (campaign_pages.show_start, campaign_pages.begin),
    "build": (campaign_pages.show_build, campaign_pages.begin_build),
    "progress": (campaign_pages.show_progress, None),
    "*/facts": (input_pages.show_facts, input_pages.save),
    "*/annex": (input_pages.show_annex, input_pages.replace_annex),
    "*/annex-marked.xlsx": (input_pages.show_marked, None),
    "*/agency": (campaign_pages.show_agency, campaign_pages.give_another_code),
    "*/logs": (campaign_pages.show_logs, campaign_pages.count),
    **{f"*/{name}": (partial(campaign_pages.show_made, name), None) for name in campaign_pages.MADE},
}
NOTHING = (None, None)


def answer(desk: Desk, path: str, query: Mapping[str, str], form: Form | None = None) -> Answer:
    """Return the page or file at a path below /desk/; after a form, the way to the page that shows what came of it."""
    if path in ASSET_FILES:
        return Answer(HTTPStatus.OK, ASSET_FILES[path], KINDS.guess_type(path)[0] or "")
    slug, _, name = path.rpartition("/")
    show, do = PAGES.get(f"*/{name}" if slug else path, NOTHING) if slug in {"", *desk.campaigns} else NOTHING
    try:
        if show and form is None:
            return show(desk, slug, query)
        if do and form:
            return Answer(HTTPStatus.SEE_OTHER, location=f"{DESK}{do(desk, slug, form)}")
    except (ThyridaError, OSError) as error:
        again = [say("Go back with the browser, correct it and send it once more.")] if form else []
        typed = {name: text for name, text in form.fields.items() if text and name != "version"} if form else {}
        problems = error.problems if isinstance(error, InputError) else ()
        facts = {"problems": problems, "lines": again if problems else [*error_lines(error), *again], "typed": typed}
        return desk.page("message", say("This could not be done"), status=HTTPStatus.UNPROCESSABLE_ENTITY, **facts)
    return desk.page("message", say("This page does not exist"), status=HTTPStatus.NOT_FOUND, lines=(), typed={})


@stream_request_body
class DeskHandler(RequestHandler):
    """Answers below /desk/."""

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
        gate, headers, key = self._desk.gate, self.request.headers, self.get_query_argument("key", "")
        cookie, length = self.get_cookie(gate.cookie_name, "") or "", headers.get("Content-Length", "")
        if key and headers.get("Host", "") in gate.hosts and gate.takes_key(key):
            self.set_cookie(gate.cookie_name, gate.cookie, path=DESK, httponly=True, samesite="Strict")
            self.redirect(DESK, status=HTTPStatus.SEE_OTHER)
        elif why := gate.refusal(self.request.method or "", headers, cookie, self.request.path):
            self._refuse(why)
        elif length.isdecimal() and int(length) > UPLOAD_MAX:
            most = UPLOAD_MAX // 2**20
            why = say("The files are too large: at most {most} MB are taken at once; logs may be packed.", most=most)
            self._refuse(why, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _refuse(self, why: str, status: int = HTTPStatus.FORBIDDEN) -> None:
        """End with a page that says why and shows nothing of a campaign, and read no more from this connection."""
        way = say(
            "To open it: look at the window in which serve runs, and copy the whole address that follows «The desk» "
            "into the browser."
        )
        self.set_header("Connection", "close")
        title, lines = say("The desk stays closed"), [why, way]
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            title, lines = say("This could not be done"), [why]
        self._send(self._desk.page("message", title, status=status, lines=lines, typed={}))

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of a form's body, unless it was refused."""
        if not self._finished:
            self._body += chunk

    def get(self, path: str) -> None:
        """Answer with a page or a file."""
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        self._send(answer(self._desk, path, query))

    def post(self, path: str) -> None:
        """Take a form of this session, and lead to the page that shows what came of it."""
        request, kind = self.request, self.request.headers.get("Content-Type", "")
        try:
            parse_body_arguments(kind, bytes(self._body), request.body_arguments, request.files, request.headers)
        except HTTPInputError as error:
            raise HTTPError(HTTPStatus.BAD_REQUEST) from error
        fields = {name: self.get_body_argument(name, strip=False) for name in request.body_arguments}
        given = {name: [each for each in files if each.filename or each.body] for name, files in request.files.items()}
        uploads = {name: tuple(Upload(each.filename, each.body) for each in files) for name, files in given.items()}
        if is_same(fields.pop("token", ""), self._desk.gate.token):
            self._send(answer(self._desk, path, {}, Form(fields, uploads)))
        else:
            self._refuse(say("This form is of an earlier session. Open the page again and send it once more."))

    def _send(self, sent: Answer) -> None:
        if sent.location:
            self.redirect(sent.location, status=sent.status)
            return
        self.set_status(sent.status)
        self.set_header("Content-Type", sent.content_type)
        if sent.download:
            self.set_header("Content-Type", KINDS.guess_type(sent.download)[0] or "")
            self.set_header("Content-Disposition", f'attachment; filename="{sent.download}"')
        self.finish(sent.content)
