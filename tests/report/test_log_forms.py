from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.say import say
from site_src.report.access_log import Request, Tally, read_requests
from site_src.report.log_forms import Form
from tests.report.test_access_log import AREA, PATH, REQUEST, line

USER = "012345678901"
MOMENT = datetime(2020, 11, 18, 8, 15, tzinfo=UTC)
NGINX = {
    "time_local": "18/Nov/2020:10:15:00 +0200",
    "remote_addr": "203.0.113.7",
    "remote_user": USER,
    "request": REQUEST,
    "status": "200",
    "http_user_agent": "Firefox",
}


def read(data: bytes) -> tuple[list[Request], Tally]:
    """The requests of a log, and what was counted."""
    tally = Tally()
    return list(read_requests(io.BytesIO(data), AREA, tally)), tally


def without(*keys: str, **others: object) -> dict[str, object]:
    """The usual fields but for some, and others in their place."""
    return {key: value for key, value in NGINX.items() if key not in keys} | others


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("packed", [False, True])
def test_what_powershell_wrote(encoding: str, packed: bool) -> None:  # noqa: FBT001 (pytest hands it over by name)
    """Every line in UTF-16 is read, with or without a byte-order mark, and an empty one is nothing."""
    data = f"{line()}\r\n\r\n{line(user='-', status=401)}\r\n".encode(encoding)
    (known, nobody), tally = read(gzip.compress(data) if packed else data)
    assert (known.user, known.path, known.status, nobody.user) == (USER, PATH, 200, "")
    assert (tally.lines, tally.broken) == (2, 0)


def test_logs_that_were_put_together() -> None:
    """PowerShell appends UTF-16 to whatever is there; each file brings its own byte-order mark along."""
    text = line() + "\r\n"
    data = text.encode() + text.encode("utf-16-le") + text.encode("utf-8-sig") + text.encode("utf-16")
    requests, tally = read(data)
    assert ([each.user for each in requests], tally.lines, tally.broken) == ([USER] * 4, 4, 0)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param('"' + line().replace('"', '""') + '"', id="doubled quotes, as in a CSV"),
        pytest.param(json.dumps(line()), id="escaped quotes, as in JSON"),
        pytest.param(json.dumps({"log": line() + "\n", "stream": "stdout", "time": "2020-11-20T08:15Z"}), id="Docker"),
        pytest.param(json.dumps({"MESSAGE": line(), "_PID": "1"}), id="journal"),
        pytest.param(json.dumps(NGINX), id="nginx"),
        pytest.param(json.dumps(NGINX) + ",", id="in a list"),
        pytest.param('"' + json.dumps(NGINX).replace('"', '""') + '"', id="JSON in a CSV"),
        pytest.param("<190>Nov 20 10:00:00 host nginx: " + json.dumps(NGINX), id="JSON in syslog"),
        pytest.param(json.dumps(without("status", status=200)), id="status as a number"),
        pytest.param(json.dumps({"nginx": {"access": NGINX}}), id="nested in names"),
        pytest.param(
            json.dumps(without("request", request_method="GET", request_uri=f"{PATH}?x=1")), id="method and address"
        ),
        pytest.param(json.dumps(without("time_local", time_iso8601="2020-11-18T10:15:00+02:00")), id="ISO 8601"),
        pytest.param(json.dumps(without("time_local", **{"@timestamp": "2020-11-18T08:15:00.123Z"})), id="in UTC"),
        pytest.param(json.dumps(without("time_local", time="2020-11-18T10:15:00+0200")), id="zone without a colon"),
        pytest.param(json.dumps(without("time_local", msec="1605687300.123")), id="seconds"),
        pytest.param(json.dumps(without("time_local", msec=1605687300.123)), id="seconds as a number"),
        pytest.param(json.dumps(without("time_local", timestamp=1605687300123)), id="milliseconds"),
        pytest.param(json.dumps(without("time_local", timestamp="1605687300123456")), id="microseconds"),
        pytest.param(
            json.dumps(
                {
                    "time": "[18/Nov/2020:10:15:00 +0200]",
                    "user": USER,
                    "request": PATH,
                    "query": "?x=1",
                    "method": "GET",
                    "status": "200",
                    "userAgent": "Firefox",
                }
            ),
            id="Apache",
        ),
        pytest.param(
            json.dumps({"%t": "[18/Nov/2020:10:15:00 +0200]", "%u": USER, "%U": "/x", "%r": REQUEST, "%>s": "200"}),
            id="Apache's own names",
        ),
        pytest.param(
            json.dumps(
                {
                    "@timestamp": "2020-11-18T08:15:00Z",
                    "url": {"path": PATH},
                    "http": {"request": {"method": "GET"}, "response": {"status_code": 200}},
                    "user": {"name": USER},
                }
            ),
            id="ECS",
        ),
        pytest.param(
            json.dumps(
                {
                    "@timestamp": "2020-11-18T08:15:00Z",
                    "url.path": PATH,
                    "http.request.method": "GET",
                    "http.request.headers.user": "x",
                    "http.response.status_code": 200,
                    "user.name": USER,
                }
            ),
            id="flat ECS",
        ),
        pytest.param(
            json.dumps(
                {
                    "request": {"headers": {"remote_user": "x"}, "method": "GET", "uri": PATH, "time": 0.003},
                    "upstream": {"status": "502"},
                    "status": 200,
                    "time": "2020-11-18T10:15:00+02:00",
                    "remote_user": USER,
                }
            ),
            id="nested beside",
        ),
    ],
)
def test_forms_that_are_read(told: str) -> None:
    """The same request in other words is the same request."""
    (found,), tally = read(told.encode() + b"\n")
    assert (found.user, found.method, found.path, found.status, tally.broken) == (USER, "GET", PATH, 200, 0)
    assert abs((found.moment - MOMENT).total_seconds()) < 1
    assert tally.span == (date(2020, 11, 18), date(2020, 11, 18))


@pytest.mark.parametrize("nobody", ["", "-", None])
def test_nobody_in_json(nobody: str | None) -> None:
    """Each server has its own way to write that nobody logged in."""
    (found,), _ = read(json.dumps(without("remote_user", remote_user=nobody)).encode())
    assert found.user == ""


def test_a_moment_without_a_zone_is_one_of_here() -> None:
    """Apache's own formats may leave it out; the server keeps the time of where it is read."""
    (found,), _ = read(json.dumps(without("time_local", time="2020-11-18 10:15:00")).encode())
    assert found.moment == datetime(2020, 11, 18, 10, 15).astimezone()


def test_escapes_of_bytes_in_json() -> None:
    r"""Nginx without escape=json, and Apache, write a byte as \x22; what a visitor sends becomes no field."""
    told = json.dumps(NGINX).replace("Firefox", r"\x22,\x22remote_user\x22:\x22x\x22 \\x41 \xce")
    (found,), _ = read(told.encode())
    assert found.user == USER


@given(st.text(), st.text())
def test_a_value_cannot_forge_a_line(user: str, agent: str) -> None:
    """A value that a visitor claims stays within its field of JSON."""
    told = json.dumps(without("remote_user", remote_user=user, http_user_agent=agent, status=401))
    requests, tally = read(told.encode())
    assert (len(requests), tally.broken) == (1, 0)
    assert (requests[0].status, requests[0].path) == (401, PATH)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists and objects, with the keys of logs."""
    return st.lists(inner) | st.dictionaries(st.sampled_from([*NGINX, "log", "x"]), inner)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), objects))
def test_any_json_is_read(value: Any) -> None:  # noqa: ANN401 (JSON)
    """A line with any JSON object is counted, and nothing is raised."""
    _, tally = read(json.dumps(value).encode())
    assert tally.lines == 1


@pytest.mark.parametrize(
    ("told", "form"),
    [
        (json.dumps(without("remote_user")), Form.JSON_WITHOUT_USER),
        (json.dumps(without("request")), Form.JSON_WITHOUT_REQUEST),
        (json.dumps(without("status")), Form.JSON_WITHOUT_STATUS),
        (json.dumps(without("time_local")), Form.JSON_WITHOUT_TIME),
        (json.dumps(without("time_local", time="10:15")), Form.JSON_WITHOUT_TIME),
        (json.dumps(NGINX)[:-20], Form.JSON_DAMAGED),
        ("#Fields: date time s-ip cs-method cs-uri-stem", Form.IIS),
        ("2020-11-18 08:15:00 10.0.0.1 GET /files/ - 443 - 203.0.113.7 Mozilla 401 0 0 15", Form.IIS),
        ("2020/11/18 10:15:00 [error] 17#0: *1 user was not found, client: 203.0.113.7", Form.ERROR_LOG),
        ("[Wed Nov 18 10:15:00.123456 2020] [auth_basic:error] [pid 17] AH01618", Form.ERROR_LOG),
        ("<187>Nov 18 10:15:00 host nginx: 2020/11/18 10:15:00 [error] 17#0: *1 x", Form.ERROR_LOG),
        ("PK\x03\x04\x14\x00", Form.BINARY),
        (b"\xfd7zXZ\x04\xe6\xd6", Form.BINARY),
        ("x" * 100_000, Form.LONG),
        (line()[:60], Form.OTHER_FORMAT),
        (line().replace(" - 01", " 01"), Form.OTHER_FORMAT),
        ("Όνομα χρήστη;E-mail", Form.OTHER),
    ],
)
def test_what_cannot_be_read_has_a_name(told: str | bytes, form: Form) -> None:
    """Each form is counted apart, with the number of its first line, empty lines included."""
    data = told if isinstance(told, bytes) else told.encode()
    requests, tally = read(b"\n" + line().encode() + b"\n" + data + b"\n" + data + b"\n")
    assert len(requests) == 1
    assert (tally.missed, tally.first_missed) == ({form: 2}, {form: 3})
    assert form.hint


def test_a_form_without_its_own_hint_names_the_forms_that_are_read() -> None:
    """Staff can ask for one of these; JSON that lacks a field has the setting that adds it."""
    assert "combined format" in Form.OTHER.hint
    assert say(Form.JSON_WITHOUT_USER.label, **Form.JSON_WITHOUT_USER.keys) == "JSON without remote_user"
    assert '"remote_user":"$remote_user"' in say(Form.JSON_WITHOUT_USER.hint, **Form.JSON_WITHOUT_USER.keys)
