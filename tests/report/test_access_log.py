from __future__ import annotations

import gzip
import io
import tracemalloc
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from site_src.report.access_log import BREAKS_OFF, LINE_BYTES_MAX, Request, Tally, read_requests

if TYPE_CHECKING:
    from collections.abc import Iterator

AREA = "/files/2020-11/"
PATH = "/files/2020-11/012345678901/012345678901.zip"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:82.0) Gecko/20100101 Firefox/82.0"
REQUEST = f"GET {PATH} HTTP/1.1"


def line(
    request: str = REQUEST,
    *,
    user: str = "012345678901",
    time: str = "18/Nov/2020:10:15:00 +0200",
    status: int = 200,
    rest: str = f'"-" "{FIREFOX}"',
) -> str:
    """A line of a log in the combined format."""
    return f'203.0.113.7 - {user} [{time}] "{request}" {status} 25431 {rest}'.rstrip()


def read(*lines: str | bytes) -> tuple[list[Request], Tally]:
    """The requests of these lines, and what was counted."""
    data = b"".join((one.encode() if isinstance(one, str) else one) + b"\n" for one in lines)
    tally = Tally()
    return list(read_requests(io.BytesIO(data), AREA, tally)), tally


def test_a_line_is_read_in_full() -> None:
    """A combined line gives moment, user, method, path and status; one without a user names nobody."""
    (known, nobody), tally = read(line(), line(user="-", status=401))
    assert known.moment == datetime(2020, 11, 18, 8, 15, tzinfo=UTC)
    assert known[1:] == ("012345678901", "GET", PATH, 200)
    assert (nobody.user, nobody.status) == ("", 401)
    assert (tally.lines, tally.broken, tally.span) == (2, 0, (date(2020, 11, 18), date(2020, 11, 18)))


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(line(rest=""), id="common format, without agent"),
        pytest.param(line() + ' "10.0.0.1" 0.003', id="more fields behind"),
        pytest.param("portal.example:443 " + line(), id="Debian's virtual hosts"),
        pytest.param("portal.example " + line(), id="virtual host without a port"),
        pytest.param("Nov 20 10:00:00 host httpd: portal.example " + line(), id="virtual host in syslog"),
        pytest.param(line().replace("203.0.113.7", "2001:db8::7"), id="IPv6"),
        pytest.param("portal.example " + line().replace("203.0.113.7", "2001:db8::7"), id="virtual host and IPv6"),
        pytest.param(line().replace("203.0.113.7", "203.0.113.7, 2001:db8::7,10.0.0.1"), id="forwarded by two proxies"),
        pytest.param("Nov 20 10:00:00 host nginx: " + line(), id="syslog, RFC 3164"),
        pytest.param("<190>Nov  2 10:00:00 host nginx[17]: " + line(), id="syslog with priority and process"),
        pytest.param("Nov 20 10:00:00 nginx: portal.example:443 " + line(), id="syslog without a host"),
        pytest.param("2020-11-20T10:00:00.123456+02:00 2001:db8::1 httpd: " + line(), id="syslog, day in figures"),
        pytest.param("<190>1 2020-11-20T10:00:00Z host nginx - - - " + line(), id="syslog, RFC 5424"),
        pytest.param(
            rf'<190>1 2020-11-20T10:00:00Z host nginx 17 x [a@1 b="\"\]"][c d="- -"] {chr(0xFEFF)}' + line(),
            id="RFC 5424 with data",
        ),
        pytest.param(line(f"GET {PATH}?x=1 HTTP/2.0"), id="query"),
        pytest.param(line(f"GET https://portal.example{PATH} HTTP/1.1"), id="absolute form"),
        pytest.param(line(f"GET {PATH.replace('files', '%66iles')} HTTP/1.1"), id="percent-encoded"),
        pytest.param(line(f"GET /files//2020-11/x/../{PATH[15:]} HTTP/1.1"), id="slashes and dots"),
        pytest.param(line(rest=r'"https://a.example/\"x\"" "agent \x22 [\\]"'), id="escapes"),
        pytest.param(line() + "\r", id="Windows line end"),
        pytest.param(line(rest='"-" "DownloadMonitor/1.0"'), id="a program that is not a browser"),
        pytest.param(line(rest='"-" ""'), id="a program without a name"),
    ],
)
def test_forms_of_a_line(told: str) -> None:
    """All forms in which both servers may write a request are read as the same request."""
    (found,), tally = read(told)
    assert (found.user, found.path, found.status, tally.broken) == ("012345678901", PATH, 200, 0)


def test_a_claimed_name_cannot_forge_a_line() -> None:
    """A visitor's name that holds spaces, brackets and a moment stays a name: the real status and moment are read."""
    claim = r"012345678901 [01/Jan/2020:00:00:00 +0000] \x22GET / HTTP/1.1\x22 200"
    (found,), _ = read(line(user=claim, status=401))
    assert (found.user, found.status, found.moment.month) == (claim, 401, 11)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "word",
        line()[:60],
        line(time="31/Nov/2020:10:15:00 +0200"),
        line(time="18/Νοε/2020:10:15:00 +0200"),
        line(time="18/Nov/0001:10:15:00 +0200"),
        line(time="18/Nov/2020:25:15:00 +0200"),
        line(time="18/Nov/2020:10:15:00 +9900"),
        line().replace(" 200 ", " OK "),
        line(rest='"-" "open'),
        line()[:60] + line(),
        "2020-11-20T10:00:00Z stdout F " + line(),
        "host nginx " + line(),
        "<190>1 2020-11-20T10:00:00Z host nginx " + line(),
        "x" * (3 * LINE_BYTES_MAX),
    ],
)
def test_broken_lines_are_counted(told: str) -> None:
    """A line that is none is counted as broken once, and the lines around it are read; an empty one is nothing."""
    requests, tally = read(line(), told, line())
    assert len(requests) == 2
    assert (tally.lines, tally.broken) == ((3, 1) if told else (2, 0))


def test_an_agent_cannot_forge_a_line_behind_a_virtual_host() -> None:
    """A line of nobody whose agent looks like a line's end is read from its front."""
    agent = r'"-" "x [18/Nov/2020:10:15:00 +0200] \x22GET / HTTP/1.1\x22 200 1"'
    (found,), _ = read(line(user="-", status=401, rest=agent))
    assert (found.user, found.status, found.path) == ("", 401, PATH)


def test_other_paths_are_left_out() -> None:
    """Only requests below the area are told; the others count as lines."""
    other = [line(f"GET {path} HTTP/1.1") for path in ("/", "/files/", "/files/2021-11/x", "/x?/files/2020-11/", "*")]
    requests, tally = read(*other, line(r"\x16\x03\x01", user="-", status=400))
    assert (requests, tally.lines, tally.broken) == ([], 6, 0)


def test_days_in_any_order() -> None:
    """The first and the last day are found whatever the order of the lines."""
    _, tally = read(*(line(time=f"{day:02}/Nov/2020:10:15:00 +0200") for day in (20, 18, 30, 19)))
    assert tally.span == (date(2020, 11, 18), date(2020, 11, 30))


def test_gzip_is_known_by_its_bytes() -> None:
    """A gzipped log is read as the plain one; one that is cut short gives its lines first and then breaks off."""
    data = gzip.compress((line() + "\n").encode() * 1000)
    assert len(list(read_requests(io.BytesIO(data), AREA, Tally()))) == 1000
    noise = bytes((n * n) % 251 for n in range(100_000))
    long = gzip.compress((line() + "\n").encode() + noise, compresslevel=0)
    tally = Tally()
    with pytest.raises(BREAKS_OFF):
        list(read_requests(io.BytesIO(long[:-20_000]), AREA, tally))
    assert tally.lines


def test_memory_does_not_grow() -> None:
    """A log of 20 times the lines needs no more memory, nor does a line without an end."""

    def peak(text: str, times: int) -> int:
        stream = io.BufferedReader(_Repeated(text, times))
        tracemalloc.start()
        for _ in read_requests(stream, AREA, Tally()):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(line() + "\n", 10)
    few = peak(line() + "\n", 1_000)
    assert peak(line() + "\n", 20_000) < few * 1.5 + 50_000
    assert peak("x" * 1000, 5_000) < 10 * LINE_BYTES_MAX


class _Repeated(io.RawIOBase):
    """A stream of the same text again and again, which is never whole in memory."""

    def __init__(self, text: str, times: int) -> None:
        self._text, self._times = text.encode(), times

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._times:
            return 0
        self._times -= 1
        buffer[: len(self._text)] = self._text
        return len(self._text)


def _mutations() -> Iterator[bytes]:
    whole = line().encode()
    for at in range(0, len(whole), 7):
        yield whole[:at] + b"\xff" + whole[at + 1 :]


def is_empty(one: bytes) -> bool:
    """Return whether a line is empty, in ASCII or in UTF-16."""
    return not one or one.isspace() or (one.startswith(b"\0") and not one.strip(b"\0 \t\r"))


@given(st.lists(st.binary() | st.sampled_from([line().encode(), *_mutations()]), max_size=6))
@example([b"%" + line().encode()])
@example([b"\0"])
def test_any_bytes_are_read(parts: list[bytes]) -> None:
    """Every line of a log of any bytes is counted, and nothing is raised."""
    data = b"\n".join(parts)
    if data.startswith(b"\x1f\x8b"):
        return
    tally = Tally()
    requests = list(read_requests(io.BytesIO(data), AREA, tally))
    assert tally.lines == sum(not is_empty(one) for one in data.split(b"\n"))
    assert len(requests) + tally.broken <= tally.lines


@given(st.binary(max_size=60), st.text(alphabet="/.%2fes0-1\\?\x00é", max_size=30))
def test_any_request_is_read(noise: bytes, path: str) -> None:
    """A line with any request line is read, or counted as broken."""
    inside = b"GET " + path.encode() + noise
    _, tally = read(line().encode().replace(REQUEST.encode(), inside.replace(b"\n", b"")))
    assert tally.lines == 1
