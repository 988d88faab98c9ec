"""Lines of access logs in other forms than the combined one, rewritten as it: JSON, and lines within quotes.

What cannot be rewritten is named by its form, so that staff can say to the administrator what they were given.
"""

from __future__ import annotations

import codecs
import json
import re
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WRAPPED_MAX = 3  # a text within JSON within quotes, say

# The head that syslog puts before each line.
SYSLOG = rb"""
    (?: < \d{1,3} > )?                                        # RFC 3164, section 4.1
    (?: [A-Z][a-z][a-z] [ ] [ \d]\d [ ] \d\d:\d\d:\d\d | \d{4}-\d\d-\d\dT\S++ ) [ ]
    (?: \S++ [ ] )? [^\s:\[]++ (?: \[ \d++ \] )? : [ ]         # host, program
  | < \d{1,3} > 1 [ ] (?: \S++ [ ] ){5}                       # RFC 5424, section 6
    (?: - | (?: \[ (?: [^\]\\]++ | \\. )*+ \] )++ ) [ ] (?: \xef\xbb\xbf )?
"""
_SYSLOG = re.compile(SYSLOG, re.VERBOSE | re.DOTALL)

# Where the usual configurations of nginx and Apache, and those who collect their logs (ECS, Docker), put a field: keys
# without regard to case and punctuation, those of nested objects with or without the outer ones. The first wins.
_USER = ("remoteuser", "user", "username", "authuser", "auth", "%u", "%<u", "%>u")
_REQUEST = ("request", "requestline", "httprequest", "firstline", "%r")
_METHOD = ("requestmethod", "method", "verb", "httpmethod", "%m")
_ADDRESS = ("requesturi", "uri", "url", "urloriginal", "urlpath", "requesturl", "requestpath", "path", "request", "%U")
_STATUS = ("status", "statuscode", "responsestatus", "httpstatus", "response", "code", "%>s", "%s")
_TIME = ("timelocal", "timeiso8601", "timestamp", "time", "datetime", "msec", "timemsec", "ts", "date", "%t")
_AGENT = ("httpuseragent", "useragent", "useragentoriginal", "agent", "%{User-Agent}i", "%{User-agent}i")
_WHOLE_LINE = ("log", "message", "msg")

_LOCAL = re.compile(r"\[?(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]?")
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?")
_FRACTIONS = re.compile(r"(\d{10})(?:\d{3}){1,3}")  # milliseconds, microseconds or nanoseconds
# nginx without escape=json, and Apache, write bytes as \x22, which JSON does not know.
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_UNSAFE = re.compile(r'[\x00-\x1f"\\\x7f]')  # what nginx escapes in its combined format
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_NO_TEXT_SHARE = 0.3  # of a line's bytes that are no UTF-8: more are in no text of Greek or Latin letters

_BYTE_ORDER_MARKS = codecs.BOM_UTF8 + codecs.BOM_UTF16  # a log put together of several has them in the middle too

_ERROR_LOG = re.compile(
    rb"""
      \d{4}/\d\d/\d\d [ ] \d\d:\d\d:\d\d [ ] \[ [a-z]+ \]                                   # nginx
    | \[ [A-Z][a-z]{2} [ ] [A-Z][a-z]{2} [ ] [ \d]\d [ ] \d\d:\d\d:\d\d (?: \.\d+ )? [ ] \d{4} \] [ ] \[  # Apache
    """,
    re.VERBOSE,
)
_IIS = re.compile(
    rb"""
      \# (?: Software | Version | Date | Fields | Start-Date | End-Date | Remark ) :
    | \d{4}-\d\d-\d\d [ ] \d\d:\d\d:\d\d [ ] (?: \S+ [ ] ){1,3} [A-Z]+ [ ] /
    """,
    re.VERBOSE,
)
_ACCESS_LOG = re.compile(rb"\[\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]?")


class Form(Enum):
    """What a line is that cannot be read, in words."""

    JSON_WITHOUT_USER = N_("JSON without remote_user")
    JSON_WITHOUT_REQUEST = N_("JSON without request")
    JSON_WITHOUT_STATUS = N_("JSON without status")
    JSON_WITHOUT_TIME = N_("JSON without time_local")
    JSON_DAMAGED = N_("JSON that is damaged, or takes several lines for a request")
    IIS = N_("W3C log of IIS")
    ERROR_LOG = N_("error log")
    BINARY = N_("binary data")
    LONG = N_("line of more than 64 KB")
    OTHER_FORMAT = N_("access log in another format, or cut short")
    OTHER = N_("text of another kind")


_USUAL = N_(
    "give the access log of nginx or Apache in its combined format or as JSON; .gz is read too, others unpack first"
)
HINTS = {
    Form.JSON_WITHOUT_USER: N_(
        'have "remote_user":"$remote_user" added to the log format (in Apache "%u"): nothing else tells who collected'
    ),
    Form.JSON_WITHOUT_REQUEST: N_('have "request":"$request" added to the log format (in Apache "%r")'),
    Form.JSON_WITHOUT_STATUS: N_('have "status":"$status" added to the log format (in Apache "%>s")'),
    Form.JSON_WITHOUT_TIME: N_('have "time_local":"$time_local" added to the log format (in Apache "%t")'),
    Form.JSON_DAMAGED: N_("give the log with one JSON object on each line, as the server wrote it"),
    Form.IIS: N_("give the access log of the nginx or Apache that asks for the login"),
    Form.ERROR_LOG: N_("give the access log: the error log does not tell who collected"),
    Form.BINARY: N_("give the log as text; .gz is read as it is, others unpack first"),
}


def hint_of(form: Form) -> str:
    """Return what to do about lines of a form."""
    return HINTS.get(form, _USUAL)


def as_combined(line: bytes) -> bytes | Form:
    """Return what a line holds without what is wrapped around it, JSON as a line of the combined format.

    Returns its form where it is JSON that lacks something. A line in UTF-16, as PowerShell writes it or appends it to a
    log of another encoding, is the line in ASCII with a NUL beside each letter; both servers escape all other letters.
    """
    text: bytes | Form = line.replace(b"\0", b"").lstrip(_BYTE_ORDER_MARKS).strip()
    for _ in range(WRAPPED_MAX):
        if not isinstance(text, bytes) or (inner := _unwrapped(text)) == text:
            break
        text = inner
    return text


def form_of(text: bytes) -> Form:
    """Return the form of a text that is no line of an access log in any form that is read."""
    if not text:
        return Form.LONG
    head = _SYSLOG.match(text)
    text = text[head.end() :] if head else text
    for form, pattern in ((Form.ERROR_LOG, _ERROR_LOG), (Form.IIS, _IIS)):
        if pattern.match(text):
            return form
    if _is_binary(text):
        return Form.BINARY
    return Form.OTHER_FORMAT if _ACCESS_LOG.search(text) else Form.OTHER


def _unwrapped(text: bytes) -> bytes | Form:
    """The text without one wrapping: syslog's head, quotes or JSON; the same where it has none."""
    if (head := _SYSLOG.match(text)) and text[head.end() :].startswith(b"{"):
        return text[head.end() :]
    if text.startswith(b'"') and text.endswith(b'"') and len(text) > 1:
        inner = text[1:-1]
        return inner.replace(b'""', b'"') if b'""' in inner else inner.replace(b'\\"', b'"')
    return _from_json(text) if text.startswith(b"{") else text


def _from_json(text: bytes) -> bytes | Form:
    """The request that a JSON object tells, as a line of the combined format, or the whole line that it carries."""
    fields = _json_fields(text.rstrip(b","))
    if fields is None:
        return Form.JSON_DAMAGED
    status = next((value for value in _told(fields, _STATUS) if re.fullmatch("[1-5][0-9]{2}", value)), None)
    if status is None and (line := next((each for each in _told(fields, _WHOLE_LINE) if each), "")):
        return line.strip().encode(errors="replace")
    needed = {
        Form.JSON_WITHOUT_USER: (user := next(_told(fields, _USER), None)),
        Form.JSON_WITHOUT_REQUEST: (request := _request(fields)),
        Form.JSON_WITHOUT_STATUS: status,
        Form.JSON_WITHOUT_TIME: (moment := next(filter(None, map(_local_time, _told(fields, _TIME))), None)),
    }
    if user is None or request is None or None in needed.values():
        return next(form for form, value in needed.items() if value is None)
    agent = next(_told(fields, _AGENT), "")
    return f'- - {_safe(user) or "-"} [{moment}] "{_safe(request)}" {status} - "-" "{_safe(agent)}"'.encode()


def _json_fields(text: bytes) -> dict[str, str] | None:
    """The fields of a JSON object by all their names; None where it is none."""
    told = text.decode("utf-8", "backslashreplace")
    try:
        try:
            found = json.loads(told, strict=False)
        except ValueError:
            found = json.loads(_ESCAPED.sub(lambda each: rf"\u00{each[1]}" if each[1] else each[0], told), strict=False)
    except (ValueError, RecursionError):
        return None
    fields: dict[str, str] = {}
    for path, value in sorted(_leaves(found, ()), key=lambda leaf: len(leaf[0])):
        for start in range(len(path)):
            fields.setdefault("".join(path[start:]), value)
    return fields


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each single value in an object, and the keys that lead to it; not the headers, which whoever asks chooses."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (name := _plain(key)).endswith("headers"):
                yield from _leaves(inner, (*path, name))
    elif not isinstance(value, list):
        yield path, "" if value is None else str(value)


@lru_cache(maxsize=1024)
def _plain(key: str) -> str:
    return key if key.startswith("%") else "".join(filter(str.isalnum, key.lower()))


def _told(fields: dict[str, str], names: tuple[str, ...]) -> Iterator[str]:
    return (fields[name] for name in names if name in fields)


def _request(fields: dict[str, str]) -> str | None:
    """The request line; put together from method and address where the log has these apart."""
    line = next(_told(fields, _REQUEST), None)
    if line is not None and not line.startswith("/"):
        return line
    method, address = next(_told(fields, _METHOD), None), next(_told(fields, _ADDRESS), None)
    return None if method is None or address is None else f"{method} {address}"


def _local_time(told: str) -> str | None:
    """A moment as the combined format has it; without a zone it is taken for one of this machine's."""
    if found := _LOCAL.fullmatch(told):
        return found[1]
    try:
        if _SECONDS.fullmatch(told):
            moment = datetime.fromtimestamp(float(told)).astimezone()
        elif found := _FRACTIONS.fullmatch(told):
            moment = datetime.fromtimestamp(int(found[1])).astimezone()
        else:
            moment = datetime.fromisoformat(told)
    except (ValueError, OverflowError, OSError):
        return None
    if moment.tzinfo is None:
        moment = moment.astimezone()
    return moment.strftime(f"%d/{MONTHS[moment.month - 1]}/%Y:%H:%M:%S %z")


def _safe(text: str) -> str:
    """A value that ends at the next quotation mark, as nginx writes it: whoever asks chooses it."""
    return _UNSAFE.sub(lambda each: f"\\x{ord(each[0]):02X}", text)


def _is_binary(text: bytes) -> bool:
    if len(text.translate(None, _CONTROL)) < len(text):
        return True
    return text.decode("utf-8", "replace").count("\N{REPLACEMENT CHARACTER}") > len(text) * _NO_TEXT_SHARE
