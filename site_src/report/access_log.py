"""Access logs of nginx and Apache: rotated, gzipped, in any order, with broken lines counted by their form.

Their usual form is the combined one; what log_forms.py rewrites as it is read too.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from posixpath import normpath
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from urllib.parse import unquote_to_bytes

from site_src.report.log_forms import MONTHS, SYSLOG, Form, as_combined, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_BYTES_MAX = 1 << 16  # both servers refuse longer requests; what is longer is no line of theirs
GZIP_START = b"\x1f\x8b"  # RFC 1952, section 2.3.1
DAY_MINUTES = 24 * 60
YEARS = range(1990, 2200)  # a server with another year than these has no clock
BREAKS_OFF = (OSError, EOFError, zlib.error)  # what a stream that is cut short or damaged raises

_MONTHS = {name.encode(): number for number, name in enumerate(MONTHS, 1)}

# nginx: ngx_http_log_module, "combined"; Apache: mod_log_config, "combined" (also behind its virtual host's name, as in
# Debian's "vhost_combined"). Both write " and control characters as escapes, so a quoted field ends at the first bare
# quote; a user name may hold spaces and brackets, since whoever asks chooses it. Fields after the agent are ignored.
# The identity (RFC 1413) is "-" on every server of today: a line with anything else there has a head that is not known,
# and who asked would be taken from the wrong place.
_LINE = re.compile(
    rb"(?:"
    + SYSLOG
    + rb""")?+
    (?: [^\s:]++ (?: : \d++ )? [ ] (?! - [ ] ) )?+                # virtual host, its port
    (?: [^\s,]++ , [ ]? )*+                                       # what proxies forward: client, proxy, ..
    \S++ [ ] - [ ] (?P<user> .+?) [ ]                             # address, no identity, user
    \[ (?P<day> \d\d/[A-Z][a-z][a-z]/\d{4}) : (?P<time> \d\d:\d\d:\d\d [ ] [+-]\d{4}) \] [ ]
    " (?P<request> [^"\\]*+ (?: \\. [^"\\]*+ )*+ ) " [ ]
    (?P<status> \d{3}) [ ] (?: \d++ | - )
    (?: [ ] " [^"\\]*+ (?: \\. [^"\\]*+ )*+ " [ ] " (?P<agent> [^"\\]*+ (?: \\. [^"\\]*+ )*+ ) " (?: [ ] .* )? )?
    \r?\n?
    """,
    re.VERBOSE | re.DOTALL,
)
_REQUEST = re.compile(rb"([A-Z]+) (?:https?://[^/ ]*)?(/[^? ]*)(?:\?\S*)?(?: HTTP/\d(?:\.\d)?)?", re.IGNORECASE)
_DISGUISES = re.compile(rb"%|//|/\.")  # a path that may mean something else than it seems to


class Request(NamedTuple):
    """One line: ``user`` is what the visitor claims, and proved only where the status says so; "" is nobody."""

    moment: datetime
    user: str
    method: str
    path: str
    status: int
    agent: str


@dataclass
class Missed:
    """Lines of one form that cannot be read: how many there are, and the number of the first in its log."""

    first: int
    lines: int = 0


@dataclass
class Tally:
    """What all logs together hold: lines, those among them that cannot be read, and the days they tell of."""

    lines: int = 0  # that hold something
    empty: int = 0
    missed: dict[Form, Missed] = field(default_factory=dict)
    days: set[bytes] = field(default_factory=set)

    def miss(self, form: Form) -> None:
        """Count the line that was read last as one that cannot be read."""
        self.missed.setdefault(form, Missed(first=self.lines + self.empty)).lines += 1

    def add(self, other: Tally) -> None:
        """Count what another tally counted too."""
        self.lines += other.lines
        self.empty += other.empty
        for form, missed in other.missed.items():
            self.missed.setdefault(form, Missed(missed.first)).lines += missed.lines
        self.days |= other.days

    @property
    def broken(self) -> int:
        """How many lines cannot be read."""
        return sum(missed.lines for missed in self.missed.values())

    @property
    def first_day(self) -> date | None:
        """The first day of any line."""
        return min(self._dates(), default=None)

    @property
    def last_day(self) -> date | None:
        """The last day of any line."""
        return max(self._dates(), default=None)

    def _dates(self) -> Iterator[date]:
        return (day for day in map(_day, self.days) if day)


def read_requests(stream: BinaryIO, area: str, tally: Tally) -> Iterator[Request]:
    """The requests at paths that begin with ``area`` ("/files/2020-11/"), in the log's order, in constant memory.

    ``tally`` counts every line. A gzipped stream is known by its first bytes. Raises one of
    ``BREAKS_OFF`` where the stream is cut short or damaged; what came before has been told by then.
    """
    needle = area.encode()
    match_line, days = _LINE.fullmatch, tally.days
    for line in _lines(_unpacked(stream), tally):
        tally.lines += 1
        found = match_line(line)
        if found is None:
            other = _match_other(line)
            if isinstance(other, Form):
                tally.miss(other)
                continue
            found = other
        if found["day"] not in days:
            if _day(found["day"]) is None:
                tally.miss(Form.OTHER_FORMAT)
                continue
            days.add(found["day"])
        if needle in found["request"] or _DISGUISES.search(found["request"]):
            request = _request(found)
            if request is None:
                tally.miss(Form.OTHER_FORMAT)
            elif request.path.startswith(area):
                yield request


def _match_other(line: bytes) -> re.Match[bytes] | Form:
    told = as_combined(line)
    return told if isinstance(told, Form) else _LINE.fullmatch(told) or form_of(told)


def _unpacked(stream: BinaryIO) -> BinaryIO:
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    if not buffered.peek(len(GZIP_START)).startswith(GZIP_START):
        return buffered
    return io.BufferedReader(gzip.GzipFile(fileobj=buffered))


def _lines(stream: BinaryIO, tally: Tally) -> Iterator[bytes]:
    """Lines that hold something, the others counted; of an endless one only an empty line, which counts as broken."""
    for line in iter(lambda: stream.readline(LINE_BYTES_MAX), b""):
        if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            while stream.readline(LINE_BYTES_MAX)[-1:] not in {b"\n", b""}:
                pass
            yield b""
        elif line.isspace() or (line.startswith(b"\0") and not line.strip(b"\0 \t\r\n")):
            tally.empty += 1
        else:
            yield line


def _request(found: re.Match[bytes]) -> Request | None:
    """The line's request; None where its day or time is none, a nameless one where the request line is unreadable."""
    moment = _moment(found["day"], found["time"])
    if moment is None:
        return None
    method, path = b"", b""
    if told := _REQUEST.fullmatch(found["request"]):
        method, path = told.groups()
    return Request(
        moment,
        "" if found["user"] == b"-" else _text(found["user"]),
        _text(method),
        _text(_plain(path)),
        int(found["status"]),
        _text(found["agent"] or b""),
    )


def _plain(path: bytes) -> bytes:
    """The path as the servers understand it: decoded, without doubled slashes and dots."""
    if not _DISGUISES.search(path):
        return path
    plain = normpath(b"/" + unquote_to_bytes(path).lstrip(b"/"))
    return plain + b"/" if path.endswith(b"/") and plain != b"/" else plain


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


@lru_cache(maxsize=4096)
def _day(told: bytes) -> date | None:
    """The day of «18/Nov/2020»; None where there is none."""
    day, month, year = told.split(b"/")
    try:
        return date(int(year), _MONTHS[month], int(day)) if int(year) in YEARS else None
    except (KeyError, ValueError):
        return None


@lru_cache(maxsize=64)
def _zone(told: bytes) -> timezone | None:
    """The time zone of «+0200»; None where there is none."""
    minutes = int(told[1:3]) * 60 + int(told[3:5])
    if minutes >= DAY_MINUTES:
        return None
    return timezone(timedelta(minutes=-minutes if told.startswith(b"-") else minutes))


def _moment(told: bytes, time: bytes) -> datetime | None:
    """The moment of «18/Nov/2020» and «10:15:00 +0200», in the log's own time zone; None where there is none."""
    day, zone = _day(told), _zone(time[9:])
    if day is None or zone is None:
        return None
    try:
        return datetime(day.year, day.month, day.day, int(time[:2]), int(time[3:5]), int(time[6:8]), tzinfo=zone)
    except ValueError:
        return None
