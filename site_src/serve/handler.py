"""The desk's web requests: each passes the gate before anything of it is read, and gets a page or a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tornado.httputil import HTTPInputError, parse_body_arguments
from tornado.web import HTTPError, RequestHandler, stream_request_body

from site_src.language.say import say
from site_src.make.server_rules import SECURITY_HEADERS
from site_src.serve import pages
from site_src.serve.desk import Form, Upload
from site_src.serve.gate import DESK

if TYPE_CHECKING:
    from tornado.httputil import HTTPHeaders

    from site_src.serve.desk import Desk
    from site_src.serve.preview import Answer

UPLOAD_MAX = 100 * 2**20  # bytes of a form with its files: annexes are at most 40 MB, logs may be packed

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
            self._refuse(HTTPStatus.FORBIDDEN, why)
        elif _length(self.request.headers) > UPLOAD_MAX:
            why = say("These files are too large: at most {most} MB are taken at once.", most=UPLOAD_MAX // 2**20)
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """End with a page that says why, and read no more from this connection."""
        self.set_header("Connection", "close")
        self._send(pages.refuse(self._desk, status, why))

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of a form's body, unless it was refused."""
        if not self._finished:
            self._body += chunk

    def get(self, path: str) -> None:
        """Answer with a page or a file."""
        query = {name: values[-1].decode(errors="replace") for name, values in self.request.arguments.items()}
        self._send(pages.show(self._desk, path, query))

    def post(self, path: str) -> None:
        """Take a form of this session, and lead to the page that shows what came of it."""
        form = _form(self.request.headers, bytes(self._body))
        if self._desk.gate.takes_token(form.fields.get("token", "")):
            self._send(pages.do(self._desk, path, form))
        else:
            why = say("This form is of an earlier session. Open the page again and send it once more.")
            self._send(pages.refuse(self._desk, HTTPStatus.FORBIDDEN, why))

    def _send(self, answer: Answer) -> None:
        if answer.location:
            self.redirect(answer.location, status=answer.status)
            return
        self.set_status(answer.status)
        self.set_header("Content-Type", answer.content_type)
        if answer.download:
            self.set_header("Content-Disposition", f'attachment; filename="{answer.download}"')
        self.finish(answer.content)


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
