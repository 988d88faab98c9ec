from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_src.make.server_rules import SECURITY_HEADERS
from site_src.serve import handler
from site_src.serve.desk import UPLOAD_MAX, Form
from tests.support.served_desk import ServedDesk, desk_of, multipart, served_desk
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.small_site import SmallSite

THIRA = ROWS[0].split(";")[0]


@pytest.fixture
def served(site: SmallSite) -> Iterator[ServedDesk]:
    """The desk behind a server."""
    with served_desk(site) as running:
        yield running


def test_the_address_opens_the_desk(served: ServedDesk) -> None:
    """The key of the address becomes a cookie that no script reads and no other site sends, and leaves the address."""
    answer = served.ask("GET", f"/desk/?key={served.desk.gate.key}", Cookie=None, Origin=None)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/")
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/desk/"} <= {part.strip() for part in cookie.split(";")}
    assert served.desk.gate.key not in cookie
    inside = served.ask("GET", "/desk/", Cookie=cookie.split(";")[0], Origin=None)
    assert inside.status == 200
    assert SLUG in inside.text


@pytest.mark.parametrize("path", ["", "start", "build", f"{SLUG}/annex", f"{SLUG}/agency?q={THIRA}"])
@pytest.mark.parametrize("headers", [{"Cookie": None}, {"Cookie": "thyrida-desk=x"}, {"Host": "desk.example:5500"}])
def test_nobody_else_sees_a_page(served: ServedDesk, path: str, headers: dict[str, str | None]) -> None:
    """Without the cookie, or by another name of this machine, a page says how to open the desk and nothing else."""
    answer = served.ask("GET", f"/desk/{path}", b"", **headers)
    assert answer.status == 403
    assert "the window in which serve runs" in answer.text
    assert not any(secret in answer.text for secret in (SLUG, THIRA, served.desk.gate.token))
    assert "Set-Cookie" not in answer.headers


def test_an_old_cookie_opens_nothing(served: ServedDesk) -> None:
    """The cookie of an earlier session is refused; the names of this machine are all taken, with this port alone."""
    name, port = served.desk.gate.cookie_name, served.port
    assert served.ask("GET", "/desk/", Cookie=f"{name}=old").status == 403
    hosts = {f"localhost:{port}": 200, f"[::1]:{port}": 200, "localhost": 403, f"localhost:{port + 1}": 403, "": 403}
    assert {host: served.ask("GET", "/desk/", Host=host).status for host in hosts} == hosts


def test_no_script_reads_a_page(served: ServedDesk) -> None:
    """A fetch of any page, the preview's own too, gets no page with a token; how far a build is it may know."""
    for path, status in ((f"{SLUG}/annex", 403), ("build", 403), ("progress", 200)):
        answer = served.ask("GET", f"/desk/{path}", Sec_Fetch_Mode="cors", Sec_Fetch_Site="same-origin")
        assert (answer.status, served.desk.gate.token in answer.text) == (status, False), path
    assert served.ask("GET", "/desk/build", Sec_Fetch_Mode="navigate").status == 200
    assert served.ask("GET", "/desk/progress", Cookie=None).status == 403


def test_a_key_under_another_name_opens_nothing(served: ServedDesk) -> None:
    """A name that was led to this machine gets no cookie, though it has the key."""
    answer = served.ask("GET", f"/desk/?key={served.desk.gate.key}", Host="evil.example", Cookie=None)
    assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
    assert served.ask("GET", "/desk/?key=guessed", Cookie=None).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Cookie": None},
        {"Host": "evil.example"},
    ],
)
def test_no_other_site_sends_a_form(site: SmallSite, served: ServedDesk, headers: dict[str, str | None]) -> None:
    """A form or fetch of another page is refused, though it had the token; nothing is built."""
    assert served.post("/desk/build", {"token": served.desk.gate.token}, **headers).status == 403
    assert not site.folders.out.exists()


@pytest.mark.parametrize("token", ["", "old", "ά"])
def test_a_form_needs_the_token_of_this_session(site: SmallSite, served: ServedDesk, token: str) -> None:
    """A form with an earlier session's token, or none, does nothing and says so."""
    answer = served.post("/desk/build", {"token": token})
    assert (answer.status, "earlier session" in answer.text) == (403, True)
    assert not site.folders.out.exists()


def test_a_form_of_the_desk_is_done(site: SmallSite, served: ServedDesk) -> None:
    """A form of this session is taken, and leads to a page."""
    answer = served.post("/desk/build", {"token": served.desk.gate.token}, Sec_Fetch_Site="same-origin")
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/build")
    served.desk.job.thread.join()
    assert (site.folders.out / "index.html").is_file()


def test_an_upload_too_large_is_refused_by_its_length(served: ServedDesk) -> None:
    """2 GB are refused before any of it is read: the answer comes though nothing was sent.

    Every page with a field for files names the limit. A browser that is still sending may show no answer.
    """
    answer = served.ask("POST", f"/desk/{SLUG}/annex", Content_Length=str(2 * 2**30))
    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    assert f"at most {UPLOAD_MAX // 2**20} MB" in answer.text
    assert "stays closed" not in answer.text
    assert "the window in which serve runs" not in answer.text
    for page in ("start", f"{SLUG}/annex", f"{SLUG}/facts", f"{SLUG}/logs"):
        assert f"up to {UPLOAD_MAX // 2**20} MB" in served.ask("GET", f"/desk/{page}").text


def test_a_name_of_an_upload_is_no_path(site: SmallSite, served: ServedDesk) -> None:
    """An uploaded file is this campaign's annex and nothing else, whatever path it claims."""
    before = site.snapshot()
    rows = (site.campaign / "annex.csv").read_bytes()
    for name in ("../../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "annex.csv\\..\\campaign.csv"):
        body, kind = multipart({"token": served.desk.gate.token}, {"annex": (name, rows + b"\n")})
        assert served.ask("POST", f"/desk/{SLUG}/annex", body, Content_Type=kind).status == 303
    assert site.snapshot() == before | {f"content/{SLUG}/annex.csv": rows + b"\n"}


@pytest.mark.parametrize("name", ["a.csv%00", "a.c%00sv", "a.%1b[2J", "a.csv%7f", "%00", "a.%CE%AC", "a.csv%0A"])
def test_a_name_that_no_file_can_have_is_refused(site: SmallSite, served: ServedDesk, name: str) -> None:
    """An ending with control characters (RFC 8187), or of another kind, is refused; nothing is written."""
    before = site.snapshot()
    body, kind = multipart({"token": served.desk.gate.token, "slug": "2020-12"}, {"annex": ("", b"x")})
    body = body.replace(b'filename=""', f"filename*=UTF-8''{name}".encode())
    for path in (f"{SLUG}/annex", "start"):
        assert served.ask("POST", f"/desk/{path}", body, Content_Type=kind).status == 422
    assert site.snapshot() == before


def test_no_path_leads_elsewhere(site: SmallSite, served: ServedDesk) -> None:
    """Only the pages of the desk answer, whatever the address climbs over."""
    site.build()
    for path in (
        f"{SLUG}/../../private/{SLUG}/campaign.key",
        f"{SLUG}/campaign.key",
        f"../private/{SLUG}/manifest.json",
        f"..%2fprivate%2f{SLUG}%2fcampaign.key",
        f"{SLUG}/handover.zip/../campaign.key",
        f"..%2f{SLUG}/handover.zip",
        "assets/../../site_src/cli.py",
        "*/facts",
        "/start",
        f"{SLUG}/htpasswd.after",
    ):
        assert served.ask("GET", f"/desk/{path}").status == 404, path


def test_a_page_without_a_form_takes_none(site: SmallSite) -> None:
    """A form that is sent to a page that only shows something, or to no page, finds nothing there."""
    desk = desk_of(site)
    for path in (f"{SLUG}/handover.zip", "progress", "nothing"):
        assert handler.answer(desk, path, {}, Form({})).status == 404, path


def test_every_answer_has_the_policy_of_the_site(served: ServedDesk) -> None:
    """Pages and refusals have the site's policy with forms to the desk alone, no frame, no other origin, no cache."""
    for answer in (
        served.ask("GET", "/desk/"),
        served.ask("GET", "/desk/", Cookie=None),
        served.ask("GET", "/desk/", Host="evil.example"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert policy.replace("form-action 'self'", "form-action 'none'") == SECURITY_HEADERS["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_other_methods_do_nothing(served: ServedDesk) -> None:
    """A method that pages do not use is refused."""
    assert [served.ask(method, "/desk/build").status for method in ("PUT", "DELETE", "OPTIONS")] == [405] * 3


def test_the_preview_is_beside_the_desk(served: ServedDesk) -> None:
    """The site's pages answer without a key, with nothing of the desk in them."""
    answer = served.ask("GET", f"/circulars/{SLUG}/", Cookie=None, Origin=None)
    assert answer.status == 200
    assert not re.search(r"/desk/", answer.text)
