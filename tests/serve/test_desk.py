from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from tornado.httputil import HTTPFile

from site_src.folders import Progress
from site_src.make.server_rules import SECURITY_HEADERS
from site_src.prove.verify import with_letters
from site_src.publish.publish import locked
from site_src.serve import desk as module
from site_src.serve.desk import TYPED_MAX, UPLOAD_MAX, Gate, Page
from tests.support.served_desk import (
    Answered,
    Form,
    ServedDesk,
    Upload,
    build,
    desk_of,
    multipart,
    page,
    sent,
    served_desk,
)
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.folders import Folders
    from tests.support.small_site import SmallSite

THIRA = ROWS[0].split(";")[0]


def test_one_button_builds_and_proves(site: SmallSite) -> None:
    """The page has the summary of the build, whom to tell, and what `verify` found."""
    text = build(desk_of(site))
    assert "3 new, 0 unchanged" in text
    assert "Give the administrator</strong>: the hand-over folder, whole: its README.txt has the steps" in text
    assert "Download the hand-over folder of" in text
    assert "build.py" not in text
    assert "3 archives opened" in text
    assert "every archive opens" in text
    assert ("<pre" in text, "<li>2020-11: " in text, '<li class="within">Agencies: ' in text) == (False, True, True)
    assert site.run("verify").returncode == 0


def test_progress_ends_where_the_work_was_to_end() -> None:
    """How much is packed in a file is estimated: more steps than that count no further."""
    progress = Progress()
    progress.start("x", 1)
    progress.step()
    progress.step()
    assert (progress.done, progress.total) == (1, 1)


def test_the_next_steps_are_those_of_the_desk(site: SmallSite) -> None:
    """The next steps name pages and buttons, the key to keep and the last day of the letters, but no command."""
    site.write(top="files_until = 2021-01-31")
    text = build(desk_of(site))
    assert "On 1 February 2021</strong>: build again, and copy the site again" in text
    assert "(in the desk: «Facts and text») and build again" in text
    assert f"Keep a copy of the key</strong>: {Path('private', SLUG, 'campaign.key')}, in a safe place" in text
    assert "puts the new codes of 2020-11 in force, as README.txt says" in text
    assert "build.py" not in text
    assert "python3" not in text


def test_uploads_of_a_desk_that_is_killed_go_with_the_next_command(site: SmallSite) -> None:
    """They are staged as what a killed build leaves, which every command that takes the lock clears away."""
    form = mock.Mock(files={"annex": [HTTPFile(filename="a.csv", body=b"x")]})
    with Page.uploads(mock.Mock(desk=desk_of(site), request=form), "annex") as paths:
        left = paths["annex"].parent
    left.mkdir(parents=True)
    with locked(site.folders.private):
        assert not left.exists()


def test_the_next_build_is_a_command_like_any_other(site: SmallSite) -> None:
    """After the desk's build the command finds nothing to do."""
    build(desk_of(site))
    assert "Nothing has changed" in site.run("build").stdout or "3 unchanged" in site.run("build").stdout


def test_a_proof_that_breaks_off_proves_nothing(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page calls the build proved only where the proof came to its end, and offers no hand-over before."""

    def break_off(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(module, "verify_all", break_off)
    text = build(desk_of(site))
    assert ("Proved" in text, "handover.zip" in text, 'role="alert"' in text) == (False, False, True)


def test_errors_are_on_the_page_and_nothing_is_written(site: SmallSite) -> None:
    """Mistakes that came after the page was shown stop the build, and the page names them."""
    desk = desk_of(site)
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    text = build(desk)
    assert "It could not be built" in text
    assert "Error:</strong>" in text
    assert '1 error. <a href="/desk/">To the campaigns</a>' in text
    assert not site.folders.out.exists()


def test_a_command_beside_it_is_named(site: SmallSite) -> None:
    """While another command is at work the page says so, nothing is lost, and the next try succeeds."""
    desk = desk_of(site)
    with locked(site.folders.private):
        assert "another command is at work" in build(desk)
        assert "another command is at work" in sent(
            desk, f"{SLUG}/annex", Form({}, {"annex": (Upload("a.csv", b"x"),)})
        )
    assert "3 archives opened" in build(desk)


def remove_before_proof(lost: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file go when the build is done and its proof begins."""

    def begin(folders: Folders) -> set[str]:
        lost.unlink()
        return with_letters(folders)

    monkeypatch.setattr(module, "with_letters", begin)


def test_a_proof_that_fails_is_told(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that does not open as it must is reported as a mistake of the proof, and nothing is handed over."""
    remove_before_proof(site.files / THIRA / f"{THIRA}.zip", monkeypatch)
    text = build(desk_of(site))
    assert "The proof has found mistakes" in text
    assert "its archive is missing" in text
    assert "handover.zip" not in text


def test_a_proof_that_cannot_be_made_hides_no_build(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build's summary stays if the proof stops, and the page says what stopped it."""
    remove_before_proof(site.secrets / "htpasswd.after", monkeypatch)
    text = build(desk_of(site))
    assert "3 new, 0 unchanged" in text
    assert "It could not be built" not in text
    assert "is missing, which the last build made" in text


def test_a_second_window_sees_the_same_build(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is at work the page has its progress, and the button of another window begins no second one."""
    began, may_end, calls = threading.Event(), threading.Event(), []

    def slow(options: object, progress: Progress) -> None:
        calls.append(options)
        progress.start("Setting letters", 4)
        progress.step()
        began.set()
        may_end.wait()
        raise OSError(28, "full", "dist")

    monkeypatch.setattr(module, "build", slow)
    desk = desk_of(site)
    sent(desk, "build", Form({}))
    began.wait()
    sent(desk, "build", Form({}))
    text = page(desk, "build")
    may_end.set()
    desk.job.join()
    assert len(calls) == 1
    assert 'value="1" max="4"' in text
    assert "Setting letters<" in text
    assert "<form" not in text
    assert '"dist"' in page(desk, "build").replace("&#34;", '"')


def test_an_address_for_a_browser_opens_once() -> None:
    """The address on a browser's command line, which others may see, opens the desk one time; the shown one always."""
    gate = Gate(5500)
    key = gate.address_once().partition("?key=")[2]
    assert [gate.takes_key(key), gate.takes_key(key)] == [True, False]
    own = gate.address.partition("?key=")[2]
    assert [gate.takes_key(own), gate.takes_key(own), gate.takes_key("")] == [True, True, False]


def test_secrets_differ_and_are_not_shown() -> None:
    """Each session has secrets of its own, none of which says another, and none is in what a traceback shows."""
    gate, other = Gate(5500), Gate(5500)
    secrets = [gate.key, gate.cookie, gate.token, other.key, other.cookie, other.token]
    assert len(set(secrets)) == 6
    assert not any(secret in repr(gate) for secret in secrets)


def test_the_names_of_this_machine() -> None:
    """A browser may use any name of this machine, with the port; the usual one is left out."""
    assert Gate(5500).hosts == {"127.0.0.1:5500", "localhost:5500", "[::1]:5500"}
    assert {"127.0.0.1", "localhost", "[::1]"} <= Gate(80).hosts


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


def test_a_form_of_an_earlier_session_is_shown_to_copy_from(site: SmallSite, served: ServedDesk) -> None:
    """After the desk was closed and opened again a form is refused with what was typed; a large one at once."""
    before, typed = site.snapshot(), {"token": "old", "campaign.toml:folder": "<mine>"}
    for cookie in (f"{served.desk.gate.cookie_name}=old", None, served.usual["Cookie"]):
        answer = served.post(f"/desk/{SLUG}/facts", typed, Cookie=cookie)
        shown = [*re.findall("<pre>(.*?)</pre>", answer.text)]
        assert (answer.status, shown, SLUG in answer.text) == (403, ["&lt;mine&gt;"], False)
    answer = served.ask("POST", f"/desk/{SLUG}/facts", Cookie=None, Content_Length=str(TYPED_MAX + 1))
    assert (answer.status, answer.headers["Connection"]) == (403, "close")
    assert served.ask("GET", "/desk/", b"x", Cookie=None, Content_Length="1").status == 403
    assert site.snapshot() == before


def test_a_form_of_the_desk_is_done(site: SmallSite, served: ServedDesk) -> None:
    """A form of this session is taken, and leads to a page."""
    answer = served.post("/desk/build", {"token": served.desk.gate.token}, Sec_Fetch_Site="same-origin")
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/build")
    served.desk.job.join()
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
    for path in ("start", f"{SLUG}/annex", f"{SLUG}/facts", f"{SLUG}/logs"):
        assert f"up to {UPLOAD_MAX // 2**20} MB" in served.ask("GET", f"/desk/{path}").text


def test_a_name_of_an_upload_is_no_path(site: SmallSite, served: ServedDesk) -> None:
    """An uploaded file is this campaign's annex and nothing else, whatever path it claims."""
    before = site.snapshot()
    rows = (site.campaign / "annex.csv").read_bytes()
    for name in ("../../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "annex.csv\\..\\campaign.csv"):
        body, kind = multipart({"token": served.desk.gate.token}, {"annex": (Upload(name, rows + b"\n"),)})
        assert served.ask("POST", f"/desk/{SLUG}/annex", body, Content_Type=kind).status == 303
    assert site.snapshot() == before | {f"content/{SLUG}/annex.csv": rows + b"\n"}


@pytest.mark.parametrize("name", ["a.csv%00", "a.c%00sv", "a.%1b[2J", "a.csv%7f", "%00", "a.%CE%AC", "a.csv%0A"])
def test_a_name_that_no_file_can_have_is_refused(site: SmallSite, served: ServedDesk, name: str) -> None:
    """An ending with control characters (RFC 8187), or of another kind, is refused; nothing is written."""
    before = site.snapshot()
    body, kind = multipart({"token": served.desk.gate.token, "slug": "2020-12"}, {"annex": (Upload("", b"x"),)})
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


def test_a_page_without_a_form_takes_none(served: ServedDesk) -> None:
    """A form that is sent to a page that only shows something, or to no page, finds nothing there."""
    for path in (f"{SLUG}/handover.zip", "progress", "nothing"):
        assert served.post(f"/desk/{path}", {"token": served.desk.gate.token}).status == 404, path


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


def previewed(served: ServedDesk) -> Answered:
    """The first page of the preview, for a browser that the desk has not let in."""
    served.desk.preview.refresh()
    return served.ask("GET", "/", Cookie=None, Origin=None)


def test_a_mistake_takes_the_preview_until_it_is_corrected(site: SmallSite, served: ServedDesk) -> None:
    """While an input has an error each page of the preview shows it, and reloads by itself; then the pages are back."""
    site.write((*ROWS, "12345;Δήμος <Πάρου>;;paros@dimos.example;"))
    answer = previewed(served)
    assert (answer.status, "&#34;12345&#34;" in answer.text) == (500, True)
    assert '<script src="/livereload.js">' in answer.text
    assert served.desk.gate.token not in answer.text
    site.write()
    assert previewed(served).status == 200


@pytest.mark.usefixtures("in_greek")
def test_the_page_of_mistakes_is_in_the_language_spoken(site: SmallSite, served: ServedDesk) -> None:
    """Its language is told to the browser too, whose screen reader goes by it."""
    site.write(top='foldr = "x"')
    text = previewed(served).text
    assert '<html lang="el">' in text
    assert "1 σφάλμα</h1>" in text
    assert "μήπως εννοείτε &#34;folder&#34;;" in text


def test_errors_are_before_the_warnings_and_apart(site: SmallSite, served: ServedDesk) -> None:
    """Errors come first, those with one remedy together, and the number of each kind is in the window's title too."""
    capitals = (f"01234567890{number};Δήμος {number};;A{number}@dimos.example;" for number in range(2))
    site.write((*capitals, "12345;Δήμος Πάρου;;paros@dimos.example;"))
    text = previewed(served).text
    assert "<title>Not yet right: 1 error, 2 warnings – " in text
    error, warning = (text.index(word) for word in ("<li>error: ", "<li>warning: "))
    assert error < warning < text.index("annex.csv, D2, D3 (2 in all): ") < text.index("check --all")
