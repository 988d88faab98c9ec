"""Access logs of nginx and Apache: rotated, gzipped, in any order, with broken lines counted by their form.

Their usual form is the combined one; log_forms.py rewrites the others as it.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from posixpath import normpath
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote_to_bytes

from site_src.report.log_forms import MONTHS, Form, as_combined, form_of

LINE_BYTES_MAX = 1 << 16  # both servers refuse longer requests
GZIP_START = b"\x1f\x8b"  # RFC 1952, section 2.3.1
YEARS = range(1990, 2200)  # a server with another year than these has no clock
BREAKS_OFF = (OSError, EOFError, zlib.error)  # raised by a stream that is cut short or damaged

_MONTHS = {name.encode(): number for number, name in enumerate(MONTHS, 1)}

# nginx: ngx_http_log_module, "combined"; Apache: mod_log_config, "combined" (also behind its virtual host's name, as in
# Debian's "vhost_combined"). Both write " and control characters as escapes, so a quoted field ends at the first bare
# quote; a user name may hold spaces and brackets, since visitors choose it, and Apache writes an empty one as "". With
# any other bare quote in it, a line was cut short and the next one continues it. Fields after the agent are ignored.
# The identity (RFC 1413) is "-" on every server of today: a line with anything else there has a head that is not known,
# and the user name would be taken from the wrong place.
_LINE = re.compile(
    rb"""
    (?: [^\s:]++ (?: : \d++ )? [ ] (?! - [ ] ) )?+                # virtual host, its port
    (?: [^\s,]++ , [ ]? )*+                                       # what proxies forward: client, proxy, ..
    \S++ [ ] - [ ] (?P<user> [^\s"\\]++ | (?: [^"\\] | \\. )+? | "" ) [ ]  # address, no identity, user
    \[ (?P<day> \d\d/[A-Z][a-z][a-z]/\d{4}) : (?P<time> \d\d:\d\d:\d\d [ ] [+-]\d{4}) \] [ ]
    " (?P<request> [^"\\]*+ (?: \\. [^"\\]*+ )*+ ) " [ ]
    (?P<status> \d{3}) [ ] (?: \d++ | - )
    (?: [ ] " [^"\\]*+ (?: \\. [^"\\]*+ )*+ " [ ] " [^"\\]*+ (?: \\. [^"\\]*+ )*+ " (?: [ ] .* )? )?
    \r?\n?
    """,
    re.VERBOSE | re.DOTALL,
)
_REQUEST = re.compile(rb"([A-Z]+) (?:https?://[^/ ]*)?(/[^? ]*)(?:\?\S*)?(?: HTTP/\d(?:\.\d)?)?", re.IGNORECASE)
_DISGUISES = re.compile(rb"%|//|/\.")  # a path that may mean something else than it seems to


class Request(NamedTuple):
    """One line. The visitor only claims to be ``user`` ("" is nobody), unless the status shows that it was proved."""

    moment: datetime
    user: str
    method: str
    path: str
    status: int


@dataclass
class Tally:
    """Counts of all lines, of those that cannot be read by their form, and the days of the others."""

    lines: int = 0  # without the empty ones
    found: int = 0  # that ask for something below the folder in question
    missed: Counter[Form] = field(default_factory=Counter)
    first_missed: dict[Form, int] = field(default_factory=dict)  # the number of the first such line of its log
    days: set[bytes] = field(default_factory=set)

    def miss(self, form: Form, number: int) -> None:
        """Count the line of this number as one that cannot be read."""
        self.missed[form] += 1
        self.first_missed.setdefault(form, number)

    def add(self, other: Tally) -> None:
        """Count what another tally counted too."""
        self.lines += other.lines
        self.found += other.found
        self.missed += other.missed
        self.days |= other.days

    @property
    def broken(self) -> int:
        """The number of lines that cannot be read."""
        return self.missed.total()

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day of any line."""
        days = [day for day in map(_day, self.days) if day]
        return (min(days), max(days)) if days else None


def read_requests(stream: BinaryIO, area: str, tally: Tally) -> Iterator[Request]:
    """Yield the requests at paths that begin with ``area`` ("/files/2020-11/"), in order and in constant memory.

    ``tally`` counts every line. A gzipped stream is known by its first bytes. Raises one of ``BREAKS_OFF`` where the
    stream is cut short or damaged, after all requests before that.
    """
    needle = area.encode()
    match_line, days = _LINE.fullmatch, tally.days
    for number, line in _lines(_unpacked(stream)):
        tally.lines += 1
        found = match_line(line) or _match_other(line)
        if isinstance(found, Form):
            tally.miss(found, number)
            continue
        if found["day"] not in days:
            if _day(found["day"]) is None:
                tally.miss(Form.OTHER_FORMAT, number)
                continue
            days.add(found["day"])
        if needle in found["request"] or _DISGUISES.search(found["request"]):
            request = _request(found)
            if request is None:
                tally.miss(Form.OTHER_FORMAT, number)
            elif request.path.startswith(area):
                tally.found += 1
                yield request


def _match_other(line: bytes) -> re.Match[bytes] | Form:
    combined = as_combined(line)
    return combined if isinstance(combined, Form) else _LINE.fullmatch(combined) or form_of(combined)


def _unpacked(stream: BinaryIO) -> BinaryIO:
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    if not buffered.peek(len(GZIP_START)).startswith(GZIP_START):
        return buffered
    return io.BufferedReader(gzip.GzipFile(fileobj=buffered))


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield lines that are not empty with their numbers; an endless one becomes an empty one, which is broken."""
    for number, line in enumerate(iter(lambda: stream.readline(LINE_BYTES_MAX), b""), start=1):
        if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            while stream.readline(LINE_BYTES_MAX)[-1:] not in {b"\n", b""}:
                pass
            yield number, b""
        elif not (line.isspace() or (line.startswith(b"\0") and not line.strip(b"\0 \t\r\n"))):
            yield number, line


def _request(found: re.Match[bytes]) -> Request | None:
    """Return the line's request, without a path where its request line is unreadable; None where there is no moment."""
    day, time = _day(found["day"]), found["time"].decode().replace(" ", "")
    try:
        moment = datetime.fromisoformat(f"{day}T{time}")
    except ValueError:
        return None
    asked = _REQUEST.fullmatch(found["request"])
    method, path = asked.groups() if asked else (b"", b"")
    user = "" if found["user"] == b"-" else _text(found["user"])
    return Request(moment, user, _text(method), _text(_plain(path)), int(found["status"]))


def _plain(path: bytes) -> bytes:
    """Return the path as the servers understand it: decoded, without doubled slashes and dots."""
    if not _DISGUISES.search(path):
        return path
    plain = normpath(b"/" + unquote_to_bytes(path).lstrip(b"/"))
    return plain + b"/" if path.endswith(b"/") and plain != b"/" else plain


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


@lru_cache(maxsize=4096)
def _day(text: bytes) -> date | None:
    """Return the day of «18/Nov/2020»; None where there is no such day."""
    day, month, year = text.split(b"/")
    try:
        return date(int(year), _MONTHS[month], int(day)) if int(year) in YEARS else None
    except (KeyError, ValueError):
        return None
