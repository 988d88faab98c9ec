"""Lines of access logs in other forms than the combined one, rewritten as it: JSON, and lines within quotes.

Lines that cannot be rewritten are named by their form, so that staff can tell the administrator what they were given.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from functools import lru_cache

from site_src.folders import read_table
from site_src.language.catalogues import N_

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WRAPPED_MAX = 3  # a text within JSON within quotes, say

# The head that syslog puts before each line.
_SYSLOG = re.compile(
    rb"""
      (?: < \d{1,3} > )?                                        # RFC 3164, section 4.1
      (?: [A-Z][a-z][a-z] [ ] [ \d]\d [ ] \d\d:\d\d:\d\d | \d{4}-\d\d-\d\dT\S++ ) [ ]
      (?: \S++ [ ] )? [^\s:\[]++ (?: \[ \d++ \] )? : [ ]         # host, program
    | < \d{1,3} > 1 [ ] (?: \S++ [ ] ){5}                       # RFC 5424, section 6
      (?: - | (?: \[ (?: [^\]\\]++ | \\. )*+ \] )++ ) [ ] (?: \xef\xbb\xbf )?
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYS = read_table(__package__, "log_forms.toml")

_LOCAL = re.compile(r"\[?(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]?")
_SINCE_1970 = re.compile(r"(\d{10})(?:\.\d+|(?:\d{3}){1,3})?")  # seconds; milliseconds, microseconds, nanoseconds
# nginx without escape=json, and Apache, write bytes as \x22, which JSON does not know.
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_UNSAFE = re.compile(r'[\x00-\x1f"\\\x7f]')  # the characters that nginx escapes in its combined format
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_NO_TEXT_SHARE = 0.3  # of a line's bytes that are not UTF-8: no text of Greek or Latin letters has more

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

_WITHOUT = N_("JSON without {key}")
_TO_ADD = N_('have "{key}":"${key}" added to the log format (in Apache "{apache}")')
_USUAL = N_(
    "give the access log of nginx or Apache in its combined format or as JSON; .gz is read too, others unpack first"
)


class Form(Enum):
    """The forms of lines that cannot be read, each with its name for staff and what to do."""

    JSON_WITHOUT_USER = _WITHOUT, _TO_ADD, "remote_user", "%u"
    JSON_WITHOUT_REQUEST = _WITHOUT, _TO_ADD, "request", "%r"
    JSON_WITHOUT_STATUS = _WITHOUT, _TO_ADD, "status", "%>s"
    JSON_WITHOUT_TIME = _WITHOUT, _TO_ADD, "time_local", "%t"
    JSON_DAMAGED = (
        N_("JSON that is damaged, or takes several lines for a request"),
        N_("give the log with one JSON object on each line, as the server wrote it"),
    )
    IIS = N_("W3C log of IIS"), N_("give the access log of the nginx or Apache that asks for the login")
    ERROR_LOG = N_("error log"), N_("give the access log: the error log does not tell who collected")
    BINARY = N_("binary data"), N_("give the log as text; .gz is read as it is, others unpack first")
    LONG = N_("line of more than 64 KB"), _USUAL
    OTHER_FORMAT = N_("access log in another format, or cut short"), _USUAL
    OTHER = N_("text of another kind"), _USUAL

    def __init__(self, label: str, hint: str, key: str = "", apache: str = "") -> None:
        self.label = label
        self.hint = hint
        self.keys = {"key": key, "apache": apache}  # for the values in both texts


def as_combined(line: bytes) -> bytes | Form:
    """Return a line without what is wrapped around it, such as syslog's head; JSON as a line of the common format.

    Returns its form where it is JSON that lacks something. A line in UTF-16, as PowerShell writes it or appends it to a
    log of another encoding, is the line in ASCII with a NUL beside each letter; both servers escape all other letters.
    """
    text: bytes | Form = line.replace(b"\0", b"").lstrip(_BYTE_ORDER_MARKS).strip()
    for _ in range(WRAPPED_MAX):
        if isinstance(text, Form) or (inner := _unwrap(text)) == text:
            break
        text = inner
    return text


def form_of(text: bytes) -> Form:
    """Return the form of a text that is not a line of an access log in any form that is read."""
    if not text:
        return Form.LONG
    if _ERROR_LOG.match(text):
        return Form.ERROR_LOG
    if _IIS.match(text):
        return Form.IIS
    if _is_binary(text):
        return Form.BINARY
    return Form.OTHER_FORMAT if _ACCESS_LOG.search(text) else Form.OTHER


def _unwrap(text: bytes) -> bytes | Form:
    """Return the text without one wrapping, syslog's head, quotes or JSON; the same where it has none."""
    if head := _SYSLOG.match(text):
        return text[head.end() :]
    if text.startswith(b'"') and text.endswith(b'"') and len(text) > 1:
        inner = text[1:-1]
        return inner.replace(b'""', b'"') if b'""' in inner else inner.replace(b'\\"', b'"')
    return _from_json(text) if text.startswith(b"{") else text


def _from_json(text: bytes) -> bytes | Form:
    """Return a JSON object's request as a line of the common format, or the whole line that it carries."""
    fields = _json_fields(text.rstrip(b","))
    if fields is None:
        return Form.JSON_DAMAGED
    status = next((value for value in _values(fields, "status") if re.fullmatch("[1-5][0-9]{2}", value)), None)
    if status is None and (line := next(filter(None, _values(fields, "line")), "")):
        return line.strip().encode(errors="replace")
    needed = {
        Form.JSON_WITHOUT_USER: next(_values(fields, "user"), None),
        Form.JSON_WITHOUT_REQUEST: _request_line(fields),
        Form.JSON_WITHOUT_STATUS: status,
        Form.JSON_WITHOUT_TIME: next(filter(None, map(_local_time, _values(fields, "time"))), None),
    }
    for form, value in needed.items():
        if value is None:
            return form
    user, request, status, moment = (_escape(value or "") for value in needed.values())
    return f'- - {user or "-"} [{moment}] "{request}" {status} -'.encode()


def _json_fields(text: bytes) -> dict[str, str] | None:
    """Return the fields of a JSON object by all their names; None where it is not JSON."""
    decoded = text.decode("utf-8", "backslashreplace")
    try:
        try:
            found = json.loads(decoded, strict=False)
        except ValueError:
            mended = _ESCAPED.sub(lambda each: rf"\u00{each[1]}" if each[1] else each[0], decoded)
            found = json.loads(mended, strict=False)
    except (ValueError, RecursionError):
        return None
    fields: dict[str, str] = {}
    for path, value in sorted(_leaves(found, ()), key=lambda leaf: len(leaf[0])):
        for start in range(len(path)):
            fields.setdefault("".join(path[start:]), value)
    return fields


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the keys that lead to each value of an object, and the value, without headers, which visitors choose."""
    if isinstance(value, dict):
        for key, inner in value.items():
            names = tuple(map(_plain, key.split(".")))  # ECS is also written flat: "http.request.method"
            if not any(name.endswith("headers") for name in names):
                yield from _leaves(inner, (*path, *names))
    elif not isinstance(value, list):
        yield path, "" if value is None else str(value)


@lru_cache(maxsize=1024)
def _plain(key: str) -> str:
    return key if key.startswith("%") else "".join(filter(str.isalnum, key.lower()))


def _values(fields: dict[str, str], kind: str) -> Iterator[str]:
    return (fields[name] for name in _KEYS[kind] if name in fields)


def _request_line(fields: dict[str, str]) -> str | None:
    """Return the request line; put together from method and address where the log has these apart."""
    line = next(_values(fields, "request"), None)
    if line is not None and not line.startswith("/"):
        return line
    method, address = next(_values(fields, "method"), None), next(_values(fields, "address"), None)
    return None if method is None or address is None else f"{method} {address}"


def _local_time(text: str) -> str | None:
    """Return a moment as the combined format has it; one without a zone counts as a moment of this machine's."""
    if found := _LOCAL.fullmatch(text):
        return found[1]
    try:
        if found := _SINCE_1970.fullmatch(text):
            moment = datetime.fromtimestamp(int(found[1])).astimezone()
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError, OSError):
        return None
    return moment.strftime(f"%d/{MONTHS[moment.month - 1]}/%Y:%H:%M:%S %z")


def _escape(text: str) -> str:
    """Return a value that ends at the next quotation mark, as nginx writes it, since visitors choose it."""
    return _UNSAFE.sub(lambda each: f"\\x{ord(each[0]):02X}", text)


def _is_binary(text: bytes) -> bool:
    if len(text.translate(None, _CONTROL)) < len(text):
        return True
    return text.decode("utf-8", "replace").count("\N{REPLACEMENT CHARACTER}") > len(text) * _NO_TEXT_SHARE
